"""Charts of the causal tree and of the reps needed by month."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.money import to_fen
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WIDE, HIGH = 0.84, 0.66  # of a column and a row: the box, the rest is for the lines between
LINE = 0.2  # of a row between the lines of a box
TITLED = ("contracts", "customers", "reps")


def _rows(frame: "pd.DataFrame") -> Iterable[Any]:
    return frame.itertuples()


def tree(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """The tree from revenue to hires, left to right, a box per node; `frame` is the table `annual_target_drivers`."""
    depth, height = _places(frame)
    for row in _rows(frame):
        x, y = depth[row.node], height[row.node]
        _box(ax, row, x, y, words)
        if row.parent:
            _line(ax, (depth[row.parent] + WIDE, height[row.parent]), (x, y))
    ax.set_xlim(-0.02, max(depth.values()) + WIDE + 0.02)
    ax.set_ylim(max(height.values()) + 0.45, min(height.values()) - 0.45)
    ax.axis("off")
    style.title(ax, _tree_title(frame, words))
    return ax


def _places(frame: "pd.DataFrame") -> tuple[dict[str, int], dict[str, float]]:
    """Column and row of every node: children one column on, a parent level with the middle of its children."""
    parents = dict(zip(frame["node"], frame["parent"], strict=True))
    depth: dict[str, int] = {}
    for node, parent in parents.items():
        depth[node] = depth[parent] + 1 if parent else 0
    leaves = [node for node in parents if node not in parents.values()]
    height = {node: float(place) for place, node in enumerate(leaves)}
    for node in sorted(parents, key=lambda name: -depth[name]):
        below = [height[child] for child, parent in parents.items() if parent == node]
        height.setdefault(node, sum(below) / len(below) if below else 0.0)
    return depth, height


def _box(ax: "Axes", row: Any, x: float, y: float, words: Words) -> None:
    from matplotlib.patches import Rectangle

    colour = style.BLUE if not row.parent else style.ORANGE if row.node == "hires" else style.GREY
    ax.add_patch(Rectangle((x, y - HIGH / 2), WIDE, HIGH, facecolor="#f5f7f9", edgecolor=colour, linewidth=1.2))
    middle = x + WIDE / 2
    last = words("annual_target.tree_last", value=_figure(row.last_year, row.unit, words, unit=False))
    lines = [
        (words.code("node", str(row.node)), 9, "bold", style.INK),
        (_figure(row.value, row.unit, words), 10, "normal", style.INK),
    ]
    lines += [(last, 8, "normal", style.MUTED)] if row.last_year is not None else []
    for place, (text, size, weight, ink) in enumerate(lines):
        offset = (place - (len(lines) - 1) / 2) * LINE
        ax.text(middle, y + offset, text, ha="center", va="center", fontsize=size, fontweight=weight, color=ink)


def _line(ax: "Axes", begin: tuple[float, float], end: tuple[float, float]) -> None:
    """From a parent's right side to its child's left, bending half-way."""
    bend = (begin[0] + end[0]) / 2
    ax.plot([begin[0], bend, bend, end[0]], [begin[1], begin[1], end[1], end[1]], color=style.MUTED, linewidth=0.9)


def _figure(value: Any, kind: str, words: Words, *, unit: bool = True) -> str:
    if value is None:
        return words.number(None)
    return words.money(to_fen(value), unit=unit) if kind == "currency" else words.number(value)


def _tree_title(frame: "pd.DataFrame", words: Words) -> str:
    found = {row.node: _figure(row.value, row.unit, words) for row in _rows(frame)}
    parts = [words(f"annual_target.tree_{node}", value=found[node]) for node in TITLED if node in found]
    return words("annual_target.tree_title", amount=found["revenue"], parts=words.list(parts))


def hires(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Reps needed as bars, those in post as a line, month by month; `frame` is the table `annual_target_hires`."""
    places = range(len(frame))
    colours = [style.RED if row.hires else style.BLUE for row in _rows(frame)]
    ax.bar(places, frame["needed"], width=0.62, color=colours, alpha=0.75)
    ax.step(places, frame["have"], where="mid", color=style.ORANGE, linewidth=2)
    ax.set_xticks(list(places), [words.month_short(month) for month in frame["month"]])
    ax.set_ylim(0, max(float(frame[["needed", "have"]].max().max()) * 1.22, 1.0))
    ax.grid(visible=True, axis="y")
    for text, colour, across, side in (("needed", style.BLUE, 0.01, "left"), ("have", style.ORANGE, 0.99, "right")):
        label = words(f"annual_target.chart_{text}")
        ax.text(across, 0.97, label, transform=ax.transAxes, ha=side, va="top", fontsize=9, color=colour)
    style.title(ax, _hires_title(frame, words))
    return ax


def _hires_title(frame: "pd.DataFrame", words: Words) -> str:
    worst = frame.iloc[int(frame["gap"].to_numpy().argmax())]
    key = "hires_title" if frame["hires"].sum() else "hires_title_enough"
    return words(
        f"annual_target.{key}",
        month=words.month_short(worst["month"]),
        needed=words.number(worst["needed"], 1),
        have=words.number(worst["have"], 1),
        count=int(frame["hires"].sum()),
    )
