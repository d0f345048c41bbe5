"""Charts of step 4: what each rep is paid, what the plan costs, what is earned and released."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST = 20
BAR = 0.62


def payable(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Per rep what is payable, split in base pay and commission, and beside it what is held; frame of `by_rep`."""
    shown = frame.head(MOST)
    commission = shown["payable"] - shown["base_pay"]
    ends = shown["payable"].clip(lower=0)
    places = range(len(shown))
    ax.barh(places, shown["base_pay"], height=BAR, color=style.GREY)
    paid = ax.barh(places, commission, left=shown["base_pay"], height=BAR, color=style.BLUE)
    held = ax.barh(places, shown["held"], left=ends, height=BAR, facecolor="none", edgecolor=style.ORANGE, hatch="///")
    style.bar_labels(ax, held, [words.money(fen, unit=False) for fen in shown["payable"]])
    ax.set_yticks(places, [words.person(rep) for rep in shown["rep"]])
    ax.invert_yaxis()
    style.money_axis(ax, words, axis="x")
    ax.margins(x=0.12)
    ax.spines["left"].set_visible(False)
    names = [words(f"commission.part_{part}") for part in ("base_pay", "commission", "held")]
    ax.legend([ax.containers[0], paid, held], names, ncols=3, loc="upper left", bbox_to_anchor=(0, -0.12), fontsize=9)
    style.title(ax, _payable_title(frame, words))
    return ax


def _payable_title(frame: "pd.DataFrame", words: Words) -> str:
    key = "payable_title_held" if frame["held"].sum() else "payable_title"
    return words(
        f"commission.{key}",
        payable=words.money(frame["payable"].sum()),
        commission=words.money((frame["payable"] - frame["base_pay"]).sum()),
        held=words.money(frame["held"].sum()),
    )


def cost(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Commission of the team and its share of sales by attainment; frame of the table `commission_cost`."""
    bars = ax.bar(frame["attainment"], frame["commission"], width=0.07, color=style.BLUE)
    style.bar_labels(ax, bars, [words.money(fen, unit=False) for fen in frame["commission"]], size=8)
    ax.set_xticks(frame["attainment"])
    style.money_axis(ax, words)
    style.percent_axis(ax, axis="x")
    ax.grid(visible=False, axis="x")
    ax.set_xlabel(words("commission.attainment_axis"))
    ax.set_ylim(0, max(1.0, float(frame["commission"].max()) * 1.5))
    ratio = ax.twinx()
    ratio.plot(frame["attainment"], frame["cost_ratio"], color=style.ORANGE, marker="o", markersize=4)
    for place, share in zip(frame["attainment"], frame["cost_ratio"], strict=True):
        ratio.annotate(
            words.percent(share, 2),
            (place, share),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=style.ORANGE,
        )
    low = float(frame["cost_ratio"].fillna(0.0).min())
    high = float(frame["cost_ratio"].fillna(0.0).max()) or 1.0
    # the line runs above the bars: its scale begins well below its least value
    ratio.set_ylim(low - 3 * max(high - low, high * 0.1), high + max(high - low, high * 0.1) * 0.6)
    ratio.set_yticks([])
    ratio.spines["right"].set_visible(False)
    style.title(ax, _cost_title(frame, words))
    return ax


def _cost_title(frame: "pd.DataFrame", words: Words) -> str:
    full = frame[frame["attainment"].round(6) == 1.0].iloc[0]
    return words(
        "commission.cost_title", commission=words.money(full["commission"]), ratio=words.percent(full["cost_ratio"], 2)
    )


def months(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Earned beside released per month, with what is held at its end; frame of `by_month`."""
    places = list(range(len(frame)))
    earned = ax.bar([place - 0.2 for place in places], frame["earned"], width=0.38, color=style.GREY)
    released = ax.bar([place + 0.2 for place in places], frame["released"], width=0.38, color=style.BLUE)
    (held,) = ax.plot(places, frame["held"], color=style.ORANGE, marker="o", linewidth=2)
    style.bar_labels(ax, earned, [words.money(fen, unit=False) for fen in frame["earned"]])
    style.bar_labels(ax, released, [words.money(fen, unit=False) for fen in frame["released"]])
    ax.set_xticks(places, [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)
    ax.margins(y=0.18)
    names = [words(f"commission.part_{part}") for part in ("earned", "released", "held")]
    ax.legend([earned, released, held], names, ncols=3, loc="upper left", bbox_to_anchor=(0, -0.1), fontsize=9)
    style.title(
        ax,
        words(
            "commission.months_title",
            earned=words.money(frame["earned"].sum()),
            released=words.money(frame["released"].sum()),
            held=words.money(frame["held"].iloc[-1]),
        ),
    )
    return ax
