"""Words, formats and messages: what people read, in both languages."""

import string
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.calendar import fiscal_months
from salesplan.cli import language_of
from salesplan.errors import SHOWN, Fault, PlanError, stop_on
from salesplan.tables import Notice
from salesplan.wording import BLANK, LANGUAGES, SCALES, Words, catalogue, round_half_away
from salesplan.wording.messages import message, notice_text

HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "${x}",
    "{words}",
    "{0}",
    "{",
    "}",
    "{{ 7*7 }}",
    "{value.__class__}",
    "%s %(x)s",
    "\u202eabc\u200f",
    "長" * 300,
]
ZH, EN = Words("zh", "元"), Words("en", "one")


# ---------------------------------------------------------------- catalogue


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_texts_with_the_same_fields():
    zh, en = (catalogue(language) for language in LANGUAGES)
    assert {key for key in en.keys() - zh.keys() if not key.startswith("notebook.")} == set()
    # English falls back to the model's own words, and to a column's general header.
    assert {key for key in zh.keys() - en.keys() if not key.startswith(("param.", "unit.", "own_column."))} == set()
    different = {key for key in zh.keys() & en.keys() if fields(zh[key]) != fields(en[key])}
    assert different == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_can_be_filled(language):
    for key, text in catalogue(language).items():
        assert isinstance(text, str), key
        assert all(name.isidentifier() for name in fields(text)), key


def test_a_text_that_is_not_there_is_an_error_of_ours():
    with pytest.raises(KeyError):
        EN("nothing.of.the.kind")
    assert EN.get("nothing.of.the.kind") == ""
    assert EN.get("nothing.of.the.kind", "x") == "x"


@pytest.mark.parametrize("text", HOSTILE)
def test_values_are_filled_in_letter_for_letter(text):
    assert EN("report.as_of", date=text) == EN("report.as_of", date="DAY").replace("DAY", text)
    assert EN.list([text, text]) == text + EN("mark.list") + text


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_the_users_stay(text):
    assert EN.code("level", text) == text
    assert EN.column(text) == text
    assert EN.person(text) == text


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        pytest.param(0, 0, "0", id="zero"),
        pytest.param(1234567, 0, "1,234,567", id="thousands"),
        pytest.param(999.5, 0, "1,000", id="rounding adds a digit"),
        pytest.param(0.5, 0, "1", id="half goes up"),
        pytest.param(1.5, 0, "2", id="odd half goes up"),
        pytest.param(2.5, 0, "3", id="even half goes up too"),
        pytest.param(-0.5, 0, "-1", id="half below zero goes down"),
        pytest.param(-2.5, 0, "-3", id="even half below zero goes down too"),
        pytest.param(1.005, 2, "1.01", id="half as it is printed"),
        pytest.param(0.285, 2, "0.29", id="half that a float does not hold"),
        pytest.param(-0.4, 0, "0", id="no minus zero"),
        pytest.param(-0.004, 2, "0.00", id="no minus zero with decimals"),
        pytest.param(-0.05, 2, "-0.05", id="small and negative"),
        pytest.param(Decimal("12345.675"), 2, "12,345.68", id="exact half"),
        pytest.param(10**18, 0, "1,000,000,000,000,000,000", id="very large"),
        pytest.param(np.float64(2.5), 1, "2.5", id="numpy float"),
        pytest.param(np.int64(1200), 0, "1,200", id="numpy integer"),
        pytest.param(None, 0, BLANK, id="none"),
        pytest.param(float("nan"), 2, BLANK, id="not a number"),
        pytest.param(Decimal("nan"), 2, BLANK, id="exact not a number"),
    ],
)
def test_number(value, decimals, expected):
    assert EN.number(value, decimals) == expected


@pytest.mark.parametrize("form", ["number", "money", "percent"])
def test_unknown_of_a_nullable_column_is_blank(form):
    assert getattr(EN, form)(pd.NA) == BLANK


