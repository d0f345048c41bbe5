"""The fairness page: expectation and odds, measures with their limits, peers, same periods, charts and sentences."""

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from pydantic import ValidationError

from salesplan import charts, conclusions
from salesplan import rep_allocation as ra
from salesplan.calendar import fiscal_months
from salesplan.rep_allocation import expectation, fairness, peers
from salesplan.terms.fairness import Fairness
from salesplan.wording import Words
from tests.allocation_cases import allocate
from tests.test_rep_allocation import months_split, rules, staff

GOLDENS = Path(__file__).parents[2] / "shared" / "goldens" / "allocation_cases.json"
MONTHS = fiscal_months(2027)
LIMITS = Fairness()


def history(rows, year_of_last=2026):
    """Month, rep, amount: `rows` by rep are yearly totals, oldest first (or lists of 12), spread by a season."""
    season = np.array([61, 72, 85, 79, 81, 83, 78, 80, 88, 91, 97, 105]) / 1000
    found = []
    for rep, years in rows.items():
        for back, total in enumerate(reversed(years)):
            amounts = total if isinstance(total, list) else (season * total).round().astype(int)
            labels = fiscal_months(year_of_last - back)
            found += [(month, rep, int(fen)) for month, fen in zip(labels, amounts, strict=True) if fen]
    return pd.DataFrame(found, columns=["month", "rep", "amount"])


