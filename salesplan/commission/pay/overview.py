"""Base pay and the ranking as charts, tables and sentences need them."""

import pandas as pd

from salesplan.commission.year import Ledger, Year
from salesplan.money import MICRO, times_rate
from salesplan.terms.pay import MINIMUM


def base_pay_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Base pay to date per rep and component: rep, component, full, amount, amount_missing; fen.

    `full`: base pay of the days times the weight, which the standard asks for; `amount_missing`: what was not reached
    of it (< 0 above the standard). Differences booked later count with their month. Components in the order of the
    parameters, the top-up to the least wage last.
    """
    micro = (rows["weight"].fillna(0.0) * MICRO).round().astype("int64")
    own = (rows["of_month"] == "") & (rows["component"] != MINIMUM)
    full = pd.Series(times_rate(rows["base"].to_numpy(), micro.to_numpy()), index=rows.index).where(own, 0)
    missing = (full - rows["amount"]).where(rows["component"] != MINIMUM, 0)
    sums = rows.assign(full=full, amount_missing=missing).groupby(["rep", "component"], sort=False)
    found = sums[["full", "amount", "amount_missing"]].sum().reset_index()
    order = sorted(found["component"].unique(), key=lambda name: name == MINIMUM)
    places = found["component"].map(order.index)
    return found.assign(place=places).sort_values(["rep", "place"], ignore_index=True).drop(columns="place")


def by_component(parts: pd.DataFrame) -> pd.DataFrame:
    """The whole team per component: component, full, amount, amount_missing, achieved (share of full)."""
    sums = parts.groupby("component", sort=False)[["full", "amount", "amount_missing"]].sum().reset_index()
    return sums.assign(achieved=(sums["amount"] / sums["full"]).where(sums["full"] > 0))


def below_standard(rows: pd.DataFrame) -> pd.DataFrame:
    """Components that cost a rep part of his base pay in a month, the dearest first; columns of the rows."""
    micro = (rows["weight"].fillna(0.0) * MICRO).round().astype("int64")
    full = times_rate(rows["base"].to_numpy(), micro.to_numpy())
    short = rows.assign(amount_missing=full - rows["amount"])
    short = short[(short["amount_missing"] > 0) & (short["achieved"] < 1) & (short["of_month"] == "")]
    kept = ["rep", "month", "component", "actual", "standard", "achieved", "amount", "amount_missing"]
    order = ["amount_missing", "rep", "month", "component"]
    return short.sort_values(order, ascending=[False, True, True, True], kind="stable", ignore_index=True)[kept]


def latest_ranking(ranking: pd.DataFrame) -> pd.DataFrame:
    """The ranking by attainment of the last period that has begun, without what is the same in every row."""
    overall = ranking[ranking["contest"] == ""]
    latest: pd.DataFrame = overall[overall["period"] == overall["period"].max()].reset_index(drop=True)
    return latest


def winners(ranking: pd.DataFrame) -> pd.DataFrame:
    """Contests: who has won, and who leads where a period still runs; contest, period, indicator, unit, rep, ..."""
    contests = ranking[(ranking["contest"] != "")]
    ahead = (contests["prize"] > 0) | (~contests["complete"] & (contests["place"] == 1) & (contests["value"] != 0))
    kept = ["contest", "period", "indicator", "unit", "rep", "value", "place", "count", "prize", "complete"]
    return contests.loc[ahead, kept].reset_index(drop=True)


def adjustments_of(ledger: Ledger, year: Year) -> pd.DataFrame:
    """Adjustments by hand of the closed months: month, rep, amount (fen), reason, approved_by, order."""
    columns = ["month", "rep", "amount", "reason", "approved_by", "order"]
    if ledger.adjustments is None:
        return pd.DataFrame(columns=columns)
    known = ledger.adjustments[ledger.adjustments["month"].isin(year.closed)]
    kept = [name for name in columns if name in known]
    return known[kept].sort_values(["month", "rep", "amount"], kind="stable", ignore_index=True)
