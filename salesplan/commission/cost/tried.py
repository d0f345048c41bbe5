"""Plans with other numbers: rates, boundaries and caps moved, to see what they would cost."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from salesplan.commission.cost.made_up import Past
from salesplan.commission.cost.team import ATTAINMENTS, cost_of_team, rehearsed
from salesplan.commission.year import Ledger, Year
from salesplan.terms.commission import CommissionPlan, CommissionTerms, Tier

CHANGES = (Decimal("-0.005"), Decimal(0), Decimal("0.005"))  # of every rate, in points
MOVES = (Decimal("-0.1"), Decimal("0.1"))  # of every boundary, as a share of it
EXACT = Decimal("0.000001")
GRID = ["change_share", "boundary_share", "planned", "attainment", "commission", "cost_ratio"]


class Numbers(NamedTuple):
    """The numbers of a plan that are tried: where its tiers begin after the first, their rates, the cap.

    Of a curve: where its points stand, and what they pay.
    """

    begins: tuple[Decimal, ...]
    rates: tuple[Decimal, ...]
    cap: Decimal | None = None


def numbers_of(plan: CommissionPlan) -> Numbers:
    """The numbers of a plan as it stands."""
    if plan.curve is not None:
        points = plan.curve.points
        return Numbers(tuple(point.at for point in points), tuple(point.pays for point in points), plan.cap)
    return Numbers(tuple(tier.from_ for tier in plan.tiers[1:]), tuple(tier.rate for tier in plan.tiers), plan.cap)


def with_numbers(plan: CommissionPlan, numbers: Numbers) -> CommissionPlan | None:
    """The plan with other numbers; None where its tiers would not rise. Rates of members move with their tier's."""
    begins = numbers.begins if plan.curve is not None else (Decimal(0), *numbers.begins)
    if any(later <= before for before, later in pairwise(begins)):
        return None
    pairs = list(zip(begins, numbers.rates, strict=True))
    if plan.curve is not None:
        points = zip(plan.curve.points, pairs, strict=True)
        moved = tuple(point.model_copy(update={"at": at, "pays": pays}) for point, (at, pays) in points)
        return plan.model_copy(update={"curve": plan.curve.model_copy(update={"points": moved}), "cap": numbers.cap})
    tiers = tuple(_moved(tier, *pair) for tier, pair in zip(plan.tiers, pairs, strict=True))
    return plan.model_copy(update={"tiers": tiers, "cap": numbers.cap})


def _moved(tier: Tier, begin: Decimal, rate: Decimal) -> Tier:
    change = rate - tier.rate
    rates = {member: _within(own + change) for member, own in tier.rates.items()}
    return tier.model_copy(update={"from_": begin, "to": None, "rate": _within(rate), "rates": rates})


def _within(rate: Decimal) -> Decimal:
    return min(max(rate, Decimal(0)), Decimal(1))


def tried(rules: CommissionTerms, place: int, numbers: Numbers) -> CommissionTerms | None:
    """The plans with one of them at other numbers; None where its tiers would not rise."""
    plan = with_numbers(rules.plans[place], numbers)
    if plan is None:
        return None
    return rules.model_copy(update={"plans": (*rules.plans[:place], plan, *rules.plans[place + 1 :])})


def shifted(rules: CommissionTerms, change: Decimal, move: Decimal = Decimal(0)) -> CommissionTerms:
    """The same plans with every rate moved by `change` (points, within 0 and 1) and every boundary by a share of it.

    Boundaries are rounded to a millionth. Of curves only the points move.
    """
    plans = []
    for plan in rules.plans:
        begins, rates, cap = numbers_of(plan)
        away = tuple((begin * (1 + move)).quantize(EXACT) for begin in begins)
        moved = rates if plan.curve is not None else tuple(_within(rate + change) for rate in rates)
        plans.append(with_numbers(plan, Numbers(away, moved, cap)) or plan)
    return rules.model_copy(update={"plans": tuple(plans)})


def cost_grid(
    ledger: Ledger,
    year: Year,
    rules: CommissionTerms,
    *,
    past: Past = Past(),  # noqa: B008 frozen
    attainments: Sequence[Decimal] = ATTAINMENTS[2:7:2],
) -> pd.DataFrame:
    """What if all rates, or all boundaries, were higher or lower: one row per change and attainment.

    Columns: change_share (of the rates, points as a share), boundary_share (of the boundaries, as a share of them),
    planned (whether nothing is changed), attainment, commission (int64 fen), cost_ratio.
    """
    cases = [*((change, Decimal(0)) for change in CHANGES), *((Decimal(0), move) for move in MOVES)]
    rehearsal = rehearsed(ledger, year, rules, attainments=attainments, past=past)
    grids = [
        cost_of_team(rehearsal.under(shifted(rules, *case).plans).reps()).assign(
            change_share=float(case[0]), boundary_share=float(case[1]), planned=not any(case)
        )
        for case in cases
    ]
    return pd.concat(grids, ignore_index=True)[GRID]


def beside(reps: pd.DataFrame, most: int = 3) -> list[str]:
    """A few reps to look at: the lowest, the median and the highest commission of one attainment's rows."""
    ordered = reps.sort_values(["commission", "rep"], ignore_index=True)["rep"].astype(str).tolist()
    places = dict.fromkeys([0, (len(ordered) - 1) // 2, len(ordered) - 1][:most])
    return [ordered[place] for place in places] if ordered else []


def team_beside(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The team's commission by attainment as it stands and as tried, both frames of `cost_reps`.

    Columns: attainment, before, after, difference (int64 fen), ratio_before, ratio_after (of sales).
    """
    old, new = (cost_of_team(reps).set_index("attainment") for reps in (before, after))
    told = {
        "before": old["commission"],
        "after": new["commission"],
        "difference": new["commission"] - old["commission"],
        "ratio_before": old["cost_ratio"],
        "ratio_after": new["cost_ratio"],
    }
    return pd.DataFrame(told).reset_index()


def reps_beside(before: pd.DataFrame, after: pd.DataFrame, plan: str) -> pd.DataFrame:
    """Pay of a few reps of a plan at full attainment, as it stands and as tried, both frames of `cost_reps`.

    The lowest, the median and the highest commission as it stands. Columns: rep, before, after, difference.
    """
    full = before[(before["attainment"] == 1) & (before["plan"] == plan)]
    new = after[after["attainment"] == 1].set_index("rep")["pay"]
    rows = full.set_index("rep").loc[beside(full), "pay"].rename("before").reset_index()
    rows = rows.assign(after=rows["rep"].map(new).astype("int64"))
    return rows.assign(difference=rows["after"] - rows["before"])
