"""What the history alone says about the year: a damped trend and the odds of a level."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesplan import odds
from salesplan.money import LARGEST
from salesplan.terms.estimates import TrendEstimate

COVERAGE = 0.8


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
        return _fen(float(self.year.expected[0]))

    def interval(self, coverage: float = COVERAGE) -> tuple[int, int]:
        """Low and high in fen between which the year lies with the given probability."""
        low, high = self.year.interval(coverage)
        return _fen(float(low[0])), _fen(float(high[0]))

    def reach(self, level: int) -> float:
        """Probability that the year's net sales reach `level` (fen)."""
        return float(self.year.reach([level])[0])


def _fen(amount: float) -> int:
    """Whole fen, held within what money can be."""
    return round(max(-LARGEST, min(amount, LARGEST)))


def trend(months: pd.DataFrame, *, fiscal_year: int, terms: TrendEstimate | None = None) -> Trend | None:
    """The damped trend of the yearly totals, with the odds of the ground (`odds.forecast`).

    `months` is the frame of `monthly` (index year, columns 1 to 12, fen); `terms` says how many of the latest years
    are used, how much of their growth and of the last quarter's lead is carried forward (its defaults where it is
    None). None without a complete year that sold anything.
    """
    rule = terms or TrendEstimate()
    table = months.tail(rule.years).to_numpy(dtype=np.float64)[None]
    if not table.size or table.sum(axis=2).max() <= 0:
        return None
    ahead = fiscal_year - int(months.index[-1])
    year = odds.forecast(table, damping=float(rule.damping), carry=float(rule.carry), ahead=ahead)
    single = table.shape[1] == 1
    return Trend(
        year=year,
        growth=math.nan if single else math.expm1(float(odds.growth(table)[0])),
        lead=math.nan if single else math.expm1(float(odds.lead(table)[0])),
        years=table.shape[1],
    )
