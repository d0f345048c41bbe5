"""Parameters as a table for readers: meaning, value, unit."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_origin

from salesplan.params.reading import key_text
from salesplan.params.schema import meaning_key
from salesplan.terms import Terms
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

KeyPath = tuple[str | int, ...]
EMPTY: tuple[object, ...] = (None, (), "", {})
FEW = 2  # defaults of an item that may stand in rows of their own
# Keys whose values are the users' own names, never words of ours.
MEMBERS = ("rep", "region", "team", "manager", "grade", "customer_grade", "product", "line", "channel", "customer")
NAMES = ("name", *MEMBERS)


@dataclass(frozen=True)
class Row:
    """One parameter: its key, meaning, unit, value, and whether the value is one of a few words of ours."""

    key: KeyPath
    meaning: str
    unit: str
    value: Any
    coded: bool


@dataclass
class Walk:
    """A walk through a model: every value; of the items of a list only what the file says.

    `rows`: in the model's order, after each item one of the defaults that hold for it. `used`, `unused`: keys without
    positions that hold a value somewhere, and that hold none.
    """

    rows: list[Row | tuple[KeyPath, list[Row]]] = field(default_factory=list)
    used: set[KeyPath] = field(default_factory=set)
    unused: dict[KeyPath, None] = field(default_factory=dict)

    def model(self, terms: Terms, path: KeyPath, item: list[Row] | None, *, asked: bool = True) -> None:
        """A model's values; `item` collects what the file leaves to defaults, `asked` is False within a default."""
        for name, info in type(terms).model_fields.items():
            at, value = (*path, info.alias or name), getattr(terms, name)
            extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
            if extra.get("laid_out"):
                continue
            plain = tuple(part for part in at if isinstance(part, str))
            if value in EMPTY:
                self.unused[plain] = None
                continue
            self.used.add(plain)
            said = asked and (item is None or name in terms.model_fields_set)
            row = Row(at, info.description or "", str(extra.get("unit", "")), value, _coded(info.annotation))
            self.value(row, item, asked=said)

    def value(self, row: Row, item: list[Row] | None, *, asked: bool) -> None:
        """One value: of a model or mapping its parts, of a list of models its items."""
        value = row.value
        if isinstance(value, Terms):
            self.model(value, row.key, item, asked=asked)
        elif isinstance(value, tuple) and value and isinstance(value[0], Terms):
            for index, one in enumerate(value):
                left: list[Row] = []
                self.model(one, (*row.key, index), left)
                self.rows += left if len(left) <= FEW else [((*row.key, index), left)]
        elif isinstance(value, dict):
            for key, one in value.items():
                self.value(Row((*row.key, key), row.meaning, row.unit, one, row.coded), item, asked=asked)
        elif value not in EMPTY:
            (self.rows if asked or item is None else item).append(row)


def _coded(annotation: Any) -> bool:
    """Whether a type allows words of ours."""
    return get_origin(annotation) is Literal or any(_coded(part) for part in getattr(annotation, "__args__", ()))


def _text(value: Any, row: Row, stem: str, words: Words) -> str:
    if isinstance(value, tuple):
        return words.list([_text(item, row, stem, words) for item in value])
    if isinstance(value, bool):
        return words("mark.yes" if value else "mark.no")
    if isinstance(value, Decimal) and row.unit.startswith("currency"):
        return words.number(value, 2 if value != value.to_integral_value() else 0)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    own = words.get(f"own_choice.{meaning_key(stem, row.key).removeprefix('param.')}.{value}")
    return own or (words.code("choice", str(value)) if row.coded or row.key[-1] not in NAMES else str(value))


def assumptions_frame(stem: str, rules: Terms, words: Words) -> "pd.DataFrame":
    """One row per parameter in force: key as in the file, meaning, value, unit.

    What an item of a list, such as a commission plan, leaves to its defaults stands in one row behind it; what is not
    used at all in the last one. Left out is what a section of the report lays out whole.
    """
    import pandas as pd

    walk = Walk()
    walk.model(rules, (), None)
    rows = [_row(stem, row, words) if isinstance(row, Row) else _defaults(stem, *row, words) for row in walk.rows]
    unused = [key_text(key) for key in walk.unused if key not in walk.used and not _within(key, walk)]
    rows += [("", words("assumed.unused"), words.list(unused), "")] if unused else []
    return pd.DataFrame(rows, columns=["parameter", "meaning", "setting", "parameter_unit"], dtype="str")


def _row(stem: str, row: Row, words: Words) -> tuple[str, str, str, str]:
    unit = words.get(f"unit.{row.unit}", row.unit)
    return key_text(row.key), _meaning(stem, row.key, row.meaning, words), _text(row.value, row, stem, words), unit


def _defaults(stem: str, item: KeyPath, left: list[Row], words: Words) -> tuple[str, str, str, str]:
    texts = [f"{key_text(row.key[len(item) :])} {_text(row.value, row, stem, words)}" for row in left]
    return key_text(item), words("assumed.defaults"), words.list(texts), ""


def _within(key: KeyPath, walk: Walk) -> bool:
    """Whether a whole of which this is a part is not used either."""
    return any(key[:end] in walk.unused and key[:end] not in walk.used for end in range(1, len(key)))


def _meaning(stem: str, at: KeyPath, meaning: str, words: Words) -> str:
    # Keys of free mappings (levels, weights) are the user's own: the meaning stands at the mapping.
    for end in range(len(at), 0, -1):
        if text := words.get(meaning_key(stem, at[:end])):
            return text
    return meaning
