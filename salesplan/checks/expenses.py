"""What the expense budget and the plan calendar ask of the tables and of the year: faults across files."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from salesplan import calendar
from salesplan.errors import Fault, alternatives, nearest
from salesplan.params import Loaded
from salesplan.tables import Notice
from salesplan.tables.names import names_in
from salesplan.terms import AnnualTargetTerms, SeasonalSplitTerms
from salesplan.terms.expenses import Expense, Expenses, ProfitPlan

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]


def expense_faults(loaded: Loaded, tables: Tables) -> Iterator[Fault]:
    """Categories that need a last year they do not have, stages of unknown products, months outside the year."""
    rules = loaded.rules["annual_target"]
    assert isinstance(rules, AnnualTargetTerms)
    if rules.expenses is None:
        return
    months = loaded.plan.months
    spent = _spent(tables, [calendar.add_months(month, -12) for month in months])
    for number, expense in enumerate(rules.expenses.categories):
        path = ("expenses", "categories", number)
        if (key := _needs_last_year(expense)) and expense.name not in spent:
            values = {"year": loaded.plan.fiscal_year - 1}
            yield Fault("expense_no_last_year", loaded.place("annual_target", (*path, key)), expense.name, values)
        yield from _month_faults(loaded, (*path, "months"), expense.months, months)
    if rules.expenses.contingency:
        path_reserve = ("expenses", "contingency", "months")
        yield from _month_faults(loaded, path_reserve, rules.expenses.contingency.months, months)
    yield from _stage_faults(loaded, rules.expenses, _products(tables, rules.profit_plan))


def expense_notices(loaded: Loaded, tables: Tables) -> Iterator[Notice]:
    """Categories without a last year beside one of last year's that nobody declared and that is called much alike."""
    rules = loaded.rules["annual_target"]
    assert isinstance(rules, AnnualTargetTerms)
    if rules.expenses is None:
        return
    months = calendar.fiscal_months(loaded.plan.fiscal_year - 1, loaded.plan.first_month)
    spent = _spent(tables, months)
    left = sorted(spent - {expense.name for expense in rules.expenses.categories})
    for number, expense in enumerate(rules.expenses.categories):
        near = nearest(expense.name, left, cutoff=0.5)
        if expense.name not in spent and near:
            place = loaded.place("annual_target", ("expenses", "categories", number, "name"))
            yield Notice("expense_alike", place, {"category": expense.name, "nearest": near})


def _spent(tables: Tables, months: list[str]) -> set[str]:
    """Categories with an amount in these months."""
    found = tables.get("expenses")
    if found is None:
        return set()
    rows = zip(found["category"].to_pylist(), found["month"].to_pylist(), strict=True)
    return {category for category, month in rows if month in months}


def _needs_last_year(expense: Expense) -> str:
    """The key that asks for last year's amount; empty where none does."""
    if expense.method == "growth" or (expense.method == "ratio" and expense.rate is None):
        return "name"
    return "months" if expense.months == "last_year" else ""


def _month_faults(loaded: Loaded, path: tuple[str | int, ...], given: object, months: list[str]) -> Iterator[Fault]:
    for month in given if isinstance(given, dict) else ():
        if month not in months:
            place = loaded.place("annual_target", (*path, month))
            yield Fault("pin_month_unknown", place, month, {"first": months[0], "last": months[-1]})


def _products(tables: Tables, plan: ProfitPlan) -> set[str]:
    """Names of products and product lines that are known anywhere."""
    columns = [("sales", "product"), ("products", "product"), ("products", "line")]
    sold = set().union(*(names_in(tables, table, column) for table, column in columns))
    return sold | {new.product for new in plan.new_products}


def _stage_faults(loaded: Loaded, rules: Expenses, known: set[str]) -> Iterator[Fault]:
    for name in rules.stages:
        if name not in known:
            place = loaded.place("annual_target", ("expenses", "stages", name))
            yield Fault("expense_product_unknown", place, name, alternatives(name, known))


def calendar_faults(loaded: Loaded) -> Iterator[Fault]:
    """Dates of the plan calendar that lie outside the year."""
    rules = loaded.rules["seasonal_split"]
    assert isinstance(rules, SeasonalSplitTerms)
    months = loaded.plan.months
    first: date = calendar.month_span(months[0], loaded.plan.month_cutoff)[0]
    last: date = calendar.month_span(months[-1], loaded.plan.month_cutoff)[1]
    for number, document in enumerate(rules.plan_calendar):
        if document.date is not None and not first <= document.date <= last:
            place = loaded.place("seasonal_split", ("plan_calendar", number, "date"))
            yield Fault("calendar_outside", place, document.date, {"first": first, "last": last})