def reps_table(quota, expected, **columns):
    """A table rep_allocation_reps of which only the columns of the fairness page matter."""
    count = len(quota)
    frame = pd.DataFrame(
        {
            "rep": [f"R{i:02d}" for i in range(count)],
            "name": [f"N{i}" for i in range(count)],
            "team": columns.pop("team", ["t"] * count),
            "quota": quota,
            "last_year": pd.array(columns.pop("last_year", expected), dtype="Int64"),
            "expected": pd.array(expected, dtype="Int64"),
            "ramp_share": 1.0,
            "weight": 1 / max(count, 1),
            **columns,
        }
    )
    ratio = frame["quota"] / frame["expected"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    return frame.assign(
        quota_to_expected=ratio, probability=(1.5 - ratio).clip(0, 1), amount_full_year=frame["expected"]
    )


def judged(frame, carried=None, people=None):
    people = frame[["rep"]] if people is None else people
    share = pd.Series(1.0, index=frame["rep"]) if carried is None else pd.Series(carried, index=frame["rep"].tolist())
    return peers.compared(frame, people, share, LIMITS)


def measured(frame, potential=None):
    people = frame[["rep"]].assign(value_potential=potential if potential is not None else pd.NA)
    return ra.fairness_table(judged(frame), people, LIMITS).set_index("measure")


# --- what is expected ---------------------------------------------------------------------------


def test_the_expected_shares_sum_to_the_company():
    past = history({"A": [100_000, 120_000, 150_000], "B": [200_000, 190_000, 210_000], "": [9_000, 8_000, 10_000]})
    found = ra.expectations(["A", "B", ""], past, MONTHS, company=500_000.0)
    assert found["mu"].sum() == pytest.approx(500_000)
    assert found.index.tolist() == ["A", "B", ""]


def test_without_a_figure_the_company_is_foretold_by_its_own_years():
    from salesplan import odds

    past = history({"A": [100_000, 120_000, 150_000], "B": [200_000, 190_000, 210_000]})
    table = past.groupby("month")["amount"].sum().to_numpy(dtype=float).reshape(1, 3, 12)
    assert ra.expectations(["A", "B"], past, MONTHS)["mu"].sum() == pytest.approx(odds.forecast(table).expected[0])


def test_steady_reps_keep_their_share():
    past = history({"A": [100_000] * 3, "B": [300_000] * 3})
    found = ra.expectations(["A", "B"], past, MONTHS, company=440_000.0)
    assert found["mu"].tolist() == pytest.approx([110_000, 330_000], rel=1e-4)
    assert found["growth"].tolist() == pytest.approx([0.1, 0.1], rel=1e-3)


def test_a_jump_counts_whole_where_months_are_steady_and_in_part_where_they_scatter():
    rng = np.random.default_rng(5)
    steady = {f"S{i}": [100_000] * 3 for i in range(6)} | {"J": [100_000, 100_000, 160_000]}
    noisy = {
        rep: [(rng.lognormal(0, 1.2, 12) * total / 12).astype(int).tolist() for total in years]
        for rep, years in steady.items()
    }
    noisy["J"][-1] = (np.array(noisy["J"][-1]) * 160_000 / sum(noisy["J"][-1])).astype(int).tolist()
    for name in steady:
        if name != "J":
            noisy[name] = [(np.array(y) * 100_000 / sum(y)).astype(int).tolist() for y in noisy[name]]
    noisy["J"][:2] = [(np.array(y) * 100_000 / sum(y)).astype(int).tolist() for y in noisy["J"][:2]]
    kept = [ra.expectations(["J"], history(case), MONTHS, company=760_000.0)["mu"].iloc[0] for case in (steady, noisy)]
    assert kept[0] > 148_000
    assert kept[1] < kept[0] - 10_000


def test_scatter_widens_the_spread():
    calm = history({"A": [100_000] * 3, "B": [100_000] * 3})
    wild = history(
        {
            "A": [[0, 0, 0, 0, 0, 100_000, 0, 0, 0, 0, 0, 0], [90_000, *[0] * 11], [*[0] * 11, 95_000]],
            "B": [100_000] * 3,
        }
    )
    narrow, wide = (ra.expectations(["A"], past, MONTHS)["sigma"].iloc[0] for past in (calm, wild))
    assert wide > 2 * narrow


def test_a_part_of_a_year_is_carried_to_a_full_one():
    half = [[0] * 6 + [10_000] * 6]
    past = history({"A": [100_000] * 3, "B": half})
    full = pd.Series({"A": 100_000.0, "B": 120_000.0})
    told = ra.expectations(["A", "B"], past, MONTHS, full_year=full, company=220_000.0)
    assert told["mu"].tolist() == pytest.approx([100_000, 120_000], rel=0.02)
    assert ra.expectations(["B"], past, MONTHS, full_year=pd.Series({"B": np.nan}))["mu"].isna().all()


@pytest.mark.parametrize(
    "past",
    [
        pytest.param(history({}), id="no history"),
        pytest.param(history({"A": [100_000]}).head(5), id="no whole year"),
        pytest.param(history({"A": [-100_000]}), id="returns alone"),
    ],
)
def test_nothing_is_expected_of_nothing(past):
    found = ra.expectations(["A"], past, MONTHS, company=1e6)
    assert found.isna().all(axis=None)
    assert found.index.tolist() == ["A"]


def test_whole_years_are_counted_back_without_a_gap():
    past = pd.concat([history({"A": [12_000]}), history({"A": [12_000], "B": [12_000]}, 2025).iloc[2:-14]])
    assert expectation.past_years(past, MONTHS).table.shape == (1, 1, 12)
    gap = pd.concat([history({"A": [12_000, 12_000]}), history({"A": [12_000]}, 2023)])
    assert expectation.past_years(gap, MONTHS).table.shape == (1, 2, 12)


def test_a_first_year_is_whole_from_its_second_month_on():
    late = [[0] * 2 + [100] * 10, [100] * 12]
    found = expectation.past_years(history({"A": [1_000] * 2, "B": [[0, *[100] * 11], [100] * 12], "C": late}), MONTHS)
    assert found.members == ["A", "B", "C"]
    assert found.whole.tolist() == [[True, True], [True, True], [False, True]]


def test_an_unknown_rep_and_one_who_sold_nothing_last_year_are_unknown():
    past = history({"A": [100_000] * 3, "Gone": [100_000, 0, 0]})
    found = ra.expectations(["New", "Gone", "A"], past, MONTHS)
    assert found["mu"].isna().tolist() == [True, True, False]


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.integers(0, 10**9), min_size=36, max_size=36), min_size=1, max_size=6),
    st.floats(1e3, 1e12),
)
def test_any_history_gives_numbers_that_close(amounts, company):
    rows = {f"R{i}": [months[:12], months[12:24], months[24:]] for i, months in enumerate(amounts)}
    past = history(rows)
    found = ra.expectations(list(rows), past, MONTHS, company=company)
    known = found.dropna()
    if len(known):
        assert known["mu"].sum() == pytest.approx(company)
        assert (known["sigma"] >= expectation.LEAST_SPREAD * known["mu"] - 1e-6).all()
        assert (known["degrees"] >= expectation.TAIL).all()


def test_row_order_changes_nothing():
    past = history({"A": [100_000, 150_000], "B": [210_000, 190_000], "C": [1_000, 90_000]})
    mixed = past.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        ra.expectations(list("ABC"), past, MONTHS), ra.expectations(list("ABC"), mixed, MONTHS)
    )


