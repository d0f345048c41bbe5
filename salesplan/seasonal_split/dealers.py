"""What dealers are expected to sell, hold and order, rolled up from store to agent to centre to company."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.apportion import apportion_groups
from salesplan.seasonal_split.history import Array, divide
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.replenish import Lots, cover_of, replenish
from salesplan.seasonal_split.stock import AHEAD, by_month, known_quantities, month_begin, planned_quantities
from salesplan.terms.seasonal_split import SeasonalSplitTerms

KEYS = ["dealer", "product"]


@dataclass(frozen=True)
class Span:
    """The months forecast: from the place of the first one in the year to the year's end."""

    year: PlanYear
    start: int

    @cached_property
    def months(self) -> list[str]:
        """Labels from the start to the end of the year."""
        return self.year.months[self.start :]

    @cached_property
    def days(self) -> Array:
        """Calendar days of these months and of those a target looks ahead to."""
        labels = [days_of.add_months(self.months[0], k) for k in range(len(self.months) + AHEAD + 1)]
        return np.diff([month_begin(label, self.year) for label in labels])

    def ahead(self, yearly: Array) -> Array:
        """Twelve months in fiscal order, from the start on, repeated as far as `days` goes."""
        return yearly[:, (self.start + np.arange(len(self.months) + AHEAD)) % 12]


@dataclass(frozen=True)
class Tier:
    """Dealers of one height above the last customers, one part per dealer and product.

    `yearly`: parts x 12, what the last customers buy of them and of all below; `asked`: parts x
    months, what is asked of them; `sell_in` what they order; `stock` at the months' ends, NaN unknown.
    """

    keys: pd.DataFrame
    yearly: Array
    asked: Array
    sell_in: Array
    stock: Array


def dealer_forecast(
    cube: pd.DataFrame, dealers: pd.DataFrame | None, *, year: PlanYear, rules: SeasonalSplitTerms
) -> pd.DataFrame:
    """Table `seasonal_split_dealers`: month, dealer, product, sell_out, sell_in, stock, cover_days, parent.

    Whole units; `stock` at the month's end. A dealer's yearly level = sum of weight x sell-out / sum
    of weight x the month's share of the season, over the last months before the start, weights 1, 2,
    3, ... with the latest the most (sell-in where he reports no sell-out); the level is apportioned over
    the months by the plan's season of the product. `sell_in`, what he is expected to order: sell-out
    and what his stock lacks to the target; without a known stock, his sell-out. Whoever is a parent
    supplies those below: his `sell_out` is the sum of their `sell_in`, month by month.
    """
    start = rules.stock.start or year.months[0]
    span = Span(year, year.months.index(start))
    told = _told(dealers, start)
    parents = parents_of(told)
    tiers: list[Tier] = []
    for names in _heights(told["dealer"].unique().tolist(), parents):
        own = told[told["dealer"].isin(names)]
        if not tiers:
            keys, yearly = _sell_out(own, known_quantities(cube, rules.dealers.channels), span, rules)
            asked = yearly[:, span.start :]
        else:
            keys, yearly, asked = _from_below(tiers, names, parents)
        tiers.append(_ordering(keys, yearly, asked, _last_stock(own, keys), rules.dealers.cover_days, span))
    return _table(tiers, parents, span)


def _told(dealers: pd.DataFrame | None, start: str) -> pd.DataFrame:
    """What dealers reported before the start, oldest first, every column there."""
    columns = ["month", *KEYS, "sell_in", "sell_out", "stock", "parent"]
    if dealers is None:
        return pd.DataFrame({name: pd.Series(dtype="float64" if name in columns[3:6] else "str") for name in columns})
    return dealers.loc[dealers["month"] < start].reindex(columns=columns).sort_values(["month", *KEYS])


def parents_of(dealers: pd.DataFrame) -> dict[str, str]:
    """Who supplies whom, by the last month that names it; those supplied by the company are left out."""
    named = dealers[dealers["parent"].notna()].sort_values(["month", *KEYS])
    last = named.groupby("dealer", sort=True)["parent"].last()
    return {str(dealer): str(parent) for dealer, parent in last.items()}


