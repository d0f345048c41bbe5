"""Whether the target is feasible, clear and challenging, and keeps the five principles: each with its figures."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from salesplan.terms.annual_target import AnnualTargetTerms

COLUMNS = ["quality", "check", "value", "limit", "state"]
LEAST_ODDS, MOST_ODDS = 0.2, 0.8  # below the one a target discourages, above the other it asks for nothing
YEARS, QUARTERS = 3, 4
Row = tuple[str, str, float, float, str]


@dataclass(frozen=True)
class Proof:
    """What the plan holds: frames of `yearly`, `estimates`, `gaps`, `measure_gaps`, `tree` and `hires`."""

    years: pd.DataFrame
    estimates: pd.DataFrame
    gaps: pd.DataFrame
    lacks: pd.DataFrame
    tree: pd.DataFrame
    hires: pd.DataFrame


def qualities(targets: pd.DataFrame, terms: AnnualTargetTerms, proof: Proof) -> pd.DataFrame:
    """Every check of the planned level's qualities, in the order in which people read them.

    `targets` are the company's rows of table `annual_target`. One row per check: `quality` (`feasible`, `clear`,
    `challenging`; the principles `quantified`, `predictable`, `attainable`, `focused`, `time_bound`), `check`, `value`
    and `limit` (shares, probabilities or counts; NaN where unknown), `state`: `met`, `unmet`, or `unknown` where the
    plan holds nothing to judge by. Sources: S3 (可行性, 明确性, 挑战性), S1 (the five principles of a target).
    """
    planned = targets[targets["planned"]]
    amount = planned[planned["indicator"] == "amount"].iloc[0]
    odds = float(amount["probability"])
    rows = [
        *_feasible(proof, terms.planned, odds),
        *_clear(planned, terms, proof),
        *_challenging(proof, float(amount["growth"]), terms.planned, odds),
        *_principles(planned, terms, proof),
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"value": "float64", "limit": "float64"})


def _at_least(quality: str, check: str, value: float, limit: float) -> Row:
    known = value == value and limit == limit
    return quality, check, value, limit, ("met" if value >= limit else "unmet") if known else "unknown"


def _all_of(quality: str, check: str, count: int, total: int) -> Row:
    """Every one of them; none at all is not enough."""
    return quality, check, float(count), float(total), "met" if count >= total > 0 else "unmet"


def _coverage(proof: Proof, estimate: str, level: str) -> float:
    """An estimate as a share of the level; NaN where there is none."""
    found = proof.estimates[proof.estimates["estimate"] == estimate]
    if found.empty:
        return float("nan")
    value, gap = int(found["value"].iloc[0]), int(found[f"gap_{level}"].iloc[0])
    return value / (value + gap) if value + gap > 0 else float("nan")


def _feasible(proof: Proof, level: str, odds: float) -> Iterator[Row]:
    explained = proof.gaps.loc[proof.gaps["level"] == level, "explained_share"].tolist()
    yield _at_least("feasible", "capacity", _coverage(proof, "capacity", level), 1.0)
    yield _at_least("feasible", "measures", explained[0] if explained else float("nan"), 1.0)
    yield _at_least("feasible", "least_odds", odds, LEAST_ODDS)


def _without(proof: Proof, terms: AnnualTargetTerms, *kinds: str) -> int:
    """Measures that lack none of these."""
    lacking = proof.lacks.loc[proof.lacks["lacks"].isin(kinds), "name"].nunique()
    return len(terms.measures) - int(lacking)


def _clear(planned: pd.DataFrame, terms: AnnualTargetTerms, proof: Proof) -> Iterator[Row]:
    profit = planned["indicator"].isin(["profit", "gross_profit"]) & planned["value"].notna()
    said = (planned["value"].notna() & (planned["unit"] != "")).sum()
    yield _all_of("clear", "units", int(said), len(planned))
    yield _all_of("clear", "profit", int(profit.any() or terms.estimates.breakeven is not None), 1)
    yield _all_of("clear", "owners", _without(proof, terms, "owner"), len(terms.measures))
    yield _all_of("clear", "dates", _without(proof, terms, "dates"), len(terms.measures))


def _challenging(proof: Proof, growth: float, level: str, odds: float) -> Iterator[Row]:
    trend = _coverage(proof, "trend", level)
    yield _at_least("challenging", "growth", growth, 0.0)
    yield _at_least("challenging", "above_trend", 1 / trend - 1 if trend > 0 else float("nan"), 0.0)
    known = odds == odds
    state = ("met" if odds <= MOST_ODDS else "unmet") if known else "unknown"
    yield "challenging", "most_odds", odds, MOST_ODDS, state


def _principles(planned: pd.DataFrame, terms: AnnualTargetTerms, proof: Proof) -> Iterator[Row]:
    yield _all_of("quantified", "numbers", int(planned["value"].notna().sum()), len(planned))
    yield _all_of("quantified", "measure_amounts", _without(proof, terms, "brings_nothing"), len(terms.measures))
    yield _at_least("predictable", "years", float(proof.years["complete"].sum()), float(YEARS))
    known = proof.tree["node"].isin(["old_customers", "new_customers"]).sum()
    yield _all_of("predictable", "customers", int(known), 2)
    yield _all_of("predictable", "competitors", min(len(terms.competitors), 1), 1)
    months = len(proof.hires)
    carried = float((proof.hires["gap"].round(1) <= 0).sum()) if months else float("nan")
    yield _at_least("attainable", "months", carried, float(months) if months else float("nan"))
    yield _all_of("focused", "themes", len({theme.quarter for theme in terms.themes}), QUARTERS)
    yield _all_of("time_bound", "in_year", _without(proof, terms, "dates", "outside"), len(terms.measures))
