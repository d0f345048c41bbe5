"""The bridge of a plan: allowances, rebates, free goods and exchange rates apart, members, and gross margin."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_variance_review import MONTHS, company, fact, facts_of, split_of

from salesplan import variance_review as vr
from salesplan.apportion import TOTAL, UNASSIGNED
from salesplan.calendar import add_months
from salesplan.terms.variance_review import Bridge
from salesplan.variance_review import decomposition
from salesplan.variance_review.bridge import BRIDGE_COLUMNS
from salesplan.variance_review.margin import MARGIN_COLUMNS

RULES = Bridge()
CLOSING = ["target", "volume", "mix", "price", "new", "lost", "joint"]
LAST = add_months(MONTHS[0], -12)


def one_month(*lines, amount=1_000, **more):
    """A company of one product that sold 10 at 100 fen last year, in January alone, and plans the same."""
    split = split_of([amount, *[0] * 11], product="tea")
    last = fact(LAST, "R1", 1_000, quantity=10.0, cost=600)
    given = company(1, years=0, split=split)
    facts = facts_of(last, *more.pop("before", ()), *lines)
    if "at_budget" in more:
        facts["at_budget"] = [*facts["amount"][: -len(more["at_budget"])], *more.pop("at_budget")]
    return vr.Figures(**{**vars(given), "facts": facts, **more})


def total(figures, rules=RULES, table=vr.bridge_table):
    found = table(figures, rules).set_index("member").loc[TOTAL]
    return found[found != 0].to_dict()


# ---------------------------------------------------------------- what is given away


@pytest.mark.parametrize(
    ("before", "lines", "expected"),
    [
        pytest.param(
            (),
            [fact(MONTHS[0], "R1", 1_000, quantity=10.0), fact(MONTHS[0], "R1", -50, kind="rebate")],
            {"deducted": -50, "price": -50, "amount_deducted": -50},
            id="a rebate there was none of last year",
        ),
        pytest.param(
            [fact(LAST, "R1", -100, kind="allowance")],
            [fact(MONTHS[0], "R1", 1_000, quantity=10.0), fact(MONTHS[0], "R1", -100, kind="allowance")],
            # last year's price after allowances is 90: 1000 planned is 11.11 pieces
            {"volume": 900 - 1_000, "amount_deducted": -100},
            id="the rate of last year is in the target's price",
        ),
        pytest.param(
            [fact(LAST, "R1", -100, kind="allowance")],
            [fact(MONTHS[0], "R1", 1_100, quantity=10.0), fact(MONTHS[0], "R1", -220, kind="allowance")],
            # 20 % instead of 10 % of 1100; the price before them rose from 100 to 110
            {"volume": -100, "own_price": 90, "deducted": -110, "price": -20, "amount_deducted": -220},
            id="a higher rate on a higher price",
        ),
        pytest.param(
            (),
            [fact(MONTHS[0], "R1", 1_000, quantity=10.0), fact(MONTHS[0], "R1", 0, quantity=2.0, kind="free")],
            {"volume": 2 * 100, "deducted": -2 * 100, "price": -200},
            id="free goods are given away at the price paid",
        ),
        pytest.param(
            (),
            [fact(MONTHS[0], "R1", -30, kind="rebate")],
            {"lost": -1_000, "deducted": -30, "price": -30, "amount_deducted": -30},
            id="a rebate on what is lost",
        ),
    ],
)
def test_allowances_rebates_and_free_goods_apart(before, lines, expected):
    found = total(one_month(*lines, before=before))
    target, actual = found.pop("target"), found.pop("actual", 0)
    assert found == expected
    assert target + sum(found.get(name, 0) for name in CLOSING[1:]) == actual


def test_without_quantities_what_is_given_away_still_stands_apart():
    lines = [fact(MONTHS[0], "R1", 900), fact(MONTHS[0], "R1", -45, kind="rebate")]
    found = total(one_month(*lines))
    assert (found["volume"], found["deducted"]) == (900 - 1_000, -45)


# ---------------------------------------------------------------- exchange rates


def test_exchange_rates_apart():
    """Sold at the target's price in a currency that brings 8 where 7 was budgeted."""
    found = total(one_month(fact(MONTHS[0], "R1", 800, quantity=7.0), at_budget=[700]))
    assert found == {
        "target": 1_000,
        "volume": (7 - 10) * 100,
        "currency": 800 - 700,
        "price": 100,
        "actual": 800,
    }


