"""The year's purchases per product, how fast the stock turns, and what does not move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.money import half_away
from salesplan.seasonal_split.history import Array
from salesplan.seasonal_split.replenish import cover_of
from salesplan.seasonal_split.stock import Goods, known_quantities, month_begin, planned_quantities
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.terms.stock import StockTerms

PURCHASES = (
    "product",
    "opening",
    "in_transit",
    "purchases",
    "sales",
    "closing",
    "funds",
    "average_stock",
    "turnover",
    "shortage",
    "amount_short",
    "on_hand_days",
    "tied_up",
    "state",
    "value_sales",
    "value_average",
)


def purchase_plan(stock: pd.DataFrame, goods: Goods, facts: pd.DataFrame, *, rules: SeasonalSplitTerms) -> pd.DataFrame:
    """Table `seasonal_split_purchases`: the year per product, in units and funds.

    `opening`, `in_transit`, `purchases`, `sales`, `closing`, `funds` of all months planned;
    `average_stock` mean of the months' (opening + closing) / 2; `turnover` per year = cost of sales /
    average stock at cost; `shortage` the most that is owed at the end of a month, `amount_short` its
    worth at the plan's price; `on_hand_days` how long the opening stock lasts at the pace of the last
    months, `tied_up` what a slow mover's opening stock cost; `state`: short, slow or fine.
    """
    groups = stock.groupby("product", sort=True)
    table = groups[["in_transit", "purchases", "sales"]].sum()
    ends = {"opening": groups["opening"].first(), "closing": groups["closing"].last()}
    held = (stock["opening"].clip(lower=0) + stock["closing"].clip(lower=0)) / 2
    average = held.groupby(stock["product"], sort=True).mean()
    yearly = table["sales"] * 12 / max(goods.months, 1)
    short = groups["shortage"].max()
    slow = _slow(goods, facts, rules.stock)
    table = table.assign(
        **ends,
        average_stock=average,
        turnover=(yearly / average).where(average > 0),
        funds=groups["funds"].sum(min_count=1),
        value_sales=groups["value_sales"].sum(min_count=1),
        shortage=short,
        amount_short=_worth(short.to_numpy(), goods),
        on_hand_days=slow["on_hand_days"],
        tied_up=slow["tied_up"],
        state=np.select([short > 0, slow["slow"]], ["short", "slow"], "fine"),
    )
    value = (table["average_stock"] * 2 * goods.months).round().astype("Int64") * goods.cost
    return table.assign(value_average=_share_of(value, 2 * goods.months)).reset_index()[list(PURCHASES)]


def _share_of(fen: "pd.Series[Any]", parts: int) -> "pd.Series[Any]":
    """Known amounts divided by a whole number, rounded once."""
    known = fen.notna()
    divided = pd.Series(half_away(fen[known].astype("int64").to_numpy(), parts), index=fen.index[known])
    return divided.reindex(fen.index).astype("Int64")


def _worth(short: Array, goods: Goods) -> Array:
    """Units at the plan's average price of the year, in fen."""
    sold, amount = goods.sales.sum(axis=1), goods.amount.sum(axis=1)
    return np.asarray(np.rint(short * (amount / np.maximum(sold, 1))), dtype="int64")


def _slow(goods: Goods, facts: pd.DataFrame, terms: StockTerms) -> pd.DataFrame:
    """Slow movers: what is on hand lasts longer than the rule allows, at the recent pace and at the plan's."""
    recent = [days_of.add_months(goods.labels[0], -k) for k in range(1, terms.slow.months + 1)]
    days = goods.begins[0] - month_begin(recent[-1], goods.year)
    sold = facts[facts["month"].isin(recent)].groupby("product")["quantity"].sum(min_count=1)
    units = sold.reindex(list(goods.products)).fillna(0).clip(lower=0).to_numpy(dtype="float64")
    on_hand = np.where(units > 0, np.floor(goods.opening * days / np.where(units > 0, units, 1)), np.inf)
    planned = cover_of(goods.opening, goods.ahead[:, :12], goods.days[:12])
    limit = terms.slow.cover_days
    slow = (goods.opening > 0) & (on_hand > limit) & (np.nan_to_num(planned, nan=np.inf) > limit)
    value = pd.Series(np.where(slow, goods.opening, 0), index=goods.cost.index) * goods.cost.astype("Int64")
    lasts = pd.Series(np.where(np.isinf(on_hand), np.nan, on_hand), index=goods.cost.index)
    return pd.DataFrame({"slow": slow, "tied_up": value, "on_hand_days": lasts.astype("Float64").astype("Int64")})


