"""Chart of how likely each member reaches its target."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_MEMBERS = 12  # per dimension; the table has them all
ROW, HEAD = 0.34, 1.3  # inches
PREFIX = "probability_"


def member_odds(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """P(target reached) of every member, one cell per level, the largest first.

    `frame` is table seasonal_split_members, the planned level's probability as `probability_<level>` too.
    """
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("odds", ["#f3cfca", "#fbf3e3", "#a9d8c8"])
    grid, levels = _largest(frame), [name for name in frame.columns if name.startswith(PREFIX)]
    for y, row in enumerate(grid.to_dict("records")):
        for x, level in enumerate(levels):
            known = row[level] == row[level]
            ax.barh(y, 0.96, left=x - 0.48, height=0.88, color=shades(row[level]) if known else style.GREY)
            ax.text(x, y, words.percent(row[level], 0), ha="center", va="center", fontsize=9)
    amounts = [words.money(fen, unit=False) for fen in grid["amount"]]
    names = [f"{words.code('member', name)}  {fen}" for name, fen in zip(grid["member"], amounts, strict=True)]
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks(range(len(levels)), [words.code("level", name.removeprefix(PREFIX)) for name in levels])
    ax.xaxis.tick_top()
    ax.set_xlim(-0.5, len(levels) - 0.5)
    ax.set_ylim(len(names) - 0.5, -0.5)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    for place in _breaks(grid["dimension"].tolist()):
        ax.axhline(place, color=style.MUTED, linewidth=0.8)
    style.title(ax, _title(grid, levels[0], words))
    return ax


def member_odds_size(frame: "pd.DataFrame") -> tuple[float, float]:
    """Width and height in inches that the rows of `member_odds` need."""
    return 8.0, HEAD + ROW * len(_largest(frame))


def _largest(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The largest members of each dimension, in the order of the frame; lines stand for their products."""
    shown = frame[frame["dimension"] != "product"] if (frame["dimension"] == "line").any() else frame
    return shown[shown.groupby("dimension").cumcount() < MOST_MEMBERS]


def _breaks(dimensions: list[str]) -> list[float]:
    return [place - 0.5 for place in range(1, len(dimensions)) if dimensions[place] != dimensions[place - 1]]


def _title(frame: "pd.DataFrame", column: str, words: Words) -> str:
    """Who is most and least likely to reach his target at the planned level."""
    level = words.code("level", column.removeprefix(PREFIX))
    ranked = frame[frame[column].notna()].sort_values([column, "member"])
    if ranked.empty:
        return words("seasonal_split.member_odds_unknown", level=level)
    ends = {"weak": ranked.iloc[0], "strong": ranked.iloc[-1]}
    values = {name: words.code("member", row["member"]) for name, row in ends.items()}
    values |= {f"{name}_odds": words.percent(row[column], 0) for name, row in ends.items()}
    return words("seasonal_split.member_odds_title", level=level, unit=words.unit, **values)
