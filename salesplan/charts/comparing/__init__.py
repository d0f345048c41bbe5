"""Charts of what moved between two runs."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def moves(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """What moved as bars from zero, in the order given: up to the right, down to the left.

    `frame`: label, change (fen), and text, the change in words; `frame.attrs["title"]` says what is seen.
    """
    changes = frame["change"].astype("float64")
    colours = [style.GREEN if change > 0 else style.ORANGE for change in changes]
    bars = ax.barh(range(len(frame)), changes, height=0.66, color=colours)
    style.bar_labels(ax, bars, frame["text"].tolist())
    ax.axvline(0, color=style.MUTED, linewidth=0.8)
    ax.set_yticks(range(len(frame)), frame["label"].tolist())
    style.rows(ax, len(frame))
    style.money_axis(ax, words, axis="x")
    most = max(float(changes.abs().max()), 1.0)
    low, high = min(float(changes.min()), 0), max(float(changes.max()), 0)
    ax.set_xlim(low - 0.22 * most * (low < 0), high + 0.22 * most * (high > 0))  # room for the numbers at the bars
    ax.spines["left"].set_visible(False)
    style.title(ax, str(frame.attrs["title"]))
    return ax
