"""The cube: the year's target over months and members of every dimension, exact in the money unit."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN, apportion, apportion_table, fit_table
from salesplan.seasonal_split.history import Array, divide
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.season import (
    company_shares,
    member_shares,
    sales_by_month,
    season_shares,
    years_of,
)
from salesplan.terms.seasonal_split import SeasonalSplitTerms

OLDEST_WEIGHT = 2  # years weigh 2 : 3 : 4 in the mix of members, the last one most
EVEN_PULL = 1e-3  # how far seasons give way where they cannot all be met
NOISE = 1e-6  # of a money unit


def split(
    target: int,
    facts: pd.DataFrame,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    dimensions: Sequence[str] = (),
    levels: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Table `seasonal_split`: the target (fen) by month and member of each dimension.

    The year is apportioned over the months first, by the company's season (`company_shares`), so
    month totals do not depend on `dimensions`. Members have their mix of the last years
    (`member_mix`) and their own season, fitted to both margins; then table after table is rounded:
    the year over the members, the months of each part over the members of the next dimension. Every
    sum is exact; each cell of a table is within one unit of its real value. What has no history
    gets nothing. `levels`: the other levels of the target by name, split by the same shares.

    `facts`: month, the dimensions, product, amount (fen), quantity; only months before the year
    count. Returns `month`, the dimensions, `amount` (fen), `share` (of the year), `quantity` (at
    last year's average price, NaN where unknown), `amount_<level>` for each of `levels`. Raises
    ValueError for a target that is negative or no multiple of the money unit.
    """
    if target < 0:
        raise ValueError(f"target {target} fen is negative")
    shares = company_shares(facts, year=year, rules=rules, total=target)
    mix = member_mix(facts, dimensions, year=year, rules=rules)
    cells = _seasonal_cells(shares, mix, facts, year=year, rules=rules, target=target)
    amounts = {
        name: _rounded(total, shares, cells, mix, year) for name, total in {"": target, **(levels or {})}.items()
    }
    table = _rows(year.months, mix.drop(columns="weight")).assign(amount=amounts.pop("").ravel())
    table = table.assign(share=table["amount"] / target if target else np.nan)
    table = table.assign(quantity=_quantity(table, facts, year))
    other = {f"amount_{name}": cube.ravel() for name, cube in amounts.items()}
    return table.assign(**other).sort_values(["month", *dimensions], ignore_index=True)


def member_mix(
    facts: pd.DataFrame, dimensions: Sequence[str], *, year: PlanYear, rules: SeasonalSplitTerms
) -> pd.DataFrame:
    """Share of each combination of members in the year: the dimensions and `weight`, 1 in sum.

    Mean of the yearly shares, weights 2 : 3 : 4, the last year most, over the complete years; over
    whatever is there without one. Combinations with nothing net are left out; no history at all is
    one unknown member.
    """
    if not dimensions:
        return pd.DataFrame({"weight": [1.0]})
    sold = sales_by_month(facts, year=year, by=dimensions)
    sold = sold[~sold["month"].isin(rules.exclude)].assign(year=lambda d: year.fiscal_years(d["month"]))
    known = years_of(facts, year=year, rules=rules)
    used = [y for y, counts in zip(known.years, known.used[0], strict=True) if counts] or list(known.years)
    yearly = sold[sold["year"].isin(used)].groupby(["year", *dimensions])["amount"].sum().reset_index()
    total = yearly.groupby("year")["amount"].transform("sum").to_numpy()
    recency = yearly["year"].to_numpy() - known.years[0] + OLDEST_WEIGHT
    weighted = yearly.assign(weight=recency * divide(yearly["amount"].to_numpy(dtype="float64"), total))
    sums = weighted.groupby(list(dimensions), sort=True)["weight"].sum()
    mix = sums[sums > 0].reset_index()
    if mix.empty:
        return pd.DataFrame({**{name: [UNKNOWN] for name in dimensions}, "weight": [1.0]})
    return mix.assign(weight=mix["weight"] / mix["weight"].sum())


def _seasonal_cells(
    shares: Array, mix: pd.DataFrame, facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms, target: int
) -> Array:
    """Real shares of the year, months x combinations: both margins met, each dimension's season in it."""
    weights = mix["weight"].to_numpy()
    seed = np.outer(shares, weights)
    plain = season_shares(sales_by_month(facts, year=year), year=year, rules=rules, total=target)["share"].to_numpy()
    for name in mix.columns.drop("weight"):
        totals = mix.groupby(name)["weight"].sum() * target
        season = member_shares(facts, name, year=year, rules=rules, totals=totals, company=plain)
        own = season.reindex(mix[name]).to_numpy(dtype="float64").T
        seed = seed * np.where(np.isnan(own), 1.0, divide(own, plain[:, None]))
    return _met(seed, shares, weights)


