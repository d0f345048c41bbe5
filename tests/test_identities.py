"""What always holds: every identity with tables in which it holds, and broken on purpose, one at a time."""

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_variance_review_identities import revision_tables

from salesplan import STEPS, identities
from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.errors import IdentityError
from salesplan.identities import NEEDED, plan_level, stop_on_breach
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES
from salesplan.workbook import open_step

SOME = settings(max_examples=40)


# ---------------------------------------------------------------- tables in which everything holds


def annual_target(amount="6.00"):
    """The planned level and another one, and an indicator that is no amount."""
    return pd.DataFrame(
        {
            "indicator": ["quantity", "amount", "amount"],
            "level": ["commit", "stretch", "commit"],
            "planned": [True, False, True],
            "value": [Decimal(12), Decimal("9.00"), Decimal(amount)],
        }
    )


def seasonal_split():
    """Two months of two regions: 100 + 200 + 150 + 150 = 600 fen."""
    return pd.DataFrame(
        {
            "month": ["2027-01", "2027-01", "2027-02", "2027-02"],
            "region": ["north", "south", "north", "south"],
            "amount": [100, 200, 150, 150],
        }
    )


def split_frames():
    days = pd.DataFrame(
        {
            "date": ["2027-01-31", "2027-02-28"],
            "amount": [300, 300],
            "quarter": "2027-Q1",
            "month": ["2027-01", "2027-02"],
            "ten_day": ["2027-01-T3", "2027-02-T3"],
            "week": ["2027-W04", "2027-W08"],
        }
    )
    labels = ["2027-Q1", "2027-01", "2027-02", "2027-01-T3", "2027-02-T3", "2027-W04", "2027-W08"]
    periods = pd.DataFrame(
        {
            "level": ["quarter", "month", "month", "ten_day", "ten_day", "week", "week"],
            "period": labels,
            "amount": [600, *[300] * 6],
        }
    )
    deals = pd.DataFrame({"month": ["2027-01", "2027-03"], "amount": [260, 900], "placed": [250, 0]})
    frames = {"seasonal_split": seasonal_split(), "seasonal_split_days": days, "seasonal_split_periods": periods}
    return {**frames, "seasonal_split_projects": deals}


def allocation_frames():
    """The base is the split; the quota given is more, and what nobody serves lies with `(unassigned)`."""
    rows = [
        ("A", "2027-01", "north", 100, 110),
        ("B", "2027-01", "south", 180, 190),
        (UNASSIGNED, "2027-01", "south", 20, 20),
        ("A", "2027-02", "north", 150, 160),
        ("B", "2027-02", "south", 150, 160),
    ]
    table = pd.DataFrame(rows, columns=["rep", "month", "region", "base", "amount"])
    reps = pd.DataFrame({"rep": ["A", "B"], "quota": [110 + 160, 190 + 160]})
    return {"rep_allocation": table, "rep_allocation_reps": reps}


def commission_frames():
    """A rep who is paid half in the month and half in the next, and gives back 5."""
    pay = pd.DataFrame(
        {
            "rep": ["A", "A", "B"],
            "month": ["2027-01", "2027-02", "2027-01"],
            "earned": [100, -10, 40],
            "released": [50, 45, 40],
            "clawback": [0, -5, 0],
            "held": [50, 50 - 10 - 45 + 5, 0],
            "base_pay": [1000, 1000, 900],
            "draw": [0, 0, 10],
            "payable": [1000 + 50, 1000 + 45 - 5, 900 + 40 + 10],
        }
    )
    lines = pd.DataFrame(
        {
            "rep": ["A", "A", "A", "B"],
            "month": ["2027-01", "2027-01", "2027-02", "2027-01"],
            "amount": [60, 40, -10, 40],
        }
    )
    base_pay = pd.DataFrame(
        {
            "rep": ["A", "A", "A", "B"],
            "month": ["2027-01", "2027-01", "2027-02", "2027-01"],
            "amount": [600, 400, 1000, 900],
        }
    )
    releases = pay[["rep", "month", "earned", "released", "clawback"]].assign(order="O1")
    orders = pd.DataFrame({"rep": ["A", "B"], "order": "O1", "earned": [90, 40], "released": [90, 40], "held": [0, 0]})
    frames = {"commission": pay, "commission_lines": lines, "commission_cost": pd.DataFrame()}
    return frames | {"commission_base_pay": base_pay, "commission_releases": releases, "commission_orders": orders}


