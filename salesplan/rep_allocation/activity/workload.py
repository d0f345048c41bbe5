"""Whether the activity plan can be worked: hours needed beside the hours there are, and what would help."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan import calendar as days_of
from salesplan.rep_allocation.activity.activities import WEEK, ActivityPlan, Integers
from salesplan.rep_allocation.activity.funnel import DEAL
from salesplan.rep_allocation.activity.shrinking import Real
from salesplan.rep_allocation.people.roster import FOREVER, LONG_AGO
from salesplan.terms.activities import Funnel

LOAD_COLUMNS = ("rep", "month", "workdays", "hours_needed", "hours_available", "hours_missing", "load_share")
PACE_COLUMNS = ("rep", "activity", "per", "pace", "peak", "month", "standard", "recorded")
REMEDY_COLUMNS = (
    "rep", "months_short", "hours_missing", "month", "load_share", "rate", "rate_needed", "quota", "amount_workable",
    "amount_too_much", "helpers", "by_shifting",
)  # fmt: skip
TINY = 1e-9


def rep_workdays(reps: pd.DataFrame, months: Sequence[str], *, country: str, cutoff: int | None = None) -> pd.DataFrame:
    """Workdays on which each rep is there: index `rep` (sorted), one column per month, int64.

    `reps`: one row per rep and spell (rep, start, end; blank dates are open). Days moved by law count as the calendar
    says (`calendar.days`); a month that he joins or leaves counts only his days.
    """
    days = days_of.days(months, country, cutoff)
    first = days["date"].iloc[0]
    reached = np.concatenate([[0], np.cumsum(days["workday"].to_numpy(dtype=np.int64))])
    starts = _place(reps["start"], LONG_AGO, first, len(days))
    ends = _place(reps["end"], FOREVER, first, len(days), after=1)
    spans = [days_of.month_span(month, cutoff) for month in months]
    opens = np.array([(pd.Timestamp(begin) - first).days for begin, _ in spans])
    closes = np.array([(pd.Timestamp(end) - first).days + 1 for _, end in spans])
    low, high = np.maximum(starts[:, None], opens), np.minimum(ends[:, None], closes)
    worked = np.where(high > low, reached[np.maximum(high, low)] - reached[low], 0)
    table = pd.DataFrame(worked, index=pd.Index(reps["rep"], name="rep"), columns=list(months))
    return (
        table.groupby(level="rep", sort=True).sum().clip(upper=reached[closes] - reached[opens], axis=1).astype("int64")
    )


def _place(dates: pd.Series, blank: pd.Timestamp, first: pd.Timestamp, most: int, after: int = 0) -> Integers:
    """Days from the first of the year to each date, held within the year."""
    filled = pd.to_datetime(dates).fillna(blank)
    return np.clip((filled - first).dt.days.to_numpy(dtype=np.int64) + after, 0, most)


def hours_needed(plan: ActivityPlan) -> Real:
    """Hours that the planned activities take, reps x months; the kinds of visits are in their stage."""
    return np.asarray(
        sum((plan.counts[name] * hours for name, hours in _hours(plan.terms).items() if name in plan.counts),
            np.zeros(plan.field.workdays.shape)), dtype=np.float64,
    )  # fmt: skip


def _hours(terms: Funnel) -> Mapping[str, float]:
    return {DEAL: float(terms.deal.hours), **{stage.activity: float(stage.hours) for stage in terms.stages}}


def hours_available(plan: ActivityPlan) -> Real:
    """Workdays x hours left for customers on a working day, reps x months."""
    return np.asarray(plan.field.workdays.to_numpy() * float(plan.terms.day.field), dtype=np.float64)


def load_table(plan: ActivityPlan) -> pd.DataFrame:
    """Table `rep_allocation_load`: rep, month, workdays, hours_needed, hours_available, hours_missing, load_share.

    missing = needed - available where that is above zero; load = needed / available, unknown in a month without days.
    """
    needed, there = hours_needed(plan), hours_available(plan)
    reps, months = plan.field.people["rep"], plan.field.months
    cells = {
        "workdays": plan.field.workdays.to_numpy(),
        "hours_needed": needed.round(6),
        "hours_available": there.round(6),
        "hours_missing": np.clip(needed - there, 0, None).round(6),
        "load_share": np.divide(needed, there, out=np.full(needed.shape, np.nan), where=there > 0),
    }
    keys = {"rep": np.repeat(reps.to_numpy(), len(months)), "month": np.tile(np.array(months, dtype=object), len(reps))}
    return pd.DataFrame({**keys, **{name: values.ravel() for name, values in cells.items()}})


def pace_table(plan: ActivityPlan, recorded: pd.DataFrame) -> pd.DataFrame:
    """Table `rep_allocation_pace`: what a day or week asks for of the stages that the company has a standard for.

    rep, activity, per (day, week, month), pace (mean of the year on the rep's workdays), peak (the hardest month) and
    that month, standard, recorded (what he wrote down in the past, on twelfths of the year's workdays; NaN: nothing).
    `recorded`: `activities.recorded_pace`.
    """
    workdays = plan.field.workdays.to_numpy(dtype=np.float64)
    past = recorded.set_index(["rep", "activity"])["per_month"] if len(recorded) else pd.Series(dtype="float64")
    parts = []
    for stage in plan.terms.stages:
        if stage.standard is None or stage.activity not in plan.counts:
            continue
        days = {"day": 1.0, "week": float(WEEK)}.get(stage.standard.per, workdays.sum() / max((workdays > 0).sum(), 1))
        part = _pace(plan, stage.activity, days)
        keys = pd.MultiIndex.from_arrays([part["rep"], part["activity"]])
        usual = workdays.max(axis=0).mean()
        once = past.reindex(keys).to_numpy(dtype=np.float64) * days / usual if len(past) else np.nan
        parts.append(part.assign(per=stage.standard.per, standard=stage.standard.count, recorded=once))
    if not parts:
        return pd.DataFrame(columns=list(PACE_COLUMNS))
    return pd.concat(parts, ignore_index=True).sort_values("rep", kind="stable", ignore_index=True)[list(PACE_COLUMNS)]


def _pace(plan: ActivityPlan, activity: str, days: float) -> pd.DataFrame:
    counts, workdays = plan.counts[activity], plan.field.workdays.to_numpy(dtype=np.float64)
    daily = np.divide(counts, workdays, out=np.full(counts.shape, np.nan), where=workdays > 0)
    worked = workdays.sum(axis=1)
    mean = np.divide(counts.sum(axis=1), worked, out=np.full(len(worked), np.nan), where=worked > 0)
    hardest = np.where(np.isnan(daily), -1.0, daily).argmax(axis=1)
    return pd.DataFrame(
        {
            "rep": plan.field.people["rep"].to_numpy(),
            "activity": activity,
            "pace": mean * days,
            "peak": daily[np.arange(len(daily)), hardest] * days,
            "month": np.array(plan.field.months, dtype=object)[hardest],
        }
    )


def stretching(plan: ActivityPlan) -> Real:
    """By how much the funnel's work of each month has to shrink to fit the hours, reps x months; 1 where it fits.

    What the customers' grades ask for does not shrink. Infinite where even that is too much.
    """
    there, cadence = hours_available(plan), plan.terms.cadence
    hours = _hours(plan.terms)
    owed = plan.counts.get("return_visit", np.zeros(there.shape, dtype=np.int64))
    visit = hours.get(cadence, 0.0) if cadence else 0.0
    asked = plan.asked.get(cadence, np.zeros(there.shape, dtype=np.int64)) if cadence else np.zeros(there.shape)
    rest = sum((plan.asked[name] * hour for name, hour in hours.items() if name != cadence and name in plan.asked),
               np.zeros(there.shape))  # fmt: skip
    over = hours_needed(plan) > there + TINY
    together = _ratio(np.asarray(rest + visit * asked), there)
    apart = _ratio(np.asarray(rest), there - visit * owed)
    fits = np.where(asked / np.maximum(together, TINY) >= owed, together, apart)
    return np.asarray(np.where(over, np.maximum(fits, 1.0), 1.0), dtype=np.float64)


def _ratio(above: Real, below: Real) -> Real:
    ratio: Real = np.divide(above, below, out=np.full(np.shape(above), np.inf), where=below > TINY)
    return ratio


def remedies(plan: ActivityPlan) -> pd.DataFrame:
    """The reps whose plan cannot be worked, most hours missing first, and what would make it workable.

    rep, months_short, hours_missing (of the year), month and load_share of the worst month, rate (deals of bids, used)
    and rate_needed (so that every month fits; NaN: more than every bid would have to win), quota, amount_workable (what
    of the quota the hours can carry, fen), amount_too_much, helpers (people at full time), by_shifting (the year as a
    whole has the hours).
    """
    needed, there = hours_needed(plan), hours_available(plan)
    missing, factor = np.clip(needed - there, 0, None), stretching(plan)
    missing = np.where(missing > TINY, missing, 0.0)
    load = np.divide(needed, there, out=np.where(needed > 0, np.inf, 0.0), where=there > 0)
    worst, rows = load.argmax(axis=1), np.arange(len(load))
    rate = _top_rate(plan)
    regular, quota = plan.field.regular, plan.field.quotas.to_numpy(dtype=np.int64).sum(axis=1)
    workable = quota - regular.sum(axis=1) + np.floor((regular / factor).sum(axis=1)).astype(np.int64)
    full_time = float(plan.field.workdays.to_numpy().max(axis=0).sum() * plan.terms.day.field) or 1.0
    better = rate * factor.max(axis=1)
    people = plan.field.people
    table = people[["rep", "name"]].assign(
        months_short=(missing > 0).sum(axis=1),
        hours_missing=missing.sum(axis=1).round(6),
        month=np.array(plan.field.months, dtype=object)[worst],
        load_share=load[rows, worst],
        rate=rate,
        rate_needed=np.where(better <= 1, better, np.nan),
        quota=quota,
        amount_workable=np.minimum(workable, quota),
        amount_too_much=np.maximum(quota - workable, 0),
        helpers=(missing.sum(axis=1) / full_time).round(6),
        by_shifting=needed.sum(axis=1) <= there.sum(axis=1) + TINY,
    )
    short = table[table["months_short"] > 0]
    return short.sort_values(["hours_missing", "rep"], ascending=[False, True], ignore_index=True)


def _top_rate(plan: ActivityPlan) -> "NDArray[np.float64]":
    """The rate at which the first stage becomes deals, by rep."""
    first = plan.funnel[plan.funnel["activity"] == plan.terms.stages[0].activity].set_index("rep")["rate"]
    return np.asarray(first.reindex(plan.field.people["rep"]).to_numpy(dtype=np.float64), dtype=np.float64)
