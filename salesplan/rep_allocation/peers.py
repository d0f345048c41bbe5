"""Each rep beside his peers: how far his quota lies from theirs, and from what the rule alone would give him."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import TOTAL
from salesplan.rep_allocation.fairness import projects_of
from salesplan.terms.fairness import Fairness

PEER_COLUMNS = [
    "rep", "name", "quota", "amount_rule", "growth", "quota_to_expected", "peers", "peers_share", "distance", "far",
]  # fmt: skip
ENOUGH = 5  # fewer peers say nothing about who is far from them
NORMAL = 1.4826  # median absolute deviation x this is the standard deviation of a normal
LEAST_DEVIATION = 0.02  # of quota to expected: closer together nobody is far


def peer_groups(reps: pd.DataFrame) -> "pd.Series[str]":
    """The peers each rep is compared with: his team and grade, else his team, else his grade, else all.

    The first of these groups that has at least five members with a known `quota_to_expected`; blank for a rep without
    one and where all together are fewer.
    """
    return _beside(reps)["peers"]


def _beside(reps: pd.DataFrame) -> pd.DataFrame:
    """By rep: his group (`peers`), its `median` and its `deviation` (median absolute), of all its members.

    A group is everybody of the team, grade ...: those too who are themselves compared within a narrower one.
    """
    ratio = reps["quota_to_expected"]
    team, grade = (_texts(reps, name) for name in ("team", "grade"))
    both = (team + " " + grade).where((team != "") & (grade != ""), "")
    found = pd.DataFrame({"peers": "", "median": np.nan, "deviation": np.nan}, index=reps.index)
    for group in (both, team, grade, pd.Series(TOTAL, index=reps.index)):
        median = ratio.groupby(group).transform("median")
        deviation = (ratio - median).abs().groupby(group).transform("median")
        enough = (ratio.groupby(group).transform("count") >= ENOUGH) & (group != "") & ratio.notna()
        takes = enough & (found["peers"] == "")
        found = found.mask(takes, pd.DataFrame({"peers": group, "median": median, "deviation": deviation}))
    return found.astype({"peers": "str"})


def _texts(reps: pd.DataFrame, name: str) -> "pd.Series[str]":
    return reps[name].fillna("").astype("str") if name in reps else pd.Series("", index=reps.index, dtype="str")


def compared(reps: pd.DataFrame, people: pd.DataFrame, carried: "pd.Series[float]", limits: Fairness) -> pd.DataFrame:
    """The reps with what sets each apart.

    `reps` the table rep_allocation_reps, `people` one row per rep (`rep`, `grade`), `carried` by rep what he carries by
    the rule, in any unit. Added: `growth` (quota on last year's sales), `carried_share` (his part of what is carried),
    `amount_rule` (fen: that part of all quotas, deals planned apart with their over-assignment on top), `peers` (the
    group he is compared with), `peers_share` (its median of quota to expected), `distance` (from it, in median absolute
    deviations x 1.4826, at least 2 %), `far` (`harder`, `easier` or blank; blank too among fewer than five).
    """
    last = reps["last_year"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    graded = reps.assign(grade=reps["rep"].map(people.set_index("rep")["grade"]) if "grade" in people else "")
    beside = _beside(graded)
    own = np.nan_to_num(carried.reindex(reps["rep"]).to_numpy(dtype=np.float64))
    shares = own / max(np.sort(own).sum(), 1e-300)
    median, spread = beside["median"], (beside["deviation"] * NORMAL).clip(lower=LEAST_DEVIATION)
    distance = (reps["quota_to_expected"] - median) / spread
    far = np.select([distance > float(limits.distance), distance < -float(limits.distance)], ["harder", "easier"], "")
    return reps.assign(
        growth=reps["quota"].to_numpy() / np.where(last > 0, last, np.nan) - 1,
        carried_share=shares,
        amount_rule=by_weight(reps["quota"], shares, projects_raised(reps)),
        peers=beside["peers"],
        peers_share=median,
        distance=distance,
        far=pd.Series(far, index=reps.index, dtype="str"),
    )


def projects_raised(reps: pd.DataFrame) -> NDArray[np.int64]:
    """What deals planned apart make up of each quota, fen: raised as all quotas are over their base."""
    base = float(reps["base"].sum()) if "base" in reps else 0.0
    raised = float(reps["quota"].sum()) / base if base > 0 else 1.0
    return np.asarray(np.rint(projects_of(reps) * raised).astype(np.int64))


def by_weight(quota: "pd.Series[int]", shares: NDArray[np.float64], apart: NDArray[np.int64]) -> NDArray[np.int64]:
    """What each quota (fen) would be in proportion to what is carried, without agreements, bounds and transfers.

    Deals planned apart lie with their reps; the rest of the sum of all quotas is shared.
    """
    return np.asarray(np.rint(shares * float(quota.sum() - apart.sum())).astype(np.int64) + apart, dtype=np.int64)
