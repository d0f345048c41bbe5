"""The customers of the months to date: kept, new, lost, gone quiet; their profit, grade and evaluation."""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.calendar import add_months, month_of, month_span
from salesplan.grading import computed_grades, grades_of
from salesplan.money import half_away
from salesplan.settling import counted, tax_factor
from salesplan.terms.customers import CustomerGrades
from salesplan.terms.plan import Tax
from salesplan.terms.variance_review import VarianceReviewTerms
from salesplan.variance_review.composition import COMPOSITION_COLUMNS, composition, profit
from salesplan.variance_review.evaluation import EVALUATION_COLUMNS, evaluate
from salesplan.variance_review.habits import HABIT_COLUMNS, habits
from salesplan.variance_review.measures import Figures, known_members

YEAR = 12
STATES = ("kept", "new_customer", "back", "quiet", "lost", "idle")  # `(unknown)` has none
CUSTOMER_COLUMNS = [
    "customer", "customer_name", "rep", "region", "grade", "proposed_grade", "change", "state", "sales", "last_year",
    "growth", "share", "margin", "margin_share", *HABIT_COLUMNS[:-1], "amount_year", "amount_at_stake", "score",
    "rating", "advice",
]  # fmt: skip
TEXTS = frozenset(
    ("customer", "customer_name", "rep", "region", "grade", "proposed_grade", "change", "state", "rating", "advice",
     "dimension", "member", "indicator", "measure")
)  # fmt: skip
MOVE_COLUMNS = ["state", "customers", "last_year", "sales", "change_amount"]


class Known(NamedTuple):
    """What is known of the customers beside their sales.

    `listed`: input table customers; `planned`: table rep_allocation_customers; `grades`: the plan's rule; `tax` and
    `cutoff` of the plan.
    """

    listed: pd.DataFrame | None = None
    planned: pd.DataFrame | None = None
    grades: CustomerGrades | None = None
    tax: Tax | None = None
    cutoff: int | None = None


class Customers(NamedTuple):
    """Everything the review says of customers; the three tables, and what moved the sales from last year's."""

    table: pd.DataFrame  # variance_review_customers
    composition: pd.DataFrame  # variance_review_composition
    evaluation: pd.DataFrame  # variance_review_evaluation
    moves: pd.DataFrame  # by state: customers, last_year, sales, change_amount (fen)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The output tables by name."""
        names = {"customers": self.table, "composition": self.composition, "evaluation": self.evaluation}
        return {f"variance_review_{name}": frame for name, frame in names.items()}


def customer_review(figures: Figures, rules: VarianceReviewTerms, known: Known) -> Customers:
    """The customers in the months to date, beside the same months of last year.

    Tables `variance_review_customers` (one row per customer with sales since the same months of last year began, and
    `(unknown)` for sales that name none, so that `sales` sums to the actual), `variance_review_composition` and
    `variance_review_evaluation`. Header only without closed months, or where no sale names its customer.

    `state`: `new_customer` (first purchase ever in these months), `quiet` (see `habits`), `lost` (bought in the same
    months of last year, not in these), `kept` (bought in both), `back` (bought before, but not in the same months of
    last year), `idle` (in neither). `margin` = net sales - cost (fen, NA where a cost is unknown): gross profit less
    allowances and rebates; `margin_share` of all. `proposed_grade`: what the plan's rule gives for the sales of the
    last twelve months; `change` `up` or `down` where it is another than `grade`. `amount_at_stake`: sales of the twelve
    months up to the last purchase of a customer who has gone quiet or is lost.
    """
    if not figures.closed or not known_members(figures.facts, "customer"):
        return _nothing()
    day = month_span(figures.closed[-1], known.cutoff)[1]
    people, grades = _people(figures, known, day)
    sums = _sums(figures, people.index)
    habit = habits(figures.orders, day, rules.quiet).reindex(people.index)
    table = people.assign(**sums, **habit.drop(columns="quiet"), state=_states(sums, habit["quiet"]))
    table = table.assign(**_graded(table, grades), **_worth(table, figures))
    named = table[table.index != UNKNOWN]
    form = evaluate(_measures(named, figures, known), rules.evaluation)
    table = table.join(form.result)
    return Customers(
        _ordered(table),
        composition(figures, table),
        form.table,
        moves(table),
    )


