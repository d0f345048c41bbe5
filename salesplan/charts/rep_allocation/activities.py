"""Charts of the activity plan: whether it can be worked, the funnels, and the pace beside the company's standard."""

from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

FULL, TIGHT = 1.0, 0.9  # of the hours there are
DEAL = "deal"


def load(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Heat map rep x month of hours needed / hours available, the fullest first; above one in red.

    `frame` is the table rep_allocation_load.
    """
    known = frame[frame["load_share"].notna()]
    if known.empty:
        return nothing(ax, words("rep_allocation.load_none"))
    grid = known.pivot_table(index="rep", columns="month", values="load_share", aggfunc="first")
    order = grid.assign(worst=grid.max(axis=1)).sort_values(["worst", "rep"], ascending=[False, True]).index[:MOST]
    shown = grid.loc[order]
    _cells(ax, shown, words)
    ax.set_xticks(np.arange(len(shown.columns)) + 0.5, [words.month_short(month) for month in shown.columns])
    ax.set_yticks(np.arange(len(shown)) + 0.5, [words.person(str(rep)) for rep in shown.index])
    ax.set_xlabel(words("rep_allocation.load_axis"))
    style.title(ax, _load_title(grid, words))
    return ax


def _cells(ax: "Axes", grid: "pd.DataFrame", words: Words) -> None:
    from matplotlib.colors import ListedColormap

    values = grid.to_numpy(dtype="float64")
    level = np.select([np.isnan(values), values > FULL, values > TIGHT], [np.nan, 2.0, 1.0], default=0.0)
    ax.pcolormesh(level, cmap=ListedColormap(["#dfeaf4", "#f6d9b8", style.RED]), vmin=0, vmax=2, edgecolor="white")
    ax.invert_yaxis()
    for row, column in zip(*np.nonzero(~np.isnan(values)), strict=True):
        over = values[row, column] > FULL
        text = words.percent(values[row, column], 0)
        ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8,
                color="white" if over else style.INK)  # fmt: skip
    for side in ax.spines.values():
        side.set_visible(False)


def _load_title(grid: "pd.DataFrame", words: Words) -> str:
    worst = grid.max(axis=1)
    over = worst[worst > FULL].sort_values(ascending=False, kind="stable")
    if over.empty:
        first = str(worst.idxmax())
        return words("rep_allocation.load_fits", rep=words.person(first), load=words.percent(worst.max(), 0))
    names = words.list([words.person(str(rep)) for rep in over.index[:4]])
    key = "load_over" if len(over) <= 4 else "load_over_more"
    return words(f"rep_allocation.{key}", names=names, count=len(over), load=words.percent(over.iloc[0], 0))


def funnel_rates(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Per stage every rep's own rate (hollow), the team's (dash) and the one used (full); `frame`: the funnel table.

    Stages stand beside each other, reps within a stage in the order of the table.
    """
    stages = [name for name in dict.fromkeys(frame["activity"]) if name != DEAL]
    rows = frame[frame["activity"].isin(stages)]
    if rows.empty or rows["rate"].isna().all():
        return nothing(ax, words("rep_allocation.rates_none"))
    reps = list(dict.fromkeys(rows["rep"]))[:MOST]
    for place, stage in enumerate(stages):
        _stage(ax, rows[(rows["activity"] == stage) & rows["rep"].isin(reps)], place, words)
    ax.set_xticks(range(len(stages)), [words.code("activity", stage) for stage in stages])
    ax.set_xlim(-0.5, len(stages) - 0.5)
    ax.set_ylim(0, None)
    style.percent_axis(ax)
    for key, mark, face in (("own", "o", "none"), ("used", "o", style.BLUE), ("team", "_", "none")):
        ax.plot([], [], mark, color=style.BLUE, markerfacecolor=face, label=words(f"rep_allocation.rates_{key}"))
    ax.legend(loc="upper right", ncols=3, fontsize=8)
    style.title(ax, _rates_title(rows, stages[0], words))
    return ax


def _stage(ax: "Axes", rows: "pd.DataFrame", place: int, words: Words) -> None:
    """The reps of one stage from left to right; the lowest and the highest are named."""
    used = rows["rate"].to_numpy(dtype="float64")
    x = place + np.linspace(-0.38, 0.38, max(len(rows), 2))[: len(rows)]
    own = np.where(rows["source"] == "own", rows["own_rate"].to_numpy(dtype="float64"), np.nan)
    ax.vlines(x, np.fmin(own, used), np.fmax(own, used), color=style.GREY, linewidth=1)
    ax.plot(x, rows["team_rate"].to_numpy(dtype="float64"), "_", color=style.BLUE, markersize=9)
    ax.plot(x, own, "o", color=style.BLUE, markerfacecolor="white", markersize=5)
    ax.plot(x, used, "o", color=style.BLUE, markersize=4)
    if len(rows) > 1 and not np.isnan(used).all():
        for at, up in ((int(np.nanargmin(used)), -1), (int(np.nanargmax(used)), 1)):
            name = words.person(str(rows["rep"].iloc[at]))
            ax.annotate(name, (x[at], np.fmax(used[at], own[at]) if up > 0 else np.fmin(used[at], own[at])),
                        (0, 9 * up), textcoords="offset points", ha="center", va="center", fontsize=8)  # fmt: skip


def _rates_title(rows: "pd.DataFrame", stage: str, words: Words) -> str:
    first = rows[(rows["activity"] == stage) & rows["rate"].notna()].sort_values(["rate", "rep"])
    low, high = _end(first, 0), _end(first, -1)
    names = {"low_rep": words.person(low["rep"]), "high_rep": words.person(high["rep"])}
    values = {"low": words.percent(low["rate"], 0), "high": words.percent(high["rate"], 0)}
    return words("rep_allocation.rates_title", stage=words.code("activity", stage), **names, **values)


def _end(frame: "pd.DataFrame", place: int) -> Any:
    return frame.iloc[place]


def pace(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """What the quota asks for as a share of the company's standard: the year's mean, up to the hardest month; recorded.

    `frame`: the table rep_allocation_pace; one row per rep and activity with a standard.
    """
    if frame.empty:
        return nothing(ax, words("rep_allocation.pace_none"))
    names = list(dict.fromkeys(frame["activity"]))
    reps = list(dict.fromkeys(frame["rep"]))[:MOST]
    for number, name in enumerate(names):
        rows = frame[(frame["activity"] == name) & frame["rep"].isin(reps)].set_index("rep").reindex(reps)
        _pace_rows(ax, rows, number, len(names))
        ax.plot([], [], "-", linewidth=5, color=style.PALETTE[number], label=_standard(rows, name, words))
    ax.plot([], [], "|", color=style.INK, markersize=9, label=words("rep_allocation.pace_recorded"))
    ax.axvline(1.0, color=style.INK, linewidth=1)
    ax.set_yticks(range(len(reps)), [words.person(str(rep)) for rep in reps])
    style.rows(ax, len(reps))
    ax.set_xlim(0, None)
    style.percent_axis(ax, "x")
    ax.set_xlabel(words("rep_allocation.pace_axis"))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, fontsize=8)
    style.title(ax, _pace_title(frame, words))
    return ax


def _standard(rows: "pd.DataFrame", name: str, words: Words) -> str:
    first = rows.dropna(subset=["standard"]).iloc[0]
    values = {"count": words.number(first["standard"]), "per": words.code("per", str(first["per"]))}
    return words("rep_allocation.pace_standard", activity=words.code("activity", name), **values)


def _pace_rows(ax: "Axes", rows: "pd.DataFrame", number: int, count: int) -> None:
    height = 0.7 / count
    y = np.arange(len(rows)) + (number - (count - 1) / 2) * height
    standard = rows["standard"].to_numpy(dtype="float64")
    mean, peak, past = (rows[name].to_numpy(dtype="float64") / standard for name in ("pace", "peak", "recorded"))
    colour = style.PALETTE[number]
    ax.barh(y, peak, height=height * 0.5, color=colour, alpha=0.3)
    ax.barh(y, mean, height=height * 0.85, color=colour)
    ax.plot(past, y, "|", color=style.INK, markersize=8)


def _pace_title(frame: "pd.DataFrame", words: Words) -> str:
    above = frame[frame["pace"] > frame["standard"]]
    count = frame["rep"].nunique()
    if above.empty:
        return words("rep_allocation.pace_below", count=count)
    names = [words.person(str(rep)) for rep in dict.fromkeys(above.sort_values("pace", ascending=False)["rep"])]
    key = "pace_above" if len(names) <= 4 else "pace_above_more"
    return words(f"rep_allocation.{key}", names=words.list(names[:4]), count=len(names))


def receivables(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """What customers owe by rep, the part that should come in within the month in front; `frame`: the board's table."""
    now = frame[(frame["activity"] == "receivable") & (frame["kind"] == "month")]
    owed = now.sort_values(["amount", "rep"], ascending=[False, True]).head(MOST)
    owed = owed[owed["amount"].astype("float64") > 0]
    if owed.empty:
        return nothing(ax, words("rep_allocation.receivables_none"))
    amount, odds = owed["amount"].to_numpy(dtype="float64"), owed["probability"].fillna(0).to_numpy(dtype="float64")
    ax.barh(
        range(len(owed)), amount * odds, height=0.66, color=style.GREEN, label=words("rep_allocation.receivables_in")
    )
    ax.barh(range(len(owed)), amount * (1 - odds), left=amount * odds, height=0.66, color=style.GREY,
            label=words("rep_allocation.receivables_later"))  # fmt: skip
    for place, share in enumerate(odds):
        ax.annotate(words.percent(share, 0), (amount[place], place), (5, 0), textcoords="offset points", va="center",
                    fontsize=9)  # fmt: skip
    ax.set_yticks(range(len(owed)), [words.person(str(rep)) for rep in owed["rep"]])
    style.rows(ax, len(owed))
    style.money_axis(ax, words, axis="x")
    ax.legend(loc="lower right", fontsize=8)
    first = _end(owed, 0)
    values = {"rep": words.person(str(first["rep"])), "amount": words.money(int(first["amount"]))}
    share = words.percent(float((amount * odds).sum() / amount.sum()), 0)
    style.title(
        ax, words("rep_allocation.receivables_title", month=words.month(str(first["period"])), odds=share, **values)
    )
    return ax
