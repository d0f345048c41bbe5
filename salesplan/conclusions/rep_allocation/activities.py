"""What a manager should take from the activity plan, in sentences computed from its tables."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.saying import each_row, sayer
from salesplan.rep_allocation import FieldWork
from salesplan.terms.activities import Funnel
from salesplan.terms.plan import Tax
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("rep_allocation")
NAMED = 6


def activities(words: Words, work: FieldWork, *, terms: Funnel | None) -> list[str]:
    """What the quotas ask for, who cannot work his plan and what would help, whose records are doubtful."""
    if work.plan is None:
        key = "activities_records" if len(work.recorded) else "activities_nothing"
        return [_say(words, key, reps=work.recorded["rep"].nunique())]
    return [
        *_asked(work, words),
        *_unworkable(work, words),
        *_standards(work, words),
        *_doubts(work.doubts, words),
        *_without_records(work.funnel, terms, words),
    ]


def boards(words: Words, work: FieldWork, *, tax: Tax) -> list[str]:
    """The nearest month in one look: target, visits, wins, collections, receivables and their odds, and their tax."""
    if work.board.empty:
        return []
    month = work.board[work.board["kind"] == "month"]
    values = {"month": words.month(work.month), "target": words.money(_money(month, "target"))}
    lines = [_say(words, "board_month", wins=words.number(_count(month, "deal")), **values)]
    if "week" not in set(work.board["kind"]):
        lines.append(_say(words, "board_coarse", count=words.number(len(work.counts))))
    if work.cash is None:
        return [*lines, _say(words, "board_no_collections")]
    owed, coming = _money(month, "receivable"), _money(month, "collection")
    rows = month[month["activity"] == "receivable"]
    expected = float((rows["amount"].astype("float64") * rows["probability"].fillna(0)).sum())
    odds = words.percent(expected / owed if owed else None, 0)
    days = work.cash.median_days
    lines.append(_say(words, "board_cash", coming=words.money(coming), owed=words.money(owed), odds=odds,
                      day=words.date(work.cash.today), fast=int(days.min()), slow=int(days.max())))  # fmt: skip
    if tax.sales != tax.collections:
        lines.append(_say(words, f"board_tax_{tax.collections}", rate=words.percent(tax.rate, 0)))
    return lines


def _money(rows: "pd.DataFrame", activity: str) -> int:
    return int(rows.loc[rows["activity"] == activity, "amount"].sum())


def _count(rows: "pd.DataFrame", activity: str) -> int:
    return int(rows.loc[rows["activity"] == activity, "count"].sum())


def _asked(work: FieldWork, words: Words) -> Iterator[str]:
    """The whole year of all reps, stage by stage."""
    names = [name for name in work.counts.columns if name not in ("rep", "quota", "amount_deal", "cold_visit",
                                                                  "return_visit")]  # fmt: skip
    each = [
        _say(words, "asked_stage", activity=words.code("activity", name), count=words.number(work.counts[name].sum()))
        for name in names
    ]
    quota = words.money(int(work.counts["quota"].sum()))
    yield _say(words, "asked", count=len(work.counts), quota=quota, stages=words.list(each))
    if "return_visit" in work.counts:
        owed, cold = work.counts["return_visit"].sum(), work.counts["cold_visit"].sum()
        yield _say(words, "asked_visits", owed=words.number(owed), cold=words.number(cold))


def _unworkable(work: FieldWork, words: Words) -> Iterator[str]:
    """Who cannot work his plan, with the hours missing, the worst month, and what would make it workable."""
    if work.remedies.empty:
        yield _say(words, "workable")
        return
    for row in each_row(work.remedies.head(NAMED)):
        yield _one(row, words)
    if len(work.remedies) > NAMED:
        yield _say(words, "unworkable_more", count=len(work.remedies) - NAMED)


def _one(row: Any, words: Words) -> str:
    values = {
        "rep": words.person(row.rep),
        "months": row.months_short,
        "hours": words.number(row.hours_missing),
        "month": words.month_short(row.month),
        "load": words.percent(row.load_share, 0),
    }
    ways = [_say(words, "remedy_shift")] if row.by_shifting else []
    if row.rate_needed == row.rate_needed:
        rates = {"rate": words.percent(row.rate, 0), "needed": words.percent(row.rate_needed, 0)}
        ways.append(_say(words, "remedy_rate", **rates))
    if row.amount_too_much > 0:
        ways.append(_say(words, "remedy_quota", less=words.money(row.amount_too_much)))
    if row.helpers >= 0.05:
        ways.append(_say(words, "remedy_help", helpers=words.number(row.helpers, 1)))
    key = "unworkable" if ways else "unworkable_only"
    return _say(words, key, ways=_say(words, "or").join(ways), **values)


def _standards(work: FieldWork, words: Words) -> Iterator[str]:
    """The company's standard beside what the quotas ask for."""
    for activity, rows in work.pace.groupby("activity", sort=False):
        standard = int(rows["standard"].iloc[0])
        known = rows.dropna(subset=["pace"])
        if known.empty:
            continue
        above = int((known["pace"] > standard).sum())
        values = {"activity": words.code("activity", str(activity)), "standard": words.number(standard),
                  "per": words.code("per", str(rows["per"].iloc[0])), "above": above, "count": len(known)}  # fmt: skip
        low, high = words.number(known["pace"].min(), 1), words.number(known["pace"].max(), 1)
        yield _say(words, "standard_beside", low=low, high=high, **values)


def _doubts(doubts: "pd.DataFrame", words: Words) -> Iterator[str]:
    for code, rows in doubts.groupby("doubt", sort=True):
        names = words.list([words.person(rep) for rep in dict.fromkeys(rows["rep"])][:NAMED])
        stages = words.list([words.code("activity", name) for name in dict.fromkeys(rows["activity"]) if name])
        yield _say(words, f"doubt_{code}", reps=names, activity=stages)


def _without_records(funnel: "pd.DataFrame", terms: Funnel | None, words: Words) -> Iterator[str]:
    """Reps whose rates are not their own."""
    stages = funnel[funnel["activity"] != "deal"]
    if terms is not None and terms.rates == "plan":
        return
    for source in ("team", "company", "plan"):
        reps = (stages["source"] == source).groupby(stages["rep"]).all()
        names = [words.person(str(rep)) for rep in reps.index[reps.to_numpy(dtype=bool)]]
        if names:
            more = {"reps": words.list(names[:NAMED]), "count": len(names)}
            yield _say(words, f"rates_of_{source}", **more)


def board_rows(words: Words, work: FieldWork, kind: str) -> "pd.DataFrame":
    """One kind of period of the board as people read it: rep, period in words, then the activities.

    Ten-day periods rep by rep, weeks and days period by period, so that everybody's next week stands together.
    """
    from salesplan.rep_allocation import across

    wide = across(work.board, kind)
    if wide.empty or kind == "month":
        return wide
    spans = work.board[work.board["kind"] == kind].drop_duplicates("period").set_index("period")[["start", "end"]]
    named = {str(row.Index): _period(row, kind, words) for row in each_row(spans)}
    shown = wide if kind == "ten_day" else wide.sort_values(["period", "rep"], ignore_index=True)
    return shown.assign(period=shown["period"].map(named))


def _period(row: Any, kind: str, words: Words) -> str:
    if kind == "ten_day":
        return words.ten_day(row.Index)
    if kind == "day":
        weekday = _say(words, f"weekday_{row.start.weekday()}")
        return _say(words, "board_day", day=f"{row.start:%m-%d}", weekday=weekday)
    return _say(words, "board_week", start=f"{row.start:%m-%d}", end=f"{row.end:%m-%d}")
