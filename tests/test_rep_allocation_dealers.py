"""Dealers: how their goods move, when they pile up, the plan down to specification, and their own copy to sign."""

import html
import time
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from salesplan import rep_allocation as ra
from salesplan.calendar import fiscal_months
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.report.dealer_letters import write_dealer_letters
from salesplan.terms import RepAllocationTerms
from salesplan.terms.channels import DealerAlert
from salesplan.terms.plan import Tax
from salesplan.wording import LANGUAGES, Words

MONTHS = fiscal_months(2027)
BEFORE = fiscal_months(2026)
DAY = date(2026, 12, 31)
ALERT = DealerAlert(months=3, excess=Decimal("0.1"), days=60)
PRICES = {"A": 100_00.0, "B": 10_00.0}


def rules(**changed):
    return RepAllocationTerms.model_validate({"dealer_alert": ALERT.model_dump(), **changed})


def expected(dealers=("甲店", "乙店"), products=("A", "B"), sell_out=10, sell_in=8, parent=None):
    rows = [(m, d, p, sell_out, sell_in, 5, 15, parent) for m in MONTHS for d in dealers for p in products]
    columns = ["month", "dealer", "product", "sell_out", "sell_in", "stock", "cover_days", "parent"]
    return pd.DataFrame(rows, columns=columns).astype({"parent": "str"})


def told(taken=10.0, sold=10.0, stock=10.0, dealer="甲店", product="A", months=BEFORE):
    return pd.DataFrame(
        {"month": months, "dealer": dealer, "product": product, "sell_in": taken, "sell_out": sold, "stock": stock}
    ).astype({"sell_in": "float64", "sell_out": "float64", "stock": "float64"})


def goods(*reports, plan=None, alert=ALERT):
    table = pd.concat(reports, ignore_index=True) if reports else None
    trade = ra.Trade(expected() if plan is None else plan, table, PRICES, DAY)
    return ra.dealer_goods(trade, alert), trade


def row(table, dealer="甲店", product="A"):
    return table[(table["dealer"] == dealer) & (table["product"] == product)].iloc[0]


# ---------------------------------------------------------------- how goods move


@pytest.mark.parametrize(
    ("taken", "sold", "stock", "state"),
    [
        pytest.param(15, 10, 25, "stuffed", id="more in than out, and too much on stock"),
        pytest.param(10, 10, 25, "full", id="too much on stock alone"),
        pytest.param(15, 10, 10, "rising", id="more in than out alone"),
        pytest.param(11, 10, 25, "full", id="an excess at the limit is none"),
        pytest.param(10, 10, 0, "short", id="sells and has nothing left"),
        pytest.param(0, 0, 3, "slow", id="has stock and sells nothing"),
        pytest.param(0, 0, 0, "fine", id="neither stock nor sales"),
        pytest.param(10, 10, np.nan, "fine", id="stock unknown, flows well"),
        pytest.param(np.nan, 10, np.nan, "unreported", id="sell-in and stock unknown"),
        pytest.param(np.nan, 10, 25, "full", id="stock alone tells"),
    ],
)
def test_states(taken, sold, stock, state):
    assert row(goods(told(taken, sold, stock))[0])["state"] == state


def test_days_of_stock_are_stock_over_the_sell_out_of_a_day():
    """October to December have 92 days; 30 units sold in them, 20 on stock."""
    found = row(goods(told(10, 10, 20))[0])
    assert found["stock_days"] == pytest.approx(20 / (30 / 92))
    assert found["run_down"] == pytest.approx(20 - 30 / 92 * 60)
    assert found["excess_share"] == 0


def test_only_the_latest_months_up_to_the_day_count():
    later = told(99, 1, 500, months=["2027-01"])
    first, _ = goods(told(10, 10, 20), later)
    pd.testing.assert_frame_equal(first, goods(told(10, 10, 20))[0])


@pytest.mark.parametrize(
    ("day", "cutoff", "until"),
    [
        pytest.param(date(2027, 3, 31), None, "2027-03", id="month end"),
        pytest.param(date(2027, 3, 30), None, "2027-02", id="a day before"),
        pytest.param(date(2027, 1, 1), None, "2026-12", id="first day of the year"),
        pytest.param(date(2027, 3, 25), 25, "2027-03", id="cut-off"),
        pytest.param(date(2026, 12, 26), 25, "2026-12", id="first day after the cut-off"),
    ],
)
def test_until(day, cutoff, until):
    assert ra.Trade(expected(), None, {}, day, cutoff).until == until