# ---------------------------------------------------------------- members


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param(None, ["tea"], id="products unless told"),
        pytest.param("region", ["north"], id="regions"),
        pytest.param("customer", ["c1", "c2"], id="customers"),
        pytest.param("channel", ["(unknown)"], id="a dimension nobody names"),
        pytest.param("rep", ["R1", "R2"], id="reps, by their base"),
    ],
)
def test_members_are_chosen(members, expected):
    figures = company(actuals=[fact(MONTHS[0], "R1", 5_000, quantity=1.0, customer="c2")])
    rules = Bridge(members=members)
    bridge = vr.bridge_table(figures, rules)
    assert bridge["member"].tolist() == [*expected, TOTAL]
    assert bridge["target"].iloc[-1] == 3 * 120_000
    assert bridge["actual"].iloc[-1] == 5_000


def test_a_rep_is_measured_against_his_base_and_the_rest_is_nobodys():
    split = split_of([100, *[0] * 11])
    allocation = pd.DataFrame({"rep": ["R1", UNASSIGNED], "month": MONTHS[0], "base": [70, 30], "amount": [80, 30]})
    figures = company(1, [fact(MONTHS[0], "R1", 90)], split=split, allocation=allocation, years=0)
    rows = vr.bridge_table(figures, Bridge(members="rep")).set_index("member")
    assert rows["target"].to_dict() == {"R1": 70, UNASSIGNED: 30, TOTAL: 100}


# ---------------------------------------------------------------- gross margin


@pytest.mark.parametrize(
    ("lines", "conventions", "expected"),
    [
        pytest.param(
            [fact(MONTHS[0], "R1", 880, quantity=8.0, cost=520)],
            {},
            # 10 at 100 - 60 planned; 8 at 110 - 65 came
            {"target": 400, "volume": -2 * 40, "price": 8 * 10, "own_price": 80, "cost": -8 * 5, "actual": 360},
            id="price and unit cost rose",
        ),
        pytest.param(
            [fact(MONTHS[0], "R1", 880, quantity=8.0, cost=520)],
            {"price_at": "apart"},
            {
                "target": 400,
                "volume": -2 * 40,
                "price": 10 * 10,
                "own_price": 100,
                "joint": -2 * 10,
                "cost": -40,
                "actual": 360,
            },
            id="jointly apart",
        ),
        pytest.param(
            [fact(MONTHS[0], "R1", 900, cost=500)],
            {},
            {"target": 400, "volume": 900 * 0.4 - 400, "cost": 900 * 0.6 - 500, "actual": 400},
            id="without quantities by the cost rate",
        ),
        pytest.param(
            [
                fact(MONTHS[0], "R1", 1_000, quantity=10.0, cost=600),
                fact(MONTHS[0], "R1", 300, product="new", quantity=1.0, cost=100),
                fact(MONTHS[0], "R1", -50, kind="rebate"),
            ],
            {},
            {
                "target": 400,
                "new": 200,
                "price": -50,
                "deducted": -50,
                "actual": 550,
            },
            id="a new product and a rebate",
        ),
        pytest.param([], {}, {}, id="no sale of which a cost is known"),
        pytest.param([fact(MONTHS[0], "R1", 900)], {}, {}, id="a cost that is not known"),
    ],
)
def test_the_bridge_at_gross_margin(lines, conventions, expected):
    table = vr.margin_bridge(one_month(*lines), Bridge(**conventions))
    assert list(table.columns) == MARGIN_COLUMNS
    assert (total(one_month(*lines), Bridge(**conventions), vr.margin_bridge) if len(table) else {}) == expected


