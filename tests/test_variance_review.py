"""Variance review: the bridge closes, the revision keeps the year, the grid is the plan's, causes sum."""

import doctest
import json
from decimal import Decimal
from math import isnan
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
from salesplan.errors import Fault, PlanError
from salesplan.odds import forecast
from salesplan.terms import PlanTerms, VarianceReviewTerms
from salesplan.terms.plan import Tax
from salesplan.terms.variance_review import CAUSES, Revision
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
        for back in range(1, years + 1)
        for month in MONTHS
        for product in products
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
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"])).astype(
        {"capacity": "Int64"}
    )


def company(closed=3, actuals=(), *, years=3, amounts=(120_000,) * 12, **more):
    split = more.pop("split", None)
    split = split_of(list(amounts)) if split is None else split
    return vr.Figures(
        months=MONTHS,
        closed=MONTHS[:closed],
        split=split,
        facts=facts_of(*history(years), *actuals),
        allocation=more.pop("allocation", allocation_of(split, {"R1": 0.6, "R2": 0.4})),
        **more,
    )


def three_months(**amounts):
    """The same sales in each of the first three months, by rep."""
    return [
        fact(month, rep, amount, quantity=8.0, cost=amount // 2)
        for month in MONTHS[:3]
        for rep, amount in amounts.items()
    ]


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
        pytest.param(
            [("w", 4000, 1.0, 3000, 0.8)],
            {},
            {"volume": (3000 - 4000) * 1.0, "price": (0.8 - 1.0) * 3000},
            id="Kotler: price at actual quantity",
        ),
        pytest.param(
            [("w", 4000, 1.0, 3000, 0.8)],
            {"price_at": "target_quantity"},
            {"volume": (3000 - 4000) * 0.8, "price": (0.8 - 1.0) * 4000},
            id="Kotler: price at target quantity",
        ),
        pytest.param(
            [("h", 110, 4.6, 100, 4.8)],
            {},
            {"volume": (100 - 110) * 4.6, "price": (4.8 - 4.6) * 100},
            id="H company: quantity first, then price",
        ),
        pytest.param(
            [("a", 800, 10, 700, 10), ("b", 1000, 6, 1200, 6), ("c", 600, 12, 350, 12)],
            {},
            {"volume": (2250 - 2400) * 21200 / 2400, "mix": -2800 - (2250 - 2400) * 21200 / 2400, "price": 0},
            id="three products: quantity and mix",
        ),
        pytest.param(
            [("a", 800, 10, 700, 10), ("b", 1000, 6, 1200, 6), ("c", 600, 12, 350, 12)],
            {"mix": "none"},
            {"volume": -100 * 10 + 200 * 6 - 250 * 12, "mix": 0, "price": 0},
            id="three products: mix within volume",
        ),
        pytest.param(
            [("奥迪", 40, 35, 20, 35), ("宝来", 20, 12, 22, 12), ("捷达", 20, 6, 20, 6)],
            {},
            {"volume": (62 - 80) * 22, "mix": -676 - (62 - 80) * 22, "price": 0},
            id="three cars: mean price 22",
        ),
        pytest.param(
            [("a", 100, 10, 90, 11), ("b", 50, 20, 0, np.nan), ("c", 0, np.nan, 40, 15)],
            {},
            {"volume": -10 * 10, "price": 1 * 90, "new": 40 * 15, "lost": -50 * 20, "mix": 0},
            id="new and lost apart",
        ),
        pytest.param(
            [("a", 100, 10, 90, 11), ("b", 50, 20, 0, np.nan), ("c", 0, np.nan, 40, 15)],
            {"new_products": "in_volume"},
            {"volume": -10 * 10 + 40 * 15 - 50 * 20, "price": 1 * 90, "new": 0, "lost": 0},
            id="new and lost in volume",
        ),
        pytest.param(
            [("a", 10, 5, -2, 5)], {}, {"volume": (-2 - 10) * 5, "price": 0}, id="more came back than was sold"
        ),
        pytest.param(
            [("a", 10, 5, -2, 5)],
            {"price_at": "target_quantity"},
            {"volume": -2 * 5 - 10 * 5, "price": 0},
            id="no price in returns alone",
        ),
        pytest.param(
            [("a", 0, np.nan, -2, 5)], {}, {"new": -2 * 5, "volume": 0}, id="only returns of what was not planned"
        ),
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
    frame = pd.DataFrame(
        {
            "member": ["a", "b"],
            "target_quantity": [np.nan, 10],
            "target_amount": [100, 50],
            "actual_quantity": [4, 10],
            "actual_amount": [80, 70],
        }
    )
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
        frame = sides(
            [
                (f"p{i}", *row)
                for i, row in enumerate(zip(case["qty0"], case["price0"], case["qty1"], case["price1"], strict=True))
            ]
        )
        expected = case["computed_all_conventions"]
        at_actual, at_target = (
            expected["A_two_factor_price_at_actual_qty"],
            expected["B_two_factor_price_at_budget_qty"],
        )
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
    rows = [
        (f"p{i}", q0, p, q1, p)
        for i, (q0, p, q1) in enumerate(zip(tree["budget_units"], tree["price"], tree["actual_units"], strict=True))
    ]
    found = totals(vr.price_volume_mix(sides(rows)))
    assert (found["volume"], found["mix"]) == (tree["expected"]["quantity"], tree["expected"]["mix"])
    case = golden("new_lost_product_case.json")
    rows = [
        (f"p{i}", *row)
        for i, row in enumerate(zip(case["qty0"], case["price0"], case["qty1"], case["price1"], strict=True))
    ]
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
@given(
    bridge_rows,
    st.sampled_from(decomposition.CONVENTIONS["price_at"]),
    st.sampled_from(decomposition.CONVENTIONS["mix"]),
    st.sampled_from(decomposition.CONVENTIONS["new_products"]),
    st.randoms(),
)
def test_every_row_closes_to_the_fen_in_any_order(rows, price_at, mix, new_products, chance):
    frame = pd.DataFrame(rows, columns=["target_quantity", "target_amount", "actual_quantity", "actual_amount"])
    frame = frame.astype({"target_amount": "int64", "actual_amount": "int64"}).assign(
        member=[f"m{i}" for i in range(len(rows))]
    )
    conventions = {"price_at": price_at, "mix": mix, "new_products": new_products}
    result = vr.price_volume_mix(frame, **conventions)
    parts = [*PARTS, "joint"] if price_at == "apart" else PARTS
    assert (result["target"] + result[parts].sum(axis=1) == result["actual"]).all()
    assert (result.dtypes[parts] == "int64").all()
    shuffled = frame.iloc[chance.sample(range(len(rows)), len(rows))]
    pd.testing.assert_frame_equal(result, vr.price_volume_mix(shuffled, **conventions))


# ---------------------------------------------------------------- the bridge of a plan


def test_target_quantity_is_target_amount_over_last_years_price():
    figures = company(actuals=[fact(MONTHS[0], "R1", 90_000, quantity=10.0)])
    row = vr.bridge_sides(figures, "product").iloc[0]
    last_years_price = 100_000 / 10
    assert row["target_quantity"] == pytest.approx(3 * 120_000 / last_years_price)
    total = vr.bridge_table(figures, RULES.bridge).set_index("member").loc[TOTAL]
    assert total["volume"] == (10 - 36) * last_years_price
    assert total["price"] == 90_000 - 10 * last_years_price


@pytest.mark.parametrize(
    ("products", "price"),
    [
        pytest.param(
            pd.DataFrame({"product": ["new"], "price": pd.array([6_000], "Int64")}),
            6_000,
            id="price of the product table",
        ),
        pytest.param(None, 50_000 / 5, id="this year's price"),
    ],
)
def test_a_new_product_has_its_own_price(products, price):
    split = pd.concat(
        [split_of([60_000] * 12, product="tea"), split_of([60_000] * 12, product="new")], ignore_index=True
    )
    figures = company(
        actuals=[fact(MONTHS[0], "R1", 50_000, product="new", quantity=5.0)], split=split, products=products
    )
    found = vr.bridge_sides(figures, "product").set_index("member")
    assert found.loc["new", "target_quantity"] == pytest.approx(180_000 / price)


def test_last_years_mix_splits_the_target_where_product_is_no_dimension():
    past = [
        fact(add_months(MONTHS[0], -12), "R1", amount, product=name, quantity=1.0)
        for name, amount in (("a", 100), ("b", 200))
    ]
    split = split_of([100] * 12)
    figures = vr.Figures(MONTHS, MONTHS[:1], split, allocation_of(split, {"R1": 1.0}), facts_of(*past))
    assert vr.member_targets(figures, "product").to_dict() == {"a": 33, "b": 67}


def test_allowances_and_rebates_lower_the_price_and_stand_apart():
    lines = [fact(MONTHS[0], "R1", 360_000, quantity=36.0), fact(MONTHS[0], "R1", -9_000, kind="rebate")]
    total = vr.bridge_table(company(actuals=lines), RULES.bridge).set_index("member").loc[TOTAL]
    assert (total["volume"], total["price"], total["amount_deducted"]) == (0, -9_000, -9_000)


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        pytest.param({}, "product", id="product is named"),
        pytest.param({"product": ""}, "region", id="region instead"),
        pytest.param({"product": "", "region": "(unknown)"}, "product", id="nothing is named"),
    ],
)
def test_members_of_the_bridge(dimension, expected):
    figures = company(split=split_of([10] * 12, region="north"), actuals=three_months(R1=10))
    figures = vr.Figures(**{**vars(figures), "facts": figures.facts.assign(**dimension)})
    assert vr.bridge_dimension(figures) == expected
    bridge = vr.bridge_table(figures, RULES.bridge)
    assert bridge["target"].iloc[-1] == 3 * 10


