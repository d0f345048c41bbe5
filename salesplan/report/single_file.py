"""The whole report in one HTML file to send: index and pages, their links within it, nothing asked from outside."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from markupsafe import Markup

from salesplan import STEPS
from salesplan.report.html import POLICY, page_name, style, write_joined

INDEX = "index.html"
IDS = re.compile(r'(\s(?:id|for|name|headers|list|aria-(?:labelledby|describedby|controls|owns|details))=")([^"]*)"')
INNER = re.compile(r"url\((&quot;|['\"]?)#")
ADDRESS = re.compile(r'(\s(?:xlink:)?href=")([^"]*)"')
ALLOWED = re.compile(r"'(sha256-[^']+)'")
RUNNING = re.compile(r"@page (\{ @top-left \{[^{}]*\} \})\s*$")  # the running title of a page, last in its style


def write_single_file(run: Path, target: Path) -> int:
    """Put a run's index and its five pages into one file; returns its size in bytes.

    Pages stand in it one below the other, each shown alone on a screen and all of them on paper. Addresses of the
    report's pages lead within the file, those of other files of the run are plain text. The same pages give the same
    bytes.
    """
    names = [INDEX, *(page_name(stem) for stem in STEPS)]
    pages = [name for name in names if (run / name).is_file()]
    parts = {name: f"p{number}" for number, name in enumerate(pages)}
    taken = [_Page(parts, name).take((run / name).read_text(encoding="utf-8")) for name in pages]
    return write_joined(target, **_joined(taken))


@dataclass
class Taken:
    """What a page is made of: language, title, styles, running title on paper, scripts it allows itself, body."""

    part: str
    opening: str = "<html>"
    title: str = ""
    styles: list[str] = field(default_factory=list)
    running: str = ""
    scripts: list[tuple[str, str]] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """Reads one finished page; every id in its body begins with the name of its part of the file."""

    def __init__(self, parts: Mapping[str, str], name: str) -> None:
        super().__init__(convert_charrefs=False)
        self.parts = parts
        self.taken = Taken(parts[name])
        self.allowed: set[str] = set()
        self.within = ""  # head, body, or the element whose text is being read
        self.script = "", ""
        self.links: list[str] = []  # what each open link of the page became

    def take(self, text: str) -> Taken:
        """The parts of a page."""
        self.feed(text)
        self.close()
        part = self.taken.part
        named = [found[1] for found in map(RUNNING.search, self.taken.styles) if found]
        self.taken.running = "".join(f"@page {part} {rule} #{part} {{ page: {part}; }}\n" for rule in named)
        self.taken.styles = [RUNNING.sub("", text) for text in self.taken.styles]
        return self.taken

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Head elements are kept apart, those of the body rewritten."""
        raw = self.get_starttag_text() or ""
        known = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.taken.opening = raw
        elif tag in ("head", "body"):
            self.within = tag
        elif tag == "script" and "type" not in known:
            self.within, self.script = "script", (raw, "")
        elif self.within == "head":
            self._of_head(tag, known)
        elif self.within == "body":
            self.taken.body.append(self._own(tag, raw, known))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Elements without content, such as those of a chart."""
        if self.within == "body":
            self.taken.body.append(self._own("", self.get_starttag_text() or "", {}))

    def _of_head(self, tag: str, known: Mapping[str, str]) -> None:
        if tag == "meta" and known.get("http-equiv") == "Content-Security-Policy":
            self.allowed |= set(ALLOWED.findall(known.get("content", "")))
        elif tag in ("style", "title"):
            self.within = tag
            if tag == "style":
                self.taken.styles.append("")

    def _own(self, tag: str, raw: str, known: Mapping[str, str]) -> str:
        """A tag with its ids, and what refers to ids and pages, as they are in the one file."""
        part = self.taken.part
        if tag == "a":
            self.links.append("a" if self._address(known.get("href", "")) else "span")
            if self.links[-1] == "span":
                return '<span class="apart">'
        raw = IDS.sub(lambda found: found[1] + " ".join(f"{part}-{name}" for name in found[2].split()) + '"', raw)
        raw = INNER.sub(lambda found: f"url({found[1]}#{part}-", raw)
        return ADDRESS.sub(lambda found: found[1] + escape(self._address(unescape(found[2]))) + '"', raw)

    def _address(self, address: str) -> str:
        """Where a link leads in the one file; empty where it leads out of it."""
        page, _, place = address.partition("#")
        part = self.parts.get(page) if page else self.taken.part
        return "" if part is None else f"#{part}-{place}" if place else f"#{part}"

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        if self.within == "script" and _digest(self.script[1]) in self.allowed:
            self.taken.scripts.append(self.script)
        if self.within in ("style", "title", "script"):
            self.within = "body" if self.taken.body else "head"
        elif tag in ("body", "html", "head"):
            self.within = ""
        elif self.within == "body":
            self.taken.body.append(f"</{self.links.pop() if tag == 'a' and self.links else tag}>")

    def handle_data(self, data: str) -> None:
        """Text, a style or a script, as it is."""
        if self.within == "style":
            self.taken.styles[-1] += data
        elif self.within == "title":
            self.taken.title += data
        elif self.within == "script":
            self.script = self.script[0], self.script[1] + data
        elif self.within == "body":
            self.taken.body.append(data)

    def handle_entityref(self, name: str) -> None:
        """A sign that is written by its name."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A sign that is written by its number."""
        self.handle_data(f"&#{name};")


def _digest(code: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"


def _joined(pages: Sequence[Taken]) -> dict[str, Any]:
    """What one document of all pages is made of; a style or script that several have stands in it once."""
    styles = list(dict.fromkeys(text for page in pages for text in page.styles))
    scripts = {code: raw for page in reversed(pages) for raw, code in page.scripts}
    title = pages[0].title.partition(" \u00b7 ")[2] or pages[0].title  # a page's own heading stands first
    policy = POLICY + ("; script-src " + " ".join(f"'{_digest(code)}'" for code in sorted(scripts)) if scripts else "")
    own = "".join([style("single.css"), _running(title), *(page.running for page in pages)])
    # All of it is of finished pages, where every text has been escaped.
    return {
        "opening": Markup(pages[0].opening),
        "policy": policy,
        "title": Markup(title),
        "styles": [Markup(text) for text in [*styles, own]],
        "pages": [(page.part, Markup("".join(page.body))) for page in pages],
        "scripts": [(Markup(raw), Markup(code)) for code, raw in sorted(scripts.items())],
    }


def _running(title: str) -> str:
    """The running title of printed pages; every sign but letters and digits is written by its number."""
    text = "".join(sign if sign.isalnum() else f"\\{ord(sign):x} " for sign in unescape(title))
    return f'@page {{ @top-left {{ content: "{text}"; }} }}\n'
