"""Faults of commission.yaml and of the tables of money: each with its exact place, all in one pass."""

import pytest
from commission_plan import FILES, PLAN, REPS, SALES, TIERS, faults, noted, plan, told, write

from salesplan.errors import PlanError
from salesplan.inputs import check
from salesplan.wording import Words

PAID = FILES["collections"]
SPLIT = "order,rep,share,overlay\n"
SCORES = "month,rep,component,actual,standard\n"
ADJUSTED = "month,rep,amount,reason,approved_by,order,dispute\n"
YEAR = Words("en")("fault.month_of_year", first="2027-01", last="2027-12")
UNLISTED = Words("en")("fault.rep_unknown", count=1)
DISPUTES = "number,date,rep,question,state,correction\n"


def plans(*given):
    """A commission.yaml of plans with one further line each: (name, line)."""
    return "plans:\n" + "".join(f"  - name: {name}\n    {TIERS}\n    {line}\n" for name, line in given)


def test_the_plan_of_these_tests_has_no_fault(tmp_path):
    assert told(tmp_path) == []
    assert set(noted(tmp_path)) == {"absent_scores"}


# ---------------------------------------------------------------- money


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param("2027-03-01,-1500.00,SO-101,,\n", [], id="all of it back"),
        pytest.param(
            "2027-03-01,-1600.00,SO-101,,\n",
            [
                "collections.csv row 4 , column amount = -1600.00 : "
                "is more than the 1500.00 received on order SO-101 by that day, by 100.00"
            ],
            id="refund above what was paid",
        ),
        pytest.param(
            "2027-01-10,100.00,SO-101,,refund\n",
            [
                "collections.csv row 4 , column amount = -100.00 : "
                "is more than the 0.00 received on order SO-101 by that day, by 100.00"
            ],
            id="refund before the payment",
        ),
        pytest.param("2027-03-01,-400.00,SO-102,,\n", [], id="settled by money without an order"),
        pytest.param("2027-03-01,-100.00,,Ann,\n", [], id="refund to a customer who paid by order"),
        pytest.param(
            "2027-03-01,700,,Ben,refund\n",
            [
                "collections.csv row 4 , column amount = -700.00 : "
                "is more than the 500.00 received from customer Ben by that day, by 200.00"
            ],
            id="refund above all the customer paid",
        ),
        pytest.param("2027-03-01,2000.00,SO-102,,bad_debt\n", [], id="all written off"),
        pytest.param(
            "2027-02-25,500,SO-102,,\n2027-03-01,1500.01,SO-102,,坏账\n",
            [
                "collections.csv row 5 , column amount = 1500.01 : "
                "writes off more than the 1500.00 that is open on order SO-102 by that day, by 0.01"
            ],
            id="bad debt above what is open",
        ),
        pytest.param(
            "2027-01-05,100.00,SO-101,,核销坏账\n2027-03-05,1500.00,SO-101,,核销坏账\n",
            [
                "collections.csv row 5 , column amount = 1500.00 : "
                "writes off more than the 0.00 that is open on order SO-101 by that day, by 1500.00"
            ],
            id="written off twice",
        ),
        pytest.param(
            "2027-03-01,5,,Ben,bad_debt\n",
            ["collections.csv row 4 , column order : a bad debt must name its order"],
            id="bad debt of no order",
        ),
        pytest.param(
            "2027-03-01,-5,SO-102,,bad_debt\n",
            [
                "collections.csv row 4 , column amount = -5.00 : a bad debt must be above zero; "
                "if it was recovered later, lower or delete the row that wrote it off"
            ],
            id="negative bad debt",
        ),
        pytest.param(
            "2027-03-01,5,SO-1O1,,\n",
            [
                "collections.csv row 4 , column order = 'SO-1O1' : is no order in sales; if it is an order from "
                "before the data, leave the order blank and name the customer. Is it SO-101?"
            ],
            id="unknown order, the nearest proposed",
        ),
        pytest.param(
            "2027-03-01,5,SO-102,,gift\n",
            [
                "collections.csv row 4 , column kind = 'gift' : "
                "must be one of: payment (收款), refund (退款), bad_debt (坏账)"
            ],
            id="unknown kind",
        ),
    ],
)
def test_payments(tmp_path, rows, expected):
    assert told(tmp_path, collections=PAID + rows) == expected


