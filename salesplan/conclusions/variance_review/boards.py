"""What stands on the boards of the month to come: targets, dates and names, as texts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from salesplan.apportion import MANAGER
from salesplan.variance_review import away
from salesplan.variance_review.customers import Customers
from salesplan.variance_review.projects import Projects
from salesplan.wording import Words

MOST_REPS = 24  # that fit one page; the others are summed
MOST_ROWS = 8  # of any other list


class BoardPart(NamedTuple):
    """A titled list of a board: heads and rows as texts; `none` is what is said without rows."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    none: str


class Board(NamedTuple):
    """One board: its title, note, targets (heads of periods with their days, rows by rep) and lists."""

    title: str
    note: str
    heads: list[tuple[str, str]]
    rows: list[tuple[str, list[tuple[str, str]]]]
    parts: list[BoardPart]


class Boards(NamedTuple):
    """The tables that the boards are made from; `money` is rep_allocation_board, `causes` variance_review_causes."""

    table: pd.DataFrame  # variance_review_boards
    causes: pd.DataFrame
    projects: Projects
    customers: Customers
    money: pd.DataFrame

    @property
    def month(self) -> str:
        """The month of the boards; '' where the year has no month to come."""
        rows = self.table[self.table["kind"] == "ten_day"]
        return str(rows["period"].iloc[0])[:7] if len(rows) else ""


def month_board(words: Words, found: Boards) -> Board:
    """Targets by ten-day period, measures due, projects to close, customers to see, collections expected."""
    parts = [_measures(words, found), _closing(words, found), _to_see(words, found), _collections(words, found)]
    return _board(words, found, "ten_day", parts)


def week_board(words: Words, found: Boards) -> Board:
    """Targets and visits by week, and the projects to follow up week by week."""
    return _board(words, found, "week", [_follow(words, found)])


def _board(words: Words, found: Boards, kind: str, parts: list[BoardPart]) -> Board:
    rows = found.table[found.table["kind"] == kind]
    month = words.month(found.month)
    amount = words.money(int(rows["amount"].sum()))
    note = words("board.note", month=month, amount=amount, unit=words.unit)
    title = words("board.month" if kind == "ten_day" else "board.week", month=month)
    return Board(title, note, _heads(words, rows, kind), _targets(words, rows), parts)


def _heads(words: Words, rows: pd.DataFrame, kind: str) -> list[tuple[str, str]]:
    """Each period by name, with its days and workdays; last the month."""
    spans = rows.drop_duplicates("period")
    found = []
    for row in spans.to_dict("records"):
        days = words("board.days", start=_day(row["start"]), end=_day(row["end"]))
        worked = words("board.workdays", count=row["workdays"])
        found.append((words.ten_day(row["period"]), f"{days} {worked}") if kind == "ten_day" else (days, worked))
    whole = words("board.workdays", count=int(spans["workdays"].sum()))
    return [*found, (words.code("kind", "month"), whole)]


def _day(day: Any) -> str:
    return f"{day.month}/{day.day}"


def _targets(words: Words, rows: pd.DataFrame) -> list[tuple[str, list[tuple[str, str]]]]:
    """Per rep the target and the visits of each period and the month; the smallest reps together, the sum last."""
    whole = rows.groupby("rep")["amount"].sum()
    order = whole[whole.index != MANAGER].sort_values(ascending=False, kind="stable").index
    shown = list(order[:MOST_REPS]) if len(order) > MOST_REPS + 1 else list(order)
    named = {rep: words.person(rep) for rep in shown} | {MANAGER: words.person(MANAGER)}
    others = words("board.others", count=len(order) - len(shown))
    label = rows["rep"].map(named).fillna(others)
    lines = [*named.values()][:-1]
    lines += [others] if len(order) > len(shown) else []
    lines += [named[MANAGER]] if MANAGER in whole.index else []
    found = [(line, _cells(words, rows[label == line])) for line in lines]
    return [*found, (words.code("member", "(total)"), _cells(words, rows))]


