"""Payroll and the performance sheet say what commission says."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.identities.comparing import Breach, Frames, equal, same_by

if TYPE_CHECKING:
    import pandas as pd

PAY = ["base_pay", "commission", "amount_contests", "amount_adjustments", "amount_advance", "deductions"]
COUNTED = ["amount_ordered", "amount_returned", "amount_rebates", "amount_other"]


def breaches(frames: Frames) -> Iterator[Breach]:
    """Where they do not, rep by rep and month by month."""
    keys = ["rep", "month"]
    pay, payroll = frames["commission"].set_index(keys), frames.get("commission_payroll")
    if payroll is not None and len(pay):
        parts = payroll[PAY].sum(axis=1)
        yield from equal("payroll_is_its_parts", int((parts != payroll["payable"]).sum()), 0, "rows")
        yield from _direct(payroll.set_index(keys), frames.get("commission_lines"))
        for name in ("base_pay", "payable", "amount_paid"):
            if name in pay:
                yield from same_by("payroll_is_commission", payroll.set_index(keys)[name], pay[name])
    sold = frames.get("commission_performance")
    if sold is not None and {"quota", "actual"} <= set(pay):
        for name in ("quota", "actual"):
            yield from same_by("performance_is_commission", sold.set_index(keys)[name], pay[name])
    if sold is not None:
        gaps = int((sold[COUNTED].sum(axis=1) != sold["actual"]).sum())
        yield from equal("performance_adds_up", gaps, 0, "rows")


def _direct(payroll: "pd.DataFrame", lines: "pd.DataFrame | None") -> Iterator[Breach]:
    """Prizes and adjustments of the payroll file are those of the lines."""
    for name, rule in (("amount_contests", "contest"), ("amount_adjustments", "adjustment")):
        if lines is not None:
            own = lines[lines["rule"] == rule].groupby(["rep", "month"])["amount"].sum()
            yield from same_by("payroll_is_lines", payroll[name], own.reindex(payroll.index, fill_value=0))
