"""The mix of members: what part of the year belongs to each, the latest year most."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

OLDEST_WEIGHT = 2  # years weigh 2 : 3 : 4, the last one most


def recency_mix(yearly: "pd.DataFrame", by: Sequence[str], *, first_year: int) -> "pd.DataFrame":
    """Share of each combination of members: the columns `by`, sorted, and `weight`, 1 in sum.

    Mean of the yearly shares, weights 2 for `first_year`, 3 for the year after, and so on. `yearly` has `year`, the
    columns `by` and `amount` (any unit), one row each; a year without net sales counts for nothing, combinations with
    nothing net are left out.

    >>> import pandas as pd
    >>> sold = pd.DataFrame({"year": [2025, 2025, 2026], "region": ["east", "west", "west"], "amount": [1, 1, 8]})
    >>> recency_mix(sold, ["region"], first_year=2025)["weight"].tolist()  # east: 2 x 0.5 of 2 + 3
    [0.2, 0.8]
    """
    amount = yearly["amount"].to_numpy(dtype="float64")
    total = yearly.groupby("year")["amount"].transform("sum").to_numpy(dtype="float64")
    share = np.divide(amount, total, out=np.zeros(len(amount)), where=total != 0)
    weighted = yearly.assign(weight=(yearly["year"].to_numpy() - first_year + OLDEST_WEIGHT) * share)
    sums = weighted.groupby(list(by), sort=True)["weight"].sum()
    mix = sums[sums > 0].reset_index()
    return mix.assign(weight=mix["weight"] / mix["weight"].sum())
