"""Months, quarters, half-years and the year to date: which of them a review covers, and which edition it is."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

TO_DATE = "ytd"
Kind = Literal["month", "quarter", "half_year", "year"]
LENGTHS: tuple[tuple[str, int], ...] = (("Q", 3), ("H", 6))


class Span(NamedTuple):
    """A period under review: its closed months as places in the fiscal year, and whether it is over."""

    label: str  # 2027-03, 2027-Q1, 2027-H1, ytd
    first: int
    end: int  # the place after its last closed month
    complete: bool


class Edition(NamedTuple):
    """Which edition of the review a month end makes: `kind`, and the spans that its page shows side by side."""

    kind: Kind
    month: str
    beside: tuple[str, ...]  # quarter and half-year that end here and are not all of the year to date
    to_date: str  # the name of the year to date: `ytd`, or the quarter or half-year that it is


def spans(months: list[str], closed: int) -> list[Span]:
    """The periods of a fiscal year with a closed month: months, quarters, half-years, then the year to date.

    A period that is not over counts its closed months only. `2027-Q1` is the first quarter of fiscal year 2027,
    in whatever month the year begins.
    """
    if not closed:
        return []
    year = months[0][:4]
    found = [Span(label, at, at + 1, complete=True) for at, label in enumerate(months[:closed])]
    for letter, length in LENGTHS:
        begins = range(0, closed, length)
        found += [
            Span(f"{year}-{letter}{at // length + 1}", at, min(at + length, closed), complete=at + length <= closed)
            for at in begins
        ]
    return [*found, Span(TO_DATE, 0, closed, complete=closed == len(months))]


def edition(months: list[str], closed: int) -> Edition | None:
    """The edition that the last closed month makes; None before the first month is closed."""
    if not closed:
        return None
    kind: Kind = "year" if closed == 12 else "half_year" if closed == 6 else "quarter" if closed % 3 == 0 else "month"
    ending = [one for one in spans(months, closed) if one.end == closed and one.complete and one.end - one.first > 1]
    partial = [one.label for one in ending if one.first]
    whole = [one.label for one in ending if not one.first and one.label != TO_DATE]
    return Edition(kind, months[closed - 1], tuple(partial), whole[-1] if whole else TO_DATE)


def incidence(periods: list[Span], *, whole: bool = False) -> npt.NDArray[np.int64]:
    """Months x periods, 1 where a month counts; `whole`: from the year's first month to the period's end."""
    places = np.arange(12)[:, None]
    first = np.array([0 if whole else one.first for one in periods], dtype=np.int64)
    end = np.array([one.end for one in periods], dtype=np.int64)
    return ((places >= first) & (places < end)).astype(np.int64)
