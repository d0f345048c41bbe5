"""What people should know about a commission result: what is missing, what was assumed, what was left aside."""

from typing import Any

import numpy as np

from salesplan.commission.roster import HOUSE
from salesplan.commission.working import Ground
from salesplan.commission.year import Ledger, Note
from salesplan.terms.commission import CommissionTerms


def left_out(ledger: Ledger, rules: CommissionTerms) -> list[Note]:
    """Why commission cannot be told at all; empty when it can."""
    if not rules.plans:
        return [Note("no_plans")]
    if ledger.reps is None or ledger.reps.empty:
        return [Note("no_reps")]
    return [Note("no_quotas")] if ledger.quotas is None or ledger.quotas.empty else []


def notes(ground: Ground, rules: CommissionTerms) -> list[Note]:
    """Everything to be said about a result that could be told."""
    return [*_about_reps(ground, rules), *_about_plans(ground, rules), *_about_cash(ground), *_about_lines(ground)]


def unscored(count: int) -> list[Note]:
    """Components without a score, counted as met."""
    return [Note("unscored", {"count": count})] if count else []


def _named(code: str, reps: Any) -> list[Note]:
    names = sorted(reps)
    return [Note(code, {"reps": names, "count": len(names)})] if names else []


def _about_reps(ground: Ground, rules: CommissionTerms) -> list[Note]:
    roster, months = ground.roster, len(ground.year.closed)
    on = roster.plan >= 0
    with_plan = on.any(axis=1)
    names = roster.names.to_numpy()
    own = ground.book.lines["rep"].to_numpy()
    sellers = set(np.asarray(ground.book.text("rep", np.unique(own)))) - {*HOUSE, ""}
    quotas = roster.quotas[:, :months].sum(axis=1)
    paid: Any = roster.reps[roster.reps["base_pay"].notna()]["rep"] if "base_pay" in roster.reps else []
    held = any(plan.measure == "attainment" and not plan.accelerator_while_ramping for plan in rules.plans)
    ramping = names[with_plan & (roster.ramping[:, :months] > 0).any(axis=1)]
    return [
        *_named("without_plan", (set(names) | sellers) - set(names[with_plan])),
        *_named("without_quota", names[with_plan & (quotas <= 0)]),
        *_named("without_base_pay", set(names[with_plan]) - set(paid)),
        *_named("ramping", ramping if held else []),
    ]


def _about_plans(ground: Ground, rules: CommissionTerms) -> list[Note]:
    on_cash = any("collected" in (plan.basis, plan.measure_basis) for plan in rules.plans)
    return [Note("no_collections")] if on_cash and ground.ledger.collections is None else []


def _about_cash(ground: Ground) -> list[Note]:
    if ground.ledger.collections is None:
        return []
    settlement, payments = ground.cash.settlement, ground.book.payments
    earlier = ground.book.orders["earlier"].to_numpy() == 1
    cash = settlement.paid[earlier, -1] - settlement.paid[earlier, 0]
    rest, unknown = settlement.prepaid, payments[payments["lost"] == 1]
    told = [
        ("earlier_orders", int((cash != 0).sum()), int(cash.sum())),
        ("prepaid", len(rest), int(rest["prepayment"].sum())),
        ("unknown_orders", len(unknown), int(unknown["amount"].sum())),
    ]
    return [Note(code, {"count": count, "amount": amount}) for code, count, amount in told if count]


def _about_lines(ground: Ground) -> list[Note]:
    lines, owed = ground.book.lines, ground.book.owed
    labels = np.asarray(ground.book.labels["rep"], dtype=object)
    house = lines[np.isin(labels, [*HOUSE, ""])[lines["rep"].to_numpy()]]
    sold = np.zeros(len(ground.book.orders), dtype=bool)
    sold[owed["okey"].to_numpy()[owed["amount"].to_numpy() > 0]] = True
    loose = lines[(lines["amount"].to_numpy() < 0) & ~sold[lines["okey"].to_numpy()]]
    told = [("house_account", house), ("loose_returns", loose)]
    return [Note(code, {"count": len(rows), "amount": int(rows["amount"].sum())}) for code, rows in told if len(rows)]
