"""The parts of the method `auto`: trading days, the level of sales, siblings; each beside a plain recomputation."""

import calendar
import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan.seasonal_split import monthly_shares
from salesplan.seasonal_split.level_path import GRID, SMOOTHNESS, USUAL_NOISE, level_paths
from salesplan.seasonal_split.siblings import CAUTION, ROUND, shrunk_seasons
from salesplan.seasonal_split.trading_days import trading_day_effect, trading_days, workdays

ALL = np.ones
WEIGHTS = np.array([[2 / 9, 3 / 9, 4 / 9]])


def month_days(year, month):
    first = date(year, month, 1)
    return [first + timedelta(days=n) for n in range(calendar.monthrange(year, month)[1])]


class TestTradingDays:
    """What distinguishes the days of a month, counted day by day."""

    @pytest.mark.parametrize("month", range(1, 13))
    def test_columns(self, month):
        found = trading_days([2024])[0, month - 1]
        days = month_days(2024, month)
        counts = [sum(day.weekday() == n for day in days) for n in range(7)]
        worked = sum(counts[:5])
        assert found[0] == pytest.approx(math.log(len(days)))
        assert found[1] == pytest.approx(math.log(worked / len(days)))
        assert found[2:].tolist() == pytest.approx([(n - len(days) / 7) / (365.25 / 84) for n in counts])

    def test_the_weeks_around_the_spring_festival(self):
        # 2027: the festival begins on 6 February, so 9 days of January and 5 of February lie in the two weeks before
        found = trading_days([2027], calendar="CN")[0]
        assert found[:3, -2].tolist() == pytest.approx([9 / 31, 5 / 28, 0])
        assert found[:3, -1].tolist() == pytest.approx([0, 14 / 28, 0])
        assert found[3:, -2:].tolist() == [[0, 0]] * 9

    def test_outside_china_there_is_no_festival(self):
        assert trading_days([2027]).shape == trading_days([2027], calendar="AU").shape == (1, 12, 9)

    def test_a_cutoff_moves_the_days(self):
        # the month 2027-02 runs from 26 January to 25 February: 31 days
        assert trading_days([2027], cutoff=25)[0, 1, 0] == pytest.approx(math.log(31))
        assert workdays(2027, 1, None, 25)[1] == 23

    def test_a_fiscal_year_from_april(self):
        april = trading_days([2027], first_month=4)[0]
        assert april[9:].tolist() == pytest.approx(trading_days([2028])[0, :3])


class TestTradingDayEffect:
    """What is believed before the history speaks, and what a history changes about it."""

    def test_nothing_but_belief_without_two_years(self):
        days = trading_days([2025, 2026, 2027])
        found = trading_day_effect(np.full((1, 2, 12), 1 / 12), np.array([[False, True]]), days)
        believed = days[:, :, 0] + 0.2 * days[:, :, 1]
        assert found == pytest.approx(believed - believed.mean())

    @pytest.mark.parametrize("elasticity", [0.0, 0.5, 1.0])
    def test_workdays_are_found(self, elasticity):
        years = range(2010, 2027)
        days = trading_days([*years, 2027])
        sold = np.exp(days[:-1, :, 0] + elasticity * days[:-1, :, 1])[None]
        shares = sold / sold.sum(axis=2, keepdims=True)
        found = trading_day_effect(shares, ALL((1, len(years)), dtype=bool), days)[-1]
        true = days[-1, :, 0] + elasticity * days[-1, :, 1]
        assert found - found.mean() == pytest.approx(true - true.mean(), abs=0.004)

    def test_a_strong_weekday_is_found(self):
        years = range(2015, 2027)
        days = trading_days([*years, 2027])
        sold = np.exp(days[:-1, :, 0] + 0.3 * days[:-1, :, 2 + 5])[None]
        found = trading_day_effect(sold / sold.sum(axis=2, keepdims=True), ALL((1, len(years)), dtype=bool), days)[-1]
        true = days[-1, :, 0] + 0.3 * days[-1, :, 2 + 5]
        believed = days[-1, :, 0] + 0.2 * days[-1, :, 1]
        off = [np.abs(x - x.mean() - (true - true.mean())).sum() for x in (found, believed)]
        assert off[0] < 0.35 * off[1]

    def test_equals_least_squares_with_the_belief_as_further_rows(self):
        random = np.random.default_rng(4)
        shares = random.dirichlet(np.full(12, 80.0), size=(6, 3))
        days = trading_days([2024, 2025, 2026, 2027], calendar="CN")
        moved = np.diff(np.log(shares), axis=1)
        moved = (moved - moved.mean(axis=2, keepdims=True)).clip(-0.5, 0.5).mean(axis=0)
        change = np.diff(days[:3], axis=0)
        change = (change - change.mean(axis=1, keepdims=True)).reshape(24, -1)
        believed = np.array([1, 0.2, *[0] * 9])
        firm = np.array([0.1, 0.3, *[0.04] * 7, 0.5, 0.5])
        found = believed
        for _ in range(3):
            noise = max(((moved.ravel() - change @ found) ** 2).mean(), 0.02**2) ** 0.5
            rows = np.vstack([change / noise, np.diag(1 / firm)])
            right = np.concatenate([moved.ravel() / noise, believed / firm])
            found = np.linalg.lstsq(rows, right, rcond=None)[0]
        effect = days @ found
        assert trading_day_effect(shares, ALL((6, 3), dtype=bool), days) == pytest.approx(effect - effect.mean())


