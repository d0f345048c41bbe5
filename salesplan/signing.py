"""`salesplan sign`: the next signature under a document of a run, in the order of the plan's `approvals`."""

from collections.abc import Iterator
from dataclasses import dataclass

from salesplan import PLANNED, archive, tables
from salesplan.archive import register, signatures, standing
from salesplan.archive.signatures import DOCUMENTS, Chain, Entry, same_person
from salesplan.archive.sources import is_closed
from salesplan.archive.verifying import verify
from salesplan.errors import Fault, PlanError, alternatives, stop_on
from salesplan.params import Loaded
from salesplan.rebuilding import parameters_of
from salesplan.report.listing import write_listing
from salesplan.wording import LANGUAGES, Words

LONGEST = 200  # characters of a name or a reference


@dataclass(frozen=True)
class Asked:
    """Who signs what, as it was typed."""

    document: str
    role: str
    by: str
    reference: str | None = None


@dataclass(frozen=True)
class Signed:
    """A signature given, and how far its chain has come."""

    entry: Entry
    chain: Chain


def sign(run: archive.Run, asked: Asked) -> Signed:
    """Add a signature to a run; its pages and its manifest stay as they are.

    Raises `PlanError` where the words are unknown, the role is not the next one, the person has signed the document
    already, the run is not complete and as it was made, or, at the first signature of a document, the plan's
    parameters or input files are no longer those of the run.
    """
    stop_on(_unfit(run))
    loaded, outputs = parameters_of(run), run.folder.parent
    if "plan" not in loaded.rules:
        raise PlanError(loaded.faults)
    asked = _worded(asked, loaded, f"params/{outputs.name}/plan.yaml")
    with archive.lock(outputs):
        _register_last(run)
        stop_on(verify(run).damage)
        words = Words(loaded.plan.language, loaded.plan.display_unit, loaded.plan.currency)
        chain = chain_of(run, asked.document, loaded)
        stop_on([*_refused(chain, asked, words), *_superseded(run, asked.document)])
        changed = changed_files(run, loaded)
        if not chain.entries:
            stop_on(Fault("sign_changed", place, None, {"run": run.name}) for place in changed)
        entry = _write(run, asked, chain, changed)
        write_listing(outputs, words)
    return Signed(entry, Chain(chain.document, chain.roles, (*chain.entries, entry)))


def chain_of(run: archive.Run, document: str, loaded: Loaded) -> Chain:
    """The chain of a document on a run, with the signatures there are."""
    begun = signatures.chains(run) or {}
    return begun.get(document) or Chain(document, tuple(getattr(loaded.plan.approvals, document)))


def changed_files(run: archive.Run, loaded: Loaded) -> list[str]:
    """Parameter files and input tables of the plan that are no longer those of the run, as the workbook names them."""
    workbook, name = run.folder.parents[2], run.folder.parent.name
    folder = workbook / "params" / name
    if not folder.is_dir():
        return [f"params/{name}"]
    settled = PLANNED if run.manifest.get("plan_run") else ()  # as they were signed, whatever lies there now
    now = {path.stem: path.read_bytes() for path in folder.glob("*.yaml") if path.is_file()}
    given = tables.check(folder, loaded.plan).hashes
    read = {place: sha256 for place, sha256 in run.manifest["inputs"].items() if not is_closed(place)}
    files = [f"params/{name}/{stem}.yaml" for stem in archive.differing(loaded.texts, now) if stem not in settled]
    return sorted([*files, *archive.differing(read, given)])


def _worded(asked: Asked, loaded: Loaded, file: str) -> Asked:
    """What was typed, trimmed and with the role's own name; every fault of it at once."""
    faults: list[Fault] = []
    role = asked.role.strip()
    if asked.document not in DOCUMENTS:
        values = {"expected": ", ".join(DOCUMENTS), **alternatives(asked.document, DOCUMENTS)}
        faults.append(Fault("one_of", "--document", asked.document, values))
    else:
        roles = getattr(loaded.plan.approvals, asked.document)
        names = {words.code("role", known): known for known in roles for words in map(Words, LANGUAGES)}
        role = role if role in roles else names.get(role, role)
        if not roles:
            faults.append(Fault("sign_no_chain", f"{file}: approvals.{asked.document}"))
        elif role not in roles:
            near = alternatives(role, [*roles, *names])["nearest"]
            values = {"expected": ", ".join(roles), "nearest": names.get(near, near)}
            faults.append(Fault("one_of", "--as", asked.role, values))
    texts = {"--by": asked.by, "--reference": asked.reference}
    faults += (fault for option, text in texts.items() if text is not None for fault in _unprintable(option, text))
    stop_on(faults)
    reference = " ".join(asked.reference.split()) if asked.reference else None
    return Asked(asked.document, role, " ".join(asked.by.split()), reference)


