"""Rep allocation: weights, availability, pins and bounds, exact tables, odds, charts and sentences."""

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import rep_allocation as ra
from salesplan.apportion import UNASSIGNED, apportion
from salesplan.calendar import add_months, fiscal_months
from salesplan.errors import PlanError
from salesplan.money import to_fen
from salesplan.rep_allocation import cube
from salesplan.rep_allocation.deals import placed_deals
from salesplan.terms import RepAllocationTerms
from tests.allocation_cases import allocate, by_base, by_over_assignment

GOLDENS = Path(__file__).parents[2] / "shared" / "goldens"
MONTHS = fiscal_months(2027)
SEASON = [61, 72, 85, 79, 81, 83, 78, 80, 88, 91, 97, 105]  # thousandths of the year
KEYS = ["month", "region", "product"]


def golden(name):
    file = GOLDENS / name
    if not file.exists():
        pytest.skip(f"{name} is not there")
    return json.loads(file.read_text(encoding="utf-8"))


def rules(**changed):
    plain = {"weights": {"equal": 1}, "ramp": [], "over_assignment": 0}
    return RepAllocationTerms.model_validate({**plain, **changed})


def staff(*names, **columns):
    frame = pd.DataFrame({"rep": list(names)}).astype("str")
    for text in ("name", "region", "team", "manager"):
        frame[text] = pd.Series(columns.get(text, [None] * len(names)), dtype="str")
    for day in ("start", "end"):
        frame[day] = pd.to_datetime(pd.Series(columns.get(day, [None] * len(names))))
    for money in ("potential", "capacity"):
        frame[money] = pd.array(columns.get(money, [pd.NA] * len(names)), dtype="Int64")
    return frame


def months_split(total, season=SEASON, months=MONTHS):
    return pd.DataFrame({"month": months, "amount": apportion(total, season), "quantity": np.nan})


def sales(years=(2026,), **by_rep):
    """Yearly sales by rep, evenly over the twelve months of each year."""
    rows = [
        {"month": month, "region": "", "product": "", "customer": "", "rep": rep, "amount": fen}
        for rep, total in sorted(by_rep.items())
        for year in years
        for month, fen in zip(fiscal_months(year), apportion(total, [1] * 12), strict=True)
    ]
    return pd.DataFrame(rows, columns=["month", "region", "product", "customer", "rep", "amount"])


def quota_of(found):
    return found.reps.set_index("rep")["quota"].to_dict()


def faults_of(caught):
    return caught.value.faults


def codes(caught):
    return [fault.code for fault in faults_of(caught)]


def assert_closes(found, split, over=Decimal(0)):
    """Every identity of the step: base to the split, months to the quotas, quotas to the target."""
    keys = [name for name in ("month", "region", "channel", "product") if name in split and name in found.table]
    base = found.table.groupby(keys)["base"].sum()
    wanted = split.groupby(keys)["amount"].sum()
    assert base.reindex(wanted.index, fill_value=0).tolist() == wanted.tolist()
    carried = found.table[found.table["rep"] != UNASSIGNED]
    given_ = carried.groupby("rep")[["amount", "base"]].sum()
    assert given_["amount"].tolist() == found.reps["quota"].tolist()
    assert given_["base"].tolist() == found.reps["base"].tolist()
    exact = Decimal(int(carried["base"].sum())) * (1 + over)
    assert abs(int(carried["amount"].sum()) - exact) <= Decimal("0.5")
    assert (found.table[["base", "amount"]] >= 0).all(axis=None)


