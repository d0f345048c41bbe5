"""Commission of a year: credit, earn, release, pay; one plan after the other, then one table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesplan.commission import earning, notes
from salesplan.commission.assignment import assign, standing
from salesplan.commission.cost import ATTAINMENTS, cost_of_plans
from salesplan.commission.credit import credit
from salesplan.commission.dues import Settlement, book, settle
from salesplan.commission.earning import BONUS, CAP, Standing
from salesplan.commission.pay import base_pays, carry, draws
from salesplan.commission.proof import check
from salesplan.commission.release import release
from salesplan.commission.year import Ledger, Note, Year
from salesplan.money import MICRO, Integers
from salesplan.terms.commission import CommissionPlan, CommissionTerms

TABLE = [
    "rep",
    "month",
    "plan",
    "quota",
    "actual",
    "base_pay",
    "earned",
    "released",
    "held",
    "clawback",
    "draw",
    "payable",
    "amount_owed",
    "amount_carried",
    "amount_paid",
]
LINES = ["rep", "month", "order", "rule", "tier_from", "base", "rate", "amount", "product", "original_order"]
ORDERS = ["rep", "order", "customer", "date", "amount_due", "amount_paid", "earned", "released", "held"]
TEXT = ("rep", "month", "plan", "order", "rule", "product", "original_order", "customer")


@dataclass(frozen=True)
class Commission:
    """The result; money in int64 fen, rates fractions of one.

    `table` per rep and month: rep, month, plan, quota, actual, base_pay, earned, released, held, clawback, draw,
    payable, amount_owed (of the draw), amount_carried (brought forward, <= 0), amount_paid. `lines`: rep, month,
    order, rule, tier_from, base, rate, amount, product, original_order. `cost`: attainment, commission, cost_ratio.
    `orders` per rep and order: rep, order, customer, date, amount_due and amount_paid (in the money of collections),
    earned, released, held. `prepaid`: customer, prepayment. `notes`: what people should know.
    """

    table: pd.DataFrame
    lines: pd.DataFrame
    cost: pd.DataFrame
    orders: pd.DataFrame
    prepaid: pd.DataFrame
    notes: list[Note]


@dataclass(frozen=True)
class _Part:
    """What one plan yields."""

    table: pd.DataFrame
    lines: pd.DataFrame
    orders: pd.DataFrame
    unscored: int


def calculate(ledger: Ledger, year: Year, rules: CommissionTerms) -> Commission:
    """Commission of the closed months of a year.

    earned = lines net of returns, cap and bonus; held = held before + earned - released - clawback;
    payable = base_pay + released + clawback + draw; a negative payable is carried to the next month. Every line and
    slice is rounded once, half away from zero. Without plans, reps or quotas the tables are empty and a note says
    why; without a closed month only the cost of the plans is told. Raises IdentityError if an identity breaks.
    """
    left_out = notes.left_out(ledger, rules)
    quotas = ledger.quotas
    if left_out or ledger.reps is None or quotas is None:
        return _nothing(left_out)
    ordered = ledger.reps.sort_values([c for c in ("rep", "start") if c in ledger.reps], kind="stable")
    ledger = Ledger(**{**vars(ledger), "reps": ordered})
    members = assign(ordered, rules, year)
    cost = cost_of_plans(members, quotas, rules, year, attainments=ATTAINMENTS)
    if not year.closed:
        return _nothing([Note("no_actuals")], cost)
    lines, settlement = settle(book(ledger, year), ledger, year)
    own = lines[~lines["earlier"]]
    parts = [
        _plan(own, plan, sorted(members["rep"][members["plan"] == place]), settlement, (ledger, year))
        for place, plan in enumerate(rules.plans)
    ]
    said = notes.notes(ledger, year, rules, members, lines, settlement)
    said += notes.unscored(sum(part.unscored for part in parts))
    result = Commission(
        _stack([part.table for part in parts], TABLE, ["rep", "month"]),
        _stack([part.lines for part in parts], LINES, ["rep", "month"]),
        cost,
        _stack([part.orders for part in parts], ORDERS, ["rep", "date", "order"]),
        settlement.prepaid,
        said,
    )
    check(result.table, result.lines, result.orders)
    return result


def _stack(frames: list[pd.DataFrame], columns: list[str], keys: list[str]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(filled, ignore_index=True)[columns].sort_values(keys, kind="stable", ignore_index=True)


def _plan(
    lines: pd.DataFrame, plan: CommissionPlan, reps: list[str], settlement: Settlement, given: tuple[Ledger, Year]
) -> _Part:
    """One plan: its reps' credited lines, what they earn, what is released and paid."""
    ledger, year = given
    numbers = pd.Index(reps, dtype="object")
    own = lines[lines["rep"].isin(reps)]
    own = own.assign(rep=numbers.get_indexer(pd.Index(own["rep"])))
    events = credit(own, plan, settlement)
    stand = standing(ledger, year, plan, reps)
    booked = earning.earn(events, plan, stand, len(year.closed))
    moves, orders = release(booked, events, own, plan, settlement)
    shape = (len(reps), len(year.closed))
    grid = _grid(reps, year, plan, (_matrix(events, "amount", shape), stand))
    grid = base_pays(grid, plan, ledger, year)
    told = booked.merge(events[["event", "rep"]], on="event")
    columns = {"earned": _matrix(told, "amount", shape)} | {
        name: _matrix(moves, name, shape) for name in ("released", "clawback")
    }
    table = _pay(grid, columns, plan)
    unscored = int(grid["unscored"].sum())
    return _Part(table, _lines(booked, events, reps, plan, year), _orders(orders, reps, settlement), unscored)


