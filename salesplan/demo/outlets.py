"""The retail outlets of the demo company's dealers in the county towns, and what they sold last year."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from salesplan.demo.channel import Report
from salesplan.demo.company import LAST
from salesplan.demo.customers import Customer
from salesplan.demo.draws import SEED, Draws

TOWNS = {
    "信阳": ("浉河区", "固始县", "潢川县", "罗山县", "光山县"),
    "南阳": ("宛城区", "镇平县", "邓州市", "唐河县"),
    "商丘": ("梁园区", "永城市", "夏邑县"),
    "洛阳": ("洛龙区", "偃师区", "伊川县"),
    "郑州": ("二七区", "新密市", "登封市"),
}
DEALERS = {
    "信阳": 4,
    "南阳": 5,
    "商丘": 2,
    "洛阳": 2,
    "郑州": 2,
}  # dealers with outlets of their own, the largest of each
OUTLETS = {"信阳": 2, "南阳": 2, "商丘": 3, "洛阳": 2, "郑州": 3}  # outlets of each of them
STREETS = ("建设路", "人民路", "中心街", "东环路", "南关", "建材城")
THROUGH = (50, 80)  # percent of a dealer's sell-out that goes through his outlets
SILENT, FRESH = (5, 19), (11, 32)  # places in the list: no sale last year; opened in the plan year
LATE = (3, 24)  # opened in the course of last year
LAST_YEAR = f"{LAST.year - 1}"


class Outlet(NamedTuple):
    """An outlet; sell-out in units of last year, None where it was not open."""

    outlet: str
    dealer: str
    city: str
    channel: str
    opened: date
    sell_out: int | None


def outlets(everyone: Sequence[Customer], reports: Sequence[Report]) -> list[Outlet]:
    """Outlets of the largest dealers of each region, with a part of what their dealer sold on last year."""
    draws, sold = Draws(SEED, 12), Counter[str]()
    for row in reports:
        if row.month[:4] == LAST_YEAR:
            sold[row.dealer] += row.sell_out or 0
    region = {customer.name: customer.region for customer in everyone}
    ranked = sorted((-count, name) for name, count in sold.items() if name in region)
    chosen = [name for place in DEALERS for name in _largest(ranked, region, place)]
    places = [(name, number) for name in chosen for number in range(OUTLETS[region[name]])]
    return list(_outlets(draws, places, region, sold))


def _largest(ranked: Sequence[tuple[int, str]], region: dict[str, str], place: str) -> list[str]:
    return [name for _, name in ranked if region[name] == place][: DEALERS[place]]


def _outlets(
    draws: Draws, places: Sequence[tuple[str, int]], region: dict[str, str], sold: Counter[str]
) -> Iterator[Outlet]:
    for place, (dealer, number) in enumerate(places):
        towns = TOWNS[region[dealer]]
        town = towns[(place + number) % len(towns)]
        part = draws.between(*THROUGH) * sold[dealer] // (100 * OUTLETS[region[dealer]])
        units = None if place in FRESH else 0 if place in SILENT else max(part, 1)
        yield Outlet(
            f"{town}{STREETS[draws.below(len(STREETS))]}{place + 1:02d}号店",
            dealer,
            town,
            "三四级网络" if number else "专业市场",
            _opened(draws, place),
            units // 2 if units and place in LATE else units,
        )


def _opened(draws: Draws, place: int) -> date:
    """Long ago, in the course of last year, or in the plan year."""
    if place in FRESH:
        return date(LAST.year, draws.between(1, 3), draws.between(5, 25))
    if place in LATE:
        return date(LAST.year - 1, draws.between(5, 8), draws.between(5, 25))
    return date(draws.between(2018, 2024), draws.between(1, 12), draws.between(5, 25))
