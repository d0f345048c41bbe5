"""The expense budget: last year's ratios, a method per category, contingency, departments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from salesplan.annual_target.hires import heads
from salesplan.annual_target.ladder import rungs, whole
from salesplan.apportion import UNASSIGNED, apportion
from salesplan.calendar import add_months, fiscal_year_of
from salesplan.money import to_fen
from salesplan.terms.annual_target import AnnualTargetTerms
from salesplan.terms.expenses import CONTINGENCY, Contingency, Expense, Expenses

MONTHS = 12
COLUMNS = [
    "category", "method", "last_year", "last_ratio", "amount", "ratio", "variable", "months_rule", "month_weights",
    "standard", "limit_share", "limit", "approver", "timing", "evaluation", "state",
]  # fmt: skip


@dataclass(frozen=True)
class ExpenseBasis:
    """What the budget rests on, beside the declared categories.

    `spent`: last year's expenses, one row per `category`, `department` and `month` (place in the fiscal year, 1 to
    12), `amount` in fen. `sales`: last year's net sales in fen of the months the expenses cover. `heads`: people in
    office by month of the plan year. `products`: the frame of `product_plan`, `allowance` what new products may cost at
    the planned level.
    """

    spent: pd.DataFrame
    sales: int
    heads: "pd.Series[int]"
    products: pd.DataFrame
    allowance: int

    def last(self, category: str) -> int | None:
        """Last year's amount of a category in fen; None where it has none."""
        found = self.spent.loc[self.spent["category"] == category, "amount"]
        return int(found.sum()) if len(found) else None

    def ratio(self, category: str) -> Fraction:
        """Last year's amount of a category as a share of the sales of the same months."""
        return Fraction(self.last(category) or 0, self.sales) if self.sales > 0 else Fraction(0)


def expense_years(
    expenses: pd.DataFrame | None, facts: pd.DataFrame, *, fiscal_year: int, first_month: int = 1
) -> pd.DataFrame:
    """Expenses of the fiscal years before the plan's beside the sales of the same months.

    `expenses` is the input table (`month`, `category`, `amount` in fen) or None, `facts` the ledger's monthly cube.
    One row per year with expenses: `year`, `months` (how many have expenses), `sales`, `expense` (int64 fen), `ratio`.
    """
    known = pd.DataFrame({"month": [], "amount": []}) if expenses is None else expenses
    years = known["month"].map(lambda month: fiscal_year_of(month, first_month)).astype("int64")
    past = known.assign(year=years)[years < fiscal_year]
    sold = facts.groupby("month")["amount"].sum()
    rows = [
        (
            year,
            rows["month"].nunique(),
            int(sold.reindex(rows["month"].unique()).fillna(0).sum()),
            int(rows["amount"].sum()),
        )
        for year, rows in past.groupby("year", sort=True)
    ]
    frame = pd.DataFrame(rows, columns=["year", "months", "sales", "expense"]).astype("int64")
    return frame.assign(ratio=frame["expense"] / frame["sales"].where(frame["sales"] > 0))


def expense_basis(
    expenses: pd.DataFrame | None,
    facts: pd.DataFrame,
    *,
    plan: pd.DataFrame,
    new: pd.DataFrame,
    heads: "pd.Series[int]",
) -> ExpenseBasis:
    """What the budget rests on: last year's expenses and the sales of their months, products, people in post.

    `expenses` is the input table or None, `facts` the ledger's monthly cube, `plan`, `new`, `heads` the frames of
    `product_plan`, `allowances`, `heads_by_month`, whose months are those of the plan year.
    """
    before = {add_months(label, -MONTHS): place + 1 for place, label in enumerate(heads.index)}
    spent = _spent(expenses, before)
    covered = [label for label, place in before.items() if place in set(spent["month"])]
    sales = int(facts.loc[facts["month"].isin(covered), "amount"].sum())
    return ExpenseBasis(spent, sales, heads, plan, int(new["allowance"].fillna(0).sum()))


def _spent(expenses: pd.DataFrame | None, places: Mapping[str, int]) -> pd.DataFrame:
    keys = ["category", "department", "month"]
    if expenses is None:
        return pd.DataFrame(columns=[*keys, "amount"]).astype({"month": "int64", "amount": "int64"})
    rows = expenses[expenses["month"].isin(list(places))]
    department = rows["department"].fillna("") if "department" in rows else ""
    keyed = rows.assign(month=rows["month"].map(places), department=department)
    return keyed.groupby(keys, sort=True)["amount"].sum().reset_index().astype({"amount": "int64", "month": "int64"})


