"""Values of the indicators by month, as far as the tables of a plan allow."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.calendar import add_months, month_of, month_span
from salesplan.settling import counted
from salesplan.terms.indicators import indicator_code
from salesplan.terms.plan import PlanTerms, Tax
from salesplan.variance_review.grid import NOBODY
from salesplan.variance_review.measures import (
    DEDUCTIONS,
    MICRO,
    Figures,
    amount_by,
    known_members,
    numbered,
    quantity_by,
)
from salesplan.variance_review.receipts import by_month, collection_rate, line_dues

NONE = pd.Series(dtype="float64")
TRANSPORT = ("运输费", "运费", "物流费", "freight", "transport")
# Rates of the showroom by the names under which the activities are recorded: how many of them, out of which.
SHOWROOM = {
    "test_drive_rate": (("试驾", "test drive"), ("来店", "来店量", "visit")),
    "showroom_close_rate": (("展厅成交", "showroom deal"), ("来店", "来店量", "visit")),
    "outdoor_close_rate": (("户外成交", "outdoor deal"), ("户外接待", "outdoor contact")),
}
COUNTED = {"showroom_visits": ("来店", "来店量", "visit"), "phone_inquiries": ("来电", "来电量", "phone inquiry")}


class Records(NamedTuple):
    """What indicators are made of beside sales; None where a table is not there.

    Input tables `expenses`, `activities`, `scores`; `budget`: table seasonal_split_expenses; `goals`: annual_target.
    """

    expenses: pd.DataFrame | None = None
    activities: pd.DataFrame | None = None
    scores: pd.DataFrame | None = None
    budget: pd.DataFrame | None = None
    goals: pd.DataFrame | None = None
    transport: tuple[str, ...] = ()  # categories that are freight; without any, the usual words for it


def kpi_values(figures: Figures, records: Records, plan: PlanTerms) -> pd.Series:
    """Known values by `indicator` and `month`, last year's and those of the closed months, sorted by both.

    What table `kpis` brings stands instead of what would be computed; its names may be ours, the sources' or own.
    """
    months, cutoff = [*(add_months(month, -12) for month in figures.months), *figures.closed], plan.month_cutoff
    facts = figures.facts[figures.facts["month"].isin(months)]
    found = {
        "amount": amount_by(facts, "month").reindex(sorted({*facts["month"], *figures.closed}), fill_value=0) / 100,
        "contract_amount": amount_by(facts[facts["kind"] == "sale"], "month") / 100,
        "quantity": quantity_by(facts, "month"),
        "gross_margin": _gross(facts) / _positive(amount_by(facts, "month")),
        "customers": _customers(facts),
        "orders": _orders(figures, cutoff),
        "collection_rate": _collection_rate(figures, plan.tax, cutoff),
        "plan_attainment": amount_by(figures.actuals, "month") / _positive(figures.targets),
        "revenue_growth": _growth(figures),
        "rep_productivity": amount_by(facts, "month") / 100 / _positive(reps_in_post(figures, months, cutoff)),
        **_spending(figures, records),
        **_loyalty(figures),
        **_showroom(records.activities, cutoff),
        "customer_records": _scored(records.scores, "customer_records"),
        **_given(figures.kpis),
    }
    known: pd.Series = pd.concat(found, names=["indicator", "month"]).astype("float64").dropna().sort_index()
    return known[known.index.get_level_values("month").isin(months)]


def _given(kpis: pd.DataFrame | None) -> dict[str, pd.Series]:
    """What table `kpis` brings, under our codes where we know the name."""
    if kpis is None:
        return {}
    coded = kpis.assign(indicator=kpis["indicator"].map(indicator_code)).astype({"value": "float64"})
    values = coded.groupby(["indicator", "month"])["value"].last()
    return {str(name): rows.droplevel("indicator") for name, rows in values.groupby(level="indicator")}


def _positive(sums: pd.Series) -> pd.Series:
    """What may be divided by."""
    return sums.where(sums > 0)


# ---------------------------------------------------------------- sales and cash


def _gross(facts: pd.DataFrame) -> pd.Series:
    """Amount - cost by month, fen; NaN where the cost of a sale is not known."""
    unknown = facts["cost"].isna() & ~facts["kind"].isin(DEDUCTIONS)
    cost = facts["cost"].fillna(0).astype("int64").groupby(facts["month"]).sum()
    return (amount_by(facts, "month") - cost).mask(unknown.groupby(facts["month"]).any()).astype("float64")


def _growth(figures: Figures) -> pd.Series:
    """Amount / that of the same month a year before, less one."""
    amounts = amount_by(figures.facts, "month")
    return amounts / _positive(amounts.rename(lambda label: add_months(str(label), 12))) - 1


def _customers(facts: pd.DataFrame) -> pd.Series:
    """Number of customers with a sale, by month; nothing where sales name no customer."""
    if not known_members(facts, "customer"):
        return NONE
    sold = facts[(facts["kind"] == "sale") & (facts["amount"] > 0)]
    return sold.groupby("month")["customer"].nunique()


def _orders(figures: Figures, cutoff: int | None) -> pd.Series:
    """Number of orders by month; nothing where orders carry no number."""
    orders = numbered(figures.orders)
    return NONE if orders is None else orders["order"].groupby(month_of(orders["date"], cutoff)).nunique()


def _collection_rate(figures: Figures, tax: Tax, cutoff: int | None) -> pd.Series:
    """Received / sold by month as in table variance_review_cash, from the first month with a payment on."""
    if figures.orders is None or figures.collections is None or not len(figures.collections):
        return NONE
    paid = counted(figures.collections)
    received = by_month(paid[~paid["lost"]], cutoff)
    lines = figures.orders.assign(amount=line_dues(figures.orders, figures.products, tax))
    sold = by_month(lines, cutoff)
    sold = sold[sold.index >= received.index.min()]
    return collection_rate(received.reindex(sold.index, fill_value=0), sold).dropna()


def reps_in_post(figures: Figures, months: list[str], cutoff: int | None) -> pd.Series:
    """Reps there on any day of a month; without table `reps`, those who sold in it."""
    if figures.reps is None:
        sold = figures.facts[~figures.facts["rep"].isin(NOBODY)]
        return sold.groupby("month")["rep"].nunique()
    start, end = pd.to_datetime(figures.reps["start"]), pd.to_datetime(figures.reps["end"])
    spans = {month: month_span(month, cutoff) for month in months}
    there = {
        month: figures.reps.loc[~(start > pd.Timestamp(last)) & ~(end < pd.Timestamp(first)), "rep"].nunique()
        for month, (first, last) in spans.items()
    }
    return pd.Series(there, dtype="int64")


# ---------------------------------------------------------------- expenses


def spent(records: Records, names: tuple[str, ...] | None = None) -> tuple[pd.Series, pd.Series]:
    """Selling expenses and their budget by month, fen; of the categories named. The reserve is no budget of a month."""
    sides = []
    for table in (records.expenses, records.budget):
        rows = None if table is None else table[~table["category"].str.startswith("(")]
        kept = rows if rows is None or names is None else rows[rows["category"].isin(names)]
        sides.append(NONE if kept is None or kept.empty else amount_by(kept, "month"))
    return sides[0], sides[1]


def _spending(figures: Figures, records: Records) -> dict[str, pd.Series]:
    """Expenses against sales and against their budget; a month without a record is unknown, not zero."""
    amounts = amount_by(figures.facts, "month")
    expense, budget = spent(records)
    freight, freight_budget = spent(records, records.transport or TRANSPORT)
    return {
        "expense_ratio": expense / _positive(amounts),
        "expense_attainment": expense / _positive(budget),
        "freight_attainment": freight / _positive(freight_budget),
        "profit_contribution": (_gross(figures.facts) - expense) / _positive(amounts),
    }


# ---------------------------------------------------------------- customers


def _loyalty(figures: Figures) -> dict[str, pd.Series]:
    """Customers kept and won, each year to date: of those of the same months last year, and of this year's."""
    bought = _bought(figures.facts)
    if bought.empty:
        return {}
    first = bought.groupby("customer")["month"].min()
    kept, won = [], []
    for back in (12, 0):
        labels = [add_months(month, -back) for month in figures.months][: None if back else len(figures.closed)]
        before = [add_months(month, -12) for month in labels]
        if figures.facts["month"].min() <= add_months(figures.months[0], -back - 12):
            now, past = _ever(bought, first.index, labels), _ever(bought, first.index, before)
            new = now & (first >= labels[0]).to_numpy()[:, None]
            kept.append(pd.Series((now & past).sum(axis=0), labels) / _positive(pd.Series(past.sum(axis=0), labels)))
            won.append(pd.Series(new.sum(axis=0), labels) / _positive(pd.Series(now.sum(axis=0), labels)))
    return {"customer_retention": pd.concat([NONE, *kept]), "customer_acquisition": pd.concat([NONE, *won])}


