"""Purchases, stock and dealers as people see them: charts, sentences, faults in what they wrote, the demo."""

from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from tables_plan import check_plan, codes
from workbooks import ROOT, copy_workbook

from salesplan import inputs, tables
from salesplan import seasonal_split as split
from salesplan.charts import seasonal_split as charts
from salesplan.charts import style
from salesplan.conclusions import seasonal_split as conclusions
from salesplan.conclusions.decisions import decisions
from salesplan.errors import PlanError
from salesplan.report.table import html_table
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message

YEAR = split.PlanYear(2027, calendar="US")
SOLD = "date,amount,product,quantity\n2026-01-05,100.00,涂料,3\n"


def made(opening=None, lead_days=0, stock_of_dealers=0.0, plan_units=20):
    """Every table of purchases and dealers, for three products and three dealers."""
    names = ["涂料", "腻子", "胶"]
    cube = pd.DataFrame(
        [
            {"month": month, "product": name, "quantity": float(plan_units), "amount": plan_units * 10_00}
            for name in names
            for month in YEAR.months
        ]
    )
    given = {"cover_days": 30, "lead_days": lead_days, "slow": {"cover_days": 120}}
    rules = SeasonalSplitTerms.model_validate({"stock": given}, strict=False)
    held = pd.DataFrame({"month": "2027-01", "product": names, "opening": opening or [20.0, 20.0, 20.0]})
    listed = pd.DataFrame({"product": names, "line": "甲", "cost": pd.array([6_00] * 3, dtype="Int64")})
    facts = pd.DataFrame({"month": "2026-12", "product": names, "quantity": 20.0})
    told = pd.DataFrame(
        [
            {"month": f"2026-{k:02d}", "dealer": dealer, "product": name, "sell_out": 5.0, "stock": stock_of_dealers}
            for k in range(1, 13)
            for dealer in ("东店", "西店", "南店")
            for name in names
        ]
    ).assign(parent=lambda d: d["dealer"].map({"东店": "中心", "西店": "中心"}))
    goods = split.goods_of(cube, held, listed, year=YEAR, rules=rules)
    stock = split.stock_plan(goods)
    dealers = split.dealer_forecast(cube, told, year=YEAR, rules=rules)
    return {
        "stock": stock,
        "purchases": split.purchase_plan(stock, goods, facts, rules=rules),
        "dealers": dealers,
        "demand": split.dealer_demand(dealers, cube, year=YEAR, rules=rules),
        "gaps": split.stock_gaps(cube, goods),
        "rules": rules,
    }


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "元" if request.param == "zh" else "one")


def said(words, tables):
    return conclusions.stock_sentences(words, **{name: tables[name] for name in ("stock", "purchases", "rules")})


def drawn(chart, frame, words):
    with mpl.rc_context(style.RC):
        ax = Figure(figsize=(8, 3.6)).add_subplot()
        assert getattr(charts, chart)(ax, frame, words=words) is ax
    assert ax.has_data()
    return ax


def has(words, key, sentences, **values):
    return words(f"seasonal_split.{key}", **values) in sentences


# ---------------------------------------------------------------- sentences


def test_purchases_and_orders(words):
    found = made()
    sentences = said(words, found)
    funds = found["stock"].groupby("month")["funds"].sum()
    assert has(
        words, "purchases", sentences,
        units=words.number(found["stock"]["purchases"].sum()), funds=words.money(funds.sum()),
        month=words.month(funds.idxmax()), most=words.money(funds.max()),
    )  # fmt: skip
    first = found["stock"][found["stock"]["month"] == "2027-01"].sort_values(
        ["orders", "product"], ascending=[False, True]
    )
    pairs = zip(first["product"], first["orders"], strict=True)
    lines = [words("seasonal_split.order_line", product=name, units=words.number(units)) for name, units in pairs]
    assert has(words, "orders_now", sentences, month=words.month("2027-01"), orders=words.list(lines))
    assert has(words, "no_shortage", sentences)
    assert has(words, "no_slow", sentences, months=3, days=120)


def test_a_shortage_is_said_with_its_amount(words):
    sentences = said(words, made(opening=[5.0, 60.0, 60.0], lead_days=40))
    assert has(
        words, "short", sentences, product="涂料", first=words.month("2027-01"), units="15",
        amount=words.money(15 * 10_00), filled=words.month("2027-02"),
    )  # fmt: skip


def test_a_shortage_that_lasts(words):
    sentences = said(words, made(opening=[5.0, 400.0, 400.0], lead_days=365))
    values = {"units": words.number(12 * 20 - 5), "amount": words.money((12 * 20 - 5) * 10_00)}
    assert has(words, "short_to_the_end", sentences, product="涂料", first=words.month("2027-01"), **values)


