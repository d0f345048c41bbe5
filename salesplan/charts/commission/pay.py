"""Charts of pay: what each rep is paid, what is earned, released and held by month."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST = 20
BAR = 0.62
PRINTED = 4  # months up to which every bar carries its amount
PARTS = {"earned": style.MUTED, "released": style.BLUE, "held": style.ORANGE}


def payable(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Per rep what is payable, split in base pay and commission, and beside it what is held; frame of `by_rep`."""
    shown = frame.sort_values(["payable", "rep"], ascending=[False, True]).head(MOST)
    commission = shown["payable"] - shown["base_pay"]
    ends = shown["payable"].clip(lower=0)
    places = range(len(shown))
    ax.barh(places, shown["base_pay"], height=BAR, color=style.GREY)
    paid = ax.barh(places, commission, left=shown["base_pay"], height=BAR, color=style.BLUE)
    held = ax.barh(places, shown["held"], left=ends, height=BAR, facecolor="none", edgecolor=style.ORANGE, hatch="///")
    style.bar_labels(ax, held, [_payable_label(row, words) for row in shown.itertuples()])
    ax.set_yticks(places, [words.person(rep) for rep in shown["rep"]])
    style.rows(ax, len(shown))
    style.money_axis(ax, words, axis="x")
    ax.set_xlim(right=float((ends + shown["held"]).max()) * (1.45 if shown["held"].any() else 1.15) or 1.0)
    ax.spines["left"].set_visible(False)
    names = [words(f"commission.part_{part}") for part in ("base_pay", "commission", "held")]
    ax.legend([ax.containers[0], paid, held], names, ncols=3, loc="upper left", bbox_to_anchor=(0, -0.12), fontsize=9)
    style.title(ax, _payable_title(frame, words))
    return ax


def _payable_label(row: Any, words: Words) -> str:
    payable, held = words.money(row.payable, unit=False), words.money(row.held, unit=False)
    return words("commission.payable_label", payable=payable, held=held) if row.held else payable


def _payable_title(frame: "pd.DataFrame", words: Words) -> str:
    key = "payable_title_held" if frame["held"].sum() else "payable_title"
    return words(
        f"commission.{key}",
        payable=words.money(frame["payable"].sum()),
        base_pay=words.money(frame["base_pay"].sum()),
        commission=words.money((frame["payable"] - frame["base_pay"]).sum()),
        held=words.money(frame["held"].sum()),
    )


def months(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Per month what is earned, what is released and what is held at its end; frame of `by_month`."""
    places = range(len(frame))
    for index, (part, colour) in enumerate(PARTS.items()):
        bars = ax.bar([place + 0.28 * (index - 1) for place in places], frame[part], width=0.27, color=colour)
        if len(frame) <= PRINTED:
            style.bar_labels(ax, bars, [words.money(fen, unit=False) for fen in frame[part]], size=8)
        name = words(f"commission.part_{part}")
        place = (0.01 + 0.2 * index, 0.98)
        ax.annotate(f"■ {name}", place, xycoords="axes fraction", color=colour, va="top", weight="bold", fontsize=9)
    ax.set_xticks(places, [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)
    ax.set_ylim(top=max(1.0, float(frame[list(PARTS)].max().max())) * 1.25)
    style.title(ax, _months_title(frame, words))
    return ax


def _months_title(frame: "pd.DataFrame", words: Words) -> str:
    sums = {"earned": frame["earned"].sum(), "released": frame["released"].sum(), "held": frame["held"].iloc[-1]}
    return words("commission.months_title", **{name: words.money(fen) for name, fen in sums.items()})
