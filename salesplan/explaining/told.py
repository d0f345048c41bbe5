"""An explanation in words: lines of the terminal, a page, and the same as data."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from salesplan import archive
from salesplan.explaining.formula import money
from salesplan.explaining.parts import Explanation, Grid, Line, Part
from salesplan.rebuilding import parameters_of
from salesplan.report.sections import Section, write_sections
from salesplan.staging import EXPLAINED
from salesplan.tables import outputs
from salesplan.wording import BLANK, Words
from salesplan.wording.messages import place_text

# Values that are codes, by the family that names them; heads of tables likewise.
FAMILIES = {
    "level": "level", "other": "level", "method": "method", "base": "base", "bases": "base", "component": "component",
    "basis": "choice", "release": "choice", "period": "choice", "measure": "choice", "semantics": "choice",
    "rule": "rule", "substitute": "replaced", "scope": "scope",
}  # fmt: skip
MONTHS = ("month", "months", "of_month", "first", "last", "past_month")


def heading(found: Explanation, words: Words) -> str:
    """What is explained, with its amount."""
    kind = found.kind if found.month else f"{found.kind}_year"
    month = words.month(found.month) if found.month else ""
    whom = {"rep": words.person(found.member)} if found.dimension == "rep" else _whose(found, words)
    return words(f"explain.heading_{kind}", **whom, month=month, amount=money(found.amount).text)


def _whose(found: Explanation, words: Words) -> dict[str, str]:
    """The dimension and what people call its member."""
    member = f"{found.name} {found.member}" if found.name else words.code("member", found.member)
    return {"dimension": words.column(found.dimension), "member": member}


def lines_of(found: Explanation, words: Words) -> Iterator[str]:
    """The lines of the terminal: heading, then every part with its steps and its table."""
    yield heading(found, words)
    for number, part in enumerate(found.parts, 1):
        yield f"\n{number}. {title(part, words)}"
        for line in part.lines:
            yield "   " + step(line, words)
        if part.grid:
            yield from _columns(part.grid, words)


def title(part: Part, words: Words) -> str:
    """The title of a part."""
    return words(f"explain.part_{part.key}", **spoken(part.values, words))


def step(line: Line, words: Words) -> str:
    """A step as one line: what it is, the arithmetic, and where it stands."""
    text = words(f"explain.{line.key}", **spoken(line.values, words))
    parts = [text + words("mark.colon") + line.formula if line.formula else text]
    return "  ".join([*parts, f"[{place_text(line.place, words)}]"] if line.place else parts)


def spoken(values: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Values as people call them: codes, months and dates in words, blanks as a dash."""
    return {name: _spoken(name, value, words) for name, value in values.items()}


def _spoken(name: str, value: Any, words: Words) -> Any:
    if name == "dimensions":
        return words.list([words.column(item) for item in value]) or BLANK
    if isinstance(value, list):
        texts = [_spoken(name, item, words) for item in value]
        return words("explain.all_year") if name == "months" and len(value) == 12 else words.list(texts) or BLANK
    if isinstance(value, date):
        return words.date(value)
    if name in MONTHS and value:
        return words.month(str(value))
    if name == "rep":
        return words.person(str(value))
    if name == "substitute" and value == "own":
        return words("explain.own_data")
    if name in ("member", "line"):
        return words.code("member", str(value))
    if name in FAMILIES:
        return words.code(FAMILIES[name], str(value)) if value else BLANK
    return BLANK if value == "" else value


def cells(grid: Grid, words: Words) -> list[list[str]]:
    """The rows of a table with codes and months in words."""
    makers: list[Callable[[str], str]] = [_cell_maker(head, words) for head in grid.heads]
    return [[make(text) for make, text in zip(makers, row, strict=True)] for row in grid.rows]


def _cell_maker(head: str, words: Words) -> Callable[[str], str]:
    if head in MONTHS:
        return lambda text: words.month(text) if text else ""
    if head in ("rule", "base"):
        return lambda text: words.code(head, text)
    if head in ("way", "state"):
        return lambda text: words(f"explain.{head}_{text}")
    if head == "place":
        return lambda text: place_text(text, words)
    if head in ("product", "customer", "region", "channel"):
        return lambda text: words.code("member", text)
    return lambda text: text


