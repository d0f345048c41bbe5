"""Charts of the expenses and the profit by month."""

from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def expenses(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Expenses of each month, what moves with sales on top, the ratio to sales above; `frame`: `expense_ratio`."""
    places = np.arange(len(frame))
    ax.bar(places, frame["fixed"], width=0.62, color=style.BLUE)
    bars = ax.bar(places, frame["variable"], bottom=frame["fixed"], width=0.62, color=style.PALETTE[5])
    style.bar_labels(ax, bars, [words.percent(ratio) for ratio in frame["ratio"]], size=8)
    ax.set_xticks(places, [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)
    ax.margins(y=0.24)
    _legend(ax, (("chart_expenses_fixed", style.BLUE), ("chart_expenses_variable", style.PALETTE[5])), words)
    style.title(ax, _expense_title(frame, words))
    return ax


def _legend(ax: "Axes", names: tuple[tuple[str, str], ...], words: Words) -> None:
    for place, (name, colour) in enumerate(names):
        at = (0.01 + 0.26 * place, 0.98)
        text = words(f"seasonal_split.{name}")
        ax.annotate(text, at, xycoords="axes fraction", color=colour, va="top", weight="bold")


def _row(frame: "pd.DataFrame", place: Any) -> Any:
    return frame.iloc[int(place)]


def _expense_title(frame: "pd.DataFrame", words: Words) -> str:
    known = frame[frame["ratio"].notna()]
    total = int(frame["fixed"].sum() + frame["variable"].sum())
    if known.empty:
        return words("seasonal_split.chart_expenses_alone", total=words.money(total))
    high, low = _row(known, known["ratio"].argmax()), _row(known, known["ratio"].argmin())
    return words(
        "seasonal_split.chart_expenses",
        high_month=words.month_short(high["month"]),
        high=words.percent(high["ratio"]),
        low_month=words.month_short(low["month"]),
        low=words.percent(low["ratio"]),
        year=words.percent(total / int(frame["sales"].sum())),
    )


def profit(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Gross margin beside expenses of each month, net profit as text; `frame`: table `seasonal_split_profit`."""
    places = np.arange(len(frame))
    top = frame[["gross", "expense"]].astype("float64").max(axis=1)
    ax.bar(places - 0.2, frame["gross"].astype("float64"), width=0.38, color=style.GREEN)
    ax.bar(places + 0.2, frame["expense"], width=0.38, color=style.BLUE)
    for place, (height, net) in enumerate(zip(top, frame["net"], strict=True)):
        colour = style.RED if net < 0 else style.INK
        text = words.money(net, unit=False)
        ax.annotate(
            text, (place, height), xytext=(0, 4), textcoords="offset points", ha="center", fontsize=8, color=colour
        )
    ax.set_xticks(places, [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)
    ax.margins(y=0.26)
    names = (("chart_profit_gross", style.GREEN), ("chart_profit_expense", style.BLUE), ("chart_profit_net", style.INK))
    _legend(ax, names, words)
    style.title(ax, _profit_title(frame, words))
    return ax


def _profit_title(frame: "pd.DataFrame", words: Words) -> str:
    net = frame["net"].astype("int64")
    best, worst = int(net.to_numpy().argmax()), int(net.to_numpy().argmin())
    values = {
        "net": words.money(net.sum()),
        "best": words.month_short(frame["month"].iloc[best]),
        "best_net": words.money(net.iloc[best]),
        "worst": words.month_short(frame["month"].iloc[worst]),
        "worst_net": words.money(net.iloc[worst]),
        "count": int((net < 0).sum()),
    }
    return words(f"seasonal_split.chart_profit{'_loss' if values['count'] else ''}", **values)
