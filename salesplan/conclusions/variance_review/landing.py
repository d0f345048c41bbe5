"""Where the year lands, in sentences: how the odds moved, who misses the year."""

from collections.abc import Iterator

import pandas as pd

from salesplan.conclusions.saying import row_at, sayer
from salesplan.wording import Words

LIKELY = 0.5
say = sayer("landing")


def landing(words: Words, course: pd.DataFrame, members: pd.DataFrame) -> list[str]:
    """What the tables `variance_review_landing` and `variance_review_landing_members` say; nothing without actuals."""
    if course.empty:
        return []
    found = list(_course(words, course)) or [say(words, "no_history")]
    for name, part in members.groupby("dimension", sort=False):
        found += _members(words, str(name), part)
    return found


def _course(words: Words, course: pd.DataFrame) -> Iterator[str]:
    """Per level: what the probability was at first, and what it is now."""
    for level, line in course[course["probability"].notna()].groupby("level", sort=False):
        first, last = row_at(line, 0), row_at(line, -1)
        texts = {
            "level": words.code("level", str(level)),
            "target": words.money(last["target"]),
            "month": words.month(last["month"]),
            "now": words.percent(last["probability"], 0),
        }
        if len(line) == 1:
            yield say(words, "once", **texts)
            continue
        before = row_at(line, -2)
        then = {"first_month": words.month(first["month"]), "first": words.percent(first["probability"], 0)}
        yield say(
            words,
            "moved",
            before=words.percent(before["probability"], 0),
            moved=_signed(words, int(last["expected"] - before["expected"])),
            **texts,
            **then,
        )


def _members(words: Words, dimension: str, part: pd.DataFrame) -> Iterator[str]:
    """How many miss their year, and who misses it by most."""
    known = part[part["expected"].notna() & (part["target"] > 0)]
    if known.empty:
        return
    behind = known[known["gap"] < 0]
    texts = {"dimension": words.column(dimension), "count": len(known), "behind": len(behind)}
    if behind.empty:
        yield say(words, "members_reach", **texts)
        return
    worst = row_at(behind, 0)
    yield say(
        words,
        "members",
        worst=words.person(str(worst["member"])),
        expected=words.money(worst["expected"]),
        gap=words.money(-int(worst["gap"])),
        probability=words.percent(worst["probability"], 0),
        **texts,
    )


def _signed(words: Words, fen: int) -> str:
    return ("+" if fen > 0 else "") + words.money(fen)
