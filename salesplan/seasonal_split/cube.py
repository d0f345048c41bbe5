"""The cube: the year's target over months and members of every dimension, exact in the money unit."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import apportion, split_table
from salesplan.claims import Claim, matching, rests
from salesplan.errors import stop_on
from salesplan.seasonal_split.apart import Apart, apart_faults, months_apart, spread
from salesplan.seasonal_split.days import event_lift
from salesplan.seasonal_split.history import Array, divide
from salesplan.seasonal_split.line_goals import (
    Lined,
    Target,
    amounts_by_line,
    goal_faults,
    lined,
    years_by_line,
)
from salesplan.seasonal_split.pins import (
    around_pins,
    claims_of,
    less_apart,
    margin_faults,
    misfit_faults,
    owners,
    pin_faults,
    pinned_months,
    pinned_years,
    sum_faults,
)
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.rounding import met, whole_cells, whole_groups
from salesplan.seasonal_split.season import (
    company_shares,
    member_mix,
    member_shares,
    sales_by_month,
    season_shares,
)
from salesplan.terms.plan import DIMENSIONS
from salesplan.terms.seasonal_split import SeasonalSplitTerms


class Fixed(NamedTuple):
    """What is fixed in which combinations of members: pins, and sales of lines."""

    claims: Sequence[Claim]
    lines: Lined
    members: pd.DataFrame


class Cells(NamedTuple):
    """The cube before rounding: months x combinations of members, fen."""

    members: pd.DataFrame  # the combinations, sorted
    mix: pd.DataFrame  # their part of the last years (`member_mix`), without what is launched
    each: Sequence[Array]  # each amount planned apart in them, whole
    placed: Array  # all of them
    rows: Array  # the months less what is planned apart, whole
    years: Array  # the year of each combination, without what is planned apart
    plain: Array  # the company's season without events, shares of the months
    seasons: Mapping[str, Array]  # multiples of the company's season, by dimension and by event (`_seasons`)
    real: Array  # the years by the company's season x its members', fitted to months, years and pins
    fixed: Fixed

    @property
    def weights(self) -> Array:
        """The weight of every combination in the mix, 0 where it has none."""
        return _weights(self.members, self.mix)

    @property
    def seed(self) -> Array:
        """What was fitted: the years by the company's season x their members'."""
        return _seed(self.rows, self.years, self.seasons)


def split(
    target: int | Target,
    facts: pd.DataFrame,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    dimensions: Sequence[str] = (),
    apart: Sequence[Apart] = (),
) -> pd.DataFrame:
    """Table `seasonal_split`: the target (fen) by month and member of each dimension.

    A `Target` says what lines of business are to bring of it; where product is a dimension they do, exactly: what is
    planned apart in a line counts towards it, its products share the rest by their mix.

    What is planned apart (launches, projects) stands in its months; the rest of the year is divided over the months by
    the company's season around the company's pins (`company_months`), so month totals do not depend on `dimensions`.
    Members have their mix of the last years (`member_mix`) and their own season and events, fitted to both margins and
    to their pins; then table after table is rounded (`whole_cells`). Every sum and every pin is exact. What has no
    history and is not planned apart gets nothing. Pins of members that are no dimension here count for nothing.

    `facts`: month, the dimensions, product, amount (fen), quantity; only months before the year count. Returns `month`,
    the dimensions, `amount` (fen), `share` (of the year), `quantity` (at last year's average price, NaN where unknown).
    Raises ValueError for a target that is negative or no multiple of the money unit, PlanError for pins, lines and
    amounts planned apart that cannot be, each with what does not fit.
    """
    whole = target if isinstance(target, Target) else Target(target)
    found = real_cells(whole, facts, year=year, rules=rules, dimensions=dimensions, apart=apart)
    cells = in_units(found, year.unit)
    table = _rows(year.months, found.members).assign(amount=cells.ravel())
    table = table.assign(share=table["amount"] / whole.amount if whole.amount else np.nan)
    table = table.assign(quantity=_quantity(table, facts, year))
    return table.sort_values(["month", *dimensions], ignore_index=True)


def real_cells(
    whole: Target,
    facts: pd.DataFrame,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    dimensions: Sequence[str] = (),
    apart: Sequence[Apart] = (),
) -> Cells:
    """What `split` rounds, with all it comes from. Raises as `split`."""
    months = company_months(whole.amount, facts, year=year, rules=rules, apart=apart)
    mix = _without_launched(member_mix(facts, dimensions, year=year, rules=rules), rules)
    members, each = _placed(mix, apart, year)
    placed = sum(each, np.zeros((12, len(members)), dtype="int64"))
    declared = [c for c in claims_of(rules.pins, year.months) if c.members and c.members.keys() <= set(dimensions)]
    claims = less_apart(declared, placed, members)
    rows, weights = months - placed.sum(axis=1), _weights(members, mix)
    fixed = Fixed(claims, lined(whole, members, placed), members)
    stop_on([*sum_faults(None, claims), *goal_faults(fixed.lines, declared, members, weights, int(rows.sum()))])
    years = pinned_years(weights, members, claims, float(rows.sum()))
    years = years_by_line(years, claims, fixed.lines, members, int(rows.sum()))
    stop_on(margin_faults(claims, rows, years, members, year.months))
    plain = _plain(rows, facts, year=year, rules=rules)
    seasons = _seasons(plain, years, members, facts, year=year, rules=rules)
    real = _real(rows, years, _seed(rows, years, seasons), fixed, year.unit)
    return Cells(members, mix, each, placed, rows, years, plain, seasons, real, fixed)


def in_units(found: Cells, unit: int) -> Array:
    """The cube in whole money units, months x combinations (fen), with what is planned apart."""
    return np.asarray(found.placed + _whole(found, unit))


def company_months(
    target: int,
    facts: pd.DataFrame,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    apart: Sequence[Apart] = (),
) -> Array:
    """The target's twelve months (fen): what is planned apart, and the rest by the company's season around its pins.

    Raises as `split`.
    """
    if target < 0:
        raise ValueError(f"target {target} fen is negative")
    stop_on([*apart_faults(target, apart), *pin_faults(target, rules.pins, year.months, unit=year.unit)])
    planned = months_apart(apart)
    own = [c for c in claims_of(rules.pins, year.months) if not c.members]
    rest = target - int(planned.sum())
    claims = less_apart(own, planned[:, None], pd.DataFrame(index=[0]))
    stop_on(sum_faults(rest, claims))
    shares = company_shares(facts, year=year, rules=rules, total=rest or None)
    return planned + pinned_months(rest, shares, claims, year.months, year.unit)


def with_levels(
    cube: pd.DataFrame, levels: Mapping[str, int], *, unit: int = 1, target: Target | None = None
) -> pd.DataFrame:
    """The cube with `amount_<level>` for each of `levels` (fen): the same shares, months and members exact.

    Lines with goals in `target` bring what those ask of the level. Where the planned level is zero there are no
    shares, and the cells of a level are alike. Raises PlanError for goals that leave what no other line could take.
    """
    dimensions = [name for name in cube.columns if name in DIMENSIONS]
    grid = cube.set_index(["month", *dimensions])["amount"]
    wide = grid.unstack("month").sort_index() if dimensions else grid.to_frame().T  # noqa: PD010 - nothing is aggregated
    cells = wide.to_numpy(dtype="float64").T
    cells = cells if cells.any() else np.ones(cells.shape)
    members = wide.index.to_frame(index=False)[dimensions] if dimensions else pd.DataFrame(index=[0])
    found = cube
    for name, total in levels.items():
        months = apportion(total, cells.sum(axis=1), labels=list(wide.columns), unit=unit)
        lines = lined((target or Target(0)).at(name, total), members, cells * 0)
        stop_on(goal_faults(lines, (), members, cells.sum(axis=0), total))
        years = years_by_line(cells.sum(axis=0) * (total / cells.sum()), (), lines, members, total)
        real = met(cells, months.astype("float64"), years) if lines.goals and total else cells
        groups = np.tile(lines.owner % (len(lines.goals) + 1), (len(cells), 1))
        whole = whole_groups(months, real, members, groups, amounts_by_line(lines, total), unit)
        found = found.assign(**{f"amount_{name}": whole.ravel()})
    return found


def with_list_prices(cube: pd.DataFrame, products: pd.DataFrame | None) -> pd.DataFrame:
    """The cube with quantities of products that were not sold last year, at the price of table products (fen)."""
    if products is None or "product" not in cube:
        return cube
    prices = products.set_index("product")["price"].astype("float64")
    listed = cube["amount"] / cube["product"].map(prices.where(prices > 0))
    return cube.assign(quantity=cube["quantity"].fillna(listed))


def _without_launched(mix: pd.DataFrame, rules: SeasonalSplitTerms) -> pd.DataFrame:
    """The mix without what is launched: its amount is planned apart."""
    launched = np.zeros(len(mix), dtype=bool)
    for launch in rules.launches:
        if launch.members.keys() <= set(mix.columns):
            launched |= matching(mix, launch.members)
    left = mix[~launched]
    return left.assign(weight=left["weight"] / left["weight"].sum()) if len(left) else mix


def _placed(mix: pd.DataFrame, apart: Sequence[Apart], year: PlanYear) -> tuple[pd.DataFrame, list[Array]]:
    """Every combination of members, sorted, and each amount planned apart in it: months x combinations, fen."""
    dimensions = list(mix.columns.drop("weight"))
    lies = [spread(mix, one) for one in apart]
    if not dimensions:
        return pd.DataFrame(index=[0]), [one.months[:, None] for one in apart]
    every = pd.concat([mix, *lies], ignore_index=True)[dimensions].drop_duplicates()
    members = every.sort_values(dimensions, ignore_index=True)
    return members, [_laid(one.months, _weights(members, where), members, year.unit)
                     for one, where in zip(apart, lies, strict=True)]  # fmt: skip


def _laid(months: Array, weights: Array, members: pd.DataFrame, unit: int) -> Array:
    """Whole months over the combinations that have a weight."""
    inside = weights > 0
    cells, found = np.outer(months, weights[inside]), np.zeros((12, len(members)), dtype="int64")
    found[:, inside] = whole_cells(months, cells, members[inside], cells >= 0, unit)
    return found


def _weights(members: pd.DataFrame, mix: pd.DataFrame) -> Array:
    """The weight of every combination in a mix, 0 where it has none."""
    if not members.shape[1]:
        return np.ones(1)
    return members.merge(mix, how="left", on=list(members.columns))["weight"].fillna(0.0).to_numpy()


def _real(rows: Array, years: Array, seed: Array, fixed: Fixed, unit: int) -> Array:
    """The seed fitted to the months and years of the rest, and to pins."""
    if not rows.any():
        return np.zeros(seed.shape)
    cells = met(seed, rows.astype("float64"), years)
    if fixed.claims:
        cells = around_pins(cells, rows, years, fixed.claims, fixed.members)
        stop_on(misfit_faults(cells, fixed.claims, fixed.members, unit=unit))
    return cells


def _whole(found: Cells, unit: int) -> Array:
    """Whole cells of the year's rest: those of each pin and line, and around them the others', all sums exact."""
    rows, cells, (claims, lines, members) = found.rows, found.real, found.fixed
    if not rows.any():
        return np.zeros(cells.shape, dtype="int64")
    owner = owners(claims, members) % (len(claims) + 1)  # the last: no pin
    pinned = np.append(rests(claims), int(rows.sum() - rests(claims).sum()))
    amounts = amounts_by_line(lines, int(rows.sum()))
    groups = owner * len(amounts) + lines.owner % len(amounts)
    parts = np.bincount(groups.ravel(), cells.ravel(), len(pinned) * len(amounts)).reshape(len(pinned), -1)
    return whole_groups(rows, cells, members, groups, split_table(parts, pinned, amounts, unit=unit).ravel(), unit)


def _plain(rows: Array, facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> Array:
    """The company's season without events."""
    sold, total = sales_by_month(facts, year=year), float(rows.sum()) or None
    return season_shares(sold, year=year, rules=rules, total=total)["share"].to_numpy()


def _seed(rows: Array, years: Array, seasons: Mapping[str, Array]) -> Array:
    found = np.outer(rows / max(float(rows.sum()), 1.0), years)
    for factors in seasons.values():
        found = found * factors
    return found


def _seasons(
    plain: Array, years: Array, members: pd.DataFrame, facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms
) -> dict[str, Array]:
    """Multiples of the company's season, months x members: by dimension, and by event (`events[0]`) of members."""
    found = {}
    for name in members.columns:
        totals = pd.Series(years).groupby(members[name]).sum()
        season = member_shares(facts, name, year=year, rules=rules, totals=totals, company=plain)
        own = season.reindex(members[name]).to_numpy(dtype="float64").T
        found[name] = np.where(np.isnan(own), 1.0, divide(own, plain[:, None]))
    for number, event in enumerate(rules.events if rules.method != "manual" else ()):
        if event.members and event.members.keys() <= set(members.columns):
            lift = event_lift([event], year=year)[:, None]
            found[f"events[{number}]"] = np.where(matching(members, event.members), lift, 1.0)
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
