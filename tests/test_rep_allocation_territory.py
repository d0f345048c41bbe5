"""Territories: history that follows the customer, hand-overs, vacancies, who is there when, owners in the tables."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import rep_allocation as ra
from salesplan.apportion import UNASSIGNED, apportion
from salesplan.calendar import fiscal_months
from salesplan.conclusions.rep_allocation import territories
from salesplan.rep_allocation.people.handovers import Territory, handovers
from salesplan.rep_allocation.people.past import part_of_year, past_of_accounts, years_back
from salesplan.rep_allocation.people.territory import ownership, territory_history
from salesplan.terms import RepAllocationTerms
from salesplan.wording import Words
from tests.tables_plan import check_plan, codes, notices
from tests.tables_plan import sales as sales_csv

MONTHS = fiscal_months(2027)
PLAIN = {"weights": {"history": 1}, "ramp": [], "over_assignment": 0}


def rules(**changed):
    return RepAllocationTerms.model_validate({**PLAIN, **changed})


def staff(*rows):
    """rep, start, end (None is open), and team, region where given."""
    frame = pd.DataFrame(
        [(*row, *[None] * (5 - len(row))) for row in rows], columns=["rep", "start", "end", "team", "region"]
    )
    dated = frame.assign(
        start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]), name=None, manager=None
    )
    return dated.assign(
        potential=pd.array([pd.NA] * len(rows), dtype="Int64"), capacity=pd.array([pd.NA] * len(rows), dtype="Int64")
    )


def owners_table(*rows):
    """customer, rep, start, end."""
    frame = pd.DataFrame(rows, columns=["customer", "rep", "start", "end"])
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]), region=None)


def sold(customer, rep, total, years=(2026,), months=range(12)):
    """Yearly sales of a customer by a rep, evenly over some months of each year."""
    rows = [
        {"month": fiscal_months(year)[m], "region": "", "customer": customer, "rep": rep, "amount": fen}
        for year in years
        for m, fen in zip(months, apportion(total, [1] * len(months)), strict=True)
    ]
    return pd.DataFrame(rows)


def start_of(reps, history, customers=None, total=1_200_000, **known):
    split = pd.DataFrame({"month": MONTHS, "amount": apportion(total, [1] * 12), "quantity": np.nan})
    return ra.Given(reps, split, history, customers, **known)


def moved(history, customers, reps):
    owners = ownership(history, customers, reps, MONTHS)
    return territory_history(history, owners, MONTHS)


def by_rep(frame):
    return frame.groupby("rep")["amount"].sum().to_dict()


# --- who holds what ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("customers", "reps", "expected"),
    [
        pytest.param(None, [("A", None, None)], {"A": 1_200}, id="no table: the order's rep"),
        pytest.param(
            [("other", "B", None, None)], [("A", None, None), ("B", None, None)], {"A": 1_200}, id="not in it"
        ),
        pytest.param([("k", None, None, None)], [("A", None, None)], {"A": 1_200}, id="no owner known at all"),
        pytest.param(
            [("k", "B", None, None)], [("A", None, None), ("B", None, None)], {"B": 1_200}, id="present owner"
        ),
        pytest.param(
            [("k", "A", None, "2027-06-30"), ("k", "B", "2027-07-01", None)],
            [("A", None, None), ("B", None, None)],
            {"A": 600, "B": 600},
            id="handed over in the middle of the year",
        ),
        pytest.param(
            [("k", "A", None, "2027-02-14"), ("k", "B", "2027-02-15", None)],
            [("A", None, None), ("B", None, None)],
            {"A": 150, "B": 1_050},
            id="a month shared by days",
        ),
        pytest.param(
            [("k", "A", None, "2027-03-31"), ("k", "B", "2027-05-01", None)],
            [("A", None, None), ("B", None, None)],
            {"A": 300, "B": 800, UNASSIGNED: 100},
            id="a gap between two spells",
        ),
        pytest.param(
            [("k", "A", None, "2027-03-31"), ("k", None, "2027-04-01", None)],
            [("A", None, None)],
            {"A": 300, UNASSIGNED: 900},
            id="nobody from April on",
        ),
        pytest.param([("k", "A", None, None)], [("A", None, "2027-09-30")], {"A": 900, UNASSIGNED: 300}, id="leaves"),
        pytest.param([("k", "A", None, None)], [("A", "2027-04-20", None)], {"A": 900, UNASSIGNED: 300}, id="joins"),
        pytest.param(
            [("k", "B", "2027-04-01", None)],
            [("A", None, None), ("B", None, None)],
            {"A": 300, "B": 900},
            id="before a first spell the order's rep",
        ),
        pytest.param([("k", "Z", None, None)], [("A", None, None)], {UNASSIGNED: 1_200}, id="an owner nobody lists"),
    ],
)
def test_history_follows_the_customer(customers, reps, expected):
    history = sold("k", "A", 1_200)
    table = None if customers is None else owners_table(*customers)
    found = moved(history, table, staff(*reps))
    assert by_rep(found) == expected
    assert (found["sold_by"] == "A").all()


def test_a_departed_rep_without_customers_leaves_a_vacancy_and_the_house_account_is_nobodys():
    history = pd.concat([sold("k", "A", 1_200), sold("k", "GONE", 2_400), sold("k", UNASSIGNED, 120)])
    assert by_rep(moved(history, None, staff(("A", None, None)))) == {"A": 1_200, UNASSIGNED: 2_520}


def test_months_that_end_early_are_shared_by_their_own_days():
    customers = owners_table(("k", "A", None, "2027-01-25"), ("k", "B", "2027-01-26", None))
    owners = ownership(sold("k", "A", 1_200), customers, staff(("A", None, None), ("B", None, None)), MONTHS, 25)
    part = dict(zip(owners.holders["rep"], owners.part[:, 0], strict=True))
    assert part == {"A": 1.0, "B": 0.0}


@st.composite
def worlds(draw):
    """Customers handed from rep to rep on any days of the year, with gaps, and lines of any amount."""
    customers, lines = [], []
    for number in range(draw(st.integers(1, 10))):
        days = sorted(draw(st.sets(st.integers(1, 364), max_size=3)))
        edges = [pd.Timestamp("2027-01-01") + pd.Timedelta(days=day) for day in days]
        spells = zip([None, *edges], [*[edge - pd.Timedelta(days=1) for edge in edges], None], strict=True)
        for begin, end in spells:
            customers.append((f"k{number}", draw(st.sampled_from(["A", "B", "C", None])), begin, end))
        for month in draw(st.lists(st.integers(1, 12), min_size=1, max_size=5)):
            lines.append((f"2026-{month:02d}", "", f"k{number}", "A", draw(st.integers(-10_000, 10_000))))
    return owners_table(*customers), pd.DataFrame(lines, columns=["month", "region", "customer", "rep", "amount"])


@settings(max_examples=40)
@given(worlds(), st.randoms(use_true_random=False))
def test_nothing_is_lost_and_row_order_is_irrelevant(world, random):
    customers, history = world
    reps = staff(("A", None, None), ("B", "2027-03-10", None), ("C", None, "2027-10-05"))
    found = moved(history, customers, reps)
    keys = ["month", "customer"]
    whole = history.groupby(keys)["amount"].sum()
    assert found.groupby(keys)["amount"].sum().reindex(whole.index, fill_value=0).to_dict() == whole.to_dict()
    order = random.sample(range(len(customers)), len(customers))
    again = moved(history.iloc[::-1].reset_index(drop=True), customers.iloc[order].reset_index(drop=True), reps)
    columns = ["month", "customer", "rep"]
    assert found.groupby(columns)["amount"].sum().to_dict() == again.groupby(columns)["amount"].sum().to_dict()


# --- what it weighs ------------------------------------------------------------------------------


def test_a_hand_over_gives_both_their_months_and_together_the_territory():
    history = pd.concat([sold("k", "A", 600_000), sold("o", "C", 600_000)])
    customers = owners_table(
        ("k", "A", None, "2027-06-30"), ("k", "B", "2027-07-01", None), ("o", "C", None, None),
    )  # fmt: skip
    begin = start_of(staff(("A", None, None), ("B", None, None), ("C", None, None)), history, customers)
    found = ra.allocate(ra.ground_of(begin, rules()))
    quota = found.reps.set_index("rep")["quota"].to_dict()
    assert quota == {"A": 300_000, "B": 300_000, "C": 600_000}
    months = ra.month_totals(found.table).set_index(["rep", "month"])["amount"]
    assert [months.get(("A", month), 0) for month in MONTHS] == [50_000] * 6 + [0] * 6
    assert [months.get(("B", month), 0) for month in MONTHS] == [0] * 6 + [50_000] * 6
    assert ra.weighed(begin, rules()).part.to_dict() == pytest.approx({"A": 0.5, "B": 0.5, "C": 1.0})


def test_who_leaves_hands_over_what_he_had_and_the_days_away_count_once():
    history = pd.concat([sold("k", "A", 600_000), sold("o", "C", 600_000)])
    customers = owners_table(("k", "A", None, "2027-06-15"), ("k", "B", "2027-06-16", None), ("o", "C", None, None))
    reps = staff(("A", None, "2027-06-15"), ("B", "2027-06-16", None), ("C", None, None))
    found = ra.weighed(start_of(reps, history, customers), rules())
    year = found.carries.to_numpy().mean(axis=1) / found.carries.to_numpy().mean(axis=1).sum()
    assert dict(zip(found.people["rep"], year, strict=True)) == pytest.approx({"A": 5.5 / 24, "B": 6.5 / 24, "C": 0.5})


def test_a_new_rep_ramps_in_what_he_takes_over_and_is_told_apart():
    history = pd.concat([sold("k", "A", 600_000), sold("o", "C", 600_000)])
    customers = owners_table(("k", "A", None, "2027-03-31"), ("k", "N", "2027-04-01", None), ("o", "C", None, None))
    reps = staff(("A", None, None), ("C", None, None), ("N", "2027-04-01", None))
    found = ra.weighed(start_of(reps, history, customers), rules(ramp=[Decimal(0), Decimal("0.5")]))
    assert found.replaced.to_dict() == {"A": "", "C": "", "N": "inherited"}
    assert found.part.to_dict() == pytest.approx({"A": 3 / 12, "C": 1, "N": (0.5 + 7) / 12})
    # a full year of 600,000 each, closed to the company's 1,200,000
    assert found.year["mu"].to_dict() == pytest.approx({"A": 400_000, "C": 400_000, "N": 400_000})


def test_recency_weighs_the_years_and_leaves_out_those_a_customer_was_not_there():
    """Shares of the company: old 1/2, 1/2, 1/4 by 2 : 3 : 4; the new customer's first whole year is the last."""
    history = pd.concat(
        [
            sold("old", "A", 100, (2024, 2025)), sold("other", "B", 100, (2024, 2025)),
            sold("old", "A", 100, (2026,)), sold("other", "B", 200, (2026,)), sold("new", "C", 100, (2026,)),
        ]
    )  # fmt: skip
    begin = start_of(staff(("A", None, None), ("B", None, None), ("C", None, None)), history)
    found = ra.weighed(begin, rules()).bases.query("basis == 'history'").set_index("rep")["value"]
    old = (2 / 2 + 3 / 2 + 4 / 4) / 9 * 400
    other = (2 / 2 + 3 / 2 + 4 / 2) / 9 * 400
    assert found.astype(float).to_dict() == pytest.approx({"A": old, "B": other, "C": 100}, abs=0.5)
    last = ra.weighed(begin, rules(recency=[1])).bases.query("basis == 'history'")["value"]
    assert last.tolist() == [100, 200, 100]