def slow_movers(purchases: "pd.DataFrame") -> "pd.DataFrame":
    """Slow movers of `purchase_plan`, the dearest first: product, opening, on_hand_days, sales, tied_up."""
    slow = purchases[purchases["state"] == "slow"].sort_values(["tied_up", "product"], ascending=[False, True])
    return slow[["product", "opening", "on_hand_days", "sales", "tied_up"]].reset_index(drop=True)


def movements(frame: pd.DataFrame, key: str, names: Sequence[str]) -> pd.DataFrame:
    """Sums with months across: the key (blank where it repeats), `movement` (one of the names), the months.

    The classic layout of purchases, sales and stock, one block of lines per product or dealer. Lines of
    which nothing is known are left out.
    """
    sums = frame.groupby([key, "month"], sort=True)[list(names)].sum(min_count=1).astype("Int64")
    long = sums.reset_index().melt(id_vars=[key, "month"], value_vars=list(names), var_name="movement")
    known = long[long["value"].notna().groupby([long[key], long["movement"]]).transform("any")]
    order = known.assign(place=known["movement"].map({name: place for place, name in enumerate(names)}))
    wide = order.pivot_table(index=[key, "place", "movement"], columns="month", values="value", aggfunc="first")
    table = wide.reset_index().drop(columns="place")
    return table.assign(**{key: table[key].mask(table[key].duplicated(), "")}).rename_axis(columns=None)


def year_purchases(purchases: pd.DataFrame) -> pd.DataFrame:
    """The columns of `purchase_plan` that people look at, products that are short or slow first."""
    rank = purchases["state"].map({"short": 0, "slow": 1, "fine": 2})
    order = purchases.assign(rank=rank, least=-purchases["funds"].fillna(0)).sort_values(["rank", "least", "product"])
    hidden = ["rank", "least", "average_stock", "value_sales", "value_average", "tied_up", "on_hand_days"]
    return order.drop(columns=hidden).reset_index(drop=True)


def stock_months(stock: pd.DataFrame) -> pd.DataFrame:
    """Totals of the months planned: `month`, `funds`, `value_sales`, `value_stock` (fen), `short` (products owed)."""
    sums = stock.groupby("month", sort=True)[["funds", "value_sales", "value_stock"]].sum().astype("int64")
    short = (stock["shortage"] > 0).groupby(stock["month"]).sum().astype("int64")
    return sums.assign(short=short).reset_index()


@dataclass(frozen=True)
class StockGaps:
    """Products the purchase plan is silent on, or knows only in units: no stock at the start, no quantity, no cost."""

    no_opening: tuple[str, ...]
    no_quantity: tuple[str, ...]
    no_cost: tuple[str, ...]


def stock_gaps(cube: pd.DataFrame, goods: Goods) -> StockGaps:
    """Which products of the plan and of the stock something is missing for."""
    plan = planned_quantities(cube, year=goods.year)
    sold = set(plan.loc[plan["sales"] > 0, "product"])
    blurred = set(cube["product"]) - set(plan["product"]) if "product" in cube else set[str]()
    unpriced = goods.cost[goods.cost.isna()].index
    return StockGaps(tuple(sorted(sold - set(goods.products))), tuple(sorted(blurred)), tuple(unpriced))


def stock_reason(cube: pd.DataFrame, held: pd.DataFrame | None) -> str:
    """Why there is no purchase plan: no_stock, no_quantities or no_start (no stock at the start); for an empty one."""
    if held is None:
        return "no_stock"
    return "no_start" if len(known_quantities(cube)) else "no_quantities"