def test_refunds_and_unknown_orders_in_chinese(tmp_path):
    rows = "2027-03-01,-1600.00,SO-101,,\n2027-03-01,5,SO-1O1,,\n"
    over, unknown = told(tmp_path, language="zh", collections=PAID + rows)
    start = "collections.csv 第 4 行 ,列 amount = -1600.00 : "
    assert over.replace("\uff0c", ",").replace(" 列", "列").startswith(start)
    assert "退款超出订单 SO-101 到这一天的实收 1500.00" in over
    assert "请把订单留空并填写客户" in unknown
    assert "是不是 SO-101" in unknown


def test_dues_with_tax_leave_room_for_bad_debts_with_tax(tmp_path):
    folder = write(tmp_path, collections=PAID + "2027-03-01,2260.00,SO-102,,bad_debt\n")
    path = folder / "plan.yaml"
    path.write_text(path.read_text() + "tax: {sales: excluded, collections: included, rate: 0.13}\n")
    assert check(folder).tables["collections"]["kind"].to_pylist() == ["payment", "payment", "bad_debt"]
    text = (folder / "data" / "collections.csv").read_text().replace("2260.00", "2260.01")
    (folder / "data" / "collections.csv").write_text(text)
    with pytest.raises(PlanError) as found:
        check(folder)
    assert [(fault.code, fault.values["open"]) for fault in found.value.faults] == [("bad_debt_over", "2260.00")]


def test_dues_without_tax_of_orders_with_it(tmp_path):
    folder = write(tmp_path, collections=PAID + "2027-03-01,1769.92,SO-102,,bad_debt\n")
    path = folder / "plan.yaml"
    path.write_text(path.read_text() + "tax: {sales: included, collections: excluded, rate: 0.13}\n")
    with pytest.raises(PlanError) as found:
        check(folder)
    assert [(fault.code, fault.values["open"]) for fault in found.value.faults] == [("bad_debt_over", "1769.91")]


def test_refunds_are_negative_and_negative_payments_refunds(tmp_path):
    rows = "2027-03-01,100.00,SO-101,,退款\n2027-03-02,-100.00,SO-101,,\n"
    found = check(write(tmp_path, collections=PAID + rows))
    assert found.tables["collections"]["kind"].to_pylist()[2:] == ["refund", "refund"]
    assert found.tables["collections"]["amount"].to_pylist()[2:] == [-10000, -10000]
    assert {notice.code: notice.values for notice in found.notices}["refunds_turned"] == {"count": 1}


def test_payments_of_customers_who_never_bought_are_said(tmp_path):
    found = noted(tmp_path, collections=PAID + "2027-03-01,5,,Bem,\n")
    assert found["payments_of_unknown"].startswith("collections.csv row 4 , column customer : 1 payments are from")


