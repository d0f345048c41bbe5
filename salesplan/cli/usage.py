"""The pages of `--help` and what is wrong in a line typed, in people's language instead of the library's."""

import sys
from typing import Any
from unicodedata import east_asian_width

import typer
from typer.core import TyperCommand, TyperGroup

from salesplan.cli.language import language_of_words
from salesplan.errors import Fault, PlanError, nearest
from salesplan.wording import part

PROGRAM = "salesplan"
UsageError: type[Exception] = typer.BadParameter.__mro__[1]  # typer gives its own name only to this one's child


class MisuseError(PlanError):
    """A line that is no command of ours."""


class Command(TyperCommand):
    """A command whose help is that of the catalogue."""

    allow_extra_args = True  # so that what is too much is told here

    def invoke(self, ctx: Any) -> Any:
        """Run the command; `MisuseError` where the line holds more than it takes."""
        if ctx.args:
            raise MisuseError([Fault("usage_extra", " ".join(ctx.args))])
        return super().invoke(ctx)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page of the command."""
        formatter.write(_page(_Texts(), self.name or "", _rows_of(self.get_params(ctx))))


class Commands(TyperGroup):
    """The command of commands, its help that of the catalogue."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command named first; `MisuseError` with the nearest name where there is none."""
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            raise MisuseError([Fault("usage_command", name, None, _near(name, list(self.commands)))])
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page that lists the commands."""
        texts = _Texts()
        commands = [(name, texts(f"command.{name}")) for name in self.commands]
        formatter.write(_page(texts, "", _rows_of(self.get_params(ctx)), commands))


class _Texts:
    """Texts of the section `help`, without what the whole catalogue takes to read."""

    def __init__(self) -> None:
        self.texts = part(language_of_words(sys.argv[1:]), "help")

    def __call__(self, key: str, **values: str) -> str:
        return self.texts[f"help.{key}"].format(**values)

    def parameter(self, command: str, name: str) -> str:
        """What a parameter is for, that of its command first."""
        return self.texts.get(f"help.{command}.{name}") or self(f"shared.{name}")


def _rows_of(params: Any) -> list[Any]:
    return [param for param in params if not getattr(param, "hidden", False)]


def _page(texts: _Texts, command: str, params: list[Any], commands: list[tuple[str, str]] | None = None) -> str:
    """A page of help: how to type it, what it does, what each word is for."""
    arguments = [param for param in params if param.param_type_name == "argument"]
    options = [param for param in params if param.param_type_name == "option"]
    named = " ".join([PROGRAM, command or texts("word.command"), *(_typed(param, texts) for param in arguments)])
    blocks = [
        texts("word.usage", line=f"{named} {texts('word.options_here')}"),
        texts(f"command.{command or PROGRAM}"),
        _block(texts("word.arguments"), [_row(param, command, texts) for param in arguments]),
        _block(texts("word.options"), [_row(param, command, texts) for param in options]),
        _block(texts("word.commands"), commands or []),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _row(param: Any, command: str, texts: _Texts) -> tuple[str, str]:
    """How a parameter is typed, and what it is for."""
    name = param.opts[0].lstrip("-")
    meaning = texts.parameter(command, name)
    if param.required and param.param_type_name == "option":
        meaning += texts("word.required")
    elif isinstance(param.default, str | int | float) and not isinstance(param.default, bool) and param.default != "":
        meaning += texts("word.default", value=str(param.default))
    return _typed(param, texts), meaning


def _typed(param: Any, texts: _Texts) -> str:
    metavar = texts(f"metavar.{param.metavar}") if param.metavar else ""
    if param.param_type_name == "argument":
        return metavar
    return f"{'/'.join([*param.opts, *param.secondary_opts])} {metavar}".strip()


def _block(title: str, rows: list[tuple[str, str]]) -> str:
    """A title and two columns below it, as wide as the terminal shows them; nothing without rows."""
    wide = max((_width(left) for left, _ in rows), default=0)
    lines = (f"  {left}{' ' * (wide - _width(left) + 2)}{right}" for left, right in rows)
    return "\n".join([title, *lines]) if rows else ""


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _near(name: str, known: list[str]) -> dict[str, str]:
    return {"nearest": nearest(name, known), "known": ", ".join(known)}


def misuse_of(error: Any) -> MisuseError | None:
    """What is wrong in the line, by the kind of the library's error; None where it only asked for help."""
    if isinstance(error, MisuseError) or type(error).__name__ == "NoArgsIsHelpError":
        return error if isinstance(error, MisuseError) else None
    return MisuseError([_fault(error)])


def _fault(error: Any) -> Fault:
    kind, param = type(error).__name__, getattr(error, "param", None)
    name = (param.metavar if param.param_type_name == "argument" else param.opts[0]) if param is not None else ""
    if kind == "MissingParameter":
        return Fault("usage_missing", name)
    if kind == "BadParameter":
        return Fault("usage_number", name, _given(param))
    if kind == "NoSuchOption":
        params = error.ctx.command.get_params(error.ctx) if error.ctx else []
        known = [option for one in params for option in (*one.opts, *one.secondary_opts) if option[:1] == "-"]
        return Fault("usage_option", error.option_name, None, _near(error.option_name, known))
    if kind == "BadOptionUsage":
        given = any(word.startswith(f"{error.option_name}=") for word in sys.argv)
        return Fault("usage_flag" if given else "usage_value", error.option_name)
    return Fault("usage_other")


def _given(param: Any) -> str | None:
    """The value given to an option, as it was typed."""
    for at, word in enumerate(sys.argv):
        option, mark, value = word.partition("=")
        if option in param.opts:
            return value if mark else next(iter(sys.argv[at + 1 : at + 2]), None)
    return None
