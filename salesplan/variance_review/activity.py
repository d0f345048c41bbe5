"""Activity against the quota's own plan: what was done, what it costs to be behind, visits, and the funnel."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import TOTAL, UNKNOWN
from salesplan.calendar import month_of, month_span

DEAL, RETURN, COLD = "deal", "return_visit", "cold_visit"
ACTIVITY_COLUMNS = [
    "rep", "month", "activity", "planned", "actual", "gap", "attainment", "amount_each", "amount_missing",
]  # fmt: skip
VISIT_COLUMNS = ["rep", "month", "grade", "customers", "visits_due", "visits", "visited", "attainment"]
CONVERSION_COLUMNS = ["rep", "activity", "tried", "reached", "rate", "plan_rate"]


class Work(NamedTuple):
    """What the review compares: tables of step 3 and what was recorded since.

    `planned`: rep_allocation_activities; `funnel`: rep_allocation_funnel; `customers`: rep_allocation_customers;
    `records`: input table activities or None; `deals`: the ledger's (order, rep, month, amount); `cadence`: the
    activity by which customers get the contacts of their grade; `cutoff`: the day a month ends early.
    """

    planned: pd.DataFrame
    funnel: pd.DataFrame
    customers: pd.DataFrame
    records: pd.DataFrame | None
    deals: pd.DataFrame
    cadence: str | None = None
    cutoff: int | None = None


class Activities(NamedTuple):
    """The three tables, and the activity of each rep that costs most."""

    table: pd.DataFrame  # variance_review_activities
    visits: pd.DataFrame  # variance_review_visits
    conversion: pd.DataFrame  # variance_review_conversion
    behind: pd.DataFrame  # rep, activity, missing, amount_missing: the costliest first

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The output tables by name."""
        names = {"activities": self.table, "conversion": self.conversion, "visits": self.visits}
        return {f"variance_review_{name}": frame for name, frame in names.items()}


def activity_review(work: Work, closed: Sequence[str]) -> Activities:
    """Calls, visits, proposals, bids and wins of the closed months against the plan of each rep; see the parts."""
    table = activity_table(work, closed)
    return Activities(table, visit_audit(work, closed, table), conversion(table, work.funnel), behind(table))


def activity_table(work: Work, closed: Sequence[str]) -> pd.DataFrame:
    """Table `variance_review_activities`: one row per rep, closed month and activity, planned or recorded.

    `planned` is the count of the activity plan, `actual` what was recorded (deals: orders); NA where the rep wrote
    down nothing in the month, which is not the same as having done nothing. `gap` = actual - planned, `attainment` =
    actual / planned. `amount_each` what one is worth at the plan's rates (average deal x the rates down to the stage,
    fen); `amount_missing` = what is missing x that. Amounts of one rep's activities are the same money seen at several
    stages and do not add up.
    """
    keys = ["rep", "month", "activity"]
    months = work.planned[work.planned["period"].isin(list(closed))].rename(columns={"period": "month"})
    planned = months[~months["activity"].isin([RETURN, COLD])].groupby(keys)["count"].sum()
    counts = pd.DataFrame({"planned": planned.astype("Int64")}).join(_done(work, closed).rename("actual"), how="outer")
    rows = counts.astype("Int64").rename_axis(keys).reset_index()
    deals = (rows["activity"] == DEAL) & rows["actual"].isna()
    rows = rows.assign(actual=rows["actual"].mask(deals, 0), amount_each=_each(rows, work.funnel))
    missing = (rows["planned"] - rows["actual"]).clip(lower=0)
    found = rows.assign(
        gap=rows["actual"] - rows["planned"],
        attainment=_ratio(rows["actual"], rows["planned"]),
        amount_missing=missing * rows["amount_each"],
    )
    place = {name: number for number, name in enumerate(dict.fromkeys([*work.planned["activity"], *rows["activity"]]))}
    ranked = found.assign(place=found["activity"].map(place)).sort_values(["rep", "month", "place"])
    return ranked[ACTIVITY_COLUMNS].reset_index(drop=True)


def _ratio(above: "pd.Series[Any]", below: "pd.Series[Any]") -> "pd.Series[Any]":
    """One count by another; NaN where it is unknown or the other is none."""
    base = below.astype("Float64").astype("float64")
    ratio: pd.Series[Any] = above.astype("Float64").astype("float64") / base.where(base > 0)
    return ratio


def recorded(work: Work, closed: Sequence[str]) -> pd.DataFrame:
    """The records of the closed months: rep, month, activity, count, customer ('' where it is not named)."""
    columns = ["rep", "month", "activity", "count", "customer"]
    if work.records is None or work.records.empty:
        return pd.DataFrame({name: pd.Series(dtype="int64" if name == "count" else "str") for name in columns})
    text = work.records["date"].astype("str")
    whole = text.str.len() <= len("2027-01")
    month = text.where(whole, month_of(text.where(~whole, text + "-01"), work.cutoff))
    rows = work.records.reindex(columns=["rep", "activity", "count", "customer"]).assign(month=month)
    return rows[month.isin(list(closed))].fillna({"customer": ""})[columns].reset_index(drop=True)


