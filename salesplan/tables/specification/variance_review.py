"""The output tables of step 5 and the columns each always has."""

TABLES: dict[str, tuple[str, ...]] = {
    "variance_review": ("rep", "month", "target", "actual", "variance", "attainment"),
    "variance_review_bridge": ("member", "target", "volume", "mix", "price", "new", "lost", "actual"),
    "variance_review_bridge_margin": ("member", "target", "volume", "mix", "price", "new", "lost", "cost", "actual"),
    "variance_review_market": ("measure", "market_target", "market_actual", "variance", "market_size", "market_share"),
    "variance_review_revision": ("month", "original", "actual", "revised"),
    "variance_review_kpis": ("indicator", "month", "value", "target", "state"),
    "variance_review_causes": ("code", "amount", "action", "owner", "due", "state"),
    "variance_review_measures": ("code", "month", "rep", "action", "owner", "due", "state", "age_days", "overdue_days"),
    "variance_review_proposals": ("code", "subject", "amount", "evidence"),
}
