"""Faults at the N-th file operation: the process is killed there, or the operation fails as a disk makes it fail."""

import builtins
import errno
import gc
import io
import os
from contextlib import contextmanager
from pathlib import Path

KILLED = 137
WRITING = {"create", "write", "mkdir", "fsync", "rename", "replace", "sendfile"}
OPENING = {"read", "create", "mkdir", "rename", "replace", "unlink", "remove", "rmdir", "scandir", "listdir"}
# What can fail in which way, and whether everything of the kind fails from then on, as on a disk that is full.
KINDS = {
    "kill": (WRITING | OPENING, False),
    "ENOSPC": (WRITING, True),
    "EIO": (WRITING | OPENING, False),
    "EACCES": (OPENING, False),
}
CREATING = os.O_CREAT | os.O_WRONLY | os.O_RDWR


class Faults:
    """Counts the file operations below a folder; the one at `place` meets a fault."""

    def __init__(self, root, kind="", place=0):
        self.root, self.kind, self.place = str(root), kind, place
        self.seen = []
        self.met = False

    def meet(self, operation):
        """Count an operation; True where this one is to fail."""
        self.seen.append(operation)
        if not self.kind:
            return False
        names, lasting = KINDS[self.kind]
        here = len(self.seen) == self.place
        self.met = self.met or here
        return here or (lasting and self.met and operation in names)

    def strike(self, path=None):
        """The fault itself."""
        if self.kind == "kill":
            os._exit(KILLED)
        code = getattr(errno, self.kind)
        raise OSError(code, os.strerror(code), path)

    def before(self, operation, path):
        """Called before an operation on a path; those elsewhere are none of ours."""
        named = isinstance(path, str | Path) and Path(path).is_absolute()  # else below an open folder: one of ours
        if (not named or str(path).startswith(self.root)) and self.meet(operation):
            self.strike(str(path) if named else None)


class _Raw(io.FileIO):
    """A file whose writes are counted; the one that fails leaves half of what was to be written."""

    def __init__(self, path, mode, faults):
        super().__init__(path, mode)
        self.faults = faults

    def write(self, data):
        if self.faults.meet("write"):
            super().write(bytes(data)[: len(data) // 2])
            self.faults.strike()
        return super().write(data)


@contextmanager
def injected(faults):
    """Every file operation of Python code below the root passes through `faults`; nothing is really flushed."""
    kept = {name: getattr(os, name) for name in (*OPENING - {"read", "create"}, "open", "fsync", "sendfile")}
    opened = io.open

    def wrapped(name):
        def call(*args, **options):
            faults.before(name, args[0] if args else None)
            return kept[name](*args, **options)

        return call

    def os_open(path, flags, *args, **options):
        faults.before("create" if flags & CREATING else "read", path)
        return kept["open"](path, flags, *args, **options)

    def fsync(_):
        if faults.meet("fsync"):
            faults.strike()

    def open_file(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, *rest):
        if not isinstance(file, str | Path) or not str(file).startswith(faults.root):
            return opened(file, mode, buffering, encoding, errors, newline, *rest)
        faults.before("create" if set("wax+") & set(mode) else "read", file)
        if "w" not in mode:
            return opened(file, mode, buffering, encoding, errors, newline, *rest)
        buffer = io.BufferedWriter(_Raw(file, "w", faults))
        return buffer if "b" in mode else io.TextIOWrapper(buffer, encoding, errors, newline)

    try:
        for name in kept:
            setattr(os, name, wrapped(name))
        os.open, os.fsync, io.open, builtins.open = os_open, fsync, open_file, open_file
        # shutil and pathlib look these up when they are called; sendfile is given no path
        os.sendfile = lambda *args: (faults.meet("sendfile") and faults.strike()) or kept["sendfile"](*args)
        yield faults
    finally:
        for name, function in kept.items():
            setattr(os, name, function)
        io.open = builtins.open = opened


def in_child(function):
    """Run a function in a forked copy of this process, which may die of it; its exit status."""
    pid = os.fork()
    if pid == 0:
        gc.disable()  # else it copies page after page of its parent's memory only to look through it
        status = 1
        try:
            function()
            status = 0
        except OSError:
            status = 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
