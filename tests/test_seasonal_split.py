"""How a year is split over its months: the methods, the history they use, what `auto` learns."""

import calendar
import json
import math
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan.seasonal_split import METHODS, monthly_shares
from salesplan.seasonal_split.auto import auto_shares, recency_weights
from salesplan.seasonal_split.history import year_table
from salesplan.seasonal_split.trading_days import trading_days, workdays

SHARED = Path(__file__).resolve().parents[2] / "shared"
GOLDENS, DATA = SHARED / "goldens", SHARED / "data"
needs_goldens = pytest.mark.skipif(not GOLDENS.is_dir(), reason="goldens are not there")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="data are not there")


def months(year, first_month=1):
    """Labels of a fiscal year, counted by hand."""
    return [f"{year + i // 12}-{i % 12 + 1:02d}" for i in range(first_month - 1, first_month + 11)]


def history(years, *, first_month=1, **members):
    """A history from {year: twelve amounts}."""
    parts = [pd.DataFrame({"month": months(y, first_month)[: len(a)], "amount": a}) for y, a in years.items()]
    return pd.concat(parts, ignore_index=True).assign(**members)


def shares(frame, year=2027, method="pooled_share", **options):
    return monthly_shares(frame, year, method=method, **options)["share"].to_numpy()


def quarter_amounts(*quarters):
    """Four quarters as twelve months with everything in each quarter's first month."""
    return [amount for quarter in quarters for amount in (quarter, 0, 0)]


RISING = list(range(1, 13))
FLAT = [10.0] * 12


class TestMethods:
    """What each method says of small histories, worked out on paper."""

    @pytest.mark.parametrize(
        ("method", "january"),
        [
            # 2024: 120 with 10 in January; 2025: 240 with 40; 2026: 360 with 90
            pytest.param("pooled_share", (10 + 40 + 90) / (120 + 240 + 360), id="pooled: sums over the years"),
            pytest.param("average_share", (10 / 120 + 40 / 240 + 90 / 360) / 3, id="mean of yearly shares"),
            pytest.param("last_year", 90 / 360, id="last year's share"),
            pytest.param("even", 1 / 12, id="one twelfth"),
        ],
    )
    def test_january(self, method, january):
        years = {
            y: [first] + [(total - first) / 11] * 11
            for y, first, total in ((2024, 10, 120), (2025, 40, 240), (2026, 90, 360))
        }
        assert shares(history(years), method=method)[0] == pytest.approx(january, abs=1e-15)

    def test_returns_months_in_fiscal_order_with_members(self):
        found = monthly_shares(history({2026: RISING}, region="north", product="x"), 2027, method="last_year")
        assert found.columns.tolist() == ["month", "region", "product", "share"]
        assert found["month"].tolist() == [f"2027-{m:02d}" for m in range(1, 13)]
        assert found["region"].unique().tolist() == ["north"]
        assert found["share"].tolist() == pytest.approx([m / 78 for m in RISING])

    def test_fiscal_year_from_april(self):
        found = monthly_shares(history({2026: RISING}, first_month=4), 2027, method="last_year", first_month=4)
        assert found["month"].tolist() == [f"2027-{m:02d}" for m in range(4, 13)] + ["2028-01", "2028-02", "2028-03"]
        assert found["share"].tolist() == pytest.approx([m / 78 for m in RISING])

    @pytest.mark.parametrize(
        ("country", "expected"),
        [
            pytest.param(None, [21, 20, 23, 22, 21, 22, 22, 22, 22, 21, 22, 23], id="monday to friday of 2027"),
            pytest.param("US", [19, 19, 23, 22, 20, 21, 21, 22, 21, 20, 20, 21], id="less federal holidays"),
        ],
    )
    def test_workdays(self, country, expected):
        found = shares(history({2026: RISING}), method="workdays", calendar=country)
        assert found.tolist() == pytest.approx([n / sum(expected) for n in expected])

    def test_workdays_follow_the_cutoff(self):
        # month_cutoff 25: 2027-03 runs from 26 February to 25 March, 20 weekdays
        found = shares(history({2026: RISING}), method="workdays", month_cutoff=25)
        span = pd.bdate_range("2026-12-26", "2027-12-25")
        assert found[2] == pytest.approx(len(pd.bdate_range("2027-02-26", "2027-03-25")) / len(span))

    @pytest.mark.parametrize("method", [name for name in METHODS if name != "auto"])  # auto learns from siblings
    def test_members_stand_on_their_own(self, method):
        one, two = history({2025: RISING, 2026: RISING}, rep="a"), history({2025: FLAT, 2026: RISING[::-1]}, rep="b")
        both = monthly_shares(pd.concat([two, one]), 2027, method=method)
        alone = [monthly_shares(frame, 2027, method=method) for frame in (one, two)]
        pd.testing.assert_frame_equal(both, pd.concat(alone, ignore_index=True))

    def test_a_member_column_may_have_any_name(self):
        for name in ("series", "share_of", "year", "used"):
            found = monthly_shares(history({2026: RISING}, **{name: "a"}), 2027, method="last_year")
            assert found[name].unique().tolist() == ["a"]

    @pytest.mark.parametrize(
        "amount",
        [
            pytest.param(pd.Series(RISING, dtype="int64"), id="fen"),
            pytest.param(pd.Series(RISING, dtype="Int64"), id="nullable"),
            pytest.param(pd.Series(RISING, dtype="float32"), id="float32"),
            pytest.param(pd.Series([Decimal(m) / 3 for m in RISING], dtype=object), id="decimals"),
        ],
    )
    def test_any_numeric_amount(self, amount):
        frame = pd.DataFrame({"month": months(2026), "amount": amount})
        assert shares(frame).tolist() == pytest.approx([m / 78 for m in RISING])


