"""Engines for papermill: one forks a child per notebook from a parent that has only imported, one uses a kernel.

`papermill --engine salesplan notebooks/1_annual_target.ipynb out.ipynb` uses it; `salesplan run` does by default.
"""

import multiprocessing
import signal
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, NBClientEngine, papermill_engines
from traitlets.config import Config

from salesplan.pipeline import environment, forks
from salesplan.pipeline.prose import localize

SILENCE = 600
SKIP = "skip-execution"


NAMES = {"fork": "salesplan", "kernel": "salesplan-kernel"}


class ForkedEngine(Engine):
    """Executes a notebook's cells in a forked child, supervised from here."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> NotebookNode:
        """Run every code cell but those tagged `skip-execution`; an error ends the run and stays in its cell."""
        localize(nb_man.nb, options.get("stem", ""), options.get("prose", "zh"))
        nb_man.nb.metadata["language_info"] = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
        patience = options.get("execution_timeout") or SILENCE
        _Supervisor(nb_man, patience, options.get("on_cell")).run(charts=options.get("charts", True))
        return nb_man.nb


class KernelEngine(NBClientEngine):
    """Executes a notebook in a Jupyter kernel, where a fork is not to be had."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> NotebookNode:
        """Run every code cell but those tagged `skip-execution` in a kernel of its own."""
        localize(nb_man.nb, options.pop("stem", ""), options.pop("prose", "zh"))
        options.pop("charts", None)  # a kernel draws them as they are asked for
        tell = options.pop("on_cell", None) or (lambda cell: None)
        begin = nb_man.cell_start

        def cell_start(cell: NotebookNode, cell_index: int | None = None, **rest: Any) -> None:
            tell(cell["id"])
            begin(cell, cell_index, **rest)

        nb_man.cell_start = cell_start
        # TCP would be open to every user of the machine; a kernel that is done need not be asked to leave.
        client = {"shutdown_kernel": "immediate", "kernel_manager_class": _manager()}
        options["config"] = Config({"KernelManager": {"transport": "ipc"}, "NotebookClient": client})
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


def _manager() -> type:
    """Starts kernels with an environment of their own and no modules from the working directory."""
    from jupyter_client.manager import AsyncKernelManager

    class OwnEnvironment(AsyncKernelManager):
        async def _async_start_kernel(self, **options: Any) -> None:
            env = environment.reduced() | {forks.SAFE_PATH: "1"}
            await super()._async_start_kernel(**{**options, "env": env})

        start_kernel = _async_start_kernel

    return OwnEnvironment


def register() -> None:
    """Make both engines known to papermill by name, also where no entry point is installed."""
    papermill_engines.register(NAMES["fork"], ForkedEngine)
    papermill_engines.register(NAMES["kernel"], KernelEngine)


class _Supervisor:
    """Follows one child through the cells of its notebook."""

    def __init__(self, nb_man: Any, patience: float, on_cell: Any) -> None:
        self.nb_man = nb_man
        self.patience = patience
        self.on_cell = on_cell or (lambda cell: None)
        self.running: int | None = None

    def run(self, *, charts: bool) -> None:
        cells = [
            (position, cell["id"], cell["source"])
            for position, cell in enumerate(self.nb_man.nb.cells)
            if cell["cell_type"] == "code" and SKIP not in cell["metadata"].get("tags", []) and cell["source"].strip()
        ]
        channel, theirs = multiprocessing.Pipe()
        process = forks.start("salesplan.pipeline.child", "run_notebook", theirs, cells, str(Path.cwd()), charts)
        theirs.close()
        try:
            while self._receive(process, channel):
                pass
        finally:
            forks.end(process)

    def _receive(self, process: ForkServerProcess, channel: Connection) -> bool:
        if not channel.poll(self.patience):
            return self._lost("CellTimeout", f"no word for {self.patience:g} seconds")
        try:
            kind, *rest = channel.recv()
        except (EOFError, OSError):
            process.join(5)
            return self._lost("ProcessDied", f"the notebook's process ended: {_ending(process.exitcode)}")
        if kind == "start":
            self._began(rest[0])
        elif kind == "end":
            self._ended(*rest)
        elif kind == "drawing":
            self.running = rest[0]
        elif kind == "charts":
            self._drawn(rest[0])
        return bool(kind != "done")

    def _began(self, position: int) -> None:
        self.running = position
        cell = self.nb_man.nb.cells[position]
        self.on_cell(cell["id"])
        self.nb_man.cell_start(cell, position)

    def _ended(self, position: int, outputs: list[dict[str, Any]], count: int, failed: bool) -> None:
        cell = self.nb_man.nb.cells[position]
        cell["outputs"] = [from_dict(output) for output in outputs]
        cell["execution_count"] = count
        self.running = None
        if failed:
            self.nb_man.cell_exception(cell, position)
        self.nb_man.cell_complete(cell, position)

    def _drawn(self, charts: dict[str, tuple[str, str]]) -> None:
        """Put finished pictures where their names stand."""
        for cell in self.nb_man.nb.cells:
            for output in cell.get("outputs", ()):
                data = output.get("data", {})
                if data.get("image/svg+xml") in charts:
                    data["image/svg+xml"], data["text/plain"] = charts[data["image/svg+xml"]]

    def _lost(self, name: str, text: str) -> bool:
        """The child said nothing or is gone: the running cell failed, and says so."""
        position = self.running if self.running is not None else 0
        outputs = [{"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}]
        self._ended(position, outputs, 0, failed=True)
        return False


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit status {code}"
