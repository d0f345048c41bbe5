"""What a column of the template says of itself: header, note, example, and the values it offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from salesplan.calendar import month_span
from salesplan.tables.codes import CODES
from salesplan.tables.contract import MONEY, Column, Spec
from salesplan.tables.names import names_in
from salesplan.tables.units import PLAIN_UNITS
from salesplan.terms import PlanTerms, Terms, VarianceReviewTerms
from salesplan.wording import Words

if TYPE_CHECKING:
    import pyarrow as pa

MOST_OFFERED = 2000  # members in a drop-down; among more nobody finds one
# Which table lists the members that others name.
LISTED_IN = {"rep": "reps", "product": "products", "customer": "customers", "outlet": "outlets"}
SAMPLES: Mapping[str, Any] = {
    "money": 12800,
    "exact_money": 12800,
    "quantity": 20,
    "number": 95,
    "rate": 0.13,
    "share": 0.5,
    "count": 3,
}


@dataclass(frozen=True)
class Choice:
    """The values a column offers: given ones, or those of a column of the template; `strict` refuses all others."""

    values: tuple[str, ...] = ()
    listed_in: str = ""
    strict: bool = False


@dataclass(frozen=True)
class Offer:
    """A plan as far as its template shows it: words, terms, the tables it has, the parameters of its steps."""

    words: Words
    terms: PlanTerms
    known: "Mapping[str, pa.Table]"
    rules: Mapping[str, Terms]

    @cached_property
    def first_day(self) -> date:
        """The first day of the fiscal year."""
        return month_span(self.terms.months[0], self.terms.month_cutoff)[0]

    def header(self, column: Column) -> str:
        """The header, which reading knows: in Chinese the commonest one, with the unit of money where it is one."""
        chinese = self.words.language == "zh"
        name = column.chinese if chinese else column.name.replace("_", " ")
        unit = "元" if chinese and self.terms.currency == "CNY" else self.terms.currency
        if column.type not in MONEY or unit.casefold() not in PLAIN_UNITS:
            return name
        return f"{name}（{unit}）" if chinese else f"{name} ({unit})"

    def note(self, spec: Spec, column: Column) -> str:
        """Whether the column is needed, what it holds, what is allowed."""
        values = {
            "currency": self.terms.currency,
            "month": self.terms.months[0],
            "day": self.first_day.isoformat(),
            "words": self.words.list(list(self.codes(column))),
        }
        kind = "code" if column.type in CODES else column.type
        meaning = self.words.get(f"template.meaning_{spec.name}_{column.name}")
        said = [
            self.words("template.needed" if column.needed else "template.optional"),
            *([meaning] if meaning else []),
            self.words(f"template.type_{kind}", **values),
        ]
        return "\n".join(said)

    def codes(self, column: Column) -> tuple[str, ...]:
        """The words of a column that holds one of a few, in the plan's language; reading knows them."""
        words = CODES.get(column.type, {})
        return tuple(also.split()[0] if self.words.language == "zh" else code for code, also in words.items())

    def example(self, column: Column) -> Any:
        """A value that the column may hold."""
        if column.type in CODES:
            return self.codes(column)[0]
        if column.type == "date":
            return "" if column.name == "end" else self.first_day
        if column.type in ("month", "day_or_month"):
            return self.terms.months[0]
        if column.name == "currency":
            return self.terms.currency
        return SAMPLES[column.type] if column.type in SAMPLES else self.words(f"template.example_{column.name}")

    def choice(self, spec: Spec, column: Column) -> Choice:
        """What a column offers: its few words, months of the year, members the plan knows, or those listed here."""
        if column.type in CODES:
            return Choice(self.codes(column), strict=True)
        if column.type == "month":
            return Choice(tuple(self.terms.months))
        if column.type != "text" or spec.unique == (column.name,):
            return Choice()
        found = self._members(spec, column)
        home = LISTED_IN.get(column.name, "")
        if not found and home and home != spec.name:
            return Choice(listed_in=home)
        return Choice(found if 0 < len(found) <= MOST_OFFERED else ())

    def _members(self, spec: Spec, column: Column) -> tuple[str, ...]:
        """Names the plan's tables know, or the causes its parameters name."""
        review = self.rules.get("variance_review")
        if (spec.name, column.name) == ("causes", "code") and isinstance(review, VarianceReviewTerms):
            return tuple(review.causes)
        home = LISTED_IN.get(column.name, "")
        if home == spec.name:
            return ()
        shared = (*self.terms.dimensions, *LISTED_IN)
        tables = [home] if home in self.known else list(self.known) if column.name in shared else [spec.name]
        return tuple(sorted({name for table in tables for name in names_in(self.known, table, column.name)}))
