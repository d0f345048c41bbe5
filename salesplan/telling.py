"""Faults found while a notebook runs: told there as sentences, and handed to the run that waits for it."""

import json
import re
from pathlib import Path
from typing import Any

from salesplan.errors import Fault, PlanError
from salesplan.params import Loaded
from salesplan.params.places import split_key
from salesplan.staging import FAULTS, INPUTS, write_whole
from salesplan.wording import Words
from salesplan.wording.messages import message

OWN_PLACE = re.compile(r"(\w+)\.yaml(?:[ :]+(\S+))?")


def placed(fault: Fault, loaded: Loaded) -> Fault:
    """A room's fault with the file's folder and line: a room knows only its parameters' names."""
    found = OWN_PLACE.fullmatch(fault.place)
    if found is None or found[1] not in loaded.documents:
        return fault
    path = tuple(split_key(found[2])) if found[2] else ()
    return Fault(fault.code, loaded.place(found[1], path), fault.value, fault.values)


def tell_in_notebook(loaded: Loaded, words: Words, run: Path | None) -> None:
    """From now on a `PlanError` in a cell shows its faults instead of a traceback; a run is told them too."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return

    def tell(shell: Any, kind: type[PlanError], error: PlanError, _trace: Any, **_: Any) -> None:
        faults = [placed(fault, loaded) for fault in error.faults]
        if run is not None and (run / INPUTS).is_dir():
            hand_over(faults, run)
        shell._showtraceback(kind, error, [message(fault, words) for fault in faults])

    shell.set_custom_exc((PlanError,), tell)


def hand_over(faults: list[Fault], run: Path) -> None:
    """Leave faults for the run that executes this notebook."""
    plain = [[fault.code, fault.place, fault.value, dict(fault.values)] for fault in faults]
    write_whole(run / INPUTS / FAULTS, json.dumps(plain, default=str, ensure_ascii=False).encode())


def handed_over(run: Path) -> list[Fault]:
    """The faults a notebook of this run left; none if it ended for another reason."""
    path = run / INPUTS / FAULTS
    return [Fault(*item) for item in json.loads(path.read_bytes())] if path.exists() else []