def moves(table: pd.DataFrame) -> pd.DataFrame:
    """From last year's sales to this year's by what became of the customers: state, customers, last_year, sales,
    change_amount; fen. What sales without a customer moved is the state `(unknown)`.
    """
    sums = table.assign(customers=1).groupby("state", sort=True)[["customers", "last_year", "sales"]].sum()
    order = [state for state in (*STATES, UNKNOWN) if state in sums.index]
    found = sums.loc[order].reset_index()
    return found.assign(change_amount=found["sales"] - found["last_year"])[MOVE_COLUMNS]


def _nothing() -> Customers:
    """Headers without rows."""
    lists = (CUSTOMER_COLUMNS, COMPOSITION_COLUMNS, EVALUATION_COLUMNS, MOVE_COLUMNS)
    kinds = [{name: "str" if name in TEXTS else "int64" for name in names} for names in lists]
    frames = [pd.DataFrame(columns=list(kind)).astype(kind) for kind in kinds]
    return Customers(frames[0], frames[1], frames[2], frames[3])


def _people(figures: Figures, known: Known, day: date) -> tuple[pd.DataFrame, CustomerGrades]:
    """Customers (index, sorted) with name, region, rep and grade, and the plan's grades."""
    since = add_months(figures.closed[0], -YEAR)
    facts = figures.facts[(figures.facts["month"] >= since) & (figures.facts["month"] <= figures.closed[-1])]
    keys = pd.Index(sorted(facts["customer"].replace("", UNKNOWN).unique()), name="customer")
    found = _latest(known.listed, day).reindex(keys).astype(object)
    planned = _planned(known.planned).reindex(keys).astype(object)
    rep = found["rep"].fillna(planned["rep"]).fillna(_served(facts).reindex(keys).astype(object))
    given = found["grade"].rename("given")
    year = _between(figures, keys, add_months(figures.closed[-1], 1 - YEAR), figures.closed[-1])
    grades = grades_of(known.grades, pd.DataFrame({"given": given, "last_year": year}))
    computed = computed_grades(_between(figures, keys, add_months(figures.months[0], -YEAR), _before(figures)), grades)
    grade = planned["grade"].fillna(given).fillna(computed.astype(object))
    people = pd.DataFrame({"customer_name": found["name"], "rep": rep, "region": found["region"], "grade": grade})
    return people.drop(index=UNKNOWN, errors="ignore").reindex(keys), grades


def _before(figures: Figures) -> str:
    """The last month before the year."""
    return add_months(figures.months[0], -1)


def _latest(listed: "pd.DataFrame | None", day: date) -> pd.DataFrame:
    """The row of table customers that holds on a day: of those begun by then, the last begun; by customer."""
    columns = ["name", "region", "rep", "grade"]
    if listed is None or listed.empty:
        return pd.DataFrame(columns=columns)
    rows = listed.reindex(columns=["customer", "start", *columns])
    start = pd.to_datetime(rows["start"])
    begun = rows[start.isna() | (start <= pd.Timestamp(day))]
    ordered = begun.assign(start=start).sort_values(["customer", "start", "rep"], na_position="first")
    return ordered.drop_duplicates("customer", keep="last").set_index("customer")[columns]


def _planned(planned: "pd.DataFrame | None") -> pd.DataFrame:
    """Rep and grade of the allocation, by customer."""
    if planned is None or planned.empty:
        return pd.DataFrame(columns=["rep", "grade"])
    ordered = planned.sort_values(["customer", "amount", "rep"])
    return ordered.drop_duplicates("customer", keep="last").set_index("customer")[["rep", "grade"]]


def _served(facts: pd.DataFrame) -> "pd.Series[Any]":
    """Who sold to each customer last."""
    rows = facts.sort_values(["customer", "month", "amount", "rep"])
    return rows.drop_duplicates("customer", keep="last").set_index("customer")["rep"]


def _between(figures: Figures, keys: "pd.Index[Any]", first: str, last: str) -> "pd.Series[Any]":
    """Net sales by customer of the months from one to another, fen."""
    facts = figures.facts[(figures.facts["month"] >= first) & (figures.facts["month"] <= last)]
    sums = facts["amount"].groupby(facts["customer"].replace("", UNKNOWN)).sum()
    return sums.reindex(keys, fill_value=0).astype("int64")


