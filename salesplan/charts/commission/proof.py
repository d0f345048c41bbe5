"""Charts of the proof page: what each plan pays over what is sold, its jumps, and the other readings."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_PLANS = 6  # plans drawn
HEIGHT = 0.62  # of a plan's share of the picture: the rest are its title and labels
OTHERS = ((0, (4, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))


def proof(ax: "Axes", frame: Any, *, words: Words) -> "Axes":
    """One picture per plan, below each other: commission over attainment, other readings faint; `frame`: a `Proof`."""
    plans = list(dict.fromkeys(frame.lines["plan"]))[:MOST_PLANS]
    jumps = _jumps(frame)
    ax.axis("off")
    for place, name in enumerate(plans):
        top = 1 - place / len(plans)
        inner = ax.inset_axes((0.06, top - (0.12 + HEIGHT) / len(plans), 0.8, HEIGHT / len(plans)))
        _plan(inner, frame.lines[frame.lines["plan"] == name], jumps.get(name, {}), words)
        inner.set_title(_name(name, jumps.get(name, {}), words), fontsize=10)
    style.title(ax, _title(plans, jumps, words))
    return ax


def _jumps(frame: Any) -> dict[str, dict[float, int]]:
    """Per plan where one more fen changes pay by more than a fen: measure of the line, jump in fen."""
    found: dict[str, dict[float, int]] = {}
    for (plan, measure), group in frame.lines[frame.lines["used"]].groupby(["plan", "measure"], sort=False):
        change = int(group["amount"].iloc[-1] - group["amount"].iloc[0])
        if len(group) > 1 and abs(change) > 1:
            found.setdefault(str(plan), {})[float(measure)] = change
    return found


def _plan(ax: "Axes", lines: "pd.DataFrame", jumps: dict[float, int], words: Words) -> None:
    styles = iter(OTHERS)
    for reading, group in lines.groupby("reading", sort=False):
        used = bool(group["used"].iloc[0])
        look: dict[str, Any] = {"color": style.BLUE, "linewidth": 2.2, "zorder": 3}
        if not used:
            look = {"color": style.MUTED, "linewidth": 1.1, "linestyle": next(styles), "alpha": 0.8}
        ax.plot(group["measure"], group["amount"], label=words.code("reading", str(reading)), **look)
    for measure, change in jumps.items():
        own = lines[lines["used"] & (lines["measure"] == measure)]["amount"]
        at = (measure, float(own.iloc[-1]))
        ax.plot([measure, measure], [own.iloc[0], own.iloc[-1]], color=style.ORANGE, linewidth=2.4, zorder=4)
        text = ("+" if change > 0 else "") + words.money(change, unit=False)
        ax.annotate(text, at, (-4, 4), textcoords="offset points", ha="right", fontsize=8, color=style.ORANGE)
    _axes(ax, lines, words)


def _axes(ax: "Axes", lines: "pd.DataFrame", words: Words) -> None:
    style.money_axis(ax, words)
    if lines["unit"].iloc[0] == "share":
        style.percent_axis(ax, "x")
        ax.axvline(1.0, color=style.GREY, linewidth=1, zorder=0)
    elif lines["unit"].iloc[0] == "currency":
        style.money_axis(ax, words, axis="x", label=False)
    ax.set_xlim(0, float(lines["measure"].max()))
    ax.set_ylim(bottom=min(0.0, float(lines["amount"].min())))
    ax.set_xlabel(words(f"commission.proof_axis_{lines['unit'].iloc[0]}"), fontsize=9)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)


def _name(name: str, jumps: dict[float, int], words: Words) -> str:
    if not jumps:
        return words("commission.proof_smooth", plan=name)
    worst = max(jumps.values(), key=abs)
    key = "proof_jump" if worst > 0 else "proof_drop"
    return words(f"commission.{key}", plan=name, amount=words.money(abs(worst)))


def _title(plans: list[str], jumps: dict[str, dict[float, int]], words: Words) -> str:
    rough = [name for name in plans if jumps.get(name)]
    if not rough:
        return words("commission.proof_title_smooth", count=len(plans))
    worst = max(abs(change) for name in rough for change in jumps[name].values())
    names = words.list(rough)
    return words("commission.proof_title", plans=names, amount=words.money(worst))