def review_frames():
    grid = pd.DataFrame(
        {
            "rep": ["A", "B", MANAGER, UNASSIGNED],
            "month": ["2027-01"] * 4,
            "target": [110, 190, -20, 20],
            "actual": [120, 150, 0, 30],
            "variance": [10, -40, 20, 10],
        }
    )
    members = pd.DataFrame(
        {
            "member": ["tea", "coffee", TOTAL],
            "target": [100, 200, 300],
            "volume": [5, -10, -5],
            "mix": [0, 0, 0],
            "price": [2, 0, 2],
            "new": [0, 3, 3],
            "lost": [0, 0, 0],
            "actual": [107, 193, 300],
            "own_price": [3, 0, 3],
            "deducted": [-1, 0, -1],
            "currency": [0, 0, 0],
        }
    )
    margin = members.assign(cost=[1, 1, 2], actual=lambda d: d["actual"] + d["cost"])
    market = pd.DataFrame({"measure": ["quantity"], "variance": [-5], "market_size": [-9], "market_share": [4]})
    revision = pd.DataFrame(
        {
            "month": ["2027-01", "2027-02"],
            "original": [300, 300],
            "actual": pd.Series([300, None], dtype="Int64"),
            "revised": [300, 300],
            "revised_before": [300, 300],
        }
    )
    causes = pd.DataFrame({"code": ["demand", "unexplained"], "amount": [-7, 7]})
    return {
        "variance_review": grid, "variance_review_bridge": members,
        "variance_review_revision": revision, "variance_review_causes": causes,
        "variance_review_grid": review_grid(grid),
        **revision_tables(),
        "variance_review_bridge_margin": margin, "variance_review_market": market,
        **{f"variance_review_{name}": outputs.empty(f"variance_review_{name}")
           for name in ("cash", "expenses", "receivables")},
        "variance_review_customers": pd.DataFrame({"customer": ["x", "y"], "sales": [250, 50]}),
        "variance_review_composition": pd.DataFrame({"dimension": ["company", "rep", "rep"], "sales": [300, 270, 30]}),
        "variance_review_evaluation": pd.DataFrame({"customer": ["x", "x", "y"], "weight": [0.25, 0.75, 0.0]}),
        "variance_review_boards": pd.DataFrame(
            {"kind": ["ten_day", "ten_day", "week"], "end": pd.to_datetime(["2027-01-10", "2027-01-31", "2027-01-31"]),
             "amount": [100, 200, 300]}
        ),
    }  # fmt: skip


def review_grid(reps):
    """The review's reps, two regions and their total, in currency units."""
    regions = [("region", "north", 200, 180), ("region", "south", 100, 120), (TOTAL, TOTAL, 300, 300)]
    rows = [*(("rep", *row) for row in reps[["rep", "target", "actual"]].itertuples(index=False)), *regions]
    table = pd.DataFrame(rows, columns=["dimension", "member", "target", "actual"]).assign(last_year=None)
    exact = {name: [Decimal(int(fen)) / 100 for fen in table[name]] for name in ("target", "actual")}
    return table.assign(indicator="amount", period="2027-01", **exact)


FRAMES = {
    "seasonal_split": split_frames,
    "rep_allocation": allocation_frames,
    "commission": commission_frames,
    "variance_review": review_frames,
}


def earlier_tables():
    return {"annual_target": annual_target(), "seasonal_split": seasonal_split()}


def check(step, frames, *, earlier=None, money_unit=1):
    stop_on_breach(step, frames, earlier_tables() if earlier is None else earlier, money_unit)


def changed(frames, table, column, row, by):
    """The same tables with one number of one row another one."""
    frame = frames[table].copy()
    frame.loc[row, column] += by
    return {**frames, table: frame}


# ---------------------------------------------------------------- each holding


