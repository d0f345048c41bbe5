"""Sentences on territories, vacancies and the bases of the quotas."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.conclusions.saying import each_row, row_at, sayer
from salesplan.rep_allocation.people.handovers import Territory
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

MOST = 6  # handovers and vacancies told one by one; the rest is counted
BLENDED = "blended"
CLEAR = 0.005  # of the year: a smaller difference between bases is none
_say = sayer("rep_allocation")


def territories(words: Words, territory: Territory) -> list[str]:
    """Who takes over how much from whom and when, and what nobody holds."""
    return [
        *(_handovers(territory.handovers, words) or [_say(words, "no_handovers")]),
        *(_vacancies(territory.vacancies, words) or [_say(words, "no_vacancies")]),
    ]


def _handovers(moves: "pd.DataFrame", words: Words) -> list[str]:
    ordered = moves.sort_values(["last_year", "rep", "successor"], ascending=[False, True, True])
    told = [
        _say(
            words,
            "handover" if row.date == row.date else "handover_before",
            rep=words.person(row.rep),
            successor=words.person(row.successor),
            date=words.date(row.date) if row.date == row.date else "",
            count=row.customers,
            amount=words.money(row.last_year),
        )
        for row in each_row(ordered.head(MOST))
    ]
    rest = ordered.iloc[MOST:]
    more = _say(words, "handovers_more", count=len(rest), amount=words.money(int(rest["last_year"].sum())))
    return [*told, more] if len(rest) else told


def _vacancies(gaps: "pd.DataFrame", words: Words) -> list[str]:
    ordered = gaps.sort_values(["amount", "region", "rep", "successor"], ascending=[False, True, True, True])
    told = [
        _say(
            words,
            f"vacancy_{_kind(row.reason, row.customers)}",
            region=row.region,
            rep=words.person(row.rep) or _say(words, "nobody"),
            successor=words.person(row.successor) or _say(words, "nobody"),
            count=row.customers,
            months=_months(row.first_month, row.last_month, words),
            amount=words.money(row.amount),
            carried_by=words.code("choice", row.carried_by),
        )
        for row in each_row(ordered.head(MOST))
    ]
    rest = ordered.iloc[MOST:]
    more = _say(words, "vacancies_more", count=len(rest), amount=words.money(int(rest["amount"].sum())))
    return [*told, more] if len(rest) else told


def _kind(reason: str, customers: int) -> str:
    """Without a customers table it is a rep's business that nobody takes over."""
    return reason if customers or reason in ("house", "ramp") else "orders"


def _months(first: str, last: str, words: Words) -> str:
    if first == last:
        return words.month(first)
    return _say(words, "months_span", first=words.month(first), last=words.month(last))


def bases(words: Words, table: "pd.DataFrame") -> list[str]:
    """Which bases decide, who would gain or lose most if one of them decided alone, what stands in for missing data."""
    if table.empty:
        return []
    return [*_blend(table, words), *_extremes(table, words), *_substitutes(table, words)]


def _blend(table: "pd.DataFrame", words: Words) -> Iterator[str]:
    counted = table[(table["weight"] > 0) & (table["basis"] != BLENDED)].drop_duplicates("basis")
    parts = [
        _say(words, "base_weight", base=words.code("base", row.basis), weight=words.percent(row.weight, 0))
        for row in each_row(counted)
    ]
    if parts:
        yield _say(words, "bases_blend", parts=words.list(parts))


def _extremes(table: "pd.DataFrame", words: Words) -> Iterator[str]:
    """For each base that counts: who would get most more and most less under it alone."""
    blend = table[table["basis"] == BLENDED].set_index("rep")["carried_share"]
    single = table[(table["basis"] != BLENDED) & (table["weight"] > 0)]
    change = single.assign(change=single["carried_share"] - single["rep"].map(blend))
    for base, rows in change.groupby("basis", sort=False):
        ranked = rows.sort_values(["change", "rep"], kind="stable")
        low, high = row_at(ranked, 0), row_at(ranked, -1)
        if high["change"] >= CLEAR:
            yield _say(
                words,
                "base_alone",
                base=words.code("base", str(base)),
                gains=words.person(high["rep"]),
                more=words.number(high["change"] * 100, 1),
                loses=words.person(low["rep"]),
                less=words.number(-low["change"] * 100, 1),
            )


def _substitutes(table: "pd.DataFrame", words: Words) -> Iterator[str]:
    """Whose data a substitute stands in for, of the bases that count."""
    taken = table[(table["substitute"] != "") & (table["basis"] != BLENDED) & (table["weight"] > 0)]
    for (base, code), rows in taken.groupby(["basis", "substitute"], sort=True):
        names = [words.person(rep) for rep in rows["rep"].head(MOST)]
        key = "base_substitute" if len(rows) <= MOST else "base_substitute_more"
        values = {"base": words.code("base", str(base)), "substitute": words.code("replaced", str(code))}
        yield _say(words, key, reps=words.list(names), count=len(rows), **values)
