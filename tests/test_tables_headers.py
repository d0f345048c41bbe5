"""Headers: our names, common Chinese and English ones, the plan's own; layouts made for the eye are refused."""

from collections import Counter
from pathlib import Path

import pytest
from tables_plan import check_plan, codes, column, notices, sales

from salesplan.tables.contract import SPECS, plain_header
from salesplan.tables.headers import recognise, split_unit


@pytest.mark.parametrize(
    ("table", "header", "name"),
    [
        ("sales", "日期", "date"),
        ("sales", "订单日期", "date"),
        ("sales", "Order Date", "date"),
        ("sales", "ORDER_DATE", "date"),
        ("sales", "销售额", "amount"),
        ("sales", "金额（元）", "amount"),
        ("sales", "Amount (CNY)", "amount"),
        ("sales", "数量", "quantity"),
        ("sales", "成本", "cost"),
        ("sales", "订单号", "order"),
        ("sales", "客户名称", "customer"),
        ("sales", "业务员", "rep"),
        ("sales", "销售员", "rep"),
        ("sales", "产品", "product"),
        ("sales", "渠道", "channel"),
        ("sales", "大区", "region"),
        ("sales", "区域", "region"),
        ("sales", "开票日期", "invoice_date"),
        ("sales", "原订单号", "original_order"),
        ("reps", "工号", "rep"),
        ("reps", "姓名", "name"),
        ("reps", "入职日期", "start"),
        ("reps", "离职日期", "end"),
        ("reps", "底薪", "base_pay"),
        ("products", "产品线", "line"),
        ("products", "上市日期", "launch"),
        ("products", "税率", "tax_rate"),
        ("customers", "客户编号", "customer"),
        ("customers", "客户名称", "name"),
        ("customers", "返利率", "rebate_rate"),
        ("collections", "回款金额", "amount"),
        ("collections", "收款日期", "date"),
        ("credit_splits", "比例", "share"),
        ("quotas", "月份", "month"),
        ("quotas", "任务", "amount"),
        ("scores", "标准", "standard"),
        ("activities", "次数", "count"),
        ("opportunities", "预计成交日期", "close"),
        ("expenses", "费用", "amount"),
        ("stock", "期初库存", "opening"),
        ("dealers", "经销商", "dealer"),
        ("outlets", "网点", "outlet"),
        ("adjustments", "批准人", "approved_by"),
        ("causes", "责任人", "owner"),
        ("kpis", "指标", "indicator"),
    ],
)
def test_common_headers(table: str, header: str, name: str) -> None:
    found = recognise(SPECS[table], header)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_no_header_stands_for_two_columns_of_a_table(spec: object) -> None:
    words = Counter(alias for column in spec.columns for alias in column.aliases)  # type: ignore[attr-defined]
    assert [word for word, times in words.items() if times > 1] == []


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_our_own_names_are_recognised(spec: object) -> None:
    for one in spec.columns:  # type: ignore[attr-defined]
        assert recognise(spec, one.name).name == one.name  # type: ignore[arg-type, union-attr]


def test_width_case_and_dashes_do_not_matter() -> None:
    assert plain_header("Order_ Date") == plain_header("ｏｒｄｅｒ－date") == "orderdate"
    assert split_unit("金额（万元）") == ("金额", "万元")


def test_an_unknown_word_in_brackets_is_another_header() -> None:
    assert recognise(SPECS["sales"], "金额(预算)") is None
    assert recognise(SPECS["sales"], "amount (USD)") is None


def test_own_headers_through_columns(tmp_path: Path) -> None:
    text = "when,product_id,category,sales\n2026-01-01,P1,chairs,1.00\n2027-01-01,P2,desks,2.00\n"
    mapping = {"sales": {"when": "date", "category": "product"}}
    checked = check_plan(tmp_path, {"sales": text}, columns=mapping)
    assert checked.faults == []
    assert column(checked, "product") == ["desks"]  # the plan's own word goes before what is recognised
    assert notices(checked)["columns_left_out"] == {"columns": "product_id", "count": 1}


def test_the_files_header_stands_in_brackets(tmp_path: Path) -> None:
    faults = check_plan(tmp_path, {"sales": sales("2027-01-01,1,2oo".replace("1,2oo", '"1,2oo"'), "日期,金额")}).faults
    assert (faults[0].place, faults[0].value, faults[0].code) == (
        "params/demo/data/sales.csv row 3 , column amount (金额)",
        "1,2oo",
        "cell_number",
    )


@pytest.mark.parametrize(
    ("header", "mapping", "expected"),
    [
        pytest.param("date,金额,销售额", {}, ["header_twice"], id="two headers of one column"),
        pytest.param("date,amount,amount", {}, ["header_twice"], id="a header twice"),
        pytest.param("date,a,a", {"a": "amount"}, ["header_twice"], id="a mapped header twice"),
        pytest.param("date,a,b", {"a": "amount", "b": "amount"}, ["header_twice"], id="two mapped to one column"),
        pytest.param("date,price,x", {}, ["header_missing"], id="a needed column missing"),
        pytest.param("a,b,c", {}, ["header_missing", "header_missing"], id="both needed columns missing"),
        pytest.param("date,amount,x", {"y": "rep"}, ["columns_absent"], id="mapped header not in the file"),
        pytest.param("date,amount,x", {"x": "repp"}, ["columns_unknown"], id="mapped to no column"),
        pytest.param("date,amount,x", {"rep": "x"}, ["columns_reversed"], id="the wrong way round"),
        pytest.param("date，amount，x", {}, ["header_comma"], id="Chinese commas"),
        pytest.param("date,amount,数量(万元)", {}, ["header_unit"], id="a unit that fits no number of pieces"),
        pytest.param("基本信息,,", {}, ["office_merged"], id="merged header"),
    ],
)
def test_headers_refused(tmp_path: Path, header: str, mapping: dict[str, str], expected: list[str]) -> None:
    fields = ",1.00" * header.count(",")
    text = f"{header}\n2026-01-01{fields}\n2027-01-01{fields}\n"
    faults = check_plan(tmp_path, {"sales": text}, columns={"sales": mapping}).faults
    assert [code for code in codes(faults) if not code.startswith("cell")] == expected
    of_file = [fault.place for fault in faults if not fault.code.startswith(("cell", "columns"))]
    assert all(place.startswith("params/demo/data/sales.csv row 1") for place in of_file)


def test_the_nearest_header_is_named(tmp_path: Path) -> None:
    faults = check_plan(tmp_path, {"sales": "date,amuont\n2027-01-01,1\n"}).faults
    assert faults[0].values["nearest"] == "amuont"


def test_unknown_tables_are_named(tmp_path: Path) -> None:
    faults = check_plan(tmp_path, {"sales": sales("")}, inputs={"rep": "data/sales.csv"}, columns={"sale": {}}).faults
    assert [(f.code, f.place, f.values["nearest"]) for f in faults] == [
        ("table_unknown", "params/demo/plan.yaml: inputs.rep", "reps"),
        ("table_unknown", "params/demo/plan.yaml: columns.sale", "sales"),
    ]


def test_sales_are_needed(tmp_path: Path) -> None:
    assert codes(check_plan(tmp_path, {"reps": "rep\nA\n"}).faults) == ["table_needed"]
