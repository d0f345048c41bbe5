"""At which rate each credited amount is paid: its tier's, that of a member, or a special one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesplan.money import MICRO, Integers, half_away, times_rate, to_fen, to_micro
from salesplan.terms.commission import CommissionPlan, SpecialRate, Tier

# what stands in `tier` where no tier does
CAP, BONUS, EXTRA, RATE, PER_UNIT = -1, -2, -3, -4, -5
RULES = {CAP: "cap", BONUS: "new_product", EXTRA: "extra", RATE: "rate", PER_UNIT: "per_unit"}
ROW = ["event", "tier", "base", "rate", "amount"]
Labels = dict[str, "np.ndarray[Any, Any]"]


@dataclass(frozen=True)
class Rates:
    """Rates of a plan's credited amounts.

    `table`: tiers x members, in millionths (column 0: of members without rates of their own); `member`: the column
    of each event; `special`: its special rate (-1 none); `bonus`: 1 where the new-product bonus is paid.
    """

    table: Integers
    member: Integers
    special: Integers
    bonus: Integers
    plan: CommissionPlan

    def tier_rows(self, event: Integers, tier: Integers, base: Integers) -> pd.DataFrame:
        """Rows of amounts that stand in tiers: at the tier's rate, times the factor of a special rate."""
        rate = self.table[tier, self.member[event]]
        for number, special in enumerate(self.plan.special_rates):
            if special.factor is not None:
                times = half_away(rate * to_micro(special.factor), MICRO)
                rate = np.where(self.special[event] == number, times, rate)
        return _rows(event, tier, base, rate, times_rate(base, rate))

    def in_tiers(self) -> Any:
        """Whether an event is paid by its tier, not by a rate or an amount per unit of its own."""
        own = [n for n, one in enumerate(self.plan.special_rates) if one.rate is not None or one.per_unit is not None]
        return ~np.isin(self.special, own) if own else np.ones(len(self.special), dtype=bool)

    def own_rows(self, event: Integers, base: Integers, units: Integers) -> pd.DataFrame:
        """Rows of special rates, amounts per unit, extra rates and the new-product bonus."""
        parts = [_rows(event[:0], event[:0], event[:0], event[:0], event[:0])]
        for number, special in enumerate(self.plan.special_rates):
            at = np.flatnonzero(self.special[event] == number)
            if not len(at) or special.factor is not None:
                continue
            if special.per_unit is not None:
                fixed = times_rate(units[at], np.int64(to_fen(special.per_unit)))
                parts.append(_rows(event[at], PER_UNIT, base[at], 0, fixed))
            else:
                code, share = (RATE, special.rate) if special.rate is not None else (EXTRA, special.extra)
                parts.append(self._at(event[at], base[at], code, to_micro(share or 0)))
        rate = to_micro(self.plan.new_product_bonus)
        if rate:
            at = np.flatnonzero(self.bonus[event])
            parts.append(self._at(event[at], base[at], BONUS, rate))
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]

    @staticmethod
    def _at(event: Integers, base: Integers, code: int, rate: int) -> pd.DataFrame:
        return _rows(event, code, base, rate, times_rate(base, rate))


def _rows(event: Integers, tier: Any, base: Integers, rate: Any, amount: Integers) -> pd.DataFrame:
    whole = {"event": event, "tier": tier, "base": base, "rate": rate, "amount": amount}
    count = len(event)
    return pd.DataFrame(
        {name: values if np.ndim(values) else np.full(count, values, dtype=np.int64) for name, values in whole.items()},
        copy=False,
    )


def rates_of(plan: CommissionPlan, tiers: Sequence[Tier], labels: Labels, new: Integers) -> Rates:
    """Rates for events whose members are `labels` (texts by product, line, customer_grade, region, channel, grade).

    `new`: 1 for products launched within the fiscal year. The first special rate whose conditions all fit counts.
    """
    members = sorted({name for tier in tiers for name in tier.rates})
    table = [[to_micro(tier.rate), *(to_micro(tier.rates.get(name, tier.rate)) for name in members)] for tier in tiers]
    member = np.zeros(len(new), dtype=np.int64)
    if plan.rates_by is not None and members:
        member = (
            np.asarray(pd.Index(members, dtype=object).get_indexer(pd.Index(labels[plan.rates_by])), dtype=np.int64) + 1
        )
    special = np.full(len(new), -1, dtype=np.int64)
    for number in reversed(range(len(plan.special_rates))):
        special[_fits(plan.special_rates[number], labels, new)] = number
    return Rates(np.array(table, dtype=np.int64).reshape(len(tiers), 1 + len(members)), member, special, new, plan)


def _fits(special: SpecialRate, labels: Labels, new: Integers) -> Any:
    fits = np.ones(len(new), dtype=bool)
    for name in ("product", "line", "customer_grade", "region", "channel"):
        wanted = getattr(special, name)
        if wanted is not None:
            fits &= labels[name] == wanted
    return fits if special.new_product is None else fits & ((new > 0) == special.new_product)


def asked(plan: CommissionPlan) -> set[str]:
    """The members a plan's rates ask for, so that only these are looked up."""
    names = ("product", "line", "customer_grade", "region", "channel")
    wanted = {name for one in plan.special_rates for name in names if getattr(one, name) is not None}
    return wanted | ({plan.rates_by} if plan.rates_by else set())