@pytest.mark.parametrize("step", FRAMES)
def test_tables_in_which_everything_holds_pass(step):
    check(step, FRAMES[step]())


@pytest.mark.parametrize("step", FRAMES)
def test_row_order_makes_no_difference(step):
    check(step, {name: frame.iloc[::-1] for name, frame in FRAMES[step]().items()})


@pytest.mark.parametrize("step", FRAMES)
def test_nothing_given_is_changed(step):
    frames = FRAMES[step]()
    before = {name: frame.copy(deep=True) for name, frame in frames.items()}
    check(step, frames)
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_the_first_step_has_nothing_to_break():
    check("annual_target", {})


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param({**split_frames(), "seasonal_split_days": pd.DataFrame({"amount": []})}, id="no days"),
        pytest.param({**split_frames(), "seasonal_split": seasonal_split().drop(columns="region")}, id="no members"),
    ],
)
def test_split_without_what_it_need_not_have(frames):
    check("seasonal_split", frames)


def test_review_before_the_first_month_is_closed():
    frames = {name: frame.iloc[:0] for name, frame in review_frames().items()}
    frames["variance_review_revision"] = review_frames()["variance_review_revision"].assign(
        actual=pd.Series([None, None], dtype="Int64")
    )
    reps = review_frames()["variance_review_revision_reps"]
    frames["variance_review_revision_reps"] = reps.assign(revised=reps["original"])
    check("variance_review", frames)


def test_commission_of_nobody():
    check("commission", {name: frame.iloc[:0] for name, frame in commission_frames().items()})


def test_without_earlier_tables_only_what_can_be_seen_is_checked():
    frames = changed(changed(split_frames(), "seasonal_split", "amount", 0, 5), "seasonal_split_days", "amount", 0, 5)
    for row in (0, 1, 3, 5):  # the quarter, month, ten-day period and week of the day
        frames = changed(frames, "seasonal_split_periods", "amount", row, 5)
    check("seasonal_split", frames, earlier={})
    with pytest.raises(IdentityError, match="split_sums_to_target"):
        check("seasonal_split", frames)


# ---------------------------------------------------------------- each broken on purpose


def after(step, *changes):
    frames = FRAMES[step]()
    for change in changes:
        frames = changed(frames, *change)
    return frames


