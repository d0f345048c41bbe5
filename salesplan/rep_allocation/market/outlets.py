"""Outlets: display and sell-out of each, from the plan of its dealer; what is to be opened where and when."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.calendar import add_months, month_of
from salesplan.rep_allocation.market.steady import over_parts
from salesplan.terms.channels import Display, NewOutlets, OutletRules

Real = NDArray[np.float64]
OUTLET_COLUMNS = [
    "outlet", "dealer", "city", "channel", "state", "opened", "last_sell_out", "sell_out", "growth", "area", "samples",
    "standard",
]  # fmt: skip
CITY_COLUMNS = ["city", "dealer", "month", "outlets", "opening", "sell_out"]
LISTING = ["outlet", "dealer", "city", "channel", "opened", "state", "last_sell_out"]
DIRECT = "(direct)"  # what a dealer sells himself, beside his outlets
EXISTING, LISTED, PLANNED, SILENT, OWN = "existing", "new", "planned", "silent", "own"
LEAST_MONTHS = 3  # a shorter past is not carried to a year by more than this


def outlet_months(
    outlets: pd.DataFrame | None, expected: pd.DataFrame, told: pd.DataFrame | None, *, rules: OutletRules,
    cutoff: int | None = None,
) -> tuple[pd.DataFrame, NDArray[np.int64]]:  # fmt: skip
    """The outlets, and what each is to sell in every month of the dealers' plan: whole units, outlets x months.

    `outlets`: outlet, dealer, city, channel, opened, sell_out (units of the last twelve months before the plan's),
    or None; `expected` table seasonal_split_dealers, `told` the dealers' reports. A dealer's planned sell-out lies
    on his outlets by last year's sell-out (carried to a full year where it opened within it; his outlets' median, else
    that of all, where it is not known) and on himself, `(direct)`, by what he sold beside them; new ones come up by
    `rules.ramp` to the median. Every dealer and month sums exactly to his plan. An outlet without any sale keeps a
    plan of zero; that of a dealer without a plan is not known. Columns: as `rep_allocation_outlets`.
    """
    months = sorted(expected["month"].unique())
    listed = _listed(outlets, months, cutoff)
    if outlets is None:  # what is to be opened is no plan of outlets without those there are
        return _described(listed.assign(sell_out=pd.array([], dtype="Int64")), rules, months), np.zeros(
            (0, len(months)), dtype=np.int64
        )
    rows = pd.concat([listed, _to_open(rules.new, months)], ignore_index=True)
    rows = pd.concat([rows, _direct(rows, told, expected, months)], ignore_index=True)
    rows = rows.sort_values(["dealer", "city", "outlet"], ignore_index=True)
    plan = expected.pivot_table(index="dealer", columns="month", values="sell_out", aggfunc="sum", fill_value=0)
    group = pd.Index(plan.index).get_indexer(rows["dealer"])
    planned = group >= 0
    units = np.zeros((len(rows), len(months)), dtype=np.int64)
    if planned.any():
        weights = _weights(rows, months, rules)[planned]
        used, place = np.unique(group[planned], return_inverse=True)
        totals = plan.to_numpy(dtype=np.int64)[used].clip(min=0)
        units[planned] = over_parts(totals, weights, place.astype(np.int64), np.flatnonzero(planned))
    target = pd.array(np.where(planned, units.sum(axis=1), 0), dtype="Int64")
    target[~planned] = pd.NA
    return _described(rows.assign(sell_out=target), rules, months), units


def _listed(outlets: pd.DataFrame | None, months: Sequence[str], cutoff: int | None) -> pd.DataFrame:
    """The outlets of the table with their month of opening and their state."""
    if outlets is None or not months:
        return pd.DataFrame(
            {name: pd.Series(dtype="float64" if name == "last_sell_out" else "str") for name in LISTING}
        )
    found = outlets.rename(columns={"sell_out": "last_sell_out"}).reindex(columns=LISTING)
    opened = month_of(found["opened"], cutoff) if found["opened"].notna().any() else found["opened"].astype("str")
    fresh = opened.ge(months[0]).fillna(value=False).to_numpy(dtype=bool)
    silent = found["last_sell_out"].eq(0).fillna(value=False).to_numpy(dtype=bool)
    state = np.select([fresh, silent], [LISTED, SILENT], default=EXISTING)
    return found.assign(opened=opened, state=state, last_sell_out=found["last_sell_out"].astype("float64").mask(fresh))


def _to_open(new: Sequence[NewOutlets], months: Sequence[str]) -> pd.DataFrame:
    """One row per outlet to open within the months, numbered through."""
    rows = [
        (f"{one.city} {one.by} +{number + 1}", one.dealer, one.city, one.channel, one.by, PLANNED, np.nan)
        for one in new
        if one.by in months
        for number in range(one.count)
    ]
    table = pd.DataFrame(rows, columns=LISTING).astype(dict.fromkeys(LISTING[:-1], "str"))
    again = table.groupby("outlet").cumcount()
    return table.assign(outlet=table["outlet"].where(again == 0, table["outlet"] + "." + (again + 1).astype("str")))


def _direct(
    rows: pd.DataFrame, told: pd.DataFrame | None, expected: pd.DataFrame, months: Sequence[str]
) -> pd.DataFrame:
    """A row for what each dealer with outlets sold beside them last year, where his reports say more than theirs."""
    empty = rows.head(0)
    if told is None or rows.empty:
        return empty
    last = [add_months(month, -12) for month in months]
    sold = told[told["month"].isin(last)].groupby("dealer")["sell_out"].sum(min_count=1)
    of_outlets = rows.groupby("dealer")["last_sell_out"].sum()
    beside = (sold.reindex(of_outlets.index) - of_outlets * len(last) / 12).dropna()
    beside = beside[(beside > 0) & beside.index.isin(expected["dealer"])]
    own = {"outlet": DIRECT, "city": DIRECT, "state": OWN}
    table = pd.DataFrame({"dealer": beside.index, "last_sell_out": beside.to_numpy(dtype="float64")}).assign(**own)
    return table.reindex(columns=LISTING).astype(dict.fromkeys(LISTING[:-1], "str"))


def _weights(rows: pd.DataFrame, months: Sequence[str], rules: OutletRules) -> Real:
    """What each outlet counts in each month: its year's level, times the ramp of those that are new."""
    start, labels = months[0], {month: k for k, month in enumerate(months)}
    year = [add_months(start, k - 12) for k in range(12)]
    since = rows["opened"].map({month: 12 - k for k, month in enumerate(year)}).fillna(12).clip(lower=LEAST_MONTHS)
    level = rows["last_sell_out"].clip(lower=0) * 12 / since.where(rows["state"] == EXISTING, 12)
    usual = level.where((rows["state"] == EXISTING) & (level > 0))
    typical = usual.groupby(rows["dealer"]).transform("median").fillna(usual.median()).fillna(1.0)
    year_level: Real = level.fillna(typical).to_numpy(dtype="float64")
    fresh = rows["state"].isin([LISTED, PLANNED])
    begin = rows["opened"].map(labels).where(fresh, -len(rules.ramp)).fillna(len(months))
    age = np.arange(len(months))[None, :] - begin.to_numpy(dtype="int64")[:, None]
    ramp = np.array([*(float(share) for share in rules.ramp), 1.0])
    weights: Real = np.where(age < 0, 0.0, ramp[np.clip(age, 0, len(rules.ramp))]) * year_level[:, None]
    return weights


