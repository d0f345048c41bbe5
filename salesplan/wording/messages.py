"""Faults and notices as sentences of the catalogue."""

import re
from collections.abc import Iterable
from typing import Any

from salesplan.errors import Fault
from salesplan.wording import Words

MARKS = {
    "sheet": r"(?<=\.xls[xm] )sheet (.+?)(?= row | cell | , |$)",
    "cell": r"\bcell ([A-Z]{1,3}\d+)",
    "line": r"\bline (\d+)",
    "row": r"\brow (\d+(?:, \d+)*)",
    "column": r"\bcolumn (\S+)",
}
# The parts of a place: `params/x/commission.yaml line 14: plans[0].rate`, `data/sales.csv row 9 , column amount (X)`,
# `data/sales.xlsx sheet One cell B9 , column amount`.
PLACE = re.compile(
    r"(?P<file>[^\s:]+?)(?:(?: sheet .+?)? (?:line |row |cell [A-Z]{1,3})(?P<line>\d+)"
    r"[^:,]*(?:[:,] (?:column )?(?P<key>\S+).*)?|[ :].*)?$"
)
PLACES = ("first", "other")  # values that are places themselves
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
KNOWN = re.compile(r"[\uff0c\uff1b,;][^\uff0c\uff1b,;]*\{known\}[\u3002.]?")  # the clause that lists what there is
URGENT = ("as_of_beyond",)  # notices that make the whole report misleading: said at the terminal and decided first
LIMITS = ("at_most", "at_least", "below", "above")


def message(fault: Fault, words: Words) -> str:
    """A fault as one line: place = 'value' : what is allowed."""
    found = "" if fault.value is None else f" = {_quoted(fault.value)}"
    return _one_line(f"{place_text(fault.place, words)}{found} : {allowed(fault, words)}".removeprefix(" : "))


def allowed(fault: Fault, words: Words) -> str:
    """What is allowed instead of what a fault found, and the name that was perhaps meant."""
    values = {key: _worded(key, found, words) for key, found in fault.values.items()}
    if "expected" in values and words.language == "zh":  # the codes are English words
        values["expected"] = _explained(str(values["expected"]), str(values.get("choice", "")), words)
    text = words.get(f"fault.{fault.code}", fault.code)
    if fault.values.get("known") == "":
        text = KNOWN.sub(lambda _: words("fault.none_known"), text)
    text = text.format_map(_Blank(values, value=fault.value))
    if values.get("unit") and fault.code in LIMITS:
        text += words("fault.unit", unit=values["unit"])
    if values.get("nearest"):
        end = "\u3002" if words.language == "zh" else ". "
        text = text.rstrip("\u3002. ") + end + words("fault.nearest", nearest=values["nearest"])
    return text


def entry(fault: Fault, words: Words) -> dict[str, Any]:
    """A fault as scripts read it: code, file, line (or row), key (or column), value, allowed, and the whole message.

    What a fault does not have is null.
    """
    found = PLACE.match(fault.place)
    file, line, key = found.group("file", "line", "key") if found else (fault.place or None, None, None)
    return {
        "code": fault.code,
        "file": file,
        "line": int(line) if line else None,
        "key": key,
        "value": None if fault.value is None else str(fault.value),
        "allowed": _one_line(allowed(fault, words)),
        "message": message(fault, words),
    }


def _one_line(text: str) -> str:
    """Control characters of a user's file escaped: a message is one line and commands no terminal."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _worded(key: str, found: Any, words: Words) -> Any:
    """A value of a message in the words' language."""
    if key == "unit":
        return words.get(f"unit.{found}", str(found))
    return place_text(found, words) if key in PLACES and isinstance(found, str) else found


def _explained(allowed: str, choice: str, words: Words) -> str:
    """The words that are allowed, each with what people call it where the catalogue knows the code."""
    called = {name: _called(name, choice, words) for name in allowed.split(", ")}
    return words.list([words("fault.choice", code=code, name=name) if name else code for code, name in called.items()])


def _called(code: str, choice: str, words: Words) -> str:
    """What people call a word of ours; `choice` is the parameter it stands for, whose own meaning comes first."""
    keys = (f"own_choice.{choice}.{code}", f"code.choice.{code}", f"step.{code}", f"code.role.{code}")
    return next((words.texts[key] for key in keys if key in words.texts), "")


def place_text(place: str, words: Words) -> str:
    """A place in the words' language: `line 14` is 第 14 行; numbers stand between spaces everywhere."""
    if called := words.get(f"help.metavar.{place}"):
        return called
    for mark, pattern in MARKS.items():
        place = re.sub(pattern, words(f"place.{mark}", found=r"\1"), place)
    return place


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def _quoted(value: Any) -> str:
    text = str(value)
    return text if text.replace(".", "", 1).lstrip("-").isdecimal() else f"'{text}'"


def warnings(notices: Iterable[Any], words: Words) -> list[str]:
    """The notices that nobody may overlook, as sentences."""
    return [notice_text(notice, words) for notice in notices if notice.code in URGENT]


def notice_text(notice: Any, words: Words) -> str:
    """A notice as one sentence with its place."""
    text = words.get(f"notice.{notice.code}", notice.code).format_map(_Blank(notice.values))
    return _one_line(f"{place_text(notice.place, words)} : {text}" if notice.place else text)
