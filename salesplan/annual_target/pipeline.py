"""Deals that may close within the year, weighed by their probability, and the small business beside them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.annual_target.intervals import Estimate, around
from salesplan.calendar import fiscal_year_of, month_of
from salesplan.money import to_fen
from salesplan.terms.estimates import PipelineEstimate
from salesplan.terms.plan import PlanTerms
from salesplan.years import COVERAGE

MOST_SUMS = 4096  # different sums of deals that are kept apart
TINY = 1e-12  # of a probability
DEALS = ["project", "deal_stage", "close", "amount", "probability", "weighted"]
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def deals(
    opportunities: pd.DataFrame | None,
    plan: PlanTerms,
    terms: PipelineEstimate | None,
    *,
    stages: Mapping[str, Decimal] | None = None,
) -> pd.DataFrame:
    """The opportunities that may close within the fiscal year, each with its probability.

    `opportunities`: `project`, `stage`, `amount` (fen), `close`, `probability` (may be NA: then that of the stage, by
    `terms`, else by `stages`). Deals under `terms.below` are left out, since the small business counts by its
    run-rate. Returns one row per deal, by project: `project`, `deal_stage`, `close`, `amount` (int64 fen),
    `probability` (NaN where nothing says it), `weighted` (Int64 fen, amount x probability); empty without a table.
    """
    if opportunities is None or terms is None:
        return pd.DataFrame(columns=DEALS)
    labels = month_of(opportunities["close"], plan.month_cutoff)
    within = labels.isin(plan.months) & opportunities["amount"].notna()
    large = opportunities["amount"].astype("float64") >= (to_fen(terms.below) if terms.below else 0)
    kept = opportunities[within & large].rename(columns={"stage": "deal_stage"})
    usual = {stage: float(share) for stage, share in (terms.stages or stages or {}).items()}
    own = kept["probability"].astype("float64") if "probability" in kept else pd.Series(np.nan, index=kept.index)
    odds = own.fillna(kept["deal_stage"].map(usual).astype("float64"))
    amount = kept["amount"].astype("int64")
    frame = kept.assign(amount=amount, probability=odds, weighted=(amount * odds).round().astype("Int64"))
    return frame.sort_values(["project", "amount"], ignore_index=True)[DEALS]


def order_sums(orders: pd.DataFrame, plan: PlanTerms) -> pd.DataFrame:
    """Net amount of every order by fiscal year, returns with the order they belong to.

    `orders`: `order`, `original_order`, `date`, `amount` (fen), one row per order, product, kind and day; lines that
    name no order (rebates) belong to none. Returns `order`, `year`, `amount` (int64 fen), sorted by year and order.
    """
    label = month_of(orders["date"], plan.month_cutoff)
    years = label.map({month: fiscal_year_of(month, plan.first_month) for month in label.unique()})
    original = orders["original_order"]
    own = original.where(original.notna() & (original != ""), orders["order"])
    frame = pd.DataFrame({"order": own, "year": years, "amount": orders["amount"]})
    named = frame[frame["order"].notna() & (frame["order"] != "")]
    return named.groupby(["year", "order"])["amount"].sum().reset_index()[["order", "year", "amount"]]


def run_rate(orders: pd.DataFrame, plan: PlanTerms, terms: PipelineEstimate | None) -> int:
    """Last year's net sales of the orders under `terms.below`, in fen; nothing where no amount is named."""
    if terms is None or terms.below is None:
        return 0
    sums = order_sums(orders, plan)
    small = (sums["amount"] < to_fen(terms.below)) & (sums["year"] == plan.fiscal_year - 1)
    return int(sums.loc[small, "amount"].sum())


def pipeline_estimate(found: pd.DataFrame, *, months: pd.DataFrame, everyday: int = 0) -> Estimate | None:
    """Sum of probability x amount over the frame of `deals`, plus the everyday business in fen.

    The deals' interval is that of a sum of independent Bernoulli amounts; the everyday business errs as the company's
    months do (`around`); both ends lie apart by the root of the sum of squares. None without a deal whose probability
    is known.
    """
    known = found[found["probability"].notna()].sort_values(["amount", "probability"])
    if known.empty:
        return None
    amounts, chances = known["amount"].tolist(), known["probability"].tolist()
    value = round(sum(a * p for a, p in zip(amounts, chances, strict=True)))
    low, high = bernoulli_interval(amounts, chances)
    rest = around(everyday, [], months)
    below = np.hypot(value - min(low, value), everyday - (rest.low if rest.low is not None else everyday))
    above = np.hypot(max(high, value) - value, (rest.high if rest.high is not None else everyday) - everyday)
    total = value + everyday
    return Estimate(total, total - round(float(below)), total + round(float(above)))


def bernoulli_interval(
    amounts: Sequence[int], probabilities: Sequence[float], coverage: float = COVERAGE
) -> tuple[int, int]:
    """Low and high of a sum of amounts of which each comes, independently, with its probability.

    Exact for up to twelve amounts; of more, each is rounded to a 4096th of all together.

    >>> bernoulli_interval([1000, 1000], [0.5, 1.0])
    (1000, 2000)
    """
    step = 1 if 2 ** len(amounts) <= MOST_SUMS else max(sum(amounts) // MOST_SUMS, 1)
    sums: Whole = np.zeros(1, dtype=np.int64)
    chance: Floats = np.ones(1)
    for amount, p in zip(amounts, probabilities, strict=True):
        moved = sums + (amount + step // 2) // step * step
        sums, place = np.unique(np.concatenate([sums, moved]), return_inverse=True)
        chance = np.bincount(place, np.concatenate([chance * (1 - p), chance * p])).astype(np.float64)
    reached = chance.cumsum()
    tail = (1 - coverage) / 2
    low, high = (int(sums[np.searchsorted(reached, part - TINY)]) for part in (tail, 1 - tail))
    return low, high
