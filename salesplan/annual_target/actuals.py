"""Last year's actual of every indicator, of the company and of its lines, from all tables that say something of it."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from salesplan.annual_target.history import NO_MEMBER, indicators
from salesplan.annual_target.ladder import whole
from salesplan.calendar import fiscal_months, fiscal_year_of, month_of
from salesplan.lines import line_of
from salesplan.money import from_fen
from salesplan.terms.plan import PlanTerms

Tables = Mapping[str, pd.DataFrame | None]
COLUMNS = ["indicator", "line", "unit", "last_year"]
BY_LINE = ("amount", "quantity", "gross_profit")
FOURTH, CENT = Decimal("0.0001"), Decimal("0.01")


def measured(facts: pd.DataFrame, tables: Tables, plan: PlanTerms) -> pd.DataFrame:
    """Last year's actual of every indicator that the tables allow: the company first, then each line.

    `facts` is the ledger's monthly cube; `tables` holds the frames of `products`, `expenses`, `dealers`, `outlets`,
    `collections`, None or absent where the plan has none. One row per indicator and line: `indicator`, `line` (`""`
    for the company), `unit` (`currency`, `unit` or `share`), `last_year` (Decimal in that unit, None for an amount
    nobody knows). To what `indicators` takes from the ledger come `new_customers` (never bought before last year),
    `unit_selling_cost` = expenses / quantity, `receivables` = sold less collected since the ledger begins and
    `collection_rate` = collected / sold last year (both on the tax basis of the collections), `dealers` (listed last
    year, without those who supply other dealers) and `outlets` (opened by its end, with a sale where sell-out is
    known). By line: amount, quantity, gross profit. Source: the indicator set of the annual plan in S3.
    """
    year = {"fiscal_year": plan.fiscal_year, "first_month": plan.first_month}
    company = indicators(facts, **year).assign(line="")
    quantity = company.loc[company["indicator"] == "quantity", "last_year"].tolist()
    more = pd.DataFrame(_more(facts, tables, plan, quantity[0] if quantity else None), columns=COLUMNS)
    lined = facts.assign(line=line_of(facts["product"], tables.get("products")))
    names = sorted(set(lined["line"]) - set(NO_MEMBER))
    known = [indicators(lined[lined["line"] == name], **year).assign(line=name) for name in names]
    lines = [frame[frame["indicator"].isin(BY_LINE)] for frame in known]
    rows = [row for frame in (company, more, *lines) for row in frame[COLUMNS].itertuples(index=False, name=None)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"last_year": object})


def _more(
    facts: pd.DataFrame, tables: Tables, plan: PlanTerms, quantity: Decimal | None
) -> Iterator[tuple[str, str, str, Decimal]]:
    """Indicators beside those of the ledger, each where its table is there."""
    found: dict[str, tuple[str, Decimal | None]] = {
        "new_customers": ("unit", _new_customers(facts, plan)),
        "unit_selling_cost": ("currency", _unit_cost(tables.get("expenses"), quantity, plan)),
        "dealers": ("unit", _dealers(tables.get("dealers"), plan)),
        "outlets": ("unit", _outlets(tables.get("outlets"), plan)),
        "receivables": ("currency", _receivables(facts, tables, plan)),
        "collection_rate": ("share", collection_rate(facts, tables, plan)),
    }
    return ((name, "", unit, value) for name, (unit, value) in found.items() if value is not None)


def last_months(plan: PlanTerms) -> list[str]:
    """The months of the fiscal year before the plan's."""
    return fiscal_months(plan.fiscal_year - 1, plan.first_month)


def first_buys(facts: pd.DataFrame) -> "pd.Series[str]":
    """The month in which each named customer first bought, by customer."""
    bought = facts[(facts["amount"] > 0) & ~facts["customer"].isin(NO_MEMBER)]
    return bought.groupby("customer")["month"].min()


def _new_customers(facts: pd.DataFrame, plan: PlanTerms) -> Decimal | None:
    """Customers whose first purchase lies in last year; None where the ledger does not reach further back."""
    months, first = last_months(plan), first_buys(facts)
    earlier = (facts["month"] < months[0]).any()
    return Decimal(int(first.between(months[0], months[-1]).sum())) if earlier and len(first) else None


def _unit_cost(expenses: pd.DataFrame | None, quantity: Decimal | None, plan: PlanTerms) -> Decimal | None:
    """Selling expenses of last year per unit sold; every month must have some, or the year is not known."""
    if expenses is None or not quantity:
        return None
    spent = expenses[expenses["month"].isin(last_months(plan))]
    if spent["month"].nunique() < len(last_months(plan)):
        return None
    return (from_fen(int(spent["amount"].sum())) / quantity).quantize(CENT, ROUND_HALF_UP)


