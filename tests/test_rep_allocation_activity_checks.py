"""The funnel against the plan's year and records, at `salesplan check`; the ledger's deals; the demo's records."""

import json
from pathlib import Path

import pandas as pd
import pytest

from salesplan.apportion import UNASSIGNED
from salesplan.errors import PlanError
from salesplan.inputs import check
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message, notice_text

PLAN = Path(__file__).resolve().parents[1] / "params" / "henan-2027"
STAGES = [{"activity": "投标报价"}, {"activity": "方案"}, {"activity": "拜访"}, {"activity": "电话"}]


def checked(**funnel):
    """Faults (code, key) of the demo plan with another funnel, and the notices about it."""
    given = {"stages": STAGES, **funnel}
    try:
        found = check(PLAN, {"rep_allocation.funnel": json.dumps(given, ensure_ascii=False)})
    except PlanError as error:
        for fault in error.faults:
            for language in LANGUAGES:
                assert not message(fault, Words(language)).endswith(fault.code), "every fault has its words"
        return [(fault.code, fault.place.split("funnel.")[-1]) for fault in error.faults], []
    return [], [notice for notice in found.notices if notice.code == "stage_without_records"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, [], id="every rate is in the records"),
        pytest.param({"month": "2028-01"}, [("month_of_year", "month")], id="a month of another year"),
        pytest.param({"rates": "plan"}, [("funnel_rate_missing", f"stages[{n}].activity") for n in range(4)],
                     id="the file's rates, and it has none"),
        pytest.param({"stages": [STAGES[0], {"activity": "拜方"}]}, [("funnel_rate_missing", "stages[1].activity")],
                     id="a stage nobody recorded"),
        pytest.param({"stages": [{"activity": "报价", "rate": 0.5}, STAGES[2]]},
                     [("funnel_rate_missing", "stages[1].activity")], id="the stage above is not recorded"),
        pytest.param({"stages": [{"activity": "电访"}, {"activity": "target"}], "month": "2028-01"},
                     [("activity_taken", "stages")], id="a name of the boards"),
        pytest.param({"stages": [{"activity": "微信"}, {"activity": "电话"}], "month": "2028-01"},
                     [("month_of_year", "month"), ("funnel_rate_missing", "stages[0].activity"),
                      ("funnel_rate_missing", "stages[1].activity")], id="several at once"),
    ],
)  # fmt: skip
def test_faults_of_the_funnel(given, expected):
    found, _ = checked(**given)
    assert found == expected


def test_the_nearest_recorded_activity_is_proposed():
    with pytest.raises(PlanError) as raised:
        check(PLAN, {"rep_allocation.funnel": json.dumps({"stages": [STAGES[0], {"activity": "拜访客户"}]})})
    assert "拜访" in message(raised.value.faults[0], Words("zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stage_with_a_rate_but_without_records_is_said(language):
    found, notices = checked(stages=[*STAGES[:3], {"activity": "微信", "rate": 0.2}])
    assert found == []
    assert [dict(notice.values)["activity"] for notice in notices] == ["微信"]
    assert "微信" in notice_text(notices[0], Words(language))
    assert "电话" in notice_text(notices[0], Words(language))


# --- the ledger's deals and the demo ---------------------------------------------------------------


@pytest.fixture(scope="module")
def inputs():
    return check(PLAN)


def test_deals_are_the_credited_sales_of_the_last_years(inputs):
    found, facts = inputs.frame("deals"), inputs.frame("facts")
    assert found.columns.tolist() == ["order", "customer", "rep", "date", "month", "amount"]
    assert found["amount"].sum() == facts["amount"].sum()  # the demo's history is three years
    sums = found.groupby("rep")["amount"].sum()
    pd.testing.assert_series_equal(sums, facts.groupby("rep")["amount"].sum(), check_dtype=False)
    assert found.equals(found.sort_values(["order", "customer", "rep"], ignore_index=True))


def test_an_order_is_one_deal_with_its_returns_and_shared_by_its_reps(inputs):
    sales, splits = inputs.tables["sales"].to_pandas(), inputs.tables["credit_splits"].to_pandas()
    found = inputs.frame("deals")
    returned = sales[(sales["kind"] == "return") & sales["original_order"].notna()].iloc[0]
    lines = sales[
        (sales["order"] == returned["original_order"]) | (sales["original_order"] == returned["original_order"])
    ]
    assert found.loc[found["order"] == returned["original_order"], "amount"].sum() == lines["amount"].sum()
    shared = splits["order"].iloc[0]
    assert sorted(found.loc[found["order"] == shared, "rep"]) == sorted(splits.loc[splits["order"] == shared, "rep"])


def test_the_demos_records_tell_their_stories(inputs):
    said = inputs.tables["activities"].to_pandas()
    rows = pd.read_csv(PLAN / "data" / "activities.csv")
    assert rows.columns.tolist() == ["月份", "业务员", "活动", "次数"]
    assert len(said) == len(rows)
    assert set(said["activity"]) == {stage["activity"] for stage in STAGES}
    sums = said.groupby(["rep", "activity"])["count"].sum().unstack()  # noqa: PD010 - nothing is aggregated
    desk = sums.loc["R04"]
    assert desk["拜访"] < desk["投标报价"], "hardly any visit is written down"
    whole = said.groupby("rep")["count"].agg(lambda counts: (counts % 10 == 0).all())
    assert whole[whole].index.tolist() == ["R09"]
    months = said.groupby("rep")["date"].nunique()
    assert months["R11"] < months["R10"], "some months are missing"
    assert UNASSIGNED not in set(said["rep"])
