"""Market size and market share: which part of the quantity variance the market brought, which part we did."""

from decimal import Decimal
from typing import NamedTuple

import pandas as pd

from salesplan.apportion import TOTAL
from salesplan.money import MICRO, half_away
from salesplan.terms.estimates import MarketEstimate
from salesplan.terms.variance_review import Bridge, Market
from salesplan.variance_review.bridge import bridge_dimension, bridge_sides
from salesplan.variance_review.measures import Figures

MARKET_COLUMNS = [
    "measure",
    "market_target",
    "market_actual",
    "target_share",
    "actual_share",
    "variance",
    "market_size",
    "market_share",
]


class SizeAndShare(NamedTuple):
    """The two parts of a quantity variance, fen."""

    size: int
    share: int


def size_and_share(target: int, variance: int, *, budgeted: Decimal, actual: Decimal) -> SizeAndShare:
    """Split the quantity variance of a target (fen) by the market's budgeted and actual size.

    market size = (actual market - budgeted market) x budgeted share x budgeted price = target x growth of the market;
    market share = (actual share - budgeted share) x actual market x budgeted price: the rest of the quantity variance,
    so that both sum to it. Target and variance may be sales or contribution. Raises `ValueError` for a market that is
    not above zero. Source: Horngren, Cost Accounting, market-share and market-size variances.

    >>> size_and_share(101200000, -9200000, budgeted=Decimal(2000000), actual=Decimal(2500000))
    SizeAndShare(size=25300000, share=-34500000)
    """
    if budgeted <= 0 or actual < 0:
        raise ValueError(f"a market of {budgeted} to {actual} has no size")
    over, under = ((actual - budgeted) / budgeted).as_integer_ratio()
    size = half_away(target * over, under)
    return SizeAndShare(size, variance - size)


def market_table(
    figures: Figures, bridge: pd.DataFrame, market: Market | None, rules: Bridge, lent: MarketEstimate | None = None
) -> pd.DataFrame:
    """Table `variance_review_market`: one row for the months to date; header only where no actual market is known.

    `measure`: `quantity` where the market is counted in units: the quantity variance of `bridge` is split, at its
    prices; `amount` where it is in currency: the whole variance is. `market_target` and `market_actual` in that unit,
    yearly sizes by the plan's season (the budget is the estimate `lent` where the parameters have none),
    `target_share` and `actual_share` (ours / market), `variance`, `market_size` and `market_share` (fen).
    """
    total = bridge[bridge["member"] == TOTAL]
    sizes = _sizes(figures, market, lent) if len(total) else None
    if market is None or sizes is None:
        return _typed(pd.DataFrame(columns=MARKET_COLUMNS))
    row = total.iloc[0]
    in_units = market.unit == "units"
    # what is lost stands in a part of its own, so the quantity variance is that of the rest of the target
    target = int(row["target"] + row["lost"]) if in_units else int(row["target"])
    variance = int(row["volume"]) if in_units else int(row["actual"] - row["target"])
    found = size_and_share(target, variance, budgeted=sizes[0], actual=sizes[1])
    ours = _quantities(figures, rules) if in_units else (row["target"] / 100, row["actual"] / 100)
    shares = [own / float(size) if size else float("nan") for own, size in zip(ours, sizes, strict=True)]
    cells = ["quantity" if in_units else "amount", *map(float, sizes), *shares, variance, *found]
    return _typed(pd.DataFrame([cells], columns=MARKET_COLUMNS))


def _sizes(figures: Figures, market: Market | None, lent: MarketEstimate | None) -> tuple[Decimal, Decimal] | None:
    """Budgeted and actual market of the months to date; None where one is not known or the budget is nothing."""
    if market is None:
        return None
    months = {row.month: row for row in market.months}
    gone = _season_gone(figures)
    known = [months[month] for month in figures.closed if month in months]
    year = market.budget if market.budget is not None or lent is None or market.unit == "units" else lent.size
    actual = market.actual * gone if market.actual is not None else None
    budget = year * gone if year is not None else None
    if len(known) == len(figures.closed):
        actual = sum((row.actual for row in known), Decimal(0))
        if all(row.budget is not None for row in known):
            budget = sum((row.budget or Decimal(0) for row in known), Decimal(0))
    if actual is None or budget is None or budget <= 0:
        return None
    return budget, actual


def _season_gone(figures: Figures) -> Decimal:
    """The closed months' part of the year's target; of the months where there is no target."""
    targets = figures.targets
    year, closed = int(targets.sum()), int(targets[figures.closed].sum())
    if year <= 0:
        return Decimal(len(figures.closed)) / len(figures.months)
    return Decimal(half_away(closed * MICRO, year)) / MICRO


def _quantities(figures: Figures, rules: Bridge) -> tuple[float, float]:
    """Our own quantities, planned and sold; NaN where one is not known."""
    sides = bridge_sides(figures, rules.members or bridge_dimension(figures))
    planned, sold = (sides[name].sum(skipna=False) for name in ("target_quantity", "actual_quantity"))
    return float(planned), float(sold)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    kinds = {"measure": "str"} | dict.fromkeys(["variance", "market_size", "market_share"], "int64")
    return frame.astype(dict.fromkeys(MARKET_COLUMNS[1:5], "float64") | kinds)
