"""What the past says of each territory: sales by account and month, the years weighted, and who holds them now."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.roster import availability, year_before
from salesplan.rep_allocation.people.territory import MONTHS, ORDERS, Ownership, months_ago
from salesplan.terms.rep_allocation import RepAllocationTerms

Real = NDArray[np.float64]
# A rep who could carry less than this part of a year has no sales in it that could be carried to a full year.
KNOWN_YEAR = 0.5
CLOSE = 1e-9


class Past(NamedTuple):
    """Sales of the accounts, fen: accounts x months of the plan year."""

    sold: Real  # last year as it was
    last: Real  # last year for a full year; NaN where that cannot be said
    usual: Real  # the years weighted, at last year's level; NaN where nothing is known


class Years(NamedTuple):
    """The past years of the accounts as they are weighted."""

    years: list[int]  # years back, the last one first
    full: Real  # accounts x years x months: sales for a full year, fen; 0 where a year does not count
    weights: Real  # accounts x years, 0 where a year does not count
    level: Real  # by year: company's sales of last year / of that year


class Book(NamedTuple):
    """What each rep holds, all by rep."""

    held: Real  # reps x months: part of his territory, weighted by its sales, that he holds in that month
    usual: Real  # sales of the territory, the years weighted, for a full year at full strength; NaN unknown
    last: Real  # the same of last year alone
    customers: Real  # reps x months: customers held
    scaled: NDArray[np.bool_]  # last year was carried to a full year


def years_back(history: pd.DataFrame, months: Sequence[str], most: int) -> list[int]:
    """The years before the plan's of which the history has all twelve months, without a gap; at least last year."""
    there = set(history["month"].unique())
    whole = [back for back in range(1, most + 1) if set(year_before(months, back)) <= there]
    return [back for number, back in enumerate(whole, 1) if back == number] or [1]


def part_of_year(
    reps: pd.DataFrame,
    months: Sequence[str],
    season: Sequence[int] | NDArray[np.int64],
    ramp: Sequence[Decimal],
    *,
    back: int = 1,
    cutoff: int | None = None,
) -> "pd.Series[float]":
    """Part of a past year's season each rep could carry: sum of month share x availability; 1 for a whole year.

    `season` are the plan's twelve month totals. A rep whom the table does not show in that year has 1: his sales, if
    there are any, are taken as they are.
    """
    weights = month_shares(season)
    there = availability(reps, year_before(months, back), ramp, cutoff=cutoff)
    part = pd.Series(there.to_numpy() @ weights, index=there.index)
    return part.where(part > 0, 1.0)


def month_shares(season: Sequence[int] | NDArray[np.int64]) -> Real:
    """Share of each month in the year; even where there is no target at all."""
    weights = np.clip(np.asarray(season, dtype=np.float64), 0, None)
    weights = weights if weights.sum() > 0 else np.ones(len(weights))
    return np.asarray(weights / weights.sum())


