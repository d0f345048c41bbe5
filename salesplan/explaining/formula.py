"""Arithmetic as it is shown: every result is computed from the figures beside it, as they are printed."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from salesplan.money import from_fen

NEGATIVE, SUM, PRODUCT, ATOM = range(4)
SHARE_PLACES = 12
FACTOR_PLACES = 15
FINE = 6  # decimals of amounts on the way
EXACT = 4  # decimals of an amount before it is rounded to whole fen
MONEY = 2


@dataclass(frozen=True)
class Figure:
    """A number with its text; operators join both, parentheses where the order of operations asks for them.

    >>> (money(10050) * (number(1) + number("0.05"))).text
    '100.50 \u00d7 (1 + 0.05)'
    """

    value: Decimal
    text: str
    level: int = ATOM

    def _joined(self, other: "Figure", sign: str, value: Decimal, level: int) -> "Figure":
        strict = level + (sign in "\u2212\u00f7")  # what is taken away or divided by keeps its own parentheses
        left = self.text if self.level >= level else f"({self.text})"
        right = other.text if other.level >= strict else f"({other.text})"
        return Figure(value, f"{left} {sign} {right}", level)

    def __add__(self, other: "Figure") -> "Figure":
        """The sum."""
        return self._joined(other, "+", self.value + other.value, SUM)

    def __sub__(self, other: "Figure") -> "Figure":
        """The difference."""
        return self._joined(other, "\u2212", self.value - other.value, SUM)

    def __mul__(self, other: "Figure") -> "Figure":
        """The product."""
        with localcontext(prec=60):
            return self._joined(other, "\u00d7", self.value * other.value, PRODUCT)

    def __truediv__(self, other: "Figure") -> "Figure":
        """The quotient."""
        with localcontext(prec=60):
            return self._joined(other, "\u00f7", self.value / other.value, PRODUCT)

    def to(self, places: int) -> "Equation":
        """The same with its result, rounded half away from zero."""
        with localcontext(prec=60):
            result = self.value.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
        shown = number(result, places)
        return Equation(f"{self.text} = {shown.text}" if self.level in (SUM, PRODUCT) else shown.text, shown)


@dataclass(frozen=True)
class Equation:
    """Figures and what they make: `text` is `a \u00d7 b = c`, `result` is c as it is printed."""

    text: str
    result: Figure


def number(value: Any, places: int | None = None) -> Figure:
    """A plain number; `places` decimals, else as many as it has."""
    exact = Decimal(str(value))
    if places is None:
        text = f"{exact:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
        text = f"{exact:,.{places}f}"
    return Figure(exact, text, ATOM if exact >= 0 else NEGATIVE)


def money(fen: int) -> Figure:
    """Whole fen as currency units."""
    return number(from_fen(int(fen)), MONEY)


def real(fen: float) -> Figure:
    """An amount before rounding: fen as currency units with six decimals."""
    return number(Decimal(repr(float(fen))).scaleb(-2), FINE)


def share(value: float) -> Figure:
    """A share or factor with twelve decimals."""
    return _trimmed(number(repr(float(value)), SHARE_PLACES))


def factor(value: float) -> Figure:
    """A factor that is the same for everybody, with fifteen decimals."""
    return _trimmed(number(repr(float(value)), FACTOR_PLACES))


def percent(value: float, places: int) -> str:
    """A share as a percentage, as letters and reports print it."""
    return number(Decimal(str(round(float(value), places + 3))) * 100, places).text + "%"


def _trimmed(figure: Figure) -> Figure:
    text = figure.text.rstrip("0").rstrip(".") if "." in figure.text else figure.text
    return Figure(figure.value, text, figure.level)


def total(figures: "list[Figure]") -> Figure:
    """The sum of several figures."""
    found = figures[0]
    for figure in figures[1:]:
        found = found + figure
    return found
