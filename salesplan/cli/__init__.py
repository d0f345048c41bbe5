"""The command `salesplan`: `run`, `check`, `new`, `template`, `lab`, `runs`, `sign`, `verify`, `compare` and others."""

import sys
import traceback
from typing import Annotated

import typer

from salesplan import __version__, machine
from salesplan.cli import asking, making, recording, sending, trying
from salesplan.cli.common import app, refuse
from salesplan.cli.language import language_of, language_of_words
from salesplan.cli.usage import PROGRAM, MisuseError, UsageError, misuse_of
from salesplan.ending import answer_signals, end_children
from salesplan.wording import Words

__all__ = ["app", "asking", "language_of", "main", "making", "recording", "sending", "trying"]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False) -> None:
    """The sales plan of a year: target, split, quotas, commission, review."""


def main() -> None:
    """Entry point of the command; status 1 for a fault of the machine, or of ours, which is followed by its trace."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    answer_signals()
    try:
        raise SystemExit(app(standalone_mode=False))
    except (MisuseError, UsageError) as error:
        raise _refused(error) from None
    except (KeyboardInterrupt, typer.Abort):
        end_children()
        raise SystemExit(1) from None
    except Exception as error:
        words = Words(language_of_words(sys.argv[1:]))
        said = machine.sentence(error, words)
        typer.echo(said or words("run.crashed", cause=f"{type(error).__name__}: {error}"), err=True)
        if not said:
            traceback.print_exc()
        raise SystemExit(1) from None


def _refused(error: Exception) -> SystemExit:
    """Status 2, what is wrong with the line, and where its words are explained; without words that page itself."""
    misuse = misuse_of(error)
    if misuse is None:
        typer.echo(str(error), err=True)
        return SystemExit(2)
    words = Words(language_of_words(sys.argv[2:]))
    refuse(misuse, words)
    named = [word for word in sys.argv[1:2] if word in _names()]
    typer.echo(words("usage.help", line=" ".join([PROGRAM, *named, "--help"])), err=True)
    return SystemExit(2)


def _names() -> set[str]:
    return {one.callback.__name__ for one in app.registered_commands if one.callback}
