"""Charts of what the plans may cost by the spread of results, and of what last year would have paid."""

from typing import TYPE_CHECKING, Any

from salesplan.apportion import TOTAL
from salesplan.charts import style
from salesplan.charts.commission.rows import each_row
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST = 20
BAND = "#cfe0ef"


def spread(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Commission of each rep: eight years in ten lie on the band, the dot is the mean; table `commission_spread`."""
    reps = frame[frame["rep"] != TOTAL].sort_values(["commission", "rep"], ascending=[False, True]).head(MOST)
    places = range(len(reps))
    ax.barh(places, reps["high"] - reps["low"], left=reps["low"], height=0.5, color=BAND)
    ax.plot(reps["median"], places, "|", color=style.MUTED, markersize=11, markeredgewidth=2)
    ax.plot(reps["commission"], places, "o", color=style.BLUE, markersize=6)
    for place, row in enumerate(each_row(reps)):
        parts = {name: words.money(fen, unit=False) for name, fen in (("low", row.low), ("high", row.high))}
        text = words("commission.spread_label", mean=words.money(row.commission, unit=False), **parts)
        ax.annotate(text, (row.high, place), (6, 0), textcoords="offset points", va="center", fontsize=8)
    ax.set_yticks(places, [words.person(rep) for rep in reps["rep"]])
    style.rows(ax, len(reps))
    style.money_axis(ax, words, axis="x")
    ax.set_xlim(0, max(1.0, float(reps["high"].max()) * 1.4))
    ax.spines["left"].set_visible(False)
    style.title(ax, _spread_title(frame, words))
    return ax


def _spread_title(frame: "pd.DataFrame", words: Words) -> str:
    team = frame[frame["rep"] == TOTAL].iloc[0]
    return words(
        "commission.spread_title",
        low=words.money(team["low"]),
        high=words.money(team["high"]),
        mean=words.money(team["commission"]),
    )


def tiers(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Share of each plan's reps expected to end the year in each tier; frame of the table `commission_spread_tiers`."""
    names = list(dict.fromkeys(frame["plan"]))
    for y, name in enumerate(names):
        left = 0.0
        for number, row in enumerate(each_row(frame[frame["plan"] == name])):
            colour = style.PALETTE[0] if number else style.GREY
            shade = 0.35 + 0.65 * number / max(int((frame["plan"] == name).sum()) - 1, 1) if number else 1.0
            ax.barh(y, row.reps_share, left=left, height=0.55, color=colour, alpha=shade, edgecolor="white")
            if row.reps_share > 0.11:
                ink = "white" if number and shade > 0.6 else style.INK
                texts = {"begin": words.percent(row.attainment, 0), "share": words.percent(row.reps_share, 0)}
                text = words("commission.tier_label", **texts)
                ax.text(left + row.reps_share / 2, y, text, ha="center", va="center", fontsize=8, color=ink)
            left += row.reps_share
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    style.percent_axis(ax, "x")
    ax.set_xlim(0, 1)
    ax.set_xlabel(words("commission.tiers_axis"))
    lowest = frame[~frame.duplicated("plan")]["reps"].sum() / frame["reps"].sum()
    style.title(ax, words("commission.tiers_title", share=words.percent(lowest, 0)))
    return ax


def last_year(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """What last year's sales would pay now: base pay and commission; frame of the table `commission_last_year`."""
    shown = frame.sort_values(["commission", "rep"], ascending=[False, True]).head(MOST)
    places = range(len(shown))
    ax.barh(places, shown["base_pay"], height=0.62, color=style.GREY, label=words("commission.mix_base_pay"))
    bars = ax.barh(
        places, shown["commission"], left=shown["base_pay"], height=0.62, color=style.BLUE,
        label=words("commission.mix_commission"),
    )  # fmt: skip
    style.bar_labels(ax, bars, [_last_year_label(row, words) for row in each_row(shown)], size=8)
    ax.set_yticks(places, [words.person(rep) for rep in shown["rep"]])
    style.rows(ax, len(shown))
    style.money_axis(ax, words, axis="x")
    ax.set_xlim(0, max(1.0, float((shown["base_pay"] + shown["commission"]).max()) * 1.3))
    ax.spines["left"].set_visible(False)
    ax.legend(ncols=2, loc="upper left", bbox_to_anchor=(0, -0.1), fontsize=9)
    sold, paid = int(frame["amount"].sum()), int(frame["commission"].sum())
    ratio = words.percent(paid / sold if sold else None, 2)
    style.title(ax, words("commission.last_year_title", commission=words.money(paid), ratio=ratio))
    return ax


def _last_year_label(row: Any, words: Words) -> str:
    paid, reached = words.money(row.commission, unit=False), words.percent(row.attainment, 0)
    return words("commission.last_year_label", commission=paid, attainment=reached)
