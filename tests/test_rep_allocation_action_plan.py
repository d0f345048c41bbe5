"""Action plans in five questions and the tree of conditions: terms, quantities, states, pages, bad input."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from salesplan import conclusions
from salesplan import rep_allocation as ra
from salesplan.calendar import fiscal_months
from salesplan.rep_allocation import action_plan
from salesplan.report.forms import forms_html
from salesplan.report.tree import Branch, tree_html
from salesplan.terms.action_plan import ActionPlan, Condition, Need
from salesplan.wording import Words
from tests.workbooks import command

MONTHS = fiscal_months(2027)


def lines(*rows):
    """Order lines: (month, rep, customer, order, channel, fen)."""
    return pd.DataFrame(rows, columns=["month", "rep", "customer", "order", "channel", "amount"])


def sold():
    """Last year 10 customers in 20 orders of 100.00; of the year before's 8 customers 6 bought again."""
    last = [
        ("2026-03", "A" if n < 6 else "B", f"K{n}", f"O{n}{k}", "直销" if n % 2 else "门店", 10_000)
        for n in range(10)
        for k in (0, 1)
    ]
    before = [("2025-05", "A", f"K{n}" if n < 6 else f"old{n}", f"P{n}", "直销", 10_000) for n in range(8)]
    return lines(*last, *before)


def whole(**changed):
    quotas = pd.DataFrame(
        {
            "rep": ["A", "A", "B", "(unassigned)"],
            "channel": ["直销", "门店", "直销", "直销"],
            "amount": [120_000, 60_000, 100_000, 7],
        }
    )
    reps = pd.DataFrame({"rep": ["A", "B"], "team": ["x", "y"], "ramp_share": [1.0, 0.5]})
    reps = reps.assign(capacity=pd.array([200_000, 180_000], dtype="Int64"))
    known = {"quotas": quotas, "lines": sold(), "reps": reps, "months": MONTHS, **changed}
    return action_plan.Slice(**known)


# --- quantities -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "of", "need", "have"),
    [
        pytest.param("quota", {}, 280_000, 200_000, id="quotas and last year's sales"),
        pytest.param("quota", {"rep": "A"}, 180_000, 120_000, id="of one rep"),
        pytest.param("quota", {"team": "y"}, 100_000, 80_000, id="of one team"),
        pytest.param("quota", {"channel": "直销"}, 220_000, 100_000, id="of a channel, without what nobody carries"),
        pytest.param("customers", {}, 280_000 / 20_000, 10, id="quota over 200.00 a customer"),
        pytest.param("customers", {"rep": "B"}, 5, 4, id="100,000 over 20,000"),
        pytest.param("deals", {}, 28, 20, id="quota over 100.00 an order"),
        pytest.param("deals", {"rep": "A", "channel": "门店"}, 6, 6, id="two members at once"),
        pytest.param("new_customers", {}, 14 - 7, np.nan, id="14 less the 7 of 10 who stay, six of eight did"),
        pytest.param("capacity", {}, 280_000, 200_000 + 90_000, id="capacity by the part of the year"),
        pytest.param("capacity", {"channel": "直销"}, 220_000, np.nan, id="nobody knows capacity by channel"),
        pytest.param("pipeline", {}, 80_000, np.nan, id="no deals followed"),
    ],
)
def test_quantities_are_reckoned(measure, of, need, have):
    found = action_plan.quantity(measure, whole().only(of))
    assert found == pytest.approx((need, have), nan_ok=True)


def test_customers_still_to_be_won_are_those_listed_without_sales():
    listed = pd.DataFrame({"customer": ["K0", "K0", "N1", "N2"], "rep": ["A", "B", "A", "B"]})
    assert action_plan.quantity("new_customers", whole(customers=listed))[1] == 2
    assert action_plan.quantity("new_customers", whole(customers=listed).only({"rep": "A"}))[1] == 1


def test_deals_followed_count_by_their_odds():
    deals = pd.DataFrame({"rep": ["A", "B", "B"], "amount": [100_000, 50_000, 9], "probability": [0.5, 0.2, np.nan]})
    assert action_plan.quantity("pipeline", whole(deals=deals)) == (80_000, 60_000)
    assert action_plan.quantity("pipeline", whole(deals=deals).only({"rep": "B"})) == (20_000, 10_000)


