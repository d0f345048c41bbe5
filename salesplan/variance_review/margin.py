"""The bridge at gross margin: what the parts of the sales variance leave after cost."""

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.terms.variance_review import Bridge
from salesplan.variance_review.bridge import bridge_dimension, bridge_sides, empty_bridge, with_total_row
from salesplan.variance_review.decomposition import PARTS, price_volume_mix
from salesplan.variance_review.deductions import effects_beside_price
from salesplan.variance_review.measures import DEDUCTIONS, Figures, amount_by, named_members

MARGIN_COLUMNS = ["member", "target", *PARTS, "cost", "actual", "joint", "own_price", "deducted", "currency"]


def margin_bridge(figures: Figures, rules: Bridge) -> pd.DataFrame:
    """Table `variance_review_bridge_margin`: from target to actual gross margin per member, with a row `(total)`.

    Gross margin = amount - cost. The target's unit cost is last year's (of table `products` where last year had
    none, else this year's); `cost` is what the actual quantity cost more (negative) or less than at that unit cost,
    where quantities are not known than at that cost rate. Volume and mix are worth the target's unit margin; price,
    deducted and currency are those of the sales. Columns as table `variance_review_bridge`, with
    target + volume + mix + price + new + lost + cost + joint = actual in every row. Header only without actuals, or
    where the cost of a sale of these months is not known.
    """
    by = rules.members or bridge_dimension(figures)
    actual_cost = known_cost(figures.actuals, by) if figures.closed else None
    if actual_cost is None:
        return empty_bridge(MARGIN_COLUMNS)
    sides = bridge_sides(figures, by).set_index("member")
    cost = actual_cost.reindex(sides.index, fill_value=0)
    beside = effects_beside_price(figures, by).reindex(sides.index, fill_value=0)
    pure = sides["actual_amount"] - beside["deducted"] - beside["currency"]
    rate = _cost_rates(figures, by, sides, cost)
    target_cost = (sides["target_amount"] * rate).round().astype("int64")
    expected = _expected_cost(sides, pure, target_cost, rate, cost)
    margins = sides.assign(target_amount=sides["target_amount"] - target_cost, actual_amount=pure - expected)
    parts = price_volume_mix(
        margins.reset_index(), price_at=rules.price_at, mix=rules.mix, new_products=rules.new_products
    ).set_index("member")
    rows = parts.assign(own_price=parts["price"], joint=parts.get("joint", 0), cost=expected - cost, **beside).assign(
        price=lambda d: d["own_price"] + d["deducted"] + d["currency"], actual=sides["actual_amount"] - cost
    )
    return with_total_row(rows.reset_index()[MARGIN_COLUMNS])


def known_cost(facts: pd.DataFrame, by: str) -> pd.Series | None:
    """Cost per member, fen; None where the cost of a line with goods is not known."""
    goods = named_members(facts[~facts["kind"].isin(DEDUCTIONS)], by)
    if not len(goods) or goods["cost"].isna().any():
        return None
    return goods.assign(amount=goods["cost"].astype("int64")).pipe(amount_by, by)


def _cost_rates(figures: Figures, by: str, sides: pd.DataFrame, cost: pd.Series) -> pd.Series:
    """Cost / amount of the target per member: last year's, else of table `products`, else this year's, else all's."""
    sold = amount_by(named_members(figures.last_year, by), by)
    before = known_cost(figures.last_year, by)
    rates = pd.Series(np.nan, index=sides.index)
    if before is not None:
        rates = (before / sold.where(sold > 0)).reindex(sides.index)
    products = figures.products
    if by == "product" and products is not None and {"price", "cost"} <= set(products):
        listed = products.set_index("product")[["price", "cost"]].astype("Float64").astype("float64")
        rates = rates.fillna((listed["cost"] / listed["price"].where(listed["price"] > 0)).reindex(sides.index))
    rates = rates.fillna(cost / sides["actual_amount"].where(sides["actual_amount"] > 0))
    whole, sales = int(cost.drop(UNKNOWN, errors="ignore").sum()), int(sides["actual_amount"].sum())
    return rates.fillna(whole / sales if sales > 0 else 0.0).astype("float64").round(12)


def _expected_cost(
    sides: pd.DataFrame, pure: pd.Series, target_cost: pd.Series, rate: pd.Series, cost: pd.Series
) -> pd.Series:
    """What the actual sales would have cost at the target's unit cost, fen; of new members their own cost."""
    unit = target_cost / sides["target_quantity"].where(sides["target_quantity"] > 0)
    by_quantity = unit * sides["actual_quantity"]
    found = by_quantity.fillna(pure * rate)
    planned = sides["target_amount"] != 0
    return found.where(planned, cost.astype("float64")).round().astype("int64")
