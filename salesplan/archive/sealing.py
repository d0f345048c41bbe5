"""Manifests and hashes: what a run was made from and what it left."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from salesplan.staging import DRAFT, names_below, write_whole

MANIFEST = "manifest.json"
SIGNATURES = "signatures.json"
CHUNK = 1 << 20


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def seal_of(folder: Path) -> str:
    """SHA-256 of a run's manifest, which names every file; empty where it cannot be read."""
    try:
        return file_digest(folder / MANIFEST) if (folder / MANIFEST).is_file() else ""
    except OSError:
        return ""


def file_digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in parts."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """A manifest as its file, sorted and readable."""
    return (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n").encode()


def canonical(value: Any) -> bytes:
    """JSON in one line that is the same for the same value, to be hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def parsed(content: bytes) -> Any:
    """JSON of a file that may hold anything; None where it cannot be read."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a run."""
    write_whole(folder / MANIFEST, manifest_bytes(manifest))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run; empty where there is none that can be read.

    It is tried twice: on shared folders a file may be held by another program for a moment.
    """
    for _ in range(2):
        with suppress(OSError):
            found = parsed((folder / MANIFEST).read_bytes()) if (folder / MANIFEST).is_file() else None
            return found if isinstance(found, dict) else {}
    return {}


def files_of(folder: Path, *within: str) -> dict[str, str]:
    """SHA-256 of every file of a run, or of some of its folders; manifest, signatures and drafts of them are apart."""
    apart = {f"{name}{end}" for name in (MANIFEST, SIGNATURES) for end in ("", DRAFT)}
    inside = (f"{place}/{name}" for place in within for name in names_below(folder / place))
    found = sorted(inside) if within else names_below(folder)
    return {name: file_digest(folder / name) for name in found if name not in apart}


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The names that two lists of hashes do not have alike: changed, or in one of them alone; sorted."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def content_hash(inputs: Mapping[str, str], files: Mapping[str, str], changes: Mapping[str, Any]) -> str:
    """One hash of what a run was made from and what it says: inputs, parameters, changes, tables."""
    kept = {name: value for name, value in files.items() if name.startswith(("params/", "tables/"))}
    text = json.dumps([dict(inputs), kept, dict(changes)], sort_keys=True, default=str, ensure_ascii=False)
    return digest(text.encode())
