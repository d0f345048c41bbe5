"""The command: `salesplan run | check | new | runs | close | reopen | lab`."""

import json
import os
import re
import signal
import sys
import traceback
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import Annotated, Any

import typer

from salesplan import DEMO, STEPS, __version__
from salesplan.errors import SHOWN, Fault, PlanError, told
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message, notice_text

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
LANGUAGE = re.compile(r"""^\ufeff?["']?language["']?[ ]*:[ ]*["']?(\w*)""", re.MULTILINE)
JSON_LANGUAGE = re.compile(r"""["']?\blanguage["']?\s*:\s*["']?(\w*)""")
Json = Annotated[bool, typer.Option("--json", help="print the result as JSON")]
Month = Annotated[str, typer.Argument(help="month of the plan's year, such as 2027-01", show_default=False)]
Plan = Annotated[Path, typer.Argument(help="folder of the plan, such as params/henan-2027", show_default=False)]


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


def _changed_language(given: list[str]) -> str | None:
    chosen = [text.partition("=")[2].strip() for text in given if text.startswith("plan.language=")]
    return chosen[-1] if chosen and chosen[-1] in LANGUAGES else None


def refuse(error: PlanError, words: Words) -> typer.Exit:
    """Print every fault, at most twenty, then how many more; exit status 2."""
    for fault in told(error.faults):
        typer.echo(message(fault, words), err=True)
    shown = min(SHOWN, len(error.faults))
    if error.count > shown:
        typer.echo(words("fault.more", count=error.count - shown), err=True)
    return typer.Exit(2)


def _changes(given: list[str], as_of: str | None, words: Words) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    wrong = [Fault("set_form", "--set", text) for text, (_, mark, _) in zip(given, pairs, strict=True) if not mark]
    if wrong:
        raise refuse(PlanError(wrong), words)
    changes = {key.strip(): value for key, _, value in pairs}
    return {**changes, "variance_review.as_of": as_of} if as_of else changes


def _step(name: str | None, option: str, words: Words) -> str | None:
    if name is not None and name not in STEPS:
        raise refuse(PlanError([Fault("one_of", option, name, {"expected": ", ".join(STEPS)})]), words)
    return name


