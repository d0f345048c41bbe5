"""The output tables of step 5 and the columns each always has."""

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
    "variance_review_changes": ("month", "rep", "amount_before", "amount_now", "difference"),
    "variance_review_landing": ("month", "level", "target", "expected", "low", "high", "probability"),
    "variance_review_landing_members": (
        "dimension", "member", "target", "actual", "expected", "low", "high", "gap", "probability", "whole_years",
    ),
    "variance_review_kpis": ("indicator", "month", "value", "target", "state"),
    "variance_review_causes": ("code", "amount", "action", "owner", "due", "state"),
}  # fmt: skip
