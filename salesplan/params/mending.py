"""Faulty values made passable, only so that what they hide can be told in the same pass; nothing is run with them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic_core import ErrorDetails

from salesplan.errors import nearest
from salesplan.params.reading import Path as KeyPath
from salesplan.params.schema import known_names

PLACES = {"rate_decimals": Decimal("0.000001"), "money_decimals": Decimal("0.01")}


def mended(data: Any, stem: str, faulty: list[tuple[KeyPath, ErrorDetails]]) -> Any | None:
    """The data with what is out of bounds at its bound, and unknown keys left out; None where nothing can be done."""
    changed = False
    for path, detail in faulty:
        done = _without(data, path, stem) if detail["type"] == "extra_forbidden" else _within(data, path, detail)
        changed |= done is not data
        data = done
    return data if changed else None


def _within(data: Any, path: KeyPath, detail: ErrorDetails) -> Any:
    context = detail.get("ctx", {})
    limit = next((Decimal(str(context[key])) for key in ("le", "ge") if key in context), None)
    found = _at(data, path)
    if not isinstance(found, int | Decimal) or isinstance(found, bool):
        return data
    if limit is not None:
        return _put(data, path, int(limit) if isinstance(found, int) else limit)
    step = PLACES.get(detail["type"])
    return data if step is None else _put(data, path, Decimal(found).quantize(step))


def _without(data: Any, path: KeyPath, stem: str) -> Any:
    """An unknown key that is nearly a known one is meant to be it."""
    held = _at(data, path[:-1])
    if not isinstance(held, Mapping) or path[-1] not in held:
        return data
    rest = {key: value for key, value in held.items() if key != path[-1]}
    meant = nearest(str(path[-1]), [name for name in known_names(stem, path[:-1]) if name not in rest], cutoff=0.6)
    return _put(data, path[:-1], {**rest, **({meant: held[path[-1]]} if meant else {})})


def _at(data: Any, path: KeyPath) -> Any:
    for part in path:
        if isinstance(data, Mapping):
            data = data.get(part)
        else:
            data = data[part] if isinstance(data, list) and isinstance(part, int) and part < len(data) else None
    return data


def _put(data: Any, path: KeyPath, value: Any) -> Any:
    if not path:
        return value
    if isinstance(data, list):
        return [_put(item, path[1:], value) if place == path[0] else item for place, item in enumerate(data)]
    return {**data, path[0]: _put(data[path[0]], path[1:], value)}
