"""Charts of the evidence: levels against estimates, forecasts against what happened."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

STATES = {"carried": "#cfe8df", "within": "#fbe3c8", "beyond": "#f3cfca"}
CASE_SIZE = 900.0  # square points of the largest dot
COLOURS = {0: style.ORANGE, 3: style.BLUE}


def _rows(frame: "pd.DataFrame") -> Iterable[Any]:
    return frame.itertuples()


def distances(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Every level against every estimate, one cell each, shaded by whether the estimate carries the level.

    `frame` is that of `distances`.
    """
    estimates, levels = (list(dict.fromkeys(frame[name])) for name in ("estimate", "level"))
    for row in _rows(frame):
        x, y = levels.index(row.level), estimates.index(row.estimate)
        ax.barh(y, 0.96, left=x - 0.48, height=0.88, color=STATES[str(row.state)])
        sign = "+" if row.gap > 0 else ""
        share = words.percent(row.distance_share, 0)
        text = f"{sign}{words.money(row.gap, unit=False)} ({sign}{share})"
        ax.text(x, y, text, ha="center", va="center", fontsize=9)
    _cells(ax, [words.code("estimate", name) for name in estimates], [words.code("level", name) for name in levels])
    style.title(ax, _distances_title(frame, levels[0], words))
    return ax


def _cells(ax: "Axes", rows: list[str], columns: list[str]) -> None:
    """A table of cells: names of the columns above it, of the rows beside it, no axis."""
    ax.set_yticks(range(len(rows)), rows)
    ax.set_xticks(range(len(columns)), columns)
    ax.xaxis.tick_top()
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _distances_title(frame: "pd.DataFrame", level: str, words: Words) -> str:
    """How many estimates carry the level; break-even is a floor and counts for none."""
    single = frame[(frame["level"] == level) & ~frame["estimate"].isin(["weighted", "breakeven"])]
    counts = {state: int((single["state"] == state).sum()) for state in STATES}
    return words("annual_target.distances_title", level=words.code("level", level), unit=words.unit, **counts)


def calibration(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Forecast probability against the share that came true, a dot per band as large as its cases.

    `frame` is that of `reliability`; on the diagonal forecasts were right.
    """
    ax.plot([0, 1], [0, 1], color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    most = float(frame["count"].max())
    for known, colour in COLOURS.items():
        part = frame[frame["known_months"] == known]
        label = words(f"annual_target.calibration_known_{known}")
        size = CASE_SIZE * part["count"] / most
        ax.scatter(part["probability"], part["share"], s=size, color=colour, alpha=0.55, label=label)
        for count, x, y in part[["count", "probability", "share"]].itertuples(index=False):
            ax.annotate(words.number(count), (x, y), ha="center", va="center", fontsize=8)
    for axis in ("x", "y"):
        style.percent_axis(ax, axis)
    ax.grid(visible=True, axis="both")
    ax.set(xlim=(-0.06, 1.06), ylim=(-0.1, 1.1))
    ax.set_xlabel(words("annual_target.calibration_forecast"))
    ax.set_ylabel(words("annual_target.calibration_outcome"))
    legend = ax.legend(loc="upper left", fontsize=9)
    handles: list[Any] = list(legend.legend_handles)
    for handle in handles:
        handle.set_sizes([40.0])
    style.title(ax, _calibration_title(frame, words))
    return ax


def _calibration_title(frame: "pd.DataFrame", words: Words) -> str:
    total = frame["count"].sum()
    lead = float((frame["share"] - frame["probability"]).mul(frame["count"]).sum() / total)
    way = "low" if lead > 0 else "high"
    key = "calibration_title_even" if abs(lead) < 0.02 else f"calibration_title_{way}"
    return words(f"annual_target.{key}", count=words.number(int(total)), lead=words.number(abs(lead) * 100, 0))
