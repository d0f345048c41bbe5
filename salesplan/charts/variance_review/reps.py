"""Reps against their quotas, to date and month by month."""

from typing import TYPE_CHECKING

import numpy as np

from salesplan.apportion import MANAGER, UNASSIGNED
from salesplan.charts import style
from salesplan.charts.variance_review.axes import nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_REPS = 30


def attainment(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Share of the year's quota done per rep, with a mark where the months gone ask him to be; `frame`: `standing`."""
    known = frame[frame["year_share"].notna()].head(MOST_REPS)
    if known.empty:
        return nothing(ax, words)
    places = np.arange(len(known))
    done, due = known["year_share"].to_numpy(), known["due_share"].to_numpy()
    ax.barh(places, done, color=list(np.where(done >= due, style.GREEN, style.ORANGE)), height=0.6)
    ax.vlines(due, places - 0.42, places + 0.42, color=style.INK, linewidth=2)
    ax.set_yticks(places, [_label(rep, name) for rep, name in zip(known["rep"], known["name"], strict=True)])
    for place, end, value in zip(places, np.fmax(done, due), known["attainment"], strict=True):
        text = words.percent(value, 0)
        ax.annotate(text, (end, place), (6, 0), textcoords="offset points", va="center", fontsize=9)
    style.rows(ax, len(known))
    style.percent_axis(ax, "x")
    ax.set_xlabel(words("variance_review.chart_attainment_axis"))
    ax.margins(x=0.2)
    behind = int((done < due).sum())
    style.title(ax, words("variance_review.chart_attainment", behind=behind, count=len(known)))
    return ax


def monthly(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Heat map of attainment, rep by month, the best to date on top; `frame` is table `variance_review`."""
    own = frame[~frame["rep"].isin([MANAGER, UNASSIGNED])]
    known = own[own["attainment"].notna()]
    if known.empty:
        return nothing(ax, words)
    sums = own[own["rep"].isin(known["rep"])].groupby("rep")[["actual", "target"]].sum()
    best = (sums["actual"] / sums["target"]).sort_values(ascending=False, kind="stable").index[:MOST_REPS]
    table = known.pivot_table(index="rep", columns="month", values="attainment").reindex(best)
    texts = table.map(lambda share: words.percent(share, 0) if share == share else "")
    style.heat(ax, table.rename(index=words.person, columns=words.month_short), texts)
    month = str(known["month"].max())
    last = known.loc[known["month"] == month, "attainment"]
    values = {"month": words.month(month), "reached": int((last >= 1).sum()), "count": len(last)}
    style.title(ax, words("variance_review.chart_monthly", **values))
    return ax


def _label(rep: str, name: str) -> str:
    return name or rep