def _unprintable(option: str, text: str) -> Iterator[Fault]:
    """A name is one line that people can read: two that look alike must not count as two persons."""
    kept = " ".join(text.split())
    if not kept:
        yield Fault("text_needed", option)
    elif not kept.isprintable():
        yield Fault("text_printable", option, ascii(kept))
    elif len(kept) > LONGEST:
        yield Fault("text_short", option, kept[:40] + "...", {"limit": LONGEST})


def _unfit(run: archive.Run) -> Iterator[Fault]:
    """A run that is not complete, or that lies outside its plan's archive."""
    if run.state != "complete":
        yield Fault("sign_not_complete", run.name)
    elif run.folder.parents[1].name != "outputs":
        yield Fault("sign_elsewhere", str(run.folder))


def _refused(chain: Chain, asked: Asked, words: Words) -> Iterator[Fault]:
    """A role out of order, or a person who has signed the document already."""
    given = next((entry for entry in chain.entries if entry["role"] == asked.role), None)
    if given is not None:
        yield Fault("sign_already", "--as", asked.role, {"by": given["by"], "time": given["time"][:10]})
    elif asked.role != chain.next:
        done = words.list([_role(entry["role"], words) for entry in chain.entries]) or "-"
        yield Fault("sign_order", "--as", asked.role, {"next": _role(chain.next or "-", words), "done": done})
    for entry in chain.entries:
        if same_person(entry["by"], asked.by) and entry is not given:
            yield Fault("sign_twice", "--by", asked.by, {"role": entry["role"], "time": entry["time"][:10]})


def _role(role: str, words: Words) -> str:
    """A role as it is typed, with what people call it."""
    name = words.code("role", role)
    return role if name == role else f"{role} ({name})"


def _superseded(run: archive.Run, document: str) -> Iterator[Fault]:
    """A plan older than the plan of record: what is signed next must be newer, as its revision."""
    if document != "plan":
        return
    record = standing.record_of(run.folder.parent, run.manifest.get("fiscal_year", 0))
    if record is not None and record.folder != run.folder and not archive.is_newer(run, record):
        yield Fault("sign_superseded", run.name, None, {"record": record.name, "created": record.created})


def _write(run: archive.Run, asked: Asked, chain: Chain, changed: list[str]) -> Entry:
    """The entry in the run's signatures and in the register, which first takes up a run it does not know."""
    outputs, known = run.folder.parent, register.read(run.folder.parent)
    line = known.last if known and known.run(run.name) else register.run_completed(outputs, run.folder)
    former = [entry["hash"] for entry in signatures.read(run.folder) or ()]
    entry = signatures.seal(
        {
            "document": asked.document, "role": asked.role, "by": asked.by, "reference": asked.reference,
            "time": register.now(), "chain": list(chain.roles), "authenticated": False,
            "content": run.manifest["content"], "manifest": archive.seal_of(run.folder),
            "changes": dict(run.manifest["changes"]), "inputs_changed": changed,
            "register": line, "former": former[-1] if former else None,
        }
    )  # fmt: skip
    with signatures.appended(run.folder, entry):
        _register(run, entry)
    return entry


def _register(run: archive.Run, entry: Entry) -> None:
    told = {key: entry[key] for key in ("manifest", "document", "role", "by")}
    register.note(run.folder.parent, "signature", run=run.name, entry=entry["hash"], **told)


def _register_last(run: archive.Run) -> None:
    """Register a last signature that was written when the machine stopped, before its line in the register."""
    known, entries = register.read(run.folder.parent), signatures.read(run.folder)
    event = known.run(run.name) if known else None
    if not (known and event and entries) or known.broken or entries[-1]["register"] != known.last:
        return
    if entries[-1]["hash"] not in {one["entry"] for one in known.signatures(event)}:
        _register(run, entries[-1])
