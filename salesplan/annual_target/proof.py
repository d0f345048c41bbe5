"""The target proved backwards: from last year over the measures to the level, and what each level brings."""

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from salesplan.annual_target.evidence import breakeven_sales
from salesplan.annual_target.ladder import grown, planned_amount, rungs, units_for, whole
from salesplan.annual_target.outlook import Trend
from salesplan.calendar import month_span
from salesplan.money import to_fen
from salesplan.terms.annual_target import Measure
from salesplan.terms.estimates import BreakevenEstimate

PROFITS = ["level", "amount", "contribution", "fixed_cost", "profit", "breakeven", "safety_amount", "safety_share"]
PROFITS += ["units", "breakeven_units", "safety_units"]
BRIDGE = ["level", "part", "name", "amount", "resources", "owner", "start", "end", "amount_from", "amount_to"]
AROUND = tuple(Fraction(points, 100) for points in range(-5, 6) if points)  # of growth, around the plan's own
CURVE_POINTS = 41


def bridge(
    ladder: pd.DataFrame, *, last_year: int | None, measures: Sequence[Measure] = (), level: str | None = None
) -> pd.DataFrame:
    """From last year's actual to a level, the planned one unless told: last year + measures + unexplained = level.

    One row per part: `level`, `part` (`last_year`, `measure`, `unexplained`, `level`), `name` (of the measure or
    level), `amount` (int64 fen), `resources`, `owner`, `start`, `end` of a measure, `amount_from` and `amount_to` (fen,
    where the part begins and ends on the way). `unexplained` is negative where the measures bring more than is needed.
    Empty without a last year. Source: the back-calculation proof of S3.
    """
    if last_year is None:
        return _bridge_frame([])
    aim = level or str(ladder.loc[ladder["planned"], "level"].iloc[0])
    goal = dict(rungs(ladder))[aim]
    named = [
        (aim, "measure", one.name, to_fen(one.amount), one.resources, one.owner, one.start, one.end) for one in measures
    ]
    rest = goal - last_year - sum(step[3] for step in named)
    nobody = ("", "", None, None)
    steps = [(aim, "last_year", "", last_year, *nobody), *named, (aim, "unexplained", "", rest, *nobody)]
    ends = np.cumsum([step[3] for step in steps]).tolist()
    rows = [(*step, begin, end) for step, begin, end in zip(steps, [0, *ends], ends, strict=False)]
    return _bridge_frame([*rows, (aim, "level", aim, goal, *nobody, 0, goal)])


def bridges(ladder: pd.DataFrame, *, last_year: int | None, measures: Sequence[Measure] = ()) -> pd.DataFrame:
    """Table `annual_target_bridge`: the `bridge` to every level, one below the other in the order of the ladder."""
    ways = [bridge(ladder, last_year=last_year, measures=measures, level=name) for name, _ in rungs(ladder)]
    rows = [row for way in ways for row in way.itertuples(index=False, name=None)]
    return _bridge_frame(rows)


def gaps(ways: pd.DataFrame) -> pd.DataFrame:
    """What each level asks beyond last year, what the measures bring, and what nothing explains yet.

    `ways` is the frame of `bridges`. One row per level: `level`, `last_year`, `increase` = level - last year,
    `explained` (by the measures), `unexplained`, all int64 fen; `explained_share` = explained / increase (NaN without
    an increase).
    """
    sums = ways.pivot_table(index="level", columns="part", values="amount", aggfunc="sum", sort=False, fill_value=0)
    parts = sums.reindex(columns=["last_year", "measure", "unexplained", "level"], fill_value=0).astype("int64")
    increase = parts["level"] - parts["last_year"]
    frame = pd.DataFrame(
        {
            "level": parts.index.astype("str"),
            "last_year": parts["last_year"].to_numpy(),
            "increase": increase.to_numpy(),
            "explained": parts["measure"].to_numpy(),
            "unexplained": parts["unexplained"].to_numpy(),
        }
    )
    return frame.assign(explained_share=frame["explained"] / frame["increase"].where(frame["increase"] > 0))


def measure_gaps(measures: Sequence[Measure], *, months: Sequence[str], cutoff: int | None = None) -> pd.DataFrame:
    """What a measure lacks before anybody can be held to it: `name` and `lacks`, one row each, in their order.

    `months` are the labels of the plan year. `lacks` is `resources`, `owner`, `dates` (start or end), `outside` (not
    wholly within the year) or `brings_nothing` (no amount above zero).
    """
    first, last = month_span(months[0], cutoff)[0], month_span(months[-1], cutoff)[1]
    rows = [(one.name, lack) for one in measures for lack in _lacks(one, first, last)]
    return pd.DataFrame(rows, columns=["name", "lacks"], dtype="str")


