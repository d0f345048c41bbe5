"""How far each rep has come in the period under review: attainment, tiers reached, what the next one needs."""

from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan.commission.exact import FAR, boundary
from salesplan.commission.papers.on_curve import paid_out, targets
from salesplan.commission.periods import PERIOD_MONTHS
from salesplan.commission.year import Ledger, Year
from salesplan.money import FEN, MICRO, Integers
from salesplan.terms.commission import CommissionPlan, CommissionTerms

STANDING = ["rep", "plan", "first", "last", "quota", "measure", "attainment", "ramping", "gated", "target", "payout"]
LADDER = ["rep", "tier_from", "pays", "begins", "state", "needed"]


class Reached(NamedTuple):
    """Where reps stand at the end of the month.

    `standing` per rep: rep, plan, first and last (months that count), quota and measure of them (int64 fen; millionths
    of a unit for quantities, of one for margin_rate; -1 where unknown), attainment, ramping and gated (whether higher
    tiers are shut), target (target pay of those months) and payout (what of it a curve pays to date), 0 without one.
    `ladder` per rep and tier or point of the curve: rep, tier_from, pays (rate, or share of the target pay), begins and
    needed in the unit of the measure (NA where there is none), state (reached | open | shut).
    """

    standing: pd.DataFrame
    ladder: pd.DataFrame


class _Span(NamedTuple):
    """Months of the period, by place: those whose quota counts, and those whose measure does."""

    begin: int
    quota_end: int
    measure_end: int


def reached(table: pd.DataFrame, credited: pd.DataFrame, ledger: Ledger, year: Year, rules: CommissionTerms) -> Reached:
    """Standing and ladder of every rep who is on a plan in the last closed month."""
    month = year.closed[-1]
    now = table[table["month"] == month]
    parts = [
        _of_plan(plan, now.loc[now["plan"] == name, "rep"].tolist(), (table, credited), ledger, year, rules)
        for name, plan in plans_of(rules, month).items()
    ]
    if not parts:
        return Reached(pd.DataFrame(columns=STANDING), pd.DataFrame(columns=LADDER))
    return Reached(*(pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)))


def plans_of(rules: CommissionTerms, month: str) -> dict[str, CommissionPlan]:
    """The plans that hold in a month by name; of one name the first."""
    holds = [
        plan for plan in rules.plans if (plan.from_ or month) <= month <= (plan.until or month)
    ]  # of two plans of one name only one holds at a time
    return {plan.name: plan for plan in reversed(holds)}


def _of_plan(
    plan: CommissionPlan,
    reps: list[str],
    sums: tuple[pd.DataFrame, pd.DataFrame],
    ledger: Ledger,
    year: Year,
    rules: CommissionTerms,
) -> Reached:
    span = _span(plan, len(year.closed))
    months = list(year.months)
    counted, asked = months[span.begin : span.measure_end], months[span.begin : span.quota_end]
    quota = _sum(ledger.quotas, "amount", reps, asked)
    measure = _measure(plan, sums, reps, counted)
    ramping = _ramping(plan, ledger, reps, asked)
    gate = _gate(plan, reps, span, sums[0], ledger, year)
    begins = _begins(plan, quota, ramping, gate)
    target = targets(plan, reps, slice(span.begin, span.quota_end), ledger, year, rules)
    known = (quota > 0) & (plan.measure == "attainment")
    attainment = np.where(known, measure / np.where(known, quota, 1), np.nan)
    standing = pd.DataFrame(
        {"rep": reps, "plan": plan.name, "first": _label(asked, 0), "last": _label(asked, -1), "quota": quota,
         "measure": measure, "attainment": attainment, "ramping": ramping,
         "gated": plan.gate is not None and not (begins <= measure).all(), "target": target,
         "payout": paid_out(plan, measure, quota, target, ramping | (measure < gate))}
    )  # fmt: skip
    return Reached(standing, _ladder(plan, reps, begins, measure, _grades(plan, reps, ledger)))


def _label(months: list[str], place: int) -> str:
    return months[place] if months else ""


def _span(plan: CommissionPlan, number: int) -> _Span:
    """Months of the period in which month `number` (from 1) lies, or of the one before; by place from 0."""
    length = PERIOD_MONTHS[plan.period]
    begin = (number - 1) // length * length
    if plan.measure_period == "previous":
        return _Span(max(begin - length, 0), begin, begin)  # in the first period there is none
    return _Span(begin, number if plan.period == "ytd" else begin + length, number)


def _sum(frame: pd.DataFrame | None, column: str, reps: list[str], months: list[str]) -> Integers:
    """Sum of a column over months, per rep; 0 where there is none."""
    if frame is None:
        return np.zeros(len(reps), dtype=np.int64)
    known = frame[frame["month"].isin(months) & frame[column].notna()]
    return known.groupby("rep")[column].sum().reindex(reps, fill_value=0).to_numpy(dtype=np.int64)


