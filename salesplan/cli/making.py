"""Commands that make something of a plan: run, check, new, template, lab."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from salesplan import AS_OF, DEMO, STEPS, machine
from salesplan.cli.common import Json, Plan, app, refuse
from salesplan.cli.common import shown as _shown
from salesplan.cli.language import language_of
from salesplan.cli.sending import Pdf, Sent, SingleFile, send
from salesplan.cli.usage import Command
from salesplan.errors import Fault, PlanError, nearest
from salesplan.places import folder_of
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import notice_text


def changed_language(given: list[str]) -> str | None:
    """The language that `--set` gives the plan for this once."""
    chosen = [text.partition("=")[2].strip() for text in given if text.startswith("plan.language=")]
    return chosen[-1] if chosen and chosen[-1] in LANGUAGES else None


def _changes(given: list[str], as_of: str | None, words: Words) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    wrong = [Fault("set_form", "--set", text) for text, (_, mark, _) in zip(given, pairs, strict=True) if not mark]
    if wrong:
        raise refuse(PlanError(wrong), words)
    changes = {key.strip(): value for key, _, value in pairs}
    return {**changes, AS_OF: as_of} if as_of else changes


def _step(name: str | None, option: str, words: Words) -> str | None:
    if name is not None and name not in STEPS:
        values = {"expected": ", ".join(STEPS), "nearest": nearest(name, STEPS)}
        raise refuse(PlanError([Fault("one_of", option, name, values)]), words)
    return name


@app.command(cls=Command)
def run(
    plan: Plan,
    set_: Annotated[list[str], typer.Option("--set", metavar="CHANGE")] = [],  # noqa: B006
    as_of: Annotated[str | None, typer.Option(metavar="DAY")] = None,
    only: Annotated[str | None, typer.Option(metavar="STEP")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="STEP")] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    fresh: Annotated[bool, typer.Option("--fresh")] = False,
    resume: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    replan: Annotated[bool, typer.Option("--replan")] = False,
    engine: Annotated[str, typer.Option(metavar="ENGINE")] = "fork",
    timeout: Annotated[float, typer.Option(metavar="SECONDS")] = 600,
    quiet: Annotated[bool, typer.Option("--quiet")] = False,
    single_file: SingleFile = False,
    pdf: Pdf = False,
    as_json: Json = False,
) -> None:
    """Run the five notebooks in order and write the report."""
    plan = folder_of(plan)
    words = Words(changed_language(set_) or language_of(plan))
    _step(only, "--only", words)
    _step(from_, "--from", words)
    if engine not in ("fork", "kernel"):
        raise refuse(PlanError([Fault("one_of", "--engine", engine, {"expected": "fork, kernel"})]), words)
    from salesplan.pipeline.request import Request, StepError
    from salesplan.pipeline.unchanged import unchanged

    request = Request(plan, _changes(set_, as_of, words), name, only, from_, engine, timeout, fresh, resume, replan)
    same = unchanged(request)
    if same:
        typer.echo(words("run.unchanged", run=same.name), err=True)
        _list_again(same, words)
        _tell_run(same, words, Sent(single_file, pdf), as_json=as_json)
        return
    from salesplan.pipeline.run import run as make
    from salesplan.progress import Events, Lines, expected, refused, tell

    known = expected(plan, request.steps)
    progress = Events(quiet=quiet, expected=known) if as_json else Lines(words, quiet=quiet, expected=known)
    try:
        found = make(request, progress)
    except PlanError as error:
        if as_json:
            tell(refused(error, words))
            raise typer.Exit(2) from None
        raise refuse(error, words) from None
    except StepError as error:
        raise _not_done(error, words, as_json=as_json) from None
    except KeyboardInterrupt:
        typer.echo(words("run.interrupted"), err=True)
        raise typer.Exit(1) from None
    _tell_run(found, words, Sent(single_file, pdf), as_json=as_json)


def _not_done(error: Any, words: Words, *, as_json: bool) -> typer.Exit:
    """Say where a step stopped, why, and where its evidence lies; exit status 1."""
    cause, evidence = machine.hinted(error.cause, words), _shown(error.evidence)
    if as_json:
        from salesplan.progress import tell

        place = {"step": error.step, "cell": error.cell, "cause": cause, "evidence": evidence}
        tell({"run": None, "state": "incomplete", "folder": None, "report": None, **place, "faults": []})
    else:
        typer.echo(words("run.failed", step=words(f"step.{error.step}"), cell=error.cell, cause=cause), err=True)
        typer.echo(words("run.evidence", path=evidence), err=True)
    return typer.Exit(1)


def _list_again(found: Any, words: Words) -> None:
    """Write the plan's index where a run that was killed at its very end is not on it."""
    index = found.folder.parent / "index.html"
    if not index.exists() or f"{found.name}/index.html" not in index.read_text(encoding="utf-8"):
        from salesplan.report.listing import write_listing

        write_listing(index.parent, words)


def _tell_run(found: Any, words: Words, sent: Sent, *, as_json: bool) -> None:
    """Where the report is; then it is put into one file as far as that is asked for."""
    report = _shown(found.folder / "index.html")
    warned = found.manifest.get("warnings", [])
    if not as_json:
        for text in warned:
            typer.echo(words("run.warning", text=text), err=True)
        typer.echo(words("run.report", path=report))
    made = send(found, words, sent, quiet=as_json) if any(sent) else {}
    if as_json:
        where = {"folder": _shown(found.folder), "report": report, **made}
        told = {"run": found.name, "state": found.state, **where, "faults": []}
        told |= {"warnings": warned} if warned else {}
        typer.echo(json.dumps(told, ensure_ascii=False))


@app.command(cls=Command)
def check(plan: Plan) -> None:
    """Check parameters and tables only; every fault in one pass."""
    plan = folder_of(plan)
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


@app.command(cls=Command)
def new(
    plan: Plan,
    like: Annotated[Path | None, typer.Option(metavar="PLAN")] = None,
) -> None:
    """Make a new plan from the demo or from another plan."""
    like = folder_of(like) if like else None
    words = Words(language_of(like or plan.parent / DEMO))
    from salesplan.planting import plant

    try:
        made = plant(plan, like)
    except PlanError as error:
        raise refuse(error, words) from None
    typer.echo(words("new.made", path=_shown(made)))


@app.command(cls=Command)
def template(plan: Plan, overwrite: Annotated[bool, typer.Option("--overwrite")] = False) -> None:
    """Write an Excel file to fill in, a sheet per input table."""
    plan = folder_of(plan)
    words = Words(language_of(plan))
    from salesplan.template import PLACE, write_template

    try:
        made = write_template(plan, overwrite=overwrite)
    except PlanError as error:
        raise refuse(error, words) from None
    typer.echo(words("template.made", path=_shown(made), place=PLACE))


@app.command(cls=Command)
def lab(
    plan: Annotated[Path | None, typer.Argument(metavar="PLAN")] = None,
    step: Annotated[str, typer.Option(metavar="STEP")] = STEPS[0],
    port: Annotated[int, typer.Option(metavar="NUMBER")] = 8888,
    browser: Annotated[bool, typer.Option("--browser/--no-browser")] = True,
) -> None:
    """Open JupyterLab on the notebooks with this plan."""
    from salesplan.lab import only_plan, open_lab, step_of

    try:
        plan = folder_of(plan) if plan else only_plan()
        words = Words(language_of(plan))
        step = step_of(step)
        _step(step, "--step", words)
        raise typer.Exit(open_lab(plan, step, port=port, browser=browser))
    except PlanError as error:
        raise refuse(error, Words(language_of(plan or Path("params")))) from None
