"""Contests, the ranking by attainment, adjustments by hand; expected values as arithmetic."""

from decimal import Decimal

import pandas as pd
import pytest
from commission_cases import MONTHS, fen, order_lines, plan, quotas, reps, rules, year
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from salesplan.charts import commission as charts
from salesplan.charts import render
from salesplan.commission import Ledger, base_pay_parts, below_standard, by_component, calculate, latest_ranking
from salesplan.commission.pay import Sales, adjustment_lines, beside, periods_of, prize_lines, rank
from salesplan.conclusions.commission import base_pay_sentences, ranking_sentences
from salesplan.terms.pay import Contest, LastPlace, MinimumWage
from salesplan.wording import Words

NAMES = ("A", "B", "C", "D")


def grid(months=3, quota=100, **actuals):
    """Quota and actual of each rep and closed month, in currency; actuals by rep, one per month."""
    rows = [
        (rep, MONTHS[place], fen(quota), fen(actual))
        for rep, values in actuals.items()
        for place, actual in enumerate(values[:months])
    ]
    return pd.DataFrame(rows, columns=["rep", "month", "quota", "actual"]).assign(plan=0)


def sold(*rows, **more):
    """Credited lines: rep, day, amount in currency, and what differs."""
    return order_lines(*[(day, f"O{place}", amount, {"rep": rep, **(other[0] if other else {}), **more})
                         for place, (rep, day, amount, *other) in enumerate(rows)])  # fmt: skip


def ranked(contest=None, credited=None, *, months=3, last=None, table=None, people=None, ramping=None, **more):
    """The ranking of the four reps after some months; of the contest, or the one by attainment."""
    terms = rules(plan()).model_copy(
        update={"contests": (Contest(**contest),) if contest else (), "last_place": LastPlace(**last) if last else None}
    )
    table = grid(months, **dict.fromkeys(NAMES, [0] * 12)) if table is None else table
    sales = Sales(order_lines() if credited is None else credited, table, **more)
    people = reps(*NAMES) if people is None else people
    found = rank(Ledger(order_lines(), reps=people, ramping=ramping), year(months), terms, sales)
    return found[found["contest"] == (contest["name"] if contest else "")].reset_index(drop=True)


def best(found, column="rep"):
    return found[column].tolist()


def contest(**more):
    return {"name": "spring", "prizes": [Decimal(1000), Decimal(500), Decimal(200)], **more}


# ---------------------------------------------------------------- places and prizes


def test_places_and_prizes_over_all_months():
    found = ranked(
        contest(months=MONTHS[:3]), sold(("A", "2027-01-05", 300), ("B", "2027-02-05", 400), ("C", "2027-03-05", 100))
    )
    assert best(found) == ["B", "A", "C", "D"]
    assert best(found, "place") == [1, 2, 3, 4]
    assert best(found, "value") == [400, 300, 100, 0]
    assert best(found, "prize") == [100_000, 50_000, 20_000, 0]
    assert set(found["period"]) == {"2027-01/2027-03"} and set(found["month"]) == {"2027-03"}
    assert set(found["count"]) == {4} and found["complete"].all()


@pytest.mark.parametrize(
    ("amounts", "places", "prizes"),
    [
        pytest.param([5, 5, 3, 1], [1, 1, 3, 4], [75_000, 75_000, 20_000, 0], id="two first share 1000 and 500"),
        pytest.param(
            [9, 5, 5, 5], [1, 2, 2, 2], [100_000, 23_334, 23_333, 23_333], id="three second share 500 and 200"
        ),
        pytest.param([5, 5, 5, 5], [1] * 4, [42_500] * 4, id="all four share 1700"),
        pytest.param([0, 0, 0, 0], [1] * 4, [0] * 4, id="who has nothing wins nothing"),
    ],
)
def test_who_is_equal_shares_the_prizes(amounts, places, prizes):
    rows = [(rep, "2027-01-05", amount) for rep, amount in zip(NAMES, amounts, strict=True)]
    found = ranked(contest(months=MONTHS[:1]), sold(*rows))
    assert (best(found, "place"), best(found, "prize")) == (places, prizes)