def test_years_back():
    history = pd.concat([sold("k", "A", 12, (2026,)), sold("k", "A", 12, (2024,))])
    assert years_back(history, MONTHS, 3) == [1]
    assert years_back(pd.concat([history, sold("k", "A", 12, (2025,))]), MONTHS, 2) == [1, 2]
    assert years_back(history.tail(3), MONTHS, 3) == [1]


def test_part_of_a_past_year_counts_season_and_ramp():
    reps = staff(("A", "2026-11-01", None))
    season = [0] * 10 + [30, 70]
    assert part_of_year(reps, MONTHS, season, [Decimal("0.5")])["A"] == pytest.approx(0.5 * 0.3 + 0.7)
    assert part_of_year(reps, MONTHS, season, [], back=2)["A"] == 1


@pytest.mark.parametrize(
    ("begun", "expected"),
    [("2020-01-01", 1_200), ("2026-07-01", 2_400), ("2026-09-01", None)],
    ids=["a whole year", "half a year is carried to a full one", "less says nothing"],
)
def test_sales_without_known_customers_are_carried_to_a_full_year(begun, expected):
    begin = start_of(staff(("A", begun, None)), sold("k", "A", 1_200, months=range(9, 12)))
    owners = ownership(begin.history, None, begin.reps, MONTHS)
    found = past_of_accounts(begin, rules(), owners).last.sum(axis=1)
    assert found.tolist() == pytest.approx([expected] if expected else [np.nan], nan_ok=True)


