"""Charts of purchases and stock: cover by product and month, funds by month, dealers' orders beside the plan."""

from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_PRODUCTS = 15
LOW_BAR = 0.2  # of the highest: a label does not fit inside


def stock_cover(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Heat map product x month: days the closing stock lasts, what is owed in red; `frame`: `stock_plan`.

    Products that are short come first, then those whose stock lasts longest.
    """
    from matplotlib.patches import Rectangle

    grids = {name: _grid(frame, name) for name in ("cover_days", "shortage")}
    rank = np.lexsort((-grids["cover_days"].mean(axis=1).to_numpy(), -grids["shortage"].max(axis=1).to_numpy()))
    order = list(grids["cover_days"].index[rank])[:MOST_PRODUCTS]
    days, short = (grids[name].reindex(order) for name in ("cover_days", "shortage"))
    texts = days.map(lambda found: words.number(found)).mask(short > 0, short.map(lambda found: words.number(-found)))
    style.heat(ax, days.clip(upper=365).rename(columns=words.month_short), texts)
    for row, column in zip(*np.nonzero(short.to_numpy() > 0), strict=True):
        ax.add_patch(Rectangle((column, row), 1, 1, facecolor=style.RED, edgecolor="white", zorder=1.5))
        ax.text(
            column + 0.5, row + 0.5, texts.iloc[row, column], color="white", ha="center", va="center", size=8, zorder=3
        )
    ax.set_xlabel(words("seasonal_split.chart_stock_axis"))
    style.title(ax, _cover_title(frame, words))
    return ax


def _grid(frame: "pd.DataFrame", column: str) -> "pd.DataFrame":
    cells = frame.assign(shown=frame[column].astype("Float64").astype("float64"))
    return cells.pivot_table(index="product", columns="month", values="shown", dropna=False)


def _cover_title(frame: "pd.DataFrame", words: Words) -> str:
    short = frame[frame["shortage"] > 0]
    if short.empty:
        lasts = frame["cover_days"].dropna()
        return words("seasonal_split.chart_stock", days=words.number(lasts.median() if len(lasts) else None))
    ordered = short.sort_values(["month", "product"])
    worst = _row(ordered, ordered["shortage"].argmax())
    return words(
        "seasonal_split.chart_stock_short",
        product=worst["product"],
        month=words.month_short(worst["month"]),
        units=words.number(worst["shortage"]),
    )


def _row(frame: "pd.DataFrame", place: Any) -> Any:
    return frame.iloc[int(place)]


def purchase_funds(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Funds for purchases by month of arrival, and what the stock at each month's end cost; `frame`: `stock_months`."""
    places = np.arange(len(frame))
    bars = ax.bar(places, frame["funds"], width=0.6, color=style.BLUE)
    tall = (frame["funds"] > LOW_BAR * frame["funds"].max()).tolist()
    texts = [words.money(fen, unit=False, decimals=1) for fen in frame["funds"]]
    ax.bar_label(bars, [text if high else "" for text, high in zip(texts, tall, strict=True)], label_type="center",
                 color="white", fontsize=8)  # fmt: skip
    style.bar_labels(ax, bars, ["" if high else text for text, high in zip(texts, tall, strict=True)], size=8)
    ax.plot(places, frame["value_stock"], color=style.ORANGE, marker="o", markersize=4)
    ax.set_xticks(places, [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)
    ax.margins(y=0.25)
    for index, (name, colour) in enumerate((("funds", style.BLUE), ("value_stock", style.ORANGE))):
        text = words(f"seasonal_split.chart_funds_{name}")
        ax.annotate(text, (0.01 + 0.26 * index, 0.97), xycoords="axes fraction", color=colour, va="top", weight="bold")
    most = _row(frame, frame["funds"].argmax())
    values = {"total": words.money(frame["funds"].sum()), "month": words.month_short(most["month"])}
    style.title(ax, words("seasonal_split.chart_funds", most=words.money(most["funds"]), **values))
    return ax


def dealer_orders(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """By how much the dealers' orders exceed (green) or miss (red) the plan, by month; `frame`: `dealer_demand`."""
    months = frame.groupby("month", sort=True)["amount_gap"].sum().astype("int64")
    places = np.arange(len(months))
    bars = ax.bar(places, months, width=0.6, color=[style.GREEN if fen >= 0 else style.RED for fen in months])
    style.bar_labels(ax, bars, [words.money(fen, unit=False, decimals=1) for fen in months], size=8)
    ax.axhline(0, color=style.GREY, linewidth=1)
    ax.set_xticks(places, [words.month_short(month) for month in months.index])
    style.money_axis(ax, words)
    ax.margins(y=0.2)
    more = "chart_dealers_more" if months.min() < 0 else "chart_dealers_enough"
    key = "chart_dealers_less" if months.sum() < 0 else more
    worst = words.month_short(str(months.index[int(months.to_numpy().argmin())]))
    values = {"gap": words.money(abs(months.sum())), "worst": worst, "worst_gap": words.money(months.min())}
    style.title(ax, words(f"seasonal_split.{key}", **values))
    return ax
