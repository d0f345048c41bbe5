"""The chosen indicators, one small picture each."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.charts.variance_review.axes import nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ACROSS = 4
COLOURS = {"ok": style.GREEN, "watch": style.ORANGE, "behind": style.RED, "no_target": style.MUTED}


def kpis(ax: "Axes", frame: Any, *, words: Words) -> "Axes":
    """Each chosen indicator over last year's months (grey) and this year's, in the order of the cards.

    `frame` is a `KpiPack`. The name of a picture says the state in words too.
    """
    cards = frame.cards
    if cards.empty:
        return nothing(ax, words)
    ax.axis("off")
    down = -(-len(cards) // ACROSS)
    for place, (name, state) in enumerate(zip(cards["indicator"], cards["state"], strict=True)):
        row, column = divmod(place, ACROSS)
        inner = ax.inset_axes((column / ACROSS, 1 - (row + 0.78) / down, 0.82 / ACROSS, 0.5 / down))
        _spark(inner, frame.history[frame.history["indicator"] == name], cards["month"].iloc[0], COLOURS[state])
        label = f"{words.code('indicator', name)}\n{words.code('state', state)}"
        inner.set_title(label, fontsize=9, color=style.INK, pad=4)
    behind = int((cards["state"] == "behind").sum())
    style.title(ax, words("variance_review.kpis_chart", behind=behind, count=len(cards)))
    return ax


def _spark(ax: "Axes", rows: "pd.DataFrame", month: str, colour: str) -> None:
    """A line without scales: what counts is its course and where it ends."""
    past = rows[rows["month"] <= month].reset_index(drop=True)
    year = past[past["month"].str[:4] == month[:4]]
    ax.plot(past.index, past["value"], color=style.GREY, linewidth=1.5)
    ax.plot(year.index, year["value"], color=colour, linewidth=2)
    ax.plot(past.index[-1:], past["value"].iloc[-1:], "o", color=colour, markersize=4.5)
    ax.margins(0.06, 0.2)
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