# --- vacancies -----------------------------------------------------------------------------------


def vacant_plan(**changed):
    """A territory of half the company, vacant in January and February, then a new rep who ramps."""
    history = pd.concat([sold("k", "OLD", 600_000), sold("o", "C", 600_000)])
    customers = owners_table(
        ("k", "OLD", None, "2026-12-31"), ("k", "N", "2027-03-01", None), ("o", "C", None, None),
    ).assign(region=["south", "south", "north"])  # fmt: skip
    reps = staff(("OLD", None, "2026-12-31", "t", "south"), ("N", "2027-03-01", None, "t", "south"), ("C", None, None))
    return start_of(reps, history, customers), rules(ramp=[Decimal(0)], **changed)


def test_vacancies_are_named_with_owners_months_and_amounts():
    begin, terms = vacant_plan()
    found = ra.weighed(begin, terms)
    rows = found.territory.vacancies.set_index("reason").to_dict("index")
    gap, ramp = rows["no_owner"], rows["ramp"]
    assert (gap["region"], gap["rep"], gap["successor"], gap["team"]) == ("south", "OLD", "N", "t")
    assert (gap["first_month"], gap["last_month"], gap["customers"]) == ("2027-01", "2027-02", 1)
    assert (gap["last_year"], gap["amount"]) == (100_000, 100_000)  # half of two months of 100,000
    assert (ramp["first_month"], ramp["last_month"], ramp["amount"], ramp["rep"]) == ("2027-03", "2027-03", 50_000, "")
    assert set(found.territory.vacancies["carried_by"]) == {"colleagues"}
    assert found.vacant.tolist() == [0] * 12


