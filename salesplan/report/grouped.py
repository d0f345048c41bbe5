"""Tables with two rows of headers: the same measures of several periods or indicators side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.report.table import Table, cell, measures
from salesplan.variance_review.periods import Edition
from salesplan.wording import Words
from salesplan.wording.periods import period

if TYPE_CHECKING:
    import pandas as pd

MOST_MEMBERS = 15
LAST = {UNASSIGNED: 0, MANAGER: 0, TOTAL: 1}
ALL = ("target", "actual", "variance", "attainment", "last_year")
SHORT = ("target", "actual", "attainment")
YEAR = ("target", "actual", "attainment", "last_year")
SHARES = ("attainment", "growth")


@dataclass(frozen=True)
class Group:
    """Columns below one header: its text, the headers and the texts of each column."""

    title: str
    heads: Sequence[str]
    columns: Sequence[Sequence[str]]


def grouped_table(
    title: str, first: str, rows: Sequence[str], groups: Sequence[Group], note: str, total: str = ""
) -> Table:
    """One table: a title above it, the first column, the groups, and a note below; `total` is the name of its row."""
    heads = [name for group in groups for name in group.heads]
    lines = [list(cells) for cells in zip(*(column for group in groups for column in group.columns), strict=True)]
    upper = "".join(_spanning(group) for group in groups)
    lower = "".join(f'<th scope="col" class="n">{escape(name)}</th>' for name in heads)
    body = "".join(_row(name, cells, name == total) for name, cells in zip(rows, lines, strict=True))
    head = f'<tr><th scope="col" rowspan="2">{escape(first)}</th>' + upper + "</tr><tr>" + lower + "</tr>"
    html = f'<h3>{escape(title)}</h3><div class="table"><table class="wide l1"><thead>{head}</thead><tbody>{body}'
    html += f'</tbody></table></div><p class="note">{escape(note)}</p>'
    text = [title, "\t".join([first, *heads])]
    return Table(
        html, "\n".join([*text, *("\t".join([name, *cells]) for name, cells in zip(rows, lines, strict=True))])
    )


def _spanning(group: Group) -> str:
    span = len(group.heads)
    return f'<th scope="colgroup" class="n" colspan="{span}">{escape(group.title)}</th>'


def _row(name: str, texts: Sequence[str], last: bool) -> str:
    cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
    kinds = ' class="total"' if last else ""
    return f"<tr{kinds}><td>{escape(name)}</td>{cells}</tr>"


# ---------------------------------------------------------------- the grid of the review


def total_table(grid: "pd.DataFrame", edition: Edition, words: Words) -> Table:
    """Table `variance_review_grid` on a page: the indicators in total.

    Beside each other stand the month, what quarter and half-year end with it, and the year to date.
    """
    total = grid[grid["dimension"] == TOTAL]
    names = list(dict.fromkeys(total["indicator"]))
    return _periods(total, "indicator", names, edition, words, words("variance_review.grid_total"))


def member_tables(grid: "pd.DataFrame", edition: Edition, words: Words) -> Table:
    """Table `variance_review_grid` on a page: the amounts of each dimension's members, periods as in `total_table`.

    Members are sorted by their variance to date, the most short of target first.
    """
    parts = []
    for dimension in dict.fromkeys(grid.loc[grid["dimension"] != TOTAL, "dimension"]):
        rows = grid[grid["dimension"].isin([dimension, TOTAL]) & (grid["indicator"] == "amount")]
        parts.append(_periods(rows, "member", _worst_first(rows), edition, words, words.column(str(dimension))))
    return Table("".join(part.html for part in parts), "\n\n".join(part.text for part in parts))


def _worst_first(rows: "pd.DataFrame") -> list[str]:
    """Members by variance to date; our own rows such as `(manager)` last, and the total below them."""
    to_date = rows[rows["period"] == "ytd"].assign(own=rows["member"].map(LAST).fillna(-1))
    return list(to_date.sort_values(["own", "variance", "member"], kind="stable")["member"])


def _periods(rows: "pd.DataFrame", key: str, names: Sequence[str], edition: Edition, words: Words, title: str) -> Table:
    """One table of the page; `key` is the column whose values stand in its rows."""
    shown, first = _shown(names), words.column("indicator") if key == "indicator" else title
    parts = {edition.month: ALL, **dict.fromkeys(edition.beside, SHORT), "ytd": ALL}
    groups = []
    for label, columns in parts.items():
        one = rows[rows["period"] == label].set_index(key).reindex(shown)
        named = one.assign(indicator="amount" if key == "member" else one.index)
        groups.append(Group(_heading(label, edition, words), _heads(columns, words), _texts(named, columns, words)))
    family = "indicator" if key == "indicator" else "member"
    note = words("report.money_in", unit=words.unit)
    if len(shown) < len(names):
        note += " · " + words("variance_review.grid_more", shown=len(shown), count=words.number(len(names)))
    return grouped_table(
        title, first, [_name(words, family, one) for one in shown], groups, note, words.code("member", TOTAL)
    )


def _shown(names: Sequence[str]) -> list[str]:
    """The first and the last of many: who is most short of target, and who is most over it."""
    if len(names) <= MOST_MEMBERS:
        return list(names)
    half = MOST_MEMBERS // 3
    return [*names[: MOST_MEMBERS - half], *names[-half:]]


def _heading(label: str, edition: Edition, words: Words) -> str:
    if label != "ytd":
        return period(words, label)
    text = words("variance_review.grid_to_date")
    if edition.to_date == "ytd":
        return text
    return words("variance_review.grid_to_date_named", period=period(words, edition.to_date), text=text)


def _heads(columns: Sequence[str], words: Words) -> list[str]:
    return [words.column(name, "variance_review_grid") for name in columns]


def _texts(rows: "pd.DataFrame", columns: Sequence[str], words: Words) -> list[list[str]]:
    """Each column as people read it."""
    return [
        [cell(value, "share", name, words, places=1) for value in rows[name]]
        if name in SHARES
        else measures(rows, name, words)
        for name in columns
    ]


def _name(words: Words, family: str, name: str) -> str:
    return words.code(family, name) if family == "indicator" else words.person(name)


# ---------------------------------------------------------------- the year


def annual_table(annual: "pd.DataFrame", words: Words) -> Table:
    """Table `variance_review_annual`: twelve months and the year, every indicator side by side."""
    months = list(dict.fromkeys(annual["month"]))
    groups = []
    for indicator in dict.fromkeys(annual["indicator"]):
        one = annual[annual["indicator"] == indicator].set_index("month").reindex(months)
        columns = YEAR if one["target"].notna().any() else ("actual", "last_year", "growth")
        texts = _texts(one.assign(indicator=indicator), columns, words)
        groups.append(Group(words.code("indicator", str(indicator)), _heads(columns, words), texts))
    names = [words.month_short(one) if one != TOTAL else words.code("member", one) for one in months]
    note = words("report.money_in", unit=words.unit)
    return grouped_table(words("variance_review.annual_table"), words.column("month"), names, groups, note, names[-1])
