"""Causes of the variance as a review recorded them; what they leave is shown as unexplained."""

from collections.abc import Iterator, Sequence

import pandas as pd

from salesplan.errors import Fault, PlanError
from salesplan.variance_review.measures import Figures

UNEXPLAINED = "unexplained"
TEXTS = ["code", "month", "rep", "note", "action", "owner", "state"]
CAUSE_COLUMNS = ["code", "amount", "action", "owner", "due", "state", "month", "rep", "note"]


def cause_table(figures: Figures, variance: int, codes: Sequence[str]) -> pd.DataFrame:
    """Table `variance_review_causes`: the findings of the months to date, and what they do not explain.

    One row per finding (`code`, `amount` in fen with the sign of a variance, `action`, `owner`, `due`, `state`,
    `month`, `rep`, `note`), sorted by code, month, rep, and last a row `unexplained`: amounts sum to `variance`.
    Header only without actuals. Raises `PlanError` for codes that are not among `codes`.
    """
    if not figures.closed:
        return _typed(pd.DataFrame(columns=CAUSE_COLUMNS))
    found = pd.DataFrame(columns=CAUSE_COLUMNS) if figures.causes is None else figures.causes
    _check_codes(found, codes)
    known = found[found["month"].isin(figures.closed)]
    order = [name for name in ("code", "month", "rep", "amount", "note", "action", "owner") if name in known]
    known = _typed(known).sort_values(order, ignore_index=True, na_position="first")
    rest = pd.DataFrame({"code": [UNEXPLAINED], "amount": [variance - int(known["amount"].sum())], "state": ["open"]})
    return pd.concat([known, _typed(rest)], ignore_index=True) if len(known) else _typed(rest)


def cause_faults(causes: pd.DataFrame | None, grid: pd.DataFrame) -> Iterator[Fault]:
    """Months whose findings explain more than there is: one fault each, at the largest finding that adds to it.

    `grid`: table `variance_review`. The findings of a month are netted, since a loss may stand beside a gain; their
    net must not go beyond the month's variance in its own direction. A net against that direction, or less than the
    variance, leaves the rest unexplained. `causes` may say in a column `place` where each row stands.
    """
    if causes is None or grid.empty:
        return
    for month, variance in grid.groupby("month")["variance"].sum().items():
        rows = causes[causes["month"] == month]
        recorded = int(rows["amount"].sum())
        if recorded * int(variance) > 0 and abs(recorded) > abs(int(variance)):
            largest = rows.iloc[int((rows["amount"] * (1 if recorded > 0 else -1)).to_numpy().argmax())]
            most = int(largest["amount"]) - (recorded - int(variance))
            sums = {"recorded": recorded, "variance": int(variance), "most": most}
            told = {name: f"{fen / 100:.2f}" for name, fen in sums.items()}
            place = str(largest.get("place") or "causes , column amount")
            yield Fault("cause_exceeds", place, f"{largest['amount'] / 100:.2f}", {"month": month, **told})


def cause_pareto(causes: pd.DataFrame) -> pd.DataFrame:
    """Causes by size for a Pareto chart: `code`, `amount` (fen), `share` cumulated.

    Only causes in the direction of the variance as a whole, the largest first and `unexplained` last; the shares are
    of what these bars come to, the last is one.
    """
    sums = causes.groupby("code")["amount"].sum()
    down = int(sums.sum()) < 0
    bars = sums[sums < 0] if down else sums[sums > 0]
    rows = bars.rename("amount").reset_index().astype({"code": "str", "amount": "int64"})
    rank = pd.DataFrame({"rest": rows["code"] == UNEXPLAINED, "size": -rows["amount"].abs(), "code": rows["code"]})
    rows = rows.loc[rank.sort_values(["rest", "size", "code"]).index].reset_index(drop=True)
    return rows.assign(share=(rows["amount"].cumsum() / (rows["amount"].sum() or 1)).astype("float64"))


def _check_codes(found: pd.DataFrame, codes: Sequence[str]) -> None:
    """Every code that is not known, with the known ones."""
    allowed = ", ".join(codes)
    unknown = sorted(set(found["code"]) - set(codes))
    if unknown:
        raise PlanError([Fault("unknown_cause", "causes, column code", code, {"allowed": allowed}) for code in unknown])


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of the table with their kinds; unknown is blank."""
    columns = frame.reindex(columns=CAUSE_COLUMNS)
    dates = pd.to_datetime(columns["due"]).astype("datetime64[s]")
    return columns.astype(dict.fromkeys(TEXTS, "string") | {"amount": "int64"}).assign(due=dates)
