"""The parent that has only imported: it forks a child per notebook and per page."""

import importlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType
from typing import Any


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
    context()
    forkserver.ensure_running()


def start(module: str, function: str, *args: Any) -> ForkServerProcess:
    """Start `module.function(*args)` in a forked child; the caller itself imports nothing for it."""
    process = context().Process(target=_call, args=(module, function, args))
    with _without_main():
        process.start()
    return process


@contextmanager
def _without_main() -> Iterator[None]:
    """Children need nothing of the caller's main module; multiprocessing would import it again in each."""
    kept = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = kept


def _call(module: str, function: str, args: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_with_caller, daemon=True).start()
    getattr(importlib.import_module(module), function)(*args)


def _end_with_caller() -> None:
    """End at once when whoever started this child is gone: nothing goes on unseen."""
    caller = multiprocessing.parent_process()
    if caller is not None:
        caller.join()
    os._exit(1)
