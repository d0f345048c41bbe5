"""salesplan: the sales plan of a year, from the annual target to the monthly review."""

__version__ = "0.7.0"

DEMO = "henan-2027"
STEPS = ("annual_target", "seasonal_split", "rep_allocation", "commission", "variance_review")
PLANNED = STEPS[:3]  # what the signatures of the plan settle
AS_OF = "variance_review.as_of"  # the parameter that `--as-of` changes
