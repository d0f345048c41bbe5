"""Commands on what was made: runs, sign, verify, close, reopen."""

import getpass
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from salesplan.cli.common import Json, Plan, RunName, app, refuse, run_and_words, shown
from salesplan.cli.language import language_of
from salesplan.cli.usage import Command
from salesplan.errors import Fault, PlanError
from salesplan.places import folder_of
from salesplan.wording import Words
from salesplan.wording.messages import message

Month = Annotated[str, typer.Argument(metavar="MONTH")]


@app.command(cls=Command)
def runs(
    plan: Annotated[str, typer.Argument(metavar="PLAN")],
    as_json: Json = False,
) -> None:
    """List the archive: runs, state, headline numbers, signatures."""
    from salesplan import archive
    from salesplan.report import listing

    folder = folder_of(plan)
    words = Words(language_of(folder))
    outputs = archive.outputs_of(folder)
    found = listing.rows(outputs, words) if folder.is_dir() else []
    if not found:
        raise refuse(PlanError([Fault("no_runs", plan)]), words)
    making = next((row for row in found if row["end"] == archive.KILLED), None)
    if making and archive.held(outputs):
        making["cause"] = words("code.cause_of_end.making")
    if as_json:
        typer.echo(json.dumps([listing.told(row) for row in found], ensure_ascii=False, indent=1))
        return
    for row in found:
        typer.echo(listing.line(row, words))
        for text in listing.signature_lines(row, words):
            typer.echo(f"    {text}")
    if any(row["chains"] for row in found):
        typer.echo(words("sign.recorded"))
    for text in _closed_lines(outputs, words):
        typer.echo(text)


def _closed_lines(outputs: Path, words: Words) -> list[str]:
    """Which months are closed, by whom, when and with which run."""
    from salesplan.closing import record

    entries = record.entries(outputs)
    return [words("close.line", **{**entry, "time": str(entry["time"])[:10]}) for entry in entries]


@app.command(cls=Command)
def sign(
    run: RunName,
    document: Annotated[str, typer.Option(metavar="DOCUMENT")],
    as_: Annotated[str, typer.Option("--as", metavar="ROLE")],
    by: Annotated[str, typer.Option(metavar="PERSON")],
    reference: Annotated[str | None, typer.Option(metavar="REFERENCE")] = None,
    as_json: Json = False,
) -> None:
    """Add the next signature of a document's chain; refused out of order."""
    from salesplan.signing import Asked
    from salesplan.signing import sign as make

    found, words = run_and_words(run)
    try:
        signed = make(found, Asked(document, as_, by, reference))
    except PlanError as error:
        raise refuse(error, words) from None
    if as_json:
        typer.echo(json.dumps({**signed.entry, "run": found.name, "next": signed.chain.next}, ensure_ascii=False))
        return
    entry = signed.entry
    role, paper = (words.code(family, name) for family, name in (("role", entry["role"]), ("document", document)))
    typer.echo(words("sign.done", document=paper, run=found.name, role=role, by=entry["by"]))
    if entry["inputs_changed"]:
        typer.echo(words("sign.inputs_changed", files=words.list(list(entry["inputs_changed"]))))
    following = signed.chain.next
    typer.echo(words("sign.next", role=words.code("role", following)) if following else words("sign.complete"))


@app.command(cls=Command)
def verify(
    run: RunName,
    replay: Annotated[bool, typer.Option("--replay")] = False,
    as_json: Json = False,
) -> None:
    """Check that a run is as it was made; exit status 1 if it is not.

    A damaged run is no fault of the words typed, which would be status 2: what was found is the result, one line each.
    """
    from salesplan.archive.verifying import verify as look

    found, words = run_and_words(run, removed=1)
    try:
        report = look(found)
    except PlanError as error:
        raise refuse(error, words) from None
    if not as_json:
        _print(report, words)
    if replay:
        _replay(report, words, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(_report(report, words), ensure_ascii=False, indent=1))
    if report.wrong:
        raise typer.Exit(1)


