"""Abnormal years and months of the history: found by the rule, and only where they are."""

import numpy as np
import pandas as pd
import pytest

from salesplan import seasonal_split
from salesplan.seasonal_split import PlanYear
from salesplan.terms.seasonal_split import SeasonalSplitTerms

YEAR = PlanYear(2027, calendar="US")
SEASON = np.array([5, 4, 6, 7, 8, 9, 8, 7, 9, 10, 12, 15], dtype="float64")


def history(first=2024, years=3, *, growth=1.1, noise=0.05, seed=1, changed=()):
    """Months of some years; `changed` are (year, month, factor)."""
    rng = np.random.default_rng(seed)
    grid = SEASON * 1e6 * growth ** np.arange(years)[:, None] * np.exp(rng.normal(0, noise, (years, 12)))
    for year, month, factor in changed:
        grid[year - first, month - 1] *= factor
    months = [f"{first + y}-{m + 1:02d}" for y in range(years) for m in range(12)]
    return pd.DataFrame({"month": months, "amount": grid.ravel().round().astype("int64")})


def found(sold, year=YEAR, **given):
    return seasonal_split.unusual(sold, year=year, rules=SeasonalSplitTerms.model_validate(given, strict=False))


def states(odd, frame="months"):
    table = getattr(odd, frame)
    return {
        row["month" if frame == "months" else "year"]: row["state"]
        for row in table.to_dict("records")
        if row["state"] != "usual"
    }


@pytest.mark.parametrize("seed", range(5))
def test_an_ordinary_history_has_nothing_odd(seed):
    odd = found(history(seed=seed, noise=0.08))
    assert states(odd) == {}
    assert states(odd, "years") == {}


@pytest.mark.parametrize(
    ("changed", "odd_months"),
    [
        pytest.param([(2025, 7, 0.4)], {"2025-07"}, id="a flood"),
        pytest.param([(2026, 12, 2.5)], {"2026-12"}, id="a one-off deal in the last year"),
        pytest.param([(2024, 2, 0.1), (2024, 3, 0.3)], {"2024-02", "2024-03"}, id="a shutdown of two months"),
        pytest.param([(2024, 5, 0.4), (2026, 10, 2.0)], {"2024-05", "2026-10"}, id="in two years"),
        pytest.param([(2025, 7, 0.8)], set(), id="a weak month is no flood"),
    ],
)
def test_months_that_stand_out_are_suggested(changed, odd_months):
    odd = found(history(changed=changed))
    assert states(odd) == dict.fromkeys(odd_months, "suggested")
    assert states(odd, "years") == {int(month[:4]): "suggested" for month in odd_months}


def test_the_usual_share_is_that_of_the_other_years():
    odd = found(history(noise=0, growth=1.0, changed=[(2025, 7, 0.5)]))
    row = odd.months.set_index("month").loc["2025-07"]
    assert row["usual"] == pytest.approx(0.08)
    assert row["share"] == pytest.approx(0.04 / 0.96)
    assert row["change_share"] == pytest.approx(0.5 / 0.96 - 1)


def test_what_the_rules_exclude_is_said_to_be_excluded():
    odd = found(history(changed=[(2025, 7, 0.4)]), exclude=["2025-07"])
    assert states(odd) == {"2025-07": "excluded"}
    assert states(odd, "years") == {2025: "partly_excluded"}


def test_a_month_whose_siblings_are_odd_is_not_odd_itself():
    # two months without sales and one order twenty times a month: the same months of other years stay ordinary
    odd = found(history(changed=[(2025, 2, 0.0), (2025, 3, 0.0), (2026, 8, 20.0)]))
    assert states(odd) == dict.fromkeys(("2025-02", "2025-03", "2026-08"), "suggested")


def test_years_that_are_not_used_need_not_be_left_out():
    sold = history(2021, 6, changed=[(2021, 7, 0.3), (2025, 7, 0.3)])
    assert states(found(sold)) == {"2025-07": "suggested"}
    assert set(states(found(sold, history_years=6))) == {"2021-07", "2025-07"}


def test_a_year_with_another_season():
    sold = history(2023, 4, noise=0.02)
    turned = sold.assign(amount=lambda d: d["amount"].where(d["month"].str[:4] != "2024"))
    values = sold.loc[sold["month"].str[:4] == "2024", "amount"].to_numpy()
    mild = 0.7 * values + 0.3 * values[::-1]  # no month alone is far off
    turned.loc[turned["month"].str[:4] == "2024", "amount"] = mild.round()
    odd = found(turned.astype({"amount": "int64"}))
    assert odd.years.set_index("year").loc[2024, "state"] in ("abnormal", "suggested")
    assert set(states(odd, "years")) == {2024}


def test_a_year_whose_total_leaves_the_trend():
    sold = history(2022, 5, noise=0.01)
    half = sold.assign(amount=lambda d: d["amount"].where(d["month"].str[:4] != "2025", d["amount"] // 2))
    odd = found(half)
    assert states(odd, "years") == {2025: "abnormal"}
    row = odd.years.set_index("year").loc[2025]
    assert row["expected"] / row["amount"] == pytest.approx(2, rel=0.05)


def test_three_years_of_which_one_is_half():
    sold = history(noise=0.01, growth=1.0)
    half = sold.assign(amount=lambda d: d["amount"].where(d["month"].str[:4] != "2025", d["amount"] // 2))
    assert states(found(half), "years") == {2025: "abnormal"}


def test_growth_is_not_abnormal():
    assert states(found(history(2021, 6, growth=1.4, noise=0.02)), "years") == {}


def test_the_spring_festival_may_move():
    china = PlanYear(2027, calendar="CN")
    moved = history(changed=[(2025, 1, 0.6), (2025, 2, 1.6)])
    assert states(found(moved, year=china)) == {}
    assert set(states(found(moved))) == {"2025-02"} | ({"2025-01"} & set(states(found(moved))))
    closed = history(changed=[(2025, 1, 0.3), (2025, 2, 0.2), (2025, 3, 0.4)])
    assert set(states(found(closed, year=china))) == {"2025-01", "2025-02", "2025-03"}


def test_a_fiscal_year_that_begins_in_april():
    sold = history(2023, 4, changed=[(2025, 7, 0.4)])
    odd = found(sold, year=PlanYear(2026, first_month=4, calendar="US"))
    assert states(odd) == {"2025-07": "suggested"}
    assert odd.years["year"].tolist() == [2023, 2024, 2025][: len(odd.years)] or len(odd.years) == 3


@pytest.mark.parametrize("years", [0, 1, 2])
def test_fewer_than_three_years_say_nothing(years):
    odd = found(history(2027 - years, years) if years else history()[:0])
    assert odd.months.empty
    assert odd.years.empty


def test_row_order_and_the_plan_years_actuals_change_nothing():
    sold = history(changed=[(2025, 7, 0.4)])
    actual = pd.DataFrame({"month": ["2027-01"], "amount": [1]})
    other = found(pd.concat([sold, actual]).sample(frac=1, random_state=1))
    for one, two in zip(found(sold), other, strict=True):
        pd.testing.assert_frame_equal(one, two)