def plain_path(sales, smoothness, wanted):
    """The level by least squares, one row per observation, step and condition."""
    years = len(sales)
    size, rows, right = 12 * (years + 1) + 12, [], []

    def row(value, weight, **places):
        found = np.zeros(size)
        for place, number in places.items():
            found[int(place[1:])] = number
        rows.append(weight * found)
        right.append(weight * value)

    for t, value in enumerate(np.ravel(sales)):
        row(value, 1.0, **{f"p{t}": 1.0, f"p{12 * (years + 1) + t % 12}": 1.0})
    for t in range(12 * (years + 1) - 1):
        row(0.0, smoothness**0.5, **{f"p{t}": -1.0, f"p{t + 1}": 1.0})
    row(0.0, 1e3**0.5, **{f"p{size - 12 + m}": 1.0 for m in range(12)})
    if not math.isnan(wanted):
        row(wanted, 1e3**0.5, **{f"p{12 * years + m}": 1 / 12 for m in range(12)})
    return np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0][: 12 * (years + 1)].reshape(-1, 12)


class TestLevelPath:
    """The level from month to month."""

    @pytest.mark.parametrize("wanted", [math.log(130), math.nan])
    def test_equals_plain_least_squares(self, wanted):
        random = np.random.default_rng(5)
        sales = 4.5 + random.normal(0, 0.08, (3, 12)).cumsum(axis=0)
        within = sales - sales.mean(axis=1, keepdims=True)
        left = within - within.mean(axis=0)
        noise = math.sqrt((left**2).sum() / 22)
        smoothness = min(GRID, key=lambda value: abs(math.log(value / (SMOOTHNESS * noise))))
        found = level_paths(sales[None], ALL((1, 3), dtype=bool), np.array([wanted]))[0]
        assert found == pytest.approx(plain_path(sales, smoothness, wanted), abs=1e-6)

    def test_the_plan_year_meets_what_is_wanted(self):
        sales = np.full((1, 3, 12), 4.0)
        found = level_paths(sales, ALL((1, 3), dtype=bool), np.array([4.2]))[0]
        assert found[-1].mean() == pytest.approx(4.2, abs=0.003)
        assert (np.diff(found[-1]) > 0).all()
        assert found[:2] == pytest.approx(np.full((2, 12), 4.0), abs=0.02)

    def test_without_a_wish_it_stays_where_the_last_year_ended(self):
        random = np.random.default_rng(6)
        sales = random.normal(4, 0.1, (1, 3, 12))
        found = level_paths(sales, ALL((1, 3), dtype=bool), np.array([np.nan]))[0]
        assert found[-1].tolist() == pytest.approx([found[-2, -1]] * 12)

    def test_one_year_and_years_that_do_not_count(self):
        sales = np.stack([np.zeros(12), np.linspace(4, 4.5, 12)])[None]
        one = level_paths(sales[:, 1:], ALL((1, 1), dtype=bool), np.array([4.4]))[0]
        two = level_paths(sales, np.array([[False, True]]), np.array([4.4]))[0]
        assert two[1:] == pytest.approx(one, abs=1e-6)
        assert SMOOTHNESS * USUAL_NOISE in range(1, 512)

    def test_series_of_one_table_do_not_disturb_each_other(self):
        random = np.random.default_rng(8)
        sales = random.normal(4, [[[0.02]], [[0.1]], [[0.9]]], (3, 3, 12))
        used = np.array([[True, True, True], [False, True, True], [True, True, True]])
        wanted = np.array([4.1, np.nan, 4.3])
        together = level_paths(np.where(used[:, :, None], sales, 0.0), used, wanted)
        for i in range(3):
            alone = level_paths(
                np.where(used[i : i + 1, :, None], sales[i : i + 1], 0.0), used[i : i + 1], wanted[i : i + 1]
            )
            assert together[i] == pytest.approx(alone[0], abs=1e-9)