def heads_by_month(reps: pd.DataFrame, months: Sequence[str], *, cutoff: int | None = None) -> "pd.Series[int]":
    """Number of reps in post in each month; a rep counts in the month of the start and of the end.

    `reps` has `rep`, `start`, `end`, one row per spell; a start that is not known lies before, an end after.
    """
    counts = [heads(reps, month, cutoff=cutoff) for month in months]
    return pd.Series(counts, index=pd.Index(list(months), name="month"), dtype="int64", name="heads")


def categories_of(terms: Expenses, basis: ExpenseBasis) -> list[Expense]:
    """The declared categories, then those of last year that are not declared, which keep last year's ratio."""
    named = {found.name for found in terms.categories}
    others = sorted(set(basis.spent["category"]) - named)
    plain = Expense(name="-")  # names in a table may be longer than those of parameters
    return [*terms.categories, *(plain.model_copy(update={"name": name}) for name in others)]


def expense_budget(
    terms: AnnualTargetTerms, ladder: pd.DataFrame, basis: ExpenseBasis, *, unit: int = 1
) -> pd.DataFrame:
    """Table `annual_target_expenses`: the year's amount of every category at every level.

    Methods: `ratio` rate x sales (default last year's ratio), `fixed` the amount, `growth` last year x (1 + rate),
    `per_head` amount x people in post, `product_cycle` sum over products of sales x the rate of its stage,
    `profit_rate` what new products may cost by the profit they must bring, at another level in proportion to it, as
    their sales are. Each is rounded to `unit` (fen), half away
    from zero; the last row is the contingency, so the rows sum exactly to the total. One row per category: `category`,
    `method`, `last_year` (Int64 fen), `last_ratio`, `amount` (int64 fen, planned level), `ratio` (to sales), `variable`
    (moves with sales), `months_rule` and `month_weights` (for the months), the control standard (`standard`,
    `limit_share`, `limit`, `approver`; `timing` and `evaluation` for the contingency), `state` (`within`,
    `over` its standard), and `amount_<level>` of the other levels.
    """
    rules = terms.expenses or Expenses()
    found = categories_of(rules, basis)
    goals = dict(rungs(ladder))
    planned = goals[terms.planned]
    made = {
        level: _amounts(found, rules.contingency, basis, _suffix(level, terms), goal, unit)
        for level, goal in goals.items()
    }
    rows = [_row(expense, basis, amount, planned) for expense, amount in zip(found, made[terms.planned], strict=False)]
    if rules.contingency:
        rows.append(_reserve(rules.contingency, made[terms.planned][-1], planned, basis))
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"last_year": "Int64", "limit": "Int64", "amount": "int64"})
    others = {f"amount_{level}": amounts for level, amounts in made.items() if level != terms.planned}
    return frame.assign(**others)


def _suffix(level: str, terms: AnnualTargetTerms) -> str:
    return "" if level == terms.planned else f"_{level}"


def _amounts(
    found: Sequence[Expense], reserve: Contingency | None, basis: ExpenseBasis, suffix: str, goal: int, unit: int
) -> list[int]:
    """Fen of every category at one level, then the contingency where there is one."""
    amounts = [whole(_exact(expense, basis, suffix, goal), unit) for expense in found]
    if reserve is None:
        return amounts
    share = None if reserve.share is None else Fraction(reserve.share)
    kept = Fraction(to_fen(reserve.amount or 0)) if share is None else sum(amounts) * share / (1 - share)
    return [*amounts, whole(kept, unit)]


def _exact(expense: Expense, basis: ExpenseBasis, suffix: str, goal: int) -> Fraction:
    """Fen of a category at a level, before rounding."""
    rate, amount = expense.rate, to_fen(expense.amount or 0)
    match expense.method:
        case "ratio":
            return goal * (basis.ratio(expense.name) if rate is None else Fraction(rate))
        case "growth":
            return (basis.last(expense.name) or 0) * (1 + Fraction(rate or 0))
        case "per_head":
            return amount * Fraction(int(basis.heads.sum()), MONTHS if expense.per == "year" else 1)
        case "product_cycle":
            sums = basis.products.groupby("stage")[f"amount{suffix}"].sum()
            parts = [int(fen) * Fraction(getattr(expense.stages, str(stage))) for stage, fen in sums.items()]
            return sum(parts, Fraction(0))
        case "profit_rate":
            planned = int(basis.products["amount"].sum())
            return Fraction(basis.allowance * goal, planned) if planned else Fraction(0)
        case _:
            return Fraction(amount)


def _share(amount: int | None, of: int) -> float:
    return amount / of if amount is not None and of > 0 else float("nan")


