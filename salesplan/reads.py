"""What a step reads: so that the next run can tell whether the step would come out the same."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class Watched(Mapping[str, Value]):
    """A mapping that notes which of its names are asked for, also where they are absent; `kind` goes before them."""

    def __init__(self, given: Mapping[str, Value], kind: str, reads: set[str]) -> None:
        self.given = given
        self.kind = kind
        self.reads = reads

    def __getitem__(self, name: str) -> Value:
        """The value, its name noted."""
        self.reads.add(f"{self.kind}:{name}")
        return self.given[name]

    def __contains__(self, name: object) -> bool:
        """Whether it is there; asking is a read as well."""
        self.reads.add(f"{self.kind}:{name}")
        return name in self.given

    def __iter__(self) -> Iterator[str]:
        """All names: then any of them counts."""
        self.reads.add(f"{self.kind}:*")
        return iter(self.given)

    def __len__(self) -> int:
        """How many: then any of them counts."""
        self.reads.add(f"{self.kind}:*")
        return len(self.given)
