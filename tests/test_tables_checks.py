"""What is said of a plan's tables as a whole: reviews beyond the data, rows pasted twice, plans for nobody."""

import pytest
from workbooks import copy_workbook

from salesplan.errors import PlanError
from salesplan.inputs import check, restore


@pytest.fixture
def demo_plan(tmp_path):
    return copy_workbook(tmp_path, "henan-2027") / "params" / "henan-2027"


def codes(plan, changes=None):
    return {notice.code: dict(notice.values) for notice in check(plan, changes).notices}


def test_demo_has_nothing_to_say(demo_plan):
    assert not {"lines_twice", "as_of_beyond"} & set(codes(demo_plan))


@pytest.mark.parametrize("rows", [1, 20])
def test_rows_of_this_year_pasted_twice_are_counted(demo_plan, rows):
    path = demo_plan / "data" / "sales.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, *lines[-rows:]]) + "\n", encoding="utf-8")
    assert codes(demo_plan)["lines_twice"] == {"count": rows}


def test_review_beyond_the_last_sale_is_said(demo_plan):
    found = codes(demo_plan, {"variance_review.as_of": "2027-06-30"})["as_of_beyond"]
    assert (str(found["as_of"]), str(found["last"])) == ("2027-06-30", "2027-03-31")


def test_review_beyond_the_last_sale_is_said_before_all_else(demo_plan):
    found = check(demo_plan, {"variance_review.as_of": "2027-04-30"})
    assert [notice.code for notice in found.notices].index("as_of_beyond") == 0


def test_notices_with_dates_go_from_process_to_process(demo_plan, tmp_path):
    found = check(demo_plan, {"variance_review.as_of": "2027-06-30"})
    found.save(tmp_path)
    notices = {notice.code: notice.values for notice in restore(tmp_path, found.loaded).notices}
    assert notices["as_of_beyond"] == {"as_of": "2027-06-30", "last": "2027-03-31"}


def test_commission_plan_for_a_team_nobody_is_in_is_a_fault(demo_plan):
    path = demo_plan / "commission.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("team: 渠道部", "team: 渠道"), encoding="utf-8")
    with pytest.raises(PlanError) as found:
        check(demo_plan)
    (fault,) = found.value.faults
    assert (fault.code, fault.value, fault.values["nearest"]) == ("applies_to_team", "渠道", "渠道部")
    assert fault.place == "params/henan-2027/commission.yaml line 6: plans[0].applies_to.team"


def test_missing_tables_are_said(demo_plan):
    path = demo_plan / "plan.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.strip().startswith(("products: data", "scores: data"))]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    (demo_plan / "seasonal_split.yaml").write_text("{}\n", encoding="utf-8")  # they speak of products and lines
    (demo_plan / "annual_target.yaml").write_text("levels: {commit: 5600000}\n", encoding="utf-8")
    path = demo_plan / "commission.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.strip().startswith(("special_rates:", "- {line:"))]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert {"absent_products", "absent_scores"} <= set(codes(demo_plan))
