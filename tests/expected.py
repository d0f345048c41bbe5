"""Rows and sums of the money columns (in fen) of every table of the demo plan's run."""

DEMO_TOTALS = {
    "annual_target": {
        "rows": 10,
    },
    "annual_target_estimates": {
        "rows": 6,
        "value": 3_323_744_893,
        "low": 455_961_722,
        "high": 599_127_211,
        "gap_commit": 36_255_107,
        "gap_stretch": 876_255_107,
    },
    "commission": {
        "rows": 36,
        "quota": 120_144_333,
        "actual": 108_730_084,
        "base_pay": 11_617_775,
        "earned": 1_797_493,
        "released": 812_119,
        "held": 1_975_713,
        "clawback": -3_732,
        "draw": 606_515,
        "payable": 13_032_677,
        "amount_owed": 1_346_154,
        "amount_carried": 0,
        "amount_paid": 13_032_677,
    },
    "commission_cost": {
        "rows": 9,
        "commission": 88_085_221,
    },
    "commission_lines": {
        "rows": 741,
        "base": 116_741_469,
        "amount": 1_797_493,
    },
    "rep_allocation": {
        "rows": 16_416,
        "base": 560_000_000,
        "amount": 588_000_000,
    },
    "rep_allocation_activities": {
        "rows": 0,
    },
    "rep_allocation_customers": {
        "rows": 0,
        "amount": 0,
    },
    "rep_allocation_reps": {
        "rows": 12,
        "quota": 588_000_000,
        "base": 560_000_000,
        "last_year": 499_841_159,
        "expected": 529_050_478,
    },
    "seasonal_split": {
        "rows": 1_368,
        "amount": 560_000_000,
        "amount_stretch": 700_000_000,
    },
    "seasonal_split_days": {
        "rows": 365,
        "amount": 560_000_000,
    },
    "seasonal_split_projects": {
        "rows": 15,
        "amount": 296_800_000,
        "expected": 109_800_000,
        "placed": 20_640_000,
    },
    "seasonal_split_methods": {
        "rows": 6,
    },
    "variance_review": {
        "rows": 42,
        "target": 114_423_175,
        "actual": 110_544_888,
        "variance": -3_878_287,
        "last_year": 102_199_572,
    },
    "variance_review_bridge": {
        "rows": 7,
        "target": 228_846_350,
        "volume": -28_507_550,
        "mix": -557_874,
        "price": 5_286_080,
        "new": 16_022_770,
        "lost": 0,
        "actual": 221_089_776,
        "amount_deducted": 0,
    },
    "variance_review_causes": {
        "rows": 1,
        "amount": -3_878_287,
    },
    "variance_review_kpis": {
        "rows": 18,
    },
    "variance_review_revision": {
        "rows": 12,
        "original": 560_000_000,
        "actual": 110_544_888,
        "revised": 560_000_000,
    },
}
