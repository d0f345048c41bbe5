"""Every indicator for every member of every dimension, by month, quarter, half-year and year to date."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.apportion import TOTAL, UNKNOWN
from salesplan.calendar import add_months, month_of, workdays
from salesplan.variance_review.measures import Figures, known_members, numbered
from salesplan.variance_review.member_sides import Side, Sides, sides_of
from salesplan.variance_review.periods import TO_DATE, Span, incidence, spans

Whole = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

INDICATORS = {"amount": ("currency", 2), "quantity": ("unit", 6), "gross_profit": ("currency", 2)}
KEYS = ["indicator", "dimension", "member", "period"]
GRID_COLUMNS = [
    *KEYS, "target", "actual", "variance", "attainment", "last_year", "growth",
    "workday_share", "seasonal_share", "year_share", "unit", "complete",
]  # fmt: skip
ANNUAL_COLUMNS = [
    "indicator", "month", "target", "actual", "variance", "attainment", "last_year", "growth", "unit",
]  # fmt: skip
EXACT = ["target", "actual", "variance", "last_year"]


class _Sum(NamedTuple):
    """Sums of a period, members x periods, in whole units of the indicator, and where they are not known."""

    value: Whole
    unknown: Truths


def member_grid(
    figures: Figures, country: str, *, profit: pd.DataFrame | None = None, cutoff: int | None = None
) -> pd.DataFrame:
    """Table `variance_review_grid`: one row per indicator, dimension, member and period with a closed month.

    Dimensions are those of the plan, `team` where table `reps` names teams, `rep`, and `(total)`. Indicators:
    `amount`, `quantity`, `gross_profit` (amount - cost), `customers` who bought, and in total `orders`. Reps and
    teams are measured against the quota given, `(manager)` carries the over-assignment, so that they too add up to
    the plan. `profit`: table seasonal_split_profit, whose `gross` is the target of the gross profit in total.

    `target`, `actual`, `variance`, `last_year` are Decimals in `unit` (None where unknown: a target the plan does not
    set, a quantity or cost that a line lacks, months before the history), `growth` = actual / last_year - 1. Shares
    of the year up to the period's end: `workday_share` (workdays), `seasonal_share` (of the year's target),
    `year_share` (actual / the year's target). `complete` is False for a quarter or half-year that is not over.
    Header only without closed months.
    """
    periods = spans(figures.months, len(figures.closed))
    if not periods:
        return _header()
    days = workdays(figures.months, country, cutoff).to_numpy()
    gone = (days @ incidence(periods, whole=True)) / days.sum()
    dimensions = list(sides_of(figures, profit, cutoff))
    parts = [frame for sides in dimensions for frame in _dimension(sides, periods)]
    grid = pd.concat([*parts, *_counted(figures, dimensions, periods, cutoff)], ignore_index=True)
    order = {span.label: at for at, span in enumerate(periods)}
    grid = grid.assign(
        workday_share=grid["period"].map(dict(zip(order, gone, strict=True))),
        complete=grid["period"].map({span.label: span.complete for span in periods}),
    )
    return grid[GRID_COLUMNS]


def _header() -> pd.DataFrame:
    """No row, the columns with their kinds."""
    kinds = {"complete": "bool"} | dict.fromkeys([*KEYS, "unit"], "str") | dict.fromkeys(EXACT, "object")
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "float64")) for name in GRID_COLUMNS})


def _dimension(sides: Sides, periods: list[Span]) -> Iterator[pd.DataFrame]:
    """The indicators that add up, for one dimension."""
    within, whole = incidence(periods), incidence(periods, whole=True)
    for indicator, (unit, places) in INDICATORS.items():
        target = sides.target[indicator]
        goal, done, before = (_summed(side[indicator], within) for side in (sides.target, sides.actual, sides.before))
        year = target.value.sum(axis=1, keepdims=True)
        known = ~target.unknown.any(axis=1, keepdims=True) & (year > 0)
        reached = sides.actual[indicator]
        frame = _rows(sides.dimension, sides.members, periods).assign(
            indicator=indicator,
            unit=unit,
            **_comparison(goal, done, before, places),
            seasonal_share=_ratio(target.value @ whole, year, known),
            year_share=_ratio(reached.value @ whole, year, known & ~((reached.unknown @ whole) > 0)),
        )
        yield frame


def _rows(dimension: str, members: list[str], periods: list[Span]) -> pd.DataFrame:
    """Keys of the rows: every member in every period."""
    labels = [span.label for span in periods]
    return pd.DataFrame(
        {"dimension": dimension, "member": np.repeat(members, len(labels)), "period": labels * len(members)}
    ).astype("str")


def _summed(side: Side, within: Whole) -> _Sum:
    return _Sum(side.value @ within, (side.unknown @ within) > 0)


def _comparison(target: _Sum, actual: _Sum, before: _Sum, places: int) -> dict[str, Any]:
    """Target, actual and last year beside each other, members x periods made into rows."""
    both = ~(target.unknown | actual.unknown)
    variance = _Sum(actual.value - target.value, ~both)
    grown = _ratio(actual.value, before.value, ~(actual.unknown | before.unknown) & (before.value > 0))
    sums = {"target": target, "actual": actual, "variance": variance, "last_year": before}
    exact: dict[str, Any] = {name: _decimals(one, places) for name, one in sums.items()}
    shares = {"attainment": _ratio(actual.value, target.value, both & (target.value > 0)), "growth": grown - 1}
    return exact | shares


def _ratio(part: Whole, of: Whole, known: Truths) -> Floats:
    """Part / of as rows, NaN where not known."""
    safe = np.where(known, of, 1)
    return np.where(known, part / safe, np.nan).ravel()


def _decimals(sums: _Sum, places: int) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Whole units as Decimals, None where unknown."""
    unknown = sums.unknown.ravel().tolist()
    whole = sums.value.ravel().tolist()
    exact = [None if lost else Decimal(one).scaleb(-places) for one, lost in zip(whole, unknown, strict=True)]
    found = np.empty(len(exact), dtype=object)
    found[:] = exact
    return found


# ---------------------------------------------------------------- what does not add up: customers and orders


def _counted(figures: Figures, dimensions: list[Sides], periods: list[Span], cutoff: int | None) -> list[pd.DataFrame]:
    """Customers who bought, by member, and the number of orders in total; a customer counts once in a period."""
    found = []
    if known_members(figures.facts, "customer"):
        for sides in dimensions:
            sold = sides.facts[(sides.facts["kind"] == "sale") & (sides.facts["amount"] > 0)]
            found.append(_counts("customers", sides, sold, "customer", periods))
    if (known := numbered(figures.orders)) is not None:
        months = month_of(known["date"], cutoff)
        orders = pd.DataFrame({"month": months, "order": known["order"], "member": TOTAL})
        found.append(_counts("orders", dimensions[-1], orders, "order", periods))
    return found


def _counts(indicator: str, sides: Sides, rows: pd.DataFrame, what: str, periods: list[Span]) -> pd.DataFrame:
    """How many different ones there are in each period, this year and last."""
    once = rows.loc[~rows[what].isin(["", UNKNOWN]), ["member", "month", what]].drop_duplicates()
    actual, before = (_distinct(once, what, sides, periods, back) for back in (0, 12))
    lost = (sides.before["amount"].unknown @ incidence(periods)) > 0
    nothing = np.zeros_like(actual)
    target = _Sum(nothing, np.ones_like(lost))
    done = _comparison(target, _Sum(actual, np.zeros_like(lost)), _Sum(before, lost), 0)
    blank = np.full(actual.size, np.nan)
    keys = _rows(sides.dimension, sides.members, periods)
    return keys.assign(indicator=indicator, unit="unit", **done, seasonal_share=blank, year_share=blank)


def _distinct(rows: pd.DataFrame, what: str, sides: Sides, periods: list[Span], back: int) -> Whole:
    """Members x periods: different values of a column in the periods, so many months back."""
    held = [(add_months(month, -back), span.label) for span in periods for month in sides.months[span.first : span.end]]
    belongs = pd.DataFrame(held, columns=["month", "period"])
    counts = rows.merge(belongs, on="month").groupby(["member", "period"])[what].nunique()
    cells = pd.MultiIndex.from_product([sides.members, [span.label for span in periods]])
    found: Whole = np.array(counts.reindex(cells, fill_value=0).to_numpy(), dtype=np.int64)
    return np.reshape(found, (len(sides.members), len(periods)))


# ---------------------------------------------------------------- the year


def annual_summary(grid: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """Table `variance_review_annual`: the twelve months and the year in total, by indicator, once the year is over.

    One row per indicator and month, last `(total)`: `target`, `actual`, `variance`, `attainment`, `last_year`,
    `growth`, as in `grid`. Header only before.
    """
    total = grid[(grid["dimension"] == TOTAL) & grid["period"].isin([*months, TO_DATE])]
    over = len(total) and set(months) <= set(total["period"])
    rows = total.assign(month=total["period"].replace(TO_DATE, TOTAL))
    return rows.loc[rows.index if over else [], ANNUAL_COLUMNS].reset_index(drop=True)