class TestSources:
    """The published cases, restated, and the golden files where they are there."""

    def test_three_year_share_of_air_passengers(self):
        # monthly totals of 1957 to 1959; the three-year share divides by the total of 36 months
        totals = [1015, 961, 1124, 1092, 1138, 1329, 1504, 1531, 1271, 1113, 977, 1078]
        found = shares(history({2026: totals}))
        assert found.tolist() == pytest.approx([t / 14133 for t in totals])
        assert found[0] == pytest.approx(0.0718177316, abs=1e-10)

    @pytest.mark.parametrize(
        ("years", "pooled", "average"),
        [
            pytest.param(
                [(397, 376, 460, 501), (455, 390, 530, 560), (513, 434, 562, 593)],
                [1365 / 5771, 1200 / 5771, 1552 / 5771, 1654 / 5771],
                [0.2360486, 0.2082867, 0.2688496, 0.2868151],
                id="HP 12C handbook",
            ),
            pytest.param(
                [(105, 91, 101, 99), (101, 83, 96, 93), (99, 82, 94, 91)],
                [305 / 1135, 256 / 1135, 291 / 1135, 283 / 1135],
                [0.26880693, 0.22545393, 0.25641792, 0.24932121],
                id="quarterly fines",
            ),
        ],
    )
    def test_published_quarters(self, years, pooled, average):
        frame = history({2024 + i: quarter_amounts(*quarters) for i, quarters in enumerate(years)})
        assert shares(frame)[::3].tolist() == pytest.approx(pooled)
        assert shares(frame, method="average_share")[::3].tolist() == pytest.approx(average, abs=1e-7)

    @needs_goldens
    def test_published_seasonal_cases(self):
        for case in json.loads((GOLDENS / "published_seasonal_cases.json").read_text()):
            if "data" not in case:
                continue
            rows = case["data"]
            frame = history({2027 - len(rows) + i: quarter_amounts(*row) for i, row in enumerate(rows)})
            for method, key in (("pooled_share", "share_pooled"), ("average_share", "share_avg_of_yearly")):
                found = shares(frame, method=method, history_years=len(rows))[::3]
                assert found.tolist() == pytest.approx(case[key], abs=1e-7), case["id"]

    @needs_goldens
    def test_split_method_reference_vectors(self):
        names = {
            "pooled_share": "pooled_total_share",
            "average_share": "avg_of_yearly_shares",
            "last_year": "last_year_share",
            "even": "uniform_1/12",
        }
        for case in json.loads((GOLDENS / "split_method_reference_vectors.json").read_text()):
            frame = history(dict(zip(case["train_years"], case["train"], strict=True)))
            actual = np.array(case["target_actual"]) / sum(case["target_actual"])
            for method, name in names.items():
                found = shares(frame, case["target_year"], method)
                assert found.tolist() == pytest.approx(case["methods"][name]["share"], abs=1e-8), (
                    case["series"],
                    method,
                )
                assert 100 * np.abs(found - actual).sum() == pytest.approx(case["methods"][name]["wape_pct"], abs=1e-3)

    def test_january_and_february_as_one_figure(self):
        # China publishes both months as one: retail sales of 2014 to 2016 in hundred million yuan; however the first
        # figure is divided, its share is 15.9867 %
        years = {
            2014: [42280.7, 19800.6, 19701.2, 21249.8, 21166.4, 20775.8, 21133.9, 23042.4, 23967.2, 23474.7, 25801.3],
            2015: [47992.5, 22722.8, 22386.7, 24194.8, 24280.3, 24338.8, 24893.4, 25270.6, 28278.9, 27937.3, 28634.6],
            2016: [52910.3, 25114.1, 24645.8, 26610.7, 26857.4, 26827.4, 27539.6, 27976.4, 31119.2, 30958.5, 31757.0],
        }
        first, total = (sum(row[0] for row in years.values()), sum(map(sum, years.values())))
        for part in (0.5, 0.45):
            months = {year: [part * row[0], (1 - part) * row[0], *row[1:]] for year, row in years.items()}
            found = shares(history(months), 2017)
            assert found[:2].sum() == pytest.approx(first / total) == pytest.approx(0.159867, abs=1e-6)
            assert found[11] == pytest.approx(sum(row[-1] for row in years.values()) / total)

    @needs_goldens
    @needs_data
    def test_china_retail_share(self):
        case = json.loads((GOLDENS / "china_retail_share_case.json").read_text())
        every = pd.read_csv(DATA / "china_retail_sales_100m_cny_2012_2017.csv").set_index("year")
        rows = every.loc[case["train_years"], case["columns"]]
        months = {year: [row.iloc[0] / 2, row.iloc[0] / 2, *row.iloc[1:]] for year, row in rows.iterrows()}
        for method, key in (("pooled_share", "pooled_share_pct"), ("average_share", "avg_yearly_share_pct")):
            found = 100 * shares(history(months), 2017, method)
            assert [found[0] + found[1], *found[2:]] == pytest.approx(case[key], abs=1e-4)

    def test_workdays_of_norwegian_car_sales(self):
        # cars sold in 2012 to 2014; 2015 by an index per workday is off by 3.5 points, by the pooled share by 6.1
        sold = {
            2012: [10838, 10925, 13051, 10876, 12612, 11053, 11920, 11790, 11134, 12413, 11986, 9369],
            2013: [11639, 11322, 10735, 13988, 12012, 10948, 11312, 11660, 12168, 12893, 12079, 11395],
            2014: [11385, 11246, 13861, 12115, 12337, 11441, 11690, 11444, 11585, 12963, 11486, 12649],
        }
        actual = [0.06983396, 0.07090904, 0.09396361, 0.0848254, 0.07987471, 0.09428215]
        off = {
            method: np.abs(shares(history(sold), 2015, method, calendar="NO")[:6] - actual).sum()
            for method in ("auto", "pooled_share")
        }
        assert off["auto"] < 0.75 * off["pooled_share"]

    @needs_goldens
    def test_working_day_index(self):
        case = json.loads((GOLDENS / "working_day_index_case.json").read_text())
        years = [*case["train_years"], 2015]
        assert [workdays(year, 1, "NO", None).tolist() for year in years] == case["working_days"]
        frame = history(dict(zip(case["train_years"], case["sales"], strict=True)))
        actual = np.array(case["actual_2015_share"])
        off = [100 * np.abs(shares(frame, 2015, m, calendar="NO") - actual).sum() for m in ("auto", "pooled_share")]
        assert off[1] == pytest.approx(case["wape_pooled"], abs=1e-3)
        assert off[0] < 1.05 * case["wape_working_day"]  # the index takes all sales for sales of workdays

    @needs_goldens
    @needs_data
    def test_three_year_share_of_real_series(self):
        classic = pd.read_csv(DATA / "classic_monthly_series.csv").rename(columns={"value": "amount"})
        retail = pd.read_csv(DATA / "aus_retail_2000_2018.csv").rename(columns={"turnover_m_aud": "amount"})
        retail = retail.assign(series="aus_retail|" + retail["state"] + "|" + retail["industry"])
        every = pd.concat([classic, retail])[["series", "month", "amount"]]
        for case in json.loads((GOLDENS / "three_year_share_real_series.json").read_text()):
            frame = every[every["series"] == case["series"]]
            for method, key in (
                ("pooled_share", "pooled_share"),
                ("average_share", "avg_yearly_share"),
                ("last_year", "last_year_share"),
            ):
                assert shares(frame, case["target_year"], method).tolist() == pytest.approx(case[key], abs=1e-9)


