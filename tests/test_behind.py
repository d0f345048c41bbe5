"""The numbers behind charts whose marks cannot be told: they are named, and they are those of the frame."""

import json
import re
from html import unescape

import pandas as pd
import pytest

from salesplan import STEPS
from salesplan.charts.render import Sketch, draw
from salesplan.report.behind import CHARTS, behind
from salesplan.report.table import LEFT, kind_in
from salesplan.wording import LANGUAGES, Words

ZH = Words("zh", "万元")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chart", CHARTS)
def test_every_column_has_a_name_and_the_last_is_a_number(chart, language):
    shown, words = CHARTS[chart], Words(language)
    nameless = [name for name in shown.columns if words.column(name, shown.table) == name]
    assert [name for name in nameless if f"column.{name}" not in words.texts] == []
    assert any(kind_in(shown.table, name) not in LEFT for name in shown.columns)


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_is_there(chart):
    import importlib

    stem, name = chart
    assert stem in STEPS
    assert hasattr(importlib.import_module(f"salesplan.charts.{stem}"), name)


def test_columns_stand_as_in_the_tables_of_the_report():
    frame = pd.DataFrame({"rep": ["A", "B"], "quota": [1_234_500, 0], "value_potential": [pd.NA, 2_000_000]})
    told = behind(frame.astype({"value_potential": "Int64"}), "rep_allocation", "against_potential", ZH)
    assert (told.heads, told.money) == (["业务员", "配额", "潜力"], True)
    assert told.rows == [["A", "1.23", "–"], ["B", "0.00", "2.00"]]


def test_members_stand_side_by_side_and_what_is_unknown_is_no_nothing():
    rows = [("B", "2027-02", 0.5), ("A", "2027-02", None), ("B", "2027-01", 1.25)]
    told = behind(pd.DataFrame(rows, columns=["rep", "month", "attainment"]), "variance_review", "monthly", ZH)
    assert told.heads == ["业务员", "2月", "1月"]
    assert told.rows == [["B", "50.0%", "125.0%"], ["A", "–", "–"]]
    assert not told.money


def test_a_column_nobody_knows_anything_of_is_left_out_and_an_empty_frame_tells_nothing():
    frame = pd.DataFrame({"rep": ["A"], "quota": [100], "value_potential": pd.Series([pd.NA], dtype="Int64")})
    assert behind(frame, "rep_allocation", "against_potential", ZH).heads == ["业务员", "配额"]
    assert behind(frame.iloc[:0], "rep_allocation", "against_potential", ZH) is None
    assert behind(frame, "rep_allocation", "no such chart", ZH) is None


def test_a_chart_carries_them_where_its_marks_tell_nothing():
    from salesplan.charts import variance_review as charts

    rows = [(rep, f"2027-{month:02d}", 0.5 + month / 10) for rep in "AB" for month in (1, 2, 3)]
    frame = pd.DataFrame(rows, columns=["rep", "month", "attainment"]).assign(target=100, actual=50, variance=-50)
    svg = draw(Sketch(charts.monthly, frame, ZH, "variance_review-4")).svg
    told = json.loads(unescape(re.search(r"<metadata>(.*)</metadata>", svg)[1]))
    assert told["heads"] == ["业务员", "1月", "2月", "3月"]
    assert told["rows"] == [["A", "60.0%", "70.0%", "80.0%"], ["B", "60.0%", "70.0%", "80.0%"]]
