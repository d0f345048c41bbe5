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
    places, sizes = range(len(frame)), frame["amount"].abs()
    rest = frame["code"] == "unexplained"
    ax.bar(places, sizes, color=[style.GREY if one else style.BLUE for one in rest], width=0.62)
    named = [words.code("cause", code) for code in frame["code"]]
    amounts = [words.money(fen, unit=False) for fen in frame["amount"]]
    ax.set_xticks(places, [f"{name}\n{amount}" for name, amount in zip(named, amounts, strict=True)])
    style.money_axis(ax, words)
    whole = float(sizes.sum())
    ax.plot(places, frame["share"] * whole, color=style.ORANGE, marker="o", markersize=4)
    for place, share in zip(places, frame["share"], strict=True):
        shown, at = words.percent(share, 0), (place, share * whole)
        ax.annotate(shown, at, (0, 6), textcoords="offset points", ha="center", fontsize=9, color=style.ORANGE)
    ax.set_ylim(0, whole * 1.12)
    first = frame.iloc[0]
    style.title(ax, words("review_causes.chart", cause=named[0], share=words.percent(first["share"], 0)))
    return ax
