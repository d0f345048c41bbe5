"""Where in the data a fault of a model lies."""

from typing import Any

from pydantic_core import ErrorDetails

from salesplan.params.reading import Path as KeyPath


def split_key(dotted: str) -> list[str | int]:
    """The parts of a key as people write it: `plans[0].rate` is plans, 0, rate."""
    parts = dotted.replace("[", ".").replace("]", "").split(".")
    return [int(part) if part.isdecimal() else part for part in parts]


def value_at(data: Any, path: KeyPath) -> Any:
    """What stands at a path; None where there is nothing."""
    for part in path:
        data = data[part] if holds(data, part) else None
    return data


def error_path(detail: ErrorDetails, data: Any) -> KeyPath:
    """The error's place in the data; names of union members that pydantic adds are left out."""
    path: list[str | int] = []
    at: Any = data
    for index, part in enumerate(detail["loc"]):
        if holds(at, part):
            at = at[part]
            path.append(part)
        elif index == len(detail["loc"]) - 1 and detail["type"] in ("missing", "extra_forbidden"):
            path.append(part)
    inner = str(detail.get("ctx", {}).get("key", ""))
    return (*path, *(split_key(inner) if inner else []))


def holds(at: Any, part: str | int) -> bool:
    """Whether a mapping has this key, or a list this place."""
    return part in at if isinstance(at, dict) else isinstance(at, list) and isinstance(part, int) and part < len(at)
