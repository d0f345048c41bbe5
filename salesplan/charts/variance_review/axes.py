"""What the charts of the review share."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def nothing(ax: "Axes", words: Words) -> "Axes":
    """An empty chart that says there is nothing to see yet."""
    ax.set_axis_off()
    style.title(ax, words("variance_review.chart_nothing"))
    return ax


def month_axis(ax: "Axes", frame: "pd.DataFrame", words: Words) -> None:
    """Months of the frame along, money up."""
    ax.set_xticks(range(len(frame)), [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)
