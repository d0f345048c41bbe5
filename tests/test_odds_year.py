"""The year foretold from its history and its known months: forecast, naive ways, scores."""

import doctest
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan import odds
from salesplan.odds import naive, score, year

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT.parent / "shared/goldens/p_attain_closed_form_cases.json"
FLAT = [[100.0] * 12]
SEASON = np.array([10, 5, 8, 8, 8, 8, 8, 8, 8, 9, 9, 11.0])


def grown(*totals):
    """One series whose years have the season of `SEASON` and these totals."""
    return np.array([[total * SEASON / SEASON.sum() for total in totals]])


# The expectation


def test_a_year_without_history_of_growth_repeats_the_last():
    assert odds.forecast([[[50.0] * 12, [100.0] * 12]], damping=0).expected == pytest.approx([1200])
    assert odds.forecast([FLAT]).expected == pytest.approx([1200])


def test_half_of_the_past_growth_is_carried_forward():
    found = odds.forecast(grown(1000, 1100, 1210))
    assert found.expected == pytest.approx([1210 * math.sqrt(1.1)])  # steady season: no lead of the last quarter


def test_the_lead_of_the_last_quarter_is_carried_forward():
    last = np.array([100.0] * 9 + [120.0] * 3)
    history = np.array([[[100.0] * 12, last]])
    steady = math.log(last.sum() / 1200) / 2
    lead = math.log(360 / (last.sum() / 4)) / 2
    assert odds.forecast(history).expected == pytest.approx([last.sum() * math.exp(steady + lead)])
    assert odds.lead(history) == pytest.approx([2 * lead])


@pytest.mark.parametrize("known", [1, 3, 6, 9, 11])
def test_known_months_outweigh_the_trend_the_more_there_are(known):
    history, up = grown(1000, 1000), 1.3
    seen = (up * history[:, -1])[:, :known]
    rest = history[0, -1, known:].sum() * up ** (known / (known + 1))
    assert odds.forecast(history, seen).expected == pytest.approx([seen.sum() + rest])


def test_a_season_that_is_known_better_replaces_the_historys():
    found = odds.forecast([FLAT], [[100.0] * 6], gone=[0.6])
    grew = math.log(600 / (1200 * 0.6))
    assert found.expected == pytest.approx([600 + 1200 * 0.4 * math.exp(6 / 7 * grew)])


def test_years_further_ahead_grow_further_and_spread_more():
    near, far = (odds.forecast(grown(1000, 1100), ahead=ahead) for ahead in (1, 2))
    assert far.expected == pytest.approx([1100 * 1.1])
    assert far.spread == pytest.approx(near.spread * math.sqrt(2))


def test_recent_years_weigh_more_in_the_season():
    table = np.array([[[12.0] + [0] * 11, [0] * 11 + [12.0]]])
    assert odds.season_gone(table, 1) == pytest.approx([2 / (2 + 3)])


def test_a_season_that_may_be_chance_is_drawn_towards_even_months():
    assert doctest.testmod(year).failed == 0
    steady = grown(1000, 1100, 1210)
    assert year.steady_gone(steady, 3) == pytest.approx(odds.season_gone(steady, 3))  # the same every year
    first, second = SEASON / SEASON.sum(), np.roll(SEASON, 1) / SEASON.sum()
    mean = (first + second) / 2
    within = ((first - mean) ** 2 + (second - mean) ** 2).sum() / 11
    between = 2 * ((mean - 1 / 12) ** 2).sum() / 11
    plain = (2 * first[:4].sum() + 3 * second[:4].sum()) / 5
    part = max(0.0, 1 - 1.1 * within / between)
    assert year.steady_gone(np.array([[first, second]]), 4) == pytest.approx([4 / 12 + part * (plain - 4 / 12)])


@pytest.mark.parametrize("count", [0, 3, 9])
def test_single_months_stand_out_the_more_the_fewer_are_left(count):
    rows = np.array([[[90.0, 110] * 6, [110.0, 90] * 6]])
    deviation = math.sqrt(24 * (10 / 1200) ** 2 / 11)
    left = (12 - count) / 12
    spread = 1.05 * (1 + 0.1 * count / 12) * math.sqrt(1.5) * (12 - count) * deviation / left
    assert year._scatter(rows, count, np.array([1200.0])) == pytest.approx([spread])


# The spread