def test_the_least_value_is_in_the_unit_of_the_measure():
    rows = sold(("A", "2027-01-05", "99.99"), ("B", "2027-01-05", 100))
    found = ranked(contest(months=MONTHS[:1], least=Decimal(100)), rows)
    assert best(found, "prize")[:2] == [100_000, 0] and best(found)[0] == "B"
    shares = grid(1, A=[90], B=[89])
    found = ranked(contest(months=MONTHS[:1], measure="attainment", least=Decimal("0.9")), table=shares, months=1)
    assert best(found, "prize") == [100_000, 0]


def test_prizes_wait_until_the_period_is_closed():
    rows = sold(("A", "2027-01-05", 5), ("B", "2027-04-05", 9))
    found = ranked(contest(period="quarter"), rows, months=4)
    assert best(found, "period") == ["2027-Q1"] * 4 + ["2027-Q2"] * 4
    assert best(found, "prize") == [100_000] + [0] * 7
    assert found.groupby("period")["complete"].all().tolist() == [True, False]
    assert ranked(contest(months=MONTHS[6:8]), rows).empty  # not begun


def test_one_contest_per_period():
    rows = sold(("A", "2027-01-05", 5), ("B", "2027-02-05", 9))
    found = ranked(contest(period="month", prizes=[Decimal(10)]), rows)
    assert found.loc[found["prize"] > 0, ["rep", "month", "prize"]].to_numpy().tolist() == [
        ["A", "2027-01", 1000], ["B", "2027-02", 1000]]  # fmt: skip


MEASURED = sold(
    ("A", "2027-01-05", 100, {"quantity": 2.5, "cost": fen(80)}),
    ("A", "2027-01-06", -40, {"order": "O0", "quantity": -1.0, "cost": fen(-30)}),
    ("B", "2027-01-05", 30, {"quantity": 4.0, "product": "N", "order": ""}),
    ("B", "2027-01-05", 20, {"quantity": 1.0, "cost": fen(5), "order": ""}),
    ("B", "2027-01-07", 10, {"cost": fen(1)}),
    ("C", "2027-01-08", 50, {"cost": fen(20)}),
    ("C", "2027-01-09", -50, {"order": "O5", "cost": fen(-20)}),
)
CASH = pd.DataFrame({"rep": ["C", "C", "B"], "month": ["2027-01", "2027-01", "2027-09"], "amount": [100, 50, 900]})
LINES = pd.DataFrame({"product": ["P", "N"], "line": ["old", "new"]})


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        pytest.param({"measure": "quantity"}, {"B": 4 + 1 + 1, "A": Decimal("1.5"), "C": 2, "D": 0}, id="quantity"),
        pytest.param({"measure": "margin"}, {"B": 15 + 9, "A": 20 - 10, "C": 0, "D": 0}, id="margin, 0 where unknown"),
        pytest.param({"measure": "orders"}, {"B": 2, "A": 1, "C": 0, "D": 0}, id="orders with something left"),
        pytest.param({"measure": "collected"}, {"C": Decimal("1.5"), "A": 0, "B": 0, "D": 0}, id="collected"),
        pytest.param({"product": "N"}, {"B": 30, "A": 0, "C": 0, "D": 0}, id="one product"),
        pytest.param({"line": "old"}, {"A": 60, "B": 30, "C": 0, "D": 0}, id="one line of products"),
    ],
)
def test_measures(measure, expected):
    lines = MEASURED.assign(order=MEASURED["order"].where(~MEASURED["order"].isin(["O6"]), "O5"))
    quantity = lines["quantity"].where(lines["rep"] != "C", 1.0)
    found = ranked(contest(months=MONTHS[:1], **measure), lines.assign(quantity=quantity), cash=CASH, products=LINES)
    assert dict(zip(found["rep"], found["value"], strict=True)) == expected