class TestHistory:
    """Which months count, and what stands in for those that do not."""

    def test_only_the_years_asked_for(self):
        years = {2022: RISING[::-1], 2023: RISING[::-1], 2024: FLAT, 2025: FLAT, 2026: FLAT, 2027: RISING}
        assert shares(history(years)).tolist() == pytest.approx([1 / 12] * 12)
        assert shares(history(years), history_years=4)[0] == pytest.approx((12 + 30) / (78 + 360))

    def test_a_year_begun_is_not_used(self):
        years = {2025: RISING, 2026: [100.0] * 9}
        assert shares(history(years)).tolist() == pytest.approx([m / 78 for m in RISING])
        assert shares(history(years), method="last_year").tolist() == pytest.approx([m / 78 for m in RISING])

    def test_a_year_entered_late_is_not_used(self):
        late = pd.DataFrame({"month": months(2025)[5:], "amount": [100.0] * 7})
        found = shares(pd.concat([late, history({2026: RISING})]))
        assert found.tolist() == pytest.approx([m / 78 for m in RISING])

    def test_a_month_without_a_row_sold_nothing(self):
        frame = history({2026: FLAT})
        found = shares(frame[frame["month"] != "2026-05"])
        assert found[4] == 0
        assert found[0] == pytest.approx(1 / 11)

    def test_no_complete_year_takes_month_averages(self):
        # November to February: 30 in each autumn month, 10 in each winter month; the others count as average
        frame = pd.DataFrame(
            {"month": ["2025-11", "2025-12", "2026-01", "2026-02"], "amount": [30.0, 30.0, 10.0, 10.0]}
        )
        total = 30 + 30 + 10 + 10 + 8 * 20
        for method in ("pooled_share", "average_share", "last_year", "auto"):
            found = shares(frame, method=method)
            assert found.tolist() == pytest.approx([10 / total] * 2 + [20 / total] * 8 + [30 / total] * 2)

    @pytest.mark.parametrize("method", METHODS[:-1])
    @pytest.mark.parametrize(
        "frame",
        [
            pytest.param(history({2027: RISING}), id="only the plan year"),
            pytest.param(history({2026: [0.0] * 12}), id="nothing sold"),
            pytest.param(history({2026: [-5.0] * 12}), id="more returned than sold"),
            pytest.param(history({2026: [math.nan] * 12}), id="unknown"),
            pytest.param(history({2026: RISING})[:0], id="no row"),
        ],
    )
    def test_nothing_to_learn_from_is_even(self, method, frame):
        assert shares(frame, method=method).tolist() == pytest.approx([1 / 12] * 12)

    def test_a_month_of_returns_gets_nothing(self):
        found = shares(history({2026: [-6.0, *[6.0] * 11]}))
        assert found.tolist() == pytest.approx([0, *[1 / 11] * 11])

    def test_a_lossy_year_is_left_out(self):
        years = {2024: RISING, 2025: [-1.0] * 12, 2026: RISING}
        assert shares(history(years)).tolist() == pytest.approx([m / 78 for m in RISING])

    @pytest.mark.parametrize("method", ["pooled_share", "average_share", "auto"])
    def test_an_excluded_month_says_what_other_years_say(self, method):
        # the flooded July of 2025 sold nothing; without it every year is the same
        flooded = [*RISING[:6], 0, *RISING[7:]]
        years = history({2024: RISING, 2025: flooded, 2026: RISING})
        assert shares(years, method=method)[6] < 7 / 78 - 0.02
        found = shares(years, method=method, exclude=["2025-07"])
        assert found.tolist() == pytest.approx(
            shares(history(dict.fromkeys((2024, 2025, 2026), RISING)), method=method).tolist()
        )

    def test_an_excluded_month_scales_with_its_year(self):
        # 2025 sells twice as much: its July is filled with twice the July of 2026
        years = history({2025: [2 * m for m in RISING], 2026: RISING})
        table = year_table(years, 2027, exclude=["2025-07"])
        assert table.amounts[0, 1].tolist() == pytest.approx([2 * m for m in RISING])

    def test_a_month_excluded_in_every_year_counts_as_average(self):
        found = shares(history({2026: [*FLAT[:6], 999.0, *FLAT[7:]]}), exclude=["2026-07"])
        assert found.tolist() == pytest.approx([1 / 12] * 12)

    def test_blank_is_unknown_not_zero(self):
        blank = [*RISING[:6], None, *RISING[7:]]
        frame = history({2025: RISING, 2026: blank})
        assert shares(frame).tolist() == pytest.approx([m / 78 for m in RISING])

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            pytest.param(pd.concat([history({2026: FLAT})] * 2), "stands twice", id="a month twice"),
            pytest.param(history({2026: FLAT}).replace("2026-03", "2026-13"), "2026-13", id="no such month"),
            pytest.param(history({2026: FLAT}).replace("2026-03", "202603"), "YYYY-MM", id="another form"),
        ],
    )
    def test_faults(self, frame, message):
        with pytest.raises(ValueError, match=message):
            shares(frame)

    def test_an_unknown_method(self):
        with pytest.raises(ValueError, match="pooled_share"):
            shares(history({2026: FLAT}), method="arima")

    @pytest.mark.parametrize("total", [0, 0.0, -5, float("nan")])
    def test_a_total_that_is_not_above_zero(self, total):
        with pytest.raises(ValueError, match=f"total {total} is not above zero"):
            shares(history({2026: FLAT}), method="auto", total=total)

    def test_a_history_of_one_month_tells_no_season(self):
        one = pd.DataFrame({"month": ["2026-11"], "amount": [5.0]})
        with pytest.raises(ValueError, match=r"no other month than 2026-11.*use method even or workdays"):
            shares(one)
        assert shares(one, method="even").tolist() == [1 / 12] * 12
        assert len(shares(one, method="workdays")) == 12

    def test_a_month_of_the_plan_year_is_no_history(self):
        sold = pd.DataFrame({"month": ["2026-11", "2027-01"], "amount": [5.0, 6.0]})
        with pytest.raises(ValueError, match="no other month than 2026-11"):
            shares(sold)

    def test_missing_columns(self):
        with pytest.raises(ValueError, match="column month is missing; column amount is missing"):
            shares(pd.DataFrame({"value": [1]}))

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            pytest.param({"history_years": 0}, "history_years 0 is below 1", id="no year"),
            pytest.param({"first_month": 13}, "first_month 13", id="a thirteenth month"),
            pytest.param({"exclude": "2025-07"}, "must be a list of months", id="one month as text"),
            pytest.param({"exclude": ["2025-7"]}, "exclude '2025-7' is not", id="a month of one digit"),
        ],
    )
    def test_options_that_cannot_be(self, options, message):
        with pytest.raises(ValueError, match=message):
            shares(history({2026: FLAT}), **options)

    @pytest.mark.parametrize(
        "months",
        [
            pytest.param(pd.period_range("2026-01", periods=12, freq="M"), id="periods"),
            pytest.param(pd.date_range("2026-01-01", periods=12, freq="MS"), id="dates"),
            pytest.param([f"2026/{month:02d}" for month in range(1, 13)], id="slashes"),
        ],
    )
    def test_months_in_another_form_are_one_fault(self, months):
        with pytest.raises(ValueError, match=r"not text of the form YYYY-MM \(12 months in all\)"):
            shares(pd.DataFrame({"month": months, "amount": FLAT}))

    def test_an_amount_without_bounds(self):
        with pytest.raises(ValueError, match="an amount is not finite"):
            shares(history({2026: [math.inf, *FLAT[1:]]}))

    def test_every_fault_at_once(self):
        twice = pd.concat([history({2026: FLAT}, rep="a")] * 2).replace("2026-03", "2026-13")
        with pytest.raises(ValueError) as told:
            shares(twice, method="arima", total=0)
        for part in ("arima", "total 0", "2026-13", "month 2026-01, rep a (12 rows in all)"):
            assert part in str(told.value)

    def test_a_month_in_two_members_is_fine(self):
        frame = pd.concat([history({2026: FLAT}, region="a"), history({2026: FLAT}, region="b")])
        assert len(monthly_shares(frame, 2027, method="last_year")) == 24

    def test_members_may_be_blank(self):
        frame = pd.concat([history({2026: RISING}, region="a"), history({2026: FLAT}, region=None)])
        found = monthly_shares(frame, 2027, method="last_year")
        assert found["share"].tolist() == pytest.approx([m / 78 for m in RISING] + [1 / 12] * 12)


