"""Commands that ask of runs what differs and how a number came about: compare, explain."""

from pathlib import Path
from typing import Annotated

import typer

from salesplan.cli.common import Json, RunName, app, found_run, language_of, refuse, shown
from salesplan.errors import PlanError
from salesplan.wording import Words


@app.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="RUN", help="PLAN/NAME or a run's folder", show_default=False)],
    after: Annotated[str, typer.Argument(metavar="RUN", help="the run beside it", show_default=False)],
    as_json: Json = False,
) -> None:
    """Tell what differs between two runs: parameters, inputs, then numbers down to each rep."""
    words = Words(language_of(Path()))
    from salesplan import comparing

    try:
        found = comparing.compare(found_run(before), found_run(after))
    except PlanError as error:
        raise refuse(error, words) from None
    words = comparing.words_of(found)
    page = shown(comparing.write_comparison(found, words))
    if as_json:
        typer.echo(comparing.as_json(found, page))
        return
    for line in comparing.summary(found, words):
        typer.echo(line)
    typer.echo(words("compare.page", path=page))


@app.command()
def explain(
    run: RunName,
    rep: Annotated[str, typer.Option(help="the rep's key or name", show_default=False)],
    month: Annotated[str, typer.Option(help="month such as 2027-03; without it the year")] = "",
    pay: Annotated[bool, typer.Option("--commission", help="the pay of that month instead of the quota")] = False,
    as_json: Json = False,
) -> None:
    """Tell how a rep's quota or pay came about, from the annual target down, with the rounding."""
    words = Words(language_of(Path()))
    from salesplan import explaining

    try:
        found = found_run(run)
        words = explaining.words_of(found)
        told = explaining.explain(found, explaining.Asked(rep, month, pay))
    except PlanError as error:
        raise refuse(error, words) from None
    page = shown(explaining.write_page(told, words, found))
    if as_json:
        typer.echo(explaining.as_json(told, words, page))
        return
    for line in explaining.lines_of(told, words):
        typer.echo(line)
    typer.echo(words("explain.page", path=page))
