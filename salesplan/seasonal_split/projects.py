"""Project business: big deals by their expected close, apart from the season of what is left."""

from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.apportion import UNKNOWN
from salesplan.money import half_away, times_rate, to_fen
from salesplan.seasonal_split.apart import Apart
from salesplan.seasonal_split.history import Array
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.plan import DIMENSIONS
from salesplan.terms.shape import Projects

COLUMNS = ("project", "customer", "stage", "month", "amount", "probability", "expected", "placed", "state")
MICRO = 1_000_000
KEYS = ["month", *DIMENSIONS]


def planned_projects(opportunities: pd.DataFrame | None, *, year: PlanYear, projects: Projects | None) -> pd.DataFrame:
    """Table `seasonal_split_projects`: every deal followed, and what of it is planned apart.

    `month` of the expected close; `probability` the deal's own, else that of its stage, NA where neither is known;
    `expected` = amount x probability (fen, half away from zero); `placed` in the plan year, fen in whole money units:
    `expected`, or the whole `amount` where the rules weigh so. `state`: `placed`, or why not: `small` (below the size),
    `outside` (closes in another year), `unlikely` (below the least probability), `unknown` (no probability). By month,
    then project.
    """
    if opportunities is None or projects is None:
        return pd.DataFrame(columns=list(COLUMNS))
    chance = opportunities["probability"].fillna(opportunities["stage"].map(_by_stage(projects)).astype("float64"))
    micro = (chance.fillna(0) * MICRO).round().astype("int64")
    deals = opportunities.assign(
        month=days_of.month_of(opportunities["close"], year.month_cutoff),
        probability=chance,
        expected=pd.array(times_rate(opportunities["amount"].to_numpy(), micro.to_numpy()), dtype="Int64"),
    )
    deals = deals.assign(expected=deals["expected"].mask(chance.isna()))
    counted = deals["amount"] if projects.weigh == "amount" else deals["expected"].fillna(0)
    whole = half_away(counted.to_numpy(dtype="int64"), year.unit) * year.unit
    state = _states(deals, year, projects)
    placed = deals.assign(state=state, placed=np.where(state == "placed", whole, 0))
    return placed.sort_values(["month", "project"], ignore_index=True)[list(COLUMNS)]


def _by_stage(projects: Projects) -> dict[str, float]:
    return {stage: float(chance) for stage, chance in projects.stages.items()}


def _states(deals: pd.DataFrame, year: PlanYear, projects: Projects) -> Array:
    reasons = {
        "small": deals["amount"] < to_fen(projects.from_),
        "outside": ~deals["month"].isin(year.months),
        "unknown": deals["probability"].isna(),
        "unlikely": deals["probability"] < float(projects.min_probability),
    }
    return np.select(list(reasons.values()), list(reasons), default="placed").astype(object)


def projects_apart(deals: pd.DataFrame, customers: pd.DataFrame | None, *, year: PlanYear) -> list[Apart]:
    """The deals that are placed, each in its month, with the region and channel of its customer.

    `customers`: customer, region, channel, by spell (the last counts); a customer who is not there is `(unknown)`.
    Over products a deal lies as the sales of its region and channel do.
    """
    known = pd.DataFrame(columns=["region", "channel"])
    if customers is not None:
        last = customers.sort_values(["customer", "start"], na_position="first").drop_duplicates(
            "customer", keep="last"
        )
        known = last.set_index("customer")[["region", "channel"]]
    placed = deals[deals["placed"] > 0]
    where = known.reindex(placed["customer"]).fillna(UNKNOWN)
    return [
        _apart(deal, {"region": region, "channel": channel}, year)
        for deal, region, channel in zip(placed.to_dict("records"), where["region"], where["channel"], strict=True)
    ]


def _apart(deal: dict[Any, Any], at: dict[str, str], year: PlanYear) -> Apart:
    months = np.where(np.array(year.months) == deal["month"], deal["placed"], 0).astype("int64")
    return Apart(str(deal["project"]), months, {**at, "customer": str(deal["customer"])}, at)


def without_projects(facts: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The facts without the lines of big orders: month, the dimensions, `amount` (fen), `quantity`.

    `lines`: the ledger's `big_orders`, the same columns. Unchanged where there are none; a quantity is unknown where
    that of the facts or of the lines is.
    """
    if lines.empty:
        return facts
    back = lines.assign(amount=-lines["amount"], quantity=-lines["quantity"])
    every = pd.concat([facts[[*KEYS, "amount", "quantity"]], back[[*KEYS, "amount", "quantity"]]], ignore_index=True)
    every = every.sort_values([*KEYS, "amount", "quantity"], kind="stable")
    groups = every.groupby(KEYS, sort=True)
    sums = groups.agg(
        amount=("amount", "sum"), quantity=("quantity", "sum"), known=("quantity", "count"), n=("amount", "size")
    )
    quantity = sums["quantity"].where(sums["known"] == sums["n"])
    return sums.assign(quantity=quantity).reset_index()[[*KEYS, "amount", "quantity"]]
