"""Charts drawn beside the cells: each in a forked helper, on the machine's other core."""

import os
import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from salesplan.charts.render import Chart, Sketch, draw


@dataclass(frozen=True)
class _Pending:
    sketch: Sketch
    position: int
    answer: BinaryIO


class Easel:
    """Takes sketches as cells run and gives the finished charts when they are asked for.

    Until then a chart's name stands where its picture will be.
    """

    def __init__(self) -> None:
        self.position = 0
        self._pending: list[_Pending] = []

    def take(self, sketch: Sketch) -> Chart:
        """Begin a chart in a helper; what is returned holds only its name."""
        read, write = os.pipe()
        if os.fork() == 0:
            os.close(read)  # else a helper whose parent has died would wait for a reader for ever
            _draw_and_leave(sketch, write)
        os.close(write)
        self._pending.append(_Pending(sketch, self.position, os.fdopen(read, "rb")))
        return Chart(sketch.name, sketch.name)

    def finished(self, tell: Callable[[int], None] = lambda position: None) -> dict[str, tuple[str, str]]:
        """SVG and title of every chart by its name; `tell` hears of each chart's cell before it is waited for.

        One that a helper could not draw is drawn here, so that its error is raised; `position` is then its cell's.
        """
        found = {}
        for pending in self._pending:
            self.position = pending.position
            tell(pending.position)
            with pending.answer:
                content = pending.answer.read()
            chart = draw(pending.sketch) if not content else Chart(*pickle.loads(content))  # from our own fork
            found[pending.sketch.name] = (chart.svg, chart.title)
        return found


def undrawn(sketch: Sketch) -> Chart:
    """What stands for a chart where only the tables are wanted."""
    return Chart("", sketch.name)


def _draw_and_leave(sketch: Sketch, write: int) -> None:
    # Nothing of the parent may run on in the copy: it ends here, whatever happens.
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        chart = draw(sketch)
        with os.fdopen(write, "wb") as answer:
            answer.write(pickle.dumps((chart.svg, chart.title)))
    finally:
        os._exit(0)


def _end_with(parent: int) -> None:
    """End when the notebook's process has: a chart that hangs does not outlive it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
