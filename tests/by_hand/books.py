"""The tables of the ledger as plain records, with months as numbers: 1 the first of the year."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

import pandas as pd

from by_hand.exact import MILLION, rounded

NEVER = 99


@dataclass(frozen=True)
class Line:
    order: str
    key: str  # the order it belongs to
    day: date
    at: int
    billed: date | None
    billed_at: int
    product: str
    customer: str
    rep: str
    kind: str
    amount: int
    units: int  # millionths of a unit
    cost: int | None
    region: str
    channel: str
    overlay: bool


def plain(value):
    """A cell: None where it is blank, dates as dates."""
    if not isinstance(value, (str, list, dict)) and pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def records(frame):
    if frame is None:
        return []
    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def begin(row):
    """First day of a spell."""
    return row.get("start") or date.min


class Books:
    """What the ledger holds, by order, rep, customer, product."""

    def __init__(self, ledger, year):
        self.months, self.last = list(year.months), len(year.closed)
        self.spell, self.below = cache(self.spell), cache(self.below)
        self.cutoff, self.tax = year.cutoff, year.tax
        self.first_day, self.last_day = year.start.date(), year.end.date()
        self.products = {row["product"]: row for row in records(ledger.products)}
        self.reps = records(ledger.reps)
        self.customers = records(ledger.customers)
        self.quotas = {}
        for row in records(ledger.quotas):
            at = row["rep"], self.months.index(row["month"]) + 1
            self.quotas[at] = self.quotas.get(at, 0) + (row["amount"] or 0)
        self.ramping = {(row["rep"], self.months.index(row["month"]) + 1) for row in records(ledger.ramping)}
        self.adjustments = records(ledger.adjustments)
        self.collections = records(ledger.collections)
        mine, before = records(ledger.order_lines), records(ledger.orders)
        before = [row for row in before if self.number(row["date"]) < 1]
        self.known = {self._own(row) for row in mine + before}
        self.lines = [line for line in map(self._line, mine) if line.at <= self.last]
        self.earlier = [self._line(row) for row in before]

    def number(self, day):
        """Month number of a day: 0 or less before the year, NEVER where it is unknown or after the review."""
        if day is None:
            return NEVER
        index = day.year * 12 + day.month - 1
        if self.cutoff is not None and day.day > self.cutoff:
            index += 1
        first = int(self.months[0][:4]) * 12 + int(self.months[0][5:]) - 1
        at = max(index - first + 1, 0)
        return at if at <= self.last else NEVER

    def month_end(self, at):
        """Last day of a month."""
        index = int(self.months[0][:4]) * 12 + int(self.months[0][5:]) - 1 + at  # of the month after
        following = date(index // 12, index % 12 + 1, 1)
        if self.cutoff is None:
            return date.fromordinal(following.toordinal() - 1)
        return date((index - 1) // 12, (index - 1) % 12 + 1, self.cutoff)

    def _own(self, row):
        """Order of a line; lines without a number are one order per customer and day."""
        return row["order"] or f"\0{row['customer']}\0{row['date']}"

    def _line(self, row):
        original = row.get("original_order") or ""
        key = original if row["amount"] < 0 and original in self.known else self._own(row)
        billed = row.get("invoice_date")
        return Line(
            order=row["order"] or "",
            key=key,
            day=row["date"],
            at=self.number(row["date"]),
            billed=billed,
            billed_at=self.number(billed),
            product=row.get("product") or "",
            customer=row["customer"] or "",
            rep=row.get("rep") or "",
            kind=row.get("kind") or "sale",
            amount=int(row["amount"]),
            units=rounded(Fraction(row.get("quantity") or 0) * MILLION),
            cost=None if row.get("cost") is None else int(row["cost"]),
            region=row.get("region") or "",
            channel=row.get("channel") or "",
            overlay=bool(row.get("overlay")),
        )

    def spell(self, rep, at):
        """The rep's spell of a month: the latest with a day in it; None where there is none."""
        return self._spell([row for row in self.reps if row["rep"] == rep], at)

    def _spell(self, rows, at):
        end = self.month_end(at)
        first = date.fromordinal(self.month_end(at - 1).toordinal() + 1)
        fits = [r for r in rows if (r.get("start") or first) <= end and (r.get("end") or end) >= first]
        return max(fits, key=begin, default=None)

    def leaves(self, rep):
        """Number of the last month of a rep who leaves by the review; NEVER of one who stays."""
        ends = [row.get("end") for row in self.reps if row["rep"] == rep]
        return NEVER if None in ends or not ends else self.number(max(ends))

    def owner(self, customer, at):
        """The rep who has a customer in a month."""
        found = self._spell([row for row in self.customers if row["customer"] == customer], at)
        return found.get("rep") if found else None

    def grade_of_customer(self, customer):
        return next((row.get("grade") for row in self.customers if row["customer"] == customer), None)

    def rebate_rate(self, customer):
        found = next((row.get("rebate_rate") for row in self.customers if row["customer"] == customer), None)
        return Fraction(str(found or 0))

    def line_of(self, product):
        return self.products.get(product, {}).get("line")

    def is_new(self, product):
        """Whether a product is launched within the fiscal year."""
        launch = self.products.get(product, {}).get("launch")
        return launch is not None and self.first_day <= launch <= self.last_day

    def tax_rate(self, product):
        own = self.products.get(product, {}).get("tax_rate")
        return Fraction(str(own)) if own is not None else Fraction(self.tax.rate)

    def below(self, manager, at, scope):
        """Reps below a manager in a month: those who name him, by number or name; all of them, or the direct ones."""
        names = {manager} | {row.get("name") for row in self.reps if row["rep"] == manager}
        reps = {row["rep"] for row in self.reps}
        direct = {rep for rep in reps if (self.spell(rep, at) or {}).get("manager") in names - {None, ""}} - {manager}
        if scope == "direct":
            return direct
        found, seen = set(direct), {manager}
        while found - seen:
            one = min(found - seen)
            seen.add(one)
            found |= self.below(one, at, "direct")
        return found - {manager}
