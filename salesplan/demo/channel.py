"""The demo company's stock at the start of the plan year, and what its dealers report month by month."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from salesplan.demo.company import LAST, PRODUCTS
from salesplan.demo.customers import Customer
from salesplan.demo.draws import SEED, Draws
from salesplan.demo.orders import Order
from salesplan.demo.seasons import months

START = f"{LAST.year}-01"
# stock and goods on the road at the start, percent of a month of the last quarter; much of one, too little of another
HELD = {"内墙乳胶漆": (105, 20), "外墙涂料": (640, 0), "防水涂料": (38, 12), "瓷砖胶": (110, 0), "耐水腻子": (95, 25)}
NEW = ("艺术涂料", 60)  # units made for its launch
COUNTED = {  # what was found at the start of the month after the last reports
    "内墙乳胶漆": 470,
    "外墙涂料": 1148,
    "防水涂料": 436,
    "瓷砖胶": 1700,
    "耐水腻子": 4150,
    "艺术涂料": 9,
}
AFTER = f"{LAST.year}-{LAST.month + 1:02d}"
LATER = ("防水涂料", f"{LAST.year}-02", 15)  # announced for a later month, percent of a month
CENTRES = {
    "郑州": "豫中分销中心",
    "商丘": "豫东分销中心",
    "南阳": "豫南分销中心",
    "信阳": "豫南分销中心",
    "洛阳": "豫西分销中心",
}
DEPOT = "豫南分销中心"  # the centre with a store of its own
DEALER_TEAM, FIRST_REPORT = 1, f"{LAST.year - 1}-01"
SELL_THROUGH = (48, 66)  # percent of what a dealer has that he sells in a month
SLUGGISH, SINCE, SLUGGISH_THROUGH = "信阳", f"{LAST.year - 1}-09", (22, 38)  # where stock piles up, and from when


class StockRow(NamedTuple):
    """Stock of a product at the start of a month, None where a row only announces goods on the road."""

    month: str
    product: str
    opening: int | None
    in_transit: int | None


class Report(NamedTuple):
    """What a dealer reports of a product at a month's end."""

    month: str
    dealer: str
    product: str
    sell_in: int | None
    sell_out: int | None
    stock: int
    parent: str


def stock(papers: Sequence[Order]) -> list[StockRow]:
    """Stock at the start of the plan year, from what the last quarter before it sold, and what was counted since."""
    before = [month for month in months() if month < START][-3:]
    sold = Counter[str]()
    for paper in papers:
        if f"{paper.day:%Y-%m}" in before:
            sold.update({item.product: item.quantity for item in paper.items})
    rows = [
        StockRow(START, name, _packs(name, sold[name] * held // 300), _packs(name, sold[name] * road // 300))
        for name, (held, road) in HELD.items()
    ]
    name, month, road = LATER
    on_the_road = StockRow(month, name, None, _packs(name, sold[name] * road // 300))
    counted = [StockRow(AFTER, product, units, None) for product, units in COUNTED.items()]
    return [*rows, StockRow(START, *NEW, None), on_the_road, *counted]


def _packs(product: str, quantity: int) -> int:
    """Whole packs."""
    pack = next(found.pack for found in PRODUCTS if found.product == product)
    return quantity // pack * pack


def dealers(everyone: Sequence[Customer], papers: Sequence[Order]) -> list[Report]:
    """Reports of the customers of the channel team; what they took in is what the orders say."""
    draws = Draws(SEED, 9)
    taken = Counter[tuple[str, str, str]]()
    for paper in papers:
        for item in paper.items:
            taken[paper.customer.customer, item.product, f"{paper.day:%Y-%m}"] += item.quantity
    ours = [customer for customer in everyone if customer.team == DEALER_TEAM]
    found = [row for one in ours for product in PRODUCTS for row in _reports(draws, one, product.product, taken)]
    return sorted([*found, *_depot(found)])


def _reports(draws: Draws, customer: Customer, product: str, taken: Counter[tuple[str, str, str]]) -> Iterator[Report]:
    """One row a month in which there was anything to sell."""
    number, parent = customer.customer, CENTRES[customer.region]
    held = max(0, taken[number, product, f"{LAST.year - 2}-12"])
    for month in months():
        if month < FIRST_REPORT:
            continue
        arrived = taken[number, product, month]
        low, high = SLUGGISH_THROUGH if customer.region == SLUGGISH and month >= SINCE else SELL_THROUGH
        through = draws.between(low, high)
        if held or arrived:
            sold = min(held + arrived, (held + arrived) * through // 100 + 1)
            held += arrived - sold
            yield Report(month, customer.name, product, arrived, sold, held, parent)


def _depot(reports: Sequence[Report]) -> Iterator[Report]:
    """The centre's own stock: two fifths of what its dealers took in that month."""
    through = Counter[tuple[str, str]]()
    for row in reports:
        if row.parent == DEPOT:
            through[row.month, row.product] += max(0, row.sell_in or 0)
    for (month, product), quantity in sorted(through.items()):
        yield Report(month, DEPOT, product, None, None, quantity * 2 // 5, "")
