"""What a manager should take from the projects followed, in sentences computed from the tracking table."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from salesplan.conclusions.saying import each_row, first_names, row_at, sayer
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("rep_allocation")
IN_ALL = "rep_allocation.and_in_all"
LOW = 1.0  # of the quota: pipeline and recurring sales together fall short of it


def project_sentences(
    words: Words, *, projects: "pd.DataFrame", dates: "pd.DataFrame", undated: "pd.DataFrame", coverage: "pd.DataFrame",
    day: date,
) -> list[str]:  # fmt: skip
    """The pipeline on the day, who covers his quota, what is overdue, which dates are near or missing."""
    if projects.empty:
        return []
    return [
        *_pipeline(projects, day, words),
        *_covered(coverage, words),
        *_overdue(projects, words),
        *_loose(projects, words),
        *_late(projects, words),
        *_dates(dates, words),
        *_undated(undated, words),
    ]


def _pipeline(projects: "pd.DataFrame", day: date, words: Words) -> Iterator[str]:
    amounts = {name: words.money(projects[name].sum()) for name in ("amount", "weighted")}
    yield _say(words, "pipeline", day=words.date(day), count=len(projects), **amounts)
    unknown = projects[projects["weighted"].isna()]
    if len(unknown):
        yield _say(words, "pipeline_unknown", projects=first_names(words, IN_ALL, unknown["project"].tolist()))


def _covered(coverage: "pd.DataFrame", words: Words) -> Iterator[str]:
    known = coverage[coverage["coverage"].notna()]
    if known.empty:
        return
    low = row_at(known, known["coverage"].astype("float64").to_numpy().argmin())
    yield _say(
        words, "coverage_least", rep=words.person(low["rep"]), share=words.percent(low["coverage"], 0),
        deals=int(low["deals"]),
    )  # fmt: skip
    short = known[(known["together_share"] < LOW).fillna(value=False)]
    named = [_share_of(row.rep, row.together_share, words) for row in each_row(short)]
    if named:
        yield _say(words, "together_short", reps=first_names(words, IN_ALL, named))
    elif known["together_share"].notna().all():
        yield _say(words, "together_enough", least=words.percent(known["together_share"].min(), 0))


def _share_of(rep: str, share: float, words: Words) -> str:
    return _say(words, "part", rep=words.person(rep), share=words.percent(share, 0))


def _overdue(projects: "pd.DataFrame", words: Words) -> Iterator[str]:
    late = projects[projects["state"] == "overdue"].sort_values(["overdue_days", "project"], ascending=[False, True])
    if late.empty:
        yield _say(words, "nothing_overdue")
        return
    named = [
        _say(words, "project_overdue", project=row.project, rep=words.person(row.rep), days=row.overdue_days)
        for row in each_row(late)
    ]
    yield _say(words, "overdue", count=len(late), projects=first_names(words, IN_ALL, named))


def _loose(projects: "pd.DataFrame", words: Words) -> Iterator[str]:
    for state in ("undated", "loose"):
        found = projects[projects["state"] == state].sort_values("project")
        if len(found):
            named = [_of(row.project, row.rep, words) for row in each_row(found)]
            yield _say(words, f"follow_{state}", count=len(found), projects=first_names(words, IN_ALL, named))


def _late(projects: "pd.DataFrame", words: Words) -> Iterator[str]:
    late = projects[projects["state"] == "late_close"].sort_values("project")
    if len(late):
        named = [_of(row.project, row.rep, words) for row in each_row(late)]
        yield _say(words, "close_past", count=len(late), projects=first_names(words, IN_ALL, named))


def _of(project: str, rep: str, words: Words) -> str:
    return _say(words, "project_of", project=project, rep=words.person(rep))


def _dates(dates: "pd.DataFrame", words: Words) -> Iterator[str]:
    for state in ("late", "near"):
        found = dates[dates["state"] == state]
        named = [
            _say(words, "date_of", project=row.project, event=row.event, ready=words.date(row.ready_by.date()))
            for row in each_row(found)
        ]
        if named:
            yield _say(words, f"dates_{state}", count=len(named), dates=first_names(words, IN_ALL, named))


def _undated(undated: "pd.DataFrame", words: Words) -> Iterator[str]:
    if len(undated):
        yield _say(
            words, "bids_undated", count=len(undated), projects=first_names(words, IN_ALL, undated["project"].tolist())
        )