def _heights(names: list[str], parents: Mapping[str, str]) -> Iterator[list[str]]:
    """Dealers by height: those with nobody below, then those all of whose dealers came before."""
    height = dict.fromkeys(names, 0)
    for name in names:
        above = 0
        while name in parents:
            name, above = parents[name], above + 1
            height[name] = max(height.get(name, 0), above)
    for level in range(max(height.values(), default=0) + 1):
        yield sorted(name for name, found in height.items() if found == level)


def _sell_out(
    own: pd.DataFrame, plan: pd.DataFrame, span: Span, rules: SeasonalSplitTerms
) -> tuple[pd.DataFrame, Array]:
    """Dealers and products with any report, and their year in whole units, parts x 12."""
    labels = [days_of.add_months(span.months[0], k) for k in range(-rules.dealers.history_months, 0)]
    rows = _reports(own[own["month"].isin(labels)])
    keys = rows[KEYS].drop_duplicates().sort_values(KEYS, ignore_index=True)
    season = _season(plan, keys["product"], span.year)
    part = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(rows[KEYS]))
    recency = rows["month"].map({label: k + 1 for k, label in enumerate(labels)}).to_numpy(dtype="float64")
    place = rows["month"].map({label: _place(label, span.year) for label in labels}).to_numpy(dtype="int64")
    sold = np.bincount(part, recency * rows["sold"].to_numpy(dtype="float64"), len(keys))
    base = np.bincount(part, recency * season[part, place], len(keys))
    season = np.where((base > 0)[:, None], season, 1 / 12)  # reported only in months the plan leaves out
    level = divide(sold, np.where(base > 0, base, np.bincount(part, recency / 12, len(keys))))
    totals = np.floor(np.maximum(level, 0) + 0.5).astype("int64")
    whole = apportion_groups(totals, season.ravel(), np.repeat(np.arange(len(keys)), 12))
    return keys, whole.reshape(-1, 12)


def _reports(lines: pd.DataFrame) -> pd.DataFrame:
    """`dealer`, `product`, `month`, `sold`: sell-out, or sell-in of who reports no sell-out of a product at all.

    In a month a dealer reports, a product of his without a row sold nothing, from its first row on; a
    month he does not report, and a blank cell, are unknown and left out.
    """
    silent = lines["sell_out"].isna().groupby([lines[name] for name in KEYS]).transform("all")
    told = lines.assign(sold=lines["sell_out"].where(~silent, lines["sell_in"]))[[*KEYS, "month", "sold"]]
    known = told.dropna(subset=["sold"])
    since = known.groupby(KEYS)["month"].min().rename("since").reset_index()
    grid = since.merge(lines[["dealer", "month"]].drop_duplicates(), on="dealer")
    grid = grid[grid["month"] >= grid["since"]].merge(told, on=[*KEYS, "month"], how="left", indicator=True)
    absent = grid["_merge"] == "left_only"
    rows = grid.assign(sold=grid["sold"].mask(absent, 0.0)).dropna(subset=["sold"])
    return rows.sort_values([*KEYS, "month"], ignore_index=True)


def _place(label: str, year: PlanYear) -> int:
    """Place of a calendar month in the fiscal year, 0 to 11."""
    return (int(label[5:]) - year.first_month) % 12


def _season(plan: pd.DataFrame, products: "pd.Series[Any]", year: PlanYear) -> Array:
    """Shares of the twelve months of each product in the plan; even where the plan does not sell it."""
    table = by_month(plan, "quantity", year).clip(lower=0)
    sums = table.sum(axis=1)
    shares = table[sums > 0].div(sums[sums > 0], axis=0)
    return shares.reindex(products).fillna(1 / 12).to_numpy(dtype="float64")


def _last_stock(own: pd.DataFrame, keys: pd.DataFrame) -> Array:
    """The last stock each dealer reported of each product, NaN where none."""
    last = own.dropna(subset=["stock"]).groupby(KEYS)["stock"].last()
    return last.reindex(pd.MultiIndex.from_frame(keys)).to_numpy(dtype="float64")


