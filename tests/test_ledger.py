"""The ledger against a plain loop over order lines, and its rules by named cases."""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import ledger
from salesplan.tables.columns import arrow_type
from salesplan.tables.contract import SPECS
from salesplan.terms import PlanTerms

TERMS = PlanTerms(fiscal_year=2027, inputs={"sales": "x"})


def table(name: str, *rows: dict[str, Any]) -> pa.Table:
    """A typed input table from rows that name only some columns."""
    columns = {c.name: pa.array([row.get(c.name) for row in rows], arrow_type(c.type)) for c in SPECS[name].columns}
    return pa.table(columns)


def line(day: str = "2027-01-10", amount: int = 10_000, **more: Any) -> dict[str, Any]:
    return {"date": date.fromisoformat(day), "amount": amount, "kind": "return" if amount < 0 else "sale", **more}


def parts(*shares: float, amount: int = 10_000, cost: int | None = None, reps: str = "ABCDE") -> pd.DataFrame:
    """How one order line is split between reps with these shares."""
    splits = [{"order": "O", "rep": rep, "share": share} for rep, share in zip(reps, shares, strict=False)]
    tables = {
        "sales": table("sales", line(amount=amount, cost=cost, quantity=3.0, order="O", rep="Z")),
        "credit_splits": table("credit_splits", *splits),
    }
    return ledger.order_lines(tables, TERMS).set_index("rep")


@pytest.mark.parametrize(
    ("shares", "amount", "expected"),
    [
        pytest.param((0.6, 0.4), 10_000, {"A": 6_000, "B": 4_000}, id="even fen"),
        pytest.param((0.5, 0.5), 101, {"A": 51, "B": 50}, id="equal remainders: the label"),
        pytest.param((0.25, 0.75), 2, {"A": 0, "B": 2}, id="equal remainders: the larger share"),
        pytest.param((0.333333, 0.333333, 0.333334), 100, {"A": 33, "B": 33, "C": 34}, id="largest remainder"),
        pytest.param((0.5, 0.5), -101, {"A": -51, "B": -50}, id="a return is split as the sale was"),
        pytest.param((1.0,), 7, {"A": 7}, id="one rep"),
        pytest.param(
            (0.333333, 0.666667),
            9_999_999_999_999,
            {"A": 3_333_330_000_000, "B": 6_666_669_999_999},
            id="largest amount",
        ),
        pytest.param((0.5, 0.5), 0, {"A": 0, "B": 0}, id="nothing"),
    ],
)
def test_credit_splits_are_exact(shares: tuple[float, ...], amount: int, expected: dict[str, int]) -> None:
    assert parts(*shares, amount=amount)["amount"].to_dict() == expected


def test_quantity_and_cost_are_split_alike() -> None:
    found = parts(0.5, 0.5, amount=101, cost=33)
    assert found["cost"].to_dict() == {"A": 17, "B": 16}
    assert found["quantity"].to_dict() == {"A": 1.5, "B": 1.5}
    assert parts(0.5, 0.5)["cost"].isna().all()


CUSTOMERS = table(
    "customers",
    {"customer": "甲", "rep": "OLD", "end": date(2026, 12, 31)},
    {"customer": "甲", "rep": "NEW", "start": date(2027, 1, 1)},
    {"customer": "乙"},
)


@pytest.mark.parametrize(
    ("given_line", "owner"),
    [
        pytest.param(line(rep="A", customer="甲"), "A", id="the order's rep"),
        pytest.param(line("2026-12-31", customer="甲"), "OLD", id="the customer's owner until that day"),
        pytest.param(line("2027-01-01", customer="甲"), "NEW", id="the customer's owner from that day"),
        pytest.param(line(customer="乙"), "(unassigned)", id="a customer of nobody"),
        pytest.param(line(customer="丙"), "(unassigned)", id="an unknown customer"),
        pytest.param(line(), "(unassigned)", id="no customer"),
    ],
)
def test_owner_of_an_order(given_line: dict[str, Any], owner: str) -> None:
    found = ledger.monthly({"sales": table("sales", given_line), "customers": CUSTOMERS}, TERMS)
    assert found["rep"].tolist() == [owner]
    alone = ledger.monthly({"sales": table("sales", given_line)}, TERMS)
    assert alone["rep"].tolist() == [given_line.get("rep", "(unassigned)")]


