"""Progress on the terminal: step, cell, seconds."""

import sys
import time
from contextlib import suppress

from salesplan.wording import Words


class Lines:
    """One line a step; on a terminal the running cell is shown in it as it changes."""

    def __init__(self, words: Words, *, quiet: bool = False) -> None:
        self.words = words
        self.quiet = quiet
        self.live = sys.stderr.isatty() and not quiet
        self.began = time.monotonic()

    def step(self, stem: str) -> None:
        """A step begins."""
        self.began = time.monotonic()

    def cell(self, stem: str, cell: str) -> None:
        """A cell of a step begins."""
        if self.live:
            seconds = time.monotonic() - self.began
            _write(f"\r\033[K  {self.words(f'step.{stem}')}  {cell}  {seconds:.1f} s")

    def done(self, stem: str, seconds: float) -> None:
        """A step is done."""
        if self.live:
            _write("\r\033[K")
        if not self.quiet:
            _write(f"  {self.words(f'step.{stem}')}  {seconds:.1f} s\n")

    def taken_over(self, stem: str, run: str, *, signed: bool) -> None:
        """A step is taken over from a run: unchanged since, or as it was signed."""
        if not self.quiet:
            said = self.words("run.settled" if signed else "run.taken_over", step=self.words(f"step.{stem}"), run=run)
            _write(f"  {said}\n")


def _write(text: str) -> None:
    with suppress(OSError):  # nobody reads it any more; the run goes on
        sys.stderr.write(text)
        sys.stderr.flush()
