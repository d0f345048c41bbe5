"""Charts of how hard each quota is."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, names, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LIKELY, UNLIKELY = 0.5, 0.2


def stretch(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Quota as a share of what is expected of each rep, hardest first, with the odds of reaching it.

    `frame` is the table rep_allocation_reps; reps of whom nothing is expected yet are left out.
    """
    known = frame[frame["quota_to_expected"].notna()]
    if known.empty:
        return nothing(ax, words("rep_allocation.no_expected"))
    shown = known.sort_values(["quota_to_expected", "rep"], ascending=[False, True]).head(MOST)
    for y, row in enumerate(shown.itertuples()):
        _dot(ax, y, row, words)
    ax.axvline(1.0, color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_yticks(range(len(shown)), names(shown))
    ax.set_ylim(len(shown) - 0.4, -0.6)
    low, high = min(1.0, shown["quota_to_expected"].min()), max(1.0, shown["quota_to_expected"].max())
    ax.set_xlim(low - 0.08 * (high - low) - 0.02, high + 0.35 * (high - low) + 0.05)
    style.percent_axis(ax, "x")
    ax.set_xlabel(words("rep_allocation.stretch_axis"))
    likely = int((known["probability"] >= LIKELY).sum())
    style.title(ax, words("rep_allocation.stretch_title", likely=likely, count=len(known)))
    return ax


def _dot(ax: "Axes", y: int, row: Any, words: Words) -> None:
    ax.plot([1.0, row.quota_to_expected], [y, y], color=style.GREY, linewidth=2, zorder=1)
    ax.plot(row.quota_to_expected, y, "o", color=_colour(row.probability), markersize=8, zorder=2)
    ratio = words.percent(row.quota_to_expected, 0)
    odds = words.percent(row.probability, 0)
    text = words("rep_allocation.stretch_label", ratio=ratio, odds=odds)
    right = (max(row.quota_to_expected, 1.0), y)
    ax.annotate(text, right, (8, 0), textcoords="offset points", va="center", fontsize=9, color=style.INK)


def _colour(odds: float) -> str:
    if odds != odds:
        return style.MUTED
    return style.GREEN if odds >= LIKELY else style.ORANGE if odds >= UNLIKELY else style.RED
