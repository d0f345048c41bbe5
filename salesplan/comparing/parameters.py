"""Parameters of two runs side by side, as they count: defaults and `--set` included."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from salesplan.params import Loaded
from salesplan.params.reading import Path
from salesplan.params.schema import meaning_at
from salesplan.wording import Words

COLUMNS = ["step", "key", "meaning", "before", "after", "place_before", "place_after"]


def parameter_changes(before: Loaded, after: Loaded) -> pd.DataFrame:
    """One row per parameter that counts differently: step (file stem), key, meaning, before, after, and places.

    The meaning is told in the language of the newer plan. Items of a list are told apart by their `name` where each has
    one, else by their number, so that one that is put in does not change all that follow. A place is file, line and
    key, or `--set`; blank where the default counts.
    """
    rows, words = [], Words(after.plan.language)
    for stem in sorted(before.rules.keys() | after.rules.keys()):
        one, other = (_flat(side, stem) for side in (before, after))
        for key in dict.fromkeys([*one, *other]):
            then, now = one.get(key), other.get(key)
            if (then and then[0]) != (now and now[0]):
                path = (now or then or ("", ()))[1]
                meaning = meaning_at(stem, path, words)
                rows.append([stem, f"{stem}.{key}", meaning, *_told(before, stem, then), *_told(after, stem, now)])
    found = pd.DataFrame(rows, columns=[*COLUMNS[:3], "before", "place_before", "after", "place_after"], dtype="str")
    return found.reindex(columns=COLUMNS)


def _flat(side: Loaded, stem: str) -> dict[str, tuple[Any, Path]]:
    """Every single value of a file with its path, by a key that stays when items are put in before it."""
    if stem not in side.rules:
        return {}
    model = side.rules[stem].model_dump(by_alias=True, exclude_none=True)
    return {name: (value, path) for name, path, value in _leaves(model, "", ())}


def _leaves(value: Any, name: str, path: Path) -> Iterator[tuple[str, Path, Any]]:
    if isinstance(value, Mapping):
        for key, found in value.items():
            yield from _leaves(found, f"{name}.{key}" if name else str(key), (*path, str(key)))
    elif isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        labels = _labels(value)
        for number, (label, found) in enumerate(zip(labels, value, strict=True)):
            yield from _leaves(found, f"{name}[{label}]", (*path, number))
    elif isinstance(value, list | tuple):
        yield name, path, tuple(_plain(item) for item in value)
    else:
        yield name, path, _plain(value)


def _labels(items: "list[Any] | tuple[Any, ...]") -> list[str]:
    names = [str(item["name"]) if isinstance(item, Mapping) and item.get("name") else "" for item in items]
    return names if all(names) and len(set(names)) == len(names) else [str(number) for number in range(len(items))]


def _plain(value: Any) -> Any:
    """A value as it is compared: 0.50 is 0.5."""
    return value.normalize() if isinstance(value, Decimal) else value


def _told(side: Loaded, stem: str, found: tuple[Any, Path] | None) -> tuple[str, str]:
    """A value as text and where it stands; both blank where there is none."""
    if found is None:
        return "", ""
    value, path = found
    place = side.place(stem, path)
    written = place.startswith("--set") or path in side.documents[stem].lines
    above = any(path[:size] in side.documents[stem].lines for size in range(1, len(path))) and len(path) > 1
    return value_text(value), place if written or above else ""


def value_text(value: Any) -> str:
    """A value as a parameter file would show it."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(value_text(item) for item in value)}]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
