"""The command that tries a plan out with other parameters: sweep."""

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from salesplan import machine
from salesplan.cli.common import Json, Plan, app, refuse, shown
from salesplan.cli.language import language_of
from salesplan.cli.making import changed_language
from salesplan.cli.usage import Command
from salesplan.errors import PlanError
from salesplan.places import folder_of
from salesplan.wording import Words

if TYPE_CHECKING:
    from salesplan.pipeline.request import Request, StepError


@app.command(cls=Command)
def sweep(
    plan: Plan,
    vary: Annotated[list[str], typer.Option("--vary", metavar="VALUES")] = [],  # noqa: B006
    set_: Annotated[list[str], typer.Option("--set", metavar="CHANGE")] = [],  # noqa: B006
    as_of: Annotated[str | None, typer.Option(metavar="DAY")] = None,
    replan: Annotated[bool, typer.Option("--replan")] = False,
    quiet: Annotated[bool, typer.Option("--quiet")] = False,
    as_json: Json = False,
) -> None:
    """Try every combination of some parameters' values, side by side in one page."""
    plan = folder_of(plan)
    words = Words(changed_language(set_) or language_of(plan))
    from salesplan.pipeline.request import Request, StepError
    from salesplan.progress import ScenarioEvents, ScenarioLines, expected
    from salesplan.sweeping import asking, scenarios

    asked = asking.asked(vary, set_, as_of)
    request = Request(plan, asked.fixed, replan=replan)
    known = expected(plan, request.steps)
    listener = ScenarioEvents(quiet=quiet, expected=known) if as_json else ScenarioLines(words, quiet, known)
    try:
        found = scenarios.sweep(request, asked, listener)
    except PlanError as error:
        raise _refused(error, words, as_json=as_json) from None
    except StepError as error:
        raise _failed(error, request, listener.values, words, as_json=as_json) from None
    except KeyboardInterrupt:
        typer.echo(words("sweep.interrupted"), err=True)
        raise typer.Exit(1) from None
    from salesplan.sweeping import saying, writing

    words = writing.words_of(found)
    page = shown(writing.write_sweep(found, words))
    if as_json:
        typer.echo(writing.as_json(found, words, page))
        return
    for line in () if quiet else saying.summary(found, words):
        typer.echo(line)
    typer.echo(words("sweep.page", path=page))


def _refused(error: PlanError, words: Words, *, as_json: bool) -> typer.Exit:
    """Say every fault; exit status 2."""
    if not as_json:
        return refuse(error, words)
    from salesplan.progress import refused, tell

    tell({"sweep": None, "page": None, **refused(error, words)})
    return typer.Exit(2)


def _failed(
    error: "StepError", request: "Request", values: Mapping[str, str], words: Words, *, as_json: bool
) -> typer.Exit:
    """Say which scenario stopped where and why, and how to see what was executed; exit status 1."""
    cause = machine.hinted(error.cause, words)
    changed = [part for key, value in {**request.changes, **values}.items() for part in ("--set", f"{key}={value}")]
    again = shlex.join(["salesplan", "run", shown(request.plan), *changed, *["--replan"] * request.replan])
    if as_json:
        from salesplan.progress import tell

        place = {"step": error.step, "cell": error.cell, "cause": cause, "again": again}
        tell({"sweep": None, "state": "incomplete", "page": None, "changes": dict(values), **place, "faults": []})
    else:
        typer.echo(words("run.failed", step=words(f"step.{error.step}"), cell=error.cell, cause=cause), err=True)
        typer.echo(words("sweep.again", line=again), err=True)
    return typer.Exit(1)
