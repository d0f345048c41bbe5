"""What the review says to a manager, in sentences."""

from collections.abc import Iterator
from math import isnan

import pandas as pd

from salesplan.apportion import TOTAL
from salesplan.terms.variance_review import VarianceReviewTerms
from salesplan.variance_review import Review, Revised, bridge_parts
from salesplan.wording import Words

STEM = "variance_review"


def sentences(words: Words, review: Review, rules: VarianceReviewTerms) -> list[str]:
    """The findings of a review: where it stands, where it lands, why, who, and what the months to come must bring."""
    if review.grid.empty:
        return [words(f"{STEM}.no_actuals", target=words.money(review.revision["original"].sum()))]
    return [
        *_standing(words, review),
        *_landing(words, review, rules),
        *_progress(words, review),
        *_bridge(words, review.bridge),
        *_reps(words, review.standing),
        *_revision(words, review, rules),
        *cause_sentences(words, review.causes),
    ]


def _standing(words: Words, review: Review) -> Iterator[str]:
    target, actual = int(review.grid["target"].sum()), int(review.grid["actual"].sum())
    kind = "short" if actual < target else "over"
    yield words(
        f"{STEM}.to_date_{kind}",
        month=words.month(review.grid["month"].max()),
        actual=words.money(actual),
        target=words.money(target),
        gap=words.money(abs(actual - target)),
        attainment=words.percent(review.progress.attainment),
    )


def _progress(words: Words, review: Review) -> Iterator[str]:
    yield words(
        f"{STEM}.progress",
        workdays=words.percent(review.progress.workday_share),
        season=words.percent(review.progress.seasonal_share),
        year=words.percent(review.progress.year_attainment),
    )


def _landing(words: Words, review: Review, rules: VarianceReviewTerms) -> Iterator[str]:
    landing = review.landing
    if isnan(landing.expected):
        yield words(f"{STEM}.landing_unknown")
        return
    yield words(
        f"{STEM}.three_numbers",
        target=words.money(review.revision["original"].sum()),
        landing=words.money(landing.expected),
        revised=words.money(review.revised.year),
    )
    if isnan(landing.probability):
        yield words(f"{STEM}.landing_no_interval", years=landing.years)
    elif landing.years:
        yield words(
            f"{STEM}.landing_interval",
            low=words.money(landing.low),
            high=words.money(landing.high),
            coverage=words.percent(rules.coverage, 0),
            probability=words.percent(landing.probability, 0),
            years=landing.years,
        )


def _bridge(words: Words, bridge: pd.DataFrame) -> Iterator[str]:
    parts = sorted(
        ((fen, name) for name, fen in bridge_parts(bridge).items()), key=lambda part: (-abs(part[0]), part[1])
    )
    moved = [f"{words.column(name, 'variance_review_bridge')} {_signed(words, fen)}" for fen, name in parts if fen]
    if moved:
        yield words(f"{STEM}.bridge", parts=words.list(moved))
    members = bridge[bridge["member"] != TOTAL]
    gaps = (members["actual"] - members["target"]).set_axis(members["member"])
    for name, gap in {"bridge_worst": gaps[gaps < 0].nsmallest(1), "bridge_best": gaps[gaps > 0].nlargest(1)}.items():
        if len(gaps) > 1 and len(gap):
            member = words.code("member", str(gap.index[0]))
            yield words(f"{STEM}.{name}", member=member, gap=words.money(abs(int(gap.iloc[0]))))


def _signed(words: Words, fen: int) -> str:
    return ("+" if fen > 0 else "") + words.money(fen)


def _reps(words: Words, standing: pd.DataFrame) -> Iterator[str]:
    known = standing[standing["attainment"].notna()]
    if known.empty:
        return
    best, worst = known.iloc[0], known.iloc[-1]
    yield words(
        f"{STEM}.reps",
        reached=int((known["attainment"] >= 1).sum()),
        count=len(known),
        best=_person(words, best),
        best_share=words.percent(best["attainment"], 0),
        worst=_person(words, worst),
        worst_share=words.percent(worst["attainment"], 0),
    )


def _person(words: Words, row: pd.Series) -> str:
    """A rep by name, or by key where no name is known."""
    return str(row["name"]) or words.person(str(row["rep"]))


def _revision(words: Words, review: Review, rules: VarianceReviewTerms) -> Iterator[str]:
    revised = review.revised
    if revised.rule != rules.revision.rule:
        yield words(f"{STEM}.capacity_unknown")
    if revised.missing > 0:
        yield from _shortfall(words, revised, words.percent(rules.revision.cap, 0))
    elif revised.missing < 0:
        key = "revision_kept" if revised.kept else "revision_released"
        yield words(f"{STEM}.{key}", surplus=words.money(-revised.missing), year=words.money(revised.year))


def _shortfall(words: Words, revised: Revised, cap: str) -> Iterator[str]:
    """What of a shortfall the months to come take, and what finds no room."""
    placed, rule = revised.missing - revised.unplaced, words.code("rule", revised.rule)
    if placed:
        missing = words.money(revised.missing)
        yield words(f"{STEM}.revision_placed", missing=missing, placed=words.money(placed), rule=rule, cap=cap)
    if revised.unplaced:
        yield words(f"{STEM}.revision_unplaced", unplaced=words.money(revised.unplaced), cap=cap)


def cause_sentences(words: Words, causes: pd.DataFrame) -> Iterator[str]:
    """Which recorded cause explains most of the variance's own sign, a larger one against it, and what is left."""
    found, rest, variance = causes.iloc[:-1], int(causes["amount"].iloc[-1]), int(causes["amount"].sum())
    kind = "short" if variance < 0 else "over"
    if found.empty:
        if rest:
            yield words(f"{STEM}.causes_none_{kind}", amount=words.money(abs(rest)))
        return
    sums = found.groupby("code")["amount"].sum().sort_index() * (-1 if variance < 0 else 1)
    main, against = str(sums.idxmax()), str(sums.idxmin())
    with_it, against_it = max(int(sums[main]), 0), max(-int(sums[against]), 0)
    if with_it:
        named = {"cause": words.code("cause", main), "amount": words.money(with_it)}
        yield words(f"{STEM}.causes_{kind}", count=len(found), **named)
    else:
        yield words(f"{STEM}.causes_not_{kind}", count=len(found))
    if against_it > with_it:
        named = {"cause": words.code("cause", against), "amount": words.money(against_it)}
        yield words(f"{STEM}.causes_against_{kind}", **named)
    yield words(f"{STEM}.causes_{_left(rest, variance)}", amount=words.money(abs(rest)))


def _left(rest: int, variance: int) -> str:
    """What of a variance has no cause: nothing, a part of it, or less than nothing where causes say too much."""
    if not rest:
        return "all"
    same = (rest < 0) == (variance < 0) and variance != 0
    return ("left_short" if rest < 0 else "left_over") if same else "beyond"