def test_who_supplies_others_sold_what_they_took_in():
    plan = pd.concat([expected(("甲店",), parent="中心"), expected(("中心",))], ignore_index=True)
    centre = told(np.nan, np.nan, 50, dealer="中心")
    found, _ = goods(told(10, 8, 20), centre, plan=plan)
    assert row(found, "中心")["last_out"] == 30
    assert row(found, "中心")["stock_days"] == pytest.approx(50 / (30 / 92))
    assert row(goods(told(10, 8, 20), plan=plan)[0], "中心")["last_out"] == 30


def test_nothing_reported_is_unknown_and_a_silent_product_is_zero():
    found, _ = goods(told(10, 10, 10))
    assert row(found, "乙店")["state"] == "unreported"
    assert row(found, "乙店")["last_in"] is pd.NA
    assert row(found, "甲店", "B")["last_out"] == 0


def test_row_order_changes_nothing():
    reports = pd.concat([told(12, 10, 20), told(3, 4, 5, product="B"), told(7, 7, 7, dealer="乙店")], ignore_index=True)
    pd.testing.assert_frame_equal(goods(reports.sample(frac=1, random_state=3))[0], goods(reports)[0])


def test_without_reports_the_plan_alone_stands():
    found, trade = goods()
    assert found["state"].eq("unreported").all()
    assert found["sell_out"].eq(120).all()
    table = ra.dealer_plan(found, trade, rules=rules(), owners={}, owed={})
    assert table["amount"].tolist() == [12 * 8 * (100_00 + 10_00)] * 2


# ---------------------------------------------------------------- dealers in money


def plan_of(*reports, owners=None, owed=None, **changed):
    found, trade = goods(*reports)
    return ra.dealer_plan(found, trade, rules=rules(**changed), owners=owners or {}, owed=owed or {})


def test_units_of_different_goods_are_weighed_by_their_price():
    table = plan_of(told(10, 10, 20), told(40, 30, 90, product="B")).set_index("dealer")
    assert table.loc["甲店", "amount_in"] == 30 * 100_00 + 120 * 10_00
    assert table.loc["甲店", "amount_out"] == 30 * 100_00 + 90 * 10_00
    assert table.loc["甲店", "amount_stock"] == 20 * 100_00 + 90 * 10_00
    days = (20 * 100 + 90 * 10) / ((30 * 100 + 90 * 10) / 92)
    assert table.loc["甲店", "stock_days"] == pytest.approx(days)
    assert table.loc["甲店", "state"] == "full"


def test_growth_is_the_planned_sell_out_on_the_same_months_a_year_ago():
    table = plan_of(told(10, 10, 20), told(0, 0, 0, product="B")).set_index("dealer")
    assert table.loc["甲店", "growth"] == pytest.approx((120 * 110) / (120 * 100) - 1)
    assert table.loc["乙店", "growth"] is pd.NA


def test_stock_and_days_count_a_product_without_a_forecast_too():
    plan = expected(dealers=("甲店",), products=("A",))
    found, trade = goods(told(10, 10, 20), told(40, 30, 90, product="B"), plan=plan)
    table = ra.dealer_plan(found, trade, rules=rules(), owners={}, owed={}).set_index("dealer")
    assert table.loc["甲店", "amount_stock"] == 20 * 100_00 + 90 * 10_00
    assert table.loc["甲店", "stock_days"] == pytest.approx((20 * 100 + 90 * 10) / ((30 * 100 + 90 * 10) / 92))
    assert found["sell_out"].isna().tolist() == [False, True]
    assert table.loc["甲店", ["sell_out", "sell_in", "amount"]].tolist() == [120, 96, 96 * 100_00]
    assert table.loc["甲店", "growth"] == pytest.approx(0.0)  # on the same product alone


