"""Pay explained under every measure, from orders in a database; each figure against the plan and the run's tables."""

import re
from decimal import Decimal
from types import SimpleNamespace

import explain_other
import pandas as pd
import pytest
from explain_cases import assert_redone, formulas, redone
from workbooks import first_run, made_once

from salesplan.errors import PlanError
from salesplan.explaining import Asked, lines_of, words_of
from salesplan.explaining.asked import _hints
from salesplan.explaining.explained import explained
from salesplan.explaining.ground import grounds_of
from salesplan.explaining.paid import absence
from salesplan.explaining.pay import _base
from salesplan.rebuilding import from_databases


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    book = made_once(tmp_path_factory, "explain_other", explain_other.make)
    return first_run(book, "henan-2027")


@pytest.fixture(scope="module")
def grounds(run):
    with grounds_of(run) as found:
        yield found


def told(line):
    """What fills a step's text."""
    return dict(line.values)


def steps(grounds, rep, month, part):
    """The steps of a part by key, and its table as rows by head."""
    found = next(one for one in explained(grounds, Asked(rep, month, pay=True)).parts if one.key == part)
    grid = [dict(zip(found.grid.heads, row, strict=True)) for row in found.grid.rows] if found.grid else []
    return {line.key: line for line in found.lines}, grid


@pytest.mark.parametrize("rep", ["R01", "R03", "R04", "R05", "R10", "R11"])
@pytest.mark.parametrize("month", ["2027-01", "2027-03"])
def test_pay_under_every_measure_is_redone_with_a_calculator(run, grounds, rep, month):
    found = explained(grounds, Asked(rep, month, pay=True))
    lines = list(lines_of(found, words_of(run)))
    assert assert_redone(lines) == len(formulas(lines)) >= 3
    paid = grounds.table("commission").set_index(["rep", "month"]).loc[(rep, month)]
    assert found.amount == paid["payable"]


def test_the_quota_of_a_run_on_database_tables_names_the_input_and_its_rows(run, grounds):
    assert from_databases(run) == {"plan.inputs.sales": "kept/sales.parquet"}
    found = explained(grounds, Asked("R01", "2027-03"))
    lines = list(lines_of(found, words_of(run)))
    assert assert_redone(lines) >= 10
    text = "\n".join(lines)
    assert "params/henan-2027/plan.yaml: inputs.sales row " in text
    assert "kept/" not in text
    assert text.count("share by method") == 2


def test_by_amount_the_period_to_date_picks_the_tier(grounds):
    lines, ladder = steps(grounds, "R05", "2027-03", "plan")
    paid = grounds.table("commission")
    sold = int(paid[(paid["rep"] == "R05")]["actual"].head(3).sum())
    assert redone(lines["period_actual"].formula)[1] * 100 == sold
    assert sold > 60_000_00
    assert [(row["begins"], row["rate"], row["state"]) for row in ladder] == [
        ("0.00", "0.01", "reached"),
        ("60,000.00", "0.02", "reached"),
    ]
    assert "period_quota" not in lines  # a quota picks nothing here


def test_an_extra_rate_and_the_cap_are_named_with_what_was_cut(grounds):
    lines, _ = steps(grounds, "R05", "2027-03", "earned")
    assert lines["special_extra"].place.startswith("first/params/commission.yaml line ")
    assert (told(lines["special_extra"])["worth"], told(lines["special_extra"])["members"]) == ("0.002", ["专业市场"])
    table = grounds.table("commission_lines")
    own = table[table["rep"] == "R05"]
    cut = own.loc[own["rule"] == "cap", "amount"].sum()
    gross = own.loc[~own["rule"].isin(["cap", "contest", "adjustment"]), "amount"].sum()  # prizes are beside the cap
    value, result = redone(lines["cap"].formula)
    assert value == result == Decimal(90_000 - int(gross)) / 100 == Decimal(int(cut)) / 100


def test_a_margin_rate_is_sales_less_cost_over_sales(grounds):
    lines, ladder = steps(grounds, "R10", "2027-03", "plan")
    sold = redone(f"{lines['period_sold'].formula} = {lines['period_sold'].formula}")[1]
    cost = redone(f"{lines['period_cost'].formula} = {lines['period_cost'].formula}")[1]
    rate = redone(lines["margin_rate"].formula)[1]
    assert abs((sold - cost) / sold - rate) < Decimal("0.000001")
    assert [row["state"] for row in ladder] == ["reached", "reached" if rate >= Decimal("0.3") else "open", "open"]
    credited = grounds.sales
    own = credited[(credited["rep"] == "R10") & (credited["date"].dt.strftime("%Y-%m") == "2027-03")]
    assert sold * 100 == int(own["amount"].sum())


