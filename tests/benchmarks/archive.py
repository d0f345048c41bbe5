"""What the archive costs: running again, checking a run, finding a bad value in very many order lines.

    python tests/benchmarks/archive.py [rerun [ROUNDS]] [verify [MEGABYTES]] [lines [COUNT]]

Without a word all three; each prints what it measured beside what it is held against.

rerun   whole `run` commands on the demo plan: nothing changed (at most 0.3 s beyond starting Python and hashing the
        inputs) and one commission parameter changed (at most 0.5 of a full run), medians of 3 rounds
verify  a run of files of 8 MB each, 1,000 MB together, intact and with one byte changed (at most 10 s), beside SHA-256
        of the same files
lines   the whole `run` command on 10,000,000 order lines, the amount of the last `12oo` (refused in at most 15 s,
        before any step begins), beside reading the file with pyarrow
"""

import hashlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
from small_archive import make_plan, make_run, shown

from salesplan import archive
from salesplan.archive.verifying import verify

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("salesplan"))


def clocked(work: Callable[[], object]) -> float:
    """Seconds of a piece of work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def timed(base: Path, *command: str, status: int = 0) -> tuple[float, str]:
    """Seconds of one whole process that ends with this status, and what it says where that is an error."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    done = subprocess.run(command, cwd=base, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode != status:
        raise SystemExit(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}")
    return seconds, done.stderr.strip()


# ---------------------------------------------------------------- running again

HASHING = (
    "import hashlib, pathlib, sys\nfor p in pathlib.Path(sys.argv[1]).rglob('*.*'): hashlib.sha256(p.read_bytes())"
)
PLAN = "params/henan-2027"


def rerun(rounds: int = 3) -> None:
    """Full runs, runs with nothing changed and with one parameter changed, in turn."""
    seconds: dict[str, list[float]] = {"full": [], "hashing": [], "nothing changed": [], "one parameter": []}
    with TemporaryDirectory() as folder:
        base = Path(folder)
        for name in ("notebooks", "params"):
            shutil.copytree(ROOT / name, base / name)
        terms = base / PLAN / "commission.yaml"
        text = terms.read_text(encoding="utf-8")
        for number in range(rounds):
            seconds["full"].append(timed(base, COMMAND, "run", PLAN, "--fresh")[0])
            seconds["hashing"].append(timed(base, sys.executable, "-c", HASHING, PLAN)[0])
            seconds["nothing changed"].append(timed(base, COMMAND, "run", PLAN)[0])
            terms.write_text(text.replace("rate: 0.015", f"rate: 0.015{number + 1}", 1), encoding="utf-8")
            seconds["one parameter"].append(timed(base, COMMAND, "run", PLAN)[0])
            terms.write_text(text, encoding="utf-8")
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    for name, median in medians.items():
        print(f"rerun, {name:16} median {median:6.2f} s of {rounds}")
    beyond = medians["nothing changed"] - medians["hashing"]
    print(f"rerun, nothing changed − (start of Python and hashing) {beyond:.2f} s (at most 0.3)")
    print(f"rerun, one parameter ÷ full {medians['one parameter'] / medians['full']:.2f} (at most 0.5)")


# ---------------------------------------------------------------- verify

FILE = 8_000_000


def verifying(megabytes: int = 1000) -> None:
    """A check of a large run, intact and with one byte changed, beside hashing its files alone."""
    with TemporaryDirectory() as base:
        folder = make_run(make_plan(Path(base)), registered=False)
        grown(folder, megabytes)
        hashing = clocked(lambda: hash_all(folder))
        print(f"verify, SHA-256 of all files {hashing:5.2f} s")
        for title in ("intact", "one byte changed"):
            began = time.perf_counter()
            report = verify(archive.find_run(str(folder)))
            seconds = time.perf_counter() - began
            figures = f"{report.size / 1e6:,.0f} MB, {seconds / hashing:.2f} of hashing alone"
            print(f"verify, {title:20} {seconds:5.2f} s (at most 10 for 1,000 MB), {figures}")
            assert len(report.wrong) == (title != "intact")
            change(folder / "tables" / "0000.csv")


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


