"""Quotas brought down to customers: exact sums, owners, kinds, pins, contacts, composition, and what is said of it."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from workbooks import command, copy_workbook

from salesplan import identities
from salesplan import rep_allocation as ra
from salesplan.calendar import add_months, fiscal_months
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.errors import IdentityError, PlanError
from salesplan.rep_allocation.portfolio.customer_amounts import fill
from salesplan.rep_allocation.portfolio.holdings import days_held, holdings
from salesplan.rep_allocation.portfolio.purchases import newcomers, past_of, usual_sales, yearly_sales
from salesplan.tables import outputs
from salesplan.terms import RepAllocationTerms
from salesplan.wording import LANGUAGES, Words

MONTHS = fiscal_months(2027)
GRADES = {
    "rule": "given",
    "grades": [
        {"name": "VIP", "share": Decimal("0.6"), "contacts": {"every": 1, "unit": "month"}},
        {"name": "一级", "share": Decimal("0.3"), "contacts": {"every": 2, "unit": "month"}},
        {"name": "其他"},
    ],
}


def past(rows):
    """Past sales: (year, customer, rep, fen a year[, product]) spread over the months of the year."""
    lines = [
        (month, "北", "店", product[0] if product else "漆", customer, rep, fen // 12)
        for year, customer, rep, fen, *product in rows
        for month in fiscal_months(year)
    ]
    return pd.DataFrame(lines, columns=["month", "region", "channel", "product", "customer", "rep", "amount"])


HISTORY = past(
    [
        (2025, "C1", "R1", 1_200_000),
        (2026, "C1", "R1", 1_200_000),
        (2025, "C2", "R1", 600_000),
        (2026, "C2", "R1", 600_000),
        (2025, "C3", "R2", 240_000),
        (2026, "C4", "R2", 120_000),
        (2026, "C5", "R9", 60_000),
    ]
)


def listed(**changed):
    columns = {
        "customer": ["C1", "C2", "C3", "C4", "C6"],
        "name": ["甲", "乙", "丙", "丁", "己"],
        "grade": ["VIP", "一级", "其他", None, "其他"],
        "region": ["北"] * 5,
        "channel": ["店"] * 5,
        "rep": ["R1", "R1", "R2", "R2", "R2"],
        "start": pd.to_datetime(["2020-01-01"] * 5),
        "end": pd.to_datetime([None] * 5),
        "potential": pd.array([2_000_000, 1_000_000, 300_000, pd.NA, 500_000], dtype="Int64"),
        **changed,
    }
    return pd.DataFrame(columns)


def start(history=HISTORY, customers=None, **known):
    split = pd.DataFrame({"month": MONTHS, "amount": [100_000] * 12})
    reps = pd.DataFrame({"rep": ["R1", "R2"]})
    return ra.Given(reps, split, history, customers=customers, **known)


def quotas(**fen):
    """Table rep_allocation in one month: quota by rep, `nobody` for what nobody serves."""
    named = {"(unassigned)" if rep == "nobody" else rep: amount for rep, amount in fen.items()}
    return pd.DataFrame({"rep": list(named), "month": MONTHS[0], "amount": list(named.values())})


def planned(given=None, table=None, **rules):
    given = start(customers=listed()) if given is None else given
    table = quotas(R1=2_000_000, R2=500_000) if table is None else table
    terms = RepAllocationTerms.model_validate({"customer_grades": GRADES, **rules})
    return ra.customer_plan(given, table, rules=terms)


def of(plan, customer, column="amount"):
    rows = plan.table[plan.table["customer"] == customer]
    assert len(rows) == 1, customer
    return rows[column].iloc[0]


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "万元" if request.param == "zh" else "thousand")


# --- targets ------------------------------------------------------------------------------------


def test_customers_sum_to_each_quota():
    table = planned().table
    assert table.groupby("rep")["amount"].sum().drop("(unassigned)").to_dict() == {"R1": 2_000_000, "R2": 500_000}


def test_a_quota_is_kept_then_developed_then_won():
    # Kept 1,200,000 + 600,000 of 1,860,000 + 60,000 a year; growth of 200,000, of which development takes
    # 0.2 x (2,000,000 - usual) + 0.2 x (1,000,000 - usual) and new customers the rest.
    plan = planned(customer_targets={"new_share": Decimal(0)})
    rows = plan.table[plan.table["rep"] == "R1"].set_index("customer")
    usual = usual_sales(yearly_sales(past_of(HISTORY, MONTHS)))
    kept = {name: round(usual[name]) for name in ("C1", "C2")}
    developed = {name: 0.2 * (potential - usual[name]) for name, potential in (("C1", 2_000_000), ("C2", 1_000_000))}
    part = min(1.0, (2_000_000 - usual["C1"] - usual["C2"]) / sum(developed.values()))
    for name in ("C1", "C2"):
        assert abs(rows.loc[name, "amount_kept"] - kept[name]) <= 1
        assert abs(rows.loc[name, "amount_developed"] - part * developed[name]) <= 1
    parts = rows[["amount_kept", "amount_pipeline", "amount_developed"]].sum(axis=1)
    assert (rows["amount"] == parts)[rows["kind"] != "new"].all()


def test_a_quota_below_the_usual_sales_scales_all_alike():
    rows = planned(table=quotas(R1=900_000, R2=10)).table.set_index("customer")
    assert rows.loc["C1", "amount"] == 2 * rows.loc["C2", "amount"] == 600_000
    assert "(new)" not in rows[rows["rep"] == "R1"].index


def test_what_customers_cannot_carry_is_to_be_won_anew():
    plan = planned(table=quotas(R1=10_000_000, R2=0))
    usual = usual_sales(yearly_sales(past_of(HISTORY, MONTHS)))
    room = 0.2 * (3_000_000 - usual["C1"] - usual["C2"])
    expected = 10_000_000 - usual["C1"] - usual["C2"] - room
    assert of(plan, "(new)") == pytest.approx(expected, abs=1)
    assert of(plan, "(new)", "new_customers") == -(-of(plan, "(new)") // 90_000), "C4 and C5 first bought 90,000 each"


def test_new_customers_have_their_least_part_of_the_growth():
    plan = planned(customer_targets={"new_share": Decimal("0.05")})
    assert of_rep(plan, "R1", "(new)") == 100_000


def of_rep(plan, rep, customer):
    rows = plan.table[(plan.table["rep"] == rep) & (plan.table["customer"] == customer)]
    return int(rows["amount"].sum())


def test_kinds():
    kinds = planned().table.drop_duplicates("customer").set_index("customer")["kind"].to_dict()
    assert kinds == {
        "C1": "existing", "C2": "existing", "C3": "lapsed", "C4": "existing", "C5": "existing", "C6": "potential",
        "(new)": "new",
    }  # fmt: skip


def test_open_deals_count_beyond_what_the_customer_usually_buys():
    deals = pd.DataFrame(
        {
            "project": ["p", "q", "later"],
            "customer": ["C6", "C2", "C6"],
            "rep": ["R2", "R1", "R2"],
            "stage": ["投标"] * 3,
            "amount": [400_000, 100_000, 900_000],
            "close": pd.to_datetime(["2027-06-01", "2027-06-01", "2028-06-01"]),
            "probability": [0.5, 0.5, 0.5],
            "next_follow_up": pd.to_datetime([None] * 3),
        }
    )
    plan = planned(start(customers=listed(), opportunities=deals), quotas(R1=2_000_000, R2=500_000))
    assert of(plan, "C6", "pipeline") == 200_000
    assert of(plan, "C6", "amount_pipeline") == 200_000
    assert of(plan, "C2", "amount_pipeline") == 0, "50,000 are within what C2 buys anyway"


def test_without_any_potential_growth_follows_the_sales():
    plan = planned(
        start(customers=listed(potential=pd.array([pd.NA] * 5, dtype="Int64"))), customer_targets={"new_share": 0}
    )
    assert plan.no_potential
    assert abs(of(plan, "C1") - 2 * of(plan, "C2")) <= 2
    assert of_rep(plan, "R1", "(new)") == 0


def test_without_customers_there_is_nothing():
    plain = HISTORY.assign(customer="")
    plan = ra.customer_plan(start(plain), quotas(R1=5), rules=RepAllocationTerms())
    assert not plan.known
    assert plan.table.empty
    assert ra.composition(plan, quotas(R1=5), start(plain)).empty
    assert ra.key_customers(plan, start(plain)).empty
    assert ra.grade_table(plan).empty
    outputs.csv_bytes(plan.table, "rep_allocation_customers")


def test_a_rep_without_customers_has_only_new_ones():
    plan = planned(table=quotas(R1=100, R2=100, R7=77))
    rows = plan.table[plan.table["rep"] == "R7"]
    assert rows[["customer", "amount"]].to_numpy().tolist() == [["(new)", 77]]


@settings(max_examples=40)
@cases(st.lists(st.integers(0, 10**9), min_size=2, max_size=2), st.integers(1, 3), st.randoms(use_true_random=False))
def test_sums_are_exact_in_money_units_and_row_order_is_irrelevant(fen, unit, shuffled):
    unit = 10 ** (unit - 1)
    table = quotas(R1=fen[0] // unit * unit, R2=fen[1] // unit * unit)
    order = list(range(len(HISTORY)))
    shuffled.shuffle(order)
    one = planned(start(customers=listed(), unit=unit), table).table
    sums = one.groupby("rep")["amount"].sum().reindex(["R1", "R2"], fill_value=0)
    assert sums.tolist() == table["amount"].tolist()
    assert (one["amount"] % unit == 0).all()
    assert (one["amount"] >= 0).all()
    other = start(HISTORY.iloc[order].reset_index(drop=True), listed().iloc[::-1].reset_index(drop=True), unit=unit)
    pd.testing.assert_frame_equal(one, planned(other, table.iloc[::-1]).table)


def test_more_usual_sales_never_get_less():
    rows = pd.DataFrame({"rep": "R", "customer": list("abcd"), "agreed": pd.array([pd.NA] * 4, dtype="Int64")})
    wished = pd.DataFrame({"kept": [5.0, 7.0, 7.0, 11.0], "pipeline": 0.0, "developed": 0.0, "free": 0.0})
    accounts = pd.DataFrame({"rep": ["R"], "quota": [17], "least_new": [0.0]})
    amount = fill(rows, wished, accounts)["amount"].tolist()
    assert sum(amount) == 17
    assert amount == sorted(amount)


# --- owners -------------------------------------------------------------------------------------


def test_a_customer_handed_over_appears_with_both_owners():
    table = listed(
        customer=["C1", "C1", "C2", "C4", "C6"],
        rep=["R1", "R2", "R1", "R2", "R2"],
        start=pd.to_datetime(["2020-01-01", "2027-04-01", "2020-01-01", "2020-01-01", "2020-01-01"]),
        end=pd.to_datetime(["2027-03-31", None, None, None, None]),
    )
    plan = planned(start(customers=table))
    rows = plan.table[plan.table["customer"] == "C1"].set_index("rep")
    assert rows["months_held"].to_dict() == pytest.approx({"R1": 3.0, "R2": 9.0})
    assert rows["last_year"].sum() == 1_200_000
    assert rows.loc["R1", "last_year"] == 300_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_with_two_reps_are_counted_and_named_not_rows(language):
    """C1 changes hands within the year; what reps are still to win, and a gap without a rep, are no second rep."""
    table = listed(
        customer=["C1", "C1", "C2", "C4", "C6"],
        rep=["R1", "R2", "R1", "R2", "R2"],
        start=pd.to_datetime(["2020-01-01", "2027-04-01", "2027-03-01", "2020-01-01", "2020-01-01"]),
        end=pd.to_datetime(["2027-03-31", None, None, None, None]),
    )
    plan, words = planned(start(customers=table), quotas(R1=9_000_000, R2=9_000_000)), Words(language)
    assert {"R1", "R2"} <= set(plan.table.loc[plan.table["kind"] == "new", "rep"])
    name = plan.profile.set_index("customer").loc["C1", "customer_name"]
    said = words("rep_allocation.customers_shared", count="1", names=name)
    assert said in conclusions.customer_sentences(words, plan)


def test_customers_of_nobody_are_named():
    plan = planned(start(customers=listed(rep=["R1", None, "R8", "R2", "R2"])), quotas(R1=10, R2=10, nobody=50))
    nobody = plan.table[plan.table["rep"] == "(unassigned)"]
    assert {"C2", "C3", "C5"} <= set(nobody["customer"]), "no owner, an unlisted one, sold by somebody who left"
    assert nobody["amount"].sum() == 50


def test_without_an_owner_those_who_sold_share_the_customer():
    history = past([(2026, "C1", "R1", 900_000), (2026, "C1", "R2", 300_000)])
    held = holdings(start(history), ["R1", "R2"], ["C1"]).set_index("rep")
    assert held["part"].to_dict() == {"R1": 0.75, "R2": 0.25}


@pytest.mark.parametrize(
    ("begins", "ends", "share"),
    [
        pytest.param("2027-01-01", "2027-01-31", 1.0, id="the whole month"),
        pytest.param("2027-01-31", "2027-12-31", 1 / 31, id="its last day"),
        pytest.param("2026-01-01", "2027-01-01", 1 / 31, id="its first day"),
        pytest.param("2027-02-01", "2027-03-01", 0.0, id="not at all"),
    ],
)
def test_days_held(begins, ends, share):
    spell = pd.DataFrame({"start": [pd.Timestamp(begins)], "end": [pd.Timestamp(ends)]})
    assert days_held(spell, MONTHS, None)[0, 0] == pytest.approx(share)


def test_usual_sales_weigh_recent_years_most_and_begin_with_the_first_purchase():
    yearly = pd.DataFrame({1: [500, 100, 400], 2: [500, 0, 500], 3: [1000, 0, 0]}, index=["a", "late", "b"])
    found = usual_sales(yearly)
    expected = {
        "a": 1000 * (4 * 0.5 + 3 * 0.5 + 2 * 1.0) / 9,
        "late": 1000 * 0.1,  # only last year tells
        "b": 1000 * (4 * 0.4 + 3 * 0.5) / 7,
    }
    assert found.to_dict() == pytest.approx(expected)


def test_newcomers_are_counted_from_the_second_year_on():
    found = newcomers(past_of(HISTORY, MONTHS), MONTHS)
    assert found.first_year == 90_000
    assert found.won == 2.0
    assert found.share == pytest.approx(180_000 / 1_980_000)


# --- pins ---------------------------------------------------------------------------------------


def test_pins_on_customers_are_kept_to_the_fen_in_any_order():
    pins = [{"rep": "R1", "customer": "C1", "amount": 15_000}, {"customer": "C4", "amount": 1_000}]
    plan, other = planned(pins=pins), planned(pins=pins[::-1])
    assert (of(plan, "C1"), of(plan, "C4")) == (1_500_000, 100_000)
    assert plan.table.set_index("customer").loc["C1", "pinned"]
    assert plan.table.groupby("rep")["amount"].sum()["R1"] == 2_000_000
    pd.testing.assert_frame_equal(plan.table, other.table)


@pytest.mark.parametrize(
    ("pins", "code", "values"),
    [
        ([{"rep": "R1", "customer": "C11", "amount": 1}], "pin_customer_unknown", {"nearest": "C1"}),
        ([{"rep": "R2", "customer": "C1", "amount": 1}], "pin_customer_other", {"owners": "R1"}),
        ([{"customer": "C1", "amount": 1}, {"rep": "R1", "customer": "C1", "amount": 2}], "pins_twice", {}),
        (
            [{"customer": "C1", "amount": 15_000}, {"customer": "C2", "amount": 5_000.01}],
            "pins_over_quota",
            {"over": Decimal("0.01")},
        ),
    ],
)
def test_pins_that_cannot_be(pins, code, values, words):
    exact = [{**pin, "amount": Decimal(str(pin["amount"]))} for pin in pins]
    with pytest.raises(PlanError) as found:
        planned(pins=exact)
    fault = found.value.faults[0]
    assert fault.code == code
    assert values.items() <= dict(fault.values).items()
    assert "{" not in words(f"fault.{code}", **fault.values)


def test_a_pin_must_name_the_rep_of_a_customer_with_two():
    history = past([(2026, "C1", "R1", 900_000), (2026, "C1", "R2", 300_000)])
    with pytest.raises(PlanError) as found:
        planned(start(history), pins=[{"customer": "C1", "amount": 1}])
    assert found.value.faults[0].code == "pin_customer_owners"


# --- contacts -----------------------------------------------------------------------------------


def test_contacts_follow_grade_and_months_held():
    table = pd.DataFrame(
        {
            "customer": ["C1", "C2", "C3", "C4", "(new)", "C9"],
            "rep": ["R1", "R1", "R1", "R2", "R1", "(unassigned)"],
            "grade": ["VIP", "一级", "其他", "VIP", None, "VIP"],
            "contacts_per_month": [1.0, 0.5, np.nan, 1.0, np.nan, 1.0],
            "months_held": [12.0, 12.0, 12.0, 3.0, np.nan, 12.0],
            "start": pd.to_datetime(["2027-01-01"] * 3 + ["2027-10-01", None, "2027-01-01"]),
            "end": pd.to_datetime(["2027-12-31"] * 4 + [None, "2027-12-31"]),
        }
    )
    found = ra.contacts_of_reps(table)
    assert found.to_numpy().tolist() == [["R1", 3, 1.5], ["R2", 1, 0.25]]
    months = ra.contacts_by_month(table, MONTHS).set_index(["rep", "month"])["contacts"]
    assert months["R2"].tolist() == [0.0] * 9 + [1.0] * 3
    assert months["R1"].tolist() == [1.5] * 12


def test_leads_are_graded_by_probability():
    deals = pd.DataFrame(
        {
            "project": ["a", "b", "c", "d"],
            "customer": ["C1"] * 4,
            "rep": ["R1"] * 4,
            "stage": ["投标"] * 4,
            "amount": [100] * 4,
            "close": pd.to_datetime(["2027-05-01"] * 3 + ["2029-01-01"]),
            "probability": [0.4, 0.7, None, 0.9],
            "next_follow_up": pd.to_datetime(["2027-01-05", None, None, None]),
        }
    )
    rules = RepAllocationTerms.model_validate(
        {
            "lead_grades": [
                {"name": "A", "from": Decimal("0.7"), "contacts": {"every": 1, "unit": "week"}},
                {"name": "B", "from": Decimal("0.4")},
            ]
        }
    )
    found = ra.leads(start(opportunities=deals), rules.lead_grades)
    assert found["project"].tolist() == ["b", "a", "c"], "the best first, another year's left out"
    assert found["lead_grade"].tolist()[:2] == ["A", "B"]
    assert found["lead_grade"].isna().tolist() == [False, False, True]
    assert found["contacts_per_month"].tolist()[0] == pytest.approx(52 / 12)


# --- composition and cards ----------------------------------------------------------------------


def test_every_dimension_of_the_composition_sums_to_the_quotas():
    plan, table = planned(), quotas(R1=2_000_000, R2=500_000, nobody=70)
    plan = planned(table=table)
    found = ra.composition(plan, table.assign(region="北"), start(customers=listed()))
    targets = found[found["target"].notna()].groupby("dimension")["target"].sum()
    assert targets.to_dict() == dict.fromkeys(("grade", "kind", "region"), 2_500_070)
    assert set(found.groupby("dimension")["last_year"].sum()) == {1_980_000}
    assert found[found["dimension"] == "product"]["target"].isna().all(), "the table has no products"
    vip = found[(found["dimension"] == "grade") & (found["member"] == "VIP")].iloc[0]
    assert (vip["customers"], vip["last_year"], vip["growth"]) == (1, 1_200_000, 0.0)


def test_concentration():
    profile = pd.DataFrame({"customer": list("abcd"), "last_year": [50, 30, 20, 0]})
    found = ra.concentration(profile)
    assert (found.customers, found.half, found.largest, found.largest_share) == (3, 1, "a", 0.5)
    assert found.hhi == pytest.approx(0.25 + 0.09 + 0.04)
    assert ra.concentration(profile.assign(last_year=0)) is None


def test_a_key_customer_misses_what_his_channel_buys():
    rows = [(2026, f"C{n}", "R1", 120_000, product) for n in range(1, 7) for product in ("漆", "胶")]
    rows = [row for row in rows if row[1] != "C1" or row[4] == "漆"]
    given = start(past([*rows, (2026, "C1", "R1", 1_080_000, "漆")]))
    plan = ra.customer_plan(given, quotas(R1=100), rules=RepAllocationTerms())
    card = ra.key_customers(plan, given).set_index("customer").loc["C1"]
    assert card["missing"] == "胶"
    assert card["products"] == 1
    assert card["value_missing"] == pytest.approx(1_200_000 / 2, abs=2), "half of what the others buy is 胶"


def test_promotions_show_their_group():
    promotions = [
        {"name": "b", "grade": "VIP", "start": "2027-05-01", "action": "x", "budget": 100},
        {"name": "a", "start": "2027-03-01", "end": "2027-03-09", "action": "y"},
    ]
    plan = planned(promotions=promotions)
    terms = RepAllocationTerms.model_validate({"promotions": promotions})
    found = ra.promotion_table(terms.promotions, plan)
    assert found["name"].tolist() == ["a", "b"]
    assert found["customers"].tolist() == [6, 1]
    assert found["value_target"].iloc[1] == of(plan, "C1")
    assert found["budget_share"].iloc[1] == pytest.approx(10_000 / of(plan, "C1"))


# --- identities, words, charts ------------------------------------------------------------------


def test_the_run_itself_checks_the_sums():
    plan, table = planned(), quotas(R1=2_000_000, R2=500_000).assign(base=0)
    reps = pd.DataFrame({"rep": ["R1", "R2"], "quota": [2_000_000, 500_000]})
    frames = {
        "rep_allocation": table,
        "rep_allocation_reps": reps,
        "rep_allocation_customers": plan.table,
        "rep_allocation_composition": ra.composition(plan, table, start(customers=listed())),
    }
    identities.stop_on_breach("rep_allocation", frames, {}, 1)
    for name, column in (("rep_allocation_customers", "amount"), ("rep_allocation_composition", "target")):
        broken = frames[name].assign(**{column: frames[name][column] + 1})
        with pytest.raises(IdentityError):
            identities.stop_on_breach("rep_allocation", {**frames, name: broken}, {}, 1)


def test_sentences_carry_the_figures(words):
    plan = planned(table=quotas(R1=2_000_000, R2=5_000_000))
    text = "\n".join(conclusions.customer_sentences(words, plan))
    steps = ra.steps_of_reps(plan.table)
    assert words.money(int(steps["amount_new"].sum())) in text
    assert words.money(7_000_000) in text
    assert "甲" in text
    assert words.percent(ra.concentration(plan.profile).largest_share) in text
    assert "{" not in text


@pytest.mark.parametrize("name", ["pareto", "customer_steps", "grades_of_reps"])
def test_charts(name, words):
    plan = planned()
    frame = ra.steps_of_reps(plan.table) if name == "customer_steps" else plan
    ax = getattr(charts, name)(Figure(figsize=(8, 4)).add_subplot(), frame, words=words)
    title = ax.get_title(loc="left") + ax.get_title()
    assert title
    assert "{" not in title


@pytest.mark.parametrize("name", ["pareto", "grades_of_reps"])
def test_charts_without_sales_say_so(name, words):
    plan = ra.customer_plan(start(HISTORY.head(0), listed()), quotas(R1=0, R2=0), rules=RepAllocationTerms())
    ax = getattr(charts, name)(Figure(figsize=(8, 4)).add_subplot(), plan, words=words)
    assert ax.get_title(loc="left") + ax.get_title()
    assert not ax.patches


@pytest.mark.parametrize(
    ("value", "key", "values"),
    [
        (float("nan"), "cadence_as_needed", {}),
        (52 / 12, "cadence_week", {"count": "1"}),
        (1.0, "cadence_month", {"count": "1"}),
        (0.5, "cadence_every", {"months": "2"}),
        (26 / 12, "cadence_weeks", {"weeks": "2"}),
        (1 / 12, "cadence_every", {"months": "12"}),
    ],
)
def test_cadence_in_words(value, key, values, words):
    frame = pd.DataFrame({"contacts_per_month": [value]})
    assert conclusions.with_cadence(frame, words)["cadence"].tolist() == [words(f"rep_allocation.{key}", **values)]


SHOWN = {
    "rep_allocation_customers": lambda plan: ra.largest_customers(plan),
    "rep_allocation_composition": lambda plan: ra.composition(plan, quotas(R1=1), start(customers=listed())),
    "rep_allocation_cards": lambda plan: ra.key_customers(plan, start(customers=listed())),
    "rep_allocation_steps": lambda plan: ra.steps_of_reps(plan.table),
    "rep_allocation_proposals": lambda plan: ra.proposals(plan.profile),
    "rep_allocation_promotions": lambda plan: ra.promotion_table((), plan),
    "rep_allocation_grades": lambda plan: ra.grade_table(plan),
}


@pytest.mark.parametrize("table", SHOWN)
def test_every_column_has_a_header(table, words):
    for column in SHOWN[table](planned()).columns:
        assert words.get(f"own_column.{table}.{column}") or words.get(f"column.{column}"), column


def test_many_customers_are_planned_in_time():
    import time

    generator = np.random.default_rng(7)
    names = np.array([f"K{n:06d}" for n in range(20_000)])
    lines = 60_000
    history = pd.DataFrame(
        {
            "month": [add_months(MONTHS[0], -int(back)) for back in generator.integers(1, 25, lines)],
            "region": "北", "channel": "店", "product": "漆",
            "customer": generator.choice(names, lines), "rep": generator.choice(["R1", "R2"], lines),
            "amount": generator.integers(1, 10**7, lines),
        }
    )  # fmt: skip
    before = time.perf_counter()
    plan = ra.customer_plan(start(history), quotas(R1=10**11, R2=10**11), rules=RepAllocationTerms())
    assert time.perf_counter() - before < 5
    assert plan.table.groupby("rep")["amount"].sum().tolist() == [10**11, 10**11]


def test_cards_show_the_person_known_there():
    given = start(customers=listed(contact=["柏晓梅", None, None, None, None], position=["店长"] + [None] * 4))
    card = ra.key_customers(planned(given), given)
    assert card[["customer", "contact", "position"]].to_numpy().tolist() == [["C1", "柏晓梅", "店长"]]
    assert "phone" not in card.columns, "the table names none"


def test_a_target_above_the_potential_is_named(words):
    plan = planned(table=quotas(R1=2_000_000, R2=900_000), pins=[{"customer": "C6", "amount": 6_000}])
    expected = words("rep_allocation.over_potential", count=1, names="己")
    assert expected in conclusions.customer_sentences(words, plan)


# --- at the edge --------------------------------------------------------------------------------


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_unknown_grades_and_groups_are_told_with_row_and_nearest(tmp_path):
    folder = copy_workbook(tmp_path, "henan-2027") / "params" / "henan-2027"
    edit(folder / "data" / "customers.csv", ",一级,", ",壹级,")
    edit(folder / "rep_allocation.yaml", "    channel: 形象店  ", "    channel: 形象  ")
    edit(folder / "rep_allocation.yaml", "grade: VIP", "grade: VIPP")
    done = command(tmp_path, "check", "params/henan-2027")
    assert done.returncode == 2
    grade, channel, group = sorted(done.stderr.splitlines(), key=lambda line: ("壹级" not in line, "形象" not in line))
    assert "customers.csv 第 3 行" in grade
    assert "一级" in grade
    assert "promotions[0].channel" in channel
    assert "形象店" in channel
    assert "promotions[1].grade" in group
