"""The one place that writes HTML files: templates that escape, styles inside, nothing from outside."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from salesplan import STEPS
from salesplan.staging import write_whole
from salesplan.wording import Words

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

LONGEST = 60  # letters of the running title on paper

# Where a page shows which run it is of and what that rests on; filled once everything is known.
OPEN, CLOSE = "<!--sealed-->", "<!--/sealed-->"
SLOT = Markup(OPEN + CLOSE)
# Whose a page for one person is, in its first bytes; links, which a copy of it may not have.
OWNER = re.compile(rb'<meta name="owner" content="([^"]*)">')
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
HEAD = 4096
FILLED = re.compile(re.escape(OPEN.encode()) + b".*?" + re.escape(CLOSE.encode()), re.DOTALL)


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
    """Render a template of `templates/` into a file, so that a reader sees the old one or the new one."""
    policy, code = _script()
    running = _running(f"{values['title']} \u00b7 {values['heading']}")
    own = {"css": style("style.css"), "policy": policy, "script": code, "running": running}
    content = _rendered(template, words, **values, **own)
    write_whole(path, content)


def write_paper(path: Path, template: str, words: Words, **values: Any) -> None:
    """Render a page of a run in the making, one of thousands: all are flushed together when the run appears."""
    path.write_bytes(_rendered(template, words, **values))


def fill_slot(path: Path, text: str) -> None:
    """Put a text into the place every page of a run in the making keeps for it."""
    block = f"{OPEN}{escape(text)}{CLOSE}".encode()
    path.write_bytes(FILLED.sub(lambda _: block, path.read_bytes(), count=1))


def owner_of(path: Path) -> str | None:
    """Whose a letter, a statement or a dealer's plan is, as its head says; None where it says nothing."""
    with path.open("rb") as page:
        named = OWNER.search(page.read(HEAD))
    return unescape(named[1].decode()) if named else None


def copy_page(source: Path, target: Path, links: Mapping[str, str]) -> None:
    """Copy a finished page; its links lead to what lies beside the copy, and are plain text where nothing does.

    `links`: addresses of the source that the copy has, and what they are called there.
    """

    def linked(found: re.Match[str]) -> str:
        address, shown = found.groups()
        if address not in links:
            return shown
        own = links[address]
        shown = own if shown == address.replace("../", "") else shown
        return f'<a href="{escape(own)}">{shown}</a>'

    target.write_bytes(LINK.sub(linked, source.read_text(encoding="utf-8")).encode())


def write_joined(path: Path, **values: Any) -> int:
    """Write finished pages as one file, by `single_file.html.j2`; returns its size in bytes."""
    content = _environment().get_template("single_file.html.j2").render(values).encode()
    write_whole(path, content)
    return len(content)


def _rendered(template: str, words: Words, **values: Any) -> bytes:
    """A template of `templates/`, every value escaped."""
    known = {"words": words, "policy": POLICY, "seal": SLOT, **values}
    return _environment().get_template(template).render(known).encode()


def _running(text: str) -> str:
    """A text as the inside of a string of CSS, every letter by its number: nothing in it can end the string."""
    return "".join(f"\\{ord(letter):x} " for letter in text[:LONGEST])


@lru_cache
def _script() -> tuple[str, Markup]:
    """The one script of the pages and the policy that allows it, by its hash, and no other."""
    code = style("page.js")
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return f"{POLICY}; script-src 'sha256-{digest}'", code


@lru_cache
def style(name: str) -> Markup:
    """A style sheet or the script of `templates/`, to be put inside a page."""
    return Markup((Path(__file__).with_name("templates") / name).read_text(encoding="utf-8"))


def page_name(stem: str) -> str:
    """File name of a step's page."""
    return f"{STEPS.index(stem) + 1}_{stem}.html"


def navigation(words: Words, here: str, steps: Sequence[str] = STEPS) -> list[tuple[str, str, bool]]:
    """Links to the index, the pages of the run's steps and the list of runs: address, text, whether it is this page."""
    pages = [("index.html", words("report.overview")), *((page_name(stem), words(f"step.{stem}")) for stem in steps)]
    pages.append(("../index.html", words("report.runs")))
    return [(address, text, address == here) for address, text in pages]