BROKEN = [
    pytest.param("seasonal_split", [("seasonal_split", "amount", 1, 1)], "split_sums_to_target", id="a fen too much"),
    pytest.param(
        "seasonal_split", [("seasonal_split", "amount", 3, -1)], "split_sums_to_target", id="a fen too little"
    ),
    pytest.param("seasonal_split", [("seasonal_split_days", "amount", 0, 1)], "days_sum_to_year", id="days beside"),
    pytest.param(
        "seasonal_split",
        [("seasonal_split_projects", "placed", 0, 100)],
        "projects_within_their_months",
        id="a deal larger than its month",
    ),
    pytest.param(
        "seasonal_split",
        [("seasonal_split_projects", "placed", 0, 20)],
        "projects_planned_in_full_at_most",
        id="a deal beyond its amount",
    ),
    pytest.param(
        "seasonal_split",
        [("seasonal_split_days", "amount", 0, 1), ("seasonal_split_days", "amount", 1, -1)],
        "days_sum_to_months",
        id="a day's target in another month",
    ),
    pytest.param(
        "seasonal_split",
        [("seasonal_split_periods", "amount", 3, 1), ("seasonal_split_periods", "amount", 4, -1)],
        "periods_hold_their_days",
        id="ten-day periods beside their days",
    ),
    pytest.param(
        "seasonal_split", [("seasonal_split_periods", "amount", 6, 1)], "periods_hold_their_days", id="a week"
    ),
    pytest.param(
        "rep_allocation",
        [("rep_allocation", "base", 0, 1), ("rep_allocation", "base", 1, -1)],
        "base_sums_to_split",
        id="base moved to another region",
    ),
    pytest.param(
        "rep_allocation",
        [("rep_allocation", "base", 0, 1), ("rep_allocation", "base", 3, -1)],
        "base_sums_to_split",
        id="base moved to another month",
    ),
    pytest.param("rep_allocation", [("rep_allocation", "base", 2, -20)], "base_sums_to_split", id="what nobody serves"),
    pytest.param("rep_allocation", [("rep_allocation", "amount", 0, 1)], "months_sum_to_quota", id="month of a rep"),
    pytest.param("rep_allocation", [("rep_allocation_reps", "quota", 1, -1)], "months_sum_to_quota", id="quota"),
    pytest.param("commission", [("commission_lines", "amount", 0, 1)], "lines_sum_to_earned", id="a line"),
    pytest.param(
        "commission",
        [("commission_lines", "amount", 0, 1), ("commission_lines", "amount", 2, -1)],
        "lines_sum_to_earned",
        id="a line in another month",
    ),
    pytest.param("commission", [("commission", "held", 0, 1)], "held_carries_forward", id="held"),
    pytest.param("commission", [("commission", "released", 1, 1)], "held_carries_forward", id="released twice"),
    pytest.param(
        "commission",
        [("commission", "clawback", 2, 3), ("commission", "released", 2, -3)],
        "clawback_never_pays",
        id="clawback that pays",
    ),
    pytest.param("commission", [("commission_base_pay", "amount", 0, 1)], "base_pay_is_its_components", id="base pay"),
    pytest.param("commission", [("commission_releases", "earned", 0, 1)], "releases_sum_to_earned", id="an order"),
    pytest.param("commission", [("commission_releases", "released", 1, -1)], "releases_sum_to_released", id="released"),
    pytest.param(
        "commission", [("commission_releases", "clawback", 1, -1)], "releases_sum_to_clawback", id="taken back"
    ),
    pytest.param(
        "commission", [("commission_releases", "released", 0, 51)], "order_paid_within_earned", id="too early"
    ),
    pytest.param(
        "commission", [("commission_orders", "held", 0, 1)], "orders_hold_what_is_held", id="held of an order"
    ),
    pytest.param("variance_review", [("variance_review_bridge", "price", 0, 1)], "bridge_closes", id="a part"),
    pytest.param("variance_review", [("variance_review_bridge_margin", "cost", 0, 1)], "bridge_closes", id="its cost"),
    pytest.param(
        "variance_review", [("variance_review_bridge", "deducted", 1, 1)], "price_is_its_parts", id="given away"
    ),
    pytest.param(
        "variance_review", [("variance_review_market", "market_size", 0, 1)], "market_closes", id="size and share"
    ),
    pytest.param(
        "variance_review",
        [("variance_review_market", "market_size", 0, 1), ("variance_review_market", "variance", 0, 1)],
        "market_splits_the_bridge",
        id="another variance",
    ),
    pytest.param(
        "variance_review",
        [("variance_review_bridge", "target", 0, 1), ("variance_review_bridge", "volume", 0, -1)],
        "bridge_total",
        id="members beside the total",
    ),
    pytest.param(
        "variance_review",
        [("variance_review_bridge", "actual", 1, 1), ("variance_review_bridge", "new", 1, 1)],
        "bridge_total",
        id="actual of the members beside the total",
    ),
    pytest.param(
        "variance_review",
        [("variance_review", "actual", 3, -1), ("variance_review", "variance", 3, -1)],
        "bridge_matches_review",
        id="actual of nobody forgotten",
    ),
    pytest.param(
        "variance_review",
        [("variance_review", "target", 2, 1), ("variance_review", "variance", 2, -1)],
        "bridge_matches_review",
        id="over-assignment counted into the target",
    ),
    pytest.param(
        "variance_review", [("variance_review", "variance", 0, 1)], "variance_is_actual_less_target", id="variance"
    ),
    pytest.param(
        "variance_review",
        [("variance_review", "variance", 0, 1), ("variance_review", "variance", 1, -1)],
        "variance_is_actual_less_target",
        id="two variances that offset each other",
    ),
    pytest.param(
        "variance_review",
        [("variance_review_revision", "revised", 0, 1)],
        "closed_months_are_actual",
        id="closed month",
    ),
    pytest.param(
        "variance_review", [("variance_review_causes", "amount", 1, 1)], "causes_sum_to_variance", id="unexplained"
    ),
    pytest.param(
        "variance_review",
        [("variance_review_grid", "target", 4, Decimal("0.01"))],
        "members_sum_to_total",
        id="a region beside the total",
    ),
    pytest.param(
        "variance_review",
        [
            ("variance_review_grid", "actual", 0, Decimal("0.01")),
            ("variance_review_grid", "actual", 1, Decimal("-0.01")),
        ],
        "grid_is_the_review",
        id="two reps of the grid, the other way round",
    ),
    pytest.param(
        "variance_review", [("variance_review_customers", "sales", 0, 1)], "customers_sum_to_sales", id="a customer"
    ),
    pytest.param(
        "variance_review", [("variance_review_composition", "sales", 2, -1)], "composition_sums_to_sales", id="a member"
    ),
    pytest.param(
        "variance_review",
        [("variance_review_evaluation", "weight", 0, 0.5)],
        "evaluation_weights_are_one",
        id="weights of a form",
    ),
    pytest.param(
        "variance_review", [("variance_review_boards", "amount", 0, 1)], "board_sums_to_revised", id="a ten-day period"
    ),
]