def _sums(figures: Figures, keys: "pd.Index[Any]") -> dict[str, "pd.Series[Any]"]:
    """By customer: sales of these months, the same of last year and twelve months, and the profit of each (fen)."""
    closed, last = figures.closed, figures.closed[-1]
    year = add_months(last, 1 - YEAR)
    facts = figures.facts.assign(customer=figures.facts["customer"].replace("", UNKNOWN))
    gains = {"margin": closed[0], "margin_year": year}
    return {
        "sales": _between(figures, keys, closed[0], last),
        "last_year": _between(figures, keys, add_months(closed[0], -YEAR), add_months(last, -YEAR)),
        "amount_year": _between(figures, keys, year, last),
        **{
            name: profit(facts[facts["month"].between(since, last)]).reindex(keys, fill_value=0).astype("Int64")
            for name, since in gains.items()
        },
        **_bought(figures, facts, keys),
    }


def _bought(figures: Figures, facts: pd.DataFrame, keys: "pd.Index[Any]") -> dict[str, "pd.Series[Any]"]:
    """Whether each customer bought in these months and in the same of last year, and whether never before these."""
    closed = figures.closed
    sold = facts[(facts["kind"] == "sale") & (facts["amount"] > 0)]
    before = sold["month"].between(add_months(closed[0], -YEAR), add_months(closed[-1], -YEAR))
    cases = {"bought": sold["month"].isin(closed), "bought_before": before, "old": sold["month"] < closed[0]}
    return {name: pd.Series(keys.isin(sold.loc[one, "customer"].unique()), index=keys) for name, one in cases.items()}


def _states(sums: dict[str, "pd.Series[Any]"], quiet: "pd.Series[Any]") -> "pd.Series[Any]":
    now, before = sums["bought"], sums["bought_before"]
    silent = quiet.astype("boolean").fillna(value=False).astype(bool)
    cases = {
        UNKNOWN: now.index == UNKNOWN,
        "lost": before & ~now,
        "quiet": silent,
        "new_customer": now & ~sums["old"],
        "kept": now & before,
        "back": now,
    }
    chosen = np.select([np.asarray(one, dtype=bool) for one in cases.values()], list(cases), default="idle")
    return pd.Series(chosen, index=now.index, dtype="str")


def _graded(table: pd.DataFrame, grades: CustomerGrades) -> dict[str, "pd.Series[Any]"]:
    """The grade twelve months of sales give, and whether it is a better or a lesser one."""
    sold = (table["amount_year"] > 0) & (table.index != UNKNOWN)
    found = computed_grades(table["amount_year"].where(table.index != UNKNOWN, 0), grades)
    proposed = found.astype(object).where(sold & found.notna())
    rank = {name: number for number, name in enumerate(grades.names)}
    now, then = (column.map(rank).astype("float64") for column in (proposed, table["grade"]))
    change = np.select([now < then, now > then], ["up", "down"], default="")
    return {"proposed_grade": proposed, "change": pd.Series(change, index=table.index, dtype="str")}


def _worth(table: pd.DataFrame, figures: Figures) -> dict[str, "pd.Series[Any]"]:
    """Shares and growth, and what a customer who stays away takes with him."""
    whole, gain = int(table["sales"].sum()), table["margin"].sum(skipna=False)
    away = table["state"].isin(["quiet", "lost"])
    growth = table["sales"] / table["last_year"].where(table["last_year"] > 0) - 1
    parts = table["margin"].astype("float64") / (float(gain) if pd.notna(gain) and gain > 0 else np.nan)
    return {
        "growth": growth.astype("float64"),
        "share": table["sales"] / whole if whole > 0 else pd.Series(np.nan, index=table.index),
        "margin_share": parts,
        "amount_at_stake": _last_year_of(table, figures).where(away, 0),
    }


def _last_year_of(table: pd.DataFrame, figures: Figures) -> "pd.Series[Any]":
    """Net sales of the twelve months up to each customer's last purchase, fen; without one those of these."""
    last = table["last_purchase"].dt.strftime("%Y-%m").fillna(figures.closed[-1]).clip(upper=figures.closed[-1])
    facts = figures.facts[figures.facts["customer"].isin(table.index)]
    ends = facts["customer"].map(last)
    number, end = (
        months.str[:4].astype("int64") * 12 + months.str[5:].astype("int64") for months in (facts["month"], ends)
    )
    within = facts[(number <= end) & (number > end - YEAR)]
    return within.groupby("customer")["amount"].sum().reindex(table.index, fill_value=0).astype("int64")


