"""Bases of the quotas: what each counts, how they are blended, charts and sentences on them."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from salesplan import charts
from salesplan import rep_allocation as ra
from salesplan.apportion import apportion
from salesplan.calendar import fiscal_months
from salesplan.conclusions.rep_allocation import bases as base_sentences
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.rep_allocation.bases import BASES, common_probability, common_stretch, open_deals, substituted
from salesplan.rep_allocation.expectation import level_at, probability
from salesplan.tables import outputs
from salesplan.terms import RepAllocationTerms
from salesplan.terms.rep_allocation import Weights
from salesplan.wording import Words
from tests.test_rep_allocation_territory import MONTHS, owners_table, sold

GOLDENS = Path(__file__).parents[2] / "shared" / "goldens"
WORDS = [Words("zh", "元"), Words("en", "one")]


def rules(**changed):
    plain = {"weights": {"equal": 1}, "ramp": [], "over_assignment": 0}
    return RepAllocationTerms.model_validate({**plain, **changed})


def staff(*names, **columns):
    frame = pd.DataFrame({"rep": list(names)})
    for name in ("name", "region", "team", "manager"):
        frame[name] = pd.Series(columns.get(name, [None] * len(names)), dtype="object")
    for name in ("start", "end"):
        frame[name] = pd.to_datetime(pd.Series(columns.get(name, [None] * len(names))))
    for name in ("potential", "capacity"):
        frame[name] = pd.array(columns.get(name, [pd.NA] * len(names)), dtype="Int64")
    return frame


def history(years=(2026,), **by_rep):
    return pd.concat([sold(f"k{rep}", rep, total, years) for rep, total in sorted(by_rep.items())])


def deals(*rows):
    """project, rep, amount, close, probability."""
    frame = pd.DataFrame(rows, columns=["project", "rep", "amount", "close", "probability"])
    return frame.assign(customer="k", stage="bid", close=pd.to_datetime(frame["close"]))


def begin(reps, past, customers=None, total=1_200_000, season=None, **known):
    split = pd.DataFrame({"month": MONTHS, "amount": apportion(total, season or [1] * 12), "quantity": np.nan})
    return ra.Given(reps, split, past, customers, **known)


def quotas(given_, **changed):
    found = ra.allocate(ra.ground_of(given_, rules(**changed)))
    return found.reps.set_index("rep")["quota"].to_dict()


def of_base(found, base, column="share"):
    rows = found.bases[found.bases["basis"] == base].set_index("rep")
    return rows[column].astype(float).to_dict()


# --- open deals ------------------------------------------------------------------------------------


def test_weighted_fair_share_of_history_pipeline_and_equal_parts():
    """Case A09: 0.5 x history + 0.3 x pipeline + 0.2 x even of a million: 376,666.67, 306,666.67, 316,666.67."""
    pipeline = deals(
        ("p", "A", 200, "2027-06-01", 1), ("q", "B", 300, "2027-06-01", 1), ("r", "C", 500, "2027-06-01", 1)
    )
    start = begin(staff("A", "B", "C"), history(A=500, B=300, C=200), total=10**8, opportunities=pipeline)
    found = quotas(start, weights={"history": Decimal("0.5"), "pipeline": Decimal("0.3"), "equal": Decimal("0.2")})
    exact = {"A": 1e8 * (0.25 + 0.06 + 0.2 / 3), "B": 1e8 * (0.15 + 0.09 + 0.2 / 3), "C": 1e8 * (0.1 + 0.15 + 0.2 / 3)}
    assert found == pytest.approx(exact, abs=1)


def test_published_fair_share():
    file = GOLDENS / "allocation_cases.json"
    if not file.exists():
        pytest.skip("the golden cases are not there")
    cases = {case["id"]: case for case in json.loads(file.read_text(encoding="utf-8"))["published_cases"]}
    case = cases["A09_sap_weighted_fair_share"]
    names = ["A", "B", "C"]
    rows = [(name, name, value, "2027-06-01", 1) for name, value in zip(names, case["inputs"]["pipeline"], strict=True)]
    past = history(**dict(zip(names, case["inputs"]["history"], strict=True)))
    start = begin(staff(*names), past, total=case["inputs"]["total"] * 100, opportunities=deals(*rows))
    given_ = case["inputs"]["weights"]
    weights = {"history": given_["history"], "pipeline": given_["pipeline"], "equal": given_["even"]}
    found = quotas(start, weights={name: Decimal(str(value)) for name, value in weights.items()})
    assert [fen / 100 for fen in found.values()] == pytest.approx(case["expected"], abs=0.02)


def test_open_deals_count_by_their_odds_in_the_plan_year():
    rows = deals(
        ("own", "A", 1_000, "2027-03-10", 0.5),
        ("by stage", "A", 1_000, "2027-05-10", None),
        ("placed", "B", 9_000, "2027-05-10", 0.9),
        ("next year", "B", 9_000, "2028-01-10", 0.9),
        ("unknown", "B", 9_000, "2027-05-10", None),
    )
    projects = pd.DataFrame(
        {
            "project": ["own", "by stage", "placed", "unknown"],
            "probability": [0.5, 0.2, 0.9, np.nan],
            "state": ["small", "small", "placed", "unknown"],
        }
    )
    start = begin(staff("A", "B"), history(A=1, B=1), opportunities=rows, projects=projects)
    found = open_deals(start)
    assert found[["rep", "month", "expected"]].to_numpy().tolist() == [["A", "2027-03", 500], ["A", "2027-05", 200]]
    assert open_deals(begin(staff("A"), history(A=1))).empty


def test_the_pipeline_lies_in_the_months_of_its_close():
    rows = deals(("p", "A", 1_000, "2027-03-10", 1), ("q", "B", 1_000, "2027-09-10", 1))
    found = ra.weighed(begin(staff("A", "B"), history(A=1, B=1), opportunities=rows), rules(weights={"pipeline": 1}))
    table = found.carries
    assert table.loc["A", "2027-03"] > 0 and table.loc["A", "2027-09"] == 0
    assert table.loc["B", "2027-09"] > 0 and table.loc["B", "2027-03"] == 0
    assert (table["2027-01"] > 0).all()  # a month without a close is carried as the rest of the year is
    assert table.sum(axis=1).to_dict() == pytest.approx({"A": 6.0, "B": 6.0})


def test_a_deal_of_somebody_who_has_left_counts_for_nobody():
    rows = deals(("p", "A", 1_000, "2027-09-10", 1), ("q", "B", 1_000, "2027-03-10", 1))
    reps = staff("A", "B", end=["2027-06-30", None])
    found = ra.weighed(begin(reps, history(A=1, B=1), opportunities=rows), rules(weights={"pipeline": 1}))
    assert of_base(found, "pipeline", "value") == {"A": 0, "B": 1_000}


# --- customers, potential, capacity ------------------------------------------------------------------


def test_customers_count_by_the_months_they_are_held():
    customers = owners_table(
        ("a", "A", None, None), ("b", "A", None, "2027-06-30"), ("b", "B", "2027-07-01", None), ("c", "B", None, None),
        ("d", "B", None, None),
    )  # fmt: skip
    start = begin(staff("A", "B", "N"), pd.concat([sold(k, "A", 12) for k in "abcd"]), customers)
    found = ra.weighed(start, rules(weights={"customers": 1}))
    assert of_base(found, "customers", "count") == {"A": 1.5, "B": 2.5, "N": 2.0}  # N has none known: the median
    assert found.replaced.to_dict() == {"A": "", "B": "", "N": "median"}
    assert found.carries.loc["A"].tolist() == pytest.approx([2 / 6] * 6 + [1 / 6] * 6)


def test_gaps_take_the_teams_median_else_everybodys():
    own = pd.Series({"A": 1.0, "B": 3.0, "N": np.nan, "X": np.nan})
    values, rank = substituted(own, pd.Series({"A": "t", "B": "t", "N": "t", "X": ""}))
    assert (values.tolist(), rank.tolist()) == ([1, 3, 2, 2], [0, 0, 3, 4])
    assert substituted(own * np.nan, pd.Series("t", index=own.index))[0].isna().all()


@pytest.mark.parametrize("base", [name for name in BASES if name != "equal"])
def test_a_base_nobody_has_data_for_is_dropped_and_said(base):
    start = begin(staff("A", "B"), history(A=100, B=100).assign(amount=0))
    found = ra.weighed(start, rules(weights={base: 1, "equal": 1}))
    assert found.dropped == (base,)
    assert found.weight.to_dict() == {"A": 0.5, "B": 0.5}
    assert base not in set(found.bases["basis"])


# --- equal stretch and equal probability -------------------------------------------------------------


def test_equal_stretch_asks_the_same_of_what_is_expected():
    """Case A11: expected 900, 600, 300, 200 and a target of 2,200: a stretch of 10 % for everybody."""
    expected = {"A": 90_000, "B": 60_000, "C": 30_000, "D": 20_000}
    start = begin(staff(*expected), history((2024, 2025, 2026), **expected), total=220_000)
    found = ra.allocate(ra.ground_of(start, rules(weights={"equal_stretch": 1}))).reps
    assert found["quota"].tolist() == pytest.approx([fen * 1.1 for fen in expected.values()], abs=1)
    assert found["quota_to_expected"].max() - found["quota_to_expected"].min() < 1e-4


def test_common_probability_is_the_closed_form_for_alike_spreads():
    """Case A11: mu + z x sigma with z = 0.5714: 951.43, 668.57, 334.29, 245.71; normal and t alike, as z is common."""
    expected = pd.DataFrame({"mu": [900.0, 600, 300, 200], "sigma": [90.0, 120, 60, 80], "degrees": 5.0})
    found = common_probability(expected, np.ones(4), 2_200)
    z = (2_200 - 2_000) / (90 + 120 + 60 + 80)
    assert found.tolist() == pytest.approx([900 + 90 * z, 600 + 120 * z, 300 + 60 * z, 200 + 80 * z])


def test_common_probability_with_own_degrees_and_parts_of_the_year():
    expected = pd.DataFrame({"mu": [900.0, 600], "sigma": [90.0, 120], "degrees": [3.0, 9.0]})
    part = np.array([1.0, 0.4])
    found = common_probability(expected, part, 1_200)
    odds = probability(found, expected["mu"] * part, expected["sigma"] * part, expected["degrees"])
    assert found.sum() == pytest.approx(1_200)
    assert odds[0] == pytest.approx(odds[1])
    assert level_at(odds[0], 900.0, 90.0, 3.0) == pytest.approx(found[0])


def test_what_somebody_has_already_is_left_out_of_his_share():
    """Expected 100 and 50 at a stretch of 1.2: 120 and 60, of which the second has 40; who has more gets nothing."""
    expected = np.array([100.0, 50])
    assert common_stretch(expected, 140, less=np.array([0.0, 40])).tolist() == pytest.approx([120, 20])
    assert common_stretch(expected, 120, less=np.array([0.0, 80])).tolist() == pytest.approx([120, 0])


def with_deal(start, rep, fen, month="2027-06"):
    """The same start with a deal that step 2 planned apart."""
    deal = pd.DataFrame(
        {"project": ["p"], "month": [month], "placed": [fen], "probability": [0.5], "state": ["placed"]}
    )
    followed = pd.DataFrame({"project": ["p"], "rep": [rep], "amount": [2 * fen], "probability": [0.5]})
    return replace(start, projects=deal, opportunities=followed.assign(close=pd.Timestamp(f"{month}-10")))


@pytest.mark.parametrize("over", ["0", "0.05"])
@pytest.mark.parametrize(
    ("base", "column"), [("equal_probability", "probability"), ("equal_stretch", "quota_to_expected")]
)
def test_deals_planned_apart_leave_all_alike(base, column, over):
    """With a deal of A's and somebody who joins in April, that base alone still makes all alike."""
    past = history((2024, 2025, 2026), A=900_000, B=600_000, C=300_000)
    customers = owners_table(*[(f"k{rep}", rep, None, None) for rep in "ABC"])
    start = begin(staff("A", "B", "C", start=[None, None, "2027-04-01"]), past, customers, total=2_100_000)
    terms = rules(weights={base: 1}, over_assignment=Decimal(over))
    found = ra.allocate(ra.ground_of(with_deal(start, "A", 60_000), terms)).reps
    assert found["amount_projects"].tolist() == [60_000, 0, 0]
    assert np.ptp(found[column].to_numpy()) < 1e-4
    assert found["quota"].tolist() == pytest.approx(found["amount_rule"].tolist(), abs=2)


