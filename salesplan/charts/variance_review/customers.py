"""From last year's sales to this year's, by what became of the customers."""

from typing import TYPE_CHECKING

import numpy as np

from salesplan.charts import style
from salesplan.charts.variance_review.axes import nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


HEADROOM = 1.12  # room for the figures above the bars


def customer_moves(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Waterfall from last year's sales to this year's by state of the customers; `frame`: `Customers.moves`."""
    moved = frame[(frame["last_year"] != 0) | (frame["sales"] != 0)]
    if moved.empty:
        return nothing(ax, words)
    changes = moved["change_amount"].to_numpy(dtype="float64")
    ends = [float(moved["last_year"].sum()), float(moved["sales"].sum())]
    bottoms = np.array([0.0, *(ends[0] + np.concatenate([[0.0], np.cumsum(changes)[:-1]])), 0.0])
    heights = np.array([ends[0], *changes, ends[1]])
    colours = [style.GREY, *(style.GREEN if change >= 0 else style.RED for change in changes), style.BLUE]
    ax.bar(range(len(heights)), heights, bottom=bottoms, color=colours, width=0.62)
    signed = [False, *[True] * len(changes), False]
    for place, (bottom, height, sign) in enumerate(zip(bottoms, heights, signed, strict=True)):
        text = ("+" if sign and height > 0 else "") + words.money(height, unit=False)
        top = max(bottom, bottom + height)
        ax.annotate(text, (place, top), (0, 3), textcoords="offset points", ha="center", fontsize=9)
    names = [words.code("state", state) for state in moved["state"]]
    labels = [words("customer_review.chart_last_year"), *names, words("customer_review.chart_this_year")]
    ax.set_xticks(range(len(heights)), labels)
    style.money_axis(ax, words)
    top = float((bottoms + np.maximum(heights, 0)).max())
    ax.set_ylim(min(0.0, float((bottoms + np.minimum(heights, 0)).min())), top * HEADROOM)
    by = dict(zip(frame["state"], frame["change_amount"], strict=True))
    gained = sum(int(by.get(state, 0)) for state in ("new_customer", "back"))
    gone = sum(int(by.get(state, 0)) for state in ("quiet", "lost"))
    style.title(ax, words("customer_review.chart", gained=words.money(gained), gone=words.money(-gone)))
    return ax
