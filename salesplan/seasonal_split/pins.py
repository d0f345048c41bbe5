"""Amounts fixed by agreement: months and quarters of the company, and periods of its members; the rest fits around."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import apportion
from salesplan.claims import Claim, inner, largest, matching, rests
from salesplan.errors import Fault, stop_on
from salesplan.money import from_fen, to_fen
from salesplan.seasonal_split.apart import PLACE
from salesplan.seasonal_split.history import Array, divide
from salesplan.seasonal_split.rounding import EVEN_PULL
from salesplan.terms.shape import Pin

SWEEPS = 3000
TOLERANCE = 1e-11  # of the total


def claims_of(pins: Sequence[Pin], months: Sequence[str]) -> list[Claim]:
    """The pins in the order of the file; a pin without month and quarter is one of the year."""
    return [Claim(n, to_fen(pin.amount), _period(pin, months), pin.members) for n, pin in enumerate(pins)]


def _period(pin: Pin, months: Sequence[str]) -> Array:
    if pin.month is not None:
        return np.array([month == pin.month for month in months])
    quarter = np.arange(12) // 3 + 1
    return np.ones(12, dtype=bool) if pin.quarter is None else quarter == pin.quarter


def less_apart(claims: Sequence[Claim], apart: Array, members: pd.DataFrame) -> list[Claim]:
    """The claims less what is planned apart in their cells: `apart` months x combinations (fen).

    Raises PlanError with every pin below what is planned apart in it.
    """
    planned = [int(apart[c.cells(members)].sum()) for c in claims]
    stop_on(
        _amounts("pin_below_apart", c.number, None, pinned=c.amount, planned=fen, over=fen - c.amount)
        for c, fen in zip(claims, planned, strict=True)
        if fen > c.amount
    )
    return [replace(c, amount=c.amount - fen) for c, fen in zip(claims, planned, strict=True)]


def pinned_months(total: int, shares: Array, claims: Sequence[Claim], months: Sequence[str], unit: int) -> Array:
    """The year's months with the company's own pins kept: the twelve amounts in fen, the rest by `shares`.

    Pinned months are what is pinned, a pinned quarter is divided over its other months, what is left of the year over
    the months left. `pin_faults` says before what cannot be.
    """
    own = [c for c in claims if not c.members]
    found = np.zeros(12, dtype="int64")
    for claim in [Claim(-1, total, np.ones(12, dtype=bool), {}), *own]:
        within = inner(claim, own)
        free = claim.months & ~np.any([c.months for c in within], axis=0) if within else claim.months
        left = claim.amount - sum(c.amount for c in within)
        weights = shares[free] if shares[free].any() else np.ones(int(free.sum()))
        labels = [month for month, inside in zip(months, free, strict=True) if inside]
        found[free] = apportion(left, weights, labels=labels, unit=unit) if labels else 0
    return found


def pinned_years(weights: Array, members: pd.DataFrame, claims: Sequence[Claim], total: float) -> Array:
    """The year's amount of every combination, those of pinned members as pinned, the rest of the year by `weights`."""
    found = weights * 0.0
    years = [c for c in claims if c.months.all()]
    for claim in [Claim(-1, int(total), np.ones(12, dtype=bool), {}), *years]:
        within = inner(claim, years)
        free = matching(members, claim.members)
        for other in within:
            free &= ~matching(members, other.members)
        left = claim.amount - sum(c.amount for c in within)
        found[free] = left * divide(weights[free], weights[free].sum())
    return found


def around_pins(seed: Array, rows: Array, columns: Array, claims: Sequence[Claim], members: pd.DataFrame) -> Array:
    """The seed fitted to both margins and to what is pinned in it: the table nearest to the seed's pattern.

    Iterative proportional fitting over rows, columns and the cells of each pin less those of the pins inside it. Raises
    PlanError with every pin that cannot be met and the amount it is off.
    """
    owner = owners(claims, members)
    amounts = rests(claims)
    for pull in (0.0, EVEN_PULL):
        plain = np.outer(rows, columns) / max(rows.sum(), 1)
        table = _swept(seed + pull * plain, rows, columns, owner, amounts)
        if _gap(table, rows, columns, owner, amounts) <= 1e3 * TOLERANCE * rows.sum():
            return table
    return table