def test_spread_from_errors_and_months():
    spread, degrees = odds.blended_spread(np.array([[0.3, -0.1]]), np.array([0.2]))
    assert spread == pytest.approx([math.sqrt((0.3**2 + 0.1**2 + 12 * 0.2**2) / (2 + 12))])
    assert degrees == 2 + 3


def test_without_errors_the_months_alone_speak():
    spread, degrees = odds.blended_spread(np.empty((1, 0)), np.array([0.2]))
    assert (spread, degrees) == (pytest.approx([0.2]), 3)


def test_months_are_taken_to_err_in_step():
    rows = np.array([[[90.0, 110] * 6, [110.0, 90] * 6]])
    deviation = math.sqrt(24 * (10 / 1200) ** 2 / 11)
    assert odds.month_scatter(rows) == pytest.approx([1.05 * math.sqrt(1.5) * 12 * deviation])


def test_a_steady_history_is_certain():
    found = odds.forecast([[*FLAT, *FLAT]])
    assert found.reach([1200.0]) == pytest.approx([1.0])  # met exactly counts as reached
    assert found.reach([1200.01]) == pytest.approx([0.0])


# What always holds

AMOUNTS = st.integers(0, 10**9).map(float)
TABLES = st.integers(1, 5).flatmap(
    lambda years: st.lists(st.lists(AMOUNTS, min_size=12, max_size=12), min_size=years, max_size=years)
)
KNOWN = st.integers(0, 12)


@given(TABLES, KNOWN, AMOUNTS, AMOUNTS)
def test_a_higher_level_is_never_likelier(table, count, one, other):
    found = odds.forecast([table], [table[-1][:count]])
    low, high = found.reach([[min(one, other), max(one, other)]])[0]
    assert math.isnan(low) or (1 >= low >= high >= 0)


@given(TABLES, KNOWN)
def test_the_interval_holds_the_expectation_and_its_coverage(table, count):
    found = odds.forecast([table], [table[-1][:count]])
    if math.isnan(found.expected[0]):
        assert not np.sum(table)
        return
    (low,), (high,) = found.interval()
    assert sum(table[-1][:count]) <= low <= found.expected[0] <= high
    if found.spread[0] > 1e-6 and found.rest[0] > 1:
        assert found.reach([low])[0] - found.reach([high])[0] == pytest.approx(0.8, abs=1e-6)


@given(TABLES, TABLES, KNOWN)
def test_a_series_stands_alone_whatever_stands_beside_it(table, beside, count):
    years = min(len(table), len(beside))
    both = np.array([table[-years:], beside[-years:]])
    together, alone = (odds.forecast(rows, rows[:, -1, :count]) for rows in (both, both[:1]))
    assert np.array_equal(together.expected[:1], alone.expected, equal_nan=True)
    assert np.array_equal(together.spread[:1], alone.spread, equal_nan=True)


@given(TABLES, KNOWN, st.sampled_from([0.01, 100.0]))
def test_the_unit_of_money_changes_nothing(table, count, unit):
    rows = np.array([table])
    plain, scaled = (odds.forecast(part, part[:, -1, :count]) for part in (rows, rows * unit))
    assert scaled.expected == pytest.approx(plain.expected * unit, nan_ok=True)
    assert scaled.spread == pytest.approx(plain.spread, nan_ok=True)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param([[0.0] * 12], id="nothing sold"),
        pytest.param([[-5.0] * 12, [-1.0] * 12], id="only returns"),
        pytest.param([[0.0] * 12, [0.0] * 11 + [7.0]], id="one order in two years"),
        pytest.param([[100.0] * 12, [-100.0] * 12], id="everything came back"),
        pytest.param([[1.0] * 12, [1e15] * 12], id="from nothing to everything"),
        pytest.param([[1e12] * 12, [1e-3] * 12], id="from everything to nothing"),
        pytest.param([[math.pi, -2.0] * 6, [5.0, -4.9] * 6], id="returns as large as sales"),
    ],
)
@pytest.mark.parametrize("count", [0, 1, 6, 11, 12])
@pytest.mark.filterwarnings("error")
def test_dirty_history_never_fails(table, count):
    found = odds.forecast([table], [table[-1][:count]])
    low, high = found.interval()
    p = found.reach([[0.0, 1.0, 1e12]])
    known = ~np.isnan(found.expected)
    assert known.all() == (max(sum(row) for row in table) > 0 or count == 12)
    assert (np.isfinite(p[known]) & (p[known] >= 0) & (p[known] <= 1)).all()
    assert (low[known] <= high[known]).all()


