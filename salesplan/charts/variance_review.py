"""Charts of the variance review: the year, the bridge, the reps, the months."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

MOVES = ("volume", "mix", "price", "new", "lost")
LINES = {
    "target": (style.GREY, "-"),
    "landing": (style.ORANGE, ":"),
    "revised": (style.GREEN, "--"),
    "actual": (style.BLUE, "-"),
}
GAP = 0.075  # least distance of two labels, share of the axis
MOST_REPS = 30


def year(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Target, actual, landing and revised plan cumulated over the year; `frame` is the review's `outlook`."""
    ends: dict[str, tuple[int, float]] = {}
    for name, (colour, dash) in LINES.items():
        known = frame[frame[name].notna()]
        if len(known):
            values = known[name].astype("float64")
            ax.plot(known.index, values, dash, color=colour, linewidth=3 if name == "actual" else 2)
            ends[name] = (int(known.index[-1]), float(values.iloc[-1]))
    _month_axis(ax, frame, words)
    ax.set_xlim(-0.3, len(frame) + 2.2)
    bottom, top = ax.get_ylim()
    ax.set_ylim(min(0.0, bottom), top * (1 + 2 * GAP))
    _label_ends(ax, ends, words)
    style.title(ax, _year_title({name: value for name, (_, value) in ends.items()}, words))
    return ax


def _year_title(ends: dict[str, float], words: Words) -> str:
    target = words.money(ends["target"])
    if "landing" not in ends:
        return words("variance_review.chart_year_plan", target=target)
    gap = ends["landing"] - ends["target"]
    key = "variance_review.chart_year_short" if gap < 0 else "variance_review.chart_year_over"
    return words(key, target=target, landing=words.money(ends["landing"]), gap=words.money(abs(gap)))


def _month_axis(ax: "Axes", frame: "pd.DataFrame", words: Words) -> None:
    ax.set_xticks(range(len(frame)), [words.month_short(month) for month in frame["month"]])
    style.money_axis(ax, words)


def _label_ends(ax: "Axes", ends: dict[str, tuple[int, float]], words: Words) -> None:
    """Name each line at its end; lines that end with the year keep their names apart."""
    last = ends["target"][0]
    final = sorted((name for name in ends if ends[name][0] == last), key=lambda name: ends[name][1])
    bottom, top = ax.get_ylim()
    places = dict(zip(final, _apart([ends[name][1] for name in final], (top - bottom) * GAP), strict=True))
    for name, (at, value) in ends.items():
        text = f"{words.column(name)} {words.money(value, unit=False)}"
        colour = style.MUTED if name == "target" else LINES[name][0]
        side = "center" if name in places else "top"
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        ax.text(at + 0.25, places.get(name, value), text, color=colour, va=side, fontsize=9, bbox=behind)


def _apart(values: Sequence[float], gap: float) -> list[float]:
    """Rising values moved apart where they lie closer than a gap, as little up as down."""
    placed: list[float] = []
    for value in values:
        placed.append(value if not placed else max(value, placed[-1] + gap))
    moved = [place - value for place, value in zip(placed, values, strict=True)]
    return [place - max(moved, default=0.0) / 2 for place in placed]