@pytest.mark.parametrize(("step", "changes", "name"), BROKEN)
def test_broken_identity_is_named(step, changes, name):
    with pytest.raises(IdentityError, match=f"^{name}: .+") as found:
        check(step, after(step, *changes))
    assert found.value.name == name


def test_every_identity_is_broken_once_here():
    modules = Path(identities.__file__).parent.glob("*.py")
    source = "".join(path.read_text(encoding="utf-8") for path in modules)
    named = set(re.findall(r'\b(?:equal|same_by)\(\s*"(\w+)"', source))
    broken = {name for (_, _, name), *_ in BROKEN}
    # tests of their own
    elsewhere = {"split_in_money_units", "days_in_money_units", "payable_is_its_parts", "original_is_the_plan"}
    elsewhere |= {"stock_closes", "stock_goes_on", "dealers_roll_up", "dealers_sum_to_demand"}  # with their tables
    elsewhere |= {"members_sum_to_target", "declared_lines_are_met"}  # with the members
    elsewhere |= {"expenses_in_money_units", "departments_sum_to_budget", "expenses_sum_to_profit_plan"}
    elsewhere |= {"products_sum_to_sales", "profit_plan_closes"}
    elsewhere |= {"expense_months_sum_to_budget", "profit_months_sum_to_year"}
    elsewhere |= {"lines_sum_to_level", "proof_closes", "tree_closes"}  # with the tables of goals and causes
    elsewhere |= {"items_sum_to_forecast", "outlets_sum_to_dealer", "cities_sum_to_dealer"}  # with the dealers
    elsewhere |= {"payroll_is_lines", "performance_adds_up"}  # with the sheets
    elsewhere |= {"base_shares_sum_to_one", "vacancies_lie_with_nobody"}  # with the bases
    elsewhere |= {"people_sum_to_manager", "levels_sum_to_reps", "groups_sum_to_company"}  # with the hierarchy
    elsewhere |= {"quarters_sum_to_quota", "items_sum_to_dealer"}  # with the evidence, with the dealers
    elsewhere |= {"customers_sum_to_quota", "composition_sums_to_quotas"}  # with the customers
    elsewhere |= {"held_is_handed_less_assigned", "held_is_all_padding"}
    elsewhere |= {"handed_down_is_the_quota", "handed_down_sums_to_year"}  # with the quotas handed down
    elsewhere |= {"activities_sum_to_year", "boards_sum_to_month", "board_is_quota"}  # with the activity plan
    elsewhere |= {"receivables_close", "ages_sum_to_overdue", "ages_sum_to_open"}  # with the review's money
    elsewhere |= {"cash_matches_receivables", "expenses_over_budget", "contingency_bears_what_is_over"}
    elsewhere |= {"cost_is_its_reps", "cost_pay_is_its_parts", "gains_sum_to_cost"}  # with the cost of the plans
    elsewhere |= {"last_year_is_its_reps", "spread_is_its_reps"}
    elsewhere |= {"payroll_is_its_parts", "payroll_is_commission", "performance_is_commission"}  # with the sheets
    elsewhere |= {"corrections_are_lines"}  # with the closed months
    elsewhere |= {"reps_sum_to_original", "reps_sum_to_revised", "revised_year_is_recorded"}  # with the revision
    elsewhere |= {"revised_year_is_the_original", "shortfall_is_placed_or_told", "months_to_come_are_recorded"}
    elsewhere |= {"difference_to_the_revision_before", "changes_are_now_less_before"}
    elsewhere |= {"landing_within_its_interval", "higher_levels_are_never_likelier"}  # with the landing
    elsewhere |= {"proof_gaps", "proof_of_one_probe", "proof_begins_with_the_plan"}  # with the probes
    assert named == broken | elsewhere