def test_the_period_before_picks_the_tier(grounds):
    first, ladder = steps(grounds, "R11", "2027-01", "plan")
    assert "no_period_before" in first
    assert [row["state"] for row in ladder] == ["reached", "open"]
    later, ladder = steps(grounds, "R11", "2027-02", "plan")
    assert told(later["period_margin"]) == {"basis": "ordered", "first": "2027-01", "last": "2027-01"}
    assert [row["state"] for row in ladder] == ["reached", "reached"]


def test_a_gate_says_what_the_period_must_reach(grounds):
    lines, ladder = steps(grounds, "R04", "2027-02", "plan")
    quotas = grounds.table("rep_allocation")
    quarter = quotas[(quotas["rep"] == "R04") & (quotas["month"] < "2027-04")]["amount"].sum()
    january = grounds.table("commission").set_index(["rep", "month"]).loc[("R04", "2027-01"), "actual"]
    # nine tenths of the quarter, less what January brought
    asked = Decimal(int(quarter)) / 100 * Decimal("0.9") - Decimal(int(january)) / 100
    assert abs(redone(lines["tier_gate"].formula)[0] - asked) < Decimal("0.005")
    assert lines["tier_gate"].place.startswith("first/params/commission.yaml line ")
    assert ladder[1]["state"] == "open"


def test_a_curve_pays_its_share_of_the_target_pay(grounds):
    lines, points = steps(grounds, "R03", "2027-03", "plan")
    assert [(row["tier_from"], row["pays"]) for row in points] == [("0.6", "0.4"), ("1", "1"), ("1.2", "1.5")]
    attainment = redone(lines["attainment"].formula)[1]
    paid = redone(lines["curve_pay"].formula)[1]
    assert attainment > Decimal("1.2")  # beyond the last point it stays
    assert paid == 2000 * Decimal("1.5")
    between, _ = steps(grounds, "R03", "2027-01", "plan")
    assert "curve_pay" in between or "curve_below" in between


def test_by_quantity_units_pick_the_tier_and_special_rates_pay_by_themselves(grounds):
    lines, ladder = steps(grounds, "R01", "2027-02", "plan")
    assert lines["period_quantity"].formula == "450.5 + 450.5 = 901.0"
    assert ladder[0]["rate"] == "0.01\u3000高级 0.012"
    earned, rows = steps(grounds, "R01", "2027-02", "earned")
    kinds = {"special_per_unit": "0.5", "special_rate": "0.03"}
    assert {key: told(earned[key])["worth"] for key in kinds} == kinds
    units = [row["calculation"] for row in rows if row["rule"] == "per_unit"]
    assert units[0] == "40 × 0.50 = 20.00"
    assert all(re.fullmatch(r"[\d,.]+ × 0\.50 = [\d,.]+", text) for text in units)


def test_a_rate_of_the_grade_and_the_factor_of_a_product_line_are_shown(grounds):
    _, rows = steps(grounds, "R01", "2027-01", "earned")
    made = {row["rate_made"] for row in rows if row["rule"] == "tier" and row["rate_made"]}
    assert "高级 0.012" in made  # below 200 units, by grade
    assert any(text.endswith((" × 1.5 = 0.03", " × 1.5 = 0.018")) for text in made)
    earned, _ = steps(grounds, "R01", "2027-01", "earned")
    assert told(earned["new_product"])["worth"] == "0.01"
    assert earned["launched"].place == "params/henan-2027/data/products.csv row 7"


def test_a_prize_is_told_with_measure_place_and_what_it_pays(grounds):
    lines, _ = steps(grounds, "R01", "2027-02", "earned")
    prize = told(lines["contest"])
    assert (prize["value"], prize["number"], prize["measure"]) == ("901", 2, "quantity")
    assert lines["contest"].formula == "200.00"  # the second prize


# ---------------------------------------------------------------- corrections of base pay


def stub(rows, paid):
    """A month of one rep with these rows of base pay, beside those `paid` before."""
    columns = ["rep", "month", "component", "of_month", "base", "weight", "achieved", "actual", "standard", "amount"]
    now, before = pd.DataFrame(rows, columns=columns), pd.DataFrame(paid, columns=columns)
    whole = pd.concat([before, now], ignore_index=True)
    return SimpleNamespace(
        rep="A", month="2027-03", rows=lambda _: now, fen=lambda _: int(now["amount"].sum()),
        grounds=SimpleNamespace(table=lambda _: whole),
    )  # fmt: skip


