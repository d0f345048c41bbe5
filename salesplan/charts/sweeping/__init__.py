"""Charts of scenarios side by side."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ACROSS = 3
LABELS = 0.16  # of the width, for the names of the scenarios
ROOM = 1.5  # width of a panel in widths of its longest bar, for the numbers beside
PLAN = 0  # number of the plan among the scenarios


def panels(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """A panel per measure, in each a bar per scenario; a line marks the plan's value through all of them.

    `frame`: panel (number), measure (its name), scenario (number, the plan is 0), label, value (may be unknown) and
    text, the value in words.
    """
    groups = [own for _, own in frame.groupby("panel", sort=True)]
    down = -(-len(groups) // ACROSS)
    for place, own in enumerate(groups):
        row, column = divmod(place, ACROSS)
        wide = (1 - LABELS) / ACROSS
        box = (LABELS + column * wide, 1 - (row + 0.94) / down, 0.93 * wide, 0.78 / down)
        _panel(ax.inset_axes(box), own, named=column == 0)
    ax.axis("off")
    style.title(ax, words("sweep.chart", count=len(groups)))
    return ax


def _panel(inner: "Axes", own: "pd.DataFrame", *, named: bool) -> None:
    values = own["value"].astype("float64")
    plan = values[own["scenario"] == PLAN].iloc[0]
    colours = [style.GREY if number == PLAN else style.BLUE for number in own["scenario"]]
    inner.barh(range(len(own)), values.fillna(0), height=0.66, color=colours)
    if plan == plan:
        inner.axvline(plan, color=style.ORANGE, linewidth=1, linestyle=(0, (3, 2)))
    low, high = min(values.min(), 0), max(values.max(), 0)
    edge = low + (high - low or 1.0) * ROOM
    inner.set_xlim(low, edge)
    for place, text in enumerate(own["text"]):  # beside the bars, where the plan's line does not cross them
        inner.text(edge, place, text, ha="right", va="center", fontsize=8, color=style.INK)
    inner.set_yticks(range(len(own)), own["label"].tolist() if named else [""] * len(own), fontsize=8)
    style.rows(inner, len(own))
    inner.set_xticks([])
    inner.spines["bottom"].set_visible(False)
    inner.set_title(own["measure"].iloc[0], fontsize=9, fontweight="normal", pad=4)
