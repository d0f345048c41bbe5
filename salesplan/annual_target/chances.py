"""P(level reached) for the company, each region and each line of business, from the history of each."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan import odds
from salesplan.annual_target.actuals import line_of
from salesplan.annual_target.history import NO_MEMBER, month_table
from salesplan.annual_target.intervals import COVERAGE, held
from salesplan.annual_target.ladder import rungs
from salesplan.apportion import TOTAL, UNKNOWN, apportion
from salesplan.calendar import fiscal_months, fiscal_year_of
from salesplan.mix import recency_mix
from salesplan.terms.estimates import TrendEstimate

COMPANY = "company"
COLUMNS = ["scope", "member", "level", "amount", "expected", "low", "high", "probability"]
MIX_YEARS = 3


def scopes(facts: pd.DataFrame, products: pd.DataFrame | None = None) -> pd.DataFrame:
    """The facts once per scope the data have: `company`, `region`, `line` (the product in a plan without lines).

    Columns `scope`, `member`, `month`, `amount`; the company's member is `(total)`, a blank one `(unknown)`.
    """
    parts = {"region": facts["region"], "line": line_of(facts["product"], products)}
    sold = {"region": facts["region"], "line": facts["product"]}
    known = {COMPANY: pd.Series(TOTAL, index=facts.index)}
    known |= {name: part for name, part in parts.items() if not sold[name].isin(NO_MEMBER).all()}
    columns = facts[["month", "amount"]]
    frames = [columns.assign(scope=name, member=part.replace("", UNKNOWN)) for name, part in known.items()]
    return pd.concat(frames, ignore_index=True)


def member_months(
    scoped: pd.DataFrame, months: pd.DataFrame, *, first_month: int = 1, exclude: Sequence[str] = ()
) -> dict[tuple[str, str], pd.DataFrame]:
    """The monthly table of every member over the company's complete years, from the member's first whole year on.

    `scoped` is the frame of `scopes`, `months` the company's of `monthly`. A year is whole from the one in which the
    member sold by the second month (a first January may be quiet); one who began too late has a table without rows.
    """
    found = {}
    for (scope, member), rows in scoped.groupby(["scope", "member"], sort=True):
        began = str(rows.loc[rows["amount"] != 0, "month"].min())
        years = [int(year) for year in months.index if fiscal_months(int(year), first_month)[1] >= began]
        found[str(scope), str(member)] = month_table(rows, years, first_month=first_month, exclude=exclude)
    return found


def member_levels(
    scoped: pd.DataFrame,
    ladder: pd.DataFrame,
    *,
    years: Sequence[int],
    first_month: int = 1,
    exclude: Sequence[str] = (),
    unit: int = 1,
) -> pd.DataFrame:
    """Every level divided among the members of each scope: company level x recency-weighted mix, exact in `unit`.

    The mix is that of the last three of `years` (all complete years), weights 2 : 3 : 4, months of `exclude` left
    out. Returns `scope`, `member`, `level`, `amount` (int64 fen); per scope and level the amounts sum to the level.
    """
    used = list(years)[-MIX_YEARS:]
    year = scoped["month"].map({m: fiscal_year_of(m, first_month) for m in scoped["month"].unique()})
    kept = scoped[year.isin(used) & ~scoped["month"].isin(exclude)].assign(year=year)
    rows = []
    for scope, part in kept.groupby("scope", sort=True):
        yearly = part.groupby(["year", "member"])["amount"].sum().reset_index()
        mix = recency_mix(yearly, ["member"], first_year=used[-1] - MIX_YEARS + 1)
        members = mix["member"].tolist()
        for level, amount in rungs(ladder) if members else ():
            parts = apportion(amount, mix["weight"].to_numpy(), labels=members, unit=unit)
            rows += [(scope, member, level, int(fen)) for member, fen in zip(members, parts, strict=True)]
    return pd.DataFrame(rows, columns=COLUMNS[:4]).astype({"amount": "int64"})


def level_odds(
    levels: pd.DataFrame,
    tables: dict[tuple[str, str], pd.DataFrame],
    *,
    fiscal_year: int,
    terms: TrendEstimate | None = None,
) -> pd.DataFrame:
    """Table `annual_target_odds`: how likely each member reaches each level.

    `levels` is the frame of `member_levels`, `tables` that of `member_months`. One row per scope, member and level:
    `amount` (int64 fen), `expected`, `low`, `high` (Int64 fen, 80 %), `probability`, `whole_years` (that it
    rests on). Blank where a member has no whole year. The company's are those of `trend`, by the same rule.
    """
    rule = terms or TrendEstimate()
    known = {key: _foretold(table.tail(rule.years), fiscal_year, rule) for key, table in tables.items()}
    rows = []
    for row in levels.itertuples(index=False):
        year = known.get((str(row.scope), str(row.member)))
        count = len(tables.get((str(row.scope), str(row.member)), ())[-rule.years :]) if year else 0
        rows.append((*row, *_ends(year), float(year.reach([row.amount])[0]) if year else np.nan, count))
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "whole_years"])
    kinds = {"amount": "int64", "expected": "Int64", "low": "Int64", "high": "Int64", "probability": "float64"}
    return _ordered(frame.astype({**kinds, "whole_years": "int64"}), levels)


def _foretold(table: pd.DataFrame, fiscal_year: int, rule: TrendEstimate) -> odds.YearOdds | None:
    if table.empty or table.sum(axis=1).max() <= 0:
        return None
    ahead = fiscal_year - int(table.index[-1])
    return odds.forecast(
        table.to_numpy(dtype=np.float64)[None], damping=float(rule.damping), carry=float(rule.carry), ahead=ahead
    )


def _ends(year: odds.YearOdds | None) -> tuple[int | None, int | None, int | None]:
    if year is None:
        return None, None, None
    low, high = year.interval(COVERAGE)
    return held(float(year.expected[0])), held(float(low[0])), held(float(high[0]))


def _ordered(frame: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """The company first, then regions, then lines; the largest member first, levels as they were declared."""
    rank = frame["level"].map({level: n for n, level in enumerate(dict.fromkeys(levels["level"]))})
    size = frame.groupby(["scope", "member"])["amount"].transform("max")
    scope = frame["scope"].map({COMPANY: 0, "region": 1, "line": 2})
    keys = frame.assign(_scope=scope, _size=-size, _rank=rank)
    return keys.sort_values(["_scope", "_size", "member", "_rank"], ignore_index=True)[list(frame.columns)]