def test_sales_follow_the_customer_and_deals_their_stage():
    """K1's order has no rep and K2 was sold by one who left: both are B's now; of three deals two close in the year."""
    dates = pd.to_datetime(["2026-03-02", "2026-04-02", "2026-05-02"])
    sales = pd.DataFrame({"date": dates, "rep": [pd.NA, "gone", "A"], "customer": ["K1", "K2", "K3"], "amount": 100})
    customers = pd.DataFrame({"customer": ["K1", "K2"], "rep": "B", "start": pd.NaT, "end": pd.NaT})
    deals = pd.DataFrame(
        {
            "project": ["p", "q", "r"],
            "rep": "A",
            "amount": [100, 200, 400],
            "probability": [0.5, np.nan, 1.0],
            "close": pd.to_datetime(["2027-02-01", "2027-03-01", "2028-01-01"]),
        }
    )
    chances = pd.DataFrame({"project": ["p", "q", "r"], "probability": [0.5, 0.3, 1.0], "state": "small"})
    staff = pd.DataFrame({"rep": ["A", "B"], "name": ["A", "B"], "start": pd.NaT, "end": pd.NaT})
    people = staff.assign(capacity=pd.array([pd.NA] * 2, dtype="Int64"), **dict.fromkeys(("team", "region"), None))
    past = sales.assign(month=sales["date"].dt.strftime("%Y-%m"))[["month", "customer", "rep", "amount"]]
    split = pd.DataFrame({"month": MONTHS, "amount": 100, "quantity": 1.0})
    given = ra.Given(people, split, past, customers, deals, chances)
    found = ra.whole_plan(whole().quotas, whole().reps, given, sales)
    assert found.lines.sort_values("customer")["rep"].tolist() == ["B", "B", "A"]
    assert action_plan.quantity("pipeline", found)[1] == pytest.approx(100 * 0.5 + 200 * 0.3)


@pytest.mark.parametrize("measure", ["customers", "new_customers", "deals"])
def test_what_was_never_sold_cannot_be_reckoned(measure):
    assert np.isnan(action_plan.quantity(measure, whole(lines=sold().head(0)))).all()


def test_lines_without_customers_name_nobody():
    assert np.isnan(action_plan.quantity("customers", whole(lines=sold().drop(columns=["customer", "order"])))).all()


# --- the tree -------------------------------------------------------------------------------------


def condition(**changed):
    return Condition.model_validate({"goal": "全年", **changed})


def test_places_follow_the_tree():
    tree = condition(parts=[{"goal": "一"}, {"goal": "二", "parts": [{"goal": "三", "of": {"rep": "B"}}]}])
    table = ra.conditions_table([tree, condition(goal="另一个")], whole())
    assert table["place"].tolist() == ["1", "1.1", "1.2", "1.2.1", "2"]
    assert table["need"].tolist() == [2_800, 2_800, 2_800, 1_000, 2_800]
    assert set(table["unit"]) == {"currency"}


@pytest.mark.parametrize(
    ("needs", "state"),
    [
        pytest.param([{"what": "w", "measure": "capacity"}], "met", id="enough"),
        pytest.param([{"what": "w", "measure": "customers"}], "partly", id="10 of 14"),
        pytest.param([{"what": "w", "need": Decimal(4), "have": Decimal(1)}], "unmet", id="1 of 4"),
        pytest.param([{"what": "w", "state": "done"}], "met", id="done in words"),
        pytest.param([{"what": "w", "state": "doing"}], "partly", id="being done"),
        pytest.param([{"what": "w"}], "unmet", id="open"),
        pytest.param([{"what": "w", "measure": "pipeline"}], "unmeasured", id="nothing known"),
        pytest.param([{"what": "a", "state": "done"}, {"what": "w"}], "unmet", id="the weakest decides"),
        pytest.param([], "unmeasured", id="nothing asked"),
    ],
)
def test_a_goal_is_as_far_as_its_weakest_condition(needs, state):
    table = ra.conditions_table([condition(needs=needs)], whole())
    assert table["state"].iloc[0] == state


def test_what_there_is_may_be_typed_beside_a_reckoned_need():
    table = ra.conditions_table(
        [condition(needs=[{"what": "w", "measure": "new_customers", "have": Decimal(9)}])], whole()
    )
    row = table.iloc[1]
    assert (row["need"], row["have"], row["state"], row["unit"]) == (7, 9, "met", "customers")


def test_obstacles_keep_remedy_owner_and_day():
    hindrance = {"name": "缺样板", "remedy": "做三间", "owner": "李", "due": date(2027, 3, 1), "state": "doing"}
    row = ra.conditions_table([condition(obstacles=[hindrance])], whole()).iloc[1]
    assert row[["kind", "text", "action", "owner", "due", "state"]].tolist() == [
        "obstacle",
        "缺样板",
        "做三间",
        "李",
        date(2027, 3, 1),
        "doing",
    ]


