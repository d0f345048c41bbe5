"""Pins, floors, ceilings and transfers on any part of the quotas: kept to the fen in any order, or refused."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan.apportion import UNASSIGNED, apportion, apportion_within
from salesplan.calendar import fiscal_months
from salesplan.errors import PlanError
from salesplan.money import to_fen
from salesplan.terms import RepAllocationTerms
from tests.allocation_cases import allocate

MONTHS = fiscal_months(2027)
REGIONS, PRODUCTS = ["n", "s"], ["p", "q", "r"]
TARGET = to_fen(1_000_000)
CELLS = ["month", "region", "product"]


def rules(**changed):
    plain = {"weights": {"history": 1}, "ramp": [], "over_assignment": Decimal("0.05")}
    return RepAllocationTerms.model_validate({**plain, **changed})


def staff(*regions, teams=("t", "t", "u", "u")):
    names = ["A", "B", "C", "D"][: len(regions)]
    frame = pd.DataFrame({"rep": names, "region": list(regions), "team": list(teams[: len(regions)])}).astype("str")
    for text in ("name", "manager"):
        frame[text] = pd.Series([None] * len(names), dtype="str")
    for day in ("start", "end"):
        frame[day] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    return frame.assign(
        potential=pd.array([pd.NA] * len(names), dtype="Int64"), capacity=pd.array([pd.NA] * len(names), dtype="Int64")
    )


def split(regions=REGIONS):
    cells = pd.MultiIndex.from_product([MONTHS, regions, PRODUCTS], names=CELLS)
    weights = [(5 + m % 4) * (2 + r) * (3 - p) for m in range(12) for r in range(len(regions)) for p in range(3)]
    return pd.DataFrame({"amount": apportion(TARGET, weights)}, index=cells).reset_index().assign(quantity=np.nan)


def history():
    """A and B sell in n, C and D in s; D has no sales of product r."""
    rows = [
        (month, region, product, "", rep, 10_000 * (1 + number) * (3 - place))
        for month in fiscal_months(2026)
        for number, (rep, region) in enumerate(zip("ABCD", "nnss", strict=True))
        for place, product in enumerate(PRODUCTS)
        if (rep, product) != ("D", "r")
    ]
    return pd.DataFrame(rows, columns=["month", "region", "product", "customer", "rep", "amount"])


def allocated(plan=None, **changed):
    return allocate(staff(*"nnss"), split() if plan is None else plan, history(), rules=rules(**changed))


def part(found, column="amount", **where):
    table = found.table
    for name, member in where.items():
        table = table[table[name].isin(member if isinstance(member, list) else [member])]
    return int(table[column].sum())


def assert_closes(found, plan=None, rate="0.05"):
    plan = split() if plan is None else plan
    base = found.table.groupby(CELLS)["base"].sum()
    assert base.to_dict() == plan.set_index(CELLS)["amount"].to_dict()
    mine = found.table[found.table["rep"] != UNASSIGNED]
    served = int(mine["base"].sum())
    assert int(mine["amount"].sum()) == round(served * (1 + Decimal(rate)))
    quota = found.reps.set_index("rep")["quota"]
    assert mine.groupby("rep")["amount"].sum().to_dict() == quota.to_dict()
    assert (found.table[["base", "amount"]] >= 0).all(axis=None)


PINS = {
    "a year": ({"rep": "A", "amount": 120_000}, {"rep": "A"}),
    "a month": ({"rep": "A", "month": "2027-03", "amount": 9_000}, {"rep": "A", "month": "2027-03"}),
    "a product": ({"rep": "A", "product": "q", "amount": 60_000}, {"rep": "A", "product": "q"}),
    "a product he never sold": ({"rep": "D", "product": "r", "amount": 30_000}, {"rep": "D", "product": "r"}),
    "a product in a month": (
        {"rep": "B", "month": "2027-06", "product": "p", "amount": 7_777.77},
        {"rep": "B", "month": "2027-06", "product": "p"},
    ),
    "a region that is not his": ({"rep": "A", "region": "s", "amount": 1_000}, {"rep": "A", "region": "s"}),
    "nothing of a product": ({"rep": "C", "product": "p", "amount": 0}, {"rep": "C", "product": "p"}),
    "a team": ({"team": "t", "amount": 400_000}, {"rep": ["A", "B"]}),
    "a team's month": ({"team": "t", "month": "2027-05", "amount": 30_000}, {"rep": ["A", "B"], "month": "2027-05"}),
    "a team's product": ({"team": "u", "product": "r", "amount": 100_000}, {"rep": ["C", "D"], "product": "r"}),
}


def money(pin):
    return {**pin, "amount": Decimal(str(pin["amount"]))}


@pytest.mark.parametrize("name", list(PINS))
def test_what_is_agreed_is_kept_to_the_fen(name):
    pin, where = PINS[name]
    found = allocated(pins=[money(pin)])
    assert part(found, **where) == to_fen(Decimal(str(pin["amount"])))
    assert_closes(found)


NESTED = [
    {"rep": "A", "amount": 200_000},
    {"rep": "A", "product": "q", "amount": 70_000},
    {"rep": "A", "product": "q", "month": "2027-02", "amount": 4_000},
    {"team": "u", "product": "r", "amount": 90_000},
    {"rep": "D", "product": "r", "amount": 20_000},
    {"rep": "B", "month": "2027-12", "amount": 25_000},
]


@pytest.fixture(scope="module")
def nested():
    return allocated(pins=[money(pin) for pin in NESTED])


def test_agreements_inside_each_other_are_all_kept(nested):
    found = nested
    assert part(found, rep="A") == to_fen(200_000)
    assert part(found, rep="A", product="q") == to_fen(70_000)
    assert part(found, rep="A", product="q", month="2027-02") == to_fen(4_000)
    assert part(found, rep=["C", "D"], product="r") == to_fen(90_000)
    assert part(found, rep="D", product="r") == to_fen(20_000)
    assert part(found, rep="B", month="2027-12") == to_fen(25_000)
    assert_closes(found)


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(len(NESTED))))
def test_the_order_of_agreements_does_not_matter(nested, order):
    other = allocated(pins=[money(NESTED[place]) for place in order])
    pd.testing.assert_frame_equal(nested.table, other.table)


@settings(max_examples=25, deadline=None)
@given(
    amounts=st.lists(st.integers(0, 3_000_000), min_size=6, max_size=6),
    months=st.lists(st.sampled_from(MONTHS), min_size=3, max_size=3, unique=True),
)
def test_any_amounts_with_room_are_kept(amounts, months):
    pins = [
        {"rep": rep, "product": product, "amount": Decimal(fen) / 100}
        for (rep, product), fen in zip([("A", "p"), ("B", "q"), ("C", "r")], amounts[:3], strict=True)
    ]
    pins += [
        {"rep": "D", "month": month, "product": "q", "amount": Decimal(fen // 6) / 100}
        for month, fen in zip(months, amounts[3:], strict=True)
    ]
    found = allocated(pins=pins)
    for pin in pins:
        where = {name: pin[name] for name in ("rep", "month", "product") if name in pin}
        assert part(found, **where) == to_fen(pin["amount"])
    assert_closes(found)


# --- floors and ceilings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "where"),
    [
        pytest.param({"rep": "A", "max": 60_000}, {"rep": "A"}, id="most of a rep"),
        pytest.param({"rep": "A", "min": 250_000}, {"rep": "A"}, id="least of a rep"),
        pytest.param({"team": "t", "max": 250_000}, {"rep": ["A", "B"]}, id="most of a team"),
        pytest.param({"team": "t", "min": 500_000}, {"rep": ["A", "B"]}, id="least of a team"),
        pytest.param({"rep": "C", "month": "2027-04", "max": 10_000}, {"rep": "C", "month": "2027-04"}, id="a month"),
        pytest.param({"rep": "C", "product": "p", "max": 50_000}, {"rep": "C", "product": "p"}, id="most of a product"),
        pytest.param(
            {"rep": "D", "product": "r", "min": 40_000}, {"rep": "D", "product": "r"}, id="least of a product"
        ),
        pytest.param(
            {"team": "u", "product": "r", "month": "2027-01", "max": 3_000},
            {"rep": ["C", "D"], "product": "r", "month": "2027-01"},
            id="most of a team's product in a month",
        ),
    ],
)
def test_limits_hold_and_bind_only_as_far_as_they_must(limit, where):
    free, found = allocated(), allocated(limits=[limit])
    low, high = to_fen(limit.get("min", 0)), to_fen(limit.get("max", 10**9))
    assert not low <= part(free, **where) <= high
    assert part(found, **where) == (low or high)
    assert_closes(found)


def test_limits_with_room_change_nothing():
    loose = [
        {"rep": "A", "product": "p", "max": 900_000},
        {"team": "t", "min": 1},
        {"rep": "B", "month": "2027-02", "min": 1},
    ]
    assert allocated(limits=loose).table["amount"].sum() == allocated().table["amount"].sum()
    pd.testing.assert_frame_equal(allocated(limits=loose[:2]).table, allocated().table)


# --- transfers ------------------------------------------------------------------------------------


def test_transfers_sum_to_zero_and_leave_every_sum():
    moves = [{"from": "A", "to": "C", "amount": 12_345.67}, {"from": "D", "to": "B", "month": "2027-07", "amount": 500}]
    free, found = allocated(), allocated(transfers=[{**m, "amount": Decimal(str(m["amount"]))} for m in moves])
    change = found.reps.set_index("rep")["quota"] - free.reps.set_index("rep")["quota"]
    assert change.to_dict() == {"A": -1_234_567, "B": 50_000, "C": 1_234_567, "D": -50_000}
    assert change.sum() == 0
    assert found.reps.set_index("rep")["amount_transferred"].to_dict() == change.to_dict()
    months = found.table.groupby("month")["amount"].sum()
    assert months.to_dict() == free.table.groupby("month")["amount"].sum().to_dict()
    assert part(found, rep="B", month="2027-07") - part(free, rep="B", month="2027-07") == 50_000
    assert_closes(found)


def test_what_is_agreed_for_a_part_stays_when_quota_is_handed_on():
    pins = [{"rep": "A", "product": "q", "amount": 60_000}, {"rep": "A", "month": "2027-03", "amount": 9_000}]
    found = allocated(pins=pins, transfers=[{"from": "A", "to": "B", "amount": 20_000}])
    assert found.reps.set_index("rep")["amount_transferred"].to_dict() == {
        "A": -2_000_000,
        "B": 2_000_000,
        "C": 0,
        "D": 0,
    }
    assert part(found, rep="A", product="q") == to_fen(60_000)
    assert part(found, rep="A", month="2027-03") == to_fen(9_000)
    assert_closes(found)


# --- territories nobody serves --------------------------------------------------------------------


def test_a_region_without_a_rep_is_nobodys():
    plan = split(["n", "s", "w"])
    found = allocated(plan)
    nobody = found.table[found.table["rep"] == UNASSIGNED]
    assert set(nobody["region"]) == {"w"}
    assert int(nobody["base"].sum()) == int(plan.loc[plan["region"] == "w", "amount"].sum())
    assert nobody["base"].tolist() == nobody["amount"].tolist()
    assert_closes(found, plan)


def test_reps_without_regions_serve_all():
    plan, everywhere = split(["n", "s", "w"]), staff(*"nnss").assign(region=None)
    found = allocate(everywhere, plan, history(), rules=rules())
    assert UNASSIGNED not in set(found.table["rep"])


def test_what_lies_outside_a_reps_regions_is_said():
    """The quotas follow the sales of old, the regions the split: n must take help from who is in s."""
    found = allocated(pins=[{"rep": rep, "amount": 100_000} for rep in "AB"])
    inside = part(found, rep=["C", "D"], region="s")
    outside = found.reps.set_index("rep")["amount_outside"]
    assert outside[["A", "B"]].sum() == 0
    assert outside[["C", "D"]].sum() == part(found, rep=["C", "D"]) - inside > 0


# --- what cannot be -------------------------------------------------------------------------------


def refused(**changed):
    with pytest.raises(PlanError) as caught:
        allocated(**changed)
    return caught.value.faults


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param(
            {"pins": [{"rep": "A", "product": "x", "amount": 1}, {"team": "v", "amount": 1}]},
            [("pin_member_unknown", "pins[0].product"), ("pin_team_unknown", "pins[1].team")],
            id="names nobody knows, both at once",
        ),
        pytest.param(
            {"pins": [{"rep": "A", "channel": "x", "amount": 1}]},
            [("pin_no_dimension", "pins[0].channel")],
            id="no channels",
        ),
        pytest.param(
            {"pins": [{"rep": "A", "product": "p", "amount": 1}, {"rep": "A", "product": "p", "amount": 2}]},
            [("pins_twice", "pins[1]")],
            id="the same part twice",
        ),
        pytest.param(
            {
                "pins": [
                    {"rep": "A", "product": "p", "amount": 5},
                    {"rep": "A", "product": "p", "month": "2027-01", "amount": 6},
                ]
            },
            [("pins_over", "pins[0]")],
            id="more inside than around",
        ),
        pytest.param(
            {"pins": [{"rep": rep, "product": "r", "amount": 150_000} for rep in "AC"]},
            [("pins_over_cells", "pins[0]")],
            id="more than the product has",
        ),
        pytest.param(
            {"pins": [{"team": "t", "amount": 600_000}], "limits": [{"team": "u", "min": 600_000}]},
            [("limits_over_total", "limits[0]")],
            id="two teams ask for more than all",
        ),
        pytest.param(
            {"limits": [{"team": "t", "min": 500_000}, {"rep": "A", "max": 1_000}, {"rep": "B", "max": 1_000}]},
            [("pins_over_team", "limits[0]")],
            id="a team's least above its reps' most",
        ),
        pytest.param(
            {"transfers": [{"from": "A", "to": "Z", "amount": 1}], "pins": [{"rep": "A", "amount": 100_000}]},
            [("transfer_pinned", "transfers[0].from"), ("pin_rep_unknown", "transfers[0].to")],
            id="a transfer of what is agreed, to nobody",
        ),
        pytest.param(
            {"transfers": [{"from": "A", "to": "B", "amount": 900_000}]},
            [("transfer_over", "transfers[0].amount")],
            id="a transfer of more than there is",
        ),
        pytest.param(
            {
                "limits": [{"rep": "A", "product": "p", "max": 1}],
                "pins": [{"rep": "A", "product": "p", "amount": 50_000}],
            },
            [("pins_twice", "limits[0]")],
            id="a ceiling below what is agreed",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(changed, expected):
    faults = refused(**changed)
    assert [(f.code, f.place.removeprefix("rep_allocation.yaml").strip()) for f in faults] == expected


def test_the_amount_and_the_agreements_in_conflict_are_named():
    held = round(split().query("product == 'r'")["amount"].sum() * 1.05)
    (fault,) = refused(pins=[{"rep": rep, "product": "r", "amount": 150_000} for rep in "AC"])
    told = dict(fault.values)
    assert told["found"] == "pins[0], pins[1]"
    assert told["over"] == pytest.approx(Decimal(300_000) - Decimal(held) / 100, abs=1)


def test_a_teams_part_goes_through_agreed_quotas_of_its_reps():
    """A floor on a team's product beside a rep's agreed year, and beside part of that product agreed in one month."""
    pins = [{"rep": "A", "amount": 150_000}, {"rep": "B", "product": "r", "month": "2027-02", "amount": 1_500}]
    found = allocated(pins=pins, limits=[{"team": "t", "product": "r", "min": 70_000}])
    assert part(found, rep="A") == to_fen(150_000)
    assert part(found, rep="B", product="r", month="2027-02") == to_fen(1_500)
    assert part(found, rep=["A", "B"], product="r") == to_fen(70_000)
    assert part(found, rep="B", product="r") > to_fen(1_500)
    assert_closes(found)


CROSSED = [
    {"rep": "A", "product": "q", "amount": 70_000},
    {"rep": "A", "month": "2027-05", "region": "n", "amount": 12_000},
    {"rep": "A", "month": "2027-05", "amount": 13_000},
    {"rep": "D", "region": "s", "amount": 150_000},
    {"rep": "D", "product": "p", "amount": 80_000},
]


@settings(max_examples=6, deadline=None)
@given(order=st.permutations(range(len(CROSSED))))
def test_agreements_that_overlap_in_part_are_all_kept_in_any_order(order):
    found = allocated(pins=[CROSSED[place] for place in order])
    assert part(found, rep="A", product="q") == to_fen(70_000)
    assert part(found, rep="A", month="2027-05", region="n") == to_fen(12_000)
    assert part(found, rep="A", month="2027-05") == to_fen(13_000)
    assert part(found, rep="D", region="s") == to_fen(150_000)
    assert part(found, rep="D", product="p") == to_fen(80_000)
    assert_closes(found)
    pd.testing.assert_frame_equal(found.table, allocated(pins=CROSSED).table)


def test_a_team_may_take_all_of_a_product():
    """Every cell of the product is used up, in every month, to the fen."""
    whole = part(allocated(), product="r")
    found = allocated(pins=[{"team": "u", "product": "r", "amount": Decimal(whole) / 100}])
    assert part(found, rep=["C", "D"], product="r") == whole
    assert part(found, rep=["A", "B"], product="r") == 0
    assert_closes(found)


def test_agreements_and_transfers_in_whole_thousands():
    unit = to_fen(1_000)
    plan = split().assign(amount=lambda d: apportion(TARGET, d["amount"], unit=unit))
    changed = {
        "pins": [{"rep": "A", "product": "q", "amount": 60_000}, {"team": "u", "month": "2027-05", "amount": 40_000}],
        "limits": [{"team": "u", "product": "r", "max": 90_000}],
        "transfers": [{"from": "B", "to": "D", "amount": 7_000}],
    }
    found = allocate(staff(*"nnss"), plan, history(), rules=rules(**changed), unit=unit)
    assert (found.table[["base", "amount"]] % unit == 0).all(axis=None)
    assert part(found, rep="A", product="q") == to_fen(60_000)
    assert part(found, rep=["C", "D"], product="r") == to_fen(90_000)
    assert_closes(found, plan)


@pytest.mark.parametrize(
    ("total", "weights", "most", "expected"),
    [
        pytest.param(100, [1, 1, 2], [100, 100, 40], [30, 30, 40], id="what is too much goes to the others"),
        pytest.param(100, [1, 0, 0], [40, 90, 30], [40, 30, 30], id="all with a weight are full"),
        pytest.param(70, [1, 1], [40, 30], [40, 30], id="just enough"),
        pytest.param(0, [1, 1], [4, 3], [0, 0], id="nothing"),
    ],
)
def test_a_split_within_what_each_can_take(total, weights, most, expected):
    assert apportion_within(total, weights, np.array(most)).tolist() == expected