def test_who_takes_part():
    people = reps(*NAMES, team=["x", "x", "y", "x"], start=pd.to_datetime([None, "2027-02-01", None, None]),
                  end=pd.to_datetime([None, None, None, "2026-12-31"]))  # fmt: skip
    found = ranked(contest(period="month", among={"team": "x"}), people=people, months=2)
    assert found.groupby("period")["rep"].agg(list).tolist() == [["A"], ["A", "B"]]
    moved = pd.concat([people, people.head(1).assign(start=pd.Timestamp("2027-02-01"), team="y")], ignore_index=True)
    found = ranked(contest(period="month", among={"team": "x"}), people=moved, months=2)
    assert found.groupby("period")["rep"].agg(list).tolist() == [["A"], ["B"]]  # the latest spell of the period


def test_periods_of_a_fiscal_year_and_their_labels():
    assert list(periods_of((), "half_year", year())) == ["2027-H1", "2027-H2"]
    assert periods_of(("2027-03", "2027-04"), "quarter", year()) == {"2027-Q1": ["2027-03"], "2027-Q2": ["2027-04"]}
    assert list(periods_of(("2027-05",), None, year())) == ["2027-05"]
    assert list(periods_of((), "year", year())) == ["2027"] and periods_of(("2031-01",), None, year()) == {}


@given(st.lists(st.integers(0, 4), min_size=4, max_size=4), st.lists(st.integers(0, 10_000), max_size=5), st.randoms())
def test_prizes_are_given_out_whole_and_the_same_in_any_order(amounts, prizes, random):
    rows = [(rep, "2027-01-05", amount) for rep, amount in zip(NAMES, amounts, strict=True)]
    given = contest(months=MONTHS[:1], prizes=[Decimal(prize) / 100 for prize in sorted(prizes, reverse=True)])
    found = ranked(given, sold(*rows))
    winners = found[found["value"] > 0]
    places = sum(sorted(prizes, reverse=True)[: len(winners)])
    assert found["prize"].sum() == places if len(winners) else found["prize"].sum() == 0
    assert winners["prize"].is_monotonic_decreasing or len(set(winners["place"])) < len(winners)
    random.shuffle(rows)
    pd.testing.assert_frame_equal(ranked(given, sold(*rows)), found)


# ---------------------------------------------------------------- the ranking by attainment


def test_the_ranking_by_attainment_is_always_there():
    table = grid(4, A=[100, 50, 30, 20], B=[60, 60, 60, 90], C=[0] * 4)
    found = ranked(table=table, months=4)
    assert best(found, "period") == ["2027-Q1"] * 3 + ["2027-Q2"] * 3
    first = found[found["period"] == "2027-Q1"]
    assert best(first) == ["A", "B", "C"] and best(first, "place") == [1, 1, 3]  # 180 / 300 both
    assert best(first, "value") == [Decimal("0.6"), Decimal("0.6"), 0]
    assert not found["last"].any() and (found["prize"] == 0).all()


def test_attainments_that_differ_by_a_fen_are_told_apart():
    table = pd.DataFrame([("A", "2027-01", 3 * 10**14, 10**14), ("B", "2027-01", 3 * 10**14 - 1, 10**14)],
                         columns=["rep", "month", "quota", "actual"]).assign(plan=0)  # fmt: skip
    assert best(ranked(table=table, months=1), "place") == [1, 2]


def test_no_attainment_without_a_quota():
    table = pd.concat([grid(1, A=[50]), grid(1, quota=0, B=[50])])
    assert best(ranked(table=table, months=1)) == ["A"]


def test_the_last_place_is_a_flag_after_periods_in_a_row():
    table = grid(9, A=[90] * 9, B=[80] * 9, C=[10] * 3 + [10] * 3 + [85] * 3, D=[20] * 3 + [70] * 3 + [10] * 3)
    found = ranked(table=table, months=9, last={"share": Decimal("0.25"), "periods": 2})
    assert found.loc[found["last"], ["period", "rep"]].to_numpy().tolist() == [
        ["2027-Q1", "C"], ["2027-Q2", "C"], ["2027-Q3", "D"]]  # fmt: skip
    assert found.loc[found["flag"], ["period", "rep"]].to_numpy().tolist() == [["2027-Q2", "C"]]


