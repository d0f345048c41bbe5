"""What each rep weighs: shares of the bases, what stands in for missing data, and the blend month by month."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.rep_allocation.bases import BASES, SUBSTITUTES, Basis, Standing, bases, standing
from salesplan.rep_allocation.expectation import expectations
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.handovers import Territory, handovers
from salesplan.rep_allocation.people.hierarchy import sellers
from salesplan.rep_allocation.people.past import Book, books, month_shares, past_of_accounts
from salesplan.rep_allocation.people.roster import NOBODY, availability, listed, year_before
from salesplan.rep_allocation.people.territory import Ownership, ownership, territory_history
from salesplan.rep_allocation.people.vacancies import vacancies
from salesplan.terms.rep_allocation import RepAllocationTerms

Fen = NDArray[np.int64]
BLENDED = "blended"


class Held(NamedTuple):
    """Who is there and holds which accounts: what neither ramp nor weights move. Frames are indexed by rep, sorted."""

    reps: pd.DataFrame  # the spells of those who sell
    people: pd.DataFrame  # one row per rep of the plan year
    presence: pd.DataFrame  # share of each month's days
    owners: Ownership
    history: pd.DataFrame  # past lines with `rep` = the present owner, `sold_by` = who sold
    handovers: pd.DataFrame  # who takes over from whom, when, how much


class Weighing(NamedTuple):
    """Weights of the reps; all frames and series are indexed by rep, sorted."""

    people: pd.DataFrame  # one row per rep of the plan year
    there: pd.DataFrame  # presence x ramp by month
    carries: pd.DataFrame  # reps x months: sum over bases of weight x share x pattern
    shares: pd.DataFrame  # one column per base, each summing to 1; NaN throughout where nobody has data
    weight: "pd.Series[float]"  # the blend, summing to 1
    replaced: "pd.Series[str]"  # code of the weakest substitute used for a rep, '' when all data are his own
    dropped: tuple[str, ...]  # bases that were asked for and have no data
    bases: pd.DataFrame  # table rep_allocation_bases
    vacant: Fen  # by month: fen of the target that the manager keeps
    territory: Territory
    year: pd.DataFrame  # what is expected of a full year of what he holds (`expectations`); NaN unknown
    part: "pd.Series[float]"  # part of that full year he carries in the plan year
    found: Mapping[str, Basis]  # the bases by themselves
    held: Held

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The output tables by name."""
        return {"rep_allocation_bases": self.bases, "rep_allocation_vacancies": self.territory.vacancies}

    def under(self, rules: RepAllocationTerms) -> "Weighing":
        """The same bases with the weights of other rules."""
        blend = blended(self.found, rules)
        return self._replace(
            carries=pd.DataFrame(blend.carries, index=self.carries.index, columns=self.carries.columns),
            weight=blend.weight,
            replaced=replaced(self.found, blend),
            dropped=tuple(base for base in _asked(rules) if base not in blend.counted),
        )


class Blend(NamedTuple):
    """The bases put together."""

    shares: pd.DataFrame
    patterns: Mapping[str, NDArray[np.float64]]
    counted: Mapping[str, float]  # normalised weights of the bases that are used

    @property
    def weight(self) -> "pd.Series[float]":
        """sum over bases of weight x share, by rep."""
        return sum(
            (self.shares[base] * weight for base, weight in self.counted.items()),
            pd.Series(0.0, index=self.shares.index),
        )

    @property
    def carries(self) -> NDArray[np.float64]:
        """sum over bases of weight x share x pattern, reps x months."""
        return np.asarray(sum(weight * self.lies(base) for base, weight in self.counted.items()))

    def lies(self, base: str) -> NDArray[np.float64]:
        """share x pattern of one base, reps x months."""
        return np.asarray(self.shares[base].to_numpy()[:, None] * self.patterns[base])


def last_year_sales(history: pd.DataFrame, months: list[str]) -> "pd.Series[Any]":
    """Sales of the year before the plan's by rep, int64 fen; only reps that occur in it."""
    recent = history.loc[history["month"].isin(year_before(months)) & ~history["rep"].isin(NOBODY)]
    return recent.groupby("rep", sort=True)["amount"].sum()


def held(given: Given, rules: RepAllocationTerms) -> Held:
    """Who is there and holds what; of the rules only pins and rounds count, by the reps they name."""
    reps = sellers(given.reps, named=_named(given, rules))
    people = listed(reps, given.months, cutoff=given.cutoff)
    presence = availability(reps, given.months, cutoff=given.cutoff).reindex(pd.Index(people["rep"], name="rep"))
    owners = ownership(given.history, given.customers, reps, given.months, given.cutoff)
    history = territory_history(given.history, owners, given.months)
    return Held(reps, people, presence, owners, history, handovers(history, given, owners))


