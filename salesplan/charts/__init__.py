"""Charts: a tidy frame and an Axes in, the Axes out; nothing is computed here."""

import importlib
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    """A step's charts, imported when first asked for."""
    try:
        return importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise AttributeError(name) from error
