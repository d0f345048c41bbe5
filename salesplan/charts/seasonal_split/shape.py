"""Charts of what shapes the year beside its season: odd months of the history, launches, events, projects."""

from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WIDEST = 0.6  # deviation at which the colour is full
MOST_NAMES = 5


def unusual(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Deviation of every month of the history from its usual share, odd ones framed; `frame`: `unusual` months."""
    import seaborn as sns
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    months = [words.month_short(month) for month in frame["month"].iloc[:12]]
    years = list(dict.fromkeys(frame["year"].tolist()))
    grid = frame["change_share"].to_numpy(dtype="float64").reshape(len(years), 12)
    shades = LinearSegmentedColormap.from_list("sides", [style.ORANGE, "#ffffff", style.BLUE])
    texts = [[f"{value:+.0%}".replace("-", "\u2212") for value in row] for row in grid]
    sns.heatmap(
        grid, ax=ax, cmap=shades, vmin=-WIDEST, vmax=WIDEST, annot=texts, fmt="", cbar=False, linewidths=1,
        linecolor="white", xticklabels=months, yticklabels=years, annot_kws={"fontsize": 8},
    )  # fmt: skip
    for place in np.flatnonzero((frame["state"] != "usual").to_numpy()).tolist():
        corner = (place % 12 + 0.04, place // 12 + 0.04)
        ax.add_patch(Rectangle(corner, 0.92, 0.92, fill=False, edgecolor=style.RED, linewidth=2))
    ax.tick_params(axis="both", rotation=0)
    ax.set(xlabel="", ylabel="")
    style.title(ax, _unusual_title(frame, words))
    return ax


def _unusual_title(frame: "pd.DataFrame", words: Words) -> str:
    odd = frame[frame["state"] != "usual"]
    if odd.empty:
        return words("seasonal_split.chart_unusual_none")
    worst = odd.iloc[int(odd["change_share"].abs().to_numpy().argmax())]
    values = {"share": words.percent(worst["share"]), "usual": words.percent(worst["usual"])}
    return words("seasonal_split.chart_unusual", month=words.month(worst["month"]), **values)


def launches(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Months of what is launched, stacked; `frame`: `launch_table`."""
    months = [name for name in frame.columns if name[:4].isdigit()]
    below = np.zeros(12)
    for place, (member, row) in enumerate(zip(frame["member"], frame[months].to_numpy(dtype="float64"), strict=True)):
        colour = style.PALETTE[place % len(style.PALETTE)]
        ax.bar(range(12), row, bottom=below, width=0.6, color=colour)
        _name(ax, place, str(member), colour)
        below = below + row
    _months_axis(ax, months, words)
    ax.margins(y=0.2)
    amount = words.money(int(frame["amount"].sum()))
    best = words.month_short(months[int(below.argmax())])
    names = words.list([str(name) for name in frame["member"].head(MOST_NAMES)])
    style.title(ax, words("seasonal_split.chart_launches", members=names, amount=amount, best=best))
    return ax


def events(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """What each event brings into its months and takes from the others; `frame`: `event_moves`."""
    names = list(dict.fromkeys(frame["event"]))
    width = 0.8 / len(names)
    grid = frame["amount"].to_numpy(dtype="float64").reshape(-1, 12)
    for place, (name, row) in enumerate(zip(frame["event"].iloc[::12], grid, strict=True)):
        colour = style.PALETTE[names.index(name) % len(style.PALETTE)]
        ax.bar(np.arange(12) + (place - (len(grid) - 1) / 2) * width, row, width=width, color=colour)
        _name(ax, place, str(name), colour)
    ax.axhline(0, color=style.GREY, linewidth=1)
    _months_axis(ax, frame["month"].iloc[:12].tolist(), words)
    ax.margins(y=0.25)
    sums = grid.sum(axis=0)
    moved, best = int(np.clip(sums, 0, None).sum()), words.month_short(frame["month"].iloc[int(sums.argmax())])
    key = "chart_events" if moved else "chart_events_none"
    style.title(ax, words(f"seasonal_split.{key}", amount=words.money(moved), month=best))
    return ax


def projects(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Deals by month of their close: what is planned apart, and behind it the full amounts; `frame`: the table."""
    order = sorted(set(frame["month"]))
    places = np.arange(len(order))
    sums = frame.groupby("month")[["amount", "placed"]].sum().reindex(order)
    ax.bar(places, sums["amount"].astype("float64"), width=0.6, color=style.GREY)
    bars = ax.bar(places, sums["placed"].astype("float64"), width=0.6, color=style.BLUE)
    texts = [words.money(fen, unit=False) if fen else "" for fen in sums["placed"].tolist()]
    style.bar_labels(ax, bars, texts, size=8)
    ax.set_xticks(places, [f"{words.month_short(month)}\n{month[:4]}" for month in order])
    style.money_axis(ax, words)
    ax.margins(y=0.2)
    _name(ax, 0, words("seasonal_split.chart_projects_placed"), style.BLUE)
    _name(ax, 1, words("seasonal_split.chart_projects_amount"), style.MUTED)
    count = int((frame["placed"] > 0).sum())
    amount = words.money(int(frame["placed"].sum()))
    style.title(ax, words("seasonal_split.chart_projects", count=count, every=len(frame), amount=amount))
    return ax


def _months_axis(ax: "Axes", months: list[str], words: Words) -> None:
    ax.set_xticks(range(len(months)), [words.month_short(month) for month in months])
    style.money_axis(ax, words)


def _name(ax: "Axes", place: int, text: str, colour: Any) -> None:
    if place < MOST_NAMES:
        at = (0.01 + 0.2 * place, 0.97)
        ax.annotate(f"■ {text}", at, xycoords="axes fraction", color=colour, va="top", weight="bold")