def test_probability_and_level_are_inverse():
    mu, sigma = np.array([900.0, 600.0]), np.array([90.0, 120.0])
    levels = expectation.level_at(0.3, mu, sigma, 5.0)
    assert expectation.probability(levels, mu, sigma, 5.0) == pytest.approx([0.3, 0.3])
    assert expectation.probability(mu, mu, sigma, 5.0) == pytest.approx([0.5, 0.5])
    assert np.isnan(expectation.probability(1.0, np.nan, np.nan, 3.0))


def test_equal_probability_of_the_golden_case():
    """A11: quota = expected + z x sigma with one z for all, so that the sum is the target."""
    if not GOLDENS.exists():
        pytest.skip("allocation_cases.json is not there")
    case = json.loads(GOLDENS.read_text(encoding="utf-8"))["equal_stretch"]
    mu, sigma = np.array(case["expected_i"], float), np.array(case["equal_probability"]["sigma"], float)
    z = (case["target"] - mu.sum()) / sigma.sum()
    quotas = mu + z * sigma
    assert quotas == pytest.approx(case["equal_probability"]["quotas"])
    assert np.ptp(expectation.probability(quotas, mu, sigma, 1e9)) < 1e-9


def test_the_expectation_errs_less_than_last_year_with_half_the_growth():
    """Reps whose shares wander a little around a mean: the share model beats the rule it replaced."""
    rng = np.random.default_rng(11)
    levels = rng.uniform(50_000, 200_000, 40)
    rows = {
        f"R{i:02d}": [(rng.lognormal(0, 0.6, 12) * level * 1.05**year / 12).astype(int).tolist() for year in range(4)]
        for i, level in enumerate(levels)
    }
    actual = np.array([sum(years[-1]) for years in rows.values()])
    past = history({rep: years[:-1] for rep, years in rows.items()})
    ours = ra.expectations(list(rows), past, MONTHS)["mu"].to_numpy()
    totals = np.array([[sum(year) for year in years[:-1]] for years in rows.values()])
    growth = 0.5 * (totals[:, -1].sum() / totals[:, -2].sum() - 1)
    old = totals[:, -1] * (1 + growth)
    assert np.abs(ours - actual).sum() < 0.95 * np.abs(old - actual).sum()


def test_outlook_in_the_allocation():
    past = history({"A": [100_000, 120_000], "B": [100_000, 90_000]}).assign(region="", product="", customer="")
    found = allocate(staff("A", "B", "N"), months_split(300_000), past, rules=rules(), expected=250_000.0)
    table = found.reps.set_index("rep")
    assert table["expected"].sum() == pytest.approx(250_000, abs=2)
    assert table["last_year"].fillna(0).tolist() == [120_000, 90_000, 0]
    known = table.loc[["A", "B"]]
    assert (known["quota_to_expected"] == known["quota"] / known["expected"]).all() or np.allclose(
        known["quota_to_expected"], known["quota"] / known["expected"], rtol=1e-4
    )
    assert (known["amount_low"] < known["expected"]).all() and (known["expected"] < known["amount_high"]).all()
    assert table.loc[["N"], ["quota_to_expected", "probability", "expected"]].isna().all(axis=None)


def test_what_is_expected_adds_up():
    frame = reps_table([100, 100], [90, 80]).assign(amount_full_year=pd.array([100, 80], dtype="Int64"))
    parts = ra.expected_parts(frame, 200.0)
    assert dict(zip(parts["part"], parts["amount"], strict=True)) == {
        "reps": 170,
        "projects": 0,
        "ramp": 10,
        "nobody": 20,
        "company": 200,
    }
    assert ra.expected_parts(frame, None).empty


def test_deals_planned_apart_are_expected_beside_what_the_past_foretells():
    """A deal of 24,000 x 0.5 lies with A: in his quota and in what is expected of him, not in the company's past."""
    past = history({"A": [100_000, 120_000], "B": [100_000, 90_000]}).assign(region="", product="", customer="")
    deal = pd.DataFrame({"project": ["p"], "rep": ["A"], "month": ["2027-06"], "placed": [12_000]})
    plan = {"split": months_split(300_000), "history": past, "rules": rules(), "expected": 250_000.0}
    known = {"projects": deal.assign(probability=0.5, state="placed"), "opportunities": deal_followed(deal)}
    plain, found = (allocate(staff("A", "B"), **plan, **more).reps for more in ({}, known))
    assert (found["expected"] - plain["expected"]).tolist() == [12_000, 0]
    assert found["amount_projects"].tolist() == [12_000, 0]
    assert fairness.regular(found)["expected"].tolist() == plain["expected"].tolist()
    regular = (found["quota"] - found["amount_projects"]) / plain["expected"].astype(float)
    assert found["probability"].iloc[1] > plain["probability"].iloc[1]
    assert regular.max() < plain["quota_to_expected"].max()
    parts = ra.expected_parts(found, 250_000.0).set_index("part")["amount"]
    assert parts["reps"] - parts["projects"] + parts["ramp"] + parts["nobody"] == parts["company"] == 250_000
    assert parts["projects"] == 12_000
    words = Words("en")
    assert "planned apart" in conclusions.rep_allocation.expectation(words, ra.expected_parts(found, 250_000.0))[0]