def _done(work: Work, closed: Sequence[str]) -> "pd.Series[Any]":
    """What was recorded, by rep, month and activity; an activity not written down beside others is none."""
    rows = recorded(work, closed)
    sums = rows.groupby(["rep", "month", "activity"])["count"].sum()
    pairs = rows[["rep", "month"]].drop_duplicates()
    stages = work.planned["activity"].drop_duplicates()
    stages = stages[~stages.isin([DEAL, RETURN, COLD])]
    blank = pairs.merge(stages.to_frame(), how="cross").set_index(["rep", "month", "activity"]).index
    zeros = pd.Series(0, index=blank.difference(sums.index), dtype="int64")
    won = work.deals[work.deals["month"].isin(list(closed)) & (work.deals["amount"] > 0)]
    orders = won.assign(activity=DEAL).groupby(["rep", "month", "activity"])["order"].nunique()
    reps = set(work.planned["rep"]) | set(rows["rep"])
    ours = orders[orders.index.get_level_values("rep").isin(list(reps))]
    counts: pd.Series[Any] = pd.concat([sums, zeros, ours]).astype("int64")
    return counts


def _each(rows: pd.DataFrame, funnel: pd.DataFrame) -> "pd.Series[Any]":
    """What one of an activity is worth to the rep who does it, fen; NA where a rate or the deal is unknown."""
    deal = funnel[funnel["activity"] == DEAL].set_index("rep")["amount_deal"].astype("Float64").astype("float64")
    rates = funnel["rate"].astype("float64").where(funnel["activity"] != DEAL, 1.0)
    # A stage without a rate leaves everything below it without a worth.
    worth = rates.groupby(funnel["rep"]).cumprod(skipna=False) * funnel["rep"].map(deal).astype("float64")
    known = pd.Series(worth.to_numpy(), index=pd.MultiIndex.from_frame(funnel[["rep", "activity"]]))
    found = known.reindex(pd.MultiIndex.from_frame(rows[["rep", "activity"]]))
    return pd.Series(found.round().to_numpy(), index=rows.index).astype("Int64")


def behind(table: pd.DataFrame) -> pd.DataFrame:
    """The stage at which each rep who is behind lacks most money, the costliest first.

    `rep`, `activity`, `missing` (times, over the months he wrote down), `amount_missing` (fen), `attainment`. Wins are
    left out: they are the result, not the work.
    """
    known = table[table["actual"].notna() & table["planned"].notna() & (table["activity"] != DEAL)]
    sums = known.groupby(["rep", "activity"], sort=True)[["planned", "actual"]].sum()
    each = known.groupby(["rep", "activity"], sort=True)["amount_each"].first()
    missing = (sums["planned"] - sums["actual"]).astype("Int64")
    found = sums.assign(
        missing=missing, amount_missing=missing * each, attainment=_ratio(sums["actual"], sums["planned"])
    )
    late = found[(missing > 0).fillna(value=False) & found["amount_missing"].notna()].reset_index()
    ordered = late.sort_values(["amount_missing", "rep", "activity"], ascending=[False, True, True])
    columns = ["rep", "activity", "planned", "actual", "missing", "attainment", "amount_missing"]
    return ordered.drop_duplicates("rep")[columns].reset_index(drop=True)


def conversion(table: pd.DataFrame, funnel: pd.DataFrame) -> pd.DataFrame:
    """Table `variance_review_conversion`: what part of each stage reached the one above, by rep and `(total)`.

    `tried` of the stage and `reached` of the stage above it, over the months in which both are known; `rate` =
    reached / tried; `plan_rate` the funnel's (of all together: planned of the stage above / planned of the stage).
    """
    order = [str(name) for name in dict.fromkeys(funnel["activity"])]
    names, above = order[1:], dict(zip(order[1:], order, strict=False))
    known = table[table["actual"].notna() & table["planned"].notna()]
    upper = known.rename(columns={"activity": "upper", "actual": "reached", "planned": "planned_above"})
    pairs = known[known["activity"].isin(names)].assign(upper=lambda d: d["activity"].map(above))
    both = pairs.merge(upper[["rep", "month", "upper", "reached", "planned_above"]], on=["rep", "month", "upper"])
    sums = pd.concat([both, both.assign(rep=TOTAL)])
    found = sums.groupby(["rep", "activity"])[["actual", "reached", "planned", "planned_above"]].sum().reset_index()
    rates = funnel.set_index(["rep", "activity"])["rate"].astype("float64")
    own = rates.reindex(pd.MultiIndex.from_frame(found[["rep", "activity"]])).to_numpy()
    planned = _ratio(found["planned_above"], found["planned"])
    rows = found.assign(
        tried=found["actual"].astype("Int64"),
        reached=found["reached"].astype("Int64"),
        rate=_ratio(found["reached"], found["actual"]),
        plan_rate=np.where(found["rep"] == TOTAL, planned, own),
        place=found["activity"].map({name: number for number, name in enumerate(names)}),
    )
    return rows.sort_values(["rep", "place"])[CONVERSION_COLUMNS].reset_index(drop=True)


