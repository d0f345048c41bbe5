"""Charts of quotas and commitments: how far apart they are, how the rounds moved, what is handed down."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, names, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_ROUNDS = 24  # rows of rounds a chart can still show


def gaps(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Quota and own commitment of each rep as two dots on a line, the largest gap first.

    `frame` is the gap list: rep, name, quota, commitment, gap, gap_share, standing.
    """
    known = frame[frame["gap"].notna()]
    if known.empty:
        return nothing(ax, words("rep_allocation.no_commitments"))
    shown = known.head(MOST)
    texts = [_gap_text(row, words) for row in shown.itertuples()]
    _pairs(ax, shown, ("commitment", "quota"), texts, words, "rep_allocation_gaps")
    quota, committed = int(known["quota"].sum()), int(known["commitment"].sum())
    key = "gaps_title" if committed < quota else "gaps_title_met"
    amounts = {"committed": words.money(committed), "quota": words.money(quota), "gap": words.money(quota - committed)}
    style.title(ax, words(f"rep_allocation.{key}", count=len(known), **amounts))
    return ax


def _gap_text(row: Any, words: Words) -> str:
    """The gap of a row with what became of it."""
    amount = words.money(row.gap, unit=False)
    if row.standing not in ("agreed", "open", "waiting"):
        return amount
    return words("rep_allocation.gap_label", amount=amount, standing=words.code("standing", row.standing))


def handed_down(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Quota handed down and what the rule would give, rep by rep, the largest difference first.

    `frame` is the table rep_allocation_reconciliation.
    """
    people = frame[frame["target"].isna() & frame["gap_rule"].notna()]
    if people.empty:
        return nothing(ax, words("rep_allocation.nothing_handed_down"))
    order = people.assign(size=people["gap_rule"].abs()).sort_values(["size", "rep"], ascending=[False, True])
    shown = order.head(MOST).assign(name=lambda rows: rows["rep"].map(words.person))
    texts = [_signed(fen, words) for fen in shown["gap_rule"]]
    _pairs(ax, shown, ("by_rule", "handed_down"), texts, words, "rep_allocation_reconciliation")
    over, under = (people.loc[sign * people["gap_rule"] > 0, "gap_rule"] for sign in (1, -1))
    counts = {"over": len(over), "under": len(under)}
    amounts = {"more": words.money(int(over.sum())), "less": words.money(-int(under.sum()))}
    style.title(ax, words("rep_allocation.handed_down_title", **counts, **amounts))
    return ax


def _signed(fen: int, words: Words) -> str:
    return ("+" if fen > 0 else "") + words.money(fen, unit=False)


def _pairs(
    ax: "Axes", shown: "pd.DataFrame", pair: tuple[str, str], texts: list[str], words: Words, table: str
) -> None:
    """Two amounts per row joined by a line, a text right of them, named above the first row as in the table."""
    colours = (style.ORANGE, style.BLUE)
    values = shown[list(pair)].astype("float64")
    for y, (row, text) in enumerate(zip(values.to_numpy().tolist(), texts, strict=True)):
        ax.plot(row, [y, y], color=style.GREY, linewidth=3, zorder=1, solid_capstyle="round")
        for amount, colour in zip(row, colours, strict=True):
            ax.plot(amount, y, "o", color=colour, markersize=8, zorder=2)
        ax.annotate(text, (max(row), y), (9, 0), textcoords="offset points", va="center", fontsize=9)
    for name, colour in zip(pair, colours, strict=True):
        ax.plot([], [], "o", color=colour, markersize=8, label=words.column(name, table))
    ax.legend(loc="lower right", fontsize=9, ncols=2, bbox_to_anchor=(1, 1.0), borderaxespad=0, handletextpad=0.2)
    ax.set_yticks(range(len(shown)), names(shown))
    style.rows(ax, len(shown))
    style.money_axis(ax, words, axis="x")
    low, high = float(values.min().min()), float(values.max().max())
    ax.set_xlim(low - 0.06 * (high - low) - 1, high + 0.25 * (high - low) + 1)


def rounds(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """The way of each negotiation: what was proposed and asked, round by round, until both meet.

    `frame` is the table rep_allocation_negotiation; only reps with rounds are shown.
    """
    held = frame[frame["rep"].isin(frame.loc[frame["round"] > 0, "rep"])].head(MOST_ROUNDS).reset_index(drop=True)
    if held.empty:
        return nothing(ax, words("rep_allocation.no_rounds"))
    for y, row in enumerate(held.itertuples()):
        _round(ax, y, row, words)
    ax.set_yticks(range(len(held)), [_round_name(row, words) for row in held.itertuples()])
    for y in held.index[held["round"] == 0].tolist()[1:]:
        ax.axhline(y - 0.5, color=style.GREY, linewidth=0.8)
    for name, colour in (("asked", style.ORANGE), ("proposed", style.BLUE)):
        ax.plot([], [], "o", color=colour, label=words.column(name, "rep_allocation_negotiation"))
    ax.plot([], [], "D", color=style.GREEN, label=words.code("standing", "agreed"))
    ax.legend(loc="lower right", fontsize=9, ncols=3, bbox_to_anchor=(1, 1.0), borderaxespad=0, handletextpad=0.2)
    style.rows(ax, len(held))
    style.money_axis(ax, words, axis="x")
    values = held[["proposed", "asked"]].astype("float64")
    low, high = float(values.min().min()), float(values.max().max())
    ax.set_xlim(low - 0.08 * (high - low) - 1, high + 0.22 * (high - low) + 1)
    settled, people = held.loc[held["agreed"], "rep"].nunique(), held["rep"].nunique()
    style.title(ax, words("rep_allocation.rounds_title", settled=settled, count=people, open=people - settled))
    return ax


def _round(ax: "Axes", y: int, row: Any, words: Words) -> None:
    """One round: both amounts and what lies between them."""
    if row.agreed:
        ax.plot(row.proposed, y, "D", color=style.GREEN, markersize=8, zorder=2)
        text = words.money(row.proposed, unit=False)
        ax.annotate(text, (row.proposed, y), (9, 0), textcoords="offset points", va="center", fontsize=9)
        return
    known = [(amount, colour) for amount, colour in ((row.asked, style.ORANGE), (row.proposed, style.BLUE))
             if str(amount) != "<NA>"]  # fmt: skip
    for amount, colour in known:
        ax.plot(amount, y, "o", color=colour, markersize=7, zorder=2)
    if len(known) == 2:
        ax.plot([amount for amount, _ in known], [y, y], color=style.GREY, linewidth=3, zorder=1)
        right = max(amount for amount, _ in known)
        text = words("rep_allocation.gap_between", amount=words.money(row.gap, unit=False))
        ax.annotate(text, (right, y), (9, 0), textcoords="offset points", va="center", fontsize=9, color=style.MUTED)


def _round_name(row: Any, words: Words) -> str:
    """The rep's name beside where he starts, the number of the round beside the others."""
    if row.round == 0:
        return words("rep_allocation.round_start", rep=words.person(row.rep))
    return words("rep_allocation.round_name", round=row.round)