def test_spread_leaves_nothing_with_nobody_and_the_manager_keeps_what_is_vacant():
    begin, terms = vacant_plan()
    spread = ra.allocate(ra.ground_of(begin, terms))
    assert UNASSIGNED not in set(spread.table["rep"])
    kept = ra.allocate(ra.ground_of(begin, vacant_plan(vacancies="manager")[1]))
    nobody = kept.table[kept.table["rep"] == UNASSIGNED].groupby("month")["base"].sum()
    assert nobody.to_dict() == {"2027-01": 50_000, "2027-02": 50_000, "2027-03": 50_000}
    assert kept.table["base"].sum() == spread.table["base"].sum() == 1_200_000
    quota = kept.reps.set_index("rep")["quota"]
    assert quota.sum() == 1_050_000
    assert quota["N"] == pytest.approx(450_000, abs=1)
    assert quota["C"] == pytest.approx(600_000, abs=1)


def test_vacancies_stay_in_whole_money_units_and_below_the_target():
    begin, terms = vacant_plan(vacancies="manager")
    found = ra.weighed(ra.Given(begin.reps, begin.split, begin.history, begin.customers, unit=7_000), terms)
    assert (found.vacant % 7_000 == 0).all()
    assert (found.vacant <= begin.season.target).all()
    assert found.territory.vacancies["amount"].sum() == found.vacant.sum()


def test_an_owner_who_is_not_there_is_told_apart_from_none():
    history = pd.concat([sold("k", "A", 1_200), sold("o", "B", 1_200), sold("x", UNASSIGNED, 120)])
    customers = owners_table(("k", "A", None, None), ("o", "B", None, "2027-11-30"))
    reps = staff(("A", None, "2027-08-31"), ("B", None, None))
    gaps = ra.weighed(start_of(reps, history, customers), rules()).territory.vacancies
    found = gaps.set_index("reason")[["rep", "first_month", "last_month"]].to_dict("index")
    assert found["not_there"] == {"rep": "A", "first_month": "2027-09", "last_month": "2027-12"}
    assert found["no_owner"] == {"rep": "B", "first_month": "2027-12", "last_month": "2027-12"}
    assert found["house"] == {"rep": "", "first_month": "2027-01", "last_month": "2027-12"}


def test_without_vacancies_and_hand_overs_the_tables_have_their_header():
    begin = start_of(staff(("A", None, None)), sold("k", "A", 1_200))
    territory = ra.weighed(begin, rules()).territory
    assert territory.vacancies.empty and territory.handovers.empty
    assert list(territory.handovers.columns) == ["rep", "successor", "date", "customers", "last_year"]
    for language in ("zh", "en"):
        assert len(territories(Words(language), territory)) == 2


# --- tables for people ---------------------------------------------------------------------------