class TestSiblings:
    """What series have in common, and what is each one's own."""

    def test_one_series_is_its_weighted_mean(self):
        years = np.random.default_rng(1).dirichlet(np.ones(12), (1, 3))
        found = shrunk_seasons(years, WEIGHTS, np.array([True]))
        assert found[0] == pytest.approx((2 * years[0, 0] + 3 * years[0, 1] + 4 * years[0, 2]) / 9)

    def test_years_that_agree_are_believed(self):
        seasons = np.random.default_rng(2).dirichlet(np.full(12, 5.0), 8)
        years = np.repeat(seasons[:, None], 3, axis=1)
        assert shrunk_seasons(years, np.repeat(WEIGHTS, 8, axis=0), ALL(8, dtype=bool)) == pytest.approx(seasons)

    def test_chance_goes_to_the_mean(self):
        years = np.random.default_rng(3).dirichlet(np.full(12, 20.0), (30, 3))
        found = shrunk_seasons(years, np.repeat(WEIGHTS, 30, axis=0), ALL(30, dtype=bool))
        own = np.einsum("iym,y->im", years, WEIGHTS[0])
        assert np.abs(found - own.mean(axis=0)).sum() < 0.3 * np.abs(own - own.mean(axis=0)).sum()

    def test_a_direction_in_which_siblings_differ_is_kept(self):
        random = np.random.default_rng(4)
        gift = np.where(np.arange(12) == 11, 1.0, -1 / 11)
        size = random.normal(0, 0.05, 60)
        true = 1 / 12 + size[:, None] * gift
        years = true[:, None] + random.normal(0, 0.01, (60, 3, 12))
        found = shrunk_seasons(years, np.repeat(WEIGHTS, 60, axis=0), ALL(60, dtype=bool))
        own = np.einsum("iym,y->im", years, WEIGHTS[0])
        assert np.abs(found - true).sum() < 0.55 * np.abs(own - true).sum()
        assert np.corrcoef(found[:, 11], size)[0, 1] > 0.99

    def test_two_siblings_by_hand(self):
        # with n series the spread is believed n / (n + 12); here two, mirrored about the even year in one direction
        step = np.array([0.02, -0.02, *[0] * 10])
        wobble = np.array([0, 0, 0.004, -0.004, *[0] * 8])
        years = np.array([[1 / 12 + s * step + w * wobble for w in (1, 0, -0.5)] for s in (1, -1)])
        own = 1 / 12 + np.array([1, -1])[:, None] * step  # 2 x 1 + 3 x 0 + 4 x -0.5 = 0
        squares = (4 + 9 + 16) / 81
        spread = (2 / 9 + 4 / 9 * 0.25) * (wobble**2).sum()
        chance = CAUTION * spread * squares / (1 - squares) / 12
        trace = (step**2).sum()
        along = trace * (2 / (2 + ROUND) + ROUND / (2 + ROUND) / 12) - chance
        found = shrunk_seasons(years, np.repeat(WEIGHTS, 2, axis=0), ALL(2, dtype=bool))
        assert found == pytest.approx(1 / 12 + (own - 1 / 12) * along / (along + chance))

    def test_a_series_without_years_does_not_count(self):
        years = np.random.default_rng(5).dirichlet(np.full(12, 9.0), (4, 3))
        known = np.array([True, True, True, False])
        found = shrunk_seasons(years, np.repeat(WEIGHTS, 4, axis=0), known)
        assert found[:3] == pytest.approx(shrunk_seasons(years[:3], np.repeat(WEIGHTS, 3, axis=0), known[:3]))