@pytest.mark.parametrize(
    ("share", "actuals", "last"),
    [
        pytest.param("0.24", [9, 8, 7, 6], [], id="rounded down to nobody"),
        pytest.param("0.5", [9, 8, 7, 6], ["C", "D"], id="half of four"),
        pytest.param("0.5", [9, 7, 7, 6], ["D"], id="who equals a better one is not last"),
    ],
)
def test_how_many_are_last(share, actuals, last):
    table = grid(3, **{rep: [actual] * 3 for rep, actual in zip(NAMES, actuals, strict=True)})
    found = ranked(table=table, last={"share": Decimal(share), "periods": 1})
    assert found.loc[found["last"], "rep"].tolist() == last == found.loc[found["flag"], "rep"].tolist()


def test_nobody_in_his_ramp_is_last():
    table = grid(3, A=[9] * 3, B=[1] * 3)
    ramp = pd.DataFrame({"rep": ["B"], "month": ["2027-03"]})
    found = ranked(table=table, last={"share": Decimal("0.5"), "periods": 1}, ramping=ramp)
    assert best(found, "ramping") == [False, True]
    assert not found["last"].any()


def test_nobody_is_last_while_the_period_runs():
    table = grid(2, A=[9, 9], B=[1, 1])
    assert not ranked(table=table, months=2, last={"share": Decimal("0.5"), "periods": 1})["last"].any()


# ---------------------------------------------------------------- lines


def adjustments(*rows):
    columns = ["month", "rep", "amount", "reason", "approved_by", "order"]
    return pd.DataFrame([(*row, "CFO", "A1") for row in rows], columns=columns)


def test_adjustments_become_lines_of_their_month():
    given = adjustments(
        ("2027-02", "A", fen(50), "tax"), ("2027-01", "A", fen(-20), "price"), ("2027-09", "A", 1, "later")
    )
    lines, said = adjustment_lines(given, grid(3, A=[0] * 3).assign(plan="standard"), year(3))
    assert lines[
        ["rep", "month", "rule", "amount", "reason", "order", "original_order", "plan"]
    ].to_numpy().tolist() == [
        ["A", "2027-01", "adjustment", -2000, "price", "", "A1", "standard"],
        ["A", "2027-02", "adjustment", 5000, "tax", "", "A1", "standard"],
    ]
    assert not said


def test_an_adjustment_for_nobody_is_told():
    lines, said = adjustment_lines(adjustments(("2027-01", "Z", fen(50), "?")), grid(3, A=[0] * 3), year(3))
    assert lines.empty
    assert [(note.code, dict(note.fills)) for note in said] == [("adjustments_lost", {"count": 1, "amount": 5000})]
    assert adjustment_lines(None, grid(1, A=[0]), year(1))[0].empty


def test_adjustments_and_prizes_are_paid_in_the_month_of_their_line():
    given = Ledger(order_lines(), reps=reps("A"), adjustments=adjustments(("2027-01", "A", fen(-30), "price")))
    terms = rules(plan()).model_copy(update={"contests": (Contest(**contest(months=MONTHS[:1])),)})
    found = beside(given, year(2), terms, Sales(sold(("A", "2027-01-05", 9)), grid(2, A=[0, 0])))
    assert found.lines[["rule", "month", "amount", "reason"]].to_numpy().tolist() == [
        ["adjustment", "2027-01", -3000, "price"], ["contest", "2027-01", 100_000, "spring"]]  # fmt: skip
    assert found.releases.to_numpy().tolist() == [["A", "2027-01", "", 97_000, 100_000, -3000]]
    assert prize_lines(found.ranking.head(0), grid(1, A=[0])).empty