def test_items_sum_to_the_dealers_amount_to_the_fen():
    prices, plan = {"A": 333.337, "B": 10_00.49}, expected(sell_in=7)
    found = ra.dealer_goods(ra.Trade(plan, None, prices, DAY), ALERT)
    items = ra.dealer_items(plan, prices, rules(specifications=SPECS).specifications)
    trade = ra.Trade(plan, None, prices, DAY)
    dealers = ra.dealer_plan(found, trade, rules=rules(), owners={}, owed={}).set_index("dealer")["amount"]
    pd.testing.assert_series_equal(items.groupby("dealer")["amount"].sum(), dealers, check_dtype=False)
    assert (items["amount"] - items["sell_in"] * items["product"].map(prices)).abs().max() <= 1


AGREED = (
    {
        "dealer": "甲店",
        "owner": "R9",
        "actions": ("盘点", "补货"),
        "support": ({"what": "门头", "amount": 1000}, {"what": "样板"}),
        "receivables": 500,
        "receivables_limit": 800,
    },
)


def test_what_is_agreed_stands_beside_the_figures():
    found = plan_of(told(), dealer_plans=AGREED, owners={"甲店": "R1", "乙店": "R2"}, owed={"乙店": 700_00})
    table = found.set_index("dealer")
    assert table["rep"].to_dict() == {"甲店": "R9", "乙店": "R2"}
    assert table["receivables"].to_dict() == {"甲店": 500_00, "乙店": 700_00}
    assert table.loc["甲店", ["receivables_limit", "support"]].tolist() == [800_00, 1000_00]
    assert table.loc["甲店", "actions"] == "盘点 / 补货"
    assert pd.isna(table.loc["乙店", "actions"])


def test_what_the_sales_say_is_owed_goes_before_the_parameter():
    table = plan_of(told(), dealer_plans=AGREED, owed={"甲店": 90_00}).set_index("dealer")
    assert table.loc["甲店", "receivables"] == 90_00


CUSTOMERS = pd.DataFrame(
    {
        "customer": ["C1", "C1", "C2", "C3"],
        "name": ["甲店", "甲店", "同名", "同名"],
        "rep": ["R1", "R2", "R3", "R4"],
        "start": pd.to_datetime(["2020-01-01", "2026-07-01", None, None]),
        "end": pd.to_datetime(["2026-06-30", None, None, None]),
    }
)


def test_a_dealer_is_found_among_the_customers_by_key_or_by_a_name_of_his_own():
    assert ra.customer_keys(["甲店", "C2", "同名", "外人"], CUSTOMERS) == {"甲店": "C1", "C2": "C2"}
    assert ra.customer_keys(["甲店"], None) == {}


@pytest.mark.parametrize(("day", "rep"), [(date(2026, 1, 1), "R1"), (date(2026, 12, 31), "R2")])
def test_his_rep_is_the_owner_of_the_day(day, rep):
    assert ra.owners_of(["甲店"], CUSTOMERS, day) == {"甲店": rep}


