"""One rule per type of cell: what is accepted, with its value, and what is refused, with its reason."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.tables.arrays import texts
from salesplan.tables.cells import RULES, CellError, Manner
from salesplan.tables.columns import Typed, read_column
from salesplan.tables.contract import Column, Type

MANNER = Manner(fiscal_year=2027, first_month=4)


def read(cells: list[str], type_: Type, manner: Manner = MANNER) -> Typed:
    return read_column(texts(cells), Column("x", type_, False, frozenset()), manner)


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        pytest.param("1234.5", "money", 123450, id="plain"),
        pytest.param("-0.01", "money", -1, id="one fen"),
        pytest.param("007", "money", 700, id="leading zeros"),
        pytest.param(".5", "money", 50, id="no whole part"),
        pytest.param("+5", "money", 500, id="plus"),
        pytest.param("1,234.50", "money", 123450, id="regular groups"),
        pytest.param("12,345,678", "money", 1234567800, id="groups without decimals"),
        pytest.param("¥1,234.50", "money", 123450, id="yuan sign"),
        pytest.param("￥-1,234.50", "money", -123450, id="full-width sign, minus behind"),
        pytest.param("-¥5", "money", -500, id="minus before the sign"),
        pytest.param("5元", "money", 500, id="yuan behind"),
        pytest.param("(12.50)", "money", -1250, id="accountants' brackets"),
        pytest.param("１，２３４．５０", "money", 123450, id="full width"),
        pytest.param("−5", "money", -500, id="minus sign of Unicode"),
        pytest.param("　5 ", "money", 500, id="outer spaces"),
        pytest.param("0.005", "money", 1, id="half goes up"),
        pytest.param("-0.005", "money", -1, id="half goes away from zero"),
        pytest.param("1.00499999999999", "money", 100, id="below half, many decimals"),
        pytest.param("99999999999.99", "money", 9999999999999, id="largest"),
        pytest.param("1.500", "exact_money", 150, id="zeros behind are no decimals"),
        pytest.param("2.345", "quantity", 2.345, id="quantity"),
        pytest.param("12%", "number", 0.12, id="score in percent"),
        pytest.param("12%", "rate", 0.12, id="rate in percent"),
        pytest.param("１２．５％", "rate", 0.125, id="rate in full width"),
        pytest.param("0.333333", "share", 0.333333, id="share"),
        pytest.param("33.3333%", "share", 0.333333, id="share in percent"),
        pytest.param("3", "count", 3.0, id="count"),
        pytest.param("2027-03-01", "date", date(2027, 3, 1), id="ISO"),
        pytest.param("2027/3/1", "date", date(2027, 3, 1), id="slashes"),
        pytest.param("2027.1.5", "date", date(2027, 1, 5), id="points"),
        pytest.param("2027年3月1日", "date", date(2027, 3, 1), id="Chinese"),
        pytest.param("２０２７年３月１日", "date", date(2027, 3, 1), id="Chinese in full width"),
        pytest.param("20270301", "date", date(2027, 3, 1), id="compact"),
        pytest.param("2027-03-01 14:30:00", "date", date(2027, 3, 1), id="time of day"),
        pytest.param("2024-02-29", "date", date(2024, 2, 29), id="leap day"),
        pytest.param("2027-03", "month", "2027-03", id="month"),
        pytest.param("202703", "month", "2027-03", id="compact month"),
        pytest.param("2027/3", "month", "2027-03", id="month with slash"),
        pytest.param("2027年3月", "month", "2027-03", id="Chinese month"),
        pytest.param("4月", "month", "2027-04", id="bare month of the fiscal year"),
        pytest.param("3月", "month", "2028-03", id="bare month after the new year"),
        pytest.param("2027-03-01", "month", "2027-03", id="month as its first day"),
        pytest.param("2027-03-09", "day_or_month", "2027-03-09", id="day"),
        pytest.param("2027年3月", "day_or_month", "2027-03", id="month for a day"),
        pytest.param("  张三 ", "text", "张三", id="outer spaces of a name"),
        pytest.param("007", "text", "007", id="a code keeps its zeros"),
        pytest.param("NA", "text", "NA", id="NA is a name"),
        pytest.param("null", "text", "null", id="null is a name"),
        pytest.param("Ｒ０３", "text", "Ｒ０３", id="names stay letter for letter"),
        pytest.param("5E10", "text", "5E10", id="a code like a number"),
        pytest.param("退货", "kind", "return", id="kind in Chinese"),
        pytest.param("Sale", "kind", "sale", id="kind with capital"),
    ],
)
def test_accepted(text: str, type_: Type, value: object) -> None:
    found = read([text], type_)
    assert found.values.to_pylist() == [value]
    assert found.problem_count == 0


@pytest.mark.parametrize(
    ("text", "type_", "code"),
    [
        pytest.param("1,2oo", "money", "cell_number", id="letters"),
        pytest.param("10²", "money", "cell_number", id="superscript"),
        pytest.param("٣", "money", "cell_number", id="Arabic digit"),
        pytest.param("1_000", "money", "cell_number", id="underscore"),
        pytest.param("1 234", "money", "cell_number", id="inner space"),
        pytest.param("nan", "money", "cell_number", id="nan"),
        pytest.param("inf", "quantity", "cell_number", id="inf"),
        pytest.param("-", "money", "cell_number", id="dash"),
        pytest.param("--5", "money", "cell_number", id="two signs"),
        pytest.param("5-", "money", "cell_number", id="minus behind"),
        pytest.param("NA", "money", "cell_number", id="NA"),
        pytest.param("1.234,50", "money", "cell_two_readings", id="decimal comma with points"),
        pytest.param("1,5", "money", "cell_two_readings", id="decimal comma"),
        pytest.param("1,23,456", "money", "cell_two_readings", id="irregular groups"),
        pytest.param("1e3", "money", "cell_exponent", id="exponent"),
        pytest.param("1.2E+11", "quantity", "cell_exponent", id="Excel's exponent"),
        pytest.param("12%", "money", "cell_percent", id="percent of an amount"),
        pytest.param("$5", "money", "cell_currency", id="another currency"),
        pytest.param("¥5", "quantity", "cell_number", id="currency of a quantity"),
        pytest.param("100000000000", "money", "cell_range", id="too large"),
        pytest.param("99999999999.995", "money", "cell_range", id="too large when rounded"),
        pytest.param("9" * 40, "money", "cell_range", id="far too large"),
        pytest.param("1.005", "exact_money", "cell_decimals", id="three decimals where exact"),
        pytest.param("¥1.005", "exact_money", "cell_decimals", id="three decimals with sign"),
        pytest.param("1.2", "rate", "cell_rate", id="rate over one"),
        pytest.param("12", "rate", "cell_rate", id="percent without its sign"),
        pytest.param("-0.1", "rate", "cell_rate", id="negative rate"),
        pytest.param("0.3333333", "share", "cell_decimals", id="seven decimals"),
        pytest.param("0", "share", "cell_share", id="share of nothing"),
        pytest.param("1.5", "count", "cell_count", id="half a visit"),
        pytest.param("02/03/2026", "date", "cell_date_order", id="day or month first"),
        pytest.param("25.3.26", "date", "cell_date_order", id="two-digit year"),
        pytest.param("46082", "date", "cell_date_serial", id="Excel's serial"),
        pytest.param("2027-02-30", "date", "cell_no_such_day", id="no such day"),
        pytest.param("2027-3/1", "date", "cell_date", id="mixed marks"),
        pytest.param("0207-03-01", "date", "cell_year", id="year mistyped"),
        pytest.param("2027-13", "month", "cell_month", id="month 13"),
        pytest.param("13月", "month", "cell_month", id="bare month 13"),
        pytest.param("2027.1", "month", "cell_month", id="January, or October with its zero lost"),
        pytest.param("2027-03-15", "month", "cell_month", id="a day where a month is asked"),
        pytest.param("1.2E+11", "text", "cell_excel_code", id="order number eaten by Excel"),
        pytest.param("#N/A", "text", "cell_excel_error", id="Excel error in a name"),
        pytest.param("#REF!", "money", "cell_excel_error", id="Excel error in an amount"),
        pytest.param("(unassigned)", "text", "cell_reserved", id="reserved"),
        pytest.param("a\x07b", "text", "cell_control", id="control character"),
        pytest.param("订货", "kind", "cell_kind", id="unknown kind"),
    ],
)
def test_refused(text: str, type_: Type, code: str) -> None:
    found = read(["", text], type_)
    assert found.values.to_pylist() == [None, None]
    assert [(problem.row, problem.code, problem.value) for problem in found.problems] == [(1, code, text)]


@pytest.mark.parametrize("blank", ["", " ", "\t", "　"])
def test_blank_is_unknown_never_zero(blank: str) -> None:
    for type_ in RULES:
        assert read([blank], type_).values.to_pylist() == [None]


def test_a_comma_in_a_file_of_semicolons_is_in_doubt() -> None:
    european = Manner(comma_in_doubt=True)
    assert read(["1,234"], "money", european).problems[0].code == "cell_two_readings"
    assert read(["1,234.50"], "money", european).values.to_pylist() == [123450]


def test_currency_signs_follow_the_plan() -> None:
    assert read(["$1,234.50"], "money", Manner(currency="USD")).values.to_pylist() == [123450]
    assert read(["¥5"], "money", Manner(currency="USD")).problems[0].code == "cell_currency"


def test_rounding_is_counted_and_summed() -> None:
    found = read(["1.005", "1.005", "2.001", "3.00", "¥1.0000001"], "money")
    assert found.values.to_pylist() == [101, 101, 200, 300, 100]
    assert found.rounded == 4
    assert found.rounded_by == 2 * Decimal("0.005") - Decimal("0.001") - Decimal("0.0000001")


def test_remarks_count_cells() -> None:
    found = read(["1,234.50", "1,234.50", "¥5", "５", "6"], "money")
    assert found.remarks == {"groups": 2, "currency_sign": 1, "full_width": 1}


def test_twenty_problems_are_kept_and_all_are_counted() -> None:
    found = read(["1", *["x"] * 50], "money")
    assert (len(found.problems), found.problem_count, found.problems[0].row) == (20, 50, 1)


decimals = st.decimals(
    min_value=-99_999_999_999, max_value=99_999_999_999, places=None, allow_nan=False, allow_infinity=False
)


@given(st.lists(decimals.map(lambda d: f"{d:f}"), min_size=1, max_size=20))
def test_money_of_any_decimals_is_the_exact_half_away_rounding(cells: list[str]) -> None:
    expected = [int(Decimal(c).quantize(Decimal("0.01"), ROUND_HALF_UP) * 100) for c in cells]
    assert read(cells, "money").values.to_pylist() == [None if abs(e) >= 10**13 else e for e in expected]


@given(st.integers(-(10**13) + 1, 10**13 - 1))
def test_fen_written_and_read_are_the_same(fen: int) -> None:
    sign, whole, cents = "-" * (fen < 0), abs(fen) // 100, abs(fen) % 100
    forms = [f"{sign}{whole}.{cents:02d}", f"{sign}{whole:,}.{cents:02d}", f"¥{sign}{whole:,}.{cents:02d}"]
    assert read(forms, "money").values.to_pylist() == [fen] * 3


@given(st.lists(st.text(alphabet="0123456789.,-+eE%¥()１．， ", max_size=12), min_size=1, max_size=30))
def test_the_fast_way_and_the_rule_agree(cells: list[str]) -> None:
    for type_ in ("money", "exact_money", "quantity", "number"):
        for cell, value in zip(cells, read(cells, type_).values.to_pylist(), strict=True):
            try:
                expected = RULES[type_](cell, MANNER).value if cell.strip(" ") else None
            except CellError:
                expected = None
            assert value == expected, (cell, type_)
