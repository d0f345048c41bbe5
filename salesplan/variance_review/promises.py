"""What is promised of the months to come already: pins of the revision as months of the company and of reps."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.apportion import apportion
from salesplan.calendar import month_span
from salesplan.errors import Fault
from salesplan.money import from_fen, to_fen
from salesplan.terms.variance_review import RevisionPin
from salesplan.variance_review.grid import NOBODY, rep_targets
from salesplan.variance_review.measures import Figures

COMPANY = "(company)"
PLACE = "variance_review.yaml revision.pins"
Whole = npt.NDArray[np.int64]
Cell = tuple[str, str]  # rep, month


class Promised(NamedTuple):
    """Promises in fen: `months` of the company by label; `cells`: rep, month, amount, quota (the original)."""

    months: pd.Series
    cells: pd.DataFrame

    def moved_by_month(self, months: list[str]) -> Whole:
        """By how much reps' promises raise each month."""
        moved = (self.cells["amount"] - self.cells["quota"]).groupby(self.cells["month"]).sum()
        return moved.reindex(months, fill_value=0).to_numpy(dtype="int64")

    def held_by_month(self, months: list[str]) -> Whole:
        """Quotas of each month that promises have taken the place of."""
        return self.cells.groupby("month")["quota"].sum().reindex(months, fill_value=0).to_numpy(dtype="int64")


def promised(figures: Figures, pins: Sequence[RevisionPin], *, cutoff: int | None = None) -> Promised:
    """The pins of months to come: those of reps as they are, those of teams over their other reps by quota.

    Pins of closed months are a record of what was promised (`promise_record`) and move nothing.
    """
    ahead = [pin for pin in pins if pin.month in figures.open]
    months = {pin.month: to_fen(pin.amount) for pin in ahead if pin.rep is None and pin.team is None}
    quotas = _quotas(figures) if len(ahead) > len(months) else {}
    cells = {(pin.rep, pin.month): to_fen(pin.amount) for pin in ahead if pin.rep is not None}
    for pin in ahead:
        if pin.team is not None:
            members = team_members(figures, pin, quotas, cutoff=cutoff)
            cells |= _shared(to_fen(pin.amount), members, cells, quotas)
    rows = [(rep, month, amount, quotas.get((rep, month), 0)) for (rep, month), amount in sorted(cells.items())]
    frame = pd.DataFrame(rows, columns=["rep", "month", "amount", "quota"])
    typed = frame.astype({"rep": "str", "month": "str", "amount": "int64", "quota": "int64"})
    return Promised(pd.Series(months, dtype="int64").sort_index(), typed)


def _quotas(figures: Figures) -> dict[Cell, int]:
    targets = rep_targets(figures)
    named = targets[~targets.index.get_level_values("rep").isin(NOBODY)].rename("fen").reset_index()
    return {(rep, month): int(fen) for rep, month, fen in named.itertuples(index=False)}


def team_members(
    figures: Figures, pin: RevisionPin, quotas: dict[Cell, int], *, cutoff: int | None = None
) -> list[Cell]:
    """Cells of the reps with a quota who are in a pin's team."""
    return [(rep, pin.month) for rep in _team(figures, pin, cutoff) if (rep, pin.month) in quotas]


def _team(figures: Figures, pin: RevisionPin, cutoff: int | None) -> list[str]:
    """Reps who are in a pin's team at the end of its month, or at the end of their time in it."""
    if figures.reps is None or "team" not in figures.reps:
        return []
    first, last = (pd.Timestamp(day) for day in month_span(pin.month, cutoff))
    start, end = pd.to_datetime(figures.reps["start"]), pd.to_datetime(figures.reps["end"])
    there = figures.reps[~(start > last) & ~(end < first)].assign(start=start)
    latest = there.sort_values(["start", "rep"], na_position="first", kind="stable").groupby("rep")["team"].last()
    return sorted(str(rep) for rep in latest.index[latest == pin.team])


def _shared(amount: int, members: list[Cell], cells: dict[Cell, int], quotas: dict[Cell, int]) -> dict[Cell, int]:
    """A team's promise less those of its own reps, over the others by quota, alike where none has one."""
    others = [cell for cell in members if cell not in cells]
    rest = amount - sum(cells.get(cell, 0) for cell in members)
    if not others or rest < 0:
        return {}
    weights = [max(quotas[cell], 0) for cell in others]
    parts = apportion(rest, weights if sum(weights) else [1] * len(others), labels=others)
    return {cell: int(part) for cell, part in zip(others, parts, strict=True)}


