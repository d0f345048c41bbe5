"""Papers a run has written for single people, put into their copies: found by the owner each one names."""

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

from salesplan.staging import EXPLAINED, LETTERS, STATEMENTS, files_below

OWNER = re.compile(rb'<meta name="owner" content="([^"]*)">')
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
HEAD = 4096  # bytes within which a page names its owner


class Papers:
    """Letters, statements of the last month and pages of explanation, by owner."""

    def __init__(self, run: Path, reps: list[str]) -> None:
        self.letters = _owned(run / LETTERS / "reps")
        self.dealers = _owned(run / LETTERS / "dealers")
        self.month = max((path.name for path in (run / STATEMENTS).glob("*")), default="")
        self.statements = _owned(run / STATEMENTS / self.month) if self.month else {}
        self.explained = {rep: run / EXPLAINED / f"{number:04d}.html" for number, rep in enumerate(reps, 1)}

    def of_rep(self, rep: str) -> dict[str, Path]:
        """The papers of a rep by what they are called in his copy."""
        found = {
            "letter": self.letters.get(rep),
            "statement": self.statements.get(rep),
            "explained": self.explained.get(rep),
        }
        return {name: path for name, path in found.items() if path and path.is_file()}


def _owned(folder: Path) -> dict[str, Path]:
    """Pages of a folder by the owner they name; a page that names none, or one twice named, belongs to nobody."""
    found: dict[str, list[Path]] = {}
    for path in files_below(folder):
        if path.suffix != ".html":
            continue
        with path.open("rb") as page:
            named = OWNER.search(page.read(HEAD))
        if named:
            found.setdefault(unescape(named[1].decode()), []).append(path)
    return {owner: paths[0] for owner, paths in found.items() if len(paths) == 1}


def put(source: Path, target: Path, links: Mapping[str, str]) -> None:
    """Copy a page; links lead to what lies in the copy, and are plain text where it does not.

    `links`: addresses of the source that the copy has, and what they are called there.
    """

    def linked(found: re.Match[str]) -> str:
        address, text = found.groups()
        if address not in links:
            return text
        own = links[address]
        return f'<a href="{own}">{own if text == address.replace("../", "") else text}</a>'

    target.write_text(LINK.sub(linked, source.read_text(encoding="utf-8")), encoding="utf-8", newline="")
