"""Causes of the variance as a review recorded them; what they leave is shown as unexplained."""

from collections.abc import Sequence

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
