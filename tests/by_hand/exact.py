"""Numbers and days: exact fractions, rounded once, half away from zero."""

import calendar
from datetime import date
from fractions import Fraction

MILLION = 1_000_000


def rounded(exact):
    """The nearest whole number; halves away from zero."""
    over, under = exact.as_integer_ratio()
    size = (2 * abs(over) + under) // (2 * under)
    return size if over >= 0 else -size


def part(amount, of, whole):
    """`amount` times `of` / `whole`, rounded once."""
    return rounded(Fraction(amount) * of / whole)


def fen(money):
    """Currency units (a Decimal) as fen."""
    return Fraction(money) * 100


def spread(amount, weights):
    """`amount` in parts in proportion to `weights` by cumulative rounding, so that they sum exactly."""
    total, run, given, parts = sum(weights), 0, 0, []
    for weight in weights:
        run += weight
        upto = part(amount, run, total)
        parts.append(upto - given)
        given = upto
    return parts


def months_after(day, months):
    """The same day `months` later; the last of the month where that is shorter."""
    index = day.year * 12 + day.month - 1 + months
    last = calendar.monthrange(index // 12, index % 12 + 1)[1]
    return date(index // 12, index % 12 + 1, min(day.day, last))


def whole_months(first, last):
    """Whole months from one day to another, not below 0."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return max(0, count - (months_after(first, count) > last))
