"""What the charts of the reps share: how many are named, and how."""

from typing import TYPE_CHECKING

from salesplan.charts import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST = 30  # reps a chart can still name


def names(frame: "pd.DataFrame") -> list[str]:
    """The reps' names, or their keys where no name is known."""
    return frame["name"].fillna(frame["rep"]).astype(str).tolist()


def nothing(ax: "Axes", text: str) -> "Axes":
    """An empty chart that says why."""
    ax.set_axis_off()
    style.title(ax, text)
    return ax