def test_adjustments_and_prizes_reach_pay():
    given = adjustments(("2027-01", "R1", fen(-30), "price"), ("2027-02", "R1", fen(50), "tax"))
    prize = Contest(**contest(months=("2027-02",), prizes=[Decimal(10)]))
    terms = rules(plan()).model_copy(update={"contests": (prize,)})
    lines = order_lines(("2027-01-05", "A1", 1000), ("2027-02-05", "A2", 500))
    ledger = Ledger(lines, reps=reps(), quotas=quotas(10_000), adjustments=given)
    found = calculate(ledger, year(2), terms)
    table = found.table
    assert table["earned"].tolist() == [2000 - 3000, 1000 + 5000 + 1000]  # 2 % of the sales
    assert table["clawback"].tolist() == [-3000, 0]
    assert table["released"].tolist() == [2000, 1000 + 5000 + 1000]
    assert table["held"].tolist() == [0, 0]
    assert table["amount_paid"].tolist() == [0, 7000 - 1000]  # the first month is carried
    by_rule = found.lines.groupby("rule")["amount"].sum()
    assert by_rule.to_dict() == {"tier": 3000, "adjustment": 2000, "contest": 1000}
    assert set(found.lines["of_month"]) == {""}


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize("language", ["zh", "en"])
def test_charts_and_sentences(language):
    words = Words(language, "one")
    scores = pd.DataFrame(
        {"month": ["2027-01"], "rep": ["A"], "component": ["training"], "actual": [1.0], "standard": [2.0]}
    )
    terms = plan(base_pay={"components": {"sales": Decimal("0.5"), "training": Decimal("0.5")}},
                 guarantee={"amount": Decimal(50), "months": 12})  # fmt: skip
    won, runs = contest(months=("2027-01",)), contest(name="year", measure="orders")
    given = rules(terms).model_copy(update={
        "contests": (Contest(**won), Contest(**runs)), "minimum_wage": MinimumWage(amount=Decimal(900)),
        "last_place": LastPlace(share=Decimal("0.5"), period="month", periods=1)})  # fmt: skip
    lines = order_lines(("2027-01-05", "A1", 1000, {"rep": "A"}), ("2027-01-05", "B1", 50, {"rep": "B"}))
    people = reps("A", "B", base_pay=pd.array([100_000, 60_000], dtype="Int64"),
                  start=pd.to_datetime(["2020-01-01", "2027-01-16"]))  # fmt: skip
    result = calculate(
        Ledger(lines, reps=people, quotas=quotas(500, ("A", "B")), scores=scores,
               adjustments=adjustments(("2027-02", "A", fen(-9000), "car"))), year(2), given)  # fmt: skip
    said = base_pay_sentences(words, result=result) + ranking_sentences(words, ranking=result.ranking)
    # base pay, part months, topped up, granted, adjusted, carried; the first, two flags, two contests
    assert len(said) == 6 + 1 + 2 + 1, said
    parts, standing = base_pay_parts(result.base_pay), latest_ranking(result.ranking)
    for name, frame in {"base_pay": parts, "ranking": standing}.items():
        drawn = render.draw(render.Sketch(getattr(charts, name), frame, words, name))
        assert "<svg" in drawn.svg and drawn.title
    assert by_component(parts)["component"].tolist() == ["sales", "training", "minimum_wage"]
    assert parts["amount"].sum() == result.table["base_pay"].sum()


def test_base_pay_that_was_not_reached_is_full_less_paid():
    scores = pd.DataFrame(
        {"month": ["2027-01"], "rep": ["R1"], "component": ["training"], "actual": [1.0], "standard": [4.0]}
    )
    terms = plan(base_pay={"components": {"sales": Decimal("0.5"), "training": Decimal("0.5")}})
    people = reps(base_pay=pd.array([100_000], dtype="Int64"))
    result = calculate(Ledger(order_lines(), reps=people, quotas=quotas(0), scores=scores), year(1), rules(terms))
    parts = base_pay_parts(result.base_pay).set_index("component")
    assert parts["full"].to_dict() == {"sales": 50_000, "training": 50_000}
    assert parts["amount_missing"].to_dict() == {"sales": 0, "training": 37_500}
    assert below_standard(result.base_pay)[["component", "amount_missing"]].to_numpy().tolist() == [
        ["training", 37_500]
    ]


def test_a_contest_for_one_product_cannot_go_by_quota_or_cash():
    for measure in ("attainment", "collected"):
        with pytest.raises(ValidationError, match="needs measure"):
            Contest(name="x", measure=measure, product="P")
    with pytest.raises(ValidationError, match="name of the top-up"):
        rules(plan(base_pay={"components": {"minimum_wage": Decimal(1)}}))
