"""What the demo company spends: months, categories and departments, in step with its sales and its people."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from salesplan.demo.company import REPS, TEAMS, Rep
from salesplan.demo.draws import SEED, Draws
from salesplan.demo.orders import Order
from salesplan.demo.seasons import months

YUAN = 100  # fen
PARTS = 10_000
RISE = {2024: 94, 2025: 97, 2026: 100, 2027: 102}  # percent of the prices of 2026
MARKETING, OFFICE = "市场部", "综合部"


class Spending(NamedTuple):
    """A category: part of the month's sales (hundredths of a percent), yuan a month or head, or base pay; whose."""

    category: str
    of_sales: int = 0
    monthly: int = 0
    per_head: int = 0
    base_pay: bool = False  # that of the reps in office
    months: tuple[int, ...] = ()  # only in these; all where empty
    department: str = ""  # each team its own where empty


SPENDING = (
    Spending("业务员底薪", base_pay=True),
    Spending("销售提成", of_sales=160),
    Spending("运输费", of_sales=110, department=OFFICE),
    Spending("门店租金", monthly=11500, department=TEAMS[0].name),
    Spending("仓储费", monthly=4800, department=OFFICE),
    Spending("差旅费", per_head=700),
    Spending("业务招待费", of_sales=42),
    Spending("广告宣传费", of_sales=60, department=MARKETING),
    Spending("促销费", of_sales=150, months=(3, 5, 6, 9, 10, 11), department=MARKETING),
    Spending("会议展览费", monthly=17500, months=(4, 10), department=MARKETING),
    Spending("办公通讯费", monthly=4300, department=OFFICE),
)


class Expense(NamedTuple):
    """What a department spent on a category in a month, in whole yuan."""

    month: str
    category: str
    department: str
    amount: int


def expenses(papers: Sequence[Order]) -> Iterator[Expense]:
    """Every month's expenses by category and department; those of nothing are left out."""
    draws, sold = Draws(SEED, 7), _sold(papers)
    for month in months():
        for kind in SPENDING:
            if kind.months and int(month[5:]) not in kind.months:
                continue
            for team, part in _parts(kind, month, sold).items():
                amount = part * draws.between(96, 104) // 100
                if amount > 0:
                    yield Expense(month, kind.category, kind.department or team, amount)


def _sold(papers: Sequence[Order]) -> Mapping[tuple[str, str], int]:
    """Net sales in fen by month and team."""
    found: Counter[tuple[str, str]] = Counter()
    for paper in papers:
        found[f"{paper.day:%Y-%m}", TEAMS[paper.customer.team].name] += sum(item.amount for item in paper.items)
    return found


def _parts(kind: Spending, month: str, sold: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Yuan by team before luck; one that a single department spends is one sum."""
    rise = RISE[int(month[:4])]
    teams = [team.name for team in TEAMS]
    if kind.monthly:
        return {kind.department: kind.monthly * rise // 100}
    if kind.per_head:
        return {team: kind.per_head * len(_reps(team, month)) * rise // 100 for team in teams}
    if kind.base_pay:
        return {team: sum(rep.base_pay for rep in _reps(team, month)) * rise // 100 for team in teams}
    parts = {team: sold.get((month, team), 0) * kind.of_sales // (PARTS * YUAN) for team in teams}
    return {kind.department: sum(parts.values())} if kind.department else parts


def _reps(team: str, month: str) -> list[Rep]:
    """Reps of a team in office in a month."""
    ours = [rep for rep in REPS if TEAMS[rep.team].name == team]
    return [rep for rep in ours if rep.start[:7] <= month <= (rep.end[:7] or month)]