def noisy_company(seed, years=4, series=8, noise=0.02):
    """A company whose sales follow season, the length of months and a level that wanders, with noise."""
    random = np.random.default_rng(seed)
    season = np.exp(random.normal(0, 0.2, 12))
    rows = []
    for name in range(series):
        own = season * np.exp(random.normal(0, 0.05, 12))
        level = 0.0
        for year in range(2028 - years, 2028):
            for month in range(1, 13):
                days = len(month_days(year, month))
                level += random.normal(0.006, 0.02)
                sold = own[month - 1] * days * math.exp(level + random.normal(0, noise))
                rows.append((f"s{name}", f"{year}-{month:02d}", sold))
    return pd.DataFrame(rows, columns=["series", "month", "amount"])


def off_target(frame, year):
    """Sum of the share errors of `auto` and of the pooled share in one year, its total given."""
    actual = frame[frame["month"].str[:4] == str(year)].set_index(["series", "month"])["amount"]
    total = actual.groupby("series").sum()
    found = {}
    for method in ("auto", "pooled_share"):
        shares = monthly_shares(frame, year, method=method, total=total).set_index(["series", "month"])["share"]
        found[method] = (shares - actual / total).abs().sum()
    return found


def test_auto_beats_the_pooled_share_where_there_is_something_to_learn():
    off = pd.DataFrame([off_target(noisy_company(seed), 2027) for seed in range(12)]).sum()
    assert off["auto"] < 0.95 * off["pooled_share"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_auto_is_no_worse_where_there_is_nothing_but_chance(seed, noise):
    random = np.random.default_rng(seed)
    labels = [f"{year}-{month:02d}" for year in range(2016, 2028) for month in range(1, 13)]
    frame = pd.concat(
        [
            pd.DataFrame({"series": f"s{i}", "month": labels, "amount": random.lognormal(0, noise, 144)})
            for i in range(6)
        ]
    )
    off = pd.DataFrame([off_target(frame, year) for year in range(2019, 2028)]).sum()
    assert off["auto"] < off["pooled_share"]


class TestProperties:
    """What holds for every history."""

    @settings(max_examples=40, deadline=None)
    @given(
        years=st.integers(1, 5),
        series=st.integers(1, 4),
        first_month=st.integers(1, 12),
        country=st.sampled_from([None, "CN", "US"]),
        cutoff=st.sampled_from([None, 25]),
        seed=st.integers(0, 1000),
        known=st.booleans(),
    )
    def test_shares_are_shares_and_rows_may_come_in_any_order(
        self, years, series, first_month, country, cutoff, seed, known
    ):
        random = np.random.default_rng(seed)
        frame = noisy_company(seed, years=years + 1, series=series, noise=random.choice([0.01, 0.5, 2.0]))
        frame = frame.assign(amount=np.where(random.random(len(frame)) < 0.1, 0.0, frame["amount"]))
        words = {"method": "auto", "calendar": country, "first_month": first_month, "month_cutoff": cutoff}
        words["total"] = 500.0 if known else None
        found = monthly_shares(frame, 2027, **words)
        assert (found["share"] >= 0).all()
        assert found.groupby("series")["share"].sum().to_numpy() == pytest.approx(1)
        again = monthly_shares(frame.sample(frac=1, random_state=seed), 2027, **words)
        pd.testing.assert_frame_equal(found, again)
