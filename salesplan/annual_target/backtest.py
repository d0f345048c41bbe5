"""Were the odds right? Every past year foretold from what was known before it, and what then happened."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from salesplan import odds
from salesplan.odds.naive import WAYS
from salesplan.odds.score import bands, brier, calibration_error
from salesplan.terms.estimates import TrendEstimate
from salesplan.years import COVERAGE

OURS = "share_ratio"
KNOWN = (0, 3, 6, 9)  # months of the year that are known
ASKED = (0.9, 1.0, 1.1, 1.2)  # levels asked, as multiples of the year before
SHOWN_BANDS = 5
CASES = ["known_months", "method", "years", "series", "level", "probability", "outcome", "within"]
SCORES = ["known_months", "method", "cases", "forecast", "outcome", "brier", "calibration_error", "coverage"]


def past_forecasts(
    tables: Mapping[tuple[str, ...], pd.DataFrame], *, terms: TrendEstimate | None = None
) -> pd.DataFrame:
    """As-if forecasts of every past year of every member, by our odds and by naive ways.

    `tables` is that of `member_months`. Each year with a whole year before it is foretold from those years alone at
    0, 3, 6 and 9 known months, for the levels 0.9, 1.0, 1.1 and 1.2 times the year before. One row per case, level
    and way: `known_months`, `method`, `years` (known before), `series` (number of the member's year), `level` (times
    last year), `probability`, `outcome` (bool), `within` (the year lay in the interval of 80 %; ours alone, else NA).
    """
    rule = terms or TrendEstimate()
    frames = [_cases(*one, count, rule) for one in _origins(tables, rule.years) for count in KNOWN]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=CASES)
    return frame.astype({"probability": "float64", "outcome": "bool", "within": "boolean"})


def _origins(tables: Mapping[tuple[str, ...], pd.DataFrame], most: int) -> Iterator[tuple[Any, Any]]:
    """Histories and the years after them, those with the same number of years stacked."""
    found: dict[int, list[tuple[Any, Any]]] = {}
    for _, table in sorted(tables.items()):
        grid = table.to_numpy(dtype=np.float64)
        for year in range(1, len(grid)):
            past = grid[max(0, year - most) : year]
            if past[-1].sum() > 0:
                found.setdefault(len(past), []).append((past, grid[year]))
    for _, pairs in sorted(found.items()):
        yield np.stack([past for past, _ in pairs]), np.stack([year for _, year in pairs])


def _cases(history: Any, year: Any, count: int, rule: TrendEstimate) -> pd.DataFrame:
    """Every way asked at one number of known months, one row per series, level and way."""
    known, total = year[:, :count], year.sum(axis=1)
    level = history[:, -1].sum(axis=1)[:, None] * np.array(ASKED)
    ours = odds.forecast(history, known, damping=float(rule.damping), carry=float(rule.carry))
    low, high = ours.interval(COVERAGE)
    inside = (low <= total) & (total <= high)
    asked = {OURS: ours.reach(level), **{name: way(history, known, level) for name, way in WAYS.items()}}
    grid = pd.DataFrame(
        {
            "known_months": count,
            "years": history.shape[1],
            "series": np.repeat(np.arange(len(level)), len(ASKED)),
            "level": np.tile(ASKED, len(level)),
            "outcome": (total[:, None] >= level).ravel(),
        }
    )
    parts = [grid.assign(method=name, probability=found.ravel()) for name, found in asked.items()]
    rows = pd.concat(parts, ignore_index=True)
    within = pd.Series(np.tile(np.repeat(inside, len(ASKED)), len(asked)), dtype="boolean")
    known = rows.assign(within=within.where(rows["method"] == OURS))
    return known.loc[rows["probability"].notna(), CASES]


def calibration(cases: pd.DataFrame) -> pd.DataFrame:
    """Table `annual_target_calibration`: how right each way was at each number of known months.

    `cases` is the frame of `past_forecasts`. One row per number of known months and way: `known_months`, `method`,
    `cases` (forecasts scored), `forecast` (their mean probability), `outcome` (share that came true), `brier`,
    `calibration_error` (mean distance of forecast and outcome over ten bands), `coverage` (share of years within the
    interval of 80 %; NaN for the naive ways).
    """
    rows = [(*key, *_scores(part)) for key, part in cases.groupby(["known_months", "method"], sort=False)]
    frame = pd.DataFrame(rows, columns=SCORES)
    return frame.astype({"known_months": "int64", "cases": "int64", **dict.fromkeys(SCORES[3:], "float64")})


def _scores(part: pd.DataFrame) -> tuple[float, ...]:
    p, o = part["probability"].to_numpy(), part["outcome"].to_numpy()
    within = part["within"].dropna()
    coverage = float(within.mean()) if len(within) else float("nan")
    return len(part), float(p.mean()), float(o.mean()), brier(p, o), calibration_error(p, o), coverage


def reliability(cases: pd.DataFrame) -> pd.DataFrame:
    """Our forecasts in five bands of probability: `known_months`, `count`, `probability` (mean), `share` (came true).

    `known_months` 0 alone, and 3 to 9 together as 3: what is asked at the year's start is harder.
    """
    ours = cases[cases["method"] == OURS]
    rows = []
    for begun, part in ours.groupby(ours["known_months"] > 0):
        found = bands(part["probability"], part["outcome"], SHOWN_BANDS)
        rows += [
            (KNOWN[int(begun)], int(n), p, o)
            for n, p, o in zip(found.cases, found.forecast, found.outcome, strict=True)
        ]
    return pd.DataFrame(rows, columns=["known_months", "count", "probability", "share"])
