"""A folder as it lies on the disk: what is in it, without following links, and what its files hold."""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# The content hash at the end of a page's control block, as `salesplan.report.control` prints it: in fours.
MARK = re.compile(rb"<!--sealed-->[^<]*?([0-9a-f]{4}(?: [0-9a-f]{4}){3})<!--/sealed-->")
THREADS = max(4, os.cpu_count() or 1)  # hashing lets other threads run; reading waits for the disk


@dataclass(frozen=True)
class Item:
    """One entry of a folder: its path from there with slashes, its kind (file, link, special, folder), its names."""

    name: str
    kind: str
    names: int = 1


@dataclass(frozen=True)
class Content:
    """What a file holds: SHA-256, bytes, whether it ends too early for its kind, the start of the content hash that
    a page carries."""

    sha256: str
    size: int
    cut: bool
    mark: str | None


def walk(folder: Path) -> Iterator[Item]:
    """Everything in a folder; folders only where they are empty or cannot be read."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            found = []
        if not found and here != folder:
            yield Item(_relative(here, folder), "folder")
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            else:
                yield _item(Path(entry.path), folder)


def contents(folder: Path, names: Iterable[str]) -> dict[str, Content | None]:
    """What files hold, by name; None for one that cannot be read. Several are read at a time."""
    asked = list(names)
    with ThreadPoolExecutor(THREADS) as pool:
        return dict(zip(asked, pool.map(lambda name: content_of(folder / name), asked), strict=True))


def content_of(path: Path) -> Content | None:
    """What one file holds; None where it cannot be read."""
    if not path.is_file():
        return None  # a pipe would be waited for
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(max(0, size - 16))
            end = file.read()
            file.seek(0)
            mark = MARK.search(file.read()) if path.suffix == ".html" else None
    except OSError:
        return None
    return Content(found, size, _is_cut(path, end), mark.group(1).decode().replace(" ", "") if mark else None)


def _is_cut(path: Path, end: bytes) -> bool:
    """Whether a file ends where a whole one of its kind never does; other files are only cut when empty."""
    ends = {".html": b"</html>", ".csv": b"\n", ".ipynb": b"}", ".json": b"}"}
    text = end if path.suffix == ".csv" else end.rstrip()
    return not end or not text.endswith(ends.get(path.suffix, b""))


def _item(path: Path, folder: Path) -> Item:
    name = _relative(path, folder)
    try:
        found = path.lstat()
    except OSError:
        return Item(name, "special")
    if stat.S_ISLNK(found.st_mode):
        return Item(name, "link")
    return Item(name, "file", found.st_nlink) if stat.S_ISREG(found.st_mode) else Item(name, "special")


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
