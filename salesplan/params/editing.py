"""A parameter file with one value changed and everything else as it stood: comments, order, quotes, line ends."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from salesplan.params.reading import PLAIN, Path, key_text, read_text

# Text that means itself without quotes.
SIMPLE = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*")
BEFORE_COMMENT = re.compile(r"[ \t]+(?=#)")
OPEN = re.compile(r"[^\r\n]*")
INDENT = 2


class NotEditable(ValueError):  # noqa: N818 said of a file, not of the program
    """The file has no place for this value, or cannot be read."""


@dataclass(frozen=True)
class Line:
    """A line that changes: its number in the new file, what stood there (empty: nothing) and what will stand there."""

    number: int
    before: str
    after: str


def edited(text: str, path: Path, value: Any) -> str:
    """The text of a parameter file with the value at a path changed, and nothing else.

    `value` is null, a boolean, a number (int or Decimal), text, or a list or mapping of them; a key that is not there
    yet is added behind its neighbours. Only single values are replaced: the parts of a list or mapping are changed one
    by one, so that their comments stay. The result is read again by the strict reader; raises `NotEditable` where it
    would say anything else than the same parameters with this one changed, or where the path leads nowhere.

    >>> edited("cap: 0.3    # most a month may rise\\n", ("cap",), Decimal("0.25"))
    'cap: 0.25   # most a month may rise\\n'
    """
    before = read_text(text, "")
    if before.faults:
        raise NotEditable("not readable")
    node = next(iter(_composed(text)), None)
    after = _appended(text, path, value) if node is None else _changed(text, node, path, value)
    found = read_text(after, "")
    if found.faults or found.data != _with(before.data or {}, path, value):
        raise NotEditable(key_text(path))
    return after


def changed_lines(before: str, after: str) -> list[Line]:
    """The lines that differ, by their number in the new text."""
    old, new = ([line.rstrip("\r") for line in text.split("\n")] for text in (before, after))
    found = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            for step in range(max(j - i, m - k)):
                pair = (old[i + step] if i + step < j else "", new[k + step] if k + step < m else "")
                found.append(Line(min(k + step, max(len(new) - 1, 0)) + 1, *pair))
    return found


def _composed(text: str) -> list[Node]:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = "1.2"
    return [node for node in yaml.compose_all(text) if node is not None]


def _with(data: Any, path: Path, value: Any) -> Any:
    """The data with one value changed or added."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(data, list):
        return [_with(item, rest, value) if place == first else item for place, item in enumerate(data)]
    held = data if isinstance(data, dict) else {}
    return {**held, first: _with(held.get(str(first)), rest, value)}


def _changed(text: str, node: Node, path: Path, value: Any) -> str:
    """Walk down as far as the file goes; there replace the value or add what is missing."""
    colon = 0  # where the value begins of which nothing is written
    for place, part in enumerate(path):
        key, inner = _inner(node, part)
        if inner is None:
            return _added(text, node, path[place:], (value, colon))
        node, colon = inner, text.index(":", key.end_mark.index) + 1 if key else 0
    if not isinstance(node, ScalarNode):
        raise NotEditable(f"{key_text(path)} holds several values")
    return _replaced(text, node, _scalar(value, node.style), colon)


def _inner(node: Node, part: str | int) -> tuple[Node | None, Node | None]:
    """The key of a part of a node, and the part."""
    if isinstance(node, SequenceNode):
        return None, node.value[part] if isinstance(part, int) and part < len(node.value) else None
    if isinstance(node, MappingNode):
        return next(((key, inner) for key, inner in node.value if str(key.value) == str(part)), (None, None))
    return None, None


def _replaced(text: str, node: ScalarNode, new: str, colon: int) -> str:
    """The node's text replaced; a comment behind it stays in its column where there is room."""
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        raise NotEditable("a text of several lines")
    if start == end:  # `key:` without a value
        return f"{text[:colon]} {new}{_pushed(text[colon:], len(new) + 1)}"
    return f"{text[:start]}{new}{_pushed(text[end:], len(new) - (end - start))}"


def _pushed(rest: str, by: int) -> str:
    """What follows a value, its comment moved back by as many blanks as the value has grown."""
    gap = BEFORE_COMMENT.match(rest)
    return rest if gap is None else " " * max(gap.end() - by, 1) + rest[gap.end() :]


# ---------------------------------------------------------------- adding


def _added(text: str, node: Node, path: Path, given: tuple[Any, int]) -> str:
    """Put a missing key, with the mappings above it, behind what its mapping holds; `given`: value, end of the key."""
    value, colon = given
    if isinstance(node, MappingNode) and isinstance(path[0], str):
        put = _into_braces if node.flow_style or not node.value else _below
        return put(text, node, path, value)
    if isinstance(node, ScalarNode) and node.style is None and node.value in PLAIN and PLAIN[node.value] is None:
        return _replaced(text, node, _flow(_nested(path, value)), colon)
    raise NotEditable(key_text(path))


def _nested(path: Path, value: Any) -> Any:
    for part in reversed(path):
        if isinstance(part, int):
            raise NotEditable(key_text(path))
        value = {part: value}
    return value


def _into_braces(text: str, node: MappingNode, path: Path, value: Any) -> str:
    entry = _flow(_nested(path, value))[1:-1]
    if node.value:
        at = _end(node.value[-1][1])
        return f"{text[:at]}, {entry}{text[at:]}"
    at = node.start_mark.index + 1
    return f"{text[:at]}{entry}{text[at:]}"


def _below(text: str, node: MappingNode, path: Path, value: Any) -> str:
    """A line of its own behind the last line of a mapping, as far in as its first key."""
    end = _end(node.value[-1][1])
    at = end if end and text[end - 1] == "\n" else end + len(OPEN.match(text[end:])[0])  # type: ignore[index]
    newline = _line_end(text)
    lines = _block(path, value, node.value[0][0].start_mark.column)
    if at == end and end and text[end - 1] == "\n":
        return text[:at] + "".join(line + newline for line in lines) + text[at:]
    return text[:at] + "".join(newline + line for line in lines) + text[at:]


def _appended(text: str, path: Path, value: Any) -> str:
    """The first parameter of a file that holds none."""
    newline = _line_end(text)
    gap = "" if not text or text.endswith(("\n", "\r")) else newline
    return text + gap + "".join(line + newline for line in _block(path, value, 0))


def _block(path: Path, value: Any, column: int) -> list[str]:
    """The lines of a new key; the mappings above it each on a line of its own."""
    keys = [_scalar(part, None) for part in path if isinstance(part, str)]
    if len(keys) < len(path):
        raise NotEditable(key_text(path))
    heads = [f"{' ' * (column + INDENT * depth)}{key}:" for depth, key in enumerate(keys)]
    return [*heads[:-1], f"{heads[-1]} {_flow(value)}"]


def _end(node: Node) -> int:
    """Where the last character of a node stands; a block ends with its last value, not with what follows it."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


# ---------------------------------------------------------------- values as text


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(str(key), None)}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value, None)


def _scalar(value: Any, style: str | None) -> str:
    """One value as the file writes it: numbers in full, text in the quotes it had, else only where it needs some."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return _number(Decimal(value))
    if not isinstance(value, str):
        raise NotEditable(f"no value of a parameter file: {type(value).__name__}")
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if style is None and SIMPLE.fullmatch(value) and value not in PLAIN:
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise NotEditable("no number")
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") or "0" if "." in plain else plain
