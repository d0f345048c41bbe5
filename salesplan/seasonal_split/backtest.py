"""Methods side by side: how well each would have done on the plan's own history."""

from dataclasses import replace

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.apportion import apportion
from salesplan.seasonal_split.history import Array, year_table
from salesplan.seasonal_split.methods import METHODS
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.season import sales_by_month, season_shares
from salesplan.terms.seasonal_split import SeasonalSplitTerms

USUAL = "pooled_share"


def back_test(facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> pd.DataFrame:
    """Table `seasonal_split_methods`: how well each method would have split the years gone by.

    Every complete year with a complete year before it is split by what was known before it, its own
    total given. `error` = 100 x sum of |share error| over the months, mean over those years; NaN
    with fewer than two complete years. `years`: how many were scored; those with a month in `exclude`
    are not. `chosen`: the method of the rules. By error, then method.
    """
    history = sales_by_month(facts, year=year)
    scored = _scored_years(history, year, rules)
    methods = dict.fromkeys([*METHODS, rules.method])
    errors = {name: [_error(history, name, past, actual, year, rules) for past, actual in scored] for name in methods}
    table = pd.DataFrame(
        {
            "method": pd.Series(list(errors), dtype="str"),
            "error": [float(np.mean(found)) if found else np.nan for found in errors.values()],
            "years": len(scored),
            "chosen": [name == rules.method for name in errors],
        }
    )
    return table.sort_values(["error", "method"], ignore_index=True)


def _scored_years(history: pd.DataFrame, year: PlanYear, rules: SeasonalSplitTerms) -> list[tuple[int, Array]]:
    """Complete years that follow a complete year within reach, with their months' amounts."""
    if history.empty:
        return []
    first = days_of.fiscal_year_of(history["month"].iloc[0], year.first_month)
    span = year.fiscal_year - first
    table = year_table(
        history, year.fiscal_year, history_years=span, first_month=year.first_month, exclude=rules.exclude
    )
    used, whole = table.used[0], table.known[0].all(axis=1)
    reach = rules.history_years
    return [
        (table.years[i], table.amounts[0, i])
        for i in range(1, span)
        if used[i] and whole[i] and used[max(0, i - reach) : i].any()
    ]


def hindsight(facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> pd.DataFrame:
    """The last year that can be scored, beside what would have been planned from what was known before it.

    One row per month: `month` (of that year), `actual`, `amount_<method>` for the chosen method and the pooled share
    (all fen, the year's own total split). Empty where no year can be scored.
    """
    history = sales_by_month(facts, year=year)
    scored = _scored_years(history, year, rules)
    if not scored:
        return pd.DataFrame({"month": pd.Series(dtype="str"), "actual": pd.Series(dtype="int64")})
    past, actual = scored[-1]
    then = _year_of(past, year)
    table = pd.DataFrame({"month": pd.Series(then.months, dtype="str"), "actual": actual.astype("int64")})
    planned = {
        f"amount_{name}": apportion(
            int(table["actual"].sum()), _as_planned(history, name, past, actual, year, rules), labels=then.months
        )
        for name in dict.fromkeys([rules.method, USUAL])
    }
    return table.assign(**planned)


def _year_of(past: int, year: PlanYear) -> PlanYear:
    return replace(year, fiscal_year=past)


def _as_planned(
    history: pd.DataFrame, method: str, past: int, actual: Array, year: PlanYear, rules: SeasonalSplitTerms
) -> Array:
    """Shares of a past year by what was known before it, its own total given."""
    then = _year_of(past, year)
    chosen = rules.model_copy(update={"method": method})
    known = history[history["month"] < then.months[0]]
    return season_shares(known, year=then, rules=chosen, total=float(actual.sum()))["share"].to_numpy()


def _error(
    history: pd.DataFrame, method: str, past: int, actual: Array, year: PlanYear, rules: SeasonalSplitTerms
) -> float:
    planned = _as_planned(history, method, past, actual, year, rules)
    return float(100 * np.abs(planned - actual / actual.sum()).sum())
