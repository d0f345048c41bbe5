"""Where things lie: the workbook a plan belongs to, and how messages call a path inside it."""

from pathlib import Path


def workbook_of(folder: Path) -> Path:
    """The workbook a plan belongs to: the folder with `notebooks/` and `params/`, found upward."""
    for parent in folder.resolve().parents:
        if (parent / "notebooks").is_dir() and (parent / "params").is_dir():
            return parent
    return folder.resolve().parent.parent


def shown_path(path: Path) -> str:
    """A path inside the workbook as messages print it: `params/henan-2027`."""
    resolved = path.resolve()
    root = workbook_of(resolved)
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else resolved.as_posix()
