"""Messages about a plan's files: which of many are shown, blends that are not used."""

from tables_plan import check_plan, sales
from workbooks import copy_workbook

from salesplan.checks.seasonal_split import table_notices
from salesplan.errors import SHOWN, Fault, told
from salesplan.params import load


def test_many_faults_of_one_column_do_not_drown_the_others():
    many = [Fault("cell_number", f"sales.csv row {row} , column amount", "x") for row in range(2, 42)]
    others = [Fault("cell_date", "sales.csv row 3 , column date", "x"), Fault("rep_unknown", "quotas.csv row 9", "Z")]
    shown = told([*many, *others])
    assert len(shown) == SHOWN
    assert shown == [*many[: SHOWN - 2], *others]


def test_few_faults_are_shown_as_they_are():
    faults = [Fault("needed", f"p{number}") for number in range(SHOWN)]
    assert told(faults) == faults


def test_every_kind_is_shown_while_there_is_room():
    faults = [Fault(f"code{kind}", f"f row {row}") for kind in range(7) for row in range(30)]
    assert [sum(f.code == f"code{kind}" for f in told(faults)) for kind in range(7)] == [3] * 6 + [2]


def test_a_blend_beside_another_method_is_said(tmp_path):
    plan = copy_workbook(tmp_path, "minimal") / "params" / "minimal"
    (plan / "seasonal_split.yaml").write_text("method: even\nblend: {even: 1}\n", encoding="utf-8")
    found = [notice for notice in table_notices(load(plan), {}) if notice.code == "blend_unused"]
    assert [(notice.place, notice.values) for notice in found] == [
        ("params/minimal/seasonal_split.yaml line 2: blend", {"method": "even"})
    ]


def test_columns_the_wrong_way_round_blame_the_plan(tmp_path):
    found = check_plan(
        tmp_path, {"sales": sales("2027-01-01,1\n", "date,金额X")}, columns={"sales": {"amount": "金额X"}}
    )
    fault = found.faults[0]
    assert (fault.code, fault.place, fault.value) == (
        "columns_reversed",
        "params/demo/plan.yaml: columns.sales.amount",
        "金额X",
    )
