"""From target to actual."""

from typing import TYPE_CHECKING

import numpy as np

from salesplan.apportion import TOTAL
from salesplan.charts import style
from salesplan.charts.variance_review.axes import nothing
from salesplan.variance_review import bridge_parts
from salesplan.wording import Words

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

TABLE = "variance_review_bridge"


def bridge(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Waterfall from target (zero) to the variance of the row `(total)` of table `variance_review_bridge`."""
    if not (frame["member"] == TOTAL).any():
        return nothing(ax, words)
    parts = bridge_parts(frame)
    variance = sum(parts.values())
    _waterfall(ax, np.array([*parts.values(), variance], dtype="float64"), words)
    ax.set_xticks(range(len(parts) + 1), [words.column(name, TABLE) for name in (*parts, "variance")])
    style.money_axis(ax, words)
    key = "variance_review.chart_bridge_short" if variance < 0 else "variance_review.chart_bridge_over"
    main = max(parts, key=lambda name: abs(parts[name]))
    texts = {"part": words.column(main, TABLE), "amount": words.money(parts[main])}
    style.title(ax, words(key, variance=words.money(abs(variance)), **texts))
    return ax


def market(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Two bars: what the market's size and what our share of it brought; frame of table `variance_review_market`."""
    row = frame.iloc[0]
    amounts = {name: int(row[name]) for name in ("market_size", "market_share")}
    names = [words.column(name, "variance_review_market") for name in amounts]
    colours = [style.GREEN if fen >= 0 else style.RED for fen in amounts.values()]
    bars = ax.barh(names, list(amounts.values()), color=colours, height=0.5)
    style.bar_labels(ax, bars, [words.money(fen, unit=False) for fen in amounts.values()])
    style.money_axis(ax, words, axis="x")
    ax.axvline(0.0, color=style.MUTED, linewidth=0.8)
    ax.margins(x=0.18)
    ax.invert_yaxis()
    main = max(amounts, key=lambda name: abs(amounts[name]))
    named = words.column(main, "variance_review_market")
    style.title(ax, words("review_market.chart", part=named, amount=words.money(amounts[main])))
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
