"""Goals laid over the levels: a target per indicator and line of business, absolute or as growth on last year."""

import math
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from salesplan.annual_target.ladder import PLACE, rungs, whole
from salesplan.annual_target.ladder import targets as ratio_targets
from salesplan.apportion import UNASSIGNED
from salesplan.errors import Fault, stop_on
from salesplan.money import from_fen
from salesplan.terms.goals import Goal

# Indicators that grow with sales: what is asked at the planned level is asked of another level in proportion.
FLOWS = (
    "amount",
    "quantity",
    "gross_profit",
    "profit",
    "new_product_sales",
    "customers",
    "new_customers",
    "market_share",
)
COUNTED = ("customers", "new_customers", "dealers", "outlets")
UNITS = {
    **dict.fromkeys(("quantity", *COUNTED), "unit"),
    **dict.fromkeys(("amount", "gross_profit", "profit", "new_product_sales", "receivables"), "currency"),
    **dict.fromkeys(("average_price", "unit_selling_cost"), "currency"),
    **dict.fromkeys(("market_share", "collection_rate", "gross_margin"), "share"),
}
SHARE_STEP = Decimal("0.0001")

Last = dict[tuple[str, str], Decimal]
Row = dict[str, Any]


def of_company(targets: pd.DataFrame) -> pd.DataFrame:
    """The rows of table `annual_target` that are of the whole company, without the column `line`."""
    return targets[targets["line"] == ""].drop(columns="line").reset_index(drop=True)


def of_lines(targets: pd.DataFrame) -> pd.DataFrame:
    """The rows of table `annual_target` that are of single lines of business, `line` in front."""
    rows = targets[targets["line"] != ""].reset_index(drop=True)
    return rows[["line", *[name for name in rows.columns if name != "line"]]]


def with_goals(
    targets: pd.DataFrame,
    measured: pd.DataFrame,
    ladder: pd.DataFrame,
    *,
    goals: Sequence[Goal] = (),
    money_unit: int = 1,
) -> pd.DataFrame:
    """Table `annual_target` with the goals laid over it, and the rows of the lines that have goals of their own.

    `targets` is the frame of `ladder.targets`, `measured` that of `actuals.measured`, `ladder` that of `levels`. A
    goal replaces the row its indicator has by last year's ratio. A value or growth is the planned level's: growth is
    on last year's value (measured, else declared); for the indicators in `FLOWS` the other levels take it in
    proportion to the amount (a market share at most all of it), the rest hold at every level. `values` names each
    level; one it leaves out is unknown.

    A line stands there with what is declared for it, sales in whole multiples of `money_unit` (fen). What lines with
    sales of their own leave of a level is one row, `(unassigned)`, so that lines sum to every level; the other lines
    get their targets in step 2, around the declared ones.

    Adds the column `line` (`""`: the company) and the values `goal`, `goal_growth`, `goal_ratio`, `lines_rest` of
    `basis`. Raises `PlanError` for growth where last year is unknown, for sales of a line that are no multiple of the
    money unit and for lines that exceed a level.
    """
    last = _last(measured)
    stop_on(_growth_faults(goals, last))
    stop_on([*_unit_faults(goals, money_unit), *_line_faults(goals, ladder, last, money_unit)])
    own = [row for goal in goals if not goal.line for row in _goal_rows(goal, last, ladder)]
    asked = {(row["indicator"], row["level"]) for row in own}
    everything = [targets, _unasked(targets, measured, ladder)]
    company: list[Any] = [row for part in everything for row in part.assign(line="").to_dict("records")]
    kept = [row for row in company if (row["indicator"], row["level"]) not in asked]
    order = {name: place for place, name in enumerate(dict.fromkeys(row["indicator"] for row in [*company, *own]))}
    rows = sorted([*kept, *own], key=lambda row: order[row["indicator"]])
    lined = _lines([goal for goal in goals if goal.line], last, ladder, money_unit)
    frame = pd.DataFrame([*rows, *lined], columns=[*targets.columns, "line"])
    typed = frame.astype({"value": object, "last_year": object, "planned": bool})
    return typed.assign(**{name: typed[name].where(typed[name].notna(), None) for name in ("value", "last_year")})


def _unasked(targets: pd.DataFrame, measured: pd.DataFrame, ladder: pd.DataFrame) -> pd.DataFrame:
    """Rows, by last year's ratio, of the company's measured indicators that `targets` does not have."""
    rows = ratio_targets(ladder, of_company(measured))
    return rows[~rows["indicator"].isin(targets["indicator"])]


def _last(measured: pd.DataFrame) -> Last:
    known = measured[measured["last_year"].notna()]
    return {
        (indicator, line): value
        for indicator, line, value in zip(known["indicator"], known["line"], known["last_year"], strict=True)
    }


def _last_of(goal: Goal, last: Last) -> Decimal | None:
    """Last year's value of a goal: measured where the tables allow, else as declared."""
    return last.get((goal.indicator, goal.line or ""), goal.last_year)


def _growth_faults(goals: Sequence[Goal], last: Last) -> Iterator[Fault]:
    for place, goal in enumerate(goals):
        if goal.growth is not None and _last_of(goal, last) is None:
            names = {"indicator": goal.indicator, "line": f"{goal.line} " if goal.line else ""}
            yield Fault("goal_without_last_year", f"{PLACE} goals[{place}].growth", str(goal.growth), names)


def is_amount(goal: Goal) -> bool:
    """Whether a goal is sales of a line in the plan's currency."""
    return bool(goal.line) and goal.indicator == "amount" and goal.unit in (None, "currency")


