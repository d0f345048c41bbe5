"""The pack of indicators: value, target and state of each month, the chosen ones, and who is behind the time gone."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.calendar import add_months, workdays
from salesplan.terms.indicators import INDICATORS, Indicator
from salesplan.terms.kpis import MOST, KpiChoice
from salesplan.terms.plan import PlanTerms
from salesplan.terms.variance_review import VarianceReviewTerms
from salesplan.variance_review.kpi_values import Records, kpi_values, reps_in_post, spent
from salesplan.variance_review.measures import MICRO, Figures, amount_by

KPI_COLUMNS = [
    "indicator", "month", "value", "target", "state", "unit", "basis",
    "better", "chosen", "year_share", "seasonal_share", "workday_share",
]  # fmt: skip
PLACES = Decimal("0.000001")
OWN = Indicator("plan", "unit", ())
# What a plan that chooses none is shown, as far as the data allow: money, cash, cost, customers, people.
USUAL = (
    "amount", "collection_rate", "expense_ratio", "gross_margin", "satisfaction", "customer_retention",
    "rep_productivity", "market_share", "revenue_growth", "customers", "quantity", "orders", "contract_amount",
)  # fmt: skip
WORST_FIRST = ("behind", "watch", "ok", "no_target")


class KpiPack(NamedTuple):
    """The indicators of a review."""

    table: pd.DataFrame  # variance_review_kpis
    cards: pd.DataFrame  # the chosen ones in the last closed month, worst first
    history: pd.DataFrame  # indicator, month, value: of the chosen ones, last year's months and this year's
    lacking: list[str]  # chosen, but without a value in the last closed month
    chosen: bool  # whether the plan chose them


def kpi_pack(figures: Figures, records: Records, rules: VarianceReviewTerms, plan: PlanTerms) -> KpiPack:
    """Hold the values of the indicators (see `kpi_values`) against their targets.

    Table `variance_review_kpis` has one row per indicator with a value and closed month: `value` and `target` are
    Decimals in `unit`; `basis` says where the target is from: `own` (parameter `kpis`), `plan`, `standard` (1, where
    the indicator is itself a part of a plan), `last_year` (the same month), `none`. `state`: with better `higher`
    the part value / target, with `lower` target / value, is `ok` from the threshold ok on, `watch` from watch, else
    `behind`; `no_target` without one. `year_share`: done to date of the year's target, for indicators whose months
    add up, beside `seasonal_share` (of that target) and `workday_share` of the year gone. Header only without
    actuals.
    """
    chosen = {choice.code: choice for choice in rules.kpis}
    if not figures.closed:
        nothing = pd.DataFrame(columns=[*KPI_COLUMNS, "alert", "part"])
        history = pd.DataFrame(columns=["indicator", "month", "value"])
        return KpiPack(_typed(nothing), nothing, history, [], bool(chosen))
    values = kpi_values(figures, records, plan)
    closed = values[values.index.isin(figures.closed, level="month")]
    last = set(closed.xs(figures.closed[-1], level="month").index)
    shown = list(chosen) or [name for name in USUAL if name in last][:MOST]
    names = sorted(closed.index.get_level_values("indicator").unique())
    sides = {name: _targets(name, values[name], _planned(name, figures, records, plan), chosen) for name in names}
    frames = [_indicator(name, values[name], sides[name], rules, figures) for name in names]
    table = _typed(pd.concat(frames, ignore_index=True).assign(chosen=lambda rows: rows["indicator"].isin(shown)))
    days = workdays(figures.months, plan.calendar, plan.month_cutoff)
    table = table.assign(workday_share=table["month"].map(days.cumsum() / days.sum()))
    history = values[values.index.isin(shown, level="indicator")].rename("value").reset_index()
    return KpiPack(table, _cards(table, figures), history, [name for name in chosen if name not in last], bool(chosen))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of the table with their kinds, also without a row."""
    exact, shares = ("value", "target"), ("year_share", "seasonal_share", "workday_share")
    kinds = dict.fromkeys(exact, "object") | dict.fromkeys(shares, "float64") | {"chosen": "bool"}
    return table.reindex(columns=KPI_COLUMNS).astype({name: kinds.get(name, "str") for name in KPI_COLUMNS})


