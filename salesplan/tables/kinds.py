"""What kind each column of the output tables is.

Kinds hold for all tables, with exceptions per table.
"""

from typing import Literal

Kind = Literal["text", "code", "month", "date", "money", "share", "number", "count", "flag", "mixed"]

KINDS: dict[str, Kind] = {
    **dict.fromkeys(("month",), "month"),
    **dict.fromkeys(("date", "due", "start", "end"), "date"),
    **dict.fromkeys(
        (
            "amount", "base", "quota", "last_year", "target", "actual", "variance", "base_pay", "earned",
            "released", "held", "clawback", "draw", "payable", "commission", "volume", "mix", "price", "new",
            "lost", "original", "revised", "value", "low", "high", "expected", "landing", "gap", "sales",
            "prepayment", "profit", "capacity", "contribution", "fixed_cost", "breakeven", "sales_needed", "placed",
            "funds", "tied_up", "expense", "cost", "gross", "net", "reference", "allowance", "limit",
        ),
        "money",
    ),
    **dict.fromkeys(
        (
            "share", "rate", "attainment", "quota_to_expected", "probability", "cost_ratio", "growth", "weight",
            "factor", "error", "ratio", "last_ratio", "cost_rate", "variable_cost_rate",
        ),
        "share",
    ),
    **dict.fromkeys(
        ("quantity", "tier_from", "contacts_per_month", "average_stock", "turnover", "cover_days", "on_hand_days"),
        "number",
    ),
    **dict.fromkeys(("count", "lines", "workdays", "target_days"), "count"),
    **dict.fromkeys(
        ("workday", "chosen", "provisional", "planned", "pinned", "complete", "assumed", "cut", "variable", "moved"),
        "flag",
    ),
    **dict.fromkeys(
        (
            "indicator", "level", "unit", "estimate", "method", "rule", "code", "state", "activity", "basis",
            "part", "replaced", "day_type", "third", "pattern", "stage", "cost_basis", "months_rule", "item",
            "when", "movement",
        ),
        "code",
    ),
}  # fmt: skip
UNITS: dict[str, Kind] = dict.fromkeys(
    (
        "opening", "in_transit", "purchases", "sales", "closing", "target_stock", "shortage", "orders", "sell_out",
        "sell_in", "stock", "demand", "gap",
    ),
    "count",
)  # fmt: skip
OUTLET_COUNTS: dict[str, Kind] = dict.fromkeys(("outlets", "opening", "silent", "sell_out", "samples"), "count")
HOURS: dict[str, Kind] = dict.fromkeys(("hours_needed", "hours_available", "hours_missing"), "number")
BOARD: dict[str, Kind] = {"collection": "money", "receivable": "money"}
PLAN_COST: dict[str, Kind] = {"pay": "money", "pay_ratio": "share", "scene": "code"}
MEASURED: dict[str, Kind] = dict.fromkeys(("target", "actual", "variance", "last_year"), "mixed")
BRIDGE: dict[str, Kind] = dict.fromkeys(("joint", "own_price", "deducted", "currency"), "money")
OWED: dict[str, Kind] = {
    **dict.fromkeys(("sold", "sold_year", "sold_12", "received", "received_year", "written_off", "prepaid"), "money"),
    **dict.fromkeys(("open", "not_due", "overdue", *(f"overdue_{age}" for age in range(1, 5))), "money"),
    **dict.fromkeys(("due", "settled", "expected_open", "expected_sales"), "money"),
    **dict.fromkeys(("oldest_days", "turnover_days"), "count"),
    "collection_rate": "share",
}
SPENT: dict[str, Kind] = {
    **dict.fromkeys(("budget", "over", "from_contingency", "year", "left", "sales_target"), "money"),
    "budget_ratio": "share",
}
OWN_KINDS: dict[str, dict[str, Kind]] = {
    "rep_allocation_activities": {"funnel": "count", "standard": "count"},
    "rep_allocation_funnel": {
        **dict.fromkeys(("own_rate", "team_rate", "plan_rate", "own_weight"), "share"),
        **dict.fromkeys(("tried", "reached"), "count"),
        "source": "code",
    },
    "rep_allocation_load": HOURS,
    "rep_allocation_pace": {
        **dict.fromkeys(("pace", "peak", "recorded"), "number"),
        "per": "code",
        "standard": "count",
    },
    "rep_allocation_remedies": {
        **HOURS,
        **dict.fromkeys(("rate_needed",), "share"),
        "months_short": "count",
        "helpers": "number",
        "by_shifting": "flag",
    },
    "rep_allocation_records": {"months": "count", "per_month": "number"},
    "rep_allocation_doubts": {"doubt": "code"},
    "rep_allocation_board": {"kind": "code"},
    "rep_allocation_day_plan": {"spend": "number"},
    **dict.fromkeys(("rep_allocation_ten_days", "rep_allocation_weeks", "rep_allocation_days"), BOARD),
    **{f"seasonal_split_{name}": UNITS for name in ("stock", "purchases", "dealers", "demand")},
    "seasonal_split_quarters": {"quarter": "code"},
    "annual_target": {"value": "mixed", "last_year": "mixed"},
    "annual_target_estimates": {"weight": "number"},
    "annual_target_bridge": {"name": "code"},
    "annual_target_odds": {"scope": "code", "whole_years": "count"},
    "annual_target_calibration": {
        **dict.fromkeys(("known_months", "cases"), "count"),
        **dict.fromkeys(("forecast", "outcome", "calibration_error", "coverage"), "share"),
        "brier": "number",
    },
    "annual_target_profits": {
        **dict.fromkeys(("units", "breakeven_units", "safety_units"), "number"),
        "safety_amount": "money",
    },
    "annual_target_deals": {"close": "date", "weighted": "money"},
    "annual_target_customers": dict.fromkeys(("customers", "customers_before", "kept", "won"), "count"),
    "annual_target_plan": {"row": "code", "name": "code", "margin_rate": "share"},
    "annual_target_drivers": {
        "node": "code",
        "parent": "code",
        "driver": "code",
        "source": "code",
        "value": "mixed",
        "last_year": "mixed",
        "rate": "mixed",
    },
    "annual_target_hires": {
        "needed": "number",
        "have": "number",
        "gap": "number",
        "hires": "count",
        "start_by": "month",
    },
    "annual_target_qualities": {"quality": "code", "check": "code", "value": "number", "limit": "number"},
    "annual_target_gaps": {"increase": "money", "explained": "money", "unexplained": "money"},
    "annual_target_advertising": {"advertising": "money", "advertising_growth": "share"},
    "annual_target_launches": {"list_price": "number", "list_margin": "share", "launch": "date"},
    "annual_target_network": {"value": "mixed"},
    "seasonal_split_members": {"whole_years": "count"},
    "seasonal_split_projects": {"stage": "text"},
    "seasonal_split_launches": {"season": "code"},
    "seasonal_split_unusual": {"usual": "share", "distance": "share"},
    "seasonal_split_methods": {"error": "number", "years": "count"},
    "seasonal_split_day_patterns": {"error_day": "number", "error_ten_day": "number"},
    "rep_allocation_customers": {
        **dict.fromkeys(("potential", "pipeline"), "money"),
        "kind": "code",
        "months_held": "number",
        "new_customers": "count",
    },
    "rep_allocation_composition": {"customers": "count", "year_before": "money"},
    "rep_allocation_cards": {"potential": "money", "products": "count", "last_month": "text"},
    "rep_allocation_contacts": {"contacts_per_month": "number"},
    "rep_allocation_grades": dict.fromkeys(("customers", "up", "down"), "count"),
    "rep_allocation_proposals": {"year_before": "money", "change": "code"},
    "rep_allocation_promotions": {"customers": "count"},
    "rep_allocation_leads": {"next_follow_up": "date"},
    "rep_allocation_steps": {"new_customers": "count"},
    "rep_allocation_reps": {"far": "code", "distance": "number"},
    "rep_allocation_fairness": {"measure": "code", "value": "number", "limit": "number", "rule": "code"},
    "rep_allocation_evidence": {"quarter": "code", "growth_average": "share"},
    "rep_allocation_conditions": {"kind": "code", "measure": "code", "need": "number", "have": "number"},
    "rep_allocation_bases": {"substitute": "code", "count": "number"},
    "rep_allocation_vacancies": {
        **dict.fromkeys(("reason", "carried_by"), "code"),
        **dict.fromkeys(("first_month", "last_month"), "month"),
        "customers": "count",
    },
    "rep_allocation_handovers": {"customers": "count"},
    "rep_allocation_territory": {
        "customers": "count",
        **dict.fromkeys(("sold", "received", "handed_over", "territory"), "money"),
    },
    "rep_allocation_gaps": {
        **dict.fromkeys(("by_rule", "commitment", "proposed", "asked"), "money"),
        "gap_share": "share",
        "standing": "code",
    },
    "rep_allocation_negotiation": {
        **dict.fromkeys(("by_rule", "proposed", "asked"), "money"),
        "round": "count",
        "agreed": "flag",
    },
    "rep_allocation_reconciliation": {"handed_down": "money", "by_rule": "money"},
    "rep_allocation_set_aside": {"value": "number"},
    "rep_allocation_hierarchy": {"depth": "count", "assigned": "money"},
    "rep_allocation_channel_years": dict.fromkeys(("last_month", "month_target"), "money"),
    "rep_allocation_dealers": {
        **dict.fromkeys(("receivables", "receivables_limit", "support"), "money"),
        **dict.fromkeys(("sell_out", "sell_in"), "count"),
        "stock_days": "number",
    },
    "rep_allocation_dealer_goods": {
        **dict.fromkeys(("last_in", "last_out", "stock", "stock_days", "run_down", "before"), "number"),
        **dict.fromkeys(("sell_out", "sell_in"), "count"),
    },
    "rep_allocation_dealer_items": dict.fromkeys(("sell_out", "sell_in"), "count"),
    "rep_allocation_outlets": {"opened": "month", "last_sell_out": "number", "area": "number", **OUTLET_COUNTS},
    "rep_allocation_cities": OUTLET_COUNTS,
    "rep_allocation_city_totals": {**dict.fromkeys(("last_sell_out", "per_outlet", "area"), "number"), **OUTLET_COUNTS},
    "rep_allocation_tasks": {"scope": "code", **OUTLET_COUNTS},
    "rep_allocation_projects": {
        **dict.fromkeys(("close", "next_follow_up"), "date"),
        **dict.fromkeys(("follow_up_days", "overdue_days"), "count"),
        "stage": "text",
        "weighted": "money",
    },
    "rep_allocation_stages": {
        "stage": "text",
        "weighted": "money",
        **dict.fromkeys(("deals", "overdue", "follow_up_days"), "count"),
    },
    "rep_allocation_dates": {"stage": "text", "ready_by": "date", "days_left": "count"},
    "rep_allocation_coverage": {
        **dict.fromkeys(("pipeline", "weighted", "recurring", "together"), "money"),
        "coverage": "share",
        "deals": "count",
    },
    "commission_cost": PLAN_COST,
    "commission_cost_reps": PLAN_COST,
    "commission_last_year": PLAN_COST,
    "commission_cost_plans": PLAN_COST,
    "commission_spread": {
        **dict.fromkeys(("median", "pay"), "money"),
        **dict.fromkeys(("attainment_low", "attainment_high"), "share"),
    },
    "commission_spread_tiers": {"reps": "number"},
    "commission_tried": {
        **dict.fromkeys(("before", "after", "difference"), "money"),
        **dict.fromkeys(("ratio_before", "ratio_after"), "share"),
    },
    "commission_cost_gains": {**dict.fromkeys(("pay", "pay_new", "difference"), "money"), "scene": "code"},
    "commission_corrections": {
        **dict.fromkeys(("before", "after", "difference"), "money"),
        "of_month": "month",
        "corrected": "code",
    },
    "commission": {"attainment_period": "share"},
    "commission_orders": {"reason": "code"},
    "commission_performance": {"orders": "count"},
    "commission_payroll": {"deductions": "money"},
    "commission_proof": {
        **dict.fromkeys(("probe", "reading"), "code"),
        **dict.fromkeys(("boundary", "measure"), "number"),
        "used": "flag",
    },
    "commission_disputes": {"open_days": "count", "correction": "money", "finding": "code"},
    "commission_base_pay": {
        **dict.fromkeys(("days", "days_of_month"), "count"),
        **dict.fromkeys(("actual", "standard"), "number"),
        "full": "money",
        "component": "code",
        "of_month": "month",
        "achieved": "share",
    },
    "commission_ranking": {
        **dict.fromkeys(("ramping", "last", "flag"), "flag"),
        "place": "count",
        "prize": "money",
        "value": "mixed",
    },
    "variance_review_kpis": {"value": "mixed", "target": "mixed", "better": "code", "chosen": "flag"},
    "variance_review_grid": MEASURED,
    "variance_review_annual": MEASURED,
    "variance_review_ranking": dict.fromkeys(("place", "months_left"), "count"),
    "variance_review_catalogue": {
        **dict.fromkeys(("better", "family"), "code"),
        **dict.fromkeys(("value", "target"), "text"),
    },
    "variance_review_revision": dict.fromkeys(("revised_before", "variance_revised"), "money"),
    "variance_review_revisions": {
        **dict.fromkeys(("year", "missing", "promised", "unplaced", "kept", "ahead", "difference"), "money"),
        "number": "count",
        "as_of": "date",
    },
    "variance_review_changes": {"difference": "money"},
    "variance_review_changed_lines": {"difference": "money"},
    "variance_review_landing_members": {"whole_years": "count"},
    "variance_review_bridge": BRIDGE,
    "variance_review_bridge_margin": BRIDGE,
    "variance_review_market": {
        **dict.fromkeys(("market_target", "market_actual"), "number"),
        **dict.fromkeys(("market_size", "market_share"), "money"),
        "measure": "code",
    },
    "variance_review_measures": {**dict.fromkeys(("age_days", "overdue_days"), "count"), "carried": "flag"},
    "variance_review_proposals": {"rows": "count", "subject_kind": "code", "cause": "code"},
    "variance_review_receivables": OWED,
    "variance_review_ages": {"age": "code", "orders": "count", "customers": "count"},
    "variance_review_cash": OWED,
    **dict.fromkeys(("variance_review_expenses", "variance_review_spending"), SPENT),
    "variance_review_dealers": {
        **dict.fromkeys(("receivables", "overdue", "receivables_limit", "over"), "money"),
        "basis": "code",
    },
    "variance_review_currencies": {
        **dict.fromkeys(("sold", "sold_budget", "effect_sold", "open", "open_foreign", "open_budget"), "money"),
        **dict.fromkeys(("open_now", "effect_open"), "money"),
        **dict.fromkeys(("rate_budget", "rate_now"), "number"),
    },
    "variance_review_stock": {
        **dict.fromkeys(("forecast", "actual", "gap", "planned_sales", "sales", "arrivals", "needed"), "count"),
        "pace": "share",
        "shortage": "count",
        "short_month": "month",
    },
    "variance_review_activities": {
        **dict.fromkeys(("planned", "actual", "gap", "missing"), "count"),
        "attainment": "share",
    },
    "variance_review_boards": {"kind": "code", "visits": "count"},
    "variance_review_composition": {
        "margin": "money",
        **dict.fromkeys(("customers", "customers_before", "kept", "new"), "count"),
    },
    "variance_review_conversion": {**dict.fromkeys(("tried", "reached"), "count"), "plan_rate": "share"},
    "variance_review_customers": {
        "margin": "money",
        **dict.fromkeys(("last_purchase", "expected_next"), "date"),
        **dict.fromkeys(("interval", "score"), "number"),
        **dict.fromkeys(("silent_days", "customers"), "count"),
        **dict.fromkeys(("change", "advice"), "code"),
    },
    "variance_review_evaluation": {
        "value": "number",
        "measure": "code",
        **dict.fromkeys(("place", "count", "points"), "count"),
    },
    "variance_review_projects": {
        **dict.fromkeys(("close", "next_follow_up", "close_before"), "date"),
        **dict.fromkeys(("overdue_days", "deals", "late_close", "overdue"), "count"),
        "stage": "text",
        "weighted": "money",
    },
    "variance_review_visits": {
        **dict.fromkeys(("customers", "visits", "visited"), "count"),
        "visits_due": "number",
    },
}
MONEY_PREFIXES = ("amount_", "cost_", "gap_", "value_")
SHARE_SUFFIXES = ("_share",)
SHARE_PREFIXES = ("probability_",)
