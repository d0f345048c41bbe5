"""Modules that seaborn takes names from but rarely uses, imported when first used.

`scipy.stats` and `scipy.cluster` take a fifth of all imports of a run, for densities and trees that no chart here
draws; a cell of a user's own that draws them finds the real ones.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class Later:
    """A name of a module that is imported when the name is first called or looked into."""

    def __init__(self, module: str, name: str) -> None:
        self._place = module, name

    def _found(self) -> Any:
        module, name = self._place
        return getattr(importlib.import_module(module), name)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Call what the name stands for."""
        return self._found()(*args, **options)

    def __getattr__(self, name: str) -> Any:
        """Look into what the name stands for."""
        return getattr(self._found(), name)


class _Names(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Later(self.__name__, name)


@contextmanager
def imported(*modules: str) -> Iterator[None]:
    """What is imported inside gets names of these modules that are imported later; modules already there stay."""
    absent = [name for name in modules if name not in sys.modules]
    sys.modules.update({name: _Names(name) for name in absent})
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
