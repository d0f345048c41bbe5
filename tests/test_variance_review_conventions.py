"""Price, volume and mix under every convention: published cases as they were printed, and what holds in any table."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan.variance_review import decomposition, price_volume_mix

GOLDENS = Path(__file__).parents[2] / "shared" / "goldens"
PARTS = decomposition.PARTS


def sides(q0, p0, q1, p1):
    """Both sides of a bridge from quantities and prices; a price is None where there is no quantity."""
    frame = pd.DataFrame({"target_quantity": q0, "actual_quantity": q1}, dtype="float64")
    priced = {"target_amount": (q0, p0), "actual_amount": (q1, p1)}
    amounts = {name: [q * (p or 0) for q, p in zip(*pair, strict=True)] for name, pair in priced.items()}
    return frame.assign(member=[f"m{i}" for i in range(len(q0))], **amounts)


def totals(frame, **conventions):
    found = price_volume_mix(frame.astype({"target_amount": float, "actual_amount": float}), **conventions)
    return dict(found.drop(columns=["member", "target", "actual"]).sum().items())


def closes(result):
    parts = [name for name in result.columns if name not in ("member", "target", "actual")]
    return (result["target"] + result[parts].sum(axis=1) == result["actual"]).all()


# ---------------------------------------------------------------- published cases

# name, quantities and prices of both sides, what the source prints and under which convention
PUBLISHED = [
    pytest.param(
        ([4000], [1.0], [3000], [0.8]), {}, {"price": -600, "volume": -1000}, id="Kotler, Marketing Management: widgets"
    ),
    pytest.param(
        ([4000], [1.0], [3000], [0.8]),
        {"price_at": "target_quantity"},
        {"price": (0.8 - 1.0) * 4000, "volume": (3000 - 4000) * 0.8},
        id="Kotler's widgets, price at the target's quantity",
    ),
    pytest.param(
        ([4000], [1.0], [3000], [0.8]),
        {"price_at": "apart"},
        {"price": -0.2 * 4000, "volume": -1000 * 1.0, "joint": -1000 * -0.2},
        id="Kotler's widgets, jointly apart",
    ),
    pytest.param(
        ([4000], [1.0], [3000], [0.8]),
        {"price_at": "midpoint"},
        {"price": -0.2 * 3500, "volume": -1000 * 0.9},
        id="Kotler's widgets, midpoint",
    ),
    pytest.param(([110], [4.6], [100], [4.8]), {}, {"volume": -46, "price": 20}, id="H公司 2017: 差额分析, 数量先"),
    pytest.param(([5], [3], [6], [2]), {}, {"price": -6, "volume": 3}, id="Wikipedia, Sales variance: widgets"),
    pytest.param(
        ([100], [10], [105], [1200 / 105]), {}, {"price": 150, "volume": 50}, id="investmentguide.co.uk: average price"
    ),
    pytest.param(
        ([800, 1000, 600], [10, 6, 12], [700, 1200, 350], [10, 6, 12]),
        {},
        {"volume": (2250 - 2400) * 21200 / 2400, "mix": -2800 + 1325, "price": 0},
        id="BPP kit 178: quantity -1,325 of a volume variance of -2,800",
    ),
    pytest.param(
        ([800, 1000, 600], [10, 6, 12], [700, 1200, 350], [10, 6, 12]),
        {"mix": "none"},
        {"volume": -2800, "mix": 0},
        id="BPP kit 178: the volume variance of -2,800",
    ),
    pytest.param(
        ([40, 20, 20], [35, 12, 6], [20, 22, 20], [35, 12, 6]),
        {},
        {"volume": -396, "mix": -676 + 396, "price": 0},
        id="kaotiyun.com: 奥迪 宝来 捷达, mean price 22",
    ),
    pytest.param(
        ([200, 50], [10, 10], [190, 55], [11, 11]),
        {"mix": "none"},
        {"volume": -100 + 50, "price": 245},
        id="acc5.com 86228: (A+B)xC, A and B before C",
    ),
    pytest.param(
        ([200, 50], [10, 10], [190, 55], [11, 11]),
        {"mix": "none", "price_at": "target_quantity"},
        {"volume": -110 + 55, "price": 250},
        id="acc5.com 86228: C before A and B",
    ),
]


@pytest.mark.parametrize(("case", "conventions", "expected"), PUBLISHED)
def test_published_cases(case, conventions, expected):
    frame = sides(*case)
    found = totals(frame, **conventions)
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    rest = frame["actual_amount"].sum() - frame["target_amount"].sum()
    assert sum(found.values()) == pytest.approx(rest)


NEW_AND_LOST = ([100, 50, 0], [10, 20, None], [90, 0, 40], [11, None, 15])  # 2000 planned, 1590 sold


@pytest.mark.parametrize(
    ("conventions", "expected"),
    [
        pytest.param(
            {"new_products": "separate"},
            {"volume": -10 * 10, "mix": 0, "price": 90, "new": 40 * 15, "lost": -50 * 20},
            id="apart (nanne.net, thenewsindependent.com)",
        ),
        pytest.param(
            {"new_products": "in_volume"},
            {"volume": -10 * 10 + 40 * 15 - 50 * 20, "mix": 0, "price": 90, "new": 0, "lost": 0},
            id="all in volume",
        ),
        pytest.param(
            {"new_products": "in_mix"},
            {
                "volume": (130 - 150) * 2000 / 150,
                "mix": -410 - 90 - (130 - 150) * 2000 / 150,
                "price": 90,
                "new": 0,
                "lost": 0,
            },
            id="in mix (bertrandsignoret.com)",
        ),
        pytest.param(
            {"new_products": "in_mix", "mix": "none"},
            {"volume": -100 + 600 - 1000, "mix": 0, "price": 90, "new": 0, "lost": 0},
            id="in mix, and the mix within volume",
        ),
    ],
)
def test_new_and_lost_products(conventions, expected):
    assert totals(sides(*NEW_AND_LOST), **conventions) == pytest.approx(expected)


def test_the_average_of_the_rule_in_mix_is_that_of_all_members():
    frame = sides(*NEW_AND_LOST).astype({"target_amount": float, "actual_amount": float})
    rows = price_volume_mix(frame, new_products="in_mix").set_index("member")
    average = 2000 / 150
    assert rows["volume"].tolist() == pytest.approx([-10 * average, -50 * average, 40 * average])
    assert rows["mix"].tolist() == pytest.approx([-10 * (10 - average), -50 * (20 - average), 40 * 15 - 40 * average])


def test_a_new_member_without_a_quantity_is_all_mix_under_that_rule():
    frame = sides([10, 0], [5, None], [10, np.nan], [5, None]).assign(actual_amount=[50.0, 30.0])
    assert totals(frame, new_products="in_mix") == pytest.approx(
        {"volume": 0, "mix": 30, "price": 0, "new": 0, "lost": 0}
    )


def test_what_came_back_alone_has_no_joint_effect():
    assert totals(sides([10], [5], [-2], [6]), price_at="apart") == pytest.approx(
        {"volume": -12 * 5, "mix": 0, "price": -2 * (6 - 5), "new": 0, "lost": 0, "joint": 0}
    )


# ---------------------------------------------------------------- the shared files


def golden(name):
    file = GOLDENS / name
    if not file.exists():
        pytest.skip(f"{name} is not here")
    return json.loads(file.read_text(encoding="utf-8"))


def test_shared_cases_under_every_convention():
    for case in golden("price_volume_mix_cases.json"):
        frame = sides(case["qty0"], case["price0"], case["qty1"], case["price1"])
        whole = sides(
            [sum(case["qty0"])],
            [frame["target_amount"].sum() / sum(case["qty0"])],
            [sum(case["qty1"])],
            [frame["actual_amount"].sum() / sum(case["qty1"])],
        )
        expected = case["computed_all_conventions"]
        found = {
            "A_two_factor_price_at_actual_qty": totals(frame, mix="none"),
            "B_two_factor_price_at_budget_qty": totals(frame, mix="none", price_at="target_quantity"),
            "C_three_factor_joint_separate": totals(frame, mix="none", price_at="apart"),
            "D_midpoint": totals(frame, mix="none", price_at="midpoint"),
        }
        for name, parts in found.items():
            assert {key: parts[key] for key in expected[name]} == pytest.approx(expected[name], abs=1e-5), name
        mixed, single = totals(frame), totals(whole)
        weighted = expected["E_price_quantity_mix"]
        assert (mixed["price"], mixed["volume"], mixed["mix"]) == pytest.approx(
            (weighted["price"], weighted["quantity"], weighted["mix"]), abs=1e-5
        )
        rows = price_volume_mix(frame.astype({"target_amount": float, "actual_amount": float}))
        each = expected["F_mix_vs_average_price"]
        assert rows["volume"].tolist() == pytest.approx(each["quantity_by_product"], abs=1e-5)
        assert rows["mix"].tolist() == pytest.approx(each["mix_by_product"], abs=1e-5)
        alone = expected["G_aggregate_asp_only"]
        assert (single["price"], single["volume"]) == pytest.approx((alone["asp_change"], alone["volume"]), abs=1e-5)


def test_shared_case_of_new_and_lost_products():
    case = golden("new_lost_product_case.json")
    frame = sides(case["qty0"], case["price0"], case["qty1"], case["price1"])
    rules = {"separate": "separate_buckets", "in_volume": "all_in_volume", "in_mix": "bertrand"}
    for rule, name in rules.items():
        found = totals(frame, new_products=rule)
        assert {key: found[key] for key in case[name]} == pytest.approx(case[name], abs=1e-5)


def test_shared_tree_of_variances():
    cases = {case["id"]: case for case in golden("sales_variance_tree_cases.json")}
    cars = cases["T07_vw_cn"]
    frame = sides(cars["budget_units"], cars["price"], cars["actual_units"], cars["price"])
    found = totals(frame)
    assert (found["volume"], found["mix"]) == (cars["expected"]["quantity"], cars["expected"]["mix"])
    assert totals(frame, mix="none")["volume"] == cars["published"]["volume"]
    drinks = cases["T02b_composite_margin"]
    units = drinks["budget_units"]
    one_more = sides(units, drinks["unit_cm"], [q + q / sum(units) for q in units], drinks["unit_cm"])
    assert one_more["target_amount"].sum() == pytest.approx(drinks["expected_total"])
    assert totals(one_more)["volume"] == pytest.approx(drinks["expected_composite"])  # one unit more at the same mix
    scents = cases["T09_deodorant_mix"]
    frame = sides(scents["budget_volume"], scents["budget_cm"], scents["budget_volume"], scents["budget_cm"])
    assert frame["target_amount"].sum() == scents["expected_budget_cm"]
    chain = cases["T11_chain_substitution_order"]
    first, then = chain["plan"], chain["actual"]
    frame = sides([first["A"], first["B"]], [first["C"]] * 2, [then["A"], then["B"]], [then["C"]] * 2)
    rows = price_volume_mix(frame.astype({"target_amount": float, "actual_amount": float}), mix="none")
    assert [*rows["volume"], rows["price"].sum()] == [chain["published"][name] for name in "ABC"]


# ---------------------------------------------------------------- what holds in any table

quantities = st.one_of(st.just(0.0), st.just(float("nan")), st.floats(-50, 5000).map(lambda q: round(q, 3)))
fen = st.one_of(st.just(0), st.integers(-(10**7), 10**11))
chosen = st.fixed_dictionaries({name: st.sampled_from(known) for name, known in decomposition.CONVENTIONS.items()})


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(quantities, fen, quantities, fen), max_size=8), chosen, st.randoms())
def test_any_table_closes_in_every_row_and_in_any_order(rows, conventions, chance):
    frame = pd.DataFrame(rows, columns=decomposition.SIDES).astype({"target_amount": "int64", "actual_amount": "int64"})
    frame = frame.assign(member=[f"m{i}" for i in range(len(rows))])
    result = price_volume_mix(frame, **conventions)
    assert closes(result)
    assert (result.dtypes[1:] == "int64").all()
    shuffled = frame.iloc[chance.sample(range(len(rows)), len(rows))]
    pd.testing.assert_frame_equal(result, price_volume_mix(shuffled, **conventions))
    if conventions["new_products"] != "separate":
        assert (result[["new", "lost"]] == 0).all(axis=None)
    if conventions["mix"] == "none":
        assert (result["mix"] == 0).all()


sold = st.tuples(st.integers(1, 500), st.integers(1, 10**6), st.integers(1, 500), st.integers(1, 10**6))


@settings(max_examples=60, deadline=None)
@given(st.lists(sold, min_size=1, max_size=8), chosen)
def test_totals_of_whole_parts_are_right_to_the_fen(rows, conventions):
    """Volume and mix, rounded row by row, sum to what they come to unrounded."""
    frame = pd.DataFrame(rows, columns=["target_quantity", "p0", "actual_quantity", "p1"])
    frame = frame.assign(
        member=[f"m{i}" for i in range(len(rows))],
        target_amount=frame["target_quantity"] * frame["p0"],
        actual_amount=frame["actual_quantity"] * frame["p1"],
    )
    whole, exact = price_volume_mix(frame, **conventions), totals(frame, **conventions)
    for name, value in exact.items():
        assert whole[name].sum() == pytest.approx(value, abs=1.01), name


@settings(max_examples=60, deadline=None)
@given(st.lists(sold, min_size=1, max_size=6))
def test_the_midpoint_lies_halfway_and_jointly_is_what_the_orders_differ_by(rows):
    frame = pd.DataFrame(rows, columns=["target_quantity", "p0", "actual_quantity", "p1"])
    frame = frame.assign(
        member=[f"m{i}" for i in range(len(rows))],
        target_amount=frame["target_quantity"] * frame["p0"],
        actual_amount=frame["actual_quantity"] * frame["p1"],
    )
    at_actual, at_target = totals(frame), totals(frame, price_at="target_quantity")
    midpoint, apart = totals(frame, price_at="midpoint"), totals(frame, price_at="apart")
    scale = float(frame[["target_amount", "actual_amount"]].to_numpy().sum())
    assert midpoint["price"] == pytest.approx((at_actual["price"] + at_target["price"]) / 2, abs=1e-9 * scale)
    assert apart["joint"] == pytest.approx(at_actual["price"] - at_target["price"], abs=1e-9 * scale)
    assert apart["volume"] == pytest.approx(at_actual["volume"], abs=1e-9 * scale)