def _cells(words: Words, rows: pd.DataFrame) -> list[tuple[str, str]]:
    sums = rows.groupby("period", sort=False)[["amount", "visits"]].sum(min_count=1)
    pairs = [*zip(sums["amount"], sums["visits"], strict=True), (sums["amount"].sum(), sums["visits"].sum(min_count=1))]
    return [
        (words.money(int(amount), unit=False), "" if pd.isna(visits) else words.number(int(visits)))
        for amount, visits in pairs
    ]


def _part(words: Words, name: str, columns: Sequence[str], rows: list[list[str]]) -> BoardPart:
    heads = [words.column(column, "variance_review_customers") for column in columns]
    return BoardPart(words(f"board.{name}"), heads, rows[:MOST_ROWS], words(f"board.no_{name}"))


def _measures(words: Words, found: Boards) -> BoardPart:
    """Measures not done whose date lies in the month or before."""
    causes, end = found.causes, found.table["end"].max()
    due = causes[causes["due"].notna() & (pd.to_datetime(causes["due"]) <= end) & (causes["state"] != "done")]
    rows = [
        [words.date(row["due"]), str(row["owner"] if pd.notna(row["owner"]) else ""), _text(row["action"])]
        for row in due.sort_values(["due", "code"]).to_dict("records")
    ]
    return _part(words, "measures", ["due", "owner", "action"], rows)


def _text(text: Any) -> str:
    return "" if pd.isna(text) else str(text)


def _closing(words: Words, found: Boards) -> BoardPart:
    table = found.projects.table
    rows = table[(table["month"] == found.month) & (table["state"] != "won")]
    texts = [
        [
            words.date(row["close"]),
            str(row["project"]),
            words.person(row["rep"]),
            words.money(row["amount"], unit=False),
        ]
        for row in rows.sort_values(["close", "project"]).to_dict("records")
    ]
    return _part(words, "closing", ["close", "project", "rep", "amount"], texts)


def _to_see(words: Words, found: Boards) -> BoardPart:
    texts = [
        [
            str(row["customer"]),
            words.person(_text(row["rep"])),
            words.number(row["silent_days"]),
            words.money(row["amount_at_stake"], unit=False),
        ]
        for row in away(found.customers).head(MOST_ROWS).to_dict("records")
    ]
    return _part(words, "quiet", ["customer", "rep", "silent_days", "amount_at_stake"], texts)


def _collections(words: Words, found: Boards) -> BoardPart:
    """What of the open items each rep expects to be paid in the month, the largest first."""
    rows = found.money[(found.money["kind"] == "month") & (found.money["period"] == found.month)]
    wide = rows[rows["activity"].isin(["collection", "receivable"])].pivot_table(
        index="rep", columns="activity", values="amount", aggfunc="sum"
    )
    if "collection" not in wide:
        return _part(words, "collections", ["rep", "collection"], [])
    ranked = wide.reindex(columns=["receivable", "collection"]).sort_values(
        "collection", ascending=False, kind="stable"
    )
    texts = [
        [words.person(str(rep)), *(words.money(fen, unit=False) for fen in (owed, coming))]
        for rep, owed, coming in zip(ranked.index, ranked["receivable"], ranked["collection"], strict=True)
    ]
    return _part(words, "collections", ["rep", "receivable", "collection"], texts)


def _follow(words: Words, found: Boards) -> BoardPart:
    """Projects whose next contact lies in the month or is overdue, the earliest first."""
    table, end = found.projects.table, found.table["end"].max()
    noted = pd.to_datetime(table["next_follow_up"])
    rows = table[noted.notna() & (noted <= end)].assign(noted=noted)
    texts = [
        [
            words.date(row["noted"]) if not row["overdue_days"] else words("board.overdue"),
            str(row["project"]),
            words.person(row["rep"]),
            str(row["stage"]),
            words.money(row["amount"], unit=False),
        ]
        for row in rows.sort_values(["noted", "project"]).to_dict("records")
    ]
    heads = ["next_follow_up", "project", "rep", "stage", "amount"]
    part = _part(words, "follow", heads, texts)
    return part._replace(rows=texts[: 2 * MOST_ROWS])