def visit_audit(work: Work, closed: Sequence[str], table: pd.DataFrame) -> pd.DataFrame:
    """Table `variance_review_visits`, 月访客户统计表: visits made against those the grades of the customers ask for.

    One row per rep and closed month: `customers` he holds, `visits_due` by their grades, `visits` recorded (NA: he
    wrote down nothing), `attainment`. Where the records name the customers, also a row per grade: visits to customers
    of that grade, and how many of them (`visited`); else `grade` is `(total)` alone and `visited` unknown.
    """
    if work.cadence is None or not len(work.customers):
        return pd.DataFrame({name: pd.Series(dtype="str") for name in VISIT_COLUMNS})
    held = _held(work, closed)
    keys = ["rep", "month"]
    whole = held.groupby(keys).agg(customers=("customer", "nunique"), visits_due=("due", "sum"))
    done = table[table["activity"] == work.cadence].set_index(keys)["actual"]
    visits = recorded(work, closed)
    named = visits[(visits["activity"] == work.cadence) & (visits["customer"] != "") & (visits["count"] > 0)]
    seen = named.groupby(keys)["customer"].nunique()
    rows = whole.assign(grade=TOTAL, visits=done.reindex(whole.index), visited=seen.reindex(whole.index))
    parts = [rows.reset_index(), _by_grade(held, named)] if len(named) else [rows.reset_index()]
    found = pd.concat(parts, ignore_index=True)
    due = found["visits_due"].where(found["visits_due"] > 0)
    found = found.assign(attainment=found["visits"].astype("Float64").astype("float64") / due)
    kinds = {"visits": "Int64", "visited": "Int64", "customers": "int64"}
    return found.astype(kinds).sort_values([*keys, "grade"], ignore_index=True)[VISIT_COLUMNS]


def _held(work: Work, closed: Sequence[str]) -> pd.DataFrame:
    """Customers held by rep and month, with the visits their grade asks for: rep, month, customer, grade, due."""
    rows = work.customers[work.customers["contacts_per_month"].notna()]
    rows = rows[~rows["rep"].str.startswith("(") & ~rows["customer"].str.startswith("(")]
    start, end = (pd.to_datetime(rows.reindex(columns=[name])[name]) for name in ("start", "end"))
    parts = []
    for month in closed:
        first, last = (pd.Timestamp(day) for day in month_span(month, work.cutoff))
        there = ~(start > last) & ~(end < first)
        parts.append(rows[there].assign(month=month))
    held = pd.concat(parts, ignore_index=True) if parts else rows.assign(month="")
    return held.assign(due=held["contacts_per_month"].astype("float64"), grade=held["grade"].fillna(UNKNOWN))


def _by_grade(held: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """The same by grade, where visits name their customers."""
    keys = ["rep", "month", "grade"]
    counts = held.groupby(keys).agg(customers=("customer", "nunique"), visits_due=("due", "sum"))
    grades = held.drop_duplicates(["rep", "month", "customer"])[["rep", "month", "customer", "grade"]]
    met = named.merge(grades, on=["rep", "month", "customer"]).groupby(keys)
    sums = met.agg(visits=("count", "sum"), visited=("customer", "nunique")).reindex(counts.index, fill_value=0)
    return counts.join(sums).reset_index()


def team_activity(table: pd.DataFrame) -> pd.DataFrame:
    """All reps together by activity, over the months that were written down: planned, actual, gap, attainment."""
    known = table[table["actual"].notna() & table["planned"].notna()]
    sums = known.groupby("activity", sort=False)[["planned", "actual"]].sum().reset_index()
    return sums.assign(gap=sums["actual"] - sums["planned"], attainment=_ratio(sums["actual"], sums["planned"]))


def visits_shown(visits: pd.DataFrame) -> pd.DataFrame:
    """The audit by rep (and grade, where visits name their customers) over all months."""
    keys = ["rep", "grade"] if (visits["grade"] != TOTAL).any() else ["rep"]
    rows = visits if len(keys) > 1 else visits[visits["grade"] == TOTAL]
    sums = rows.groupby(keys).agg(
        customers=("customers", "max"), visits_due=("visits_due", "sum"), visits=("visits", "sum")
    )
    return sums.reset_index()


def team_rates(conversion: pd.DataFrame) -> pd.DataFrame:
    """The rates of all reps together, from the deal back."""
    return conversion[conversion["rep"] == TOTAL].drop(columns="rep").reset_index(drop=True)
