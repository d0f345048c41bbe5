"""The performance of a month: what each rep sold against his quota, and what came in."""

from typing import TYPE_CHECKING, Any

from salesplan.apportion import UNASSIGNED
from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST = 20
HIGH, LOW = 0.42, 0.18  # of the bars


def performance(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Sold as bars with attainment, the quota as a mark, collected as a thin bar; frame of `Papers.sold`."""
    reps = frame[frame["rep"] != UNASSIGNED]
    shown = reps.sort_values(["actual", "rep"], ascending=[False, True]).head(MOST)
    places = list(range(len(shown)))
    sold = ax.barh(places, shown["actual"], height=HIGH, color=style.BLUE)
    money = shown["amount_collected"] + shown["amount_collected_earlier"]
    came = ax.barh([place + 0.34 for place in places], money, height=LOW, color=style.GREEN)
    quota = ax.vlines(
        shown["quota"], [place - 0.32 for place in places], [place + 0.24 for place in places], color=style.INK
    )
    style.bar_labels(ax, sold, [words.percent(share, 0) for share in shown["attainment"]])
    ax.set_yticks(places, [words.person(rep) for rep in shown["rep"]])
    style.rows(ax, len(shown))
    style.money_axis(ax, words, axis="x")
    ax.spines["left"].set_visible(False)
    ends = [float(shown[name].max()) for name in ("actual", "quota")] + [float(money.max())]
    ax.set_xlim(right=max([1.0, *(end for end in ends if end == end)]) * 1.15)
    names = [words.column(name, "commission_performance") for name in ("actual", "quota", "amount_collected")]
    ax.legend([sold, quota, came], names, ncols=3, loc="upper left", bbox_to_anchor=(0, -0.12), fontsize=9)
    style.title(ax, _title(frame, words))
    return ax


def _title(frame: "pd.DataFrame", words: Words) -> str:
    sums: Any = frame[["actual", "quota", "amount_collected", "amount_collected_earlier"]].sum()
    told = {
        "actual": words.money(sums["actual"]),
        "collected": words.money(sums["amount_collected"] + sums["amount_collected_earlier"]),
    }
    if sums["quota"] <= 0:
        return words("commission.performance_title_bare", **told)
    return words("commission.performance_title", share=words.percent(sums["actual"] / sums["quota"], 1), **told)
