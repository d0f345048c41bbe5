"""The signatures of a run, `signatures.json`: who signed which document in which role, each bound to the one before.

A name is recorded as it was typed; nobody is authenticated. An entry holds `document`, `role`, `by`, `time` (UTC),
`reference` (number of the approval in the company's own system), `chain` (the roles that sign the document, in order),
`content` and `manifest` (hashes of what is signed), `changes` (parameters the run changed), `inputs_changed` (files
that were no longer those of the run), `register` (the register's last line then), `former` (hash of the entry before,
of whichever document) and `hash` (its own).
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesplan.archive.runs import Run
from salesplan.archive.sealing import SIGNATURES, canonical, digest, parsed, seal_of
from salesplan.errors import Fault
from salesplan.staging import write_whole

DOCUMENTS = ("plan", "performance", "commission")
TEXTS = ("document", "role", "by", "time", "content", "manifest", "register", "hash")
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Chain:
    """How far the signatures of one document have come."""

    document: str
    roles: tuple[str, ...]
    entries: tuple[Entry, ...] = ()

    @property
    def next(self) -> str | None:
        """The role that signs next; None when all have."""
        return self.roles[len(self.entries)] if len(self.entries) < len(self.roles) else None

    @property
    def complete(self) -> bool:
        """Whether every role has signed."""
        return bool(self.roles) and self.next is None


def read(folder: Path) -> list[Entry] | None:
    """The entries of a run, oldest first; None where the file is no list of entries as we write them."""
    path = folder / SIGNATURES
    if not path.is_file():
        return None if path.is_symlink() or path.exists() else []
    try:
        content = path.read_bytes()
    except OSError:
        return None
    found = parsed(content)
    right = isinstance(found, list) and found and all(map(_is_entry, found))
    return found if right and written(found) == content else None


def chains(run: Run) -> dict[str, Chain] | None:
    """The chains begun on a run, by document; None where its signatures are broken."""
    entries = read(run.folder)
    if entries is None or any(faults(run, entries)):
        return None
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry["document"], []).append(entry)
    return {name: Chain(name, tuple(own[0]["chain"]), tuple(own)) for name, own in found.items()}


def faults(run: Run, entries: Sequence[Entry]) -> Iterator[Fault]:
    """What is wrong with entries in themselves: altered, out of order, of another run, a person twice."""
    manifest = seal_of(run.folder) if entries else ""
    former: str | None = None
    for number, entry in enumerate(entries, 1):
        place = f"{SIGNATURES}: [{number}]"
        if entry["hash"] != seal(entry)["hash"]:
            yield Fault("signature_altered", place, entry["by"])
        elif entry["former"] != former:
            yield Fault("signature_former", place, entry["by"])
        if (entry["content"], entry["manifest"]) != (run.manifest.get("content"), manifest):
            yield Fault("signature_other", place, entry["by"])
        former = entry["hash"]
    yield from _out_of_order(entries)


def seal(entry: Entry) -> dict[str, Any]:
    """An entry with its own hash."""
    bare = {key: value for key, value in entry.items() if key != "hash"}
    return {**bare, "hash": digest(canonical(bare))}


@contextmanager
def appended(folder: Path, entry: Entry) -> Iterator[None]:
    """Add a sealed entry to a run's signatures; taken back where what follows (its registration) fails.

    The caller holds the plan's lock.
    """
    before = read(folder) or []
    write_whole(folder / SIGNATURES, written([*before, entry]))
    try:
        yield
    except BaseException:
        if before:
            write_whole(folder / SIGNATURES, written(before))
        else:
            (folder / SIGNATURES).unlink()
        raise


def written(entries: Sequence[Entry]) -> bytes:
    """The file of some entries."""
    text = json.dumps(list(entries), ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode("utf-8", "surrogatepass")


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: width, case and blanks do not count."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _out_of_order(entries: Sequence[Entry]) -> Iterator[Fault]:
    seen: dict[str, list[Entry]] = {}
    for number, entry in enumerate(entries, 1):
        place, own = f"{SIGNATURES}: [{number}]", seen.setdefault(entry["document"], [])
        if entry["chain"] != (own or [entry])[0]["chain"] or entry["role"] not in entry["chain"][len(own) :][:1]:
            yield Fault("signature_order", place, entry["role"])
        if any(same_person(entry["by"], other["by"]) for other in own):
            yield Fault("signature_twice", place, entry["by"])
        own.append(entry)


def _is_entry(found: Any) -> bool:
    if not isinstance(found, dict) or not all(isinstance(found.get(key), str) for key in TEXTS):
        return False
    lists = [found.get(key) for key in ("chain", "inputs_changed")]
    named = all(isinstance(part, list) and all(isinstance(name, str) for name in part) for part in lists)
    optional = all(isinstance(found.get(key, 0), str | None) for key in ("reference", "former"))
    return named and optional and isinstance(found.get("changes"), dict) and found["document"] in DOCUMENTS