def _columns(grid: Grid, words: Words) -> Iterator[str]:
    """A table as aligned text; Chinese characters are two wide."""
    rows = [[words(f"explain.head_{head}") for head in grid.heads], *cells(grid, words)]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(grid.heads))]
    first = len(grid.heads) - grid.numbers
    for row in rows:
        padded = [" " * (widths[at] - _width(text)) for at, text in enumerate(row)]
        texts = [
            text + pad if at < first else pad + text for at, (text, pad) in enumerate(zip(row, padded, strict=True))
        ]
        yield "      " + "  ".join(texts).rstrip()


def _width(text: str) -> int:
    return sum(2 if character >= "\u2e80" else 1 for character in text)


def sections(parts: Sequence[Part], words: Words) -> list[Section]:
    """The parts as sections of a page: steps, then the part's table."""
    sections = []
    for number, part in enumerate(parts, 1):
        steps = [
            (words(f"explain.{line.key}", **spoken(line.values, words)), line.formula, place_text(line.place, words))
            for line in part.lines
        ]
        sections.append(Section(f"{number}. {title(part, words)}", steps))
        if part.grid:
            heads = [words(f"explain.head_{head}") for head in part.grid.heads]
            sections.append(Section("", heads=heads, rows=cells(part.grid, words), numbers=part.grid.numbers))
    return sections


def write_page(found: Explanation, words: Words, run: archive.Run) -> Path:
    """Write `outputs/<plan>/explained/<run>/NNNN....html`, beside the run, which never changes; returns it."""
    kind = found.kind if found.dimension == "rep" else found.dimension
    number = numbers_of(run, found.dimension)[found.member]
    name = "-".join(part for part in (f"{number:04d}", found.month, kind) if part)
    path = run.folder.parent / EXPLAINED / run.name / f"{name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    subtitle = words("explain.subtitle", run=f"{run.manifest['plan']}/{run.name}")
    plan = str(run.manifest.get("title") or run.manifest["plan"])
    write_sections(
        path, words, sections(found.parts, words), title=plan, heading=heading(found, words), subtitle=subtitle
    )
    return path


def numbers_of(run: archive.Run, dimension: str = "rep") -> dict[str, int]:
    """The number of the page of each rep or other member: they may be called anything, files may not."""
    tables = {"rep": ("rep_allocation", "commission"), "customer": ("rep_allocation_customers", "seasonal_split")}
    found: set[str] = set()
    for name in tables.get(dimension, ("seasonal_split",)):
        table = outputs.read(run.folder / "tables" / f"{name}.csv", name)
        found |= set(table.get(dimension, ()))
    return {member: number for number, member in enumerate(sorted(found), 1)}


def words_of(run: archive.Run) -> Words:
    """The language of the run's plan, with the names of its reps."""
    plan = parameters_of(run).plan
    words = Words(plan.language, "one", plan.currency)
    reps = outputs.read(run.folder / "tables" / "rep_allocation_reps.csv", "rep_allocation_reps")
    if "name" in reps:
        pairs = zip(reps["rep"], reps["name"].fillna(""), strict=True)
        words.names = {rep: f"{name} {rep}" for rep, name in pairs if name}
    return words


def as_json(found: Explanation, words: Words, page: str) -> str:
    """The explanation as JSON: every part with its steps, texts and tables."""
    parts = [
        {
            "key": part.key,
            "title": title(part, words),
            "steps": [
                {"key": line.key, "text": step(line, words), "formula": line.formula, "place": line.place}
                for line in part.lines
            ],
            "table": [dict(zip(part.grid.heads, row, strict=True)) for row in part.grid.rows] if part.grid else [],
        }
        for part in found.parts
    ]
    told = {
        found.dimension: found.member,
        "month": found.month,
        "kind": found.kind,
        "amount": str(money(found.amount).value),
    }
    return json.dumps({**told, "parts": parts, "page": page}, ensure_ascii=False)