@pytest.mark.parametrize(("unit", "held"), [(1, True), (50, True), (100, False), (10, True)])
def test_split_is_in_money_units(unit, held):
    if held:
        return check("seasonal_split", split_frames(), money_unit=unit)
    with pytest.raises(IdentityError, match="split_in_money_units: 100 <> 0"):
        check("seasonal_split", split_frames(), money_unit=unit)
    return None


def test_negative_amounts_of_the_split_are_in_money_units_too():
    frames = changed(split_frames(), "seasonal_split", "amount", 0, -205)
    frames = changed(frames, "seasonal_split", "amount", 1, 205)
    with pytest.raises(IdentityError, match="split_in_money_units"):
        check("seasonal_split", frames, money_unit=10)


def test_days_are_in_money_units():
    twice = pd.concat([split_frames()["seasonal_split_days"]] * 2, ignore_index=True)
    frames = {**split_frames(), "seasonal_split_days": twice.assign(amount=[125, 125, 175, 175])}
    with pytest.raises(IdentityError, match="days_in_money_units: 100 <> 0"):
        check("seasonal_split", frames, money_unit=50)


@pytest.mark.parametrize(
    ("drop", "table", "name"),
    [
        pytest.param([0, 3], "rep_allocation", "base_sums_to_split", id="a rep's rows lost"),
        pytest.param([0], "commission_lines", "lines_sum_to_earned", id="a line lost"),
        pytest.param([2], "commission", "lines_sum_to_earned", id="a rep's pay lost"),
        pytest.param([0], "variance_review", "bridge_matches_review", id="a rep of the review lost"),
        pytest.param([0], "variance_review_bridge", "bridge_total", id="a member lost"),
    ],
)
def test_rows_that_are_lost_are_seen(drop, table, name):
    step = outputs.step_of(table)
    frames = FRAMES[step]()
    with pytest.raises(IdentityError, match=name):
        check(step, {**frames, table: frames[table].drop(index=drop)})


def test_payable_that_is_not_the_sum_of_its_parts_is_seen():
    with pytest.raises(IdentityError, match="payable_is_its_parts"):
        check("commission", after("commission", ("commission", "payable", 0, 1)))


def test_revision_of_another_plan_is_seen():
    frames = review_frames()
    revision = frames["variance_review_revision"]
    plan = revision[["month", "original"]].rename(columns={"original": "amount"})
    stop_on_breach("variance_review", frames, {"seasonal_split": plan}, 1)
    other = plan.assign(amount=plan["amount"] + 1)
    with pytest.raises(IdentityError, match="original_is_the_plan"):
        stop_on_breach("variance_review", frames, {"seasonal_split": other}, 1)


def test_a_revised_year_below_the_plan_is_seen():
    with pytest.raises(IdentityError):
        check("variance_review", after("variance_review", ("variance_review_revision", "revised", 1, -1)))


def test_bridge_that_lost_its_total_is_seen():
    frames = review_frames()
    bridge = frames["variance_review_bridge"]
    with pytest.raises(IdentityError):
        check("variance_review", {**frames, "variance_review_bridge": bridge[bridge["member"] != TOTAL].head(1)})