@given(value=st.decimals(-(10**9), 10**9, places=4), decimals=st.integers(0, 3))
def test_rounding_is_half_away_from_zero(value, decimals):
    step = Decimal(1).scaleb(-decimals)
    found = round_half_away(value, decimals)
    whole, rest = divmod(abs(value), step)
    expected = (whole + (1 if rest * 2 >= step else 0)) * step
    assert abs(found) == expected
    assert found == 0 or (found > 0) == (value > 0)
    assert round_half_away(-value, decimals) == -found


# ---------------------------------------------------------------- money


@pytest.mark.parametrize(
    ("language", "unit", "fen", "expected"),
    [
        pytest.param("zh", "万元", 560_000_000, "560.00 万元", id="ten thousands"),
        pytest.param("zh", "元", 560_000_000, "5,600,000.00 元", id="single units"),
        pytest.param("zh", "亿元", 560_000_000, "0.06 亿元", id="hundred millions, half up"),
        pytest.param("en", "thousand", 560_000_000, "5,600 thousand CNY", id="thousands without decimals"),
        pytest.param("en", "million", 560_000_000, "5.60 million CNY", id="millions"),
        pytest.param("en", "one", 560_000_000, "5,600,000.00 CNY", id="one"),
        pytest.param("en", "万元", 2_388_000_00, "2,388.0 thousand CNY", id="ten thousands in English"),
        pytest.param("en", "亿元", 560_000_000_00, "560.00 million CNY", id="hundred millions in English"),
        pytest.param("zh", "万元", -560_000_000, "-560.00 万元", id="negative"),
        pytest.param("zh", "万元", -4_999, "0.00 万元", id="nearly nothing below zero"),
        pytest.param("zh", "万元", 5_000, "0.01 万元", id="half of the last place"),
        pytest.param("en", "thousand", 50_000, "1 thousand CNY", id="half a thousand"),
        pytest.param("en", "one", 2**53 + 1, "90,071,992,547,409.93 CNY", id="more than a float holds"),
        pytest.param("en", "one", np.int64(-1), "-0.01 CNY", id="minus one fen"),
        pytest.param("en", "one", None, BLANK, id="unknown"),
        pytest.param("en", "one", float("nan"), BLANK, id="not a number"),
    ],
)
def test_money(language, unit, fen, expected):
    assert Words(language, unit).money(fen) == expected


def test_money_without_unit_and_with_other_decimals():
    words = Words("zh", "万元")
    assert words.money(123_456_789, unit=False) == "123.46"
    assert words.money(123_456_789, unit=False, decimals=0) == "123"
    assert words.money(123_456_789, decimals=4) == "123.4568 万元"


