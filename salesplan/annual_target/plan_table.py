"""The annual sales plan table 年度销售计划 and what the plan is based on 编制依据."""

import math
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from salesplan.annual_target.actuals import last_months
from salesplan.annual_target.evidence import breakeven_sales
from salesplan.annual_target.history import NO_MEMBER
from salesplan.annual_target.ladder import units_for, whole
from salesplan.calendar import fiscal_year_of, month_of
from salesplan.money import to_fen
from salesplan.terms.annual_target import AnnualTargetTerms
from salesplan.terms.plan import PlanTerms
from salesplan.terms.texts import Basis, Expected

PLAN_COLUMNS = ["row", "name", "quantity", "amount", "margin_rate", "contribution"]
CENT = 100
COMPLETION = ["dimension", "member", "target", "actual", "attainment"]
Values = dict[tuple[str, str], Decimal | None]
PlanRow = tuple[str, str, float | None, int | None, float | None]


def plan_table(targets: pd.DataFrame, terms: AnnualTargetTerms) -> pd.DataFrame:
    """Table `annual_target_plan`: expectations of the year side by side, as the source's annual sales plan has them.

    `targets` are the company's rows of table `annual_target`. One row each: `row` (`last_year_plan` and `competitor`
    as declared in `plan_table`, `last_year` the actual, `breakeven` the sales without profit or loss, `level`), `name`
    (of the competitor or level), `quantity`, `amount` (Int64 fen), `margin_rate` (marginal profit rate: 1 - variable
    cost rate where costs are declared, else gross profit / amount), `contribution` = amount x margin rate (Int64 fen).
    Break-even's quantity stands in last year's exact ratio to its amount (`units_for`). What is not known is NA.
    Source: S3.
    """
    value: Values = dict(zip(zip(targets["indicator"], targets["level"], strict=True), targets["value"], strict=True))
    before: dict[str, Decimal | None] = dict(zip(targets["indicator"], targets["last_year"], strict=True))
    cost = terms.estimates.breakeven
    rate = None if cost is None else float(1 - cost.variable_cost_rate)
    last = _own("last_year", "", before.get("amount"), before.get("quantity"), _margin(before, None))
    rows = [
        *_declared("last_year_plan", terms.plan_table.last_year),
        *([last] if before.get("amount") is not None else []),
        *_declared("competitor", terms.plan_table.competitor),
        *_breakeven(terms, targets),
    ]
    for level in targets.loc[targets["indicator"] == "amount", "level"]:
        of_level = {indicator: found for (indicator, name), found in value.items() if name == level}
        rows.append(_own("level", level, of_level["amount"], of_level.get("quantity"), _margin(of_level, rate)))
    return _plan_frame(rows)


def _margin(found: dict[str, Decimal | None], rate: float | None) -> float | None:
    amount, gross = found.get("amount"), found.get("gross_profit")
    if rate is not None:
        return rate
    return float(gross / amount) if amount and gross is not None else None


def _own(row: str, name: str, amount: Decimal | None, quantity: Decimal | None, margin: float | None) -> PlanRow:
    return row, name, None if quantity is None else float(quantity), None if amount is None else to_fen(amount), margin


def _declared(row: str, found: Expected | None) -> list[PlanRow]:
    if found is None:
        return []
    return [
        _own(
            row,
            found.name,
            found.amount,
            found.quantity,
            None if found.margin_rate is None else float(found.margin_rate),
        )
    ]


def _breakeven(terms: AnnualTargetTerms, targets: pd.DataFrame) -> list[PlanRow]:
    costs = terms.estimates.breakeven
    if costs is None:
        return []
    amount = breakeven_sales(costs, profit=Decimal(0))
    quantity = units_for(amount, targets)
    return [("breakeven", "", None if math.isnan(quantity) else quantity, amount, float(1 - costs.variable_cost_rate))]


def _plan_frame(rows: list[PlanRow]) -> pd.DataFrame:
    contribution = [
        None if amount is None or rate is None else whole(amount * Fraction(str(rate))) for *_, amount, rate in rows
    ]
    frame = pd.DataFrame([(*row, part) for row, part in zip(rows, contribution, strict=True)], columns=PLAN_COLUMNS)
    return frame.astype({"quantity": "float64", "amount": "Int64", "margin_rate": "float64", "contribution": "Int64"})


def advertising(basis: Basis, years: pd.DataFrame, expenses: pd.DataFrame | None, plan: PlanTerms) -> pd.DataFrame:
    """Advertising against growth, per fiscal year before the plan's, in order.

    A year's advertising is what `basis` declares for it, else the sum of its advertising categories in the table of
    expenses. `years` is the frame of `yearly`. Columns: `year`, `advertising` (int64 fen), `advertising_share` of
    sales, `advertising_growth` on the year before, `amount` (Int64 fen) and its `growth` (NaN where unknown).
    Source: S3.
    """
    declared = {one.year: to_fen(one.amount) for one in basis.advertising}
    given = sorted((_booked(basis, expenses, plan) | declared).items())
    frame = pd.DataFrame(given, columns=["year", "advertising"]).astype("int64")
    joined = frame.merge(years[["year", "amount", "growth"]], on="year", how="left")
    spent, before = joined["advertising"], joined["advertising"].shift().where(joined["year"].diff() == 1)
    sold = joined["amount"].astype("float64")
    return joined.assign(
        advertising_share=spent / sold.where(sold > 0), advertising_growth=spent / before.where(before > 0) - 1
    )[["year", "advertising", "advertising_share", "advertising_growth", "amount", "growth"]]


