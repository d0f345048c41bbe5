"""One strict YAML reader: null, booleans, exact numbers and text, each with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from salesplan.errors import Fault

Path = tuple[str | int, ...]
MOST_CHARACTERS = 1_000_000
MOST_DIGITS = 40
NESTED = re.compile(r"(?:[\[{]\s*){50}|(?:[-?] ){50}")
MOST_DEPTH = 20
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,2})?")
LEADING_ZERO = re.compile(r"-?0\d+(\.\d+)?")
FULL_WIDTH = re.compile("[\uff0c\uff1a\uff1b\u201c\u201d\u2018\u2019\uff08\uff09\u3010\u3011\uff5b\uff5d\u3001]")
FULL_WIDTH_PAIR = re.compile(r"\s*[\w-]+\s*[\uff1a\uff0c]")
SURROGATE = re.compile("[\ud800-\udfff]")
PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True)
class Document:
    """What a parameter file says, and on which line it says it."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Line of a key, or of the nearest key above it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def key_text(path: Path) -> str:
    """A path as people write it: `plans[0].tiers[2].rate`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


class _Reader:
    """Walks the node tree once; collects values, lines and faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.faults: list[Fault] = []

    def fault(self, code: str, node: Node, value: Any = None, **values: Any) -> None:
        """Note what is wrong, with its line."""
        place = f"{self.file} line {node.start_mark.line + 1}"
        self.faults.append(Fault(code, place, value, values))

    def value(self, node: Node, path: Path) -> Any:
        """What a node says; its line is kept."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(path) > MOST_DEPTH:
            return self.fault("yaml_depth", node, allowed=MOST_DEPTH)
        if node.anchor is not None:
            return self.fault("yaml_anchor", node, node.anchor)
        if isinstance(node, ScalarNode):
            return self.scalar(node)
        if _has_own_tag(node):
            return self.fault("yaml_tag", node, str(node.tag))
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        """Keys and values; a key twice is a fault."""
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode) or _has_own_tag(key_node) or key_node.value == "<<":
                self.fault("yaml_key", key_node, key_node.value if isinstance(key_node, ScalarNode) else None)
                continue
            key = self.text(key_node)
            if key in found:
                first = self.lines[(*path, key)]
                self.fault("yaml_duplicate", key_node, key_text((*path, key)), first=first)
                continue
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, (*path, key))
        return found

    def text(self, node: ScalarNode) -> str:
        """The text of a node; the two halves of a character that JSON escapes (`\\ud83d\\ude00`) become one."""
        text = str(node.value)
        if not SURROGATE.search(text):
            return text
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if "\ufffd" in whole:
            self.fault("cell_control", node, ascii(text)[1:-1])
        return whole

    def scalar(self, node: ScalarNode) -> Any:
        """A single value, as the strict rules read it."""
        if _has_own_tag(node):
            return self.fault("yaml_tag", node, str(node.tag))
        text = self.text(node)
        if node.style is not None:
            return text
        if text in PLAIN:
            return PLAIN[text]
        if LEADING_ZERO.fullmatch(text):
            return self.fault("yaml_leading_zero", node, text)
        return _number(text) if len(text) <= MOST_DIGITS and NUMBER.fullmatch(text) else text


def _has_own_tag(node: Node) -> bool:
    return not str(node.tag).startswith("tag:yaml.org,2002:") or _explicit(node)


def _explicit(node: Node) -> bool:
    # The composer resolves implicit tags from text; an explicit one leaves `!` in the source before the value.
    start = node.start_mark
    return bool(start.buffer and start.buffer[start.pointer : start.pointer + 1] == "!")


def _number(text: str) -> int | Decimal:
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() and "." not in text else exact


def read_text(text: str, file: str) -> Document:
    """Parse the text of a parameter file; an empty file is an empty mapping.

    Faults come back in the document, each with file and line; nothing is raised for them.
    """
    if len(text) > MOST_CHARACTERS:
        return Document({}, faults=[Fault("yaml_size", file, None, {"allowed": MOST_CHARACTERS})])
    if deep := NESTED.search(text):  # said before the parser follows it down
        return Document({}, faults=[_depth_fault(file, text.count("\n", 0, deep.start()) + 1)])
    try:
        nodes = list(_nodes(text))
    except YAMLError as error:
        return Document({}, faults=[_syntax_fault(error, text, file)])
    except RecursionError:
        return Document({}, faults=[_depth_fault(file, 1)])
    if len(nodes) > 1:
        place = f"{file} line {nodes[1].start_mark.line + 1}"
        return Document({}, faults=[Fault("yaml_documents", place)])
    reader = _Reader(file)
    data = reader.value(nodes[0], ()) if nodes else {}
    if data is not None and not isinstance(data, dict) and not reader.faults:
        reader.fault("yaml_mapping", nodes[0], data[:60] if isinstance(data, str) else None)
    return Document(data if isinstance(data, dict) else {}, reader.lines, reader.faults)


def _depth_fault(file: str, line: int) -> Fault:
    return Fault("yaml_depth", f"{file} line {line}", None, {"allowed": MOST_DEPTH})


def _nodes(text: str) -> Iterator[Node]:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = "1.2"
    yield from yaml.compose_all(text)


def _syntax_fault(error: YAMLError, text: str, file: str) -> Fault:
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Fault("cell_control", f"{file} line {line}", text.splitlines()[line - 1].strip()[:80])
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    rows = text.splitlines() or [""]
    at = min(mark.line if mark else 0, len(rows) - 1)
    # A Chinese colon or comma runs a line into the next: the fault is where the mark stands, not where YAML gave up.
    marked = [n for n in range(max(0, at - 3), at + 1) if FULL_WIDTH_PAIR.match(_without_comment(rows[n]))]
    at = marked[0] if marked else at
    found = FULL_WIDTH.search(_without_comment(rows[at]))
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    values = {"problem": problem, "mark": found.group() if found else ""}
    indent = rows[at][: len(rows[at]) - len(rows[at].lstrip())]
    code = "yaml_full_width" if found else "yaml_tab" if "\t" in indent else "yaml_syntax"
    code = "yaml_anchor" if "alias" in str(problem) else code
    return Fault(code, f"{file} line {at + 1}", rows[at].strip()[:80], values)


def _without_comment(row: str) -> str:
    return re.split(r"(?:^|\s)#", row, maxsplit=1)[0]


def read_value(text: str) -> Any:
    """The value of `--set key=TEXT`: a scalar, list or mapping as in a parameter file."""
    document = read_text(f"value: {text}\n", "--set")
    return text if document.faults else document.data.get("value")