def deal_followed(deal):
    """The deals as the input table has them."""
    close = pd.to_datetime(deal["month"] + "-10")
    return deal[["project", "rep"]].assign(amount=24_000, close=close, probability=0.5)


@pytest.mark.parametrize(("rows", "value"), [([("company", 5.0)], 5.0), ([("region", 5.0)], None), ([], None)])
def test_the_company_is_read_from_step_one(rows, value):
    assert ra.company_expected(pd.DataFrame(rows, columns=["scope", "expected"])) == value


# --- measures ------------------------------------------------------------------------------------


def test_golden_gini_and_correlation():
    if not GOLDENS.exists():
        pytest.skip("allocation_cases.json is not there")
    cases = {case["id"][:3]: case for case in json.loads(GOLDENS.read_text(encoding="utf-8"))["fairness"]}
    for name in ("A13", "A15"):
        assert ra.gini(cases[name]["x"]) == pytest.approx(cases[name]["gini"])
    value, count = ra.correlation(cases["A17"]["size"], cases["A17"]["attainment"])
    assert (value, count) == (pytest.approx(cases["A17"]["pearson"]), 5)


@pytest.mark.parametrize(
    ("left", "right", "ranks", "value"),
    [
        pytest.param([1, 2, 3, 4], [2, 4, 6, 8], False, 1.0, id="a line"),
        pytest.param([1, 2, 3, 4], [1, 4, 9, 100], True, 1.0, id="ranks see order alone"),
        pytest.param([1, 2, 3], [1, 2, 3], False, np.nan, id="too few"),
        pytest.param([1, 2, 3, 4], [5, 5, 5, 5], False, np.nan, id="all alike"),
        pytest.param([1, 2, np.nan, 3, 4], [4, 3, 9, 2, 1], False, -1.0, id="pairs that are known"),
    ],
)
def test_correlation(left, right, ranks, value):
    assert ra.correlation(left, right, ranks=ranks)[0] == pytest.approx(value, nan_ok=True)


def test_correlation_by_chance_is_that_of_the_tables():
    """5 % two-sided critical values of r: 0.576 for 12 pairs, 0.195 for 102 (table of the t distribution)."""
    assert fairness.by_chance(12) == pytest.approx(0.576, abs=5e-4)
    assert fairness.by_chance(102) == pytest.approx(0.1946, abs=5e-4)
    assert fairness.by_chance(3) == 1.0


def test_quotas_in_proportion_are_fair():
    found = measured(reps_table([110, 220, 330, 440, 550], [100, 200, 300, 400, 500]), [10, 20, 30, 40, 50])
    assert found.loc["stretch", "value"] == pytest.approx(1.1)
    assert found.loc["gini_stretch", "value"] == pytest.approx(0)
    assert found.loc["gini_quota", "value"] == pytest.approx(found.loc["gini_expected", "value"])
    assert found.loc[["quota_potential", "quota_potential_rank", "quota_last_year"], "value"].tolist() == pytest.approx(
        [1] * 3
    )
    assert found.loc["likely_share", "state"] == "watch"
    assert not set(found.drop("likely_share")["state"]) & {"watch"} - {"watch"}
    assert found.loc["attainment_size", "state"] == "unknown"


def test_equal_quotas_of_unequal_territories_are_not():
    size = [100, 200, 300, 400, 500, 600]
    found = measured(reps_table([350] * 6, size), size)
    for name in ("stretch_spread", "gini_stretch", "attainment_size", "attainment_size_rank"):
        assert found.loc[name, "state"] == "watch", name
    assert found.loc["attainment_size", "value"] == pytest.approx(1.0)
    assert found.loc["quota_potential", "state"] == "unknown"