def test_slow_movers_are_said_with_what_they_cost(words):
    sentences = said(words, made(opening=[20.0, 20.0, 500.0]))
    line = words("seasonal_split.slow_line", product="胶", units="500", tied=words.money(500 * 6_00))
    assert has(words, "slow", sentences, tied=words.money(500 * 6_00), products=line, days=120)


def test_many_names_are_counted(words):
    found = made()
    many = pd.concat([found["stock"].assign(product=f"P{k}") for k in range(4)])
    text = " ".join(said(words, {**found, "stock": many}))
    assert words("seasonal_split.and_more", names="\n", count=12).split("\n")[-1] in text


def test_dealers_beside_the_plan(words):
    for units, key in ((20, "demand_less"), (10, "demand_enough")):  # ten a month are less than any dealer sells
        found = made(plan_units=units)
        demand = found["demand"]
        sums = demand.groupby("product")["amount_gap"].sum()
        sentences = conclusions.dealer_sentences(words, dealers=found["dealers"], demand=demand)
        values = {"gap": words.money(abs(sums.sum())), "product": sums.idxmin(), "least": words.money(sums.min())}
        assert has(words, key, sentences, **values)
        assert has(
            words, "demand", sentences, dealers=3, parents=1, sold=words.number(3 * 3 * 60),
            demand=words.number(demand["demand"].sum()), sales=words.number(3 * 12 * units),
        )  # fmt: skip


def test_dealers_with_too_much_are_named(words):
    found = made(stock_of_dealers=90.0)
    sentences = conclusions.dealer_sentences(words, dealers=found["dealers"], demand=found["demand"])
    text = words(
        "seasonal_split.dealers_full", month=words.month("2027-01"), dealers=words.list(["东店", "南店", "西店"])
    )
    assert text in sentences


def test_nothing_to_say(words):
    found = made()
    empty = {**found, "stock": found["stock"].head(0)}
    assert said(words, empty) == []
    assert conclusions.stock_warnings(words, found["gaps"], found["stock"].head(0)) == []
    assert conclusions.stock_warnings(words, found["gaps"], found["stock"]) == []
    assert conclusions.dealer_sentences(words, dealers=found["dealers"].head(0), demand=found["demand"]) == []


def test_what_is_missing_is_said(words):
    gaps = split.StockGaps(("甲",), ("乙", "丙"), ())
    assert conclusions.stock_warnings(words, gaps, made()["stock"]) == [
        words("seasonal_split.stock_no_opening", products="甲"),
        words("seasonal_split.stock_no_quantity", products=words.list(["乙", "丙"])),
    ]


# ---------------------------------------------------------------- charts and tables


def test_charts(words):
    found = made(opening=[5.0, 20.0, 500.0], lead_days=40)
    cover = drawn("stock_cover", found["stock"], words)
    values = {"product": "涂料", "month": words.month_short("2027-01"), "units": "15"}
    assert cover.get_title(loc="left").replace("\n", "") == words("seasonal_split.chart_stock_short", **values)
    assert cover.get_yticklabels()[0].get_text() == "涂料"
    funds = split.stock_months(found["stock"])
    assert len(drawn("purchase_funds", funds, words).patches) == 12
    assert len(drawn("dealer_orders", found["demand"], words).patches) == 12


def test_a_year_without_shortage(words):
    stock = made()["stock"]
    title = drawn("stock_cover", stock, words).get_title(loc="left")
    assert title == words("seasonal_split.chart_stock", days=words.number(stock["cover_days"].median()))


def test_movements_count_units(words):
    moves = split.movements(made()["stock"], "product", ("opening", "sales", "closing"))
    text = html_table(moves, "seasonal_split_movements", words).text.splitlines()
    assert text[1].split("\t")[:3] == ["涂料", words("code.movement.opening"), "20"]
    assert text[2].split("\t")[:2] == ["", words("code.movement.sales")]


# ---------------------------------------------------------------- what people write


@pytest.mark.parametrize(
    ("stock", "fault", "place"),
    [
        pytest.param("2027-01,涂料,-5,0", "cell_count", "row 2 , column opening", id="negative stock"),
        pytest.param("2027-01,涂料,5.5,0", "cell_count", "row 2 , column opening", id="half a unit"),
        pytest.param("2027-01,涂料,5,-1", "cell_count", "row 2 , column in_transit", id="negative in transit"),
        pytest.param("2027-01,涂科,5,0", "product_unknown", "row 2 , column product", id="a product nobody knows"),
        pytest.param("2027-01,涂料,5,0\n2027-01,涂料,6,0", "key_twice", "row 3 , column month", id="twice"),
    ],
)
def test_faults_of_stock(tmp_path, stock, fault, place):
    checked = check_plan(tmp_path, {"sales": SOLD, "stock": f"month,product,opening,in_transit\n{stock}\n"})
    assert codes(checked.faults) == [fault]
    assert place in checked.faults[0].place
    assert fault != "product_unknown" or "涂料" in message(checked.faults[0], Words("zh"))


