"""What the review says of the reps' work and of the projects they follow."""

from collections.abc import Iterator, Sequence

import pandas as pd

from salesplan.apportion import TOTAL
from salesplan.variance_review.activity import Activities, team_activity
from salesplan.variance_review.projects import Projects
from salesplan.wording import Words

STEM = "activity_review"
NAMED = 3


def activity_sentences(words: Words, found: Activities) -> list[str]:
    """Who is behind with what, what that costs at the plan's rates, how the funnel converts, and the visits."""
    if found.table["actual"].isna().all() or not len(found.table):
        return [words(f"{STEM}.none")]
    if found.table["planned"].isna().all():
        return [words(f"{STEM}.no_plan")]
    return [
        *_team(words, team_activity(found.table)),
        *_behind(words, found),
        *_rates(words, found.conversion),
        *_visits(words, found.visits),
    ]


def _team(words: Words, team: pd.DataFrame) -> Iterator[str]:
    parts = [
        words(f"{STEM}.team_one", activity=words.code("activity", name), share=words.percent(share, 0))
        for name, share in zip(team["activity"], team["attainment"], strict=True)
    ]
    yield words(f"{STEM}.team", parts=words.list(parts))


def _behind(words: Words, found: Activities) -> Iterator[str]:
    for row in found.behind.head(NAMED).to_dict("records"):
        yield words(
            f"{STEM}.behind",
            rep=words.person(row["rep"]),
            activity=words.code("activity", row["activity"]),
            actual=row["actual"],
            planned=row["planned"],
            missing=row["missing"],
            amount=words.money(row["amount_missing"]),
        )
    if len(found.behind) > NAMED:
        yield words(f"{STEM}.behind_more", count=len(found.behind) - NAMED)
    if found.behind.empty:
        yield words(f"{STEM}.nobody_behind")


def _rates(words: Words, conversion: pd.DataFrame) -> Iterator[str]:
    team = conversion[(conversion["rep"] == TOTAL) & conversion["rate"].notna() & conversion["plan_rate"].notna()]
    if len(team):
        gaps = (team["rate"] - team["plan_rate"]).round(9)
        worst = team.iloc[int(gaps.to_numpy().argmin())]
        texts = {name: words.percent(worst[name]) for name in ("rate", "plan_rate")}
        key = "rate_short" if gaps.min() < 0 else "rates_kept"
        yield words(f"{STEM}.{key}", activity=words.code("activity", worst["activity"]), **texts)


def _visits(words: Words, visits: pd.DataFrame) -> Iterator[str]:
    whole = visits[(visits["grade"] == TOTAL) & visits["visits"].notna()]
    if whole.empty:
        return
    sums = whole.groupby("rep")[["visits", "visits_due"]].sum()
    short = sums[sums["visits"] < sums["visits_due"]]
    named = visits["visited"].notna().any()
    names = words.list([words.person(str(rep)) for rep in short.index])
    key = "visits_short" if len(short) else "visits_kept"
    yield words(f"{STEM}.{key}", count=len(sums), short=len(short), names=names)
    if not named:
        yield words(f"{STEM}.visits_by_count")


def project_sentences(words: Words, found: Projects, still: Sequence[str]) -> list[str]:
    """Closes and contacts missed, and what the projects still bring in the months to come."""
    table = found.table
    if table.empty:
        return [words("project_review.none")]
    late, overdue = (table[table["state"] == state] for state in ("late_close", "overdue"))
    coming = table[table["month"].isin(list(still))]
    texts = [
        words(
            "project_review.open",
            count=len(table),
            coming=len(coming),
            amount=words.money(int(coming["amount"].sum())),
            weighted=words.money(int(coming["amount_open"].sum())),
        )
    ]
    for name, rows in (("late", late), ("overdue", overdue)):
        if len(rows):
            names = words.list([str(project) for project in rows["project"].head(NAMED)])
            texts.append(words(f"project_review.{name}", count=len(rows), names=names, amount=_sum(words, rows)))
    moved = table[table["close_before"].notna() & (table["close"] > table["close_before"])]
    if len(moved):
        names = words.list([str(project) for project in moved["project"].head(NAMED)])
        texts.append(words("project_review.moved", count=len(moved), names=names, amount=_sum(words, moved)))
    return texts


def _sum(words: Words, rows: pd.DataFrame) -> str:
    return words.money(int(rows["amount"].sum()))