amounts = st.integers(10_000_000, 90_000_000)


@settings(max_examples=12)
@given(
    st.lists(st.lists(amounts, min_size=3, max_size=3), min_size=2, max_size=5),
    st.sampled_from(["0", "0.05", "0.2"]),
    st.sampled_from([None, "2027-04-01", "2026-10-15"]),
)
def test_equal_probability_alone_makes_all_odds_equal(sales_, over, joined):
    """Sales of three years per rep; one may join late and ramp; every probability of the page is the same."""
    names = [f"R{number}" for number in range(len(sales_))]
    rows = [sold(f"k{rep}", rep, fen, (year,)) for rep, years in zip(names, sales_, strict=True)
            for year, fen in zip((2024, 2025, 2026), years, strict=True)]  # fmt: skip
    customers = owners_table(*[(f"k{rep}", rep, None, None) for rep in names])
    start = begin(staff(*names, start=[joined, *[None] * (len(names) - 1)]), pd.concat(rows), customers, total=10**9)
    terms = rules(weights={"equal_probability": 1}, over_assignment=Decimal(over), ramp=[Decimal("0.5")])
    found = ra.allocate(ra.ground_of(start, terms))
    assume(not found.by_month)
    odds = found.reps["probability"].to_numpy()
    assert odds == pytest.approx(np.full(len(odds), odds[0]), abs=1e-5)
    assert found.reps["quota"].sum() == pytest.approx(1e9 * (1 + float(over)), rel=1e-6)


