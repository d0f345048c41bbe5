"""What the demo company's reps write down of their days: calls, visits, proposals and bids by month."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from salesplan.demo.company import LAST, REPS, Rep
from salesplan.demo.customers import owner_on
from salesplan.demo.draws import SEED, Draws
from salesplan.demo.orders import Order
from salesplan.demo.seasons import months

BID, PROPOSAL, VISIT, CALL = "投标报价", "方案", "拜访", "电话"
# percent of each stage that reaches the one above it, by team: bids, proposals, visits, calls
RATES = ((58, 78, 44, 18), (52, 74, 41, 16), (46, 70, 40, 16))
# percent of the team's rates that a rep has, where he differs
OWN = {"R02": (115, 104, 110, 105), "R05": (108, 100, 106, 112), "R08": (104, 105, 95, 90), "R10": (106, 98, 92, 100),
       "R11": (90, 96, 104, 100), "R12": (74, 92, 88, 96)}  # fmt: skip
DESK, ROUNDED, FORGETFUL = "R04", "R09", "R11"  # hardly visits anybody; writes round numbers; forgets some months


class Activity(NamedTuple):
    """How often a rep did something in a month."""

    month: str
    rep: str
    activity: str
    times: int


def activities(papers: Sequence[Order]) -> Iterator[Activity]:
    """Every rep in office, month by month, in step with the orders that he closed."""
    draws, won = Draws(SEED, 8), _won(papers)
    for month in months():
        for rep in REPS:
            if rep.start[:7] <= month <= (rep.end[:7] or f"{LAST:%Y-%m}"):
                yield from _month(draws, rep, month, won[rep.rep, month])


def _won(papers: Sequence[Order]) -> Counter[tuple[str, str]]:
    sold = [paper for paper in papers if paper.items[0].kind == "sale"]
    return Counter((_seller(paper), f"{paper.day:%Y-%m}") for paper in sold)


def _seller(paper: Order) -> str:
    """The rep of an order, by its customer where the supermarkets' system names none."""
    return paper.rep or owner_on(paper.customer, paper.day)


def _month(draws: Draws, rep: Rep, month: str, deals: int) -> Iterator[Activity]:
    own = OWN.get(rep.rep, (100, 100, 100, 100))
    level = max(deals, 1 + draws.below(2)) * 100
    forgotten = rep.rep == FORGETFUL and draws.chance(15)
    for activity, rate, factor in zip((BID, PROPOSAL, VISIT, CALL), RATES[rep.team], own, strict=True):
        level = level * 1_000_000 // (rate * factor * draws.between(94, 106))
        count = _written(draws, rep.rep, activity, -(-level // 100))
        if not forgotten:
            yield Activity(month, rep.rep, activity, count)


def _written(draws: Draws, rep: str, activity: str, count: int) -> int:
    """What ends up in the book."""
    if rep == DESK and activity == VISIT:
        return draws.below(5)
    return max(10, (count + 5) // 10 * 10) if rep == ROUNDED else count
