"""A page's parts as chapters: one heading each, a screen of it open, what goes on beyond that folded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape, unescape

from markupsafe import Markup

HEADING = re.compile(r"<h([1-4])>(.*?)</h\1>", re.S)
TAG = re.compile(r"<[^>]*>")
BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
BLOCK = "<!--block-->"  # where a part may be folded
# Heights in pixels, roughly, of what stands on a page.
WIDE = 830
ROW, LINE, HEAD = 29, 30, 60
SCREEN = 1000  # how much of a chapter stays open
SCRAP = 260  # so little is not worth folding
NAMED = 6  # headings told on what is folded


@dataclass
class Chapter:
    """A heading, what is open below it, what is folded and what that is called; `name` is the anchor."""

    name: str
    title: str
    open: list[Markup] = field(default_factory=list)
    folded: list[Markup] = field(default_factory=list)

    @property
    def inside(self) -> list[str]:
        """Headings of what is folded, the first few."""
        return [_plain(title) for part in self.folded for _, title in HEADING.findall(part)][:NAMED]

    @property
    def shown(self) -> int:
        """Charts and tables in what is folded; charts of boxes and lists count as one table."""
        return max(sum(len(re.findall(r'<svg|<div class="(?:table|boxes|tree)', part)) for part in self.folded), 1)


def chapters(parts: Sequence[tuple[str, str]], *, background: Sequence[str] = ()) -> list[Chapter]:
    """Chapters of a page in order; a part without a heading of its own goes on with the chapter before it.

    Of those named in `background` only the first lines stay open.
    """
    found: list[Chapter] = []
    for name, html in parts:
        level, title = next(iter(HEADING.findall(html)), ("", ""))
        if level in ("1", "2") or not found:
            found.append(Chapter(name, _plain(title)))
            html = HEADING.sub("", html, count=1) if level in ("1", "2") else html
        elif level:
            html = HEADING.sub(rf'<h\1 id="section-{escape(name)}">\2</h\1>', html, count=1)
        found[-1].open += [Markup(block) for block in html.split(BLOCK) if block]
    for chapter in found:
        _fold(chapter, SCRAP if chapter.name in background else SCREEN)
    return found


def _fold(chapter: Chapter, screen: float) -> None:
    """Fold what stands beyond the first screen of a chapter, unless it is little."""
    heights = [_height(block) for block in chapter.open]
    reached = 0.0
    for place, high in enumerate(heights):
        reached += high
        if place and reached > screen and sum(heights[place:]) > SCRAP:
            chapter.open, chapter.folded = chapter.open[:place], chapter.open[place:]
            return


def _height(html: str) -> float:
    """About how high a piece of a page is."""
    charts = sum(WIDE * float(high) / float(wide) for wide, high in BOX.findall(html))
    lines = len(re.findall(r"<(?:p|li|div)[ >]", html))
    return charts + ROW * html.count("<tr") + LINE * lines + HEAD * len(HEADING.findall(html))


def _plain(html: str) -> str:
    return unescape(TAG.sub("", html)).strip()