# ---------------------------------------------------------------- rep and month


def test_grid_has_every_rep_and_month_and_the_plans_total():
    reps = reps_of(
        ("R1", "A", None, None, None),
        ("R2", "B", None, None, None),
        ("R3", "C", "2027-02-01", None, None),
        ("R0", "left", None, "2026-06-30", None),
    )
    figures = company(actuals=[fact("2027-02", "R1", 70_000), fact("2027-03", "X9", 500)], reps=reps)
    grid = vr.rep_grid(figures)
    assert sorted(set(grid["rep"])) == sorted([MANAGER, UNASSIGNED, "R1", "R2", "R3"])
    assert len(grid) == 5 * 3
    assert grid["target"].sum() == 3 * 120_000
    assert grid["actual"].sum() == 70_500
    row = grid.set_index(["rep", "month"]).loc[("R1", "2027-02")]
    quota = 72_000 * 105 // 100
    assert (row["target"], row["variance"]) == (quota, 70_000 - quota)
    assert row["attainment"] == pytest.approx(70_000 / quota)
    assert grid.set_index(["rep", "month"]).loc[(UNASSIGNED, "2027-03"), "actual"] == 500


def test_without_a_table_of_reps_those_who_sold_are_listed():
    figures = company(actuals=[fact("2027-02", "R7", 300), fact("2027-02", "(unassigned)", 5)])
    assert vr.listed_reps(figures) == ["R1", "R2", "R7"]