def weekdays(year):
    return [
        sum(date(year, m, d).weekday() < 5 for d in range(1, calendar.monthrange(year, m)[1] + 1)) for m in range(1, 13)
    ]


class TestAuto:
    """Recency, workdays, growth, siblings and the Spring Festival."""

    def test_weights_of_the_years(self):
        assert recency_weights(np.array([[True, True, True]])).tolist() == [pytest.approx([2 / 9, 3 / 9, 4 / 9])]
        assert recency_weights(np.array([[False, True, True]])).tolist() == [pytest.approx([0, 3 / 7, 4 / 7])]
        assert recency_weights(np.array([[False, False]])).tolist() == [[0, 0]]

    def test_steady_years_stay_as_they_are(self):
        frame = history(dict.fromkeys((2024, 2025, 2026), RISING))
        assert shares(frame, method="auto").tolist() == pytest.approx([m / 78 for m in RISING], abs=2e-3)

    def test_a_growing_target_leans_to_the_end_of_the_year(self):
        frame = history(dict.fromkeys((2024, 2025, 2026), FLAT))
        same, more, less = (shares(frame, method="auto", total=total) for total in (120, 150, 100))
        assert more[-1] / more[0] > same[-1] / same[0] > less[-1] / less[0]

    def test_total_by_member(self):
        frame = pd.concat([history(dict.fromkeys((2025, 2026), FLAT), rep=rep) for rep in ("a", "b", "c")])
        found = monthly_shares(frame, 2027, method="auto", total=pd.Series({"b": 150.0, "a": 120.0}))
        ends = found.groupby("rep")["share"].agg(["first", "last"])
        assert ends.loc["a", "last"] == pytest.approx(ends.loc["c", "last"], abs=1e-4)  # c: its level goes on
        assert ends.loc["b", "last"] > ends.loc["a", "last"]

    def test_total_by_two_member_columns(self):
        frame = pd.concat([history({2025: FLAT, 2026: FLAT}, rep=rep, region="n") for rep in ("a", "b")])
        totals = pd.Series([150.0], index=pd.MultiIndex.from_tuples([("a", "n")], names=["rep", "region"]))
        found = monthly_shares(frame, 2027, method="auto", total=totals).groupby("rep")["share"].last()
        assert found["a"] > found["b"]

    def test_one_total_for_several_members_is_their_sum(self):
        frame = pd.concat([history(dict.fromkeys((2025, 2026), FLAT), rep=rep) for rep in ("a", "b")])
        each = monthly_shares(frame, 2027, method="auto", total=pd.Series({"a": 150.0, "b": 150.0}))
        pd.testing.assert_frame_equal(monthly_shares(frame, 2027, method="auto", total=300.0), each)

    def test_noisy_members_move_towards_their_siblings(self):
        rng = np.random.default_rng(3)
        season = np.array(RISING) + 10.0
        noisy = [
            history({y: season * rng.lognormal(0, 0.5, 12) for y in (2024, 2025, 2026)}, rep=f"r{i:02d}")
            for i in range(12)
        ]
        found = monthly_shares(pd.concat(noisy), 2027, method="auto").pivot_table(
            index="rep", columns="month", values="share"
        )
        alone = np.array([shares(frame.drop(columns="rep"), method="auto") for frame in noisy])
        true = season / season.sum()
        assert np.abs(found.to_numpy() - true).sum() < 0.7 * np.abs(alone - true).sum()

    def test_the_spring_festival_moves_between_january_and_february(self):
        # festival in February 2024 and 2026, in January 2025; 2027 in February: sales follow the workdays
        years = {y: (10 * workdays(y, 1, "CN", None)).tolist() for y in (2024, 2025, 2026, 2027)}
        found, pooled = (shares(history(years), method=m, calendar="CN", total=2500) for m in ("auto", "pooled_share"))
        true = np.array(years[2027]) / sum(years[2027])
        assert np.abs(found - true)[:3].sum() < 0.5 * np.abs(pooled - true)[:3].sum()
        assert found[:3].sum() == pytest.approx(pooled[:3].sum(), abs=0.006)

    def test_the_festival_months_keep_their_joint_share(self):
        table = year_table(history(dict.fromkeys((2025, 2026), RISING)), 2027)
        days = trading_days([2024, 2025, 2026, 2027], calendar="CN")
        none, quarter = np.zeros(12, dtype=bool), np.arange(12) < 3
        usual = auto_shares(table, days[:, :, :-2], np.array([np.nan]), none)
        moved = auto_shares(table, days, np.array([np.nan]), quarter)
        assert moved[0, 3:].tolist() == pytest.approx(usual[0, 3:].tolist(), abs=1e-15)
        assert moved[0, :3].sum() == pytest.approx(usual[0, :3].sum())

    def test_one_year_is_enough(self):
        found = shares(history({2026: RISING}), method="auto", total=78)
        assert found.tolist() == pytest.approx([m / 78 for m in RISING], abs=2e-3)  # the days of 2027 differ