def test_what_he_owes_is_open_orders_with_tax_the_oldest_paid_first():
    orders = pd.DataFrame(
        {
            "order": ["O1", "O2", "O3", "O9"],
            "original_order": [None, None, "O2", None],
            "customer": ["C1", "C1", "C1", "C7"],
            "product": "A",
            "kind": "sale",
            "date": pd.to_datetime(["2026-01-05", "2026-06-05", "2026-07-05", "2026-01-01"]),
            "amount": [1000_00, 1000_00, -200_00, 5000_00],
        }
    )
    paid = pd.DataFrame(
        {"date": pd.to_datetime(["2026-02-01"]), "amount": [1200_00], "order": [None], "customer": ["C1"]}
    )
    tax = Tax(sales="excluded", collections="included", rate=Decimal("0.13"))
    owed = ra.owed_by({"甲店": "C1"}, orders, paid, tax=tax, day=DAY)
    assert owed == {"甲店": (1000_00 + 800_00) * 113 // 100 - 1200_00}
    assert ra.owed_by({"甲店": "C1"}, orders, None, tax=tax, day=DAY) == {}


def test_prices_are_those_of_the_dealers_channels():
    split = pd.DataFrame(
        {
            "channel": ["市场", "店", "市场"],
            "product": ["A", "A", "C"],
            "amount": [800, 3000, 100],
            "quantity": [10, 20, np.nan],
        }
    )
    assert ra.unit_prices(split, ["市场"]) == {"A": 80.0}
    assert ra.unit_prices(split) == {"A": 3800 / 30}
    assert ra.unit_prices(split.drop(columns="product")) == {}


def test_what_the_plan_does_not_price_has_its_price_elsewhere_or_that_of_the_list():
    split = pd.DataFrame(
        {"channel": ["市场", "店"], "product": ["A", "B"], "amount": [800, 3000], "quantity": [10, 20]}
    )
    products = pd.DataFrame({"product": ["A", "C", "D"], "price": pd.array([90, 468_00, None], dtype="Int64")})
    assert ra.unit_prices(split, ["市场"], products) == {"A": 80.0, "B": 150.0, "C": 468_00.0}


# ---------------------------------------------------------------- down to specification

VARIANTS = ({"spec": "18L", "colour": "白", "share": Decimal("0.7")},
            {"spec": "18L", "colour": "灰", "share": Decimal("0.2")},
            {"spec": "5L", "share": Decimal("0.1")})  # fmt: skip
SPECS = ({"product": "A", "variants": VARIANTS},)


def test_specifications_sum_to_every_month_and_none_is_forgotten():
    plan = expected(sell_out=3, sell_in=1)
    items = ra.dealer_items(plan, PRICES, rules(specifications=SPECS).specifications)
    keys = ["month", "dealer", "product"]
    for name in ("sell_out", "sell_in"):
        sums = items.groupby(keys)[name].sum()
        pd.testing.assert_series_equal(sums, plan.groupby(keys)[name].sum(), check_dtype=False)
    year = items[items["dealer"] == "甲店"].groupby(["spec", "colour"], dropna=False)["sell_out"].sum()
    assert abs(year["18L", "白"] - 36 * 0.7) <= 1
    assert year.min() >= 3


def test_the_price_list_may_carry_specification_and_colour():
    listed = pd.DataFrame({"product": ["A", "B"], "spec": ["x", "20kg"], "colour": [None, "红"]})
    items = ra.dealer_items(expected(), PRICES, rules(specifications=SPECS).specifications, products=listed)
    of_b = items[items["product"] == "B"]
    assert set(of_b["spec"]) == {"20kg"}
    assert set(items.loc[items["product"] == "A", "spec"]) == {"18L", "5L"}


def test_without_specifications_a_product_is_one_row():
    items = ra.dealer_items(expected(), {"A": 100.0})
    assert len(items) == len(expected())
    assert items["spec"].isna().all()
    assert items.loc[items["product"] == "B", "amount"].isna().all()


def test_shares_of_a_product_must_sum_to_one():
    with pytest.raises(ValueError, match="sum to 1"):
        rules(specifications=({"product": "A", "variants": VARIANTS[:2]},))


@pytest.mark.parametrize(
    "twice",
    [
        pytest.param({"dealer_plans": ({"dealer": "甲"}, {"dealer": "甲"})}, id="dealer"),
        pytest.param({"specifications": SPECS * 2}, id="product"),
        pytest.param({"project_stages": ({"stage": "投标"}, {"stage": "投标"})}, id="stage"),
    ],
)
def test_nothing_is_named_twice(twice):
    with pytest.raises(ValueError, match="twice"):
        rules(**twice)


def test_the_run_stops_where_items_and_forecast_part():
    plan = expected()
    items = ra.dealer_items(plan, PRICES)
    empty = pd.DataFrame(columns=["dealer", "sell_out"])
    frames = {
        "rep_allocation": pd.DataFrame(columns=["rep", "month", "base", "amount"]),
        "rep_allocation_reps": pd.DataFrame(columns=["rep", "quota"]),
        "rep_allocation_dealer_items": items,
        "rep_allocation_outlets": empty,
        "rep_allocation_cities": empty,
    }
    stop_on_breach("rep_allocation", frames, {"seasonal_split_dealers": plan}, 1)
    with pytest.raises(IdentityError, match="items_sum_to_forecast"):
        stop_on_breach("rep_allocation", {**frames, "rep_allocation_dealer_items": items.iloc[1:]},
                       {"seasonal_split_dealers": plan}, 1)  # fmt: skip
    dealers = items.groupby("dealer")["amount"].sum().reset_index()
    frames["rep_allocation_dealers"] = dealers
    stop_on_breach("rep_allocation", frames, {"seasonal_split_dealers": plan}, 1)
    frames["rep_allocation_dealers"] = dealers.assign(amount=dealers["amount"] + 1)
    with pytest.raises(IdentityError, match="items_sum_to_dealer"):
        stop_on_breach("rep_allocation", frames, {"seasonal_split_dealers": plan}, 1)


def test_two_thousand_dealers_and_products_take_a_second():
    plan = expected([f"D{n:04d}" for n in range(400)], tuple("ABCDE"))
    reports = plan.assign(month=plan["month"].str.replace("2027", "2026"), sell_in=9.0, sell_out=8.0, stock=20.0)
    begun = time.process_time()
    found, trade = goods(reports, plan=plan)
    table = ra.dealer_plan(found, trade, rules=rules(), owners={}, owed={})
    items = ra.dealer_items(plan, PRICES, rules(specifications=SPECS).specifications)
    assert time.process_time() - begun < 3
    assert len(table) == 400
    assert len(items) == 400 * 12 * 7


# ---------------------------------------------------------------- tasks, and the dealer's copy

SECRET = ("绝密支持", "1234.56", "789.01", "内部职责", "中心配合", "对手店")
PLANS = (
    {"dealer": "甲店", "actions": ("月底盘点",), "support": ({"what": "绝密支持", "amount": Decimal("1234.56")},),
     "receivables": Decimal("789.01"), "receivables_limit": Decimal("789.01")},
    {"dealer": "对手店", "actions": ("别人的动作",)},
)  # fmt: skip
TASKS = (
    {
        "for": "dealer",
        "name": "甲店",
        "task": "清库存",
        "duty": "内部职责",
        "centre": "中心配合",
        "support": "绝密支持",
    },
    {"for": "dealer", "name": "对手店", "task": "别人的任务"},
    {"for": "channel", "name": "市场", "task": "渠道任务"},
    {"for": "outlet", "name": "一号店", "task": "换门头"},
)
SHOPS = pd.DataFrame(
    {
        "outlet": ["一号店", "(direct)", "别家网点"], "dealer": ["甲店", "甲店", "对手店"],
        "city": ["县城", "(direct)", "市区"],
        "channel": "市场", "state": ["existing", "own", "existing"], "opened": "2020-01", "last_sell_out": 5.0,
        "sell_out": pd.array([7, 8, 9], dtype="Int64"), "growth": pd.array([0.4, None, 0.8], dtype="Float64"),
        "area": 20.0,
        "samples": pd.array([3, None, 4], dtype="Int64"), "standard": "主通道",
    }
)  # fmt: skip


def market():
    plan = expected(("甲店", "对手店"))
    found, trade = goods(told(15, 10, 25), told(15, 10, 25, dealer="对手店"), plan=plan)
    terms = rules(dealer_plans=PLANS, tasks=TASKS)
    dealers = ra.dealer_plan(found, trade, rules=terms, owners={"甲店": "R1", "对手店": "R2"}, owed={})
    channels = pd.DataFrame({"channel": ["市场"], "amount": [100], "growth": [0.1]})
    tasks = ra.task_table(terms.tasks, channels=channels, dealers=dealers, outlets=SHOPS)
    return {
        "dealers": dealers,
        "items": ra.dealer_items(plan, PRICES),
        "outlets": SHOPS,
        "tasks": tasks,
        "plans": terms.dealer_plans,
    }


def test_tasks_stand_beside_the_figures_they_are_for():
    table = market()["tasks"].set_index("member")
    dealers = market()["dealers"].set_index("dealer")
    assert table.loc["甲店", "amount"] == dealers.loc["甲店", "amount"]
    assert table.loc["甲店", "amount_run_down"] == dealers.loc["甲店", "amount_run_down"]
    assert table.loc["市场", ["amount", "sell_out"]].tolist() == [100, pd.NA]
    assert table.loc["一号店", "sell_out"] == 7
    assert table["rep"].fillna("").to_dict() == {"甲店": "R1", "对手店": "R2", "市场": "", "一号店": "R1"}


def test_no_tasks_are_a_table_with_its_header():
    kept = market()
    table = ra.task_table((), channels=pd.DataFrame(), dealers=kept["dealers"], outlets=SHOPS)
    assert table.empty
    assert "amount_run_down" in table


def test_a_copy_holds_what_is_the_dealers_own():
    copy = ra.dealer_copy("甲店", **market())
    assert copy.months["sell_out"].tolist() == [20] * 12
    assert copy.outlets["outlet"].tolist() == ["一号店"]
    assert copy.tasks["task"].tolist() == ["清库存", "换门头"]
    assert copy.actions == ("月底盘点",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_byte_of_a_letter_is_anothers(tmp_path, language):
    """Others' names, actions and tasks, receivables, limits, support and what the company does stand nowhere."""
    copies = ra.dealer_copies(**market())
    words = Words(language, "元" if language == "zh" else "one")
    words.names = {"R1": "本人业务员", "R2": "别的业务员"}
    head = {"title": "计划", "run": "r", "year": "2027", "tax": "x"}
    assert write_dealer_letters(tmp_path, copies, words, head=head) == 2
    pages = [
        path for path in tmp_path.iterdir() if "甲店" in path.read_text(encoding="utf-8") and path.name != "index.html"
    ]
    assert len(pages) == 1
    text = html.unescape(pages[0].read_bytes().decode())
    for secret in (*SECRET, "1,234.56", "别人的动作", "别人的任务", "别家网点", "别的业务员", "R2", "渠道任务"):
        assert secret not in text, secret
    for word in ("support", "receivables", "receivables_limit"):
        assert words.column(word, "rep_allocation_dealers") not in text
    assert "本人业务员" in text
    assert words("rep_allocation.dealer_letter_sign") in text
    assert "月底盘点" in text


def test_names_in_letters_are_escaped(tmp_path):
    kept = market()
    hostile = {name: kept[name].replace("甲店", "<b>甲") for name in ("dealers", "items", "outlets", "tasks")}
    write_dealer_letters(
        tmp_path, ra.dealer_copies(**hostile), Words("zh"), head=dict.fromkeys(("title", "run", "year", "tax"), "")
    )
    text = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert "<b>" not in text
    assert "&lt;b&gt;甲" in text


def test_only_the_largest_dealers_get_letters_where_there_are_many():
    copies = ra.dealer_copies(**market(), most=1)
    assert len(copies) == 1


# ---------------------------------------------------------------- as people see it


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "元" if request.param == "zh" else "one")


def titled(ax):
    return (ax.get_title(loc="left") + ax.get_title()).replace("\n", "")


def test_the_chart_names_who_holds_most(words):
    table = plan_of(told(15, 10, 25), told(10, 10, 5, dealer="乙店"))
    ax = charts.dealers(Figure().add_subplot(), table, words=words)
    assert "甲店" in titled(ax)
    assert words.code("state", "stuffed") in [text.get_text() for text in ax.texts]
    assert len(ax.patches) == 4


def test_a_chart_without_reports_says_so(words):
    ax = charts.dealers(Figure().add_subplot(), plan_of(), words=words)
    assert words("rep_allocation.no_dealer_reports") == titled(ax)


def test_sentences_name_the_stuffed_and_the_empty(words):
    table = plan_of(told(15, 10, 25), told(10, 10, 0, dealer="乙店"), dealer_plans=AGREED)
    found, _ = goods(told(15, 10, 25), told(10, 10, 0, dealer="乙店"))
    text = "\n".join(conclusions.dealer_sentences(words, dealers=table, goods=found, alert=ALERT))
    days = words.number(row(found)["stock_days"])
    assert words("rep_allocation.dealer_days", dealer="甲店", days=days) in text
    assert words("rep_allocation.dealers_empty", count=1, dealers="乙店") in text
    assert words.money(1000_00) in text
    assert words("rep_allocation.dealers_nobody", count=1, dealers="乙店") in text


def test_who_owes_more_than_his_limit_is_named(words):
    table = plan_of(told(), dealer_plans=({**AGREED[0], "receivables": 900},))
    text = "\n".join(conclusions.dealer_sentences(words, dealers=table, goods=goods(told())[0], alert=ALERT))
    assert (
        words("rep_allocation.dealer_owes", dealer="甲店", owed=words.money(900_00), limit=words.money(800_00)) in text
    )


def test_no_dealers_no_sentences(words):
    empty = plan_of().head(0)
    assert conclusions.dealer_sentences(words, dealers=empty, goods=goods()[0].head(0), alert=ALERT) == []
