"""Lines are what was earned, and what is paid is its parts."""

from collections.abc import Iterator

from salesplan.identities import commission_cost, commission_papers, commission_proof
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
    if "commission_base_pay" in frames:
        rows, base = frames["commission_base_pay"].groupby(keys)["amount"].sum(), pay.groupby(keys)["base_pay"].sum()
        yield from same_by("base_pay_is_its_components", rows, base)
    yield from commission_papers.breaches(frames)
    yield from commission_proof.breaches(frames)
    yield from moves(frames)
    yield from corrections(frames)


def moves(frames: Frames) -> Iterator[Breach]:
    """What moved order by order is what the pay table says, and never more is out than was earned."""
    keys, moved, states = ["rep", "month"], frames["commission_releases"], frames["commission_orders"]
    over = moved["released"] + moved["clawback"] - moved["earned"]
    to_date = moved.assign(over=over).sort_values([*keys, "order"]).groupby(["rep", "order"])["over"].cumsum()
    yield from equal("order_paid_within_earned", int((to_date > 0).sum()), 0, "rows")
    sums, out = moved.groupby(keys), frames["commission"].groupby(keys)
    yield from same_by("releases_sum_to_earned", sums["earned"].sum(), out["earned"].sum())
    yield from same_by("releases_sum_to_released", sums["released"].sum(), out["released"].sum())
    yield from same_by("releases_sum_to_clawback", sums["clawback"].sum(), out["clawback"].sum())
    apart = states["earned"] - states["released"] != states["held"]
    yield from equal("orders_hold_what_is_held", int(apart.sum()), 0, "rows")


def corrections(frames: Frames) -> Iterator[Breach]:
    """What the list of corrections says was earned more or less in closed months is what their lines book."""
    if "commission_corrections" not in frames:
        return
    keys, found, lines = ["rep", "of_month"], frames["commission_corrections"], frames["commission_lines"]
    booked = found[found["month"].fillna("") != ""]  # without an open month they only wait
    if len(booked):
        new = lines[(lines["rule"] == "correction") & lines["month"].isin(booked["month"].unique())]
        told, sums = booked.groupby(keys)["earned"].sum(), new.groupby(keys)["amount"].sum()
        yield from same_by("corrections_are_lines", told, sums)
