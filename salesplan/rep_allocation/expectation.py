"""What each rep is expected to sell in a whole year, how far it may lie off, and the odds that follow.

Forecast of a rep's share of the company by a local level with its noise (Kalman filter), the lead of his last quarter
carried forward, closed to what is expected of the company. Measured by tests/benchmarks/expectation.py.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan import odds
from salesplan.calendar import add_months
from salesplan.rep_allocation.people.roster import year_before

Real = NDArray[np.float64]
Flags = NDArray[np.bool_]

YEARS_BACK = 4  # whole years of the history that are looked at
MONTHS = 12
DRIFT = 0.01  # variance of a year's move of a share, as a logarithm, before this company's own moves are known
DRIFT_COUNTS = 8  # moves that it stands for
LEAST_DRIFT = 0.001
MOST_MOVE = 1.0  # of a share within a year, as a logarithm
MOST_ERROR = 1.5
MOST_SCATTER = 1.5
CARRY = 0.65  # part of the last quarter's lead that lasts, where the months are steady
LEAD_VARIES = 0.03  # variance of true leads; beside it stands the noise of three months
OWN_COUNTS = 6  # years that the common spread stands for beside the rep's own errors
TAIL = 3  # degrees of freedom beyond the number of yearly errors
SHARED = 0.5  # part of the company's own uncertainty that hits a rep beside his own
LEAST_SPREAD = 0.02  # no year is known better than this share of the expectation
LEAST_PART = 0.25  # of a year: below it the noise is held
FAINT = 1e-3


class Past(NamedTuple):
    """Sales of everybody who ever sold, by whole years, oldest first."""

    members: list[str]
    table: Real  # members x years x 12, fen
    whole: Flags  # members x years: sold from the beginning of that year on


class Filtered(NamedTuple):
    """Each member's level (logarithm of his share of the company) after the last year."""

    level: Real
    unsure: Real  # variance of the level
    errors: Real  # members x years: squared errors over their variance; NaN where there was nothing to foretell


def past_years(history: pd.DataFrame, months: Sequence[str]) -> Past:
    """The sales of every rep in the whole years before the plan's, counted back from last year without a gap.

    A year counts when the history has all its twelve months; a rep's first is the one in which he sold by its second
    month. `history`: month, rep, amount (fen); blank reps are one member, so that the members are the company.
    """
    there = set(history["month"].unique())
    backs = [back for back in range(1, YEARS_BACK + 1) if set(year_before(months, back)) <= there]
    backs = [back for number, back in enumerate(backs, 1) if back == number][::-1]
    labels = [add_months(month, -MONTHS * back) for back in backs for month in months]
    known = history.loc[history["month"].isin(labels), ["rep", "month", "amount"]]
    members, place = np.unique(known["rep"].fillna("").to_numpy(dtype=str), return_inverse=True)
    column = known["month"].map({label: number for number, label in enumerate(labels)}).to_numpy(dtype=np.int64)
    if not backs:
        return Past([], np.zeros((0, 0, MONTHS)), np.zeros((0, 0), dtype=bool))
    grid = np.zeros((len(members), len(labels)))
    np.add.at(grid, (place, column), known["amount"].to_numpy(dtype=np.float64))
    began = np.where((grid != 0).any(axis=1), (grid != 0).argmax(axis=1), len(labels))
    firsts = np.arange(len(backs)) * MONTHS
    return Past(members.tolist(), grid.reshape(-1, len(backs), MONTHS), began[:, None] < firsts[None, :] + 2)


def _by_start(past: Past, measure: Any, blank: float) -> Real:
    """A measure of each member's whole years (`odds.month_scatter`, `odds.lead`); blank without one."""
    found, count = np.full(len(past.table), blank), past.whole.sum(axis=1)
    for years in np.unique(count[count > 0]).tolist():
        found[count == years] = measure(past.table[count == years, -years:])
    return np.asarray(np.nan_to_num(found, nan=blank), dtype=np.float64)


