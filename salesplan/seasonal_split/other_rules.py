"""The year's months under other rules, as a run with them would make them: another method, an event less."""

from collections.abc import Sequence

import pandas as pd

from salesplan.seasonal_split.apart import Apart
from salesplan.seasonal_split.cube import company_months
from salesplan.seasonal_split.history import Array
from salesplan.seasonal_split.launches import planned_launches
from salesplan.seasonal_split.methods import METHODS
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.seasonal_split import SeasonalSplitTerms


def months_under(
    target: int,
    facts: pd.DataFrame,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    products: pd.DataFrame | None = None,
    projects: Sequence[Apart] = (),
) -> Array:
    """The target's twelve months (fen) under these rules.

    Launches follow their sibling's season by the same rules; `projects` have their months in any case.
    """
    launches = planned_launches(target, facts, year=year, rules=rules, products=products)
    return company_months(target, facts, year=year, rules=rules, apart=[*launches, *projects])


def months_by_method(
    target: int,
    facts: pd.DataFrame,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    products: pd.DataFrame | None = None,
    projects: Sequence[Apart] = (),
) -> pd.DataFrame:
    """The target's months under each method, one row per month: `month`, `amount_<method>` (fen), the rules' first.

    See `months_under`.
    """
    others = {method: rules.model_copy(update={"method": method}) for method in dict.fromkeys([rules.method, *METHODS])}
    columns = {
        f"amount_{method}": months_under(target, facts, year=year, rules=other, products=products, projects=projects)
        for method, other in others.items()
    }
    return pd.DataFrame({"month": pd.Series(year.months, dtype="str"), **columns})
