"""A small plan whose budget can be worked out by hand: two products of 600,000 each last year, ten reps."""

from decimal import Decimal

import pandas as pd

from salesplan import annual_target
from salesplan.calendar import fiscal_months
from salesplan.terms import AnnualTargetTerms

YEAR = 2027
MONTHS = fiscal_months(YEAR)
LAST = fiscal_months(YEAR - 1)
PRODUCTS = pd.DataFrame(
    {
        "product": ["old", "young", "fresh"],
        "line": ["walls", "walls", "art"],
        "launch": pd.to_datetime(["2012-05-01", "2025-01-01", "2027-02-01"]),
        "price": pd.array([10000, 10000, 20000], dtype="Int64"),
        "cost": pd.array([1, 1, 10000], dtype="Int64"),  # last year's own cost goes before cost / price
    }
)


def yuan(amount):
    return round(amount * 100)


def facts(old=600_000, young=600_000, *, old_cost=0.6, young_cost=0.7, months=LAST):
    """Last year's sales by product in twelve even months, at a cost rate each (None: unknown)."""
    rows = [
        (month, name, "sale", yuan(amount / 12), None if rate is None else yuan(amount / 12 * rate))
        for month in months
        for name, amount, rate in (("old", old, old_cost), ("young", young, young_cost))
    ]
    frame = pd.DataFrame(rows, columns=["month", "product", "kind", "amount", "cost"])
    return frame.astype({"amount": "int64", "cost": "Int64"}).assign(customer="K", quantity=1.0)


def spending(months=LAST, **yearly):
    """The input table: each category's amount of the year in even months, `a__b` of department b."""
    rows = [
        (month, *[*name.split("__"), None][:2], yuan(amount / len(months)))
        for name, amount in yearly.items()
        for month in months
    ]
    return pd.DataFrame(rows, columns=["month", "category", "department", "amount"])


def reps(count=10, start="2020-01-01", late=0):
    """So many reps, of which the last `late` join on 1 July of the plan year."""
    starts = [start] * (count - late) + ["2027-07-01"] * late
    return pd.DataFrame({"rep": [f"R{n}" for n in range(count)], "start": pd.to_datetime(starts), "end": pd.NaT})


def terms(categories=(), *, levels=None, new=(), contingency=None, **more):
    """Parameters with these categories; `more` are other keys of `expenses`."""
    expenses = {"categories": list(categories), **({} if contingency is None else {"contingency": contingency}), **more}
    return AnnualTargetTerms.model_validate(
        {
            "levels": levels or {"commit": 1_440_000, "stretch": 1_800_000},
            "expenses": expenses,
            "profit_plan": {"new_products": list(new)},
        }
    )


def rate(text):
    return Decimal(str(text))


class Budget:
    """Everything the budget section makes, from parameters and tables."""

    def __init__(self, rules, *, sold=None, spent=None, people=None, products=PRODUCTS, unit=1):
        self.rules = rules
        self.facts = facts() if sold is None else sold
        self.levels = annual_target.levels(rules, last_year=None, money_unit=unit)
        self.sold = annual_target.products_sold(self.facts, fiscal_year=YEAR)
        self.products = annual_target.product_plan(
            self.sold, self.levels, terms=rules, first=MONTHS[0], products=products, unit=unit
        )
        self.new = annual_target.allowances(self.products, rules)
        heads = annual_target.heads_by_month(reps() if people is None else people, MONTHS)
        self.basis = annual_target.expense_basis(spent, self.facts, plan=self.products, new=self.new, heads=heads)
        self.expenses = annual_target.expense_budget(rules, self.levels, self.basis, unit=unit)
        self.departments = annual_target.department_budget(rules, self.expenses, self.basis, unit=unit)
        self.profit = annual_target.profit_plan(rules, self.levels, self.products, self.expenses, self.sold)
        self.goal = annual_target.planned_amount(self.levels)
        self.check = annual_target.breakeven_check(
            rules.estimates.breakeven, annual_target.costs_of(self.profit, rules), goal=self.goal
        )
        self.allowed = annual_target.envelope(rules, self.basis, goal=self.goal)

    def amount(self, category, column="amount"):
        return int(self.expenses.set_index("category")[column][category])