def _swept(table: Array, rows: Array, columns: Array, owner: Array, amounts: Array) -> Array:
    for _ in range(SWEEPS):
        table = table * divide(columns, table.sum(axis=0))
        table = table * divide(rows, table.sum(axis=1))[:, None]
        sums = np.bincount(owner.ravel() + 1, table.ravel(), len(amounts) + 1)[1:]
        factors = np.append(divide(amounts, sums), 1.0)  # the last one for owner -1
        table = table * factors[owner]
        if _gap(table, rows, columns, owner, amounts) <= TOLERANCE * rows.sum():
            break
    return table


def _gap(table: Array, rows: Array, columns: Array, owner: Array, amounts: Array) -> float:
    sums = np.bincount(owner.ravel() + 1, table.ravel(), len(amounts) + 1)[1:]
    offs = (rows - table.sum(axis=1), columns - table.sum(axis=0), amounts - sums)
    return max(float(np.abs(off).max(initial=0.0)) for off in offs)


def owners(claims: Sequence[Claim], members: pd.DataFrame) -> Array:
    """The innermost pin of each cell as its place among the claims, months x combinations; -1 where there is none."""
    owner = np.full((12, len(members)), -1, dtype="int64")
    wide = sorted(range(len(claims)), key=lambda i: -sum(claims[i].holds(other) for other in claims))
    for place in wide:
        owner[claims[place].cells(members)] = place
    return owner


# ---------------------------------------------------------------- what cannot be


def pin_faults(target: int | None, pins: Sequence[Pin], months: Sequence[str], *, unit: int = 1) -> list[Fault]:
    """What is wrong with the pins by themselves, each with its place and the amount that does not fit.

    Months outside the year, odd units, pins that overlap without one holding the other, pins whose inner ones ask for
    more than they hold, or that leave an amount no month takes; the company's against the target (fen) if it is known.
    """
    claims = claims_of(pins, months)
    plain = [
        *_months_unknown(pins, months),
        *(
            Fault("pin_unit", place(c.number, "amount"), str(from_fen(c.amount)), {"unit": from_fen(unit)})
            for c in claims
            if c.amount % unit
        ),
        *_overlaps(claims),
    ]
    return plain or list(sum_faults(target, claims))


def place(number: int, key: str = "") -> str:
    """Where a pin stands: `seasonal_split.yaml pins[0].amount`."""
    return f"{PLACE} pins[{number}]{'.' if key else ''}{key}"


def _months_unknown(pins: Sequence[Pin], months: Sequence[str]) -> Iterator[Fault]:
    for number, pin in enumerate(pins):
        if pin.month is not None and pin.month not in months:
            yield Fault(
                "pin_month_unknown", place(number, "month"), pin.month, {"first": months[0], "last": months[-1]}
            )


def _overlaps(claims: Sequence[Claim]) -> Iterator[Fault]:
    for number, claim in enumerate(claims):
        for before in claims[:number]:
            same = claim.holds(before) and before.holds(claim)
            crossed = not claim.holds(before) and not before.holds(claim) and both(claim, before)
            if claim.touches(before) and (same or crossed):
                yield Fault(
                    "pins_twice" if same else "pins_cross", place(number), None, {"other": f"pins[{before.number}]"}
                )


def both(one: Claim, other: Claim) -> bool:
    """Whether both name members: a pin of the company crosses one of a member without contradicting it."""
    return bool(one.members) and bool(other.members)


