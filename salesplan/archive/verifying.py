"""Whether a run is still what it was: its files, its manifest, its signatures, the register, the inputs kept for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from salesplan.archive import register as registers
from salesplan.archive import signatures
from salesplan.archive.finding import run_folders
from salesplan.archive.naming import UNFINISHED
from salesplan.archive.register import Register
from salesplan.archive.runs import Run
from salesplan.archive.sealing import MANIFEST, SIGNATURES, content_hash, read_manifest, seal_of
from salesplan.archive.sources import kept_faults
from salesplan.archive.walking import Content, Item, contents, walk
from salesplan.errors import Fault, PlanError

# Fields of a manifest that are looked at, and what they must be.
FIELDS = {"plan": str, "run": str, "state": str, "content": str, "created": str, "changes": dict}
HASHES = ("files", "inputs")
OPTIONAL = ("stored",)  # not in runs of earlier versions


@dataclass
class Report:
    """What is wrong with a run, what is wrong elsewhere in the plan's archive, and what is only worth knowing."""

    run: Run
    files: int = 0
    size: int = 0
    damage: list[Fault] = field(default_factory=list)
    archive: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    replayed: list[Fault] | None = None

    @property
    def wrong(self) -> list[Fault]:
        """Everything that is wrong: what is found here, elsewhere in the archive, and by a replay."""
        return [*self.damage, *self.archive, *(self.replayed or ())]


def verify(run: Run) -> Report:
    """Hold a run against its manifest, the register, its signatures and the inputs kept for it.

    Never raises on what the files hold; `PlanError` where the run was cut short and so has nothing to be held against.
    """
    if run.folder.parent.name == UNFINISHED:
        raise PlanError([Fault("verify_unfinished", run.name)])
    outputs = run.folder.parent
    report = Report(Run(run.folder, read_manifest(run.folder)))
    report.damage += _manifest_faults(report.run)
    sound = not report.damage
    _look_at_files(report, sound=sound)
    register = registers.read(outputs)
    _look_at_register(report, register)
    report.damage += _signature_faults(report.run, register)
    if sound:
        event = register.run(_known_name(report.run, register)) if register else None
        stored = bool(event and event.get("kept"))
        (report.damage if stored else report.notices).extend(kept_faults(outputs, report.run.manifest))
    return report


def _manifest_faults(run: Run) -> Iterator[Fault]:
    """A manifest that is gone, unreadable, of odd types, or of another run."""
    if run.folder.is_symlink():
        yield Fault("verify_link", run.name)
    if not (run.folder / MANIFEST).is_file():
        yield Fault("verify_missing", MANIFEST)
        return
    if not run.manifest:
        yield Fault("verify_manifest", MANIFEST)
        return
    for key, kind in FIELDS.items():
        if not isinstance(run.manifest.get(key), kind):
            yield Fault("verify_field", f"{MANIFEST}: {key}", _short(run.manifest.get(key)))
    for key in (*HASHES, *(key for key in OPTIONAL if key in run.manifest)):
        if not _is_hashes(run.manifest.get(key)):
            yield Fault("verify_field", f"{MANIFEST}: {key}", _short(run.manifest.get(key)))


def _is_hashes(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(value, str) for value in found.values())


def _short(found: Any) -> str | None:
    return None if found is None else str(found)[:80]


def _look_at_files(report: Report, *, sound: bool) -> None:
    """Every file of the folder against the manifest, and the manifest against its own content hash."""
    items = {item.name: item for item in walk(report.run.folder)}
    regular = [name for name, item in items.items() if item.kind == "file"]
    report.damage += (Fault(f"verify_{item.kind}", item.name) for item in items.values() if item.kind in ODD)
    report.notices += (
        Fault("verify_hard_link", item.name, None, {"count": item.names}) for item in items.values() if item.names > 1
    )
    found = contents(report.run.folder, regular)
    report.files, report.size = len(found), sum(content.size for content in found.values() if content)
    if sound:
        report.damage += _differences(report.run.manifest, items, found)
        report.damage += _resealed(report.run.manifest, found)


ODD = ("link", "special")


