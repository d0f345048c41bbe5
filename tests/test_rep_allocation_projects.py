"""Projects followed: cadence by stage, what is overdue on a day, dates that must not be missed, cover of the quota."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from workbooks import command, copy_workbook

from salesplan import rep_allocation as ra
from salesplan.calendar import fiscal_months
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.terms import RepAllocationTerms, SeasonalSplitTerms
from salesplan.wording import LANGUAGES, Words

MONTHS = fiscal_months(2027)
DAY = date(2027, 3, 31)
STAGES = (
    {"stage": "前期设计", "follow_up_days": 7, "tasks": ("回访",)},
    {"stage": "投标", "ahead_days": 2, "probability": Decimal("0.3")},
    {"stage": "验收", "closed": True, "probability": 1},
)
RULES = RepAllocationTerms.model_validate({"project_stages": STAGES})


def deal(project="P", stage="投标", **more):
    row = {"project": project, "customer": "C1", "rep": "R1", "stage": stage, "amount": 1000_00, "close": "2027-08-01",
           "next_follow_up": "2027-04-02", "probability": np.nan}  # fmt: skip
    return {**row, **more}


def table_of(*rows):
    table = pd.DataFrame(list(rows))
    dates = {name: pd.to_datetime(table[name]) for name in ("close", "next_follow_up")}
    return table.assign(**dates).astype({"probability": "float64"})


def tracked(*rows, day=DAY, chances=None):
    return ra.project_tracking(table_of(*rows), stages=RULES.project_stages, chances=chances, day=day)


# ---------------------------------------------------------------- follow-ups


@pytest.mark.parametrize(
    ("row", "state", "overdue", "due"),
    [
        pytest.param(deal(), "on_time", 0, "2027-04-02", id="to come"),
        pytest.param(deal(next_follow_up="2027-03-31"), "on_time", 0, "2027-03-31", id="today"),
        pytest.param(deal(next_follow_up="2027-03-26"), "overdue", 5, "2027-03-26", id="five days late"),
        pytest.param(deal(next_follow_up=None), "undated", 0, "2027-04-14", id="no date: two weeks from today"),
        pytest.param(deal(next_follow_up="2027-04-14"), "on_time", 0, "2027-04-14", id="the last day the stage allows"),
        pytest.param(deal(next_follow_up="2027-04-15"), "loose", 0, "2027-04-14", id="later than the stage allows"),
        pytest.param(
            deal(stage="前期设计", next_follow_up="2027-04-08"), "loose", 0, "2027-04-07", id="early design every week"
        ),
        pytest.param(
            deal(stage="谈判", next_follow_up="2027-04-14"), "on_time", 0, "2027-04-14", id="a stage not listed"
        ),
        pytest.param(deal(close="2027-03-30"), "late_close", 0, "2027-04-02", id="close is past and no order is in"),
        pytest.param(
            deal(stage="验收", close="2027-03-30"), "on_time", 0, "2027-04-02", id="close is past, order is in"
        ),
        pytest.param(
            deal(close="2027-03-30", next_follow_up="2027-03-30"), "overdue", 1, "2027-03-30", id="overdue goes first"
        ),
    ],
)
def test_states(row, state, overdue, due):
    found = tracked(row).iloc[0]
    assert (found["state"], found["overdue_days"], f"{found['due']:%Y-%m-%d}") == (state, overdue, due)


def test_the_day_is_the_reviews_or_the_first_of_the_year():
    assert ra.standing_day(DAY, MONTHS) == DAY
    assert ra.standing_day(None, MONTHS) == date(2027, 1, 1)
    assert ra.standing_day(None, MONTHS, 25) == date(2026, 12, 26)


@pytest.mark.parametrize(
    ("row", "chances", "probability"),
    [
        pytest.param(deal(probability=0.5), None, 0.5, id="its own"),
        pytest.param(deal(), {"投标": Decimal("0.9")}, 0.3, id="its stage's"),
        pytest.param(deal(stage="前期设计"), {"前期设计": Decimal("0.2")}, 0.2, id="its stage's in the split"),
        pytest.param(deal(stage="谈判"), None, None, id="nobody knows"),
    ],
)
def test_probability_and_weighted_amount(row, chances, probability):
    found = tracked(row, chances=chances).iloc[0]
    if probability is None:
        assert found[["probability", "weighted"]].isna().all()
    else:
        assert found["probability"] == probability
        assert found["weighted"] == round(1000_00 * probability)


def test_the_most_overdue_come_first():
    late = tracked(deal("A"), deal("B", next_follow_up="2027-03-01"), deal("C", next_follow_up="2027-03-20"))
    assert late["project"].tolist() == ["B", "C", "A"]


def test_without_a_table_there_is_a_header():
    for given in (None, table_of(deal()).head(0)):
        table = ra.project_tracking(given, day=DAY)
        assert table.empty
        assert "overdue_days" in table
        assert ra.pipeline_stages(table, RULES.project_stages).empty
        assert ra.key_dates(table, (), day=DAY).empty
        assert ra.pipeline_coverage(table, reps(), months=MONTHS, recurring={}).empty
        assert ra.projects_within(table, reps(), MONTHS).empty
        assert ra.undated_bids(table, (), RULES.project_stages).empty


def test_customers_stand_by_name_where_people_read():
    customers = pd.DataFrame({"customer": ["C1"], "name": ["甲公司"]})
    shown = ra.projects_shown(tracked(deal(), deal("Q", customer="C9")), customers)
    assert shown.set_index("project")["customer"].to_dict() == {"P": "甲公司", "Q": "C9"}
    assert ra.projects_shown(tracked(deal()), None)["customer"].tolist() == ["C1"]


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("day", "state", "left"),
    [
        pytest.param("2027-03-30", "past", -3, id="over"),
        pytest.param("2027-04-01", "late", -1, id="papers should be ready"),
        pytest.param("2027-04-09", "near", 7, id="within a week"),
        pytest.param("2027-04-10", "ahead", 8, id="later"),
    ],
)
def test_bid_documents_are_ready_two_days_ahead(day, state, left):
    rules = RepAllocationTerms.model_validate(
        {"project_stages": STAGES, "project_dates": ({"project": "P", "event": "开标", "date": day},)}
    )
    found = ra.key_dates(tracked(deal()), rules.project_dates, stages=rules.project_stages, day=DAY).iloc[0]
    assert (found["state"], found["days_left"]) == (state, left)
    assert (found["date"] - found["ready_by"]).days == 2
    assert ra.undated_bids(tracked(deal(), deal("Q")), rules.project_dates, rules.project_stages)[
        "project"
    ].tolist() == ["Q"]


# ---------------------------------------------------------------- the pipeline


def reps(quota=(900_00, 100_00), expected=(600_00, None)):
    known = {"rep": ["R1", "R2"], "quota": list(quota), "expected": pd.array(expected, dtype="Int64")}
    return pd.DataFrame(known)


def covered(*rows, size=0, recurring=None):
    return ra.pipeline_coverage(tracked(*rows), reps(), months=MONTHS, recurring=recurring or {}, size=size)


def test_coverage_is_the_weighted_pipeline_of_the_year_on_the_quota():
    rows = covered(deal(), deal("B", close="2028-01-01"), deal("C", probability=1.0)).set_index("rep").loc["R1"]
    assert (rows["deals"], rows["pipeline"], rows["weighted"]) == (2, 2000_00, 1300_00)
    assert rows["coverage"] == pytest.approx(1300 / 900)


def test_small_deals_are_in_the_recurring_sales_already():
    rows = covered(deal(), deal("B", amount=100_00, probability=1.0), size=500_00, recurring={"R1": 0.5}).iloc[0]
    assert rows["recurring"] == 300_00
    assert rows["together"] == 300_00 + 300_00
    assert rows["together_share"] == pytest.approx(600 / 900)


def test_who_is_expected_nothing_known_is_unknown_together():
    rows = covered(deal(rep="R2")).iloc[0]
    assert rows["together"] is pd.NA
    assert rows["coverage"] == pytest.approx(3)


def test_a_rep_whose_projects_close_later_has_none_this_year():
    rows = covered(deal(close="2028-02-01")).iloc[0]
    assert (rows["deals"], rows["weighted"]) == (0, 0)


def test_recurring_is_what_was_no_project_last_year():
    history = pd.DataFrame(
        [("2026-03", "C1", "R1", 100), ("2026-03", "C2", "R2", 50), ("2025-03", "C1", "R1", 999)],
        columns=["month", "customer", "rep", "amount"],
    )
    big = pd.DataFrame({"month": ["2026-03"], "customer": ["C1"], "amount": [40]})
    assert ra.recurring_shares(history, big, months=MONTHS) == {"R1": 0.6, "R2": 1.0}


def test_stages_stand_in_their_order_with_what_is_done_in_them():
    stages = ra.pipeline_stages(
        tracked(deal(stage="谈判"), deal("B"), deal("C", next_follow_up="2027-03-01")), RULES.project_stages
    )
    assert stages["stage"].tolist() == ["前期设计", "投标", "验收", "谈判"]
    assert stages["deals"].tolist() == [0, 2, 0, 1]
    assert stages["overdue"].tolist() == [0, 1, 0, 0]
    assert stages["follow_up_days"].tolist() == [7, 14, 14, 14]
    assert stages["tasks"].iloc[0] == "回访"


def test_odds_and_size_are_those_of_the_split():
    split = SeasonalSplitTerms.model_validate({"projects": {"from": 2000, "stages": {"投标": Decimal("0.3")}}})
    assert ra.stage_chances(split.projects) == {"投标": Decimal("0.3")}
    assert ra.project_size(split.projects) == 2000_00
    assert ra.stage_chances(None) == {}
    assert ra.project_size(None) == 0


# ---------------------------------------------------------------- as people see it


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "元" if request.param == "zh" else "one")


def titled(ax):
    return (ax.get_title(loc="left") + ax.get_title()).replace("\n", "")


def test_the_chart_stacks_stages_beside_the_quota(words):
    within = ra.projects_within(tracked(deal(), deal("B", stage="验收"), deal("C", close="2028-05-01")), reps(), MONTHS)
    ax = charts.pipeline(Figure().add_subplot(), within, words=words)
    assert sorted(bar.get_width() for bar in ax.patches) == [300_00, 1000_00]
    assert words.percent(1300 / 900, 0) in titled(ax)
    assert words("rep_allocation.quota_mark", quota=words.money(900_00, unit=False)) in [t.get_text() for t in ax.texts]


def test_the_months_of_close_are_a_grid(words):
    ax = charts.closes(Figure().add_subplot(), tracked(deal(), deal("B", close="2027-09-09")), words=words)
    assert ax.collections[0].get_array().shape == (1, 2)


@pytest.mark.parametrize("chart", [charts.pipeline, charts.closes])
def test_no_projects_in_the_year_are_said(chart, words):
    table = ra.projects_within(tracked(deal(stage="谈判", close="2028-01-01")), reps(), MONTHS)
    assert titled(chart(Figure().add_subplot(), table, words=words)) == words("rep_allocation.no_projects_in_year")


def test_sentences_name_what_is_overdue_undated_and_late(words):
    rows = (deal("甲", next_follow_up="2027-03-26"), deal("乙", next_follow_up=None), deal("丙", close="2027-03-01"))
    table = tracked(*rows, deal("丁", stage="谈判", probability=np.nan))
    rules = RepAllocationTerms.model_validate(
        {"project_stages": STAGES, "project_dates": ({"project": "甲", "event": "开标", "date": "2027-04-01"},)}
    )
    about = {
        "projects": table,
        "dates": ra.key_dates(table, rules.project_dates, stages=rules.project_stages, day=DAY),
        "undated": ra.undated_bids(table, rules.project_dates, rules.project_stages),
        "coverage": ra.pipeline_coverage(table, reps(), months=MONTHS, recurring={}),
        "day": DAY,
    }
    text = "\n".join(conclusions.project_sentences(words, **about))
    assert words("rep_allocation.project_overdue", project="甲", rep="R1", days=5) in text
    for name in ("乙", "丙"):
        assert words("rep_allocation.project_of", project=name, rep="R1") in text
    assert words("rep_allocation.pipeline_unknown", projects="丁") in text
    assert words("rep_allocation.date_of", project="甲", event="开标", ready=words.date(date(2027, 3, 30))) in text
    assert conclusions.project_sentences(words, **{**about, "projects": table.head(0)}) == []


def test_nothing_overdue_is_said_too(words):
    table = tracked(deal())
    none = pd.DataFrame(columns=["state"])
    cover = ra.pipeline_coverage(table, reps(), months=MONTHS, recurring={})
    text = conclusions.project_sentences(
        words, projects=table, dates=none, undated=table.head(0), coverage=cover, day=DAY
    )
    assert words("rep_allocation.nothing_overdue") in text


# ---------------------------------------------------------------- faults of the files

WRONG = {
    "dealer: 信阳泰益建材商行      #": (
        "dealer: 信阳泰宜建材商行      #",
        "dealer_plans[0].dealer",
        "信阳泰益建材商行",
    ),
    "name: 工程直销, task": ("name: 工程直消, task", "tasks[3].name", "工程直销"),
    "count: 1, by: 2027-09": ("count: 1, by: 2028-09", "outlets.new[2].by", "2027-12"),
    "project: 经开区学校扩建": ("project: 经开区学校", "project_dates[1].project", "经开区学校扩建"),
    "name: 夏邑县建设路20号店": ("name: 夏邑县建设路2号店", "tasks[6].name", "夏邑县建设路20号店"),
    "owner: R10, duty": ("owner: R99, duty", "tasks[3].owner", "R99"),
    "- product: 外墙涂料\n    variants": ("- product: 外墙漆料\n    variants", "specifications[1].product", "外墙涂料"),
}


def test_every_name_nobody_knows_is_told_in_one_go(tmp_path):
    workbook = copy_workbook(tmp_path, "henan-2027")
    path = workbook / "params/henan-2027/rep_allocation.yaml"
    text = path.read_text(encoding="utf-8")
    for found, (wrong, _, _) in WRONG.items():
        assert text.count(found) == 1, found
        text = text.replace(found, wrong)
    path.write_text(text, encoding="utf-8")
    deals = workbook / "params/henan-2027/data/opportunities.csv"
    deals.write_text(deals.read_text(encoding="utf-8").replace(",R11,投标,", ",R91,投标,"), encoding="utf-8")
    done = command(workbook, "check", "params/henan-2027")
    assert done.returncode == 2
    for _, key, hint in WRONG.values():
        line = next(line for line in done.stderr.splitlines() if key in line)
        assert hint in line
    assert any("opportunities.csv" in line and "R91" in line for line in done.stderr.splitlines())