def test_manager_carries_the_over_assignment_as_a_negative_target():
    grid = vr.rep_grid(company()).set_index(["rep", "month"])
    assert grid.loc[(MANAGER, "2027-01"), "target"] == 120_000 - 126_000
    assert isnan(grid.loc[(MANAGER, "2027-01"), "attainment"])


def test_sales_without_a_target_and_targets_without_a_sale():
    split = split_of([0, 50_000, *[0] * 10])
    figures = company(
        split=split, allocation=allocation_of(split, {"R1": 1.0}, over=0), actuals=[fact("2027-01", "R1", 900)]
    )
    grid = vr.rep_grid(figures).set_index(["rep", "month"]).loc["R1"]
    assert (grid.loc["2027-01", "variance"], grid.loc["2027-02", "variance"]) == (900, -50_000)
    assert isnan(grid.loc["2027-01", "attainment"])
    assert grid.loc["2027-02", "attainment"] == 0


def test_last_year_is_blank_before_the_history_begins():
    assert vr.rep_grid(company(years=0, actuals=three_months(R1=5)))["last_year"].isna().all()
    grid = vr.rep_grid(company(years=1)).set_index(["rep", "month"])
    assert (grid.loc[("R1", "2027-01"), "last_year"], grid.loc[("R2", "2027-01"), "last_year"]) == (100_000, 0)


