"""How long the archive takes: `verify` on a run of one gigabyte.

    python tests/benchmarks/archive.py [MEGABYTES]

Section verify: a run made by hand of files of 8 MB, intact, then with one byte changed; the seconds of hashing it all
and of the whole check (below 10 for 1,000 MB on two cores).
"""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from small_archive import make_plan, make_run, shown

from salesplan import archive
from salesplan.archive.verifying import verify

FILE = 8_000_000


def grown(folder: Path, megabytes: int) -> None:
    """Add files to a run and seal it with them."""
    for number in range(megabytes * 1_000_000 // FILE):
        (folder / "tables" / f"{number:04}.csv").write_bytes(os.urandom(FILE - 1) + b"\n")
    manifest = archive.read_manifest(folder)
    files = archive.files_of(folder)
    content = archive.content_hash(manifest["inputs"], files, manifest["changes"])
    page = (folder / "index.html").read_text().replace(shown(manifest["content"]), shown(content))
    (folder / "index.html").write_text(page)
    files["index.html"] = archive.file_digest(folder / "index.html")
    archive.write_manifest(folder, {**manifest, "files": files, "content": content})


def section_verify(megabytes: int) -> None:
    """Print the seconds of a check, intact and with one byte changed."""
    with TemporaryDirectory() as base:
        folder = make_run(make_plan(Path(base)), registered=False)
        grown(folder, megabytes)
        for title in ("intact", "one byte changed"):
            began = time.perf_counter()
            report = verify(archive.find_run(str(folder)))
            seconds = time.perf_counter() - began
            rate = report.size / 1e6 / seconds
            print(f"verify, {title:17} {seconds:5.2f} s for {report.size / 1e6:,.0f} MB ({rate:,.0f} MB/s)")
            assert len(report.wrong) == (title != "intact")
            with (folder / "tables" / "0000.csv").open("r+b") as file:
                file.seek(FILE // 2)
                old = file.read(1)
                file.seek(FILE // 2)
                file.write(bytes([old[0] ^ 1]))


if __name__ == "__main__":
    section_verify(int(sys.argv[1]) if sys.argv[1:] else 1000)