def _booked(basis: Basis, expenses: pd.DataFrame | None, plan: PlanTerms) -> dict[int, int]:
    """Fen of the advertising categories by fiscal year before the plan's."""
    if expenses is None or not basis.advertising_categories:
        return {}
    booked = expenses[expenses["category"].isin(basis.advertising_categories)]
    sums: dict[int, int] = {}
    for month, fen in zip(booked["month"], booked["amount"].tolist(), strict=True):
        year = fiscal_year_of(month, plan.first_month)
        sums[year] = sums.get(year, 0) + fen
    return {year: fen for year, fen in sums.items() if year < plan.fiscal_year}


def completion(basis: Basis, facts: pd.DataFrame, reps: pd.DataFrame, plan: PlanTerms) -> pd.DataFrame:
    """Last year's completion per team, region, channel or product whose target is declared in `basis.last_targets`.

    Columns: `dimension`, `member`, `target`, `actual` (int64 fen), `attainment` = actual / target. A rep's sales count
    for the team of his latest spell. Members stand as declared; one that sold nothing has an actual of zero.
    """
    latest = reps.drop_duplicates("rep", keep="last")
    teams: dict[str, str] = dict(zip(latest["rep"], latest["team"], strict=True)) if "team" in reps else {}
    past = facts[facts["month"].isin(last_months(plan))].assign(team=lambda d: d["rep"].map(teams))
    rows = []
    for dimension, members in basis.last_targets.items():
        sold = past.groupby(dimension)["amount"].sum()
        rows += [(dimension, name, to_fen(target), int(sold.get(name, 0))) for name, target in members.items()]
    frame = pd.DataFrame(rows, columns=COMPLETION[:-1]).astype({"target": "int64", "actual": "int64"})
    return frame.assign(attainment=frame["actual"] / frame["target"])


def network(basis: Basis, facts: pd.DataFrame, heads: int, plan: PlanTerms) -> pd.DataFrame:
    """Branches and reps behind the plan, and last year's sales of each.

    `heads`: reps in post when the plan year ends. Columns: `indicator` (`branches`, `reps_last_year`, `reps_in_post`,
    `amount_per_branch`, `amount_per_rep`), `value` (Decimal), `unit`. Branches default to the regions that sold.
    """
    past = facts[(facts["month"].isin(last_months(plan))) & (facts["amount"] > 0)]
    sold = int(facts.loc[facts["month"].isin(last_months(plan)), "amount"].sum())
    regions = past.loc[~past["region"].isin(NO_MEMBER), "region"].nunique()
    branches = basis.branches if basis.branches is not None else int(regions)
    sellers = int(past.loc[~past["rep"].str.startswith("("), "rep"].nunique())
    rows = [("branches", Decimal(branches), "unit"), ("reps_last_year", Decimal(sellers), "unit")]
    rows.append(("reps_in_post", Decimal(heads), "unit"))
    per_head = {"amount_per_branch": branches, "amount_per_rep": sellers}
    rows += [
        (name, Decimal(whole(Fraction(sold, count))).scaleb(-2), "currency")
        for name, count in per_head.items()
        if count
    ]
    return pd.DataFrame([row for row in rows if row[1]], columns=["indicator", "value", "unit"]).astype(
        {"value": object}
    )


def new_products(facts: pd.DataFrame, products: pd.DataFrame | None, plan: PlanTerms) -> pd.DataFrame:
    """Products launched last year or in the plan year, from the table of products.

    Columns: `product`, `line`, `launch`, `last_year` (Int64 fen, NA where nothing was sold), `list_price` (currency
    per piece), `list_margin` = (price - cost) / price.
    """
    head = ["product", "line", "launch", "last_year", "list_price", "list_margin"]
    if products is None or "launch" not in products:
        return pd.DataFrame(columns=head)
    months = last_months(plan)
    fresh = products[month_of(products["launch"], plan.month_cutoff).fillna("") >= months[0]]
    sold = facts[facts["month"].isin(months)].groupby("product")["amount"].sum()
    full = fresh.reindex(columns=["product", "line", "launch", "price", "cost"])
    price, cost = full["price"].astype("Float64"), full["cost"].astype("Float64")
    margin = ((price - cost) / price.where(price > 0)).astype("float64")
    past = full["product"].map(sold).astype("Int64")
    made = full.assign(last_year=past, list_price=price.astype("float64") / CENT, list_margin=margin)
    return made[head].sort_values(["launch", "product"], ignore_index=True)
