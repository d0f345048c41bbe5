"""Charts of the back-test: how well each method would have done."""

from typing import TYPE_CHECKING

import numpy as np

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

USUAL = "pooled_share"


def methods(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Error of each method on the plan's own history, the chosen one marked; `frame`: `back_test`."""
    known = frame[frame["error"].notna()]
    colours = [style.BLUE if chosen else style.GREY for chosen in known["chosen"]]
    bars = ax.barh(np.arange(len(known)), known["error"], color=colours, height=0.6)
    style.bar_labels(ax, bars, [words.number(error, 2) for error in known["error"]])
    ax.set_yticks(np.arange(len(known)), [words.code("method", method) for method in known["method"]])
    style.rows(ax, len(known))
    ax.grid(visible=True, axis="x")
    ax.set_xlabel(words("seasonal_split.chart_error_axis"))
    ax.margins(x=0.12)
    style.title(ax, _verdict(known, words))
    return ax


def _verdict(known: "pd.DataFrame", words: Words) -> str:
    """The chosen method beside the usual one, or the chosen one alone."""
    chosen = known[known["chosen"]].iloc[0]
    usual = known[known["method"] == USUAL].iloc[0]
    names = {"method": words.code("method", chosen["method"]), "usual": words.code("method", USUAL)}
    if chosen["method"] == USUAL or not usual["error"]:
        return words("seasonal_split.chart_methods_alone", error=words.number(chosen["error"], 2), **names)
    less = 1 - chosen["error"] / usual["error"]
    key = "chart_methods_better" if less >= 0 else "chart_methods_worse"
    return words(f"seasonal_split.{key}", less=words.percent(abs(less), 0), **names)


def hindsight(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """A past year's months beside what would have been planned for them; `frame`: `hindsight`."""
    places = np.arange(len(frame))
    ax.bar(places, frame["actual"], width=0.6, color=style.GREY)
    planned = [name for name in frame.columns if name.startswith("amount_")]
    colours = dict(zip(planned, (style.BLUE, style.ORANGE), strict=False))
    for name in reversed(planned):
        ax.plot(places, frame[name], color=colours[name], linewidth=2.2, marker="o", markersize=4)
    ax.set_xticks(places, [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)
    ax.margins(y=0.22)
    labels = [(words("seasonal_split.chart_hindsight_actual"), style.MUTED)]
    labels += [(f"\u25cf {words.code('method', name.removeprefix('amount_'))}", colours[name]) for name in planned]
    for index, (text, colour) in enumerate(labels):
        ax.annotate(text, (0.01 + 0.22 * index, 0.97), xycoords="axes fraction", color=colour, va="top", weight="bold")
    off = (frame[planned[0]] - frame["actual"]).abs()
    worst = frame.iloc[int(off.to_numpy().argmax())]
    values = {
        "year": frame["month"].iloc[0][:4],
        "share": words.percent(off.sum() / 2 / frame["actual"].sum()),
        "month": words.month_short(worst["month"]),
        "amount": words.money(int(off.max())),
    }
    style.title(ax, words("seasonal_split.chart_hindsight", **values))
    return ax
