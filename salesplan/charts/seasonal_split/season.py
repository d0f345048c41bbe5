"""Charts of the seasonal split: months, the season by year, members, days."""

from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_MEMBERS = 15


def months(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Target of each month with its share of the year, beside last year's actual; `frame`: `month_overview`.

    A column `mark` names what moves or fixes a month and stands below it; `apart` (fen) is the part of the target that
    launches and projects are to bring.
    """
    places = np.arange(len(frame))
    known = frame["last_year"].notna().to_numpy()
    ax.bar(places[known] - 0.2, frame.loc[known, "last_year"].astype("float64"), width=0.36, color=style.GREY)
    bars = ax.bar(places + 0.2 * known.any(), frame["amount"], width=0.44, color=style.BLUE)
    apart = "apart" in frame and bool(frame["apart"].any())
    if apart:
        below = frame["amount"] - frame["apart"]
        ax.bar(places + 0.2 * known.any(), frame["apart"], bottom=below, width=0.44, color=style.ORANGE)
    style.bar_labels(ax, bars, [words.percent(share) for share in frame["share"]], size=8)
    marks = frame["mark"] if "mark" in frame else [""] * len(frame)
    labels = [words.month_short(month) for month in frame["month"]]
    ax.set_xticks(places, [f"{name}\n{mark}".strip() for name, mark in zip(labels, marks, strict=True)])
    style.money_axis(ax, words)
    ax.margins(y=0.2)
    names = [("amount", style.BLUE), *([("last_year", style.MUTED)] if known.any() else [])]
    names += [("apart", style.ORANGE)] if apart else []
    for index, (name, colour) in enumerate(names):
        text = words(f"seasonal_split.chart_months_{name}")
        ax.annotate(text, (0.01 + 0.2 * index, 0.97), xycoords="axes fraction", color=colour, va="top", weight="bold")
    style.title(ax, _season_title(frame, words))
    return ax


def _season_title(frame: "pd.DataFrame", words: Words) -> str:
    best, worst = _row(frame, frame["amount"].argmax()), _row(frame, frame["amount"].argmin())
    if words.money(best["amount"]) == words.money(worst["amount"]):  # a fen apart is even
        return words("seasonal_split.chart_months_even", amount=words.money(best["amount"]))
    return words(
        "seasonal_split.chart_months",
        best=words.month_short(best["month"]),
        best_amount=words.money(best["amount"]),
        worst=words.month_short(worst["month"]),
        worst_amount=words.money(worst["amount"]),
    )


def _row(frame: "pd.DataFrame", place: Any) -> Any:
    return frame.iloc[int(place)]


def profiles(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Shares of the months in each year used, and the chosen split on top; `frame`: `profiles`."""
    before = sorted(set(frame.loc[~frame["planned"], "year"]))
    plan = int(frame.loc[frame["planned"], "year"].iloc[0])
    colours = {plan: style.BLUE, **dict(zip(before, style.PALETTE[1:] * len(before), strict=False))}
    for index, year in enumerate([*before, plan]):
        line = frame[(frame["year"] == year) & (frame["planned"] == (year == plan))]
        ax.plot(range(12), line["share"], color=colours[year], linewidth=3 if year == plan else 1.2)
        text = words(f"seasonal_split.chart_profiles_{'plan' if year == plan else 'year'}", year=year)
        place = (0.01 + min(0.14, 0.95 / (len(before) + 1)) * index, 0.97)
        ax.annotate(text, place, xycoords="axes fraction", color=colours[year], va="top", weight="bold")
    ax.set_xticks(range(12), [words.month_short(month) for month in frame.loc[frame["planned"], "month"]])
    ax.set_ylim(0, float(frame["share"].max()) * 1.25)
    style.percent_axis(ax)
    ax.set_ylabel(words("seasonal_split.chart_share_axis"))
    style.title(ax, _profile_title(frame, before, words))
    return ax


def _profile_title(frame: "pd.DataFrame", before: list[int], words: Words) -> str:
    """Names the month whose share moved most between the years of the history."""
    if len(before) < 2:
        return words("seasonal_split.chart_profiles_short", count=len(before))
    table = frame[~frame["planned"]].pivot_table(index="month", columns="year", values="share")
    moved = (table.max(axis=1) - table.min(axis=1)).sort_index()
    found = table.loc[moved.index].iloc[int(moved.to_numpy().argmax())]
    return words(
        "seasonal_split.chart_profiles",
        month=words.month_short(str(found.name)),
        low=words.percent(found.min()),
        high=words.percent(found.max()),
    )


def members(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Heat map of month x member; `frame`: `by_member`. The largest members only."""
    order = list(dict.fromkeys(frame["member"]))[:MOST_MEMBERS]
    table = frame.pivot_table(index="member", columns="month", values="amount", aggfunc="sum").reindex(order)
    decimals = 0 if table.to_numpy(dtype="float64").max(initial=0) >= 100 * words.scale else 1
    texts = table.map(lambda fen: words.money(fen, unit=False, decimals=decimals))
    style.heat(ax, table.rename(columns=words.month_short), texts)
    year = table.sum(axis=1)
    share = year.iloc[0] / frame["amount"].sum() if frame["amount"].sum() else None
    text = words("seasonal_split.chart_members", member=order[0], share=words.percent(share), unit=words.unit)
    style.title(ax, text)
    return ax
