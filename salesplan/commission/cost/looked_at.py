"""What the plans look at in a sale, and sales folded to it, so that made-up sales are few and earn the same.

Products that earn alike become one product, regions and channels without a rate of their own become none. The fold
loses nothing that is paid: amounts, quantities and costs are summed.
"""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission.year import Ledger, Year
from salesplan.terms.commission import CommissionPlan

SORTED = ("product", "customer", "region", "channel", "kind")  # what sets one sale apart from another
SUMMED = ("amount", "quantity", "cost")
SALE, FREE = "sale", "free"
BY_UNIT = ("quantity", "margin", "margin_rate")  # measures that need more than the amount

Plans = Sequence[CommissionPlan]


def folded(sales: pd.DataFrame, ledger: Ledger, year: Year, plans: Plans) -> pd.DataFrame:
    """Sales per rep and month as far as the plans can tell them apart.

    `sales`: rep, month, amount (int64 fen) and, where known, product, region, channel, customer, kind, quantity,
    cost. Returns rep, month, product, customer, region, channel, kind, amount, quantity (NaN where one is unknown),
    cost (Int64 fen, likewise), sorted; one row per rep and month where the plans look at nothing but the amount.
    """
    given = sales.assign(**{name: "" for name in SORTED if name not in sales})
    kept: dict[str, Any] = {
        "product": _as_one(given["product"], _products(ledger, year, plans)),
        "customer": _as_one(given["customer"], _customers(ledger, plans)),
        "kind": given["kind"].where(given["kind"].isin(_kinds(plans)), SALE),
    }
    for name in ("region", "channel"):
        kept[name] = given[name].where(given[name].isin(_mentioned(plans, name)), "")
    keys = ["rep", "month", *SORTED]
    return _sums(given.assign(**kept), keys)[[*keys, *SUMMED]]


def _sums(sales: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sums per key; quantity and cost are unknown where one of them is."""
    known = {name: sales[name] if name in sales else pd.Series(np.nan, index=sales.index) for name in SUMMED[1:]}
    parts: dict[str, Any] = {f"no_{name}": pd.isna(column) for name, column in known.items()}
    parts |= {
        "quantity": known["quantity"].astype("float64").fillna(0.0),
        "cost": known["cost"].astype("Int64").fillna(0).astype("int64"),
    }
    sums = sales.assign(**parts).groupby(keys, as_index=False, observed=True)[["amount", *parts]].sum()
    quantity = sums["quantity"].where(sums["no_quantity"] == 0)
    return sums.assign(quantity=quantity, cost=sums["cost"].astype("Int64").where(sums["no_cost"] == 0))


def needs_cost(plans: Plans) -> bool:
    """Whether a plan looks at what the goods cost."""
    return any(plan.paid_on == "margin" or plan.measure in BY_UNIT[1:] for plan in plans)


def needs_customers(plans: Plans) -> bool:
    """Whether a plan looks at who the customer is."""
    return bool(_mentioned(plans, "customer_grade"))


def needs_orders(plans: Plans) -> bool:
    """Whether a plan looks at the single order, so that a month's sales must not be one."""
    return any(
        plan.cap_per_order is not None or plan.minimum_per_order is not None or plan.semantics == "current"
        for plan in plans
    )


def _as_one(names: "pd.Series[Any]", key: "dict[str, Hashable] | None") -> "pd.Series[Any]":
    """The first name of each key for all that share it; '' for all where no key is looked at."""
    if key is None:
        return pd.Series("", index=names.index)
    first: dict[Hashable, str] = {}
    found = {name: first.setdefault(key.get(name, ()), name) for name in sorted(names.dropna().unique())}
    return names.map(found).fillna("")


def _mentioned(plans: Plans, name: str) -> set[str]:
    """Members that a special rate or a rate of their own names."""
    special = {getattr(rate, name) for plan in plans for rate in plan.special_rates}
    own = {member for plan in plans if plan.rates_by == name for tier in plan.tiers for member in tier.rates}
    return {str(member) for member in special | own if member is not None}


def _products(ledger: Ledger, year: Year, plans: Plans) -> "dict[str, Hashable] | None":
    """What the plans see of each product: itself, its line, whether it is new; None where they see nothing."""
    names, lines = _mentioned(plans, "product"), _mentioned(plans, "line")
    new = any(plan.new_product_bonus or any(r.new_product is not None for r in plan.special_rates) for plan in plans)
    if not (names or lines or new):
        return None
    table = ledger.products
    if table is None:
        return {name: (name,) for name in names}
    line = table["line"].fillna("") if "line" in table else pd.Series("", index=table.index)
    launch = table["launch"] if "launch" in table else pd.Series(pd.NaT, index=table.index)
    fresh = (launch >= year.start) & (launch <= year.end) & new
    seen = zip(table["product"].astype(str), line, fresh, strict=True)
    keys = {
        product: (product if product in names else "", of if of in lines else "", bool(new))
        for product, of, new in seen
    }
    other = {name: (name, "", False) for name in names - keys.keys()}
    return _plain(keys | other)


def _plain(keys: "dict[str, Any]") -> "dict[str, Hashable]":
    """Keys in which nothing is seen are those of an unknown member."""
    return {name: key if any(key) else () for name, key in keys.items()}


def _customers(ledger: Ledger, plans: Plans) -> "dict[str, Hashable] | None":
    """What the plans see of each customer, his grade; None where they see nothing."""
    grades, table = _mentioned(plans, "customer_grade"), ledger.customers
    if table is None or not grades:
        return None
    last = table.drop_duplicates("customer", keep="last")
    grade = last["grade"].fillna("") if "grade" in last else pd.Series("", index=last.index)
    told = zip(last["customer"].astype(str), grade, strict=True)
    return _plain({name: (of if of in grades else "",) for name, of in told})


def _kinds(plans: Plans) -> set[str]:
    """Kinds of lines that are paid otherwise than a sale."""
    return {FREE} if any(plan.free_goods == "cost" for plan in plans) else set()
