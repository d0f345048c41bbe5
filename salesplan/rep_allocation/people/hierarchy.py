"""Who answers to whom: company, managers, reps; what each level carries, and who holds the over-assignment."""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from math import prod
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNKNOWN
from salesplan.calendar import month_span
from salesplan.rep_allocation.people.roster import LONG_AGO
from salesplan.terms.rep_allocation import RepAllocationTerms

COMPANY = "(company)"
COLUMNS = ("level", "member", "parent", "holder", "depth", "count", "base", "assigned", "quota", "rate", "amount_held",
           "last_year")  # fmt: skip
SUMS = ["base", "assigned", "quota", "amount_held"]


class Chains(NamedTuple):
    """For each part of a quota, the managers above it, the top one first; "" beyond the last."""

    names: NDArray[Any]  # parts x depth
    depth: NDArray[np.int64]  # managers above each part


def total_rate(rules: RepAllocationTerms) -> Decimal:
    """Over-assignment from the company down to the reps: product of (1 + rate) over all levels, less one; exact.

    Example: 0.02 above the managers and 0.05 above the reps are 1.02 x 1.05 - 1 = 0.071.
    """
    return prod((1 + rate for rate in rules.upper_over_assignment), start=1 + rules.over_assignment) - 1


def manager_keys(reps: pd.DataFrame) -> "pd.Series[Any]":
    """The manager of each row of `reps`: the key of a listed rep, the name as it stands for others, "" for none.

    A manager is named by key or by name; a name two listed reps share is none of them.
    """
    said = reps["manager"].fillna("").astype(object)
    people = reps.loc[reps["name"].notna(), ["name", "rep"]].drop_duplicates()
    by_name = people.drop_duplicates("name", keep=False).set_index("name")["rep"]
    named = said.map(by_name.to_dict()).astype(object).fillna(said)
    return said.where(said.isin(set(reps["rep"])), named).rename("manager")


def sellers(reps: pd.DataFrame, *, named: Collection[str] = ()) -> pd.DataFrame:
    """The reps without the managers who sell nothing themselves; rows as they stand.

    Left out is whom others name as their manager, who has no potential or capacity of his own, and who is not
    `named`: those with sales, customers, deals, or an amount fixed or handed down.
    """
    own = reps[["potential", "capacity"]].notna().any(axis=1).groupby(reps["rep"]).transform("any")
    manages = reps["rep"].isin(set(manager_keys(reps)))
    return reps.loc[~manages | own | reps["rep"].isin(set(named))]


def placements(reps: pd.DataFrame, months: Sequence[str], *, cutoff: int | None = None) -> pd.DataFrame:
    """Where each rep belongs month by month: rep, month, manager, team, region.

    As in the spell of the month's last day, else the one begun last before it, else his first. Who manages others
    belongs to his own unit.
    """
    keys = manager_keys(reps)
    spells = reps.assign(
        manager=keys.where(~reps["rep"].isin(set(keys)), reps["rep"]).astype(object),
        since=pd.to_datetime(reps["start"]).fillna(LONG_AGO),
    )[["rep", "since", "manager", "team", "region"]].sort_values(["since", "rep"], kind="stable")
    first = spells.drop_duplicates("rep")
    opened = pd.concat([first.assign(since=LONG_AGO), spells]).sort_values(["since", "rep"], kind="stable")
    days = pd.DataFrame({"month": list(months), "day": [pd.Timestamp(month_span(m, cutoff)[1]) for m in months]})
    grid = first[["rep"]].merge(days, how="cross").sort_values("day", kind="stable")
    grid = grid.astype({"day": "datetime64[ns]"})
    found = pd.merge_asof(grid, opened.astype({"since": "datetime64[ns]"}), left_on="day", right_on="since", by="rep")
    return found.drop(columns=["day", "since"]).sort_values(["rep", "month"], ignore_index=True)


def parents_of(reps: pd.DataFrame) -> dict[str, str]:
    """The manager of each listed rep by his last spell, "" where none; whoever is not listed has none."""
    last = reps.assign(above=manager_keys(reps), since=pd.to_datetime(reps["start"]).fillna(LONG_AGO))
    last = last.sort_values(["rep", "since"], kind="stable").drop_duplicates("rep", keep="last")
    return dict(zip(last["rep"], last["above"], strict=True))


def chains(managers: "pd.Series[Any]", parents: dict[str, str]) -> Chains:
    """The managers above each direct manager in `managers`, himself the last of them."""
    steps = [managers.fillna("").to_numpy(dtype=object)]
    while (above := np.array([parents.get(name, "") for name in steps[-1]], dtype=object)).astype(bool).any():
        steps.append(above)
        if len(steps) > len(parents):
            raise ValueError("a manager manages himself")
    upward = np.column_stack(steps)
    depth = (upward != "").sum(axis=1)
    place = depth[:, None] - 1 - np.arange(upward.shape[1])
    names = np.where(place >= 0, np.take_along_axis(upward, np.maximum(place, 0), axis=1), "")
    return Chains(names, depth)


def steps_down(
    base: NDArray[np.int64], quota: NDArray[np.int64], depth: NDArray[np.int64], rules: RepAllocationTerms
) -> NDArray[np.int64]:
    """What each part amounts to at every step down: the company (column 0), each manager below it, then the rep.

    base + padding x (product of (1 + rate) so far - 1) / (product of all - 1), whole fen; the padding is quota - base.
    The direct manager carries every rate above him. Without rates all padding arises between manager and rep.
    """
    upper = rules.upper_over_assignment
    reached = [float(prod((1 + rate for rate in upper[:k]), start=Decimal(1)) - 1) for k in range(len(upper) + 1)]
    whole = float(total_rate(rules))
    columns = [base]
    for step in range(1, int(depth.max(initial=0)) + 2):
        rate = np.where(step == depth, reached[-1], reached[min(step, len(upper))])
        part = np.rint((quota - base) * (rate / whole)) if whole else np.zeros(len(base))
        columns.append(np.where(step > depth, quota, base + part.astype(np.int64)))
    return np.column_stack(columns)


