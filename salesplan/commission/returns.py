"""What returns take back: what was paid on the order they return, at the rate that was paid."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from salesplan.commission.credit import BY_PRODUCT, BY_REP, NOTHING, ORDER, PRODUCT, with_returns
from salesplan.commission.exact import part_of
from salesplan.money import MICRO, Integers, to_micro
from salesplan.terms.commission import CommissionPlan

KEYS = ["event", "tier", "back", "base", "rate", "amount"]
NAMES = ["event", "rep", "okey", "product", "level", "at", "day", "amount"]


@dataclass
class Returns:
    """The returns of a plan's credited amounts, and what was paid on their orders in periods gone by.

    `events`: credited amounts with the marks of `link_returns`; `days`: the day of each order by `okey`. `some`:
    whether an event's order is returned at some time; nothing else need be remembered.
    """

    events: pd.DataFrame
    plan: CommissionPlan
    days: Integers
    closed: list[pd.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Keep what speaks of returned orders only."""
        self.some = with_returns(self.events)
        if not self.some.any():
            self.some = np.zeros(len(self.events), dtype=bool)
        self.told = self.events.assign(event=np.arange(len(self.events)))[NAMES][self.some].reset_index(drop=True)
        self.any = bool((self.told["level"] != NOTHING).any())
        weight, self.whole = self._weights()
        scope = self.told["product"].where(self.told["level"] == PRODUCT, -1)
        groups = [self.told["rep"], self.told["okey"], self.told["level"], scope]
        self.told = self.told.assign(returned=pd.Series(weight, index=self.told.index).groupby(groups).cumsum())

    def close(self, paid: pd.DataFrame, taken: pd.DataFrame) -> None:
        """Remember a period that is over: what it paid on returned orders, and what its returns took back."""
        if self.any:
            self.closed.append(pd.concat([paid[self.some[paid["event"].to_numpy()]], taken], ignore_index=True))

    def to_date(self, paid: pd.DataFrame, first: int, month: int) -> pd.DataFrame:
        """What the returns of a period (from month `first`) up to a month take back, in whole.

        To date it is what was paid x returned / ordered, tier by tier, rounded once half away from zero, so that a full
        return takes back exactly what was paid, bonus included. What earlier periods took back stays. `paid`: rows of
        the open period to date.
        """
        at = self.told["at"]
        opened = self.told[(self.told["level"] != NOTHING) & (at >= first) & (at <= month)]
        if opened.empty:
            return nothing()
        rows = pd.concat([*self.closed, paid[self.some[paid["event"].to_numpy()]]], ignore_index=True)
        names = self.told[["event", "rep", "okey", "product", "level"]]
        rows = rows.merge(names.assign(sold=self.told["amount"] > 0), on="event")
        sold = self.told[(self.told["amount"] > 0) & (at <= month)]
        parts = []
        for level, by in ((PRODUCT, list(BY_PRODUCT)), (ORDER, list(BY_REP))):
            ordered = sold.groupby(by)["amount"].sum().rename("ordered").reset_index()
            returns = opened[opened["level"] == level].merge(ordered, on=by)
            taken = rows[(rows["back"] == 1) & (rows["level"] == level)]
            parts.append(
                _shares(returns.assign(ordered=returns["ordered"] * self.whole), rows[rows["sold"]], taken, by)
            )
        return pd.concat(parts, ignore_index=True)

    def _weights(self) -> tuple[Integers, int]:
        """What each return takes back of what it returns, as amount x part, and what the parts are parts of.

        All of it, a fixed share, or the part of the term that is not served: whole months from the order's day on.
        """
        back = np.where(self.told["level"] != NOTHING, -self.told["amount"], 0)
        if self.plan.clawback == "original_rate":
            return back, 1
        if self.plan.clawback == "share":
            return back * to_micro(self.plan.clawback_share or 0), MICRO
        term = self.plan.clawback_months or 1
        served = months_between(self.days[self.told["okey"].to_numpy()], self.told["day"].to_numpy())
        return back * np.maximum(term - served, 0), term


@cache
def nothing() -> pd.DataFrame:
    """No commission rows; one frame for all who ask, so nobody may change it."""
    return pd.DataFrame({name: pd.Series(dtype="int64") for name in KEYS})


def _shares(returns: pd.DataFrame, paid: pd.DataFrame, taken: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Share of what was paid on each order that its returns take back, less what they took before."""
    keys = [*by, "tier", "rate"]
    whole = paid.groupby(keys)[["base", "amount"]].sum().reset_index()
    before = taken.groupby(keys)[["base", "amount"]].sum().add_suffix("_before").reset_index()
    found = returns[["event", *by, "ordered", "returned"]].merge(whole, on=by).merge(before, how="left", on=keys)
    found = found.sort_values([*keys, "event"], kind="stable", ignore_index=True)
    first = ~found.duplicated(keys).to_numpy()
    change = {}
    for name in ("base", "amount"):
        to_date = -part_of(found[name], found["returned"], found["ordered"])
        so_far = np.where(first, found[f"{name}_before"].fillna(0).astype("int64"), np.roll(to_date, 1))
        change[name] = to_date - so_far
    return found.assign(back=1, **change)[KEYS]


def months_between(first: Integers, last: Integers) -> Integers:
    """Whole months from one day to another (days since 1970), at least 0."""
    begin, end = (np.asarray(days, dtype="datetime64[D]") for days in (first, last))
    month = [days.astype("datetime64[M]") for days in (begin, end)]
    day = [
        (days - start.astype("datetime64[D]")).astype(np.int64) for days, start in zip((begin, end), month, strict=True)
    ]
    whole = (month[1] - month[0]).astype(np.int64) - (day[1] < day[0])
    return np.asarray(np.maximum(whole, 0), dtype=np.int64)
