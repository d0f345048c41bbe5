"""What a manager should take from the expense budget and the profit plan."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesplan.annual_target import NEAR, NEAR_RATE, Costs, Difference, agrees, differences
from salesplan.conclusions.saying import each_row, ratio_of, sayer
from salesplan.money import to_fen
from salesplan.terms.expenses import CONTINGENCY, Expenses
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("annual_target")
YEAR = 12


def budget(
    words: Words,
    *,
    expenses: "pd.DataFrame",
    allowed: "pd.DataFrame",
    profit: "pd.DataFrame",
    new: "pd.DataFrame",
    planned: str,
) -> list[str]:
    """Total and what last year would allow, what moves, standards, contingency, profit of each level.

    `expenses` and `profit` are the tables of the step, `allowed`, `new` the frames of `envelope`, `allowances`;
    `planned` is the name of the planned level.
    """
    return [
        *(_expenses(expenses, allowed, profit, words) if len(expenses) else []),
        *_profits(profit, planned, words),
        *(_new(row, words) for row in each_row(new)),
    ]


def _expenses(expenses: "pd.DataFrame", allowed: "pd.DataFrame", profit: "pd.DataFrame", words: Words) -> list[str]:
    plan = profit.set_index("item")
    return [
        *_total(expenses, words),
        *_allowed(int(expenses["amount"].sum()), allowed, words),
        *_moves(plan, words),
        *_standards(expenses, words),
        *(
            _reserve(row, int(expenses["amount"].sum()), words)
            for row in each_row(expenses[expenses["category"] == CONTINGENCY])
        ),
    ]


def _total(expenses: "pd.DataFrame", words: Words) -> list[str]:
    amount, ratio = int(expenses["amount"].sum()), words.percent(expenses["ratio"].sum(min_count=1))
    if expenses["last_year"].isna().all():
        return [_say(words, "expenses_total_alone", amount=words.money(amount), ratio=ratio)]
    last, last_ratio = int(expenses["last_year"].sum()), words.percent(expenses["last_ratio"].sum(min_count=1))
    return [
        _say(
            words,
            "expenses_total",
            amount=words.money(amount),
            ratio=ratio,
            last=words.money(last),
            last_ratio=last_ratio,
        )
    ]


def _allowed(amount: int, allowed: "pd.DataFrame", words: Words) -> list[str]:
    found = []
    for row in each_row(allowed):
        way = "above" if amount > row.reference else "under" if amount < row.reference else "equal"
        values = {
            "basis": _say(words, f"basis_{row.basis}"),
            "rate": words.percent(row.rate),
            "reference": words.money(row.reference),
            "gap": words.money(abs(amount - row.reference)),
        }
        found.append(_say(words, f"expenses_{way}", **values))
    return found


def _moves(plan: "pd.DataFrame", words: Words) -> list[str]:
    parts = {"variable": "expense_variable", "fixed": "expense_fixed", "contingency": "contingency"}
    said = [_say(words, "expenses_moves", **{key: words.money(plan["amount"][item]) for key, item in parts.items()})]
    levels = [_level(name, plan[name], words) for name in plan.columns if name.startswith("amount_")]
    return [*said, _say(words, "expenses_levels", levels=words.list(levels))] if levels else said


def _level(name: str, column: "pd.Series[Any]", words: Words) -> str:
    level, ratio = words.code("level", name.removeprefix("amount_")), ratio_of(column["expenses"], column["sales"])
    amount = words.money(column["expenses"])
    return _say(words, "expenses_level", level=level, amount=amount, ratio=words.percent(ratio))


def _standards(expenses: "pd.DataFrame", words: Words) -> list[str]:
    over, within = expenses[expenses["state"] == "over"], expenses[expenses["state"] == "within"]
    if len(over):
        return [_say(words, "expenses_over", categories=words.list([_over(row, words) for row in each_row(over)]))]
    return [_say(words, "expenses_within", count=len(within))] if len(within) else []


def _over(row: Any, words: Words) -> str:
    values = {"category": row.category, "amount": words.money(row.amount), "ratio": words.percent(row.ratio, 2)}
    key = "expenses_over_part" if row.approver else "expenses_over_part_alone"
    return _say(words, key, approver=row.approver, **values)


def _reserve(row: Any, total: int, words: Words) -> str:
    given = {
        "conditions": row.standard, "timing": row.timing, "evaluation": row.evaluation, "approver": row.approver,
    }  # fmt: skip
    parts = [_say(words, f"contingency_{name}", text=text) for name, text in given.items() if text]
    share = words.percent(ratio_of(row.amount, total))
    return _say(words, "contingency", amount=words.money(row.amount), share=share, terms="".join(parts))


def _profits(profit: "pd.DataFrame", planned: str, words: Words) -> list[str]:
    plan = profit.set_index("item")
    columns = {planned: "amount"} | {n.removeprefix("amount_"): n for n in plan.columns if n.startswith("amount_")}
    known = [(level, plan[name]) for level, name in columns.items() if plan[name].notna()["net_profit"]]
    said = [_profit(words.code("level", level), column, words) for level, column in known]
    last = plan["last_year"]
    if said and last.notna()["net_profit"]:
        net, share = words.money(last["net_profit"]), words.percent(ratio_of(last["net_profit"], last["sales"]))
        said.append(_say(words, "profit_plan_last", net=net, net_rate=share))
    return said


def _profit(level: str, column: "pd.Series[Any]", words: Words) -> str:
    values = {
        "sales": words.money(column["sales"]),
        "gross": words.money(column["gross_margin"]),
        "gross_rate": words.percent(ratio_of(column["gross_margin"], column["sales"])),
        "expenses": words.money(column["expenses"]),
        "net": words.money(abs(column["net_profit"])),
        "net_rate": words.percent(ratio_of(column["net_profit"], column["sales"])),
    }
    return _say(words, "profit_plan_loss" if column["net_profit"] < 0 else "profit_plan_level", level=level, **values)


def _new(row: Any, words: Words) -> str:
    if str(row.allowance) == "<NA>":
        return _say(words, "new_product_unknown", product=row.product)
    values = {name: words.money(getattr(row, name)) for name in ("amount", "cost", "gross", "profit", "allowance")}
    return _say(words, "new_product" if row.allowance > 0 else "new_product_none", product=row.product, **values)


def gross_goal(words: Words, *, company: "pd.DataFrame", profit: "pd.DataFrame", planned: str) -> list[str]:
    """Gross profit among the indicators beside the profit plan's, level by level: a goal met or not, or a ratio.

    `company` holds the indicators of the whole company, `profit` is the table of the step, `planned` the planned level.
    """
    plan = dict(zip(profit.columns, profit[profit["item"] == "gross_margin"].iloc[0], strict=True))
    rows = company[(company["indicator"] == "gross_profit") & company["value"].notna()]
    pairs = [(row, "amount" if row.level == planned else f"amount_{row.level}") for row in each_row(rows)]
    return [_gross(row, int(plan[name]), words) for row, name in pairs if name in plan and str(plan[name]) != "<NA>"]


def _gross(row: Any, found: int, words: Words) -> str:
    asked = to_fen(row.value)
    way = "short" if found < asked else "over" if found > asked else "met"
    declared = "gross_goal" if str(row.basis).startswith("goal") else "gross_ratio"
    values = {"asked": asked, "plan": found, "gap": abs(asked - found)}
    level = words.code("level", row.level)
    return _say(words, f"{declared}_{way}", level=level, **{key: words.money(fen) for key, fen in values.items()})


def agreement(words: Words, check: "pd.DataFrame", costs: Costs | None) -> list[str]:
    """Whether break-even parameters and budget say the same, figure by figure, and where the contingency lies.

    `check` is the frame of `breakeven_check`, `costs` the budget's own, by `costs_of`.
    """
    if check.empty or costs is None:
        return []
    found = differences(check)
    near, far = ([_compared(one, words) for one in found if one.near is kind] for kind in (True, False))
    limits = {"near": words.percent(NEAR, 0), "points": words.number(NEAR_RATE * 100)}
    if agrees(check):
        said = [_say(words, "breakeven_agrees", items=_joined(near, words), **limits)]
    else:
        said = [_say(words, "breakeven_differs", items=_joined(far, words), **limits)]
        said += [_say(words, "breakeven_near", items=_joined(near, words))] if near else []
    return [*said, *_reserve_place(costs, words)]


def _joined(parts: Sequence[str], words: Words) -> str:
    return words("annual_target.agree_between").join(parts)


def _compared(one: Difference, words: Words) -> str:
    """A figure on both sides and how far the parameters lie from the budget."""
    show = words.percent if one.item == "variable_cost_rate" else words.money
    name = _say(words, f"agree_{one.item}")
    if one.budget is None:
        return _say(words, "agree_never", name=name, declared=show(one.declared))
    way = "more" if one.gap > 0 else "less" if one.gap < 0 else "equal"
    key = f"agree_{way}_points" if one.item == "variable_cost_rate" and one.gap else f"agree_{way}"
    gap = words.number(abs(one.gap) * 100, 1) if one.item == "variable_cost_rate" else words.money(abs(one.gap))
    values = {"declared": show(one.declared), "budget": show(one.budget), "gap": gap}
    return _say(words, key, name=name, share=words.percent(abs(one.share)), **values)


def _reserve_place(costs: Costs, words: Words) -> list[str]:
    """Into which of the two costs the contingency goes."""
    if not costs.reserve_fixed + costs.reserve_moving:
        return []
    parts = {"fixed": words.money(costs.reserve_fixed), "moving": words.money(costs.reserve_moving)}
    return [_say(words, "contingency_parts" if costs.reserve_moving else "contingency_fixed", **parts)]


def budget_warnings(
    words: Words,
    *,
    rules: Expenses | None,
    expenses: "pd.DataFrame",
    years: "pd.DataFrame",
    products: "pd.DataFrame",
    fiscal_year: int,
) -> list[str]:
    """What is thin in the budget: categories nobody declared, a year of expenses that is not whole, unknown cost."""
    declared = {found.name for found in rules.categories} if rules else set()
    loose = [name for name in expenses["category"] if name not in declared and name != CONTINGENCY]
    months = years.loc[(years["year"] == fiscal_year - 1) & (years["months"] < YEAR), "months"].tolist()
    return [
        *([_say(words, "expenses_undeclared", categories=words.list(loose))] if loose else []),
        *(_say(words, "expenses_partial", months=count) for count in months),
        *_unknown_cost(products, words),
    ]


def _unknown_cost(products: "pd.DataFrame", words: Words) -> Sequence[str]:
    if (products["cost_basis"] == "unknown").any():
        return [_say(words, "cost_unknown")]
    names = products.loc[products["cost_basis"] == "mean", "product"].tolist()
    return (
        [_say(words, "cost_mean", products=words.list([words.code("member", name) for name in names]))] if names else []
    )
