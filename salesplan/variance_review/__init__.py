"""Step 5: target and actual of the months to date, why they differ, and the plan for the rest of the year.

variance = actual - target, positive is favourable; attainment = actual / target. Money is int64 fen.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from salesplan.terms.plan import PlanTerms
from salesplan.terms.variance_review import VarianceReviewTerms
from salesplan.variance_review.actions import measure_table
from salesplan.variance_review.activity import Work, activity_review, team_rates, visits_shown
from salesplan.variance_review.boards import board_table, next_month, planned_visits
from salesplan.variance_review.bridge import (
    bridge_dimension,
    bridge_parts,
    bridge_sides,
    bridge_table,
    bridge_view,
    member_targets,
)
from salesplan.variance_review.causes import cause_faults, cause_pareto, cause_table
from salesplan.variance_review.changes import changed_lines, changes_since
from salesplan.variance_review.collecting import collecting, owed_at_review
from salesplan.variance_review.customers import Known, away, customer_review, customers_shown, regraded
from salesplan.variance_review.dealers import dealer_review
from salesplan.variance_review.decomposition import price_volume_mix
from salesplan.variance_review.exchange import currency_review
from salesplan.variance_review.grid import listed_reps, rep_grid, standing
from salesplan.variance_review.inventory import inventory
from salesplan.variance_review.kpi_values import Records
from salesplan.variance_review.kpis import kpi_pack
from salesplan.variance_review.landing import Landing, Progress, landing_estimate, outlook, time_progress
from salesplan.variance_review.landing_course import ladder, landing_course, landing_members
from salesplan.variance_review.margin import margin_bridge
from salesplan.variance_review.market import market_table, size_and_share
from salesplan.variance_review.measures import Figures
from salesplan.variance_review.member_grid import annual_summary, member_grid
from salesplan.variance_review.periods import edition, spans
from salesplan.variance_review.projects import project_review, projects_shown, won_stages
from salesplan.variance_review.proposals import Traces, largest_first, overdue, propose
from salesplan.variance_review.ranking import promises, ranking
from salesplan.variance_review.revision import Revised, capacity_by_month, outcome, plan_revision, revise, rule_grid
from salesplan.variance_review.revision_reps import revise_reps
from salesplan.variance_review.revisions import Before, roll
from salesplan.variance_review.spending import Budget, spending


class Review(NamedTuple):
    """Everything a review comes to; its tables, and the views that charts and sentences are made from."""

    grid: pd.DataFrame  # variance_review
    bridge: pd.DataFrame  # variance_review_bridge
    revision: pd.DataFrame  # variance_review_revision
    causes: pd.DataFrame  # variance_review_causes
    standing: pd.DataFrame  # per rep: months to date and the year's quota
    outlook: pd.DataFrame  # the year cumulated: target, actual, landing, revised
    revised: Revised
    landing: Landing
    progress: Progress


def review(figures: Figures, rules: VarianceReviewTerms, plan: PlanTerms, *, exclude: Sequence[str] = ()) -> Review:
    """Compare target and actual of the closed months in every way this step offers, and roll the plan forward.

    `exclude`: months of the history that say nothing about a normal year; the landing estimate leaves them out.

    Without closed months every table has its header, and the revision shows the original plan.
    Raises `PlanError` for cause codes that are not known.
    """
    cutoff, unit = plan.month_cutoff, int(plan.money_unit * 100)
    grid = rep_grid(figures, cutoff=cutoff)
    revised = plan_revision(figures, rules.revision, cutoff=cutoff, unit=unit)
    landing = landing_estimate(figures, coverage=float(rules.coverage), exclude=exclude)
    return Review(
        grid=grid,
        bridge=bridge_table(figures, rules.bridge),
        revision=revised.table,
        causes=cause_table(figures, int(grid["variance"].sum()), rules.causes),
        standing=standing(figures, grid),
        outlook=outlook(figures, revised, landing),
        revised=revised,
        landing=landing,
        progress=time_progress(figures, plan.calendar, cutoff=cutoff),
    )


__all__ = [
    "Before",
    "Budget",
    "Figures",
    "Known",
    "Records",
    "Review",
    "Revised",
    "Traces",
    "Work",
    "activity_review",
    "annual_summary",
    "away",
    "board_table",
    "bridge_dimension",
    "bridge_parts",
    "bridge_sides",
    "bridge_table",
    "bridge_view",
    "capacity_by_month",
    "cause_faults",
    "cause_pareto",
    "cause_table",
    "changed_lines",
    "changes_since",
    "collecting",
    "currency_review",
    "customer_review",
    "customers_shown",
    "dealer_review",
    "edition",
    "inventory",
    "kpi_pack",
    "ladder",
    "landing_course",
    "landing_estimate",
    "landing_members",
    "largest_first",
    "listed_reps",
    "margin_bridge",
    "market_table",
    "measure_table",
    "member_grid",
    "member_targets",
    "next_month",
    "outcome",
    "overdue",
    "owed_at_review",
    "plan_revision",
    "planned_visits",
    "price_volume_mix",
    "project_review",
    "projects_shown",
    "promises",
    "propose",
    "ranking",
    "regraded",
    "rep_grid",
    "review",
    "revise",
    "revise_reps",
    "roll",
    "rule_grid",
    "size_and_share",
    "spans",
    "spending",
    "standing",
    "team_rates",
    "time_progress",
    "visits_shown",
    "won_stages",
]
