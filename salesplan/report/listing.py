"""The plan's index: all runs, newest first."""

from pathlib import Path

from salesplan import archive
from salesplan.report.html import write_html
from salesplan.wording import Words


def write_listing(outputs: Path, words: Words) -> None:
    """Write `outputs/<plan>/index.html` from the manifests of its runs."""
    found = archive.runs(outputs)
    rows = [
        {
            "name": run.name,
            "link": f"{run.name}/index.html" if run.state != "incomplete" else "",
            "state": words.code("state", run.state),
            "created": str(run.manifest.get("created", ""))[:16].replace("T", " "),
            "as_of": run.manifest.get("as_of") or "",
            "changes": run.manifest.get("changes", {}),
            "headline": run.manifest.get("headline", []),
            "cause": words.code("cause_of_end", run.manifest.get("cause", "")) if run.state == "incomplete" else "",
        }
        for run in found
    ]
    title = str(found[0].manifest.get("title") or outputs.name) if found else outputs.name
    write_html(
        outputs / "index.html", "listing.html.j2", words, title=title, heading=words("report.runs"), rows=rows, links=[]
    )
