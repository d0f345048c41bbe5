"""The profit plan: sales, cost of goods, gross margin, expenses, net profit; and whether break-even agrees with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from salesplan.annual_target.evidence import breakeven_sales
from salesplan.annual_target.ladder import rungs, whole
from salesplan.annual_target.proof import profit_of
from salesplan.money import to_fen
from salesplan.terms.annual_target import AnnualTargetTerms
from salesplan.terms.estimates import BreakevenEstimate
from salesplan.terms.expenses import CONTINGENCY

NEAR = 0.05  # break-even points closer than this say the same
ITEMS = (
    "sales", "cost_of_goods", "gross_margin", "expenses", "expense_variable", "expense_fixed", "contingency",
    "net_profit",
)  # fmt: skip
CHECK = ["basis", "fixed_cost", "variable_cost_rate", "breakeven", "profit"]
Statement = Mapping[str, int | None]


def statement(sales: int, cost: int | None, amounts: "pd.Series[int]", budget: pd.DataFrame) -> Statement:
    """One column of the profit plan in fen; what rests on an unknown cost of goods or on no budget is None.

    `amounts` are the expenses of the rows of `budget`.
    """
    gross = None if cost is None else sales - cost
    head = {"sales": sales, "cost_of_goods": cost, "gross_margin": gross}
    if budget.empty:
        return {**dict.fromkeys(ITEMS), **head}
    reserve = budget["category"] == CONTINGENCY
    parts = {
        "expense_variable": int(amounts[budget["variable"]].sum()),
        "expense_fixed": int(amounts[~budget["variable"] & ~reserve].sum()),
        "contingency": int(amounts[reserve].sum()),
    }
    spent = sum(parts.values())
    net = None if gross is None else gross - spent
    return {**head, **parts, "expenses": spent, "net_profit": net}


def profit_plan(
    terms: AnnualTargetTerms, ladder: pd.DataFrame, plan: pd.DataFrame, budget: pd.DataFrame, sold: pd.DataFrame
) -> pd.DataFrame:
    """Table `annual_target_profit`: the profit plan of every level beside last year.

    gross margin = sales - cost of goods; expenses = those that move with sales + those that do not + contingency; net
    profit = gross margin - expenses. `plan`, `budget`, `sold` are the frames of `product_plan`, `expense_budget`,
    `products_sold`. One row per `item` (see `ITEMS`): `last_year`, `last_ratio` to sales, `amount` (planned level),
    `ratio`, and `amount_<level>`; Int64 fen, NA where cost of goods or budget is not known. Last year's expenses are
    those of the categories of the budget.
    """
    past_cost = None if sold.empty or sold["cost"].isna().any() else int(sold["cost"].sum())
    before = statement(int(sold["last_year"].sum()), past_cost, budget["last_year"].fillna(0).astype("int64"), budget)
    made: dict[str, Statement] = {"last_year": _last(before, sold, budget)}
    for level, goal in rungs(ladder):
        suffix = "" if level == terms.planned else f"_{level}"
        costs = plan[f"cost{suffix}"]
        cost = None if costs.isna().any() else int(costs.sum())
        made[f"amount{suffix}"] = statement(goal, cost, budget[f"amount{suffix}"], budget)
    frame = pd.DataFrame({"item": pd.Series(ITEMS, dtype="str")})
    typed = frame.assign(
        **{name: pd.array([column[item] for item in ITEMS], dtype="Int64") for name, column in made.items()}
    )
    typed = typed.assign(last_ratio=_ratios(typed["last_year"]), ratio=_ratios(typed["amount"]))
    head = ["item", "last_year", "last_ratio", "amount", "ratio"]
    return typed[[*head, *(name for name in typed.columns if name not in head)]]


def _last(found: Statement, sold: pd.DataFrame, budget: pd.DataFrame) -> Statement:
    """Last year's column: unknown without sales, and without expenses from there down."""
    if sold.empty:
        return dict.fromkeys(ITEMS)
    below = ITEMS[ITEMS.index("expenses") :]
    missing = below if budget["last_year"].isna().all() else ("contingency",)
    return {**found, **dict.fromkeys(missing)}


