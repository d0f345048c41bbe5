"""What a manager should take from step 3, in sentences computed from its tables."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.apportion import UNASSIGNED
from salesplan.conclusions.saying import first_names
from salesplan.rep_allocation import Allocation, gini
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

UNLIKELY = 0.2  # odds below which a quota is called hard to reach
NAMED = 6  # names in one sentence; the rest is counted
LEAST_OUTSIDE = 0.005  # of a quota: less outside his regions is not worth a sentence


def sentences(words: Words, found: Allocation) -> list[str]:
    """Sum and spread of the quotas, who has it hard, whose data were replaced, what nobody carries."""
    if found.reps.empty:
        return [words("rep_allocation.all_unassigned", amount=words.money(int(found.table["base"].sum())))]
    return [
        *_total(found.reps, words),
        *_odds(found.reps, words),
        *_range(found.reps, words),
        *_replaced(found.reps, words),
        *_part_year(found.reps, words),
        *_pinned(found.reps, words),
        *_moved(found.reps, words),
        *_remarks(found, words),
    ]


def named(frame: "pd.DataFrame", words: Words) -> str:
    """The reps of a frame in a row by name; beyond a few the rest is counted."""
    names = frame["name"].fillna(frame["rep"]).astype(str).tolist()
    return first_names(words, "rep_allocation.and_more", names, NAMED)


def _total(reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    quota, base = int(reps["quota"].sum()), int(reps["base"].sum())
    key = "total_over" if quota > base else "total"
    amounts = {"quota": words.money(quota), "base": words.money(base), "over": words.money(quota - base)}
    rate = words.percent(quota / base - 1 if base else 0.0)
    yield words(f"rep_allocation.{key}", count=len(reps), rate=rate, **amounts)


def _range(reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    if len(reps) < 2:
        return
    ordered = reps.sort_values(["quota", "rep"], ascending=[False, True])
    first, last = ordered.head(1), ordered.tail(1)
    amounts = {"most": words.money(first["quota"].iloc[0]), "least": words.money(last["quota"].iloc[0])}
    spread = words.number(gini(reps["quota"]), 2)
    yield words(
        "rep_allocation.range", most_rep=named(first, words), least_rep=named(last, words), gini=spread, **amounts
    )


def _odds(reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    known = reps[reps["quota_to_expected"].notna()]
    if known.empty:
        yield words("rep_allocation.no_expected")
        return
    hard = known[known["probability"] < UNLIKELY]
    if len(hard):
        limit = words.percent(UNLIKELY, 0)
        yield words("rep_allocation.hard", reps=named(hard, words), count=len(hard), limit=limit)
    ratio = known["quota_to_expected"]
    low, high = words.percent(ratio.min(), 0), words.percent(ratio.max(), 0)
    yield words("rep_allocation.stretch" if low != high else "rep_allocation.stretch_same", low=low, high=high)


def _replaced(reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    for code, group in reps[reps["replaced"] != ""].groupby("replaced", sort=True):
        yield words("rep_allocation.replaced", reps=named(group, words), substitute=words.code("replaced", str(code)))


def _part_year(reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    part = reps[reps["ramp_share"] < 1]
    if len(part):
        each = [
            words("rep_allocation.part", rep=name, share=words.percent(share, 0))
            for name, share in zip(part["name"].fillna(part["rep"]), part["ramp_share"], strict=True)
        ]
        yield words("rep_allocation.part_year", parts=words.list(each[:NAMED]), count=len(part))


def _pinned(reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    pinned = reps[reps["pinned"]]
    if len(pinned):
        yield words("rep_allocation.pinned", reps=named(pinned, words), count=len(pinned))


def _remarks(found: Allocation, words: Words) -> Iterator[str]:
    """What was left out, what nobody carries, and where the months led."""
    if found.dropped:
        bases = words.list([words.code("base", base) for base in found.dropped])
        yield words("rep_allocation.dropped", bases=bases)
    yield from _unassigned(found.table, found.handed_down, words)
    if found.by_month:
        yield words("rep_allocation.by_month")
    if not found.to_cells:
        yield words("rep_allocation.months_only")


def _unassigned(table: "pd.DataFrame", handed_down: bool, words: Words) -> Iterator[str]:
    """Regions that nobody serves, months in which nobody is there, and what is left of others."""
    nobody = table["rep"] == UNASSIGNED
    for key, say in (("region", "unassigned_regions"), ("month", "unassigned")):
        if key not in table:
            continue
        served = set(table.loc[~nobody & (table["base"] > 0), key])
        whole = nobody & ~table[key].isin(served)
        names = sorted(table.loc[whole, key].unique())
        if names:
            shown = words.list([_called(name, key, words) for name in names[:NAMED]])
            amount = words.money(int(table.loc[whole, "base"].sum()))
            yield words(f"rep_allocation.{say}", amount=amount, names=shown, count=len(names))
        nobody &= ~whole
    if nobody.any():
        key = "unassigned_uncovered" if handed_down else "unassigned_vacant"
        yield words(f"rep_allocation.{key}", amount=words.money(int(table.loc[nobody, "base"].sum())))


def _called(name: str, key: str, words: Words) -> str:
    return words.month(name) if key == "month" else words.code("member", name)


def _moved(reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    """What was handed from rep to rep, and what lies outside the regions of those who carry it."""
    given = reps[reps["amount_transferred"] < 0]
    if len(given):
        taken = reps[reps["amount_transferred"] > 0]
        amount = words.money(int(taken["amount_transferred"].sum()))
        yield words("rep_allocation.transferred", amount=amount, givers=named(given, words), takers=named(taken, words))
    outside = reps[reps["amount_outside"] > LEAST_OUTSIDE * reps["quota"]]
    if len(outside):
        amount = words.money(int(outside["amount_outside"].sum()))
        yield words("rep_allocation.outside", reps=named(outside, words), count=len(outside), amount=amount)
    deals = reps[reps["amount_projects"] > 0]
    if len(deals):
        amount = words.money(int(deals["amount_projects"].sum()))
        yield words("rep_allocation.projects", reps=named(deals, words), count=len(deals), amount=amount)