def _print(report: Any, words: Words) -> None:
    for fault in report.wrong:
        typer.echo(message(fault, words))
    for notice in report.notices:
        typer.echo(words("verify.notice", text=message(notice, words)))
    values = {"run": report.run.name, "files": report.files, "size": words.number(report.size / 1e6, 1)}
    damaged = words("verify.damaged", count=len(report.wrong), **values)
    typer.echo(damaged if report.wrong else words("verify.intact", **values))


def _replay(report: Any, words: Words, *, quiet: bool) -> None:
    """Make the tables again and add what differs; a damaged run is not replayed, and that is said."""
    from salesplan.pipeline import replay
    from salesplan.pipeline.request import StepError
    from salesplan.progress import Lines

    if report.damage:
        typer.echo(words("verify.no_replay"), err=True)
        return
    for notice in replay.cautions(report.run):
        typer.echo(words("verify.notice", text=message(notice, words)), err=quiet)
    try:
        report.replayed = replay.replay(report.run, Lines(words, quiet=quiet))
    except PlanError as error:
        raise refuse(error, words) from None
    except StepError as error:
        typer.echo(words("run.failed", step=words(f"step.{error.step}"), cell=error.cell, cause=error.cause), err=True)
        raise typer.Exit(1) from None
    if not quiet:
        for fault in (*report.replayed, *(replay.origins(report.run) if report.replayed else ())):
            typer.echo(message(fault, words))
        same = words("verify.same", count=len(list((report.run.folder / "tables").glob("*.csv"))))
        typer.echo(words("verify.differs", count=len(report.replayed)) if report.replayed else same)


def _report(report: Any, words: Words) -> dict[str, Any]:
    """What `--json` prints: each finding with its code, place, values and sentence."""
    lists = {"damage": report.damage, "archive": report.archive, "notices": report.notices}
    if report.replayed is not None:
        lists["replayed"] = report.replayed
    found = {name: [_finding(fault, words) for fault in faults] for name, faults in lists.items()}
    return {
        "run": report.run.name,
        "folder": shown(report.run.folder),
        "intact": not report.wrong,
        "files": report.files,
        "bytes": report.size,
        **found,
    }


def _finding(fault: Fault, words: Words) -> dict[str, Any]:
    told = {"code": fault.code, "place": fault.place, "value": fault.value, **fault.values}
    return {**told, "message": message(fault, words)}


@app.command(cls=Command)
def close(
    plan: Plan,
    month: Month,
    by: Annotated[str, typer.Option(metavar="PERSON")],
    run: Annotated[str | None, typer.Option(metavar="RUN")] = None,
    as_json: Json = False,
) -> None:
    """Make a month's pay final: later changes go to the open month, each with its reason."""
    plan = folder_of(plan)
    words = Words(language_of(plan))
    from salesplan.closing.close import close as make

    try:
        found = make(plan, month, by=by, run=run)
    except PlanError as error:
        raise refuse(error, words) from None
    if as_json:
        told = {key: found.entry[key] for key in ("month", "by", "time", "run", "signed", "content")}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        values = {"month": month, "run": found.entry["run"], "by": by.strip(), "path": shown(found.folder)}
        typer.echo(words("close.done_signed" if found.entry["signed"] else "close.done", **values))


@app.command(cls=Command)
def reopen(
    plan: Plan,
    month: Month,
    reason: Annotated[str, typer.Option(metavar="TEXT")],
    by: Annotated[str | None, typer.Option(metavar="PERSON")] = None,
    as_json: Json = False,
) -> None:
    """Open the month closed last again; what was closed is kept."""
    plan = folder_of(plan)
    words = Words(language_of(plan))
    from salesplan.closing.close import reopen as make

    try:
        kept = make(plan, month, reason=reason, by=_account() if by is None else by)
    except PlanError as error:
        raise refuse(error, words) from None
    if as_json:
        typer.echo(json.dumps({"month": month, "kept": shown(kept)}, ensure_ascii=False))
    else:
        typer.echo(words("close.reopened", month=month, path=shown(kept)))


def _account() -> str:
    """The name of the account on this machine; a dash where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "-"