def _met(seed: Array, rows: Array, columns: Array) -> Array:
    """The seed fitted to both margins; where its zeros forbid that, mixed a little with no season at all."""
    try:
        return np.asarray(fit_table(seed, rows, columns))
    except ValueError:  # the zeros of the seed leave no room
        total = rows.sum()
        plain = np.outer(rows, columns) / total
        return np.asarray(fit_table(seed * float(divide(total, seed.sum())) + EVEN_PULL * plain, rows, columns))


def _rounded(total: int, shares: Array, cells: Array, mix: pd.DataFrame, year: PlanYear) -> Array:
    """Whole units, months x combinations: the tree of dimensions from the company down."""
    parts = apportion(total, shares, labels=year.months, unit=year.unit)[:, None]
    parents = np.zeros(len(mix), dtype="int64")
    dimensions = list(mix.columns.drop("weight"))
    annual = np.array([total], dtype="int64")
    for depth, name in enumerate(dimensions):
        children = mix.groupby(dimensions[: depth + 1], sort=True).ngroup().to_numpy()
        first = np.unique(children, return_index=True)[1]
        above = parents[first]
        weights = np.bincount(children, mix["weight"].to_numpy(), len(first))
        annual = _annual(annual, weights, above, mix[name].iloc[first].tolist(), year.unit)
        sums = np.stack([np.bincount(children, row, len(first)) for row in cells])
        parts = _months(parts, annual, sums, above, year.unit)
        parents = children
    return parts


def _annual(amounts: Array, weights: Array, above: Array, names: list[str], unit: int) -> Array:
    """The year's amount of each part: rows are the parts above, columns the members of the next dimension."""
    if len(amounts) == 1:
        return np.asarray(apportion(int(amounts[0]), weights, labels=names, unit=unit))
    labels, member = np.unique(np.array(names, dtype="str"), return_inverse=True)
    table = np.zeros((len(amounts), len(labels)))
    table[above, member] = weights
    return np.asarray(_row_exact(table, amounts, unit)[above, member])


def _row_exact(table: Array, rows: Array, unit: int) -> Array:
    """Rows exact, columns and cells within one unit of their real values; zeros stay zero.

    A further row takes what lifts each column to whole units, so that all margins are whole and
    met by the real table; it is dropped after rounding.
    """
    cells = table * divide(rows.astype("float64"), table.sum(axis=1))[:, None]
    columns = (np.ceil(cells.sum(axis=0) / unit - NOISE) * unit).astype("int64")
    lift = np.maximum(columns - cells.sum(axis=0), 0.0)
    every = np.append(rows, columns.sum() - rows.sum())
    return np.asarray(apportion_table(np.vstack([cells, lift]), every, columns, unit=unit)[:-1])


def _months(parts: Array, annual: Array, cells: Array, above: Array, unit: int) -> Array:
    """Months of each part: those of the part above divided among the members below it."""
    found = np.zeros((len(parts), len(annual)), dtype="int64")
    for parent in range(parts.shape[1]):
        below = np.flatnonzero(above == parent)
        rows, columns = parts[:, parent], annual[below]
        if len(below) == 1 or not columns.any():
            found[:, below] = rows[:, None] if len(below) == 1 else 0
        else:
            real = _met(cells[:, below], rows.astype("float64"), columns.astype("float64"))
            found[:, below] = apportion_table(real, rows, columns, unit=unit)
    return found


def _rows(months: Sequence[str], members: pd.DataFrame) -> pd.DataFrame:
    """Months x members, one row each, months outermost."""
    rows = pd.concat([members] * 12, ignore_index=True) if members.shape[1] else pd.DataFrame(index=range(12))
    rows.insert(0, "month", pd.Series(np.repeat(np.array(months, dtype=object), len(members)), dtype="str"))
    return rows


def _quantity(table: pd.DataFrame, facts: pd.DataFrame, year: PlanYear) -> "pd.Series[Any]":
    """Amount / last year's average price, of the product where it is a dimension, else of the company."""
    known = facts[facts["quantity"].notna() & (facts["month"] < year.months[0])]
    known = known[year.fiscal_years(known["month"]) == year.fiscal_year - 1]
    known = known.sort_values(["product", "quantity"], kind="stable")  # one order of float sums
    by = known["product"] if "product" in table else pd.Series("", index=known.index)
    sums = known.groupby(by)[["amount", "quantity"]].sum().astype("float64")
    price = (sums["amount"] / sums["quantity"]).where((sums["quantity"] > 0) & (sums["amount"] > 0))
    member = table["product"] if "product" in table else pd.Series("", index=table.index)
    return (table["amount"] / member.map(price).astype("float64")).astype("float64")
