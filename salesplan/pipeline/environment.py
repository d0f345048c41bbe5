"""The environment notebooks see: what Python and the machine need, none of the caller's secrets."""

import os

KEPT = (
    "PATH", "HOME", "USERPROFILE", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP",
    "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "LD_LIBRARY_PATH",
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MPLCONFIGDIR", "JUPYTER_RUNTIME_DIR",
    "JPY_PARENT_PID", "JPY_INTERRUPT_EVENT",
)  # fmt: skip
KINDS = ("LC_", "PYTHON", "SALESPLAN_")


def reduced() -> dict[str, str]:
    """What is kept of this process's environment."""
    found = os.environ.items()
    return {name: value for name, value in found if name.upper() in KEPT or name.upper().startswith(KINDS)}


def reduce() -> None:
    """Take everything else out of this process's environment."""
    for name in os.environ.keys() - reduced().keys():
        del os.environ[name]
