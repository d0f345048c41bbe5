"""The command: `salesplan run | check | new | lab | runs | sign | verify | compare | explain | close | reopen`."""

import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from salesplan import __version__
from salesplan.cli import asking, making, recording
from salesplan.cli.common import app, language_of
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
    """Entry point of the command; a fault of ours ends with exit status 1 and says so before its trace."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # both end a run in good order
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(1) from None
    except Exception as error:
        words = Words(language_of(Path(next((arg for arg in sys.argv[2:] if not arg.startswith("-")), "."))))
        typer.echo(words("run.crashed", cause=f"{type(error).__name__}: {error}"), err=True)
        traceback.print_exc()
        raise SystemExit(1) from None
