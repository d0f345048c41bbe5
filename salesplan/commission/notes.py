"""What people should know about a commission result: what is missing, what was assumed, what was left aside."""

from typing import Any

import pandas as pd

from salesplan.commission.assignment import HOUSE, quotas_of
from salesplan.commission.dues import Settlement
from salesplan.commission.year import Ledger, Note, Year
from salesplan.terms.commission import CommissionTerms


def left_out(ledger: Ledger, rules: CommissionTerms) -> list[Note]:
    """Why commission cannot be told at all; empty when it can."""
    if not rules.plans:
        return [Note("no_plans")]
    if ledger.reps is None or ledger.reps.empty:
        return [Note("no_reps")]
    return [Note("no_quotas")] if ledger.quotas is None or ledger.quotas.empty else []


def notes(
    ledger: Ledger,
    year: Year,
    rules: CommissionTerms,
    members: pd.DataFrame,
    lines: pd.DataFrame,
    settlement: Settlement,
) -> list[Note]:
    """Everything to be said about a result that could be told."""
    return [
        *_about_reps(ledger, year, rules, members, lines),
        *_about_plans(ledger, rules),
        *_about_cash(ledger, settlement),
        *_about_lines(lines),
    ]


def unscored(count: int) -> list[Note]:
    """Components without a score, counted as met."""
    return [Note("unscored", {"count": count})] if count else []


def _named(code: str, reps: Any) -> list[Note]:
    names = sorted(reps)
    return [Note(code, {"reps": names, "count": len(names)})] if names else []


def _about_reps(
    ledger: Ledger, year: Year, rules: CommissionTerms, members: pd.DataFrame, lines: pd.DataFrame
) -> list[Note]:
    on_plan = sorted(members["rep"][members["plan"] >= 0])
    assert ledger.quotas is not None and ledger.reps is not None
    quotas = quotas_of(ledger.quotas, on_plan, year.closed).sum(axis=1)
    own = lines[~lines["earlier"]]
    sellers = set(own["rep"].unique()) - set(HOUSE) - {""}
    paid_base = set(ledger.reps[ledger.reps["base_pay"].notna()]["rep"]) if "base_pay" in ledger.reps else set()
    ramps = ledger.ramping
    ramping = set() if ramps is None else set(ramps[ramps["month"].isin(year.closed)]["rep"])
    holds_back = any(plan.measure == "attainment" and not plan.accelerator_while_ramping for plan in rules.plans)
    return [
        *_named("without_plan", (set(members["rep"]) | sellers) - set(on_plan)),
        *_named("without_quota", [rep for rep, quota in zip(on_plan, quotas, strict=True) if quota <= 0]),
        *_named("without_base_pay", set(on_plan) - paid_base),
        *_named("ramping", ramping & set(on_plan) if holds_back else []),
    ]


def _about_plans(ledger: Ledger, rules: CommissionTerms) -> list[Note]:
    names = [plan.name for plan in rules.plans if plan.basis == "collected" and plan.release == "milestones"]
    said = [Note("milestones", {"plans": names})] if names else []
    on_cash = any("collected" in (plan.basis, plan.measure_basis) for plan in rules.plans)
    return said + ([Note("no_collections")] if on_cash and ledger.collections is None else [])


def _about_cash(ledger: Ledger, settlement: Settlement) -> list[Note]:
    if ledger.collections is None:
        return []
    earlier = settlement.orders["earlier"].to_numpy()
    cash = settlement.paid[earlier, -1] - settlement.paid[earlier, 0]
    rest, unknown = settlement.prepaid, settlement.unknown
    told = [
        ("earlier_orders", int((cash != 0).sum()), int(cash.sum())),
        ("prepaid", len(rest), int(rest["prepayment"].sum())),
        ("unknown_orders", len(unknown), int(unknown["amount"].sum())),
    ]
    return [Note(code, {"count": count, "amount": amount}) for code, count, amount in told if count]


def _about_lines(lines: pd.DataFrame) -> list[Note]:
    own = lines[~lines["earlier"]]
    house = own[own["rep"].isin([*HOUSE, ""])]
    sold = lines.loc[lines["amount"] > 0, "okey"].unique()
    loose = own[(own["amount"] < 0) & ~own["okey"].isin(sold)]
    told = [("house_account", house), ("loose_returns", loose)]
    return [Note(code, {"count": len(rows), "amount": int(rows["amount"].sum())}) for code, rows in told if len(rows)]