def _row(expense: Expense, basis: ExpenseBasis, amount: int, goal: int) -> tuple[object, ...]:
    rule = expense.standard
    limit = None if rule.amount is None else to_fen(rule.amount)
    over = (rule.share is not None and amount > goal * Fraction(rule.share)) or (limit is not None and amount > limit)
    limited = rule.share is not None or limit is not None
    last = basis.last(expense.name)
    return (
        expense.name, expense.method, last, _share(last, basis.sales), amount, _share(amount, goal), expense.variable,
        expense.months_rule, _weights(expense, basis), rule.text, float(rule.share) if rule.share is not None else None,
        limit, rule.approver, "", "", ("over" if over else "within") if limited else "",
    )  # fmt: skip


def _reserve(reserve: Contingency, amount: int, goal: int, basis: ExpenseBasis) -> tuple[object, ...]:
    as_expense = Expense(name="reserve", method="fixed", amount=Decimal(0), months=reserve.months)
    return (
        CONTINGENCY, "fixed" if reserve.share is None else "budget_share", None, float("nan"), amount,
        _share(amount, goal), False, as_expense.months_rule, _weights(as_expense, basis), reserve.conditions,
        None, None, reserve.approver, reserve.timing, reserve.evaluation, "",
    )  # fmt: skip


def _weights(expense: Expense, basis: ExpenseBasis) -> str:
    """Twelve weights of the months in fiscal order as text; empty where season or even months say it all."""
    labels = basis.heads.index.tolist()
    given = expense.months
    if isinstance(given, tuple):
        return " ".join(f"{weight.normalize():f}" for weight in given)
    if isinstance(given, dict):
        return " ".join(f"{given[label].normalize():f}" if label in given else "0" for label in labels)
    if expense.months_rule == "headcount":
        return " ".join(str(count) for count in basis.heads)
    if expense.months_rule != "last_year":
        return ""
    past = basis.spent[basis.spent["category"] == expense.name].groupby("month")["amount"].sum()
    return " ".join(str(max(int(past.get(place, 0)), 0)) for place in range(1, MONTHS + 1))


def department_budget(
    terms: AnnualTargetTerms, budget: pd.DataFrame, basis: ExpenseBasis, *, unit: int = 1
) -> pd.DataFrame:
    """Table `annual_target_departments`: each category over the departments by last year's cost.

    A category goes to its declared department, else to those that spent it last year, in proportion, else to
    `(unassigned)`; the contingency stays apart as `(contingency)`. One row per category and department:
    `category`, `department`, `last_year`, `amount` (int64 fen); a category's amounts sum exactly to the budget's.
    """
    declared = {found.name: found.department for found in (terms.expenses or Expenses()).categories}
    spent = basis.spent.assign(department=basis.spent["department"].replace("", UNASSIGNED))
    rows = []
    for category, amount in zip(budget["category"], budget["amount"], strict=True):
        past = spent[spent["category"] == category].groupby("department")["amount"].sum().to_dict()
        owner = declared.get(category)
        weights = {owner: 1} if owner else {name: max(fen, 0) for name, fen in sorted(past.items())}
        weights = weights if any(weights.values()) else {CONTINGENCY if category == CONTINGENCY else UNASSIGNED: 1}
        parts = apportion(int(amount), list(weights.values()), labels=list(weights), unit=unit).tolist()
        given = dict(zip(weights, parts, strict=True))
        rows += [(category, name, past.get(name, 0), given.get(name, 0)) for name in sorted(given.keys() | past.keys())]
    frame = pd.DataFrame(rows, columns=["category", "department", "last_year", "amount"])
    return frame.astype({"category": "str", "department": "str", "last_year": "int64", "amount": "int64"})


def departments(split: pd.DataFrame, basis: ExpenseBasis, *, goal: int) -> pd.DataFrame:
    """Departments side by side: what last year's cost ratio would give them, and what the budget does.

    `split` is the frame of `department_budget`, `goal` the planned sales in fen. One row per department, the largest
    first: `department`, `last_year`, `last_ratio`, `reference` = last year's ratio x planned sales, `amount`, `ratio`,
    `gap` = amount - reference (fen). Empty where no department is known.
    """
    sums = split.groupby("department")[["last_year", "amount"]].sum().reset_index()
    known = sums if (~sums["department"].isin([UNASSIGNED, CONTINGENCY])).any() else sums.head(0)
    last = [Fraction(int(fen), basis.sales) if basis.sales > 0 else Fraction(0) for fen in known["last_year"]]
    reference = pd.Series([whole(goal * ratio) for ratio in last], index=known.index, dtype="int64")
    frame = known.assign(
        last_ratio=[float(ratio) for ratio in last],
        reference=reference,
        ratio=known["amount"] / goal if goal else float("nan"),
        gap=known["amount"] - reference,
    )
    columns = ["department", "last_year", "last_ratio", "reference", "amount", "ratio", "gap"]
    return frame.sort_values(["amount", "department"], ascending=[False, True], ignore_index=True)[columns]