def test_standing_names_reps_best_first():
    figures = company(
        actuals=three_months(R1=50_000, R2=60_000),
        reps=reps_of(("R1", "Li", None, None, None), ("R2", None, None, None, None)),
    )
    standing = vr.standing(figures, vr.rep_grid(figures))
    assert standing["rep"].tolist() == ["R2", "R1"]
    assert standing["name"].iloc[1] == "Li"
    assert standing["due_share"].tolist() == pytest.approx([3 / 12, 3 / 12])


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(MONTHS[:4]), st.sampled_from(["R1", "R2", "X"]), st.integers(-(10**6), 10**8)),
        max_size=8,
    ),
    st.lists(st.integers(0, 10**8), min_size=12, max_size=12),
    st.integers(0, 12),
    st.randoms(),
)
def test_totals_are_the_plans_and_row_order_changes_nothing(sales, amounts, closed, chance):
    figures = company(closed, [fact(*sale, quantity=1.0) for sale in sales], amounts=amounts, years=1)
    review = vr.review(figures, RULES, PLAN)
    total = review.bridge[review.bridge["member"] == TOTAL]
    assert review.grid["target"].sum() == sum(amounts[:closed]) == total["target"].sum()
    assert review.grid["actual"].sum() == sum(s[2] for s in sales if s[0] in MONTHS[:closed]) == total["actual"].sum()
    assert review.causes["amount"].sum() == review.grid["variance"].sum()
    assert review.revision["revised"].sum() + review.revised.unplaced - review.revised.kept == sum(amounts)
    order = chance.sample(range(len(figures.facts)), len(figures.facts))
    again = vr.review(vr.Figures(**{**vars(figures), "facts": figures.facts.iloc[order]}), RULES, PLAN)
    for one, other in zip(review[:6], again[:6], strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert (review.landing, review.progress) == (again.landing, again.progress) or isnan(review.landing.expected)


# ---------------------------------------------------------------- the revision


def series(*amounts):
    return pd.Series(amounts, index=MONTHS[: len(amounts)], dtype="int64")


def ruled(rule="seasonal", cap="0.3", surplus="keep"):
    return Revision(rule=rule, cap=Decimal(cap), surplus=surplus)


FOUR = series(100, 100, 200, 400)  # a year of four months is enough to see the rules


@pytest.mark.parametrize(
    ("rules", "actual", "expected", "unplaced", "kept"),
    [
        pytest.param(
            ruled(cap="1"),
            [70],
            [70, 100 + 30 * 1 // 7 + 0, 200 + 9, 400 + 17],
            0,
            0,
            id="seasonal: in proportion to the target",
        ),
        pytest.param(ruled("even", "1"), [70], [70, 100 + 10, 200 + 10, 400 + 10], 0, 0, id="even: equal parts"),
        pytest.param(
            ruled("next_month"), [50], [50, 100 + 30, 200 + 20, 400], 0, 0, id="next month up to its cap, then the next"
        ),
        pytest.param(
            ruled("even", "0.1"), [50], [50, 100 + 10, 200 + 20, 400 + 20], 0, 0, id="even: full months pass on"
        ),
        pytest.param(
            ruled(cap="0.1"), [0], [0, 100 + 10, 200 + 20, 400 + 40], 30, 0, id="what the cap leaves no room for"
        ),
        pytest.param(ruled(cap="0"), [90], [90, 100, 200, 400], 10, 0, id="no month may rise"),
        pytest.param(ruled(), [150], [150, 100, 200, 400], 0, 50, id="a surplus lowers nothing"),
        pytest.param(
            ruled("next_month", surplus="release"),
            [250],
            [250, 0, 200 - 50, 400],
            0,
            0,
            id="a released surplus, never below zero",
        ),
        pytest.param(ruled(surplus="release"), [900], [900, 0, 0, 0], 0, 100, id="a surplus over the rest of the year"),
        pytest.param(ruled(), [100], [100, 100, 200, 400], 0, 0, id="exactly on target"),
        pytest.param(ruled(), [100, 100, 200, 390], [100, 100, 200, 390], 10, 0, id="no month left"),
        pytest.param(ruled(), [], [100, 100, 200, 400], 0, 0, id="no month closed"),
    ],
)
def test_revision(rules, actual, expected, unplaced, kept):
    revised = vr.revise(FOUR, series(*actual), rules)
    assert revised.table["revised"].tolist() == expected
    assert (revised.unplaced, revised.kept) == (unplaced, kept)
    assert revised.year == FOUR.sum() - unplaced + kept


def test_capacity_places_by_what_reps_can_carry_and_falls_back_to_season():
    weights = pd.Series([1.0, 0.0, 1.0, 3.0], index=MONTHS[:4])
    revised = vr.revise(FOUR, series(60), ruled("capacity", "1"), capacity=weights)
    assert revised.table["revised"].tolist() == [60, 100, 200 + 10, 400 + 30]
    assert vr.revise(FOUR, series(60), ruled("capacity")).rule == "seasonal"


def test_capacity_counts_the_days_a_rep_is_there():
    reps = reps_of(
        ("R1", "A", None, None, 1200), ("R2", "B", "2027-02-15", "2027-03-31", 2800), ("R3", "C", None, None, None)
    )
    found = vr.capacity_by_month(reps, MONTHS[:4])
    assert found.tolist() == pytest.approx([1200, 1200 + 2800 * 14 / 28, 1200 + 2800, 1200])
    assert vr.capacity_by_month(reps.assign(capacity=pd.array([None] * 3, "Int64")), MONTHS) is None


def test_months_to_come_move_in_the_money_unit_and_the_odd_fen_stay_together():
    original = series(10_000, 10_000, 10_000, 10_000)
    revised = vr.revise(original, series(9_449), ruled(), unit=100)
    assert revised.table["revised"].tolist() == [9_449, 10_000 + 200 + 51, 10_000 + 200, 10_000 + 100]


def test_closed_months_come_first():
    with pytest.raises(ValueError, match="first months"):
        vr.revise(FOUR, pd.Series([1], index=[MONTHS[2]]), ruled())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 10**9), min_size=12, max_size=12),
    st.lists(st.integers(-(10**6), 10**9), max_size=12),
    st.sampled_from(["next_month", "seasonal", "even", "capacity"]),
    st.decimals(0, 2, places=2),
    st.sampled_from(["keep", "release"]),
    st.sampled_from([1, 100, 10_000]),
)
def test_revision_keeps_the_year(amounts, actuals, rule, cap, surplus, unit):
    original, actual = series(*[a - a % unit for a in amounts]), series(*actuals)
    capacity = pd.Series(range(12), index=MONTHS, dtype="float64")
    revised = vr.revise(original, actual, ruled(rule, str(cap), surplus), capacity=capacity, unit=unit)
    table, closed = revised.table, len(actuals)
    assert revised.year == original.sum() - revised.unplaced + revised.kept
    assert table["revised"].tolist()[:closed] == actuals
    change = (table["revised"] - table["original"]).iloc[closed:]
    assert (change <= np.floor([float(cap * a) for a in original.iloc[closed:]]) + 1).all()
    assert (table["revised"].iloc[closed:] >= 0).all()
    assert (change >= 0).all() or (surplus == "release" and revised.missing < 0)
    assert revised.unplaced == 0 or revised.missing > 0
    assert (table["revised"].iloc[closed:] % unit != 0).sum() <= 1


