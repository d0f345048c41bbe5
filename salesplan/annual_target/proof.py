"""The target proved backwards: from last year over the measures to the level, and what each level brings."""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from salesplan.annual_target.evidence import breakeven_sales
from salesplan.annual_target.ladder import grown, planned_amount, rungs, whole
from salesplan.annual_target.outlook import Trend
from salesplan.money import to_fen
from salesplan.terms.annual_target import BreakevenEstimate, Measure

PROFITS = ["level", "amount", "contribution", "fixed_cost", "profit", "breakeven", "safety_share"]
BRIDGE = ["part", "name", "amount", "resources", "amount_from", "amount_to"]
GROWTH_GRID = tuple(Decimal(step) / 20 for step in range(-2, 9))  # from -10 % to +40 % by 5 %
CURVE_POINTS = 41


def bridge(ladder: pd.DataFrame, *, last_year: int | None, measures: Sequence[Measure] = ()) -> pd.DataFrame:
    """From last year's actual to the planned level: last year + measures + unexplained = level.

    One row per part: `part` (`last_year`, `measure`, `unexplained`, `level`), `name` (of the measure or level),
    `amount` (int64 fen), `resources`, `amount_from` and `amount_to` (fen, where the part begins and ends on the way).
    `unexplained` is negative where the measures bring more than is needed. Empty without a last year.
    """
    if last_year is None:
        return _bridge_frame([])
    goal = planned_amount(ladder)
    named = [("measure", measure.name, to_fen(measure.amount), measure.resources) for measure in measures]
    rest = goal - last_year - sum(amount for _, _, amount, _ in named)
    steps = [("last_year", "", last_year, ""), *named, ("unexplained", "", rest, "")]
    ends = np.cumsum([amount for _, _, amount, _ in steps]).tolist()
    rows = [(*step, begin, end) for step, begin, end in zip(steps, [0, *ends], ends, strict=False)]
    level = str(ladder.loc[ladder["planned"], "level"].iloc[0])
    return _bridge_frame([*rows, ("level", level, goal, "", 0, goal)])


def _bridge_frame(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=BRIDGE)
    return frame.astype({"amount": "int64", "amount_from": "int64", "amount_to": "int64"})


def profit_of(amount: int, terms: BreakevenEstimate) -> int:
    """Profit in fen that sales bring: amount x (1 - variable cost rate) - fixed cost."""
    return whole(amount * (1 - Fraction(terms.variable_cost_rate))) - to_fen(terms.fixed_cost)


def profits(ladder: pd.DataFrame, terms: BreakevenEstimate | None) -> pd.DataFrame:
    """Break-even the other way round: what profit each level brings.

    One row per level: `level`, `amount`, `contribution` = amount x (1 - variable cost rate), `fixed_cost`, `profit` =
    contribution - fixed cost, `breakeven` (sales without profit or loss), all int64 fen; `safety_share` = (amount -
    breakeven) / amount, how far sales may fall short before there is a loss. Empty without the cost parameters.
    """
    if terms is None:
        return pd.DataFrame(columns=PROFITS)
    even = breakeven_sales(terms, profit=Decimal(0))
    fixed = to_fen(terms.fixed_cost)
    profit = [profit_of(int(amount), terms) for amount in ladder["amount"]]
    frame = ladder[["level", "amount"]].assign(
        contribution=[found + fixed for found in profit], fixed_cost=fixed, profit=profit, breakeven=even
    )
    return frame.assign(safety_share=(frame["amount"] - even) / frame["amount"].where(frame["amount"] > 0))


def scenarios(
    ladder: pd.DataFrame,
    *,
    last_year: int | None,
    trend: Trend | None = None,
    costs: BreakevenEstimate | None = None,
    rates: Sequence[Decimal] = GROWTH_GRID,
) -> pd.DataFrame:
    """What if: the year at a range of growth rates, the levels among them.

    One row per rate and level, in order of amount: `level` (empty for a rate of the grid), `growth` on last year,
    `amount` (int64 fen), `target_share` = amount / planned level, `profit` (Int64 fen) by the cost parameters,
    `probability` that the year reaches the amount, by the trend. Without a last year the levels alone.
    """
    plain = [("", whole(grown(last_year, rate))) for rate in rates] if last_year is not None else []
    rows = plain + rungs(ladder)
    frame = pd.DataFrame(sorted(rows, key=lambda row: (row[1], row[0])), columns=["level", "amount"])
    amounts = frame["amount"].tolist()
    goal = planned_amount(ladder)
    return frame.assign(
        growth=[amount / last_year - 1 if last_year else math.nan for amount in amounts],
        target_share=[amount / goal if goal else math.nan for amount in amounts],
        profit=pd.array([profit_of(amount, costs) if costs else None for amount in amounts], dtype="Int64"),
        probability=[trend.reach(amount) if trend else math.nan for amount in amounts],
    )


def odds_curve(ladder: pd.DataFrame, trend: Trend | None) -> pd.DataFrame:
    """Probability that the year reaches an amount, over the range of the trend's interval and the levels.

    `level` (empty between the levels), `amount` (int64 fen), `probability`, in order of amount. Empty without a trend.
    """
    if trend is None:
        return pd.DataFrame(columns=["level", "amount", "probability"])
    ends = [*trend.interval(), *ladder["amount"].tolist()]
    between = [("", int(amount)) for amount in np.linspace(min(ends), max(ends), CURVE_POINTS)]
    rows = between + rungs(ladder)
    frame = pd.DataFrame(rows, columns=["level", "amount"]).sort_values(["amount", "level"], ignore_index=True)
    return frame.assign(probability=[trend.reach(amount) for amount in frame["amount"].tolist()])


def overview(years: pd.DataFrame, ladder: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """Past years, levels and estimates in one column of amounts, as the first chart shows them.

    `years`, `ladder`, `made` are the frames of `yearly`, `levels`, `estimates`. One row each: `part` (`year`, `level`,
    `estimate`), `name`, `amount`, `low`, `high` (Int64 fen), `planned`.
    """
    known = years[years["amount"].notna()]
    parts = [
        pd.DataFrame({"part": "year", "name": known["year"].astype(str), "amount": known["amount"]}),
        ladder.rename(columns={"level": "name"}).assign(part="level"),
        pd.DataFrame(
            {
                "part": "estimate",
                "name": made["estimate"],
                "amount": made["value"],
                "low": made["low"],
                "high": made["high"],
            }
        ),
    ]
    columns = ["part", "name", "amount", "low", "high", "planned"]
    rows = [tuple(row) for part in parts for row in part.reindex(columns=columns).itertuples(index=False)]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(planned=frame["planned"].eq(True)).astype({"amount": "Int64", "low": "Int64", "high": "Int64"})
