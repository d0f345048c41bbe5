"""Charts of the evidence: levels against estimates, odds by member, forecasts against what happened."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from salesplan.apportion import TOTAL
from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

STATES = {"carried": "#cfe8df", "within": "#fbe3c8", "beyond": "#f3cfca"}
MOST_MEMBERS = 12  # per scope; the table has them all
ROW, HEAD = 0.34, 1.3  # inches
CASE_SIZE = 900.0  # square points of the largest dot
COLOURS = {0: style.ORANGE, 3: style.BLUE}


def _rows(frame: "pd.DataFrame") -> Iterable[Any]:
    return frame.itertuples()


def distances(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Every level against every estimate, one cell each, shaded by whether the estimate carries the level.

    `frame` is that of `distances`.
    """
    estimates, levels = (list(dict.fromkeys(frame[name])) for name in ("estimate", "level"))
    for row in _rows(frame):
        x, y = levels.index(row.level), estimates.index(row.estimate)
        ax.barh(y, 0.96, left=x - 0.48, height=0.88, color=STATES[str(row.state)])
        sign = "+" if row.gap > 0 else ""
        share = words.percent(row.distance_share, 0)
        text = f"{sign}{words.money(row.gap, unit=False)} ({sign}{share})"
        ax.text(x, y, text, ha="center", va="center", fontsize=9)
    _cells(ax, [words.code("estimate", name) for name in estimates], [words.code("level", name) for name in levels])
    style.title(ax, _distances_title(frame, levels[0], words))
    return ax


def _cells(ax: "Axes", rows: list[str], columns: list[str]) -> None:
    """A table of cells: names of the columns above it, of the rows beside it, no axis."""
    ax.set_yticks(range(len(rows)), rows)
    ax.set_xticks(range(len(columns)), columns)
    ax.xaxis.tick_top()
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _distances_title(frame: "pd.DataFrame", level: str, words: Words) -> str:
    single = frame[(frame["level"] == level) & (frame["estimate"] != "weighted")]
    counts = {state: int((single["state"] == state).sum()) for state in STATES}
    return words("annual_target.distances_title", level=words.code("level", level), unit=words.unit, **counts)


def member_odds(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """P(level reached) of the company, regions and lines, one cell per level; `frame` is that of `level_odds`."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("odds", ["#f3cfca", "#fbf3e3", "#a9d8c8"])
    grid = _largest(frame)
    levels = list(dict.fromkeys(frame["level"]))
    for y, (_, row) in enumerate(grid.iterrows()):
        for x, level in enumerate(levels):
            known = row[level] == row[level]
            ax.barh(y, 0.96, left=x - 0.48, height=0.88, color=shades(row[level]) if known else style.GREY)
            ax.text(x, y, words.percent(row[level], 0), ha="center", va="center", fontsize=9)
    _cells(ax, [_member(key, words) for key in grid.index], [words.code("level", name) for name in levels])
    for line in _breaks([str(scope) for scope, _ in grid.index]):
        ax.axhline(line, color=style.MUTED, linewidth=0.8)
    style.title(ax, _odds_title(frame, levels[0], words))
    return ax


def member_odds_size(frame: "pd.DataFrame") -> tuple[float, float]:
    """Width and height in inches that the rows of `member_odds` need."""
    return 8.0, HEAD + ROW * len(_largest(frame))


def _largest(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Members down, levels across; the largest of each scope, in the order of the frame."""
    grid = frame.pivot_table(
        index=["scope", "member"], columns="level", values="probability", sort=False, dropna=False, aggfunc="first"
    )
    order = frame.drop_duplicates(["scope", "member"])[["scope", "member"]]
    kept = order[order.groupby("scope").cumcount() < MOST_MEMBERS]
    return grid.reindex([tuple(pair) for pair in kept.itertuples(index=False)])


def _breaks(scopes: list[str]) -> list[float]:
    return [place - 0.5 for place in range(1, len(scopes)) if scopes[place] != scopes[place - 1]]


def _member(key: Any, words: Words) -> str:
    scope, member = key
    return words.code("scope", scope) if member == TOTAL else words.code("member", member)


def _odds_title(frame: "pd.DataFrame", level: str, words: Words) -> str:
    asked = frame[frame["level"] == level]
    parts = []
    for scope, part in asked.groupby("scope", sort=False):
        known = part["probability"].dropna()
        if len(known):
            ends = [words.percent(known.min(), 0), words.percent(known.max(), 0)]
            key = "odds_scope_one" if ends[0] == ends[1] else "odds_scope"
            name = words.code("scope", str(scope))
            parts.append(words(f"annual_target.{key}", scope=name, low=ends[0], high=ends[1]))
    return words("annual_target.member_odds_title", level=words.code("level", level), parts=words.list(parts))


def calibration(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Forecast probability against the share that came true, a dot per band as large as its cases.

    `frame` is that of `reliability`; on the diagonal forecasts were right.
    """
    ax.plot([0, 1], [0, 1], color=style.MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    most = float(frame["count"].max())
    for known, colour in COLOURS.items():
        part = frame[frame["known_months"] == known]
        label = words(f"annual_target.calibration_known_{known}")
        size = CASE_SIZE * part["count"] / most
        ax.scatter(part["probability"], part["share"], s=size, color=colour, alpha=0.55, label=label)
        for count, x, y in part[["count", "probability", "share"]].itertuples(index=False):
            ax.annotate(words.number(count), (x, y), ha="center", va="center", fontsize=8)
    for axis in ("x", "y"):
        style.percent_axis(ax, axis)
    ax.grid(visible=True, axis="both")
    ax.set(xlim=(-0.06, 1.06), ylim=(-0.1, 1.1))
    ax.set_xlabel(words("annual_target.calibration_forecast"))
    ax.set_ylabel(words("annual_target.calibration_outcome"))
    legend = ax.legend(loc="upper left", fontsize=9)
    handles: list[Any] = list(legend.legend_handles)
    for handle in handles:
        handle.set_sizes([40.0])
    style.title(ax, _calibration_title(frame, words))
    return ax


def _calibration_title(frame: "pd.DataFrame", words: Words) -> str:
    total = frame["count"].sum()
    lead = float((frame["share"] - frame["probability"]).mul(frame["count"]).sum() / total)
    way = "low" if lead > 0 else "high"
    key = "calibration_title_even" if abs(lead) < 0.02 else f"calibration_title_{way}"
    return words(f"annual_target.{key}", count=words.number(int(total)), lead=words.number(abs(lead) * 100, 0))
