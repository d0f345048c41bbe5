"""Building projects that the demo company's project reps follow, as the tracking table stands on the last day."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from salesplan.demo.company import LAST, PROJECT
from salesplan.demo.customers import Customer, owner_on
from salesplan.demo.draws import SEED, Draws
from salesplan.demo.seasons import month_days, workday_from

EARLY, BID, WON, STOCKED, ACCEPTED = "前期设计", "投标", "深化设计", "备货执行", "验收"
FOLLOW_UP = {EARLY: (1, 7), BID: (-5, 14), WON: (1, 14), STOCKED: (1, 14)}  # days; an early project every week


class Project(NamedTuple):
    """A project with its amount in thousands of yuan, low and high; the probability in percent, None by the stage."""

    project: str
    rep: str
    stage: str
    close: str
    amount: tuple[int, int]
    probability: int | None


class Opportunity(NamedTuple):
    """A line of the tracking table; the amount in yuan."""

    project: str
    customer: str
    rep: str
    stage: str
    amount: int
    close: date
    next_follow_up: date | None
    probability: int | None


PROJECTS = (
    Project("航空港区安置房外墙", "R10", BID, "2027-06", (380, 420), None),
    Project("郑东新区人才公寓", "R10", WON, "2027-05", (170, 190), 80),
    Project("高新区产业园厂房", "R10", EARLY, "2027-10", (550, 600), None),
    Project("中原区旧改外立面", "R10", STOCKED, "2027-04", (90, 130), 95),
    Project("经开区学校扩建", "R10", BID, "2027-08", (150, 190), None),
    Project("惠济区康养中心", "R10", EARLY, "2028-03", (260, 320), None),
    Project("高铁片区住宅", "R11", BID, "2027-09", (150, 190), None),
    Project("卧龙区医院改造", "R11", WON, "2027-06", (70, 100), 75),
    Project("宛城区商业街", "R11", EARLY, "2027-11", (50, 80), 25),
    Project("镇平工业园仓库", "R11", BID, "2028-02", (120, 160), None),
    Project("洛龙区写字楼", "R12", WON, "2027-07", (120, 150), None),
    Project("伊滨区学府花园", "R12", BID, "2027-10", (200, 260), 35),
    Project("涧西区厂房翻新", "R12", ACCEPTED, "2027-03", (50, 70), 100),
    Project("西工区酒店改造", "R12", EARLY, "2027-12", (90, 130), None),
    Project("偃师安置小区", "R12", BID, "2028-01", (180, 200), None),
)


def opportunities(everyone: Sequence[Customer]) -> list[Opportunity]:
    """Every project with a customer of its rep, an amount in thousands of yuan and the day it is due next."""
    return list(_opportunities(Draws(SEED, 7), everyone))


def _opportunities(draws: Draws, everyone: Sequence[Customer]) -> Iterator[Opportunity]:
    for project in PROJECTS:
        ours = [c for c in everyone if c.channel in PROJECT and owner_on(c, LAST) == project.rep]
        customer = ours[draws.pick([c.weight for c in ours])]
        days = month_days(project.close)
        close = workday_from(days[draws.below(len(days) - 10)]) if project.close[:4] == f"{LAST.year}" else days[14]
        due = FOLLOW_UP.get(project.stage)
        yield Opportunity(
            project.project,
            customer.customer,
            project.rep,
            project.stage,
            draws.between(*project.amount) * 1000,
            close,
            LAST + timedelta(draws.between(*due)) if due else None,
            project.probability,
        )
