"""The year: cumulated, and month by month."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from salesplan.charts import style
from salesplan.charts.variance_review.axes import month_axis
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LINES = {
    "target": (style.GREY, "-"),
    "landing": (style.ORANGE, ":"),
    "revised": (style.GREEN, "--"),
    "actual": (style.BLUE, "-"),
}
GAP = 0.075  # least distance of two labels, share of the axis


def year(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Target, actual, landing with its interval, revised plan, cumulated; `frame` is the review's `outlook`."""
    _band(ax, frame)
    ends: dict[str, tuple[int, float]] = {}
    for name, (colour, dash) in LINES.items():
        known = frame[frame[name].notna()]
        if len(known):
            values = known[name].astype("float64")
            ax.plot(known.index, values, dash, color=colour, linewidth=3 if name == "actual" else 2)
            ends[name] = (int(known.index[-1]), float(values.iloc[-1]))
    month_axis(ax, frame, words)
    ax.set_xlim(-0.3, len(frame) + 2.2)
    bottom, top = ax.get_ylim()
    ax.set_ylim(min(0.0, bottom), top * (1 + 2 * GAP))
    _label_ends(ax, ends, words)
    style.title(ax, _year_title({name: value for name, (_, value) in ends.items()}, words))
    return ax


def _band(ax: "Axes", frame: "pd.DataFrame") -> None:
    """The interval of the landing estimate, from the last closed month on."""
    known = frame[frame["low"].notna() & frame["high"].notna()]
    if len(known):
        low, high = (known[name].astype("float64") for name in ("low", "high"))
        ax.fill_between(known.index, low, high, color=style.ORANGE, alpha=0.15, linewidth=0)


def _year_title(ends: dict[str, float], words: Words) -> str:
    target = words.money(ends["target"])
    if "landing" not in ends:
        return words("variance_review.chart_year_plan", target=target)
    gap = ends["landing"] - ends["target"]
    key = "variance_review.chart_year_short" if gap < 0 else "variance_review.chart_year_over"
    return words(key, target=target, landing=words.money(ends["landing"]), gap=words.money(abs(gap)))


def _label_ends(ax: "Axes", ends: dict[str, tuple[int, float]], words: Words) -> None:
    """Name each line at its end; lines that end with the year keep their names apart."""
    last = ends["target"][0]
    final = sorted((name for name in ends if ends[name][0] == last), key=lambda name: ends[name][1])
    bottom, top = ax.get_ylim()
    places = dict(zip(final, _apart([ends[name][1] for name in final], (top - bottom) * GAP), strict=True))
    for name, (at, value) in ends.items():
        text = f"{words.column(name)} {words.money(value, unit=False)}"
        colour = style.MUTED if name == "target" else LINES[name][0]
        side = "center" if name in places else "top"
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        ax.text(at + 0.25, places.get(name, value), text, color=colour, va=side, fontsize=9, bbox=behind)


def _apart(values: Sequence[float], gap: float) -> list[float]:
    """Rising values moved apart where they lie closer than a gap, as little up as down."""
    placed: list[float] = []
    for value in values:
        placed.append(value if not placed else max(value, placed[-1] + gap))
    moved = [place - value for place, value in zip(placed, values, strict=True)]
    return [place - max(moved, default=0.0) / 2 for place in placed]


def months(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Original target, actual and revised target of each month; `frame` is table `variance_review_revision`."""
    places, closed = np.arange(len(frame)), frame["actual"].notna().to_numpy()
    second = list(np.where(closed, style.BLUE, style.GREEN))
    ax.bar(places - 0.2, frame["original"].astype("float64"), width=0.38, color=style.GREY)
    ax.bar(places + 0.2, frame["revised"].astype("float64"), width=0.38, color=second)
    ax.margins(y=0.18)
    month_axis(ax, frame, words)
    _name_bars(ax, {"original": style.MUTED, "actual": style.BLUE, "revised": style.GREEN}, words)
    change = int((frame["revised"] - frame["original"])[~closed].sum())
    key = "rise" if change > 0 else "fall" if change < 0 else "same"
    style.title(ax, words(f"variance_review.chart_months_{key}", amount=words.money(abs(change))))
    return ax


def _name_bars(ax: "Axes", colours: dict[str, str], words: Words) -> None:
    """Name the bars in their own colours, in a row above them."""
    for index, (name, colour) in enumerate(colours.items()):
        place, text = (0.01 + 0.2 * index, 0.97), f"■ {words.column(name)}"
        ax.annotate(text, place, xycoords="axes fraction", color=colour, fontsize=9, va="top", weight="bold")
