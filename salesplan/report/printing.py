"""A PDF of an HTML file, printed by the Chromium that is installed on the machine."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

SETTING = "CHROMIUM"
NAMES = (
    "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge", "msedge",
)  # fmt: skip
PATIENCE = 180.0  # seconds
# Nothing is asked from outside: no name is looked up, nothing is updated, reported or fetched.
QUIET = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--disable-breakpad", "--disable-dev-shm-usage", "--mute-audio", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9", "--no-pdf-header-footer", "--disable-pdf-tagging",
)  # fmt: skip


class PrintError(Exception):
    """No PDF could be made: `code` says why, a sentence of section `printing`; `values` what it is filled with."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def browser() -> str:
    """The program that prints: what CHROMIUM names, else the first of the usual names; `PrintError` without one."""
    named = os.environ.get(SETTING, "")
    if named:
        found = shutil.which(named)
        if found is None:
            raise PrintError("not_there", setting=SETTING, program=named)
        return found
    found = next((place for place in map(shutil.which, NAMES) if place), None)
    if found is None:
        raise PrintError("none", setting=SETTING, names=", ".join(NAMES))
    return found


def print_pdf(page: Path, target: Path, patience: float = PATIENCE) -> int:
    """Print an HTML file as a PDF; returns its size in bytes.

    The target appears whole or not at all. Raises `PrintError` where no browser is found, or it does not print within
    `patience` seconds; none of its processes is left.
    """
    program = browser()
    # Beside the target: a browser that is locked up in its own part of the disk still gets there.
    with TemporaryDirectory(dir=target.parent, prefix="print-", ignore_cleanup_errors=True) as folder:
        made = Path(folder, "page.pdf")
        own = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # Chromium refuses it to root
        place = [f"--user-data-dir={Path(folder, 'profile')}", f"--print-to-pdf={made}"]
        said = _run([program, *QUIET, *own, *place, page.resolve().as_uri()], program, patience)
        if not made.is_file() or made.read_bytes()[:5] != b"%PDF-":
            raise PrintError("no_pdf", program=program, said=said or "-")
        made.replace(target)
    return target.stat().st_size


def _run(command: list[str], program: str, patience: float) -> str:
    """Run the browser; the last line it said. It is ended with all it has started, however this ends."""
    try:
        with _started(command) as process:
            try:
                _, said = process.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                raise PrintError("too_long", program=program, seconds=f"{patience:g}") from None
    except OSError as error:
        raise PrintError("no_pdf", program=program, said=str(error)) from None
    return next((line.strip() for line in reversed(said.decode(errors="replace").splitlines()) if line.strip()), "")


@contextmanager
def _started(command: list[str]) -> "Iterator[subprocess.Popen[bytes]]":
    """A process in a group of its own, which is ended whole."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