BACK = "2027-03-{day},R{day},Ann,{product},North,Shop,A,,{amount},,return,SO-101\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([("01", "Tea", -1000), ("02", "Rice", -500)], [], id="everything"),
        pytest.param(
            [("01", "Tea", -700), ("02", "Tea", -400), ("03", "Tea", -1)],
            [
                "sales.csv row 8 , column amount = -400.00 : order SO-101 has 1000.00 of Tea in all, "
                "and 1100.00 has come back by then; is it entered twice?"
            ],
            id="more of a product than ordered, at the first such row",
        ),
        pytest.param(
            [("05", "Tea", -400), ("02", "Tea", -700)],
            [
                "sales.csv row 7 , column amount = -400.00 : order SO-101 has 1000.00 of Tea in all, "
                "and 1100.00 has come back by then; is it entered twice?"
            ],
            id="by day, not by row",
        ),
        pytest.param(
            [("01", "", -1500.01)],
            [
                "sales.csv row 7 , column amount = -1500.01 : order SO-101 is 1500.00 in all, "
                "and 1500.01 has come back by then; is it entered twice?"
            ],
            id="of no product, more than the order",
        ),
        pytest.param([("01", "Oil", -1200)], [], id="a product the order does not have counts for the order"),
    ],
)
def test_returns(tmp_path, rows, expected):
    lines = "".join(BACK.format(day=day, product=product, amount=amount) for day, product, amount in rows)
    assert told(tmp_path, sales=SALES + lines) == expected


def test_returns_of_earlier_years_stop_nobody(tmp_path):
    line = "2026-04-01,R1,Ann,Tea,North,Shop,A,,-700,,return,H1\n"
    assert told(tmp_path, sales=SALES + line) == []


# ---------------------------------------------------------------- credit


@pytest.mark.parametrize(
    ("rows", "terms", "expected"),
    [
        pytest.param("SO-101,A,0.5,\nSO-101,B,0.5,否\n", "", [], id="whole"),
        pytest.param(
            "SO-101,A,0.5,\nSO-102,A,1,\nSO-101,B,0.4,no\n",
            "",
            [
                "credit_splits.csv row 2 , column order = 'SO-101' : "
                "the shares of this order sum to 0.900000 , must be 1 (rows 2 , 4 , 2 in all)"
            ],
            id="not whole, with all its rows",
        ),
        pytest.param("SO-101,A,1,\nSO-101,B,0.3,是\n", "overlay_credit: 0.3\n", [], id="beside the whole as declared"),
        pytest.param("SO-101,B,0.3,yes\n", "overlay_credit: 0.3\n", [], id="the owner keeps the whole"),
        pytest.param(
            "SO-101,A,1,\nSO-101,B,0.3,是\n",
            "",
            [
                "credit_splits.csv row 3 , column share = 0.3 : credit beside the whole sums to 0.300000 on order "
                "SO-101 , more than the 0 that overlay_credit in commission.yaml allows"
            ],
            id="not declared",
        ),
        pytest.param(
            "SO-101,A,0.8,\nSO-101,B,0.2,maybe\n",
            "",
            ["credit_splits.csv row 3 , column overlay = 'maybe' : must be one of: yes (是), no (否)"],
            id="neither yes nor no",
        ),
    ],
)
def test_shared_credit(tmp_path, rows, terms, expected):
    found = told(tmp_path, PLAN + terms, credit_splits=SPLIT + rows)
    assert [text for text in found if "0.800000" not in text] == expected


# ---------------------------------------------------------------- plans and reps


