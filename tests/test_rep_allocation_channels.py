"""The plan by channel, by rep and product: months sum to the profit plan, cost rates, expenses of departments."""

import time

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from salesplan import rep_allocation as ra
from salesplan.calendar import add_months, fiscal_months
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.rep_allocation.market.channels import cost_rates, department_months
from salesplan.rep_allocation.market.steady import over_parts
from salesplan.wording import LANGUAGES, Words

MONTHS = fiscal_months(2027)
NOTHING = pd.DataFrame()
REPS = pd.DataFrame({"rep": ["R1", "R2"], "team": ["零售部", "渠道部"]})


def quotas(months=MONTHS, amount=1000_00):
    """R1 sells product A in shops, R2 sells B in markets and a little A; nothing is over-assigned."""
    rows = [("R1", "店", "A", 4), ("R2", "市场", "A", 1), ("R2", "市场", "B", 3)]
    table = pd.DataFrame(
        [(rep, month, channel, product, part * amount) for month in months for rep, channel, product, part in rows],
        columns=["rep", "month", "channel", "product", "base"],
    )
    return table.assign(amount=table["base"], quantity=table["base"] / 100_00)


def split_of(table):
    keys = ["month", "channel", "product"]
    sums = table.groupby(keys)[["base", "quantity"]].sum().reset_index()
    return sums.rename(columns={"base": "amount"})


def history(rates=(("店", "A", 0.5), ("市场", "A", 0.6), ("市场", "B", 0.8))):
    return pd.DataFrame(
        [(add_months(month, -12), channel, product, 900_00, round(900_00 * rate)) for month in MONTHS
         for channel, product, rate in rates],
        columns=["month", "channel", "product", "amount", "cost"],
    ).astype({"cost": "Int64"})  # fmt: skip


def budget(cost=5000_00, expenses=(("底薪", 300_00), ("广告", 101_00)), departments=None, **more):
    rows = [(month, name, fen) for month in MONTHS for name, fen in expenses]
    spent = pd.DataFrame(rows, columns=["month", "category", "amount"])
    months = spent.groupby("month")["amount"].sum() if len(spent) else pd.Series(0, index=MONTHS)
    profit = pd.DataFrame({"month": MONTHS, "cost": cost, "expense": months.reindex(MONTHS).to_numpy()})
    given_ = departments or [("底薪", "零售部", 2), ("底薪", "渠道部", 1), ("广告", "市场部", 1)]
    found = pd.DataFrame(given_, columns=["category", "department", "amount"])
    return ra.Budget(profit, spent, found, **more)


EMPTY = pd.DataFrame(columns=["month", "category", "department", "cost", "expense", "amount"])
NO_BUDGET = ra.Budget(EMPTY, EMPTY, EMPTY)


def cells(plan=None, **changed):
    table = quotas() if plan is None else plan
    given_ = {"history": history(), "budget": budget(), **changed}
    past = given_.pop("history")
    return ra.profit_cells(table, split_of(table), past, reps=REPS, **given_)


# ---------------------------------------------------------------- sums


def test_cost_and_expense_of_every_month_are_those_of_the_profit_plan():
    months = cells().groupby("month")[["amount", "cost", "expense"]].sum()
    assert months["amount"].eq(8 * 1000_00).all()
    assert months["cost"].eq(5000_00).all()
    assert months["expense"].eq(401_00).all()


def test_gross_and_net_close_in_every_row():
    table = cells()
    assert (table["gross"] == table["amount"] - table["cost"]).all()
    assert (table["net"] == table["gross"] - table["expense"]).all()


def test_costs_follow_the_cost_rates_of_channel_and_product():
    """A month's 5,000 lie on 4,000 x 0.5, 1,000 x 0.6 and 3,000 x 0.8."""
    found = cells(plan=quotas(MONTHS[:1])).set_index(["rep", "product"])["cost"]
    weights = {("R1", "A"): 4000 * 0.5, ("R2", "A"): 1000 * 0.6, ("R2", "B"): 3000 * 0.8}
    for key, weight in weights.items():
        assert found[key] == pytest.approx(5000_00 * weight / 5000, abs=1)


