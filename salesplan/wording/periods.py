"""Periods of the fiscal year by their label, as people write them."""

import re

from salesplan.wording import Words

PART = re.compile(r"(\d{4})-([QH])(\d)")


def period(words: Words, label: str) -> str:
    """What people call a period: `2027-03`, `2027-Q1`, `2027-H1`, `2027`, or the months `2027-03/2027-05`."""
    first, _, last = label.partition("/")
    if last:
        return words("month.span", start=words.month(first), end=words.month(last))
    part = PART.fullmatch(label)
    if part:
        return words(f"month.{'quarter' if part[2] == 'Q' else 'half'}", year=part[1], number=part[3])
    return words("month.year", year=label) if len(label) == len("2027") else words.month(label)