def pin_faults(
    figures: Figures, pins: Sequence[RevisionPin], cap: Decimal, *, cutoff: int | None = None
) -> Iterator[Fault]:
    """Pins of months to come above the cap or that cannot hold together: a team's reps, those of a promised month."""
    quotas, targets = _quotas(figures), figures.targets
    own = {(pin.rep, pin.month): to_fen(pin.amount) for pin in pins if pin.rep is not None}
    of_company = {pin.month: to_fen(pin.amount) for pin in pins if pin.rep is None and pin.team is None}
    for number, pin in _ahead(figures, pins):
        place, members = f"{PLACE}[{number}].amount", [(pin.rep or "", pin.month)]
        if pin.team is not None:
            members = team_members(figures, pin, quotas, cutoff=cutoff)
        whole = pin.rep is None and pin.team is None
        original = int(targets[pin.month]) if whole else sum(quotas.get(cell, 0) for cell in members)
        most = max(original, 0) + int(max(original, 0) * Fraction(cap))
        if to_fen(pin.amount) > most:
            values = {"original": from_fen(original), "most": from_fen(most), "cap": cap}
            yield Fault("revision_pin_over_cap", place, str(pin.amount), values)
        taken, alone = sum(own.get(cell, 0) for cell in members), all(cell in own for cell in members)
        if pin.team is not None and members and (taken > to_fen(pin.amount) or (alone and taken < to_fen(pin.amount))):
            yield Fault("revision_pin_team_reps", place, str(pin.amount), {"reps": from_fen(taken)})
    yield from _over_months(promised(figures, pins, cutoff=cutoff), of_company, _ahead(figures, pins))


def _ahead(figures: Figures, pins: Sequence[RevisionPin]) -> list[tuple[int, RevisionPin]]:
    """Pins of months to come with their place in the list."""
    return [(number, pin) for number, pin in enumerate(pins) if pin.month in figures.open]


def _over_months(
    given: Promised, of_company: dict[str, int], pins: Sequence[tuple[int, RevisionPin]]
) -> Iterator[Fault]:
    """Reps who promised more than the month that is promised as a whole."""
    sums = given.cells.groupby("month")["amount"].sum()
    for number, pin in pins:
        taken = int(sums.get(pin.month, 0))
        if pin.rep is None and pin.team is None and taken > of_company[pin.month]:
            values = {"reps": from_fen(taken)}
            yield Fault("revision_pin_month_less", f"{PLACE}[{number}].amount", str(pin.amount), values)


def promise_record(figures: Figures, pins: Sequence[RevisionPin], *, cutoff: int | None = None) -> pd.DataFrame:
    """Table `variance_review_promises`: what was promised for which month, and what became of it.

    One row per pin by `month`, `team` and `rep` (`(company)` where nobody is named): `amount` promised, `actual` of
    a closed month, `variance` = actual - amount, `attainment` = actual / amount; NA for months to come; fen.
    """
    ordered = sorted(pins, key=lambda pin: (pin.month, pin.team or "", pin.rep or ""))
    rows = [
        (pin.month, pin.rep or ("" if pin.team else COMPANY), pin.team or "", to_fen(pin.amount)) for pin in ordered
    ]
    found = pd.DataFrame(rows, columns=["month", "rep", "team", "amount"]).astype({"amount": "int64"})
    actual = pd.array([_sold(figures, pin, cutoff) for pin in ordered], dtype="Int64")
    return found.astype({"month": "str", "rep": "str", "team": "str"}).assign(
        actual=actual,
        variance=lambda rows: rows["actual"] - rows["amount"],
        attainment=lambda rows: (rows["actual"] / rows["amount"].where(rows["amount"] > 0)).astype("Float64"),
    )


def _sold(figures: Figures, pin: RevisionPin, cutoff: int | None) -> int | None:
    """Sales of those who promised in the month they promised, fen; None while it is not closed."""
    if pin.month not in figures.closed:
        return None
    sales = figures.actuals[figures.actuals["month"] == pin.month]
    if pin.team is not None:
        sales = sales[sales["rep"].isin(_team(figures, pin, cutoff))]
    elif pin.rep is not None:
        sales = sales[sales["rep"] == pin.rep]
    return int(sales["amount"].sum())