def test_a_team_carries_its_department_and_everybody_the_others():
    """底薪 300: two thirds to 零售部 (R1), one third to 渠道部 (R2); 广告 101 by sales, 4 to 4."""
    found = cells(plan=quotas(MONTHS[:1])).groupby("rep")["expense"].sum()
    assert found["R1"] == 200_00 + 50_50
    assert found["R2"] == 100_00 + 50_50


def test_a_department_whose_team_sells_nothing_in_the_month_lies_on_everybody():
    plan = quotas(MONTHS[:1])
    found = cells(plan=plan[plan["rep"] == "R1"]).groupby("rep")["expense"].sum()
    assert found["R1"] == 401_00


def test_without_a_budget_cost_is_sales_times_rate_and_net_is_unknown():
    table = cells(budget=NO_BUDGET, plan=quotas(MONTHS[:1]))
    assert table.set_index(["rep", "product"])["cost"].to_dict() == {
        ("R1", "A"): 4000_00 * 0.5, ("R2", "A"): 1000_00 * 0.6, ("R2", "B"): 3000_00 * 0.8,
    }  # fmt: skip
    assert table[["expense", "net"]].isna().all(axis=None)


def test_without_any_cost_profit_is_unknown():
    table = cells(budget=NO_BUDGET, history=history().drop(columns="cost"))
    assert table[["cost", "gross", "expense", "net"]].isna().all(axis=None)
    assert table["amount"].sum() == 12 * 8 * 1000_00


def test_the_money_unit_of_the_plan_is_kept():
    table = cells(budget=budget(unit=100))
    assert (table["cost"] % 100 == 0).all()


def test_where_quotas_stop_at_the_month_the_split_is_taken():
    coarse = quotas().groupby(["rep", "month"], as_index=False)[["base", "amount", "quantity"]].sum()
    table = ra.profit_cells(coarse, split_of(quotas()), history(), budget=budget(), reps=REPS)
    assert set(table["rep"]) == {""}
    assert table.groupby("month")["expense"].sum().eq(401_00).all()
    assert ra.profit_table(table)["rep"].eq("").all()


def test_units_are_those_of_the_base_not_of_the_padded_quota():
    padded = quotas().assign(amount=lambda d: d["base"] * 105 // 100, quantity=lambda d: d["base"] * 1.05 / 100_00)
    assert cells(plan=padded)["quantity"].to_numpy() == pytest.approx(cells()["quantity"].to_numpy())


@pytest.mark.parametrize(
    ("past", "products", "expected"),
    [
        pytest.param(history(), None, [0.6, 0.8, 0.5], id="channel and product"),
        pytest.param(history((("店", "A", 0.5),)), None, [0.5, 0.5, 0.5], id="the product's elsewhere, then all"),
        pytest.param(
            history((("店", "A", 0.5),)),
            pd.DataFrame({"product": ["B"], "price": [200], "cost": [150]}),
            [0.5, 0.75, 0.5],
            id="the price list before all",
        ),
        pytest.param(history().head(0), None, [np.nan] * 3, id="nothing known"),
    ],
)
def test_cost_rates(past, products, expected):
    table = split_of(quotas(MONTHS[:1]))
    assert cost_rates(table, past, products) == pytest.approx(expected, nan_ok=True)


def test_departments_take_each_category_by_its_year():
    spent = department_months(budget().expenses, budget().departments)
    first = spent[spent["month"] == MONTHS[0]].set_index("department")["amount"]
    assert first.to_dict() == {"市场部": 101_00, "渠道部": 100_00, "零售部": 200_00}
    bare = department_months(budget().expenses, budget().departments.head(0))
    assert bare["department"].eq("").all()


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), cost=st.integers(0, 10**9), spent=st.integers(0, 10**8))
def test_every_month_sums_exactly_whatever_the_amounts(seed, cost, spent):
    rng = np.random.default_rng(seed)
    plan = quotas().assign(base=rng.integers(0, 10**7, 36))
    plan = plan.assign(amount=plan["base"])
    table = cells(plan=plan.sample(frac=1, random_state=seed), budget=budget(cost, (("底薪", spent),)))
    assert table.groupby("month")["cost"].sum().eq(cost).all()
    assert table.groupby("month")["expense"].sum().eq(spent).all()
    again = cells(plan=plan, budget=budget(cost, (("底薪", spent),)))
    pd.testing.assert_frame_equal(table, again)


