"""The archive of a plan: a run folder appears complete, by one rename, or not at all.

outputs/<plan>/<run>/          a run: notebooks, pages, tables, parameters, manifest, signatures
outputs/<plan>/inputs/         every input file a run was made from, once, named by its SHA-256
outputs/<plan>/.unfinished/    runs cut short, and the one in the making
"""

from salesplan.archive.making import begin, clear, complete, lock
from salesplan.archive.naming import UNFINISHED, free_name, outputs_of, safe_name, stamp
from salesplan.archive.runs import Run, altered, newest_complete, next_number, runs
from salesplan.archive.sealing import (
    MANIFEST,
    SIGNATURES,
    content_hash,
    digest,
    file_digest,
    files_of,
    manifest_bytes,
    read_manifest,
    write_manifest,
)
from salesplan.archive.store import forget, keep, kept

__all__ = [
    "MANIFEST",
    "SIGNATURES",
    "UNFINISHED",
    "Run",
    "altered",
    "begin",
    "clear",
    "complete",
    "content_hash",
    "digest",
    "file_digest",
    "files_of",
    "forget",
    "free_name",
    "keep",
    "kept",
    "lock",
    "manifest_bytes",
    "newest_complete",
    "next_number",
    "outputs_of",
    "read_manifest",
    "runs",
    "safe_name",
    "stamp",
    "write_manifest",
]
