"""Passwords and keys have no place in parameter files: they would be copied into every run and its report."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from salesplan.errors import Fault

NAMES = (
    r"(?:(?:\w+[_-])?(?:password|passwd|pwd|passphrase|secret|api[_-]?key|apikey|access[_-]?key|secret[_-]?key"
    r"|private[_-]?key|auth[_-]?token|access[_-]?token)|token|credentials?|密码|口令|密钥|令牌)"
)
# A password stands in an address, behind a name that says so, or shows itself by its form. `${NAME}` is none.
FORMS = {
    "secret_address": re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:(?!\$\{\w+\}@)[^\s/@'\"]+@", re.IGNORECASE),
    "secret_block": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "secret_form": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)"
    ),
    "secret_name": re.compile(
        rf"(?:^|[\s{{,?&;'\"]){NAMES}['\"]?\s*[:=\uff1a](?!\s*(?:\$\{{|null\b|~|['\"]{{2}}|#|$|[,}}]))", re.IGNORECASE
    ),
}
ADVICE = {"form": "${NAME}"}


def secret_of(text: str) -> str:
    """Which form of secret a text holds, as the code of its message; empty if none."""
    return next((code for code, form in FORMS.items() if form.search(text)), "")


def secrets_in(text: str, file: str) -> Iterator[Fault]:
    """A fault for every line of a parameter file that holds a secret, comments too; the secret itself is not told."""
    for number, line in enumerate(text.splitlines(), start=1):
        if code := secret_of(line):
            yield Fault(code, f"{file} line {number}", None, ADVICE)


def secrets_set(changes: Mapping[str, Any]) -> Iterator[Fault]:
    """A fault for every `--set` that holds a secret."""
    for key, value in changes.items():
        if code := secret_of(f"{key.rpartition('.')[2]}: {value}"):
            yield Fault(code, f"--set {key}", None, ADVICE)


def untold(faults: Iterable[Fault], secrets: Iterable[Fault]) -> list[Fault]:
    """The other faults without those at the place of a secret, which would print it."""
    places = tuple({fault.place for fault in secrets})
    return [fault for fault in faults if not any(_is_at(fault.place, place) for place in places)]


def _is_at(place: str, secret: str) -> bool:
    return place.startswith(secret) and not place[len(secret) :][:1].isdigit()