# --- the blend ---------------------------------------------------------------------------------------


@st.composite
def companies(draw):
    names = [f"R{number}" for number in range(draw(st.integers(2, 5)))]
    potential = [draw(st.integers(1, 1_000)) for _ in names]
    capacity = [draw(st.one_of(st.none(), st.integers(1, 1_000))) for _ in names]
    past = {name: draw(st.integers(0, 10_000)) for name in names}
    weights = {base: draw(st.integers(0, 3)) for base in ("history", "potential", "capacity", "equal")}
    assume(any(weights.values()))
    return staff(*names, potential=potential, capacity=[pd.NA if x is None else x for x in capacity]), past, weights


@settings(max_examples=12)
@given(companies(), st.randoms(use_true_random=False))
def test_shares_sum_to_one_and_row_order_is_irrelevant(company, random):
    reps, past, weights = company
    found = ra.weighed(begin(reps, history(**past)), rules(weights=weights))
    sums = found.bases.groupby("basis")[["share", "carried_share"]].sum()
    assert sums.to_numpy() == pytest.approx(1.0)
    assert found.weight.sum() == pytest.approx(1.0)
    order = random.sample(range(len(reps)), len(reps))
    again = ra.weighed(
        begin(reps.iloc[order].reset_index(drop=True), history(**past).iloc[::-1]), rules(weights=weights)
    )
    pd.testing.assert_frame_equal(found.bases, again.bases)
    pd.testing.assert_frame_equal(found.carries, again.carries)