@pytest.mark.parametrize("unit", SCALES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_unit_is_named_and_scales_axes(language, unit):
    words = Words(language, unit)
    assert words.scale == SCALES[words.display_unit] * 100
    assert (words.display_unit == unit) == (language == "zh" or unit.isascii() or unit == "元")
    assert words.unit
    assert words.money(words.scale, unit=False).split(".")[0] == "1"
    assert words.money(words.scale).endswith(" " + words.unit)


@pytest.mark.parametrize(
    ("language", "unit"),
    [
        pytest.param("en", "thousand", id="en"),
        pytest.param("zh", "万元", id="zh"),
    ],
)
def test_another_currency_is_named(language, unit):
    assert Words(language, unit, "EUR").unit != Words(language, unit, "CNY").unit


@given(fen=st.integers(-(10**17), 10**17))
def test_single_units_show_every_fen(fen):
    shown = EN.money(fen, unit=False).replace(",", "")
    assert Decimal(shown) * 100 == fen


# ---------------------------------------------------------------- shares, months, dates


@pytest.mark.parametrize(
    ("share", "decimals", "expected"),
    [
        pytest.param(0.123, 1, "12.3%", id="plain"),
        pytest.param(0.1235, 1, "12.4%", id="half goes up"),
        pytest.param(-0.1235, 1, "-12.4%", id="half below zero goes down"),
        pytest.param(0.0005, 1, "0.1%", id="half of the last place"),
        pytest.param(0.285, 0, "29%", id="half that a float does not hold"),
        pytest.param(1, 0, "100%", id="whole"),
        pytest.param(12.5, 1, "1,250.0%", id="above one"),
        pytest.param(-0.0001, 1, "0.0%", id="no minus zero"),
        pytest.param(Decimal("0.0125"), 2, "1.25%", id="exact"),
        pytest.param(np.float64(0.05), 1, "5.0%", id="numpy"),
        pytest.param(None, 1, BLANK, id="unknown"),
        pytest.param(float("nan"), 1, BLANK, id="not a number"),
    ],
)
def test_percent(share, decimals, expected):
    assert EN.percent(share, decimals) == expected


@pytest.mark.parametrize(
    ("words", "long", "short", "day"),
    [
        pytest.param(ZH, "2027年3月", "3月", "2027年3月31日", id="zh"),
        pytest.param(EN, "Mar 2027", "Mar", "31 Mar 2027", id="en"),
    ],
)
def test_months_and_dates(words, long, short, day):
    assert words.month("2027-03") == long
    assert words.month_short("2027-03") == short
    assert words.date(date(2027, 3, 31)) == words.date(pd.Timestamp(2027, 3, 31)) == day
    assert words.date(None) == words.date(pd.NaT) == BLANK


@pytest.mark.parametrize("words", [ZH, EN], ids=LANGUAGES)
def test_every_month_has_a_name_of_its_own(words):
    months = fiscal_months(2027, 4)
    assert len({words.month(month) for month in months}) == 12
    assert len({words.month_short(month) for month in months}) == 12


@pytest.mark.parametrize(
    ("column", "table", "expected"),
    [
        pytest.param("amount", "", EN("column.amount"), id="known everywhere"),
        pytest.param("amount_stretch", "seasonal_split", "Amount · Stretch", id="amount of a level"),
        pytest.param("amount_ours", "", "Amount · ours", id="amount of a level of the user's"),
        pytest.param("surprise", "", "surprise", id="unknown"),
        pytest.param("amount_", "", "amount_", id="nothing behind the line"),
    ],
)
def test_header(column, table, expected):
    assert EN.column(column, table) == expected


def test_person_is_named():
    words = Words("en")
    words.names = {"R01": "Anna"}
    assert [words.person(rep) for rep in ("R01", "R02")] == ["Anna", "R02"]
    assert words.person("(unassigned)") == words.code("member", "(unassigned)") != "(unassigned)"


# ---------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(
            Fault("at_most", "params/x/commission.yaml line 14: plans[0].tiers[2].rate", "1.8", {"limit": 1}),
            "params/x/commission.yaml line 14: plans[0].tiers[2].rate = 1.8 : " + EN("fault.at_most", limit=1),
            id="number",
        ),
        pytest.param(
            Fault("cell_number", "params/x/data/sales.csv row 1042 , column amount (金额)", "1,2oo"),
            "params/x/data/sales.csv row 1042 , column amount (金额) = '1,2oo' : " + EN("fault.cell_number"),
            id="cell",
        ),
        pytest.param(
            Fault("at_least", "p", "-5", {"limit": 0, "unit": "currency"}),
            "p = -5 : " + EN("fault.at_least", limit=0) + EN("fault.unit", unit=EN.get("unit.currency", "currency")),
            id="unit behind a limit",
        ),
        pytest.param(
            Fault("number", "p", "x", {"unit": "currency"}), "p = 'x' : " + EN("fault.number"), id="no unit without"
        ),
        pytest.param(
            Fault("unknown_key", "p", "metod", {"known": "method", "nearest": "method"}),
            f"p = 'metod' : {EN('fault.unknown_key', known='method')} {EN('fault.nearest', nearest='method')}",
            id="nearest name",
        ),
        pytest.param(Fault("needed", "p"), "p : " + EN("fault.needed"), id="nothing found"),
        pytest.param(Fault("needed"), EN("fault.needed"), id="no place"),
        pytest.param(Fault("a_code_of_tomorrow", "p", 1), "p = 1 : a_code_of_tomorrow", id="text missing"),
        pytest.param(Fault("at_most", "p", "1"), "p = 1 : " + EN("fault.at_most", limit=""), id="field missing"),
        pytest.param(Fault("number", "p", ""), "p = '' : " + EN("fault.number"), id="empty text"),
        pytest.param(Fault("number", "p", "1.2.3"), "p = '1.2.3' : " + EN("fault.number"), id="almost a number"),
    ],
)
def test_message(fault, expected):
    assert message(fault, EN) == expected