def _noise(past: Past, part: Real) -> Real:
    """Variance of a year's logarithm by the scatter of its months, each on its own; larger for a part of a year."""
    scatter = np.minimum(_by_start(past, odds.month_scatter, np.nan), MOST_SCATTER)
    known = past.whole.any(axis=1)
    usual = float(np.median(scatter[known])) if known.any() else MOST_SCATTER
    return np.asarray(np.where(known, scatter, usual) ** 2 / MONTHS / np.clip(part, LEAST_PART, 1.0))


def _shares(past: Past, last: Real) -> tuple[Real, Flags]:
    """Logarithms of the shares of the company, members x years, and which of them are known."""
    totals = np.maximum(past.table.sum(axis=2), 0.0)
    totals[:, -1] = last
    company = past.table.sum(axis=(0, 2))
    usual = totals.max(axis=1, keepdims=True)
    known = past.whole & (usual > 0)
    known[:, -1] = last > 0
    floor = np.maximum(totals, FAINT * usual)
    return np.log(np.where(known, floor, 1.0) / np.maximum(company, 1.0)), known


def _drift(shares: Real, known: Flags, noise: Real) -> float:
    """Variance of a year's true move of a share: the moves of all members less their noise, leaning on the usual."""
    both = known[:, 1:] & known[:, :-1]
    moves = np.clip(np.diff(shares, axis=1), -MOST_MOVE, MOST_MOVE) ** 2 - 2 * noise[:, None]
    found = (np.sort(moves[both]).sum() + DRIFT_COUNTS * DRIFT) / (both.sum() + DRIFT_COUNTS)
    return max(float(found), LEAST_DRIFT)


def _filtered(shares: Real, known: Flags, noise: Real, drift: float) -> Filtered:
    """Local level with noise: each year moves the level towards what was seen, the more the steadier the months."""
    level, unsure = np.full(len(shares), np.nan), np.zeros(len(shares))
    errors = np.full((len(shares), max(shares.shape[1] - 1, 0)), np.nan)
    for year in range(shares.shape[1]):
        seen, begun = known[:, year], ~np.isnan(level)
        ahead = unsure + drift
        gap = np.clip(shares[:, year] - level, -MOST_ERROR, MOST_ERROR)
        if year:
            errors[:, year - 1] = np.where(seen & begun, gap**2 / np.maximum(ahead + noise, 1e-12), np.nan)
        gain = ahead / np.maximum(ahead + noise, 1e-12)
        moved = np.where(begun, level + gain * gap, shares[:, year])
        level = np.where(seen, moved, level)
        unsure = np.where(seen, np.where(begun, ahead * (1 - gain), noise), ahead)
    return Filtered(level, unsure, errors)


def _lead(past: Past, noise: Real) -> Real:
    """What lasts of each member's lead of the last quarter over the company's."""
    if past.table.shape[1] < 2:
        return np.zeros(len(past.table))
    steady = past.whole.all(axis=1)  # who began in between would be taken for the company's lead
    everyone = odds.lead(past.table[steady if steady.any() else slice(None)].sum(axis=0)[None])[0]
    several = past.whole.sum(axis=1) > 1
    ahead = np.where(several, _by_start(past, odds.lead, 0.0) - everyone, 0.0)
    return np.asarray(ahead * CARRY * LEAD_VARIES / (LEAD_VARIES + noise * MONTHS / 3))