def _described(rows: pd.DataFrame, rules: OutletRules, months: Sequence[str]) -> pd.DataFrame:
    """The rows with their growth on a whole past year (blank for a part) and their channel's display standard."""
    whole = ~rows["opened"].gt(add_months(months[0], -12)).fillna(value=False) if months else rows["opened"].isna()
    last = rows["last_sell_out"].where((rows["last_sell_out"] > 0) & (rows["state"] == EXISTING) & whole)
    display = {name: rows["channel"].map(_of_channel(rules.display, name)) for name in ("area", "samples", "standard")}
    table = rows.assign(
        growth=(rows["sell_out"].astype("Float64") / last - 1).astype("Float64"),
        area=display["area"].astype("float64"),
        samples=display["samples"].astype("Int64"),
        standard=display["standard"].astype("str"),
    )
    return table.astype({"outlet": "str", "city": "str", "channel": "str", "opened": "str"})[OUTLET_COLUMNS]


def _of_channel(display: Mapping[str, Display], name: str) -> dict[str, Any]:
    """One part of the standard by channel, where it is given."""
    found = {channel: getattr(one, name) for channel, one in display.items()}
    return {channel: part for channel, part in found.items() if part not in (None, "")}


def city_months(outlets: pd.DataFrame, units: NDArray[np.int64], expected: pd.DataFrame) -> pd.DataFrame:
    """Table `rep_allocation_cities`: outlets and their sell-out by city, dealer and month.

    `outlets` and `units` as `outlet_months` gives them for the same `expected`. `outlets` those open in the month,
    without those that sold nothing; `opening` those that open in it; `sell_out` whole units (int64), with what the
    dealer sells himself under `(direct)`: each dealer's month sums to his plan. Sorted by city, dealer, month.
    """
    months = sorted(expected["month"].unique())
    known = outlets["sell_out"].notna().to_numpy()
    rows, flow = outlets[known].reset_index(drop=True), units[known]
    keys = rows[["city", "dealer"]].drop_duplicates().sort_values(["city", "dealer"], ignore_index=True)
    place = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(rows[["city", "dealer"]]))
    begin = rows["opened"].map({month: k for k, month in enumerate(months)}).fillna(-1).to_numpy(dtype="int64")
    begin = np.where(rows["state"].isin([LISTED, PLANNED]), begin, -1)
    shop = rows["state"].isin([EXISTING, LISTED, PLANNED]).to_numpy()
    at = np.arange(len(months))[None, :]
    grids = {"outlets": shop[:, None] & (begin[:, None] <= at), "opening": begin[:, None] == at, "sell_out": flow}
    sums = {}
    for name, grid in grids.items():
        total = np.zeros((len(keys), len(months)), dtype=np.int64)
        np.add.at(total, place, grid.astype(np.int64))
        sums[name] = total.ravel()
    table = keys.loc[np.repeat(np.arange(len(keys)), len(months))].reset_index(drop=True)
    return table.assign(month=list(months) * len(keys), **sums)[CITY_COLUMNS]