def test_a_correction_of_base_pay_says_its_month_and_what_was_paid_before():
    own = ("A", "2027-03", "sales", "", 400_000, 0.6, 1.0, 50_000.0, 50_000.0, 240_000)
    back = ("A", "2027-03", "sales", "2027-01", 400_000, 0.6, 0.75, 37_500.0, 50_000.0, -12_000)
    january = ("A", "2027-01", "sales", "", 400_000, 0.6, 0.85, 42_500.0, 50_000.0, 204_000)
    booked = ("A", "2027-02", "sales", "2027-01", 400_000, 0.6, 0.8, 40_000.0, 50_000.0, -12_000)
    lines = {
        (line.key, told(line).get("month", "")): line for line in _base(stub([own, back], [january, booked])).lines
    }
    # 4,000 x 0.6 x 0.75 = 1,800 now, 2,040 - 120 = 1,920 paid before
    assert lines["component_corrected", "2027-01"].formula == "4,000.00 × 0.6 × 0.75 − 1,920.00 = -120.00"
    assert lines["component", ""].formula == "4,000.00 × 0.6 × 1 = 2,400.00"
    assert told(lines["component", ""])["actual"] == "50,000"
    assert lines["base_pay", ""].formula == "2,400.00 + (-120.00) = 2,280.00"


# ---------------------------------------------------------------- names, and months without pay


REPS = pd.DataFrame(
    {
        "rep": ["A", "B", "C", "C"],
        "start": pd.to_datetime(["2027-05-10", None, "2026-01-01", "2027-06-01"]),
        "end": pd.to_datetime([None, "2027-02-28", "2026-12-31", None]),
    }
)


@pytest.mark.parametrize(
    ("rep", "month", "why"),
    [
        pytest.param("A", 4, "not_there_yet", id="joins in the month after"),
        pytest.param("A", 5, "no_plan", id="there for a part of the month"),
        pytest.param("B", 2, "no_plan", id="leaves on the last day"),
        pytest.param("B", 3, "left", id="has left"),
        pytest.param("C", 3, "no_plan", id="between two spells: there before and after"),
        pytest.param("D", 3, "no_plan", id="in no table"),
    ],
)
def test_why_somebody_is_on_no_plan(rep, month, why):
    first = pd.Timestamp(2027, month, 1)
    span = (first.date(), (first + pd.offsets.MonthEnd(0)).date())
    assert absence(REPS, rep, span)[0] == why


@pytest.mark.parametrize(
    ("asked", "code", "values"),
    [
        pytest.param(Asked("R01", "2027-04", pay=True), "explain_not_reviewed", {"last": "2027-03"}, id="to come"),
        pytest.param(Asked("沈若", "2027-03"), "explain_rep", {"nearest": "沈若溪"}, id="a name nobody has"),
    ],
)
def test_what_cannot_be_explained_says_why(grounds, asked, code, values):
    with pytest.raises(PlanError) as error:
        explained(grounds, asked)
    (fault,) = error.value.faults
    assert fault.code == code
    assert values.items() <= dict(fault.values).items()


def test_names_to_choose_from_stand_in_order():
    keys = [f"R{number:02}" for number in range(1, 13)]
    assert _hints("R99", {*keys, "沈若溪"}) == {"known": ", ".join(keys), "nearest": ""}
    assert _hints("沈若", {"R01", "R02", "沈若溪"}) == {"known": "沈若溪, R01, R02", "nearest": "沈若溪"}
    assert _hints("Nroth", {"North", "South"}) == {"known": "North, South", "nearest": "North"}


@pytest.mark.parametrize("name", ["沈若溪", " 沈若溪 ", "沈若溪 R01", "R01"])
def test_a_rep_is_found_by_key_or_name(grounds, name):
    assert explained(grounds, Asked(name, "2027-03")).member == "R01"


def test_a_name_of_two_is_refused_with_their_keys(run):
    with grounds_of(run) as own:
        people = own.inputs.tables["reps"]
        names = ["沈若溪" if rep == "R05" else name for rep, name in
                 zip(people["rep"].to_pylist(), people["name"].to_pylist(), strict=True)]  # fmt: skip
        place = people.column_names.index("name")
        own.inputs.tables["reps"] = people.set_column(place, "name", [names])
        with pytest.raises(PlanError) as error:
            explained(own, Asked("沈若溪", "2027-03"))
    (fault,) = error.value.faults
    assert (fault.code, dict(fault.values)) == ("explain_rep_names", {"known": "R01, R05"})


def test_a_month_before_somebody_joins_says_so(grounds):
    lines, _ = steps(grounds, "R13", "2027-01", "plan")
    assert list(lines) == ["not_there_yet"]
    assert f"{told(lines['not_there_yet'])['start']}" == "2027-02-15"
