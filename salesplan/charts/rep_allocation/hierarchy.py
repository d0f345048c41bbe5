"""The company from the top down: who answers for how much, and what is held above him."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LEAST = 0.022  # height of a box, as a share of the whole, that still has room for its text
SHADES = ("#dbe8f4", "#b9d3ea", "#8fb8dc", "#6ba0cf")


def hierarchy(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Company, managers and reps as boxes from left to right, as high as their base.

    The strip at the right of a box is the over-assignment its holder keeps. With many reps the managers are the last
    column. `frame` is the table rep_allocation_hierarchy.
    """
    tree = frame[frame["level"].isin(["company", "manager", "rep"])]
    reps = int((tree["level"] == "rep").sum())
    if not reps or not tree["base"].iloc[0]:
        return nothing(ax, words("rep_allocation.no_reps"))
    shown = tree if reps <= MOST else tree[tree["level"] != "rep"]
    whole = float(tree["base"].iloc[0])
    deepest = int(shown["depth"].max())
    tops = [0.0] * (deepest + 1)
    for row in each_row(shown):
        top, height = tops[row.depth], row.base / whole
        _box(ax, row, top, height, words)
        # What follows deeper stands under this one, not beside those before it.
        tops[row.depth + 1 :] = [top] * (deepest - row.depth)
        tops[row.depth] = top + height
    ax.set_xlim(0, deepest + 1)
    ax.set_ylim(1.0, 0.0)
    ax.set_axis_off()
    style.title(ax, _title(tree, words))
    return ax


def each_row(frame: "pd.DataFrame") -> Iterable[Any]:
    """The rows as tuples whose fields are the columns."""
    return frame.itertuples()


def _box(ax: "Axes", row: Any, top: float, height: float, words: Words) -> None:
    """One member: its box, the strip of padding, its name, and base beside quota."""
    from matplotlib.patches import Rectangle

    left, width = int(row.depth), 0.97
    quota = float(row.quota)
    plain = width * min(1.0, float(row.base) / quota) if quota > 0 else width
    shade = SHADES[min(left, len(SHADES) - 1)]
    ax.add_patch(Rectangle((left, top), plain, height, facecolor=shade, edgecolor="white", linewidth=1.5))
    ax.add_patch(
        Rectangle((left + plain, top), width - plain, height, facecolor=style.ORANGE, edgecolor="white", linewidth=1.5)
    )
    if height < LEAST:
        return
    amounts = words(
        "rep_allocation.base_and_quota",
        base=words.money(row.base, unit=False),
        quota=words.money(row.quota, unit=False),
    )
    mark = "\n" if height > 0.12 else "  "
    text = f"{words.person(row.member)}{mark}{amounts}"
    ax.text(left + 0.03, top + height / 2, text, va="center", ha="left", fontsize=8.5, color=style.INK)


def _title(tree: "pd.DataFrame", words: Words) -> str:
    top = tree.iloc[0]
    held = int(top["quota"]) - int(top["base"])
    counts = {"reps": int(top["count"]), "managers": tree.loc[tree["level"] == "manager", "member"].nunique()}
    key = "hierarchy_title" if held else "hierarchy_title_even"
    amounts = {"base": words.money(top["base"]), "quota": words.money(top["quota"]), "held": words.money(held)}
    return words(f"rep_allocation.{key}", **counts, **amounts)