def _ratios(column: "pd.Series[Any]") -> "pd.Series[float]":
    amounts = column.astype("float64")
    return amounts / amounts.iloc[0] if amounts.iloc[0] > 0 else amounts * float("nan")


@dataclass(frozen=True)
class Costs:
    """Cost as break-even sees it: what does not move with sales (fen), and the rate of what does."""

    fixed: int
    rate: Fraction

    @property
    def breakeven(self) -> int | None:
        """Sales without profit or loss in fen; None where no sales reach it."""
        return whole(self.fixed / (1 - self.rate)) if self.rate < 1 else None


def costs_of(profit: pd.DataFrame, terms: AnnualTargetTerms) -> Costs | None:
    """Fixed cost and variable rate of the planned level by the frame of `profit_plan`; None where they are unknown.

    A contingency that is a share of the budget moves with the part of the budget that moves.
    """
    found = profit.set_index("item")["amount"]
    if found[["sales", "cost_of_goods", "expenses"]].isna().any() or found["sales"] <= 0:
        return None
    reserve = terms.expenses.contingency if terms.expenses else None
    share = Fraction(reserve.share) if reserve and reserve.share is not None else Fraction(0)
    moving = int(found["cost_of_goods"]) + Fraction(int(found["expense_variable"])) / (1 - share)
    fixed = int(found["cost_of_goods"]) + int(found["expenses"]) - moving
    return Costs(whole(fixed), moving / int(found["sales"]))


def breakeven_check(terms: BreakevenEstimate | None, found: Costs | None, *, goal: int) -> pd.DataFrame:
    """Break-even parameters beside what the expense budget says: `parameters` and `budget`.

    `basis`, `fixed_cost` (Int64 fen), `variable_cost_rate`, `breakeven` (sales without profit or loss), `profit` at
    the planned sales `goal`. Empty unless both are known.
    """
    if terms is None or found is None:
        return pd.DataFrame(columns=CHECK)
    rate = Fraction(terms.variable_cost_rate)
    even = breakeven_sales(terms, profit=Decimal(0))
    rows = [
        ("parameters", to_fen(terms.fixed_cost), float(rate), even, profit_of(goal, terms)),
        ("budget", found.fixed, float(found.rate), found.breakeven, whole(goal * (1 - found.rate)) - found.fixed),
    ]
    return pd.DataFrame(rows, columns=CHECK).astype(dict.fromkeys(("fixed_cost", "breakeven", "profit"), "Int64"))


def agrees(check: pd.DataFrame) -> bool:
    """Whether the two break-even points of `breakeven_check` lie within 5 % of each other."""
    declared, budgeted = check["breakeven"].tolist()
    return not pd.isna(budgeted) and bool(abs(int(budgeted) - int(declared)) <= NEAR * int(declared))


def profit_bars(profit: pd.DataFrame, terms: AnnualTargetTerms) -> pd.DataFrame:
    """The profit plan as the chart shows it: one row per column that is wholly known and item.

    `name` (`last_year` or a level), `item` (cost of goods, the expenses, net profit), `amount` (fen), `share` of the
    column's sales.
    """
    columns = {"last_year": "last_year", terms.planned: "amount"}
    columns |= {name.removeprefix("amount_"): name for name in profit.columns if name.startswith("amount_")}
    rows = profit.set_index("item")
    known = {name: rows[column] for name, column in columns.items() if rows[column].notna()["net_profit"]}
    parts = [item for item in ITEMS if item not in ("sales", "gross_margin", "expenses")]
    made = [
        (
            name,
            item,
            int(column[item]),
            int(column[item]) / int(column["sales"]) if column["sales"] > 0 else float("nan"),
        )
        for name, column in known.items()
        for item in parts
        if pd.notna(column[item])
    ]
    return pd.DataFrame(made, columns=["name", "item", "amount", "share"])
