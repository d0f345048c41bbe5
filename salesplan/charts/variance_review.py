"""Charts of the variance review: the year, the bridge, the reps, the months."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from salesplan.apportion import TOTAL
from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

STEPS = ["target", "volume", "mix", "price", "new", "lost", "actual"]
LINES = {"target": (style.GREY, "-"), "landing": (style.ORANGE, ":"), "revised": (style.GREEN, "--"), "actual": (style.BLUE, "-")}
GAP = 0.075  # least distance of two labels, share of the axis


def year(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Target, actual, landing and revised plan cumulated over the year; `frame` is the review's `outlook`."""
    ends: dict[str, tuple[int, float]] = {}
    for name, (colour, dash) in LINES.items():
        known = frame[frame[name].notna()]
        if len(known):
            values = known[name].astype("float64")
            ax.plot(known.index, values, dash, color=colour, linewidth=3 if name == "actual" else 2)
            ends[name] = (int(known.index[-1]), float(values.iloc[-1]))
    ax.set_xticks(range(len(frame)), [words.month_short(month) for month in frame["month"]])
    ax.set_xlim(-0.3, len(frame) + 2.2)
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    style.money_axis(ax, words)
    _label_ends(ax, ends, len(frame) - 1, words)
    last = frame.iloc[-1]
    landing = None if last.isna()["landing"] else last["landing"]
    key = "variance_review.chart_year" if landing is not None else "variance_review.chart_year_plan"
    style.title(ax, words(key, target=words.money(last["target"]), landing=words.money(landing)))
    return ax


def _label_ends(ax: "Axes", ends: dict[str, tuple[int, float]], last: int, words: Words) -> None:
    """Name each line at its end; lines that end with the year keep their names apart."""
    texts = {name: f"{words.column(name)} {words.money(value, unit=False)}" for name, (_, value) in ends.items()}
    final = sorted((name for name in ends if ends[name][0] == last), key=lambda name: ends[name][1])
    bottom, top = ax.get_ylim()
    places = dict(zip(final, _apart([ends[name][1] for name in final], (top - bottom) * GAP), strict=True))
    for name, (at, value) in ends.items():
        final_place = name in places
        ax.annotate(
            texts[name], (at, value), (at + 0.25, places.get(name, value)), color=style.MUTED if name == "target" else LINES[name][0],
            va="center" if final_place else "top", fontsize=9, textcoords="data",
        )


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
    levels = np.concatenate([[0.0], np.cumsum(heights[:-1])])
    bottoms = np.where(np.isin(STEPS, ["target", "actual"]), 0.0, levels)
    inner = np.where(heights >= 0, style.GREEN, style.RED)
    colours = np.where(np.isin(STEPS, ["target", "actual"]), [style.GREY] + [style.BLUE] * 6, inner)
    ax.bar(range(len(STEPS)), heights, bottom=bottoms, color=list(colours), width=0.62)
    for index in range(len(STEPS) - 1):
        ax.plot([index + 0.31, index + 0.69], [levels[index + 1]] * 2, color=style.MUTED, linewidth=0.8)
    tops = np.maximum(bottoms, bottoms + heights)
    for index, (top, height) in enumerate(zip(tops, heights, strict=True)):
        ax.annotate(words.money(height, unit=False), (index, top), (0, 3), textcoords="offset points", ha="center", fontsize=9)
    ax.set_xticks(range(len(STEPS)), [words.column(name) for name in STEPS])
    style.money_axis(ax, words)
    ax.margins(y=0.12)
    variance = heights[-1] - heights[0]
    key = "variance_review.chart_bridge_short" if variance < 0 else "variance_review.chart_bridge_over"
    style.title(ax, words(key, variance=words.money(abs(variance))))
    return ax


def attainment(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Share of the year's quota done per rep, with a mark where the months gone ask him to be; `frame`: `standing`."""
    known = frame[frame["year_share"].notna()].head(30)
    if known.empty:
        return _nothing(ax, words)
    places = np.arange(len(known))[::-1]
    done, due = known["year_share"].to_numpy(), known["due_share"].fillna(0.0).to_numpy()
    colours = np.where(done >= due, style.GREEN, style.ORANGE)
    bars = ax.barh(places, done, color=list(colours), height=0.6)
    ax.vlines(due, places - 0.42, places + 0.42, color=style.INK, linewidth=2)
    ax.set_yticks(places, [_label(rep, name) for rep, name in zip(known["rep"], known["name"], strict=True)])
    texts = [words("variance_review.chart_attainment_label", attainment=words.percent(value, 0)) for value in known["attainment"]]
    style.bar_labels(ax, bars, texts, padding=8)
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
    places = np.arange(len(frame))
    closed = frame["actual"].notna().to_numpy()
    ax.bar(places - 0.2, frame["original"].astype("float64"), width=0.38, color=style.GREY)
    ax.bar(places + 0.2, frame["revised"].astype("float64"), width=0.38, color=list(np.where(closed, style.BLUE, style.GREEN)))
    ax.set_xticks(places, [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)
    used = [("original", style.MUTED), *([("actual", style.BLUE)] if closed.any() else []), ("revised", style.GREEN)]
    for index, (name, colour) in enumerate(used):
        ax.annotate(words.column(name), (0.02 + 0.16 * index, 0.97), xycoords="axes fraction", color=colour, fontsize=9, va="top", weight="bold")
    ax.margins(y=0.15)
    change = int(frame.loc[~closed, "revised"].sum() - frame.loc[~closed, "original"].sum())
    key = "rise" if change > 0 else "fall" if change < 0 else "same"
    style.title(ax, words(f"variance_review.chart_months_{key}", amount=words.money(abs(change))))
    return ax


def _nothing(ax: "Axes", words: Words) -> "Axes":
    """An empty chart that says there is nothing to see yet."""
    ax.set_axis_off()
    style.title(ax, words("variance_review.chart_nothing"))
    return ax