def test_a_year_that_is_over_is_certain():
    found = odds.forecast([FLAT], [[10.0] * 12])
    assert found.expected == pytest.approx([120])
    assert found.reach([[119.0, 120.0, 121.0]]).tolist() == [[1.0, 1.0, 0.0]]


@pytest.mark.parametrize(
    ("history", "known", "reason"),
    [
        pytest.param(np.zeros((1, 0, 12)), None, "series x years x 12", id="no year"),
        pytest.param(np.zeros((1, 2, 11)), None, "series x years x 12", id="eleven months"),
        pytest.param(np.zeros((1, 1, 12)), np.zeros((1, 13)), "known months", id="thirteen months known"),
        pytest.param(np.zeros((2, 1, 12)), np.zeros((1, 3)), "known months of 2", id="one series of two"),
    ],
)
def test_refused(history, known, reason):
    with pytest.raises(ValueError, match=reason):
        odds.forecast(history, known)


def test_coverage_must_lie_between_zero_and_one():
    with pytest.raises(ValueError, match=r"coverage 1\.0"):
        odds.forecast([FLAT]).interval(1.0)


# Closed forms of the goldens


def foretold(ytd, remaining, spread, degrees=1e9):
    """A year whose rest has this relative spread; with so many degrees Student's t is the normal."""
    return odds.YearOdds(*(np.array([float(x)]) for x in (ytd, remaining, spread)), degrees)


@pytest.mark.parametrize(
    ("ytd", "remaining", "sd", "target", "expected"),
    [
        pytest.param(0, 1000, 100, 1000, 0.5, id="the expectation itself"),
        pytest.param(0, 1000, 100, 900, 0.8413447461, id="one spread below"),
        pytest.param(700, 300, 0, 1000, 1.0, id="certain and exactly on target: >= counts it as reached"),
    ],
)
def test_goldens_restated(ytd, remaining, sd, target, expected):
    # the rest errs by a factor here: one spread below the expectation is remaining / factor
    spread = math.log(remaining / (target - ytd)) if 0 < target - ytd < remaining else sd / remaining
    assert foretold(ytd, remaining, spread).reach([float(target)]) == pytest.approx([expected], abs=1e-9)


def test_goldens():
    if not GOLDEN.exists():
        pytest.skip("no goldens here")
    cases = {case["id"]: case for case in json.loads(GOLDEN.read_text(encoding="utf-8"))}
    case = cases["P07_independent_months"]
    mean, sd = np.array(case["months_mean"]), np.array(case["months_sd"])
    alone = odds.reach(case["target"], mean.sum(), math.hypot(*sd), math.inf)
    in_step = odds.reach(case["target"], mean.sum(), sd.sum(), math.inf)
    assert (alone, in_step) == pytest.approx((case["p_independent"], case["p_perfectly_correlated"]), abs=1e-9)
    assert odds.reach(1000, 1000, 0, math.inf) == 1.0  # P05: a certain value on target counts as reached


# Naive ways


def test_independent_months_add_variances():
    case = np.array([[80.0, 85, 95]]), np.array([[8.0, 8.5, 12]])
    high, low = case[0] + case[1] / math.sqrt(2), case[0] - case[1] / math.sqrt(2)  # two years with these sds
    years = np.array([[np.r_[np.zeros(9), part[0]] for part in (high, low)]])
    found = naive.independent_months(years, np.zeros((1, 9)), np.array([[280.0]]))
    assert found == pytest.approx(np.array([[0.1161030337]]), abs=1e-9)


def test_elapsed_time_ignores_the_season():
    found = naive.elapsed_time(grown(100, 100), [[10.0, 5.0, 8.0]], np.array([[91.0, 93.0]]))
    assert found[0, 0] > 0.5 > found[0, 1]  # 23 in a quarter are taken for 92 in a year
    assert np.isnan(naive.elapsed_time(grown(100), np.zeros((1, 0)), np.array([[1.0]]))).all()


def test_past_frequency_counts_years_that_grew_as_much():
    found = naive.past_frequency(grown(100, 120, 120), np.zeros((1, 0)), np.array([[119.0, 130, 200]]))
    assert found == pytest.approx(np.array([[2.5 / 3, 1.5 / 3, 0.5 / 3]]))


# Scores