@SOME
@given(row=st.integers(0, 3), by=st.integers(-(10**12), 10**12).filter(bool))
def test_any_fen_anywhere_in_the_split_is_seen(row, by):
    with pytest.raises(IdentityError, match="split_sums_to_target"):
        check("seasonal_split", changed(split_frames(), "seasonal_split", "amount", row, by))


@SOME
@given(row=st.integers(0, 4), to=st.integers(0, 4), by=st.integers(1, 10**12))
def test_any_fen_moved_between_cells_of_the_base_is_seen(row, to, by):
    frames = allocation_frames()
    moved = changed(changed(frames, "rep_allocation", "base", row, by), "rep_allocation", "base", to, -by)
    cells = frames["rep_allocation"][["month", "region"]]
    if tuple(cells.loc[row]) == tuple(cells.loc[to]):
        return check("rep_allocation", moved)
    with pytest.raises(IdentityError, match="base_sums_to_split"):
        check("rep_allocation", moved)
    return None


def test_quarters_of_the_evidence_sum_to_the_quota():
    evidence = pd.DataFrame({"rep": ["A", "A", "B", UNASSIGNED], "quota": [200, 70, 350, 99]})
    check("rep_allocation", {**allocation_frames(), "rep_allocation_evidence": evidence})
    with pytest.raises(IdentityError, match="quarters_sum_to_quota: A: -1"):
        check("rep_allocation", {**allocation_frames(), "rep_allocation_evidence": evidence.replace(200, 199)})


# ---------------------------------------------------------------- the planned level


@pytest.mark.parametrize(
    ("amount", "fen"),
    [
        pytest.param("6.00", 600, id="whole"),
        pytest.param("466666.67", 46_666_667, id="with cents"),
        pytest.param("90071992547409.93", 2**53 + 1, id="more than a float holds"),
        pytest.param("0", 0, id="nothing"),
    ],
)
def test_planned_level_is_exact(amount, fen):
    assert plan_level(annual_target(amount)) == fen


# ---------------------------------------------------------------- in a run


@pytest.fixture
def run(demo, tmp_path, monkeypatch):
    """A copy of the demo run's tables to write into; the working directory is the demo's workbook."""
    shutil.copytree(demo / "outputs" / "henan-2027" / "first" / "tables", tmp_path / "tables")
    monkeypatch.chdir(demo)
    return tmp_path


def opened(step, run):
    found = open_step(step, plan="params/henan-2027", run=str(run))
    return found, {name: found.table(name) for name in outputs.tables_of(step)}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_reads_the_earlier_tables_its_identities_need(run, step, monkeypatch):
    seen = []
    monkeypatch.setattr(identities, "stop_on_breach", lambda *given: seen.append(given))
    found, frames = opened(step, run)
    found.save(**frames)
    ((name, _, earlier, money_unit),) = seen
    assert (name, money_unit) == (step, 1)
    assert tuple(earlier) == NEEDED.get(step, ())


@pytest.mark.parametrize("step", STEPS)
def test_saving_what_was_read_writes_the_same_bytes(run, step):
    before = {path.name: path.read_bytes() for path in (run / "tables").iterdir()}
    found, frames = opened(step, run)
    found.save(**frames)
    assert {path.name: path.read_bytes() for path in (run / "tables").iterdir()} == before


@pytest.mark.parametrize("step", STEPS)
def test_everything_holds_in_the_demo(demo, step):
    folder = demo / "outputs" / "henan-2027" / "first" / "tables"
    tables = {name: outputs.read(folder / f"{name}.csv", name) for name in TABLES}
    frames = {name: tables[name] for name in outputs.tables_of(step)}
    stop_on_breach(step, frames, {name: tables[name] for name in NEEDED.get(step, ())}, 1)


def test_broken_identity_writes_nothing(run):
    found, frames = opened("seasonal_split", run)
    for name in frames:
        (run / "tables" / f"{name}.csv").unlink()
    before = sorted((run / "tables").iterdir())
    with pytest.raises(IdentityError, match="split_sums_to_target"):
        found.save(**changed(frames, "seasonal_split", "amount", 0, 1))
    assert sorted((run / "tables").iterdir()) == before