def _measure(
    plan: CommissionPlan, sums: tuple[pd.DataFrame, pd.DataFrame], reps: list[str], months: list[str]
) -> Integers:
    """What picks the tier, summed over the months; -1 where it cannot be told from what was ordered."""
    table, credited = sums
    if plan.measure in ("attainment", "amount"):
        return _sum(table, "actual", reps, months)
    if plan.measure_basis != "ordered" or credited.empty:
        return np.full(len(reps), -1, dtype=np.int64)
    told = credited.assign(units=(credited["quantity"].fillna(0) * MICRO).round().astype("int64"))
    if plan.measure == "quantity":
        return _sum(told, "units", reps, months)
    margin = told.assign(margin=(told["amount"] - told["cost"].astype("Int64")).fillna(0).astype("int64"))
    own, amount = _sum(margin, "margin", reps, months), _sum(told, "amount", reps, months)
    return own if plan.measure == "margin" else np.where(amount > 0, own * MICRO // np.maximum(amount, 1), 0)


def _ramping(plan: CommissionPlan, ledger: Ledger, reps: list[str], months: list[str]) -> "np.ndarray[Any, Any]":
    """Who is in his ramp in one of the months, and may therefore not reach an accelerator."""
    if ledger.ramping is None or plan.accelerator_while_ramping:
        return np.zeros(len(reps), dtype=bool)
    within = ledger.ramping[ledger.ramping["month"].isin(months)]
    return np.asarray(pd.Index(reps).isin(within["rep"]))


def _gate(
    plan: CommissionPlan, reps: list[str], span: _Span, table: pd.DataFrame, ledger: Ledger, year: Year
) -> Integers:
    """From where on the gate lets accelerators count: what the longer period asks less what it has so far."""
    if plan.gate is None:
        return np.full(len(reps), -FAR, dtype=np.int64)
    length, months = PERIOD_MONTHS[plan.gate.over], list(year.months)
    begin = span.begin // length * length
    asked = _sum(ledger.quotas, "amount", reps, months[begin : begin + length])
    before = 0 if plan.period == "ytd" else _sum(table, "actual", reps, months[begin : span.begin])
    return boundary(plan.gate.attainment, asked) - before


def _steps(plan: CommissionPlan) -> list[Decimal]:
    return [tier.from_ for tier in plan.tiers] if plan.tiers else [point.at for point in _points(plan)]


def _points(plan: CommissionPlan) -> Any:
    return plan.curve.points if plan.curve is not None else ()


def _begins(plan: CommissionPlan, quota: Integers, ramping: "np.ndarray[Any, Any]", gate: Integers) -> Integers:
    """Where each tier or point begins, steps x reps; FAR where it is shut. The lowest tier is open to all."""
    rows = []
    for place, begin in enumerate(_steps(plan)):
        if plan.measure == "attainment":
            row = np.where(quota > 0, boundary(begin, quota), FAR)
            row = np.where(ramping & (begin >= 1), FAR, row)
            if plan.gate is not None and begin >= plan.gate.holds_from:
                row = np.maximum(row, gate)
        else:
            unit = FEN if plan.measure in ("amount", "margin") else MICRO
            row = np.full(len(quota), boundary(begin, unit)[0])
        rows.append(np.where(place == 0 and bool(plan.tiers), -FAR, row))
    return np.stack(rows).astype(np.int64)


def _grades(plan: CommissionPlan, reps: list[str], ledger: Ledger) -> list[str]:
    """Grade of each rep where the rates go by it."""
    if plan.rates_by != "grade" or ledger.reps is None or "grade" not in ledger.reps:
        return [""] * len(reps)
    grades = ledger.reps.drop_duplicates("rep", keep="last").set_index("rep")["grade"]
    return [str(grade) for grade in grades.reindex(reps).astype(object)]


def _ladder(
    plan: CommissionPlan, reps: list[str], begins: Integers, measure: Integers, grades: list[str]
) -> pd.DataFrame:
    """Every tier or point of each rep with what it pays and what is missing to it."""
    steps, count = _steps(plan), len(reps)
    pays = [
        [float(step.rates.get(grade, step.rate)) for grade in grades] for step in plan.tiers
    ] or [[float(point.pays)] * count for point in _points(plan)]  # fmt: skip
    state = np.where(begins >= FAR, "shut", np.where(measure >= begins, "reached", "open"))
    open_ = state == "open"
    frame = pd.DataFrame(
        {"rep": np.tile(np.array(reps, dtype=object), len(steps)),
         "tier_from": np.repeat([float(step) for step in steps], count), "pays": np.ravel(pays),
         "begins": pd.array(begins.ravel(), dtype="Int64"), "state": state.ravel(),
         "needed": pd.array((begins - measure).ravel(), dtype="Int64"), "step": np.repeat(np.arange(len(steps)), count)}
    )  # fmt: skip
    shown = frame.assign(
        begins=frame["begins"].where((frame["begins"].abs() < FAR).astype("bool")),
        needed=frame["needed"].where(open_.ravel()),
    )
    return shown.sort_values(["rep", "step"], kind="stable", ignore_index=True)[LADDER]
