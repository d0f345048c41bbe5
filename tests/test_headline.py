"""The numbers on top of the index page, and what a run assumed."""

import json
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from workbooks import ROOT

from salesplan.conclusions import headline
from salesplan.params import load
from salesplan.tables import outputs
from salesplan.wording import LANGUAGES, Words

EN = Words("en", "one")


def target_of(*rows):
    """Table annual_target from indicator, level, planned, value."""
    frame = pd.DataFrame(list(rows), columns=["indicator", "level", "planned", "value"])
    return frame.assign(unit="currency", last_year=Decimal(1))


TARGET = target_of(
    ("quantity", "commit", True, Decimal(12)),
    ("amount", "stretch", False, Decimal("9000.00")),
    ("amount", "commit", True, Decimal("5600.05")),
)
QUOTAS = pd.DataFrame({"rep": ["A", "B"], "quota": [100_000, 200_001]})
REVIEW = pd.DataFrame(
    {"rep": ["A", "(manager)"], "month": ["2027-01", "2027-01"], "target": [80_000, -5_000], "actual": [60_000, 0]}
)
PAY = pd.DataFrame({"rep": ["A", "A", "B"], "month": ["2027-01", "2027-02", "2027-01"], "payable": [100, -40, 2_000]})


@pytest.fixture
def numbers(tmp_path):
    """Headline numbers of some tables: label and value."""

    def found(words=EN, **frames):
        for name, frame in frames.items():
            (tmp_path / f"{name}.csv").write_bytes(outputs.csv_bytes(frame, name))
        return headline.numbers(tmp_path, words)

    return found


def test_nothing_without_tables(numbers, tmp_path):
    assert numbers() == []
    assert headline.numbers(tmp_path / "none", EN) == []


@pytest.mark.parametrize("name", ["rep_allocation_reps", "variance_review", "commission", "annual_target"])
def test_an_empty_table_gives_nothing(numbers, name):
    assert numbers(**{name: outputs.empty(name, ("planned",) if name == "annual_target" else ())}) == []


@pytest.mark.parametrize(
    ("name", "frame", "expected"),
    [
        pytest.param("annual_target", TARGET, ["5,600.05 CNY"], id="planned level alone, exact"),
        pytest.param("rep_allocation_reps", QUOTAS, ["3,000.01 CNY"], id="sum of the quotas given"),
        pytest.param("variance_review", REVIEW, ["600.00 CNY", "80.0%"], id="actual, and of the target with manager"),
        pytest.param("variance_review", REVIEW.assign(target=0), ["600.00 CNY"], id="no attainment without target"),
        pytest.param("commission", PAY, ["20.60 CNY"], id="payable less what is taken back"),
    ],
)
def test_number_of_a_table(numbers, name, frame, expected):
    found = numbers(**{name: frame})
    assert len(found) == len(expected)
    for (label, value), text in zip(found, expected, strict=True):
        assert label
        assert value.startswith(text)


def test_number_of_reps_is_said(numbers):
    assert "2" in " ".join(numbers(rep_allocation_reps=QUOTAS)[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_order_is_that_of_the_steps_and_labels_differ(numbers, language):
    words = Words(language, "万元" if language == "zh" else "thousand")
    found = numbers(words, commission=PAY, variance_review=REVIEW, rep_allocation_reps=QUOTAS, annual_target=TARGET)
    labels = [label for label, _ in found]
    assert len(set(labels)) == len(labels) == 5
    assert found[0] == (words("headline.target"), words.money(560_005))
    assert found[-1] == (words("headline.payable"), words.money(2_060))
    assert json.loads(json.dumps(found)) == [list(pair) for pair in found], "the manifest keeps them"


def test_amounts_that_a_float_does_not_hold(numbers):
    frame = target_of(("amount", "commit", True, Decimal("90071992547409.93")))
    assert numbers(annual_target=frame)[0][1] == "90,071,992,547,409.93 CNY"


def test_headline_of_the_demo(demo):
    run = demo / "outputs" / "henan-2027" / "first"
    words = Words("zh", "万元")
    found = headline.numbers(run / "tables", words)
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["headline"] == [list(pair) for pair in found]
    assert found[0][1] == "560.00 万元"
    assert "588.00 万元" in found[1][1], "560 x 1.05"
    assert not any(any(mark in text for mark in ("{", "}", "nan", "<NA>")) for pair in found for text in pair)


# ---------------------------------------------------------------- what a run assumed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plan", ["minimal", "henan-2027"])
def test_assumptions_are_told_in_both_languages(plan, language):
    words = Words(language)
    found = headline.assumed(load(ROOT / "params" / plan), date(2027, 3, 31), words)
    labels = [label for label, _ in found]
    assert len(set(labels)) == len(labels)
    assert all(label and value for label, value in found)
    assert "{" not in "".join(label + value for label, value in found)
    assert (words("assumed.as_of"), words.date(date(2027, 3, 31))) in found


def test_what_is_not_there_is_said():
    found = dict(headline.assumed(load(ROOT / "params" / "minimal"), None, EN))
    assert found[EN("assumed.as_of")] == EN("assumed.no_actuals")
    assert found[EN("assumed.plans")] == EN("assumed.none")
    assert found[EN("assumed.dimensions")] == EN("assumed.none")


@pytest.mark.parametrize(
    ("key", "value", "label", "expected"),
    [
        pytest.param("plan.dimensions", ["region"], "dimensions", EN.column("region"), id="dimensions"),
        pytest.param("seasonal_split.method", "even", "method", EN.code("method", "even"), id="method"),
        pytest.param("rep_allocation.over_assignment", "0.125", "over_assignment", "12.5%", id="over-assignment"),
        pytest.param("annual_target.levels", {"<b>": 5}, "level", "<b>", id="level of the user's, not yet escaped"),
        pytest.param("variance_review.revision", {"rule": "even"}, "revision", EN.code("rule", "even"), id="revision"),
        pytest.param("plan.first_month", 4, "year", "Apr 2027", id="first month of the year"),
        pytest.param("plan.tax", {"sales": "included"}, "tax", EN("assumed.tax_included"), id="tax"),
    ],
)
def test_a_parameter_changed_is_told(key, value, label, expected):
    found = dict(headline.assumed(load(ROOT / "params" / "minimal", {key: value}), None, EN))
    assert expected in found[EN(f"assumed.{label}")]


def test_hostile_names_of_plans_stay_text():
    names = ["<script>alert(1)</script>", "{words}", "${x}", "{{ 7*7 }}"]
    plans = [{"name": name, "tiers": [{"from": 0, "rate": Decimal("0.01")}]} for name in names]
    found = dict(headline.assumed(load(ROOT / "params" / "minimal", {"commission.plans": plans}), None, EN))
    assert found[EN("assumed.plans")] == EN.list(names)
