"""Reps needed by the season of recent years against those in post, and when a hire must start to be of use."""

import math
from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from salesplan.annual_target.drivers import full_quota
from salesplan.calendar import add_months, month_of
from salesplan.terms.drivers import Drivers

COLUMNS = ["month", "needed", "have", "gap", "hires", "start_by"]
MONTHS = 12
TENTH = 1  # decimals of a gap that count: nobody is hired for a twentieth of a rep


def hires(
    level: int,
    shares: "pd.Series[float]",
    reps: pd.DataFrame,
    *,
    terms: Drivers,
    ramp: Sequence[Decimal] = (),
    cutoff: int | None = None,
) -> pd.DataFrame:
    """Table `annual_target_hires`: full-quota reps needed, in post and to be hired, by month.

    `level` in fen; `shares` the month shares of recent years by the plan's month labels (the months of step 2 differ:
    projects, launches and events come in there); `reps` has `rep`, `start`, `end`, `capacity`
    (fen per full year). One row per month: `month`, `needed` = level x share / (full quota / 12 x peak load), `have` =
    sum over those in post of capacity / full quota x ramp, `gap` = needed - have (all in full-quota equivalents,
    float64), `hires` (reps to start anew for this month, beyond those hired for earlier ones) and `start_by`, the
    month in which they must start to be past their ramp by then (`""` where nobody is hired); a gap is rounded to a
    tenth of a rep before it is filled. Without a peak load
    the busiest month is what a rep carries: its share x 12. Empty where no capacity is known. Source: S4.

    Example: for a gap of 1.2 in 2027-11 and a ramp of four months, two must start by 2027-07.
    """
    full = full_quota(terms, reps)
    if full is None or not len(shares) or shares.max() <= 0:
        return pd.DataFrame(columns=COLUMNS).astype({"hires": "int64"})
    needed = level * shares / (full / MONTHS * peak_load(terms, shares))
    have = in_post(reps, list(shares.index), ramp=ramp, cutoff=cutoff, full=full)
    gap = needed - have
    short = gap.round(TENTH).map(math.ceil).clip(lower=0).cummax()
    fresh = short.diff().fillna(short).astype("int64")
    ahead = sum(1 for place in range(len(ramp)) if any(step < 1 for step in ramp[place:]))
    start_by = [add_months(month, -ahead) if count else "" for month, count in zip(shares.index, fresh, strict=True)]
    columns = {"needed": needed.to_numpy(), "have": have.to_numpy(), "gap": gap.to_numpy(), "hires": fresh.to_numpy()}
    return pd.DataFrame({"month": list(shares.index), **columns, "start_by": start_by})


def peak_load(terms: Drivers, shares: "pd.Series[float]") -> float:
    """The most of a twelfth of his quota a rep carries in a month: as declared, else the busiest month's share x 12."""
    return float(terms.peak_load) if terms.peak_load is not None else max(float(shares.max()) * MONTHS, 1.0)


def in_post(
    reps: pd.DataFrame, months: list[str], *, ramp: Sequence[Decimal], cutoff: int | None, full: int
) -> "pd.Series[float]":
    """Full-quota equivalents in post, by month: capacity / full quota x ramp since the rep's first start.

    An unknown capacity counts as a full quota, an unknown start as long past; the months of start and end count.
    """
    spells = reps.assign(
        begin=month_of(reps["start"], cutoff).fillna("0001-01"),
        last=month_of(reps["end"], cutoff).fillna("9999-12"),
        size=reps["capacity"].astype("Float64").fillna(full).astype("float64") / full,
    )
    spells = spells.assign(ramped=spells.groupby("rep")["begin"].transform("min"))
    grid = spells.merge(pd.DataFrame({"month": months}), how="cross")
    live = grid[(grid["begin"] <= grid["month"]) & (grid["month"] <= grid["last"])]
    age = _number(live["month"]) - _number(live["ramped"])
    carried = live.assign(part=live["size"] * age.map(dict(enumerate(map(float, ramp)))).fillna(1.0))
    single = carried.groupby(["month", "rep"], sort=True)["part"].max()
    return single.groupby("month").sum().reindex(months, fill_value=0.0)


def _number(labels: "pd.Series[str]") -> "pd.Series[int]":
    return labels.str[:4].astype("int64") * MONTHS + labels.str[5:7].astype("int64")


def heads(reps: pd.DataFrame, month: str, *, cutoff: int | None = None) -> int:
    """Reps in post in a month."""
    begin, last = month_of(reps["start"], cutoff).fillna("0001-01"), month_of(reps["end"], cutoff).fillna("9999-12")
    return int(reps.loc[(begin <= month) & (month <= last), "rep"].nunique())
