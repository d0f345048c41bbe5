"""A small company for the tests of goals, causes and forms: two years, two lines, three customers."""

from decimal import Decimal

import pandas as pd

from salesplan import annual_target
from salesplan.terms import AnnualTargetTerms, PlanTerms

YEAR = 2027
MONTHS = [f"{YEAR}-{month:02d}" for month in range(1, 13)]
EVEN = pd.Series(1 / 12, index=pd.Index(MONTHS, name="month"))


def dec(text):
    return Decimal(str(text))


def plan(**more):
    return PlanTerms(fiscal_year=YEAR, inputs={"sales": "sales.csv"}, **more)


def facts(*rows):
    """Facts from (month, product, customer, amount in currency units, other columns): ten pieces at a cost of 60 %."""
    usual = {"rep": "R1", "region": "north", "channel": "shop", "kind": "sale", "quantity": 10.0}
    made = [
        {"month": month, "product": product, "customer": customer, "amount": round(amount * 100), **usual}
        | {"cost": round(amount * 60)}
        | (more[0] if more else {})
        for month, product, customer, amount, *more in rows
    ]
    return pd.DataFrame(made).astype({"amount": "int64", "cost": "Int64", "quantity": "float64"})


# 2025: K1 buys 1000 of A. 2026: K1 2000 of A and 1000 of B, K2 (new) 600 of A less 100 returned.
SOLD = (
    ("2025-03", "A", "K1", 1000),
    ("2026-02", "A", "K1", 2000),
    ("2026-05", "B", "K1", 1000, {"rep": "R2"}),
    ("2026-06", "A", "K2", 600),
    ("2026-07", "A", "K2", -100, {"kind": "return", "quantity": -2.0}),
)
LAST_YEAR = 2000 + 1000 + 600 - 100


def products(*rows, columns=("product", "line")):
    return pd.DataFrame(rows, columns=list(columns))


LINES = products(("A", "paint"), ("B", "proofing"), ("C", "art"))


def terms(**more):
    return AnnualTargetTerms(
        **{"levels": {"commit": 4000, "stretch": {"times": "commit", "factor": dec("1.5")}}, **more}
    )


def ladder(rules=None):
    return annual_target.levels(rules or terms(), last_year=LAST_YEAR * 100)


def measured(tables=None, rows=SOLD, **more):
    return annual_target.measured(facts(*rows), tables or {}, plan(**more))


def targets(goals=(), tables=None, **more):
    """Table `annual_target` of the small company under some goals."""
    known, rungs = measured(tables), ladder()
    plain = annual_target.targets(rungs, annual_target.indicators(facts(*SOLD), fiscal_year=YEAR))
    rules = terms(goals=list(goals))
    return annual_target.with_goals(plain, known, rungs, goals=rules.goals, **more)


def reps(*spells):
    """Reps from (rep, start, end, capacity in currency units)."""
    frame = pd.DataFrame(spells, columns=["rep", "start", "end", "capacity"])
    capacity = pd.array([None if spell[3] is None else spell[3] * 100 for spell in spells], dtype="Int64")
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]), capacity=capacity)