def sum_faults(target: int | None, claims: Sequence[Claim]) -> Iterator[Fault]:
    """Pins whose inner ones ask for more than they hold, or for less though they take all of it."""
    company = [c for c in claims if not c.members]
    whole = [] if target is None else [Claim(-1, target, np.ones(12, dtype=bool), {})]
    for claim in [*whole, *claims]:
        within = inner(claim, company if not claim.members else [c for c in claims if c.members])
        asked = sum(c.amount for c in within)
        covered = np.any([c.months for c in within], axis=0) if within else np.zeros(12, dtype=bool)
        all_taken = bool((covered == claim.months).all()) and all(c.members == claim.members for c in within)
        over = asked - claim.amount
        if over > 0 or (over < 0 and all_taken):
            named = ", ".join(f"pins[{c.number}]" for c in within)
            yield _amounts(
                "pins_over" if over > 0 else "pins_under", claim.number, named,
                asked=asked, held=claim.amount, over=abs(over),
            )  # fmt: skip


def _amounts(code: str, number: int, found: str | None, **values: Any) -> Fault:
    """A fault of amounts: fen become currency units; number -1 is the year itself."""
    where = place(number) if number >= 0 else f"{PLACE} pins"
    amounts = {
        name: from_fen(int(value)) if isinstance(value, int | np.integer) else value for name, value in values.items()
    }
    return Fault(code, where, None, {**amounts, "found": found})


def margin_faults(
    claims: Sequence[Claim], rows: Array, years: Array, members: pd.DataFrame, months: Sequence[str]
) -> list[Fault]:
    """Pins of members against the company's months (`rows`) and their members' years (`years`), fen.

    Those that ask for more, and pinned years that take every member and leave part of the year over.
    """
    return [*_over_months(claims, rows, months), *_over_years(claims, years, members)] or list(
        _under_year(claims, rows, years)
    )


def _under_year(claims: Sequence[Claim], rows: Array, years: Array) -> Iterator[Fault]:
    """Pinned years that take every member and leave part of the year over."""
    asked, held = round(float(years.sum())), int(rows.sum())
    pinned = [c for c in claims if c.months.all()]
    if pinned and asked < held:
        named = ", ".join(f"pins[{c.number}]" for c in pinned)
        yield _amounts("pins_under_year", -1, named, asked=asked, held=held, over=held - asked)


def _over_months(claims: Sequence[Claim], rows: Array, months: Sequence[str]) -> Iterator[Fault]:
    periods = {claim.months.tobytes(): claim.months for claim in claims}
    for period in periods.values():
        inside = [c for c in claims if not (c.months & ~period).any()]
        widest = largest(inside)
        asked, held = sum(c.amount for c in widest), int(rows[period].sum())
        if asked > held:
            named = ", ".join(f"pins[{c.number}]" for c in widest)
            label = ", ".join(month for month, within in zip(months, period, strict=True) if within)
            yield _amounts(
                "pins_over_period", widest[0].number, named, months=label, asked=asked, held=held, over=asked - held
            )


def _over_years(claims: Sequence[Claim], years: Array, members: pd.DataFrame) -> Iterator[Fault]:
    named = {tuple(sorted(c.members.items())): c.members for c in claims if not c.months.all()}
    for place_of in named.values():
        inside = [c for c in claims if place_of.items() <= c.members.items() and not c.months.all()]
        widest = largest(inside)
        asked, held = sum(c.amount for c in widest), int(years[matching(members, place_of)].sum().round())
        if asked > held:
            numbers = ", ".join(f"pins[{c.number}]" for c in widest)
            member = " ".join(place_of.values())
            yield _amounts(
                "pins_over_member", widest[0].number, numbers, member=member, asked=asked, held=held, over=asked - held
            )


def misfit_faults(table: Array, claims: Sequence[Claim], members: pd.DataFrame, *, unit: int = 1) -> list[Fault]:
    """Pins that the fit could not meet within a money unit, each with the amount it is off."""
    owner, amounts = owners(claims, members), rests(claims)
    off = amounts - np.bincount(owner.ravel() + 1, table.ravel(), len(claims) + 1)[1:]
    return [
        _amounts("pin_no_room", claims[i].number, None, over=abs(round(off[i])))
        for i in np.flatnonzero(np.abs(off) > unit).tolist()
    ]
