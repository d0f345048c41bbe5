"""Each rep beside his peers: how far his quota lies from theirs, and from what the rule alone would give him."""

import numpy as np
import pandas as pd

from salesplan.apportion import TOTAL
from salesplan.terms.fairness import Fairness

ENOUGH = 5  # fewer peers say nothing about who is far from them
NORMAL = 1.4826  # median absolute deviation x this is the standard deviation of a normal
LEAST_DEVIATION = 0.02  # of quota to expected: closer together nobody is far


def peer_groups(reps: pd.DataFrame) -> "pd.Series[str]":
    """The peers each rep is compared with: his team and grade, else his team, else his grade, else all.

    The first of these groups that has at least five members with a known `quota_to_expected`; blank for a rep without
    one and where all together are fewer.
    """
    known = reps["quota_to_expected"].notna()
    team, grade = (_texts(reps, name) for name in ("team", "grade"))
    both = (team + " " + grade).where((team != "") & (grade != ""), "")
    found = pd.Series("", index=reps.index, dtype="str")
    for group in (both, team, grade, pd.Series(TOTAL, index=reps.index)):
        count = known.groupby(group).transform("sum").where(group != "", 0)
        found = found.mask((found == "") & known & (count >= ENOUGH), group)
    return found


def _texts(reps: pd.DataFrame, name: str) -> "pd.Series[str]":
    return reps[name].fillna("").astype("str") if name in reps else pd.Series("", index=reps.index, dtype="str")


def compared(reps: pd.DataFrame, people: pd.DataFrame, limits: Fairness) -> pd.DataFrame:
    """The reps with what sets each apart.

    `reps` the table rep_allocation_reps, `people` one row per rep (`rep`, `grade`). Added: `growth` (quota on last
    year's sales), `amount_rule` (fen: the sum of all quotas by weight and part of the year alone), `peers` (the group
    he is compared with), `peers_share` (its median of quota to expected), `distance` (from it, in median absolute
    deviations x 1.4826, at least 2 %), `far` (`harder`, `easier` or blank; blank too among fewer than five).
    """
    last = reps["last_year"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    graded = reps.assign(grade=reps["rep"].map(people.set_index("rep")["grade"]) if "grade" in people else "")
    groups = peer_groups(graded)
    ratio = reps["quota_to_expected"]
    median = ratio.groupby(groups).transform("median").where(groups != "")
    spread = ((ratio - median).abs().groupby(groups).transform("median") * NORMAL).clip(lower=LEAST_DEVIATION)
    distance = (ratio - median) / spread
    far = np.select([distance > float(limits.distance), distance < -float(limits.distance)], ["harder", "easier"], "")
    return reps.assign(
        growth=reps["quota"].to_numpy() / np.where(last > 0, last, np.nan) - 1,
        amount_rule=by_rule(reps),
        peers=groups,
        peers_share=median,
        distance=distance,
        far=pd.Series(far, index=reps.index, dtype="str"),
    )


def by_rule(reps: pd.DataFrame) -> "pd.Series[int]":
    """What each quota would be by weight x part of the year alone, without agreements and bounds; fen."""
    share = (reps["weight"] * reps["ramp_share"]).astype("float64")
    total = share.sum()
    parts = share / total * float(reps["quota"].sum()) if total > 0 else share * 0
    return parts.round().astype("int64")
