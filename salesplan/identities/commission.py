"""Lines are what was earned, and what is paid is its parts."""

from collections.abc import Iterator

from salesplan.identities import commission_cost
from salesplan.identities.comparing import Breach, Frames, equal, same_by


def breaches(frames: Frames) -> Iterator[Breach]:
    """What does not hold in the tables of commission."""
    pay, lines = frames["commission"], frames["commission_lines"]
    keys = ["rep", "month"]
    yield from same_by("lines_sum_to_earned", lines.groupby(keys)["amount"].sum(), pay.groupby(keys)["earned"].sum())
    flow = pay.assign(change=pay["earned"] - pay["released"] - pay["clawback"]).sort_values(keys)
    held = flow.groupby("rep")["change"].cumsum()
    yield from equal("held_carries_forward", int((held != flow["held"]).sum()), 0, "rows")
    parts = pay[["base_pay", "released", "clawback", "draw"]].sum(axis=1)
    yield from equal("payable_is_its_parts", int((parts != pay["payable"]).sum()), 0, "rows")
    yield from equal("clawback_never_pays", int((pay["clawback"] > 0).sum()), 0, "rows")
    yield from commission_cost.breaches(frames)
    rows = frames["commission_base_pay"]
    yield from same_by(
        "base_pay_is_its_components", rows.groupby(keys)["amount"].sum(), pay.groupby(keys)["base_pay"].sum()
    )
    yield from _papers(frames)


def _papers(frames: Frames) -> Iterator[Breach]:
    """Payroll and the performance sheet say what commission says, rep by rep and month by month."""
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
