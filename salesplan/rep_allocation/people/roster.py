"""Who is there in the plan year, and how much of a full quota each rep can carry month by month."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNASSIGNED, UNKNOWN
from salesplan.calendar import add_months, month_of, month_span

TEXTS = ("rep", "name", "region", "team", "manager")
MONEY = ("potential", "capacity")
OTHERS = {"grade": "str", "base_pay": "Int64", "commitment": "Int64"}
NOBODY = frozenset({"", UNASSIGNED, UNKNOWN})
LONG_AGO, FOREVER = pd.Timestamp("1950-01-01"), pd.Timestamp("2150-12-31")


def year_before(months: Sequence[str], years: int = 1) -> list[str]:
    """The same twelve months, `years` earlier."""
    return [add_months(month, -12 * years) for month in months]


def reps_from_sales(sales: pd.DataFrame, months: Sequence[str] | None = None) -> pd.DataFrame:
    """The reps found in sales, for a plan without a table of reps.

    `sales` has `month` and `rep`. With the `months` of a plan year only those found in the year before it: who sold
    nothing last year is taken as departed. Returns the columns of the reps table, sorted by `rep`, everything but `rep`
    unknown.
    """
    found = sales if months is None else sales.loc[sales["month"].isin(year_before(months))]
    names = sorted(set(found["rep"].dropna().astype(str)) - NOBODY)
    unknown = {name: pd.Series([None] * len(names), dtype="str") for name in TEXTS[1:]}
    dates = {name: pd.Series(pd.NaT, index=range(len(names)), dtype="datetime64[ns]") for name in ("start", "end")}
    kinds = {**dict.fromkeys(MONEY, "Int64"), **OTHERS}
    others = {name: pd.Series([None] * len(names), dtype=kind) for name, kind in kinds.items()}
    return pd.DataFrame({"rep": pd.Series(names, dtype="str"), **unknown, **dates, **others})


def planned_reps(reps: pd.DataFrame | None, history: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """The reps table, or without one those of last year's sales."""
    return reps_from_sales(history, months) if reps is None else reps.copy()


def _spells(reps: pd.DataFrame) -> pd.DataFrame:
    """The spells in order, blank dates open, with the begin of the employment each belongs to.

    A spell that follows the one before without a gap (a change of team or region) is the same employment.
    """
    spells = reps.assign(
        start=pd.to_datetime(reps["start"]).fillna(LONG_AGO), end=pd.to_datetime(reps["end"]).fillna(FOREVER)
    )
    spells = spells.sort_values(["rep", "start", "end"], kind="stable", ignore_index=True)
    before = spells.groupby("rep")["end"].cummax().groupby(spells["rep"]).shift()
    first = before.isna() | (spells["start"] > before + pd.Timedelta(days=1))
    return spells.assign(first=first, since=spells["start"].where(first).groupby(spells["rep"]).ffill())


def day_numbers(dates: "pd.Series[Any]") -> NDArray[np.int64]:
    """Days since the open past, so that spells can be compared and intersected."""
    return np.asarray((pd.to_datetime(dates) - LONG_AGO).dt.days.to_numpy(), dtype=np.int64)


def month_days(months: Sequence[str], cutoff: int | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last day of each month as `day_numbers`."""
    spans = [month_span(month, cutoff) for month in months]
    first, last = ([(pd.Timestamp(span[end]) - LONG_AGO).days for span in spans] for end in (0, 1))
    return np.array(first, dtype=np.int64), np.array(last, dtype=np.int64)


def covered(
    starts: NDArray[np.int64], ends: NDArray[np.int64], months: Sequence[str], cutoff: int | None
) -> NDArray[np.float64]:
    """Share of each month's days (columns) that each spell (rows, day numbers) covers."""
    opens, closes = month_days(months, cutoff)
    days = np.minimum(ends[:, None], closes) - np.maximum(starts[:, None], opens) + 1
    return np.asarray(np.clip(days, 0, None) / (closes - opens + 1), dtype=np.float64)


def employments(reps: pd.DataFrame, months: Sequence[str], *, cutoff: int | None = None) -> pd.DataFrame:
    """The spells as day numbers: rep, first_day, last_day; the month in which an employment begins counts whole."""
    spells = _spells(reps)
    opens, closes = month_days(months, cutoff)
    starts = day_numbers(spells["start"])
    place = np.searchsorted(closes, starts)
    inside = spells["first"].to_numpy(dtype=bool) & (place < len(opens)) & (starts >= opens[0])
    first = np.where(inside, opens[np.minimum(place, len(opens) - 1)], starts)
    return pd.DataFrame({"rep": spells["rep"], "first_day": first, "last_day": day_numbers(spells["end"])})


def _presence(reps: pd.DataFrame, months: Sequence[str], cutoff: int | None) -> NDArray[np.float64]:
    """Share of each month's days (columns) a spell (rows, in the order of `_spells`) covers."""
    spans = employments(reps, months, cutoff=cutoff)
    return covered(spans["first_day"].to_numpy(), spans["last_day"].to_numpy(), months, cutoff)


def availability(
    reps: pd.DataFrame, months: Sequence[str], ramp: Sequence[Decimal] = (), *, cutoff: int | None = None
) -> pd.DataFrame:
    """Share of a full month's quota each rep can carry: index `rep` (sorted), one column per month, 0 to 1.

    Before `start` 0; in the month of `start` and after it the `ramp`'s shares, then 1; after `end` 0, in the month of
    `end` in proportion to the days he is there. A blank start is long ago, a blank end open. Several spells of a rep
    add up; one that follows another without a gap does not ramp again.

    Example: start 2027-02-10, ramp (0, 0.5): 2027-01 0, 2027-02 0, 2027-03 0.5, 2027-04 1.
    """
    spells = _spells(reps)
    shares = np.array([*(float(share) for share in ramp), 1.0])
    begun = month_of(spells["since"], cutoff)
    since = begun.str[:4].astype(int).to_numpy() * 12 + begun.str[5:].astype(int).to_numpy()
    now = np.array([int(month[:4]) * 12 + int(month[5:]) for month in months])
    ramped = shares[np.clip(now[None, :] - since[:, None], 0, len(ramp))]
    table = pd.DataFrame(_presence(reps, months, cutoff) * ramped, index=spells["rep"], columns=list(months))
    return table.groupby(level="rep", sort=True).sum().clip(upper=1.0)


def listed(reps: pd.DataFrame, months: Sequence[str], *, cutoff: int | None = None) -> pd.DataFrame:
    """One row per rep who is there on some day of the plan year, sorted by `rep`, as in his last spell of the year."""
    there = availability(reps, months, cutoff=cutoff)
    names = there.index[there.gt(0).any(axis=1)]
    spells = _spells(reps)
    begun = spells.loc[spells["start"] <= pd.Timestamp(month_span(months[-1], cutoff)[1])]
    last = begun.drop_duplicates("rep", keep="last").set_index("rep").loc[names].reset_index()
    known = last.assign(
        start=last["start"].where(last["start"] > LONG_AGO), end=last["end"].where(last["end"] < FOREVER)
    )
    return known.drop(columns=["first", "since"])


def people_table(reps: pd.DataFrame, months: Sequence[str], *, cutoff: int | None = None) -> pd.DataFrame:
    """The reps of the plan year as people read them: rep, name, team, manager, start, end and their amounts.

    `value_potential` and `value_capacity` in fen.
    """
    people = listed(reps, months, cutoff=cutoff)
    shown = people[["rep", "name", "team", "manager", "start", "end", *MONEY]]
    return shown.rename(columns={name: f"value_{name}" for name in MONEY})
