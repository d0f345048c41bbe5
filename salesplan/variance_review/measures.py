"""What a review looks at, and sums of the monthly cube that do not depend on the order of its rows."""

from dataclasses import dataclass

import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.calendar import add_months

DEDUCTIONS = ("allowance", "rebate")
MICRO = 1_000_000


@dataclass(frozen=True)
class Figures:
    """The tables a review compares.

    `months`: the twelve labels of the fiscal year; `closed`: those of them that are reviewed, from the first on.
    `split` and `allocation`: tables `seasonal_split` and `rep_allocation`; `facts`: the monthly cube of history and
    actuals (amounts int64 fen, returns, allowances and rebates already lowering them); `orders`: every order of all
    years. The others are input tables. None where a table is not there.
    """

    months: list[str]
    closed: list[str]
    split: pd.DataFrame
    allocation: pd.DataFrame
    facts: pd.DataFrame
    reps: pd.DataFrame | None = None
    products: pd.DataFrame | None = None
    orders: pd.DataFrame | None = None
    collections: pd.DataFrame | None = None
    causes: pd.DataFrame | None = None
    kpis: pd.DataFrame | None = None

    @property
    def open(self) -> list[str]:
        """The months to come."""
        return [month for month in self.months if month not in self.closed]

    @property
    def actuals(self) -> pd.DataFrame:
        """Facts of the closed months."""
        return self.facts[self.facts["month"].isin(self.closed)]

    @property
    def last_year(self) -> pd.DataFrame:
        """Facts of the fiscal year before."""
        return self.facts[self.facts["month"].isin([add_months(month, -12) for month in self.months])]

    @property
    def targets(self) -> pd.Series:
        """Amount of the plan level by month, fen."""
        return amount_by(self.split, "month").reindex(self.months, fill_value=0)


def amount_by(frame: pd.DataFrame, *keys: str) -> pd.Series:
    """Amounts in fen by one or more columns, sorted by them."""
    return frame.groupby(list(keys) if len(keys) > 1 else keys[0], observed=True)["amount"].sum().astype("int64")


def quantity_by(facts: pd.DataFrame, key: str) -> pd.Series:
    """Quantities by a column; NaN where one of the lines does not know its own.

    Allowances and rebates have none. Summed in whole millionths, so that the order of rows changes nothing.
    """
    counted = facts[~facts["kind"].isin(DEDUCTIONS)]
    unknown = counted["quantity"].isna().groupby(counted[key]).any()
    micro = (counted["quantity"].fillna(0.0) * MICRO).round().astype("int64")
    total = micro.groupby(counted[key]).sum() / MICRO
    return total.mask(unknown).reindex(sorted(facts[key].unique()), fill_value=0.0)


def named_members(facts: pd.DataFrame, by: str) -> pd.DataFrame:
    """Facts whose members are all named."""
    return facts.assign(**{by: facts[by].replace("", UNKNOWN)})


def known_members(facts: pd.DataFrame, dimension: str) -> bool:
    """Whether any line tells its member of a dimension."""
    return dimension in facts and bool((~facts[dimension].isin(["", UNKNOWN])).any())


def numbered(orders: pd.DataFrame | None) -> pd.DataFrame | None:
    """Orders that carry a number; None where none does, for then how many there are is not known."""
    if orders is None or not len(orders):
        return None
    known = orders[orders["order"].notna() & (orders["order"] != "")]
    return known if len(known) else None