@settings(max_examples=12)
@given(companies(), st.integers(0, 4), st.integers(1, 5_000))
def test_more_of_a_base_never_gets_less(company, who, more):
    reps, past, weights = company
    who %= len(reps)
    start = begin(reps, history(**past))
    richer = reps.assign(potential=reps["potential"] + np.where(np.arange(len(reps)) == who, more, 0))
    before = ra.weighed(start, rules(weights=weights)).weight.iloc[who]
    after = ra.weighed(begin(richer, history(**past)), rules(weights=weights)).weight.iloc[who]
    assert after >= before - 1e-12
    name = reps["rep"][who]
    sold_more = ra.weighed(begin(reps, history(**{**past, name: past[name] + more})), rules(weights=weights))
    assert sold_more.weight[name] >= before - 1e-12 or not past[name]


def test_a_heavier_base_moves_everybody_towards_it():
    reps = staff("A", "B", potential=[100, 300])
    start = begin(reps, history(A=300, B=100))
    shares = [
        ra.weighed(start, rules(weights={"history": 1, "potential": weight})).weight["B"] for weight in (0, 1, 2, 5)
    ]
    assert shares == pytest.approx([0.25, 0.5, (0.25 + 1.5) / 3, (0.25 + 3.75) / 6])


def test_the_table_shows_each_base_and_the_blend():
    reps = staff("A", "B", potential=[100, 300], start=[None, "2027-07-01"])
    customers = owners_table(("kA", "A", None, None), ("kB", "B", None, None))
    found = ra.weighed(begin(reps, history(A=300, B=100), customers), rules(weights={"potential": 3, "equal": 1})).bases
    assert list(found.columns) == list(outputs.empty("rep_allocation_bases").columns)
    assert found["basis"].tolist()[:2] == ["history", "potential"]
    b = found[found["rep"] == "B"].set_index("basis")
    assert b.loc["potential", ["value", "share", "weight"]].tolist() == [300, 0.75, 0.75]
    assert b.loc["equal", ["share", "weight"]].tolist() == [0.5, 0.25]
    assert b.loc["blended", "share"] == pytest.approx(0.75 * 0.75 + 0.25 * 0.5)
    assert b.loc["potential", "carried_share"] == pytest.approx(150 / 250)
    assert b.loc["customers", "count"] == 0.5 and pd.isna(b.loc["customers", "value"])
    assert b.loc["history", "weight"] == 0


