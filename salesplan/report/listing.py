"""The plan's index: closed months and all runs, newest first, with signatures; for page, command and scripts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from salesplan import archive
from salesplan.archive import signatures, standing
from salesplan.archive.signatures import Chain
from salesplan.closing import record
from salesplan.report.html import write_html
from salesplan.wording import Words

Row = dict[str, Any]


def rows(outputs: Path, words: Words) -> list[Row]:
    """One row per run, newest first: what the manifest tells, the chains of its signatures, its standing."""
    found = archive.runs(outputs)
    years = {year for run in found if isinstance(year := run.manifest.get("fiscal_year"), int)}
    record = {run.folder for year in years if (run := standing.record_of(outputs, year))}
    numbers = {name: number for year in years for name, number in standing.revisions(outputs, year).items()}
    return [_row(run, words, record=run.folder in record, revision=numbers.get(run.name)) for run in found]


def write_listing(outputs: Path, words: Words) -> None:
    """Write `outputs/<plan>/index.html` from the manifests and signatures of its runs and from the closed months."""
    found = rows(outputs, words)
    title = found[0]["title"] or outputs.name if found else outputs.name
    for row in found:
        row["papers"] = [_paper(chain, words) for chain in row["chains"] or ()]
        row["broken"] = words("sign.broken") if row["chains"] is None else ""
    write_html(
        outputs / "index.html", "listing.html.j2", words, title=title, heading=words("report.runs"), rows=found,
        closed=_closed(outputs, {row["name"]: row["link"] for row in found}), links=[],
        note=words("sign.recorded") if any(row["chains"] for row in found) else "",
    )  # fmt: skip


def _closed(outputs: Path, links: Mapping[str, str]) -> list[dict[str, str]]:
    """The closed months: month, by, time, run, and the link to that run; blank what a damaged entry does not tell."""
    found = []
    for month, entry in record.entries_or_blank(outputs).items():
        told = {name: str(entry.get(name) or "") for name in ("by", "time", "run")}
        told["time"] = told["time"][:16].replace("T", " ")
        found.append({"month": month, **told, "link": links.get(told["run"], "")})
    return found


def line(row: Row, words: Words) -> str:
    """A run in one line."""
    numbers = words("mark.semicolon").join(f"{name} {value}" for name, value in row["headline"])
    changes = words.list([f"{key}={value}" for key, value in row["changes"].items()])
    return "  ".join(
        part for part in (row["name"], row["state"], row["standing"], numbers, changes, row["cause"]) if part
    )


def signature_lines(row: Row, words: Words) -> list[str]:
    """One sentence per document begun: who has signed in which role and when, and who is next."""
    if row["chains"] is None:
        return [words("sign.broken")]
    return [_chain_line(chain, words) for chain in row["chains"]]


def told(row: Row) -> Row:
    """A row as scripts read it."""
    bare = {key: row[key] for key in ("name", "created", "as_of", "changes", "headline", "record", "revision")}
    return {**bare, "state": row["code"], "cause": row["end"], "signatures": _told_chains(row["chains"])}


def _row(run: archive.Run, words: Words, *, record: bool, revision: int | None) -> Row:
    unfinished = run.state == "incomplete"
    chains = {} if unfinished else signatures.chains(run)
    return {
        "name": run.name,
        "title": str(run.manifest.get("title") or ""),
        "link": "" if unfinished else f"{run.name}/index.html",
        "code": run.state,
        "state": words.code("state", run.state),
        "created": run.created[:16].replace("T", " "),
        "as_of": run.manifest.get("as_of") or "",
        "changes": _mapping(run.manifest.get("changes")),
        "headline": [] if unfinished else _pairs(run.manifest.get("headline")),
        "end": run.cause if unfinished else "",
        "cause": ending(run, words),
        "chains": None if chains is None else list(chains.values()),
        "record": record,
        "revision": revision,
        "standing": _standing(words, record=record, revision=revision),
    }


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _pairs(found: Any) -> list[list[Any]]:
    """The headline of a manifest; empty where somebody has put something else there."""
    right = isinstance(found, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in found)
    return found if right else []


def _standing(words: Words, *, record: bool, revision: int | None) -> str:
    parts = [words("sign.record")] if record else []
    return words.list([*parts, *([words("sign.revision", number=revision)] if revision else [])])


def _chain_line(chain: Chain, words: Words) -> str:
    document, signed, following = _paper(chain, words)
    return words("sign.line", document=document, signed=words("mark.semicolon").join(signed), next=following)


def _paper(chain: Chain, words: Words) -> tuple[str, list[str], str]:
    """A document's name, who has signed it, and who is next."""
    following = words("sign.next", role=words.code("role", chain.next)) if chain.next else words("sign.complete")
    return words.code("document", chain.document), [_signed(entry, words) for entry in chain.entries], following


def _signed(entry: Mapping[str, Any], words: Words) -> str:
    told = {"role": words.code("role", entry["role"]), "by": entry["by"], "time": entry["time"][:16].replace("T", " ")}
    reference = words("sign.reference", number=entry["reference"]) if entry["reference"] else ""
    count = len(archive.what_if(entry["changes"]))
    changed = words("sign.changes", count=count) if count else ""
    return words("sign.by", **told) + reference + changed


def _told_chains(chains: list[Chain] | None) -> list[Row] | None:
    if chains is None:
        return None
    keys = ("role", "by", "time", "reference", "authenticated")
    return [
        {
            "document": chain.document,
            "roles": list(chain.roles),
            "next": chain.next,
            "complete": chain.complete,
            "signed": [{key: entry.get(key) for key in keys} for entry in chain.entries],
        }
        for chain in chains
    ]


def ending(run: archive.Run, words: Words) -> str:
    """Where and why an incomplete run ended; empty for a complete one."""
    if run.state != "incomplete":
        return ""
    cause = words.get(f"machine.{run.cause}") or words.code("cause_of_end", run.cause)
    step = words(f"step.{run.stopped}") if run.stopped and run.cause in archive.CUT else ""
    return words("run.ended", step=step, cause=cause) if step else cause