def _lacks(one: Measure, first: date, last: date) -> list[str]:
    known = [day for day in (one.start, one.end) if day is not None]
    checks = {
        "resources": not one.resources.strip(),
        "owner": not one.owner.strip(),
        "dates": len(known) < 2,
        "outside": any(not first <= day <= last for day in known),
        "brings_nothing": one.amount <= 0,
    }
    return [name for name, lacking in checks.items() if lacking]


def _bridge_frame(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=BRIDGE)
    days = {name: pd.to_datetime(frame[name]) for name in ("start", "end")}
    return frame.assign(**days).astype({"amount": "int64", "amount_from": "int64", "amount_to": "int64"})


def profit_of(amount: int, terms: BreakevenEstimate) -> int:
    """Profit in fen that sales bring: amount x (1 - variable cost rate) - fixed cost."""
    return whole(amount * (1 - Fraction(terms.variable_cost_rate))) - to_fen(terms.fixed_cost)


def profits(ladder: pd.DataFrame, terms: BreakevenEstimate | None, company: pd.DataFrame | None = None) -> pd.DataFrame:
    """Break-even the other way round: what profit each level brings, in amount and in units.

    One row per level: `level`, `amount`, `contribution` = amount x (1 - variable cost rate), `fixed_cost`, `profit` =
    contribution - fixed cost, `breakeven` (sales without profit or loss), `safety_amount` = amount - breakeven, how
    far sales may fall short before there is a loss, all int64 fen; `safety_share` = safety amount / amount; `units`,
    `breakeven_units`, `safety_units` in pieces: those of a level are its target in table `annual_target` (`company`,
    its rows of the whole company), those of break-even last year's exact ratio (`units_for`); NaN where the quantity
    is unknown. Empty without the cost parameters.
    """
    if terms is None:
        return pd.DataFrame(columns=PROFITS)
    even = breakeven_sales(terms, profit=Decimal(0))
    fixed = to_fen(terms.fixed_cost)
    profit = [profit_of(int(amount), terms) for amount in ladder["amount"]]
    frame = ladder[["level", "amount"]].assign(
        contribution=[found + fixed for found in profit], fixed_cost=fixed, profit=profit, breakeven=even
    )
    safety = frame["amount"] - even
    share = safety / frame["amount"].where(frame["amount"] > 0)
    units = [_units(level, company) for level in frame["level"]]
    least = [math.nan if company is None else units_for(even, company)] * len(frame)
    spare = [have - need for have, need in zip(units, least, strict=True)]
    return frame.assign(
        safety_amount=safety, safety_share=share, units=units, breakeven_units=least, safety_units=spare
    )


def _units(level: str, company: pd.DataFrame | None) -> float:
    """Pieces asked of a level; NaN where they are not known."""
    if company is None:
        return math.nan
    asked = company[(company["indicator"] == "quantity") & (company["level"] == level)]["value"].tolist()
    return float(asked[0]) if asked and asked[0] is not None else math.nan


def scenarios(
    ladder: pd.DataFrame,
    *,
    last_year: int | None,
    trend: Trend | None = None,
    costs: BreakevenEstimate | None = None,
    rates: Sequence[Decimal | Fraction] | None = None,
) -> pd.DataFrame:
    """What if: the year at a range of growth rates, by default five points around the plan's, the levels among them.

    One row per rate and level, in order of amount: `level` (empty for a rate of the grid), `growth` on last year,
    `planned` (whether it is the planned level), `amount` (int64 fen), `target_share` = amount / planned level,
    `profit` (Int64 fen) by the cost parameters, `probability` that the year reaches the amount, by the trend. Without
    a last year the levels alone.
    """
    goal = planned_amount(ladder)
    if rates is None:
        rates = [Fraction(goal, last_year) - 1 + points for points in AROUND] if last_year else []
    plain = [("", whole(grown(last_year, rate))) for rate in rates] if last_year is not None else []
    rows = plain + rungs(ladder)
    frame = pd.DataFrame(sorted(rows, key=lambda row: (row[1], row[0])), columns=["level", "amount"])
    amounts, own = frame["amount"].tolist(), ladder.loc[ladder["planned"], "level"].iloc[0]
    return frame.assign(
        planned=frame["level"] == own,
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
