"""Runs the cells of one notebook in a process of its own and reports each cell as it ends."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from salesplan.pipeline.drawing import Easel, undrawn

Output = dict[str, Any]
SKIP = "skip-execution"


class _Outputs:
    """Outputs of the running cell, in notebook form."""

    def __init__(self) -> None:
        self.found: list[Output] = []

    def stream(self, name: str, text: str) -> None:
        """Keep what a cell prints; pieces of one stream become one output."""
        last = self.found[-1] if self.found else {}
        if last.get("output_type") == "stream" and last.get("name") == name:
            last["text"] += text
        else:
            self.found.append({"output_type": "stream", "name": name, "text": text})

    def take(self) -> list[Output]:
        """The outputs so far, of which nothing is kept."""
        found, self.found = self.found, []
        return found


OUTPUTS = _Outputs()


class _Hook(DisplayHook):
    """Keeps a cell's last value as its result."""

    def write_output_prompt(self) -> None:
        """No prompt: the notebook has its own."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Keep every form of the value."""
        count = self.prompt_count
        OUTPUTS.found.append(
            {
                "output_type": "execute_result",
                "execution_count": count,
                "data": dict(format_dict),
                "metadata": md_dict or {},
            }
        )

    def finish_displayhook(self) -> None:
        """Nothing is printed, so nothing is to be finished."""
        self._is_active = False


class _Publisher(DisplayPublisher):
    """Keeps what `display` shows."""

    def publish(self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **_: Any) -> None:
        """Keep every form of the value."""
        OUTPUTS.found.append({"output_type": "display_data", "data": dict(data), "metadata": metadata or {}})


class _Stream(io.TextIOBase):
    """Standard output or error of a cell."""

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, text: str) -> int:
        """Keep what is printed; its length."""
        OUTPUTS.stream(self.name, text)
        return len(text)


class _Shell(InteractiveShell):
    """A shell that keeps tracebacks as outputs."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        # papermill takes a plain exit for success; a notebook that exits before its end has failed.
        text = f"status {evalue or 0}" if etype is SystemExit else str(evalue)
        OUTPUTS.found.append({"output_type": "error", "ename": etype.__name__, "evalue": text, "traceback": list(stb)})


def _shell() -> _Shell:
    from traitlets.config import Config

    config = Config({"HistoryManager": {"enabled": False}})
    shell: _Shell = _Shell.instance(
        config=config, displayhook_class=_Hook, display_pub_class=_Publisher, colors="nocolor"
    )
    return shell


@contextmanager
def _captured() -> Iterator[None]:
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream("stdout"), _Stream("stderr")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept


def run_notebook(channel: Connection, cells: list[tuple[int, str, str]], folder: str, charts: bool = True) -> None:
    """Run `cells` (position, id, source); send ("start", position), then ("end", position, outputs, count, failed).

    Stops after the first failing cell. Charts follow in one ("charts", {name: (svg, title)}); without `charts` none is
    drawn.
    """
    os.chdir(folder)
    import pandas as pd

    from salesplan.workbook import Step

    pd.set_option("display.max_columns", 50)
    easel = Easel()
    Step.drawer = easel.take if charts else undrawn
    shell = _shell()
    for position, cell_id, source in cells:
        easel.position = position
        channel.send(("start", position))
        with _captured():
            result = shell.run_cell(source, store_history=True, cell_id=cell_id)
        outputs = OUTPUTS.take()
        # IPython shows the error of a value that cannot be shown and goes on; the cell has failed all the same.
        failed = not result.success or any(output["output_type"] == "error" for output in outputs)
        channel.send(("end", position, outputs, shell.execution_count - 1, failed))
        if failed:
            break
    try:
        channel.send(("charts", easel.finished(lambda position: channel.send(("drawing", position)))))
    except Exception:
        shell.showtraceback()
        channel.send(("end", easel.position, OUTPUTS.take(), shell.execution_count, True))
    channel.send(("done",))
