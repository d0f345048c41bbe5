"""What the odds and the back-test say, in sentences; how far the odds can be trusted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesplan.annual_target import ASKED, COVERAGE
from salesplan.conclusions.saying import each_row, sayer
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

    from salesplan.annual_target.customers import Habits

_say = sayer("annual_target")
OURS = "share_ratio"
FEW = 40  # scored forecasts below which a back-test shows little more than chance
GOOD, FAIR = 0.05, 0.12  # calibration error up to which odds are called good, fair
OFF = 0.1  # of the cases: from here on an interval is called wide or narrow
SHORT_MONTHS = 24
NAMED = 3


def trust(
    words: Words,
    *,
    scores: "pd.DataFrame",
    months: "pd.DataFrame",
    idle: Sequence[str] = (),
    singles: "pd.DataFrame | None" = None,
) -> list[str]:
    """How far the odds can be trusted: the back-test, and what makes the history a poor witness.

    `scores` is the table annual_target_calibration, `months` the frame of `monthly`, `idle` months without sales,
    `singles` the frame of `single_orders`.
    """
    ours = scores[scores["method"] == OURS]
    enough = int(ours["cases"].sum()) >= FEW
    beside = [_ahead(row, scores, words) for row in each_row(ours)] if enough else []
    doubts = [*_short(months, words), *_idle(idle, words), *_singles(singles, words)]
    return [*_asked(ours, words), *beside, *verdict(words, scores), *_width(ours, words), *doubts]


def verdict(words: Words, scores: "pd.DataFrame") -> list[str]:
    """One sentence: may the odds be taken at their word? `scores` is the table annual_target_calibration."""
    ours = scores[scores["method"] == OURS]
    if ours.empty:
        return [_say(words, "trust_untested")]
    cases = int(ours["cases"].sum())
    error, covered = (float((ours[name] * ours["cases"]).sum() / cases) for name in ("calibration_error", "coverage"))
    judged = "few" if cases < FEW else "good" if error <= GOOD else "fair" if error <= FAIR else "poor"
    values = {"cases": words.number(cases), "error": words.number(100 * error, 1), "covered": words.percent(covered, 0)}
    return [_say(words, f"trust_{judged}", coverage=words.percent(COVERAGE, 0), **values)]


def _asked(ours: "pd.DataFrame", words: Words) -> list[str]:
    """What the back-test asked, where there was one."""
    known = words.list([str(months) for months in ours["known_months"]])
    levels = words.list([f"{level:g}" for level in ASKED])
    return [_say(words, "trust_asked", months=known, levels=levels)] if len(ours) else []


def _width(ours: "pd.DataFrame", words: Words) -> list[str]:
    """Whether the interval held clearly more or less than it promises."""
    cases = int(ours["cases"].sum())
    covered = float((ours["coverage"] * ours["cases"]).sum() / cases) if cases >= FEW else COVERAGE
    if abs(covered - COVERAGE) < OFF:
        return []
    way = "wide" if covered > COVERAGE else "narrow"
    return [_say(words, f"trust_{way}", covered=words.percent(covered, 0), coverage=words.percent(COVERAGE, 0))]


def _ahead(row: Any, scores: "pd.DataFrame", words: Words) -> str:
    """Our Brier score at one number of known months beside the best naive way."""
    others = scores[(scores["known_months"] == row.known_months) & (scores["method"] != OURS)]
    best = others.sort_values(["brier", "method"]).iloc[0]
    way = "better" if row.brier < best["brier"] else "worse"
    return _say(
        words,
        f"trust_{way}",
        months=row.known_months,
        brier=words.number(row.brier, 3),
        other=words.number(best["brier"], 3),
        method=words.code("method", best["method"]),
    )


def _short(months: "pd.DataFrame", words: Words) -> list[str]:
    known = 12 * len(months)
    return [_say(words, "trust_short", months=known, least=SHORT_MONTHS)] if known <= SHORT_MONTHS else []


def _idle(idle: Sequence[str], words: Words) -> list[str]:
    shown = words.list([words.month(month) for month in idle[:NAMED]])
    return [_say(words, "trust_idle", count=len(idle), months=shown)] if idle else []


def _singles(singles: "pd.DataFrame | None", words: Words) -> list[str]:
    if singles is None or singles.empty:
        return []
    top = singles.iloc[0]
    values = {"order": top["order"], "year": top["year"], "share": words.percent(top["share"])}
    return [_say(words, "trust_singles", count=len(singles), amount=words.money(top["amount"]), **values)]


def evidence_sentences(
    words: Words, *, past: "pd.DataFrame", usual: "Habits | None", found: "pd.DataFrame | None"
) -> list[str]:
    """What stands behind capacity, customers and pipeline: frames of `delivered` and `deals`, and `habits`."""
    return [*_delivered(past, words), *_habits(usual, words), *_deals(found, words)]


def _delivered(past: "pd.DataFrame", words: Words) -> list[str]:
    shares = past[["year", "capacity_share"]].itertuples(index=False)
    parts = [_say(words, "delivered_year", year=year, share=words.percent(share, 0)) for year, share in shares]
    return [_say(words, "delivered", years=words.list(parts))] if parts else []


def _habits(usual: "Habits | None", words: Words) -> list[str]:
    if usual is None:
        return []
    way = "habits_up" if usual.growth >= 1 else "habits_down"
    change = _say(words, way, change=words.percent(abs(usual.growth - 1)))
    return [
        _say(
            words,
            "habits",
            retention=words.percent(usual.retention),
            change=change,
            won=words.number(usual.won, 0 if usual.won.is_integer() else 1),
            first=words.money(usual.first_year),
        )
    ]


def _deals(found: "pd.DataFrame | None", words: Words) -> list[str]:
    if found is None or found.empty:
        return []
    known = found[found["probability"].notna()]
    amounts = {"amount": words.money(int(known["amount"].sum())), "weighted": words.money(int(known["weighted"].sum()))}
    missing = len(found) - len(known)
    said = [_say(words, "deals_known", count=len(known), **amounts)] if len(known) else []
    return [*said, *([_say(words, "deals_unweighed", count=missing)] if missing else [])]
