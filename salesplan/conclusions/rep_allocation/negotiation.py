"""What is left of the gap between quotas and commitments, and what quotas from above mean, in sentences."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.apportion import TOTAL
from salesplan.conclusions.rep_allocation.quotas import named
from salesplan.terms.negotiation import Negotiation
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

OPEN = ("open", "waiting")  # talked to and not agreed


def negotiation(words: Words, gaps: "pd.DataFrame", *, rules: Negotiation) -> list[str]:
    """How quotas are settled, the gap and its largest part, who agreed, who is open, what the plan needs of them."""
    talked = gaps["standing"].isin(["agreed", *OPEN]).any()
    return [
        words(f"rep_allocation.mode_{rules.mode}"),
        *_until(words, gaps, rules),
        *_gap(words, gaps),
        *_narrowed(words, gaps[gaps["standing"].isin(["agreed", *OPEN])]),
        *_agreed(words, gaps[gaps["standing"] == "agreed"]),
        *(_open(words, gaps[gaps["standing"].isin(OPEN)]) if talked else ()),
        *_others(words, gaps, rules),
    ]


def _until(words: Words, gaps: "pd.DataFrame", rules: Negotiation) -> Iterator[str]:
    """The end of the talks, while anything is open."""
    if rules.until is not None and rules.mode == "negotiated" and gaps["standing"].isin(OPEN).any():
        yield words("rep_allocation.mode_until", until=words.date(rules.until))


def _gap(words: Words, gaps: "pd.DataFrame") -> Iterator[str]:
    known = gaps[gaps["commitment"].notna()]
    if known.empty:
        yield words("rep_allocation.no_commitments")
        return
    committed, quota, gap = (int(known[name].sum()) for name in ("commitment", "quota", "gap"))
    key = "gap_sum" if gap > 0 else "gap_sum_met"
    share = words.percent(gap / quota if quota else None)
    amounts = {"committed": words.money(committed), "quota": words.money(quota), "gap": words.money(gap)}
    yield words(f"rep_allocation.{key}", count=len(known), share=share, **amounts)
    first = known.head(1)
    if first["gap"].iloc[0] > 0:
        values = {name: words.money(first[column].iloc[0]) for name, column in
                  (("quota", "quota"), ("committed", "commitment"), ("gap", "gap"))}  # fmt: skip
        yield words("rep_allocation.gap_most", rep=named(first, words), **values)


def _narrowed(words: Words, talked: "pd.DataFrame") -> Iterator[str]:
    """How far the talks have brought the reps to their quotas: from their commitments, and from their last word."""
    known = talked[talked["commitment"].notna()]
    if len(known):
        before, now = int(known["gap"].sum()), int(known["gap_left"].sum())
        key = "gap_narrowed" if now < before else "gap_not_narrowed"
        amounts = {"before": words.money(before), "now": words.money(now)}
        yield words(f"rep_allocation.{key}", count=len(known), **amounts)


def _agreed(words: Words, agreed: "pd.DataFrame") -> Iterator[str]:
    if agreed.empty:
        return
    amount = words.money(int(agreed["quota"].sum()))
    yield words("rep_allocation.agreed", count=len(agreed), reps=named(agreed, words), amount=amount)
    moved = (agreed["quota"] - agreed["by_rule"]).sum(skipna=False)
    if str(moved) != "<NA>" and moved:
        key = "agreed_less" if moved < 0 else "agreed_more"
        yield words(f"rep_allocation.{key}", amount=words.money(abs(int(moved))))


def _open(words: Words, rows: "pd.DataFrame") -> Iterator[str]:
    """Who has not agreed, what the plan needs of them, and whether the company's own proposals would do."""
    if rows.empty:
        yield words("rep_allocation.no_open")
        return
    said = rows["asked"].fillna(rows["commitment"])
    quota, asked = int(rows["quota"].sum()), int(said.sum())
    amounts = {"quota": words.money(quota), "asked": words.money(asked), "gap": words.money(quota - asked)}
    yield words("rep_allocation.open", count=len(rows), reps=named(rows, words), **amounts)
    proposed = int(rows["proposed"].sum())
    if proposed < quota:
        short = {"proposed": words.money(proposed), "gap": words.money(quota - proposed)}
        yield words("rep_allocation.open_proposed", **short)
    waiting = rows[rows["standing"] == "waiting"]
    if len(waiting):
        yield words("rep_allocation.open_unanswered", reps=named(waiting, words))


