"""What all commands share: the command itself, its arguments, languages, how a refusal is told."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salesplan.cli.language import language_of
from salesplan.cli.usage import Commands
from salesplan.errors import SHOWN, Fault, PlanError, told
from salesplan.places import PLAN, folder_of
from salesplan.wording import Words
from salesplan.wording.messages import message

if TYPE_CHECKING:
    from salesplan.archive import Run

app = typer.Typer(
    cls=Commands, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)
Json = Annotated[bool, typer.Option("--json")]
Plan = Annotated[Path, typer.Argument(metavar="PLAN")]
RunName = Annotated[str, typer.Argument(metavar="RUN")]


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


def words_of_run(text: str) -> Words:
    """The words of the plan that PLAN/NAME or a run's folder names, whether there is such a run or not."""
    return Words(language_of(folder_of(Path(text).parent.name or text)))


def run_and_words(text: str, *, removed: int = 2) -> "tuple[Run, Words]":
    """The run that was typed, and the words of its plan; `removed` is the status for one that somebody took away."""
    from salesplan import archive
    from salesplan.archive.finding import REMOVED

    try:
        found = archive.find_run(text)
    except PlanError as error:
        ended = refuse(error, words_of_run(text))
        raise typer.Exit(removed) if error.faults[0].code == REMOVED else ended from None
    params = found.folder / "params"
    return found, Words(language_of(params if (params / PLAN).is_file() else folder_of(found.folder.parent.name)))


def whole_run(text: str) -> "Run":
    """The run that was typed, if it is whole enough to be read."""
    found, words = run_and_words(text)
    if found.state == "incomplete":
        raise refuse(PlanError([Fault("run_not_complete", text)]), words)
    return found