class TestProperties:
    """What holds for every history."""

    amounts = st.lists(
        st.lists(st.floats(-50, 1000, allow_subnormal=False), min_size=12, max_size=12), min_size=1, max_size=4
    )

    @settings(max_examples=40, deadline=None)
    @given(
        years=amounts,
        method=st.sampled_from(METHODS),
        country=st.sampled_from([None, "CN"]),
        first=st.sampled_from([1, 4]),
    )
    def test_shares_are_not_negative_and_sum_to_one(self, years, method, country, first):
        frame = history({2026 - i: row for i, row in enumerate(years)}, first_month=first)
        found = shares(frame, method=method, calendar=country, first_month=first, total=5000)
        assert len(found) == 12
        assert (found >= 0).all()
        assert found.sum() == pytest.approx(1, abs=1e-12)

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10_000), method=st.sampled_from(METHODS))
    def test_row_order_changes_nothing(self, seed, method):
        rng = np.random.default_rng(seed)
        frame = pd.concat(
            [
                history({y: rng.uniform(0, 100, 12) for y in (2024, 2025, 2026)}, region=r, product=p)
                for r in "ab"
                for p in "xy"
            ],
            ignore_index=True,
        )
        before = frame.copy()
        mixed = frame.sample(frac=1, random_state=seed)
        pd.testing.assert_frame_equal(
            monthly_shares(frame, 2027, method=method), monthly_shares(mixed, 2027, method=method), check_exact=True
        )
        pd.testing.assert_frame_equal(frame, before)

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10_000), method=st.sampled_from(METHODS), scale=st.sampled_from([0.01, 100.0, 1e6]))
    def test_the_unit_of_amounts_changes_nothing(self, seed, method, scale):
        rng = np.random.default_rng(seed)
        frame = history({y: rng.uniform(1, 100, 12) for y in (2024, 2025, 2026)})
        scaled = frame.assign(amount=frame["amount"] * scale)
        assert shares(frame, method=method).tolist() == pytest.approx(shares(scaled, method=method).tolist(), abs=1e-12)