def _unit_faults(goals: Sequence[Goal], unit: int) -> Iterator[Fault]:
    """Sales of a line that no sum of planned amounts can meet."""
    for place, goal in enumerate(goals):
        for value in (goal.value, *(goal.by_level or {}).values()) if is_amount(goal) else ():
            if value is not None and Fraction(value) * 100 % unit:
                yield Fault("goal_unit", f"{PLACE} goals[{place}]", str(value), {"unit": str(from_fen(unit))})


def _line_faults(goals: Sequence[Goal], ladder: pd.DataFrame, last: Last, unit: int) -> Iterator[Fault]:
    """Lines that together ask for more than a level is."""
    lined = [(place, goal) for place, goal in enumerate(goals) if is_amount(goal)]
    for level, amount in rungs(ladder):
        asked = [(place, _fen_at(goal, level, last, ladder, unit) or 0) for place, goal in lined]
        total = sum(fen for _, fen in asked)
        if total > amount:
            values = {"level": level, "limit": str(from_fen(amount)), "over": str(from_fen(total - amount))}
            yield Fault("goal_lines_over", f"{PLACE} goals[{asked[-1][0]}]", str(from_fen(total)), values)


def _fen_at(goal: Goal, level: str, last: Last, ladder: pd.DataFrame, unit: int) -> int | None:
    value = _value(goal, level, _last_of(goal, last), ladder, unit)
    return None if value is None else whole(Fraction(value) * 100)


def _value(goal: Goal, level: str, last: Decimal | None, ladder: pd.DataFrame, unit: int = 1) -> Decimal | None:
    """What a goal asks at a level, in the indicator's own unit, with the decimals the unit has."""
    if goal.by_level is not None:
        return goal.by_level.get(level)
    found = goal.value if goal.value is not None else (last or Decimal(0)) * (1 + (goal.growth or Decimal(0)))
    amounts = dict(rungs(ladder))
    planned = amounts[_planned(ladder)]
    scaled = goal.indicator in FLOWS and amounts[level] != planned and planned > 0
    if scaled:
        found = Decimal(whole(Fraction(found) * 10_000 * amounts[level] / planned)).scaleb(-4)
        found = min(found, Decimal(1)) if goal.indicator == "market_share" else found
    if goal.value is not None and not scaled:
        return found
    return from_fen(whole(Fraction(found) * 100, unit)) if is_amount(goal) else _rounded(found, goal, last)


def unit_of(goal: Goal) -> str:
    """Unit a goal is counted in: as declared, else the indicator's own, else none."""
    return goal.unit or UNITS.get(goal.indicator, "")


def _rounded(found: Decimal, goal: Goal, last: Decimal | None) -> Decimal:
    """Counts are rounded up, money to cents, shares to a hundredth of a percent, the rest as last year's value is."""
    if goal.indicator in COUNTED:
        return found.quantize(Decimal(1), ROUND_CEILING)
    given = last if last is not None else goal.value
    own = Decimal(1).scaleb(min(int((given or Decimal(1)).as_tuple().exponent), 0))
    step = {"currency": Decimal("0.01"), "share": SHARE_STEP}.get(unit_of(goal), own)
    return found.quantize(step, ROUND_HALF_UP)


def _goal_rows(goal: Goal, last: Last, ladder: pd.DataFrame, unit: int = 1) -> Iterator[Row]:
    """The rows of one goal, one per level."""
    before = _last_of(goal, last)
    for level, _ in rungs(ladder):
        yield _row(goal.indicator, level, _value(goal, level, before, ladder, unit), before, ladder) | {
            "unit": unit_of(goal), "basis": _basis(goal, level, ladder), "line": goal.line or ""
        }  # fmt: skip


def _row(indicator: str, level: str, value: Decimal | None, before: Decimal | None, ladder: pd.DataFrame) -> Row:
    known = value is not None and before is not None and before > 0
    return {
        "indicator": indicator,
        "level": level,
        "value": value,
        "last_year": before,
        "growth": float(value / before - 1) if known and value is not None and before else math.nan,
        "planned": level == _planned(ladder),
        "probability": math.nan,
    }


def _planned(ladder: pd.DataFrame) -> str:
    return str(ladder.loc[ladder["planned"], "level"].iloc[0])


def _basis(goal: Goal, level: str, ladder: pd.DataFrame) -> str:
    if level != _planned(ladder) and goal.by_level is None and goal.indicator in FLOWS:
        return "goal_ratio"
    return "goal_growth" if goal.growth is not None else "goal"


def _lines(goals: Sequence[Goal], last: Last, ladder: pd.DataFrame, unit: int) -> Iterator[Row]:
    """Rows of the lines in the order of the file, sales before their other goals, then what no line takes."""
    for name in dict.fromkeys(goal.line for goal in goals):
        own = sorted((goal for goal in goals if goal.line == name), key=lambda goal: not is_amount(goal))
        for goal in own:
            yield from _goal_rows(goal, last, ladder, unit)
    sold = [goal for goal in goals if is_amount(goal)]
    rest = [
        amount - sum(_fen_at(goal, level, last, ladder, unit) or 0 for goal in sold) for level, amount in rungs(ladder)
    ]
    if sold and any(rest):
        before = _rest_last_year(sold, last)
        for (level, _), fen in zip(rungs(ladder), rest, strict=True):
            row = _row("amount", level, from_fen(fen), before, ladder)
            yield row | {"unit": "currency", "basis": "lines_rest", "line": UNASSIGNED}


def _rest_last_year(sold: Sequence[Goal], last: Last) -> Decimal | None:
    """Last year's sales of the lines without a goal; a line the ledger does not know sold nothing."""
    company = last.get(("amount", ""))
    return None if company is None else company - sum((_last_of(goal, last) or Decimal(0) for goal in sold), Decimal(0))
