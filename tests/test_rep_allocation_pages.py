"""Rep allocation as people see it: charts, sentences, and that every word exists in both languages."""

from dataclasses import replace
from decimal import Decimal

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from salesplan import rep_allocation as ra
from salesplan.apportion import apportion
from salesplan.calendar import fiscal_months
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.terms import RepAllocationTerms
from salesplan.wording import LANGUAGES, Words
from tests.allocation_cases import allocate

MONTHS = fiscal_months(2027)
OVER = Decimal("0.05")


def reps():
    return pd.DataFrame(
        {
            "rep": ["R1", "R2", "R3"],
            "name": ["甲", None, "丙"],
            "region": ["n", "n", "s"],
            "team": ["零售", "零售", None],
            "manager": ["m", "m", None],
            "start": pd.to_datetime(["2020-01-01", None, "2027-03-01"]),
            "end": pd.to_datetime([None, None, None]),
            "potential": pd.array([300, 200, pd.NA], dtype="Int64"),
            "capacity": pd.array([pd.NA] * 3, dtype="Int64"),
        }
    )


def history(years=(2025, 2026)):
    amounts = {"R1": 9_000_000, "R2": 700_000}
    rows = [
        (month, "n", rep, amount // 12 * (1 + (year - 2025) // 5))
        for rep, amount in amounts.items()
        for year in years
        for month in fiscal_months(year)
    ]
    return pd.DataFrame(rows, columns=["month", "region", "rep", "amount"])


def split(total=30_000_000):
    cells = pd.MultiIndex.from_product([MONTHS, ["n", "s"]], names=["month", "region"])
    return (
        pd.DataFrame({"amount": apportion(total, [2, 1] * 12)}, index=cells).reset_index().assign(quantity=float("nan"))
    )


def allocation(**changed):
    rules = {"over_assignment": OVER, "pins": [{"rep": "R2", "amount": 80_000}], **changed}
    return allocate(reps(), split(), history(), rules=RepAllocationTerms.model_validate(rules))


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "万元" if request.param == "zh" else "thousand")


def axes():
    return Figure(figsize=(8, 4)).add_subplot()


def texts(ax):
    return [text.get_text() for text in ax.texts] + [label.get_text() for label in ax.get_yticklabels()]


# --- charts ------------------------------------------------------------------------------------


def test_quota_bars_are_sorted_and_labelled(words):
    found = allocation()
    ax = charts.quotas(axes(), found.reps, words=words)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == sorted(found.reps["quota"].tolist(), reverse=True)
    for quota in found.reps["quota"]:
        assert words.money(quota, unit=False) in texts(ax)
    assert {"甲", "R2", "丙"} <= set(texts(ax))
    assert words("rep_allocation.last_year_mark") in texts(ax)
    assert "零售" in texts(ax)
    assert words.money(int(found.reps["quota"].max())) in ax.get_title(loc="left") + ax.get_title()


def test_teams_have_their_own_colour():
    ax = charts.quotas(axes(), allocation().reps, words=Words("zh"))
    order = allocation().reps.sort_values(["quota", "rep"], ascending=[False, True])["team"].fillna("")
    colours = dict(zip(order, [bar.get_facecolor() for bar in ax.patches], strict=True))
    assert len(set(colours.values())) == 2


def test_stretch_shows_whoever_has_a_past_year(words):
    found = allocation()
    ax = charts.stretch(axes(), found.reps, words=words)
    known = found.reps[found.reps["quota_to_expected"].notna()]
    assert len(known) == 2
    for row in known.itertuples():
        ratio, odds = words.percent(row.quota_to_expected, 0), words.percent(row.probability, 0)
        assert words("rep_allocation.stretch_label", ratio=ratio, odds=odds) in texts(ax)
    assert "丙" not in texts(ax)


def test_months_are_a_grid_of_reps_and_months(words):
    found = allocation()
    ax = charts.months(axes(), ra.month_totals(found.table), words=words)
    assert ax.collections[0].get_array().shape == (3, 12)
    assert [label.get_text() for label in ax.get_xticklabels()] == [words.month_short(month) for month in MONTHS]


@pytest.mark.parametrize("chart", [charts.quotas, charts.stretch])
def test_charts_without_reps_say_so(chart, words):
    nothing = allocate(reps().head(0), split(), history(), rules=RepAllocationTerms()).reps
    with mpl.rc_context():
        ax = chart(axes(), nothing, words=words)
    assert ax.get_title(loc="center") + ax.get_title(loc="left")
    assert not ax.patches