def _indicator(
    name: str, values: pd.Series, targets: pd.DataFrame, rules: VarianceReviewTerms, figures: Figures
) -> pd.DataFrame:
    """The rows of one indicator."""
    known = INDICATORS.get(name, OWN)
    better, limits = _rule(name, known, rules)
    value = values.reindex(figures.closed).dropna()
    target = targets["target"].reindex(value.index)
    parts = [part_of(done, asked, better, growth=known.growth) for done, asked in zip(value, target, strict=True)]
    return pd.DataFrame(
        {
            "indicator": name,
            "month": value.index,
            "value": _decimals(value).to_numpy(),
            "target": _decimals(target).to_numpy(),
            "state": [state_of(part, *limits) for part in parts],
            "unit": known.unit,
            "basis": targets["basis"].reindex(value.index).to_numpy(),
            "better": better,
            **_to_date(name, value, targets["target"], figures),
        }
    )


def _rule(name: str, known: Indicator, rules: VarianceReviewTerms) -> tuple[str, tuple[Decimal, Decimal]]:
    """Which way is better, and the thresholds ok and watch: what the plan says of the indicator, else the usual."""
    usual = rules.states.ok, rules.states.watch
    choice = next((choice for choice in rules.kpis if choice.code == name), None)
    if choice is None:
        return known.better, usual
    ok, watch = (own if own is not None else all_ for own, all_ in zip((choice.ok, choice.watch), usual, strict=True))
    return choice.better or known.better, (ok, watch)


def part_of(value: float, target: float, better: str, *, growth: bool = False) -> Decimal | None:
    """How much of its target an indicator has reached, at six places; None without a target it can be held against.

    More is better: value / target; less is better: target / value, which is 1 and more at or below the target. A target
    below zero is reached or not. Rates
    of growth are held against each other as 1 + rate, so that a fall is not a negative part of a rise.
    """
    if target != target:
        return None
    done, asked = (1 + value, 1 + target) if growth else (value, target)
    if better == "lower":
        done, asked = asked, done
        if not asked > 0:  # nothing spent, no complaint
            return Decimal(1)
    elif asked < 0:  # a loss was expected: no part of it can be reached
        return Decimal(int(done >= asked))
    return Decimal(str(round(done / asked, 6))) if asked > 0 else None


def state_of(part: Decimal | None, ok: Decimal, watch: Decimal) -> str:
    """On course, to be watched or behind; compared at the six places that are printed."""
    if part is None:
        return "no_target"
    return "ok" if part >= ok else "watch" if part >= min(watch, ok) else "behind"


def _to_date(name: str, value: pd.Series, targets: pd.Series, figures: Figures) -> dict[str, object]:
    """What is done of the year's target, and how much of that target falls on the months gone."""
    year = targets.reindex(figures.months)
    blank = np.full(len(value), np.nan)
    whole = year.sum()
    if not INDICATORS.get(name, OWN).cumulative or year.isna().any() or not whole > 0:
        return {"year_share": blank, "seasonal_share": blank}
    unbroken = [month == expected for month, expected in zip(value.index, figures.closed, strict=False)]
    done = np.where(unbroken, value.cumsum() / whole, np.nan)  # a month not known leaves the sum unknown
    return {"year_share": done, "seasonal_share": (year.cumsum() / whole).reindex(value.index).to_numpy()}


