"""Pay on a curve, told so that it can be followed: the target pay, what of it is reached, how it is spread."""

from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission.curve import payout
from salesplan.commission.earning import target_pay
from salesplan.commission.exact import part_of
from salesplan.commission.roster import make_roster
from salesplan.commission.year import Ledger, Year
from salesplan.money import Integers
from salesplan.terms.commission import CommissionPlan, CommissionTerms

CURVE = "curve"
SPREAD = 3  # pay x base / bases is the amount, but for a fen of cumulative rounding


def targets(
    plan: CommissionPlan, reps: list[str], months: slice, ledger: Ledger, year: Year, rules: CommissionTerms
) -> Integers:
    """Target pay of some months, int64 fen, per rep: of the months in which he is on the plan; 0 without a curve."""
    if plan.curve is None or ledger.reps is None:
        return np.zeros(len(reps), dtype=np.int64)
    roster = make_roster(ledger, year, rules)
    pay = roster.reps["base_pay"] if "base_pay" in roster.reps else pd.Series(0, index=roster.reps.index)
    by_spell = np.append(pay.astype("Int64").fillna(0).to_numpy(dtype=np.int64), 0)
    whole = target_pay(plan, by_spell[roster.spell])
    assert whole is not None
    on = roster.plan == [one is plan for one in rules.plans].index(True)
    sums = pd.Series((whole * on)[:, months].sum(axis=1), index=roster.names)
    return sums.reindex(reps, fill_value=0).to_numpy(dtype=np.int64)


def paid_out(plan: CommissionPlan, measure: Integers, quota: Integers, target: Integers, held: Any) -> Integers:
    """What the curve pays to date, int64 fen per rep; 0 without a curve. `held`: full quota is the most that counts."""
    if plan.curve is None:
        return np.zeros(len(measure), dtype=np.int64)
    rows = zip(measure.tolist(), quota.tolist(), target.tolist(), np.asarray(held).tolist(), strict=True)
    return np.array([payout(plan.curve, m, q, t, full=full)[0] for m, q, t, full in rows], dtype=np.int64)


def with_spread(lines: pd.DataFrame, whole: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """The month's lines with curve_pay and curve_base (Int64), what the period's lines on a curve pay and rest on.

    `lines`: those of the month, with `exact`, which becomes SPREAD where pay x base / bases is the amount; `whole`:
    those of all months; `standing`: rep and first month of his period.
    """
    of_period = whole[whole["rule"] == CURVE].merge(standing[["rep", "first"]], on="rep")
    of_period = of_period[of_period["month"] >= of_period["first"]]
    sums = of_period.groupby("rep")[["amount", "base"]].sum()
    own = lines["rule"] == CURVE
    told = {
        f"curve_{name}": lines["rep"].map(sums[column]).astype("Int64").where(own)
        for name, column in (("pay", "amount"), ("base", "base"))
    }
    pay, bases = (told[f"curve_{name}"].fillna(0).to_numpy(dtype=np.int64) for name in ("pay", "base"))
    base = lines["base"].fillna(0).to_numpy(dtype=np.int64)
    near = np.abs(part_of(pay, np.where(bases > 0, base, 0), np.where(bases > 0, bases, 1)) - lines["amount"]) <= 1
    fits = own.to_numpy() & near.to_numpy() & (base > 0) & (bases > 0)
    return lines.assign(**told, exact=np.where(fits, SPREAD, lines["exact"]))