def test_weights_need_one_above_zero_and_recency_a_year():
    with pytest.raises(ValueError, match="at least one weight"):
        Weights(history=Decimal(0))
    assert Weights(pipeline=Decimal(1)).pipeline == 1
    with pytest.raises(ValueError, match="at least one weight"):
        rules(recency=[0, 0])
    with pytest.raises(ValueError, match="manager"):
        rules(vacancies="nobody")


def test_managers_who_sell_nothing_get_no_quota():
    reps = staff("A", "B", "M", manager=["M", "M", None], potential=[1, 1, pd.NA])
    found = ra.weighed(begin(reps, history(A=100, B=100)), rules())
    assert found.people["rep"].tolist() == ["A", "B"]
    assert ra.weighed(begin(reps, history(A=100, B=100, M=100)), rules()).people["rep"].tolist() == ["A", "B", "M"]


# --- what people see ---------------------------------------------------------------------------------


def argued():
    reps = staff("A", "B", "C", potential=[100, 300, pd.NA], team=["t", "t", "t"])
    start = begin(reps, history(A=300, B=100, C=200))
    return start, ra.weighed(start, rules(weights={"history": 2, "potential": 1}))


@pytest.mark.parametrize("words", WORDS, ids=["zh", "en"])
def test_the_chart_names_who_gains_and_who_loses(words):
    _, found = argued()
    ax = charts.rep_allocation.bases(Figure().subplots(), found.bases, words=words)
    assert "A" in ax.get_title() and "B" in ax.get_title()
    assert len(ax.get_yticklabels()) == 3
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[0] == f"{words.code('base', 'history')} 67%"
    assert labels[-1] == words.code("base", "blended")


@pytest.mark.parametrize("words", WORDS, ids=["zh", "en"])
def test_charts_hold_for_one_rep_for_none_and_for_many(words):
    one = ra.weighed(begin(staff("A"), history(A=300)), rules())
    assert charts.rep_allocation.bases(Figure().subplots(), one.bases, words=words).get_title()
    nobody = begin(staff(), history(A=300))
    empty = ra.weighed(nobody, rules())
    table = ra.presence_table(nobody, empty.people, empty.there, empty.territory.vacancies.iloc[:0])
    for paint, frame in ((charts.rep_allocation.bases, empty.bases), (charts.rep_allocation.presence, table)):
        assert paint(Figure().subplots(), frame, words=words).get_title()
    many = [f"R{number:02d}" for number in range(40)]
    start = begin(staff(*many, start=["2027-03-01", *[None] * 39]), history(**dict.fromkeys(many, 100)))
    found = ra.weighed(start, rules(ramp=[Decimal("0.5")]))
    drawn = ra.presence_table(start, found.people, found.there, found.territory.vacancies)
    ax = charts.rep_allocation.presence(Figure().subplots(), drawn, words=words)
    assert len(ax.get_yticklabels()) == 2  # of many only those who are not there in full, and what they leave
    assert len(charts.rep_allocation.bases(Figure().subplots(), found.bases, words=words).get_yticklabels()) == 30


