"""What is to be varied, as it is typed: `--vary seasonal_split.method=even,last_year`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from salesplan import AS_OF
from salesplan.errors import Fault
from salesplan.params import read_value

MOST = 24  # scenarios of one sweep
OPENING, CLOSING, QUOTES = "[{", "]}", "\"'"


@dataclass(frozen=True)
class Asked:
    """Parameters to vary with their values as typed, changes that hold in every scenario, and what is wrong in it."""

    varied: Mapping[str, Sequence[str]]
    fixed: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Fault] = ()

    @property
    def count(self) -> int:
        """How many scenarios there are: every combination of the values."""
        count = 1
        for values in self.varied.values():
            count *= len(values)
        return count if self.varied else 0

    @property
    def scenarios(self) -> list[dict[str, str]]:
        """The values of each scenario by parameter; the last parameter varies fastest."""
        return [dict(zip(self.varied, values, strict=True)) for values in product(*self.varied.values())]

    @property
    def singles(self) -> list[dict[str, str]]:
        """Each value alone, to be checked where there are more combinations than may be run."""
        return [{key: value} for key, values in self.varied.items() for value in values]


def asked(given: Sequence[str], set_: Sequence[str] = (), as_of: str | None = None) -> Asked:
    """Read every `KEY=V1,V2`, and the changes `set_` (`KEY=VALUE`) and month end that hold in all scenarios.

    A comma inside brackets or quotes belongs to its value: `rep_allocation.ramp=[0, 0.5],[0.5, 1]` are two lists.
    """
    pairs = [(text, *(part.strip() for part in text.partition("="))) for text in given]
    faults = [Fault("vary_form", "--vary", text) for text, key, mark, _ in pairs if not (mark and key)]
    if not given:
        faults.append(Fault("vary_missing", "--vary"))
    faults += [Fault("set_form", "--set", text) for text in set_ if "=" not in text]
    fixed = {key.strip(): value for key, mark, value in (text.partition("=") for text in set_) if mark}
    fixed |= {AS_OF: as_of} if as_of else {}
    varied: dict[str, Sequence[str]] = {}
    for key, values in ((key, split(rest)) for _, key, mark, rest in pairs if mark and key):
        faults += _clashing(key, [*varied, *fixed])
        faults += _value_faults(key, values)
        varied.setdefault(key, values)
    found = Asked(varied, fixed, faults)
    if found.count > MOST:
        over = Fault("vary_many", "--vary", None, {"count": found.count, "most": MOST})
        return Asked(varied, fixed, [*faults, over])
    return found


def split(text: str) -> list[str]:
    """The values between the commas that stand in no bracket and no quotes."""
    values, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in QUOTES and (depth or not values[-1].strip()):
            quote = sign
        elif sign in OPENING or sign in CLOSING:
            depth += 1 if sign in OPENING else -1
        elif sign == "," and depth == 0:
            values.append("")
            continue
        values[-1] += sign
    return [value.strip() for value in values]


def _clashing(key: str, others: Sequence[str]) -> Iterator[Fault]:
    """A parameter that is changed twice, or together with one it is a part of."""
    for other in others:
        if other == key or key.startswith((f"{other}.", f"{other}[")) or other.startswith((f"{key}.", f"{key}[")):
            yield Fault("vary_clash", f"--vary {key}", None, {"key": other})


def _value_faults(key: str, values: Sequence[str]) -> Iterator[Fault]:
    """A value that is not there, or there twice."""
    if not all(values):
        yield Fault("vary_empty", f"--vary {key}", ",".join(values))
    read = [read_value(value) for value in values]
    for at, value in enumerate(values):
        if value and read[at] in read[:at]:
            yield Fault("vary_twice", f"--vary {key}", value)