def bridge(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Waterfall from target (zero) to the variance of the row `(total)` of table `variance_review_bridge`."""
    total = frame[frame["member"] == TOTAL]
    if total.empty:
        return _nothing(ax, words)
    row = total.iloc[0]
    moves = [int(row[name]) for name in MOVES]
    _waterfall(ax, np.array([*moves, sum(moves)], dtype="float64"), words)
    ax.set_xticks(range(len(MOVES) + 1), [words.column(name) for name in (*MOVES, "variance")])
    style.money_axis(ax, words)
    key = "variance_review.chart_bridge_short" if sum(moves) < 0 else "variance_review.chart_bridge_over"
    main = max(MOVES, key=lambda name: abs(int(row[name])))
    texts = {"variance": words.money(abs(sum(moves))), "part": words.column(main), "amount": words.money(row[main])}
    style.title(ax, words(key, **texts))
    return ax


def _waterfall(ax: "Axes", heights: "npt.NDArray[np.float64]", words: Words) -> None:
    """Each bar begins where the one before ended; the last, their sum, stands on zero."""
    levels = np.concatenate([[0.0], np.cumsum(heights[:-2]), [0.0]])
    colours = [style.GREEN if height >= 0 else style.RED for height in heights[:-1]]
    ax.bar(range(len(heights)), heights, bottom=levels, color=[*colours, style.BLUE], width=0.62)
    ax.axhline(0.0, color=style.MUTED, linewidth=0.8)
    for index, (level, height) in enumerate(zip(levels, heights, strict=True)):
        text = ("+" if height > 0 else "") + words.money(height, unit=False)
        top = max(level, level + height)
        ax.annotate(text, (index, top), (0, 3), textcoords="offset points", ha="center", fontsize=9)
        if index:
            end = levels[index - 1] + heights[index - 1]
            ax.plot([index - 0.69, index - 0.31], [end, end], color=style.MUTED, linewidth=0.8)
    ends = np.concatenate([levels, levels + heights])
    room = 0.12 * max(float(np.ptp(ends)), 1.0)
    ax.set_ylim(float(ends.min()) - room / 2, float(ends.max()) + room)


def attainment(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Share of the year's quota done per rep, with a mark where the months gone ask him to be; `frame`: `standing`."""
    known = frame[frame["year_share"].notna()].head(MOST_REPS)
    if known.empty:
        return _nothing(ax, words)
    places = np.arange(len(known))
    done, due = known["year_share"].to_numpy(), known["due_share"].to_numpy()
    ax.barh(places, done, color=list(np.where(done >= due, style.GREEN, style.ORANGE)), height=0.6)
    ax.vlines(due, places - 0.42, places + 0.42, color=style.INK, linewidth=2)
    ax.set_yticks(places, [_label(rep, name) for rep, name in zip(known["rep"], known["name"], strict=True)])
    for place, end, value in zip(places, np.fmax(done, due), known["attainment"], strict=True):
        text = words.percent(value, 0)
        ax.annotate(text, (end, place), (6, 0), textcoords="offset points", va="center", fontsize=9)
    style.rows(ax, len(known))
    style.percent_axis(ax, "x")
    ax.set_xlabel(words("variance_review.chart_attainment_axis"))
    ax.margins(x=0.2)
    behind = int((done < due).sum())
    style.title(ax, words("variance_review.chart_attainment", behind=behind, count=len(known)))
    return ax


def monthly(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Heat map of attainment, rep by month, the best to date on top; `frame` is table `variance_review`."""
    own = frame[~frame["rep"].isin([MANAGER, UNASSIGNED])]
    known = own[own["attainment"].notna()]
    if known.empty:
        return _nothing(ax, words)
    sums = own[own["rep"].isin(known["rep"])].groupby("rep")[["actual", "target"]].sum()
    best = (sums["actual"] / sums["target"]).sort_values(ascending=False, kind="stable").index[:MOST_REPS]
    table = known.pivot_table(index="rep", columns="month", values="attainment").reindex(best)
    texts = table.map(lambda share: words.percent(share, 0) if share == share else "")
    style.heat(ax, table.rename(index=words.person, columns=words.month_short), texts)
    month = str(known["month"].max())
    last = known.loc[known["month"] == month, "attainment"]
    values = {"month": words.month(month), "reached": int((last >= 1).sum()), "count": len(last)}
    style.title(ax, words("variance_review.chart_monthly", **values))
    return ax


def _label(rep: str, name: str) -> str:
    return name or rep


def months(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Original target, actual and revised target of each month; `frame` is table `variance_review_revision`."""
    places, closed = np.arange(len(frame)), frame["actual"].notna().to_numpy()
    second = list(np.where(closed, style.BLUE, style.GREEN))
    ax.bar(places - 0.2, frame["original"].astype("float64"), width=0.38, color=style.GREY)
    ax.bar(places + 0.2, frame["revised"].astype("float64"), width=0.38, color=second)
    ax.margins(y=0.18)
    _month_axis(ax, frame, words)
    _name_bars(ax, {"original": style.MUTED, "actual": style.BLUE, "revised": style.GREEN}, words)
    change = int((frame["revised"] - frame["original"])[~closed].sum())
    key = "rise" if change > 0 else "fall" if change < 0 else "same"
    style.title(ax, words(f"variance_review.chart_months_{key}", amount=words.money(abs(change))))
    return ax


def _name_bars(ax: "Axes", colours: dict[str, str], words: Words) -> None:
    """Name the bars in their own colours, in a row above them."""
    for index, (name, colour) in enumerate(colours.items()):
        place, text = (0.01 + 0.2 * index, 0.97), f"■ {words.column(name)}"
        ax.annotate(text, place, xycoords="axes fraction", color=colour, fontsize=9, va="top", weight="bold")


def _nothing(ax: "Axes", words: Words) -> "Axes":
    """An empty chart that says there is nothing to see yet."""
    ax.set_axis_off()
    style.title(ax, words("variance_review.chart_nothing"))
    return ax
