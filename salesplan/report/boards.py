"""The boards of the month to come: one page of the month and one of its weeks, to be put up on a wall."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from salesplan.conclusions.variance_review.boards import Boards, month_board, week_board
from salesplan.report.html import write_paper
from salesplan.report.statements import statement_style

if TYPE_CHECKING:
    from salesplan.wording import Words

PAGES = {"month": month_board, "week": week_board}


def write_boards(folder: Path, found: Boards, words: "Words", *, head: Mapping[str, str]) -> list[tuple[str, str]]:
    """Write `month.html` and `week.html` into a folder of a run; returns their file names and titles.

    `head`: `title` of the plan. Nothing is written where the year has no month to come.
    """
    if not found.month:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    boards = {name: make(words, found) for name, make in PAGES.items()}
    for name, board in boards.items():
        other = next(one for one in boards if one != name)
        write_paper(
            folder / f"{name}.html", "board.html.j2", words, css=statement_style(), head=head, board=board,
            weekly=name == "week", other=other, other_title=boards[other].title,
        )  # fmt: skip
    return [(f"{name}.html", board.title) for name, board in boards.items()]
