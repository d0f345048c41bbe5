"""The one place that writes HTML files: templates that escape, styles inside, nothing from outside."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from salesplan import STEPS
from salesplan.staging import write_whole
from salesplan.wording import Words

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

# Where a page shows which run it is of and what that rests on; filled once everything is known.
OPEN, CLOSE = "<!--sealed-->", "<!--/sealed-->"
SLOT = Markup(OPEN + CLOSE)


@lru_cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).with_name("templates")
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_html(path: Path, template: str, words: Words, **values: Any) -> None:
    """Render a template of `templates/` into a file."""
    write_whole(path, rendered(template, words, css=style("style.css"), **values).encode("utf-8"))


def rendered(template: str, words: Words, **values: Any) -> str:
    """A template of `templates/` as text, every value escaped."""
    return _environment().get_template(template).render(words=words, policy=POLICY, seal=SLOT, **values)


@lru_cache
def style(name: str) -> Markup:
    """A style sheet of `templates/`, to be put inside a page."""
    return Markup((Path(__file__).with_name("templates") / name).read_text(encoding="utf-8"))


def page_name(stem: str) -> str:
    """File name of a step's page."""
    return f"{STEPS.index(stem) + 1}_{stem}.html"


def navigation(words: Words, here: str, steps: Sequence[str] = STEPS) -> list[tuple[str, str, bool]]:
    """Links to the index and the pages of the run's steps: address, text, whether it is this page."""
    pages = [("index.html", words("report.overview")), *((page_name(stem), words(f"step.{stem}")) for stem in steps)]
    return [(address, text, address == here) for address, text in pages]
