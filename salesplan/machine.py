"""What is neither the user's nor our fault: a full disk, a folder that may not be written, no memory left."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from salesplan.wording import Words

# Names of the sentences of section `machine` by what the system calls it.
KINDS = {
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.EFBIG: "no_space",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.EROFS: "read_only",
    errno.EIO: "disk_fails",
    errno.ENOMEM: "no_memory",
    errno.EMFILE: "too_many_files",
    errno.ENFILE: "too_many_files",
    errno.ENAMETOOLONG: "long_path",
}
TOLD = re.compile(r"\[Errno (\d+)\]")  # how Python, and with it a notebook's traceback, tells one
STATUS = 64  # exit statuses of our own processes from here on carry one


def code_of(error: BaseException) -> int | None:
    """The system's code of an error that is the machine's; None for any other."""
    if isinstance(error, MemoryError):
        return errno.ENOMEM
    return error.errno if isinstance(error, OSError) and error.errno in KINDS else None


@contextmanager
def at(place: Path) -> Iterator[None]:
    """Give an error that knows no path the place where it happened."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(place)
        raise


def status_of(error: BaseException) -> int | None:
    """The exit status by which a process of ours tells such an error; None for any other."""
    code = code_of(error)
    return None if code is None else STATUS + code


def raise_status(status: int, place: Path) -> None:
    """Raise the error a process of ours told by its exit status; nothing for any other status."""
    if status - STATUS in KINDS:
        raise OSError(status - STATUS, os.strerror(status - STATUS), str(place))


def sentence(error: BaseException, words: Words) -> str | None:
    """One sentence with the path and what to do; None where the error is not the machine's."""
    code = code_of(error)
    if code is None:
        return None
    what, path = words(f"machine.{KINDS[code]}"), getattr(error, "filename", None)
    return words("machine.at", path=path, what=what) if path else what


def hinted(cause: str, words: Words) -> str:
    """The cause a step names, with what to do where it is the machine's."""
    found = TOLD.search(cause)
    code = int(found[1]) if found else errno.ENOMEM if cause.startswith("MemoryError") else 0
    return words("machine.hint", cause=cause, what=words(f"machine.{KINDS[code]}")) if code in KINDS else cause