def test_no_conditions_give_the_header():
    assert ra.conditions_table([], whole()).columns.tolist() == action_plan.COLUMNS


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ["需要 14 家，现有 10 家", "部分具备"]), ("en", ["14 customers needed", "partly"])]
)
def test_the_tree_reads_as_sentences(language, words):
    tree = condition(
        needs=[{"what": "w", "measure": "customers"}, {"what": "v", "measure": "pipeline"}],
        parts=[{"goal": "小", "obstacles": [{"name": "o"}]}],
    )
    table = ra.conditions_table([tree], whole())
    html = tree_html(conclusions.rep_allocation.conditions(Words(language, "one"), table)).html
    assert all(word in html for word in words)
    assert html.index('class="goal"') < html.index('class="need"') < html.index('class="obstacle"')
    assert html.count("<ul>") == 3


def test_a_tree_escapes_every_text():
    html = tree_html([Branch("<b>", "<i>", '"', "goal")]).html
    assert "<b>" not in html and "<i>" not in html


# --- five questions ---------------------------------------------------------------------------------


def full_plan(**changed):
    return ActionPlan.model_validate(
        {
            "do": ["做好一件事"], "reward": ["奖金"], "penalty": ["辅导"], "obstacles": ["淡季"], "skills": ["报价"],
            "support": ["市场部"], "stages": [{"what": "签约", "by": date(2027, 3, 31)}], **changed,
        }
    )  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_stands_under_its_question(language):
    words = Words(language)
    words.names = {"R1": "王五"}
    forms = conclusions.rep_allocation.action_plans(words, [full_plan(rep="R1"), full_plan(do=("大家",))])
    assert "王五" in forms[1][0] and "王五" not in forms[0][0]
    assert [len(cells) for _, cells in forms] == [5, 5]
    html = forms_html(forms).html
    for text in ("做好一件事", "奖金", "辅导", "淡季", "报价", "市场部", "签约", "大家"):
        assert text in html


def test_questions_without_an_answer_are_left_out():
    found = conclusions.rep_allocation.action_plans(Words("zh"), [ActionPlan(do=("甲",))])
    assert len(found[0][1]) == 1


@pytest.mark.parametrize(
    ("model", "bad"),
    [
        (ActionPlan, {"rep": "R1"}),
        (ActionPlan, {"do": "text"}),
        (ActionPlan, {"do": ["a"], "bonus": ["b"]}),
        (ActionPlan, {"stages": [{"what": "a"}]}),
        (Need, {"what": "a", "measure": "luck"}),
        (Need, {"what": "a", "measure": "deals", "need": Decimal(3)}),
        (Condition, {"goal": "a", "of": {"customer": "K1"}}),
        (Condition, {"goal": "a", "obstacles": [{"name": "b", "state": "late"}]}),
        (Condition, {"goal": "a", "parts": [{"goal": "b", "parts": [{"goal": "c", "parts": [{"goal": "d"}]}]}]}),
    ],
)
def test_bad_plans_are_refused(model, bad):
    with pytest.raises(ValidationError):
        model.model_validate(bad)


# --- through the files ---------------------------------------------------------------------------


def test_unknown_names_are_told_together(workbook):
    file = workbook / "params" / "minimal" / "rep_allocation.yaml"
    file.write_text(
        "action_plans:\n  - {rep: nobody, do: [call]}\n  - {do: [call]}\n  - {do: [visit]}\n  - {rep: R1}\n"
        "conditions:\n  - goal: all\n    parts:\n      - {goal: part, of: {channel: nowhere}}\n",
        encoding="utf-8",
    )
    done = command(workbook, "check", "params/minimal")
    assert done.returncode == 2, done.stdout
    assert "action_plans[3]" in done.stderr
    file.write_text(file.read_text(encoding="utf-8").replace("  - {rep: R1}\n", ""), encoding="utf-8")
    again = command(workbook, "check", "params/minimal")
    assert again.returncode == 2
    for text in ("line 2: action_plans[0].rep = 'nobody'", "action_plans[2]", "conditions[0].parts[0].of.channel"):
        assert text in again.stderr.replace("第 2 行", "line 2"), again.stderr


def test_the_demo_shows_its_plans_and_its_tree(demo):
    page = (demo / "outputs" / "henan-2027" / "first" / "3_rep_allocation.html").read_text(encoding="utf-8")
    for text in (
        "全体业务员的行动计划",
        "一、要做好哪些事",
        "二、达成的好处与未达成的处罚",
        "五、各阶段达成的时间",
        "支撑配额的客户数",
        "零售部稳住形象店",
    ):
        assert text in page
