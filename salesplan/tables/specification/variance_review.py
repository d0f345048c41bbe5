"""The output tables of step 5 and the columns each always has."""

COMPARED = ("target", "actual", "variance", "attainment", "last_year", "growth")
TABLES: dict[str, tuple[str, ...]] = {
    "variance_review": ("rep", "month", "target", "actual", "variance", "attainment"),
    "variance_review_bridge": ("member", "target", "volume", "mix", "price", "new", "lost", "actual"),
    "variance_review_revision": (
        "month", "original", "actual", "revised", "revised_before", "variance", "variance_revised",
    ),
    "variance_review_revision_reps": ("rep", "month", "original", "actual", "revised", "pinned"),
    "variance_review_revisions": (
        "number", "as_of", "reason", "year", "missing", "promised", "placed", "unplaced", "kept", "ahead", "difference",
    ),
    "variance_review_promises": ("month", "rep", "team", "amount", "actual", "variance", "attainment"),
    "variance_review_changes": ("month", "rep", "amount_before", "amount_now", "difference"),
    "variance_review_changed_lines": (
        "month", "order", "date", "rep", "product", "amount_before", "amount_now", "difference",
    ),
    "variance_review_landing": ("month", "level", "target", "expected", "low", "high", "probability"),
    "variance_review_landing_members": (
        "dimension", "member", "target", "actual", "expected", "low", "high", "gap", "probability", "whole_years",
    ),
    "variance_review_kpis": ("indicator", "month", "value", "target", "state"),
    "variance_review_cash": (
        "month", "sold", "due", "settled", "received", "collection_rate", "expected_open", "expected_sales", "expected",
    ),
    "variance_review_causes": ("code", "amount", "action", "owner", "due", "state"),
    "variance_review_grid": (
        "indicator", "dimension", "member", "period", *COMPARED, "workday_share", "seasonal_share", "year_share",
        "unit", "complete",
    ),
    "variance_review_annual": ("indicator", "month", *COMPARED, "unit"),
    "variance_review_ranking": (
        "place", "rep", "target", "actual", "attainment", "median_gap_share", "best_gap_share", "amount_to_median",
        "amount_to_best", "amount_behind", "quota", "months_left", "amount_month_planned", "amount_month_quota",
        "amount_month_median", "amount_month_so_far",
    ),
    "variance_review_bridge_margin": ("member", "target", "volume", "mix", "price", "new", "lost", "cost", "actual"),
    "variance_review_market": ("measure", "market_target", "market_actual", "variance", "market_size", "market_share"),
    "variance_review_measures": ("code", "month", "rep", "action", "owner", "due", "state", "age_days", "overdue_days"),
    "variance_review_proposals": ("code", "subject", "amount", "evidence"),
    "variance_review_expenses": ("month", "category", "department", "budget", "actual", "over", "from_contingency"),
    "variance_review_receivables": (
        "customer", "name", "rep", "region", "sold", "received", "written_off", "prepaid", "open", "overdue", "not_due",
        "overdue_1", "overdue_2", "overdue_3", "overdue_4", "sold_year", "received_year", "sold_12", "oldest_days",
        "collection_rate", "turnover_days",
    ),
    "variance_review_dealers": (
        "dealer", "parent", "rep", "basis", "target", "actual", "variance", "attainment", "last_year", "receivables",
        "overdue", "receivables_limit", "over",
    ),
    "variance_review_currencies": (
        "currency", "sold", "sold_budget", "effect_sold", "rate_budget", "rate_now", "open", "open_foreign",
        "open_budget", "open_now", "effect_open",
    ),
    "variance_review_stock": (
        "product", "basis", "forecast", "actual", "gap", "planned_sales", "sales", "pace", "cover_days", "arrivals",
        "needed", "short_month", "shortage", "value_stock", "state",
    ),
    "variance_review_activities": ("rep", "month", "activity", "planned", "actual", "gap", "attainment"),
    "variance_review_boards": ("kind", "period", "start", "end", "workdays", "rep", "amount", "visits"),
    "variance_review_composition": ("dimension", "member", "sales", "share", "last_year", "last_share", "margin"),
    "variance_review_conversion": ("rep", "activity", "tried", "reached", "rate", "plan_rate"),
    "variance_review_customers": (
        "customer", "grade", "proposed_grade", "state", "sales", "last_year", "share", "margin", "score", "rating",
        "advice",
    ),
    "variance_review_evaluation": ("customer", "indicator", "weight", "value", "points"),
    "variance_review_projects": ("project", "customer", "rep", "stage", "amount", "weighted", "close", "state"),
    "variance_review_visits": ("rep", "month", "grade", "customers", "visits_due", "visits", "attainment"),
}  # fmt: skip
