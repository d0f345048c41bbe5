"""The archive of a plan: a run folder appears complete, by one rename, or not at all.

outputs/<plan>/<run>/          a run: notebooks, pages, tables, parameters, manifest, signatures
outputs/<plan>/inputs/         every input file a run was made from, once, named by its SHA-256
outputs/<plan>/register.jsonl  one line an event, each bound to the one before
outputs/<plan>/.unfinished/    runs cut short, and the one in the making
"""

from salesplan.archive.finding import find_run
from salesplan.archive.making import appear, begin, clear, complete, held, lock
from salesplan.archive.naming import UNFINISHED, free_name, outputs_of, safe_name, stamp
from salesplan.archive.runs import CUT, KILLED, Run, altered, is_newer, newest_complete, next_number, runs, what_if
from salesplan.archive.sealing import (
    MANIFEST,
    SIGNATURES,
    content_hash,
    differing,
    digest,
    file_digest,
    files_of,
    manifest_bytes,
    read_manifest,
    seal_of,
    write_manifest,
)
from salesplan.archive.standing import record_of, revision
from salesplan.archive.store import forget, keep, kept, sweep

__all__ = [
    "CUT",
    "KILLED",
    "MANIFEST",
    "SIGNATURES",
    "UNFINISHED",
    "Run",
    "altered",
    "appear",
    "begin",
    "clear",
    "complete",
    "content_hash",
    "differing",
    "digest",
    "file_digest",
    "files_of",
    "find_run",
    "forget",
    "free_name",
    "held",
    "is_newer",
    "keep",
    "kept",
    "lock",
    "manifest_bytes",
    "newest_complete",
    "next_number",
    "outputs_of",
    "read_manifest",
    "record_of",
    "revision",
    "runs",
    "safe_name",
    "seal_of",
    "stamp",
    "sweep",
    "what_if",
    "write_manifest",
]
