"""What a plan earns on made-up sales, through the same code that pays: for proof pages and cost."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.year import Ledger, Year
from salesplan.terms.commission import CommissionPlan, CommissionTerms

BLANK = {"invoice_date": pd.NaT, "region": "", "channel": "", "kind": "sale", "original_order": "", "customer": ""}


def trial(plan: CommissionPlan, sales: pd.DataFrame, quotas: pd.DataFrame, year: Year) -> pd.DataFrame:
    """Commission lines of one plan on made-up sales, every one of them ordered, invoiced and paid at once.

    `sales`: rep, month, amount (int64 fen, > 0), and where they matter order, date, product, quantity, cost, region,
    channel; a sale without an order is one by itself, on the first day of its month. `quotas`: rep, month, amount
    (int64 fen). All months of the year count as closed. Returns the columns of `commission_lines`, sorted by rep and
    month; draws, base pay, caps of cash and leavers play no part.
    """
    from salesplan.commission.calculate import calculate

    whole = replace(year, as_of=calendar.month_span(year.months[-1], year.cutoff)[1])
    alone = plan.model_copy(
        update={"applies_to": {}, "from_": None, "until": None, "basis": "ordered", "measure_basis": "ordered"}
    )
    reps = pd.DataFrame({"rep": pd.Series(sorted(set(sales["rep"])), dtype="str")})
    ledger = Ledger(order_lines=_lines(sales, year), reps=reps, quotas=quotas)
    return calculate(ledger, whole, CommissionTerms.model_construct(plans=(alone,))).lines


def _lines(sales: pd.DataFrame, year: Year) -> pd.DataFrame:
    first = {month: pd.Timestamp(calendar.month_span(month, year.cutoff)[0]) for month in year.months}
    numbers = pd.Series([f"T{number:09d}" for number in range(len(sales))], dtype="str")
    given = sales.reset_index(drop=True)
    made: dict[str, Any] = {
        "order": numbers,
        "date": given["month"].map(first),
        "product": "",
        "quantity": np.nan,
        "cost": None,
    }
    absent: dict[str, Any] = {name: values for name, values in {**BLANK, **made}.items() if name not in given}
    return given.assign(**absent).astype({"cost": "Int64", "quantity": "float64", "amount": "int64"})
