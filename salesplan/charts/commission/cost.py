"""Charts of what the plans cost."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.charts.commission.rows import each_row
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MIX = {"base_pay": style.GREY, "commission": style.BLUE, "draw": style.ORANGE}


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
    _ratio_line(ax, frame, words)
    style.title(ax, _cost_title(frame, words))
    return ax


def _ratio_line(ax: "Axes", frame: "pd.DataFrame", words: Words) -> None:
    """Commission as a share of sales, a line above the bars with its own labels."""
    ratio = ax.twinx()
    near: dict[str, Any] = {"textcoords": "offset points", "color": style.ORANGE}
    points = list(zip(frame["attainment"], frame["cost_ratio"], strict=True))
    ratio.plot(*zip(*points, strict=True), color=style.ORANGE, marker="o", markersize=4)
    for point in points:
        ratio.annotate(words.percent(point[1], 2), point, xytext=(0, 6), ha="center", fontsize=8, **near)
    ratio.annotate(words.column("cost_ratio", "commission"), points[0], xytext=(-20, 20), fontsize=9, **near)
    known = frame["cost_ratio"].fillna(0.0)
    low, high = float(known.min()), float(known.max()) or 1.0
    room = max(high - low, high * 0.1)
    ratio.set_ylim(low - 3 * room, high + 0.6 * room)  # its scale begins well below its least value
    ratio.set_yticks([])
    ratio.spines["right"].set_visible(False)


def _cost_title(frame: "pd.DataFrame", words: Words) -> str:
    full = frame[frame["attainment"].round(6) == 1.0].iloc[0]
    return words(
        "commission.cost_title", commission=words.money(full["commission"]), ratio=words.percent(full["cost_ratio"], 2)
    )


def pay_mix(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Pay of the team by attainment, base pay below and what varies above; frame of the table `commission_cost`."""
    places, foot = range(len(frame)), frame["base_pay"] * 0
    for part, colour in MIX.items():
        if part == "draw" and not frame[part].any():
            continue
        ax.bar(places, frame[part], bottom=foot, width=0.7, color=colour, label=words(f"commission.mix_{part}"))
        foot = foot + frame[part]
    for place, row in enumerate(each_row(frame)):
        above: dict[str, Any] = {"xytext": (0, 4), "textcoords": "offset points", "ha": "center", "fontsize": 8}
        ax.annotate(words.money(row.pay, unit=False), (place, row.pay), **above)
        middle = (place, row.base_pay + row.commission / 2)
        ax.annotate(words.percent(row.variable_share, 0), middle, ha="center", va="center", fontsize=8, color="white")
    ax.set_xticks(places, [words.percent(attainment, 0) for attainment in frame["attainment"]])
    style.money_axis(ax, words)
    ax.set_ylim(0, max(1.0, float(frame["pay"].max()) * 1.22))
    ax.set_xlabel(words("commission.attainment_axis"))
    ax.legend(ncols=len(MIX), loc="upper left", bbox_to_anchor=(0, -0.18), fontsize=9)
    style.title(ax, _mix_title(frame, words))
    return ax


def _mix_title(frame: "pd.DataFrame", words: Words) -> str:
    full = frame[frame["attainment"].round(6) == 1.0].iloc[0]
    low, high = frame.iloc[0], frame.iloc[-1]
    ends = {"low": low["attainment"], "high": high["attainment"]}
    shares = {"share": full["variable_share"], "low_share": low["variable_share"], "high_share": high["variable_share"]}
    told = {name: words.percent(share, 0) for name, share in {**ends, **shares}.items()}
    return words("commission.mix_title", pay=words.money(full["pay"]), **told)
