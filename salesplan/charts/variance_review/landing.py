"""How likely the year's levels have been, month by month."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.charts.variance_review.axes import nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def landing(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Probability of each level as of each closed month; `frame` is table `variance_review_landing`."""
    known = frame[frame["probability"].notna()]
    if known.empty:
        return nothing(ax, words)
    months, levels = list(dict.fromkeys(frame["month"])), list(dict.fromkeys(frame["level"]))
    for number, level in enumerate(levels):
        line = known[known["level"] == level]
        places = [months.index(month) for month in line["month"]]
        colour = style.PALETTE[number % len(style.PALETTE)]
        ax.plot(places, line["probability"], "o-", color=colour, linewidth=2)
        last = float(line["probability"].iloc[-1])
        text = f"{words.code('level', level)} {words.percent(last, 0)}"
        ax.annotate(text, (places[-1], last), (8, 0), textcoords="offset points", color=colour, va="center")
    ax.set_xticks(range(len(months)), [words.month_short(month) for month in months])
    ax.set_xlim(-0.3, len(months) - 1 + max(0.6, 0.22 * len(months)))
    ax.set_ylim(-0.05, 1.08)
    style.percent_axis(ax)
    style.title(ax, _title(known[known["level"] == levels[0]], levels[0], words))
    return ax


def _title(line: "pd.DataFrame", level: str, words: Words) -> str:
    """What became of the planned level's probability."""
    first, last = line.iloc[0], line.iloc[-1]
    texts = {"level": words.code("level", level), "now": words.percent(last["probability"], 0)}
    if len(line) < 2:
        return words("landing.chart_once", month=words.month(str(last["month"])), **texts)
    texts |= {"month": words.month(str(first["month"])), "then": words.percent(first["probability"], 0)}
    return words("landing.chart", **texts)