@pytest.mark.parametrize("words", WORDS, ids=["zh", "en"])
def test_sentences_say_weights_extremes_and_substitutes(words):
    _, found = argued()
    said = base_sentences(words, found.bases)
    assert words.percent(2 / 3, 0) in said[0]
    assert len(said) == 4  # the weights, one per base, one substitute
    assert words.code("replaced", "team_median") in said[-1] and "C" in said[-1]
    assert base_sentences(words, found.bases.iloc[:0]) == []


@pytest.mark.parametrize("words", WORDS, ids=["zh", "en"])
def test_every_code_has_words(words):
    for base in (*BASES, "blended"):
        assert words.code("base", base) != base or words.language == "en"
        assert words.code("basis", base) == words.code("base", base) or words.language == "en"
    for reason in ("no_owner", "not_there", "house", "ramp"):
        assert words.code("reason", reason) != reason or words.language == "en"


# --- in a run ----------------------------------------------------------------------------------------


def tables_of(start, terms):
    found, weighing = ra.allocate(ra.ground_of(start, terms)), ra.weighed(start, terms)
    frames = {"rep_allocation": found.table, "rep_allocation_reps": found.reps, **weighing.tables}
    return frames, {"seasonal_split": start.split}


def test_identities_hold_and_are_broken_by_a_changed_share_or_amount():
    customers = owners_table(("kA", "A", None, "2027-06-30"), ("kB", "B", None, None))
    start = begin(staff("A", "B"), history(A=600, B=600), customers)
    frames, earlier = tables_of(start, rules(weights={"history": 1}, vacancies="manager"))
    stop_on_breach("rep_allocation", frames, earlier, 1)
    shares, gaps = frames["rep_allocation_bases"], frames["rep_allocation_vacancies"]
    broken = {
        "base_shares_sum_to_one": {"rep_allocation_bases": shares.assign(share=shares["share"] * 1.1)},
        "vacancies_lie_with_nobody": {"rep_allocation_vacancies": gaps.assign(amount=gaps["amount"] + 1)},
    }
    for name, changed in broken.items():
        with pytest.raises(IdentityError, match=name):
            stop_on_breach("rep_allocation", {**frames, **changed}, earlier, 1)


def test_the_demo_shows_bases_hand_overs_and_the_vacant_territory(demo):
    run = demo / "outputs" / "henan-2027" / "first"
    shares = outputs.read(run / "tables" / "rep_allocation_bases.csv", "rep_allocation_bases")
    assert set(shares["basis"]) == {*BASES, "blended"}
    assert shares.groupby("basis")["carried_share"].sum().to_numpy() == pytest.approx(1, abs=1e-6)
    gaps = outputs.read(run / "tables" / "rep_allocation_vacancies.csv", "rep_allocation_vacancies")
    assert gaps[["rep", "successor", "reason"]].fillna("").to_numpy().tolist() == [
        ["", "R13", "ramp"],
        ["R06", "R13", "no_owner"],
    ]
    page = (run / "3_rep_allocation.html").read_text(encoding="utf-8")
    for heading in ("谁在岗、谁接手", "权重的来历"):
        assert heading in page
    assert "彭望舒的 5 家客户自2027年2月15日起移交安以宁" in re.sub("<[^>]*>", "", page)


def test_many_reps_take_little_time():
    import time

    count = 3_000
    names = [f"R{number:05d}" for number in range(count)]
    rows = {"month": np.repeat([m for y in (2024, 2025, 2026) for m in fiscal_months(y)], count)}
    frame = pd.DataFrame({**rows, "region": "", "rep": np.tile(names, 36), "amount": 1_000})
    frame = frame.assign(customer="k" + frame["rep"])
    customers = pd.DataFrame({"customer": [f"k{name}" for name in names], "rep": names, "start": pd.NaT, "end": pd.NaT})
    start = begin(staff(*names), frame, customers, total=10**9)
    begun = time.perf_counter()
    found = ra.weighed(start, rules(weights={"history": 1, "equal_probability": 1, "customers": 1}))
    assert time.perf_counter() - begun < 20
    assert found.carries.shape == (count, 12)
