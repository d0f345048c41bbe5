"""The parent that has only imported: it forks a child per notebook and per page."""

import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType
from typing import Any

from salesplan import machine
from salesplan.pipeline import environment

SAFE_PATH = "PYTHONSAFEPATH"


@lru_cache
def context() -> ForkServerContext:
    """The fork server's context, its imports begun."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["salesplan.pipeline.preload"])
    return found


def available() -> bool:
    """Whether this machine can fork safely."""
    return os.name == "posix" and os.uname().sysname == "Linux"


def warm() -> None:
    """Start importing now, beside whatever the caller does next."""
    with _nothing_of_the_caller():
        context()
        forkserver.ensure_running()


def start(module: str, function: str, *args: Any) -> ForkServerProcess:
    """Start `module.function(*args)` in a forked child; the caller itself imports nothing for it."""
    process = context().Process(target=_call, args=(module, function, args))
    with _nothing_of_the_caller():
        process.start()
    return process


def ended(process: ForkServerProcess) -> int:
    """Wait for a child; its exit status."""
    process.join()
    return process.exitcode or 0


def end(process: ForkServerProcess) -> None:
    """End a child now, with all that it has started."""
    if process.pid is not None:
        with suppress(OSError):  # it may not have come to its own group yet
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


@contextmanager
def _nothing_of_the_caller() -> Iterator[None]:
    """Children need nothing of the caller's main module, nor modules that happen to lie in the working directory.

    multiprocessing would import the one again in each child, and search the other before all others.
    """
    main, path, safe = sys.modules["__main__"], sys.path, os.environ.get(SAFE_PATH)
    sys.modules["__main__"] = ModuleType("__main__")
    sys.path = [place for place in path if place]
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        sys.modules["__main__"], sys.path = main, path
        if safe is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = safe


def _call(module: str, function: str, args: tuple[Any, ...]) -> None:
    environment.reduce()
    os.setpgid(0, 0)  # so that what it starts can be ended with it
    threading.Thread(target=_end_with_caller, daemon=True).start()
    try:
        getattr(importlib.import_module(module), function)(*args)
    except (OSError, MemoryError) as error:
        status = machine.status_of(error)
        if status is None:
            raise
        sys.exit(status)


def _end_with_caller() -> None:
    """End at once when whoever started this child is gone: nothing goes on unseen."""
    caller = multiprocessing.parent_process()
    if caller is not None:
        caller.join()
    os.killpg(0, signal.SIGKILL)
