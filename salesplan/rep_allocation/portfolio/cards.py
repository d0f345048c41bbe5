"""Cards of the key customers, and the promotions planned for groups of customers."""

from collections.abc import Sequence

import pandas as pd

from salesplan.apportion import UNASSIGNED
from salesplan.money import to_fen
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.roster import year_before
from salesplan.rep_allocation.portfolio.customer_amounts import NEW
from salesplan.rep_allocation.portfolio.customers import CustomerPlan
from salesplan.rep_allocation.portfolio.holdings import CONTACT
from salesplan.terms.customers import Promotion

USUAL = 0.5  # part of the peers that buy a product from which it is missed
LITTLE = 0.5  # of the peers' share in the purchases: below it a product is missed
MOST = 60  # cards
CARD = (
    "customer", "customer_name", "grade", "rep", "region", "channel", "last_month", "last_year", "amount", "potential",
    "used_share", "products", "missing", "value_missing", "contacts_per_month",
)  # fmt: skip
PEERS = 4  # fewer customers say nothing about what is usual


def key_customers(plan: CustomerPlan, given: Given) -> pd.DataFrame:
    """Cards of the customers of the best grade, the largest target first, at most `MOST`.

    `customer`, `customer_name`, the person known there where the table names any (`contact`, `position`, `phone`,
    `address`), `grade`, `rep` (who holds him at the end of the year), `region`, `channel`,
    `last_month` of a purchase, `last_year`, `amount` (target), `potential` (fen), `used_share` of it, `products` he
    bought last year, `missing`: products that at least half of the customers of his channel (of his grade where the
    channel has few) buy and that have less than half their share in his purchases, in a row; `value_missing`: what
    they would bring at the peers' share; `contacts_per_month`.
    """
    if not plan.known:
        return pd.DataFrame(columns=list(CARD))
    target = plan.table.groupby("customer")["amount"].sum()
    best = plan.profile[plan.profile["grade"] == plan.grades.names[0]]
    best = best.assign(amount=best["customer"].map(target).fillna(0).astype("int64"))
    best = best.sort_values(["amount", "customer"], ascending=[False, True]).head(MOST)
    rows = plan.table[plan.table["customer"].isin(best["customer"])].sort_values(["customer", "end", "start"])
    now = rows[rows["rep"] != UNASSIGNED].drop_duplicates("customer", keep="last").set_index("customer")
    gaps = _gaps(plan, given, best["customer"].tolist())
    cards = best.merge(gaps, on="customer", how="left", validate="1:1")
    counts = {name: cards[name].fillna(0).astype("int64") for name in ("products", "value_missing")}
    people = [name for name in CONTACT if cards[name].notna().any()]
    return cards.assign(
        rep=cards["customer"].map(now["rep"]).fillna(UNASSIGNED),
        potential=cards["potential"].round().astype("Int64"),
        used_share=cards["last_year"] / cards["potential"].where(cards["potential"] > 0),
        missing=cards["missing"].fillna(""),
        contacts_per_month=cards["customer"].map(now["contacts_per_month"]),
        **counts,
    )[[*CARD[:2], *people, *CARD[2:]]]


def _gaps(plan: CustomerPlan, given: Given, customers: Sequence[str]) -> pd.DataFrame:
    """Products bought and missed by each customer: customer, products, missing (a tuple), value_missing (fen)."""
    last = given.history[given.history["month"].isin(year_before(given.months))]
    bought = last.pivot_table(index="customer", columns="product", values="amount", aggfunc="sum", fill_value=0)
    bought = bought.clip(lower=0).drop(columns="", errors="ignore")
    bought = bought[bought.sum(axis=1) > 0]
    who = plan.profile.set_index("customer")[["channel", "grade"]].reindex(bought.index).fillna("")
    share = bought.div(bought.sum(axis=1), axis=0)
    typical = _of_peers(share, who)
    usual = _of_peers((share > 0).astype("float64"), who) >= USUAL
    short = (typical - share).where(usual & (share < LITTLE * typical), 0.0)
    wanted = short.reindex([customer for customer in customers if customer in short.index])
    lacking = wanted.to_numpy() > 0
    total = bought.sum(axis=1).reindex(wanted.index)
    return pd.DataFrame(
        {
            "customer": wanted.index,
            "products": (bought.reindex(wanted.index) > 0).sum(axis=1).to_numpy(),
            "missing": [", ".join(sorted(short.columns[row])) for row in lacking],
            "value_missing": (wanted.sum(axis=1) * total).round().astype("int64").to_numpy(),
        }
    )


def _of_peers(values: pd.DataFrame, who: pd.DataFrame) -> pd.DataFrame:
    """Mean over the other customers of the channel, or of the grade where those are few; NaN where there is none."""
    means = {}
    for name in ("channel", "grade"):
        others = who.groupby(name)[name].transform("size") - 1
        sums = values.groupby(who[name]).transform("sum") - values
        means[name] = sums.div(others.where(others > 0), axis=0), others
    channel, count = means["channel"]
    return channel.where(count >= PEERS, means["grade"][0], axis=0)


def promotion_table(promotions: Sequence[Promotion], plan: CustomerPlan) -> pd.DataFrame:
    """The promotions in the order of their dates, with the customers each is for.

    `name`, `grade`, `channel` (None: all), `start`, `end`, `action`, `owner`, `customers`, `value_last_year` and
    `value_target` of the group, `value_budget` (fen, NA unknown), `budget_share` of the group's target.
    """
    held = plan.table[plan.table["customer"] != NEW]
    rows = []
    for promotion in sorted(promotions, key=lambda one: (one.start, one.name)):
        group = held
        for name in ("grade", "channel"):
            if getattr(promotion, name) is not None:
                group = group[group[name] == getattr(promotion, name)]
        target, budget = int(group["amount"].sum()), None if promotion.budget is None else to_fen(promotion.budget)
        rows.append(
            {
                **promotion.model_dump(include={"name", "grade", "channel", "start", "action", "owner"}),
                "end": promotion.end or promotion.start,
                "customers": group["customer"].nunique(),
                "value_last_year": int(group["last_year"].sum()),
                "value_target": target,
                "value_budget": budget,
                "budget_share": budget / target if budget is not None and target else None,
            }
        )
    columns = ["name", "grade", "channel", "start", "end", "action", "owner", "customers", "value_last_year"]
    found = pd.DataFrame(rows, columns=[*columns, "value_target", "value_budget", "budget_share"])
    return found.astype({"value_budget": "Int64", "budget_share": "float64"})
