"""Reps beside their peers: rank to date, distance to the middle and to the best, and what catching up takes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.terms.kpis import CatchUp
from salesplan.variance_review.measures import Figures

RANKING_COLUMNS = [
    "place", "rep", "target", "actual", "attainment", "median_gap_share", "best_gap_share",
    "amount_to_median", "amount_to_best", "amount_behind", "quota", "months_left",
    "amount_month_planned", "amount_month_quota", "amount_month_median", "amount_month_so_far",
]  # fmt: skip


class Promise(NamedTuple):
    """What a rep says he will sell in the months to come, worked out; fen."""

    rep: str
    amount: int
    monthly: int | None  # what he takes it to be a month
    months: int
    needed: int  # amount / months, what it really is a month

    @property
    def consistent(self) -> bool:
        """Whether his own two numbers agree, to a currency unit a month."""
        return self.monthly is None or abs(self.monthly - self.needed) < 100


def ranking(standing: pd.DataFrame, figures: Figures) -> pd.DataFrame:
    """Table `variance_review_ranking`: one row per rep, the best attainment to date first.

    `standing`: the view of `variance_review.standing`. `place` by attainment to date (equal ones share it; blank
    without a target), `median_gap_share` and `best_gap_share` = own attainment less the peers' middle and best
    (those whose target to date is at least half the middle one: nobody is held against a newcomer's first weeks);
    `amount_to_median` and `amount_to_best`: what more he would have had to sell to stand there (0 where he does);
    `amount_behind`: what the peer who sold most has sold more.
    With `quota` of the year and `months_left`, what he must sell a month from now on: `amount_month_quota` to reach
    his quota, `amount_month_median` to close the year at the attainment that the peers' middle has now; beside them
    `amount_month_planned`, what the quota asked of these months, and `amount_month_so_far`. Fen, rounded up to the
    fen; blank when no month is left. Source: S0, a rep who compares himself with a peer.
    """
    done, known = standing["attainment"].to_numpy(), standing["attainment"].notna().to_numpy()
    target, actual, quota = (standing[name].to_numpy() for name in ("target", "actual", "quota"))
    peers = done[known & (2 * target >= np.median(target[known]))] if known.any() else done[:0]
    middle, best = (float(np.median(peers)), float(peers.max())) if len(peers) else (np.nan, np.nan)
    places = standing["attainment"].round(12).rank(ascending=False, method="min")
    left, closed = len(figures.open), len(figures.closed)
    return pd.DataFrame(
        {
            "place": places.astype("Int64"),
            "rep": standing["rep"].astype("str"),
            "target": target,
            "actual": actual,
            "attainment": done,
            "median_gap_share": done - middle,
            "best_gap_share": done - best,
            "amount_to_median": _missing(middle, target, actual, known),
            "amount_to_best": _missing(best, target, actual, known),
            "amount_behind": (actual.max() if len(actual) else 0) - actual,
            "quota": quota,
            "months_left": left,
            "amount_month_planned": monthly(pd.Series(quota - target), left).where(known),
            "amount_month_quota": monthly(pd.Series(quota - actual), left).where(known),
            "amount_month_median": monthly(_missing(middle, quota, actual, known), left),
            "amount_month_so_far": monthly(pd.Series(actual), closed),
        }
    )[RANKING_COLUMNS]


def _missing(share: float, target: "np.ndarray", actual: "np.ndarray", known: "np.ndarray") -> pd.Series:
    """Fen short of a share of the target, never below zero; NA where there is no share or target."""
    if share != share:
        return pd.Series(pd.NA, index=range(len(target)), dtype="Int64")
    micro = int(share * 1_000_000)  # whole numbers from here on
    asked = pd.Series([-(-int(goal) * micro // 1_000_000) for goal in target], dtype="Int64")
    return (asked - actual).clip(lower=0).where(known)


def monthly(amount: pd.Series, months: int) -> pd.Series:
    """An amount in equal parts over months, rounded up to the fen and never below zero; NA without a month."""
    whole = amount.astype("Int64")
    if not months:
        return pd.Series(pd.NA, index=whole.index, dtype="Int64")
    return (-((-whole) // months)).clip(lower=0)


def promises(figures: Figures, given: Sequence[CatchUp]) -> list[Promise]:
    """The catch-up goals that reps named, each divided by the months to come; none when no month is left.

    S0 wants 150,000 in six months and calls it 30,000 a month; it is 25,000. Both stand, ours is worked out.
    """
    left = len(figures.open)
    return [
        Promise(one.rep, int(one.amount * 100), _fen(one), left, -(-int(one.amount * 100) // left))
        for one in (given if left else ())
    ]


def _fen(one: CatchUp) -> int | None:
    return None if one.monthly is None else int(one.monthly * 100)
