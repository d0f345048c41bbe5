"""Which header stands for which column: exact names, the plan's own mapping, common Chinese and English headers."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from salesplan.tables.contract import Column, Spec, plain_header
from salesplan.tables.reading import Source
from salesplan.tables.results import Findings
from salesplan.tables.rows import EXAMPLE
from salesplan.tables.units import OF_EITHER, OF_MONEY, PLAIN_UNITS, SCALED_UNITS, fits, unclear

SIDE_BY_SIDE = "\0"  # the header of a column made of columns side by side
UNIT = re.compile(r"^(?P<name>.+?)\s*\((?P<unit>[^()]*)\)$")


@dataclass(frozen=True)
class Header:
    """Where each column stands: column name -> position, the file's own header, its unit if it changes numbers.

    `example` is the position of the column that marks rows as examples, `letters` are what Excel calls the columns.
    """

    positions: Mapping[str, int]
    own: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)
    across: tuple[str, ...] = ()
    example: int | None = None
    letters: Mapping[str, str] = field(default_factory=dict)

    def label(self, column: str, record: int | None = None) -> str:
        """A column as messages name it: our name, then the file's header where it differs, and in Excel its letters.

        Where months lie side by side the record tells which of them.
        """
        own = self.own.get(column, column)
        if self.across and own == SIDE_BY_SIDE:
            own = self.across[record % len(self.across)] if record is not None else f"{self.across[0]} ..."
        said = [*([own] if own != column else []), *filter(None, [self.letters.get(column)])]
        return f"{column} ({', '.join(said)})" if said else column


def resolve(spec: Spec, source: Source, mapping: Mapping[str, str], asked: str, findings: Findings) -> Header | None:
    """Find the table's columns in a header; None (after a fault) where the rows below cannot be read.

    `mapping` are the plan's own headers, `asked` where it names them.
    """
    if not any(source.headers):
        findings.fault("file_empty", source.place)
        return None
    if len(source.headers) == 1 and "，" in source.headers[0]:
        findings.fault("header_comma", _row(source), source.headers[0])
        return None
    mapped, rest = _mapped(spec, source, mapping, asked, findings)
    claims: dict[str, list[int]] = {}
    for position in rest:
        column = _column_of(spec, source, position)
        if column is not None and column.name not in mapped:
            claims.setdefault(column.name, []).append(position)
    missing = [name for name in spec.needed if name not in mapped and name not in claims]
    if missing and _is_merged(source, findings):
        return None
    _check_claims(claims, source, findings)
    positions = mapped | {name: found[0] for name, found in claims.items()}
    _check_missing(missing, positions, source, findings)
    units = _units(spec, positions, source, findings)
    free = [at for at in range(len(source.headers)) if at not in positions.values()]
    marks = [at for at in free if plain_header(source.headers[at]) in EXAMPLE.values()]
    _note_extra([*positions.values(), *marks], source, findings)
    ordered = {name: positions[name] for name in spec.names if name in positions}
    own = {name: source.headers[at] for name, at in ordered.items()}
    letters = {name: source.letters[at] for name, at in ordered.items() if at < len(source.letters)}
    return Header(ordered, own, units, source.across, next(iter(marks), None), letters)


def _column_of(spec: Spec, source: Source, position: int) -> Column | None:
    """The column of a header; the two made of months side by side stand last, the month before its value."""
    if source.across and position >= len(source.headers) - 2:
        return spec.column(source.preview[1][position])
    return recognise(spec, source.headers[position])


def found_names(spec: Spec, mapping: Mapping[str, str], headers: Sequence[str]) -> set[str]:
    """The columns that a row of headers names, by the plan's own words or by common ones."""
    known = {column.name for header in headers if header.strip() and (column := recognise(spec, header))}
    own = {plain_header(header): name for header, name in mapping.items()}
    return known | {own[plain] for header in headers if (plain := plain_header(header)) in own}


def recognise(spec: Spec, header: str) -> Column | None:
    """The column a header stands for by its name or a common alias, with or without a known unit in brackets."""
    name, unit = split_unit(header)
    words = {plain_header(header), plain_header(name) if unit in PLAIN_UNITS or unit in SCALED_UNITS else ""}
    return next((column for column in spec.columns if words & column.aliases), None)