@pytest.mark.parametrize(
    ("commission", "expected"),
    [
        pytest.param(
            plans(("a", "applies_to: {team: Insid}")),
            [
                "commission.yaml line 4: plans[0].applies_to.team = 'Insid' : "
                "the table of reps has no such team; it has Field, Inside. Is it Inside?"
            ],
            id="a team nobody is in",
        ),
        pytest.param(
            plans(("a", "applies_to: {team: Inside, grade: G2}"), ("b", "cap: 1")),
            ["commission.yaml line 4: plans[0].applies_to = 'team: Inside, grade: G2' : no rep is all of this"],
            id="no rep is both",
        ),
        pytest.param(
            plans(("a", "applies_to: {team: Field}"), ("a", "from: 2027-06")),
            [
                "commission.yaml line 5: plans[1].name = 'a' : has the name of commission.yaml line 2: plans[0].name , "
                "and both hold in 2027-06 ; give it another name, or part them by from and until"
            ],
            id="two of one name in one month",
        ),
        pytest.param(plans(("a", "until: 2027-05"), ("a", "from: 2027-06")), [], id="one name, one after the other"),
        pytest.param(
            plans(("a", "until: 2027-05"), ("b", "measure_basis: collected")),
            [
                "commission.yaml line 5: plans[1].name = 'b' : credits what is collected, while A (of 2 reps) is "
                "within the year also on plan a, which credits what is ordered: an order would count twice or never; "
                "let both credit at the same stage ( measure_basis, basis ), or change with the new year"
            ],
            id="an order that would count under both",
        ),
        pytest.param(
            plans(("a", "applies_to: {team: Field}"), ("b", "measure_basis: collected")), [], id="stages of other reps"
        ),
        pytest.param(
            plans(("a", "until: 2027-05"), ("b", "basis: ordered")),
            [],
            id="another basis that credits at the same stage",
        ),
        pytest.param(
            plans(("a", "from: 2026-12"), ("b", "until: 2028-01")),
            [
                "commission.yaml line 4: plans[0].from = '2026-12' : " + YEAR,
                "commission.yaml line 7: plans[1].until = '2028-01' : " + YEAR,
            ],
            id="months outside the year",
        ),
        pytest.param(
            plan("holdback: {share: 0.1, until: 2026-11}"),
            [
                "commission.yaml line 4: plans[0].holdback.until = '2026-11' : "
                "must not be before the first month of the fiscal year, 2027-01"
            ],
            id="held back until before the year",
        ),
        pytest.param(plan("holdback: {share: 0.1, until: 2029-11}"), [], id="held back beyond the year"),
        pytest.param(
            PLAN + "alternatives:\n  - name: x\n    plans: [{name: y, applies_to: {region: Nord}, "
            "tiers: [{from: 0, rate: 0}]}]\n",
            [
                "commission.yaml line 6: alternatives[0].plans[0].applies_to.region = 'Nord' : "
                "the table of reps has no such region; it has North. Is it North?"
            ],
            id="alternatives are held to the same",
        ),
    ],
)
def test_plans(tmp_path, commission, expected):
    assert told(tmp_path, commission) == expected


def test_a_list_of_plans_for_nobody_who_is_there(tmp_path):
    gone = REPS.replace("Inside,B,,,", "Inside,B,2020-01-01,2026-12-31,").replace("Field,,,,", "Field,,2028-01-01,,")
    sales = "\n".join(line for line in SALES.splitlines() if not line.startswith("2027")) + "\n"
    found = told(tmp_path, sales=sales, reps=gone, customers="", collections="")
    assert found == [
        "commission.yaml line 1: plans : none of these plans (standard) fits a rep who is there in this fiscal year"
    ]


def test_plans_that_never_apply_are_said(tmp_path):
    given = plans(("a", "until: 2027-06"), ("b", "applies_to: {team: Field}"), ("c", "from: 2027-07"), ("d", "cap: 1"))
    found = noted(tmp_path, given)
    assert (
        found["plan_shadowed"]
        == "commission.yaml line 11: plans[3].name : Plan d is never used: a, b, c take all of its reps"
    )
    late = REPS.replace("Field,,,,", "Field,,2027-07-01,,")
    sales = SALES.replace("Web,B", "Web,A")
    found = noted(tmp_path, plans(("a", "applies_to: {team: Field}\n    until: 2027-05"), ("b", "cap: 1")),
                  reps=late, sales=sales)  # fmt: skip
    assert found["plan_nobody_there"].startswith("commission.yaml line 2: plans[0].name : Plan a: no rep it fits")


# ---------------------------------------------------------------- members, months, scores