def test_costs_of_the_product_table_stand_in_for_last_years():
    products = pd.DataFrame({"product": ["new"], "price": pd.array([200], "Int64"), "cost": pd.array([50], "Int64")})
    split = pd.concat([split_of([1_000, *[0] * 11], product=name) for name in ("tea", "new")], ignore_index=True)
    lines = [fact(MONTHS[0], "R1", 800, product="new", quantity=4.0, cost=240)]
    rows = vr.margin_bridge(one_month(*lines, split=split, products=products), RULES).set_index("member")
    assert rows.loc["new", ["target", "volume", "cost", "actual"]].tolist() == [750, -150, 4 * (50 - 60), 560]


# ---------------------------------------------------------------- what holds in any plan

KINDS = ["sale", "return", "allowance", "rebate", "free"]
lines = st.lists(
    st.tuples(
        st.sampled_from([LAST, *MONTHS[:2]]),
        st.sampled_from(["R1", "R2", "X"]),
        st.sampled_from(["tea", "cup", ""]),
        st.sampled_from(KINDS),
        st.integers(0, 10**9),
        st.one_of(st.integers(1, 900), st.none()),
    ),
    max_size=10,
)
SIGNS = {"sale": 1, "return": -1, "allowance": -1, "rebate": -1, "free": 0}
CHOICES = list(itertools.product(*decomposition.CONVENTIONS.values(), [None, "customer", "rep"]))


def any_company(rows):
    facts = [
        fact(
            month,
            rep,
            amount * SIGNS[kind],
            product=product,
            kind=kind,
            quantity=np.nan if quantity is None else quantity * (SIGNS[kind] or 1.0),
            cost=amount // 2 * SIGNS[kind],
        )
        for month, rep, product, kind, amount, quantity in rows
    ]
    given = company(2, years=0)
    table = facts_of(*facts)
    return vr.Figures(**{**vars(given), "facts": table.assign(at_budget=table["amount"] * 9 // 10)})


@settings(max_examples=40, deadline=None)
@given(lines, st.sampled_from(CHOICES), st.randoms())
def test_both_bridges_close_to_the_fen_in_any_order(rows, choice, chance):
    figures = any_company(rows)
    rules = Bridge(**dict(zip([*decomposition.CONVENTIONS, "members"], choice, strict=True)))
    bridge, margin = vr.bridge_table(figures, rules), vr.margin_bridge(figures, rules)
    assert list(bridge.columns) == BRIDGE_COLUMNS
    assert (bridge[CLOSING].sum(axis=1) == bridge["actual"]).all()
    assert (margin[[*CLOSING, "cost"]].sum(axis=1) == margin["actual"]).all()
    for table in (bridge, margin):
        assert (table[["own_price", "deducted", "currency"]].sum(axis=1) == table["price"]).all()
        assert (table.dtypes.drop("member") == "int64").all()
        if len(table):
            assert (table.iloc[:-1, 1:].sum() == table.iloc[-1, 1:]).all()
    assert bridge["target"].iloc[-1] == 2 * 120_000
    assert bridge["actual"].iloc[-1] == figures.actuals["amount"].sum()
    if len(margin):
        assert margin["actual"].iloc[-1] == (figures.actuals["amount"] - figures.actuals["cost"]).sum() + (
            figures.actuals.loc[figures.actuals["kind"].isin(["allowance", "rebate"]), "cost"].sum()
        )
    order = chance.sample(range(len(figures.facts)), len(figures.facts))
    again = vr.Figures(**{**vars(figures), "facts": figures.facts.iloc[order]})
    pd.testing.assert_frame_equal(bridge, vr.bridge_table(again, rules))
    pd.testing.assert_frame_equal(margin, vr.margin_bridge(again, rules))
