"""Shares of orders: what a colleague was credited with on a customer whose owner has not changed stays with him."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.rep_allocation.people.roster import LONG_AGO, NOBODY, day_numbers, employments, month_days

KEYS = ["customer", "month"]
MAIN = 0.5  # of a customer's sales of a month: who has more of them is their clear main seller


def credited_to_stay(
    history: pd.DataFrame, owned: pd.DataFrame, reps: pd.DataFrame, months: Sequence[str], cutoff: int | None = None
) -> NDArray[np.bool_]:
    """Which lines of the history stay with the rep they are credited to, instead of following the customer.

    Those where the customer's owner in the month of the sale is his owner at the beginning of the plan year, and the
    rep is another one who is still there at its end: he shared or helped with the order, nobody took anything over.
    Owners of a past month are those of the spells with a known start; where none covers it, its clear main seller, else
    the rep himself. `owned` spells customer, rep, start, end (blank dates open), `reps` as the table.
    """
    stays = np.zeros(len(history), dtype=np.bool_)
    if owned.empty or "customer" not in history:
        return stays
    spells = owned[owned["rep"].notna()]
    spells = spells.assign(first_day=day_numbers(spells["start"]), last_day=day_numbers(spells["end"]))
    opens, closes = month_days(months, cutoff)
    there = employments(reps, months, cutoff=cutoff)
    staying = set(there.loc[(there["first_day"] <= opens[0]) & (there["last_day"] >= closes[-1]), "rep"]) - NOBODY
    now = spells[(spells["first_day"] <= opens[0]) & (spells["last_day"] >= opens[0])]
    present = now.drop_duplicates("customer").set_index("customer")["rep"]
    owner = history["customer"].map(present)
    other = owner.notna() & (owner != history["rep"]) & history["rep"].isin(staying)
    if not other.any():
        return stays
    cells = history.loc[other, [*KEYS, "rep"]].assign(owner=owner[other])
    stays[other.to_numpy()] = _helped(cells, history, spells, cutoff)
    return stays


def _helped(cells: pd.DataFrame, history: pd.DataFrame, spells: pd.DataFrame, cutoff: int | None) -> NDArray[np.bool_]:
    """Whether the present owner already owned the customer in the month of each line, and its rep did not."""
    pairs = cells[KEYS].drop_duplicates(ignore_index=True)
    labels = sorted(pairs["month"].unique())
    opens, closes = month_days(labels, cutoff)
    dated = spells[spells["start"] > LONG_AGO].astype({"customer": "str", "rep": "str"})
    both = pairs.astype("str").merge(dated[["customer", "rep", "first_day", "last_day"]], on="customer")
    place = pd.Index(labels).get_indexer(both["month"])
    inside = (both["first_day"] <= closes[place]) & (both["last_day"] >= opens[place])
    then = both.loc[inside, [*KEYS, "rep"]]
    unknown = pairs[~_index(pairs).isin(_index(then))]
    known = _index(pd.concat([then, _main_sellers(unknown, history)]), "rep")
    return np.asarray(_index(cells, "owner").isin(known) & ~_index(cells, "rep").isin(known), dtype=np.bool_)


def _main_sellers(pairs: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Who sold more than half of what each customer bought in a month: customer, month, rep."""
    lines = history[_index(history).isin(_index(pairs))] if len(pairs) else history.head(0)
    sums = lines.groupby([*KEYS, "rep"], sort=True)["amount"].sum().clip(lower=0).reset_index()
    whole = sums.groupby(KEYS)["amount"].transform("sum")
    return sums.loc[sums["amount"] > MAIN * whole, [*KEYS, "rep"]]


def _index(frame: pd.DataFrame, *more: str) -> Any:
    return pd.MultiIndex.from_frame(frame[[*KEYS, *more]], names=None)
