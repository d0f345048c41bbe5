"""Every member's target of the year beside last year, and how likely its own history reaches it."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.lines import has_lines, line_of
from salesplan.money import held
from salesplan.odds import YearOdds
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.estimates import TrendEstimate
from salesplan.terms.plan import DIMENSIONS
from salesplan.years import COVERAGE, foretold, member_months, monthly

KEYS = ["dimension", "member"]
COLUMNS = [
    *KEYS, "amount", "share", "last_year", "growth", "quantity",
    "expected", "low", "high", "probability", "whole_years",
]  # fmt: skip


def member_targets(
    cube: pd.DataFrame,
    facts: pd.DataFrame,
    *,
    year: PlanYear,
    products: pd.DataFrame | None = None,
    exclude: Sequence[str] = (),
    terms: TrendEstimate | None = None,
) -> pd.DataFrame:
    """Table `seasonal_split_members`: the year of every member of every dimension, from the cube's sums.

    One row per dimension (`line` among them where `products` has lines and product is a dimension) and member, the
    largest first: `amount` (fen; each dimension sums to the target), `share` of the year, `last_year` (Int64 fen,
    from `facts`), `growth`, `quantity` (NaN unless known of every cell), `expected`, `low`, `high` (Int64 fen, 80 %)
    and `probability` that the member's own history (`exclude`: months left out) reaches the amount, `whole_years` it
    rests on. Blank where a member has no whole year. `amount_<level>` and `probability_<level>` of the other levels.
    """
    parts = _by_dimension(cube, products)
    levels = [name for name in cube.columns if name.startswith("amount_")]
    if not parts:
        blank = {**dict.fromkeys(COLUMNS, 0), **dict.fromkeys(levels, 0)}
        return _typed(pd.DataFrame([blank]).head(0))
    sums = _parts_of(cube, parts).groupby(KEYS, sort=False)
    table = sums[["amount", *levels]].sum().assign(quantity=sums["quantity"].agg(_known_sum)).reset_index()
    past = _parts_of(facts, _by_dimension(facts, products, list(parts)))
    table = table.merge(_last_year(past, year), how="left", on=KEYS)
    table = table.assign(
        share=table["amount"] / cube["amount"].sum() if cube["amount"].any() else np.nan,
        growth=table["amount"] / table["last_year"].astype("float64").where(table["last_year"] > 0) - 1,
    )
    company = monthly(facts, fiscal_year=year.fiscal_year, first_month=year.first_month, exclude=exclude)
    months = member_months(past, company, by=KEYS, first_month=year.first_month, exclude=exclude)
    rows = [_odds(row, months, levels, year.fiscal_year, terms) for row in table.to_dict("records")]
    found = table.merge(pd.DataFrame(rows), on=KEYS)
    return _ordered(_typed(found), list(parts))


def _parts_of(frame: pd.DataFrame, parts: "dict[str, pd.Series[Any]]") -> pd.DataFrame:
    """The frame once per dimension, its members as `dimension` and `member`; a blank one is `(unknown)`."""
    keyed = [frame.assign(dimension=name, member=member.replace("", UNKNOWN)) for name, member in parts.items()]
    return pd.concat(keyed, ignore_index=True)


def _by_dimension(
    frame: pd.DataFrame, products: pd.DataFrame | None, names: list[str] | None = None
) -> "dict[str, pd.Series[Any]]":
    """The members of every row by dimension, `line` before `product`; those of `names` where they are given."""
    found: dict[str, pd.Series[Any]] = {}
    for name in [column for column in frame.columns if column in DIMENSIONS]:
        if name == "product" and has_lines(products):
            found["line"] = line_of(frame[name], products)
        found[name] = frame[name]
    return {name: found[name] for name in names or found}


def _known_sum(values: "pd.Series[float]") -> float:
    """The sum, in one order; NaN unless every value is known."""
    return float(np.sort(values.to_numpy(dtype="float64")).sum())


def _last_year(past: pd.DataFrame, year: PlanYear) -> pd.DataFrame:
    sold = past[past["month"] < year.months[0]]
    sold = sold[year.fiscal_years(sold["month"]) == year.fiscal_year - 1]
    return sold.groupby(KEYS)["amount"].sum().astype("Int64").rename("last_year").reset_index()


def _odds(
    row: dict[Any, Any],
    months: dict[tuple[str, ...], pd.DataFrame],
    levels: list[str],
    fiscal_year: int,
    terms: TrendEstimate | None,
) -> dict[str, Any]:
    """Expectation, interval and probabilities of one member."""
    key = (str(row["dimension"]), str(row["member"]))
    table = months.get(key)
    year = None if table is None or table.empty else foretold(table, fiscal_year=fiscal_year, terms=terms)
    rule = terms or TrendEstimate()
    asked = {"probability": "amount", **{f"probability_{name.removeprefix('amount_')}": name for name in levels}}
    return {
        **dict(zip(KEYS, key, strict=True)),
        **dict(zip(("expected", "low", "high"), _ends(year), strict=True)),
        **{name: float(year.reach([row[amount]])[0]) if year else np.nan for name, amount in asked.items()},
        "whole_years": len(table.tail(rule.years)) if year and table is not None else 0,
    }


def _ends(year: YearOdds | None) -> Iterator[int | None]:
    if year is None:
        return iter((None, None, None))
    return (held(float(found[0])) for found in (year.expected, *year.interval(COVERAGE)))


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    more = [name for name in frame.columns if name not in COLUMNS]
    kinds = {
        **dict.fromkeys(KEYS, "str"),
        **dict.fromkeys(("amount", *(name for name in more if name.startswith("amount_"))), "int64"),
        **dict.fromkeys(("last_year", "expected", "low", "high"), "Int64"),
        **dict.fromkeys(("share", "growth", "quantity", "probability"), "float64"),
        "whole_years": "int64",
    }
    return frame[[*COLUMNS, *more]].astype(kinds)


def _ordered(frame: pd.DataFrame, dimensions: list[str]) -> pd.DataFrame:
    """Dimensions in their order, the largest member first."""
    rank = frame["dimension"].map({name: place for place, name in enumerate(dimensions)})
    keys = frame.assign(_rank=rank, _size=-frame["amount"]).sort_values(["_rank", "_size", "member"], ignore_index=True)
    return keys[list(frame.columns)]
