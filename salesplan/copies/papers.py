"""Papers a run has written for single people, put into their copies: found by the owner each one names."""

from pathlib import Path

from salesplan.report.html import owner_of
from salesplan.staging import EXPLAINED, LETTERS, STATEMENTS, files_below


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
        owner = owner_of(path) if path.suffix == ".html" else None
        if owner is not None:
            found.setdefault(owner, []).append(path)
    return {owner: paths[0] for owner, paths in found.items() if len(paths) == 1}
