"""Step 5: target and actual of the months to date, why they differ, and the plan for the rest of the year.

variance = actual - target, positive is favourable; attainment = actual / target. Money is int64 fen.
"""

from typing import NamedTuple

import pandas as pd

from salesplan.terms.plan import PlanTerms
from salesplan.terms.variance_review import VarianceReviewTerms
from salesplan.variance_review.activity import (
    Activities,
    Work,
    activity_review,
    team_activity,
    team_rates,
    visits_shown,
)
from salesplan.variance_review.boards import board_table, next_month, planned_visits
from salesplan.variance_review.bridge import bridge_dimension, bridge_sides, bridge_table, member_targets
from salesplan.variance_review.causes import cause_table
from salesplan.variance_review.customers import Customers, Known, away, customer_review, customers_shown, regraded
from salesplan.variance_review.decomposition import price_volume_mix
from salesplan.variance_review.grid import listed_reps, rep_grid, rep_targets, standing
from salesplan.variance_review.kpis import kpi_table
from salesplan.variance_review.landing import (
    Landing,
    Progress,
    landing_estimate,
    outlook,
    time_progress,
)
from salesplan.variance_review.measures import Figures
from salesplan.variance_review.projects import Projects, project_review, projects_shown, won_stages
from salesplan.variance_review.revision import Revised, capacity_by_month, plan_revision, revise, rule_grid


class Review(NamedTuple):
    """Everything a review comes to; the five tables, and the views that charts and sentences are made from."""

    grid: pd.DataFrame  # variance_review
    bridge: pd.DataFrame  # variance_review_bridge
    revision: pd.DataFrame  # variance_review_revision
    kpis: pd.DataFrame  # variance_review_kpis
    causes: pd.DataFrame  # variance_review_causes
    standing: pd.DataFrame  # per rep: months to date and the year's quota
    outlook: pd.DataFrame  # the year cumulated: target, actual, landing, revised
    revised: Revised
    landing: Landing
    progress: Progress


def review(figures: Figures, rules: VarianceReviewTerms, plan: PlanTerms) -> Review:
    """Compare target and actual of the closed months in every way this step offers, and roll the plan forward.

    Without closed months every table has its header, and the revision shows the original plan.
    Raises `PlanError` for cause codes that are not known.
    """
    cutoff, unit = plan.month_cutoff, int(plan.money_unit * 100)
    grid = rep_grid(figures, cutoff=cutoff)
    revised = plan_revision(figures, rules.revision, cutoff=cutoff, unit=unit)
    landing = landing_estimate(figures, coverage=float(rules.coverage))
    return Review(
        grid=grid,
        bridge=bridge_table(figures, rules.bridge),
        revision=revised.table,
        kpis=kpi_table(figures, rules.states, tax=plan.tax, cutoff=cutoff),
        causes=cause_table(figures, int(grid["variance"].sum()), rules.causes),
        standing=standing(figures, grid),
        outlook=outlook(figures, revised, landing),
        revised=revised,
        landing=landing,
        progress=time_progress(figures, plan.calendar, cutoff=cutoff),
    )


__all__ = [
    "Activities",
    "Customers",
    "Figures",
    "Known",
    "Landing",
    "Progress",
    "Projects",
    "Review",
    "Revised",
    "Work",
    "activity_review",
    "away",
    "board_table",
    "bridge_dimension",
    "bridge_sides",
    "bridge_table",
    "capacity_by_month",
    "cause_table",
    "customer_review",
    "customers_shown",
    "kpi_table",
    "landing_estimate",
    "listed_reps",
    "member_targets",
    "next_month",
    "outlook",
    "plan_revision",
    "planned_visits",
    "price_volume_mix",
    "project_review",
    "projects_shown",
    "regraded",
    "rep_grid",
    "rep_targets",
    "review",
    "revise",
    "rule_grid",
    "standing",
    "team_activity",
    "team_rates",
    "time_progress",
    "visits_shown",
    "won_stages",
]
