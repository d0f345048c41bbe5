"""The payroll file: what a pay clerk enters for each rep and month."""

import pandas as pd

from salesplan.commission.papers.people import spell_of_month
from salesplan.commission.year import Year

KEYS = ["rep", "month"]
DIRECT = {"amount_contests": "contest", "amount_adjustments": "adjustment"}  # lines paid at once, by rule
PARTS = ["base_pay", "commission", *DIRECT, "amount_advance", "deductions"]
PAYROLL = ["rep", "month", "name", "team", "plan", *PARTS, "payable", "amount_carried", "amount_paid"]


def payroll(table: pd.DataFrame, lines: pd.DataFrame, reps: pd.DataFrame | None, year: Year) -> pd.DataFrame:
    """Pay per rep and closed month as payroll takes it, from tables `commission` and `commission_lines`; int64 fen.

    payable = base_pay + commission + amount_contests + amount_adjustments + amount_advance + deductions: commission is
    what is released on orders, amount_contests prizes, amount_adjustments those by hand (either sign), amount_advance
    the draw paid out (>= 0), deductions what is taken back on orders and recovered of draws (<= 0). amount_carried
    (<= 0) is brought forward, amount_paid is what is paid out.
    """
    told = _with_direct(table, lines)
    taken = told["clawback"] - told["lowered"]
    commission = told["released"] - told["raised"] + taken.clip(lower=0)
    told = told.assign(
        commission=commission.clip(lower=0),
        amount_advance=told["draw"].clip(lower=0),
        deductions=taken.clip(upper=0) + commission.clip(upper=0) + told["draw"].clip(upper=0),
    )
    return spell_of_month(told, reps, year, ["name", "team"])[PAYROLL]


def _with_direct(table: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The table with prizes, adjustments, and the parts of both that raise what is released and that lower it."""
    found = table
    direct = lines[lines["rule"].isin(DIRECT.values())]
    own = {name: direct["amount"].where(direct["rule"] == rule, 0) for name, rule in DIRECT.items()}
    signs = {"raised": direct["amount"].clip(lower=0), "lowered": direct["amount"].clip(upper=0)}
    sums = direct[KEYS].assign(**own, **signs).groupby(KEYS, as_index=False)[[*own, *signs]].sum()
    found = found.merge(sums, how="left", on=KEYS)
    return found.assign(**{name: found[name].fillna(0).astype("int64") for name in (*own, *signs)})