def hash_all(folder: Path) -> None:
    """SHA-256 of every file, one after the other."""
    for path in sorted(folder.rglob("*.*")):
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")


def change(path: Path) -> None:
    """Turn one bit in the middle of a file."""
    with path.open("r+b") as file:
        file.seek(FILE // 2)
        old = file.read(1)
        file.seek(FILE // 2)
        file.write(bytes([old[0] ^ 1]))


# ---------------------------------------------------------------- order lines

PIECE = 1_000_000
TERMS = "fiscal_year: 2027\nlanguage: en\ninputs: {sales: data/sales.csv}\n"
BAD = "2027-01-31,O9999999,12oo,R001,P01,C0001\n"


def lines(count: int = 10_000_000) -> None:
    """The command on very many order lines with a bad last one: seconds, memory, what it says; no run began."""
    with TemporaryDirectory() as folder:
        base = Path(folder)
        shutil.copytree(ROOT / "notebooks", base / "notebooks")
        plan = base / "params" / "large"
        (plan / "data").mkdir(parents=True)
        (plan / "plan.yaml").write_text(TERMS)
        (plan / "annual_target.yaml").write_text("levels: {commit: 5600000}\n")
        path = plan / "data" / "sales.csv"
        write(path, count)
        reading = clocked(lambda: pv.read_csv(path))
        seconds, said = timed(base, COMMAND, "run", "params/large", status=2)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 / 1024
        begun = (base / "outputs").exists()
        size = path.stat().st_size / 1e6
    print(f"lines, pyarrow reads {count:,} lines of {size:.0f} MB in {reading:.1f} s")
    print(f"lines, run refuses them in {seconds:.1f} s (at most 15), {seconds / reading:.1f} of reading, {peak:.2f} GB")
    print(f"lines, a step began: {'yes' if begun else 'no'}; said: {said}")
    assert f"row {count + 1} " in said
    assert not begun


def lines_of(first: int, size: int) -> pa.Table:
    """Order lines of three years: date, order (two lines each), amount, rep, product, customer."""
    random = np.random.default_rng(first)
    days = np.datetime64("2024-01-01") + random.integers(0, 1095, size)
    numbers = {
        "order": np.char.mod("O%07d", (first + np.arange(size)) // 2),
        "amount": np.char.mod("%.2f", random.integers(100, 9_999_99, size) / 100),
        "rep": np.char.mod("R%03d", random.integers(0, 1_000, size)),
        "product": np.char.mod("P%02d", random.integers(0, 100, size)),
        "customer": np.char.mod("C%04d", random.integers(0, 10_000, size)),
    }
    return pa.table({"date": pa.array(days.astype(str)), **{name: pa.array(found) for name, found in numbers.items()}})


def write(path: Path, count: int) -> None:
    """The file: a header, good lines, one bad line at the end."""
    with path.open("wb") as file:
        for first in range(0, count - 1, PIECE):
            head = pv.WriteOptions(include_header=first == 0, quoting_style="none")
            pv.write_csv(lines_of(first, min(PIECE, count - 1 - first)), file, head)
        file.write(BAD.encode())


# ---------------------------------------------------------------- which of them

SECTIONS: dict[str, Callable[..., None]] = {"rerun": rerun, "verify": verifying, "lines": lines}


def main(words: list[str]) -> None:
    """Run the sections named, each with the number behind it; all without one."""
    sizes = {word: int(after) for word, after in pairwise(words) if after.isdigit()}
    unknown = [word for word in words if word not in SECTIONS and not word.isdigit()]
    if unknown:
        raise SystemExit(f"{', '.join(unknown)}: only {', '.join(SECTIONS)}")
    for name in [word for word in words if word in SECTIONS] or SECTIONS:
        SECTIONS[name](*([sizes[name]] if name in sizes else []))


if __name__ == "__main__":
    main(sys.argv[1:])
