"""What events move: amounts into their months, and the months they come from."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.seasonal_split.apart import Apart
from salesplan.seasonal_split.other_rules import months_under
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.seasonal_split import SeasonalSplitTerms


def event_moves(
    target: int,
    facts: pd.DataFrame,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    products: pd.DataFrame | None = None,
    projects: Sequence[Apart] = (),
) -> pd.DataFrame:
    """What each event moves between the months: `event`, `month`, `amount` (fen), twelve rows per event.

    The target's months with all events less the months without this one: positive where amounts come in, negative
    where they go out, zero in sum. Events on the same days add up, so that each is measured on top of the others.
    """
    base = months_under(target, facts, year=year, rules=rules, products=products, projects=projects)
    found = [np.empty(0, dtype="int64")]
    for number in range(len(rules.events)):
        others = rules.model_copy(update={"events": rules.events[:number] + rules.events[number + 1 :]})
        left = months_under(target, facts, year=year, rules=others, products=products, projects=projects)
        found.append(base - left)
    names = [event.name for event in rules.events]
    return pd.DataFrame(
        {
            "event": pd.Series(np.repeat(np.array(names, dtype=object), 12), dtype="str"),
            "month": pd.Series(year.months * len(names), dtype="str"),
            "amount": np.concatenate(found).astype("int64"),
        }
    )


def event_table(moves: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> pd.DataFrame:
    """One row per event: `event`, `member` (blank: all), `start`, `end`, `rise_share`, `workdays`, `amount` moved in.

    `workdays` are those of the plan year inside the event; `amount` (fen) is the sum of what its months gain.
    """
    days = days_of.days(year.months, year.calendar, year.month_cutoff)
    worked = days.loc[days["workday"], "date"]
    gained = moves["amount"].clip(lower=0).to_numpy().reshape(-1, 12).sum(axis=1)
    rows = [
        {
            "event": event.name,
            "member": " ".join(event.members.values()),
            "start": pd.Timestamp(event.start),
            "end": pd.Timestamp(event.end),
            "rise_share": float(event.uplift),
            "workdays": int(worked.between(pd.Timestamp(event.start), pd.Timestamp(event.end)).sum()),
            "amount": amount,
        }
        for event, amount in zip(rules.events, gained.tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=["event", "member", "start", "end", "rise_share", "workdays", "amount"])


def month_marks(*, year: PlanYear, rules: SeasonalSplitTerms) -> list[str]:
    """What is to be marked in the months' chart: names of the events that lift or lower a month, `*` for a pin."""
    marks: dict[str, list[str]] = {month: [] for month in year.months}
    spans = {month: days_of.month_span(month, year.month_cutoff) for month in year.months}
    for event in rules.events if rules.method != "manual" else ():
        for month, (first, last) in spans.items():
            if event.start <= last and event.end >= first:
                marks[month].append(f"{'▲' if event.uplift > 0 else '▼'}{event.name}")
    quarters = np.arange(12) // 3 + 1
    for pin in rules.pins:
        for month, quarter in zip(year.months, quarters.tolist(), strict=True):
            if not pin.members and (pin.month == month or pin.quarter == quarter):
                marks[month].append("*")
    return [" ".join(dict.fromkeys(texts)) for texts in marks.values()]