@pytest.mark.parametrize(
    ("commission", "expected"),
    [
        pytest.param(
            plan("special_rates: [{product: Teaa, rate: 0.1}, {line: Drink, factor: 2}, {channel: Webb, extra: 0.1}]"),
            [
                "commission.yaml line 4: plans[0].special_rates[0].product = 'Teaa' : "
                "is not in the data; known: Rice, Tea. Is it Tea?",
                "commission.yaml line 4: plans[0].special_rates[1].line = 'Drink' : "
                "is not in the data; known: Drinks, Food. Is it Drinks?",
                "commission.yaml line 4: plans[0].special_rates[2].channel = 'Webb' : "
                "is not in the data; known: Shop, Web. Is it Web?",
            ],
            id="special rates",
        ),
        pytest.param(
            "plans:\n  - name: a\n    rates_by: customer_grade\n    tiers:\n"
            "      - {from: 0, rate: 0.01, rates: {Gold: 0.02, Sliver: 0.03}}\n",
            [
                "commission.yaml line 5: plans[0].tiers[0].rates.Sliver = 'Sliver' : "
                "is not in the data; known: Gold, Silver. Is it Silver?"
            ],
            id="rates by member",
        ),
        pytest.param(
            PLAN + "contests: [{name: x, months: [2027-01, 2028-01], product: Rise, among: {team: Outside}}]\n"
            "minimum_wage: {amount: 1, regions: {Nort: 2}}\n",
            [
                "commission.yaml line 4: contests[0].months[1] = '2028-01' : " + YEAR,
                "commission.yaml line 4: contests[0].product = 'Rise' : "
                "is not in the data; known: Rice, Tea. Is it Rice?",
                "commission.yaml line 4: contests[0].among.team = 'Outside' : "
                "is not in the data; known: Field, Inside. Is it Inside?",
                "commission.yaml line 5: minimum_wage.regions.Nort = 'Nort' : "
                "is not in the data; known: North. Is it North?",
            ],
            id="contests and wages",
        ),
    ],
)
def test_members(tmp_path, commission, expected):
    assert told(tmp_path, commission) == expected


def test_rules_need_their_tables(tmp_path):
    given = plan(
        "rates_by: grade",
        "leavers: {rule: transferred}",
        "rebates: accrued",
        "override: {tiers: [{from: 0, rate: 0.001}]}",
    )
    reps = REPS.replace(",G1", ",").replace(",G2", ",").replace("Inside,B", "Inside,")
    assert told(tmp_path, given, reps=reps, customers="") == [
        "commission.yaml line 4: plans[0].rates_by : there is nothing to compare with: reps.grade are empty",
        "commission.yaml line 5: plans[0].leavers.rule : needs column rep of table customers, which has nothing",
        "commission.yaml line 6: plans[0].rebates : needs column rebate_rate of table customers, which has nothing",
        "commission.yaml line 7: plans[0].override : needs column manager of table reps, which has nothing",
    ]
    assert told(tmp_path, given) == []


@pytest.mark.parametrize(
    ("line", "key"),
    [("paid_on: margin", "paid_on"), ("measure: margin", "measure"), ("measure: margin_rate", "measure")],
)
def test_margin_needs_the_cost_of_every_line(tmp_path, line, key):
    sales = SALES.replace("900.00", "").replace("300.00", "")
    (found,) = told(tmp_path, plan(line), sales=sales)
    assert found == (
        f"commission.yaml line 4: plans[0].{key} = '{line.split(': ')[1]}' : needs the cost, "
        "which 2 rows of this fiscal year do not have; the first is sales.csv row 5"
    )
    assert told(tmp_path, plan(line), sales=SALES.replace("60.00", "")) == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            "2027-01,A,record,1,1\n2027-02,A,record,1,1\n2026-01,A,old,1,1\n",
            [
                "scores.csv row 2 , column component = 'record' : "
                "is a component of no commission plan; known are: records, sales. Is it records?"
            ],
            id="a component of no plan, once, this year only",
        ),
        pytest.param(
            "2027-01,A,records,1,\n2027-02,A,records,1,-1\n",
            [
                "scores.csv row 3 , column standard = -1 : a standard must not be below 0",
                "scores.csv row 2 , column standard : is needed and must not be blank",
            ],
            id="no standard",
        ),
    ],
)
def test_scores(tmp_path, rows, expected):
    given = plan("base_pay: {components: {sales: 0.5, records: 0.5}}")
    assert told(tmp_path, given, scores=SCORES + rows) == expected