def _parts(summary: pd.DataFrame, monthly: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """The year's quota of each rep by where he belonged: rep, manager, team, region, base, quota, last_year, row."""
    rows = monthly.merge(placed, on=["rep", "month"]).sort_values(["rep", "month"], kind="stable")
    keyed = rows.fillna({"manager": "", "team": UNKNOWN, "region": UNKNOWN})
    parts = keyed.groupby(["rep", "manager", "team", "region"], sort=False)[["base", "amount"]].sum().reset_index()
    last = ~parts["rep"].duplicated(keep="last")
    parts = parts[last | parts[["base", "amount"]].any(axis=1)].rename(columns={"amount": "quota"})
    last = ~parts["rep"].duplicated(keep="last")
    known = summary.set_index("rep")["last_year"]
    sold = parts["rep"].map(known).astype("Int64").where(last)
    return parts.assign(last_year=sold).reset_index(drop=True)


def hierarchy_table(
    summary: pd.DataFrame,
    monthly: pd.DataFrame,
    reps: pd.DataFrame,
    *,
    rules: RepAllocationTerms,
    cutoff: int | None = None,
) -> pd.DataFrame:
    """Table `rep_allocation_hierarchy`: what everyone answers for, and who holds the over-assignment.

    `summary` is the table of the reps (rep, last_year), `monthly` the quotas rep by month (rep, month, base, amount),
    `reps` the listed reps with their spells. One row per company, manager, rep (under each manager he has in the
    year), team and region. `base` share of the target, `assigned` what the one above asks of the member, `quota` what
    the reps of it carry in sum; `amount_held` the padding the `holder` keeps: between what is asked of him and what he
    asks of those directly below, `rate` its share of `assigned`. For rep, team and region the padding of the direct
    managers. Fen; `depth` 0 is the company. base + all amounts held by company and managers = quota.
    """
    if summary.empty:
        texts = dict.fromkeys(("level", "member", "parent", "holder"), "str")
        return pd.DataFrame({name: pd.Series(dtype=texts.get(name, "int64")) for name in COLUMNS})
    placed = placements(reps, sorted(monthly["month"].unique()), cutoff=cutoff)
    parts = _parts(summary, monthly[monthly["rep"].isin(summary["rep"])], placed)
    above = chains(parts["manager"], parents_of(reps))
    levels = steps_down(parts["base"].to_numpy(), parts["quota"].to_numpy(), above.depth, rules)
    rows = pd.concat([*_tree(parts, above, levels), *_groups(parts, above, levels)], ignore_index=True)
    keys = ["order", "path", "level", "member", "parent", "holder", "depth"]
    grouped = rows.groupby(keys, sort=True)
    sums = grouped[SUMS].sum().assign(count=grouped["rep"].nunique(), last_year=grouped["last_year"].sum(min_count=1))
    every = sums.reset_index()
    rate = every["amount_held"] / every["assigned"].where(every["assigned"] != 0)
    return every.assign(rate=rate.astype("float64"))[list(COLUMNS)]


def _at(parts: pd.DataFrame, levels: NDArray[np.int64], step: NDArray[np.int64] | int, **keys: Any) -> pd.DataFrame:
    """The parts with what is asked at a step down, and what is kept between it and the next."""
    place = np.broadcast_to(step, len(parts))[:, None]
    assigned, below = (np.take_along_axis(levels, place + more, axis=1)[:, 0] for more in (0, 1))
    return parts.assign(assigned=assigned, amount_held=below - assigned, depth=step, **keys)


def _tree(parts: pd.DataFrame, above: Chains, levels: NDArray[np.int64]) -> Iterator[pd.DataFrame]:
    """Company, every manager and the reps, each part once under each of them; `path` sorts those below behind."""
    yield _at(parts, levels, 0, order=0, path="", level="company", member=COMPANY, parent="", holder=COMPANY)
    path = parent = np.full(len(parts), "", dtype=object)
    for step in range(1, above.names.shape[1] + 1):
        names = above.names[:, step - 1]
        path = path + np.where(names != "", "\0" + names, "")
        here = np.flatnonzero(names != "")
        keys = {"member": names[here], "parent": np.where(step > 1, parent, COMPANY)[here], "holder": names[here]}
        yield _at(parts.iloc[here], levels[here], step, order=0, path=path[here], level="manager", **keys)
        parent = names
    direct = np.where(parts["manager"] != "", parts["manager"], COMPANY)
    reps = {"member": parts["rep"], "parent": direct, "holder": direct, "path": path + "\0" + parts["rep"]}
    found = _at(parts, levels, above.depth, order=0, level="rep", **reps)
    yield found.assign(depth=above.depth + 1)


def _groups(parts: pd.DataFrame, above: Chains, levels: NDArray[np.int64]) -> Iterator[pd.DataFrame]:
    """Teams and regions; who holds the padding is named where it is one manager."""
    for order, level in enumerate(("team", "region"), 1):
        if (parts[level] != UNKNOWN).any():
            pairs = parts[[level, "manager"]].drop_duplicates()
            alone = pairs.drop_duplicates(level, keep=False).set_index(level)["manager"]
            one = parts[level].map(alone.to_dict()).astype(object).fillna("")
            keys = {"member": parts[level], "parent": COMPANY, "holder": one, "path": parts[level]}
            yield _at(parts, levels, above.depth, order=order, level=level, **keys).assign(depth=1)
