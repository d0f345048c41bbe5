"""New products, channels and regions: what they are to bring, by a sibling's season, a ramp, or both."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.apportion import apportion
from salesplan.money import to_fen
from salesplan.seasonal_split.apart import Apart
from salesplan.seasonal_split.days import event_lift
from salesplan.seasonal_split.history import Array
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.rounding import met
from salesplan.seasonal_split.season import member_mix, member_shares, sales_by_month, season_shares
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.terms.shape import Launch


def planned_launches(
    target: int,
    facts: pd.DataFrame,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    products: pd.DataFrame | None = None,
) -> list[Apart]:
    """Each of the rules' launches by month: nothing before its start, then by its sibling's season and its ramp.

    weight of a month = season (of `like` in the plan year, else of the company; 1 where only a `curve` is given) x ramp
    x part of the month's workdays from the start on x events. Over the dimensions it does not name, a launch lies as
    its sibling does, else as the company. `products`: product, launch (date), for starts that are not given. The amount
    is apportioned exactly; a share of the target is rounded to the money unit.
    """
    company = season_shares(sales_by_month(facts, year=year), year=year, rules=rules, total=target or None)
    plain = company["share"].to_numpy()
    weights = [
        _weights(launch, facts, plain, target, year=year, rules=rules, products=products) for launch in rules.launches
    ]
    return [
        _planned(number, launch, target, found, year)
        for number, (launch, found) in enumerate(zip(rules.launches, weights, strict=True))
    ]


def _planned(number: int, launch: Launch, target: int, weights: Array, year: PlanYear) -> Apart:
    amount = to_fen(launch.amount) if launch.amount is not None else _part(target, float(launch.share or 0), year.unit)
    months = apportion(amount, weights, labels=year.months, unit=year.unit)
    others = {name: member for name, member in launch.members.items() if name != launch.dimension}
    like = others if launch.like is None else {**others, launch.dimension: launch.like}
    return Apart(launch.member, months, launch.members, like, f"launches[{number}]")


def _part(target: int, share: float, unit: int) -> int:
    return round(target * share / unit) * unit


def _weights(
    launch: Launch,
    facts: pd.DataFrame,
    company: Array,
    target: int,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    products: pd.DataFrame | None,
) -> Array:
    there = presence(start_of(launch, products), year=year)
    season = company if launch.like is None else _season_of(launch, facts, company, target, year=year, rules=rules)
    if launch.curve is not None:
        ramp = np.array([float(weight) for weight in launch.curve])
        since = np.maximum(np.cumsum(there > 0) - 1, 0)
        there = (there > 0) * ramp[np.minimum(since, len(ramp) - 1)]
        season = season if launch.like is not None else np.ones(12)
    events = [e for e in rules.events if e.members.items() <= launch.members.items()]
    found = there * season * (event_lift(events, year=year) if rules.method != "manual" else 1.0)
    return np.asarray(found if found.any() else there)


def _season_of(
    launch: Launch, facts: pd.DataFrame, company: Array, target: int, *, year: PlanYear, rules: SeasonalSplitTerms
) -> Array:
    """The sibling's plan year: its season beside those of the other members, all fitted to the company's months."""
    weights = member_mix(facts, [launch.dimension], year=year, rules=rules).set_index(launch.dimension)["weight"]
    if launch.like not in weights.index:
        return company
    totals = weights * target
    season = member_shares(facts, launch.dimension, year=year, rules=rules, totals=totals, company=company)
    seed = season.reindex(weights.index).to_numpy().T * weights.to_numpy()
    cells = met(seed, company, weights.to_numpy())
    return np.asarray(cells[:, list(weights.index).index(launch.like)])


def start_of(launch: Launch, products: pd.DataFrame | None) -> pd.Timestamp | None:
    """First day of a launch: its own, else that of table products; None where neither is known."""
    if launch.start is not None:
        return pd.Timestamp(launch.start)
    if products is None or launch.product is None:
        return None
    known = products.loc[products["product"] == launch.product, "launch"].dropna()
    return known.iloc[0] if len(known) else None


def presence(start: pd.Timestamp | None, *, year: PlanYear) -> Array:
    """Part of each month's workdays that lies on or after `start`; ones where it is not known."""
    days = days_of.days(year.months, year.calendar, year.month_cutoff)
    worked = days[days["workday"]]
    there = worked[worked["date"] >= start] if start is not None else worked
    counts = [frame.groupby("month").size().reindex(year.months, fill_value=0) for frame in (there, worked)]
    return np.asarray(counts[0].to_numpy() / np.maximum(counts[1].to_numpy(), 1))


def launch_table(
    launches: Sequence[Apart], *, year: PlanYear, rules: SeasonalSplitTerms, products: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What was assumed, one row per launch: `member`, `start`, `like`, `share` (of the year's other months), months.

    Columns: `member`, `start` (date), `like` (blank: the company), `season` (`like`, `curve`, `both`, `company`), then
    the twelve months and `amount` (fen).
    """
    rows = [
        {
            "member": one.name,
            "start": start_of(launch, products),
            "like": launch.like or "",
            "season": _season_name(launch),
            "amount": one.amount,
            **dict(zip(year.months, one.months, strict=True)),
        }
        for one, launch in zip(launches, rules.launches, strict=True)
    ]
    return pd.DataFrame(rows, columns=["member", "start", "like", "season", "amount", *year.months])


def _season_name(launch: Launch) -> str:
    if launch.curve is not None:
        return "curve" if launch.like is None else "both"
    return "company" if launch.like is None else "like"
