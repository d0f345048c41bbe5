"""What the commission plans cost before they are adopted: all that can be said of it, in one go."""

from dataclasses import dataclass

import pandas as pd

from salesplan.commission.cost import last_year, side_by_side, spread
from salesplan.commission.cost.made_up import Past, Scene, quota_lines, scaled
from salesplan.commission.cost.side_by_side import FULL, IN_FORCE, LAST_YEAR, UNEVEN, Paid
from salesplan.commission.cost.stage import paid
from salesplan.commission.cost.team import RATIOS, SUMMED, cost_of_team, scenes_of, with_ratios
from salesplan.commission.year import Ledger, Year
from salesplan.terms.commission import CommissionTerms


@dataclass(frozen=True)
class PlanCost:
    """Tables of the cost, each with its header where there is nothing to say.

    `team` by attainment (`cost_of_team`), `reps` by rep and attainment (`cost_reps`), `spread` (`spread.spread`),
    `tiers` (`spread.tiers_expected`), `last_year` (`last_year.told`), `sets` and `gains` (`side_by_side`).
    """

    team: pd.DataFrame
    reps: pd.DataFrame
    spread: pd.DataFrame
    tiers: pd.DataFrame
    last_year: pd.DataFrame
    sets: pd.DataFrame
    gains: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The output tables by name."""
        return {
            "commission_cost": self.team,
            "commission_cost_reps": self.reps,
            "commission_spread": self.spread,
            "commission_spread_tiers": self.tiers,
            "commission_last_year": self.last_year,
            "commission_cost_plans": self.sets,
            "commission_cost_gains": self.gains,
        }


def plan_cost(ledger: Ledger, year: Year, rules: CommissionTerms, past: Past = Past()) -> PlanCost:  # noqa: B008 frozen
    """The cost of the plans in force and of their alternatives, on made-up years through the code that pays.

    Every rep is paid once per attainment, once with months as uneven as last year's, once for last year's sales and
    once for each outcome that the history lets expect; then by every alternative. Without reps, quotas or plans the
    tables are empty. Raises what `calculate` raises.
    """
    scenes = _scenes(ledger, year, rules, past)
    found = spread.outlook(past) if scenes else None
    outcomes = _outcomes(ledger, year, rules, past, found)
    whole = paid(ledger, year, rules, [*scenes, *outcomes])
    known = whole["scene"] < len(scenes)
    first = _paid(IN_FORCE, scenes, whole[known])
    places = range(len(rules.alternatives)) if scenes else ()
    others = [_alternative(ledger, year, rules, past, place) for place in places]
    reps = _of_reps(first)
    return PlanCost(
        cost_of_team(reps),
        reps,
        spread.spread(whole[~known], found) if found and outcomes else spread.nothing(),
        _tiers(rules, found, whole),
        last_year.told(first.frame[first.frame["scene"].isin(_places(first, LAST_YEAR))]),
        side_by_side.cost_of_sets([first, *others]) if scenes else side_by_side.no_sets(),
        side_by_side.gains([first, *others]),
    )


def _scenes(ledger: Ledger, year: Year, rules: CommissionTerms, past: Past) -> list[Scene]:
    """Every attainment, 100 % with uneven months, last year: the last two where last year is known."""
    scenes = scenes_of(ledger, year, rules, past)
    sold = last_year.scene_of(ledger, year, rules, past) if scenes else None
    if sold is None:
        return scenes
    lines = quota_lines(ledger, year, rules.plans, past)
    uneven = Scene(UNEVEN, scaled(lines, spread.micro(spread.swing(lines, past, year))), 1.0)
    return [*scenes, uneven, sold]


def _outcomes(
    ledger: Ledger, year: Year, rules: CommissionTerms, past: Past, found: "spread.Outlook | None"
) -> list[Scene]:
    if found is None:
        return []
    return spread.scenes_of(quota_lines(ledger, year, rules.plans, past), found, past, year)


def _paid(name: str, scenes: list[Scene], frame: pd.DataFrame) -> Paid:
    codes = [FULL if scene.name == "attainment" and scene.attainment == 1 else scene.name for scene in scenes]
    return Paid(name, codes, [scene.attainment for scene in scenes], frame)


def _alternative(ledger: Ledger, year: Year, rules: CommissionTerms, past: Past, place: int) -> Paid:
    """What another set of plans pays in the same scenes; it may look at more of a sale than the one in force."""
    other = rules.alternatives[place]
    own = rules.model_copy(update={"plans": other.plans, "alternatives": ()})
    scenes = _scenes(ledger, year, own, past)
    return _paid(other.name, scenes, paid(ledger, year, own, scenes))


def _places(one: Paid, *codes: str) -> list[int]:
    return [place for place, code in enumerate(one.codes) if code in codes]


def _of_reps(one: Paid) -> pd.DataFrame:
    """The rows of `cost_reps`: rep, attainment, plan, the money and the ratios."""
    rows = one.frame[one.frame["scene"].isin(_places(one, "attainment", FULL))]
    reached = rows["scene"].map(dict(enumerate(one.attainments))).astype("float64")
    told = with_ratios(rows.assign(attainment=reached)).sort_values(["rep", "attainment"], ignore_index=True)
    return told[["rep", "attainment", "plan", *SUMMED, *RATIOS]]


def _tiers(rules: CommissionTerms, found: "spread.Outlook | None", whole: pd.DataFrame) -> pd.DataFrame:
    if found is None:
        return spread.no_tiers()
    return spread.tiers_expected(rules.plans, found, whole.drop_duplicates("rep").set_index("rep")["plan"])


def compared(cost: PlanCost, scene: str) -> pd.DataFrame:
    """Who gains and loses in a scene by the other set that differs most from the one in force there."""
    rows = cost.gains[cost.gains["scene"] == scene]
    if rows.empty:
        return rows
    moved = rows["difference"].abs().groupby(rows["plan_set"], sort=False).sum()
    return rows[rows["plan_set"] == moved.idxmax()].reset_index(drop=True)
