"""What all commands share: the command itself, its arguments, languages, how a refusal is told."""

import os
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salesplan.errors import SHOWN, Fault, PlanError, told
from salesplan.wording import Words
from salesplan.wording.messages import message

if TYPE_CHECKING:
    from salesplan.archive import Run

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
LANGUAGE = re.compile(r"""^\ufeff?["']?language["']?[ ]*:[ ]*["']?(\w*)""", re.MULTILINE)
JSON_LANGUAGE = re.compile(r"""["']?\blanguage["']?\s*:\s*["']?(\w*)""")
Json = Annotated[bool, typer.Option("--json", help="print the result as JSON")]
Plan = Annotated[Path, typer.Argument(help="folder of the plan, such as params/henan-2027", show_default=False)]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="PLAN/NAME or the run's folder", show_default=False)]


def language_of(folder: Path) -> str:
    """The plan's language, or the machine's where the plan cannot tell."""
    try:
        content = (folder / "plan.yaml").read_bytes()
    except OSError:
        content = b""
    text = content.decode("utf-16" if content[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) else "utf-8", errors="replace")
    named = (JSON_LANGUAGE if text.lstrip("\ufeff \r\n").startswith("{") else LANGUAGE).search(text)
    if named:
        return "en" if named[1] == "en" else "zh"
    return "zh" if text or os.environ.get("LANG", "").startswith("zh") else "en"


def refuse(error: PlanError, words: Words) -> typer.Exit:
    """Print every fault, at most twenty, then how many more; exit status 2."""
    for fault in told(error.faults):
        typer.echo(message(fault, words), err=True)
    shown = min(SHOWN, len(error.faults))
    if error.count > shown:
        typer.echo(words("fault.more", count=error.count - shown), err=True)
    return typer.Exit(2)


def shown(path: Path) -> str:
    """A path as people type it from where they are."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def folder_of(plan: str | Path) -> Path:
    """The folder of a plan given by folder or by name."""
    folder = Path(plan)
    named = (base / "params" / plan for base in (Path.cwd(), *Path.cwd().parents))
    return folder if folder.is_dir() else next((place for place in named if place.is_dir()), folder)


def found_run(text: str) -> "Run":
    """The run that PLAN/NAME or a path names, if it is whole enough to be read; else `PlanError`."""
    from salesplan import archive

    found = archive.find_run(text)
    if found.state == "incomplete":
        raise PlanError([Fault("run_not_complete", text)])
    return found
