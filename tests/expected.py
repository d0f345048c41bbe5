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
        "last_year": 113_602_500,
        "amount": 126_251_201,
    },
    "annual_target_drivers": {
        "rows": 13,
    },
    "annual_target_estimates": {
        "rows": 8,
        "value": 4_457_021_510,
        "low": 3_409_339_879,
        "high": 4_485_993_207,
        "gap_commit": 22_978_490,
        "gap_stretch": 1_142_978_490,
    },
    "annual_target_expenses": {
        "rows": 13,
        "last_year": 113_602_500,
        "amount": 126_251_201,
        "limit": 35_100_000,
        "amount_stretch": 133_262_146,
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
        "amount": 3_296_507_826,
        "contribution": 1_008_904_499,
    },
    "annual_target_profit": {
        "rows": 8,
        "last_year": 1_284_889_317,
        "amount": 1_442_916_380,
        "amount_stretch": 1_779_093_622,
    },
    "annual_target_profit_products": {
        "rows": 6,
        "last_year": 499_841_159,
        "amount": 560_000_000,
        "cost": 363_334_821,
        "amount_stretch": 700_000_000,
        "cost_stretch": 454_168_524,
    },
    "annual_target_qualities": {
        "rows": 18,
    },
    "commission": {
        "rows": 36,
        "quota": 119_153_265,
        "actual": 108_730_084,
        "base_pay": 11_647_996,
        "earned": 1_788_282,
        "released": 802_238,
        "held": 1_966_763,
        "clawback": -3_732,
        "draw": 606_515,
        "payable": 13_053_017,
        "amount_owed": 1_346_154,
        "amount_carried": 0,
        "amount_paid": 13_053_017,
    },
    "commission_cost": {
        "rows": 9,
        "commission": 88_068_367,
    },
    "commission_lines": {
        "rows": 741,
        "base": 116_741_469,
        "amount": 1_788_282,
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
        "amount_gap": 477_719,
    },
    "seasonal_split_expenses": {
        "rows": 156,
        "amount": 126_251_201,
        "amount_stretch": 133_262_146,
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
        "amount_to_date": 28_622_246_381,
    },
    "seasonal_split_profit": {
        "rows": 12,
        "sales": 560_000_000,
        "cost": 363_334_821,
        "gross": 196_665_179,
        "expense": 126_251_201,
        "net": 70_413_978,
    },
    "seasonal_split_projects": {
        "rows": 15,
        "amount": 296_800_000,
        "expected": 109_800_000,
        "placed": 20_640_000,
    },
    "seasonal_split_purchases": {
        "rows": 6,
        "funds": 320_280_800,
        "amount_short": 2_496_346,
        "tied_up": 39_502_500,
        "value_sales": 363_313_300,
        "value_average": 38_822_189,
    },
    "seasonal_split_stock": {
        "rows": 72,
        "funds": 320_280_800,
        "value_sales": 363_313_300,
        "value_stock": 446_499_200,
    },
    "variance_review": {
        "rows": 42,
        "target": 113_479_300,
        "actual": 110_544_888,
        "variance": -2_934_412,
        "last_year": 102_199_572,
    },
    "variance_review_bridge": {
        "rows": 7,
        "target": 226_958_600,
        "volume": -14_859_648,
        "mix": 4_997_974,
        "price": 3_992_850,
        "new": 0,
        "lost": 0,
        "actual": 221_089_776,
        "amount_deducted": 0,
    },
    "variance_review_causes": {
        "rows": 1,
        "amount": -2_934_412,
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
