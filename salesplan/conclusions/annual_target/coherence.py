"""What step 1 says where goals, budget, tree and roster do not tell the same, and what the months of hires rest on."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.annual_target.plan import figure
from salesplan.conclusions.saying import each_row, sayer
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("annual_target")
SAME = Decimal("0.005")  # of the goal: a budget that exceeds it by less is the same


def coherence_sentences(
    words: Words, checks: "pd.DataFrame", unbudgeted: tuple[int, int, Decimal] | None = None
) -> list[str]:
    """Goals that the budget or the tree does not meet, with both figures, and hires the budget does not pay.

    `checks` is the frame of `coherence`, `unbudgeted` the result of `hires_unbudgeted`.
    """
    said = [
        _unit_cost(row, words) if row.check == "unit_selling_cost" else _collected(row, words)
        for row in each_row(checks)
        if _differs(row)
    ]
    if unbudgeted is not None:
        heads, count, cost = unbudgeted
        said.append(_say(words, "hires_unbudgeted", heads=heads, count=count, cost=figure(cost, "currency", words)))
    return said


def _differs(row: Any) -> bool:
    """A cost is a ceiling; what must be collected is compared to the cent."""
    if row.check == "unit_selling_cost":
        return bool(row.found > row.goal * (1 + SAME))
    return bool(row.found != row.goal)


def _unit_cost(row: Any, words: Words) -> str:
    goal, found = (figure(value, "currency", words, row.check) for value in (row.goal, row.found))
    if not row.last_year:
        return _say(words, "unit_cost_over", goal=goal, found=found)
    last = figure(row.last_year, "currency", words, row.check)
    changes = [_change(value / row.last_year - 1, words) for value in (row.goal, row.found)]
    values = {"goal_change": changes[0], "found_change": changes[1], "last": last}
    return _say(words, "unit_cost_over_last", goal=goal, found=found, **values)


def _change(share: Decimal, words: Words) -> str:
    return _say(words, "unit_cost_up" if share >= 0 else "unit_cost_down", change=words.percent(abs(share)))


def _collected(row: Any, words: Words) -> str:
    key = "receivables_short" if row.goal > row.found else "receivables_spare"
    values = {"goal": row.goal, "found": row.found, "gap": abs(row.goal - row.found)}
    return _say(words, key, **{name: figure(value, "currency", words) for name, value in values.items()})


def hires_basis(words: Words, basis: tuple[int, float] | None) -> list[str]:
    """The full quota and the peak that the months of hires are reckoned with, and what their season leaves out.

    `basis` is the result of `quota_and_peak`.
    """
    if basis is None:
        return []
    full, peak = basis
    return [_say(words, "hires_basis", full=words.money(full), peak=words.number(peak, 2))]