def test_stock_needs_its_opening(tmp_path):
    checked = check_plan(tmp_path, {"sales": SOLD, "stock": "month,product,in_transit\n2027-01,涂料,5\n"})
    assert codes(checked.faults) == ["header_missing"]


def test_a_later_arrival_needs_no_opening(tmp_path):
    content = "month,product,opening,in_transit\n2027-01,涂料,5,\n2027-02,涂料,,9\n"
    assert not check_plan(tmp_path, {"sales": SOLD, "stock": content}).faults


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        pytest.param("2026-12,东店,涂料,5,-1,", "cell_count", id="negative stock"),
        pytest.param("2026-12,东店,涂 料,5,1,", "product_unknown", id="a product nobody knows"),
        pytest.param("2026-12,东店,涂料,5,1,东店", "parent_circle", id="his own supplier"),
    ],
)
def test_faults_of_dealers(tmp_path, rows, fault):
    content = f"month,dealer,product,sell_out,stock,parent\n{rows}\n"
    checked = check_plan(tmp_path, {"sales": SOLD, "dealers": content})
    assert codes(checked.faults) == [fault]
    assert "row 2" in checked.faults[0].place


def test_a_circle_of_suppliers_is_named_at_each_of_them(tmp_path):
    rows = ["2026-12,甲,涂料,乙", "2026-12,乙,涂料,丙", "2026-12,丙,涂料,甲", "2026-12,丁,涂料,甲"]
    content = "\n".join(["month,dealer,product,parent", *rows, ""])
    checked = check_plan(tmp_path, {"sales": SOLD, "dealers": content})
    assert codes(checked.faults) == ["parent_circle"] * 3


def test_the_last_supplier_decides(tmp_path):
    rows = ["2026-11,甲,涂料,乙", "2026-12,乙,涂料,甲", "2026-12,甲,涂料,丙"]
    content = "\n".join(["month,dealer,product,parent", *rows, ""])
    assert not check_plan(tmp_path, {"sales": SOLD, "dealers": content}).faults


def test_products_of_a_plan_without_any_are_not_judged(tmp_path):
    sold = "date,amount\n2026-01-05,100.00\n"
    assert not check_plan(tmp_path, {"sales": sold, "stock": "month,product,opening\n2027-01,甲,5\n"}).faults


WRONG = {
    "seasonal_split.stock.start": ("2028-01", "month_of_year"),
    "seasonal_split.stock.rules": ([{"product": "防水徐料", "pack": 5}, {"line": "铺材", "pack": 5}], None),
    "seasonal_split.dealers.channels": (["专业市埸"], "channel_unknown"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_parameters_that_name_nothing(tmp_path, language):
    """Every one of them at once, each with its place and the nearest name."""
    plan = copy_workbook(tmp_path, "henan-2027") / "params" / "henan-2027"
    with pytest.raises(PlanError) as caught:
        inputs.check(plan, {key: value for key, (value, _) in WRONG.items()})
    found = {fault.code: fault for fault in caught.value.faults}
    assert set(found) == {"month_of_year", "product_unknown", "line_unknown", "channel_unknown"}
    nearest = {code: vars(fault)["values"].get("nearest") for code, fault in found.items()}
    assert nearest == {
        "month_of_year": None,
        "product_unknown": "防水涂料",
        "line_unknown": "",
        "channel_unknown": "专业市场",
    }
    texts = [message(fault, Words(language)) for fault in caught.value.faults]
    assert all("seasonal_split" in text and text.count(" : ") == 1 for text in texts)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"rules": [{"pack": 5}]}, "product_or_line", id="neither product nor line"),
        pytest.param({"rules": [{"product": "a", "line": "b"}]}, "product_or_line", id="both"),
        pytest.param({"rules": [{"product": "a"}, {"product": "a"}]}, "distinct", id="a product twice"),
        pytest.param({"pack": 0}, "at_least", id="no pack"),
        pytest.param({"cover_days": 400}, "at_most", id="more than a year"),
        pytest.param({"lead_days": 1.5}, "whole_number", id="half a day"),
    ],
)
def test_parameters_out_of_bounds(tmp_path, change, code):
    plan = copy_workbook(tmp_path, "henan-2027") / "params" / "henan-2027"
    with pytest.raises(PlanError) as caught:
        inputs.check(plan, {f"seasonal_split.stock.{key}": value for key, value in change.items()})
    assert [fault.code for fault in caught.value.faults] == [code]


