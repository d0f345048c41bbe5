"""Variance review: the bridge closes, the revision keeps the year, the grid is the plan's, causes sum."""

import doctest
import json
from datetime import date
from decimal import Decimal
from math import isnan, sqrt
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from salesplan import variance_review as vr
from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.calendar import add_months, fiscal_months
from salesplan.charts import variance_review as charts
from salesplan.conclusions.variance_review import sentences
from salesplan.errors import PlanError
from salesplan.odds import interval
from salesplan.terms import PlanTerms, VarianceReviewTerms
from salesplan.terms.plan import Tax
from salesplan.terms.variance_review import CAUSES, Revision, States
from salesplan.variance_review import decomposition
from salesplan.wording import Words

matplotlib.use("Agg")
GOLDENS = Path(__file__).parents[2] / "shared" / "goldens"
MONTHS = fiscal_months(2027)
PARTS = ["volume", "mix", "price", "new", "lost"]
RULES = VarianceReviewTerms()
PLAN = PlanTerms(fiscal_year=2027, inputs={"sales": "sales.csv"})
FACTS = ["month", "region", "channel", "product", "customer", "rep", "kind", "amount", "quantity", "cost", "lines"]


# ---------------------------------------------------------------- small companies


def fact(month, rep, amount, *, product="tea", quantity=np.nan, cost=None, kind="sale", customer="c1"):
    return (month, "north", "", product, customer, rep, kind, amount, quantity, cost, 1)


def facts_of(*rows):
    return pd.DataFrame(list(rows), columns=FACTS).astype(
        {"amount": "int64", "quantity": "float64", "cost": "Int64"} | dict.fromkeys(FACTS[:7], "str")
    )