def test_attainment_may_go_with_size_by_chance():
    """With six reps a correlation below 0.81 is chance, whatever the limit."""
    found = measured(reps_table([100] * 6, [100, 101, 99, 102, 100, 98]), [1, 2, 3, 4, 5, 6])
    assert found.loc["attainment_size", "limit"] == pytest.approx(0.811, abs=1e-3)
    assert found.loc["attainment_size", "state"] == "ok"


def test_nothing_known_is_unknown():
    frame = reps_table([100, 100], [90, 90])
    blank = frame.assign(expected=pd.array([pd.NA] * 2, dtype="Int64"), quota_to_expected=np.nan, probability=np.nan)
    found = measured(blank.assign(last_year=blank["expected"]))
    assert set(found["state"]) <= {"", "unknown", "ok"}
    assert found.loc["stretch_spread", "state"] == "unknown"


def test_one_table_for_nobody():
    found = measured(reps_table(np.array([], dtype="int64"), []))
    assert list(found.index)[:2] == ["stretch", "stretch_spread"]
    assert not (found["state"] == "watch").any()


def test_exceptions_are_what_agreements_move():
    frame = judged(reps_table([200, 100, 100], [100, 100, 100]))
    assert frame["amount_rule"].tolist() == [133, 133, 133]
    found = ra.fairness_table(frame, frame[["rep"]], LIMITS).set_index("measure")
    assert found.loc["exceptions", "value"] == pytest.approx(67 / 400)
    assert found.loc["exceptions", "state"] == "watch"


def test_deals_planned_apart_are_no_exception():
    frame = judged(reps_table([150, 50], [100, 100], amount_projects=[100, 0]))
    assert frame["amount_rule"].tolist() == [150, 50]
    raised = judged(reps_table([165, 55], [100, 100], amount_projects=[100, 0], base=[150, 50]))
    assert raised["amount_rule"].tolist() == [165, 55]


# --- peers --------------------------------------------------------------------------------------


def test_peers_are_team_and_grade_then_team_then_grade_then_all():
    team = ["a"] * 6 + ["b"] * 5 + ["c", "d"]
    grade = ["x"] * 5 + ["y"] + ["x", "x", "y", "y", "y"] + ["x", "z"]
    frame = reps_table([100] * 13, [100] * 13, team=team).assign(grade=grade)
    assert peers.peer_groups(frame).tolist() == ["a x"] * 5 + ["a"] + ["b"] * 5 + ["x", "(total)"]


def test_the_median_is_that_of_the_whole_group():
    """Six of grade x, five of them in one team: the sixth is compared with all six, the five with one another."""
    quota = [100, 110, 120, 130, 140, 400]
    frame = reps_table(quota, [100] * 6, team=["a"] * 5 + ["b"]).assign(grade="x")
    found = peers.compared(frame.drop(columns="grade"), frame[["rep", "grade"]], pd.Series(1.0, frame["rep"]), LIMITS)
    assert found["peers"].tolist() == ["a x"] * 5 + ["x"]
    assert found["peers_share"].tolist() == pytest.approx([1.2] * 5 + [1.25])
    deviation = np.median(np.abs(np.array(quota) / 100 - 1.25)) * peers.NORMAL
    assert found["distance"].iloc[-1] == pytest.approx((4 - 1.25) / deviation)


def test_few_are_nobodys_peers():
    frame = judged(reps_table([100, 100, 100, 900], [100] * 4))
    assert (frame["peers"] == "").all() and (frame["far"] == "").all()
    assert frame["distance"].isna().all()


@pytest.mark.parametrize(("quota", "far"), [(200, "harder"), (40, "easier"), (104, "")])
def test_who_is_far_from_his_peers(quota, far):
    frame = judged(reps_table([100, 102, 98, 101, 99, quota], [100] * 6))
    assert frame["far"].tolist() == [""] * 5 + [far]


def test_alike_peers_are_not_far_for_a_trifle():
    frame = judged(reps_table([100] * 5 + [105], [100] * 6))
    assert frame["far"].tolist() == [""] * 6
    assert frame["distance"].iloc[-1] == pytest.approx(0.05 / peers.LEAST_DEVIATION)


def test_growth_needs_sales_last_year():
    frame = judged(reps_table([110, 110, 110], [100, 100, 100], last_year=[100, 0, pd.NA]))
    assert frame["growth"].iloc[0] == pytest.approx(0.1)
    assert frame["growth"].iloc[1:].isna().all()


