"""What customers owe, and what was spent against the budget."""

from typing import TYPE_CHECKING

import numpy as np

from salesplan.charts import style
from salesplan.charts.variance_review.axes import nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LATER = ("#c2935c", style.ORANGE, style.RED, "#7d1f4f")  # the older the debt, the stronger; seen on dark pages too


def overdue(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """What is overdue by age, one bar per customer, the largest on top; `frame`: the review's `late`."""
    if frame.empty:
        return nothing(ax, words)
    ages = [str(name) for name in frame.columns[1:]]
    places, left = np.arange(len(frame)), np.zeros(len(frame))
    for index, (age, colour) in enumerate(zip(ages, LATER, strict=True)):
        fen = frame[age].to_numpy(dtype="float64")
        ax.barh(places, fen, left=left, color=colour, height=0.62)
        left = left + fen
        text = words("collecting.chart_days", age=age)
        corner = (0.98, 0.30 - 0.07 * index)
        ax.annotate(f"■ {text}", corner, xycoords="axes fraction", color=colour, ha="right", fontsize=9, weight="bold")
    for place, end in zip(places, left.tolist(), strict=True):
        text = words.money(end, unit=False)
        ax.annotate(text, (end, place), (5, 0), textcoords="offset points", va="center", fontsize=9)
    ax.set_yticks(places, frame["customer"].tolist())
    style.rows(ax, len(frame))
    style.money_axis(ax, words, "x")
    ax.margins(x=0.12)
    said = {"customer": frame["customer"].iloc[0], "most": words.money(left[0]), "amount": words.money(left.sum())}
    style.title(ax, words("collecting.chart_overdue", count=len(frame), **said))
    return ax


def spending(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Actual expenses of each category to date beside a mark for the budget; `frame`: the review's `categories`."""
    if frame.empty:
        return nothing(ax, words)
    ranked = frame.sort_values(["actual", "category"], ascending=[False, True], kind="stable")
    over = ranked["over"].to_numpy() > 0
    places = np.arange(len(ranked))
    ax.barh(places, ranked["actual"].astype("float64"), color=list(np.where(over, style.RED, style.BLUE)), height=0.6)
    ax.vlines(ranked["budget"].astype("float64"), places - 0.42, places + 0.42, color=style.INK, linewidth=2)
    ends = np.maximum(ranked["actual"].to_numpy(), ranked["budget"].to_numpy())
    for place, end, more in zip(places, ends, ranked["over"], strict=True):
        text = ("+" if more > 0 else "") + words.money(more, unit=False)
        ax.annotate(text, (end, place), (6, 0), textcoords="offset points", va="center", fontsize=9)
    ax.set_yticks(places, ranked["category"].tolist())
    style.rows(ax, len(ranked))
    style.money_axis(ax, words, "x")
    ax.margins(x=0.12)
    beyond = words.money(int(ranked["over"].clip(lower=0).sum()))
    key = "chart_over" if over.any() else "chart_within"
    style.title(ax, words(f"spending.{key}", count=int(over.sum()), categories=len(ranked), amount=beyond))
    return ax
