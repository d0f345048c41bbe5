"""From target to actual."""

from typing import TYPE_CHECKING

import numpy as np

from salesplan.apportion import TOTAL
from salesplan.charts import style
from salesplan.charts.variance_review.axes import nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

MOVES = ("volume", "mix", "price", "new", "lost")


def bridge(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Waterfall from target (zero) to the variance of the row `(total)` of table `variance_review_bridge`."""
    total = frame[frame["member"] == TOTAL]
    if total.empty:
        return nothing(ax, words)
    row = total.iloc[0]
    moves = [int(row[name]) for name in MOVES]
    _waterfall(ax, np.array([*moves, sum(moves)], dtype="float64"), words)
    ax.set_xticks(range(len(MOVES) + 1), [words.column(name) for name in (*MOVES, "variance")])
    style.money_axis(ax, words)
    key = "variance_review.chart_bridge_short" if sum(moves) < 0 else "variance_review.chart_bridge_over"
    main = max(MOVES, key=lambda name: abs(int(row[name])))
    texts = {"variance": words.money(abs(sum(moves))), "part": words.column(main), "amount": words.money(row[main])}
    style.title(ax, words(key, **texts))
    return ax


def _waterfall(ax: "Axes", heights: "npt.NDArray[np.float64]", words: Words) -> None:
    """Each bar begins where the one before ended; the last, their sum, stands on zero."""
    levels = np.concatenate([[0.0], np.cumsum(heights[:-2]), [0.0]])
    colours = [style.GREEN if height >= 0 else style.RED for height in heights[:-1]]
    ax.bar(range(len(heights)), heights, bottom=levels, color=[*colours, style.BLUE], width=0.62)
    ax.axhline(0.0, color=style.MUTED, linewidth=0.8)
    for index, (level, height) in enumerate(zip(levels, heights, strict=True)):
        text = ("+" if height > 0 else "") + words.money(height, unit=False)
        top = max(level, level + height)
        ax.annotate(text, (index, top), (0, 3), textcoords="offset points", ha="center", fontsize=9)
        if index:
            end = levels[index - 1] + heights[index - 1]
            ax.plot([index - 0.69, index - 0.31], [end, end], color=style.MUTED, linewidth=0.8)
    ends = np.concatenate([levels, levels + heights])
    room = 0.12 * max(float(np.ptp(ends)), 1.0)
    ax.set_ylim(float(ends.min()) - room / 2, float(ends.max()) + room)