def _matrix(frame: pd.DataFrame, name: str, shape: tuple[int, int]) -> Integers:
    """Sums of a column as reps x months."""
    month = frame["month" if "month" in frame else "at"].to_numpy() - 1
    sums = np.zeros(shape, dtype=np.int64)
    np.add.at(sums, (frame["rep"].to_numpy(), month), frame[name].to_numpy(dtype=np.int64))
    return sums


def _grid(reps: list[str], year: Year, plan: CommissionPlan, measured: tuple[Integers, Standing]) -> pd.DataFrame:
    """One row per rep and closed month: rep, month, plan, quota, actual (credited by the measure's basis)."""
    actual, stand = measured
    months = year.closed
    return pd.DataFrame(
        {
            "rep": pd.Series(np.repeat(np.array(reps, dtype=object), len(months)), dtype="str"),
            "month": pd.Series(np.tile(np.array(months, dtype=object), len(reps)), dtype="str"),
            "plan": plan.name,
            "quota": stand.quotas[:, : len(months)].ravel(),
            "actual": actual.ravel(),
        }
    )


def _pay(grid: pd.DataFrame, sums: dict[str, Integers], plan: CommissionPlan) -> pd.DataFrame:
    """The table of one plan: held, draw and payable follow from what is earned and released."""
    shape = sums["earned"].shape
    commission = sums["released"] + sums["clawback"]
    held = np.cumsum(sums["earned"] - commission, axis=1)
    draw, balance = draws(commission, plan.draw, grid["employed"].to_numpy().reshape(shape))
    payable = grid["base_pay"].to_numpy().reshape(shape) + commission + draw
    carried, paid = carry(payable)
    columns = {
        **sums,
        "held": held,
        "draw": draw,
        "payable": payable,
        "amount_owed": balance,
        "amount_carried": carried,
        "amount_paid": paid,
    }
    return grid.assign(**{name: values.ravel() for name, values in columns.items()})[TABLE]


def _lines(
    booked: pd.DataFrame, events: pd.DataFrame, reps: list[str], plan: CommissionPlan, year: Year
) -> pd.DataFrame:
    """Commission lines as people read them, in the order in which they count."""
    kept = ["event", "rep", "order", "product", "original_order"]
    told = booked.merge(events[kept], on="event").sort_values(
        ["rep", "month", "event", "back", "tier", "base"], kind="stable", ignore_index=True
    )
    tier = told["tier"].to_numpy()
    starts = np.array([float(step.from_) for step in plan.tiers])
    rule = np.select([told["back"], tier == CAP, tier == BONUS], ["return", "cap", "new_product"], "tier")
    return told.assign(
        rep=pd.Series(np.array(reps, dtype=object)[told["rep"]], dtype="str"),
        month=pd.Series(np.array(year.closed, dtype=object)[told["month"] - 1], dtype="str"),
        rule=pd.Series(rule, dtype="str"),
        tier_from=np.where(tier >= 0, starts[np.maximum(tier, 0)], np.nan),
        base=told["base"].astype("Int64").where(tier != CAP),
        rate=np.where(tier != CAP, told["rate"] / MICRO, np.nan),
    )[LINES]


def _orders(orders: pd.DataFrame, reps: list[str], settlement: Settlement) -> pd.DataFrame:
    """The state of each rep's orders at the end."""
    okey = orders["okey"].to_numpy()
    known = settlement.orders.iloc[okey].reset_index(drop=True)
    return known.assign(
        rep=pd.Series(np.array(reps, dtype=object)[orders["rep"]], dtype="str"),
        amount_due=settlement.due[okey, -1],
        amount_paid=settlement.paid[okey, -1],
        earned=orders["earned"].to_numpy(),
        released=orders["released"].to_numpy(),
        held=(orders["earned"] - orders["released"]).to_numpy(),
    )[ORDERS]


def _nothing(said: list[Note], cost: pd.DataFrame | None = None) -> Commission:
    """Tables with their header and no row."""
    told = cost if cost is not None else _empty(["attainment", "commission", "cost_ratio"])
    return Commission(_empty(TABLE), _empty(LINES), told, _empty(ORDERS), _empty(["customer", "prepayment"]), said)


def _empty(columns: list[str]) -> pd.DataFrame:
    shares = ("attainment", "cost_ratio", "rate", "tier_from")
    kinds = {name: "str" if name in TEXT else "float64" if name in shares else "int64" for name in columns}
    return pd.DataFrame(
        {name: pd.Series(dtype="datetime64[ns]" if name == "date" else kind) for name, kind in kinds.items()}
    )