def test_hand_overs_say_from_whom_to_whom_and_when():
    history = pd.concat([sold("k", "A", 1_200), sold("m", "A", 600), sold("o", "B", 600)])
    customers = owners_table(
        ("k", "A", None, "2027-06-30"), ("k", "B", "2027-07-01", None), ("m", "B", "2027-01-01", None),
        ("o", "B", None, None),
    )  # fmt: skip
    begin = start_of(staff(("A", None, None), ("B", None, None)), history, customers)
    owners = ownership(history, customers, begin.reps, MONTHS)
    found = handovers(territory_history(history, owners, MONTHS), begin, owners)
    rows = [(row.rep, row.successor, str(row.date)[:10], row.customers, row.last_year) for row in found.itertuples()]
    assert rows == [("A", "B", "2027-07-01", 1, 600), ("A", "B", "NaT", 1, 600)]
    weighing = ra.weighed(begin, rules())
    table = ra.territory_table(weighing.people, weighing.territory, begin).set_index("rep")
    assert table.loc["A", ["sold", "received", "handed_over", "territory"]].tolist() == [1_800, 0, 1_200, 600]
    assert table.loc["B", ["sold", "received", "handed_over", "territory"]].tolist() == [600, 1_200, 0, 1_800]


SINCE_LONG = ("k", "A", "2023-01-01", None)
MOVED = (("k", "A", "2023-01-01", "2025-12-31"), ("k", "B", "2026-01-01", None))


@pytest.mark.parametrize(
    ("customers", "lines", "leaves", "expected"),
    [
        pytest.param([SINCE_LONG], [("A", 600), ("B", 400)], None, {"A": 600, "B": 400}, id="a share of an order"),
        pytest.param([SINCE_LONG], [("A", 400), ("B", 600)], None, {"A": 400, "B": 600}, id="even the larger share"),
        pytest.param([SINCE_LONG], [("A", 600), ("B", 400)], "2027-06-30", {"A": 1_000}, id="who leaves keeps nothing"),
        pytest.param(MOVED, [("A", 600), ("B", 400)], None, {"A": 600, "B": 400}, id="shared by the owner before"),
        pytest.param(
            [("k", "A", None, None)], [("A", 600), ("B", 400)], None, {"A": 600, "B": 400},
            id="since when is not known: the main seller",
        ),
        pytest.param(
            [("k", "A", None, None)], [("A", 500), ("B", 500)], None, {"A": 1_000}, id="no main seller: they follow"
        ),
        pytest.param([("k", "A", "2026-12-01", None)], [("B", 1_000)], None, {"A": 1_000}, id="handed over"),
    ],
)  # fmt: skip
def test_shares_of_orders_stay_with_whom_they_are_credited_to(customers, lines, leaves, expected):
    history = pd.concat([sold("k", rep, total, months=[4]) for rep, total in lines])
    reps = staff(("A", None, None), ("B", None, leaves))
    begin = start_of(reps, history, owners_table(*customers))
    owners = ownership(history, begin.customers, reps, MONTHS)
    found = territory_history(history, owners, MONTHS)
    assert by_rep(found) == expected
    moved_over = handovers(found, begin, owners)
    assert moved_over["last_year"].sum() == sum(total for rep, total in lines if rep == "B" and "B" not in expected)
    table = ra.territory_table(pd.DataFrame({"rep": ["A", "B"]}), Territory(found, None, moved_over, None), begin)
    assert (table["sold"] + table["received"] - table["handed_over"]).equals(table["territory"])
    assert table["customers"].sum() == 1


def test_sales_before_a_known_hand_over_still_follow_the_customer():
    history = pd.concat([sold("k", "A", 1_200, (2025,)), sold("k", "B", 600, (2026,))])
    found = moved(history, owners_table(*MOVED), staff(("A", None, None), ("B", None, None)))
    assert by_rep(found) == {"B": 1_800}