@pytest.mark.parametrize(
    ("day", "cutoff", "month"),
    [
        ("2027-01-31", None, "2027-01"),
        ("2027-01-25", 25, "2027-01"),
        ("2027-01-26", 25, "2027-02"),
        ("2027-12-26", 25, "2028-01"),
        ("2026-12-25", 25, "2026-12"),
    ],
)
def test_months_that_end_early(day: str, cutoff: int | None, month: str) -> None:
    terms = PlanTerms(fiscal_year=2027, month_cutoff=cutoff, inputs={"sales": "x"})
    found = ledger.monthly({"sales": table("sales", line(day))}, terms)
    assert found["month"].tolist() == [month]
    assert len(ledger.order_lines({"sales": table("sales", line(day))}, terms)) == month.startswith("2027")


@pytest.mark.parametrize(
    ("day", "as_of", "there"),
    [
        ("2027-03-31", None, False),
        ("2027-04-01", None, True),
        ("2028-03-31", None, True),
        ("2028-04-01", None, False),
        ("2027-05-31", date(2027, 5, 31), True),
        ("2027-06-01", date(2027, 5, 31), False),
    ],
)
def test_lines_of_the_plan_year_up_to_the_review(day: str, as_of: date | None, there: bool) -> None:
    terms = PlanTerms(fiscal_year=2027, first_month=4, inputs={"sales": "x"})
    assert len(ledger.order_lines({"sales": table("sales", line(day))}, terms, as_of)) == there


def test_missing_dimensions_and_blank_members() -> None:
    rows = [line(region="豫北"), line(region=None)]
    found = ledger.monthly({"sales": table("sales", *rows)}, TERMS)
    assert found["region"].tolist() == ["(unknown)", "豫北"]
    assert set(found["channel"]) == set(found["customer"]) == {""}


def test_unknown_is_not_zero() -> None:
    rows = [
        line(quantity=1.0, cost=5),
        line(quantity=None, cost=None),
        line(region="x", quantity=0.1, cost=0),
        line(region="x", quantity=0.2, cost=7),
    ]
    found = ledger.monthly({"sales": table("sales", *rows)}, TERMS)
    assert found["quantity"].isna().tolist() == found["cost"].isna().tolist() == [True, False]
    assert (found["quantity"][1], found["cost"][1]) == (0.3, 7)
    assert found["lines"].tolist() == [2, 2]


def test_types_and_order_of_rows() -> None:
    rows = [
        line("2027-02-01", order="b"),
        line(order="b", amount=2),
        line(order="b", amount=1),
        line(order="a", invoice_date=date(2027, 3, 1)),
    ]
    lines = ledger.order_lines({"sales": table("sales", *rows)}, TERMS)
    assert list(lines.columns) == [
        "order",
        "date",
        "month",
        "invoice_date",
        "product",
        "customer",
        "region",
        "channel",
        "rep",
        "kind",
        "original_order",
        "amount",
        "quantity",
        "cost",
        "overlay",
    ]
    assert list(zip(lines["month"], lines["order"], lines["amount"], strict=True)) == [
        ("2027-01", "a", 10_000),
        ("2027-01", "b", 1),
        ("2027-01", "b", 2),
        ("2027-02", "b", 10_000),
    ]
    assert {name: str(lines[name].dtype) for name in ("amount", "quantity", "cost")} == {
        "amount": "int64",
        "quantity": "float64",
        "cost": "Int64",
    }
    assert lines["date"].dtype.kind == lines["invoice_date"].dtype.kind == "M"
    assert str(ledger.monthly({"sales": table("sales", *rows)}, TERMS)["lines"].dtype) == "int64"


def test_no_line_of_the_plan_year() -> None:
    found = ledger.order_lines({"sales": table("sales", line("2026-01-01"))}, TERMS)
    assert len(found) == 0
    assert str(found["amount"].dtype) == "int64"


def test_daily_sales_before_the_plan_year() -> None:
    rows = [line("2026-12-31", 700), line("2026-12-30", 500), line("2026-12-31", -200), line("2027-01-01", 900)]
    found = ledger.daily({"sales": table("sales", *rows)}, TERMS)
    assert found["date"].dt.date.tolist() == [date(2026, 12, 30), date(2026, 12, 31)]
    assert found["amount"].tolist() == [500, 700 - 200]
    assert str(found["amount"].dtype) == "int64"


def test_daily_sales_end_with_the_cutoff() -> None:
    terms = TERMS.model_copy(update={"month_cutoff": 25})
    found = ledger.daily({"sales": table("sales", line("2026-12-25", 1), line("2026-12-26", 2))}, terms)
    assert found["amount"].tolist() == [1]


def test_orders_of_all_years() -> None:
    rows = [
        line("2026-01-01", order="a", product="P", invoice_date=date(2026, 1, 20)),
        line("2026-01-01", order="a", product="P", amount=5, invoice_date=date(2026, 1, 9)),
        line(order="b", rep="A"),
    ]
    found = ledger.orders({"sales": table("sales", *rows)}, TERMS)
    assert list(zip(found["order"], found["amount"], strict=True)) == [("a", 10_005), ("b", 10_000)]
    assert found["invoice_date"].isna().tolist() == [False, True]
    assert found["invoice_date"][0] == pd.Timestamp("2026-01-09")