def _dealers(dealers: pd.DataFrame | None, plan: PlanTerms) -> Decimal | None:
    """Dealers listed last year; a distribution centre that supplies others is none of them."""
    if dealers is None:
        return None
    listed = dealers.loc[dealers["month"].isin(last_months(plan))]
    parents = set(listed["parent"].dropna()) if "parent" in listed else set()
    count = listed.loc[~listed["dealer"].isin(parents), "dealer"].nunique()
    return Decimal(int(count)) if count else None


def _outlets(outlets: pd.DataFrame | None, plan: PlanTerms) -> Decimal | None:
    """Outlets opened by the end of last year; with sell-out known, those that sold (effective outlets)."""
    if outlets is None:
        return None
    opened = _before(outlets["opened"], plan) if "opened" in outlets else True
    blank = outlets["opened"].isna() if "opened" in outlets else True
    sold = outlets["sell_out"].fillna(0) > 0 if "sell_out" in outlets and outlets["sell_out"].notna().any() else True
    return Decimal(int(outlets[pd.Series(True, index=outlets.index) & (opened | blank) & sold]["outlet"].nunique()))


def _before(days: "pd.Series[Any]", plan: PlanTerms) -> "pd.Series[bool]":
    """Whether each day lies before the plan's fiscal year; a blank day does not."""
    first = plan.months[0]
    return month_of(days, plan.month_cutoff).fillna("9999-12") < first


def sold_by_month(facts: pd.DataFrame, products: pd.DataFrame | None, plan: PlanTerms) -> dict[str, Fraction]:
    """Net sales in fen by month on the tax basis of the collections; a product may have its own rate."""
    tax = plan.tax
    if tax.sales == tax.collections:
        return {str(month): Fraction(int(fen)) for month, fen in facts.groupby("month")["amount"].sum().items()}
    rates = _tax_rates(products)
    sums: dict[str, Fraction] = {}
    sold = facts.groupby(["month", "product"], as_index=False)["amount"].sum()
    for month, product, fen in zip(sold["month"], sold["product"], sold["amount"].tolist(), strict=True):
        factor = 1 + rates.get(product, Fraction(tax.rate))
        sums[month] = sums.get(month, Fraction(0)) + (fen * factor if tax.collections == "included" else fen / factor)
    return sums


def _tax_rates(products: pd.DataFrame | None) -> dict[str, Fraction]:
    if products is None or "tax_rate" not in products:
        return {}
    known = products[products["tax_rate"].notna()]
    return {p: Fraction(str(rate)) for p, rate in zip(known["product"], known["tax_rate"], strict=True)}


def _collected(collections: pd.DataFrame, plan: PlanTerms, months: set[str] | None = None) -> int:
    """Fen collected in the given months, or settled before the plan year: bad debts are settled and never collected."""
    if months is None:
        return int(collections.loc[_before(collections["date"], plan), "amount"].sum())
    wanted = month_of(collections["date"], plan.month_cutoff).isin(months)
    if "kind" in collections:
        wanted &= collections["kind"].ne("bad_debt").fillna(value=True)
    return int(collections.loc[wanted, "amount"].sum())


def collected_last_year(tables: Tables, plan: PlanTerms) -> int | None:
    """Fen collected in the year before the plan's; None without a table of collections."""
    collections = tables.get("collections")
    return None if collections is None else _collected(collections, plan, set(last_months(plan)))


def _receivables(facts: pd.DataFrame, tables: Tables, plan: PlanTerms) -> Decimal | None:
    """What was sold and not collected at the end of last year; None where more was collected than sold."""
    collections = tables.get("collections")
    if collections is None:
        return None
    last = last_months(plan)[-1]
    sold = sum((fen for month, fen in sold_by_month(facts, tables.get("products"), plan).items() if month <= last), 0)
    due = whole(Fraction(sold)) - _collected(collections, plan)
    return from_fen(due) if due >= 0 and (facts["month"] <= last).any() else None


def collection_rate(facts: pd.DataFrame, tables: Tables, plan: PlanTerms) -> Decimal | None:
    """Collected last year as a share of what was sold last year, both on one tax basis."""
    collections, months = tables.get("collections"), set(last_months(plan))
    sold = sum((fen for m, fen in sold_by_month(facts, tables.get("products"), plan).items() if m in months), 0)
    if collections is None or sold <= 0:
        return None
    exact = Fraction(_collected(collections, plan, months)) / sold
    return Decimal(whole(exact * 10_000)) * FOURTH


def years_of(facts: pd.DataFrame, plan: PlanTerms) -> "pd.Series[int]":
    """The fiscal year of each row of the ledger's cube."""
    known = {month: fiscal_year_of(month, plan.first_month) for month in facts["month"].unique()}
    return facts["month"].map(known)
