"""Activity plan, load and boards together: everything a page about the reps' daily work shows."""

from dataclasses import dataclass

import pandas as pd

from salesplan import calendar as days_of
from salesplan.rep_allocation.activity.activities import (
    ACTIVITY_COLUMNS,
    ActivityPlan,
    activity_plan,
    activity_table,
    field_of,
    recorded_pace,
    year_counts,
)
from salesplan.rep_allocation.activity.boards import BOARD_COLUMNS, Board, Clients, board, board_month, board_table
from salesplan.rep_allocation.activity.day_plan import DAY_COLUMNS, day_plan
from salesplan.rep_allocation.activity.funnel import FUNNEL_COLUMNS, Records
from salesplan.rep_allocation.activity.receivables import Cash, cash
from salesplan.rep_allocation.activity.setting import Setting
from salesplan.rep_allocation.activity.workload import (
    LOAD_COLUMNS,
    PACE_COLUMNS,
    REMEDY_COLUMNS,
    load_table,
    pace_table,
    remedies,
    rep_workdays,
)
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.portfolio.cadence import contacts_by_month
from salesplan.terms.activities import Funnel


@dataclass(frozen=True)
class FieldWork:
    """The tables of the activity plan; all empty but `recorded` where the file has no funnel.

    `month` is that of the boards, `cash` what is open (None without collections), `doubts` reps whose records cannot be
    taken as they are.
    """

    plan: ActivityPlan | None
    funnel: pd.DataFrame
    activities: pd.DataFrame
    counts: pd.DataFrame
    load: pd.DataFrame
    pace: pd.DataFrame
    remedies: pd.DataFrame
    recorded: pd.DataFrame
    doubts: pd.DataFrame
    board: pd.DataFrame
    days: pd.DataFrame
    month: str
    cash: Cash | None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The output tables by name."""
        names = ("activities", "funnel", "load", "pace", "board")
        return {f"rep_allocation_{name}": getattr(self, name) for name in names}


def field_work(
    given: Given,
    summary: pd.DataFrame,
    amounts: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    setting: Setting,
    terms: Funnel | None,
) -> FieldWork:
    """What the quotas ask of every rep: funnel, activities by month, load, and the boards of the nearest month.

    `summary`: the table rep_allocation_reps; `amounts`: rep, month, amount (fen); `customers`: the table
    rep_allocation_customers. Without `terms` nothing is planned: what the records say is all there is.
    """
    past, recorded = setting.past, recorded_pace(setting.past, given.months, terms=terms)
    if terms is None or summary.empty:
        return _nothing(recorded)
    workdays = rep_workdays(given.reps, given.months, country=setting.country, cutoff=given.cutoff)
    contacts = _contacts(customers, given)
    field = field_of(summary, amounts, workdays, contacts, given.projects, given.opportunities)
    plan = activity_plan(field, past, terms=terms)
    found, held, money = _board(plan, given, customers, setting)
    return FieldWork(
        plan,
        plan.funnel[list(FUNNEL_COLUMNS)],
        activity_table(plan, fiscal_year=setting.fiscal_year),
        year_counts(plan),
        load_table(plan),
        pace_table(plan, recorded),
        remedies(plan),
        recorded,
        doubts(past, plan.funnel),
        board_table(found),
        day_plan(found, plan, held, given.opportunities, today=_today(given, setting)),
        str(found.days["month"].iloc[0]),
        money,
    )


def _contacts(customers: pd.DataFrame, given: Given) -> pd.DataFrame:
    if "months_held" not in customers or customers.empty:
        return pd.DataFrame({"rep": pd.Series(dtype="str"), "month": "", "contacts": 0.0})
    return contacts_by_month(customers, given.months, cutoff=given.cutoff)


def _today(given: Given, setting: Setting) -> pd.Timestamp:
    """The day up to which everything is known: that of the review, else the last before the plan year."""
    first = pd.Timestamp(days_of.month_span(given.months[0], given.cutoff)[0])
    return pd.Timestamp(setting.as_of) if setting.as_of else first - pd.Timedelta(days=1)


def _board(
    plan: ActivityPlan, given: Given, customers: pd.DataFrame, setting: Setting
) -> tuple[Board, pd.DataFrame, Cash | None]:
    """The board, the customers held in its month with their region, and what is open."""
    month = board_month(plan, days_of.closed_months(given.months, setting.as_of, given.cutoff))
    begins, ends = (pd.Timestamp(day) for day in days_of.month_span(month, given.cutoff))
    held = customers
    if {"start", "end"} <= set(customers):
        inside = (customers["start"].fillna(begins) <= ends) & (customers["end"].fillna(ends) >= begins)
        held = customers[inside & ~customers["customer"].str.startswith("(")]
    if given.customers is not None and "region" in given.customers and "region" not in held:
        where = given.customers.drop_duplicates("customer", keep="last").set_index("customer")["region"]
        held = held.assign(region=held["customer"].map(where))
    money = None
    if setting.collections is not None and len(setting.past.deals):
        people = plan.field.people["rep"].tolist()
        money = cash(setting.past.deals, setting.collections, given.customers, people,
                     today=_today(given, setting), tax=setting.tax)  # fmt: skip
    counts = held.drop_duplicates(["rep", "customer"]).groupby("rep")["customer"].size()
    clients = Clients(counts, _to_be_won(customers))
    return board(plan, given, month, setting=setting, clients=clients, cash=money), held, money


def _to_be_won(customers: pd.DataFrame) -> "pd.Series[int] | None":
    """Customers each rep is to win in the year; None where nobody says."""
    if "new_customers" not in customers or customers["new_customers"].isna().all():
        return None
    counted = customers[customers["new_customers"].notna()]
    number: pd.Series[int] = counted["new_customers"].astype("int64").groupby(counted["rep"]).sum()
    return number


def doubts(past: Records, funnel: pd.DataFrame) -> pd.DataFrame:
    """Records that cannot be taken as they are: rep, doubt, activity.

    `doubt`: missing (more of the stage above than of this one), rounded (all numbers of ten or more are whole tens, at
    least twelve of them).
    """
    missing = funnel[(funnel["reached"].fillna(0) > funnel["tried"]) & (funnel["source"] == "doubtful")]
    parts = [missing[["rep", "activity"]].assign(doubt="missing")]
    if past.records is not None:
        rows = past.records[(past.records["count"] >= 10) & past.records["rep"].isin(funnel["rep"])]
        sums = rows.assign(whole=rows["count"] % 10 == 0).groupby("rep", sort=True)["whole"].agg(["size", "all"])
        parts.append(pd.DataFrame({"rep": sums.index[sums["all"] & (sums["size"] >= 12)], "doubt": "rounded"}))
    return pd.concat(parts, ignore_index=True).assign(activity=lambda d: d["activity"].astype(object).fillna(""))


def _nothing(recorded: pd.DataFrame) -> FieldWork:
    """No funnel in the file: headers without rows, and the records."""
    names = (
        FUNNEL_COLUMNS,
        ACTIVITY_COLUMNS,
        ("rep", "quota", "amount_deal"),
        LOAD_COLUMNS,
        PACE_COLUMNS,
        REMEDY_COLUMNS,
    )
    funnel, activities, counts, load, pace, remedy = (pd.DataFrame(columns=list(columns)) for columns in names)
    board_rows, days = (pd.DataFrame(columns=list(columns)) for columns in (BOARD_COLUMNS, DAY_COLUMNS))
    doubt = pd.DataFrame(columns=["rep", "activity", "doubt"])
    return FieldWork(None, funnel, activities, counts, load, pace, remedy, recorded, doubt, board_rows, days, "", None)