# The same by a plain loop

lines_of_orders = st.lists(
    st.fixed_dictionaries(
        {
            "date": st.dates(date(2026, 11, 1), date(2027, 3, 31)),
            "amount": st.integers(-(10**13) + 1, 10**13 - 1),
            "order": st.sampled_from(["O1", "O2", "O3", None]),
            "rep": st.sampled_from(["A", "B", None]),
            "region": st.sampled_from(["东", "西", None]),
            "kind": st.sampled_from(["sale", "return"]),
            "quantity": st.integers(0, 10**6).map(lambda n: n / 1000),
            "cost": st.integers(-(10**9), 10**9),
        }
    ),
    min_size=1,
    max_size=12,
)
shares_of_order = st.lists(st.integers(1, 10**6), min_size=1, max_size=4).map(
    lambda weights: [w * 10**6 // sum(weights) for w in weights]
)


def apportioned(total: int, micro: dict[str, int]) -> dict[str, int]:
    """Largest remainder by exact fractions; odd fen to the larger share, then by label."""
    exact = {rep: Fraction(abs(total) * share, 10**6) for rep, share in micro.items()}
    given_out = {rep: int(part) for rep, part in exact.items()}
    ranked = sorted(micro, key=lambda rep: (-(exact[rep] - given_out[rep]), -micro[rep], rep))
    for rep in ranked[: abs(total) - sum(given_out.values())]:
        given_out[rep] += 1
    return {rep: (part if total >= 0 else -part) for rep, part in given_out.items()}


def by_hand(rows: list[dict[str, Any]], splits: dict[str, dict[str, int]]) -> dict[tuple[str, ...], tuple[int, int]]:
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    no_region = all(row["region"] is None for row in rows)
    for row in rows:
        micro = splits.get(row["order"]) or {row["rep"] or "(unassigned)": 10**6}
        amounts, costs = apportioned(row["amount"], micro), apportioned(row["cost"], micro)
        region = "" if no_region else row["region"] or "(unknown)"
        for rep in micro:
            key = (row["date"].isoformat()[:7], region, rep, row["kind"])
            sums[key][0] += amounts[rep]
            sums[key][1] += costs[rep]
    return {key: (amount, cost) for key, (amount, cost) in sums.items()}


@settings(max_examples=15, deadline=None)
@given(lines_of_orders, shares_of_order, st.randoms())
def test_the_cube_is_what_a_plain_loop_makes(rows: list[dict[str, Any]], shares: list[int], random: Any) -> None:
    shares[0] += 10**6 - sum(shares)
    split = {f"R{i}": share for i, share in enumerate(shares) if share}
    given_splits = [{"order": "O1", "rep": rep, "share": share / 10**6} for rep, share in split.items()]
    tables = {"sales": table("sales", *rows), "credit_splits": table("credit_splits", *given_splits)}
    found = ledger.monthly(tables, TERMS)
    keys = zip(found["month"], found["region"], found["rep"], found["kind"], strict=True)
    assert dict(zip(keys, zip(found["amount"], found["cost"], strict=True), strict=True)) == by_hand(
        rows, {"O1": split}
    )
    assert found["amount"].sum() == sum(row["amount"] for row in rows)
    mixed = random.sample(rows, len(rows))
    again = ledger.monthly({**tables, "sales": table("sales", *mixed)}, TERMS)
    pd.testing.assert_frame_equal(found, again)


def test_big_orders_leave_with_their_returns() -> None:
    rows = [
        line("2026-03-01", 60_000, order="A", product="x", quantity=6.0),
        line("2026-03-02", 50_000, order="A", product="y", quantity=5.0),
        line("2026-05-01", -10_000, order="B", original_order="A", product="x", quantity=-1.0),
        line("2026-03-01", 99_999, order="C"),
        line("2026-04-01", 100_000),
        line("2026-04-01", 60_000),
        line("2027-01-01", 500_000, order="D"),
    ]
    tables = {"sales": table("sales", *rows)}
    found = ledger.big_orders(tables, TERMS, 100_000)
    assert found["amount"].tolist() == [60_000, 50_000, -10_000, 100_000]
    assert found["month"].tolist() == ["2026-03", "2026-03", "2026-05", "2026-04"]
    assert ledger.big_orders(tables, TERMS, None).empty
    assert list(found.columns) == list(ledger.big_orders(tables, TERMS, None).columns)
