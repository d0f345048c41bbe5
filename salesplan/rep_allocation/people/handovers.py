"""Who takes over customers from whom and when, what that moves, and who is there at all."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNASSIGNED
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.roster import LONG_AGO, availability, month_days, year_before
from salesplan.rep_allocation.people.territory import Ownership

HANDOVERS = ("rep", "successor", "date", "customers", "last_year")


class Territory(NamedTuple):
    """The territories of the plan year."""

    history: pd.DataFrame  # past lines with `rep` = the present owner, `sold_by` = who sold
    vacancies: pd.DataFrame  # table rep_allocation_vacancies
    handovers: pd.DataFrame  # who takes over from whom, when, how much
    vacant: NDArray[np.int64]  # by month: fen of the target that the manager keeps


def handovers(history: pd.DataFrame, given: Given, owners: Ownership) -> pd.DataFrame:
    """Customers whose sales of last year were another's: rep (who sold), successor, date, customers, last_year (fen).

    Shares of a colleague's orders are none: they stay with whom they are credited to. `history` from
    `territory_history`, with `sold_by`. `date` is the day within the plan year on which the successor takes over; blank
    where he has them from its beginning.
    """
    recent = history["month"].isin(year_before(given.months)) & (history["rep"] != UNASSIGNED)
    moved = history[recent & (history["rep"] != history["sold_by"])]
    if moved.empty or "customer" not in moved:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in HANDOVERS})
    opens, closes = month_days(given.months, given.cutoff)
    begun = owners.spells[owners.spells["first_day"].between(opens[0] + 1, closes[-1])]
    starts = begun.groupby(["account", "rep"])["first_day"].min()
    keys = pd.MultiIndex.from_frame(moved[["customer", "rep"]])
    days = pd.to_timedelta(starts.reindex(keys).to_numpy(), unit="D") + LONG_AGO
    sums = (
        moved.assign(successor=moved["rep"], rep=moved["sold_by"], date=days)
        .groupby(["rep", "successor", "date"], sort=True, dropna=False)
        .agg(customers=("customer", "nunique"), last_year=("amount", "sum"))
    )
    return sums.reset_index()[list(HANDOVERS)]


def presence_table(given: Given, people: pd.DataFrame, there: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """Who is there when, and below them what nobody looks after: kind, rep, name, month, presence, ramp, customers.

    `kind`: `rep` or `vacant`; `presence` share of the month's days, `ramp` share of a full quota, both 0 to 1. Vacant
    rows have the region as `name`, the last owner as `rep` and the number of customers; `gaps` is the table
    rep_allocation_vacancies.
    """
    months = pd.DataFrame({"month": list(given.months)})
    whole = availability(given.reps, given.months, cutoff=given.cutoff).reindex(people["rep"]).to_numpy()
    ramp = np.divide(there.to_numpy(dtype=np.float64), whole, out=np.zeros(whole.shape), where=whole > 0)
    staff = people[["rep", "name"]].assign(name=people["name"].fillna(people["rep"])).merge(months, how="cross")
    staff = staff.assign(kind="rep", presence=whole.ravel(), ramp=np.clip(ramp, 0, 1).ravel(), customers=0)
    open_ = gaps[gaps["reason"].isin(["no_owner", "not_there"])].merge(months, how="cross")
    inside = (open_["month"] >= open_["first_month"]) & (open_["month"] <= open_["last_month"])
    vacant = open_.assign(kind="vacant", name=open_["region"], presence=inside.astype("float64"), ramp=0.0)
    columns = ["kind", "rep", "name", "month", "presence", "ramp", "customers"]
    return pd.concat([staff[columns], vacant[columns]], ignore_index=True) if len(vacant) else staff[columns]


def territory_table(people: pd.DataFrame, territory: Territory, given: Given) -> pd.DataFrame:
    """Last year's sales of what each rep holds now, and how they came together (fen); one row per rep.

    rep, customers (count, those he holds that bought; not those of whom he only shared an order), sold (credited to
    him last year), received (sold by others, held by him now), handed_over (sold by him, held by others or by nobody
    now), territory; sold + received - handed_over = territory in every row.
    """
    lines = territory.history[territory.history["month"].isin(year_before(given.months))]
    index = pd.Index(people["rep"], name="rep")
    moved = lines["rep"] != lines["sold_by"]
    sums = {
        "sold": lines.groupby("sold_by")["amount"].sum(),
        "received": lines[moved].groupby("rep")["amount"].sum(),
        "handed_over": lines[moved].groupby("sold_by")["amount"].sum(),
        "territory": lines.groupby("rep")["amount"].sum(),
    }
    held = lines[~lines["shared"]]
    count = held.groupby("rep")["customer"].nunique() if "customer" in lines else pd.Series(dtype="int64")
    table = pd.DataFrame({name: found.reindex(index).fillna(0).astype("int64") for name, found in sums.items()})
    table.insert(0, "customers", count.reindex(index).fillna(0).astype("int64"))
    return table.reset_index()
