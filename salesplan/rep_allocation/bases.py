"""The bases of a quota: what each rep has in each of them for a full year, and in which months it counts."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.calendar import month_of
from salesplan.rep_allocation.deals import placed_deals
from salesplan.rep_allocation.expectation import level_at
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.hierarchy import total_rate
from salesplan.rep_allocation.people.past import Book, month_shares
from salesplan.terms.rep_allocation import RepAllocationTerms

Real = NDArray[np.float64]
BASES = (
    "history", "potential", "capacity", "pipeline", "customers", "equal", "equal_stretch", "equal_probability",
)  # fmt: skip
# From the rep's own numbers to the weakest substitute; a rep shows the weakest that was used for him.
SUBSTITUTES = ("", "full_year", "inherited", "team_median", "median")
HALVINGS = 60  # of the interval in which the common probability or stretch lies: exact to the last digit


class Standing(NamedTuple):
    """Who can carry what when, all in the order of the people."""

    there: Real  # reps x months: presence x ramp
    held: Real  # reps x months: part of his territory that he holds and can carry; there where he has none
    year: Real  # reps: part of the year's season that he holds his territory; 1 where he has none
    season: Real  # share of each month in the year
    served: int  # target of the year that the reps carry, fen
    placed: Real  # reps: deals of the year that step 2 planned apart and that are theirs, fen
    shared: Real  # share of each month in what those deals leave of the year

    @property
    def part(self) -> Real:
        """Part of a full year of his territory that each rep carries in the plan year."""
        return np.asarray(self.held @ self.season)


class Basis(NamedTuple):
    """One base: value by rep (fen or a count; NaN throughout: no data) and reps x months how it lies over the year."""

    value: "pd.Series[float]"
    pattern: Real
    rank: "pd.Series[int]"  # place in SUBSTITUTES of what was taken


def standing(
    there: pd.DataFrame, ramp: pd.DataFrame, book: Book, *, given: Given, vacant: NDArray[np.int64]
) -> Standing:
    """Presence and ramp of the people, and of their territories: months held x ramp.

    The days somebody is not there are vacant in his territory already and count once. `vacant` is what the
    manager keeps of the target by month, fen.
    """
    target = given.season.target
    here, season, known = there.to_numpy(dtype=np.float64), month_shares(target), ~np.isnan(book.usual)
    placed = placed_deals(given, there.index, here, target - vacant)
    left = np.rint(target - placed.sum(axis=0)).astype(np.int64)
    held = np.where(known[:, None], book.held * ramp.to_numpy(dtype=np.float64), here)
    year = np.where(known, book.held @ season, 1.0)
    served = int((target - vacant).sum())
    return Standing(here, held, year, season, served, placed.sum(axis=1), month_shares(left))


def numbers(people: pd.DataFrame, column: str) -> "pd.Series[float]":
    """A money column of the reps as floats by rep; NaN where it is unknown or not there."""
    index = pd.Index(people["rep"], name="rep")
    if column not in people.columns:
        return pd.Series(np.nan, index=index)
    return pd.Series(people[column].astype("Float64").to_numpy(dtype="float64", na_value=np.nan), index=index)


def substituted(own: "pd.Series[float]", team: "pd.Series[str]") -> "tuple[pd.Series[float], pd.Series[int]]":
    """A base without gaps, and per rep the rank of what was taken: any gap becomes the median of the team, else of all.

    A base nobody has data for stays unknown.
    """
    candidates = {
        "team_median": own.groupby(team).transform("median").where(team != ""),
        "median": pd.Series(own.median(), index=own.index),
    }
    values, rank = own, pd.Series(0, index=own.index)
    for code, candidate in candidates.items():
        takes = values.isna() & candidate.notna()
        values, rank = values.where(~takes, candidate), rank.mask(takes, SUBSTITUTES.index(code))
    return values, rank


def bases(
    people: pd.DataFrame, stand: Standing, book: Book, *, given: Given, rules: RepAllocationTerms, year: pd.DataFrame
) -> dict[str, Basis]:
    """Every base by name; `year` what is expected of a full year by rep (`expectations`)."""
    index = pd.Index(people["rep"], name="rep")
    team = people["team"].set_axis(index).fillna("")
    held = np.divide(stand.held, stand.year[:, None], out=np.zeros_like(stand.held), where=stand.year[:, None] > 0)
    usual, rank = substituted(pd.Series(book.usual, index=index), team)
    found = {"history": Basis(usual * stand.year, held, rank)}
    for name in ("potential", "capacity"):
        found[name] = Basis(*_with(substituted(numbers(people, name), team), stand.there))
    found["pipeline"] = _pipeline(index, stand, given)
    found["customers"] = _customers(index, stand, book, team)
    found["equal"] = Basis(pd.Series(1.0, index=index), stand.there, pd.Series(0, index=index))
    found |= _alike(_expected(year, usual), stand, held, rules)
    return found


def _with(filled: "tuple[pd.Series[float], pd.Series[int]]", pattern: Real) -> tuple[pd.Series, Real, pd.Series]:
    return filled[0], pattern, filled[1]


def _customers(index: pd.Index, stand: Standing, book: Book, team: "pd.Series[str]") -> Basis:
    """Number of customers held, on the average of the months; who has none known takes the median."""
    count = book.customers
    mean = pd.Series(count.mean(axis=1), index=index)
    known = mean.where(mean > 0)
    values, rank = substituted(known, team)
    ramp = np.divide(stand.held, book.held, out=np.zeros_like(stand.held), where=book.held > 0)
    some = mean.to_numpy()[:, None] > 0
    months = np.divide(count * np.clip(ramp, 0, 1), mean.to_numpy()[:, None], out=stand.there.copy(), where=some)
    return Basis(values, months, rank)


def open_deals(given: Given) -> pd.DataFrame:
    """Open deals that close in the plan year: rep, month, expected = amount x probability (fen).

    The probability is the deal's own, else that of its stage (step 2); a deal without either does not count. Deals that
    step 2 plans apart are left out: their reps carry them anyway.
    """
    blank = pd.DataFrame({"rep": [], "month": [], "expected": []})
    deals = given.opportunities
    if deals is None or deals.empty:
        return blank
    chance = deals["probability"].astype("float64")
    if given.projects is not None and len(given.projects):
        known = given.projects.set_index("project")
        chance = chance.fillna(deals["project"].map(known["probability"]))
        deals = deals[~deals["project"].isin(known.index[known["state"] == "placed"])]
    dated = deals[["rep"]].assign(
        month=month_of(deals["close"], given.cutoff), expected=deals["amount"].astype("float64") * chance
    )
    return dated[dated["month"].isin(given.months) & dated["expected"].notna()]


def _pipeline(index: pd.Index, stand: Standing, given: Given) -> Basis:
    """Expected closes by rep; a rep without open deals has none, and who is not there in the month closes none."""
    deals = open_deals(given)
    place = {month: number for number, month in enumerate(given.months)}
    table = np.zeros((len(index), len(given.months)))
    rep = index.get_indexer(pd.Index(deals["rep"]))
    mine = deals[rep >= 0]
    np.add.at(table, (rep[rep >= 0], mine["month"].map(place).to_numpy(dtype=np.int64)), mine["expected"].to_numpy())
    table = np.where(stand.there > 0, table, 0.0)
    value = table.sum(axis=1)
    # A month in which nobody expects a deal is carried as the rest of the year is.
    usable = table.any(axis=0) & (stand.season > 0)
    lies = np.divide(table, stand.season, out=value[:, None] * stand.there, where=usable)
    mean = (lies @ stand.season)[:, None]
    pattern = np.divide(lies, mean, out=np.zeros_like(lies), where=mean > 0)
    known = pd.Series(value if len(mine) else np.nan, index=index, dtype="float64")
    return Basis(known, pattern, pd.Series(0, index=index))


def _expected(year: pd.DataFrame, usual: "pd.Series[float]") -> pd.DataFrame:
    """Expected sales of a full year, spread and degrees of freedom by rep, without gaps; `known` where they are his.

    Of whom nothing is known, what stands in for his history is expected, with the usual growth and spread.
    """
    known = year["mu"].notna()
    growth = (year["mu"] / usual.where(usual > 0)).median()
    mu = year["mu"].fillna(usual * growth)
    sigma = year["sigma"].fillna(mu * (year["sigma"] / year["mu"]).median())
    degrees = year["degrees"].fillna(year["degrees"].median())
    return pd.DataFrame({"mu": mu, "sigma": sigma, "degrees": degrees, "known": known}, index=year.index)


def common_probability(expected: pd.DataFrame, part: Real, rest: float, *, less: Real | float = 0.0) -> Real:
    """What each rep gets of `rest` (fen) so that all are equally likely to reach their quotas.

    quota = mu - t(p) x sigma, both times the part of the year the rep carries, `less` what he has of it already; with
    one p for all; never below zero. `expected`: mu, sigma, degrees by rep.
    """
    mu, sigma = (expected[name].to_numpy() * part for name in ("mu", "sigma"))
    degrees = expected["degrees"].to_numpy()
    return _fitting(lambda chance: np.maximum(level_at(chance, mu, sigma, degrees) - less, 0.0), rest)


def common_stretch(expected: Real, rest: float, *, less: Real | float = 0.0) -> Real:
    """What each rep gets of `rest` (fen) so that every quota is the same multiple of what is expected of him.

    quota = multiple x expected, `less` what he has of it already; never below zero.
    """
    # The multiple as odds: it may be any positive number while the halving goes from 0 to 1.
    return _fitting(lambda chance: np.maximum((1 / chance - 1) * expected - less, 0.0), rest)


def _fitting(shares: Callable[[float], Real], rest: float) -> Real:
    """The shares that sum to `rest`, found by halving; they fall as their argument goes from 0 to 1."""
    low, high = 1e-12, 1 - 1e-12
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if shares(middle).sum() > rest else (low, middle)
    return shares((low + high) / 2)


def _alike(expected: pd.DataFrame, stand: Standing, held: Real, rules: RepAllocationTerms) -> Mapping[str, Basis]:
    """Equal stretch and equal probability of the quotas of the year, for what the rep holds at full strength.

    Only what the deals planned apart leave of the quotas is shared; they are expected of their reps and, raised by the
    over-assignment, part of their quotas.
    """
    missing = ~expected["known"].to_numpy(dtype=bool)
    rank: pd.Series[int] = pd.Series(missing * SUBSTITUTES.index("median"), index=expected.index, dtype="int64")
    if expected["mu"].isna().all():
        nothing = pd.Series(np.nan, index=expected.index)
        return {name: Basis(nothing, held, rank) for name in ("equal_stretch", "equal_probability")}
    raised = float(1 + total_rate(rules))
    apart, rest = stand.placed * raised, (stand.served - stand.placed.sum()) * raised
    mu = expected["mu"].to_numpy() * stand.part + stand.placed
    shares = {
        "equal_stretch": common_stretch(mu, rest, less=apart),
        "equal_probability": common_probability(expected, stand.part, rest, less=apart - stand.placed),
    }
    carried = stand.held @ stand.shared
    ratio = np.divide(stand.year, carried, out=np.zeros(len(mu)), where=carried > 0)
    return {name: Basis(pd.Series(share * ratio, index=expected.index), held, rank) for name, share in shares.items()}