def _measures(table: pd.DataFrame, figures: Figures, known: Known) -> pd.DataFrame:
    """What the indicators of the form measure, by customer; money in currency units, NaN unknown."""
    year = table["amount_year"]
    gain = table["margin_year"].astype("Float64").astype("float64")
    return pd.DataFrame(
        {
            "sales": year / 100,
            "growth": table["growth"],
            "profit": gain / 100,
            "margin": gain / year.where(year > 0),
            "payment": _paid(figures, known).reindex(table.index) / year.where(year > 0),
            "regularity": _months_bought(figures).reindex(table.index).fillna(0.0),
        },
        index=table.index,
    ).astype("float64")


def _months_bought(figures: Figures) -> "pd.Series[Any]":
    """Months with a purchase among the last twelve, by customer."""
    last = figures.closed[-1]
    facts = figures.facts[(figures.facts["month"] >= add_months(last, 1 - YEAR)) & (figures.facts["month"] <= last)]
    sold = facts[(facts["kind"] == "sale") & (facts["amount"] > 0)]
    return sold.groupby("customer")["month"].nunique().astype("float64")


def _paid(figures: Figures, known: Known) -> "pd.Series[Any]":
    """Received in the last twelve months by customer, on the tax basis of the sales, fen; nothing without the table.

    A payment is of its own customer, else of its order's; who paid nothing in a year with payments has 0.
    """
    paid, orders = figures.collections, figures.orders
    if paid is None or paid.empty:
        return pd.Series(dtype="float64")
    each = counted(paid)
    cash = paid.assign(date=each["date"], amount=each["amount"])[~each["lost"]]
    month = month_of(cash["date"], known.cutoff)
    cash = cash[month.between(add_months(figures.closed[-1], 1 - YEAR), figures.closed[-1])]
    payer = cash.reindex(columns=["customer"])["customer"].replace("", pd.NA)
    if orders is not None and "order" in cash:
        owner = orders.drop_duplicates("order").set_index("order")["customer"]
        payer = payer.fillna(cash["order"].map(owner))
    received = cash["amount"].astype("int64").groupby(payer).sum()
    everybody = figures.facts["customer"].unique()
    above, below = tax_factor(known.tax)
    fen = received.reindex(everybody, fill_value=0)
    return pd.Series(half_away(fen.to_numpy(dtype="int64") * below, above), index=fen.index)


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """The largest first; whoever has the same sales by last year's, then by key."""
    found = table.reset_index().sort_values(["sales", "last_year", "customer"], ascending=[False, False, True])
    return found[CUSTOMER_COLUMNS].astype({"silent_days": "Int64"}).reset_index(drop=True)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Customers by name where they have one, in place of the key."""
    named = table[table["customer"] != UNKNOWN]
    return named.assign(customer=named["customer_name"].fillna(named["customer"]))


def customers_shown(found: Customers) -> pd.DataFrame:
    """The customers as people read them, the largest first."""
    columns = ["customer", "rep", "grade", "state", "sales", "last_year", "growth", "share", "margin", "margin_share"]
    return _named(found.table)[[*columns, "score", "advice"]]


def away(found: Customers) -> pd.DataFrame:
    """Who has gone quiet or is lost, by what is at stake: habit, days of silence, the purchase expected."""
    gone = _named(found.table[found.table["state"].isin(["quiet", "lost"])])
    columns = ["customer", "rep", "grade", "state", "last_purchase", "interval", "expected_next", "silent_days"]
    ordered = gone.sort_values(["amount_at_stake", "customer"], ascending=[False, True], ignore_index=True)
    return ordered[[*columns, "amount_at_stake"]]


def regraded(found: Customers) -> pd.DataFrame:
    """Whose grade the sales of the last twelve months would change, the largest first."""
    moved = _named(found.table[found.table["change"].isin(["up", "down"])])
    ordered = moved.sort_values(["amount_year", "customer"], ascending=[False, True], ignore_index=True)
    return ordered[["customer", "rep", "grade", "proposed_grade", "change", "amount_year", "sales", "last_year"]]