def _differences(
    manifest: Mapping[str, Any], items: Mapping[str, Item], found: Mapping[str, Content | None]
) -> Iterator[Fault]:
    """Files that are changed, missing, added or under another name."""
    known: Mapping[str, str] = manifest["files"]
    own = {name: content for name, content in found.items() if name not in (MANIFEST, SIGNATURES)}
    extra = {name: content for name, content in own.items() if name not in known}
    there = {name for name, item in items.items() if item.kind != "folder"}
    for name in sorted(known.keys() - there):
        moved = next((other for other, content in extra.items() if content and content.sha256 == known[name]), None)
        if moved is None:
            yield Fault("verify_missing", name)
        else:
            del extra[moved]
            yield Fault("verify_renamed", name, None, {"now": moved})
    for name in sorted(known.keys() & own.keys()):
        content = own[name]
        if content is None:
            yield Fault("verify_unreadable", name)
        elif content.sha256 != known[name]:
            yield Fault("verify_cut" if content.cut else "verify_changed", name, None, {"bytes": content.size})
    own_folders = {parent.as_posix() for name in known for parent in PurePosixPath(name).parents}
    folders = [f"{item.name}/" for item in items.values() if item.kind == "folder" and item.name not in own_folders]
    for name in sorted([*extra, *folders]):
        yield Fault("verify_added", name)


def _resealed(manifest: Mapping[str, Any], found: Mapping[str, Content | None]) -> Iterator[Fault]:
    """A manifest written anew: its content hash is not that of what it lists, or a page carries another one."""
    content = manifest["content"]
    if content != content_hash(manifest["inputs"], manifest["files"], manifest["changes"]):
        yield Fault("verify_content", f"{MANIFEST}: content", content[:12])
    for name, page in found.items():
        if page and page.mark and not content.startswith(page.mark):
            yield Fault("verify_mark", name, page.mark, {"content": content[:16]})


def _look_at_register(report: Report, register: Register | None) -> None:
    """The run and its neighbours against the register."""
    run = report.run
    if run.manifest.get("run", run.name) != run.name:
        report.damage.append(Fault("verify_other_name", run.name, None, {"name": _short(run.manifest["run"])}))
    if register is None:
        report.notices.append(Fault("verify_unregistered", run.name))
        return
    report.damage += (Fault("verify_register", f"{registers.REGISTER} line {line}") for line in register.broken)
    present = {folder.name: seal_of(folder) for folder in run_folders(run.folder.parent)}
    known = _known_name(run, register)
    event = register.run(known)
    if event is None:
        report.notices.append(Fault("verify_unregistered", run.name))
    elif event["manifest"] != seal_of(run.folder):
        report.damage.append(Fault("verify_resealed", MANIFEST, None, {"time": event.get("time")}))
    for other in register.runs():
        if other["run"] != known or other != event:
            _neighbour(report, register, other, present)


def _known_name(run: Run, register: Register) -> str:
    """The name a run is registered under: its manifest's where the folder was only renamed, which is told once."""
    named = str(run.manifest.get("run", run.name))
    event = register.run(named)
    return named if event and event["manifest"] == seal_of(run.folder) else run.name


def _neighbour(report: Report, register: Register, event: Mapping[str, Any], present: Mapping[str, str]) -> None:
    """Another run of the register that is gone, renamed or sealed again."""
    name, manifest = event["run"], event["manifest"]
    if present.get(name) == manifest:
        return
    values = {"time": event.get("time")}
    now = next((other for other, seal in present.items() if seal == manifest), None)
    if now is not None:
        found = report.damage if now == report.run.name else report.archive
        found.append(Fault("verify_run_renamed", name, None, {**values, "now": now}))
    elif name in present and register.run(name) == event:
        report.archive.append(Fault("verify_run_resealed", name, None, values))
    elif register.signatures(event):
        report.archive.append(Fault("verify_run_removed", name, None, values))
    else:
        report.notices.append(Fault("verify_run_gone", name, None, values))


def _signature_faults(run: Run, register: Register | None) -> Iterator[Fault]:
    """Signatures that are broken, and what the register says of them."""
    entries = signatures.read(run.folder)
    if entries is None:
        yield Fault("verify_signatures", SIGNATURES)
        entries = []
    yield from signatures.faults(run, entries)
    if register is None:
        return
    event = register.run(_known_name(run, register))
    known = {} if event is None else {str(one["entry"]): one for one in register.signatures(event)}
    there = {entry["hash"] for entry in entries}
    for number, entry in enumerate(entries, 1):
        if entry["hash"] not in known or entry["register"] not in register.lines:
            yield Fault("signature_unregistered", f"{SIGNATURES}: [{number}]", entry["by"])
    for sealed, one in known.items():
        if sealed not in there:
            values = {key: one.get(key) for key in ("document", "role", "time")}
            yield Fault("signature_removed", SIGNATURES, one.get("by"), values)