def city_totals(outlets: pd.DataFrame) -> pd.DataFrame:
    """The year by city and dealer: outlets, opening, silent, last_sell_out, sell_out, area, samples and more.

    `outlets` is table rep_allocation_outlets; `area` and `samples` what the standard asks for in all of them;
    `per_outlet` the planned sell-out of one of them; `growth` of those with a whole past year, with what sold nothing
    and what the dealer sells himself. Units; the largest plan first.
    """
    state = outlets["state"]
    shops = state.isin([EXISTING, LISTED, PLANNED])
    rows = outlets.assign(
        outlets=shops,
        opening=state.isin([LISTED, PLANNED]),
        silent=state == SILENT,
        area=outlets["area"].where(shops),
        samples=outlets["samples"].where(shops),
    )
    sums = rows.groupby(["city", "dealer"], sort=True)
    table = (
        sums[["outlets", "opening", "silent"]]
        .sum()
        .join(sums[["last_sell_out", "sell_out", "area", "samples"]].sum(min_count=1))
    )
    table = table.reset_index().sort_values(
        ["sell_out", "city", "dealer"], ascending=[False, True, True], ignore_index=True
    )
    count, plan = table["outlets"].where(table["outlets"] > 0), table["sell_out"].astype("Float64")
    alike = outlets[outlets["growth"].notna() | state.isin([SILENT, OWN])].groupby(["city", "dealer"])
    places = pd.MultiIndex.from_frame(table[["city", "dealer"]])
    both = alike[["last_sell_out", "sell_out"]].sum(min_count=1).reindex(places)
    last = both["last_sell_out"].where(both["last_sell_out"] > 0).to_numpy()
    return table.assign(per_outlet=(plan / count).round(), growth=both["sell_out"].astype("Float64").array / last - 1)


def openings(rules: OutletRules) -> pd.DataFrame:
    """The outlets to open: month, city, dealer, channel, count; by month, then city."""
    rows = [(one.by, one.city, one.dealer, one.channel, one.count) for one in rules.new]
    table = pd.DataFrame(rows, columns=["month", "city", "dealer", "channel", "count"])
    return table.sort_values(["month", "city", "dealer"], ignore_index=True)
