"""What makes the history a poor witness: months without sales, single orders that make a year."""

from collections.abc import Sequence

import pandas as pd

from salesplan.annual_target.pipeline import order_sums
from salesplan.calendar import fiscal_months
from salesplan.terms.plan import PlanTerms

LARGE = 0.1  # of a year's sales: an order that is not business of every year


def idle_months(
    facts: pd.DataFrame, years: pd.DataFrame, *, first_month: int = 1, exclude: Sequence[str] = ()
) -> list[str]:
    """Months of the complete years without positive net sales, in order, those of `exclude` left out.

    `facts` is the ledger's monthly cube, `years` the frame of `yearly`.
    """
    totals = facts.groupby("month")["amount"].sum()
    whole = [month for year in years.loc[years["complete"], "year"] for month in fiscal_months(int(year), first_month)]
    return [month for month in whole if month not in exclude and totals.get(month, 0) <= 0]


def single_orders(orders: pd.DataFrame, years: pd.DataFrame, plan: PlanTerms) -> pd.DataFrame:
    """Orders that alone make over a tenth of their year's net sales.

    `orders`: `order`, `original_order`, `date`, `amount` (fen); `years` is the frame of `yearly`. One row per order
    and year, the largest first: `order`, `year`, `amount` (int64 fen), `share` of the year.
    """
    sums = order_sums(orders, plan)
    known = years.loc[years["complete"] & (years["amount"] > 0), ["year", "amount"]]
    joined = sums.merge(known.rename(columns={"amount": "total"}), on="year")
    share = joined["amount"].astype("float64") / joined["total"].astype("float64")
    large = joined.assign(share=share)[share > LARGE]
    return large.sort_values(["share", "order"], ascending=[False, True], ignore_index=True).drop(columns="total")