def split_unit(header: str) -> tuple[str, str]:
    """A header's name and the unit in its brackets: `金额（万元）` is 金额 and 万元."""
    narrow = header.replace("（", "(").replace("）", ")").strip()
    match = UNIT.match(narrow)
    return (match["name"], match["unit"].strip().casefold()) if match else (narrow, "")


def _row(source: Source) -> str:
    return f"{source.place} row {source.header_row}"


def _mapped(
    spec: Spec, source: Source, mapping: Mapping[str, str], asked: str, findings: Findings
) -> tuple[dict[str, int], list[int]]:
    """Positions of the headers the plan names itself, and the positions left."""
    mapped: dict[str, int] = {}
    places = {plain_header(header): i for i, header in reversed(list(enumerate(source.headers)))}
    for own, name in mapping.items():
        position = places.get(plain_header(own))
        if name not in spec.names and own in spec.names and plain_header(name) in places:
            findings.fault("columns_reversed", f"{asked}.{own}", name, own=name, name=own)
        elif name not in spec.names:
            findings.fault("columns_unknown", f"{asked}.{own}", name, **nearest(name, spec.names))
        elif position is None:
            findings.fault("columns_absent", f"{asked}.{own}", name, file=source.place, **nearest(own, source.headers))
        elif name in mapped:
            findings.fault("header_twice", f"{_row(source)} , column {name}", f"{source.headers[mapped[name]]}, {own}")
        else:
            mapped[name] = position
            if [plain_header(header) for header in source.headers].count(plain_header(own)) > 1:
                findings.fault("header_twice", f"{_row(source)} , column {name}", own)
    return mapped, [i for i in range(len(source.headers)) if i not in mapped.values() and source.headers[i]]


def nearest(name: str, known: Iterable[str]) -> dict[str, str]:
    """The known names, and the one a name is nearest to, for a message."""
    names = [one for one in known if one]
    close = difflib.get_close_matches(name.casefold(), [one.casefold() for one in names], n=1, cutoff=0.5)
    best = next((one for one in names if close and one.casefold() == close[0]), "")
    return {"nearest": best, "known": ", ".join(names[:30])}


def _is_merged(source: Source, findings: Findings) -> bool:
    """Whether a third of the header is blank: merged cells that even two rows together do not tell."""
    headers = source.headers
    if sum(not header for header in headers) * 3 < len(headers):
        return False
    findings.fault("office_merged", _row(source), ", ".join(filter(None, headers)))
    return True


def _check_claims(claims: Mapping[str, list[int]], source: Source, findings: Findings) -> None:
    for name, positions in claims.items():
        if len(positions) > 1:
            found = ", ".join(source.headers[position] for position in positions)
            findings.fault("header_twice", f"{_row(source)} , column {name}", found)


def _check_missing(missing: list[str], positions: Mapping[str, int], source: Source, findings: Findings) -> None:
    free = [header for i, header in enumerate(source.headers) if header and i not in positions.values()]
    for name in missing:
        values = {**nearest(name, free), "known": ", ".join(filter(None, source.headers[:30]))}
        findings.fault("header_missing", f"{_row(source)} , column {name}", None, **values)


def _units(spec: Spec, positions: Mapping[str, int], source: Source, findings: Findings) -> dict[str, str]:
    """The unit of every column that has one, by its own header or by the title; units that fit nothing are faults."""
    types = {name: spec.column(name).type for name in positions}
    if doubtful := unclear(source.units, types.values()):
        findings.fault("title_unit", source.place, doubtful, known=", ".join([*OF_MONEY, *OF_EITHER]))
    units: dict[str, str] = {}
    for name, position in positions.items():
        _, own = split_unit(source.headers[position])
        said = next((unit for unit in source.units if fits(unit, types[name])), "")
        unit = own if own in PLAIN_UNITS or own in SCALED_UNITS else said
        if unit in SCALED_UNITS and not fits(unit, types[name]):
            findings.fault("header_unit", f"{_row(source)} , column {name}", source.headers[position], named=unit)
        elif unit in SCALED_UNITS:
            units[name] = unit
    return units


def _note_extra(known: list[int], source: Source, findings: Findings) -> None:
    extra = [header for i, header in enumerate(source.headers) if header and i not in known]
    if extra:
        findings.notice("columns_left_out", source.place, columns=", ".join(extra), count=len(extra))