def _cards(table: pd.DataFrame, figures: Figures) -> pd.DataFrame:
    """The chosen indicators in the last closed month, the worst first; `alert`: less done than the season asks."""
    rows = table[table["chosen"] & (table["month"] == figures.closed[-1])]
    known = [INDICATORS.get(name, OWN) for name in rows["indicator"]]
    parts = [
        part_of(float(value), float("nan") if target is None else float(target), better, growth=one.growth)
        for value, target, better, one in zip(rows["value"], rows["target"], rows["better"], known, strict=True)
    ]
    ranks = rows["state"].map({state: rank for rank, state in enumerate(WORST_FIRST)})
    distance = [float("inf") if part is None else float(part) for part in parts]
    behind = rows["year_share"].astype("float64").round(6) < rows["seasonal_share"].astype("float64").round(6)
    ordered = rows.assign(alert=behind, rank=ranks, part=distance).sort_values(["rank", "part", "indicator"])
    return ordered.drop(columns="rank").reset_index(drop=True)


# ---------------------------------------------------------------- targets


def _targets(name: str, values: pd.Series, plan: pd.Series, chosen: Mapping[str, KpiChoice]) -> pd.DataFrame:
    """Target and basis of each month of the year: what the plan chose, the plan itself, else last year's month."""
    months, asked = plan.index, chosen[name].target if name in chosen else None
    own = np.nan if asked is None else float(asked)
    standard = 1.0 if name in STANDARD else np.nan
    sides = {
        "own": pd.Series(own, index=months),
        "plan": plan,
        "standard": pd.Series(standard, index=months),
        "last_year": values.rename(lambda label: add_months(str(label), 12)).reindex(months),
    }
    target, basis = pd.Series(np.nan, index=months), pd.Series("none", index=months)
    for code, side in sides.items():
        fresh = target.isna() & side.notna()
        target, basis = target.where(~fresh, side), basis.where(~fresh, code)
    return pd.DataFrame({"target": target, "basis": basis})


# Indicators that are themselves a part of a plan or a standard.
STANDARD = ("plan_attainment", "expense_attainment", "freight_attainment", "customer_records")


def _planned(name: str, figures: Figures, records: Records, plan: PlanTerms) -> pd.Series:
    """The plan's own target in each month of the year, NaN where it has none."""
    targets = figures.targets / 100
    if name == "quantity":
        found = _quantity(figures.split)
    elif name == "expense_ratio":
        found = spent(records)[1] / 100 / targets.where(targets > 0)
    elif name == "revenue_growth":
        before = amount_by(figures.last_year, "month").rename(lambda label: add_months(str(label), 12)) / 100
        found = targets / before.where(before > 0) - 1
    elif name == "rep_productivity" and figures.reps is not None:
        reps = reps_in_post(figures, figures.months, plan.month_cutoff)
        found = targets / reps.where(reps > 0)
    else:
        found = targets if name == "amount" else pd.Series(_goal(name, records.goals), index=figures.months)
    return found.astype("float64").reindex(figures.months)


def _quantity(split: pd.DataFrame) -> pd.Series:
    """Units of the split by month, where it knows them all."""
    if "quantity" not in split or split["quantity"].isna().any():
        return pd.Series(dtype="float64")
    micro = (split["quantity"] * MICRO).round().astype("int64")  # whole numbers: row order changes nothing
    return micro.groupby(split["month"]).sum() / MICRO


def _goal(name: str, goals: pd.DataFrame | None) -> float:
    """The year's goal of a rate that the plan sets apart, which holds in every month."""
    if goals is None or not len(goals):
        return np.nan
    company = goals["line"].fillna("") == "" if "line" in goals else pd.Series(data=True, index=goals.index)
    stated = goals["basis"].isin(["goal", "goal_growth"]) & goals["planned"] & (goals["unit"] == "share")
    found = goals[company & stated & (goals["indicator"] == name)]
    return float(found["value"].iloc[0]) if len(found) else np.nan


def _decimals(values: pd.Series) -> pd.Series:
    """Numbers as Decimals with at most six places, None where unknown."""
    exact = [None if value != value else Decimal(repr(float(value))).quantize(PLACES) for value in values]
    return pd.Series(exact, index=values.index, dtype="object")
