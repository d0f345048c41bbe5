"""Charts of what is paid beside commission: base pay by component, the ranking by attainment."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.wording import Words
from salesplan.wording.periods import period

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST = 20
BAR = 0.62
FULL = 1.0


def base_pay(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Per rep the base pay of each component, and hollow what was not reached; frame of `base_pay_parts`."""
    wide = frame.pivot_table(index="rep", columns="component", values="amount", aggfunc="sum", sort=False).fillna(0)
    order = wide.sum(axis=1).sort_values(ascending=False, kind="stable").index[:MOST]
    shown = wide.loc[order]
    lost = frame.groupby("rep")["amount_missing"].sum().clip(lower=0).loc[order]
    places = range(len(shown))
    left = shown.iloc[:, 0] * 0
    bars: dict[str, Any] = {}
    for place, component in enumerate(shown.columns):
        colour = style.PALETTE[place % len(style.PALETTE)]
        name = words.code("component", str(component))
        bars[name] = ax.barh(places, shown[component], left=left, height=BAR, color=colour)
        left = left + shown[component]
    bars[words("commission.part_missing")] = hollow = ax.barh(
        places, lost, left=left, height=BAR, facecolor="none", edgecolor=style.MUTED, hatch="///"
    )
    style.bar_labels(ax, hollow, [words.money(fen, unit=False) for fen in left])
    ax.set_yticks(places, [words.person(str(rep)) for rep in shown.index])
    style.rows(ax, len(shown))
    style.money_axis(ax, words, axis="x")
    ax.set_xlim(right=float((left + lost).max()) * 1.15 or 1.0)
    ax.spines["left"].set_visible(False)
    ax.legend(bars.values(), bars.keys(), ncols=3, loc="upper left", bbox_to_anchor=(0, -0.12), fontsize=9)
    style.title(ax, _base_pay_title(frame, words))
    return ax


def _base_pay_title(frame: "pd.DataFrame", words: Words) -> str:
    lost = frame.groupby("component")["amount_missing"].sum()
    paid = words.money(frame["amount"].sum())
    if lost.max() <= 0:
        return words("commission.base_pay_title_full", paid=paid)
    worst = str(lost.idxmax())
    return words(
        "commission.base_pay_title",
        paid=paid,
        missing=words.money(lost.clip(lower=0).sum()),
        component=words.code("component", worst),
        most=words.money(lost.max()),
    )


def ranking(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Attainment of the period, the first on top, full quota as a line; frame of `latest_ranking`."""
    shown = frame.head(MOST)
    values = [float(value) for value in shown["value"]]
    places = range(len(shown))
    colours = [_colour(row) for row in shown.itertuples()]
    bars = ax.barh(places, values, height=BAR, color=colours)
    style.bar_labels(ax, bars, [words.percent(value, 0) for value in values])
    for text in ax.texts:  # readable where the line of full quota runs through
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.8})
    ax.axvline(FULL, color=style.INK, linewidth=1)
    ax.set_yticks(places, [_place(row, words) for row in shown.itertuples()])
    style.rows(ax, len(shown))
    style.percent_axis(ax, axis="x")
    ax.set_xlim(0, max(FULL, *values) * 1.12)
    ax.set_xlabel(words("commission.attainment_axis"))
    ax.spines["left"].set_visible(False)
    style.title(ax, _ranking_title(frame, words))
    return ax


def _place(row: Any, words: Words) -> str:
    key = "place_ramping" if row.ramping else "place"
    return words(f"commission.{key}", place=row.place, rep=words.person(str(row.rep)))


def _colour(row: Any) -> str:
    if row.last:
        return style.ORANGE
    return style.BLUE if float(row.value) >= FULL else style.GREY


def _ranking_title(frame: "pd.DataFrame", words: Words) -> str:
    best = frame.iloc[0]
    state = "" if best["complete"] else "_running"
    return words(
        f"commission.ranking_title{state}",
        period=period(words, str(best["period"])),
        rep=words.person(str(best["rep"])),
        value=words.percent(best["value"]),
        reached=int(sum(value >= 1 for value in frame["value"])),
        count=len(frame),
    )
