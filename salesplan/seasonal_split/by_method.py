"""The year's months under each method, as a run with that method would make them."""

from collections.abc import Sequence

import pandas as pd

from salesplan.seasonal_split.apart import Apart
from salesplan.seasonal_split.cube import company_months
from salesplan.seasonal_split.launches import planned_launches
from salesplan.seasonal_split.methods import METHODS
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.seasonal_split import SeasonalSplitTerms


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

    Launches follow their sibling's season by that method too; `projects` have their months in any case.
    """
    columns = {}
    for method in dict.fromkeys([rules.method, *METHODS]):
        other = rules.model_copy(update={"method": method})
        launches = planned_launches(target, facts, year=year, rules=other, products=products)
        apart = [*launches, *projects]
        columns[f"amount_{method}"] = company_months(target, facts, year=year, rules=other, apart=apart)
    return pd.DataFrame({"month": pd.Series(year.months, dtype="str"), **columns})
