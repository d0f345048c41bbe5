"""The profit plan: sales, cost of goods, gross margin, expenses, net profit; and whether break-even agrees with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from salesplan.annual_target.ladder import rungs, whole
from salesplan.money import to_fen
from salesplan.terms.annual_target import AnnualTargetTerms
from salesplan.terms.estimates import BreakevenEstimate
from salesplan.terms.expenses import CONTINGENCY

NEAR = 0.05  # amounts closer than this, of the declared one, say the same
NEAR_RATE = 0.01  # so do rates closer than a percentage point
ITEMS = (
    "sales", "cost_of_goods", "gross_margin", "expenses", "expense_variable", "expense_fixed", "contingency",
    "net_profit",
)  # fmt: skip
COMPARED = ("fixed_cost", "variable_cost_rate", "breakeven", "sales_needed", "profit")
CHECK = ["basis", *COMPARED]
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
    """Cost as break-even sees it: what does not move with sales (fen), and the rate of what does.

    `reserve_fixed` and `reserve_moving` are the parts of the contingency in the one and in the other (fen).
    """

    fixed: int
    rate: Fraction
    reserve_fixed: int = 0
    reserve_moving: int = 0

    @property
    def breakeven(self) -> int | None:
        """Sales without profit or loss in fen; None where no sales reach it."""
        return self.sales_for(0)

    def sales_for(self, profit: int) -> int | None:
        """Sales that bring a profit, both in fen: (fixed + profit) / (1 - rate); None where no sales reach it."""
        return whole((self.fixed + profit) / (1 - self.rate)) if self.rate < 1 else None


def costs_of(profit: pd.DataFrame, terms: AnnualTargetTerms) -> Costs | None:
    """Fixed cost and variable rate of the planned level by the frame of `profit_plan`; None where they are unknown.

    A contingency that is a share of the budget moves with the part of the budget that moves.
    """
    found = profit.set_index("item")["amount"]
    if found[["sales", "cost_of_goods", "expenses"]].isna().any() or found["sales"] <= 0:
        return None
    reserve = terms.expenses.contingency if terms.expenses else None
    share = Fraction(reserve.share) if reserve and reserve.share is not None else Fraction(0)
    with_sales = Fraction(int(found["expense_variable"])) * share / (1 - share)
    moving = int(found["cost_of_goods"]) + int(found["expense_variable"]) + with_sales
    fixed = int(found["cost_of_goods"]) + int(found["expenses"]) - moving
    parts = (int(found["contingency"]) - whole(with_sales), whole(with_sales))
    return Costs(whole(fixed), moving / int(found["sales"]), *parts)


def breakeven_check(terms: BreakevenEstimate | None, found: Costs | None, *, goal: int) -> pd.DataFrame:
    """Break-even parameters beside what the expense budget says: `parameters` and `budget`.

    `basis`, `fixed_cost` (Int64 fen), `variable_cost_rate`, `breakeven` (sales without profit or loss), `sales_needed`
    (sales that bring the profit asked for), `profit` at the planned sales `goal`. Empty unless both are known.
    """
    if terms is None or found is None:
        return pd.DataFrame(columns=CHECK)
    asked = Costs(to_fen(terms.fixed_cost), Fraction(terms.variable_cost_rate))
    rows = [
        (
            name, cost.fixed, float(cost.rate), cost.breakeven, cost.sales_for(to_fen(terms.profit)),
            whole(goal * (1 - cost.rate)) - cost.fixed,
        )
        for name, cost in (("parameters", asked), ("budget", found))
    ]  # fmt: skip
    money = [name for name in COMPARED if name != "variable_cost_rate"]
    return pd.DataFrame(rows, columns=CHECK).astype(dict.fromkeys(money, "Int64"))


class Difference(NamedTuple):
    """One figure of `breakeven_check` by the parameters and by the budget; `budget` is None where nothing reaches it.

    `gap` = declared - budget (fen, or a fraction for the rate), `share` = gap / declared (NaN where zero is declared).
    """

    item: str
    declared: float
    budget: float | None
    gap: float
    share: float
    near: bool


def differences(check: pd.DataFrame) -> list[Difference]:
    """Every figure of `breakeven_check` on both sides, in the order of its columns.

    Amounts are near each other within 5 % of the declared one, the rate within a percentage point. Sales for the profit
    asked for are left out where none is asked for: they are the break-even sales.
    """
    if check.empty:
        return []
    same = check["sales_needed"].equals(check["breakeven"])
    names = [name for name in COMPARED if not (same and name == "sales_needed")]
    return [_difference(name, *check[name].tolist()) for name in names]


def _difference(item: str, declared: float, budget: Any) -> Difference:
    if pd.isna(budget):
        return Difference(item, declared, None, float("nan"), float("nan"), near=False)
    gap = declared - budget
    allowed = NEAR_RATE if item == "variable_cost_rate" else NEAR * abs(declared)
    share = gap / abs(declared) if declared else float("nan")
    return Difference(item, declared, budget, gap, share, near=abs(gap) <= allowed + 1e-9)  # 0.71 - 0.70 is above 0.01


def agrees(check: pd.DataFrame) -> bool:
    """Whether fixed cost, variable rate, break-even sales, sales for the profit asked for and profit all are near."""
    return all(found.near for found in differences(check))


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
