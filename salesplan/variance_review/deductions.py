"""What allowances, rebates, free goods and exchange rates do to the price that stays."""

import numpy as np
import pandas as pd

from salesplan.money import MICRO as MILLION
from salesplan.money import half_away, integers, times_rate
from salesplan.variance_review.measures import DEDUCTIONS, Figures, amount_by, named_members, quantity_by


def effects_beside_price(figures: Figures, by: str) -> pd.DataFrame:
    """Two parts of the bridge per member, fen, as `deducted` and `currency`; indexed by member.

    `deducted`: what allowances, rebates and free goods take of the actual sales beyond the rate they took of last
    year's: the target's price is last year's, after them. Free goods count in the quantity like goods sold at the
    member's own price, and are taken off here. `currency`: actual at actual rates less actual at budget rates (column
    `at_budget` of the facts; zero without it).
    """
    actuals, last_year = named_members(figures.actuals, by), named_members(figures.last_year, by)
    now, before = _given_away(actuals, by), _given_away(last_year, by)
    rate = _rates(before).reindex(now.index, fill_value=0)
    expected = times_rate(integers(now["gross"].to_numpy()), integers(rate.to_numpy()))
    deducted = expected - integers(now["taken"].to_numpy())
    exchanged = pd.Series(0, index=now.index, dtype="int64")
    if "at_budget" in actuals:
        exchanged = amount_by(actuals, by) - actuals.groupby(by)["at_budget"].sum().astype("int64")
    return pd.DataFrame({"deducted": deducted, "currency": exchanged.reindex(now.index)}, index=now.index)


def _given_away(facts: pd.DataFrame, by: str) -> pd.DataFrame:
    """Per member, fen: `gross` before anything is given away, `taken` in allowances, rebates and free goods."""
    lowering, free = facts["kind"].isin(DEDUCTIONS), facts["kind"].eq("free")
    members = sorted(facts[by].unique())
    paid = amount_by(facts[~lowering], by).reindex(members, fill_value=0)
    taken = -amount_by(facts[lowering], by).reindex(members, fill_value=0)
    quantities = quantity_by(facts[~free], by).reindex(members, fill_value=0.0)
    gifts = quantity_by(facts[free], by).reindex(members, fill_value=0.0)
    worth = (gifts * paid / quantities.where(quantities > 0)).fillna(0.0)
    free_goods = worth.round().astype("int64")
    return pd.DataFrame({"gross": paid + free_goods, "taken": taken + free_goods}, index=members)


def _rates(given: pd.DataFrame) -> pd.Series:
    """Taken / gross in whole millionths; 0 where nothing was sold."""
    gross = given["gross"].to_numpy()
    rates = half_away(given["taken"].to_numpy() * MILLION, np.where(gross > 0, gross, 1))
    return pd.Series(np.where(gross > 0, rates, 0), index=given.index, dtype="int64")