# --- same periods --------------------------------------------------------------------------------


def test_quarters_of_several_years_beside_the_quota():
    past = history({"A": [[10] * 12, [20] * 12, [30] * 12], "B": [[5] * 12]})
    quotas = pd.DataFrame({"rep": ["A"] * 12 + ["N"] * 12, "month": MONTHS * 2, "amount": [40] * 24})
    found = ra.same_periods(past, quotas, MONTHS)
    first = found.iloc[0]
    assert found["rep"].tolist() == ["A"] * 4 + ["N"] * 4
    assert found["quarter"].tolist() == ["1", "2", "3", "4"] * 2
    assert (first["amount_2024"], first["amount_2025"], first["amount_2026"]) == (30, 60, 90)
    assert (first["amount_average"], first["quota"]) == (60, 120)
    assert (first["growth"], first["growth_average"]) == (pytest.approx(120 / 90 - 1), pytest.approx(1.0))
    assert found.loc[found["rep"] == "N", ["amount_2026", "growth"]].isna().all(axis=None)


def test_without_history_there_is_the_quota_alone():
    quotas = pd.DataFrame({"rep": ["A"] * 12, "month": MONTHS, "amount": [40] * 12})
    found = ra.same_periods(history({}), quotas, MONTHS)
    assert found.columns.tolist() == ["rep", "quarter", "amount_average", "quota", "growth", "growth_average"]
    assert found["quota"].tolist() == [120] * 4
    assert found["growth"].isna().all()


# --- charts, sentences, limits --------------------------------------------------------------------


def fair():
    frame = reps_table([120, 220, 90, 400, 500, 610], [100, 200, 100, 400, 500, 600]).assign(
        amount_low=pd.array([70, 150, 60, 300, 380, 450], dtype="Int64"),
        amount_high=pd.array([130, 250, 140, 500, 620, 750], dtype="Int64"),
    )
    return judged(frame).assign(value_potential=pd.array([50, 90, 60, 200, 240, pd.NA], dtype="Int64"))


PAINTS = [charts.rep_allocation.stretch, charts.rep_allocation.against_expected]
PAINTS += [charts.rep_allocation.against_potential, charts.rep_allocation.growth]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("paint", PAINTS)
def test_charts_say_what_is_seen(paint, language):
    ax = Figure().subplots()
    assert paint(ax, fair(), words=Words(language)) is ax
    assert ax.get_title(loc="left") or ax.get_title()


@pytest.mark.parametrize("paint", PAINTS)
def test_charts_of_nothing(paint):
    blank = fair().assign(
        expected=pd.array([pd.NA] * 6, dtype="Int64"), quota_to_expected=np.nan, growth=np.nan,
        value_potential=pd.array([pd.NA] * 6, dtype="Int64"),
    )  # fmt: skip
    ax = paint(Figure().subplots(), blank, words=Words("zh"))
    assert not ax.axison


def test_many_dots_are_sampled_and_nameless():
    six = fair()
    many = pd.concat([six.assign(rep=[f"{n}-{i}" for i in range(6)]) for n in range(400)], ignore_index=True)
    ax = charts.rep_allocation.against_expected(Figure().subplots(), many, words=Words("en"))
    assert len(ax.collections[0].get_offsets()) <= 480
    assert not ax.texts


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences(language):
    words, frame = Words(language), fair()
    measures = ra.fairness_table(frame, frame[["rep", "value_potential"]], LIMITS)
    said = conclusions.rep_allocation.fairness(words, frame, measures)
    assert len(said) >= 3
    parts = ra.expected_parts(frame, 2_100.0)
    assert len(conclusions.rep_allocation.expectation(words, parts)) == 2
    assert conclusions.rep_allocation.expectation(words, parts.head(0))[0]


def test_a_relieved_rep_is_named_with_his_amount():
    frame = judged(reps_table([200_00, 50_00, 125_00], [100_00, 100_00, 100_00]))
    measures = ra.fairness_table(frame, frame[["rep"]], LIMITS)
    said = " ".join(conclusions.rep_allocation.fairness(Words("en", "one"), frame, measures))
    assert "N1 (75.00 CNY)" in said


@pytest.mark.parametrize("bad", [{"gini": 2}, {"distance": 0}, {"correlation": -0.1}, {"likely_share": "many"}])
def test_limits_are_bounded(bad):
    with pytest.raises(ValidationError):
        Fairness.model_validate({name: Decimal(str(v)) if not isinstance(v, str) else v for name, v in bad.items()})