def test_every_rule_and_cap_side_by_side():
    grid = vr.rule_grid(company(actuals=three_months(R1=20_000)), ruled(cap="0.2"))
    assert set(grid["rule"]) == {"next_month", "seasonal", "even"}  # nobody's capacity is known
    assert sorted(set(grid["cap_share"])) == [0.1, 0.2, 0.3, 1.0]
    assert grid.loc[grid["planned"], ["rule", "cap_share"]].to_numpy().tolist() == [["seasonal", 0.2]]
    shortfall = 3 * 120_000 - 3 * 20_000
    assert (grid["amount_placed"] + grid["amount_unplaced"] == shortfall).all()
    first = grid.set_index(["rule", "cap_share"]).loc[("next_month", 1.0)]
    assert (first["month"], first["rise_share"], first["amount_unplaced"]) == ("2027-04", 1.0, 0)


# ---------------------------------------------------------------- landing and time


def test_landing_grows_last_years_rest_by_what_the_closed_months_have_grown_by():
    landing = vr.landing_estimate(company(actuals=three_months(R1=80_000)))
    rest = 9 * 100_000 * (80_000 / 100_000) ** (3 / 4)  # three months known: three quarters of the weight
    assert landing.expected == pytest.approx(240_000 + rest)
    assert (landing.low, landing.high) == pytest.approx(
        (landing.expected, landing.expected)
    )  # an even history never missed
    assert landing.probability < 1e-9


