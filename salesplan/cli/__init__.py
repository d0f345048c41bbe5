"""The command: `salesplan run | check | new | lab | runs | sign | verify | compare | explain | close | reopen`."""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from salesplan import __version__, machine
from salesplan.cli import asking, making, recording
from salesplan.cli.common import app, language_of
from salesplan.ending import answer_signals
from salesplan.wording import Words

__all__ = ["app", "asking", "language_of", "main", "making", "recording"]


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
        app()
    except KeyboardInterrupt:
        raise SystemExit(1) from None
    except Exception as error:
        words = Words(language_of(Path(next((arg for arg in sys.argv[2:] if not arg.startswith("-")), "."))))
        said = machine.sentence(error, words)
        typer.echo(said or words("run.crashed", cause=f"{type(error).__name__}: {error}"), err=True)
        if not said:
            traceback.print_exc()
        raise SystemExit(1) from None
