"""Products in the plan: sales at every level, cost of goods, stage of life, what a new one may cost."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from salesplan.annual_target.history import GOODS, NO_MEMBER
from salesplan.annual_target.ladder import PLACE, planned_amount, rungs, whole
from salesplan.apportion import UNKNOWN, apportion
from salesplan.calendar import fiscal_year_of
from salesplan.errors import Fault, stop_on
from salesplan.money import from_fen, to_fen
from salesplan.terms.annual_target import AnnualTargetTerms
from salesplan.terms.expenses import Expenses, NewProduct

YEAR_DAYS = 365.25
MATURE = "maturity"
CostRate = tuple[Fraction | None, str]


def products_sold(facts: pd.DataFrame, *, fiscal_year: int, first_month: int = 1) -> pd.DataFrame:
    """Last year's net sales and cost by product.

    `facts` is the ledger's monthly cube. Returns one row per product, in order of its name: `product`, `last_year`
    (int64 fen), `cost` (Int64 fen, NA where a line of goods has none). What names no product is one of its own,
    `(unknown)`; where it is negative (a year's rebates) it lies on the named ones in proportion.
    """
    year_of = {month: fiscal_year_of(month, first_month) for month in facts["month"].unique()}
    past = facts[facts["month"].map(year_of) == fiscal_year - 1]
    named = past.assign(product=past["product"].where(~past["product"].isin(NO_MEMBER), UNKNOWN))
    unpriced = named.loc[named["kind"].isin(GOODS) & named["cost"].isna(), "product"]
    sums = named.assign(cost=named["cost"].fillna(0)).groupby("product")[["amount", "cost"]].sum().sort_index()
    frame = sums.reset_index().rename(columns={"amount": "last_year"})
    typed = frame.astype({"product": "str", "last_year": "int64", "cost": "Int64"})
    return _spread(typed.assign(cost=typed["cost"].mask(typed["product"].isin(unpriced))))


def _spread(frame: pd.DataFrame) -> pd.DataFrame:
    """Negative sales without a product laid on the products that sold."""
    loose = (frame["product"] == UNKNOWN) & (frame["last_year"] < 0)
    rest = frame[~loose].reset_index(drop=True)
    weights = rest["last_year"].clip(lower=0)
    if not loose.any() or not weights.any():
        return frame
    parts = apportion(int(frame.loc[loose, "last_year"].sum()), weights, labels=rest["product"].tolist())
    return rest.assign(last_year=rest["last_year"] + parts)


def product_plan(
    sold: pd.DataFrame,
    ladder: pd.DataFrame,
    *,
    terms: AnnualTargetTerms,
    first: str,
    products: pd.DataFrame | None = None,
    unit: int = 1,
) -> pd.DataFrame:
    """Table `annual_target_profit_products`: each product's sales and cost of goods at the levels.

    A new product has the sales declared for it at the planned level and in proportion to the amount at the others, as
    its goal has; the other products share the rest of a level in last year's mix (`sold`: the frame of
    `products_sold`). Cost rate: declared for a new product, else last year's cost / sales, else cost / price
    of table `products`, else the declared rate, else that of all products whose rate is known; `cost_basis` says
    which. `stage` of life by the years from launch to the month `first` of the plan year. One row per product:
    `product`, `stage`, `last_year` (int64 fen), `cost_rate`, `cost_basis`, `amount` (int64 fen), `cost` (Int64 fen),
    and `amount_<level>`, `cost_<level>` of the other levels. Raises `PlanError` where new products exceed
    the planned level.
    """
    new = {found.product: found for found in terms.profit_plan.new_products}
    stop_on(_too_much(new, ladder, unit))
    listed = {} if products is None else {str(row["product"]): row for row in products.to_dict("records")}
    planned = planned_amount(ladder)
    fresh = {level: _new_sales(new, goal, planned, unit) for level, goal in rungs(ladder)}
    frame = _members(sold, new, any(goal > sum(fresh[level].values()) for level, goal in rungs(ladder)))
    names = frame["product"].tolist()
    rates = _cost_rates(sold, names, new, listed, terms)
    cycle, start = terms.expenses or Expenses(), pd.Timestamp(f"{first}-01")
    made = frame[["product", "last_year"]].assign(
        stage=[stage_of(name, listed.get(name, {}), cycle, start) for name in names],
        cost_rate=[float("nan") if rate is None else float(rate) for rate, _ in rates],
        cost_basis=[basis for _, basis in rates],
    )
    for level, goal in rungs(ladder):
        suffix = "" if level == terms.planned else f"_{level}"
        amounts = _amounts(frame, fresh[level], goal, unit)
        costs = [
            None if rate is None else whole(fen * rate, unit) for fen, (rate, _) in zip(amounts, rates, strict=True)
        ]
        columns = {f"amount{suffix}": pd.array(amounts, dtype="int64"), f"cost{suffix}": pd.array(costs, dtype="Int64")}
        made = made.assign(**columns)
    head = ["product", "stage", "last_year", "cost_rate", "cost_basis", "amount", "cost"]
    return made[[*head, *(name for name in made.columns if name not in head)]]


def _too_much(new: Mapping[str, NewProduct], ladder: pd.DataFrame, unit: int) -> list[Fault]:
    total = sum(whole(to_fen(found.amount), unit) for found in new.values())
    place = f"{PLACE} profit_plan.new_products"
    planned = ladder[ladder["planned"] & (ladder["amount"] < total)]
    return [
        Fault("new_products_over", place, str(from_fen(total)), {"level": level, "amount": str(from_fen(goal))})
        for level, goal in rungs(planned)
    ]


def _new_sales(new: Mapping[str, NewProduct], goal: int, planned: int, unit: int) -> dict[str, int]:
    """New products at a level: as declared at the planned one, elsewhere their sum in proportion to the level.

    What does not exceed the planned level exceeds none: the sum is rounded once.
    """
    declared = {name: whole(to_fen(found.amount), unit) for name, found in new.items()}
    if goal == planned or not any(declared.values()):
        return declared
    total = whole(Fraction(sum(declared.values()) * goal, planned), unit)
    parts = apportion(total, list(declared.values()), labels=list(declared), unit=unit).tolist()
    return dict(zip(declared, parts, strict=True))


def _members(sold: pd.DataFrame, new: Mapping[str, NewProduct], rest_left: bool) -> pd.DataFrame:
    """Products of last year and new ones; `(unknown)` where there is none that could carry the rest of a level."""
    rest = sold[~sold["product"].isin(list(new))]
    names = set(sold["product"]) | set(new)
    if rest_left and not (rest["last_year"] > 0).any():
        names.add(UNKNOWN)
    amounts = dict(zip(sold["product"], sold["last_year"], strict=True))
    ordered = sorted(names)
    return pd.DataFrame(
        {"product": pd.Series(ordered, dtype="str"), "last_year": [int(amounts.get(name, 0)) for name in ordered]}
    )


def _amounts(frame: pd.DataFrame, fixed: Mapping[str, int], goal: int, unit: int) -> list[int]:
    """A level over the products: new ones as `fixed`, the others in last year's mix, exactly."""
    names = frame["product"].tolist()
    others = [
        0 if name in fixed else max(int(amount), 0) for name, amount in zip(names, frame["last_year"], strict=True)
    ]
    weights = others if any(others) else [int(name == UNKNOWN) for name in names]
    rest = apportion(goal - sum(fixed.values()), weights, labels=names, unit=unit).tolist()
    return [fixed.get(name, part) for name, part in zip(names, rest, strict=True)]


