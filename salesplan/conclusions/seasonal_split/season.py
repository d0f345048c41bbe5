"""What a manager should take from step 2, in sentences computed from its tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesplan.calendar import fiscal_year_of
from salesplan.conclusions.saying import row_at, sayer
from salesplan.seasonal_split import HistoryUsed
from salesplan.terms.seasonal_split import WITHOUT_HISTORY, SeasonalSplitTerms
from salesplan.terms.shape import Event
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("seasonal_split")
CLEARLY_BETTER = 0.95  # of the chosen method's error
ENOUGH_YEARS = 4  # with fewer, chance decides which method looks best
USUAL = "pooled_share"


def sentences(
    words: Words,
    *,
    months: "pd.DataFrame",
    quarters: "pd.DataFrame",
    methods: "pd.DataFrame",
    cube: "pd.DataFrame",
    dimensions: Sequence[str] = (),
) -> list[str]:
    """Season, quarters, growth by month, pace per workday, largest members, how far the method is to be trusted.

    `months`: by `with_target_days`.
    """
    return [
        *_season(months, words),
        *_quarters(quarters, words),
        *_growth(months, words),
        *_pace(months, words),
        *(_largest(cube, name, words) for name in dimensions if cube["amount"].sum()),
        *_tested(methods, words),
    ]


def warnings(
    words: Words,
    *,
    used: HistoryUsed,
    rules: SeasonalSplitTerms,
    methods: "pd.DataFrame",
    cube: "pd.DataFrame",
    provisional: bool,
) -> list[str]:
    """What is thin, left out or not settled: short history, excluded months, events, workdays, prices."""
    months = words.list([words.month(month) for month in rules.exclude])
    found = [
        *_history(used, rules, words),
        *([_say(words, "excluded", months=months)] if rules.exclude else []),
        *_events(rules, words),
        *([_say(words, "provisional")] if provisional else []),
        *([_say(words, "not_tested")] if methods["error"].isna().all() else []),
        *_prices(cube, words),
    ]
    return found or [_say(words, "nothing_odd")]


def profile_sentences(words: Words, *, used: HistoryUsed, rules: SeasonalSplitTerms, first_month: int = 1) -> list[str]:
    """Which months of the years behind the season are filled and not as they were sold."""
    years = {month: fiscal_year_of(month, first_month) for month in rules.exclude}
    months = [words.month(month) for month in sorted(years) if years[month] in used.years]
    return [_say(words, "profiles_filled", months=words.list(months))] if months else []


def _season(months: "pd.DataFrame", words: Words) -> list[str]:
    best, worst = row_at(months, months["amount"].argmax()), row_at(months, months["amount"].argmin())
    if words.money(best["amount"]) == words.money(worst["amount"]):  # a fen apart is even
        return [_say(words, "even_months", amount=words.money(best["amount"]))]
    values = {
        f"{name}{part}": text
        for name, row in (("best", best), ("worst", worst))
        for part, text in (
            ("", words.month(row["month"])),
            ("_amount", words.money(row["amount"])),
            ("_share", words.percent(row["share"])),
        )
    }
    return [_say(words, "season", **values)]


def _quarters(quarters: "pd.DataFrame", words: Words) -> list[str]:
    if quarters["share"].isna().any():
        return []
    shares = words.list([words.percent(share) for share in quarters["share"]])
    half = quarters[quarters["quarter"] <= 2]
    values = {"half": words.percent(half["share"].sum()), "amount": words.money(half["amount"].sum())}
    return [_say(words, "quarters", shares=shares, **values)]


def _growth(months: "pd.DataFrame", words: Words) -> list[str]:
    """The month that asks for most more than last year; nothing where none asks for more."""
    known = months[months["last_year"].notna()]
    if known.empty:
        return [_say(words, "no_last_year")]
    more = (known["amount"] - known["last_year"]).to_numpy(dtype="int64")
    row = row_at(known, more.argmax())
    if more.max() <= 0:
        return []
    values = {"last": words.money(row["last_year"]), "more": words.money(more.max())}
    return [_say(words, "growth", month=words.month(row["month"]), **values)]


def _pace(months: "pd.DataFrame", words: Words) -> list[str]:
    """Sales per workday with a target: the year's and the tightest month's."""
    worked = months[months["target_days"] > 0]
    if worked.empty:
        return []
    pace = worked["amount"] / worked["target_days"]
    usual = worked["amount"].sum() / worked["target_days"].sum()
    month = words.month(row_at(worked, pace.argmax())["month"])
    return [_say(words, "pace", usual=words.money(round(usual)), month=month, most=words.money(round(pace.max())))]


def _largest(cube: "pd.DataFrame", dimension: str, words: Words) -> str:
    size = cube.groupby(dimension, sort=True)["amount"].sum()
    member, amount = str(size.index[int(size.to_numpy().argmax())]), int(size.max())
    values = {"member": words.code("member", member), "dimension": words.column(dimension)}
    return _say(words, "largest", amount=words.money(amount), share=words.percent(amount / size.sum()), **values)


def _tested(methods: "pd.DataFrame", words: Words) -> list[str]:
    """The chosen method's error on the plan's own history, beside the usual one and, with years enough, the best."""
    if methods["error"].isna().all():
        return []
    chosen = methods[methods["chosen"]].iloc[0]
    usual = methods[methods["method"] == USUAL].iloc[0]
    best = row_at(methods.sort_values(["error", "method"]), 0)
    years = int(chosen["years"])
    values = {"method": _name(chosen, words), "error": words.number(chosen["error"], 1), "years": years}
    said = [_say(words, "tested_alone", **values)]
    if chosen["method"] != USUAL:
        said = [_say(words, "tested", usual=_name(usual, words), usual_error=words.number(usual["error"], 1), **values)]
    if years < ENOUGH_YEARS:
        return [*said, _say(words, "tested_little", years=years)]
    if best["error"] < CLEARLY_BETTER * chosen["error"]:
        said.append(_say(words, "better", best=_name(best, words), error=words.number(best["error"], 1)))
    return said


def _name(row: "pd.Series[Any]", words: Words) -> str:
    return words.code("method", str(row["method"]))


def _history(used: HistoryUsed, rules: SeasonalSplitTerms, words: Words) -> list[str]:
    if rules.method in WITHOUT_HISTORY:
        return []
    if used.basis != "complete_years":
        return [_say(words, used.basis)]
    years = words.list([str(year) for year in used.years])
    if len(used.years) < used.wanted:
        return [_say(words, "fewer_years", wanted=used.wanted, count=len(used.years), years=years)]
    return []


def _events(rules: SeasonalSplitTerms, words: Words) -> list[str]:
    if not rules.events or rules.method == "manual":
        return []
    names = [_event(event, words) for event in rules.events]
    return [_say(words, "events", events=words.list(names))]


def _event(event: Event, words: Words) -> str:
    days = {"start": words.date(event.start), "end": words.date(event.end)}
    return _say(words, "event", name=event.name, uplift=words.percent(event.uplift, 0), **days)


def _prices(cube: "pd.DataFrame", words: Words) -> list[str]:
    unknown = cube["quantity"].isna()
    if not unknown.any():
        return []
    if "product" not in cube or unknown.all():
        return [_say(words, "no_prices")]
    return [_say(words, "some_prices", products=words.list(sorted(set(cube.loc[unknown, "product"]))))]
