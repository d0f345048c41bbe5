"""seasonal_split.yaml against year, dimensions and tables: every fault at `salesplan check`, with its place."""

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from salesplan.errors import PlanError
from salesplan.inputs import check
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message

KEY = re.compile(r"--set seasonal_split\.|line \d+: ")
PARAMS = Path(__file__).resolve().parents[1] / "params"


def checked(**given):
    """Faults (code, key) of the demo plan with other values of seasonal_split, and its notices."""
    changes = {f"seasonal_split.{key}": json.dumps(value, ensure_ascii=False) for key, value in given.items()}
    try:
        return [], check(PARAMS / "henan-2027", changes).notices
    except PlanError as error:
        for fault in error.faults:
            for language in LANGUAGES:
                assert not message(fault, Words(language)).endswith(fault.code), "every fault has its words"
        return [(fault.code, KEY.split(fault.place)[-1]) for fault in error.faults], []


def event(**more):
    return {"name": "e", "start": "2027-06-01", "end": "2027-06-05", "uplift": 0.1, **more}


def launch(**more):
    return {"product": "艺术涂料", "amount": 1000, **more}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"manual": [1] * 11}, [("manual_twelve", "manual")], id="eleven weights"),
        pytest.param({"manual": [1] * 11 + [-1]}, [("at_least", "manual[11]")], id="a negative weight"),
        pytest.param({"manual": [0] * 12}, [("manual_twelve", "manual")], id="all zero"),
        pytest.param({"method": "manual"}, [("manual_missing", "manual")], id="no weights"),
        pytest.param(
            {"method": "blended", "blend": {"trend": 1, "even": 1}},
            [("one_of", "blend.trend")],
            id="a blend of an unknown method",
        ),
        pytest.param(
            {"events": [event(start="2026-06-01", end="2026-06-05"), event()]},
            [("event_outside", "events[0].start")],
            id="an event outside the year",
        ),
        pytest.param(
            {"events": [event(region="郑洲")]}, [("part_unknown", "events[0].region")], id="an unknown region"
        ),
        pytest.param({"events": [event(end="2027-05-01")]}, [("end_before_start", "events[0].end")], id="backwards"),
        pytest.param(
            {"launches": [launch(product="新品")]},
            [("launch_start_missing", "launches[0].product")],
            id="a launch without a start",
        ),
        pytest.param(
            {"launches": [launch(start="2028-01-01")]},
            [("launch_outside", "launches[0].start")],
            id="a launch after the year",
        ),
        pytest.param(
            {"launches": [launch(), launch(amount=5)]}, [("launch_twice", "launches[1]")], id="launched twice"
        ),
        pytest.param(
            {"launches": [launch(like="内墙漆")]}, [("part_unknown", "launches[0].like")], id="unknown sibling"
        ),
        pytest.param(
            {"launches": [launch(region="郑洲")]},
            [("part_unknown", "launches[0].region")],
            id="launched nowhere",
        ),
        pytest.param(
            {"pins": [{"month": "2026-12", "amount": 1}]},
            [("pin_month_unknown", "pins[0].month")],
            id="a pin beyond the year",
        ),
        pytest.param(
            {"pins": [{"quarter": 1, "amount": 5_000_000}, {"quarter": 2, "amount": 1_000_000}]},
            [("pins_over", "pins")],
            id="pins that exceed the year",
        ),
        pytest.param(
            {"pins": [{"quarter": 1, "amount": 5}, {"quarter": 1, "amount": 6}]},
            [("pins_twice", "pins[1]")],
            id="pins that contradict",
        ),
        pytest.param(
            {"pins": [{"month": "2027-01", "channel": "直播", "amount": 5}]},
            [("part_unknown", "pins[0].channel")],
            id="a pin of nobody",
        ),
        pytest.param(
            {"projects": {"from": 0, "stages": {"投标": 1.2}}},
            [("above", "projects.from"), ("at_most", "projects.stages.投标")],
            id="project terms out of range",
        ),
        pytest.param(
            {
                "events": [event(start="2026-06-01", end="2026-06-05"), event(product="白漆")],
                "launches": [launch(start="2028-01-01", like="内墙漆")],
                "pins": [{"month": "2026-12", "amount": 1}, {"amount": 1, "region": "开封"}],
            },
            [
                ("event_outside", "events[0].start"),
                ("launch_outside", "launches[0].start"),
                ("pin_month_unknown", "pins[0].month"),
                ("part_unknown", "events[1].product"),
                ("part_unknown", "pins[1].region"),
                ("part_unknown", "launches[0].like"),
            ],
            id="all at once",
        ),
    ],
)
def test_faults(given, expected):
    assert checked(**given)[0] == expected


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="the demo"),
        pytest.param({"events": [event(start="2026-12-28", end="2027-01-05")]}, id="an event across the year's begin"),
        pytest.param({"events": [event(), event(product="艺术涂料", uplift=-0.5)]}, id="of a launched product"),
        pytest.param(
            {"launches": [launch(), launch(region="郑州", product="新", start="2027-05-01")]}, id="two launches"
        ),
        pytest.param(
            {"pins": [{"month": "2027-05", "amount": 300_000}, {"quarter": 2, "amount": 1_500_000}]}, id="nested"
        ),
    ],
)
def test_what_is_right(given):
    assert checked(**given)[0] == []


