"""What a manager should take from step 1, in sentences computed from its tables."""

from typing import TYPE_CHECKING, Any

from salesplan.annual_target import COVERAGE
from salesplan.conclusions.saying import each_row, sayer
from salesplan.money import to_fen
from salesplan.tables.outputs import of_company
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("annual_target")
SEVERAL = 2  # estimates from which a weighted value says something of its own
SHORT = 3  # complete years below which the interval is called wide


def sentences(
    words: Words,
    *,
    targets: "pd.DataFrame",
    estimates: "pd.DataFrame",
    bridge: "pd.DataFrame",
) -> list[str]:
    """The levels against last year, the evidence, the odds and the gap; frames as saved by the step."""
    company = of_company(targets)
    amounts = company[company["indicator"] == "amount"]
    planned = amounts[amounts["planned"]].iloc[0]
    return [
        *(_level(row, words) for row in each_row(amounts[amounts["planned"]])),
        *_odds(amounts, words),
        *_gap(bridge, planned, words),
        *_weighted(estimates, planned, words),
        *_sides(estimates, planned, words),
        *_trend(estimates, words),
        *(_level(row, words) for row in each_row(amounts[~amounts["planned"]])),
        *_floor(estimates, planned, words),
    ]


def profit_sentences(words: Words, profits: "pd.DataFrame") -> list[str]:
    """What profit each level brings and how far sales may fall short before there is a loss; frame of `profits`."""
    return [_profit(row, words) for row in each_row(profits)]


def warnings(
    words: Words, *, years: "pd.DataFrame", capacity: "pd.DataFrame", left_out: list[str], fiscal_year: int
) -> list[str]:
    """What is thin or missing in the data behind the step: short history, open last year, estimates left out."""
    found = [
        *_history(years, fiscal_year, words),
        *[_say(words, "left_out", estimate=words.code("estimate", name)) for name in left_out],
        *_assumed(capacity, words),
    ]
    return found or [_say(words, "nothing_odd")]


def _level(row: Any, words: Words) -> str:
    level, amount = words.code("level", row.level), words.money(to_fen(row.value))
    kind = "planned" if row.planned else "other"
    if row.last_year is None or row.growth != row.growth:
        return _say(words, f"level_{kind}_alone", level=level, amount=amount)
    way = "up" if row.growth >= 0 else "down"
    last, growth = words.money(to_fen(row.last_year)), words.percent(abs(row.growth))
    return _say(words, f"level_{kind}_{way}", level=level, amount=amount, last=last, growth=growth)


def _weighted(estimates: "pd.DataFrame", planned: Any, words: Words) -> list[str]:
    found = estimates[estimates["estimate"] == "weighted"]
    if found.empty or len(estimates) - len(found) < SEVERAL:
        return []
    value = int(found["value"].iloc[0])
    distance = int(found[f"gap_{planned['level']}"].iloc[0])
    way = "above" if distance > 0 else "below" if distance < 0 else "equal"
    level, share = words.code("level", planned["level"]), words.percent(abs(distance) / value if value else None)
    values = {"value": words.money(value), "gap": words.money(abs(distance)), "share": share}
    return [_say(words, f"weighted_{way}", level=level, **values)]


def _sides(estimates: "pd.DataFrame", planned: Any, words: Words) -> list[str]:
    """Which estimates carry the planned level and which do not; break-even is a floor, not a forecast."""
    single = estimates[~estimates["estimate"].isin(["weighted", "breakeven"])]
    reached = single[f"gap_{planned['level']}"] <= 0
    level = words.code("level", planned["level"])
    sides = (("carried", single[reached]), ("not_carried", single[~reached]))
    return [_say(words, key, level=level, estimates=_named(rows, words)) for key, rows in sides if len(rows)]


def _floor(estimates: "pd.DataFrame", planned: Any, words: Words) -> list[str]:
    """Whether the planned level reaches the sales that the profit asked for needs."""
    gap = f"gap_{planned['level']}"
    level = words.code("level", planned["level"])
    return [
        _say(
            words,
            "floor_met" if row[gap] >= 0 else "floor_missed",
            level=level,
            value=words.money(row["value"]),
            gap=words.money(abs(row[gap])),
        )
        for _, row in estimates[estimates["estimate"] == "breakeven"].iterrows()
    ]


def _named(rows: "pd.DataFrame", words: Words) -> str:
    return words.list(
        [
            _say(words, "named_amount", name=words.code("estimate", row.estimate), amount=words.money(row.value))
            for row in each_row(rows)
        ]
    )


def _trend(estimates: "pd.DataFrame", words: Words) -> list[str]:
    return [
        _say(
            words,
            "trend",
            value=words.money(row.value),
            low=words.money(row.low),
            high=words.money(row.high),
            coverage=words.percent(COVERAGE, 0),
        )
        for row in each_row(estimates[estimates["estimate"] == "trend"])
    ]


def _odds(amounts: "pd.DataFrame", words: Words) -> list[str]:
    known = amounts[amounts["probability"].notna()]
    parts = [
        _say(words, "odds_part", level=words.code("level", row.level), probability=words.percent(row.probability, 0))
        for row in each_row(known)
    ]
    return [_say(words, "odds", levels=words.list(parts))] if parts else []


def _gap(bridge: "pd.DataFrame", planned: Any, words: Words) -> list[str]:
    if bridge.empty:
        return [_say(words, "no_bridge")]
    sums = bridge.groupby("part")["amount"].sum().to_dict()
    total, rest = int(sums["level"] - sums["last_year"]), int(sums["unexplained"])
    count = int((bridge["part"] == "measure").sum())
    values = {
        "level": words.code("level", planned["level"]),
        "total": words.money(total),
        "count": count,
        "named": words.money(int(sums.get("measure", 0))),
        "rest": words.money(abs(rest)),
    }
    if total <= 0:
        return [_say(words, "gap_none", **values)]
    way = "open" if rest > 0 else "over" if rest < 0 else "closed"
    return [_say(words, f"gap_{way}" if count else "gap_no_measures", **values)]


def _profit(row: Any, words: Words) -> str:
    level, amount, even = words.code("level", row.level), words.money(row.amount), words.money(row.breakeven)
    values = {"level": level, "amount": amount, "even": even}
    if row.profit < 0:
        return _say(words, "loss", **values, loss=words.money(-row.profit))
    return _say(words, "profit", **values, profit=words.money(row.profit), safety=words.percent(row.safety_share))


def _history(years: "pd.DataFrame", fiscal_year: int, words: Words) -> list[str]:
    complete = int(years["complete"].sum())
    last = years[(years["year"] == fiscal_year - 1) & years["amount"].notna()]
    if last.empty:
        return [_say(words, "no_last_year", year=fiscal_year - 1)]
    open_year = [
        _say(words, "open_year", year=row.year, months=row.months) for row in each_row(last[~last["complete"]])
    ]
    short = {0: "no_complete_year", 1: "one_year"}.get(complete, "short_history")
    return open_year + ([_say(words, short, count=complete)] if complete < SHORT else [])


def _assumed(capacity: "pd.DataFrame", words: Words) -> list[str]:
    names = [words.person(rep) for rep in capacity.loc[capacity["assumed"], "rep"]] if len(capacity) else []
    return [_say(words, "assumed_capacity", count=len(names), reps=words.list(names))] if names else []
