"""The way back from a quota to its deals, visits and calls, with rates of each rep's own, drawn to his team's."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.calendar import add_months, month_of
from salesplan.money import to_fen
from salesplan.rep_allocation.activity.shrinking import Real, Shrunk, shrink_means, shrink_rates
from salesplan.terms.activities import Funnel, Stage

DEAL = "deal"
FUNNEL_COLUMNS = (
    "rep", "activity", "count", "rate", "own_rate", "team_rate", "plan_rate", "tried", "reached", "own_weight",
    "source", "amount_deal", "amount_own", "amount_team",
)  # fmt: skip
NOISE = 1e-9  # what a product of floats may lie above a whole number


@dataclass(frozen=True)
class Records:
    """What is known of the years before: activities recorded, deals closed; row order does not matter.

    `records`: input table activities (date, rep, activity, count) or None; `deals`: the ledger's (order, rep, customer,
    date, month, amount fen, credited to that rep); `cutoff`: the day a month ends early.
    """

    records: pd.DataFrame | None
    deals: pd.DataFrame
    cutoff: int | None = None


def back_calculate(deals: Real, rates: Real) -> Real:
    """How many of each stage that many deals ask for: deals / rate / rate ..., real numbers, not rounded between.

    `deals` by rep, `rates` reps x stages from the deal back; NaN where a rate is unknown. Returns reps x (1 + stages),
    the deals first.

    Example: 14 deals at 0.4, 0.5, 0.35 and 0.1 ask for 35, 70, 200 and 2,000.
    """
    return np.column_stack([deals, deals[:, None] / np.cumprod(rates, axis=1)])


def rounded_up(exact: Real) -> "pd.arrays.IntegerArray":
    """Each number rounded up once, at the end, never carried on: 7 deals at 30 % three times are 260, not 267."""
    return pd.array(np.ceil(exact - NOISE * np.maximum(exact, 1.0)), dtype="Int64")


def window(months: Sequence[str], terms: Funnel) -> list[str]:
    """The months before the plan year whose records count."""
    return [add_months(months[0], -back) for back in range(terms.history_months, 0, -1)]


def recorded(past: Records, months: Sequence[str], terms: Funnel) -> pd.DataFrame:
    """Records by rep and month (rows) and stage (columns, the deals first); NaN where nothing was recorded.

    Deals are the orders, of the months in which the rep recorded anything: a month without an order had none.
    """
    names = terms.names
    if past.records is None:
        nobody = pd.MultiIndex.from_arrays([[], []], names=["rep", "month"])
        return pd.DataFrame(index=nobody, columns=[DEAL, *names], dtype="float64")
    rows = past.records[past.records["activity"].isin(names)]
    text = rows["date"].astype("str")
    days = text.where(text.str.len() > len("2027-01"), text + "-01")
    month = month_of(days, past.cutoff).where(text.str.len() > len("2027-01"), text)
    keyed = rows.assign(month=month)[month.isin(window(months, terms)).to_numpy()]
    wide = keyed.pivot_table(index=["rep", "month"], columns="activity", values="count", aggfunc="sum")
    won = past.deals[past.deals["amount"] > 0].groupby(["rep", "month"])["order"].nunique()
    return wide.reindex(columns=names).assign(**{DEAL: won.reindex(wide.index).fillna(0)})[[DEAL, *names]].astype(float)


class Pairs(NamedTuple):
    """By rep: how many of a stage, in the months that also have the stage above, and how many of that."""

    reached: Real
    tried: Real
    whole: NDArray[np.bool_]  # False: more reached than tried at this stage or at the one above: something is missing


def _pairs(counts: pd.DataFrame, reps: pd.Index) -> list[Pairs]:
    """Of each stage in turn. Who writes down few visits spoils two rates: proposals of visits, and visits of calls."""
    found, above = [], np.ones(len(reps), dtype=bool)
    for upper, lower in pairwise(counts.columns):
        both = counts[[upper, lower]].dropna().groupby(level="rep").sum().reindex(reps).fillna(0.0)
        reached, tried = both[upper].to_numpy(), both[lower].to_numpy()
        fits = reached <= tried
        found.append(Pairs(reached, tried, fits & above))
        above = fits
    return found


def stage_rates(past: Records, people: pd.DataFrame, months: Sequence[str], terms: Funnel) -> pd.DataFrame:
    """Rates by rep and stage, long: rep, activity, tried, reached, own_rate, team_rate, plan_rate, own_weight, rate,
    source.

    `people`: rep, team. The rate of a stage is the part of it that reaches the stage above, counted in months with
    records of both. `source`: own (own records, drawn to the team's), team, company (no records of his, of his team),
    plan (the file's), doubtful (more reached than tried here or above: the records cannot be whole, the team's rate is
    used), none.
    """
    counts, reps = recorded(past, months, terms), pd.Index(people["rep"])
    teams = np.asarray(pd.factorize(people["team"].fillna("").astype(str), sort=True)[0], dtype=np.int64)
    strength = None if terms.strength is None else float(terms.strength)
    found = []
    for stage, pairs in zip(terms.stages, _pairs(counts, reps), strict=True):
        shrunk = shrink_rates(
            np.where(pairs.whole, pairs.reached, 0.0), np.where(pairs.whole, pairs.tried, 0.0), teams, strength
        )
        found.append(_rates(people, stage, pairs, shrunk, by_plan=terms.rates == "plan"))
    return pd.concat(found, ignore_index=True)


def _rates(people: pd.DataFrame, stage: Stage, pairs: Pairs, shrunk: Shrunk, *, by_plan: bool) -> pd.DataFrame:
    reached, tried, whole = pairs
    plan = np.nan if stage.rate is None else float(stage.rate)
    usable = np.isfinite(shrunk.used) & (shrunk.used > 0) & ~(by_plan & np.isfinite(plan))
    team = np.where(shrunk.of_team, "team", "company")
    source = np.where(~whole, "doubtful", np.where(tried > 0, "own", team))
    fallback = "plan" if np.isfinite(plan) else "none"
    return pd.DataFrame(
        {
            "rep": people["rep"].to_numpy(),
            "activity": stage.activity,
            "tried": tried.astype(np.int64),
            "reached": reached.astype(np.int64),
            "own_rate": np.divide(reached, tried, out=np.full(len(tried), np.nan), where=tried > 0),
            "team_rate": shrunk.team,
            "plan_rate": plan,
            "own_weight": np.where(usable, shrunk.weight, 0.0),
            "rate": np.where(usable, shrunk.used, plan),
            "source": np.where(usable, source, fallback),
        }
    )


def deal_sizes(past: Records, people: pd.DataFrame, months: Sequence[str], terms: Funnel) -> pd.DataFrame:
    """Average deal by rep: rep, activity (`deal`), tried (deals), amount_own, amount_team, amount_deal (fen),
    own_weight, source.

    From the orders of the months that count, each at most as large as the `trim` largest of its team leave it, and
    drawn to the team's mean; or the amount the file gives. A rep without orders has his team's.
    """
    reps, team = pd.Index(people["rep"]), people["team"].fillna("").astype(str)
    ours = past.deals[past.deals["month"].isin(window(months, terms)) & (past.deals["amount"] > 0)]
    ours = ours.assign(team=ours["rep"].map(dict(zip(people["rep"], team, strict=True)))).dropna(subset=["team"])
    most = ours.groupby("team")["amount"].transform(lambda fen: fen.quantile(1 - float(terms.deal.trim)))
    fen = np.minimum(ours["amount"].to_numpy(dtype=np.float64), most.to_numpy(dtype=np.float64))
    kept = pd.DataFrame({"rep": ours["rep"].to_numpy(), "sum": fen, "square": fen**2, "count": 1.0})
    kept = kept.sort_values(["rep", "sum"], kind="stable").groupby("rep").sum().reindex(reps).fillna(0.0)
    codes = np.asarray(pd.factorize(team, sort=True)[0], dtype=np.int64)
    total, square, count = (kept[name].to_numpy(dtype=np.float64) for name in ("sum", "square", "count"))
    shrunk = shrink_means(total, square, count, codes, None if terms.strength is None else float(terms.strength))
    return _sizes(people, shrunk, count, terms)


def _sizes(people: pd.DataFrame, shrunk: Shrunk, counts: Real, terms: Funnel) -> pd.DataFrame:
    given = terms.deal.size
    known = np.isfinite(shrunk.used)
    source = np.where(known, np.where(counts > 0, "own", np.where(shrunk.of_team, "team", "company")), "none")
    fen = [pd.array(np.rint(values), dtype="Float64").astype("Int64") for values in (shrunk.own, shrunk.team)]
    used = shrunk.used if given is None else np.full(len(people), float(to_fen(given)))
    return pd.DataFrame(
        {
            "rep": people["rep"].to_numpy(),
            "activity": DEAL,
            "tried": counts.astype(np.int64),
            "own_weight": shrunk.weight if given is None else 0.0,
            "source": source if given is None else "plan",
            "amount_own": fen[0],
            "amount_team": fen[1],
            "amount_deal": pd.array(np.rint(used), dtype="Float64").astype("Int64"),
        }
    )


def funnel_table(
    past: Records, people: pd.DataFrame, regular: NDArray[np.int64], months: Sequence[str], *, terms: Funnel
) -> pd.DataFrame:
    """Table `rep_allocation_funnel`: one row per rep and stage, the deal first, with what the quota asks for.

    `people`: rep, team; `regular`: what of their quotas has to come by the funnel (fen): the quota less projects
    planned apart. count = that / average deal / rates, rounded up once; unknown where a rate is. See `stage_rates` and
    `deal_sizes` for the other columns.
    """
    sizes, rates = deal_sizes(past, people, months, terms), stage_rates(past, people, months, terms)
    deals = regular.astype(np.float64) / sizes["amount_deal"].to_numpy(dtype="float64", na_value=np.nan)
    by_stage = rates["rate"].to_numpy().reshape(len(terms.stages), len(people)).T
    every = pd.concat([sizes, rates], ignore_index=True)
    exact = back_calculate(deals, by_stage)
    every = every.assign(count=rounded_up(exact.T.ravel()), exact=exact.T.ravel())
    order = {name: place for place, name in enumerate([DEAL, *terms.names])}
    ranked = every.assign(place=every["activity"].map(order)).sort_values(["rep", "place"], ignore_index=True)
    money = {name: ranked[name].astype("Int64") for name in ("amount_deal", "amount_own", "amount_team")}
    return ranked.assign(**money)[[*FUNNEL_COLUMNS, "exact"]].astype({"tried": "int64", "reached": "Int64"})
