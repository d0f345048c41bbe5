"""The demo company's customers and who looks after them when."""

from datetime import date, timedelta
from typing import NamedTuple

from salesplan.demo.company import CHANNELS, FREQUENCY, GRADES, HANDOVERS, LAST, NAMES, REBATE, REPS, SHOPS, SIZE, Rep
from salesplan.demo.draws import SEED, Draws


class Customer(NamedTuple):
    """A customer with its owners in time."""

    customer: str
    name: str
    grade: str
    region: str
    channel: str
    team: int
    weight: int
    potential: int | None
    rebate: int  # thousandths of a year's purchases
    on_account: bool  # pays round sums that name no order
    spells: tuple[tuple[str, date, date | None], ...]


def customers() -> list[Customer]:
    """Nine customers per rep that has a history, numbered through."""
    draws = Draws(SEED, 1)
    pairs = [(rep, place) for rep in REPS if rep.start < f"{LAST.year}" for place in range(len(GRADES))]
    return [_customer(draws, number, rep, place) for number, (rep, place) in enumerate(pairs)]


def _customer(draws: Draws, number: int, rep: Rep, place: int) -> Customer:
    grade = "一级" if place == 0 and number // 9 % 3 == 2 else "二级" if place == 2 and number % 2 else GRADES[place]
    channel = rep.channels[0 if place % 3 < 2 else -1]
    first, second = NAMES
    stem = first[number % 12] + second[(number + number // 12) % 9]
    weight = FREQUENCY[grade] * rep.strength * draws.between(80, 120) // 100
    potential = weight * SIZE[grade] * draws.between(13, 28) // 10_000 * 1000
    began = date(2025 + number // 9 % 3, 1, 11) if place == 8 else date(2023, 1, 1)
    return Customer(
        f"C{number + 1:03d}",
        rep.region + stem + SHOPS[CHANNELS.index(channel)],
        grade,
        rep.region,
        channel,
        rep.team,
        weight,
        None if draws.chance(6) else potential,
        REBATE.get(grade, 0),
        channel == "三四级网络" and place == 2,
        _spells(rep.rep, place, began),
    )


def _spells(rep: str, place: int, began: date) -> tuple[tuple[str, date, date | None], ...]:
    later = next((owners for places, owners in HANDOVERS.get(rep, ()) if place in places), ())
    owners = [(rep, began), *((owner, max(day, began)) for owner, day in later)]
    ends = [day - timedelta(1) for _, day in owners[1:]]
    spells = zip(owners, [*ends, None], strict=True)
    return tuple((owner, day, end) for (owner, day), end in spells if not end or day <= end)


def owner_on(customer: Customer, day: date) -> str:
    """The customer's rep on a day, "" while nobody is."""
    return next((rep for rep, start, end in customer.spells if start <= day and (not end or day <= end)), "")


def eagerness(customer: Customer, day: date) -> int:
    """How likely a customer orders on a day, beside others; not before its first day."""
    return customer.weight if day >= customer.spells[0][1] else 0