def history(years, *, amount=100_000, quantity=10.0, products=("tea",), rep="R1"):
    """Even history: every product sells the same each month of the years before the plan's."""
    return [
        fact(add_months(month, -12 * back), rep, amount, product=product, quantity=quantity, cost=amount // 2)
        for back in range(1, years + 1) for month in MONTHS for product in products
    ]


def split_of(amounts, **members):
    frame = pd.DataFrame({"month": MONTHS, "amount": amounts}).assign(**members)
    return frame.assign(share=frame["amount"] / max(1, sum(amounts)), quantity=np.nan).astype({"amount": "int64"})


def allocation_of(split, shares, over=0.05):
    """Quotas with over-assignment: rows of rep and month; the base sums to the split."""
    rows = []
    for month, total in split.groupby("month")["amount"].sum().items():
        bases = [int(total * share) for share in shares.values()]
        bases[-1] += int(total) - sum(bases)
        rows += [(rep, month, base, round(base * (1 + over))) for rep, base in zip(shares, bases, strict=True)]
    return pd.DataFrame(rows, columns=["rep", "month", "base", "amount"])


def reps_of(*rows):
    frame = pd.DataFrame(list(rows), columns=["rep", "name", "start", "end", "capacity"])
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"])).astype({"capacity": "Int64"})


def company(closed=3, actuals=(), *, years=3, amounts=(120_000,) * 12, **more):
    split = more.pop("split", None)
    split = split_of(list(amounts)) if split is None else split
    return vr.Figures(
        months=MONTHS, closed=MONTHS[:closed], split=split, facts=facts_of(*history(years), *actuals),
        allocation=more.pop("allocation", allocation_of(split, {"R1": 0.6, "R2": 0.4})), **more,
    )


def three_months(**amounts):
    """The same sales in each of the first three months, by rep."""
    return [fact(month, rep, amount, quantity=8.0, cost=amount // 2) for month in MONTHS[:3] for rep, amount in amounts.items()]


# ---------------------------------------------------------------- price, volume, mix


def sides(rows):
    """member, target quantity and price, actual quantity and price; amounts follow."""
    frame = pd.DataFrame(rows, columns=["member", "target_quantity", "p0", "actual_quantity", "p1"])
    return frame.assign(
        target_amount=(frame["target_quantity"] * frame["p0"]).fillna(0.0),
        actual_amount=(frame["actual_quantity"] * frame["p1"]).fillna(0.0),
    )


def in_fen(frame):
    return frame.assign(**{c: (frame[c] * 100).round().astype("int64") for c in ("target_amount", "actual_amount")})


def totals(result):
    return result[PARTS].sum().to_dict()


@pytest.mark.parametrize(
    ("rows", "conventions", "expected"),
    [
        pytest.param([("w", 4000, 1.0, 3000, 0.8)], {}, {"volume": (3000 - 4000) * 1.0, "price": (0.8 - 1.0) * 3000}, id="Kotler: price at actual quantity"),
        pytest.param([("w", 4000, 1.0, 3000, 0.8)], {"price_at": "target_quantity"}, {"volume": (3000 - 4000) * 0.8, "price": (0.8 - 1.0) * 4000}, id="Kotler: price at target quantity"),
        pytest.param([("h", 110, 4.6, 100, 4.8)], {}, {"volume": (100 - 110) * 4.6, "price": (4.8 - 4.6) * 100}, id="H company: quantity first, then price"),
        pytest.param(
            [("a", 800, 10, 700, 10), ("b", 1000, 6, 1200, 6), ("c", 600, 12, 350, 12)], {},
            {"volume": (2250 - 2400) * 21200 / 2400, "mix": -2800 - (2250 - 2400) * 21200 / 2400, "price": 0}, id="three products: quantity and mix",
        ),
        pytest.param(
            [("a", 800, 10, 700, 10), ("b", 1000, 6, 1200, 6), ("c", 600, 12, 350, 12)], {"mix": "none"},
            {"volume": -100 * 10 + 200 * 6 - 250 * 12, "mix": 0, "price": 0}, id="three products: mix within volume",
        ),
        pytest.param(
            [("奥迪", 40, 35, 20, 35), ("宝来", 20, 12, 22, 12), ("捷达", 20, 6, 20, 6)], {},
            {"volume": (62 - 80) * 22, "mix": -676 - (62 - 80) * 22, "price": 0}, id="three cars: mean price 22",
        ),
        pytest.param(
            [("a", 100, 10, 90, 11), ("b", 50, 20, 0, np.nan), ("c", 0, np.nan, 40, 15)], {},
            {"volume": -10 * 10, "price": 1 * 90, "new": 40 * 15, "lost": -50 * 20, "mix": 0}, id="new and lost apart",
        ),
        pytest.param(
            [("a", 100, 10, 90, 11), ("b", 50, 20, 0, np.nan), ("c", 0, np.nan, 40, 15)], {"new_products": "in_volume"},
            {"volume": -10 * 10 + 40 * 15 - 50 * 20, "price": 1 * 90, "new": 0, "lost": 0}, id="new and lost in volume",
        ),
        pytest.param([("a", 10, 5, -2, 5)], {}, {"volume": (-2 - 10) * 5, "price": 0}, id="more came back than was sold"),
        pytest.param([("a", 10, 5, -2, 5)], {"price_at": "target_quantity"}, {"volume": -2 * 5 - 10 * 5, "price": 0}, id="no price in returns alone"),
        pytest.param([("a", 0, np.nan, -2, 5)], {}, {"new": -2 * 5, "volume": 0}, id="only returns of what was not planned"),
        pytest.param([("a", 0, np.nan, 0, np.nan)], {}, dict.fromkeys(PARTS, 0), id="nothing on either side"),
    ],
)
def test_parts_of_a_variance(rows, conventions, expected):
    result = vr.price_volume_mix(sides(rows), **conventions)
    assert totals(result) == pytest.approx({**dict.fromkeys(PARTS, 0), **totals(result), **expected})
    whole = vr.price_volume_mix(in_fen(sides(rows)), **conventions)
    assert totals(whole) == pytest.approx({name: 100 * value for name, value in totals(result).items()}, abs=0.51)


def test_each_row_has_its_own_volume_and_mix():
    rows = [("a", 800, 10, 700, 10), ("b", 1000, 6, 1200, 6), ("c", 600, 12, 350, 12)]
    result = vr.price_volume_mix(sides(rows).astype({"target_amount": float, "actual_amount": float}))
    mean = 21200 / 2400
    assert result["volume"].tolist() == pytest.approx([-100 * mean, 200 * mean, -250 * mean])
    assert result["mix"].tolist() == pytest.approx([-100 * (10 - mean), 200 * (6 - mean), -250 * (12 - mean)])


def test_without_quantities_all_is_volume():
    frame = pd.DataFrame({"member": ["a", "b"], "target_amount": [100, 50], "actual_amount": [80, 70]})
    assert vr.price_volume_mix(frame)["volume"].tolist() == [80 - 100, 70 - 50]


def test_one_member_without_quantity_leaves_the_others_their_price():
    frame = pd.DataFrame({
        "member": ["a", "b"], "target_quantity": [np.nan, 10], "target_amount": [100, 50],
        "actual_quantity": [4, 10], "actual_amount": [80, 70],
    })
    result = vr.price_volume_mix(frame)
    assert result["volume"].tolist() == [80 - 100, 0]
    assert result["price"].tolist() == [0, 70 - 50]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"member": ["a", "a"]}, "twice", id="member twice"),
        pytest.param({"target_amount": [np.nan, 1.0]}, "not known", id="amount unknown"),
    ],
)
def test_a_bridge_that_cannot_be_built(change, message):
    frame = sides([("a", 1, 1, 1, 1), ("b", 1, 1, 1, 1)]).assign(**change)
    with pytest.raises(ValueError, match=message):
        vr.price_volume_mix(frame)


