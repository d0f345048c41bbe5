"""Which causes weigh most."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.charts.variance_review.axes import nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def pareto(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Causes as bars by size, their cumulated share as a line; frame with code, amount (fen) and share."""
    if frame.empty:
        return nothing(ax, words)
    places = range(len(frame))
    sizes = frame["amount"].abs()
    rest = frame["code"] == "unexplained"
    bars = ax.bar(places, sizes, color=[style.GREY if one else style.BLUE for one in rest], width=0.62)
    style.bar_labels(ax, bars, [words.money(fen, unit=False) for fen in frame["amount"]])
    ax.set_xticks(places, [words.code("cause", code) for code in frame["code"]])
    style.money_axis(ax, words)
    ax.set_ylim(0, float(sizes.max()) * 1.18)
    line = ax.twinx()
    line.plot(places, frame["share"], color=style.ORANGE, marker="o", markersize=4)
    for place, share in zip(places, frame["share"], strict=True):
        line.annotate(
            words.percent(share, 0), (place, share), (0, 6), textcoords="offset points", ha="center", fontsize=8,
            color=style.ORANGE,
        )  # fmt: skip
    line.set_ylim(0, 1.18)
    line.set_yticks([])
    line.spines["right"].set_visible(False)
    first = frame.iloc[0]
    named = words.code("cause", str(first["code"]))
    style.title(ax, words("review_causes.chart", cause=named, share=words.percent(first["share"], 0)))
    return ax