def test_landing_interval_comes_from_the_plans_own_misses_and_months():
    early = {1: 130_000, 2: 90_000, 3: 100_000}  # first quarter per month of the years before
    past = [
        fact(add_months(m, -12 * back), "R1", early[back] if i < 3 else 100_000)
        for back in early
        for i, m in enumerate(MONTHS)
    ]
    figures = company(actuals=three_months(R1=80_000), years=0)
    figures = vr.Figures(**{**vars(figures), "facts": pd.concat([facts_of(*past), figures.facts])})
    history = [[early[back]] * 3 + [100_000] * 9 for back in (3, 2, 1)]
    year = forecast([history], [[80_000] * 3], gone=[3 / 12])
    landing = vr.landing_estimate(figures, coverage=0.8)
    assert landing.expected == pytest.approx(year.expected[0])
    assert (landing.low, landing.high) == pytest.approx([end[0] for end in year.interval(0.8)])
    assert landing.probability == pytest.approx(year.reach([12 * 120_000])[0])
    assert 0 < landing.probability < 0.5
    assert landing.years == 3


def test_landing_without_history_is_actual_over_the_share_gone():
    landing = vr.landing_estimate(company(actuals=three_months(R1=80_000), years=0))
    assert landing.expected == pytest.approx(240_000 / (3 / 12))
    assert isnan(landing.probability)


@pytest.mark.parametrize(
    ("closed", "years", "sold", "known"),
    [
        pytest.param(0, 3, 0, (False, False), id="no month closed"),
        pytest.param(3, 0, 80_000, (True, False), id="no year of history"),
        pytest.param(3, 1, 80_000, (True, True), id="one year of history"),
        pytest.param(3, 3, -5, (False, False), id="more came back than was sold"),
        pytest.param(12, 0, 80_000, (True, True), id="the year is over"),
    ],
)
def test_landing_says_what_it_does_not_know(closed, years, sold, known):
    landing = vr.landing_estimate(company(closed, three_months(R1=sold), years=years))
    assert (not isnan(landing.expected), not isnan(landing.low)) == known


