"""The pack of indicators in words: cards, the catalogue, and what calls for a look."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from salesplan.conclusions.saying import each_row, first_names, sayer
from salesplan.money import to_fen
from salesplan.report.table import PER_PIECE, counted
from salesplan.terms.indicators import INDICATORS
from salesplan.variance_review.kpis import KpiPack
from salesplan.wording import BLANK, Words, round_half_away

say = sayer("kpi")
ORDER = ("sales", "showroom", "customer", "plan")
Form = tuple[str, list[tuple[str, list[str]]]]


def cards(words: Words, pack: KpiPack) -> list[Form]:
    """One box per chosen indicator, the worst first: name and state, value and target, what the year says."""
    if pack.cards.empty:
        return []
    month = words.month(str(pack.cards["month"].iloc[0]))
    boxes = [(_title(words, row), list(_lines(words, row))) for row in each_row(pack.cards)]
    return [(say(words, "cards", month=month, count=len(boxes)), boxes)]


def _title(words: Words, row: Any) -> str:
    return say(words, "card", name=words.code("indicator", row.indicator), state=words.code("state", row.state))


def _lines(words: Words, row: Any) -> Iterator[str]:
    value, target = measure(words, row.indicator, row.value, row.unit), BLANK
    if row.target is None:
        yield say(words, "value_alone", value=value)
    else:
        target = measure(words, row.indicator, row.target, row.unit)
        basis = words.code("basis", row.basis)
        yield say(words, f"value_{row.better}", value=value, target=target, basis=basis)
    if row.year_share == row.year_share:
        shares = ("year_share", "seasonal_share", "workday_share")
        told = {name.removesuffix("_share"): words.percent(getattr(row, name)) for name in shares}
        yield say(words, "behind_time" if row.alert else "with_time", **told)


def measure(words: Words, indicator: str, value: Any, unit: str) -> str:
    """A value of an indicator in its own unit."""
    if unit == "share":
        return words.percent(value)
    if unit == "currency" and indicator not in PER_PIECE:
        return words.money(to_fen(round_half_away(value, 2)))
    number = words.number(value, 0 if value == round(value) else 2)
    return counted(number, indicator, words)


def sentences(words: Words, pack: KpiPack) -> list[str]:
    """How many of the chosen ones are on course, which are behind, which have no value."""
    found = pack.cards
    if found.empty:
        return [say(words, "none")]
    names = {state: _names(words, found, state) for state in ("behind", "watch")}
    said = [say(words, "count", count=len(found), ok=int((found["state"] == "ok").sum()))]
    said += [
        say(words, f"state_{state}", names=first_names(words, "kpi.more", some))
        for state, some in names.items()
        if some
    ]
    late = [words.code("indicator", name) for name in found.loc[found["alert"], "indicator"]]
    if late:
        said.append(say(words, "late", names=words.list(late)))
    if pack.lacking:
        lacking = [words.code("indicator", name) for name in pack.lacking]
        said.append(say(words, "lacking", names=words.list(lacking)))
    return said if pack.chosen else [*said, say(words, "not_chosen")]


def _names(words: Words, found: pd.DataFrame, state: str) -> list[str]:
    return [words.code("indicator", name) for name in found.loc[found["state"] == state, "indicator"]]


def catalogue(words: Words, pack: KpiPack) -> pd.DataFrame:
    """All indicators to choose from, and the plan's own: formula, direction, and what they are in the last month."""
    last = pack.table[pack.table["month"] == pack.table["month"].max()].set_index("indicator")
    own = sorted(set(pack.table["indicator"]) - set(INDICATORS))
    known = sorted(INDICATORS, key=lambda code: ORDER.index(INDICATORS[code].family))
    rows = [_listed(words, code, last.loc[code] if code in last.index else None) for code in [*known, *own]]
    return pd.DataFrame(rows, columns=["family", "name", "formula", "better", "value", "target", "state"])


def _listed(words: Words, code: str, row: Any) -> list[str]:
    """One line of the catalogue; blanks where there is no value."""
    one = INDICATORS.get(code)
    family, better = (one.family, one.better) if one else ("own", "higher")
    formula = words(f"kpi_formula.{code}") if one else words("kpi_formula.entered")
    head = [family, words.code("indicator", code), formula]
    if row is None:
        return [*head, better, BLANK, BLANK, ""]
    sides = [
        BLANK if row[side] is None else measure(words, code, row[side], row["unit"]) for side in ("value", "target")
    ]
    return [*head, row["better"], *sides, row["state"]]
