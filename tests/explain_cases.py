"""Printed arithmetic computed again from its figures."""

import re
from decimal import Decimal

from salesplan.explaining import explain, lines_of, words_of
from salesplan.explaining.explained import explained

FORMULA = re.compile(r"[(\d](?:[\d.,()+\u2212\u00d7\u00f7-]| (?! ))*= -?[\d,]+(?:\.\d+)?")  # two spaces part columns
MONTHS = [f"2027-{number:02d}" for number in range(1, 13)]


def redone(text):
    """The value of a printed formula's left side, computed from its figures, and the right side."""
    left, right = text.split(" = ")
    plain = left.replace(",", "").replace("\u2212", "-").replace("\u00d7", "*").replace("\u00f7", "/")
    exact = re.sub(r"\d+(?:\.\d+)?", lambda found: f"Decimal('{found[0]}')", plain)
    return eval(exact, {"Decimal": Decimal}), Decimal(right.replace(",", ""))


def formulas(lines):
    """Every formula in the printed lines."""
    return [found[0] for line in lines for found in FORMULA.finditer(line)]


def assert_redone(lines):
    """Every printed formula gives what it says, to half of its last decimal; how many there are."""
    found = formulas(lines)
    for text in found:
        value, result = redone(text)
        assert abs(value - result) <= Decimal(1).scaleb(result.as_tuple().exponent) / 2, text
    return len(found)


def printed(run, asked, grounds=None):
    """An explanation of a run, on grounds at hand where there are any, and its lines as the terminal has them."""
    found = explain(run, asked) if grounds is None else explained(grounds, asked)
    return found, list(lines_of(found, words_of(run)))
