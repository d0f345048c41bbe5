"""How the command ends when it is told to: in good order, and within seconds whatever it is doing."""

import os
import signal
import socket
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import NoReturn

GRACE = 4.0  # seconds to name the run incomplete and to end all processes
NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


def answer_signals() -> None:
    """From now on Ctrl-C, a request to end and a closed terminal all raise `KeyboardInterrupt`, once.

    One that is ignored, as under `nohup`, stays ignored. The program ends after `GRACE` seconds even while a library
    does not give back control.
    """
    numbers = {getattr(signal, name) for name in NAMES if hasattr(signal, name)}
    numbers = {number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN}

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)  # the first is enough; what follows must not break the tidying up
        raise KeyboardInterrupt

    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    for number in numbers:
        signal.signal(number, interrupt)
    signal.set_wakeup_fd(theirs.detach(), warn_on_full_buffer=False)
    threading.Thread(target=_end_after_grace, args=(ours, numbers), daemon=True).start()


def _end_after_grace(ours: socket.socket, numbers: set[int]) -> None:
    """The system's own handler writes the number of each signal here, also while Python's cannot run."""
    while not numbers & set(ours.recv(64)):
        pass
    time.sleep(GRACE)
    try:
        end_children()
    finally:
        os._exit(1)


def end_children() -> None:
    """End every process this one has started, and theirs, at once: none goes on unseen or holds the terminal."""
    import psutil

    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it may have ended meanwhile
            one.kill()
