"""Sets of plans beside the one in force: what each costs, and who gains and loses by it."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.commission.cost.team import RATIOS, SUMMED, with_ratios

IN_FORCE = "(in_force)"
SETS = ["plan_set", "scene", "attainment", *SUMMED, *RATIOS]
GAINS = ["rep", "plan_set", "scene", "plan", "sales", "pay", "pay_new", "difference", "difference_share"]
FULL, UNEVEN, LAST_YEAR = "full", "uneven", "last_year"
COMPARED = (FULL, UNEVEN, LAST_YEAR)  # scenes in which reps are compared; the others are attainments


class Paid(NamedTuple):
    """What one set of plans pays: its name, and of every scene its code, its attainment and the frame of `paid`."""

    name: str
    codes: list[str]
    attainments: list[float]
    frame: pd.DataFrame


def cost_of_sets(sets: list[Paid]) -> pd.DataFrame:
    """The team's cost by set of plans and scene: the first set is in force. int64 fen.

    Columns: plan_set, scene (attainment; full: 100 %; uneven: 100 % with months as uneven as last year's; last_year:
    last year's sales), attainment (sales / quota), quota, sales, commission, base_pay, draw, pay and the ratios.
    """
    return pd.concat([_team(one) for one in sets], ignore_index=True) if sets else no_sets()


def no_sets() -> pd.DataFrame:
    """The result without a plan."""
    texts = ("plan_set", "scene")
    kinds = {name: "str" if name in texts else "int64" if name in SUMMED else "float64" for name in SETS}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _team(one: Paid) -> pd.DataFrame:
    sums = with_ratios(one.frame.groupby("scene")[SUMMED].sum().reindex(range(len(one.codes)), fill_value=0))
    reached = sums["sales"] / sums["quota"].where(sums["quota"] > 0).astype("float64")
    asked = pd.Series(one.attainments, index=sums.index, dtype="float64")
    codes = pd.Series(one.codes, index=sums.index, dtype="str")
    return sums.assign(plan_set=one.name, scene=codes, attainment=asked.fillna(reached))[SETS]


def gains(sets: list[Paid]) -> pd.DataFrame:
    """What each rep gains (+) or loses (-) by each set of plans against the one in force, in the scenes compared.

    Columns: rep, plan_set, scene, plan (in force), sales, pay (in force), pay_new, difference = pay_new - pay (int64
    fen), difference_share = difference / pay. Who is on no plan in a set is paid nothing by it. Sorted by set, scene,
    difference and rep.
    """
    if len(sets) < 2:
        return no_gains()
    both = pd.concat([_against(sets[0], other) for other in sets[1:]], ignore_index=True)
    share = both["difference"] / both["pay"].where(both["pay"] > 0).astype("float64")
    return both.assign(difference_share=share.astype(np.float64))[GAINS]


def no_gains() -> pd.DataFrame:
    """The result without another set."""
    texts = ("rep", "plan_set", "scene", "plan")
    kinds = {name: "str" if name in texts else "float64" if name == "difference_share" else "int64" for name in GAINS}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _against(first: Paid, other: Paid) -> pd.DataFrame:
    compared = [place for place, code in enumerate(first.codes) if code in COMPARED]
    keys = ["scene", "rep"]
    old = first.frame[first.frame["scene"].isin(compared)]
    new = other.frame[[*keys, "pay", "sales"]].rename(columns={"pay": "pay_new", "sales": "sales_new"})
    both = old.merge(new[new["scene"].isin(compared)], how="outer", on=keys)
    money = ["pay", "pay_new", "sales", "sales_new"]
    both = both.assign(plan=both["plan"].fillna(""), **{name: both[name].fillna(0).astype("int64") for name in money})
    both = both.assign(difference=both["pay_new"] - both["pay"], sales=both[["sales", "sales_new"]].max(axis=1))
    told = both.assign(plan_set=other.name, code=both["scene"].map(dict(enumerate(first.codes))))
    told = told.sort_values(["scene", "difference", "rep"], ascending=[True, False, True])
    return told.drop(columns="scene").rename(columns={"code": "scene"})
