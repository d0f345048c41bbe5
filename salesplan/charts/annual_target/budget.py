"""Charts of the expense budget and the profit plan."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan.charts import style
from salesplan.terms.expenses import CONTINGENCY
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLOURS = {
    "cost_of_goods": style.GREY,
    "expense_variable": style.PALETTE[5],
    "expense_fixed": style.BLUE,
    "contingency": style.ORANGE,
    "net_profit": style.GREEN,
}
NARROW = 0.05  # of the longest bar, below which a part carries no label of its own


def _rows(frame: "pd.DataFrame") -> Iterable[Any]:
    return frame.itertuples()


def expenses(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Budget of each category beside last year's; `frame` is table `annual_target_expenses`, the largest on top."""
    known = frame.sort_values(["amount", "category"], ascending=[False, True], ignore_index=True)
    places = np.arange(len(known))
    last = known["last_year"].notna().to_numpy()
    if last.any():
        ax.barh(places[last] + 0.2, known.loc[last, "last_year"].astype("float64"), height=0.3, color=style.GREY)
    colours = [style.ORANGE if name == CONTINGENCY else style.BLUE for name in known["category"]]
    bars = ax.barh(places - 0.16 * last.any(), known["amount"], height=0.4, color=colours)
    style.bar_labels(
        ax, bars, [f"{words.money(r.amount, unit=False)} · {words.percent(r.ratio)}" for r in _rows(known)]
    )
    ax.set_yticks(places, [words.code("member", name) for name in known["category"]])
    style.rows(ax, len(known))
    style.money_axis(ax, words, axis="x")
    ax.margins(x=0.16)
    ax.spines["left"].set_visible(False)
    _legend(ax, words, last=bool(last.any()))
    style.title(ax, _expenses_title(known, words))
    return ax


def _legend(ax: "Axes", words: Words, *, last: bool) -> None:
    names = [("amount", style.BLUE), *([("last_year", style.MUTED)] if last else [])]
    for place, (name, colour) in enumerate(names):
        text = words(f"annual_target.chart_expenses_{name}")
        ax.annotate(
            text, (0.99, 0.06 + 0.07 * place), xycoords="axes fraction", color=colour, ha="right", weight="bold"
        )


def _expenses_title(known: "pd.DataFrame", words: Words) -> str:
    total, largest = int(known["amount"].sum()), known.iloc[0]
    values = {
        "amount": words.money(total),
        "ratio": words.percent(known["ratio"].sum(min_count=1)),
        "category": words.code("member", str(largest["category"])),
        "share": words.percent(int(largest["amount"]) / total if total else None),
    }
    if known["last_ratio"].isna().all():
        return words("annual_target.chart_expenses", **values)
    return words("annual_target.chart_expenses_last", last=words.percent(known["last_ratio"].sum()), **values)


def profit(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Where the sales of last year and of each level go; `frame` is that of `profit_bars`. A loss lies left of zero."""
    names = list(dict.fromkeys(frame["name"]))
    widest = max((int(rows["amount"].sum()) for _, rows in frame.groupby("name")), default=1)
    for place, name in enumerate(names):
        left = 0
        for row in _rows(frame[frame["name"] == name]):
            start = left if row.amount >= 0 else 0
            ax.barh(place, row.amount, left=start, height=0.56, color=COLOURS[str(row.item)])
            if abs(row.amount) > NARROW * widest:
                _inside(ax, row, start, place, words)
            left += max(row.amount, 0)
    ax.set_yticks(range(len(names)), [_name(name, words) for name in names])
    style.rows(ax, len(names))
    style.money_axis(ax, words, axis="x")
    ax.spines["left"].set_visible(False)
    _parts_legend(ax, [item for item in COLOURS if (frame["item"] == item).any()], words)
    style.title(ax, _profit_title(frame, words))
    return ax


def _inside(ax: "Axes", row: Any, start: int, place: int, words: Words) -> None:
    colour = style.INK if row.item == "cost_of_goods" else "white"
    text = f"{words.money(row.amount, unit=False)}\n{words.percent(row.share)}"
    ax.annotate(text, (start + row.amount / 2, place), ha="center", va="center", fontsize=8, color=colour)


def _parts_legend(ax: "Axes", items: list[str], words: Words) -> None:
    handles = [ax.barh(0, 0, color=COLOURS[item], label=words.code("profit_part", item)) for item in items]
    ax.legend(handles=handles, loc="lower right", ncols=len(items), fontsize=8, handlelength=1, columnspacing=1.2)


def _name(name: str, words: Words) -> str:
    return words("annual_target.last_year_name") if name == "last_year" else words.code("level", name)


def _profit_title(frame: "pd.DataFrame", words: Words) -> str:
    """Net profit of the first level, which is the planned one, beside last year's."""
    net = {str(row.name): row for row in _rows(frame[frame["item"] == "net_profit"])}
    planned = next((name for name in net if name != "last_year"), "last_year")
    values = {
        "name": _name(planned, words),
        "net": words.money(net[planned].amount),
        "rate": words.percent(net[planned].share),
    }
    if "last_year" not in net or planned == "last_year":
        return words("annual_target.chart_profit_one", **values)
    last = net["last_year"]
    shown = {"last": words.money(last.amount), "last_rate": words.percent(last.share)}
    return words("annual_target.chart_profit_last", **values, **shown)
