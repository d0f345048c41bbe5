"""Orders of the demo company, and the returns, allowances and rebates that follow them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from salesplan.demo.company import CHANNEL_PRICE, CHANNELS, FIRST, LAST, PRICE_LEVEL, PRODUCTS, SIZE, TEAMS, Product
from salesplan.demo.customers import Customer, eagerness, owner_on
from salesplan.demo.draws import SEED, Draws
from salesplan.demo.seasons import budget, day_weights, last_workday, month_days, months, workday_from
from salesplan.money import half_away


class Item(NamedTuple):
    """One line of an order; money in fen."""

    product: str
    quantity: int
    amount: int
    cost: int
    kind: str


class Order(NamedTuple):
    """An order, or a paper that follows it (return, allowance, rebate)."""

    number: str
    day: date
    invoiced: date
    customer: Customer
    rep: str
    items: tuple[Item, ...]
    original: str = ""


def orders(everyone: Sequence[Customer]) -> list[Order]:
    """Orders month by month and team by team, until the month's budget is reached."""
    draws, numbers = Draws(SEED, 2), Counter[date]()
    found: list[Order] = []
    for month in months():
        for team in range(len(TEAMS)):
            ours, rest = [c for c in everyone if c.team == team], budget(draws, month, team)
            while rest > 0:
                found.append(_order(draws, ours, month, numbers))
                rest -= sum(item.amount for item in found[-1].items)
    return found


def _order(draws: Draws, ours: Sequence[Customer], month: str, numbers: Counter[date]) -> Order:
    day = month_days(month)[draws.pick(day_weights(month, ours[0].team))]
    customer = ours[draws.pick([eagerness(c, day) for c in ours])]
    numbers[day] += 1
    rep = "" if customer.channel == "建材超市" else owner_on(customer, day)  # the supermarkets' system names no rep
    invoiced = workday_from(day + timedelta(draws.below(4) if draws.chance(70) else draws.between(8, 30)))
    return Order(f"D{day:%y%m%d}{numbers[day]:02d}", day, invoiced, customer, rep, tuple(_items(draws, customer, day)))


def _items(draws: Draws, customer: Customer, day: date) -> Iterator[Item]:
    place = CHANNELS.index(customer.channel)
    weights = [p.mix[place] if p.launch <= f"{day}" else 0 for p in PRODUCTS]
    for _ in range(1 + draws.pick((18, 30, 26, 16, 10))):
        if not any(weights):
            return
        chosen = draws.pick(weights)
        weights[chosen] = 0
        item = _item(draws, PRODUCTS[chosen], customer, day)
        yield item
        if draws.chance(2):
            gift = max(1, item.quantity // 20)
            yield item._replace(quantity=gift, amount=0, cost=item.cost // item.quantity * gift, kind="free")


def _item(draws: Draws, product: Product, customer: Customer, day: date) -> Item:
    packs = max(1, half_away(product.quantity * SIZE[customer.grade] * draws.between(40, 160), 10_000 * product.pack))
    quantity = packs * product.pack
    factor = PRICE_LEVEL[day.year] * CHANNEL_PRICE[CHANNELS.index(customer.channel)]
    price = half_away(product.price * factor, 10_000_000) * 10  # whole jiao
    discount = (0, 0, 0, 2, 3, 5, 8)[draws.below(7)]
    cost = half_away(product.cost * PRICE_LEVEL[day.year], 1000)
    return Item(product.product, quantity, half_away(price * quantity * (100 - discount), 100), cost * quantity, "sale")


def follow_ups(sold: Sequence[Order]) -> list[Order]:
    """Returns and allowances some days after an order; most name it."""
    draws = Draws(SEED, 3)
    cases = [(order, ("", "T", "Z")[draws.pick((954, 36, 10))]) for order in sold]
    found = [_follow_up(draws, order, letter) for order, letter in cases if letter]
    return [paper for paper in found if paper.day <= LAST]


def _follow_up(draws: Draws, order: Order, letter: str) -> Order:
    day = workday_from(order.day + timedelta(draws.between(5, 24)))
    largest = max(order.items, key=lambda item: item.amount)
    back = _returned(draws, largest) if letter == "T" else _allowed(largest)
    named = letter == "Z" or draws.chance(85)
    rep = owner_on(order.customer, day) if order.rep else ""
    return Order(
        letter + order.number[1:],
        day,
        workday_from(day + timedelta(3)),
        order.customer,
        rep,
        (back,),
        order.number if named else "",
    )


def _returned(draws: Draws, item: Item) -> Item:
    quantity = max(1, item.quantity * draws.between(20, 100) // 100)
    amount, cost = (-half_away(money * quantity, item.quantity) for money in (item.amount, item.cost))
    return Item(item.product, -quantity, amount, cost, "return")


def _allowed(item: Item) -> Item:
    return Item(item.product, 0, -half_away(item.amount, 20), 0, "allowance")


def rebates(sold: Sequence[Order]) -> list[Order]:
    """What large customers get back on the last workday of a year, on the product they bought most."""
    found = []
    for year in range(FIRST.year, LAST.year):
        day = last_workday(f"{year}-12")
        for customer in sorted({order.customer for order in sold if order.customer.rebate}):
            bought = Counter[str]()
            for order in (o for o in sold if o.customer == customer and o.day.year == year):
                bought.update({item.product: item.amount for item in order.items})
            found.append(_rebate(customer, day, bought))
    return found


def _rebate(customer: Customer, day: date, bought: Counter[str]) -> Order:
    product = max(sorted(bought), key=lambda name: bought[name])
    item = Item(product, 0, -half_away(bought.total() * customer.rebate, 1000), 0, "rebate")
    return Order(f"F{day:%y%m%d}{customer.customer}", day, day, customer, owner_on(customer, day), (item,))
