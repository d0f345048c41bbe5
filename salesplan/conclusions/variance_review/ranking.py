"""Reps beside their peers, in words: who leads, who must sell how much a month from now on."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from salesplan.conclusions.saying import each_row, first_names, sayer
from salesplan.variance_review.ranking import Promise
from salesplan.wording import Words

say = sayer("ranking")
STEEP = 1.1  # times what his quota asked of the months to come: a catch-up that is named


def ranking_sentences(words: Words, table: pd.DataFrame, promises: Sequence[Promise]) -> list[str]:
    """The first and the last to date, whose catch-up is steep, and promises whose own numbers do not agree."""
    ranked = table[table["place"].notna()]
    if len(ranked) < 2:
        return [say(words, "too_few")] if len(table) else []
    return [*_ends(words, ranked), *_steep(words, ranked), *(_promised(words, one) for one in promises)]


def _ends(words: Words, ranked: pd.DataFrame) -> Iterator[str]:
    first, last = ranked.iloc[0], ranked.iloc[-1]
    yield say(
        words, "ends", first=words.person(first["rep"]), first_share=words.percent(first["attainment"], 0),
        last=words.person(last["rep"]), last_share=words.percent(last["attainment"], 0),
        gap=words.money(last["amount_to_median"]),
    )  # fmt: skip


def _steep(words: Words, ranked: pd.DataFrame) -> Iterator[str]:
    """Reps who must sell far more in the months to come than their quota asked of these."""
    if not int(ranked["months_left"].iloc[0]):
        return
    planned = ranked["amount_month_planned"].astype("float64")
    times = ranked["amount_month_quota"].astype("float64") / planned.where(planned > 0)
    steep = ranked.assign(times=times)[times >= STEEP].sort_values(["times", "rep"], ascending=[False, True])
    if steep.empty:
        yield say(words, "all_level", more=words.percent(STEEP - 1, 0))
        return
    names = [_climb(words, row) for row in each_row(steep)]
    yield say(words, "steep", names=first_names(words, "ranking.more", names), more=words.percent(STEEP - 1, 0))


def _climb(words: Words, row: Any) -> str:
    monthly = {"needed": words.money(row.amount_month_quota), "planned": words.money(row.amount_month_planned)}
    return say(words, "climb", rep=words.person(row.rep), more=words.percent(row.times - 1, 0), **monthly)


def _promised(words: Words, one: Promise) -> str:
    """What a rep wants to sell, divided by the months; his own number beside it where it differs."""
    told = {"rep": words.person(one.rep), "amount": words.money(one.amount), "months": one.months}
    needed = words.money(one.needed)
    if one.monthly is None or one.consistent:
        return say(words, "promise", needed=needed, **told)
    said, makes = words.money(one.monthly), words.money(one.monthly * one.months)
    return say(words, "promise_wrong", needed=needed, said=said, makes=makes, **told)
