"""A plan's parameter files, read and checked whole: all faults of all files in one pass."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from salesplan import AS_OF, PLANNED
from salesplan.errors import Fault, nearest
from salesplan.params.mending import mended, passable, split_mark
from salesplan.params.places import error_path, split_key, value_at
from salesplan.params.reading import MOST_CHARACTERS, Document, key_text, read_text, read_value
from salesplan.params.reading import Path as KeyPath
from salesplan.params.schema import known_names, meaning_key, unit_at
from salesplan.params.secrets import secrets_in, secrets_set, untold
from salesplan.places import shown_path
from salesplan.tables.encoding import decode
from salesplan.tables.results import Notice
from salesplan.terms import MODELS, PlanTerms, Terms, VarianceReviewTerms
from salesplan.terms.variance_review import ExchangeRate

MOST_MARKED = 20  # faults of which a Chinese mark is told
ROUNDS = 3  # how deep faults may hide behind one another

# pydantic's kind of error -> key of the message in the catalogue
CODES = {
    "missing": "needed",
    "extra_forbidden": "unknown_key",
    "less_than_equal": "at_most",
    "less_than": "below",
    "greater_than_equal": "at_least",
    "greater_than": "above",
    "literal_error": "one_of",
    "enum": "one_of",
    "string_pattern_mismatch": "pattern",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_short": "too_short",
    "decimal_type": "number",
    "decimal_parsing": "number",
    "is_instance_of": "number",
    "int_type": "whole_number",
    "bool_type": "true_false",
    "string_type": "text",
    "dict_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "tuple_type": "list",
    "list_type": "list",
    "date_type": "iso_date",
}

# a pattern of the models -> key of a message that shows what is meant
PATTERNS = {
    r"^\d{4}-(0[1-9]|1[0-2])$": "month_form",
    "^[A-Z]{3}$": "currency_form",
    "^[A-Z]{2}(-[A-Z0-9]{1,3})?$": "country_form",
}


@dataclass(frozen=True)
class Loaded:
    """A plan's parameters: models by file stem, the texts as read, and every fault.

    `passable`: models of faulty files with what is wrong left out, only to hold the rest against the tables.
    """

    folder: Path
    rules: Mapping[str, Terms]
    texts: Mapping[str, bytes]
    documents: Mapping[str, Document]
    changes: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)
    passable: Mapping[str, Terms | None] = field(default_factory=dict)

    @property
    def plan(self) -> PlanTerms:
        """What all steps share."""
        found = self.rules["plan"]
        assert isinstance(found, PlanTerms)
        return found

    @property
    def tolerant(self) -> "Loaded":
        """The same with the model of a plan.yaml that has nothing wrong but unknown keys; the faults stay."""
        meant = self.passable.get("plan")
        if meant is None or self.unread:
            return self
        return replace(self, rules={**self.rules, "plan": meant})

    @property
    def unread(self) -> bool:
        """Whether more than an unknown key is wrong with plan.yaml, so that the tables cannot be read by it."""
        marks = (f"{shown_path(self.folder)}/plan.yaml ", "--set plan.")
        return any(fault.code != "unknown_key" for fault in self.faults if fault.place.startswith(marks))

    @property
    def exchange_rates(self) -> tuple[ExchangeRate, ...]:
        """Rates of sales in other currencies; none where the file that states them is faulty."""
        review = self.rules.get("variance_review") or self.passable.get("variance_review")
        return review.currencies if isinstance(review, VarianceReviewTerms) else ()

    def place(self, stem: str, path: KeyPath) -> str:
        """Where a parameter stands: file, line and key."""
        return _place(shown_path(self.folder), stem, self.documents[stem], path, self.changes)


def load(folder: Path, changes: Mapping[str, Any] | None = None, settled: Path | None = None) -> Loaded:
    """Read and check every parameter file of a plan; faults are collected, not raised.

    `changes` maps dotted keys (`seasonal_split.method`) to values that replace those of the files; `settled` is a
    folder whose files of the steps that a signed plan settles stand instead of the plan's own.
    """
    shown = shown_path(folder)
    texts, broken = _texts(folder, shown)
    if settled:
        signed = {stem: text for stem, text in _texts(settled, shown)[0].items() if stem in PLANNED}
        texts = {stem: text for stem, text in texts.items() if stem not in PLANNED} | signed
        broken = {stem: fault for stem, fault in broken.items() if stem not in PLANNED}
    documents = {stem: _document(texts.get(stem), f"{shown}/{stem}.yaml") for stem in MODELS}
    documents |= {stem: Document({}, faults=[fault]) for stem, fault in broken.items()}
    faults = [fault for document in documents.values() for fault in document.faults]
    faults += list(_foreign_files(texts, shown))
    faults += list(_missing_files(texts, shown))
    changed, change_faults = _apply(documents, changes or {})
    faults += change_faults
    rules: dict[str, Terms] = {}
    rest: dict[str, Terms | None] = {}
    for stem, model in MODELS.items():
        try:
            rules[stem] = model.model_validate(changed[stem])
        except ValidationError as error:
            asked = stem in texts or any(split_key(key)[0] == stem for key in changes or {})
            if asked and not documents[stem].faults:
                faults += _every_fault(error, stem, documents[stem], changed[stem], shown, changes or {})
                rest[stem] = passable(changed[stem], stem)
    secrets = _secrets(texts, shown, changes or {})
    return Loaded(folder, rules, texts, documents, dict(changes or {}), [*secrets, *untold(faults, secrets)], rest)


def text_faults(stem: str, content: bytes, folder: Path) -> list[Fault]:
    """What is wrong with a parameter file by itself, told as `load` would tell it; nothing is written or read."""
    shown = shown_path(folder)
    document = _document(content, f"{shown}/{stem}.yaml")
    try:
        MODELS[stem].model_validate(document.data)
    except ValidationError as error:
        return document.faults or list(_every_fault(error, stem, document, document.data, shown, {}))
    return document.faults


def encoding_notices(loaded: Loaded) -> Iterator[Notice]:
    """Parameter files that are not plain UTF-8 are read, and said."""
    for stem, content in loaded.texts.items():
        try:
            encoding = decode(content, None)[1]
        except UnicodeError:  # a fault, told already
            continue
        if encoding != "UTF-8":
            place = f"{shown_path(loaded.folder)}/{stem}.yaml"
            yield Notice("parameters_encoding", place, {"encoding": encoding})


def _texts(folder: Path, shown: str) -> tuple[dict[str, bytes], dict[str, Fault]]:
    """The parameter files by stem, and what is wrong with those that cannot be read or lie elsewhere."""
    texts: dict[str, bytes] = {}
    broken: dict[str, Fault] = {}
    for path in sorted(folder.glob("*.yaml")):
        place, texts[path.stem] = f"{shown}/{path.name}", b""
        if not path.resolve().is_relative_to(folder.resolve()):
            broken[path.stem] = Fault("path_outside", place)
        elif not path.is_file():
            broken[path.stem] = Fault("file_no_file", place)
        elif path.stat().st_size > 4 * MOST_CHARACTERS:  # bytes of the longest character
            broken[path.stem] = Fault("yaml_size", place, None, {"allowed": MOST_CHARACTERS})
        else:
            try:
                texts[path.stem] = path.read_bytes()
            except OSError as error:
                broken[path.stem] = Fault("file_unreadable", place, None, {"cause": os.strerror(error.errno or 0)})
    return texts, broken


def _secrets(texts: Mapping[str, bytes], shown: str, changes: Mapping[str, Any]) -> list[Fault]:
    found = list(secrets_set(changes))
    for stem, content in texts.items():
        try:
            found += secrets_in(decode(content, None)[0], f"{shown}/{stem}.yaml")
        except UnicodeError:
            continue  # said already
    return found


def _document(content: bytes | None, file: str) -> Document:
    if content is None:
        return Document({})
    try:
        text, _ = decode(content, None)
    except UnicodeError:
        text = "\0"
    if "\0" in text:
        return Document({}, faults=[Fault("encoding_unknown", file)])
    return read_text(text, file)


def _foreign_files(texts: Mapping[str, bytes], shown: str) -> Iterator[Fault]:
    for stem in texts:
        if stem not in MODELS:
            yield Fault(
                "unknown_file",
                f"{shown}/{stem}.yaml",
                None,
                {"nearest": nearest(stem, MODELS, cutoff=0.6), "known": ", ".join(MODELS)},
            )


def _missing_files(texts: Mapping[str, bytes], shown: str) -> Iterator[Fault]:
    # The two files that hold what has no default; the others may be absent.
    for stem in ("plan", "annual_target"):
        if stem not in texts:
            yield Fault("missing_file", f"{shown}/{stem}.yaml")


def _nearest_key(dotted: str) -> str:
    """The `step.key` meant: that of the nearest step, else of a step that has such a key, else the one most alike."""
    stem, *_ = split_key(dotted)
    *_, key = split_key(dotted)
    near = nearest(str(stem), MODELS)
    keys = {f"{one}.{name}": name for one in MODELS for name in known_names(one, ())}
    own = {full: name for full, name in keys.items() if not near or full.startswith(f"{near}.")}
    meant = nearest(str(key), own.values())
    return next((full for full, name in own.items() if name == meant), "") or nearest(dotted, keys) or near


def _apply(documents: Mapping[str, Document], changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    data = {stem: document.data for stem, document in documents.items()}
    faults = []
    for dotted, value in changes.items():
        stem, *keys = split_key(dotted)
        if stem not in MODELS or not keys:
            names = {"nearest": _nearest_key(dotted), "known": ", ".join(MODELS)}
            faults.append(Fault("unknown_change", f"--set {dotted}", value, names))
            continue
        data[str(stem)] = _replaced(
            data[str(stem)], keys, read_value(value) if isinstance(value, str) else _exact(value)
        )
    return data, faults


def _exact(value: Any) -> Any:
    # A float of a notebook's `changes` means the number it prints as.
    return Decimal(str(value)) if isinstance(value, float) else value


def _replaced(data: Any, keys: list[str | int], value: Any) -> Any:
    if not keys:
        return value
    first, rest = keys[0], keys[1:]
    if isinstance(first, int) and isinstance(data, list) and first < len(data):
        return [_replaced(item, rest, value) if i == first else item for i, item in enumerate(data)]
    held = data if isinstance(data, dict) else {}
    return {**held, str(first): _replaced(held.get(str(first)), rest, value)}


def _every_fault(
    error: ValidationError, stem: str, document: Document, data: Any, shown: str, changes: Mapping[str, Any]
) -> Iterator[Fault]:
    """The faults of an error, and those that it hides: rules across keys are checked only once each value is right."""
    told: set[str] = set()
    for _ in range(ROUNDS):
        fresh = [fault for fault in _faults(error, stem, document, data, shown, changes) if _is_new(fault, told)]
        yield from fresh
        told |= {fault.place for fault in fresh}
        found = [(error_path(detail, data), detail) for detail in error.errors(include_url=False)]
        data = mended(data, stem, found)
        try:
            if data is None:
                return
            MODELS[stem].model_validate(data)
        except ValidationError as again:
            error = again


def _is_new(fault: Fault, told: set[str]) -> bool:
    """Whether nothing is told of this key or, as a sum of it would be wrong too, of a part of it."""
    return not any(place == fault.place or place.startswith((f"{fault.place}.", f"{fault.place}[")) for place in told)


def _faults(
    error: ValidationError, stem: str, document: Document, data: Any, shown: str, changes: Mapping[str, Any]
) -> Iterator[Fault]:
    tried = 0
    for detail in _told_once(error, data):
        path = error_path(detail, data)
        found = None if detail["type"] == "missing" else _found(value_at(data, path))
        code = CODES.get(detail["type"], detail["type"])
        code = "mapping_of" if code == "mapping" and known_names(stem, path) else code
        pattern = str(detail.get("ctx", {}).get("pattern", ""))
        values = _values(detail, stem, path, found)
        if "other" in values:  # the key of what it contradicts stands beside its own
            other = (*error_path({**detail, "ctx": {}}, data), *split_key(str(values["other"])))
            values["other"] = _place(shown, stem, document, other, changes).removeprefix(f"{shown}/{stem}.yaml ")
        if tried < MOST_MARKED and (mark := split_mark(data, stem, path)):
            code, pattern, values, tried = "mark_full_width", "", {"mark": mark}, tried + 1
        yield Fault(PATTERNS.get(pattern, code), _place(shown, stem, document, path, changes), found, values)


def _told_once(error: ValidationError, data: Any) -> Iterator[ErrorDetails]:
    """Every error with those it carries; of one key that may be of two kinds, not what the other kind would ask for."""
    found = error.errors(include_url=False)
    paths = [error_path(detail, data) for detail in found]
    for place, (detail, path) in enumerate(zip(found, paths, strict=True)):
        near = [other for at, other in enumerate(paths) if at != place and other[: len(path)] == path]
        holds = isinstance(value_at(data, path), dict)
        if not (near and CODES.get(detail["type"]) in (("number", "text") if holds else ("mapping",))):
            yield detail
            for kind, context in detail.get("ctx", {}).get("more", ()):
                yield {**detail, "type": kind, "ctx": context}


def _place(shown: str, stem: str, document: Document, path: KeyPath, changes: Mapping[str, Any]) -> str:
    """File, line and key; a value given on the command line stands there, not in the file."""
    dotted = key_text((stem, *path))
    near = (key for key in changes if dotted == key or dotted.startswith((f"{key}.", f"{key}[")))
    if any(near) or any(key.startswith(f"{dotted}.") for key in changes):
        return "--as-of" if dotted == AS_OF else f"--set {dotted}"
    where = f"{shown}/{stem}.yaml line {document.line(path)}"
    return f"{where}: {key_text(path)}" if path else where


def _found(value: Any) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None  # the key says what it is about; a whole mapping in a message helps nobody
    if isinstance(value, bool):
        return str(value).lower()
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _values(detail: ErrorDetails, stem: str, path: KeyPath, found: str | None) -> dict[str, Any]:
    context = detail.get("ctx", {})
    values = {key: found for key, found in context.items() if key not in ("key", "error", "more")}
    values["limit"] = next(
        (context[key] for key in ("le", "lt", "ge", "gt", "min_length", "max_length") if key in context), ""
    )
    values["unit"] = unit_at(stem, path)
    values["choice"] = meaning_key(stem, path).removeprefix("param.")
    if "expected" in values:  # pydantic's sentence 'a', 'b' or 'c' as names
        values["expected"] = ", ".join(re.findall(r"'([^']*)'", str(values["expected"])))
    allowed = str(values.get("expected") or values.get("levels") or "").split(", ")
    values["nearest"] = nearest(found or "", filter(None, allowed), cutoff=0.6)
    if CODES.get(detail["type"]) == "mapping":
        values["known"] = ", ".join(known_names(stem, path))
    if detail["type"] == "extra_forbidden":
        known = known_names(stem, path[:-1])
        values |= {"nearest": nearest(str(path[-1]), known, cutoff=0.6), "known": ", ".join(known)}
    return values
