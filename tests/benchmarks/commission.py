"""How fast commission is, and how wrong the plain ways are.

    python tests/benchmarks/commission.py [LINES]

A year of order lines of 500 reps in orders of three lines, one order in twenty shared 5:5, every order collected in
two parts, tiers on monthly attainment, released in proportion to cash. Prints seconds and the largest memory from the
tables (DuckDB credits the lines) to every line with its tier and rate, what is released, and the pay table; beside it
the same sums by pandas in float and, on a part of the lines, in plain Decimal.
"""

import argparse
import resource
import time
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from salesplan import ledger
from salesplan.commission import Ledger, Year, worked_out
from salesplan.tables.frames import arrow_frame
from salesplan.terms import CommissionTerms, PlanTerms

REPS, PER_ORDER, PRODUCTS = 500, 3, 50
MONTHS = [f"2027-{month:02d}" for month in range(1, 13)]
YEAR = Year(MONTHS, date(2027, 12, 31))
TIERS = [(Decimal(0), Decimal("0.0123")), (Decimal(1), Decimal("0.0215")), (Decimal("1.2"), Decimal("0.0333"))]
SLICE = 100_000  # lines reckoned in Decimal: a whole year takes minutes


def named(letter: str, numbers: "np.ndarray[Any, Any]", width: int) -> pa.Array:
    """Labels such as R0012."""
    digits = pa.array(np.char.zfill(numbers.astype(f"U{width}"), width))
    joined = pa.compute.binary_join_element_wise(letter, digits, "")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def tables(lines: int, seed: int = 1) -> dict[str, pa.Table]:
    """Sales, payments and credit splits as a plan's tables are read."""
    chance = np.random.default_rng(seed)
    count = -(-lines // PER_ORDER)
    order = np.repeat(np.arange(count), PER_ORDER)[:lines]
    day = chance.integers(0, 365, count)
    rep, customer = chance.integers(0, REPS, count), chance.integers(0, count // 10 + 1, count)
    amount = chance.integers(1_000, 50_000_00, lines)
    number, who, whose = named("SO", np.arange(count), 8), named("R", rep, 4), named("C", customer, 6)
    first_day = np.datetime64("2027-01-01")
    blank = pa.nulls(lines, pa.string())
    sales = {
        "date": pa.array(first_day + day[order]),
        "amount": amount,
        "order": number.take(pa.array(order)),
        "customer": whose.take(pa.array(order)),
        "product": named("P", chance.integers(0, PRODUCTS, lines), 3),
        "rep": who.take(pa.array(order)),
        "kind": pa.repeat("sale", lines),
        "quantity": chance.integers(1, 20, lines).astype("float64"),
        "cost": amount * 6 // 10,
        **dict.fromkeys(("region", "channel", "original_order", "currency"), blank),
        "invoice_date": pa.array(first_day + day[order] + 3),
    }
    due = np.zeros(count, dtype=np.int64)
    np.add.at(due, order, amount)
    part = due * chance.integers(0, 101, count) // 100
    paid_on = [day + chance.integers(2, 40, count), day + chance.integers(40, 90, count)]
    cash = {
        "date": pa.array(np.concatenate([first_day + days for days in paid_on])),
        "amount": np.concatenate([part, due - part]),
        "order": pa.concat_arrays([number, number]),
        "customer": pa.concat_arrays([whose, whose]),
    }
    shared = pa.array(np.arange(0, count, 20))
    splits = {
        "order": pa.concat_arrays([number.take(shared)] * 2),
        "rep": pa.concat_arrays([who.take(shared), named("R", (rep[::20] + 1) % REPS, 4)]),
        "share": np.full(2 * len(shared), 0.5),
        "overlay": pa.repeat("no", 2 * len(shared)),
    }
    return {"sales": pa.table(sales), "collections": pa.table(cash), "credit_splits": pa.table(splits)}


def given(found: dict[str, pa.Table], credited: pd.DataFrame) -> Ledger:
    """What commission is computed from."""
    reps = pd.DataFrame({"rep": pd.Series([f"R{number:04d}" for number in range(REPS)], dtype="str")})
    quota = int(credited["amount"].sum()) // REPS // 12
    quotas = reps.merge(pd.DataFrame({"month": MONTHS}), how="cross").assign(amount=quota)
    return Ledger(credited, reps=reps, quotas=quotas, collections=arrow_frame(found["collections"], ("amount",)))


def rules() -> CommissionTerms:
    """One plan: marginal tiers on monthly attainment, released in proportion to cash."""
    tiers = [{"from": begin, "rate": rate} for begin, rate in TIERS]
    return CommissionTerms.model_validate({"plans": [{"name": "standard", "tiers": tiers, "release": "proportional"}]})


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What came out, and the seconds it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def in_float(lines: pd.DataFrame) -> "pd.Series[float]":
    """Commission by line as pandas does it: rates in float, rounded to the cent."""
    return (lines["base"].astype("float64") / 100 * lines["rate"]).round(2)


def in_decimal(lines: pd.DataFrame) -> Decimal:
    """Commission of lines in plain Decimal, rounded half up."""
    cent, total = Decimal("0.01"), Decimal(0)
    for base, rate in zip(lines["base"].tolist(), lines["rate"].tolist(), strict=True):
        total += (Decimal(base) / 100 * Decimal(str(rate))).quantize(cent, ROUND_HALF_UP)
    return total


def main(lines: int) -> None:
    """Print seconds, memory, and what the plain ways get wrong."""
    found = tables(lines)
    terms = PlanTerms(fiscal_year=2027, inputs={"sales": "sales.csv"})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    credited, to_credit = timed(lambda: ledger.order_lines(found, terms))
    result, to_pay = timed(lambda: worked_out(given(found, credited), YEAR, rules()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    told = result.lines
    print(f"{lines:,} order lines, {len(credited):,} credited, {len(told):,} commission lines")
    memory = f"{peak:.2f} GB ({before:.2f} before)"
    print(f"credit (DuckDB) {to_credit:.1f} s, earn, settle, release, trace {to_pay:.1f} s, {memory}")
    floats, seconds = timed(lambda: in_float(told))
    wrong = int(((floats * 100).round() != told["amount"]).sum())
    sums = floats.groupby(told["rep"]).sum() * 100
    off = int((sums != told.groupby("rep")["amount"].sum()).sum())
    missed = f"{wrong:,} lines a cent wrong, {off} of {REPS} sums not whole cents"
    print(f"pandas in float, multiplication and sums only: {seconds:.1f} s, {missed}")
    few = told.head(SLICE)
    total, seconds = timed(lambda: in_decimal(few))
    agrees = "the same sum" if int(total * 100) == int(few["amount"].sum()) else "ANOTHER SUM"
    print(f"plain Decimal, multiplication only: {seconds * len(told) / len(few):.0f} s for all lines, {agrees}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("lines", nargs="?", type=int, default=1_000_000)
    main(asked.parse_args().lines)
