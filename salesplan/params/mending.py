"""Faulty values made passable, only so that what they hide can be told in the same pass; nothing is run with them."""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from salesplan.errors import nearest
from salesplan.params.places import error_path, value_at
from salesplan.params.reading import Path as KeyPath
from salesplan.params.reading import read_value
from salesplan.params.schema import known_names, neutral
from salesplan.terms import MODELS, Terms

PAUSES = re.compile("[\uff0c\uff1a\uff1b\u3001]")
MOST_PARTS = 6  # parts of a text that are tried
MOST = 60  # times that the faults of a file are cleared away
ONE_TIER = {"from": Decimal(0), "rate": Decimal(0)}
PLACES = {"rate_decimals": Decimal("0.000001"), "money_decimals": Decimal("0.01")}


def mended(data: Any, stem: str, faulty: list[tuple[KeyPath, ErrorDetails]]) -> Any | None:
    """The data with what is out of bounds at its bound, and unknown keys left out; None where nothing can be done."""
    changed = False
    for path, detail in faulty:
        done = _without(data, path, stem) if detail["type"] == "extra_forbidden" else _within(data, path, detail)
        changed |= done is not data
        data = done
    return data if changed else None


def passable(data: Any, stem: str) -> Terms | None:
    """The model of a faulty file, what is wrong left out or made neutral; None where that leads nowhere.

    Every value that is right stands where it stood, so that it can be held against the tables in the same pass.
    """
    tried: Counter[KeyPath] = Counter()
    for _ in range(MOST):
        try:
            return MODELS[stem].model_validate(data)
        except ValidationError as error:
            found = [(error_path(detail, data), detail) for detail in error.errors(include_url=False)]
            for path, detail in found:
                data = _cleared(data, path, stem, detail, tried[path])
                tried[path] += 1
    return None


def split_mark(data: Any, stem: str, path: KeyPath) -> str:
    """The Chinese mark in a value, or in a key, that would be right were the plain mark there; '' where it would not.

    `[region\uff0cchannel]` is a list of one text; with a plain comma it would be of two, both of them known.
    """
    key, found, holder = path[-1] if path else "", value_at(data, path), value_at(data, path[:-1])
    if isinstance(holder, Mapping) and isinstance(key, str) and (mark := PAUSES.search(key)):
        return mark.group() if key[: mark.start()].strip() in known_names(stem, path[:-1]) else ""
    mark = PAUSES.search(found) if isinstance(found, str) else None
    parts = [read_value(part.strip()) for part in PAUSES.split(found) if part.strip()] if mark else []
    if mark is None or not parts:
        return ""
    if not isinstance(holder, list):
        return mark.group() if _right(_put(data, path, parts[0]), stem, path) else ""
    rest = [*holder[: int(key)], *parts, *holder[int(key) + 1 :]]
    places = [(*path[:-1], int(key) + step) for step in range(len(parts))]
    return mark.group() if all(_right(_put(data, path[:-1], rest), stem, one) for one in places[:MOST_PARTS]) else ""


def _right(data: Any, stem: str, path: KeyPath) -> bool:
    """Whether nothing is wrong with one value."""
    try:
        MODELS[stem].model_validate(data)
    except ValidationError as error:
        return all(error_path(detail, data)[: len(path)] != path for detail in error.errors(include_url=False))
    return True


def _cleared(data: Any, path: KeyPath, stem: str, detail: ErrorDetails, tried: int) -> Any:
    """The data without one faulty value; without what holds it where that was tried before."""
    if detail["type"] == "tiers_or_curve":
        bare = {key: part for key, part in value_at(data, path).items() if key != "curve"}
        return _put(data, path, {**bare, "tiers": [ONE_TIER]})
    if detail["type"] == "extra_forbidden" and not tried:
        return _without(data, path, stem)
    if detail["type"] == "missing" and tried < 2:  # once left out, once missing
        return _put(data, path, neutral(stem, path))
    place = path[: len(path) - max(tried - 1, 0)]
    held: Any = value_at(data, place[:-1]) if place else None
    if isinstance(held, list):
        return _put(data, place, neutral(stem, place))
    if not isinstance(held, Mapping):
        return data
    return _put(data, place[:-1], {key: part for key, part in held.items() if key != place[-1]})


def _within(data: Any, path: KeyPath, detail: ErrorDetails) -> Any:
    context = detail.get("ctx", {})
    limit = next((Decimal(str(context[key])) for key in ("le", "ge") if key in context), None)
    found = value_at(data, path)
    if not isinstance(found, int | Decimal) or isinstance(found, bool):
        return data
    if limit is not None:
        return _put(data, path, int(limit) if isinstance(found, int) else limit)
    step = PLACES.get(detail["type"])
    return data if step is None else _put(data, path, Decimal(found).quantize(step))


def _without(data: Any, path: KeyPath, stem: str) -> Any:
    """An unknown key that is nearly a known one is meant to be it."""
    held = value_at(data, path[:-1])
    if not isinstance(held, Mapping) or path[-1] not in held:
        return data
    rest = {key: value for key, value in held.items() if key != path[-1]}
    meant = nearest(str(path[-1]), [name for name in known_names(stem, path[:-1]) if name not in rest], cutoff=0.6)
    return _put(data, path[:-1], {**rest, **({meant: held[path[-1]]} if meant else {})})


def _put(data: Any, path: KeyPath, value: Any) -> Any:
    if not path:
        return value
    if isinstance(data, list):
        return [_put(item, path[1:], value) if place == path[0] else item for place, item in enumerate(data)]
    held = data if isinstance(data, Mapping) else {}
    return {**held, path[0]: _put(held.get(path[0]), path[1:], value)}