def test_an_unknown_convention_is_refused():
    with pytest.raises(ValueError, match="must be one of"):
        vr.price_volume_mix(sides([("a", 1, 1, 1, 1)]), mix="average")


def golden(name):
    file = GOLDENS / name
    if not file.exists():
        pytest.skip(f"{name} is not here")
    return json.loads(file.read_text(encoding="utf-8"))


def test_golden_price_volume_mix_cases():
    for case in golden("price_volume_mix_cases.json"):
        frame = sides([(f"p{i}", *row) for i, row in enumerate(zip(case["qty0"], case["price0"], case["qty1"], case["price1"], strict=True))])
        expected = case["computed_all_conventions"]
        at_actual, at_target = expected["A_two_factor_price_at_actual_qty"], expected["B_two_factor_price_at_budget_qty"]
        weighted = expected["F_mix_vs_average_price"]
        two = totals(vr.price_volume_mix(frame, mix="none"))
        assert (two["volume"], two["price"]) == pytest.approx((at_actual["volume"], at_actual["price"]), abs=1e-5)
        two = totals(vr.price_volume_mix(frame, mix="none", price_at="target_quantity"))
        assert (two["volume"], two["price"]) == pytest.approx((at_target["volume"], at_target["price"]), abs=1e-5)
        rows = vr.price_volume_mix(frame.astype({"target_amount": float, "actual_amount": float}))
        assert rows["volume"].tolist() == pytest.approx(weighted["quantity_by_product"], abs=1e-5)
        assert rows["mix"].tolist() == pytest.approx(weighted["mix_by_product"], abs=1e-5)


def test_golden_variance_tree_and_new_and_lost_products():
    tree = next(case for case in golden("sales_variance_tree_cases.json") if case["id"] == "T07_vw_cn")
    rows = [(f"p{i}", q0, p, q1, p) for i, (q0, p, q1) in enumerate(zip(tree["budget_units"], tree["price"], tree["actual_units"], strict=True))]
    found = totals(vr.price_volume_mix(sides(rows)))
    assert (found["volume"], found["mix"]) == (tree["expected"]["quantity"], tree["expected"]["mix"])
    case = golden("new_lost_product_case.json")
    rows = [(f"p{i}", *row) for i, row in enumerate(zip(case["qty0"], case["price0"], case["qty1"], case["price1"], strict=True))]
    frame = sides(rows).astype({"p0": float, "p1": float})
    assert totals(vr.price_volume_mix(frame)) == pytest.approx({"mix": 0} | case["separate_buckets"])
    within = totals(vr.price_volume_mix(frame, new_products="in_volume"))
    assert within == pytest.approx({"mix": 0, "new": 0, "lost": 0} | case["all_in_volume"])


def test_examples_in_docstrings():
    assert doctest.testmod(decomposition).failed == 0


quantities = st.one_of(st.just(0.0), st.just(float("nan")), st.floats(-50, 5000).map(lambda q: round(q, 3)))
fen = st.one_of(st.just(0), st.integers(-(10**7), 10**11))
bridge_rows = st.lists(st.tuples(quantities, fen, quantities, fen), max_size=8)


@settings(max_examples=60, deadline=None)
@given(bridge_rows, st.sampled_from(decomposition.CONVENTIONS["price_at"]), st.sampled_from(decomposition.CONVENTIONS["mix"]),
       st.sampled_from(decomposition.CONVENTIONS["new_products"]), st.randoms())
def test_every_row_closes_to_the_fen_in_any_order(rows, price_at, mix, new_products, chance):
    frame = pd.DataFrame(rows, columns=["target_quantity", "target_amount", "actual_quantity", "actual_amount"])
    frame = frame.astype({"target_amount": "int64", "actual_amount": "int64"}).assign(member=[f"m{i}" for i in range(len(rows))])
    conventions = {"price_at": price_at, "mix": mix, "new_products": new_products}
    result = vr.price_volume_mix(frame, **conventions)
    assert (result["target"] + result[PARTS].sum(axis=1) == result["actual"]).all()
    assert (result.dtypes[PARTS] == "int64").all()
    shuffled = frame.iloc[chance.sample(range(len(rows)), len(rows))]
    pd.testing.assert_frame_equal(result, vr.price_volume_mix(shuffled, **conventions))
