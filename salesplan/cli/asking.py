"""Commands that ask of runs what differs and how a number came about: compare, explain."""

from typing import Annotated

import typer

from salesplan.cli.common import Json, RunName, app, refuse, shown, whole_run, words_of_run
from salesplan.cli.usage import Command
from salesplan.errors import Fault, PlanError


@app.command(cls=Command)
def compare(
    before: RunName,
    after: RunName,
    as_json: Json = False,
) -> None:
    """Tell what differs between two runs: parameters, inputs, then numbers down to each rep."""
    from salesplan import comparing

    first, second = whole_run(before), whole_run(after)
    try:
        found = comparing.compare(first, second)
    except PlanError as error:
        raise refuse(error, words_of_run(before)) from None
    words = comparing.words_of(found)
    page = shown(comparing.write_comparison(found, words))
    if as_json:
        typer.echo(comparing.as_json(found, page))
        return
    for line in comparing.summary(found, words):
        typer.echo(line)
    typer.echo(words("compare.page", path=page))


@app.command(cls=Command)
def explain(
    run: RunName,
    rep: Annotated[str, typer.Option(metavar="REP")] = "",
    customer: Annotated[str, typer.Option(metavar="CUSTOMER", show_default=False)] = "",
    product: Annotated[str, typer.Option(metavar="MEMBER", show_default=False)] = "",
    region: Annotated[str, typer.Option(metavar="MEMBER", show_default=False)] = "",
    channel: Annotated[str, typer.Option(metavar="MEMBER", show_default=False)] = "",
    month: Annotated[str, typer.Option(metavar="MONTH", show_default=False)] = "",
    pay: Annotated[bool, typer.Option("--commission")] = False,
    as_json: Json = False,
) -> None:
    """Tell how a quota, a target or pay came about, from the annual target down, with the rounding."""
    from salesplan import explaining

    found = whole_run(run)
    words = words_of_run(run)
    try:
        named = {"rep": rep, "customer": customer, "product": product, "region": region, "channel": channel}
        dimension, member = _one_of(named, pay=pay)
        words = explaining.words_of(found)
        if not pay:
            found = explaining.planned_by(found)
        told = explaining.explain(found, explaining.Asked(member, month, pay, dimension))
    except PlanError as error:
        raise refuse(error, words) from None
    page = shown(explaining.write_page(told, words, found))
    if as_json:
        typer.echo(explaining.as_json(told, words, page))
        return
    for line in explaining.lines_of(told, words):
        typer.echo(line)
    typer.echo(words("explain.page", path=page))


def _one_of(named: dict[str, str], *, pay: bool) -> tuple[str, str]:
    """The only dimension that is named, and its member; pay is that of a rep."""
    given = [(dimension, member) for dimension, member in named.items() if member]
    options = ", ".join(f"--{dimension}" for dimension in named)
    if len(given) != 1:
        place = " ".join(f"--{dimension}" for dimension, _ in given)
        raise PlanError(
            [Fault("explain_one" if given else "explain_whom", place or "explain", None, {"options": options})]
        )
    if pay and given[0][0] != "rep":
        raise PlanError([Fault("explain_pay_of_rep", f"--{given[0][0]}", given[0][1])])
    return given[0]
