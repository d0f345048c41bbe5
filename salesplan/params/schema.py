"""What the parameter models know of themselves: JSON Schema, units, meanings, names."""

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from functools import lru_cache
from typing import Any

from salesplan.terms import MODELS, Terms
from salesplan.wording import Words

KeyPath = tuple[str | int, ...]
# Parameters that are written the same in two places: the second has the words of the first.
SAME = {
    "commission.alternatives.plans.": "commission.plans.",
    "commission.plans.override.tiers.": "commission.plans.tiers.",
}


@lru_cache
def schema(stem: str) -> dict[str, Any]:
    """JSON Schema of one parameter file, without its language."""
    return MODELS[stem].model_json_schema(by_alias=True)


def _resolve(node: dict[str, Any], root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema node and all it may stand for."""
    if "$ref" in node:
        yield from _resolve(root["$defs"][node["$ref"].rsplit("/", 1)[1]], root)
    for kind in ("anyOf", "oneOf", "allOf"):
        for option in node.get(kind, ()):
            yield from _resolve(option, root)
    yield node


def _step(nodes: list[dict[str, Any]], part: str | int, root: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for node in nodes:
        for option in _resolve(node, root):
            if isinstance(part, int):
                found += [option["items"]] if "items" in option else []
            elif part in option.get("properties", {}):
                found.append(option["properties"][part])
            elif isinstance(option.get("additionalProperties"), dict):
                found.append(option["additionalProperties"])
    return found


def _nodes_at(root: dict[str, Any], path: KeyPath) -> list[dict[str, Any]]:
    nodes = [root]
    for part in path:
        nodes = _step(nodes, part, root)
    return nodes


def known_names(stem: str, path: KeyPath) -> list[str]:
    """Names of the keys that are known under a path, in the model's order."""
    root = schema(stem)
    options = [option for node in _nodes_at(root, path) for option in _resolve(node, root)]
    names = [name for option in options for name in option.get("properties", {})]
    return list(dict.fromkeys(names))


def neutral(stem: str, path: KeyPath) -> Any:
    """A value that a parameter's schema accepts: the least number, the first choice, an object of what it must have."""
    root = schema(stem)
    nodes = _nodes_at(root, path)
    return _neutral(nodes[0], root) if nodes else None


def _neutral(node: dict[str, Any], root: dict[str, Any]) -> Any:
    one = next(_resolve(node, root))
    if "enum" in one or "const" in one:
        return one.get("const", next(iter(one.get("enum", ())), None))
    kind = one.get("type")
    if kind == "object":
        return {name: _neutral(one["properties"][name], root) for name in one.get("required", ())}
    if kind == "array":
        return [_neutral(one["items"], root)] * int(one.get("minItems", 0))
    if kind == "string":
        return "-"
    least = one.get("minimum", one.get("exclusiveMinimum", -1) + 1)
    return {"number": Decimal(str(max(least, 0))), "integer": max(int(least), 0), "boolean": False}.get(str(kind))


def unit_at(stem: str, path: KeyPath) -> str:
    """Unit of a parameter as its model says it; of the nearest one above where it has none itself."""
    for end in range(len(path), 0, -1):
        for node in _nodes_at(schema(stem), path[:end]):
            if unit := node.get("unit"):
                return str(unit)
    return ""


def meaning_key(stem: str, path: KeyPath) -> str:
    """Key of a parameter's meaning in the catalogue; positions in lists are left out."""
    key = ".".join([stem, *(str(part) for part in path if not isinstance(part, int))])
    for second, first in SAME.items():
        if key.startswith(second):
            key = first + key.removeprefix(second)
    return f"param.{key}"


def meaning_at(stem: str, path: KeyPath, words: Words) -> str:
    """What a parameter means, in the words' language; of keys that are the user's own, what stands above them."""
    root, named, meaning = schema(stem), list[str](), ""
    nodes = [root]
    for part in path:
        known = {name for node in nodes for option in _resolve(node, root) for name in option.get("properties", ())}
        nodes = _step(nodes, part, root)
        if part in known:
            named.append(str(part))
            said = [str(node["description"]) for node in nodes if "description" in node]
            meaning = words.get(meaning_key(stem, tuple(named))) or next(iter(said), meaning)
    return meaning


def meanings(model: type[Terms], path: KeyPath = ()) -> Iterator[tuple[KeyPath, str, str]]:
    """Every parameter of a model: its path, English meaning and unit."""
    for name, field in model.model_fields.items():
        at = (*path, field.alias or name)
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        yield at, field.description or "", str(extra.get("unit", ""))
        for inner in _models_in(field.annotation):
            yield from meanings(inner, at)


def _models_in(annotation: Any) -> list[type[Terms]]:
    if isinstance(annotation, type) and issubclass(annotation, Terms):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def localized(stem: str, words: Words) -> dict[str, Any]:
    """JSON Schema of one parameter file with meanings and units in the words' language, for editors."""
    root = deepcopy(schema(stem))
    for part in (root, *root.get("$defs", {}).values()):
        part.pop("description", None)  # what is said of the models is for those who read the code
    texts = {path: _description(stem, path, meaning, unit, words) for path, meaning, unit in meanings(MODELS[stem])}
    for path, text in texts.items():
        for node in _written_at(root, path):
            node["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root}


def _written_at(root: dict[str, Any], path: KeyPath) -> list[dict[str, Any]]:
    """The nodes a key's text belongs to; places in lists and names that users give stand in no path of `meanings`."""
    nodes = [root]
    for part in path:
        held = [option for node in nodes for option in _within(node, root)]
        nodes = [option["properties"][part] for option in held if part in option.get("properties", {})]
    return nodes


def _within(node: dict[str, Any], root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node, all it may stand for, and what it holds as a list or by names."""
    for option in _resolve(node, root):
        yield option
        for kind in ("items", "additionalProperties"):
            if isinstance(option.get(kind), dict):
                yield from _within(option[kind], root)


def _description(stem: str, path: KeyPath, meaning: str, unit: str, words: Words) -> str:
    text = words.get(meaning_key(stem, path), meaning)
    named = words.get(f"unit.{unit}", unit)
    return f"{text} ({named})" if unit else text
