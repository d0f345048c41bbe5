"""The levels of the target and every indicator at each of them."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from salesplan.annual_target.outlook import Trend
from salesplan.errors import Fault, stop_on
from salesplan.money import from_fen, half_away, to_fen
from salesplan.terms.annual_target import AnnualTargetTerms, Growth, Times

PLACE = "annual_target.yaml"
# Amount and quantity move together; the network and the discipline of payment are as they were, until a goal says more.
STEADY = ("average_price", "unit_selling_cost", "collection_rate", "dealers", "outlets")
COLUMNS = ["indicator", "level", "value", "unit", "last_year", "growth", "basis", "planned", "probability"]


def whole(exact: Fraction | int, unit: int = 1) -> int:
    """An exact number of fen as a whole multiple of `unit`, rounded half away from zero."""
    parts = Fraction(exact) / unit
    return int(half_away(parts.numerator, parts.denominator)) * unit


def grown(last_year: int, rate: Decimal | Fraction) -> Fraction:
    """Last year's actual carried forward: last_year x (1 + rate)."""
    return last_year * (1 + Fraction(rate))


def levels(terms: AnnualTargetTerms, *, last_year: int | None, money_unit: int = 1) -> pd.DataFrame:
    """The levels of the target in fen, in the order they were declared.

    A level is an amount, growth on last year's actual (`last_year` x (1 + growth)), or a multiple of another level
    as that stands after rounding. Each is rounded to `money_unit` (fen), half away from zero. Returns one row per
    level: `level`, `amount` (int64 fen), `basis` (`fixed`, `growth`, `times`), `planned` (the level that is split).
    Raises `PlanError` for growth without a last year, and for a level below zero.

    >>> from salesplan.terms import AnnualTargetTerms
    >>> levels(AnnualTargetTerms(levels={"commit": 100, "stretch": {"times": "commit", "factor": 2}}),
    ...        last_year=None)["amount"].tolist()
    [10000, 20000]
    """
    stop_on(_faults(terms, last_year))
    amounts = {name: _amount(name, terms, last_year or 0, money_unit) for name in terms.levels}
    stop_on(
        Fault("level_negative", PLACE, str(from_fen(amount)), {"level": name})
        for name, amount in amounts.items()
        if amount < 0
    )
    return pd.DataFrame(
        {
            "level": list(amounts),
            "amount": pd.array(list(amounts.values()), dtype="int64"),
            "basis": [_basis(terms, name) for name in amounts],
            "planned": [name == terms.planned for name in amounts],
        }
    )


def _faults(terms: AnnualTargetTerms, last_year: int | None) -> list[Fault]:
    asked = {name: level.growth for name, level in terms.levels.items() if isinstance(level, Growth)}
    missing = asked if last_year is None else {}
    return [Fault("level_without_history", PLACE, str(rate), {"level": name}) for name, rate in missing.items()]


def _basis(terms: AnnualTargetTerms, name: str) -> str:
    level = terms.levels[name]
    return "growth" if isinstance(level, Growth) else "times" if isinstance(level, Times) else "fixed"


def _amount(name: str, terms: AnnualTargetTerms, last_year: int, unit: int) -> int:
    level = terms.levels[name]
    if isinstance(level, Times):
        return whole(_amount(level.times, terms, last_year, unit) * Fraction(level.factor), unit)
    if isinstance(level, Growth):
        return whole(grown(last_year, level.growth), unit)
    return whole(to_fen(level), unit)


def rungs(ladder: pd.DataFrame) -> list[tuple[str, int]]:
    """Name and amount in fen of every level, from the frame of `levels`."""
    return list(zip(ladder["level"].tolist(), ladder["amount"].tolist(), strict=True))


def planned_amount(ladder: pd.DataFrame) -> int:
    """The amount in fen of the level that is split, from the frame of `levels`."""
    return int(ladder.loc[ladder["planned"], "amount"].iloc[0])


def targets(ladder: pd.DataFrame, measured: pd.DataFrame, *, trend: Trend | None = None) -> pd.DataFrame:
    """Table `annual_target`: every indicator at every level, last year beside it.

    `ladder` is the frame of `levels`, `measured` that of `indicators`. Returns one row per indicator and level:
    `indicator`, `level`, `value` and `last_year` (Decimal: currency units or a plain number, by `unit`), `growth`
    (share of last year), `basis` (how the value is fixed; `last_year_ratio`: in last year's ratio to the amount, so
    the average price stays last year's), `planned`, `probability` that the amount is reached, by the trend.
    What is in `STEADY` stays as last year. Customers are rounded up, everything else half away from zero, to the
    decimals of last year's value.
    """
    last = _last_amount(measured)
    rows = [
        _target(found, level, last, trend)
        for found in measured.itertuples()
        if found.indicator == "amount" or (last or 0) > 0
        for level in ladder.itertuples()
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"value": object, "last_year": object, "planned": bool})
    return frame.assign(last_year=frame["last_year"].where(frame["last_year"].notna(), None))


def _last_amount(measured: pd.DataFrame) -> Decimal | None:
    found: Decimal | None = measured.loc[measured["indicator"] == "amount", "last_year"].iloc[0]
    return found


def _target(found: Any, level: Any, last: Decimal | None, trend: Trend | None) -> tuple[Any, ...]:
    is_amount = found.indicator == "amount"
    amount = from_fen(int(level.amount))
    value = amount if is_amount else _in_ratio(found.indicator, found.last_year, Fraction(amount) / Fraction(last or 1))
    growth = float(value / found.last_year - 1) if found.last_year and found.last_year > 0 else math.nan
    odds = trend.reach(int(level.amount)) if is_amount and trend else math.nan
    basis = level.basis if is_amount else "last_year_ratio"
    return found.indicator, level.level, value, found.unit, found.last_year, growth, basis, level.planned, odds


def _in_ratio(indicator: str, last_year: Decimal, ratio: Fraction) -> Decimal:
    """An indicator in last year's exact ratio to the amount."""
    if indicator in STEADY:
        return last_year
    places = -int(last_year.as_tuple().exponent)
    exact = Fraction(last_year) * ratio * 10**places
    return Decimal(math.ceil(exact) if indicator in ("customers", "new_customers") else whole(exact)).scaleb(-places)


def units_for(fen: int, company: pd.DataFrame) -> float:
    """Pieces that bring an amount in last year's exact ratio of quantity to sales, rounded up; NaN where unknown.

    `company` are the company's rows of table `annual_target`.
    """
    last = dict(zip(company["indicator"], company["last_year"], strict=True))
    sold, pieces = last.get("amount"), last.get("quantity")
    return float(math.ceil(Fraction(fen, 100) * Fraction(pieces) / Fraction(sold))) if sold and pieces else math.nan
