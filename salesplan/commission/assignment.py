"""Who is on which plan, and against which quota."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.commission.earning import Standing
from salesplan.commission.pay import spells_within
from salesplan.commission.year import Ledger, Year
from salesplan.money import Integers
from salesplan.terms.commission import CommissionPlan, CommissionTerms

HOUSE = (UNASSIGNED, MANAGER, TOTAL)  # rows of other tables that are nobody's pay


def assign(reps: pd.DataFrame, rules: CommissionTerms, year: Year) -> pd.DataFrame:
    """The plan of each rep who is there in the year: rep, plan (its place in the list, -1 for none).

    A rep is on the first plan whose `applies_to` fits his latest spell.
    """
    spells = reps[spells_within(reps, year.start, year.end) & ~reps["rep"].isin(HOUSE)]
    order = [name for name in ("rep", "start") if name in spells]
    latest = spells.sort_values(order, na_position="first", kind="stable").drop_duplicates("rep", keep="last")
    plan = np.full(len(latest), -1, dtype=np.int64)
    for place in reversed(range(len(rules.plans))):
        plan[_fits(latest, rules.plans[place])] = place
    return pd.DataFrame({"rep": latest["rep"].astype("str").to_numpy(), "plan": plan})


def _fits(reps: pd.DataFrame, plan: CommissionPlan) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    fits = np.ones(len(reps), dtype=bool)
    for column, wanted in plan.applies_to.items():
        fits &= (reps[column].astype(object) == wanted).to_numpy() if column in reps else False
    return fits


def quotas_of(quotas: pd.DataFrame, reps: list[str], months: list[str]) -> Integers:
    """Quotas as reps x months, int64 fen; 0 where there is none."""
    table = np.zeros((len(reps), len(months)), dtype=np.int64)
    known = quotas[quotas["rep"].isin(reps) & quotas["month"].isin(months) & quotas["amount"].notna()]
    rows = pd.Index(reps).get_indexer(pd.Index(known["rep"]))
    columns = pd.Index(months).get_indexer(pd.Index(known["month"]))
    np.add.at(table, (rows, columns), known["amount"].to_numpy(dtype=np.int64))
    return table


def standing(ledger: Ledger, year: Year, plan: CommissionPlan, reps: list[str]) -> Standing:
    """Quotas, ramp months and new products for the reps of one plan."""
    months = list(year.months)
    assert ledger.quotas is not None
    quotas, none = quotas_of(ledger.quotas, reps, months), np.zeros((len(reps), len(months)), dtype=np.int64)
    if ledger.ramping is None or plan.accelerator_while_ramping:
        return Standing(quotas, none, _new(ledger, year))
    marks = ledger.ramping[["rep", "month"]].drop_duplicates().assign(amount=1)
    return Standing(quotas, quotas_of(marks, reps, months), _new(ledger, year))


def ramping(reps: pd.DataFrame, year: Year, *, ramp: Sequence[Decimal]) -> pd.DataFrame:
    """Months of the year in which a rep is still in his ramp: rep, month.

    `ramp`: share of a full quota in the month of `start`, the next, ...; the ramp lasts while it is below 1. A rep
    with an earlier spell starts with that one.
    """
    below = [place for place, share in enumerate(ramp) if share < 1]
    starts = reps.dropna(subset=["start"]).groupby("rep")["start"].min() if "start" in reps else pd.Series(dtype=object)
    first = calendar.month_of(starts, year.cutoff) if len(starts) else starts
    rows = [(rep, calendar.add_months(month, place)) for rep, month in first.items() for place in below]
    found = pd.DataFrame(rows, columns=["rep", "month"], dtype="str")
    return found[found["month"].isin(list(year.months))].sort_values(["rep", "month"], ignore_index=True)


def _new(ledger: Ledger, year: Year) -> frozenset[str]:
    """Products launched within the fiscal year."""
    products = ledger.products
    if products is None or "launch" not in products:
        return frozenset()
    within = (products["launch"] >= year.start) & (products["launch"] <= year.end)
    return frozenset(products.loc[within, "product"].astype("str"))
