"""What all conclusions share: sentences of one section of the catalogue, rows, ratios."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

NAMED = 5  # names in one sentence; the rest is counted


def sayer(section: str) -> Callable[..., str]:
    """A function that gives the text of a key in one section, with its values filled in."""

    def say(words: Words, key: str, **values: Any) -> str:
        return words(f"{section}.{key}", **values)

    return say


def first_names(words: Words, key: str, names: list[str], most: int = NAMED) -> str:
    """The first names in a row; beyond them the text `key` says how many there are: `count` in all, `rest` unnamed."""
    if len(names) <= most:
        return words.list(names)
    return words(key, names=words.list(names[:most]), count=len(names), rest=len(names) - most)


def each_row(frame: "pd.DataFrame") -> Iterable[Any]:
    """The rows as tuples whose fields are the columns."""
    return frame.itertuples()


def row_at(frame: "pd.DataFrame", place: Any) -> Any:
    """The row at a place counted from zero."""
    return frame.iloc[int(place)]


def ratio_of(part: int, whole: int) -> float | None:
    """Part of a whole; None where the whole is not above zero."""
    return int(part) / int(whole) if whole > 0 else None