def test_time_progress_beside_attainment():
    progress = vr.time_progress(company(actuals=three_months(R1=90_000)), "CN")
    assert progress.seasonal_share == pytest.approx(3 / 12)
    assert progress.attainment == pytest.approx(270_000 / 360_000)
    assert progress.year_attainment == pytest.approx(270_000 / 1_440_000)
    assert 0.2 < progress.workday_share < 0.25  # Spring Festival lies in the first quarter


def test_outlook_goes_on_from_the_last_closed_month():
    review = vr.review(company(actuals=three_months(R1=80_000)), RULES, PLAN)
    last = review.outlook.iloc[-1]
    assert (last["target"], last["landing"], last["revised"]) == (
        12 * 120_000,
        round(review.landing.expected),
        review.revised.year,
    )
    assert pd.isna(last["actual"])
    third = review.outlook.iloc[2]
    assert third["actual"] == third["landing"] == third["revised"] == 240_000
    assert review.outlook["revised"].iloc[:2].isna().all()


# ---------------------------------------------------------------- indicators and causes


def pack_of(figures, rules=RULES, plan=PLAN, **records):
    return vr.kpi_pack(figures, vr.Records(**records), rules, plan)


def kpi(frame, indicator, month="2027-01"):
    return frame.set_index(["indicator", "month"]).loc[(indicator, month)]


def test_indicators_that_the_data_allow():
    orders = pd.DataFrame(
        {
            "order": ["a", "b", "c"],
            "date": pd.to_datetime(["2027-01-05", "2027-01-06", "2026-01-07"]),
            "product": "p",
            "amount": [98_000, 3_000, 120_000],
        }
    )
    received = pd.DataFrame(
        {"date": pd.to_datetime(["2027-01-20"] * 2), "amount": [56_500, 9_900], "kind": ["payment", "bad_debt"]}
    )
    kpis = pd.DataFrame({"month": ["2027-01"], "indicator": ["visits"], "value": [40.0]})
    lines = [
        fact("2027-01", "R1", 100_000, quantity=9.0, cost=60_000),
        fact("2027-01", "R1", -2_000, kind="return", quantity=-1.0, cost=-1_000),
        fact("2027-01", "R1", 3_000, customer="c2", quantity=1.0, cost=2_000),
    ]
    figures = company(1, lines, orders=orders, collections=received, kpis=kpis)
    taxed = PLAN.model_copy(update={"tax": Tax(rate=Decimal("0.13"), collections="included")})
    found = pack_of(figures, plan=taxed).table
    assert (kpi(found, "amount")["value"], kpi(found, "amount")["target"]) == (Decimal(1010), Decimal(1200))
    assert kpi(found, "quantity")["value"] == Decimal(9)
    assert kpi(found, "gross_margin")["value"] == round(Decimal(101_000 - 61_000) / 101_000, 6)
    assert (kpi(found, "customers")["value"], kpi(found, "customers")["target"], kpi(found, "customers")["state"]) == (
        2,
        1,
        "ok",
    )
    assert (kpi(found, "orders")["value"], kpi(found, "orders")["basis"]) == (2, "last_year")
    assert kpi(found, "collection_rate")["value"] == round(Decimal(56_500) / Decimal("1.13") / 101_000, 6)
    assert (kpi(found, "visits")["value"], kpi(found, "visits")["state"]) == (40, "no_target")


def test_unknown_cost_and_quantity_leave_their_indicator_out():
    found = pack_of(company(1, [fact("2027-01", "R1", 100)])).table
    assert {"amount", "customers", "contract_amount"} <= set(found["indicator"])
    assert not {"quantity", "gross_margin", "orders", "collection_rate", "expense_ratio"} & set(found["indicator"])


