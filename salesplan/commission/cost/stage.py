"""Made-up years through the code that pays: every rep stands on the stage once per scene."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.cost.made_up import Scene, in_orders, order_lines, orders_of
from salesplan.commission.pay import pay_table
from salesplan.commission.working import Ground, Part, work
from salesplan.commission.year import Ledger, Year
from salesplan.money import Integers
from salesplan.terms.commission import CommissionPlan, CommissionTerms
from salesplan.terms.release import Leavers

# All that is made up is ordered, invoiced and paid at once: what is earned is what the sales cost. Quotas are net of
# rebates, and last year's were booked.
AT_ONCE: dict[str, Any] = {
    "basis": "ordered",
    "measure_basis": "ordered",
    "release": "order_full",
    "milestones": (),
    "rebates": "booked",
    "holdback": None,
    "late": None,
    "leavers": Leavers(),
}
MOST_AT_ONCE = 40_000  # reps on the stage
MONEY = ("sales", "quota", "commission", "base_pay", "draw")
COLUMNS = ["scene", "rep", "plan", "quota", "sales", "commission", "base_pay", "draw", "pay"]


class Stage(NamedTuple):
    """Made-up years worked out: who stands on the stage, and what every plan makes of it."""

    cast: "_Cast"
    first: int  # place of its first scene
    rules: CommissionTerms
    ground: Ground
    parts: tuple[tuple[Part, ...], ...]  # of each plan

    def under(self, plans: Sequence[CommissionPlan]) -> "Stage":
        """The same years under plans with other rates, boundaries or caps; what the other plans make of it stays."""
        told = self.cast.reps(plans)[1]
        old = zip(self.rules.plans, self.parts, strict=True)
        ground = replace(self.ground, plans=told)
        parts = tuple(
            made if plan == before else tuple(work(ground, plan, place))
            for place, (plan, (before, made)) in enumerate(zip(told, old, strict=True))
        )
        return self._replace(rules=self.rules.model_copy(update={"plans": told}), ground=ground, parts=parts)

    def paid(self) -> pd.DataFrame:
        """What each rep would be paid in each scene; see `paid`."""
        found = _told(self._table(), self.cast)
        return found.assign(scene=found["scene"] + self.first)

    def _table(self) -> pd.DataFrame:
        """The pay of everybody on the stage, month by month, by the parts of the calculation that pay needs."""
        from salesplan.commission.calculate import grid_of

        ground, parts = self.ground, [part for made in self.parts for part in made]
        earned = np.zeros((len(ground.roster.names), len(ground.year.months)), dtype=np.int64)
        for part in parts:
            np.add.at(earned, part.accounts.rep, np.diff(part.accounts.earned, axis=1))
        rep, month = np.nonzero(earned)
        moved = earned[rep, month]
        sums = {"earned": moved, "released": np.maximum(moved, 0), "clawback": np.minimum(moved, 0)}
        names = {"rep": ground.roster.names[rep], "month": np.array(ground.year.months, dtype=object)[month]}
        moves = pd.DataFrame({**names, **sums})
        return pay_table(grid_of(ground, parts), moves, ground.ledger, ground.year, self.rules).table


def stages(ledger: Ledger, year: Year, rules: CommissionTerms, scenes: Sequence[Scene]) -> Iterator[Stage]:
    """The scenes worked out, a few at a time, so that what is worked on at once stays small."""
    if ledger.reps is None or ledger.quotas is None or not rules.plans or not scenes:
        return
    many = max(MOST_AT_ONCE // max(ledger.reps["rep"].nunique(), 1), 1)
    for first in range(0, len(scenes), many):
        yield _staged(ledger, year, rules, scenes[first : first + many])._replace(first=first)


def paid(ledger: Ledger, year: Year, rules: CommissionTerms, scenes: Sequence[Scene]) -> pd.DataFrame:
    """What each rep on a plan would be paid over the year in each scene: int64 fen, sorted by scene and rep.

    Columns: scene (its place), rep, plan (of his last month with one), quota, sales (of his months with a plan),
    commission (all that is earned), base_pay, draw (advances not recovered by the end of the year), pay = commission
    + base_pay + draw. Goals without a score count as met; contests, adjustments and holdbacks play no part.
    """
    return all_paid(stage.paid() for stage in stages(ledger, year, rules, scenes))


def all_paid(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """What all stages pay, in one frame."""
    found = list(parts)
    return pd.concat(found, ignore_index=True) if found else empty()


def _staged(ledger: Ledger, year: Year, rules: CommissionTerms, scenes: Sequence[Scene]) -> Stage:
    from salesplan.commission.calculate import make_ground

    assert ledger.reps is not None and ledger.quotas is not None
    cast = _Cast(ledger.reps, len(scenes))
    made = pd.concat(
        [scene.sales.assign(rep=cast.names(scene.sales["rep"], place)) for place, scene in enumerate(scenes)],
        ignore_index=True,
    )
    cut = in_orders(made[made["rep"] != ""], orders_of(ledger, year, rules.plans))
    reps, plans = cast.reps(rules.plans)
    stage = Ledger(
        order_lines=order_lines(cut, year),
        reps=reps,
        quotas=cast.copies(_by_month(ledger.quotas)),
        products=ledger.products,
        customers=ledger.customers,
        ramping=None if ledger.ramping is None else cast.copies(ledger.ramping),
    )
    whole = replace(year, as_of=calendar.month_span(year.months[-1], year.cutoff)[1])
    plain = rules.model_copy(update={"contests": (), "last_place": None, "alternatives": (), "plans": plans})
    ground = make_ground(stage, whole, plain)
    return Stage(cast, 0, plain, ground, tuple(tuple(work(ground, plan, n)) for n, plan in enumerate(plans)))


def empty() -> pd.DataFrame:
    """The result for nobody."""
    texts = ("rep", "plan")
    return pd.DataFrame({name: pd.Series(dtype="str" if name in texts else "int64") for name in COLUMNS})


def _by_month(quotas: pd.DataFrame) -> pd.DataFrame:
    known = quotas[quotas["amount"].notna()].astype({"amount": "int64"})
    return known.groupby(["rep", "month"])["amount"].sum().reset_index()


def _told(table: pd.DataFrame, cast: "_Cast") -> pd.DataFrame:
    """The pay of the year per scene and rep."""
    known = table.rename(columns={"actual": "sales", "earned": "commission"}).sort_values(["rep", "month"])
    whole = known.groupby("rep", as_index=False).agg({**dict.fromkeys(MONEY, "sum"), "plan": "last"})
    place, rep = cast.places(whole["rep"])
    found = whole.assign(scene=place, rep=rep, pay=whole[["commission", "base_pay", "draw"]].sum(axis=1))
    ordered: pd.DataFrame = found.sort_values(["scene", "rep"], ignore_index=True)
    return ordered[COLUMNS]


class _Cast:
    """The reps once per scene, under numbers of their own: place of the scene, place of the rep."""

    def __init__(self, reps: pd.DataFrame, scenes: int) -> None:
        self.table, self.scenes = reps.reset_index(drop=True), scenes
        self.labels = pd.Index(sorted(set(reps["rep"].astype(str))), dtype=object)
        self.width = max(len(self.labels), 1)
        self.texts = pd.array([*(f"{number:08d}" for number in range(self.width * scenes)), ""], dtype="str")

    def names(self, labels: "pd.Series[Any]", place: int) -> "pd.Series[Any]":
        """The numbers of reps in a scene; '' for who is none."""
        found = self.labels.get_indexer(pd.Index(labels.astype(object)))
        numbers = np.where(found < 0, len(self.texts) - 1, found + place * self.width)
        return pd.Series(self.texts.take(numbers), index=labels.index)

    def copies(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table of reps once per scene."""
        parts = [frame.assign(rep=self.names(frame["rep"], place)) for place in range(self.scenes)]
        both = pd.concat(parts, ignore_index=True)
        return both[both["rep"] != ""].reset_index(drop=True)

    def places(self, names: "pd.Series[Any]") -> "tuple[Integers, pd.Series[Any]]":
        """Place of the scene and label of the rep of each number."""
        numbers = names.to_numpy().astype(np.int64)
        reps = pd.Series(self.labels[numbers % self.width], index=names.index, dtype="str")
        return numbers // self.width, reps

    def reps(self, plans: Sequence[CommissionPlan]) -> tuple[pd.DataFrame, tuple[CommissionPlan, ...]]:
        """The reps once per scene, below the manager of their own scene, and plans that tell them by a mark.

        Plans may name reps and managers, who have other numbers here: whom a plan fits is settled beforehand, and a
        mark of all plans that fit stands in the column `team`.
        """
        fits = np.column_stack([_fits(self.table, plan) for plan in plans])
        marks, mark = np.unique(fits, axis=0, return_inverse=True)
        own = self.table.assign(team=pd.Series(mark.ravel(), dtype="str"))
        copies = self.copies(own.drop(columns="name", errors="ignore"))
        if "manager" in own:
            copies["manager"] = pd.concat([self.names(self._managers(), n) for n in range(self.scenes)]).to_numpy()
        told = [
            plan.model_copy(update={**AT_ONCE, "applies_to": {"team": str(number)}})
            for number, row in enumerate(marks)
            for plan in _reached([plan for plan, fit in zip(plans, row, strict=True) if fit])
        ]
        return copies, tuple(told)

    def _managers(self) -> "pd.Series[Any]":
        """The number of each rep's manager, who is named by number or by name."""
        manager = self.table["manager"].astype(object)
        if "name" not in self.table:
            return manager
        names = dict(zip(self.table["name"], self.table["rep"], strict=True))
        return manager.where(manager.isin(self.labels), manager.map(names))


def _reached(plans: list[CommissionPlan]) -> list[CommissionPlan]:
    """Plans up to the first that holds all year: those behind it are nobody's."""
    always = [place for place, plan in enumerate(plans) if plan.from_ is None and plan.until is None]
    return plans[: always[0] + 1] if always else plans


def _fits(reps: pd.DataFrame, plan: CommissionPlan) -> Any:
    fits = np.ones(len(reps), dtype=bool)
    for column, wanted in plan.applies_to.items():
        fits &= (reps[column].astype(object) == wanted).to_numpy() if column in reps else False
    return fits
