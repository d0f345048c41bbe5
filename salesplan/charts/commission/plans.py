"""Charts of sets of plans side by side, and of who gains and loses by another."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.charts.commission.rows import each_row
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ENDS = 8  # reps shown from each end


def plans(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Commission of each set of plans by attainment; frame of the table `commission_cost_plans`, the first in force."""
    shown = frame[frame["scene"].isin(["attainment", "full"])]
    names = list(dict.fromkeys(shown["plan_set"]))
    for number, name in enumerate(names):
        own = shown[shown["plan_set"] == name].sort_values("attainment")
        colour = style.PALETTE[number % len(style.PALETTE)]
        ax.plot(own["attainment"], own["commission"], color=colour, marker="o", markersize=4, linewidth=2)
        end = (own["attainment"].iloc[-1], own["commission"].iloc[-1])
        text = words.code("member", name)
        ax.annotate(text, end, (8, 0), textcoords="offset points", va="center", color=colour, fontsize=9)
    ax.set_xticks(sorted(set(shown["attainment"])))
    style.money_axis(ax, words)
    style.percent_axis(ax, "x")
    ax.set_xlim(right=float(shown["attainment"].max()) * 1.16)
    ax.set_ylim(bottom=0)
    ax.set_xlabel(words("commission.attainment_axis"))
    style.title(ax, _plans_title(shown, names, words))
    return ax


def _plans_title(shown: "pd.DataFrame", names: list[str], words: Words) -> str:
    full = shown[shown["scene"] == "full"].set_index("plan_set")["commission"]
    dear = max(names[1:], key=lambda name: abs(int(full[name] - full[names[0]])))
    change = int(full[dear] - full[names[0]])
    key = "plans_title_same" if not change else "plans_title_more" if change > 0 else "plans_title_less"
    return words(f"commission.{key}", name=dear, amount=words.money(abs(change)))


def gains(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """What reps gain or lose by one other set of plans in one scene; rows of the table `commission_cost_gains`."""
    ordered = frame.sort_values(["difference", "rep"], ascending=[False, True], ignore_index=True)
    shown = ordered if len(ordered) <= 2 * ENDS else ordered.iloc[[*range(ENDS), *range(-ENDS, 0)]]
    colours = [style.GREEN if change >= 0 else style.RED for change in shown["difference"]]
    places = range(len(shown))
    ax.barh(places, shown["difference"], height=0.62, color=colours)
    for place, row in enumerate(each_row(shown)):
        side, align = ((4, 0), "left") if row.difference >= 0 else ((-4, 0), "right")
        share = words.percent(row.difference_share)
        text = words("commission.gain_label", amount=_signed(row.difference, words), share=share)
        ax.annotate(text, (row.difference, place), side, textcoords="offset points", va="center", ha=align, fontsize=8)
    ax.axvline(0, color=style.GREY, linewidth=1)
    ax.set_yticks(places, [words.person(rep) for rep in shown["rep"]])
    style.rows(ax, len(shown))
    style.money_axis(ax, words, axis="x")
    ax.margins(x=0.28)
    ax.spines["left"].set_visible(False)
    style.title(ax, _gains_title(ordered, words))
    return ax


def _gains_title(ordered: "pd.DataFrame", words: Words) -> str:
    gain, lose = (int(found.sum()) for found in (ordered["difference"] > 0, ordered["difference"] < 0))
    scene = words(f"commission.scene_{ordered['scene'].iloc[0]}")
    name = words.code("member", str(ordered["plan_set"].iloc[0]))
    return words("commission.gains_title", name=name, scene=scene, gain=gain, lose=lose)


def _signed(fen: int, words: Words) -> str:
    return ("+" if fen > 0 else "") + words.money(fen, unit=False)
