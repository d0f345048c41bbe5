"""The processes of this machine as /proc tells them."""

import os
import time
from pathlib import Path


def marked(mark):
    """Processes whose command line or environment names the mark, but those that have ended and this one."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            text = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
            state = (place / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if mark.encode() in text and state != "Z" and int(place.name) != os.getpid():
            found.append((int(place.name), text.split(b"\0")[:3]))
    return found


def left_after(mark, seconds):
    """The marked processes that are still there after some seconds."""
    until = time.monotonic() + seconds
    while (found := marked(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    return found