def test_a_launch_nobody_planned_is_named():
    notices = checked(launches=[])[1]
    assert [(n.code, n.values["product"]) for n in notices] == [("launch_without_target", "艺术涂料")]
    assert "launch_without_target" not in {notice.code for notice in checked()[1]}


def test_a_pin_of_what_is_no_dimension():
    changes = {
        "plan.dimensions": '["region"]',
        "seasonal_split.pins": json.dumps([{"product": "瓷砖胶", "month": "2027-01", "amount": 5}], ensure_ascii=False),
    }
    with pytest.raises(PlanError) as error:
        check(PARAMS / "henan-2027", changes)
    assert "part_no_dimension" in {fault.code for fault in error.value.faults}


def test_a_target_of_zero():
    with pytest.raises(PlanError) as error:
        check(PARAMS / "henan-2027", {"annual_target.levels.commit": Decimal(0)})
    assert [fault.code for fault in error.value.faults] == ["above"]


def test_the_line_of_an_event_in_the_file(tmp_path):
    plan = shutil.copytree(PARAMS / "henan-2027", tmp_path / "params" / "henan-2027")
    file = plan / "seasonal_split.yaml"
    text = (
        file.read_text(encoding="utf-8")
        .replace("start: 2027-06-10", "start: 2025-06-10")
        .replace("2027-06-18", "2025-06-18")
    )
    file.write_text(text, encoding="utf-8")
    line = next(n for n, content in enumerate(text.splitlines(), 1) if "2025-06-10" in content)
    with pytest.raises(PlanError) as error:
        check(plan)
    assert error.value.faults[0].place.endswith(f"seasonal_split.yaml line {line}: events[0].start")


@pytest.mark.parametrize(
    ("method", "faults"),
    [("auto", 1), ("pooled_share", 1), ("last_year", 1), ("even", 0), ("workdays", 0), ("blended", 1)],
)
def test_a_history_of_one_month_needs_a_method_that_does_without(tmp_path, method, faults):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sales.csv").write_text("date,amount\n2026-11-02,100\n2026-11-20,50\n2027-01-05,10\n")
    (tmp_path / "plan.yaml").write_text("fiscal_year: 2027\nlanguage: en\ninputs: {sales: data/sales.csv}\n")
    (tmp_path / "annual_target.yaml").write_text("levels: {commit: 1000}\n")
    (tmp_path / "seasonal_split.yaml").write_text(f"method: {method}\nblend: {{even: 1, last_year: 1}}\n")
    try:
        check(tmp_path)
        found = []
    except PlanError as error:
        found = error.faults
    assert [fault.code for fault in found] == ["history_one_month"] * faults
    for fault in found:
        text = message(fault, Words("en"))
        for part in ("plan.yaml line 3: inputs.sales", "2026-11", "even, workdays, manual"):
            assert part in text
