"""Purchases, sales and stock 进销存: what has to be bought, when it has to be ordered, what is left each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.apportion import UNKNOWN, apportion_groups
from salesplan.seasonal_split.history import Array
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.replenish import Flow, Lots, cover_of, replenish
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.terms.stock import StockTerms

AHEAD = 13  # months the target may look ahead: 365 days reach into the thirteenth
LATEST = 3  # months a product launched within the year goes on with beyond it


def known_quantities(cube: pd.DataFrame, channels: Sequence[str] = ()) -> pd.DataFrame:
    """Rows of the cube of products whose quantity is known in all of them, of some channels or of all.

    A cube without products, or with quantities nowhere, has none.
    """
    if "product" not in cube:
        return pd.DataFrame({"product": [], "month": [], "quantity": [], "amount": []})
    inside = cube[cube["channel"].isin(channels)] if channels and "channel" in cube else cube
    return inside[~inside["product"].isin([*inside.loc[inside["quantity"].isna(), "product"], UNKNOWN])]


def planned_quantities(cube: pd.DataFrame, *, year: PlanYear, channels: Sequence[str] = ()) -> pd.DataFrame:
    """The sales plan in whole units: `product`, `month`, `sales` (int64), `amount` (fen), twelve rows a product.

    Each product's year is rounded to whole units, then apportioned over the months by the cube's
    quantities, so that the months sum to the year; see `known_quantities` for the products.
    """
    known = known_quantities(cube, channels)
    table = by_month(known, "quantity", year).clip(lower=0)
    totals = np.floor(table.sum(axis=1).to_numpy() + 0.5).astype("int64")
    weights = np.where(totals[:, None] > 0, table.to_numpy(), 0.0).ravel()
    return pd.DataFrame(
        {
            "product": pd.Series(np.repeat(table.index.to_numpy(dtype=object), 12), dtype="str"),
            "month": pd.Series(year.months * len(table), dtype="str"),
            "sales": apportion_groups(totals, weights, np.repeat(np.arange(len(table)), 12)),
            "amount": by_month(known, "amount", year).to_numpy(dtype="int64").ravel(),
        }
    )


def by_month(frame: pd.DataFrame, column: str, year: PlanYear) -> pd.DataFrame:
    """Sums of a column, products x the twelve months of the year; 0 where there is no row."""
    sums = frame.pivot_table(index="product", columns="month", values=column, aggfunc="sum", sort=True)
    return sums.reindex(columns=year.months).fillna(0)


@dataclass(frozen=True)
class Goods:
    """Products with a known stock at the start, in order: their plan, their lots, the months ahead.

    `sales` and `amount`: products x 12 in fiscal order. `launched`: place of the month in the year in which a product
    is launched, -1 for those that were there before. `labels`: the months from the start on, beyond
    the year as far as orders of the year arrive and targets look ahead.
    """

    products: tuple[str, ...]
    start: int
    labels: tuple[str, ...]
    sales: Array
    amount: Array
    opening: Array
    arrivals: Array
    lots: Lots
    lead_days: Array
    launched: Array
    cost: "pd.Series[Any]"
    year: PlanYear

    @property
    def months(self) -> int:
        """Months planned: from the start to the end of the year."""
        return 12 - self.start

    @cached_property
    def ahead(self) -> Array:
        """Planned sales by label; beyond the year the plan repeats itself.

        That of a product launched within the year repeats its last three months, fewer where it is not there so long:
        its first months were empty or a ramp.
        """
        places = self.start + np.arange(len(self.labels))
        latest = np.clip(11 - self.launched, 1, LATEST)[:, None]
        going_on = np.where(self.launched[:, None] < 0, places % 12, 12 - latest + (places - 12) % latest)
        return np.take_along_axis(self.sales, np.where(places < 12, places, going_on), axis=1)

    @cached_property
    def days(self) -> Array:
        """Calendar days of each label."""
        return np.diff(np.append(self.begins, month_begin(days_of.add_months(self.labels[-1], 1), self.year)))

    @cached_property
    def begins(self) -> Array:
        """First day of each label as a day number."""
        return np.array([month_begin(label, self.year) for label in self.labels])

    @cached_property
    def flow(self) -> Flow:
        """Stock and purchases of the year and of the months in which its last orders arrive."""
        reach = self.ahead[:, : len(self.labels) - AHEAD]
        return replenish(reach, self.arrivals, self.opening, pull=self.ahead, days=self.days, lots=self.lots)

    @cached_property
    def ordered(self) -> Array:
        """Products x months planned: what has to be ordered in each month, to arrive in time."""
        bought = self.flow.purchases
        days = np.maximum(self.begins[: bought.shape[1]] - self.lead_days[:, None], self.begins[0])
        place = np.searchsorted(self.begins, days, side="right") - 1
        found = np.zeros_like(bought)
        np.add.at(found, (np.arange(len(bought))[:, None], place), bought)
        return found[:, : self.months]


def month_begin(label: str, year: PlanYear) -> int:
    """First day of a month as a day number."""
    return days_of.month_span(label, year.month_cutoff)[0].toordinal()


def goods_of(
    cube: pd.DataFrame,
    stock: pd.DataFrame | None,
    products: pd.DataFrame | None,
    *,
    year: PlanYear,
    rules: SeasonalSplitTerms,
) -> Goods:
    """What the purchase plan is made from; products without a known stock at the start are not in it."""
    start = rules.stock.start or year.months[0]
    plan = planned_quantities(cube, year=year)
    held = _held(stock, start, blurred=set(cube["product"]) - set(plan["product"]) if "product" in cube else None)
    names = held.index
    own = _own_rules(names, products, rules.stock)
    lead = own["lead_days"].to_numpy()
    place = year.months.index(start)
    count = 12 - place + int(lead.max(initial=0)) // 28 + 1 + AHEAD
    labels = tuple(days_of.add_months(start, k) for k in range(count))
    begins = np.array([month_begin(label, year) for label in labels])
    first = np.searchsorted(begins, begins[0] + lead, side="right") - 1
    return Goods(
        products=tuple(names),
        start=place,
        labels=labels,
        sales=_wide(plan, "sales", names, year),
        amount=_wide(plan, "amount", names, year),
        opening=held.to_numpy(dtype="int64"),
        arrivals=_arrivals(stock, start, names, labels[: count - AHEAD]),
        lots=Lots(own["cover_days"].to_numpy(), own["pack"].to_numpy(), own["min_order"].to_numpy(), first),
        lead_days=lead,
        launched=launch_places(names, products, year=year, rules=rules),
        cost=_of_product(products, "cost").reindex(names),
        year=year,
    )


def _held(stock: pd.DataFrame | None, start: str, blurred: set[str] | None) -> "pd.Series[Any]":
    """Stock at the start by product; none where the plan has no products or not this one's quantity."""
    if stock is None or blurred is None:
        return pd.Series(dtype="int64", index=pd.Index([], dtype="str"))
    known = stock[(stock["month"] == start) & stock["opening"].notna() & ~stock["product"].isin(list(blurred))]
    return known.set_index("product")["opening"].astype("int64").sort_index()