# ---------------------------------------------------------------- tables


def test_the_channel_plan_stands_beside_the_same_month_last_year():
    plan = ra.channel_plan(cells(), history())
    assert plan.groupby("channel")["last_year"].sum().to_dict() == {"店": 12 * 900_00, "市场": 24 * 900_00}
    assert plan.groupby("month")["amount"].sum().eq(8 * 1000_00).all()


def test_a_month_nobody_has_on_record_is_unknown_not_zero():
    short = history()[lambda d: d["month"] != "2026-01"]
    plan = ra.channel_plan(cells(), short).set_index(["channel", "month"])["last_year"]
    assert plan["店", "2027-01"] is pd.NA
    assert plan["店", "2027-02"] == 900_00


def test_channel_years_are_drawn_up_with_averages_growth_and_margins():
    years = ra.channel_years(ra.channel_plan(cells(), history())).set_index("channel")
    assert years.loc["店", "last_month"] == 900_00
    assert years.loc["店", "month_target"] == 4000_00
    assert years.loc["店", "growth"] == pytest.approx(4000 / 900 - 1)
    assert years["share"].sum() == pytest.approx(1)
    assert years.loc["店", "net_share"] == pytest.approx(years.loc["店", "net"] / years.loc["店", "amount"])


def test_without_channels_there_is_no_channel_plan():
    plain = quotas().drop(columns="channel")
    plain = plain.groupby(["rep", "month", "product"], as_index=False)[["base", "amount", "quantity"]].sum()
    split = plain.groupby(["month", "product"], as_index=False)[["amount", "quantity"]].sum()
    table = ra.profit_cells(plain, split, history(), budget=budget(), reps=REPS)
    assert ra.channel_plan(table, history()).empty


def frames(**changed):
    table = cells()
    kept = {
        "rep_allocation": quotas(),
        "rep_allocation_reps": pd.DataFrame({"rep": ["R1", "R2"], "quota": [48000_00, 48000_00]}),
        "rep_allocation_profit": ra.profit_table(table),
        "rep_allocation_channels": ra.channel_plan(table, history()),
    }
    return {**kept, **changed}


def test_the_run_stops_where_profit_and_plan_part():
    earlier = {"seasonal_split": split_of(quotas()), "seasonal_split_profit": budget().profit}
    stop_on_breach("rep_allocation", frames(), earlier, 1)
    wrong = frames()["rep_allocation_profit"].assign(cost=lambda d: d["cost"] + 1)
    with pytest.raises(IdentityError, match="rep_allocation_profit_sums_to_profit_plan"):
        stop_on_breach("rep_allocation", frames(rep_allocation_profit=wrong), earlier, 1)
    short = frames()["rep_allocation_channels"].iloc[1:]
    with pytest.raises(IdentityError, match="rep_allocation_channels_sums_to_split"):
        stop_on_breach("rep_allocation", frames(rep_allocation_channels=short), earlier, 1)


def test_five_hundred_reps_and_thirty_products_take_a_second():
    reps = [f"R{number:03d}" for number in range(500)]
    keys = pd.MultiIndex.from_product(
        [reps, MONTHS, [f"P{n:02d}" for n in range(30)]], names=["rep", "month", "product"]
    )
    plan = keys.to_frame(index=False).assign(channel="店", base=1000, amount=1050, quantity=2.0)
    begun = time.process_time()
    table = ra.profit_cells(plan, split_of(plan), history(), budget=budget(), reps=REPS)
    assert time.process_time() - begun < 3
    assert table.groupby("month")["cost"].sum().eq(5000_00).all()


# ---------------------------------------------------------------- months over parts