# --- sentences ----------------------------------------------------------------------------------


def said(words, found):
    return conclusions.sentences(words, found)


def test_sentences_carry_the_figures(words):
    found = allocation()
    text = "\n".join(said(words, found))
    quota, base = int(found.reps["quota"].sum()), int(found.reps["base"].sum())
    for amount in (quota, base, quota - base, found.reps["quota"].max(), found.reps["quota"].min()):
        assert words.money(int(amount)) in text
    assert words.percent(OVER) in text
    assert words.code("replaced", "team_median") not in text
    assert words.code("replaced", "median") in text
    assert words("rep_allocation.pinned", reps="R2", count=1) in text
    assert words.code("base", "capacity") in text
    assert "{" not in text


def test_sentences_without_over_assignment(words):
    lines = said(words, allocation(over_assignment=Decimal(0)))
    assert lines[0] == words("rep_allocation.total", count=3, quota=words.money(30_000_000))


def test_hard_quotas_are_named(words):
    found = allocation(pins=[{"rep": "R2", "amount": 200_000}])
    odds = found.reps.set_index("rep")["probability"]
    assert odds["R2"] < 0.2
    assert any(
        words("rep_allocation.hard", reps="R2", count=1, limit=words.percent(0.2, 0)) == line
        for line in said(words, found)
    )


def test_nobody_there_is_one_sentence(words):
    nothing = allocate(reps().head(0), split(), history(), rules=RepAllocationTerms())
    assert said(words, nothing) == [words("rep_allocation.all_unassigned", amount=words.money(30_000_000))]


def test_what_was_left_out_is_said(words):
    late = reps().assign(start=pd.Timestamp("2027-02-01"))
    found = allocate(late, split(), history((2026,)), rules=RepAllocationTerms())
    lines = said(words, found._replace(by_month=True, ground=replace(found.ground, to_cells=False)))
    months = words.list([words.month("2027-01"), words.month("2027-02")])
    unassigned = int(split().query("month in ('2027-01', '2027-02')")["amount"].sum())

    assert words("rep_allocation.unassigned", amount=words.money(unassigned), names=months) in lines
    assert {words("rep_allocation.by_month"), words("rep_allocation.months_only")} <= set(lines)


def test_many_names_are_counted(words):
    many = pd.DataFrame({"rep": [f"R{number}" for number in range(9)], "name": [None] * 9})
    expected = words("rep_allocation.and_more", names=words.list([f"R{number}" for number in range(6)]), rest=3)
    assert conclusions.named(many, words) == expected


# --- words ---------------------------------------------------------------------------------------

FAULTS = {
    "pin_rep_unknown": {"rep", "known"},
    "pin_team_unknown": {"known"},
    "pin_member_unknown": {"known"},
    "pin_month_unknown": {"first", "last"},
    "pin_no_dimension": {"dimension"},
    "pin_unit": {"unit"},
    "pins_twice": {"other"},
    "pins_cross": {"other"},
    "pins_over": {"found", "asked", "held", "over"},
    "pins_over_cells": {"found", "asked", "held", "over"},
    "pins_over_rep": {"rep", "least", "most", "over"},
    "pins_over_team": {"team", "least", "most", "over"},
    "pins_no_room": {"found", "over"},
    "limits_no_room": {"over", "reps", "months"},
    "limits_unsettled": set(),
    "transfer_pinned": {"rep"},
    "transfer_over": {"rep", "held", "over"},
    "transfers_over": {"rep", "month", "over"},
    "pins_over_month": {"month", "agreed", "target", "over"},
    "limits_over_total": {"least", "total", "over"},
    "limits_under_total": {"most", "total", "over"},
    "months_short": {"months", "over"},
    "months_over": {"months", "over"},
}


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_has_words(code, words):
    text = words(f"fault.{code}", **dict.fromkeys(FAULTS[code], "1"))
    assert text
    assert "{" not in text


@pytest.mark.parametrize("column", [*ra.QUOTA_COLUMNS, *ra.WEIGHT_COLUMNS, *ra.people_table(reps(), MONTHS).columns])
def test_every_column_has_a_header(column, words):
    assert words.get(f"column.{column}")


def test_every_parameter_has_its_meaning(words):
    from salesplan.params.schema import meaning_key, meanings

    for path, _, unit in meanings(RepAllocationTerms):
        assert words.get(meaning_key("rep_allocation", path)) or words.language == "en", path
        assert not unit or words.get(f"unit.{unit}") or words.language == "en", unit
