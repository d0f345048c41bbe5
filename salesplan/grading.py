"""Grades of customers: given or computed from a year's sales, and how they moved from one year to the next."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.money import to_fen
from salesplan.terms.customers import CustomerGrades, Grade

# Where a plan says nothing of grades: the usual ABC analysis, without a cadence.
ABC = CustomerGrades(
    rule="pareto",
    grades=(Grade(name="A", share=Decimal("0.7")), Grade(name="B", share=Decimal("0.2")), Grade(name="C")),
)


def grades_of(rules: CustomerGrades | None, customers: pd.DataFrame) -> CustomerGrades:
    """The grades a plan works with: the parameter's, else those of the customers, else A, B and C (70, 20, 10 %).

    `customers` has `given` (NA where blank) and `last_year`. Grades found in the table stand in the order of their
    customers' mean sales, then by name; nothing is known of their cadence.
    """
    if rules is not None:
        return rules
    known = customers[customers["given"].notna()]
    if known.empty:
        return ABC
    mean = known.groupby("given", sort=True)["last_year"].mean().sort_values(ascending=False, kind="stable")
    # Names of a table may be of any length and kind: what holds for names in a parameter file does not hold for them.
    named = tuple(Grade.model_construct(name=str(name)) for name in mean.index)
    return CustomerGrades.model_construct(grades=named)


def place_by_share(sales: "pd.Series[Any]", grades: Sequence[Grade]) -> NDArray[np.int64]:
    """Place of each customer's grade by cumulative share of the sales (Pareto), 0 for the best.

    From the largest customer on, a customer is in the first grade whose shares, with those of the grades before, are
    more than what the larger customers hold together; so the largest is always in the first, and who crosses a border
    belongs above it. Equal sales have one grade; without sales it is the last. `sales` in fen, in any order. Source:
    ABC analysis.

    Example: sales 50, 30, 20 with shares 0.5 and 0.4: the places are 0, 1, 1.
    """
    amount = sales.fillna(0).clip(lower=0).to_numpy(dtype=np.int64)
    ranked = np.sort(amount)[::-1]
    larger = np.concatenate([[0], np.cumsum(ranked)])
    # What all customers with more sales than this one hold together: ties share it.
    ahead = larger[np.searchsorted(-ranked, -amount, side="left")]
    total, held, borders = int(amount.sum()), Decimal(0), []
    for grade in grades[:-1]:
        held += grade.share or Decimal(0)
        borders.append(int((held * total).to_integral_value(ROUND_CEILING)))
    places = np.searchsorted(np.array(borders, dtype=np.int64), ahead, side="right")
    return np.where(amount > 0, places, len(grades) - 1).astype(np.int64)


def place_by_bounds(sales: "pd.Series[Any]", grades: Sequence[Grade]) -> NDArray[np.int64]:
    """Place of each customer's grade by bounds of the sales, 0 for the best; `from` is inclusive.

    The last grade has the rest.

    Example: from 300,000 and 100,000: sales of 300,000.00 have place 0, of 299,999.99 place 1, of nothing place 2.
    """
    amount = sales.fillna(0).to_numpy(dtype=np.int64)
    least = np.array([to_fen(grade.from_ or Decimal(0)) for grade in grades[:-1]], dtype=np.int64)
    return np.asarray(np.searchsorted(-least, -amount, side="left"), dtype=np.int64)


def computed_grades(sales: "pd.Series[Any]", grades: CustomerGrades) -> "pd.Series[str]":
    """Each customer's grade as a year's sales (fen) say; NA where the grades name neither shares nor bounds."""
    if not grades.computed_by:
        return pd.Series(pd.NA, index=sales.index, dtype="str")
    place = place_by_bounds if grades.computed_by == "bounds" else place_by_share
    names = np.array(grades.names, dtype=object)
    return pd.Series(names[place(sales, grades.grades)], index=sales.index, dtype="str")


def graded(customers: pd.DataFrame, grades: CustomerGrades) -> pd.DataFrame:
    """The customers with their grades: columns `grade`, `computed`, `before`, `change` added.

    `customers` has `given`, `last_year` and `year_before` (fen). `grade` is the one that counts: by rule given the
    customer's own, where blank the computed one; else the computed one. `computed` comes from last year's sales,
    `before` from those of the year before; `change` is `up`, `down`, `same`, `new` (no sales in the year before),
    `lost` (none last year) or '' (none in either).
    """
    computed = computed_grades(customers["last_year"], grades)
    before = computed_grades(customers["year_before"], grades)
    grade = customers["given"].fillna(computed) if grades.rule == "given" else computed
    place = {name: number for number, name in enumerate(grades.names)}
    now, then = (found.map(place).astype("float64") for found in (computed, before))
    sold, bought = customers["last_year"] > 0, customers["year_before"] > 0
    moves = {
        "new": sold & ~bought,
        "lost": bought & ~sold,
        "up": sold & bought & (now < then),
        "down": sold & bought & (now > then),
        "same": sold & bought & (now == then),
    }
    change = np.select([moved.to_numpy(dtype=bool) for moved in moves.values()], list(moves), default="")
    return customers.assign(grade=grade, computed=computed, before=before, change=pd.Series(change, dtype="str").values)


def proposals(customers: pd.DataFrame) -> pd.DataFrame:
    """Customers whose computed grade is another than the given one, the largest first.

    Columns `customer`, `customer_name`, `given`, `computed`, `before`, `change`, `last_year`, `year_before` (fen). Who
    bought nothing last year is left out: no sales say nothing about what a customer could be.
    """
    if customers.empty:
        return pd.DataFrame()
    known = customers["given"].notna() & customers["computed"].notna() & (customers["last_year"] > 0)
    apart = customers[known & (customers["given"] != customers["computed"])]
    ordered = apart.sort_values(["last_year", "customer"], ascending=[False, True], ignore_index=True)
    return ordered[["customer", "customer_name", "given", "computed", "before", "change", "last_year", "year_before"]]


def contacts_per_month(grade: Grade) -> float:
    """Contacts a customer of a grade has in a month; NaN where they are made as needed."""
    return float("nan") if grade.contacts is None else grade.contacts.per_month
