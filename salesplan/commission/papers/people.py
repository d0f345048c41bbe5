"""Who the reps of a sheet are: the spell of the month, name, team."""

from collections.abc import Sequence

import pandas as pd

from salesplan import calendar
from salesplan.commission.roster import spells_within
from salesplan.commission.year import Year


def spell_of_month(frame: pd.DataFrame, reps: pd.DataFrame | None, year: Year, names: Sequence[str]) -> pd.DataFrame:
    """The frame with columns of the rep's spell in its month ('' where unknown); after the last one, that one.

    `frame`: rep, month and any columns. Of several spells in a month the latest counts.
    """
    blank = frame.reset_index(drop=True).assign(**dict.fromkeys(names, ""))
    if reps is None or frame.empty:
        return blank
    order = [name for name in ("rep", "start") if name in reps]
    ordered = reps.sort_values(order, na_position="first", kind="stable")
    parts = [_of_month(str(month), rows, ordered, year, names) for month, rows in blank.groupby("month", sort=False)]
    return pd.concat(parts).sort_index()


def _of_month(month: str, rows: pd.DataFrame, reps: pd.DataFrame, year: Year, names: Sequence[str]) -> pd.DataFrame:
    """The rows of one month, each with the latest spell that began by its end and, if any, has a day in it."""
    first, last = (pd.Timestamp(day) for day in calendar.month_span(month, year.cutoff))
    within = spells_within(reps, first, last)
    ranked = pd.concat([reps[~within], reps[within]]).drop_duplicates("rep", keep="last").set_index("rep")
    known = {name: rows["rep"].map(ranked[name]).astype(object) for name in names if name in ranked}
    return rows.assign(**{name: found.where(found.notna(), "").astype("str") for name, found in known.items()})