@pytest.mark.parametrize("text", HOSTILE)
def test_message_quotes_what_was_found_letter_for_letter(text):
    found = message(Fault("one_of", text, text, {"expected": text, "nearest": text}), EN)
    assert found.count(text) == 4
    assert found.startswith(f"{text} = '{text}' : ")


@pytest.mark.parametrize("text", ["\x1b[2J", "a\nb", "a\rb"], ids=["escape", "new line", "return"])
def test_message_stays_one_line_and_controls_no_terminal(text):
    assert message(Fault("cell_control", "sales.csv row 2", text), EN).isprintable()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_is_a_sentence_of_the_language(language):
    words = Words(language)
    codes = [key.removeprefix("fault.") for key in catalogue(language) if key.startswith("fault.")]
    for code in codes:
        text = message(Fault(code, "here", "x", {"limit": 1, "expected": "a"}), words)
        assert text.startswith("here = 'x' : ")
        assert "{" not in text


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        pytest.param(
            Notice("blank_rows", "sales.csv", {"count": 3}), "sales.csv : 3 blank rows were left out", id="en"
        ),
        pytest.param(Notice("blank_rows", "", {"count": 3}), EN("notice.blank_rows", count=3), id="no place"),
        pytest.param(Notice("a_code_of_tomorrow", "x"), "x : a_code_of_tomorrow", id="text missing"),
        pytest.param(
            Notice("columns_left_out", "x", {"count": 1, "columns": "{words}"}),
            "x : " + EN("notice.columns_left_out", count=1, columns="{words}"),
            id="hostile header",
        ),
    ],
)
def test_notice(notice, expected):
    assert notice_text(notice, EN) == expected


def test_error_of_a_plan_says_the_first_faults_only():
    faults = [Fault("needed", f"p{number}") for number in range(SHOWN + 5)]
    with pytest.raises(PlanError) as found:
        stop_on(faults)
    assert found.value.faults == faults
    assert f"p{SHOWN - 1} " in str(found.value)
    assert f"p{SHOWN} " not in str(found.value)
    stop_on([])


# ---------------------------------------------------------------- the language of a plan


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("fiscal_year: 2027\nlanguage: en\n", "en", id="plain"),
        pytest.param("language: 'en' # as agreed\n", "en", id="quoted, with a comment"),
        pytest.param("language: zh\n", "zh", id="Chinese"),
        pytest.param("fiscal_year: 2027\n", "zh", id="default"),
        pytest.param("language: fr\n", "zh", id="unknown"),
        pytest.param("title: x\n# language: en\n", "zh", id="commented out"),
        pytest.param('{"fiscal_year": 2027, "language": "en"}', "en", id="JSON"),
        pytest.param('"language": en\n', "en", id="quoted key"),
        pytest.param("language : en\n", "en", id="space before the colon"),
        pytest.param("title: |\n  a\nlanguage: en\n", "en", id="behind a block of text"),
    ],
)
def test_messages_are_in_the_language_the_plan_names(tmp_path, text, language):
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    assert language_of(tmp_path) == language


@pytest.mark.parametrize(("machine", "language"), [("zh_CN.UTF-8", "zh"), ("en_GB.UTF-8", "en"), ("", "en")])
def test_without_a_plan_the_machine_tells(tmp_path, monkeypatch, machine, language):
    monkeypatch.setenv("LANG", machine)
    assert language_of(tmp_path) == language