def test_components_nobody_scored_are_said(tmp_path):
    given = plan("base_pay: {components: {sales: 0.5, records: 0.5}}")
    found = noted(tmp_path, given, scores=SCORES + "2027-01,A,sales,1,1\n2026-01,A,records,1,1\n")
    assert found["components_unscored"] == (
        "commission.yaml line 4: plans[0].base_pay.components : "
        "Plan standard: nobody has a score for records in this fiscal year; it counts as met"
    )


# ---------------------------------------------------------------- corrections by hand


def test_corrections_and_disputes(tmp_path):
    adjusted = "2028-01,A,5,x,y,,\n2027-01,C,5,x,y,,\n2027-01,A,5,x,y,SO-109,D9\n2027-01,B,5,x,y,,D1\n"
    asked = "D1,2027-02-01,A,why,已更正,6\nD2,2027-02-01,Z,why,,\nD2,2027-02-01,A,why,later,\n"
    found = told(
        tmp_path,
        adjustments=ADJUSTED + adjusted,
        disputes=DISPUTES + asked,
        corrections="month,reason\n2029-01,x\n2027-13,y\n",
    )
    assert sorted(found) == sorted([
        "adjustments.csv row 2 , column month = '2028-01' : " + YEAR,
        "adjustments.csv row 3 , column rep = 'C' : " + UNLISTED,
        "adjustments.csv row 4 , column order = 'SO-109' : is no order in sales. Is it SO-102?",
        "adjustments.csv row 4 , column dispute = 'D9' : is no number of the register of disputes.",
        "adjustments.csv row 5 , column rep = 'B' : dispute D1 was raised by A ( disputes.csv row 2 , column rep ), "
        "but the adjustment goes to somebody else",
        "adjustments.csv row 5 , column amount = 5.00 : the adjustments for dispute D1 sum to 5.00 , "
        "but the register says 6.00 ( disputes.csv row 2 , column correction )",
        "corrections.csv row 2 , column month = '2029-01' : " + Words("en")("fault.correction_none_closed"),
        "corrections.csv row 3 , column month = '2027-13' : is not a month; write 2027-03",
        "disputes.csv row 3 , column rep = 'Z' : " + UNLISTED,
        "disputes.csv row 4 , column number = 'D2' : "
        "is there already at disputes.csv row 3 ( number may occur only once)",
        "disputes.csv row 4 , column state = 'later' : must be one of: open (待处理), answered (已答复), "
        "corrected (已更正), withdrawn (已撤回)",
    ])  # fmt: skip


def test_an_answered_dispute_is_no_fault(tmp_path):
    rows = ADJUSTED + "2027-01,A,5,x,y,SO-101,D1\n2027-02,A,1,x,y,,D1\n2026-12,A,5,x,y,,\n"
    given = {"adjustments": rows, "disputes": DISPUTES + "D1,2027-02-01,A,why,,6\n"}
    found = check(write(tmp_path, **given))
    assert found.tables["disputes"]["state"].to_pylist() == ["open"]
    assert (
        "adjustments.csv row 4 , column month : 1 rows are of months before 2027-01"
        in noted(tmp_path, **given)["rows_before_year"]
    )


def test_places_of_both_are_in_the_language(tmp_path):
    given = {"adjustments": ADJUSTED + "2027-01,B,6,x,y,,D1\n", "disputes": DISPUTES + "D1,2027-02-01,A,why,,6\n"}
    (found,) = told(tmp_path, language="zh", **given)
    assert "disputes.csv 第 2 行" in found
    assert "row" not in found