def _others(words: Words, gaps: "pd.DataFrame", rules: Negotiation) -> Iterator[str]:
    """Gaps nobody has talked about, reps who commit to their quota, reps who said nothing."""
    apart = gaps[gaps["standing"] == "apart"]
    if len(apart) and rules.mode == "negotiated":
        amount = words.money(int(apart["gap"].sum()))
        yield words("rep_allocation.apart", count=len(apart), reps=named(apart, words), amount=amount)
    covered = gaps[gaps["standing"] == "covered"]
    if len(covered):
        amount = words.money(-int(covered["gap"].sum()))
        yield words("rep_allocation.gap_covered", count=len(covered), reps=named(covered, words), amount=amount)
    silent = gaps[gaps["standing"] == "silent"]
    if len(silent) and len(silent) < len(gaps):
        yield words("rep_allocation.gap_silent", count=len(silent), reps=named(silent, words))


def handed_down(
    words: Words, frame: "pd.DataFrame", reps: "pd.DataFrame", *, aside: "pd.DataFrame"
) -> list[str]:  # fmt: skip
    """What is handed down against target and rule, who was left out; one sentence where nothing is handed down.

    `frame` is the table rep_allocation_reconciliation, `reps` the reps, `aside` the rows that are not used.
    """
    other = [words("rep_allocation.handed_aside")] if len(aside) else []
    if frame.empty:
        return [words("rep_allocation.handed_none"), *other]
    company, people = frame[frame["rep"] == TOTAL], frame[frame["rep"] != TOTAL]
    year, months = company[company["month"] == TOTAL].iloc[0], company[company["month"] != TOTAL]
    return [
        _handed_total(words, year), words("rep_allocation.handed_idle"), *_handed_months(words, months),
        *_handed_people(words, people, reps), *other,
    ]  # fmt: skip


def _handed_total(words: Words, year: "pd.Series") -> str:
    gap = int(year["gap_target"])
    key = "handed_over" if gap > 0 else "handed_under" if gap < 0 else "handed_equal"
    share = words.percent(abs(gap) / year["target"] if year["target"] else None)
    difference = words(f"rep_allocation.{key}", amount=words.money(abs(gap)), share=share)
    amounts = {"handed": words.money(year["handed_down"]), "target": words.money(year["target"])}
    return words("rep_allocation.handed_total", difference=difference, **amounts)


def _handed_months(words: Words, months: "pd.DataFrame") -> Iterator[str]:
    short = months[months["gap_target"] < 0]
    if len(short):
        yield words("rep_allocation.handed_months", months=words.list([words.month(m) for m in short["month"]]))


def _handed_people(words: Words, people: "pd.DataFrame", reps: "pd.DataFrame") -> Iterator[str]:
    without = reps[reps["rep"].isin(people.loc[people["handed_down"] == 0, "rep"])]
    if len(without):
        yield words("rep_allocation.handed_without", count=len(without), reps=named(without, words))
    known = people[people["gap_rule"].notna()]
    if len(known):
        far = known.assign(size=known["gap_rule"].abs()).sort_values(["size", "rep"], ascending=[False, True]).iloc[0]
        amounts = {"handed": words.money(far["handed_down"]), "by_rule": words.money(far["by_rule"])}
        yield words("rep_allocation.handed_most", rep=words.person(far["rep"]), **amounts)
