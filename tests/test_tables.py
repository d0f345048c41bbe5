"""What must hold within and between tables; every fault of every table in one pass; real exports."""

from pathlib import Path
from typing import Any

import pytest
from tables_plan import Contents, check_plan, codes, column, notices, sales

from salesplan import tables
from salesplan.tables import frame

SHARED = Path(__file__).parents[2] / "shared/data"
LINES = sales("2027-01-02,10.00,O1,A,甲\n2027-01-03,20.00,O2,B,乙\n", "date,amount,order,rep,customer")


def faults(root: Path, contents: Contents, **terms: Any) -> list[tuple[str, str]]:
    """Codes and places (after the file) of the faults of a plan with these tables beside the sales."""
    found = check_plan(root, {"sales": LINES, **contents}, **terms).faults
    return [(fault.code, fault.place.removeprefix("params/demo/data/")) for fault in found]


@pytest.mark.parametrize(
    ("table", "text", "expected"),
    [
        pytest.param(
            "reps", "rep,start,end\nA,2020-01-01,2026-06-30\nA,2026-07-01,\nB,,\n", [], id="two spells of a rep"
        ),
        pytest.param("reps", "rep\nA\nB\nA\n", [("spells_overlap", "reps.csv row 4 , column rep")], id="a rep twice"),
        pytest.param(
            "reps",
            "rep,start,end\nA,2020-01-01,2026-06-30\nB,,\nA,2026-06-30,\n",
            [("spells_overlap", "reps.csv row 4 , column rep")],
            id="spells share a day",
        ),
        pytest.param(
            "reps",
            "rep,start,end\nA,2027-01-01,2026-01-01\nB,,\n",
            [("end_before_start", "reps.csv row 2 , column end")],
            id="end before start",
        ),
        pytest.param(
            "reps", "工号\nA\n", [("rep_unknown", "sales.csv row 4 , column rep")], id="a rep of this year not listed"
        ),
        pytest.param(
            "reps", "rep,team\nA,x\nB,\n,y\n", [("cell_needed", "reps.csv row 4 , column rep")], id="blank rep"
        ),
        pytest.param(
            "customers",
            "customer,rep\n甲,A\n甲,B\n",
            [("spells_overlap", "customers.csv row 3 , column customer")],
            id="a customer twice",
        ),
        pytest.param(
            "products",
            "product\nP\nQ\nP\n",
            [("key_twice", "products.csv row 4 , column product")],
            id="a product twice",
        ),
        pytest.param(
            "kpis",
            "month,indicator,value\n2027-01,x,1\n202701,x,2\n",
            [("key_twice", "kpis.csv row 3 , column month")],
            id="a key twice in two spellings",
        ),
        pytest.param(
            "quotas", "rep,month,amount,level\nA,2027-01,1,commit\nA,2027-01,1,stretch\n", [], id="one quota per level"
        ),
        pytest.param(
            "quotas",
            "rep,month,amount\nA,2027-01,1\nA,2027-01,2\n",
            [("key_twice", "quotas.csv row 3 , column rep")],
            id="a quota twice",
        ),
        pytest.param("credit_splits", "order,rep,share\nO1,A,0.333333\nO1,B,66.6667%\n", [], id="shares sum to one"),
        pytest.param(
            "credit_splits",
            "order,rep,share\nO1,A,0.5\nO1,B,0.4\n",
            [("shares_sum", "credit_splits.csv row 2 , column order")],
            id="shares sum to less",
        ),
        pytest.param(
            "credit_splits",
            "order,rep,share\nO1,A,0.5\nO1,A,0.5\n",
            [("key_twice", "credit_splits.csv row 3 , column order")],
            id="a pair twice",
        ),
        pytest.param(
            "credit_splits",
            "order,rep,share\nO1,A,0.5\nO1,B,x\n",
            [("cell_number", "credit_splits.csv row 3 , column share")],
            id="a faulty share is said once",
        ),
        pytest.param(
            "credit_splits",
            "order,rep,share\nO9,A,1\n",
            [("order_unknown", "credit_splits.csv row 2 , column order")],
            id="an order nobody sold",
        ),
        pytest.param(
            "collections",
            "date,amount,order\n2027-02-01,5.00,O1\n2027-02-01,5.00,O7\n",
            [("payment_order_unknown", "collections.csv row 3 , column order")],
            id="payment of an unknown order",
        ),
        pytest.param(
            "collections",
            "date,amount,order\n2027-02-01,5.001,O1\n",
            [("cell_decimals", "collections.csv row 2 , column amount")],
            id="payment of three decimals",
        ),
        pytest.param(
            "collections",
            "date,amount,order,cleared\n2027-02-01,5,O1,2027-01-01\n",
            [("cleared_before", "collections.csv row 2 , column cleared")],
            id="cleared before received",
        ),
        pytest.param(
            "activities",
            "date,rep,activity,count\n2027-01-01,A,visit,3\n2027-02,A,visit,40\n",
            [],
            id="days and months",
        ),
    ],
)
def test_tables_beside_sales(tmp_path: Path, table: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert faults(tmp_path, {table: text}) == expected


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("quotas", "rep,month,amount\nZ,2027-01,1\nZ,2027-02,1\nZ,2026-12,1\n"),
        ("scores", "month,rep,component,actual,standard\n2027-01,Z,x,1,1\n2027-02,Z,x,1,1\n"),
        ("adjustments", "month,rep,amount,reason,approved_by\n1月,Z,1,r,c\n2月,Z,1,r,c\n"),
        ("credit_splits", "order,rep,share\nO1,Z,1\nO2,Z,1\n"),
    ],
)
def test_reps_of_this_year_must_be_listed_everywhere(tmp_path: Path, table: str, text: str) -> None:
    found = check_plan(tmp_path, {"sales": LINES, "reps": "rep\nA\nB\n", table: text}).faults
    assert [(f.code, f.value, f.values["count"]) for f in found] == [("rep_unknown", "Z", 2)]