@pytest.mark.parametrize(
    ("sold", "state"),
    [
        pytest.param(120_000, "ok", id="at the target"),
        pytest.param(119_999, "watch", id="a fen below"),
        pytest.param(108_000, "watch", id="nine tenths"),
        pytest.param(107_999, "behind", id="a fen below nine tenths"),
    ],
)
def test_states(sold, state):
    assert kpi(pack_of(company(1, [fact("2027-01", "R1", sold)])).table, "amount")["state"] == state


def causes_of(*rows):
    return pd.DataFrame(list(rows), columns=["month", "code", "amount", "note", "owner"]).astype({"amount": "int64"})


def test_causes_and_the_unexplained_sum_to_the_variance():
    causes = causes_of(
        ("2027-02", "price", -300, "price cut", None),
        ("2027-01", "competition", -500, "", "Li"),
        ("2027-09", "policy", -1, "", ""),
    )
    found = vr.cause_table(company(causes=causes), -1_000, CAUSES)
    assert found["code"].tolist() == ["competition", "price", "unexplained"]
    assert found["amount"].tolist() == [-500, -300, -1_000 + 500 + 300]


def test_without_findings_everything_is_unexplained_and_without_actuals_there_is_nothing():
    assert vr.cause_table(company(), -7, CAUSES)["amount"].tolist() == [-7]
    assert vr.cause_table(company(0), 0, CAUSES).empty


def test_an_unknown_cause_is_refused_with_the_known_ones():
    with pytest.raises(PlanError) as caught:
        vr.cause_table(company(causes=causes_of(("2027-01", "weather", -1, "", ""))), -1, CAUSES)
    allowed = {"allowed": ", ".join(CAUSES)}
    assert caught.value.faults == [Fault("unknown_cause", "causes, column code", "weather", allowed)]


# ---------------------------------------------------------------- charts and sentences


REVIEWS = {
    "behind": company(actuals=three_months(R1=40_000, R2=30_000), reps=reps_of(("R1", "Li", None, None, None))),
    "surplus": company(actuals=three_months(R1=140_000), years=1),
    "no actuals": company(0),
    "no history": company(years=0, actuals=three_months(R1=4_000)),
    "year over": company(12, three_months(R1=4_000)),
}


@pytest.mark.parametrize("name", REVIEWS)
def test_without_actuals_tables_have_their_header(name):
    review = vr.review(REVIEWS[name], RULES, PLAN)
    closed = len(REVIEWS[name].closed)
    assert (
        (len(review.grid) == 0)
        == (len(review.bridge) == 0)
        == (len(pack_of(REVIEWS[name]).table) == 0)
        == (len(review.causes) == 0)
        == (closed == 0)
    )
    assert list(review.bridge.columns[:8]) == decomposition.COLUMNS
    assert review.revision["revised"].tolist()[closed:] == review.revision["original"].tolist()[closed:] or closed
    assert str(review.revision["actual"].dtype) == "Int64"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", REVIEWS)
def test_sentences_and_charts_in_both_languages(name, language):
    words = Words(language, "万元" if language == "zh" else "thousand")
    review = vr.review(REVIEWS[name], RULES, PLAN)
    said = sentences(words, review, RULES)
    assert said and not any("{" in text or "nan" in text for text in said)
    drawn = [
        (charts.year, review.outlook),
        (charts.bridge, review.bridge),
        (charts.attainment, review.standing),
        (charts.months, review.revision),
    ]
    for paint, frame in drawn:
        ax = Figure().subplots()
        assert paint(ax, frame, words=words) is ax
        assert ax.get_title(loc="left") or ax.get_title()


def test_sentences_state_what_cannot_be_placed_and_the_odds():
    review = vr.review(REVIEWS["behind"], RULES, PLAN)
    words = Words("en", "one")
    text = " ".join(sentences(words, review, RULES))
    assert words.money(review.revised.unplaced) in text
    assert words.money(review.landing.expected) in text
    assert "probability" in text
