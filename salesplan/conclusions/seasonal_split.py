"""What a manager should take from step 2, in sentences computed from its tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesplan.seasonal_split import HistoryUsed
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

CLEARLY_BETTER = 0.95  # of the chosen method's error
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
    """Season, quarters, growth by month, pace per workday, largest members, how far the method is to be trusted."""
    return [
        *_season(months, words),
        *_quarters(quarters, words),
        *_growth(months, words),
        *_pace(months, words),
        *(_largest(cube, name, words) for name in dimensions if cube["amount"].sum()),
        *_tested(methods, words),
    ]


def warnings(
    words: Words, *, used: HistoryUsed, rules: SeasonalSplitTerms, methods: "pd.DataFrame", cube: "pd.DataFrame",
    provisional: bool,
) -> list[str]:
    """What is thin, left out or not settled: short history, excluded months, events, workdays, prices."""
    found = [
        *_history(used, rules, words),
        *([_say(words, "excluded", months=words.list([words.month(m) for m in rules.exclude]))] if rules.exclude else []),
        *_events(rules, words),
        *([_say(words, "provisional")] if provisional else []),
        *([_say(words, "not_tested")] if methods["error"].isna().all() else []),
        *_prices(cube, words),
    ]
    return found or [_say(words, "nothing_odd")]


def _say(words: Words, key: str, **values: Any) -> str:
    return words(f"seasonal_split.{key}", **values)


def _season(months: "pd.DataFrame", words: Words) -> list[str]:
    best, worst = months.loc[months["amount"].idxmax()], months.loc[months["amount"].idxmin()]
    if best["amount"] == worst["amount"]:
        return [_say(words, "even_months", amount=words.money(best["amount"]))]
    values = {
        "best": words.month(best["month"]), "best_amount": words.money(best["amount"]), "best_share": words.percent(best["share"]),
        "worst": words.month(worst["month"]), "worst_amount": words.money(worst["amount"]), "worst_share": words.percent(worst["share"]),
    }
    return [_say(words, "season", **values)]


def _quarters(quarters: "pd.DataFrame", words: Words) -> list[str]:
    if quarters["share"].isna().any():
        return []
    shares = words.list([words.percent(share) for share in quarters["share"]])
    half = quarters.loc[quarters["quarter"] <= 2]
    return [_say(words, "quarters", shares=shares, half=words.percent(half["share"].sum()), amount=words.money(half["amount"].sum()))]


def _growth(months: "pd.DataFrame", words: Words) -> list[str]:
    """The month that asks for most more than last year; nothing where last year is unknown."""
    known = months[months["last_year"].notna()]
    if known.empty:
        return [_say(words, "no_last_year")]
    more = (known["amount"] - known["last_year"]).astype("int64")
    place = more.idxmax()
    if more[place] <= 0:
        return []
    values = {"month": words.month(known.loc[place, "month"]), "more": words.money(more[place])}
    last = int(known.loc[place, "last_year"])
    return [_say(words, "growth", last=words.money(last), **values)]


def _pace(months: "pd.DataFrame", words: Words) -> list[str]:
    worked = months[months["workdays"] > 0]
    if worked.empty:
        return []
    pace = worked["amount"] / worked["workdays"]
    usual = worked["amount"].sum() / worked["workdays"].sum()
    month = words.month(worked.loc[pace.idxmax(), "month"])
    return [_say(words, "pace", usual=words.money(round(usual)), month=month, most=words.money(round(pace.max())))]


def _largest(cube: "pd.DataFrame", dimension: str, words: Words) -> str:
    size = cube.groupby(dimension, sort=True)["amount"].sum()
    member, amount = str(size.idxmax()), int(size.max())
    values = {"member": words.code("member", member), "amount": words.money(amount), "share": words.percent(amount / size.sum())}
    return _say(words, "largest", dimension=words.column(dimension), **values)


def _tested(methods: "pd.DataFrame", words: Words) -> list[str]:
    """The chosen method's error on the plan's own history, beside the usual one and the best."""
    if methods["error"].isna().all():
        return []
    chosen = methods[methods["chosen"]].iloc[0]
    usual = methods[methods["method"] == USUAL].iloc[0]
    best = methods.loc[methods["error"].idxmin()]
    values = {"method": _name(chosen, words), "error": words.number(chosen["error"], 1)}
    said = [_say(words, "tested_alone", **values)]
    if chosen["method"] != USUAL:
        said = [_say(words, "tested", usual=_name(usual, words), usual_error=words.number(usual["error"], 1), **values)]
    if best["error"] < CLEARLY_BETTER * chosen["error"]:
        said.append(_say(words, "better", best=_name(best, words), error=words.number(best["error"], 1)))
    return said


def _name(row: "pd.Series[Any]", words: Words) -> str:
    return words.code("method", str(row["method"]))


def _history(used: HistoryUsed, rules: SeasonalSplitTerms, words: Words) -> list[str]:
    if rules.method in ("even", "workdays", "manual"):
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
    names = [
        _say(words, "event", name=event.name, start=words.date(event.start), end=words.date(event.end), uplift=words.percent(event.uplift, 0))
        for event in rules.events
    ]
    return [_say(words, "events", events=words.list(names))]


def _prices(cube: "pd.DataFrame", words: Words) -> list[str]:
    unknown = cube["quantity"].isna()
    if not unknown.any():
        return []
    if "product" not in cube or unknown.all():
        return [_say(words, "no_prices")]
    return [_say(words, "some_prices", products=words.list(sorted(set(cube.loc[unknown, "product"]))))]