def test_brier_and_calibration_by_hand():
    p, came = [0.9, 0.9, 0.1, 0.55], [1, 0, 0, 1]
    assert score.brier(p, came) == pytest.approx((0.1**2 + 0.9**2 + 0.1**2 + 0.45**2) / 4)
    assert score.calibration_error(p, came) == pytest.approx((2 * abs(0.9 - 0.5) + 0.1 + 0.45) / 4)
    found = score.bands(p, came, 2)
    assert (found.edge.tolist(), found.cases.tolist()) == ([0.0, 0.5], [1.0, 3.0])
    assert found.outcome == pytest.approx([0, 2 / 3])


def test_certainty_lies_in_the_last_band():
    assert score.bands([1.0, 0.95], [1, 1]).cases.tolist() == [2.0]


def test_nothing_scored_is_unknown():
    assert math.isnan(score.brier([], [])) and math.isnan(score.calibration_error([], []))


# The benchmark


def series_file(folder, seed=3, series=12, years=7):
    """Sales of shops that grow a little and scatter, as the benchmark reads them."""
    draw = np.random.default_rng(seed)
    lines = ["series,month,value"]
    for shop in range(series):
        level = np.exp(draw.normal(0.03, 0.08, years).cumsum())
        sales = 1000 * level[:, None] * SEASON * np.exp(draw.normal(0, 0.06, (years, 12)))
        lines += [f"s{shop},{2015 + y}-{m + 1:02d},{sales[y, m]:.2f}" for y in range(years) for m in range(12)]
    path = folder / "shops.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_benchmark_reads_any_series_and_ours_beats_the_naive_ways(tmp_path):
    command = [sys.executable, "tests/benchmarks/odds.py", str(series_file(tmp_path)), "--years", "4"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    odds_told, landing_told = told.split("\nlanding estimate")
    rows = [line.split() for line in odds_told.splitlines()[2:]]
    brier = {(row[0], row[1]): float(row[4]) for row in rows if row[2] == "all"}
    assert {known for known, _ in brier} == {"0", "3", "6", "9"}
    for known, way in brier:
        if way in naive.WAYS and known != "0":
            assert brier[known, "share_ratio"] < brier[known, way]
    landing = [line.split() for line in landing_told.splitlines()[2:]]
    assert [row[0] for row in landing if row[1] == "shops"] == ["3", "6", "9"]
    assert all(float(ratio) < 1 for row in landing if row[1] == "shops" for ratio in row[4:6])


def benchmark():
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("odds_benchmark", ROOT / "tests/benchmarks/odds.py")
    bench = module_from_spec(spec)
    spec.loader.exec_module(bench)
    return bench


@pytest.mark.skipif(not (ROOT.parent / "shared/data").exists(), reason="no real series here")
def test_the_landing_beats_time_gone_and_last_years_growth_on_every_data_set():
    bench = benchmark()
    sets = bench.landing_sets([ROOT.parent / "shared/data"], 3)
    assert len(sets) == 6
    sample = {name: tuple(part[:: 5 if len(part) > 1000 else 1] for part in pair) for name, pair in sets.items()}
    found = bench.measure_landing(sample)
    each, together = found[found["data"] != "all"], found[found["data"] == "all"]
    assert (each[["to_elapsed_time", "to_last_years_growth"]] < 1).all(axis=None)
    assert together["coverage"].between(0.75, 0.85).all()


@pytest.mark.skipif(not (ROOT.parent / "shared/data").exists(), reason="no real series here")
def test_calibration_on_real_series():
    bench = benchmark()
    table = bench.measure(bench.load([ROOT.parent / "shared/data"], 3), bench.LEVELS)
    ours = table[(table["data"] == "all") & (table["method"] == "share_ratio")].set_index("known_months")
    assert ours["brier"].to_dict() == pytest.approx({0: 0.1135, 3: 0.0787, 6: 0.0561, 9: 0.0335}, abs=5e-4)
    assert ours.loc[0, "calibration_error"] < 0.05
    assert (ours.loc[[3, 6, 9], "calibration_error"] < 0.02).all()
    assert ours["coverage"].between(0.75, 0.85).all()


def test_only_what_is_asked_is_imported():
    code = (
        "import sys, salesplan.odds.naive, salesplan.odds.score; print([n in sys.modules for n in ('scipy', 'pandas')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[False, False]"


def test_constants_are_those_the_docstrings_name():
    assert (year.SCATTER_COUNTS, year.TAIL, year.OLDEST, year.CHANCE) == (12, 3, 2, 1.1)