def real_series():
    retail = pd.read_csv(DATA / "aus_retail_2000_2018.csv")
    retail = retail.assign(member=retail["state"] + "|" + retail["industry"], amount=retail["turnover_m_aud"])
    cars = pd.read_csv(DATA / "norway_car_sales_by_make.csv").rename(columns={"make": "member", "quantity": "amount"})
    classic = pd.read_csv(DATA / "classic_monthly_series.csv").rename(columns={"series": "member", "value": "amount"})
    return {"aus_retail": (retail, "AU"), "norway": (cars, "NO"), "classic": (classic, None)}


def errors(frame, country):
    """Sum of the errors of pooled share and auto over every year with three complete years before it."""
    frame = frame[["member", "month", "amount"]].assign(year=frame["month"].str[:4].astype(int))
    years = frame.groupby(["member", "year"])["amount"].agg(["size", "sum"])
    complete = set(years[(years["size"] == 12) & (years["sum"] > 0)].index)
    sums = {"pooled_share": 0.0, "auto": 0.0}
    for year in range(frame["year"].min() + 3, frame["year"].max() + 1):
        members = [m for m in frame["member"].unique() if all((m, y) in complete for y in range(year - 3, year + 1))]
        known = frame[frame["member"].isin(members)]
        actual = known[known["year"] == year].set_index(["member", "month"])["amount"]
        total = actual.groupby("member").sum()
        before = known.loc[known["year"].between(year - 3, year - 1), ["member", "month", "amount"]]
        for method in sums if len(members) else ():
            found = monthly_shares(before, year, method=method, calendar=country, total=total).set_index(
                ["member", "month"]
            )["share"]
            sums[method] += float(100 * (found - actual / total).abs().sum())
    return sums


@needs_data
class TestMeasured:
    """The promise on real series: error of `auto` as a ratio to the pooled share."""

    def test_auto_beats_the_pooled_share(self):
        found = {name: errors(frame, country) for name, (frame, country) in real_series().items()}
        for name, sums in found.items():
            assert sums["auto"] <= 1.02 * sums["pooled_share"], name
        assert sum(s["auto"] for s in found.values()) < 0.90 * sum(s["pooled_share"] for s in found.values())


def test_two_thousand_series_at_once():
    rng = np.random.default_rng(1)
    labels = months(2024) + months(2025) + months(2026)
    frame = pd.DataFrame(
        {
            "month": np.tile(labels, 2000),
            "rep": np.repeat([f"R{i:04d}" for i in range(2000)], 36),
            "amount": rng.uniform(1, 100, 72_000),
        }
    )
    found = monthly_shares(
        frame, 2027, method="auto", calendar="CN", total=pd.Series(1000.0, index=frame["rep"].unique())
    )
    assert found.groupby("rep")["share"].sum().to_numpy() == pytest.approx(1)