def test_reps_of_the_history_have_left(tmp_path: Path) -> None:
    text = "date,amount,rep\n2026-01-01,1.00,老王\n2027-01-01,1.00,A\n"
    checked = check_plan(tmp_path, {"sales": text, "reps": "rep\nA\n"})
    assert checked.faults == []
    assert notices(checked)["reps_departed"] == {"reps": "老王", "count": 1}


@pytest.mark.parametrize(
    ("first_month", "cutoff", "day", "this_year"),
    [
        (1, None, "2026-12-31", False),
        (1, None, "2027-01-01", True),
        (1, None, "2028-01-01", False),
        (4, None, "2027-03-31", False),
        (4, None, "2028-03-31", True),
        (1, 25, "2026-12-25", False),
        (1, 25, "2026-12-26", True),
        (1, 25, "2027-12-26", False),
    ],
)
def test_this_fiscal_year(tmp_path: Path, first_month: int, cutoff: int | None, day: str, this_year: bool) -> None:
    text = f"date,amount,rep\n2025-01-01,1.00,\n{day},1.00,Z\n"
    found = check_plan(
        tmp_path, {"sales": text, "reps": "rep\nA\n"}, first_month=first_month, month_cutoff=cutoff
    ).faults
    assert codes(found) == ["rep_unknown"] * this_year


@pytest.mark.parametrize(
    ("line", "kind", "quantity", "cost"),
    [
        pytest.param("10,,2,4", "sale", 2.0, 400, id="blank kind of a positive amount"),
        pytest.param("-10,,2,4", "return", -2.0, -400, id="blank kind of a negative amount"),
        pytest.param("-10,sale,2,4", "return", -2.0, -400, id="a negative sale is a return"),
        pytest.param("-10,退货,-2,-4", "return", -2.0, -400, id="goods already negative"),
        pytest.param("-10,rebate,,", "rebate", None, None, id="rebate"),
        pytest.param("0,free,5,4", "free", 5.0, 400, id="free goods"),
    ],
)
def test_kinds(tmp_path: Path, line: str, kind: str, quantity: float, cost: int) -> None:
    checked = check_plan(tmp_path, {"sales": sales(f"2027-01-01,{line}\n", "date,amount,kind,quantity,cost")})
    assert checked.faults == []
    assert [column(checked, name)[0] for name in ("kind", "quantity", "cost")] == [kind, quantity, cost]


@pytest.mark.parametrize("kind", ["return", "allowance", "rebate", "free"])
def test_a_positive_amount_of_what_lowers_sales_is_refused(tmp_path: Path, kind: str) -> None:
    found = check_plan(tmp_path, {"sales": sales(f"2027-01-01,10.50,{kind}\n", "date,amount,kind")}).faults
    assert [(f.code, f.value) for f in found] == [("kind_sign", "10.50")]


@pytest.mark.parametrize(
    ("text", "terms", "code"),
    [
        pytest.param("date,amount\n", {}, "no_sales", id="no sale at all"),
        pytest.param(LINES, {"dimensions": ("region",)}, "dimension_missing", id="a dimension the sales lack"),
        pytest.param(sales("2027-01-01,1,USD\n", "date,amount,currency"), {}, "currency_other", id="another currency"),
    ],
)
def test_sales_themselves(tmp_path: Path, text: str, terms: dict[str, Any], code: str) -> None:
    assert codes(check_plan(tmp_path, {"sales": text}, **terms).faults) == [code]


def test_notices_of_sales(tmp_path: Path) -> None:
    text = "date,amount,original_order\n2027-01-01,-1.005,O9\n"
    found = notices(check_plan(tmp_path, {"sales": text, "collections": "date,amount\n2027-01-02,1.00\n"}))
    assert found == {
        "rounded": {"count": 1, "difference": "-0.005"},
        "no_history": {"start": "2027-01-01"},
        "original_order_unknown": {"count": 1},
        "payments_of_nobody": {"count": 1},
    }


