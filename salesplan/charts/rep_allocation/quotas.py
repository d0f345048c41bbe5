"""Charts of the quotas: each beside last year, and the reps by month."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, names, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

PRINTED = 16  # reps up to which the months' amounts are printed into the cells


def quotas(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Quota of each rep as a bar, largest first, coloured by team, with last year's sales marked.

    `frame` is the table rep_allocation_reps.
    """
    if frame.empty:
        return nothing(ax, words("rep_allocation.no_reps"))
    shown = frame.sort_values(["quota", "rep"], ascending=[False, True]).head(MOST)
    teams = sorted(frame["team"].fillna("").unique())
    colours = [style.PALETTE[teams.index(team) % len(style.PALETTE)] for team in shown["team"].fillna("")]
    ax.barh(range(len(shown)), shown["quota"].astype("float64"), height=0.66, color=colours)
    _name_teams(ax, shown)
    _mark_last_year(ax, shown, words)
    ax.set_yticks(range(len(shown)), names(shown))
    style.rows(ax, len(shown))
    style.money_axis(ax, words, axis="x")
    most = max(float(shown[["quota", "last_year"]].astype("Float64").max().max()), 1.0)
    ax.set_xlim(0, most * 1.3)
    ax.set_xticks([tick for tick in ax.get_xticks() if tick <= most])
    quota = [words.money(quota, unit=False) for quota in shown["quota"]]
    _column(ax, words.column("quota"), quota, most * 1.16)
    _column(ax, words("rep_allocation.change"), [_change(row, words) for row in shown.itertuples()], most * 1.3)
    ax.spines["left"].set_visible(False)
    style.title(ax, _quota_title(shown, words))
    return ax


def _column(ax: "Axes", name: str, texts: list[str], x: float) -> None:
    """Texts under their name in a column of their own, right of every bar and mark."""
    ax.annotate(name, (x, -0.42), (0, 2), textcoords="offset points", ha="right", va="bottom", fontsize=8)
    for y, text in enumerate(texts):
        ax.text(x, y, text, ha="right", va="center", fontsize=9)


def _change(row: Any, words: Words) -> str:
    """The quota against last year's sales, signed; blank where there are none."""
    if str(row.last_year) == "<NA>" or not row.last_year > 0:
        return ""
    change = row.quota / row.last_year - 1
    return ("+" if change > 0 else "") + words.percent(change, 0)


def _name_teams(ax: "Axes", shown: "pd.DataFrame") -> None:
    """The team's name once, in the largest bar of each team."""
    named: set[str] = set()
    for y, team in enumerate(shown["team"].fillna("")):
        if team and team not in named:
            ax.annotate(team, (0, y), (6, 0), textcoords="offset points", va="center", fontsize=8, color="white")
            named.add(team)


def _mark_last_year(ax: "Axes", shown: "pd.DataFrame", words: Words) -> None:
    known = [(y, int(fen)) for y, fen in enumerate(shown["last_year"]) if str(fen) != "<NA>" and fen == fen]
    for y, fen in known:
        ax.plot([fen, fen], [y - 0.42, y + 0.42], color=style.INK, linewidth=2)
    if known:
        y, fen = known[0]
        text = words("rep_allocation.last_year_mark")
        ax.annotate(text, (fen, y - 0.42), (0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=8)


def _quota_title(shown: "pd.DataFrame", words: Words) -> str:
    people = names(shown)
    most, least = words.money(shown["quota"].iloc[0]), words.money(shown["quota"].iloc[-1])
    if len(shown) == 1:
        return words("rep_allocation.quotas_title_one", rep=people[0], amount=most)
    return words("rep_allocation.quotas_title", most_rep=people[0], most=most, least_rep=people[-1], least=least)


def months(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Quotas rep by month as a heat map; `frame` has one row per rep and month: rep, month, amount."""
    grid = frame.pivot_table(index="rep", columns="month", values="amount", aggfunc="sum", fill_value=0).head(MOST)
    if grid.empty:
        return nothing(ax, words("rep_allocation.no_reps"))
    texts = grid.map(lambda fen: words.money(fen, unit=False, decimals=1) if fen else "")
    style.heat(ax, grid.rename(index=words.person, columns=words.month_short), texts if len(grid) <= PRINTED else None)
    top = str(grid.sum().idxmax())
    amount = words.money(int(grid[top].sum()))
    style.title(ax, words("rep_allocation.months_title", month=words.month(top), amount=amount))
    ax.set_xlabel(words("rep_allocation.months_axis", unit=words.unit))
    return ax
