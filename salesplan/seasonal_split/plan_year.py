"""The year that is split."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from salesplan import calendar as days_of
from salesplan.money import to_fen
from salesplan.terms import PlanTerms


@dataclass(frozen=True)
class PlanYear:
    """The year that is split: its months, the country whose workdays count, the money unit in fen."""

    fiscal_year: int
    first_month: int = 1
    month_cutoff: int | None = None
    calendar: str = "CN"
    unit: int = 1

    @classmethod
    def of(cls, plan: PlanTerms) -> "PlanYear":
        """The year of a plan."""
        return cls(plan.fiscal_year, plan.first_month, plan.month_cutoff, plan.calendar, to_fen(plan.money_unit))

    @property
    def months(self) -> list[str]:
        """The twelve labels in fiscal order."""
        return days_of.fiscal_months(self.fiscal_year, self.first_month)

    def fiscal_years(self, months: "pd.Series[Any]") -> "pd.Series[Any]":
        """Fiscal year of each label."""
        return months.map({m: days_of.fiscal_year_of(m, self.first_month) for m in months.unique()}).astype("int64")
