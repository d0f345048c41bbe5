"""How a run in the making hands things from step to step."""

import os
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

INPUTS = ".inputs"  # checked tables and ledger frames, read once
DONE = ".done"  # written last by a step, when its tables are there
FAULTS = "faults.json"  # what a notebook found wrong in the user's files
LEFT_OUT = ".left_out"  # a step this run does not execute
CONTROL = "control.json"  # the manifest as far as pages and sheets show it, written when all tables are there
LETTERS = "letters"  # folder of the target letters
STATEMENTS = "statements"  # folder of the statements of pay and the sheets, one folder a month
BOARDS = "boards"  # folder of the boards of the month to come
COPIES = "copies"  # folder of the copies by audience, one folder for each person
EXPLAINED = "explained"  # folder of the pages that say how each quota came about
SETTLED = "settled"  # parameter files beside them, of which those a signed plan settles stand instead of the plan's own
PREVIOUS = "previous"  # folder of a run with the tables of the review before this one
REVIEW = "review.json"  # in it: which run that was, and of which month end
# Folders of pages for single people, by the step that writes them.
PAGES = {"rep_allocation": (LETTERS, EXPLAINED), "commission": (STATEMENTS,), "variance_review": (BOARDS,)}
DRAFT = ".part"
# Lets the index page take up a step's conclusions as they are.
SENTENCES = "application/vnd.salesplan.sentences+json"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    draft = path.with_name(path.name + DRAFT)
    try:
        with draft.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def names_below(folder: Path) -> list[str]:
    """Every file below a folder as `tables/a.csv`, sorted; unlike with `rglob`, an unreadable folder is an error."""

    def refuse(error: OSError) -> NoReturn:
        raise error

    walked = os.walk(folder, onerror=refuse) if folder.exists() else ()
    places = ((place[len(str(folder)) :].replace(os.sep, "/"), names) for place, _, names in walked)
    return sorted(f"{place}/{name}"[1:] for place, names in places for name in names)


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, sorted by name; an unreadable folder is an error."""
    return [folder / name for name in names_below(folder)]
