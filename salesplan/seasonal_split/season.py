"""The season of the plan: shares of the company and of members by the plan's rules."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.mix import recency_mix
from salesplan.seasonal_split.auto import Steps, auto_steps
from salesplan.seasonal_split.days import event_lift
from salesplan.seasonal_split.history import Array, YearTable, normalised, year_table
from salesplan.seasonal_split.methods import Total, auto_terms, monthly_shares
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.terms.shape import Event


def sales_by_month(facts: pd.DataFrame, *, year: PlanYear, by: Sequence[str] = ()) -> pd.DataFrame:
    """Net sales before the plan year: `month`, the columns `by`, `amount` (fen), one row each.

    Every member reaches to the last month of the whole history, so that one who sold nothing of
    late is seen to have sold nothing.
    """
    keys = ["month", *by]
    before = facts.loc[facts["month"] < year.months[0], [*keys, "amount"]]
    if by and len(before):
        ends = before[list(by)].drop_duplicates().assign(month=before["month"].max(), amount=0)
        before = pd.concat([before, ends[[*keys, "amount"]]], ignore_index=True)
    return before.groupby(keys, sort=True)["amount"].sum().reset_index()


def years_of(facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> YearTable:
    """The company's own years as far as the rules use them."""
    return _table(sales_by_month(facts, year=year), year, rules)


def company_steps(
    facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms, total: float | None = None
) -> tuple[Steps, Steps | None, Array]:
    """What lies between the company's years and its shares by `auto`: `auto_steps`, and the festival's months."""
    table = years_of(facts, year=year, rules=rules)
    terms = auto_terms(table, (year.first_month, year.calendar, year.month_cutoff), total)
    return *auto_steps(table, *terms), terms[-1]


def _table(history: pd.DataFrame, year: PlanYear, rules: SeasonalSplitTerms) -> YearTable:
    return year_table(
        history,
        year.fiscal_year,
        history_years=rules.history_years,
        first_month=year.first_month,
        exclude=rules.exclude,
    )


def season_shares(
    history: pd.DataFrame,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    total: Total = None,
) -> pd.DataFrame:
    """Shares of the months by the rules' method, as `monthly_shares` gives them.

    `manual` gives every member the twelve weights of the rules; `blended` is the weighted mean of
    the methods in `blend`. Events are not in here, see `company_shares`.
    """
    parts = {rules.method: 1.0}
    if rules.method == "blended":
        parts = {name: float(weight) for name, weight in sorted(rules.blend.items()) if weight > 0}
    frames = {name: _one_method(history, name, year, rules, total) for name in parts}
    first = next(iter(frames.values()))
    mixed = sum(frame["share"] * parts[name] for name, frame in frames.items()) / sum(parts.values())
    return first.assign(share=mixed)


def _one_method(
    history: pd.DataFrame, method: str, year: PlanYear, rules: SeasonalSplitTerms, total: Total
) -> pd.DataFrame:
    found = monthly_shares(
        history,
        year.fiscal_year,
        method="even" if method == "manual" else method,
        history_years=rules.history_years,
        calendar=year.calendar,
        first_month=year.first_month,
        total=total,
        exclude=rules.exclude,
        month_cutoff=year.month_cutoff,
    )
    if method != "manual":
        return found
    weights = normalised(np.array([float(weight) for weight in rules.manual or ()]))
    return found.assign(share=np.tile(weights, len(found) // 12))


def member_mix(
    facts: pd.DataFrame, dimensions: Sequence[str], *, year: PlanYear, rules: SeasonalSplitTerms
) -> pd.DataFrame:
    """Share of each combination of members in the year: the dimensions and `weight`, 1 in sum.

    Mean of the yearly shares, weights 2 : 3 : 4, the last year most, over the complete years; over
    whatever is there without one. Combinations with nothing net are left out; no history at all is
    one unknown member.
    """
    if not dimensions:
        return pd.DataFrame({"weight": [1.0]})
    yearly, first = mix_years(facts, dimensions, year=year, rules=rules)
    mix = recency_mix(yearly, dimensions, first_year=first)
    if mix.empty:
        return pd.DataFrame({**{name: [UNKNOWN] for name in dimensions}, "weight": [1.0]})
    return mix


def mix_years(
    facts: pd.DataFrame, dimensions: Sequence[str], *, year: PlanYear, rules: SeasonalSplitTerms
) -> tuple[pd.DataFrame, int]:
    """The sales a mix is taken from, by `year` and combination of members (`amount`, fen), and the first year."""
    sold = sales_by_month(facts, year=year, by=dimensions)
    sold = sold[~sold["month"].isin(rules.exclude)].assign(year=lambda d: year.fiscal_years(d["month"]))
    known = years_of(facts, year=year, rules=rules)
    used = [y for y, counts in zip(known.years, known.used[0], strict=True) if counts] or list(known.years)
    yearly = sold[sold["year"].isin(used)].groupby(["year", *dimensions])["amount"].sum().reset_index()
    return yearly, int(known.years[0])


def company_events(facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> list[Event]:
    """The rules' events as the whole company feels them: one limited to members lifts by their part of the year.

    An uplift of 0.5 on a channel with a fifth of the sales is one of 0.1 for the company. Members without history
    move nothing here. Weights given by hand are not lifted: no events then.
    """
    if rules.method == "manual":
        return []
    parts = [_part_of_company(event, facts, year, rules) for event in rules.events]
    return [
        event if part == 1 else event.model_copy(update={"uplift": Decimal(str(round(float(event.uplift) * part, 9)))})
        for event, part in zip(rules.events, parts, strict=True)
    ]


def _part_of_company(event: Event, facts: pd.DataFrame, year: PlanYear, rules: SeasonalSplitTerms) -> float:
    if not event.members:
        return 1.0
    mix = member_mix(facts, list(event.members), year=year, rules=rules)
    named = np.all([mix[name] == member for name, member in event.members.items()], axis=0)
    return float(mix.loc[named, "weight"].sum())


def company_shares(
    facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms, total: float | None = None
) -> Array:
    """Shares of the twelve months for the whole company, events included, in fiscal order.

    An event lifts the share of its month by the workdays' worth of sales it adds, and lowers the
    other months in proportion: the year stays. Weights given by hand are not lifted.
    """
    found = season_shares(sales_by_month(facts, year=year), year=year, rules=rules, total=total)
    shares = found["share"].to_numpy()
    events = company_events(facts, year=year, rules=rules)
    return normalised(shares * event_lift(events, year=year)) if events else shares


def member_shares(
    facts: pd.DataFrame,
    member: str,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
    totals: "pd.Series[Any]",
    company: Array,
) -> pd.DataFrame:
    """Season of every member of a dimension: index member, the twelve months as columns.

    A member without a complete year has the season of the `company` (twelve shares). `totals`: the
    year's amount by member.
    """
    history = sales_by_month(facts, year=year, by=[member])
    found = season_shares(history, year=year, rules=rules, total=totals)
    own = found.pivot_table(index=member, columns="month", values="share", sort=True, observed=True)
    own = own.reindex(columns=year.months)
    known = _table(history, year, rules)
    complete = pd.Series(known.has_years, index=known.members[member]).reindex(own.index).to_numpy()
    season = np.where(complete[:, None], own.to_numpy(), company)
    return pd.DataFrame(season, index=own.index, columns=own.columns)
