"""Charts of the customers: how concentrated the sales are, and what each quota is made of."""

from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan.apportion import UNASSIGNED, UNKNOWN
from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SHADES = ("#1f6fb2", "#6ba3d0", "#a9cbe6", "#d5e5f2", "#e9eef3")  # grades, the best darkest
STEPS = {"kept": style.BLUE, "pipeline": "#6ba3d0", "developed": style.GREEN, "new": style.ORANGE}
NEW = "(new)"
LEADER = 0.76  # of the width: up to here the line leads from a band to its text


def pareto(ax: "Axes", frame: Any, *, words: Words) -> "Axes":
    """Cumulative share of last year's sales from the largest customer on, with a band and its share per grade.

    `frame` is a `CustomerPlan`; bands are the computed grades, and without any the curve stands alone.
    """
    profile = frame.profile
    sold = profile[(profile["last_year"] > 0) & (profile["customer"] != UNKNOWN)]
    if sold.empty:
        return nothing(ax, words("rep_allocation.no_customer_sales"))
    ranked = sold.sort_values(["last_year", "customer"], ascending=[False, True], ignore_index=True)
    share = ranked["last_year"].cumsum().to_numpy(dtype=float) / float(ranked["last_year"].sum())
    places = np.arange(len(ranked) + 1)
    ax.plot(places, [0.0, *share], color=style.INK, linewidth=2, zorder=3)
    _bands(ax, ranked, share, frame.grades.names, words)
    half = int(np.searchsorted(share, 0.5 - 1e-12)) + 1
    ax.plot([half, half, 0], [0, share[half - 1], share[half - 1]], color=style.RED, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_xlim(0, len(ranked))
    ax.set_ylim(0, 1.04)
    style.percent_axis(ax)
    ax.set_xlabel(words("rep_allocation.pareto_axis"))
    values = {"half": words.number(half), "count": words.number(len(ranked))}
    top = words.percent(share[0])
    style.title(ax, words("rep_allocation.pareto_title", name=ranked["customer_name"].iloc[0], top=top, **values))
    return ax


def _bands(ax: "Axes", ranked: "pd.DataFrame", share: Any, grades: list[str], words: Words) -> None:
    """A shaded band per computed grade with its name, number and share of the sales, each text in a row of its own."""
    end = len(ranked)
    for place, grade in enumerate(grades):
        rows = np.flatnonzero((ranked["computed"] == grade).to_numpy())
        if not len(rows):
            continue
        first, last = int(rows[0]), int(rows[-1]) + 1
        ax.axvspan(first, last, color=SHADES[min(place, len(SHADES) - 1)], alpha=0.45, linewidth=0, zorder=0)
        part = share[last - 1] - (share[first - 1] if first else 0.0)
        text = words("rep_allocation.pareto_band", grade=grade, count=last - first, share=words.percent(part, 0))
        y, middle = 0.42 - 0.1 * place, (first + last) / 2
        ax.text(end * 0.985, y, text, ha="right", va="center", fontsize=9, color=style.INK, zorder=4)
        if middle < LEADER * end:
            ax.plot(middle, y, "o", color=style.INK, markersize=3, zorder=4)
            ax.plot([middle, end * LEADER], [y, y], color=style.MUTED, linewidth=0.6, zorder=2)


def customer_steps(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Each quota as a bar of what is kept, followed, developed and won anew; `frame` as from `steps_of_reps`."""
    if frame.empty:
        return nothing(ax, words("rep_allocation.no_reps"))
    shown = frame.sort_values(["quota", "rep"], ascending=[False, True]).head(MOST)
    values = {words("rep_allocation.step_" + name): shown[f"amount_{name}"].to_numpy(dtype=float) for name in STEPS}
    _stacked(ax, values, list(STEPS.values()))
    _rows(ax, shown["rep"].tolist(), words)
    style.money_axis(ax, words, axis="x")
    total, new = int(frame["quota"].sum()), int(frame["amount_new"].sum())
    parts = {name: words.percent(int(frame[f"amount_{name}"].sum()) / max(total, 1), 0) for name in STEPS}
    count = frame["new_customers"].sum(min_count=1)
    key = "steps_title_plain" if str(count) in ("<NA>", "nan") or not new else "steps_title"
    style.title(
        ax, words(f"rep_allocation.{key}", **parts, count=words.number(None if key.endswith("plain") else int(count)))
    )
    return ax


def grades_of_reps(ax: "Axes", frame: Any, *, words: Words) -> "Axes":
    """Each rep's target by grade of customer as shares of his quota; right, his largest customer's share.

    `frame` is a `CustomerPlan`; reps whose largest customer weighs most stand first.
    """
    table = frame.table[(frame.table["rep"] != UNASSIGNED) | (frame.table["amount"] > 0)]
    if table.empty or not table["amount"].sum():
        return nothing(ax, words("rep_allocation.no_reps"))
    grade = table["grade"].mask(table["customer"] == NEW, NEW).fillna(UNKNOWN)
    sums = table["amount"].groupby([table["rep"], grade]).sum().unstack(fill_value=0)  # noqa: PD010 - nothing is aggregated
    sums = sums[sums.sum(axis=1) > 0]
    held = table[table["customer"] != NEW].groupby(["rep", "customer"])["amount"].sum()
    largest = (held.groupby(level=0).max().reindex(sums.index).fillna(0) / sums.sum(axis=1)).sort_values(
        ascending=False
    )
    shown = sums.loc[largest.index[:MOST]]
    names = [name for name in (*frame.grades.names, UNKNOWN, NEW) if name in shown.columns]
    shares = shown.div(shown.sum(axis=1), axis=0)
    grades = [name for name in names if name not in (NEW, UNKNOWN)]
    colours = [*(SHADES[min(n, len(SHADES) - 1)] for n in range(len(grades))), *[style.GREY] * (UNKNOWN in names)]
    colours += [style.ORANGE] * (NEW in names)
    _stacked(ax, {words.code("member", name): shares[name].to_numpy() for name in names}, colours)
    for y, rep in enumerate(shown.index):
        ax.text(1.01, y, words.percent(largest[rep], 0), va="center", fontsize=9, color=style.INK)
    ax.annotate(
        words("rep_allocation.largest_share"), (1.01, -0.42), (0, 2), textcoords="offset points", va="bottom",
        fontsize=8, annotation_clip=False,
    )  # fmt: skip
    _rows(ax, shown.index.tolist(), words)
    ax.set_xlim(0, 1)
    style.percent_axis(ax, "x")
    first = shown.index[0]
    style.title(
        ax, words("rep_allocation.dependence_title", rep=words.person(first), share=words.percent(largest[first], 0))
    )
    return ax


def _stacked(ax: "Axes", values: dict[str, Any], colours: list[str]) -> None:
    left = np.zeros(len(next(iter(values.values()))))
    for (name, widths), colour in zip(values.items(), colours, strict=True):
        ax.barh(range(len(widths)), widths, left=left, height=0.66, color=colour, label=name)
        left = left + widths
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=len(values), fontsize=9)


def _rows(ax: "Axes", reps: list[str], words: Words) -> None:
    ax.set_yticks(range(len(reps)), [words.person(rep) for rep in reps])
    style.rows(ax, len(reps))
    ax.spines["left"].set_visible(False)
