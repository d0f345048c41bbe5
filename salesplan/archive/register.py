"""The register of a plan's archive, `outputs/<plan>/register.jsonl`: one line an event, each bound to the one before.

A run that was sealed again, a signature taken away, a run removed or renamed whole do not show in the run's own
folder; they show here. Kinds of events: `run` (it became complete: name, SHA-256 of its manifest, whether its inputs
are kept) and `signature` (run, document, hash of the entry).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from salesplan.archive.runs import altered, runs
from salesplan.archive.sealing import canonical, digest, parsed, read_manifest, seal_of
from salesplan.archive.sources import file_hashes
from salesplan.archive.store import kept
from salesplan.staging import write_whole

REGISTER = "register.jsonl"
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Register:
    """The events as they stand, the SHA-256 of every line, and the numbers of lines that are not as they were."""

    events: tuple[Event, ...] = ()
    lines: tuple[str, ...] = ()
    broken: tuple[int, ...] = ()

    @property
    def last(self) -> str | None:
        """SHA-256 of the last line; None where there is none."""
        return self.lines[-1] if self.lines else None

    def runs(self) -> list[Event]:
        """Events of runs that became complete, oldest first."""
        return [event for event in self.events if event["kind"] == "run"]

    def run(self, name: str) -> Event | None:
        """The latest run registered under a name."""
        return next((event for event in reversed(self.runs()) if event["run"] == name), None)

    def signatures(self, event: Event) -> list[Event]:
        """The signatures registered for a run."""
        own = (event["run"], event["manifest"])
        return [e for e in self.events if e["kind"] == "signature" and (e["run"], e["manifest"]) == own]


def note(outputs: Path, kind: str, **values: Any) -> str:
    """Append an event; returns the SHA-256 of its line. The caller holds the plan's lock.

    A damaged register is continued, so that a run is never lost to it; the damage stays to be found.
    """
    path = outputs / REGISTER
    before = path.read_bytes() if path.exists() else b""
    lines = before.rstrip(b"\n").split(b"\n") if before else []
    event = {"kind": kind, **values, "time": now(), "former": digest(lines[-1]) if lines else None}
    line = canonical({**event, "hash": digest(canonical(event))})
    end = b"" if not before or before.endswith(b"\n") else b"\n"
    write_whole(path, before + end + line + b"\n")
    return digest(line)


def run_completed(outputs: Path, folder: Path) -> str:
    """Register a run that has become complete; the caller holds the plan's lock."""
    stored = all(kept(outputs, sha256) for sha256 in file_hashes(read_manifest(folder)).values())
    return note(outputs, "run", run=folder.name, manifest=seal_of(folder), kept=stored)


def catch_up(outputs: Path) -> None:
    """Register the newest run where the machine stopped after it had become complete, before its line here."""
    newest = next((run for run in runs(outputs) if run.state in ("complete", "partial")), None)
    known = read(outputs)
    if newest is None or newest.number == 0 or (known and known.run(newest.name)) or altered(newest):
        return
    run_completed(outputs, newest.folder)


def read(outputs: Path) -> Register | None:
    """The register of a plan; None where there is none."""
    path = outputs / REGISTER
    if not path.is_file():
        return None
    content = path.read_bytes()
    lines = content.split(b"\n")
    broken = [] if lines[-1] == b"" and len(lines) > 1 else [len(lines)]
    found, former = [], None
    for number, line in enumerate(lines[:-1], 1):
        event = parsed(line)
        if not _sound(event, line) or event["former"] != former:
            broken.append(number)
        if _sound(event, line):
            found.append(event)
        former = digest(line)
    return Register(tuple(found), tuple(map(digest, lines[:-1])), tuple(sorted(broken)))


def now() -> str:
    """The moment, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _sound(event: Any, line: bytes) -> bool:
    """Whether a line is as it was written: its own hash, and the fields that its kind has."""
    if not isinstance(event, dict) or "former" not in event or canonical(event) != line:
        return False
    needed = {"run": ("run", "manifest"), "signature": ("run", "manifest", "entry")}.get(str(event.get("kind")), ())
    sealed = digest(canonical({key: value for key, value in event.items() if key != "hash"})) == event.get("hash")
    return sealed and all(isinstance(event.get(key), str) for key in needed)
