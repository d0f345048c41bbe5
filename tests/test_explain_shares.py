"""A month's share of the year told so that a calculator leads to it, by every method."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from explain_cases import assert_redone

from salesplan import seasonal_split
from salesplan.explaining.formula import number
from salesplan.explaining.months import Season
from salesplan.explaining.shares import past_grid, share_lines
from salesplan.seasonal_split import PlanYear, company_shares
from salesplan.terms import SeasonalSplitTerms

YEAR = PlanYear(2027)
SHAPE = [8, 5, 9, 9, 8, 10, 8, 8, 9, 8, 10, 8]  # percent of a year
GROWTH = {2024: 100, 2025: 110, 2026: 125}


def history(**other):
    """Three years of one shape that grow, yuan as fen; single months as given."""
    rows = [
        (f"{year}-{place + 1:02d}", other.get(f"m{year}_{place + 1:02d}", size * times * 10_000))
        for year, times in GROWTH.items()
        for place, size in enumerate(SHAPE)
    ]
    return pd.DataFrame(rows, columns=["month", "amount"])


def season(facts, *, year=YEAR, target=180_000_000, **terms):
    rules = SeasonalSplitTerms(**terms)
    shares = company_shares(facts, year=year, rules=rules, total=target)
    return Season(target, np.zeros(12, dtype=np.int64), shares, shares, facts, year, rules)


def told(found, at):
    lines, figure = share_lines(found, at, lambda stem, path: f"{stem} {'.'.join(map(str, path))}")
    return {line.key: line for line in lines}, [line.formula for line in lines if line.formula], figure


def event(uplift, **more):
    return {"name": "a", "start": date(2027, 6, 1), "end": date(2027, 6, 30), "uplift": Decimal(uplift), **more}


WAYS = [
    pytest.param({"method": "even"}, id="even"),
    pytest.param({"method": "workdays"}, id="workdays"),
    pytest.param({"method": "manual", "manual": list(range(1, 13))}, id="manual"),
    pytest.param({"method": "pooled_share"}, id="pooled"),
    pytest.param({"method": "average_share"}, id="average"),
    pytest.param({"method": "last_year"}, id="last year"),
    pytest.param({"method": "auto"}, id="auto"),
    pytest.param({"method": "auto", "exclude": ["2025-07", "2026-02"]}, id="auto with months left out"),
    pytest.param({"method": "pooled_share", "exclude": ["2025-07"]}, id="pooled with a month left out"),
    pytest.param({"method": "auto", "events": [event("0.1"), event("-0.2", start=date(2027, 5, 11))]},
                 id="auto with events"),
    pytest.param({"method": "blended", "blend": {"auto": 3, "last_year": 1, "even": Decimal("0.5")}}, id="blended"),
    pytest.param({"method": "blended", "blend": {"pooled_share": 1, "workdays": 1}, "events": [event("0.5")]},
                 id="blended with an event"),
]  # fmt: skip


@pytest.mark.parametrize("terms", WAYS)
@pytest.mark.parametrize("calendar", ["CN", "US"])
@pytest.mark.parametrize("at", [0, 1, 5, 6, 11])
def test_every_step_leads_to_the_share_the_split_uses(terms, calendar, at):
    found = season(history(), year=PlanYear(2027, calendar=calendar), **terms)
    lines, formulas, figure = told(found, at)
    assert assert_redone(formulas) == sum(" = " in text for text in formulas) >= 1
    assert lines["share"].formula.endswith(f" = {figure.text}")
    assert abs(float(figure.value) - found.shares[at]) < 1e-11


def test_the_share_by_auto_is_computed_from_years_weights_days_and_growth():
    found = season(history(), method="auto")
    lines, formulas, _ = told(found, 5)
    steps = found.steps[0]
    days, path = np.exp(-steps.days[2, 5]), np.exp(-steps.path[0, 2, 5])
    assert lines["auto_year"].formula.startswith(f"125,000.00 ÷ 1,250,000.00 × {number(round(days, 12)).text} × ")
    assert number(round(path, 12)).text in lines["auto_year"].formula
    assert lines["auto_season"].formula.startswith("(2 × ")
    assert " + 3 × " in lines["auto_season"].formula
    assert lines["auto_season"].formula.partition(" = ")[0].endswith(") ÷ 9")
    assert dict(lines["auto_plan"].values) == {"month": "2027-06", "workdays": "21"}  # Dragon Boat Festival on the 9th
    assert lines["auto_sum"].formula.count(" + ") == 11
    assert "auto_fit" in lines
    assert len([text for text in formulas if text.endswith(lines["auto_sum"].formula.rpartition(" ")[2])]) == 1


def test_months_around_the_spring_festival_divide_what_they_have_without_it():
    found = season(history(), method="auto")
    lines, _, figure = told(found, 1)
    joint = Decimal(lines["auto_joint"].formula.rpartition(" ")[2])
    assert lines["auto_joint"].formula.count(" + ") == 2
    assert abs(float(joint) - found.shares[:3].sum()) < 1e-11
    assert figure.value < joint
    assert {"auto_joint", "auto_fit_festival"}.isdisjoint(told(found, 3)[0])
    abroad = season(history(), year=PlanYear(2027, calendar="US"), method="auto")
    assert {"auto_joint", "auto_fit_festival"}.isdisjoint(told(abroad, 1)[0])


def test_a_month_left_out_is_filled_by_its_part_of_the_other_years():
    found = season(history(m2025_07=1), method="pooled_share", exclude=["2025-07"])
    lines, _, _ = told(found, 6)
    # July was 8 of the 92 that the other months make, of 92 x 110 x 10,000 fen
    bases = [92 * times * 100 for times in (100, 125, 110)]
    shown = [number(base, 2).text for base in bases]
    months = [number(8 * times * 100, 2).text for times in (100, 125)]
    filled = number(8 * 110 * 100, 6).text
    assert lines["filled"].formula == f"({' + '.join(months)}) ÷ ({shown[0]} + {shown[1]}) × {shown[2]} = {filled}"
    assert dict(lines["filled"].values) == {"past_month": "2025-07"}
    assert lines["filled"].place == "seasonal_split exclude"
    assert lines["share"].formula.endswith(" = 0.080000000000")


def test_a_blend_is_the_weighted_mean_of_its_methods():
    found = season(history(), method="blended", blend={"last_year": 3, "even": 1})
    lines, formulas, _ = told(found, 5)
    assert formulas == [
        "1 ÷ 12 = 0.083333333333",
        "125,000.00 ÷ 1,250,000.00 = 0.100000000000",
        "(1 × 0.083333333333 + 3 × 0.100000000000) ÷ 4 = 0.095833333333",
    ]
    assert dict(lines["share_by"].values) == {"month": "2027-06", "method": "last_year", "weight": "3"}
    assert lines["share_by"].place == "seasonal_split blend.last_year"


def test_an_event_lifts_its_month_and_lowers_the_others():
    found = season(history(), method="even", events=[event("0.5")])
    days = seasonal_split.workdays(2027, 1, "CN", None)[5]
    lines, formulas, _ = told(found, 5)
    assert lines["event_lift"].formula == f"{1.5 * days:g} ÷ {days:g} = 1.500000000000"
    # 1/12 x 1.5 of 1 + 0.5/12
    assert formulas[-1].endswith("= 0.120000000000")
    assert told(found, 0)[1][-1] == "0.083333333333 ÷ (1 + 0.083333333333 × (1.5 − 1)) = 0.080000000000"


def test_a_month_that_sold_less_than_nothing_gives_its_result_alone():
    found = season(history(m2026_02=-1_000_000), method="last_year")
    lines, formulas, figure = told(found, 5)
    assert list(lines) == ["share_given"]
    assert formulas == [figure.text]
    assert abs(float(figure.value) - found.shares[5]) < 1e-14


def test_without_a_whole_year_averages_are_said():
    part = history().loc[lambda rows: rows["month"] >= "2026-05"]
    lines, _, _ = told(season(part, method="auto"), 5)
    assert list(lines) == ["share_average", "share"]
    assert past_grid(season(part, method="auto"), 5) is None


def test_the_years_used_stand_beside_it_with_the_workdays_of_the_month():
    grid = past_grid(season(history(), method="auto", history_years=2), 1)
    assert grid.heads[-1] == "workdays"
    rows = [[label, amount, whole, part] for label, amount, whole, part, _ in grid.rows]
    assert rows == [
        ["2025-02", "55,000.00", "1,100,000.00", "0.050000000"],
        ["2026-02", "62,500.00", "1,250,000.00", "0.050000000"],
    ]
    assert [row[-1] for row in grid.rows] == ["19", "16"]