# ---------------------------------------------------------------- the demo


@pytest.fixture(scope="module")
def demo_tables():
    folder = ROOT / "params" / "henan-2027"
    return {name: pd.read_csv(folder / "data" / f"{name}.csv") for name in ("stock", "dealers", "sales", "customers")}


def test_the_demo_has_a_shortage_and_a_slow_mover():
    checked = inputs.check(
        Path("params/henan-2027") if Path("params/henan-2027").is_dir() else ROOT / "params/henan-2027"
    )
    rules = checked.loaded.rules["seasonal_split"]
    year = split.PlanYear.of(checked.loaded.plan)
    facts = checked.frame("facts")
    last = facts[(facts["month"] >= "2026-01") & (facts["month"] <= "2026-12")]
    sums = last.groupby(["month", "product"])[["quantity", "amount"]].sum().reset_index()
    cube = sums.assign(month="2027" + sums["month"].str[4:])
    frames = {name: tables.frame(checked.tables[name], name) for name in ("stock", "products")}
    goods = split.goods_of(cube, frames["stock"], frames["products"], year=year, rules=rules)
    year_of = split.purchase_plan(split.stock_plan(goods), goods, facts, rules=rules).set_index("product")["state"]
    assert year_of["防水涂料"] == "short"
    assert year_of["外墙涂料"] == "slow"
    assert set(year_of.drop(["防水涂料", "外墙涂料", "艺术涂料"])) == {"fine"}


def test_the_demos_dealers_took_in_what_was_sold_to_them(demo_tables):
    reports, sales, customers = (demo_tables[name] for name in ("dealers", "sales", "customers"))
    names = customers.drop_duplicates("customer").set_index("customer")["name"]
    lines = sales.assign(month=sales["订单日期"].str[:7], dealer=sales["客户"].map(names))
    ours = lines[lines["dealer"].isin(reports["经销商"]) & (lines["month"] >= reports["月份"].min())]
    sold = ours.groupby(["month", "dealer", "产品"])["数量"].sum()
    taken = reports[reports["上级"].notna()].groupby(["月份", "经销商", "产品"])["进货"].sum()
    both = pd.concat([sold, taken.rename_axis(sold.index.names)], axis=1).fillna(0)
    assert (both["数量"] == both["进货"]).all()
    assert (reports["期末库存"] >= 0).all()


def test_the_demos_stock_goes_on_from_month_to_month(demo_tables):
    reports = demo_tables["dealers"].dropna(subset=["上级"]).sort_values("月份")
    pairs = reports.groupby(["经销商", "产品"])
    opening = reports["期末库存"] - reports["进货"] + reports["实销"]
    gaps = (opening - pairs["期末库存"].shift())[pairs.cumcount() > 0]
    follows = reports["月份"].map({month: k for k, month in enumerate(sorted(reports["月份"].unique()))})
    direct = (follows - follows.groupby([reports["经销商"], reports["产品"]]).shift())[gaps.index] == 1
    assert (gaps[direct] == 0).all()


def test_what_is_short_and_slow_waits_for_a_decision(tmp_path, words):
    found = made(opening=[5.0, 20.0, 500.0], lead_days=40)
    for name in ("purchases", "stock"):
        table = f"seasonal_split_{name}"
        (tmp_path / f"{table}.csv").write_bytes(outputs.csv_bytes(found[name], table))
    owed = found["purchases"].loc[found["purchases"]["state"] == "short", "amount_short"]
    values = {"count": len(owed), "products": words.list(["涂料"]), "amount": words.money(owed.sum())}
    assert decisions(tmp_path, words) == [
        words("decide.short", **values),
        words("decide.slow", count=1, products="胶", amount=words.money(500 * 6_00)),
    ]


@pytest.mark.parametrize("name", ["stock", "purchases", "dealers", "demand"])
def test_tables_come_back_as_they_were_saved(tmp_path, name):
    table, frame = f"seasonal_split_{name}", made()[name]
    path = tmp_path / f"{table}.csv"
    path.write_bytes(outputs.csv_bytes(frame, table))
    assert list(frame.columns) == list(TABLES[table])
    again = outputs.read(path, table)
    assert outputs.csv_bytes(again, table) == path.read_bytes()
    assert outputs.empty(table).columns.tolist() == list(frame.columns)
