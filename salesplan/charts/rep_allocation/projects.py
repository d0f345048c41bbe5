"""Charts of the projects followed: the pipeline by stage against the quota, and by month of the expected close."""

from typing import TYPE_CHECKING

import numpy as np

from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def pipeline(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Weighted pipeline of each rep by stage beside his quota.

    `frame` is the table rep_allocation_projects within the plan year joined with each rep's `quota`; the order of the
    stages is that of their first rows.
    """
    if frame.empty:
        return nothing(ax, words("rep_allocation.no_projects_in_year"))
    stages = list(dict.fromkeys(frame["stage"]))
    grid = frame.pivot_table(index="rep", columns="stage", values="weighted", aggfunc="sum", fill_value=0)
    grid = grid.reindex(columns=stages, fill_value=0).astype("float64")
    grid = grid.loc[grid.sum(axis=1).sort_values(ascending=False).index[:MOST]]
    quota = frame.drop_duplicates("rep").set_index("rep")["quota"].reindex(grid.index).astype("Float64")
    _stack(ax, grid)
    for y, fen in enumerate(quota):
        if str(fen) != "<NA>":
            ax.plot([fen, fen], [y - 0.42, y + 0.42], color=style.INK, linewidth=2)
            text = (
                words("rep_allocation.quota_mark", quota=words.money(fen, unit=False))
                if y == 0
                else words.money(fen, unit=False)
            )
            ax.annotate(text, (fen, y - 0.42), (0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=8)
    ax.set_yticks(range(len(grid)), [words.person(rep) for rep in grid.index])
    style.rows(ax, len(grid))
    style.money_axis(ax, words, axis="x")
    ax.legend(loc="lower right", fontsize=8)
    style.title(ax, _title(grid, quota, words))
    return ax


def _stack(ax: "Axes", grid: "pd.DataFrame") -> None:
    left = np.zeros(len(grid))
    for number, stage in enumerate(grid.columns):
        colour = style.PALETTE[number % len(style.PALETTE)]
        ax.barh(range(len(grid)), grid[stage], left=left, height=0.6, color=colour, label=stage)
        left = left + grid[stage].to_numpy()


def _title(grid: "pd.DataFrame", quota: "pd.Series[float]", words: Words) -> str:
    covered = (grid.sum(axis=1) / quota.where(quota > 0)).dropna()
    total = words.money(int(grid.to_numpy().sum()))
    if covered.empty:
        return words("rep_allocation.chart_pipeline", total=total)
    least = str(covered.astype("float64").idxmin())
    share = words.percent(covered[least], 0)
    return words("rep_allocation.chart_pipeline_least", total=total, rep=words.person(least), share=share)


def closes(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Weighted pipeline by rep and month of the expected close; `frame` is table rep_allocation_projects."""
    known = frame[frame["weighted"].notna() & frame["month"].notna()]
    if known.empty:
        return nothing(ax, words("rep_allocation.no_projects_in_year"))
    grid = known.astype({"weighted": "float64"}).pivot_table(
        index="rep", columns="month", values="weighted", aggfunc="sum", fill_value=0
    )
    grid = grid.loc[grid.sum(axis=1).sort_values(ascending=False).index[:MOST]]
    texts = grid.map(lambda fen: words.money(fen, unit=False, decimals=1) if fen else "")
    style.heat(ax, grid.rename(index=words.person), texts)
    ax.set_xlabel(words("rep_allocation.closes_axis", unit=words.unit))
    ax.tick_params(axis="x", labelsize=8)
    top = str(grid.sum().idxmax())
    amount = words.money(int(grid[top].sum()))
    style.title(ax, words("rep_allocation.chart_closes", month=words.month(top), amount=amount))
    return ax