def _from_below(tiers: list[Tier], names: list[str], parents: Mapping[str, str]) -> tuple[pd.DataFrame, Array, Array]:
    """What those below ask of their parents: keys, the last customers' year, the orders of the months."""
    below = pd.concat([tier.keys for tier in tiers], ignore_index=True)
    owner = below["dealer"].map(parents)
    inside = owner.isin(names).to_numpy()
    given = pd.DataFrame({"dealer": owner[inside].astype("str"), "product": below.loc[inside, "product"]})
    keys = given.drop_duplicates().sort_values(KEYS, ignore_index=True)
    part = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(given))
    summed = []
    for column in ("yearly", "sell_in"):
        values = np.concatenate([getattr(tier, column) for tier in tiers])[inside]
        total = np.zeros((len(keys), values.shape[1]), dtype="int64")
        np.add.at(total, part, values)
        summed.append(total)
    return keys, summed[0], summed[1]


def _ordering(keys: pd.DataFrame, yearly: Array, asked: Array, held: Array, cover_days: int, span: Span) -> Tier:
    """Orders that serve what is asked and bring a known stock to its target."""
    known = ~np.isnan(held)
    opening = np.where(known, np.floor(np.nan_to_num(held)), 0).astype("int64")
    lots = Lots.even(len(keys), cover_days)
    flow = replenish(asked, np.zeros_like(asked), opening, pull=span.ahead(yearly), days=span.days, lots=lots)
    sell_in = np.where(known[:, None], flow.purchases, asked)
    return Tier(keys, yearly, asked, sell_in, np.where(known[:, None], flow.closing, np.nan))


def _table(tiers: list[Tier], parents: Mapping[str, str], span: Span) -> pd.DataFrame:
    keys = pd.concat([tier.keys for tier in tiers], ignore_index=True)
    stock = np.concatenate([tier.stock for tier in tiers])
    ahead = span.ahead(np.concatenate([tier.yearly for tier in tiers]))
    count = len(span.months)
    lasts = [cover_of(stock[:, k], ahead[:, k + 1 : k + 13], span.days[k + 1 : k + 13]) for k in range(count)]
    cover = np.where(np.isnan(stock), np.nan, np.stack(lasts, axis=1))
    table = pd.DataFrame(
        {
            "month": pd.Series(span.months * len(keys), dtype="str"),
            "dealer": keys["dealer"].repeat(count).to_numpy(),
            "product": keys["product"].repeat(count).to_numpy(),
            "sell_out": np.concatenate([tier.asked for tier in tiers]).ravel(),
            "sell_in": np.concatenate([tier.sell_in for tier in tiers]).ravel(),
            "stock": pd.array(stock.ravel(), dtype="Float64").astype("Int64"),
            "cover_days": pd.array(cover.ravel(), dtype="Float64").astype("Int64"),
        }
    ).astype({"dealer": "str", "product": "str"})
    owner = table["dealer"].map(parents).astype("str")
    return table.assign(parent=owner).sort_values(["month", *KEYS], ignore_index=True)


def dealer_demand(
    forecast: pd.DataFrame, cube: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms
) -> pd.DataFrame:
    """Table `seasonal_split_demand`: dealers' orders beside the plan, one row per month and product they report.

    `demand`: what the dealers the company supplies are expected to order; `sales`: the plan of their
    channels (all of it where none are named), NA where its quantity is unknown; `gap` = demand -
    sales, `amount_gap` at the plan's average price of the year (fen): below zero the plan asks dealers to
    take more than they can sell on.
    """
    top = forecast[forecast["parent"].isna()]
    asked = top.groupby(["month", "product"], sort=True)["sell_in"].sum().rename("demand").reset_index()
    plan = planned_quantities(cube, year=year, channels=rules.dealers.channels)
    table = asked.merge(plan[["month", "product", "sales"]], on=["month", "product"], how="left")
    sums = plan.groupby("product")[["amount", "sales"]].sum()
    price = (sums["amount"] / sums["sales"]).where(sums["sales"] > 0)
    gap = table["demand"].astype("Int64") - table["sales"].astype("Int64")
    worth = (gap * table["product"].map(price).astype("Float64")).round().astype("Int64")
    return table.assign(sales=table["sales"].astype("Int64"), gap=gap, amount_gap=worth)