@app.command()
def run(
    plan: Plan,
    set_: Annotated[list[str], typer.Option("--set", help="change a parameter for this run: step.key=value")] = [],  # noqa: B006
    as_of: Annotated[str | None, typer.Option(help="month end of the review, such as 2027-03-31")] = None,
    only: Annotated[
        str | None, typer.Option(help="run only this step on the tables of the newest complete run")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="run from this step on")] = None,
    name: Annotated[str | None, typer.Option(help="name of the run; default a time stamp")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="execute every step, also unchanged ones")] = False,
    resume: Annotated[str | None, typer.Option(help="go on with a run that was cut short")] = None,
    engine: Annotated[str, typer.Option(help="fork or kernel")] = "fork",
    timeout: Annotated[float, typer.Option(help="seconds a cell may stay silent")] = 600,
    quiet: Annotated[bool, typer.Option("--quiet", help="print only the report's place")] = False,
    as_json: Json = False,
) -> None:
    """Run the five notebooks in order and write the report."""
    words = Words(_changed_language(set_) or language_of(plan))
    _step(only, "--only", words)
    _step(from_, "--from", words)
    if engine not in ("fork", "kernel"):
        raise refuse(PlanError([Fault("one_of", "--engine", engine, {"expected": "fork, kernel"})]), words)
    from salesplan.pipeline.request import Request, StepError
    from salesplan.pipeline.unchanged import unchanged

    request = Request(plan, _changes(set_, as_of, words), name, only, from_, engine, timeout, fresh, resume)
    same = unchanged(request)
    if same:
        typer.echo(words("run.unchanged", run=same.name), err=True)
        _tell_run(same, words, as_json=as_json)
        return
    from salesplan.pipeline.run import run as make
    from salesplan.progress import Lines

    try:
        found = make(request, Lines(words, quiet=quiet or as_json))
    except PlanError as error:
        raise refuse(error, words) from None
    except StepError as error:
        typer.echo(words("run.failed", step=words(f"step.{error.step}"), cell=error.cell, cause=error.cause), err=True)
        typer.echo(words("run.evidence", path=_shown(error.evidence)), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo(words("run.interrupted"), err=True)
        raise typer.Exit(1) from None
    _tell_run(found, words, as_json=as_json)


def _tell_run(found: Any, words: Words, *, as_json: bool) -> None:
    report = _shown(found.folder / "index.html")
    if as_json:
        typer.echo(json.dumps({"run": found.name, "state": found.state, "report": report}, ensure_ascii=False))
    else:
        typer.echo(words("run.report", path=report))


@app.command()
def check(plan: Plan) -> None:
    """Check parameters and tables only; every fault in one pass."""
    words = Words(language_of(plan))
    from salesplan.inputs import check as check_inputs

    try:
        inputs = check_inputs(plan)
    except PlanError as error:
        raise refuse(error, words) from None
    for notice in inputs.notices:
        typer.echo(notice_text(notice, words))
    counts = words.list([f"{name} {table.num_rows:,}" for name, table in sorted(inputs.tables.items())])
    typer.echo(words("check.passed", counts=counts))


@app.command()
def new(
    plan: Plan,
    like: Annotated[Path | None, typer.Option(help="plan to copy; default the demo")] = None,
) -> None:
    """Make a new plan from the demo or from another plan."""
    words = Words(language_of(like or plan.parent / DEMO))
    from salesplan.planting import plant

    try:
        made = plant(plan, like)
    except PlanError as error:
        raise refuse(error, words) from None
    typer.echo(words("new.made", path=_shown(made)))


@app.command()
def runs(plan: Annotated[str, typer.Argument(help="name or folder of the plan", show_default=False)]) -> None:
    """List the archive: runs, state, headline numbers."""
    from salesplan import archive

    folder = _folder_of(plan)
    words = Words(language_of(folder))
    found = archive.runs(archive.outputs_of(folder)) if folder.is_dir() else []
    if not found:
        raise refuse(PlanError([Fault("no_runs", plan)]), words)
    for item in found:
        typer.echo(_run_line(item, words))
    for line in _closed_lines(archive.outputs_of(folder), words):
        typer.echo(line)


def _folder_of(plan: str | Path) -> Path:
    """The folder of a plan given by folder or by name."""
    folder = Path(plan)
    named = (base / "params" / plan for base in (Path.cwd(), *Path.cwd().parents))
    return folder if folder.is_dir() else next((place for place in named if place.is_dir()), folder)


def _closed_lines(outputs: Path, words: Words) -> list[str]:
    """Which months are closed, by whom, when and with which run."""
    from salesplan.closing import record

    entries = record.entries(outputs)
    return [words("close.line", **{**entry, "time": str(entry["time"])[:10]}) for entry in entries]


def _run_line(item: Any, words: Words) -> str:
    headline = item.manifest.get("headline", [])
    numbers = words("mark.semicolon").join(f"{name} {value}" for name, value in headline)
    cause = words.code("cause_of_end", item.manifest.get("cause", "")) if item.state == "incomplete" else ""
    changes = words.list([f"{key}={value}" for key, value in item.manifest.get("changes", {}).items()])
    return "  ".join(part for part in (item.name, words.code("state", item.state), numbers, changes, cause) if part)


@app.command()
def close(
    plan: Plan,
    month: Month,
    by: Annotated[str, typer.Option(help="who closes the month", show_default=False)],
    run: Annotated[
        str | None, typer.Option(help="run to close with; default the newest complete one whose review reaches it")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a month's pay final: later changes go to the open month, each with its reason."""
    plan = _folder_of(plan)
    words = Words(language_of(plan))
    from salesplan.closing.close import close as make

    try:
        found = make(plan, month, by=by, run=run)
    except PlanError as error:
        raise refuse(error, words) from None
    if as_json:
        told = {key: found.entry[key] for key in ("month", "by", "time", "run", "content")}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(words("close.done", month=month, run=found.entry["run"], by=by.strip(), path=_shown(found.folder)))


@app.command()
def reopen(
    plan: Plan,
    month: Month,
    reason: Annotated[str, typer.Option(help="why the month is opened again", show_default=False)],
    as_json: Json = False,
) -> None:
    """Open the month closed last again; what was closed is kept."""
    plan = _folder_of(plan)
    words = Words(language_of(plan))
    from salesplan.closing.close import reopen as make

    try:
        kept = make(plan, month, reason=reason)
    except PlanError as error:
        raise refuse(error, words) from None
    if as_json:
        typer.echo(json.dumps({"month": month, "kept": _shown(kept)}, ensure_ascii=False))
    else:
        typer.echo(words("close.reopened", month=month, path=_shown(kept)))


@app.command()
def lab(
    plan: Plan,
    step: Annotated[str, typer.Option(help="step whose notebook is opened")] = STEPS[0],
    port: Annotated[int, typer.Option(help="port on this machine")] = 8888,
    browser: Annotated[bool, typer.Option(help="open a browser")] = True,
) -> None:
    """Open JupyterLab on the notebooks with this plan."""
    words = Words(language_of(plan))
    _step(step, "--step", words)
    from salesplan.lab import open_lab

    try:
        raise typer.Exit(open_lab(plan, step, port=port, browser=browser))
    except PlanError as error:
        raise refuse(error, words) from None


def _shown(path: Path) -> str:
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


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