def sales_of_accounts(
    history: pd.DataFrame, owners: Ownership, months: Sequence[str], years: Sequence[int]
) -> tuple[Real, NDArray[np.int64]]:
    """Sales by account, year back (in the order of `years`) and month (fen), and each account's first month sold.

    The first month is counted in months before the plan year (12 is the first of last year), 0 without a sale.
    """
    ago = months_ago(history["month"], months)
    first = np.zeros(len(owners.accounts), dtype=np.int64)
    np.maximum.at(first, owners.line, np.where(history["amount"].to_numpy() != 0, ago, 0))
    table = np.zeros((len(owners.accounts), len(years), MONTHS))
    place = np.full(max(*years, ago.max(initial=0) // MONTHS + 1) + 1, -1)
    place[list(years)] = np.arange(len(years))
    year = place[(ago + MONTHS - 1) // MONTHS]
    known = year >= 0
    amount = history["amount"].to_numpy(dtype=np.float64)[known]
    np.add.at(table, (owners.line[known], year[known], -ago[known] % MONTHS), amount)
    return table, first


def past_of_accounts(given: Given, rules: RepAllocationTerms, owners: Ownership) -> Past:
    """The past of every account.

    usual = sum over years of weight x (sales / company's sales of that year) / sum of the weights of the years known
    x company's sales of last year. A year counts from the one in which the account bought by the second month; last
    year always does. What a rep sold without known customers is carried to a full year by the part of the year he was
    there (below half a year: unknown) and lies over the months as the season does.
    """
    table, weighted, known = _weighted(given, rules, owners)
    sums = weighted.weights.sum(axis=1)
    blend = np.einsum("ay,y,aym->am", weighted.weights, weighted.level, weighted.full)
    blend = blend / np.where(sums > 0, sums, 1)[:, None]
    last = np.where(known[:, :1], weighted.full[:, 0], np.nan)
    return Past(table[:, 0], last, np.where(sums[:, None] > 0, blend, np.nan))


def weighted_years(given: Given, rules: RepAllocationTerms, owners: Ownership) -> Years:
    """The years of every account with their weights, as `past_of_accounts` puts them together."""
    return _weighted(given, rules, owners)[1]


def _weighted(given: Given, rules: RepAllocationTerms, owners: Ownership) -> tuple[Real, Years, NDArray[np.bool_]]:
    years = years_back(given.history, given.months, len(rules.recency))
    table, first = sales_of_accounts(given.history, owners, given.months, years)
    part = _parts(given, rules, owners, years)
    backs = np.array(years)
    known = (first[:, None] >= backs * MONTHS - 1) | (backs == 1)
    known &= (part >= KNOWN_YEAR - CLOSE) & (first[:, None] > 0)
    company = table.sum(axis=(0, 2))
    level = np.where((company > 0) & (company[0] > 0), company[0] / np.where(company > 0, company, 1), 1.0)
    full = np.where(known[..., None], _full(table, part, owners, month_shares(given.season.target)), 0.0)
    weights = known * np.array([float(rules.recency[-back]) for back in years])
    return table, Years(years, full, weights, level), known


def _parts(given: Given, rules: RepAllocationTerms, owners: Ownership, years: Sequence[int]) -> Real:
    """Part of each year (columns) in which the rep of an account without customers could carry it; 1 for customers."""
    keys = owners.accounts.str.removeprefix(ORDERS)
    season = given.season.target
    parts = [
        part_of_year(given.reps, given.months, season, rules.ramp, back=back, cutoff=given.cutoff) for back in years
    ]
    found = np.column_stack([part.reindex(keys).fillna(1.0).to_numpy() for part in parts])
    return np.where(owners.is_customer[:, None], 1.0, found)


def _full(table: Real, part: Real, owners: Ownership, season: Real) -> Real:
    """The years for full years; without known customers a rep's year lies over the months as the season does."""
    total = table.sum(axis=2) / np.maximum(part, 1e-9)
    return np.where(owners.is_customer[:, None, None], table, total[..., None] * season)


def books(people: pd.Index, owners: Ownership, past: Past, season: Real) -> Book:
    """What each of the people holds in the plan year; a rep without a known territory holds nothing that is known."""
    place = people.get_indexer(pd.Index(owners.holders["rep"]))
    here = place >= 0
    rep, account, part = place[here], owners.holders["account"].to_numpy()[here], owners.part[here]
    value = np.maximum(np.nansum(past.usual, axis=1), 0.0)[account]
    total = np.bincount(rep, value, minlength=len(people))
    weight = np.where(total[rep] > 0, value, 1.0)
    sums = np.maximum(np.bincount(rep, weight, minlength=len(people)), 1e-300)
    held = _by_rep(rep, weight[:, None] * part, len(people)) / sums[:, None]
    mean = held @ season
    customers = owners.is_customer[account]
    one_rep = ~owners.is_customer[account] & (np.abs(_sum(past.last) - _sum(past.sold))[account] > 0.5)
    return Book(
        held,
        _for_a_full_year(past.usual, rep, account, part, mean),
        _for_a_full_year(past.last, rep, account, part, mean),
        _by_rep(rep[customers], part[customers], len(people)),
        np.bincount(rep, one_rep, minlength=len(people)) > 0,
    )


def _sum(table: Real) -> Real:
    return np.asarray(np.nansum(table, axis=1))


def _by_rep(rep: Any, rows: Real, count: int) -> Real:
    table = np.zeros((count, MONTHS))
    np.add.at(table, rep, rows)
    return table


def _for_a_full_year(sales: Real, rep: Any, account: Any, part: Real, mean: Real) -> Real:
    """Sales of what each rep holds / the part of the year he holds it; NaN where nothing is known of it."""
    known = ~np.isnan(sales[account, 0])
    held = np.bincount(rep[known], np.nansum(sales[account[known]] * part[known], axis=1), minlength=len(mean))
    some = (np.bincount(rep[known], minlength=len(mean)) > 0) & (mean > 0)
    return np.where(some, np.maximum(held, 0.0) / np.where(mean > 0, mean, 1), np.nan)