def _arrivals(stock: pd.DataFrame | None, start: str, names: "pd.Index[Any]", labels: Sequence[str]) -> Array:
    """Goods on the road by month of arrival: the start's row, and later rows that state no stock of their own."""
    found = np.zeros((len(names), len(labels)), dtype="int64")
    if stock is None or stock.get("in_transit") is None:
        return found
    due = stock[(stock["month"] == start) | stock["opening"].isna()]
    due = due[due["in_transit"].notna() & due["month"].isin(labels) & due["product"].isin(names)]
    places = due["month"].map({label: place for place, label in enumerate(labels)}).to_numpy(dtype="int64")
    np.add.at(found, (names.get_indexer(pd.Index(due["product"])), places), due["in_transit"].to_numpy(dtype="int64"))
    return found


def _wide(plan: pd.DataFrame, column: str, names: "pd.Index[Any]", year: PlanYear) -> Array:
    """Products x 12; products the plan does not sell have zeros."""
    return by_month(plan, column, year).reindex(names).fillna(0).to_numpy(dtype="int64")


def _of_product(products: pd.DataFrame | None, column: str) -> "pd.Series[Any]":
    if products is None or column not in products:
        return pd.Series(dtype="Int64" if column == "cost" else "str", index=pd.Index([], dtype="str"))
    return products.set_index("product")[column]


