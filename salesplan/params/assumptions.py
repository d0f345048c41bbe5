"""Parameters as a table for readers: meaning, value, unit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesplan.params.reading import key_text
from salesplan.params.schema import meaning_key
from salesplan.terms import Terms
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[tuple[str | int, ...], str, str, Any]


def _rows(terms: Terms, path: tuple[str | int, ...]) -> Iterator[Row]:
    for name, field in type(terms).model_fields.items():
        at = (*path, field.alias or name)
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        if not extra.get("laid_out"):
            yield from _value_rows(getattr(terms, name), at, field.description or "", str(extra.get("unit", "")))


def _value_rows(value: Any, at: tuple[str | int, ...], meaning: str, unit: str) -> Iterator[Row]:
    if isinstance(value, Terms):
        yield from _rows(value, at)
    elif isinstance(value, tuple) and value and isinstance(value[0], Terms):
        for index, item in enumerate(value):
            yield from _rows(item, (*at, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _value_rows(item, (*at, key), meaning, unit)
    elif value not in (None, (), ""):
        yield at, meaning, unit, value


def _text(value: Any, unit: str, words: Words) -> str:
    if isinstance(value, tuple):
        return words.list([_text(item, unit, words) for item in value])
    if isinstance(value, bool):
        return words("mark.yes" if value else "mark.no")
    if isinstance(value, Decimal) and unit.startswith("currency"):
        return words.number(value, 2 if value != value.to_integral_value() else 0)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return words.code("choice", str(value))


def assumptions_frame(stem: str, rules: Terms, words: Words) -> "pd.DataFrame":
    """One row per parameter in force: key as in the file, meaning, value, unit.

    Unset ones are left out, and those that a section of the report lays out whole.
    """
    import pandas as pd

    rows = [
        (key_text(at), _meaning(stem, at, meaning, words), _text(value, unit, words), words.get(f"unit.{unit}", unit))
        for at, meaning, unit, value in _rows(rules, ())
    ]
    return pd.DataFrame(rows, columns=["parameter", "meaning", "setting", "parameter_unit"], dtype="str")


def _meaning(stem: str, at: tuple[str | int, ...], meaning: str, words: Words) -> str:
    # Keys of free mappings (levels, weights) are the user's own: the meaning stands at the mapping.
    for end in range(len(at), 0, -1):
        if text := words.get(meaning_key(stem, at[:end])):
            return text
    return meaning
