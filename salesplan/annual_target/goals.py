"""Goals laid over the levels: a target per indicator and line of business, absolute or as growth on last year."""

import math
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from salesplan.annual_target.ladder import PLACE, rungs, whole
from salesplan.annual_target.ladder import targets as ratio_targets
from salesplan.apportion import UNASSIGNED, apportion
from salesplan.errors import Fault, stop_on
from salesplan.money import from_fen, to_fen
from salesplan.terms.goals import Goal

# Indicators that grow with sales: what is asked at the planned level is asked of another level in proportion.
FLOWS = ("amount", "quantity", "gross_profit", "profit", "new_product_sales")
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


def as_targeted(divided: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """The frame of `member_levels` with the lines' amounts as table `annual_target` has them, so that both agree.

    What no line takes is a member of its own; without any line in `targets` the frame is as it was.
    """
    rows = targets[(targets["line"] != "") & (targets["indicator"] == "amount") & (targets["unit"] == "currency")]
    known = rows[rows["value"].notna()]
    if known.empty:
        return divided
    fen = [whole(Fraction(value) * 100) for value in known["value"]]
    lines = pd.DataFrame({"scope": "line", "member": known["line"], "level": known["level"], "amount": fen})
    kept = divided[divided["scope"] != "line"]
    made = pd.concat([kept, lines.reindex(columns=divided.columns)], ignore_index=True)
    return made.astype(divided.dtypes.to_dict())


def with_goals(
    targets: pd.DataFrame,
    measured: pd.DataFrame,
    ladder: pd.DataFrame,
    *,
    goals: Sequence[Goal] = (),
    by_line: bool = False,
    money_unit: int = 1,
) -> pd.DataFrame:
    """Table `annual_target` with the goals laid over it, and its rows by line of business.

    `targets` is the frame of `ladder.targets`, `measured` that of `actuals.measured`, `ladder` that of `levels`. A
    goal replaces the row its indicator has by last year's ratio. A value or growth is the planned level's: growth is
    on last year's value (measured, else declared); for the indicators in `FLOWS` the other levels take it in
    proportion to the amount, the rest hold at every level. `values` names each level; one it leaves out is unknown.

    `by_line` (products have lines) gives every line an amount and, by last year's average price, a quantity: what
    the goals of lines leave of a level goes to the other lines by last year's sales, exact in `money_unit` fen; what
    no line can take is `(unassigned)`. Without it only lines named in goals stand there, the rest `(unassigned)`.

    Adds the column `line` (`""`: the company) and the values `goal`, `goal_growth`, `goal_ratio`, `line_ratio` of
    `basis`. Raises `PlanError` for growth where last year is unknown and for lines that exceed a level.
    """
    last = _last(measured)
    stop_on(_growth_faults(goals, last))
    stop_on(_line_faults(goals, ladder, last))
    own = [row for goal in goals if not goal.line for row in _goal_rows(goal, last, ladder)]
    asked = {(row["indicator"], row["level"]) for row in own}
    everything = [targets, _unasked(targets, measured, ladder)]
    company: list[Any] = [row for part in everything for row in part.assign(line="").to_dict("records")]
    kept = [row for row in company if (row["indicator"], row["level"]) not in asked]
    order = {name: place for place, name in enumerate(dict.fromkeys(row["indicator"] for row in [*company, *own]))}
    rows = sorted([*kept, *own], key=lambda row: order[row["indicator"]])
    named = [goal for goal in goals if goal.line]
    lines = list(_lines(named, last, ladder, by_line=by_line, unit=money_unit)) if named or by_line else []
    frame = pd.DataFrame([*rows, *lines], columns=[*targets.columns, "line"])
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


def _line_faults(goals: Sequence[Goal], ladder: pd.DataFrame, last: Last) -> Iterator[Fault]:
    """Lines that together ask for more than a level is."""
    lined = [(place, goal) for place, goal in enumerate(goals) if is_amount(goal)]
    for level, amount in rungs(ladder):
        asked = [(place, _fen_at(goal, level, last, ladder) or 0) for place, goal in lined]
        total = sum(fen for _, fen in asked)
        if total > amount:
            values = {"level": level, "limit": str(from_fen(amount)), "over": str(from_fen(total - amount))}
            yield Fault("goal_lines_over", f"{PLACE} goals[{asked[-1][0]}]", str(from_fen(total)), values)


def _fen_at(goal: Goal, level: str, last: Last, ladder: pd.DataFrame, unit: int = 1) -> int | None:
    value = _value(goal, level, _last_of(goal, last), ladder)
    return None if value is None else whole(Fraction(value) * 100, unit)


def _value(goal: Goal, level: str, last: Decimal | None, ladder: pd.DataFrame) -> Decimal | None:
    """What a goal asks at a level, in the indicator's own unit, with the decimals the unit has."""
    if goal.by_level is not None:
        return goal.by_level.get(level)
    found = goal.value if goal.value is not None else (last or Decimal(0)) * (1 + (goal.growth or Decimal(0)))
    amounts = dict(rungs(ladder))
    planned = amounts[_planned(ladder)]
    scaled = goal.indicator in FLOWS and amounts[level] != planned and planned > 0
    if scaled:
        found = Decimal(whole(Fraction(found) * 10_000 * amounts[level] / planned)).scaleb(-4)
    return found if goal.value is not None and not scaled else _rounded(found, goal, last)


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


def _goal_rows(goal: Goal, last: Last, ladder: pd.DataFrame) -> Iterator[Row]:
    """The rows of one goal, one per level."""
    before = _last_of(goal, last)
    for level, _ in rungs(ladder):
        yield _row(goal.indicator, level, _value(goal, level, before, ladder), before, ladder) | {
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


def _lines(goals: Sequence[Goal], last: Last, ladder: pd.DataFrame, *, by_line: bool, unit: int) -> Iterator[Row]:
    """Rows of the lines, the largest of last year first: amount, quantity, gross profit, then their other goals."""
    sold = {line: value for (indicator, line), value in last.items() if line and indicator == "amount" and by_line}
    names = dict.fromkeys([*sorted(sold, key=lambda name: (-sold[name], name)), *(goal.line or "" for goal in goals)])
    amounts = _line_amounts([goal for goal in goals if is_amount(goal)], last, ladder, sold=sold, unit=unit)
    for name in names:
        own = {goal.indicator: goal for goal in goals if goal.line == name}
        if "amount" not in own and name in sold:
            yield from _ratio_rows(name, "amount", amounts, last, ladder)
        if "amount" in own:
            yield from _goal_rows(own["amount"], last, ladder)
        for indicator in dict.fromkeys(["quantity", "gross_profit", *own]):
            if indicator in own and indicator != "amount":
                yield from _goal_rows(own[indicator], last, ladder)
            elif indicator != "amount" and (indicator, name) in last:
                yield from _ratio_rows(name, indicator, amounts, last, ladder)
    if any(fen for (_, name), fen in amounts.items() if name == UNASSIGNED):
        yield from _ratio_rows(UNASSIGNED, "amount", amounts, last, ladder)


Amounts = dict[tuple[str, str], int]


def _line_amounts(
    goals: Sequence[Goal], last: Last, ladder: pd.DataFrame, *, sold: dict[str, Decimal], unit: int
) -> Amounts:
    """Fen of every line at every level: goals as they are, the rest of the level by last year's sales."""
    found: Amounts = {}
    free = sorted(name for name, value in sold.items() if value > 0 and name not in {goal.line for goal in goals})
    for level, amount in rungs(ladder):
        asked = {str(goal.line): _fen_at(goal, level, last, ladder) or 0 for goal in goals}
        rest = amount - sum(asked.values())
        loose = rest % unit
        parts = (
            apportion(rest - loose, [float(sold[name]) for name in free], labels=free, unit=unit) if free else [rest]
        )
        spread = dict(zip(free or [UNASSIGNED], map(int, parts), strict=True))
        if free and loose:
            spread[free[0]] += loose
        found |= {(level, name): fen for name, fen in (asked | spread).items()}
    return found


def _ratio_rows(line: str, indicator: str, amounts: Amounts, last: Last, ladder: pd.DataFrame) -> Iterator[Row]:
    """Rows of a line that follow its amount: the amount itself, or another indicator in last year's ratio to it."""
    before, sold = last.get((indicator, line)), last.get(("amount", line))
    for level, _ in rungs(ladder):
        fen = amounts.get((level, line))
        if fen is None:
            continue
        value = from_fen(fen) if indicator == "amount" else _share_of(before, fen, sold)
        unit = UNITS[indicator]
        yield _row(indicator, level, value, before, ladder) | {"unit": unit, "basis": "line_ratio", "line": line}


def _share_of(before: Decimal | None, fen: int, sold: Decimal | None) -> Decimal | None:
    """Last year's value x amount / last year's amount, to the decimals of last year's value; unknown without both."""
    if before is None or sold is None or sold <= 0:
        return None
    places = -int(before.as_tuple().exponent)
    return Decimal(whole(Fraction(before) * fen / (to_fen(sold)) * 10**places)).scaleb(-places)