def expectations(
    reps: Sequence[str] | pd.Index,
    history: pd.DataFrame,
    months: Sequence[str],
    *,
    full_year: "pd.Series[float] | None" = None,
    company: float | None = None,
) -> pd.DataFrame:
    """What each rep is expected to sell in a whole year at full strength.

    `history`: month, rep, amount (fen) before the plan year, of present owners where territories are known; `months`
    the plan's; `full_year` by rep last year's sales carried to a full year, where that is not what he sold (NaN:
    nothing that can be carried); `company` what is expected of the company (fen), else what its own years foretell.
    Share of the company x company: the shares of all who sold last year, `(unassigned)` among them, sum to one.

    Returns index `rep`, columns `mu`, `sigma` (fen), `degrees` (of Student's t), `growth` on last year's full year;
    NaN where nothing is known of a rep.
    """
    past, wanted = past_years(history, months), pd.Index(reps, name="rep")
    if not past.table.size or past.table[:, -1].sum() <= 0:
        return pd.DataFrame(np.nan, index=wanted, columns=["mu", "sigma", "degrees", "growth"])
    sold = np.maximum(past.table[:, -1].sum(axis=1), 0.0)
    last = _carried(past.members, sold, full_year)
    noise = _noise(past, np.divide(sold, last, out=np.ones(len(sold)), where=last > 0))
    shares, known = _shares(past, last)
    found = _filtered(shares, known, noise, drift := _drift(shares, known, noise))
    year = odds.forecast(past.table.sum(axis=0)[None])
    parts = np.where(last > 0, np.exp(found.level + _lead(past, noise)), 0.0)
    mu = parts / parts.sum() * (year.expected[0] if company is None else company)
    spread, degrees = _spread(found, drift + noise, float(year.spread[0]))
    table = pd.DataFrame(
        {"mu": mu, "sigma": spread * mu, "degrees": degrees, "growth": mu / np.where(last > 0, last, np.nan) - 1},
        index=past.members,
    )
    return table.where(table["mu"] > 0).reindex(wanted)


def _carried(members: Sequence[str], sold: Real, full_year: "pd.Series[float] | None") -> Real:
    """Last year of each member, carried to a full year where that is told; 0 for one that cannot be carried."""
    if full_year is None:
        return sold
    told = full_year.reindex(pd.Index(members)).to_numpy(dtype=np.float64)
    listed = pd.Index(members).isin(full_year.index)
    return np.where(listed, np.nan_to_num(np.maximum(told, 0.0)), sold)


def _spread(found: Filtered, ahead: Real, company: float) -> tuple[Real, Real]:
    """Spread of next year as a share of it, and degrees of freedom.

    Variance of the level, of its next move and of the noise, times the rep's own squared errors over theirs, of which
    the common ones count as six years; half of the company's own variance on top.
    """
    count = (~np.isnan(found.errors)).sum(axis=1)
    own = (np.nansum(found.errors, axis=1) + OWN_COUNTS) / (count + OWN_COUNTS)
    variance = (found.unsure + ahead) * own + SHARED * company**2
    return np.maximum(np.sqrt(variance), LEAST_SPREAD), (count + TAIL).astype(np.float64)


def company_expected(odds_table: pd.DataFrame) -> float | None:
    """What step 1 expects of the company in the plan year (fen), of table annual_target_odds; None where unknown."""
    rows = odds_table.loc[odds_table["scope"] == "company", "expected"].dropna()
    return float(rows.iloc[0]) if len(rows) else None


def probability(level: Any, mu: Any, sigma: Any, degrees: Any) -> Real:
    """P(result >= level) where (result - mu) / sigma is Student's t with `degrees`; arrays, NaN in NaN out.

    Example: a level of 1,000 with mu 1,000 is reached in half of all cases.
    """
    from scipy.special import stdtr  # slow to import; not every run asks for odds

    level, mu, sigma, degrees = (np.asarray(value, dtype=np.float64) for value in (level, mu, sigma, degrees))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(sigma > 0, stdtr(degrees, (mu - level) / sigma), np.nan))


def level_at(chance: Any, mu: Any, sigma: Any, degrees: Any) -> Real:
    """The level that is reached with the probability `chance`: mu - t(chance) x sigma; arrays, NaN in NaN out.

    The inverse of `probability`. Example: with chance 0.5 it is mu.
    """
    from scipy.special import stdtrit  # as above

    mu, sigma = np.asarray(mu, dtype=np.float64), np.asarray(sigma, dtype=np.float64)
    return np.asarray(mu - stdtrit(np.asarray(degrees, dtype=np.float64), np.asarray(chance, dtype=np.float64)) * sigma)
