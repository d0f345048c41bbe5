"""Sales in other currencies: refused without a rate, else in the plan's currency, and at budget rates beside it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError
from tables_plan import sales

from salesplan import ledger, tables
from salesplan.tables import Checked
from salesplan.terms import PlanTerms
from salesplan.terms.variance_review import ExchangeRate, VarianceReviewTerms

HEADER = "date,amount,currency"


def rate(currency: str = "USD", actual: str = "7.2", **more: Any) -> ExchangeRate:
    given = {name: Decimal(text) if name == "budget" else text for name, text in more.items()}
    return ExchangeRate(currency=currency, actual=Decimal(actual), **given)


def checked(root: Path, rows: str, *rates: ExchangeRate, header: str = HEADER, **terms: Any) -> Checked:
    (root / "plan.csv").write_text(sales(rows, header), encoding="utf-8")
    return tables.check(root, PlanTerms(fiscal_year=2027, inputs={"sales": "plan.csv"}, **terms), rates)


def columns(found: Checked) -> list[tuple[int, int]]:
    table = found.tables["sales"]
    return list(zip(table["amount"].to_pylist()[1:], table["at_budget"].to_pylist()[1:], strict=True))


@pytest.mark.parametrize(
    ("rows", "rates", "expected"),
    [
        pytest.param("2027-01-05,100.00,USD\n", [rate(budget="7")], [(72_000, 70_000)], id="at actual and budget rate"),
        pytest.param("2027-01-05,100.00,usd\n", [rate()], [(72_000, 72_000)], id="no budget rate: the actual"),
        pytest.param(
            "2027-01-05,100.00,USD\n2027-02-05,100.00,USD\n",
            [rate(budget="7"), rate(actual="7.3", budget="7", month="2027-02")],
            [(72_000, 70_000), (73_000, 70_000)],
            id="a month's own rate",
        ),
        pytest.param("2027-01-05,-0.07,USD\n", [rate(actual="7.5")], [(-53, -53)], id="half away from zero: 52.5 fen"),
        pytest.param(
            "2027-01-05,100.00,USD\n2027-01-06,5.00,RMB\n2027-01-06,5.00,\n",
            [rate(budget="7")],
            [(72_000, 70_000), (500, 500), (500, 500)],
            id="lines in the plan's own",
        ),
        pytest.param(
            "2027-01-05,100.00,USD\n2027-01-05,100.00,JPY\n",
            [rate(), rate("JPY", "0.047631", budget="0.05")],
            [(72_000, 72_000), (476, 500)],
            id="two currencies",
        ),
    ],
)
def test_sales_come_in_the_plans_currency(
    tmp_path: Path, rows: str, rates: list[ExchangeRate], expected: list[tuple[int, int]]
) -> None:
    found = checked(tmp_path, rows, *rates)
    assert not found.faults
    assert columns(found) == expected


def test_a_month_runs_to_its_cutoff(tmp_path: Path) -> None:
    rates = rate(actual="7"), rate(actual="8", month="2027-02")
    found = checked(tmp_path, "2027-01-25,1.00,USD\n2027-01-26,1.00,USD\n", *rates, month_cutoff=25)
    assert [amount for amount, _ in columns(found)] == [700, 800]


def test_without_a_rate_every_row_or_month_is_told_with_its_place(tmp_path: Path) -> None:
    rows = "2027-01-05,1.00,EUR\n2027-02-05,2.00,USD\n2027-02-06,3.00,USD\n2027-03-05,4.00,USD\n2027-03-06,5.00,EUR\n"
    found = checked(tmp_path, rows, rate(month="2027-03")).faults
    assert [(f.code, f.place.split("plan.csv")[1], f.value) for f in found] == [
        ("currency_other", " row 3 , column currency", "EUR"),
        ("currency_other", " row 7 , column currency", "EUR"),
        ("currency_rate_missing", " row 4 , column currency", "USD"),
    ]
    assert found[2].values == {"currency": "USD", "month": "2027-02", "count": 2}


def test_sales_in_one_currency_have_no_other_column(tmp_path: Path) -> None:
    found = checked(tmp_path, "2027-01-05,1.00,CNY\n", rate())
    assert "at_budget" not in found.tables["sales"].column_names
    assert "at_budget" not in ledger.monthly(found.tables, PlanTerms(fiscal_year=2027, inputs={"sales": "x"}))


def test_the_ledger_adds_up_both_and_splits_both(tmp_path: Path) -> None:
    header, terms = "date,amount,currency,order,rep", PlanTerms(fiscal_year=2027, inputs={"sales": "x"})
    rows = "2027-01-05,100.00,USD,O1,A\n2027-01-06,10.00,,O2,A\n2027-01-07,1.00,USD,O3,A\n"
    found = checked(tmp_path, rows, rate(budget="7"), header=header)
    january = ledger.monthly(found.tables, terms)[lambda d: d["month"] == "2027-01"]
    assert january[["amount", "at_budget"]].to_numpy().tolist() == [[72_000 + 1_000 + 720, 70_000 + 1_000 + 700]]
    splits = pa.table({"order": ["O1", "O1"], "rep": ["A", "B"], "share": [0.5, 0.5], "overlay": [None, None]})
    both = {
        **found.tables,
        "credit_splits": splits.cast(pa.schema([*list(splits.schema)[:3], ("overlay", pa.string())])),
    }
    parts = ledger.monthly(both, terms)[lambda d: d["month"] == "2027-01"].set_index("rep")
    assert parts[["amount", "at_budget"]].to_dict("index") == {
        "A": {"amount": 36_000 + 1_720, "at_budget": 35_000 + 1_700},
        "B": {"amount": 36_000, "at_budget": 35_000},
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"currency": "usd", "actual": Decimal(7)}, "match pattern", id="no code"),
        pytest.param({"currency": "USD", "actual": Decimal(0)}, "greater than 0", id="worth nothing"),
        pytest.param({"currency": "USD", "actual": Decimal("7.1234567")}, "six decimals", id="too fine"),
    ],
)
def test_rates_that_are_none(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ExchangeRate(**given)


def test_two_rates_for_one_month_are_refused() -> None:
    with pytest.raises(ValidationError, match="twice"):
        VarianceReviewTerms(currencies=(rate(), rate()))
