"""How much of an order counts for a rep: his share of it, less the rebates his plan accrues."""

import numpy as np
import pandas as pd

from salesplan.commission.papers.reached import plans_of
from salesplan.money import MICRO, Integers, times_rate
from salesplan.terms.commission import CommissionTerms

REBATE = "rebate"


def rebate_rates(customers: pd.DataFrame | None) -> "pd.Series[int]":
    """Rebate rate of each customer that has one, in millionths, by the customer's latest row."""
    if customers is None or "rebate_rate" not in customers:
        return pd.Series(dtype="int64")
    order = [name for name in ("customer", "start") if name in customers]
    rows = customers.sort_values(order, na_position="first", kind="stable").drop_duplicates("customer", keep="last")
    rates = rows.set_index(rows["customer"].astype("str"))["rebate_rate"].astype("float64").fillna(0.0)
    micro = (rates * MICRO).round().astype("int64")
    found: pd.Series[int] = micro[micro != 0]
    return found


def accruing(frame: pd.DataFrame, rules: CommissionTerms) -> "pd.Series[bool]":
    """Whether the plan that each row (month, plan) is on accrues rebates."""
    known = {
        (month, name)
        for month in frame["month"].dropna().unique()
        for name, plan in plans_of(rules, str(month)).items()
        if plan.rebates == "accrued"
    }
    keys = zip(frame["month"].tolist(), frame["plan"].tolist(), strict=True)
    return pd.Series([key in known for key in keys], index=frame.index, dtype="bool")


def accrued_rebates(
    lines: pd.DataFrame, table: pd.DataFrame, customers: pd.DataFrame | None, rules: CommissionTerms
) -> Integers:
    """What accrued rebates take off each line, int64 fen <= 0 of sales; 0 where the rep's plan books them.

    `lines`: rep, month, customer, amount, kind. `table`: plan of each rep and month. A rebate that is paid out is
    taken off no second time: what its line took off is given back.
    """
    plan = lines[["rep", "month"]].merge(table[["rep", "month", "plan"]], how="left", on=["rep", "month"])
    amount = lines["amount"].to_numpy(dtype=np.int64)
    rates = lines["customer"].astype("str").map(rebate_rates(customers)).astype("float64")
    rate = rates.fillna(0).to_numpy(dtype=np.int64)
    paid_out = (lines["kind"] == REBATE).to_numpy() if "kind" in lines else np.zeros(len(lines), dtype=bool)
    off = np.where(paid_out & (rate != 0), amount, times_rate(amount, rate))
    return np.asarray(np.where(accruing(plan, rules).to_numpy(), -off, 0), dtype=np.int64)


def shares(order_lines: pd.DataFrame) -> pd.DataFrame:
    """Share of each rep in a product of an order that others have a part of too: rep, order, product, share."""
    lines = order_lines[(order_lines["amount"] > 0) & (order_lines["order"].fillna("") != "")]
    if lines.empty or "product" not in lines:
        return pd.DataFrame({"rep": [], "order": [], "product": [], "share": []})
    beside = lines["overlay"].astype("bool") if "overlay" in lines else pd.Series(data=False, index=lines.index)
    own = lines.groupby(["rep", "order", "product"])["amount"].sum().rename("own").reset_index()
    whole = lines[~beside].groupby(["order", "product"])["amount"].sum().rename("whole").reset_index()
    found = own.merge(whole, on=["order", "product"])
    parted = found[found["own"] != found["whole"]]
    return parted.assign(share=parted["own"] / parted["whole"])[["rep", "order", "product", "share"]]