def test_presence_shows_ramp_and_what_nobody_looks_after():
    begin, terms = vacant_plan()
    found = ra.weighed(begin, terms)
    table = ra.presence_table(begin, found.people, found.there, found.territory.vacancies)
    new = table[table["rep"] == "N"].set_index("month")
    assert new["presence"].tolist() == [0, 0] + [1] * 10
    assert new["ramp"].tolist() == [0, 0, 0] + [1] * 9
    vacant = table[table["kind"] == "vacant"]
    assert vacant.loc[vacant["presence"] > 0, "month"].tolist() == ["2027-01", "2027-02"]
    assert set(vacant["name"]) == {"south"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences_name_people_months_and_amounts(language):
    begin, terms = vacant_plan()
    words = Words(language)
    said = " ".join(territories(words, ra.weighed(begin, terms).territory))
    assert "OLD" in said and "south" in said
    assert words.money(100_000) in said and words.money(50_000) in said
    assert words.month("2027-01") in said


# --- owners in the input tables ------------------------------------------------------------------

REPS = "rep,start,end\nR1,2020-01-01,\nR2,2020-01-01,2027-06-30\n"


@pytest.mark.parametrize(
    ("customers", "expected"),
    [
        pytest.param("k,R1,,\n", [], id="an owner who is listed"),
        pytest.param("k,R9,,\n", ["rep_unknown"], id="an owner nobody lists"),
        pytest.param("k,R9,,2026-12-31\nk,R1,2027-01-01,\n", [], id="an owner of the past"),
        pytest.param("k,R9,2028-01-01,\n", [], id="an owner of a year to come"),
        pytest.param("k,R1,,2027-03-31\nk,R2,2027-03-31,\n", ["spells_overlap"], id="two owners on one day"),
        pytest.param("k,R1,,\nk,R2,,\n", ["spells_overlap"], id="two owners all the time"),
        pytest.param("k,R1,2027-05-01,2027-04-01\n", ["end_before_start"], id="an end before the start"),
        pytest.param(
            "k,R9,,\nm,R1,2027-05-01,2027-04-01\nn,R1,,\nn,R2,,\n",
            ["end_before_start", "rep_unknown", "spells_overlap"],
            id="all at once",
        ),
    ],
)
def test_owners_of_customers(tmp_path, customers, expected):
    contents = {"sales": sales_csv("2027-01-05,1\n"), "reps": REPS, "customers": "customer,rep,start,end\n" + customers}
    assert sorted(codes(check_plan(tmp_path, contents).faults)) == expected


def test_an_unknown_owner_has_place_value_and_the_nearest_name(tmp_path):
    contents = {
        "sales": sales_csv("2027-01-05,1\n"),
        "reps": "rep\n王小明\n李大力\n",
        "customers": "customer,rep\nk,王小朋\nm,王小朋\n",
    }
    (fault,) = check_plan(tmp_path, contents).faults
    told = dict(fault.values)
    assert fault.place.endswith("customers.csv row 2 , column rep")
    assert (fault.value, told["nearest"], told["count"]) == ("王小朋", "王小明", 2)


@pytest.mark.parametrize(
    ("customers", "expected"),
    [
        pytest.param("k,R2,,2027-06-30\n", None, id="handed over in time"),
        pytest.param("k,R2,,\nm,R2,,\nn,R1,,\n", {"count": 2, "customer": "k", "rep": "R2"}, id="the owner leaves"),
        pytest.param("k,R1,2019-01-01,2026-12-31\n", None, id="before the plan year nobody asks"),
    ],
)
def test_owners_who_are_not_there_are_said(tmp_path, customers, expected):
    contents = {"sales": sales_csv("2027-01-05,1\n"), "reps": REPS, "customers": "customer,rep,start,end\n" + customers}
    assert notices(check_plan(tmp_path, contents)).get("owner_away") == expected


def test_spells_without_a_gap_are_one_employment(tmp_path):
    reps = "rep,team,start,end\nR1,t,2020-01-01,2027-03-31\nR1,u,2027-04-01,\n"
    contents = {"sales": sales_csv("2027-01-05,1\n"), "reps": reps, "customers": "customer,rep\nk,R1\n"}
    assert "owner_away" not in notices(check_plan(tmp_path, contents))


def test_a_rep_twice_in_the_same_spell_is_a_fault(tmp_path):
    reps = "rep,team,start,end\nR1,t,2020-01-01,\nR1,t,2020-01-01,\n"
    contents = {"sales": sales_csv("2027-01-05,1\n"), "reps": reps}
    assert codes(check_plan(tmp_path, contents).faults) == ["spells_overlap"]


def test_business_without_a_customers_table_that_nobody_takes_over():
    """A leaves at the end of September: what he sold in October to December last year has nobody."""
    begin = start_of(
        staff(("A", None, "2027-09-30"), ("B", None, None)), pd.concat([sold("k", "A", 1_200), sold("m", "B", 1_200)])
    )
    gaps = ra.weighed(begin, rules()).territory.vacancies
    assert gaps[["rep", "reason", "customers", "first_month", "last_year"]].to_numpy().tolist() == [
        ["A", "not_there", 0, "2027-10", 300]
    ]
    for language in ("zh", "en"):
        words = Words(language)
        assert words.month("2027-10") in territories(words, ra.weighed(begin, rules()).territory)[-1]