def _ever(bought: pd.DataFrame, customers: pd.Index, months: list[str]) -> npt.NDArray[np.bool_]:
    """Customers x months: whether he has bought since the first of the months."""
    rows = bought[bought["month"].isin(months)]
    found = np.zeros((len(customers), len(months)), dtype=bool)
    who, when = pd.Index(rows["customer"]), pd.Index(rows["month"])
    found[customers.get_indexer(who), pd.Index(months).get_indexer(when)] = True
    return np.logical_or.accumulate(found, axis=1)


def _bought(facts: pd.DataFrame) -> pd.DataFrame:
    """Which customer bought in which month, once each."""
    if not known_members(facts, "customer"):
        return facts.iloc[:0]
    sold = facts[(facts["kind"] == "sale") & (facts["amount"] > 0) & ~facts["customer"].isin(NOBODY)]
    return sold[["customer", "month"]].drop_duplicates()


# ---------------------------------------------------------------- activities and scores


def _showroom(activities: pd.DataFrame | None, cutoff: int | None) -> dict[str, pd.Series]:
    """Visits and calls, and rates of what came of them, where they are recorded as activities."""
    if activities is None or activities.empty:
        return {}
    text = activities["date"].astype("str")
    days = text.str.len() > 7  # the others name a month
    month = text.where(~days, month_of(text.where(days), cutoff))
    counts = activities["count"].astype("int64").groupby([activities["activity"].str.lower(), month]).sum()

    def of(names: tuple[str, ...]) -> pd.Series:
        return counts[counts.index.isin(names, level=0)].groupby(level=1).sum()

    rates = {name: of(part) / _positive(of(whole)) for name, (part, whole) in SHOWROOM.items()}
    return {name: of(names) for name, names in COUNTED.items()} | rates


def _scored(scores: pd.DataFrame | None, component: str) -> pd.Series:
    """What of a component's standards is met, by month; more than the standard counts as met."""
    if scores is None:
        return NONE
    rows = scores[scores["component"] == component]
    asked = (rows["standard"] * MICRO).round().astype("int64")
    done = (rows["actual"] * MICRO).round().astype("int64").clip(upper=asked)
    return done.groupby(rows["month"]).sum() / _positive(asked.groupby(rows["month"]).sum())
