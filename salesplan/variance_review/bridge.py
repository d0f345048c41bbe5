"""The bridge of the months to date: targets and quantities per member, then price, volume and mix."""

import numpy as np
import pandas as pd

from salesplan.apportion import TOTAL, UNKNOWN, apportion
from salesplan.terms.variance_review import Bridge
from salesplan.variance_review.decomposition import COLUMNS, price_volume_mix
from salesplan.variance_review.deductions import effects_beside_price
from salesplan.variance_review.measures import (
    DEDUCTIONS,
    Figures,
    amount_by,
    known_members,
    named_members,
    quantity_by,
)

BRIDGE_COLUMNS = [*COLUMNS, "amount_deducted", "joint", "own_price", "deducted", "currency"]


def bridge_table(figures: Figures, rules: Bridge, *, by: str | None = None) -> pd.DataFrame:
    """From target to actual per member over the months to date, with a row `(total)`.

    Members are those `rules` name, or products, or where no sale names its product the first dimension of the plan
    that is known, unless `by` names one. Target quantity = target amount / last year's price; a member without one
    has its price of table `products`, else this year's.

    Returns, in fen, `member, target, volume, mix, price, new, lost, actual, amount_deducted, joint, own_price,
    deducted, currency`: target + volume + mix + price + new + lost + joint = actual in every row, `joint` is zero but
    under `price_at: apart`, and price = own_price + deducted + currency (see `effects_beside_price`).
    `amount_deducted` is the sum of the allowances and rebates within actual. Header only without actuals.
    """
    if not figures.closed:
        return empty_bridge(BRIDGE_COLUMNS)
    by = by or rules.members or bridge_dimension(figures)
    sides = bridge_sides(figures, by)
    members = sides["member"]
    beside = effects_beside_price(figures, by).reindex(members, fill_value=0).reset_index(drop=True)
    pure = sides.assign(actual_amount=sides["actual_amount"] - beside.sum(axis=1))
    parts = price_volume_mix(pure, price_at=rules.price_at, mix=rules.mix, new_products=rules.new_products)
    actuals = named_members(figures.actuals, by)
    taken = amount_by(actuals[actuals["kind"].isin(DEDUCTIONS)], by)
    rows = parts.assign(
        own_price=parts["price"], joint=parts.get("joint", 0), **beside, actual=sides["actual_amount"]
    ).assign(
        price=lambda d: d["own_price"] + d["deducted"] + d["currency"],
        amount_deducted=members.map(taken).fillna(0).astype("int64"),
    )
    return with_total_row(rows[BRIDGE_COLUMNS])


def bridge_parts(bridge: pd.DataFrame) -> dict[str, int]:
    """The parts of row `(total)` from target to actual in order, fen; those that are a part of price stand apart."""
    total = bridge[bridge["member"] == TOTAL].iloc[0]
    beside = {name: int(total[name]) for name in ("joint", "deducted", "currency") if total[name]}
    cost = {"cost": int(total["cost"])} if "cost" in total else {}
    always = {"volume": "volume", "mix": "mix", "price": "own_price"}
    known = {name: int(total[column]) for name, column in always.items()}
    return known | beside | cost | {name: int(total[name]) for name in ("new", "lost")}


def bridge_view(bridge: pd.DataFrame) -> pd.DataFrame:
    """A bridge as it is read: without what is zero in every row; price is split only where something is beside it."""
    beside = [name for name in ("joint", "deducted", "currency", "amount_deducted") if name in bridge]
    empty = [name for name in beside if not bridge[name].any()]
    alone = {"deducted", "currency"} <= set(empty)
    return bridge.drop(columns=[*empty, *(["own_price"] if alone else [])])


def empty_bridge(columns: list[str]) -> pd.DataFrame:
    """The header of a bridge: members are texts, everything else fen."""
    return pd.DataFrame({name: pd.Series(dtype="str" if name == "member" else "int64") for name in columns})


def with_total_row(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of members and last their sums as `(total)`."""
    total = rows.drop(columns="member").sum().to_frame().T.assign(member=TOTAL)
    return pd.concat([rows, total[rows.columns]], ignore_index=True)


def bridge_dimension(figures: Figures) -> str:
    """Product where sales name it, else the first dimension of the plan that they name, else product."""
    candidates = ["product", *(name for name in ("region", "channel", "customer") if name in figures.split)]
    return next((name for name in candidates if known_members(figures.facts, name)), "product")


def bridge_sides(figures: Figures, by: str) -> pd.DataFrame:
    """Both sides of the bridge per member: `member, target_quantity, target_amount, actual_quantity, actual_amount`."""
    last_year, actuals = named_members(figures.last_year, by), named_members(figures.actuals, by)
    target = member_targets(figures, by)
    members = sorted({*target.index, *actuals[by]})
    actual = amount_by(actuals, by).reindex(members, fill_value=0)
    quantity = quantity_by(actuals, by).reindex(members, fill_value=0.0)
    target = target.reindex(members, fill_value=0)
    price = _prices(last_year, by).reindex(members)
    if by == "product" and figures.products is not None and "price" in figures.products:
        price = price.fillna(figures.products.set_index("product")["price"].astype("Float64").astype("float64"))
    price = price.fillna((actual / quantity).where((quantity > 0) & (actual > 0)))
    planned = (target / price).where(target != 0, 0.0)
    return pd.DataFrame(
        {
            "member": members,
            "target_quantity": planned.to_numpy(),
            "target_amount": target.to_numpy(),
            "actual_quantity": quantity.to_numpy(),
            "actual_amount": actual.to_numpy(),
        }
    )


def member_targets(figures: Figures, by: str) -> pd.Series:
    """Target of the months to date per member, fen: the plan's own, else split by last year's mix to the fen.

    A rep's is his base: his quota without the over-assignment.
    """
    if by == "rep":
        given = figures.allocation[figures.allocation["month"].isin(figures.closed)]
        return given.groupby("rep")["base"].sum().astype("int64")
    split = figures.split[figures.split["month"].isin(figures.closed)]
    if by in split:
        return amount_by(split, by)
    total = int(split["amount"].sum())
    mix = amount_by(named_members(figures.last_year, by), by).clip(lower=0)
    if not mix.sum():
        return pd.Series({UNKNOWN: total}, dtype="int64")
    return pd.Series(apportion(total, mix.to_numpy(dtype="float64"), labels=list(mix.index)), index=mix.index)


def _prices(facts: pd.DataFrame, by: str) -> pd.Series:
    """Average price per member, fen per unit; NaN without a quantity and an amount above zero."""
    amount, quantity = amount_by(facts, by), quantity_by(facts, by)
    return (amount / quantity.where(quantity > 0)).where(amount > 0).replace(np.inf, np.nan)
