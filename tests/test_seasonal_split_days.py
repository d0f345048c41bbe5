"""The day pattern: learnt from the daily sales where the back-test says it pays, else plain workdays."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from salesplan import calendar, seasonal_split
from salesplan.seasonal_split import DayPattern, PlanYear
from salesplan.seasonal_split import day_pattern as rooms
from salesplan.seasonal_split.day_sample import CLASSES, PARTS, classes_of, day_sample
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.terms.shape import Event

US = PlanYear(2027, calendar="US")
CN = PlanYear(2026, calendar="CN")
SHOP = np.array([0.8, 0.7, 0.8, 0.9, 1.2, 2.0, 1.6])  # Monday to Sunday
EVENT = {"name": "618", "start": date(2027, 6, 10), "end": date(2027, 6, 18), "uplift": Decimal("0.5")}


ROOT = Path(__file__).resolve().parents[1]


def rules(**given):
    return SeasonalSplitTerms(**{"method": "pooled_share", **given})


def history(weights, *, years=(2024, 2025, 2026), country="US", noise=0.1, seed=1):
    """Daily sales that follow `weights(days)`, with noise; amounts in fen."""
    months = [month for year in years for month in calendar.fiscal_months(year)]
    days = calendar.days(months, country)
    scatter = np.random.default_rng(seed).lognormal(0, noise, len(days))
    amount = np.round(1_000_000 * weights(days) * scatter).astype("int64")
    return pd.DataFrame({"date": days["date"], "amount": amount})[amount > 0].reset_index(drop=True)


def office(days):
    return days["workday"].to_numpy(dtype="float64")


def shop(days):
    return SHOP[days["date"].dt.day_of_week]


def rush(days):
    """An office business that books three times as much on the last workday of a month."""
    return office(days) * np.where(classes_of(days, "month_end", "US") == 1, 3.0, 1.0)


def quiet_festival(days):
    """Half of the usual sales in the two weeks before the Spring Festival, nothing on its days."""
    place = classes_of(days, "festivals", "CN")
    return office(days) * np.select([place == 3, np.isin(place, [1, 2])], [0.0, 0.5], 1.0)


class TestClasses:
    """Every day is of one class in every part."""

    def test_days_of_the_week_moved_days_and_holidays(self):
        days = calendar.days(["2026-02"], "CN").set_index("date")
        place = pd.Series(classes_of(days.reset_index(), "weekdays", "CN"), index=days.index)
        names = place.map(dict(enumerate(CLASSES["weekdays"])))
        assert names["2026-02-14"] == "moved_workday"  # a Saturday
        assert names["2026-02-17"] == "holiday"
        assert names["2026-02-11"] == "wednesday"
        assert names["2026-02-08"] == "sunday"

    def test_the_last_workdays_of_a_month(self):
        days = calendar.days(["2027-01"], "US").set_index("date")
        place = pd.Series(classes_of(days.reset_index(), "month_end", "US"), index=days.index)
        assert place["2027-01-29":].eq(1).all()  # Friday and the weekend after it
        assert place["2027-01-27":"2027-01-28"].eq(2).all()
        assert place[:"2027-01-26"].eq(0).all()

    def test_weeks_around_the_festivals(self):
        days = calendar.days(["2026-02", "2026-10"], "CN").set_index("date")
        place = pd.Series(classes_of(days.reset_index(), "festivals", "CN"), index=days.index)
        names = place.map(dict(enumerate(CLASSES["festivals"])))
        assert names["2026-02-16"] == "spring_week_before"  # the eve; the festival is on the 17th
        assert names["2026-02-17"] == names["2026-02-23"] == "spring_festival"
        assert names["2026-02-24"] == "spring_week_after"
        assert names["2026-10-07"] == "national_days"
        assert names["2026-10-15"] == "ordinary"

    def test_other_countries_have_no_such_weeks(self):
        assert not classes_of(calendar.days(["2026-02", "2026-10"], "US"), "festivals", "US").any()


class TestSample:
    """Whole months of the years asked for."""

    def test_months_that_are_only_in_part_there_are_left_out(self):
        daily = history(office)
        inside = daily[daily["date"].between("2024-03-11", "2026-10-20")]
        sample = day_sample(inside, year=US, years=3)
        assert sample.months == 12 * 3 - 3 - 3
        assert sample.days["date"].iloc[[0, -1]].dt.date.tolist() == [date(2024, 4, 1), date(2026, 9, 30)]

    def test_a_month_that_ends_with_days_off_is_whole(self):
        daily = history(office)
        assert day_sample(daily[daily["date"] <= "2026-05-29"], year=US, years=3).months == 24 + 5

    def test_years_and_excluded_months(self):
        sample = day_sample(history(office), year=US, years=2, exclude=["2025-07"])
        assert sample.months == 23
        assert "2025-07" not in set(sample.days["month"])
        assert np.bincount(sample.month, sample.share) == pytest.approx(np.ones(23))

    def test_days_of_more_returns_than_sales_count_as_none(self):
        daily = history(office).assign(amount=lambda d: d["amount"].mask(d["date"] == "2025-03-04", -500_000))
        sample = day_sample(daily, year=US, years=3)
        assert sample.share[(sample.days["date"] == "2025-03-04").to_numpy()] == [0.0]

    def test_months_with_a_cutoff(self):
        year = PlanYear(2027, month_cutoff=25, calendar="US")
        sample = day_sample(history(office), year=year, years=3)
        assert sample.days["date"].iloc[0].date() == date(2024, 1, 26)  # the first month began before the sales
        assert sample.days["month"].iloc[0] == "2024-02"

    def test_no_sales(self):
        sample = day_sample(history(office).iloc[:0], year=US, years=3)
        assert (sample.months, sample.selling) == (0, 0.0)


class TestLearning:
    """What the history shows is used where it foretells better; nothing else is."""

    def test_a_shop_gets_targets_at_weekends(self):
        found = seasonal_split.learn_pattern(history(shop), year=US, rules=rules())
        assert list(found.factors) == ["weekdays"]
        weekdays = found.factors["weekdays"][:7]
        assert weekdays == pytest.approx(SHOP / SHOP[:5].mean(), rel=0.05)
        tested = found.tested.set_index("pattern")
        assert tested.loc["weekdays", "error_day"] < 0.5 * tested.loc["workdays", "error_day"]
        assert tested["chosen"].to_dict() == {"even": False, "workdays": False, "weekdays": True, "month_end": False}

    def test_an_office_business_gets_none(self):
        found = seasonal_split.learn_pattern(history(office), year=US, rules=rules())
        assert found.factors == {}
        assert found.tested.set_index("pattern").loc["workdays", "chosen"]
        days = calendar.days(["2027-03"], "US")
        assert found.weights(days, "US").tolist() == days["workday"].tolist()

    def test_a_rush_at_the_end_of_the_month(self):
        found = seasonal_split.learn_pattern(history(rush), year=US, rules=rules())
        assert list(found.factors) == ["month_end"]
        assert found.factors["month_end"] == pytest.approx([1, 3, 1], rel=0.1)

    def test_quiet_weeks_before_the_spring_festival(self):
        daily = history(quiet_festival, years=(2023, 2024, 2025), country="CN")
        found = seasonal_split.learn_pattern(daily, year=CN, rules=rules())
        assert list(found.factors) == ["festivals"]
        assert found.factors["festivals"][1:4] == pytest.approx([0.5, 0.5, 0.0], abs=0.08)

    def test_closed_festival_days_stay_closed_where_moved_days_are_not_published(self):
        daily = history(quiet_festival, years=(2023, 2024, 2025), country="CN")
        found = seasonal_split.learn_pattern(daily, year=CN, rules=rules())
        days = calendar.days(["2095-02"], "CN")  # the festival begins on the 5th; its week has workdays by law
        week = days["date"].between("2095-02-05", "2095-02-11").to_numpy()
        assert days.loc[week, "workday"].any()
        assert not found.weights(days, "CN")[week].any()

    def test_noise_is_no_pattern(self):
        daily = history(office, noise=1.2, seed=5)
        assert seasonal_split.learn_pattern(daily, year=US, rules=rules()).factors == {}

    @pytest.mark.parametrize("noise", [0.2, 1.0, 2.0])
    def test_the_more_noise_the_closer_to_plain_workdays(self, noise):
        sample = day_sample(history(shop, noise=noise), year=US, years=3)
        raw = rooms.estimate(sample, ["weekdays"], shrink=False)["weekdays"]
        drawn = rooms.estimate(sample, ["weekdays"])["weekdays"]
        usual = rooms.USUAL["weekdays"]
        assert (np.abs(drawn - usual) <= np.abs(raw - usual) + 1e-12).all()

    @pytest.mark.parametrize(
        ("daily", "basis"),
        [
            pytest.param(history(shop, years=(2026,)).iloc[:150], "short", id="under seven months"),
            pytest.param(
                history(lambda d: classes_of(d, "month_end", "US") == 1).groupby(
                    lambda row: row // 3, sort=True
                ).first(), "sparse", id="booked on the last day"
            ),
            pytest.param(history(shop).iloc[:0], "short", id="nothing"),
        ],
    )  # fmt: skip
    def test_too_little_to_learn_from(self, daily, basis):
        found = seasonal_split.learn_pattern(daily, year=US, rules=rules())
        assert (found.basis, found.factors, found.rule) == (basis, {}, "workdays")
        assert seasonal_split.pattern_classes(found).empty

    def test_a_short_history_is_enough_for_a_clear_pattern(self):
        daily = history(shop, years=(2026,))
        assert "weekdays" in seasonal_split.learn_pattern(daily, year=US, rules=rules()).factors

    @pytest.mark.parametrize("rule", ["workdays", "even"])
    def test_a_rule_given_is_kept_and_compared(self, rule):
        found = seasonal_split.learn_pattern(history(shop), year=US, rules=rules(day_pattern=rule))
        assert (found.rule, found.basis, dict(found.factors)) == (rule, "given", {})
        assert found.tested.loc[found.tested["chosen"], "pattern"].tolist() == [rule]

    def test_row_order_changes_nothing(self):
        daily = history(shop)
        one = seasonal_split.learn_pattern(daily, year=US, rules=rules())
        two = seasonal_split.learn_pattern(daily.sample(frac=1, random_state=3), year=US, rules=rules())
        assert one.factors["weekdays"].tolist() == two.factors["weekdays"].tolist()
        pd.testing.assert_frame_equal(one.tested, two.tested, check_exact=True)

    def test_factors_against_a_plain_loop(self):
        """One part, unshrunk: sales of a class over what equal days let expect, in fixed point."""
        sample = day_sample(history(shop, noise=0.5), year=US, years=1)
        place = classes_of(sample.days, "weekdays", "US")
        factor = [1.0] * len(CLASSES["weekdays"])
        for _ in range(40):
            sold, expected = [0.0] * len(factor), [0.0] * len(factor)
            for month in range(sample.months):
                here = [n for n in range(len(place)) if sample.month[n] == month]
                whole = sum(factor[place[n]] for n in here)
                for n in here:
                    sold[place[n]] += sample.share[n]
                    expected[place[n]] += factor[place[n]] / whole
            factor = [f * s / e if e else f for f, s, e in zip(factor, sold, expected, strict=True)]
        worked = [place[n] for n in range(len(place)) if sample.days["workday"].iloc[n]]
        level = sum(factor[n] for n in worked) / len(worked)
        found = rooms.estimate(sample, ["weekdays"], shrink=False)["weekdays"]
        assert found[:7] == pytest.approx([f / level for f in factor[:7]], rel=1e-4)


def test_the_benchmark_prints_errors_and_ratios(tmp_path):
    daily = history(shop, years=(2025, 2026)).assign(amount=lambda d: d["amount"] / 100)
    daily.to_csv(tmp_path / "orders.csv", index=False)
    command = [sys.executable, "tests/benchmarks/day_accuracy.py", str(tmp_path / "orders.csv"), "date", "amount"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()[2:] if line}
    assert float(lines["workdays"][3]) == 1
    assert float(lines["weekdays"][3]) < 0.5


REAL = ROOT.parent / "shared/data"


@pytest.mark.skipif(not REAL.exists(), reason="no real data here")
class TestRealData:
    """Real daily orders: what the pattern wins over plain workdays, known months before each half year."""

    @pytest.mark.parametrize(
        ("file", "day", "amount", "parts", "ratio"),
        [
            pytest.param("superstore_orders.csv", "order_date", "sales", ["weekdays"], 0.75, id="Superstore"),
            pytest.param("chinook_sales.csv", "date", "amount", ["weekdays"], 0.995, id="Chinook"),
        ],
    )
    def test_error_of_the_days(self, file, day, amount, parts, ratio):
        sales = pd.read_csv(REAL / file, parse_dates=[day])
        fen = (sales[amount] * 100).round().astype("int64").groupby(sales[day]).sum()
        daily = fen.rename_axis("date").rename("amount").reset_index()
        year = PlanYear(int(daily["date"].max().year) + 1, calendar="US")
        found = seasonal_split.learn_pattern(daily, year=year, rules=rules(history_years=5))
        error = found.tested.set_index("pattern")["error_day"]
        assert list(found.factors) == parts
        assert error[parts[-1]] < ratio * error["workdays"]


class TestClassesShown:
    """History against plan, class by class."""

    def test_every_class_the_history_has(self):
        found = seasonal_split.learn_pattern(history(shop), year=US, rules=rules())
        frame = seasonal_split.pattern_classes(found)
        assert set(frame["part"]) == {"weekdays", "month_end"}
        assert "moved_workday" not in set(frame["day_class"])  # the US has none
        assert not frame["day_class"].eq("ordinary").any()
        saturday = frame.set_index("day_class").loc["saturday"]
        assert saturday["usual"] == 0
        assert saturday["plan"] == pytest.approx(saturday["history"], rel=0.02)

    def test_all_days_alike(self):
        found = seasonal_split.learn_pattern(history(shop), year=US, rules=rules(day_pattern="even"))
        assert seasonal_split.pattern_classes(found)["plan"].eq(1).all()

    def test_parts_are_those_of_the_classes(self):
        assert tuple(CLASSES) == PARTS == tuple(rooms.USUAL)
        assert [len(CLASSES[part]) for part in PARTS] == [len(rooms.USUAL[part]) for part in PARTS]


class TestDays:
    """Days by a pattern: sums exact, events on top."""

    months = pd.DataFrame({"month": US.months, "amount": 3_100_003})

    def test_weekend_targets(self):
        pattern = seasonal_split.learn_pattern(history(shop), year=US, rules=rules())
        days = seasonal_split.split_days(self.months, year=US, pattern=pattern).set_index("date")
        assert days["amount"].groupby(days["month"]).sum().eq(3_100_003).all()
        assert days["amount"]["2027-03-06"] / days["amount"]["2027-03-02"] == pytest.approx(2.0 / 0.7, rel=0.1)

    def test_all_days_alike(self):
        days = seasonal_split.split_days(self.months, year=US, pattern=DayPattern("even"))
        march = days.loc[days["month"] == "2027-03", "amount"]
        assert set(march) == {3_100_003 // 31, 3_100_003 // 31 + 1}

    def test_an_event_is_named_on_its_days(self):
        other = {**EVENT, "name": "sale", "start": date(2027, 6, 18), "end": date(2027, 6, 19)}
        days = seasonal_split.split_days(self.months, year=US, events=[Event(**EVENT), Event(**other)])
        named = days.set_index("date")["event"]
        assert (named["2027-06-09"], named["2027-06-10"], named["2027-06-18"]) == ("", "618", "618 + sale")

    def test_a_closed_week_has_no_target_at_weekends_either(self):
        pattern = seasonal_split.learn_pattern(history(shop), year=US, rules=rules())
        closed = Event(**{**EVENT, "uplift": Decimal(-1)})
        days = seasonal_split.split_days(self.months, year=US, events=[closed], pattern=pattern).set_index("date")
        assert not days["amount"]["2027-06-10":"2027-06-18"].any()
        assert days["amount"]["2027-06"].sum() == 3_100_003

    def test_an_event_of_a_part_counts_as_much_as_the_part(self):
        cube = pd.DataFrame({"month": "2027-06", "region": ["N", "S"], "amount": [300, 100]})
        whole = seasonal_split.day_weights([Event(**EVENT)], year=US).set_index("date")["weight"]
        part = seasonal_split.day_weights([Event(**EVENT, region="S")], year=US, cube=cube).set_index("date")["weight"]
        assert whole["2027-06-10"] == 1 + 0.5
        assert part["2027-06-10"] == 1 + 0.5 * 100 / 400
        assert part["2027-06-12"] == 0 * (1 + 0.5 * 100 / 400)  # a Saturday, closed

    def test_a_day_off_that_sells_is_lifted_by_the_same_part(self):
        pattern = seasonal_split.learn_pattern(history(shop), year=US, rules=rules())
        usual = seasonal_split.day_weights(year=US, pattern=pattern).set_index("date")["weight"]
        lifted = seasonal_split.day_weights([Event(**EVENT)], year=US, pattern=pattern).set_index("date")["weight"]
        during = lifted.index.to_series().between("2027-06-10", "2027-06-18")
        assert usual["2027-06-12"] > 1
        assert lifted[during].tolist() == pytest.approx((usual[during] * (1 + 0.5)).tolist())
        assert lifted[~during].tolist() == usual[~during].tolist()

    def test_events_on_one_day_add_up_and_a_closed_one_closes(self):
        def on(*uplifts):
            events = [Event(**{**EVENT, "uplift": Decimal(str(uplift))}) for uplift in uplifts]
            return seasonal_split.day_weights(events, year=US).set_index("date")["weight"]["2027-06-10"]

        assert on(0.5, 0.2) == pytest.approx(1 + 0.5 + 0.2)
        assert on(0.5, -0.2) == on(-0.2, 0.5) == pytest.approx((1 + 0.5) * (1 - 0.2))
        assert on(0.5, -1) == on(-1, 0.5) == 0
