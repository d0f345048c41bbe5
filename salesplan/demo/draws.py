"""Random whole numbers that are the same on every machine."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

SEED = 560


class Draws:
    """Whole random numbers from the raw bits of PCG64."""

    def __init__(self, *seed: int) -> None:
        """One stream per seed; streams of different seeds do not touch each other."""
        self._bits = np.random.PCG64(list(seed))

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        return int(self._bits.random_raw()) * limit >> 64

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.below(100) < percent

    def pick(self, weights: Sequence[int]) -> int:
        """A position, each as likely as its weight; example: (0, 1, 3) gives 1 or, three times as often, 2."""
        point = self.below(sum(weights))
        return next(place for place, reached in enumerate(accumulate(weights)) if point < reached)
