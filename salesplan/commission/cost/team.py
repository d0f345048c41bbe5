"""What the plans cost when everybody reaches a given attainment."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.commission.cost.made_up import Past, Scene, at_attainment, quota_lines
from salesplan.commission.cost.stage import Stage, all_paid, stages
from salesplan.commission.year import Ledger, Year
from salesplan.terms.commission import CommissionPlan, CommissionTerms

ATTAINMENTS = tuple(Decimal(tenth) / 10 for tenth in range(6, 15))
RATIOS = ["cost_ratio", "pay_ratio", "variable_share"]
SUMMED = ["quota", "sales", "commission", "base_pay", "draw", "pay"]


def scenes_of(
    ledger: Ledger,
    year: Year,
    rules: CommissionTerms,
    past: Past,
    attainments: Sequence[Decimal] = ATTAINMENTS,
) -> list[Scene]:
    """Everybody at each attainment, in the rhythm and the mix of his quota."""
    if ledger.reps is None or ledger.quotas is None or not rules.plans:
        return []
    lines = quota_lines(ledger, year, rules.plans, past)
    return [at_attainment(lines, attainment) for attainment in attainments]


class Rehearsal(NamedTuple):
    """The made-up years of `cost_reps` worked out once, to be asked again under other numbers of a plan."""

    scenes: tuple[Scene, ...]
    stages: tuple[Stage, ...]

    def under(self, plans: Sequence[CommissionPlan]) -> "Rehearsal":
        """The same years under plans of which only rates, boundaries and caps are others."""
        return self._replace(stages=tuple(stage.under(plans) for stage in self.stages))

    def reps(self) -> pd.DataFrame:
        """The frame of `cost_reps`."""
        return _by_attainment(self.scenes, all_paid(stage.paid() for stage in self.stages))


def rehearsed(
    ledger: Ledger,
    year: Year,
    rules: CommissionTerms,
    *,
    attainments: Sequence[Decimal] = ATTAINMENTS,
    past: Past = Past(),  # noqa: B008 frozen
) -> Rehearsal:
    """Everybody at each attainment in every month, worked out by the code that pays; see `cost_reps`."""
    scenes = scenes_of(ledger, year, rules, past, attainments)
    return Rehearsal(tuple(scenes), tuple(stages(ledger, year, rules, scenes)))


def cost_reps(
    ledger: Ledger,
    year: Year,
    rules: CommissionTerms,
    *,
    attainments: Sequence[Decimal] = ATTAINMENTS,
    past: Past = Past(),  # noqa: B008 frozen
) -> pd.DataFrame:
    """Pay of the year per rep when everybody reaches each attainment in every month: the code that pays, no other.

    Columns: rep, attainment, plan, quota, sales, commission, base_pay, draw, pay (int64 fen), cost_ratio = commission
    / sales, pay_ratio = pay / sales, variable_share = commission / pay (NaN without sales or pay); sorted by rep and
    attainment. `paid` says what counts and what does not.
    """
    return rehearsed(ledger, year, rules, attainments=attainments, past=past).reps()


def _by_attainment(scenes: Sequence[Scene], found: pd.DataFrame) -> pd.DataFrame:
    reached = np.array([scene.attainment for scene in scenes])[found["scene"].to_numpy()] if scenes else []
    told = with_ratios(found.assign(attainment=pd.Series(reached, dtype="float64")))
    keys = ["rep", "attainment"]
    return told.sort_values(keys, ignore_index=True)[[*keys, "plan", *SUMMED, *RATIOS]]


def with_ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """Cost and pay as a share of sales, and commission as a share of pay; NaN where that is none."""
    sales, pay = (frame[name].where(frame[name] > 0).astype("float64") for name in ("sales", "pay"))
    return frame.assign(
        cost_ratio=frame["commission"] / sales, pay_ratio=frame["pay"] / sales, variable_share=frame["commission"] / pay
    )


def cost_of_team(reps: pd.DataFrame) -> pd.DataFrame:
    """The sums of `cost_reps` by attainment: attainment, commission, cost_ratio, sales, base_pay, draw, pay, ratios."""
    sums = with_ratios(reps.groupby("attainment", as_index=False)[SUMMED].sum())
    return sums[
        ["attainment", "commission", "cost_ratio", "sales", "base_pay", "draw", "pay", "pay_ratio", "variable_share"]
    ]
