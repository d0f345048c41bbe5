"""A thousand random plans and ledgers: the engine and the plain recomputation agree to the fen."""

import os
from collections import defaultdict

import pytest
from by_hand import ByHand
from commission_cases import MONTHS
from commission_worlds import World

from salesplan.commission import calculate

PLAIN = frozenset({"tax", "shared", "bonus"})
# what plans have beside: rules that belong together, one group a world
GROUPS = (
    {"growing", "refunds"},
    {"minimum", "cap_order"},
    {"cap", "growing"},
    {"clawback"},
    {"late", "refunds"},
    {"bad_debt"},
    {"milestones", "holdback", "holdback_until"},
    {"leavers", "adjustments"},
    {"override"},
    {"curve"},
    {"current", "previous", "apart"},
    {"rates_by", "special"},
    {"gate", "ramp"},
    {"rebates", "free", "paid_on_margin"},
    {"collected_measure"},
    {"leavers", "milestones"},
    {"margin", "quantity"},
    {"margin_rate"},
    {"bills", "refunds"},
    {"special", "gate", "cap_order", "holdback"},
)
EVERYTHING = PLAIN.union({"plan_change", "overlay"}, *GROUPS)
CASES, BATCH = int(os.environ.get("COMMISSION_CASES", "1000")), 25
FIGURES = ("earned", "released", "clawback", "held")


def by_machine(result):
    """Figures of the engine per rep, month number, and name; the sums of its lines by rule."""
    found = defaultdict(int)
    for row in result.table.to_dict("records"):
        for name in FIGURES:
            found[row["rep"], MONTHS.index(row["month"]) + 1, name] = int(row[name])
    for row in result.lines.to_dict("records"):
        found[row["rep"], MONTHS.index(row["month"]) + 1, row["rule"]] += int(row["amount"])
    return {place: amount for place, amount in found.items() if amount}


def by_plain_loops(hand):
    found = {}
    for name in FIGURES:
        for (rep, at), amount in getattr(hand, name).items():
            found[rep, at, name] = amount
    return {place: amount for place, amount in (found | dict(hand.by_rule)).items() if amount}


def differences(ledger, year, rules):
    """{(rep, month, figure): (engine, by hand)} where they differ."""
    one, other = by_machine(calculate(ledger, year, rules)), by_plain_loops(ByHand(ledger, year, rules))
    return {p: (one.get(p, 0), other.get(p, 0)) for p in sorted({*one, *other}) if one.get(p, 0) != other.get(p, 0)}


@pytest.mark.parametrize("seed", range(CASES // BATCH))
def test_random_plans_and_ledgers_agree(seed):
    features = PLAIN | GROUPS[seed // 2 % len(GROUPS)] if seed % 2 else EVERYTHING
    world = World(seed, BATCH, features)
    assert differences(world.ledger(), world.year(), world.rules()) == {}
