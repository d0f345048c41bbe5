"""What is tried beside the plan: bars of what is tried, dark where they move, with a mark where the plan stands."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WIDE, NARROW = 0.62, 0.8  # of a bar, and of the plan's mark across it
ACROSS = 12  # so many short labels stand side by side
SHORT = 4


def beside(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Bars of `tried` with a mark at `plan` (fen) by `label`; `frame.attrs["title"]` says what is seen."""
    across = len(frame) <= ACROSS and frame["label"].str.len().max() <= SHORT
    (_upright if across else _lying)(ax, frame, words)
    style.title(ax, str(frame.attrs["title"]))
    return ax


def _colours(frame: "pd.DataFrame") -> list[str]:
    return [style.BLUE if moves else style.GREY for moves in frame["tried"] != frame["plan"]]


def _legend(ax: "Axes", words: Words) -> None:
    """One line below: what the mark is, and what moves."""
    from matplotlib.patches import Patch

    mark = ax.collections[0]
    ax.legend(
        [mark, Patch(color=style.BLUE)], [words("whatif.plan_mark"), words("whatif.moved_bar")],
        loc="upper left", bbox_to_anchor=(0, -0.08), ncols=2, fontsize=9, borderaxespad=0,
    )  # fmt: skip


def _labels(ax: "Axes", frame: "pd.DataFrame", words: Words, *, upright: bool) -> None:
    """Amounts tried, beyond both the bar and the plan's mark."""
    ends = frame[["tried", "plan"]].max(axis=1).astype("float64")
    away, side = ((0, 4), ("center", "bottom")) if upright else ((6, 0), ("left", "center"))
    for place, (end, fen) in enumerate(zip(ends, frame["tried"], strict=True)):
        at, text = (place, end) if upright else (end, place), words.money(fen, unit=False)
        ax.annotate(text, at, away, textcoords="offset points", ha=side[0], va=side[1], fontsize=8)


def _upright(ax: "Axes", frame: "pd.DataFrame", words: Words) -> None:
    places = list(range(len(frame)))
    ax.bar(places, frame["tried"], width=WIDE, color=_colours(frame))
    _labels(ax, frame, words, upright=True)
    ends = [place - NARROW / 2 for place in places], [place + NARROW / 2 for place in places]
    ax.hlines(frame["plan"], *ends, color=style.ORANGE, linewidth=2.5)
    ax.set_xticks(places, frame["label"])
    style.money_axis(ax, words)
    ax.margins(y=0.1)
    _legend(ax, words)


def _lying(ax: "Axes", frame: "pd.DataFrame", words: Words) -> None:
    places = list(range(len(frame)))
    ax.barh(places, frame["tried"], height=WIDE, color=_colours(frame))
    _labels(ax, frame, words, upright=False)
    ends = [place - NARROW / 2 for place in places], [place + NARROW / 2 for place in places]
    ax.vlines(frame["plan"], *ends, color=style.ORANGE, linewidth=2.5)
    ax.set_yticks(places, frame["label"])
    style.rows(ax, len(frame))
    style.money_axis(ax, words, axis="x")
    ax.xaxis.label.set(x=1, ha="right")
    ax.margins(x=0.12)
    _legend(ax, words)