def test_every_fault_of_parameters_and_tables_in_one_pass(tmp_path):
    given = PLAN.replace("rate: 0.02", "rate: 2") + "contests: [{name: x, months: [2028-01]}]\n"
    codes = {fault.code for fault in faults(tmp_path, given, collections=PAID + "2027-03-01,5,SO-9,,\n")}
    assert codes == {"at_most", "payment_order_unknown", "month_of_year"}


# ---------------------------------------------------------------- how people write


def test_chinese_headers_and_a_gbk_file(tmp_path):
    folder = write(tmp_path, collections="", credit_splits="")
    (folder / "data" / "collections.csv").write_bytes(
        "收款日期,收款金额,订单编号,客户名称,收款类型\n2027-01-20,1500.00,SO-101,,回款\n2027-01-21,100,SO-101,,退款\n".encode(
            "gb18030"
        )
    )
    (folder / "data" / "credit_splits.csv").write_bytes(
        "订单号,业务员,比例,是否附加\nSO-101,A,100%,否\n".encode("gb18030")
    )
    path = folder / "plan.yaml"
    path.write_text(
        path.read_text().replace("}", ", collections: data/collections.csv, credit_splits: data/credit_splits.csv}")
    )
    found = check(folder)
    assert found.tables["collections"]["kind"].to_pylist() == ["payment", "refund"]
    assert found.tables["credit_splits"]["overlay"].to_pylist() == ["no"]


# ---------------------------------------------------------------- several faults at once

SEVERAL = """plans:
  - name: first
    applies_to: {team: Insyde}
    release: nix
    tiers: [{from: 0, rate: 3}]
  - name: second
    applies_to: {grade: G9, rep: Z}
    curve: [{at: 1, pays: 1}]
  - name: third
    from: 2026-01
    draw: [1]
    tiers: 5
    special_rates: [{product: Tee, rate: 0.1}]
"""


def test_faults_of_the_file_hide_none_that_the_tables_show(tmp_path):
    found = {fault.place.rpartition(": ")[2]: fault.code for fault in faults(tmp_path, SEVERAL)}
    assert found == {
        "plans[0].release": "one_of",
        "plans[0].tiers[0].rate": "at_most",
        "plans[0].applies_to.team": "applies_to_team",
        "plans[1].curve": "mapping_of",
        "plans[1].applies_to.grade": "applies_to_grade",
        "plans[1].applies_to.rep": "applies_to_rep",
        "plans[2].tiers": "list",
        "plans[2].draw": "mapping_of",
        "plans[2].from": "month_of_year",
        "plans[2].special_rates[0].product": "member_unknown",
    }


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "= 'Insyde' : the table of reps has no such team; it has Field, Inside. Is it Inside?"),
        ("zh", "= 'Insyde' : 业务员表里没有这个团队，有：Field, Inside。是不是 Inside？"),
    ],
)
def test_an_unknown_team_is_called_a_team(tmp_path, language, expected):
    (text,) = told(tmp_path, plan("applies_to: {team: Insyde}"), language)
    assert text.endswith(expected)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_list_where_names_are_wanted_is_told_the_names(tmp_path, language):
    (text,) = [text for text in told(tmp_path, SEVERAL, language) if "curve" in text]
    assert all(name in text for name in ("target_pay", "points", "between", "beyond"))


def test_what_is_left_of_a_faulty_file_makes_no_fault_of_its_own(tmp_path):
    twice = plans(("one", "until: 2027-6"), ("one", "from: 2027-07"))
    assert [fault.code for fault in faults(tmp_path, twice)] == ["month_form"]
    scored = plan("base_pay: {components: {sales: 0.6, records: 0.3}}")
    assert [fault.code for fault in faults(tmp_path, scored, scores=SCORES + "2027-01,A,records,1,1\n")] == [
        "components_sum"
    ]


@pytest.mark.parametrize("text", ["plans: x\n", "plans: {name: a}\n", "plans: [x]\n", "- 1\n", "plns: []\n", "x\n"])
def test_any_faulty_file_is_told_without_an_error(tmp_path, text):
    assert faults(tmp_path, text)
