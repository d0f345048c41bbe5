"""What the demo company's customers pay: late, in parts, on account, and what recent orders still owe."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from salesplan.demo.company import LAST
from salesplan.demo.customers import Customer
from salesplan.demo.draws import SEED, Draws
from salesplan.demo.orders import Order
from salesplan.demo.seasons import last_workday, months, workday_from
from salesplan.money import half_away

YUAN = 100
ACCOUNT_DAYS = 45  # how old an order is when a customer on account settles it
PREPAID = 20_000 * YUAN  # what a customer on account pays ahead of the spring season of the plan year


class Payment(NamedTuple):
    """One payment with tax, in fen; `cleared` is the day a bill of exchange is cashed."""

    day: date
    amount: int
    order: str
    customer: str
    cleared: date | None = None


def with_tax(fen: int) -> int:
    """What is owed for so much without tax: 13 % more, rounded once per order, half away from zero."""
    return half_away(fen * 113, 100)


def dues(papers: Sequence[Order]) -> dict[str, int]:
    """What each order's customer owes with tax, after the returns and allowances that name the order."""
    net: defaultdict[str, int] = defaultdict(int)
    for paper in papers:
        if paper.original or paper.items[0].kind == "sale":
            net[paper.original or paper.number] += sum(item.amount for item in paper.items)
    return {order: with_tax(fen) for order, fen in net.items()}


def payments(sold: Sequence[Order], papers: Sequence[Order]) -> list[Payment]:
    """All payments up to the last day; `papers` are the orders with what followed them."""
    draws, owed = Draws(SEED, 4), dues(papers)
    followed = {paper.original for paper in papers}
    found: list[Payment] = []
    for order in sold:
        if not order.customer.on_account:
            found.extend(_of_order(draws, order, owed[order.number], order.number in followed))
    for customer in sorted({order.customer for order in sold if order.customer.on_account}):
        found.extend(_on_account(customer, [(o.day, owed[o.number]) for o in sold if o.customer == customer]))
    return sorted((payment for payment in found if payment.day <= LAST and payment.amount), key=_key)


def _key(payment: Payment) -> tuple[date, str, str, int]:
    return payment.day, payment.customer, payment.order, payment.amount


def _of_order(draws: Draws, order: Order, due: int, followed: bool) -> Iterator[Payment]:
    left = due
    for days, percent in _parts(draws, order.customer.channel, followed):
        part = left if percent == 100 else due * percent // (100 * YUAN) * YUAN
        day = workday_from(order.day + timedelta(days))
        by_bill = order.customer.channel == "工程直销" and part >= 3_000 * YUAN and draws.chance(25)
        cleared = workday_from(day + timedelta(90)) if by_bill else None
        yield Payment(day, part, order.number, order.customer.customer, cleared)
        left -= part


def _parts(draws: Draws, channel: str, followed: bool) -> list[tuple[int, int]]:
    """Days after the order and percent of what is due; 100 is all that is left."""
    if followed:  # settled once the return is in
        return [(draws.between(35, 90), 100)]
    case = draws.pick({"形象店": (55, 40, 5, 0), "工程直销": (0, 30, 35, 35)}.get(channel, (12, 63, 20, 5)))
    late = 45 if draws.chance(5) else 0
    return (
        [(draws.below(6), 100)],
        [(draws.between(30, 90) + late, 100)],
        [(draws.between(25, 50), 50), (draws.between(55, 90) + late, 100)],
        [(draws.below(8), 30), (draws.between(30, 50), 40), (draws.between(60, 110) + late, 100)],
    )[case]


def _on_account(customer: Customer, owed: Sequence[tuple[date, int]]) -> Iterator[Payment]:
    """At each month's end what has become due, rounded up to hundreds of yuan; the rest stays as prepayment."""
    paid = 0
    for month in months():
        day = last_workday(month)
        ahead = PREPAID if customer.rebate and month == f"{LAST:%Y-%m}" else 0
        due = ahead + sum(fen for ordered, fen in owed if ordered <= day - timedelta(ACCOUNT_DAYS))
        amount = max(0, -(-(due - paid) // (100 * YUAN)) * 100 * YUAN)
        yield Payment(day, amount, "", customer.customer)
        paid += amount
