"""Charts of how hard each quota is, and of whether the quotas are fair together."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, names, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LIKELY, UNLIKELY = 0.5, 0.2
NAMED = 16  # dots up to which each is named
DOTS = 400  # more are drawn as an even sample
# Where a name may stand: points right and above its dot, and the part of its width that lies to the left.
SIDES = ((7.0, -3.0, 0.0), (-7.0, -3.0, 1.0), (0.0, 6.0, 0.5), (0.0, -13.0, 0.5), (6.0, 5.0, 0.0), (6.0, -12.0, 0.0))
HOLD = {0.0: "left", 0.5: "center", 1.0: "right"}
WIDEST = 2.2  # of what is expected: intervals are cut there


def stretch(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Quota as a share of what is expected of each rep, hardest first, with 80 % of what may come and the odds.

    `frame` is the table rep_allocation_reps; reps of whom nothing is expected yet are left out.
    """
    known = frame[frame["quota_to_expected"].notna()]
    if known.empty:
        return nothing(ax, words("rep_allocation.no_expected"))
    shown = known.sort_values(["quota_to_expected", "rep"], ascending=[False, True]).head(MOST)
    ends = _ends(shown)
    for y, (row, (low, high)) in enumerate(zip(shown.itertuples(), ends, strict=True)):
        ax.plot([low, high], [y, y], color="#e3e8ed", linewidth=9, solid_capstyle="butt", zorder=0)
        _dot(ax, y, row, high, words)
    ax.axvline(1.0, color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_yticks(range(len(shown)), names(shown))
    ax.set_ylim(len(shown) - 0.4, -0.6)
    left = min(1.0, shown["quota_to_expected"].min(), *(low for low, _ in ends))
    right = max(1.0, shown["quota_to_expected"].max(), *(high for _, high in ends))
    ax.set_xlim(left - 0.03 * (right - left) - 0.02, right + 0.36 * (right - left) + 0.05)
    style.percent_axis(ax, "x")
    ax.set_xlabel(words("rep_allocation.stretch_axis"))
    likely = int((known["probability"] >= LIKELY).sum())
    style.title(ax, words("rep_allocation.stretch_title", likely=likely, count=len(known)))
    return ax


def _ends(shown: "pd.DataFrame") -> list[tuple[float, float]]:
    """Ends of each rep's 80 %, as shares of what is expected; the expectation itself where they are unknown."""
    if "amount_low" not in shown:
        return [(1.0, 1.0)] * len(shown)
    expected = shown["expected"].astype("float64")
    low, high = (shown[name].astype("Float64").astype("float64") / expected for name in ("amount_low", "amount_high"))
    return list(zip(low.fillna(1.0), high.fillna(1.0).clip(upper=WIDEST), strict=True))


def _dot(ax: "Axes", y: int, row: Any, high: float, words: Words) -> None:
    ax.plot([1.0, row.quota_to_expected], [y, y], color=style.GREY, linewidth=2, zorder=1)
    ax.plot(row.quota_to_expected, y, "o", color=_colour(row.probability), markersize=8, zorder=2)
    ratio = words.percent(row.quota_to_expected, 0)
    odds = words.percent(row.probability, 0)
    text = words("rep_allocation.stretch_label", ratio=ratio, odds=odds)
    right = (max(row.quota_to_expected, 1.0, high), y)
    ax.annotate(text, right, (8, 0), textcoords="offset points", va="center", fontsize=9, color=style.INK)


def _colour(odds: float) -> str:
    if odds != odds:
        return style.MUTED
    return style.GREEN if odds >= LIKELY else style.ORANGE if odds >= UNLIKELY else style.RED


def against_expected(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Quota against what is expected of each rep, with the line on which both are equal.

    `frame` is the table rep_allocation_reps; the dots have the colour of the odds.
    """
    known = frame[frame["expected"].notna()]
    if known.empty:
        return nothing(ax, words("rep_allocation.no_expected"))
    colours = [_colour(odds) for odds in known["probability"]]
    most = _scatter(ax, known.assign(across=known["expected"], colour=colours), words)
    ax.plot([0, most], [0, most], color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    ax.set_xlabel(words("rep_allocation.expected_axis", unit=words.unit))
    above = int((known["quota"] > known["expected"]).sum())
    ratio = words.percent(known["quota"].sum() / known["expected"].sum(), 0)
    style.title(ax, words("rep_allocation.against_expected_title", above=above, count=len(known), ratio=ratio))
    return ax


def against_potential(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Quota against the potential of each territory.

    `frame` is the table rep_allocation_reps with `value_potential` (fen).
    """
    from salesplan.rep_allocation import correlation

    known = frame[frame["value_potential"].notna() & (frame["quota"] > 0)]
    if len(known) < 2:
        return nothing(ax, words("rep_allocation.no_potential"))
    _scatter(ax, known.assign(across=known["value_potential"], colour=style.BLUE), words)
    ax.set_xlabel(words("rep_allocation.potential_axis", unit=words.unit))
    value, count = correlation(known["quota"].astype("float64"), known["value_potential"].astype("float64"))
    title = words("rep_allocation.against_potential_title", value=words.number(value, 2), count=count)
    style.title(ax, title)
    return ax


def _scatter(ax: "Axes", frame: "pd.DataFrame", words: Words) -> float:
    """Dots of `quota` (upwards) over `across`, both fen, in `colour`; named where they are few. Returns the largest."""
    shown = frame.sort_values("rep").iloc[:: max(len(frame) // DOTS, 1)]
    x, y = shown["across"].astype("float64"), shown["quota"].astype("float64")
    few = len(shown) <= NAMED
    ax.scatter(x, y, s=46 if few else 12, c=shown["colour"].tolist(), zorder=2, linewidths=0)
    style.money_axis(ax, words, axis="x", label=False)
    style.money_axis(ax, words, axis="y")
    ax.grid(visible=True, axis="both")
    most = max(float(x.max()), float(y.max()), 1.0)
    ax.set_xlim(0, float(x.max()) * 1.12)
    ax.set_ylim(0, float(y.max()) * 1.1)
    ax.set_ylabel(words("rep_allocation.quota_axis", unit=words.unit))
    ax.yaxis.label.set(rotation=90, ha="center", va="bottom")
    if few:
        _name_dots(ax, x.tolist(), y.tolist(), names(shown))
    return most


def _name_dots(ax: "Axes", x: list[float], y: list[float], texts: list[str]) -> None:
    """Names beside their dots, each on the first side on which it meets no dot and no name placed before."""
    spots = ax.transData.transform(list(zip(x, y, strict=True))) * 72 / ax.figure.dpi
    taken = [(left - 4, low - 4, left + 4, low + 4) for left, low in spots]
    for place, text in enumerate(texts):
        wide = sum(8.4 if character >= "\u2e80" else 4.8 for character in text)
        boxes = [_box(float(spots[place][0]), float(spots[place][1]), wide, side) for side in SIDES]
        free = [not any(_meet(box, other) for n, other in enumerate(taken) if n != place) for box in boxes]
        best = free.index(True) if True in free else 0
        taken.append(boxes[best])
        at = (x[place], y[place])
        ax.annotate(text, at, SIDES[best][:2], textcoords="offset points", fontsize=8, ha=HOLD[SIDES[best][2]])


def _box(left: float, low: float, wide: float, side: tuple[float, float, float]) -> tuple[float, float, float, float]:
    start, foot = left + side[0] - side[2] * wide, low + side[1] - 1
    return start, foot, start + wide, foot + 9


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def growth(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Quota on last year's sales of each rep, the largest rise first, beside that of all together.

    `frame` is the table rep_allocation_reps; reps without sales last year are left out.
    """
    known = frame[frame["growth"].notna()]
    if known.empty:
        return nothing(ax, words("rep_allocation.no_last_year"))
    whole = float(known["quota"].sum() / known["last_year"].sum() - 1)
    shown = known.sort_values(["growth", "rep"], ascending=[False, True]).head(MOST)
    colours = [style.ORANGE if change > whole else style.BLUE for change in shown["growth"]]
    ax.barh(range(len(shown)), shown["growth"], height=0.66, color=colours)
    for y, change in enumerate(shown["growth"]):
        text = ("+" if change > 0 else "") + words.percent(change, 0)
        side, align = ((4, 0), "left") if change >= 0 else ((-4, 0), "right")
        ax.annotate(text, (change, y), side, textcoords="offset points", va="center", ha=align, fontsize=9)
    ax.axvline(whole, color=style.INK, linewidth=1, linestyle=(0, (4, 3)))
    ax.axvline(0, color=style.GREY, linewidth=1)
    ax.set_yticks(range(len(shown)), names(shown))
    style.rows(ax, len(shown))
    style.percent_axis(ax, "x")
    ax.margins(x=0.12)
    first, last = shown.iloc[0], known.sort_values(["growth", "rep"]).iloc[0]
    ends = {"most_rep": names(shown)[0], "least_rep": names(known.loc[[last.name]])[0]}
    rates = {"most": _signed(first["growth"], words), "least": _signed(last["growth"], words)}
    style.title(ax, words("rep_allocation.growth_title", whole=_signed(whole, words), **ends, **rates))
    return ax


def _signed(change: float, words: Words) -> str:
    return ("+" if change > 0 else "") + words.percent(change, 0)
