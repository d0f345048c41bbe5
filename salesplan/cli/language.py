"""In which language people are spoken to: that of the plan they name, of its neighbours, or of the machine."""

import locale
import os
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from pathlib import Path

from salesplan.places import PLAN, folder_of, neighbours

LANGUAGE = re.compile(r"""^\ufeff?["']?language["']?[ ]*:[ ]*["']?(\w*)""", re.MULTILINE)
JSON_LANGUAGE = re.compile(r"""["']?\blanguage["']?\s*:\s*["']?(\w*)""")
SETTINGS = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first one that is set counts


def language_of(folder: Path) -> str:
    """The plan's language; without a plan that of the workbook's plans if they share one, else the machine's."""
    return _named(folder / PLAN) or _of_neighbours(folder) or of_machine()


def language_of_words(words: Sequence[str]) -> str:
    """The language for what was typed: that of the first plan or run among the words, else as without a plan."""
    typed = [word for word in words if not word.startswith("-")]
    places = [folder for word in typed for folder in (folder_of(word), folder_of(Path(word).parent.name or word))]
    named = next((folder for folder in places if (folder / PLAN).is_file()), Path())
    return language_of(named)


def of_machine() -> str:
    """Chinese where the machine is set to it, else English."""
    named = next((os.environ[name] for name in SETTINGS if os.environ.get(name)), "")
    # Windows sets none of them, and calls it Chinese (Simplified)_China.
    named = named or (locale.getlocale()[0] or "" if os.name == "nt" else "")
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def _named(file: Path) -> str | None:
    """The language a plan's file names, Chinese where it names none; None where there is no such file."""
    try:
        content = file.read_bytes()
    except (OSError, ValueError):
        return None
    text = content.decode("utf-16" if content[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) else "utf-8", errors="replace")
    found = (JSON_LANGUAGE if text.lstrip("\ufeff \r\n").startswith("{") else LANGUAGE).search(text)
    if found:
        return "en" if found[1] == "en" else "zh"
    return "zh" if text else None


def _of_neighbours(folder: Path) -> str | None:
    """The language that all plans beside share; None where they do not, or there is none."""
    found = {_named(plan / PLAN) for plan in neighbours(folder)}
    return found.pop() if len(found) == 1 else None
