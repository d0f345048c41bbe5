"""Which header stands for which column: exact names, the plan's own mapping, common Chinese and English headers."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from salesplan.tables.contract import PLAIN_UNITS, SCALED_UNITS, Column, Spec, plain_header
from salesplan.tables.reading import Source
from salesplan.tables.results import Findings

UNIT = re.compile(r"^(?P<name>.+?)\s*\((?P<unit>[^()]*)\)$")
MONTH_HEADER = re.compile(
    r"^(?:[0-9]{4}[-/.年]?)?(?:0?[1-9]|1[0-2])月?(?:份)?$|^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*$"
)
OFFICE_MONTHS = 6


@dataclass(frozen=True)
class Header:
    """Where each column stands: column name -> position and the file's own header."""

    positions: Mapping[str, int]
    own: Mapping[str, str]

    def label(self, column: str) -> str:
        """A column as messages name it: our name, then the file's header where it differs."""
        own = self.own.get(column, column)
        return column if own == column else f"{column} ({own})"


def resolve(spec: Spec, source: Source, mapping: Mapping[str, str], findings: Findings) -> Header | None:
    """Find the table's columns in a header; None (after a fault) where the rows below cannot be read."""
    if not any(source.headers):
        findings.fault("file_empty", source.place)
        return None
    mapped, rest = _mapped(spec, source, mapping, findings)
    claims: dict[str, list[int]] = {}
    for position in rest:
        column = recognise(spec, source.headers[position])
        if column is not None and column.name not in mapped:
            claims.setdefault(column.name, []).append(position)
    missing = [name for name in spec.needed if name not in mapped and name not in claims]
    if missing and _office_layout(spec, source, mapping, missing, findings):
        return None
    _check_claims(claims, source, findings)
    positions = mapped | {name: found[0] for name, found in claims.items()}
    _check_missing(missing, positions, source, findings)
    _check_units(positions, source, findings)
    _note_extra(positions, source, findings)
    ordered = {name: positions[name] for name in spec.names if name in positions}
    return Header(ordered, {name: source.headers[position] for name, position in ordered.items()})


def recognise(spec: Spec, header: str) -> Column | None:
    """The column a header stands for by its name or a common alias, with or without a known unit in brackets."""
    name, unit = split_unit(header)
    words = {plain_header(header), plain_header(name) if unit in PLAIN_UNITS | SCALED_UNITS else ""}
    return next((column for column in spec.columns if words & column.aliases), None)


def split_unit(header: str) -> tuple[str, str]:
    """A header's name and the unit in its brackets: `金额（万元）` is 金额 and 万元."""
    narrow = header.replace("（", "(").replace("）", ")").strip()
    match = UNIT.match(narrow)
    return (match["name"], match["unit"].strip().casefold()) if match else (narrow, "")


def _row(source: Source) -> str:
    return f"{source.place} row {source.header_row}"


def _mapped(
    spec: Spec, source: Source, mapping: Mapping[str, str], findings: Findings
) -> tuple[dict[str, int], list[int]]:
    """Positions of the headers the plan names itself, and the positions left."""
    mapped: dict[str, int] = {}
    places = {plain_header(header): i for i, header in reversed(list(enumerate(source.headers)))}
    for own, name in mapping.items():
        position = places.get(plain_header(own))
        if name not in spec.names:
            findings.fault("columns_unknown", f"{_row(source)} , column {own}", name, **nearest(name, spec.names))
        elif position is None:
            findings.fault("columns_absent", f"{_row(source)} , column {name}", own, **nearest(own, source.headers))
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


def _office_layout(
    spec: Spec, source: Source, mapping: Mapping[str, str], missing: list[str], findings: Findings
) -> bool:
    """Whether the file is laid out for the eye: months across, title rows, merged headers; said as one fault."""
    headers = source.headers
    if sum(bool(MONTH_HEADER.match(header.casefold())) for header in headers) >= OFFICE_MONTHS:
        findings.fault("office_months", _row(source), ", ".join(headers[:6]))
        return True
    if len(headers) == 1 and "，" in headers[0]:
        findings.fault("header_comma", _row(source), headers[0])
        return True
    own = {plain_header(header) for header in mapping}
    for below, record in enumerate(source.preview[1:], start=1):
        known = {c.name for cell in record if cell.strip() and (c := recognise(spec, cell))}
        known |= {mapping[o] for o in mapping if plain_header(o) in {plain_header(cell) for cell in record} & own}
        if set(missing) <= known and len(known) > 1:
            findings.fault("office_title", _row(source), headers[0], row=source.header_row + below)
            return True
    if sum(not header for header in headers) * 3 >= len(headers):
        findings.fault("office_merged", _row(source), ", ".join(filter(None, headers)))
        return True
    return False


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


def _check_units(positions: Mapping[str, int], source: Source, findings: Findings) -> None:
    for name, position in positions.items():
        _, unit = split_unit(source.headers[position])
        if unit and unit in SCALED_UNITS:
            findings.fault("header_unit", f"{_row(source)} , column {name}", source.headers[position], unit=unit)


def _note_extra(positions: Mapping[str, int], source: Source, findings: Findings) -> None:
    extra = [header for i, header in enumerate(source.headers) if header and i not in positions.values()]
    if extra:
        findings.notice("columns_left_out", source.place, columns=", ".join(extra), count=len(extra))