def test_every_fault_of_every_table_in_one_pass(tmp_path: Path) -> None:
    contents: Contents = {
        "sales": sales("2027-13-01,1e3,A\n02/03/2027,x,\n", "date,amount,rep"),
        "reps": "rep,start,base_pay\nA,soon,lots\nA,,\n",
        "products": "name\nx\n",
        "collections": b"\xff\xff\xff",
        "kpis": "month,indicator,value\n2027-01,x,nan\n",
    }
    checked = check_plan(tmp_path, contents, inputs={"stock": "data/none.csv", "oops": "data/none.csv"})
    assert sorted(codes(checked.faults)) == sorted(
        [
            "table_unknown",
            "cell_no_such_day",
            "cell_exponent",
            "cell_date_order",
            "cell_number",
            "cell_date",
            "cell_number",
            "spells_overlap",
            "header_missing",
            "file_encoding",
            "cell_number",
            "file_missing",
        ]
    )
    assert checked.fault_count == len(checked.faults)


def test_all_faults_are_counted_though_few_are_kept(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales": sales("2027-01-01,x\n" * 500 + "soon,1\n")})
    assert (len(checked.faults), checked.fault_count) == (21, 501)
    assert checked.faults[0].place.endswith("row 503 , column date")


def test_a_fault_in_the_last_of_many_lines(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales": sales("2027-01-01,1.00\n" * 50_000 + "2027-01-01,oops\n")})
    assert [fault.place for fault in checked.faults] == ["params/demo/data/sales.csv row 50003 , column amount"]


def test_types_and_hashes(tmp_path: Path) -> None:
    import hashlib

    checked = check_plan(tmp_path, {"sales": LINES, "scores": "month,rep,component,actual,standard\n3月,A,x,1,2\n"})
    types = {
        name: str(checked.tables["sales"].schema.field(name).type)
        for name in ("date", "amount", "cost", "quantity", "rep")
    }
    assert types == {"date": "date32[day]", "amount": "int64", "cost": "int64", "quantity": "double", "rep": "string"}
    assert checked.tables["scores"]["month"].to_pylist() == ["2027-03"]
    assert checked.hashes["params/demo/data/sales.csv"] == hashlib.sha256(LINES.encode()).hexdigest()


def test_saved_and_loaded_tables_are_the_same(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales": LINES.replace("10.00", "10.001"), "reps": "rep,start\nA,2020-01-01\nB,\n"})
    tables.save(checked, tmp_path / "saved")
    loaded = tables.load(tmp_path / "saved")
    assert {name: table.to_pydict() for name, table in loaded.tables.items()} == {
        name: table.to_pydict() for name, table in checked.tables.items()
    }
    assert (loaded.notices, loaded.hashes, loaded.faults) == (checked.notices, checked.hashes, [])


def test_frames_have_every_column_with_its_type(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales": LINES, "reps": "rep,start,potential\nA,2020-01-01,1000\nB,,\n"})
    reps = frame(checked.tables["reps"], "reps")
    assert list(reps.columns) == [
        "rep",
        "name",
        "region",
        "team",
        "manager",
        "start",
        "end",
        "potential",
        "capacity",
        "base_pay",
        "grade",
        "commitment",
    ]
    assert str(reps["potential"].dtype) == "Int64"
    assert reps["start"].dtype.kind == reps["end"].dtype.kind == "M"
    assert reps["potential"].tolist()[0] == 100_000
    assert reps["name"].isna().all()
    assert str(frame(checked.tables["sales"], "sales")["amount"].dtype) == "int64"


SUPERSTORE = {
    "order_date": "date",
    "sales": "amount",
    "category": "product",
    "segment": "channel",
    "customer_id": "customer",
}
CHINOOK = {"sales_rep": "rep", "genre": "product", "country": "region"}


@pytest.mark.parametrize(
    ("file", "year", "mapping", "dimensions", "lines", "rounded"),
    [
        pytest.param(
            "superstore_orders.csv", 2017, SUPERSTORE, ("region", "channel", "product"), 9994, True, id="superstore"
        ),
        pytest.param("chinook_sales.csv", 2011, CHINOOK, ("region", "product"), 2240, False, id="chinook"),
    ],
)
def test_real_exports(
    tmp_path: Path,
    file: str,
    year: int,
    mapping: dict[str, str],
    dimensions: tuple[str, ...],
    lines: int,
    rounded: bool,
) -> None:
    if not (SHARED / file).exists():
        pytest.skip("no shared data")
    content = (SHARED / file).read_bytes()
    checked = check_plan(
        tmp_path, {"sales": content}, fiscal_year=year, columns={"sales": mapping}, dimensions=dimensions
    )
    assert checked.faults == []
    assert len(checked.tables["sales"]) == lines
    assert ("rounded" in notices(checked)) is rounded


def test_faults_between_tables_are_capped_too(tmp_path: Path) -> None:
    rows = "".join(f"O{i},A,0.5\n" for i in range(100))
    checked = check_plan(tmp_path, {"sales": LINES, "credit_splits": f"order,rep,share\n{rows}"})
    assert checked.fault_count == 100 + 98  # shares that sum to a half, orders but two unknown
    assert len(checked.faults) == 20 + 20
