"""Conclusions: sentences with numbers, computed from tables and worded by the catalogue."""

import importlib
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    """A step's conclusions, imported when first asked for."""
    try:
        return importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise AttributeError(name) from error
