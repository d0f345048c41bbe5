"""What days and periods say to a manager, in sentences computed from their tables."""

from typing import TYPE_CHECKING, Any

from salesplan import calendar
from salesplan.conclusions.saying import sayer
from salesplan.seasonal_split import DayPattern, PlanYear, closed_workdays, level_of, pattern_classes
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("seasonal_split")
MOST_CLASSES = 6
MOST_DAYS = 6
THIRDS = ("1", "2", "3")


def day_sentences(
    words: Words, *, pattern: DayPattern, periods: "pd.DataFrame", days: "pd.DataFrame", provisional: bool
) -> list[str]:
    """The day pattern and what it wins, workdays without a target, the highest ten-day period and week, the progress.

    `provisional`: the year's moved workdays are not published yet.
    """
    if not periods["amount"].any():
        return []
    found = [*_pattern(pattern, words), *_closed(days, provisional, words)]
    return [*found, *_ten_days(periods, words), *_weeks(periods, words), *_progress(periods, words)]


def day_warnings(words: Words, *, pattern: DayPattern, periods: "pd.DataFrame", year: PlanYear) -> list[str]:
    """What is thin or counted otherwise than expected: short history of days, cut weeks, months with a cutoff."""
    found = []
    if pattern.basis in ("short", "sparse"):
        found.append(_say(words, f"pattern_{pattern.basis}", months=pattern.months))
    cut = periods.loc[periods["cut"], "period"].tolist()
    if cut:
        found.append(_say(words, "weeks_cut", weeks=words.list(cut)))
    if year.month_cutoff is not None:
        first, _ = calendar.month_span(year.months[0], year.month_cutoff)
        found.append(_say(words, "ten_day_counted", first=first.day))
    return found


def _pattern(pattern: DayPattern, words: Words) -> list[str]:
    if pattern.basis != "history":
        return []
    plain, plain_ten = _errors(pattern, "workdays", words)
    if not pattern.factors:
        return [_say(words, "pattern_not_better", plain=plain, plain_ten=plain_ten)]
    error, error_ten = _errors(pattern, list(pattern.factors)[-1], words)
    values = {"plain": plain, "plain_ten": plain_ten, "error": error, "error_ten": error_ten}
    parts = words.list([words.code("part_of_pattern", part) for part in pattern.factors])
    return [_say(words, "pattern_used", parts=parts, **values), *_classes(pattern, words)]


def _errors(pattern: DayPattern, name: str, words: Words) -> list[str]:
    """Errors of days and of ten-day periods in the back-test of a pattern."""
    row = pattern.tested[pattern.tested["pattern"] == name].iloc[0]
    return [words.number(float(row[column]), 1) for column in ("error_day", "error_ten_day")]


def _classes(pattern: DayPattern, words: Words) -> list[str]:
    """The days furthest from their usual weight, in the order of the classes."""
    frame = pattern_classes(pattern)
    away = (frame["plan"] - frame["usual"]).abs()
    chosen = frame.loc[sorted(away[away >= 0.005].nlargest(MOST_CLASSES).index)]
    texts = [
        _say(words, "pattern_class", name=words.code("day_class", str(name)), plan=words.percent(plan, 0))
        for name, plan in zip(chosen["day_class"], chosen["plan"], strict=True)
    ]
    return [_say(words, "pattern_classes", classes=words.list(texts))] if texts else []


def _closed(days: "pd.DataFrame", provisional: bool, words: Words) -> list[str]:
    """Workdays without a target, which count for no pace and no progress."""
    closed = days.loc[closed_workdays(days), "date"]
    if closed.empty:
        return []
    named = [words.date(day.date()) for day in closed[:MOST_DAYS]]
    dates = words.list(named) if len(closed) <= MOST_DAYS else _say(words, "days_among", dates=words.list(named))
    said = _say(words, "closed_workdays", count=len(closed), dates=dates)
    return [said + (_say(words, "closed_provisional") if provisional else "")]


def _ten_days(periods: "pd.DataFrame", words: Words) -> list[str]:
    rows = level_of(periods, "ten_day")
    best = rows.iloc[int(rows["amount"].argmax())]
    share = rows.groupby(rows["period"].str[-1])["share"].sum()
    shares = words.list([words.percent(share[number]) for number in THIRDS])
    name = words.ten_day(str(best["period"]))
    return [_say(words, "ten_day_best", best=name, amount=words.money(best["amount"]), shares=shares)]


def _weeks(periods: "pd.DataFrame", words: Words) -> list[str]:
    rows = level_of(periods, "week")
    shown = rows["amount"].map(words.money)  # weeks that read the same are alike
    best = rows[shown == shown.iloc[int(rows["amount"].argmax())]]
    names = [
        _say(words, "week_name", week=int(period.rsplit("W", maxsplit=1)[-1]), start=start, end=end)
        for period, start, end in zip(
            best["period"], _dates(best["start"], words), _dates(best["end"], words), strict=True
        )
    ]
    usual = words.money(round(rows.loc[~rows["cut"], "amount"].mean()))
    values = {"weeks": words.list(names[:MOST_DAYS]), "count": len(best), "amount": words.money(best["amount"].max())}
    return [_say(words, "week_best" if len(best) == 1 else "weeks_best", usual=usual, **values)]


def _dates(column: "pd.Series[Any]", words: Words) -> list[str]:
    return [words.date(day.date()) for day in column]


def _progress(periods: "pd.DataFrame", words: Words) -> list[str]:
    """The month's end at which the share of workdays with a target gone and the target due lie furthest apart."""
    rows = level_of(periods, "month")
    row = rows.iloc[int((rows["progress_share"] - rows["time_share"]).abs().argmax())]
    values = {"time": words.percent(row["time_share"]), "progress": words.percent(row["progress_share"])}
    return [_say(words, "progress_gap", month=words.month_short(str(row["period"])), **values)]
