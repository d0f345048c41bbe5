"""Charts of the variance review: the year, the bridge, the reps, the months."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from salesplan.apportion import TOTAL
from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

STEPS = ["target", "volume", "mix", "price", "new", "lost", "actual"]
ENDS = np.array([name in ("target", "actual") for name in STEPS])
LINES = {
    "target": (style.GREY, "-"),
    "landing": (style.ORANGE, ":"),
    "revised": (style.GREEN, "--"),
    "actual": (style.BLUE, "-"),
}
GAP = 0.075  # least distance of two labels, share of the axis
MOST_REPS = 30


def year(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Target, actual, landing and revised plan cumulated over the year; `frame` is the review's `outlook`."""
    ends: dict[str, tuple[int, float]] = {}
    for name, (colour, dash) in LINES.items():
        known = frame[frame[name].notna()]
        if len(known):
            values = known[name].astype("float64")
            ax.plot(known.index, values, dash, color=colour, linewidth=3 if name == "actual" else 2)
            ends[name] = (int(known.index[-1]), float(values.iloc[-1]))
    _month_axis(ax, frame, words)
    ax.set_xlim(-0.3, len(frame) + 2.2)
    bottom, top = ax.get_ylim()
    ax.set_ylim(min(0.0, bottom), top * (1 + GAP))
    _label_ends(ax, ends, words)
    key = "variance_review.chart_year" if "landing" in ends else "variance_review.chart_year_plan"
    landing = ends.get("landing", (0, None))[1]
    style.title(ax, words(key, target=words.money(ends["target"][1]), landing=words.money(landing)))
    return ax


def _month_axis(ax: "Axes", frame: "pd.DataFrame", words: Words) -> None:
    ax.set_xticks(range(len(frame)), [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)


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
        ax.text(at + 0.25, places.get(name, value), text, color=colour, va=side, fontsize=9)


def _apart(values: Sequence[float], gap: float) -> list[float]:
    """Rising values moved up where they lie closer than a gap."""
    placed: list[float] = []
    for value in values:
        placed.append(value if not placed else max(value, placed[-1] + gap))
    return placed


def bridge(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Waterfall from target to actual of the row `(total)` of table `variance_review_bridge`."""
    total = frame[frame["member"] == TOTAL]
    if total.empty:
        return _nothing(ax, words)
    heights = total[STEPS].to_numpy(dtype="float64")[0]
    _waterfall(ax, heights, words)
    ax.set_xticks(range(len(STEPS)), [words.column(name) for name in STEPS])
    style.money_axis(ax, words)
    variance = heights[-1] - heights[0]
    key = "variance_review.chart_bridge_short" if variance < 0 else "variance_review.chart_bridge_over"
    style.title(ax, words(key, variance=words.money(abs(variance))))
    return ax


def _waterfall(ax: "Axes", heights: "npt.NDArray[np.float64]", words: Words) -> None:
    """Each bar begins where the one before ended; the first and the last stand on the ground."""
    levels = np.concatenate([[0.0], np.cumsum(heights[:-1])])
    bottoms = np.where(ENDS, 0.0, levels)
    moves = np.where(heights >= 0, style.GREEN, style.RED)
    colours = np.where(ENDS, [style.GREY, *[style.BLUE] * (len(STEPS) - 1)], moves)
    ax.bar(range(len(STEPS)), heights, bottom=bottoms, color=list(colours), width=0.62)
    tops = np.maximum(bottoms, bottoms + heights)
    ax.set_ylim(top=1.12 * max(tops.max(), 1.0))
    for index, (top, height) in enumerate(zip(tops, heights, strict=True)):
        text = words.money(height, unit=False)
        ax.annotate(text, (index, top), (0, 3), textcoords="offset points", ha="center", fontsize=9)
        if index:
            ax.plot([index - 0.69, index - 0.31], [levels[index]] * 2, color=style.MUTED, linewidth=0.8)


def attainment(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Share of the year's quota done per rep, with a mark where the months gone ask him to be; `frame`: `standing`."""
    known = frame[frame["year_share"].notna()].head(MOST_REPS)
    if known.empty:
        return _nothing(ax, words)
    places = np.arange(len(known))[::-1]
    done, due = known["year_share"].to_numpy(), known["due_share"].to_numpy()
    bars = ax.barh(places, done, color=list(np.where(done >= due, style.GREEN, style.ORANGE)), height=0.6)
    ax.vlines(due, places - 0.42, places + 0.42, color=style.INK, linewidth=2)
    ax.set_yticks(places, [_label(rep, name) for rep, name in zip(known["rep"], known["name"], strict=True)])
    style.bar_labels(ax, bars, [words.percent(value, 0) for value in known["attainment"]], padding=8)
    style.percent_axis(ax, "x")
    ax.set_xlabel(words("variance_review.chart_attainment_axis"))
    ax.margins(x=0.2)
    behind = int((done < due).sum())
    style.title(ax, words("variance_review.chart_attainment", behind=behind, count=len(known)))
    return ax


def _label(rep: str, name: str) -> str:
    return f"{rep} {name}" if name not in ("", rep) else rep


def months(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Original target, actual and revised target of each month; `frame` is table `variance_review_revision`."""
    places, closed = np.arange(len(frame)), frame["actual"].notna().to_numpy()
    second = list(np.where(closed, style.BLUE, style.GREEN))
    ax.bar(places - 0.2, frame["original"].astype("float64"), width=0.38, color=style.GREY)
    ax.bar(places + 0.2, frame["revised"].astype("float64"), width=0.38, color=second)
    ax.margins(y=0.18)
    _month_axis(ax, frame, words)
    _name_bars(ax, {"original": style.MUTED, "actual": style.BLUE, "revised": style.GREEN}, words)
    change = int((frame["revised"] - frame["original"])[~closed].sum())
    key = "rise" if change > 0 else "fall" if change < 0 else "same"
    style.title(ax, words(f"variance_review.chart_months_{key}", amount=words.money(abs(change))))
    return ax


def _name_bars(ax: "Axes", colours: dict[str, str], words: Words) -> None:
    """Name the bars in their own colours, in a row above them."""
    for index, (name, colour) in enumerate(colours.items()):
        place = (0.02 + 0.16 * index, 0.97)
        ax.annotate(words.column(name), place, xycoords="axes fraction", color=colour, fontsize=9, va="top")


def _nothing(ax: "Axes", words: Words) -> "Axes":
    """An empty chart that says there is nothing to see yet."""
    ax.set_axis_off()
    style.title(ax, words("variance_review.chart_nothing"))
    return ax
