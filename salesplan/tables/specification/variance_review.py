"""The output tables of step 5 and the columns each always has."""

TABLES: dict[str, tuple[str, ...]] = {
    "variance_review": ("rep", "month", "target", "actual", "variance", "attainment"),
    "variance_review_bridge": ("member", "target", "volume", "mix", "price", "new", "lost", "actual"),
    "variance_review_revision": ("month", "original", "actual", "revised"),
    "variance_review_kpis": ("indicator", "month", "value", "target", "state"),
    "variance_review_causes": ("code", "amount", "action", "owner", "due", "state"),
    "variance_review_activities": ("rep", "month", "activity", "planned", "actual", "gap", "attainment"),
    "variance_review_boards": ("kind", "period", "start", "end", "workdays", "rep", "amount", "visits"),
    "variance_review_composition": ("dimension", "member", "sales", "share", "last_year", "last_share", "margin"),
    "variance_review_conversion": ("rep", "activity", "tried", "reached", "rate", "plan_rate"),
    "variance_review_customers": (
        "customer",
        "grade",
        "proposed_grade",
        "state",
        "sales",
        "last_year",
        "share",
        "margin",
        "score",
        "rating",
        "advice",
    ),
    "variance_review_evaluation": ("customer", "indicator", "weight", "value", "points"),
    "variance_review_projects": ("project", "customer", "rep", "stage", "amount", "weighted", "close", "state"),
    "variance_review_visits": ("rep", "month", "grade", "customers", "visits_due", "visits", "attainment"),
}
