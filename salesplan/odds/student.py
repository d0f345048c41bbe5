"""Student's t and the normal: the chance that one result reaches a level, and the interval around it.

With the spread estimated from a short history of errors, Student's t with that history's degrees
of freedom is the honest distribution of what is still to come; the normal is its limit.
"""

from math import inf, isnan
from statistics import NormalDist


def reach(level: float, expected: float, spread: float, degrees: float) -> float:
    """P(result >= level) when (result - expected) / spread is Student's t with `degrees` of freedom.

    All three in the same unit (money or a ratio); `degrees` inf is the normal. With spread 0 the
    result is certain: 1 when the expectation reaches the level (exactly on it counts), else 0.
    NaN in, NaN out. Raises ValueError for a negative spread or degrees not above 0.
    Example: `reach(900, 1000, 100, inf)` is 0.841.
    """
    _check(spread, degrees)
    if isnan(level) or isnan(expected) or isnan(spread):
        return float("nan")
    if spread == 0:
        return float(expected >= level)
    distance = (expected - level) / spread
    if degrees == inf:
        return NormalDist().cdf(distance)
    from scipy.special import stdtr  # scipy is slow to import and not every run asks for odds

    return float(stdtr(degrees, distance))


def interval(expected: float, spread: float, degrees: float, coverage: float = 0.8) -> tuple[float, float]:
    """Low and high between which the result lies with probability `coverage`, symmetric about the expectation.

    Unit that of `expected`; `degrees` as in `reach`. Raises ValueError when coverage is not between 0 and 1.
    Example: `interval(1000, 100, inf, coverage=0.95)` is (804.0, 1196.0).
    """
    _check(spread, degrees)
    if not 0 < coverage < 1:
        raise ValueError(f"coverage {coverage} must lie between 0 and 1")
    upper = 0.5 + coverage / 2
    if degrees == inf:
        reachable = NormalDist().inv_cdf(upper)
    else:
        from scipy.special import stdtrit  # as above

        reachable = float(stdtrit(degrees, upper))
    return expected - reachable * spread, expected + reachable * spread


def _check(spread: float, degrees: float) -> None:
    if spread < 0:
        raise ValueError(f"spread {spread} is negative")
    if isnan(degrees) or degrees <= 0:
        raise ValueError(f"degrees {degrees} must be above 0")
