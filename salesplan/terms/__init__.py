"""What parameters there are: names, units, meanings and bounds; no files."""

from salesplan.terms.annual_target import AnnualTargetTerms
from salesplan.terms.commission import CommissionPlan, CommissionTerms
from salesplan.terms.common import Terms
from salesplan.terms.plan import PlanTerms
from salesplan.terms.rep_allocation import RepAllocationTerms
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.terms.variance_review import VarianceReviewTerms

MODELS: dict[str, type[Terms]] = {
    "plan": PlanTerms,
    "annual_target": AnnualTargetTerms,
    "seasonal_split": SeasonalSplitTerms,
    "rep_allocation": RepAllocationTerms,
    "commission": CommissionTerms,
    "variance_review": VarianceReviewTerms,
}

__all__ = [
    "MODELS",
    "AnnualTargetTerms",
    "CommissionPlan",
    "CommissionTerms",
    "PlanTerms",
    "RepAllocationTerms",
    "SeasonalSplitTerms",
    "Terms",
    "VarianceReviewTerms",
]
