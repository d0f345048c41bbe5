"""What the history alone says about the year: a damped trend and the odds of a level."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesplan import odds
from salesplan.money import held
from salesplan.terms.estimates import TrendEstimate
from salesplan.years import COVERAGE, foretold


@dataclass(frozen=True)
class Trend:
    """The year's net sales as the history alone expects them.

    `year` holds expectation, spread and degrees of one series in fen; `growth` is the past growth per year that was
    damped; `lead` how far last year's last quarter ran ahead of its season (share); `years` is how many complete
    years it rests on. `growth` and `lead` are NaN with a single year.
    """

    year: odds.YearOdds
    growth: float
    lead: float
    years: int

    @property
    def expected(self) -> int:
        """The year's net sales in fen that are as likely exceeded as missed."""
        return held(float(self.year.expected[0]))

    def interval(self, coverage: float = COVERAGE) -> tuple[int, int]:
        """Low and high in fen between which the year lies with the given probability."""
        low, high = self.year.interval(coverage)
        return held(float(low[0])), held(float(high[0]))

    def reach(self, level: int) -> float:
        """Probability that the year's net sales reach `level` (fen)."""
        return float(self.year.reach([level])[0])


def trend(months: pd.DataFrame, *, fiscal_year: int, terms: TrendEstimate | None = None) -> Trend | None:
    """The damped trend of the yearly totals, with the odds of the ground (`years.foretold`).

    `months` is the frame of `monthly` (index year, columns 1 to 12, fen). None without a complete year that sold
    anything.
    """
    year = foretold(months, fiscal_year=fiscal_year, terms=terms)
    if year is None:
        return None
    table = months.tail((terms or TrendEstimate()).years).to_numpy(dtype=np.float64)[None]
    single = table.shape[1] == 1
    return Trend(
        year=year,
        growth=math.nan if single else math.expm1(float(odds.growth(table)[0])),
        lead=math.nan if single else math.expm1(float(odds.lead(table)[0])),
        years=table.shape[1],
    )
