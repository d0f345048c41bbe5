"""Payroll and the performance sheet say what commission says."""

from collections.abc import Iterator

from salesplan.identities.comparing import Breach, Frames, equal, same_by


def breaches(frames: Frames) -> Iterator[Breach]:
    """Where they do not, rep by rep and month by month."""
    keys = ["rep", "month"]
    pay, payroll = frames["commission"].set_index(keys), frames.get("commission_payroll")
    if payroll is not None and len(pay):
        parts = payroll[["base_pay", "commission", "amount_advance", "deductions"]].sum(axis=1)
        yield from equal("payroll_is_its_parts", int((parts != payroll["payable"]).sum()), 0, "rows")
        for name in ("base_pay", "payable", "amount_paid"):
            if name in pay:
                yield from same_by("payroll_is_commission", payroll.set_index(keys)[name], pay[name])
    sold = frames.get("commission_performance")
    if sold is not None and {"quota", "actual"} <= set(pay):
        for name in ("quota", "actual"):
            yield from same_by("performance_is_commission", sold.set_index(keys)[name], pay[name])
