"""The annual target is its lines, closes with its proof, and its profit plan with its budget."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.identities.comparing import Breach, Frames, equal, same_by
from salesplan.tables.outputs import of_company

if TYPE_CHECKING:
    import pandas as pd


def breaches(frames: Frames, money_unit: int) -> Iterator[Breach]:
    """What does not hold in the tables of the annual target; `money_unit` in fen."""
    yield from _lines(frames)
    yield from _proof(frames)
    yield from _budget(frames, money_unit)


def plan_level(annual_target: "pd.DataFrame") -> int:
    """The planned level in fen, from table annual_target."""
    company = of_company(annual_target)
    row = company[(company["indicator"] == "amount") & company["planned"]]
    return int(row["value"].iloc[0] * 100)


def _lines(frames: Frames) -> Iterator[Breach]:
    """The amounts of the lines of business sum to every level, what no line takes among them."""
    if "line" not in frames.get("annual_target", ()):
        return
    amounts = frames["annual_target"][lambda d: (d["indicator"] == "amount") & (d["unit"] == "currency")]
    fen = amounts[amounts["value"].notna()].assign(fen=lambda d: d["value"].map(lambda value: int(value * 100)))
    lines = fen[fen["line"].fillna("") != ""].groupby("level")["fen"].sum()
    company = of_company(fen).set_index("level")["fen"]
    if len(lines):
        yield from same_by("lines_sum_to_level", lines, company)


def _proof(frames: Frames) -> Iterator[Breach]:
    """Last year, measures and what they leave are every level; contracts are those of old and new customers."""
    if "annual_target_bridge" not in frames:
        return
    ways, tree = frames["annual_target_bridge"], frames["annual_target_drivers"].set_index("node")["value"]
    steps, ends = ways[ways["part"] != "level"], ways[ways["part"] == "level"]
    yield from same_by("proof_closes", steps.groupby("level")["amount"].sum(), ends.set_index("level")["amount"])
    if "old_sales" in tree:
        yield from equal(
            "tree_closes", int((tree["old_sales"] + tree["new_sales"]) * 100), int(tree["contracts"] * 100)
        )


def _budget(frames: Frames, money_unit: int) -> Iterator[Breach]:
    if "annual_target_profit" not in frames:
        return
    budget, split = frames["annual_target_expenses"], frames["annual_target_departments"]
    profit = frames["annual_target_profit"].set_index("item")
    products = frames["annual_target_profit_products"]
    yield from equal("expenses_in_money_units", int((budget["amount"] % money_unit).abs().sum()), 0)
    yield from same_by(
        "departments_sum_to_budget", split.groupby("category")["amount"].sum(), budget.set_index("category")["amount"]
    )
    for name in [found for found in profit.columns if found.startswith("amount")]:
        column, spent = profit[name].dropna().astype("int64"), int(budget[name].sum()) if len(budget) else 0
        yield from equal("expenses_sum_to_profit_plan", spent, int(column.get("expenses", 0)), name)
        yield from equal("products_sum_to_sales", int(products[name].sum()), int(column.get("sales", 0)), name)
        if "net_profit" in column:
            closing = column["sales"] - column["cost_of_goods"] - column["expenses"]
            yield from equal("profit_plan_closes", int(closing), int(column["net_profit"]), name)