def weighed(given: Given, rules: RepAllocationTerms, who: Held | None = None) -> Weighing:
    """Weigh the reps: carries = sum over bases of (normalised weight of the base) x (share of the base) x pattern.

    The pattern of a base says in which months it counts: presence x ramp, for territories the part of it held in the
    month x ramp, for open deals the months of their close. Bases without any data, or zero throughout, are dropped and
    the rest normalised; when none is left, parts are equal. Source: weighted fair share of territory and quota
    planning (history, opportunity, even, blended). `who`: what `held` says, where it is known already.
    """
    who = who or held(given, rules)
    people, owners, index = who.people, who.owners, who.presence.index
    there = availability(who.reps, given.months, rules.ramp, cutoff=given.cutoff).reindex(index)
    past = past_of_accounts(given, rules, owners)
    climbed = (there / who.presence.where(who.presence > 0)).fillna(1.0).clip(upper=1)
    gaps, vacant = vacancies(given, rules, owners, past, climbed)
    territory = Territory(who.history, gaps, who.handovers, vacant)
    book = books(index, owners, past, month_shares(given.season.target))
    stand = standing(there, climbed, book, given=given, vacant=territory.vacant)
    last = pd.Series(book.last, index=index)
    year = expectations(index, territory.history, given.months, full_year=last, company=given.expected)
    found = bases(people, stand, book, given=given, rules=rules, year=year)
    found["history"] = _told(found["history"], book, last_year_sales(given.history, given.months))
    blend = blended(found, rules)
    return Weighing(
        people,
        there,
        pd.DataFrame(blend.carries, index=index, columns=given.months),
        blend.shares,
        blend.weight,
        replaced(found, blend),
        tuple(base for base in _asked(rules) if base not in blend.counted),
        bases_table(found, blend, stand),
        territory.vacant,
        territory,
        year,
        pd.Series(stand.part, index=index),
        found,
        who,
    )


def _named(given: Given, rules: RepAllocationTerms) -> set[str]:
    """Reps with business of their own: sales last year, customers, deals, or an amount fixed or handed down."""
    tables = [frame for frame in (given.customers, given.opportunities, given.quotas) if frame is not None]
    named = set(last_year_sales(given.history, given.months).index) | {pin.rep for pin in rules.pins}
    named |= {one.rep for one in rules.negotiation.rounds}
    owners = (str(rep) for frame in tables if "rep" in frame for rep in frame["rep"].dropna().unique())
    return {*map(str, named), *owners}


def _told(history: Basis, book: Book, sold: "pd.Series[Any]") -> Basis:
    """The history with what it rests on: carried to a full year, or sold by others before it came to him."""
    own, index = history.rank == 0, history.rank.index
    inherited = own & ~index.isin(sold.index)
    rank = history.rank.mask(own & book.scaled, SUBSTITUTES.index("full_year"))
    return history._replace(rank=rank.mask(inherited, SUBSTITUTES.index("inherited")))


def _asked(rules: RepAllocationTerms) -> list[str]:
    return [base for base in BASES if getattr(rules.weights, base) > 0]


def blended(found: Mapping[str, Basis], rules: RepAllocationTerms) -> Blend:
    """The bases that have data, their shares, and their weights so that they sum to 1."""
    usable = [base for base in BASES if len(found[base].value) and found[base].value.sum() > 0]
    values = pd.DataFrame({base: found[base].value for base in usable}, index=found["equal"].value.index)
    shares = values.div(values.sum()).reindex(columns=list(BASES))
    weights = {base: float(getattr(rules.weights, base)) for base in _asked(rules) if base in usable} or {"equal": 1.0}
    counted = {base: weight / sum(weights.values()) for base, weight in weights.items()}
    return Blend(shares, {base: found[base].pattern for base in BASES}, counted)


def replaced(found: Mapping[str, Basis], blend: Blend) -> "pd.Series[str]":
    """Code of the weakest substitute among the bases that count, by rep."""
    ranks = pd.DataFrame({base: found[base].rank for base in blend.counted})
    return ranks.max(axis=1).map(dict(enumerate(SUBSTITUTES))).astype("str")


def bases_table(found: Mapping[str, Basis], blend: Blend, stand: Standing) -> pd.DataFrame:
    """Table `rep_allocation_bases`: one row per rep and base with data, then the blend.

    rep, basis (code), value (fen, NA where it is a count), count (customers, else NA), share (of the base), weight (of
    the base in the blend, 0 where it is only shown), carried_share (what this base alone would give him of the year,
    with presence, ramp and months held), substitute (code of what stands in for missing data).
    """
    rows = [_rows(base, found[base], blend, stand.shared) for base in BASES if blend.shares[base].notna().any()]
    whole = pd.DataFrame({"basis": BLENDED, "share": blend.weight, "weight": 1.0})
    whole = whole.assign(carried_share=_carried(blend.carries, stand.shared), substitute=replaced(found, blend))
    table = pd.concat([*rows, whole.rename_axis("rep").reset_index()], ignore_index=True)
    order = {base: number for number, base in enumerate((*BASES, BLENDED))}
    table = table.assign(order=table["basis"].map(order)).sort_values(["rep", "order"], ignore_index=True)
    columns = ["rep", "basis", "value", "count", "share", "weight", "carried_share", "substitute"]
    return table.reindex(columns=columns).astype({"value": "Int64", "count": "Float64"})


def _rows(base: str, one: Basis, blend: Blend, season: NDArray[np.float64]) -> pd.DataFrame:
    money = base not in ("customers", "equal")
    return pd.DataFrame(
        {
            "rep": one.value.index,
            "basis": base,
            "value": one.value.round().astype("Int64").array if money else pd.NA,
            "count": one.value.array if base == "customers" else np.nan,
            "share": blend.shares[base].array,
            "weight": blend.counted.get(base, 0.0),
            "carried_share": _carried(blend.lies(base), season),
            "substitute": one.rank.map(dict(enumerate(SUBSTITUTES))).astype("str").array,
        }
    )


def _carried(lies: NDArray[np.float64], season: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the year each rep would carry."""
    year = lies @ season
    return np.asarray(year / year.sum() if year.sum() > 0 else np.full(len(year), np.nan))
