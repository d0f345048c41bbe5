"""A run's report as one file to send: the command `report`, and what `run --single-file --pdf` does at its end."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from salesplan.cli.common import Json, RunName, app, shown, whole_run
from salesplan.cli.language import language_of
from salesplan.cli.usage import Command
from salesplan.places import folder_of
from salesplan.wording import Words

if TYPE_CHECKING:
    from salesplan.archive import Run

REPORTS = "reports"  # beside the runs of a plan, which never change
SingleFile = Annotated[bool, typer.Option("--single-file")]
Pdf = Annotated[bool, typer.Option("--pdf")]


class Sent(NamedTuple):
    """What is asked for: one HTML file, a PDF, or both."""

    single_file: bool
    pdf: bool


@app.command(cls=Command)
def report(run: RunName, single_file: SingleFile = False, pdf: Pdf = False, as_json: Json = False) -> None:
    """Put the report of a run into one file to send; a PDF with `--pdf`."""
    found = whole_run(run)
    params = found.folder / "params"
    words = Words(language_of(params if params.is_dir() else folder_of(found.folder.parent.name)))
    made = send(found, words, Sent(single_file or not pdf, pdf), quiet=as_json)
    if as_json:
        typer.echo(json.dumps({"run": found.name, **made}, ensure_ascii=False))


def send(found: "Run", words: Words, sent: Sent, *, quiet: bool = False) -> dict[str, Any]:
    """Write what is asked for into `outputs/<plan>/reports/` and tell place and size; exit status 1 without a browser.

    Returns place and bytes of each file, as `--json` prints them.
    """
    from salesplan.report.printing import PrintError, print_pdf
    from salesplan.report.single_file import write_single_file

    folder = found.folder.parent / REPORTS
    folder.mkdir(exist_ok=True)
    page = folder / f"{found.folder.parent.name}-{found.name}.html"
    kept = page if sent.single_file else page.with_name(f".{page.name}")
    made: dict[str, Any] = {}
    try:
        size = write_single_file(found.folder, kept)
        if sent.single_file:
            made |= _told("single_file", page, size, words, quiet=quiet)
        if sent.pdf:
            target = page.with_suffix(".pdf")
            made |= _told("pdf", target, print_pdf(kept, target), words, quiet=quiet)
    except PrintError as error:
        typer.echo(words(f"printing.{error.code}", **error.values), err=True)
        raise typer.Exit(1) from None
    finally:
        if not sent.single_file:
            kept.unlink(missing_ok=True)
    return made


def _told(kind: str, path: Path, size: int, words: Words, *, quiet: bool) -> dict[str, Any]:
    """Place and size of a file, printed unless it is quiet."""
    if not quiet:
        typer.echo(words(f"sending.{kind}", path=shown(path), size=words.number(size / 1e6, 2)))
    return {kind: shown(path), f"{kind}_bytes": size}