def test_a_small_share_gets_its_unit_when_it_is_due():
    found = over_parts(np.array([[1, 1, 1, 1]]), np.tile([[0.75], [0.25]], 4), np.array([0, 0]), np.arange(2))
    assert found.tolist() == [[1, 1, 0, 1], [0, 0, 1, 0]]


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), parts=st.integers(1, 6), months=st.integers(1, 12))
def test_months_are_exact_and_no_part_falls_behind(seed, parts, months):
    rng = np.random.default_rng(seed)
    totals = rng.integers(0, 40, (2, months))
    groups = np.concatenate([[0, 1], rng.integers(0, 2, parts)])
    weights = rng.integers(1, 9, (len(groups), 1)) * np.ones((1, months))
    found = over_parts(totals, weights, groups, np.arange(len(groups)))
    for group in (0, 1):
        inside = groups == group
        assert found[inside].sum(axis=0).tolist() == totals[group].tolist()
        share = weights[inside] / weights[inside].sum(axis=0)
        due = np.cumsum(share * totals[group], axis=1)
        assert (np.abs(np.cumsum(found[inside], axis=1) - due) < len(groups)).all()
    assert (found >= 0).all()


def test_months_without_a_weight_are_shared_evenly():
    found = over_parts(np.array([[4]]), np.zeros((2, 1)), np.array([0, 0]), np.arange(2))
    assert found.tolist() == [[2], [2]]


# ---------------------------------------------------------------- as people see it


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "万元" if request.param == "zh" else "thousand")


def axes():
    return Figure(figsize=(8, 4)).add_subplot()


def titled(ax):
    return (ax.get_title(loc="left") + ax.get_title()).replace("\n", "" if ax.get_title()[:1] > "\u2e80" else " ")


def test_the_channel_chart_names_the_largest_and_the_best(words):
    years = ra.channel_years(ra.channel_plan(cells(), history()))
    ax = charts.channels(axes(), years, words=words)
    assert len(ax.patches) == 4
    assert [label.get_text() for label in ax.get_yticklabels()] == years["channel"].tolist()
    assert words.money(years["amount"].iloc[0]) in titled(ax)
    known = years[years["net_share"] == years["net_share"].max()]["channel"].iloc[0]
    assert known in titled(ax)


def test_the_units_chart_has_a_cell_per_rep_and_product(words):
    with mpl.rc_context():
        ax = charts.units(axes(), ra.profit_table(cells()), words=words)
    assert ax.collections[0].get_array().shape == (2, 2)
    assert words.number(48 * 10) in titled(ax) or words.number(480) in titled(ax)


def test_units_nobody_knows_are_said(words):
    unknown = ra.profit_table(cells(plan=quotas().assign(quantity=np.nan)))
    assert words("rep_allocation.no_units") in titled(charts.units(axes(), unknown, words=words))


def said(words, **changed):
    table = ra.profit_table(cells(**changed))
    years = ra.channel_years(ra.channel_plan(cells(**changed), history()))
    years = years if len(years) else NOTHING
    frames_ = {"channels": years, "reps": ra.profit_by(table, "rep"), "products": ra.profit_by(table, "product")}
    return conclusions.channel_sentences(words, **frames_)


def test_sentences_carry_the_sums(words):
    text = "\n".join(said(words))
    assert words.money(12 * 8 * 1000_00) in text
    assert words.money(12 * 401_00) in text
    assert words.money(12 * (8000_00 - 5000_00 - 401_00)) in text


def test_without_a_budget_the_sentence_stops_at_the_gross_margin(words):
    text = "\n".join(said(words, budget=NO_BUDGET))
    gross = words.money(12 * (8000_00 - 5000_00))
    assert words("rep_allocation.profit_gross", amount=words.money(12 * 8000_00), gross=gross,
                 gross_rate=words.percent(3 / 8)) in text  # fmt: skip


def test_without_costs_that_is_said(words):
    text = said(words, budget=NO_BUDGET, history=history().drop(columns="cost"))
    assert words("rep_allocation.profit_no_cost") in text
