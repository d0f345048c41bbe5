"""Which row that is gone and which row that was added are one row that changed."""

from collections.abc import Sequence

import pandas as pd

Step = tuple[str, ...]
PAIRS = ["gone", "added", "step"]

# Tables in which no columns name a row only once: the columns that tell which row is meant, the closest first.
LIKENESS: dict[str, tuple[Step, ...]] = {
    "sales": (("order", "product", "kind"), ("order", "product"), ("date", "customer", "product", "rep", "order")),
    "reps": (("rep", "start"), ("rep",)),
    "customers": (("customer", "start"), ("customer",)),
    "collections": (("order", "date", "kind"), ("order", "date"), ("customer", "date", "order")),
    "adjustments": (("dispute", "month", "rep"), ("month", "rep", "order", "reason"), ("month", "rep", "order")),
    "corrections": (("order", "month"), ("rep", "month", "order")),
    "causes": (("month", "code", "rep"), ("month", "code")),
}


def steps_of(likeness: Sequence[Step], names: Sequence[str]) -> list[Step]:
    """What rows are paired by, in this order: the columns of `likeness` that are there, then all columns but one.

    A step whose first column is not there is left out; without any likeness there is no step at all.
    """
    there = [tuple(name for name in step if name in names) for step in likeness if step[0] in names]
    others = [tuple(name for name in names if name != left) for left in names] if likeness else []
    return [step for step in dict.fromkeys([*there, *others]) if step]


def paired(different: pd.DataFrame, steps: Sequence[Step]) -> pd.DataFrame:
    """Pairs of rows that agree in the columns of a step: gone and added (labels of `different`), step (its number).

    `different`: the columns, side (-1 gone, 1 added), times, in the order of rows. Each row is paired at most as often
    as it stands there. The first step that finds a pair counts. Where several rows agree, the first that is gone goes
    with the first that was added, and so on. The first column of a step must be filled; blanks agree with blanks.

    Example: gone (D1, paint, 100), added (D1, paint, 120) and (D2, glue, 7): the first two are one row, by the order.
    """
    rest = different.loc[different.index.repeat(different["times"])].rename_axis("label").reset_index()
    names = dict.fromkeys(name for step in steps for name in step)
    marks = pd.DataFrame({name: pd.util.hash_pandas_object(rest[name], index=False) for name in names})
    found = [pd.DataFrame(columns=PAIRS, dtype="int64")]
    for number, step in enumerate(steps):
        if rest["side"].nunique() < 2:
            break
        both = _agreeing(rest, step, marks.loc[rest.index, list(step)])
        found.append(pd.DataFrame({"gone": rest["label"].loc[both["gone"]].to_numpy(),
                                   "added": rest["label"].loc[both["added"]].to_numpy(), "step": number}))  # fmt: skip
        rest = rest.drop(index=pd.concat([both["gone"], both["added"]]))
    return pd.concat([pairs for pairs in found if len(pairs)] or found[:1]).sort_values("added", ignore_index=True)


def _agreeing(rest: pd.DataFrame, step: Step, marks: pd.DataFrame) -> pd.DataFrame:
    """Index of rows gone and added that agree in the columns; the sum of their hashes leaves out most that do not."""
    mark = marks.sum(axis=1)
    shared = mark.isin(mark[rest["side"] < 0]) & mark.isin(mark[rest["side"] > 0])
    near = rest[shared & rest[step[0]].notna()]
    like = near.groupby(list(step), dropna=False, sort=False).ngroup()
    nth = near.groupby([like, near["side"]]).cumcount()
    told = pd.DataFrame({"like": like, "nth": nth, "side": near["side"], "at": near.index})
    gone, added = told[told["side"] < 0], told[told["side"] > 0]
    both = gone.merge(added, on=["like", "nth"], suffixes=("_gone", "_added"))
    return both.rename(columns={"at_gone": "gone", "at_added": "added"})[["gone", "added"]]
