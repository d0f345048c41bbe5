"""Words and formats in the plan's language; the catalogue is one file per language."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from salesplan import STEPS

LANGUAGES = ("zh", "en")
SCALES = {"元": 1, "万元": 10_000, "亿元": 100_000_000, "one": 1, "thousand": 1_000, "million": 1_000_000}
# English counts in thousands and millions: what a plan in the Chinese units is printed in, with decimals as fine.
ENGLISH = {"万元": ("thousand", 1), "亿元": ("million", 2)}
BLANK = "–"


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, found in tree.items():
        if isinstance(found, Mapping):
            yield from _flat(found, f"{prefix}{key}.")
        else:
            yield prefix + key, found


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """Every text of a language by its dotted key."""
    file = Path(__file__).with_name(f"{language}.toml")
    return dict(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))


def part(language: str, name: str) -> dict[str, str]:
    """The texts of one section and those below it, found without parsing all the others."""
    text = Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8")
    found = re.findall(rf"^\[{name}[.\]].*?(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    return dict(_flat(tomllib.loads("".join(found))))


class Words:
    """Texts of the catalogue and people's formats of numbers, months and dates.

    `display_unit` is the unit in which money is printed (万元, million, ...; in English thousand for 万元, million for
    亿元); money comes in fen.
    """

    def __init__(self, language: str, display_unit: str = "元", currency: str = "CNY") -> None:
        self.language = language
        self.texts = catalogue(language)
        usual = (display_unit, 0 if SCALES[display_unit] == 1_000 else 2)
        self.display_unit, self.places = ENGLISH.get(display_unit, usual) if language == "en" else usual
        self.currency = currency
        self.scale = SCALES[self.display_unit] * 100
        self.names: dict[str, str] = {}

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key with its fields filled; `KeyError` where the catalogue lacks it."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def get(self, key: str, default: str = "") -> str:
        """The text of a key, or the default."""
        return self.texts.get(key, default)

    @property
    def unit(self) -> str:
        """The money unit as axes and captions name it, such as 万元 or thousand CNY."""
        if self.language == "zh":
            named = self.get(f"unit.{self.display_unit}", self.display_unit)
            own = self.get(f"unit.{self.currency}", self.currency)
            return named if self.currency == "CNY" else named.replace("元", own)
        scale = self.get(f"unit.{self.display_unit}", self.display_unit)
        return f"{scale} {self.currency}".strip()

    def code(self, family: str, name: str) -> str:
        """What people call a code of the tables, such as `estimate`, `growth`; a name of the user's stays."""
        return self.get(f"code.{family}.{name}", name)

    def person(self, rep: str) -> str:
        """A rep's name where one is known, else the key or what people call it."""
        return self.names.get(rep) or self.code("member", rep)

    def column(self, name: str, table: str = "") -> str:
        """Header words of a column, those of the table and of its step first; `amount_stretch` names the level."""
        owners = [table, *(stem for stem in STEPS if table.startswith(stem))]
        for key in (*(f"own_column.{owner}.{name}" for owner in owners), f"column.{name}"):
            if key in self.texts:
                return self.texts[key]
        stem, _, rest = name.partition("_")
        known = f"column.{stem}" in self.texts and rest
        return f"{self.texts[f'column.{stem}']} · {self.code('level', rest)}" if known else name

    def number(self, value: float | Decimal | int | None, decimals: int = 0) -> str:
        """A number with grouped thousands; a dash where it is unknown."""
        if value is None or _unknown(value):
            return BLANK
        return _minus(f"{round_half_away(value, decimals):,.{decimals}f}")

    def money(self, fen: float | int | None, *, unit: bool = True, decimals: int | None = None) -> str:
        """Fen as people read money: `560.00 万元`."""
        if fen is None or _unknown(fen):
            return BLANK
        places = self.places if decimals is None else decimals
        text = self.number(Decimal(int(fen)) / self.scale, places)
        return f"{text} {self.unit}" if unit else text

    def percent(self, share: float | Decimal | None, decimals: int = 1) -> str:
        """A fraction of one as a percentage."""
        if _unknown(share):
            return BLANK
        return self.number(Decimal(str(share)) * 100, decimals) + "%"

    def month(self, month: str) -> str:
        """A month label as people write it: 2027年3月, Mar 2027."""
        year, number = month.split("-")
        return self("month.long", year=year, month=self.texts[f"month.{int(number)}"])

    def month_short(self, month: str) -> str:
        """A month label without its year: 3月, Mar."""
        return self.texts[f"month.{int(month.split('-')[1])}"]

    def ten_day(self, period: str) -> str:
        """A ten-day period of a month, such as `2027-12-T3`, as people write it: 12月下旬, last days of Dec."""
        month, _, third = period.rpartition("-T")
        return self("month.ten_day", month=self.month_short(month), part=self.code("third", third))

    def date(self, day: date | None) -> str:
        """A date as people write it."""
        if day is None or day != day:
            return BLANK
        return self("month.date", year=day.year, month=self.texts[f"month.{day.month}"], day=day.day)

    def list(self, names: list[str]) -> str:
        """Names in a row: 甲、乙、丙 or a, b, c."""
        return self("mark.list").join(names)


def round_half_away(value: float | Decimal | int, decimals: int) -> Decimal:
    """A number rounded half away from zero, as people round on paper."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP")


def _unknown(value: Any) -> bool:
    return value is None or str(value) in ("nan", "NaN", "<NA>", "NaT")


def _minus(text: str) -> str:
    zero = not any(c in "123456789" for c in text)
    return text.lstrip("-") if zero else text