# --- quotas of the year -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "reps", "history", "expected"),
    [
        pytest.param({}, staff("A", "B"), {}, {"A": 500_000, "B": 500_000}, id="equal parts"),
        pytest.param(
            {"weights": {"history": 1}},
            staff("A", "B"),
            {"A": 300, "B": 100},
            {"A": 1_000_000 * 3 // 4, "B": 1_000_000 // 4},
            id="history",
        ),
        pytest.param(
            {"weights": {"potential": 1}},
            staff("A", "B", potential=[200, 300]),
            {},
            {"A": 400_000, "B": 600_000},
            id="potential",
        ),
        pytest.param(
            {"weights": {"history": "0.5", "potential": "0.3", "capacity": "0.2"}},
            staff("A", "B", potential=[1, 3]),
            {"A": 300, "B": 100},
            {"A": round(1e6 * (5 / 8 * 3 / 4 + 3 / 8 / 4)), "B": round(1e6 * (5 / 8 / 4 + 3 / 8 * 3 / 4))},
            id="a base without data is dropped, the rest normalised",
        ),
        pytest.param(
            {"over_assignment": "0.05"}, staff("A", "B"), {}, {"A": 525_000, "B": 525_000}, id="over-assignment"
        ),
        pytest.param(
            {"weights": {"potential": 1}, "bounds": {"max": 4000}},
            staff("A", "B", "C", potential=[1, 1, 2]),
            {},
            {"A": 300_000, "B": 300_000, "C": 400_000},
            id="most: the others share the rest",
        ),
        pytest.param(
            {"weights": {"potential": 1}, "bounds": {"min": 2500}},
            staff("A", "B", "C", potential=[1, 4, 5]),
            {},
            {"A": 250_000, "B": 750_000 * 4 // 9, "C": 750_000 * 5 // 9 + 1},
            id="least: the others give up by weight",
        ),
        pytest.param(
            {"pins": [{"rep": "B", "amount": 1000}]},
            staff("A", "B", "C"),
            {},
            {"A": 450_000, "B": 100_000, "C": 450_000},
            id="pin of the year",
        ),
        pytest.param(
            {"pins": [{"rep": "B", "amount": 8000}], "bounds": {"max": 4000}},
            staff("A", "B", "C"),
            {},
            {"A": 100_000, "B": 800_000, "C": 100_000},
            id="a pin goes before the bounds",
        ),
    ],
)
def test_quota(changed, reps, history, expected):
    split = months_split(1_000_000)
    found = allocate(reps, split, sales(**history), rules=rules(**_decimals(changed)))
    assert quota_of(found) == expected
    assert_closes(found, split, Decimal(changed.get("over_assignment", 0)))


def _decimals(tree):
    if isinstance(tree, dict):
        return {key: value if key in ("rep", "month") else _decimals(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_decimals(value) for value in tree]
    return Decimal(tree) if isinstance(tree, str) and tree.replace(".", "").isdigit() else tree


def test_coverage_buffer_of_twenty_reps():
    """15 million with 15 % over-assignment over 20 equal reps: a pool of 17.25 million, 862,500 each (case A01)."""
    split = months_split(to_fen(15_000_000))
    found = allocate(
        staff(*[f"R{n:02d}" for n in range(20)]), split, sales(), rules=rules(over_assignment=Decimal("0.15"))
    )
    assert found.reps["quota"].sum() == to_fen(17_250_000)
    assert set(found.reps["quota"]) == {to_fen(862_500)}


def test_weighted_fair_share():
    """0.5 x history + 0.3 x pipeline + 0.2 x even of a million: 376,666.67, 306,666.67, 316,666.67 (case A09)."""
    reps = staff("A", "B", "C", potential=[200, 300, 500])
    weights = {"history": Decimal("0.5"), "potential": Decimal("0.3"), "equal": Decimal("0.2")}
    found = allocate(reps, months_split(to_fen(1_000_000)), sales(A=500, B=300, C=200), rules=rules(weights=weights))
    shares = [0.5 * 0.5 + 0.3 * 0.2 + 0.2 / 3, 0.5 * 0.3 + 0.3 * 0.3 + 0.2 / 3, 0.5 * 0.2 + 0.3 * 0.5 + 0.2 / 3]
    exact = np.array(shares) * 1e8
    assert np.abs(found.reps["quota"].to_numpy() - exact).max() < 1
    assert found.reps["quota"].sum() == 10**8


def test_equal_stretch():
    """Quotas on history alone ask the same stretch of everybody: 900, 600, 300, 200 become 2,200 in all (case A11)."""
    expected = {"A": 900, "B": 600, "C": 300, "D": 200}
    found = allocate(
        staff(*expected),
        months_split(220_000),
        sales(**{rep: fen * 100 for rep, fen in expected.items()}),
        rules=rules(weights={"history": 1}),
    )
    assert quota_of(found) == {rep: round(fen * 100 * 1.1) for rep, fen in expected.items()}
    assert found.reps["quota_to_expected"].tolist() == pytest.approx([1.1] * 4)


def test_ramp_times_season():
    """Full quota x sum of month share x ramp since the start: 1,200,000 ; 697,500 ; 401,100 (case A12)."""
    ramp = [Decimal(0), Decimal("0.25"), Decimal("0.5"), Decimal("0.75")]
    reps = staff("A", "B", "C", "D", start=["2020-01-01", "2020-01-01", "2027-04-01", "2027-07-01"])
    found = allocate(reps, months_split(to_fen(3_500_000)), sales(), rules=rules(ramp=ramp))
    part_c = (0.25 * 81 + 0.5 * 83 + 0.75 * 78 + 80 + 88 + 91 + 97 + 105) / 1000
    part_d = (0.25 * 80 + 0.5 * 88 + 0.75 * 91 + 97 + 105) / 1000
    assert found.reps["ramp_share"].tolist() == pytest.approx([1, 1, part_c, part_d])
    exact = np.array([1, 1, part_c, part_d]) / (2 + part_c + part_d) * 350_000_000
    assert np.abs(found.reps["quota"].to_numpy() - exact).max() < 1


def test_published_cases():
    cases = golden("allocation_cases.json")
    ramp_case = cases["ramp_capacity"]
    assert [round(1_200_000 * part) for part in (0.58125, 0.33425)] == [round(x) for x in ramp_case["capacities"][2:]]
    reps = staff("A", "B", "C", "D", start=["2020-01-01", "2020-01-01", "2027-04-01", "2027-07-01"])
    ramp = [Decimal(str(share)) for share in ramp_case["ramp"][:4]]
    season = [round(share * 1000) for share in ramp_case["season"]]
    found = allocate(reps, months_split(to_fen(3_500_000), season), sales(), rules=rules(ramp=ramp))
    assert (found.reps["quota"] / 100).tolist() == pytest.approx(ramp_case["quota_for_target_3500000"], abs=0.01)
    for case in cases["fairness"][:2]:
        assert ra.gini(case["x"]) == pytest.approx(case["gini"])
    stretch = cases["equal_stretch"]
    assert [e * (stretch["target"] / sum(stretch["expected_i"])) for e in stretch["expected_i"]] == stretch["quotas"]


def test_two_way_golden():
    """997 units over five reps and twelve months: both margins and every cell within one unit of the real table."""
    case = golden("two_way_plan_golden.json")
    reps = staff(*"ABCDE", potential=[31, 24, 19, 15, 11])
    split = pd.DataFrame({"month": MONTHS, "amount": case["row_targets"], "quantity": np.nan})
    found = allocate(reps, split, sales(), rules=rules(weights={"potential": 1}))
    assert found.reps["quota"].tolist() == case["col_targets"]
    table = found.table.pivot_table(index="month", columns="rep", values="amount").to_numpy()
    assert table.sum(axis=1).tolist() == case["row_targets"]
    assert np.abs(table - np.array(case["real_matrix"])).max() < 1


# --- who is there ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "ramp", "expected"),
    [
        pytest.param(None, None, ["0.5"], [1] * 12, id="blank dates: always there, past the ramp"),
        pytest.param("2027-03-15", None, ["0", "0.5"], [0, 0, 0, 0.5] + [1] * 8, id="ramp from the month of the start"),
        pytest.param("2027-03-15", None, [], [0, 0] + [1] * 10, id="no ramp: full from the month of the start"),
        pytest.param("2026-12-31", None, ["0", "0.25", "0.5"], [0.25, 0.5] + [1] * 10, id="ramp begun last year"),
        pytest.param(None, "2027-06-10", [], [1] * 5 + [10 / 30] + [0] * 6, id="days of the month of the end"),
        pytest.param("2028-01-01", None, [], [0] * 12, id="not yet there"),
        pytest.param(None, "2026-12-31", [], [0] * 12, id="gone"),
    ],
)
def test_availability(start, end, ramp, expected):
    found = ra.availability(staff("A", start=[start], end=[end]), MONTHS, [Decimal(share) for share in ramp])
    assert found.loc["A"].tolist() == pytest.approx(expected)


def test_a_change_of_team_does_not_ramp_again_and_a_gap_does():
    ramp = [Decimal(0), Decimal("0.5")]
    moved = staff("A", "A", start=["2020-01-01", "2027-05-11"], end=["2027-05-10", None])
    assert ra.availability(moved, MONTHS, ramp).loc["A"].tolist() == pytest.approx([1] * 12)
    back = staff("A", "A", start=["2020-01-01", "2027-05-01"], end=["2027-02-28", None])
    assert ra.availability(back, MONTHS, ramp).loc["A"].tolist() == pytest.approx([1, 1, 0, 0, 0, 0.5] + [1] * 6)


def test_months_that_end_early():
    joined = staff("A", start=["2027-02-26"])
    assert ra.availability(joined, MONTHS, (), cutoff=25).loc["A"].tolist()[:4] == [0, 0, 1, 1]


def test_a_rep_is_listed_once_as_in_his_last_spell():
    moved = staff(
        "B",
        "A",
        "A",
        "C",
        team=["t", "old", "new", "t"],
        start=[None, "2020-01-01", "2027-05-01", "2028-01-01"],
        end=[None, "2027-04-30", None, None],
    )
    found = ra.listed(moved, MONTHS)
    assert found[["rep", "team"]].to_numpy().tolist() == [["A", "new"], ["B", "t"]]
    assert found["end"].isna().all()


def test_reps_from_sales():
    history = pd.concat([sales(B=10_000, A=10_000), sales((2025,), C=10_000), sales(**{UNASSIGNED: 1_200, "": 1_200})])
    assert ra.reps_from_sales(history, MONTHS)["rep"].tolist() == ["A", "B"]
    assert ra.reps_from_sales(history)["rep"].tolist() == ["A", "B", "C"]
    found = allocate(ra.planned_reps(None, history, MONTHS), months_split(1_000), history, rules=rules())
    assert quota_of(found) == {"A": 500, "B": 500}


# --- weights -----------------------------------------------------------------------------------


def shares(found):
    return found.reps.set_index("rep")["history_share"].round(9).to_dict()


def test_a_new_rep_takes_the_median_of_his_team():
    reps = staff("A", "B", "C", "N", "X", team=["t", "t", "u", "t", None])
    found = allocate(reps, months_split(10**6), sales(A=100, B=300, C=900), rules=rules(weights={"history": 1}))
    total = 100 + 300 + 900 + 200 + 300
    assert shares(found) == pytest.approx(
        {"A": 100 / total, "B": 300 / total, "C": 900 / total, "N": 200 / total, "X": 300 / total}
    )
    assert found.reps["replaced"].tolist() == ["", "", "", "team_median", "median"]
    assert found.reps["last_year"].isna().tolist() == [False, False, False, True, True]


def test_a_new_rep_takes_the_customers_he_inherited():
    """k1 all year, k2 all year, and k3 from March; before that k3 is with whoever sold to him, A."""
    customers = pd.DataFrame(
        {
            "customer": ["k1", "k2", "k2", "k3"],
            "rep": ["N", "A", "N", "N"],
            "start": [None, None, "2027-01-01", "2027-03-01"],
            "end": [None, "2026-12-31", None, None],
        }
    )
    history = sales(A=1_200).assign(customer="k3")
    history = pd.concat([history, sales(A=600).assign(customer="k1"), sales(OLD=240).assign(customer="k2")])
    reps = ra.planned_reps(staff("A", "N"), history, MONTHS)
    found = allocate(reps, months_split(10**6), history, customers=customers, rules=rules(weights={"history": 1}))
    assert shares(found) == pytest.approx({"A": 200 / 2_040, "N": (600 + 240 + 1_000) / 2_040})
    assert found.reps["replaced"].tolist() == ["", "inherited"]


def test_part_of_last_year_is_carried_to_a_full_year():
    """Half of an even year at 600 is 1,200 for a full one; two months say too little."""
    reps = staff("A", "H", "S", start=["2020-01-01", "2026-07-01", "2026-11-01"])
    history = pd.concat([sales(A=1_200), sales(H=1_200).tail(6), sales(S=1_200).tail(2)])
    split = months_split(1_200_000, [1] * 12)
    found = allocate(reps, split, history, rules=rules(weights={"history": 1}))
    assert found.reps["replaced"].tolist() == ["", "full_year", "median"]
    assert found.reps["quota"].tolist() == [400_000] * 3
    assert found.reps["last_year"].tolist() == [1_200, 600, 200]


def test_no_data_at_all_means_equal_parts():
    found = allocate(staff("A", "B"), months_split(1_000), sales(), rules=rules(weights={"history": 1, "capacity": 1}))
    assert found.dropped == ("history", "capacity")
    assert quota_of(found) == {"A": 500, "B": 500}
    assert found.reps["history_share"].isna().all()


def test_more_returns_than_sales_weigh_nothing():
    found = allocate(staff("A", "B"), months_split(1_000), sales(A=-500, B=500), rules=rules(weights={"history": 1}))
    assert quota_of(found) == {"A": 0, "B": 1_000}


# --- pins, bounds, months ------------------------------------------------------------------------


def test_a_month_fixed_by_agreement():
    pins = [{"rep": "A", "month": "2027-03", "amount": 30}, {"rep": "B", "amount": 2_000}]
    split = months_split(1_000_000)
    found = allocate(staff("A", "B", "C"), split, sales(), rules=rules(pins=pins, over_assignment=Decimal("0.05")))
    table = ra.month_totals(found.table).set_index(["rep", "month"])["amount"]
    assert table["A", "2027-03"] == 3_000
    assert quota_of(found)["B"] == 200_000
    assert found.reps["pinned"].tolist() == [True, True, False]
    assert_closes(found, split, Decimal("0.05"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({"pins": [{"rep": "Z", "amount": 1}]}, ["pin_rep_unknown"], id="nobody of that name"),
        pytest.param(
            {"pins": [{"rep": "A", "amount": 1, "month": "2028-01"}]}, ["pin_month_unknown"], id="another year"
        ),
        pytest.param({"pins": [{"rep": "A", "amount": 1, "product": "p"}]}, ["pin_no_dimension"], id="part of a quota"),
        pytest.param({"pins": [{"rep": "A", "amount": 1}, {"rep": "A", "amount": 2}]}, ["pins_twice"], id="twice"),
        pytest.param(
            {"pins": [{"rep": "Z", "amount": 1}, {"rep": "A", "amount": 1, "month": "2026-01"}]},
            ["pin_rep_unknown", "pin_month_unknown"],
            id="all at once",
        ),
        pytest.param({"pins": [{"rep": "A", "amount": 10_001}]}, ["limits_over_total"], id="more than all"),
        pytest.param({"bounds": {"min": 6_000}}, ["limits_over_total"], id="least of two is more than all"),
        pytest.param({"bounds": {"max": 4_000}}, ["limits_under_total"], id="most of two is less than all"),
        pytest.param(
            {"pins": [{"rep": "A", "amount": 5}, {"rep": "A", "month": "2027-01", "amount": 6}]},
            ["pins_over"],
            id="a month above its year",
        ),
        pytest.param(
            {"pins": [{"rep": r, "month": "2027-01", "amount": 400} for r in "AB"]},
            ["pins_over_month"],
            id="a month too full",
        ),
        pytest.param(
            {
                "pins": [{"rep": "A", "month": "2027-01", "amount": 700}, {"rep": "B", "amount": 300}],
                "limits": [{"rep": "B", "min": 400}],
            },
            ["pins_over_rep", "pins_over_month"],
            id="two amounts at once",
        ),
        pytest.param(
            {"pins": [{"rep": r, "month": "2027-01", "amount": 1} for r in "AB"]},
            ["months_short"],
            id="a month left without anybody",
        ),
    ],
)
def test_what_cannot_be_is_refused(changed, expected):
    with pytest.raises(PlanError) as caught:
        allocate(staff("A", "B"), months_split(1_000_000), sales(), rules=rules(**changed))
    assert codes(caught) == expected


def test_the_amount_that_does_not_fit_is_said():
    with pytest.raises(PlanError) as caught:
        allocate(staff("A", "B"), months_split(1_000_000), sales(), rules=rules(bounds={"max": 4_000}))
    (fault,) = faults_of(caught)
    assert fault.values.get("over") == 10_000 - 2 * 4_000  # noqa: PD011 - not a frame
    assert fault.place == "rep_allocation.yaml bounds.max"


def test_months_without_anybody_stay_unassigned():
    reps = staff("A", "B", start=["2027-03-01", "2027-02-10"])
    split = months_split(1_000_000)
    found = allocate(reps, split, sales(), rules=rules(ramp=[Decimal(0)], over_assignment=Decimal("0.1")))
    left = found.table[found.table["rep"] == UNASSIGNED].set_index("month")
    assert left["base"].to_dict() == {"2027-01": 61_000, "2027-02": 72_000}
    assert left["amount"].to_dict() == left["base"].to_dict()
    assert found.reps["quota"].sum() == round((1_000_000 - 133_000) * 1.1)
    assert_closes(found, split, Decimal("0.1"))


def test_nobody_at_all():
    split = months_split(1_000_000)
    found = allocate(ra.planned_reps(None, sales(), MONTHS), split, sales(), rules=rules())
    assert found.reps.empty
    assert set(found.table["rep"]) == {UNASSIGNED}
    assert_closes(found, split)


def test_where_too_few_are_there_the_months_lead():
    """One rep alone until July cannot do with an equal part of the year: he carries what nobody else can."""
    reps = staff("A", "B", "C", "D", start=["2020-01-01"] + ["2027-07-01"] * 3)
    split = months_split(1_200_000, [1] * 12)
    found = allocate(reps, split, sales(), rules=rules())
    assert found.by_month
    assert quota_of(found) == {"A": 600_000 + 150_000, "B": 150_000, "C": 150_000, "D": 150_000}
    assert_closes(found, split)
    bounded = allocate(reps, split, sales(), rules=rules(pins=[{"rep": "B", "amount": 3_000}]))
    assert quota_of(bounded) == {"A": 700_000, "B": 300_000, "C": 100_000, "D": 100_000}
    with pytest.raises(PlanError) as caught:
        allocate(reps, split, sales(), rules=rules(bounds={"max": 5_000}))
    assert codes(caught) == ["months_short"]
    assert faults_of(caught)[0].values.get("over") == 1_000  # noqa: PD011 - not a frame


# --- the exact table -----------------------------------------------------------------------------

REGIONS, PRODUCTS = ("n", "s"), ("p", "q", "r")


def cube_split(weights, total=1_000_000):
    index = pd.MultiIndex.from_product([MONTHS, REGIONS, PRODUCTS], names=KEYS)
    amounts = apportion(total, np.resize(weights, len(index)))
    return pd.DataFrame({"amount": amounts, "quantity": amounts / 50}, index=index).reset_index()


def cube_history():
    rows = [
        *[(m, "n", "p", "A", 900) for m in fiscal_months(2026)],
        *[(m, "s", "q", "B", 600) for m in fiscal_months(2026)],
        *[(m, "s", "r", "B", 300) for m in fiscal_months(2026)],
    ]
    return pd.DataFrame(rows, columns=["month", "region", "product", "rep", "amount"]).assign(customer="")


def test_cells_follow_each_rep_and_close():
    reps = staff("A", "B", "N", region=["n", "s", "s"])
    split = cube_split([3, 1, 1, 1, 3, 2])
    found = allocate(reps, split, cube_history(), rules=rules(over_assignment=Decimal("0.05")))
    assert found.to_cells
    assert list(found.table.columns) == ["rep", "month", "region", "product", "base", "amount", "quantity"]
    assert_closes(found, split, Decimal("0.05"))
    whole = found.table.groupby(["rep", "region", "product"])["amount"].sum()
    assert whole["A"].idxmax() == ("n", "p")
    assert whole["N"]["s"].sum() > whole["N"]["n"].sum()
    np.testing.assert_allclose(found.table["quantity"], found.table["amount"] / 50)


def test_too_many_rows_stop_at_the_month():
    split = cube_split([1, 2, 3])
    assert ra.cells_that_fit(3, split)
    assert not ra.cells_that_fit(3, split, most=200)
    many = staff(*[f"R{number:04d}" for number in range(cube.MOST_ROWS // len(split) + 1)])
    found = allocate(many, split, sales(), rules=rules())
    assert not found.to_cells
    assert "region" not in found.table.columns
    assert_closes(found, split)


def test_split_in_whole_yuan():
    split = months_split(1_000_000).assign(amount=apportion(1_000_000, SEASON, unit=100))
    found = allocate(staff("A", "B", "C"), split, sales(), rules=rules(over_assignment=Decimal("0.07")), unit=100)
    assert (found.table[["base", "amount"]] % 100 == 0).all(axis=None)
    assert_closes(found, split, Decimal("0.07"))


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_everything_closes(data):
    """Whoever is there when, whatever the weights: all margins exact; no order of rows matters."""
    count = data.draw(st.integers(1, 6))
    number = st.integers(0, 10**7)
    dates = st.sampled_from([None, "2020-01-01", "2026-10-01", "2027-01-01", "2027-02-20", "2027-06-15", "2027-12-01"])
    ends = st.sampled_from([None, None, None, "2027-05-20", "2027-12-31"])
    starts = [data.draw(dates) for _ in range(count)]
    stops = [None if start and start > "2027-05" else data.draw(ends) for start in starts]
    potential = [data.draw(st.one_of(st.just(pd.NA), number)) for _ in range(count)]
    reps = staff(*[f"R{i}" for i in range(count)], start=starts, end=stops, potential=potential, region=["n"] * count)
    over = Decimal(data.draw(st.integers(0, 30))) / 100
    split = cube_split(
        data.draw(st.lists(st.integers(0, 9), min_size=7, max_size=7).filter(any)), data.draw(st.integers(0, 10**9))
    )
    terms = rules(
        weights={"potential": 1, "history": 1, "equal": 1}, over_assignment=over, ramp=[Decimal(0), Decimal("0.5")]
    )
    found = allocate(reps, split, cube_history(), rules=terms)
    assert_closes(found, split, over)
    other = allocate(reps[::-1], split.sample(frac=1, random_state=1), cube_history()[::-1], rules=terms)
    pd.testing.assert_frame_equal(found.table, other.table)
    pd.testing.assert_frame_equal(found.reps, other.reps)


@settings(max_examples=40, deadline=None)
@given(
    weights=st.lists(st.integers(0, 1_000), min_size=3, max_size=8).filter(any),
    pinned=st.integers(0, 900),
    least=st.integers(0, 600),
    more=st.integers(0, 3_000),
)
def test_bounds_hold_or_are_refused(weights, pinned, least, more):
    reps = staff(*[f"R{i}" for i in range(len(weights))], potential=weights)
    bounds = {"min": least, "max": least + more}
    terms = rules(weights={"potential": 1}, bounds=bounds, pins=[{"rep": "R0", "amount": pinned}])
    others = len(weights) - 1
    fits = pinned + others * least <= 5_000 <= pinned + others * (least + more)
    try:
        found = allocate(reps, months_split(500_000), sales(), rules=terms)
    except PlanError:
        assert not fits
        return
    assert fits
    quotas = found.reps["quota"].to_numpy()
    assert quotas[0] == pinned * 100
    assert quotas.sum() == 500_000
    assert ((quotas[1:] >= least * 100) & (quotas[1:] <= (least + more) * 100)).all()


# --- how hard ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(
            [1, 2, 3, 4], (1 * 6 + 2 * 4 + 3 * 2) / (2 * 4 * 10) * 1.0, id="one to four: sum of pair differences 20"
        ),
        pytest.param([0, 0, 0, 10], 3 / 4, id="one has all"),
        pytest.param([5, 5], 0, id="all alike"),
    ],
)
def test_gini(values, expected):
    assert ra.gini(values) == pytest.approx(expected)


def test_gini_of_nothing_is_unknown():
    assert np.isnan(ra.gini([]))
    assert np.isnan(ra.gini([0, 0]))


# --- other rules side by side ----------------------------------------------------------------------


def test_one_base_alone():
    reps = staff("A", "B", potential=[100, 300])
    found = by_base(reps, months_split(1_000_000), sales(A=300, B=100), rules=rules())
    bases = ["history", "potential", "equal", "equal_stretch", "equal_probability"]
    assert list(found.columns) == ["rep", "quota", *(f"amount_{base}" for base in bases)]
    assert found["amount_history"].tolist() == [750_000, 250_000, 1_000_000]
    assert found["amount_potential"].tolist() == [250_000, 750_000, 1_000_000]
    assert found["rep"].tolist() == ["A", "B", "(total)"]


def test_several_over_assignments():
    terms = rules(over_assignment=Decimal("0.07"), bounds={"max": 5_500})
    found = by_over_assignment(staff("A", "B"), months_split(1_000_000), sales(), rules=terms)
    assert found["rate"].tolist() == [0, 0.05, 0.07, 0.1, 0.15]
    assert found.loc[found["planned"], "rate"].tolist() == [0.07]
    assert found["quota"].tolist() == [1_000_000, 1_050_000, 1_070_000, 1_100_000, pd.NA]


def test_arguments_stay_as_they_are():
    reps, split, history = staff("A", "B"), months_split(1_000), sales(A=100)
    before = [frame.copy() for frame in (reps, split, history)]
    allocate(reps, split, history, rules=rules())
    for old, new in zip(before, (reps, split, history), strict=True):
        pd.testing.assert_frame_equal(old, new)


def test_a_fiscal_year_from_april():
    months = fiscal_months(2027, 4)
    history = sales(A=300, B=100).assign(month=lambda frame: [add_months(month, 3) for month in frame["month"]])
    split = months_split(1_000_000, months=months)
    found = allocate(staff("A", "B"), split, history, rules=rules(weights={"history": 1}))
    assert quota_of(found) == {"A": 750_000, "B": 250_000}
    assert sorted(set(found.table["month"])) == months


def test_a_deal_goes_to_who_holds_the_customer_when_its_rep_has_left():
    start = ra.Given(
        staff("A", "B", end=["2027-06-30", None]),
        months_split(1_000_000),
        sales(A=100, B=100),
        customers=pd.DataFrame(
            {"customer": ["k", "k"], "rep": ["A", "B"], "start": [None, "2027-07-01"], "end": ["2027-06-30", None]}
        ),
        opportunities=pd.DataFrame({"project": ["p", "q"], "rep": ["A", "A"]}),
        projects=pd.DataFrame(
            {"project": ["p", "q"], "customer": ["k", "k"], "month": ["2027-10", "2027-03"], "placed": [500, 300]}
        ),
    )
    there = np.array([[1.0] * 6 + [0.0] * 6, [1.0] * 12])
    found = placed_deals(start, pd.Index(["A", "B"]), there, np.full(12, 10_000))
    assert found.sum(axis=1).tolist() == [300, 500]
    assert (found[0, 2], found[1, 9]) == (300, 500)
