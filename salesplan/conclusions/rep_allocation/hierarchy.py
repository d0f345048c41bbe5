"""Who holds the over-assignment, level by level, in sentences."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.rep_allocation.quotas import named
from salesplan.rep_allocation.people.hierarchy import COMPANY, total_rate
from salesplan.terms.rep_allocation import RepAllocationTerms
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd


def levels(words: Words, frame: "pd.DataFrame", *, rules: RepAllocationTerms) -> list[str]:
    """Padding by holder, the product of the rates, who keeps most in hand, reps without a manager.

    `frame` is the table rep_allocation_hierarchy.
    """
    holders = frame[frame["level"].isin(["company", "manager"]) & (frame["amount_held"] != 0)]
    if holders.empty:
        return [words("rep_allocation.levels_none"), words("rep_allocation.levels_sums"), *_alone(words, frame)]
    return [
        _held(words, holders),
        *_rates(words, frame, rules),
        *_most(words, holders[holders["level"] == "manager"]),
        words("rep_allocation.levels_sums"),
        *_alone(words, frame),
    ]


def _held(words: Words, holders: "pd.DataFrame") -> str:
    """All that is held, and by whom: the company by itself, the managers together."""
    company, managers = holders[holders["level"] == "company"], holders[holders["level"] == "manager"]
    parts = [words("rep_allocation.levels_part", holder=words("rep_allocation.levels_company"),
                   amount=words.money(int(fen))) for fen in company["amount_held"]]  # fmt: skip
    if len(managers):
        held = words.money(int(managers["amount_held"].sum()))
        parts.append(words("rep_allocation.levels_managers", count=len(managers), amount=held))
    amount = words.money(int(holders["amount_held"].sum()))
    return words("rep_allocation.levels_held", amount=amount, parts=words.list(parts))


def _rates(words: Words, frame: "pd.DataFrame", rules: RepAllocationTerms) -> Iterator[str]:
    """The product of several levels' rates, where it is what the quotas sum to."""
    top, times = frame.iloc[0], 1 + total_rate(rules)
    met = abs(top["quota"] - float(times) * top["base"]) <= 1e-6 * top["base"]
    if rules.upper_over_assignment and met:
        rates = [words.percent(rate) for rate in (*rules.upper_over_assignment, rules.over_assignment)]
        yield words("rep_allocation.levels_rate", rates=words.list(rates), times=words.number(times, 4))


def _most(words: Words, managers: "pd.DataFrame") -> Iterator[str]:
    if len(managers) < 2:
        return
    row: Any = managers.sort_values(["amount_held", "member"], ascending=[False, True]).iloc[0]
    amounts = {"assigned": row["assigned"], "below": row["assigned"] + row["amount_held"], "amount": row["amount_held"]}
    texts = {name: words.money(int(fen)) for name, fen in amounts.items()}
    rate = words.percent(row["rate"])
    yield words("rep_allocation.levels_most", holder=words.person(row["member"]), rate=rate, **texts)


def _alone(words: Words, frame: "pd.DataFrame") -> Iterator[str]:
    """Reps who name no manager."""
    alone = frame[(frame["level"] == "rep") & (frame["parent"] == COMPANY)]
    if len(alone):
        people = alone.assign(rep=alone["member"], name=alone["member"].map(words.person))
        yield words("rep_allocation.levels_no_manager", count=len(alone), reps=named(people, words))
