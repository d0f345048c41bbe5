"""The day plan by its six elements: person, matter, time, place, material, cost; blank where nobody knows."""

from typing import Any

import numpy as np
import pandas as pd

from salesplan.rep_allocation.activity.activities import RETURN, ActivityPlan
from salesplan.rep_allocation.activity.boards import Board

DAY_COLUMNS = ("date", "rep", "time", "person", "activity", "count", "project", "place", "material", "spend")
FOLLOW_UP = "follow_up"
NAMED = 4  # customers named in one line


def day_plan(
    found: Board,
    plan: ActivityPlan,
    customers: pd.DataFrame,
    opportunities: pd.DataFrame | None,
    *,
    today: pd.Timestamp,
) -> pd.DataFrame:
    """The follow-ups that are due within the month, and every rep's first working day of it.

    `customers`: the table rep_allocation_customers (customer, customer_name, rep, region, contacts_per_month);
    `opportunities`: project, customer, rep, next_follow_up. Columns `DAY_COLUMNS`: `activity` is a stage or
    `follow_up`, `person` customers who are due within the month, the most contacts asked first, `spend` in
    currency units (NaN: not known). What was due before `today` stands on the first workday after it. By date and rep.
    """
    first = _first_day(found, plan, customers)
    due = _follow_ups(found, customers, opportunities, today)
    every = pd.concat([due, first], ignore_index=True)
    return every.sort_values(["date", "rep", "place_in_day"], kind="stable", ignore_index=True)[list(DAY_COLUMNS)]


def _first_day(found: Board, plan: ActivityPlan, customers: pd.DataFrame) -> pd.DataFrame:
    """One line per rep and stage on the first day of the month that he works."""
    counts = {stage: found.daily[stage.activity] for stage in plan.terms.stages if stage.activity in found.daily}
    busy = np.zeros((len(found.reps), len(found.days)), dtype=np.bool_)
    for values in counts.values():
        busy |= values > 0
    here, day = np.flatnonzero(busy.any(axis=1)), busy.argmax(axis=1)
    back = found.daily.get(RETURN)
    parts = []
    for place, (stage, values) in enumerate(counts.items()):
        number = values[here, day[here]]
        table = pd.DataFrame(
            {
                "date": found.days["date"].to_numpy()[day[here]],
                "rep": found.reps.to_numpy()[here],
                "time": stage.time or "",
                "activity": stage.activity,
                "count": number,
                "material": stage.material or "",
                "spend": np.nan if stage.cost is None else number * float(stage.cost),
                "place_in_day": len(counts) - place,
            }
        )  # fmt: skip
        seen = (
            np.minimum(number, back[here].sum(axis=1))
            if back is not None and stage.activity == plan.terms.cadence
            else number * 0
        )
        parts.append(_with_customers(table, seen, customers)[number > 0])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*DAY_COLUMNS, "place_in_day"])


def _with_customers(table: pd.DataFrame, seen: "np.ndarray[Any, Any]", customers: pd.DataFrame) -> pd.DataFrame:
    """The lines with the customers to be seen and where they are."""
    blank = table.assign(person="", project="", place="")
    if customers.empty or "contacts_per_month" not in customers:
        return blank
    held = customers[customers["contacts_per_month"].fillna(0) > 0]
    ranked = held.sort_values(["rep", "contacts_per_month", "customer"], ascending=[True, False, True], kind="stable")
    rank = ranked.groupby("rep").cumcount()
    most = np.minimum(ranked["rep"].map(dict(zip(table["rep"], seen, strict=True))).fillna(0), NAMED)
    first = ranked[(rank < most).to_numpy()]
    named = first.assign(
        person=first["customer_name"].fillna(first["customer"]),
        place=first["region"].fillna("") if "region" in first else "",
    )
    texts = named.groupby("rep").agg(
        person=("person", "\u3001".join),
        place=("place", lambda names: "\u3001".join(dict.fromkeys(filter(None, names)))),
    )
    return blank.assign(
        **{name: table["rep"].map(texts[name]).astype(object).fillna("") for name in ("person", "place")}
    )


def _follow_ups(
    found: Board, customers: pd.DataFrame, opportunities: pd.DataFrame | None, today: pd.Timestamp
) -> pd.DataFrame:
    columns = [*DAY_COLUMNS, "place_in_day"]
    if opportunities is None or "next_follow_up" not in opportunities:
        return pd.DataFrame(columns=columns)
    work = found.days.loc[found.days["workday"] & (found.days["date"] > today), "date"]
    last = found.days["date"].iloc[-1]
    when = pd.to_datetime(opportunities["next_follow_up"])
    due = opportunities[when.notna() & (when <= last) & opportunities["rep"].isin(found.reps)]
    if due.empty or work.empty:
        return pd.DataFrame(columns=columns)
    asked = pd.to_datetime(due["next_follow_up"]).clip(lower=work.iloc[0])
    at = np.minimum(np.searchsorted(work.to_numpy(), asked.to_numpy()), len(work) - 1)
    who = customers.drop_duplicates("customer").set_index("customer") if len(customers) else pd.DataFrame()
    name = due["customer"].map(who["customer_name"]) if "customer_name" in who else pd.Series(np.nan, index=due.index)
    place = due["customer"].map(who["region"]) if "region" in who else pd.Series(np.nan, index=due.index)
    found_due = due[["rep", "project"]].assign(
        date=work.to_numpy()[at],
        person=name.astype(object).fillna(due["customer"]),
        place=place.astype(object).fillna(""),
        time="",
        activity=FOLLOW_UP,
        count=1,
        material="",
        spend=np.nan,
        place_in_day=0,
    )
    return pd.DataFrame(found_due[columns])