def _cost_rates(
    sold: pd.DataFrame,
    names: list[str],
    new: Mapping[str, NewProduct],
    listed: Mapping[str, Mapping[Any, Any]],
    terms: AnnualTargetTerms,
) -> list[CostRate]:
    """Cost of goods as a share of sales per product, exactly, and where it is known from."""
    past = {
        name: Fraction(int(cost), int(amount))
        for name, amount, cost in zip(sold["product"], sold["last_year"], sold["cost"], strict=True)
        if amount > 0 and not pd.isna(cost)
    }
    known = sold[sold["product"].isin(list(past))]
    mean = Fraction(int(known["cost"].sum()), int(known["last_year"].sum())) if past else None
    declared = terms.profit_plan.cost_rate

    def rate(name: str) -> CostRate:
        if name in new and new[name].cost_rate is not None:
            return Fraction(new[name].cost_rate or 0), "declared"
        if name in past:
            return past[name], "history"
        if (found := _list_rate(listed.get(name, {}))) is not None:
            return found, "price_list"
        if declared is not None:
            return Fraction(declared), "declared"
        return mean, "mean" if mean is not None else "unknown"

    return [rate(name) for name in names]


def _list_rate(row: Mapping[Any, Any]) -> Fraction | None:
    """Cost / price of table `products`."""
    price, cost = row.get("price"), row.get("cost")
    return None if pd.isna(price) or pd.isna(cost) or not price else Fraction(int(cost), int(price))


def stage_of(product: str, row: Mapping[Any, Any], terms: Expenses, start: pd.Timestamp) -> str:
    """Stage of a product's life at the year's first day: as declared for it or its line, else by its age.

    A product whose launch is not known is taken for a mature one.
    """
    for name in (product, str(row.get("line"))):
        if name in terms.stages:
            return terms.stages[name]
    launch = row.get("launch")
    if launch is None or pd.isna(launch):
        return MATURE
    years, until = (start - launch).days / YEAR_DAYS, terms.stage_years
    ends = (("launch", until.launch), ("growth", until.growth), ("maturity", until.maturity))
    return next((stage for stage, end in ends if years < float(end)), "decline")


def allowances(plan: pd.DataFrame, terms: AnnualTargetTerms) -> pd.DataFrame:
    """What new products may cost to sell: sales - cost of goods - the profit they must bring.

    `plan` is the frame of `product_plan`. One row per new product: `product`, `amount`, `cost`, `gross`, `profit`,
    `allowance` (Int64 fen; zero where the goods leave nothing, NA where their cost is unknown), `ratio` to its sales.
    """
    known = {
        name: (int(amount), cost) for name, amount, cost in plan[["product", "amount", "cost"]].to_numpy(dtype=object)
    }
    made = []
    for new in terms.profit_plan.new_products:
        amount, cost = known[new.product]
        profit = whole(amount * Fraction(new.profit_rate))
        gross = None if pd.isna(cost) else amount - int(cost)
        left = None if gross is None else max(gross - profit, 0)
        made.append((new.product, amount, cost, gross, profit, left))
    columns = ["product", "amount", "cost", "gross", "profit", "allowance"]
    frame = pd.DataFrame(made, columns=columns).astype(dict.fromkeys(columns[1:], "Int64") | {"product": "str"})
    sales = frame["amount"].astype("float64").where(frame["amount"] > 0)
    return frame.assign(ratio=frame["allowance"].astype("float64") / sales)
