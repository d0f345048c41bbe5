"""The catalogue of messages: sections `fault` and `notice` of the wording files hold what the source says, no more."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from salesplan.params.loading import CODES, PATTERNS
from salesplan.wording import LANGUAGES, catalogue

SOURCE = Path(__file__).resolve().parents[1] / "salesplan"
# What is called with the code of a message: the place of the code among the arguments, the section it stands in.
SAID = {
    "Fault": (0, "fault"),
    "fault": (0, "fault"),
    "report": (1, "fault"),
    "CellError": (0, "fault"),
    "PydanticCustomError": (0, "fault"),
    "Notice": (0, "notice"),
    "notice": (0, "notice"),
}
PARTS = {"unit", "more", "nearest", "none_known", "choice"}  # of other messages


@cache
def gathered() -> tuple[set[tuple[str, str]], set[str]]:
    """Section and code of every message that the source names as such; every text constant, those of f-strings too."""
    messages, texts = set(), set()
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                messages.update(message_of(node))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    return messages, texts


def message_of(node: ast.Call) -> Iterator[tuple[str, str]]:
    """Section and code of the message that a call names."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in SAID and len(node.args) > SAID[name][0]:
        code = node.args[SAID[name][0]]
        if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value.isidentifier():
            yield SAID[name][1], code.value


def said() -> set[tuple[str, str]]:
    return gathered()[0]


def words() -> set[str]:
    return gathered()[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_source_has_its_text(language: str) -> None:
    texts = catalogue(language)
    missing = {f"{section}.{code}" for section, code in said() if code not in CODES} - texts.keys()
    missing |= {f"fault.{code}" for code in [*CODES.values(), *PATTERNS.values()] if f"fault.{code}" not in texts}
    assert missing == set()
    assert len(said()) > 200


@pytest.mark.parametrize("section", ["fault", "notice"])
def test_no_text_is_left_over(section: str) -> None:
    used = words()
    made = {word for word in used if word[:1] == "_" or word[-1:] == "_"}  # absent_{table}, {kind}_unknown
    codes = {key.removeprefix(f"{section}.") for key in catalogue("en") if key.startswith(f"{section}.")} - PARTS
    unused = {
        code for code in codes - used if not any(code.startswith(part) or code.endswith(part) for part in made if part)
    }
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", ["fault", "notice"])
def test_a_message_is_one_line(language: str, section: str) -> None:
    found = {key: text for key, text in catalogue(language).items() if key.startswith(f"{section}.")}
    assert [key for key, text in found.items() if "\n" in text or (text != text.strip() and key != "fault.unit")] == []
