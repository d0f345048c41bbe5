"""Indicators of each month to date against the plan's target, or else the same month of last year."""

from decimal import Decimal

import numpy as np
import pandas as pd

from salesplan.calendar import add_months, month_of
from salesplan.terms.plan import Tax
from salesplan.terms.variance_review import States
from salesplan.variance_review.measures import DEDUCTIONS, MICRO, Figures, amount_by, known_members, quantity_by

KPI_COLUMNS = ["indicator", "month", "value", "target", "state", "unit", "basis"]
PLACES = Decimal("0.000001")
UNITS = {"amount": "currency", "gross_margin": "share", "collection_rate": "share"}


def kpi_table(figures: Figures, states: States, *, tax: Tax | None = None, cutoff: int | None = None) -> pd.DataFrame:
    """Table `variance_review_kpis`: one row per indicator that the data allow and closed month.

    `amount` (currency units), `quantity`, `gross_margin` = (amount - cost) / amount, `customers` who bought, `orders`,
    `collection_rate` = received / sold in the month on one tax basis, and whatever table `kpis` brings.
    `value` and `target` are Decimals in `unit`; `basis` says where the target is from: `plan` (amount, quantity),
    `last_year` (the same month), or none. `state`: `ok` from `states.ok` of the target, `watch` from `states.watch`,
    else `behind`; `no_target` without one. Header only without actuals.
    """
    if not figures.closed:
        exact = ("value", "target")
        return pd.DataFrame({name: pd.Series(dtype="object" if name in exact else "str") for name in KPI_COLUMNS})
    values = _values(figures, tax, cutoff)
    value = values[values.index.get_level_values("month").isin(figures.closed)]
    plan = _plan_targets(figures).reindex(value.index)
    last_year = values.rename(lambda label: add_months(label, 12), level="month").reindex(value.index)
    target = plan.fillna(last_year)
    rows = pd.DataFrame(
        {
            "value": _decimals(value),
            "target": _decimals(target),
            "state": [_state(done, asked, states) for done, asked in zip(value, target, strict=True)],
            "unit": [UNITS.get(name, "unit") for name in value.index.get_level_values("indicator")],
            "basis": np.select([plan.notna(), target.notna()], ["plan", "last_year"], "none"),
        },
        index=value.index,
    )
    return rows.reset_index()[KPI_COLUMNS]


def _values(figures: Figures, tax: Tax | None, cutoff: int | None) -> pd.Series:
    """Known values by indicator and month, this year's and last year's, sorted by both."""
    months = [*(add_months(month, -12) for month in figures.months), *figures.closed]
    facts = figures.facts[figures.facts["month"].isin(months)]
    found = {
        "amount": amount_by(facts, "month").reindex(sorted({*facts["month"], *figures.closed}), fill_value=0) / 100,
        "quantity": quantity_by(facts, "month"),
        "gross_margin": _gross_margin(facts),
        "customers": _customers(facts),
        "orders": _orders(figures, cutoff),
        "collection_rate": _collection_rate(figures, tax, cutoff),
    }
    if figures.kpis is not None:
        given = figures.kpis.astype({"value": "float64"}).groupby(["indicator", "month"])["value"].last()
        found |= {str(name): rows.droplevel("indicator") for name, rows in given.groupby(level="indicator")}
    known: pd.Series = pd.concat(found, names=["indicator", "month"]).astype("float64").dropna().sort_index()
    return known[known.index.get_level_values("month").isin(months)]


def _gross_margin(facts: pd.DataFrame) -> pd.Series:
    """(amount - cost) / amount by month; NaN where the cost of a sale is not known."""
    unknown = facts["cost"].isna() & ~facts["kind"].isin(DEDUCTIONS)
    cost = facts["cost"].fillna(0).astype("int64").groupby(facts["month"]).sum()
    amount = amount_by(facts, "month")
    margin = (amount - cost) / amount.where(amount > 0)
    return margin.mask(unknown.groupby(facts["month"]).any()).astype("float64")


def _customers(facts: pd.DataFrame) -> pd.Series:
    """Number of customers with a sale, by month; nothing where sales name no customer."""
    if not known_members(facts, "customer"):
        return pd.Series(dtype="float64")
    sold = facts[(facts["kind"] == "sale") & (facts["amount"] > 0)]
    return sold.groupby("month")["customer"].nunique()


def _orders(figures: Figures, cutoff: int | None) -> pd.Series:
    """Number of orders by month."""
    if figures.orders is None or not len(figures.orders):
        return pd.Series(dtype="float64")
    return figures.orders["order"].groupby(month_of(figures.orders["date"], cutoff)).nunique()


def _collection_rate(figures: Figures, tax: Tax | None, cutoff: int | None) -> pd.Series:
    """Received / sold by month, both on the tax basis of sales; a bill of exchange is received when it is cleared."""
    if figures.collections is None or not len(figures.collections):
        return pd.Series(dtype="float64")
    paid = figures.collections
    cash = paid[paid["kind"].ne("bad_debt").fillna(value=True)] if "kind" in paid else paid
    day = cash["cleared"].fillna(cash["date"]) if "cleared" in cash else cash["date"]
    months = month_of(day, cutoff)
    received = cash["amount"].astype("int64").groupby(months).sum() * tax_factor(tax)
    sold = amount_by(figures.facts, "month")
    return (received.reindex(sold.index) / sold.where(sold > 0)).dropna()


def tax_factor(tax: Tax | None) -> float:
    """What turns an amount received into the tax basis of sales."""
    if tax is None or tax.sales == tax.collections:
        return 1.0
    return float(1 + tax.rate) if tax.sales == "included" else float(1 / (1 + tax.rate))


def _plan_targets(figures: Figures) -> pd.Series:
    """The plan's own targets by indicator and month: amount, and quantity where the split knows it."""
    found = {"amount": figures.targets / 100}
    split = figures.split
    if "quantity" in split and split["quantity"].notna().all():
        micro = (split["quantity"] * MICRO).round().astype("int64")  # whole numbers: row order changes nothing
        found["quantity"] = micro.groupby(split["month"]).sum() / 1_000_000
    targets: pd.Series = pd.concat(found, names=["indicator", "month"])
    return targets


def _state(value: float, target: float, states: States) -> str:
    """On course, to be watched or behind; compared at the six places that are printed."""
    if not target > 0:
        return "no_target"
    part = Decimal(str(round(value / target, 6)))
    return "ok" if part >= states.ok else "watch" if part >= states.watch else "behind"


def _decimals(values: pd.Series) -> pd.Series:
    """Numbers as Decimals with at most six places, None where unknown."""
    exact = [None if value != value else Decimal(repr(float(value))).quantize(PLACES) for value in values]
    return pd.Series(exact, index=values.index, dtype="object")