def launch_places(
    names: "pd.Index[Any]", products: pd.DataFrame | None, *, year: PlanYear, rules: SeasonalSplitTerms
) -> Array:
    """Place of the month of the year in which each product is launched, by rules or table products; -1 for none."""
    dates = {} if products is None or "launch" not in products else dict(zip(*_launches(products), strict=True))
    dates |= {one.product: pd.Timestamp(one.start) for one in rules.launches if one.product and one.start}
    when = pd.Series([dates.get(name, pd.NaT) for name in names], dtype="datetime64[ns]")
    begins = np.array([month_begin(label, year) for label in (*year.months, days_of.add_months(year.months[-1], 1))])
    days = [date.toordinal() if date == date else 0 for date in when]
    places = np.searchsorted(begins, days, side="right") - 1
    return np.where(places < 12, places, -1)


def _launches(products: pd.DataFrame) -> "tuple[pd.Series[Any], pd.Series[Any]]":
    known = products[products["launch"].notna()]
    return known["product"], known["launch"]


def _own_rules(names: "pd.Index[Any]", products: pd.DataFrame | None, terms: StockTerms) -> pd.DataFrame:
    """`cover_days`, `lead_days`, `pack`, `min_order` of each product: its own rule, its line's, what holds for all."""
    line = _of_product(products, "line").reindex(names)
    rules = sorted(terms.rules, key=lambda rule: rule.line is None)  # a product's own rule comes last and stays
    columns = {}
    for name in ("cover_days", "lead_days", "pack", "min_order"):
        values = np.full(len(names), getattr(terms, name), dtype="int64")
        for rule in rules:
            own = getattr(rule, name)
            if own is not None:
                values[names == rule.product if rule.line is None else (line == rule.line).fillna(False)] = own
        columns[name] = values
    return pd.DataFrame(columns, index=names)


def stock_plan(goods: Goods) -> pd.DataFrame:
    """Table `seasonal_split_stock`: one row per month and product, whole units and fen.

    `opening`, `in_transit` (arriving this month from earlier orders), `purchases` (arriving this
    month), `sales` (the plan), `closing`, with opening + in_transit + purchases - sales = closing;
    below zero it is owed to customers, and said again as `shortage`. `target_stock`: sales of the next
    cover days. `cover_days`: days the closing stock lasts through the following months (NA: it is
    never sold). `orders`: to be placed this month. `funds` = purchases x cost, `value_sales` = sales x
    cost, `value_stock` = closing x cost (all NA without a cost).
    """
    months, flow, cost = goods.months, goods.flow, goods.cost.to_numpy()
    closing = flow.closing[:, :months]
    parts = {
        "opening": flow.opening,
        "in_transit": goods.arrivals,
        "purchases": flow.purchases,
        "sales": goods.ahead,
        "closing": closing,
        "target_stock": flow.target,
        "cover_days": _cover(goods, closing),
        "shortage": np.maximum(-closing, 0),
        "orders": goods.ordered,
    }
    columns = {name: array[:, :months].T.ravel() for name, array in parts.items()}
    table = pd.DataFrame(
        {
            "month": pd.Series(np.repeat(np.array(goods.labels[:months], dtype=object), len(closing)), dtype="str"),
            "product": pd.Series(list(goods.products) * months, dtype="str"),
            **columns,
        }
    )
    each = pd.Series(np.tile(cost, months), dtype="Int64")
    return table.assign(
        cover_days=table["cover_days"].astype("Float64").astype("Int64"),
        funds=table["purchases"] * each,
        value_sales=table["sales"] * each,
        value_stock=table["closing"].clip(lower=0) * each,
    )


def _cover(goods: Goods, closing: Array) -> Array:
    """Days the closing stock of each month lasts, products x months."""
    ends = range(closing.shape[1])
    lasts = [cover_of(closing[:, k], goods.ahead[:, k + 1 : k + 13], goods.days[k + 1 : k + 13]) for k in ends]
    return np.stack(lasts, axis=1)
