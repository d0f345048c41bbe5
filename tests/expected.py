"""Rows and sums of the money columns (in fen) of every table of the demo plan's run."""

DEMO_TOTALS = {
    "annual_target": {
        "rows": 46,
    },
    "annual_target_bridge": {
        "rows": 12,
        "amount": 2_520_000_000,
        "amount_from": 4_250_729_272,
        "amount_to": 6_770_729_272,
    },
    "annual_target_calibration": {
        "rows": 15,
    },
    "annual_target_departments": {
        "rows": 21,
        "last_year": 126_518_800,
        "amount": 143_719_137,
    },
    "annual_target_drivers": {
        "rows": 12,
    },
    "annual_target_estimates": {
        "rows": 8,
        "value": 4_461_153_455,
        "low": 3_409_930_156,
        "high": 4_486_583_485,
        "gap_commit": 18_846_545,
        "gap_stretch": 1_138_846_545,
    },
    "annual_target_expenses": {
        "rows": 13,
        "last_year": 126_518_800,
        "amount": 143_719_137,
        "limit": 35_100_000,
        "amount_stretch": 151_293_161,
    },
    "annual_target_hires": {
        "rows": 12,
    },
    "annual_target_odds": {
        "rows": 2,
        "amount": 1_260_000_000,
        "expected": 1_038_243_868,
        "low": 913_995_268,
        "high": 1_179_382_830,
    },
    "annual_target_plan": {
        "rows": 6,
        "amount": 3_360_466_159,
        "contribution": 1_061_104_499,
    },
    "annual_target_profit": {
        "rows": 8,
        "last_year": 1_297_805_617,
        "amount": 1_457_450_983,
        "amount_stretch": 1_793_089_536,
    },
    "annual_target_profit_products": {
        "rows": 6,
        "last_year": 499_841_159,
        "amount": 560_000_000,
        "cost": 366_268_154,
        "amount_stretch": 700_000_000,
        "cost_stretch": 458_203_625,
    },
    "annual_target_qualities": {
        "rows": 18,
    },
    "commission": {
        "rows": 36,
        "quota": 117_747_779,
        "actual": 108_730_084,
        "base_pay": 11_690_551,
        "earned": 1_791_079,
        "released": 802_238,
        "held": 1_969_560,
        "clawback": -3_732,
        "draw": 606_515,
        "payable": 13_095_572,
        "amount_owed": 1_346_154,
        "amount_carried": 0,
        "amount_paid": 13_095_572,
    },
    "commission_cost": {
        "rows": 9,
        "commission": 88_116_700,
    },
    "commission_lines": {
        "rows": 741,
        "base": 116_741_469,
        "amount": 1_791_079,
    },
    "rep_allocation": {
        "rows": 16416,
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
        "rows": 1368,
        "amount": 560_000_000,
        "amount_stretch": 700_000_000,
    },
    "seasonal_split_calendar": {
        "rows": 146,
    },
    "seasonal_split_days": {
        "rows": 365,
        "amount": 560_000_000,
    },
    "seasonal_split_dealers": {
        "rows": 2748,
    },
    "seasonal_split_demand": {
        "rows": 60,
        "amount_gap": 454_093,
    },
    "seasonal_split_expenses": {
        "rows": 156,
        "amount": 143_719_137,
        "amount_stretch": 151_293_161,
    },
    "seasonal_split_members": {
        "rows": 23,
        "amount": 2_240_000_000,
        "last_year": 1_999_364_636,
        "expected": 2_077_914_441,
        "low": 1_619_470_612,
        "high": 2_719_503_416,
        "amount_stretch": 2_800_000_000,
    },
    "seasonal_split_methods": {
        "rows": 6,
    },
    "seasonal_split_periods": {
        "rows": 105,
        "amount": 2_240_000_000,
        "amount_to_date": 28_526_438_389,
    },
    "seasonal_split_profit": {
        "rows": 12,
        "sales": 560_000_000,
        "cost": 366_268_154,
        "gross": 193_731_846,
        "expense": 143_719_137,
        "net": 50_012_709,
    },
    "seasonal_split_projects": {
        "rows": 15,
        "amount": 296_800_000,
        "expected": 109_800_000,
        "placed": 20_640_000,
    },
    "seasonal_split_purchases": {
        "rows": 6,
        "funds": 319_596_800,
        "amount_short": 2_496_346,
        "tied_up": 39_502_500,
        "value_sales": 363_313_300,
        "value_average": 38_870_342,
    },
    "seasonal_split_stock": {
        "rows": 72,
        "funds": 319_596_800,
        "value_sales": 363_313_300,
        "value_stock": 446_735_040,
    },
    "variance_review": {
        "rows": 42,
        "target": 112_140_743,
        "actual": 110_544_888,
        "variance": -1_595_855,
        "last_year": 102_199_572,
    },
    "variance_review_bridge": {
        "rows": 7,
        "target": 224_281_486,
        "volume": -14_116_408,
        "mix": 6_931_848,
        "price": 3_992_850,
        "new": 0,
        "lost": 0,
        "actual": 221_089_776,
        "amount_deducted": 0,
    },
    "variance_review_causes": {
        "rows": 1,
        "amount": -1_595_855,
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
