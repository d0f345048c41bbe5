"""Dealers: what they took in, sold on and hold, what they owe, and their plan.

What they are expected to sell and order is table seasonal_split_dealers of the step before; nothing of it is
calculated again here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from salesplan.calendar import add_months, month_span
from salesplan.money import to_fen
from salesplan.rep_allocation.activity.receivables import settle
from salesplan.rep_allocation.people.roster import FOREVER, LONG_AGO
from salesplan.settling import customer_keys
from salesplan.terms.channels import DealerAlert, DealerPlan
from salesplan.terms.plan import Tax
from salesplan.terms.rep_allocation import RepAllocationTerms

KEYS = ["dealer", "product"]
FLOWS = ["sell_in", "sell_out"]
STANDING = [
    *KEYS, "last_in", "last_out", "excess_share", "stock", "stock_days", "run_down", "state", "before", "sell_out",
    "sell_in", "price", "amount",
]  # fmt: skip
DEALER_COLUMNS = [
    "dealer", "parent", "rep", "amount_in", "amount_out", "excess_share", "amount_stock", "stock_days",
    "amount_run_down", "state", "sell_out", "sell_in", "growth", "amount", "receivables", "receivables_limit",
    "support", "actions",
]  # fmt: skip
ALARMS = ("stuffed", "slow", "full", "short", "rising")
AGREED = ("receivables", "receivables_limit", "support", "actions")
LEAST_OVER = 0.5  # units above the limit: less is none when it is rounded
ACTIONS = " / "  # between the actions of one dealer


@dataclass(frozen=True)
class Trade:
    """What is known of the dealers.

    `expected` table seasonal_split_dealers (month, dealer, product, sell_out, sell_in, stock, parent); `told` their
    reports (month, dealer, product, sell_in, sell_out, stock), None without any; `prices` fen per unit of each product;
    `day` the day all this is looked at; `cutoff` the day a month ends early.
    """

    expected: pd.DataFrame
    told: pd.DataFrame | None
    prices: Mapping[str, float]
    day: date
    cutoff: int | None = None

    @property
    def until(self) -> str:
        """The last month that is over on that day."""
        month = f"{self.day:%Y-%m}"
        later = [month, add_months(month, 1)]
        return next(
            (label for label in reversed(later) if month_span(label, self.cutoff)[1] <= self.day), add_months(month, -1)
        )

    @property
    def names(self) -> list[str]:
        """The dealers, sorted."""
        return sorted(self.expected["dealer"].unique())


def standing_day(as_of: date | None, months: Sequence[str], cutoff: int | None = None) -> date:
    """The day on which stock, projects and receivables are looked at: the review's, else the first of the plan year."""
    return as_of or month_span(months[0], cutoff)[0]


def unit_prices(
    split: pd.DataFrame, channels: Sequence[str] = (), products: pd.DataFrame | None = None
) -> dict[str, float]:
    """Average price of a unit of each product in the plan, in fen, over the dealers' channels (none: all).

    What the plan does not price in those channels has its price of all channels, else that of the price list
    (`products`: product, price in fen).
    """
    listed = products[products["price"].gt(0).fillna(value=False)] if products is not None else None
    prices = {} if listed is None else dict(zip(listed["product"], listed["price"].astype("float64"), strict=True))
    if "product" not in split:
        return prices
    known = split[split["quantity"].notna()]
    inside = known[known["channel"].isin(list(channels))] if channels and "channel" in split else known
    for rows in (known, inside):
        sums = rows.groupby("product", sort=True)[["amount", "quantity"]].sum()
        prices |= (sums["amount"] / sums["quantity"])[sums["quantity"] > 0].astype("float64").to_dict()
    return {str(name): float(price) for name, price in prices.items()}


def dealer_goods(trade: Trade, alert: DealerAlert) -> pd.DataFrame:
    """One row per dealer and product he reports or has a plan of: last flows, stock in days, its state, and the plan.

    `last_in`, `last_out` units of the last `alert.months` months up to `until` (Float64, NA where a cell is blank;
    a dealer who supplies others and reports no sell-out sold what they took in); `excess_share` = in / out - 1; `stock`
    last reported; `stock_days` = stock / sell-out of a day; `run_down` units above `alert.days`; `state` see
    `states`; `before` sell-out in the months planned, a year ago; `sell_out`, `sell_in` units planned (Int64, NA for a
    product without a forecast); `price` (fen, NaN unknown), `amount` = sell_in x price (Int64 fen).
    """
    told = _reports(trade)
    reported = told.loc[told["dealer"].isin(trade.names), KEYS]
    keys = pd.concat([trade.expected[KEYS], reported]).drop_duplicates().sort_values(KEYS, ignore_index=True)
    at = pd.MultiIndex.from_frame(keys)
    plan = trade.expected.groupby(KEYS, sort=True)[["sell_out", "sell_in"]].sum().reindex(at).reset_index(drop=True)
    window = [add_months(trade.until, -k) for k in range(alert.months)]
    known = _window(told, window, at, trade.cutoff)
    price = keys["product"].map(dict(trade.prices)).astype("float64")
    year_ago = [add_months(str(month), -12) for month in trade.expected["month"].unique()]
    table = keys.assign(**known, **plan.astype("Int64"), price=price, before=_sums(told, year_ago, at)["sell_out"])
    worth = (plan["sell_in"] * price).astype("Float64").round().astype("Int64")
    return _judged(table, alert).assign(amount=worth)[STANDING]


def _reports(trade: Trade) -> pd.DataFrame:
    """The reports up to `until`; who supplies others and reports no sell-out sold on what they took in."""
    columns = ["month", *KEYS, *FLOWS, "stock"]
    if trade.told is None:
        return pd.DataFrame({name: pd.Series(dtype="float64" if name in columns[3:] else "str") for name in columns})
    told = trade.told[trade.told["month"] <= trade.until].reindex(columns=columns)
    parents = trade.expected.drop_duplicates("dealer").set_index("dealer")["parent"]
    through = told.assign(dealer=told["dealer"].map(parents)).dropna(subset=["dealer"])
    sold = through.groupby(["dealer", "month", "product"], sort=True)["sell_in"].sum(min_count=1).rename("through")
    found = told.merge(sold.reset_index(), on=["dealer", "month", "product"], how="outer")
    filled = found.assign(sell_out=found["sell_out"].fillna(found["through"]))
    return filled.drop(columns="through").sort_values(["month", *KEYS], ignore_index=True)


def _sums(told: pd.DataFrame, months: Sequence[str], at: pd.MultiIndex) -> pd.DataFrame:
    """Units in and out over some months, Float64; unknown where a cell is blank, or nothing was reported at all."""
    rows = told[told["month"].isin(list(months))]
    groups = rows.groupby(KEYS, sort=True)[FLOWS]
    whole = groups.count().eq(rows.groupby(KEYS, sort=True).size(), axis=0)
    sums = groups.sum().where(whole).reindex(at)
    reported = pd.Index(at.get_level_values("dealer")).isin(rows["dealer"].unique())
    silent = reported & ~at.isin(whole.index)  # he reported, and nothing of this product
    return sums.mask(pd.Series(silent, index=sums.index), 0.0).astype("Float64").reset_index(drop=True)


def _window(told: pd.DataFrame, months: Sequence[str], at: pd.MultiIndex, cutoff: int | None) -> dict[str, pd.Series]:
    """Flows of the window, the days each dealer reported in it, and his last stock."""
    flows = _sums(told, months, at)
    lengths = {month: (month_span(month, cutoff)[1] - month_span(month, cutoff)[0]).days + 1 for month in months}
    rows = told[told["month"].isin(months)][["dealer", "month"]].drop_duplicates()
    days = rows.assign(days=rows["month"].map(lengths)).groupby("dealer")["days"].sum()
    stock = told.dropna(subset=["stock"]).groupby(KEYS, sort=True)["stock"].last().reindex(at)
    return {
        "last_in": flows["sell_in"],
        "last_out": flows["sell_out"],
        "days": pd.Series(days.reindex(at.get_level_values("dealer")).to_numpy(), dtype="Float64"),
        "stock": pd.Series(stock.to_numpy(), dtype="Float64"),
    }


def _judged(table: pd.DataFrame, alert: DealerAlert) -> pd.DataFrame:
    """The frame with excess, days of stock, what is above the limit, and the state of each row."""
    out = table["last_out"].where(table["last_out"] > 0)
    pace = out / table["days"]
    stock_days = table["stock"] / pace
    over = (table["stock"] - pace * alert.days).clip(lower=0)
    found = table.assign(excess_share=table["last_in"] / out - 1, stock_days=stock_days, run_down=over)
    return found.assign(state=states(found, alert)).drop(columns="days")


def states(table: pd.DataFrame, alert: DealerAlert) -> "pd.Series[str]":
    """How a dealer's goods move, from `last_in`, `last_out`, `stock`, `stock_days` and `run_down`.

    `stuffed` sell-in outran sell-out by more than `alert.excess` and the stock lasts longer than `alert.days`; `full`
    only the stock does (by less than a unit to run down: not); `rising` only sell-in did; `slow` there is stock and
    nothing was sold; `short` nothing is left although he sells; `unreported` neither stock nor both flows are known;
    else `fine`.
    """
    rising = (table["last_in"] > table["last_out"] * (1 + float(alert.excess))).fillna(value=False)
    full = ((table["stock_days"] > alert.days) & (table["run_down"] >= LEAST_OVER)).fillna(value=False)
    dead = ((table["last_out"] <= 0) & (table["stock"] > 0)).fillna(value=False)
    empty = ((table["stock"] <= 0) & (table["last_out"] > 0)).fillna(value=False)
    unknown = table["stock"].isna() & (table["last_in"].isna() | table["last_out"].isna())
    reasons = {
        "unreported": unknown,
        "slow": dead,
        "stuffed": rising & full,
        "full": full,
        "short": empty,
        "rising": rising,
    }
    chosen = np.select([one.to_numpy(dtype=bool) for one in reasons.values()], list(reasons), default="fine")
    return pd.Series(chosen, index=table.index, dtype="str")


def dealer_plan(
    goods: pd.DataFrame, trade: Trade, *, rules: RepAllocationTerms, owners: Mapping[str, str], owed: Mapping[str, int]
) -> pd.DataFrame:
    """Table `rep_allocation_dealers`: one row per dealer, in money where units of different goods do not add up.

    `goods` is the frame of `dealer_goods`; `owners` the rep of a dealer who is a customer, `owed` what he owes (fen);
    what `rules.dealer_plans` says of a dealer goes first for the rep, and counts for what is owed where the sales
    do not say it.
    `amount_in`, `amount_out`, `amount_stock` the last months' flows and the stock at the plan's prices, and the rest
    from them as in `dealer_goods`; `sell_out`, `sell_in` units planned; `growth` of the planned sell-out on the same
    months a year ago, at the same prices; `amount` = planned sell-in; `support` what is given, all fen.
    """
    price = goods["price"]
    parts = goods.assign(**{name: goods[name] * price for name in ("last_in", "last_out", "stock")})
    after = goods["sell_out"].astype("Float64") * price
    parts = parts.assign(after=after, before=(goods["before"] * price).where(after.notna()))
    groups = parts[price.notna()].groupby("dealer", sort=True)
    worth = groups[["last_in", "last_out", "stock", "before", "after"]].sum(min_count=1)
    units = goods.groupby("dealer", sort=True)[["sell_out", "sell_in"]].sum()
    table = (
        units.join(worth)
        .reset_index()
        .assign(days=lambda d: d["dealer"].map(_days_reported(trade, rules.dealer_alert)))
    )
    judged = _judged(table.astype({"days": "Float64"}), rules.dealer_alert)
    before = judged["before"].where(judged["before"] > 0)
    named = judged.assign(
        parent=judged["dealer"].map(trade.expected.drop_duplicates("dealer").set_index("dealer")["parent"]),
        amount=goods.groupby("dealer", sort=True)["amount"].sum(min_count=1).to_numpy(),
        growth=judged["after"] / before - 1,
        **{new: judged[old].round().astype("Int64") for new, old in _MONEY.items()},
    )
    return named.assign(**_agreed(named["dealer"], rules.dealer_plans, owners, owed))[DEALER_COLUMNS]


_MONEY = {"amount_in": "last_in", "amount_out": "last_out", "amount_stock": "stock", "amount_run_down": "run_down"}


def _days_reported(trade: Trade, alert: DealerAlert) -> dict[str, float]:
    """Days of the months in the window that each dealer reported."""
    dealers = pd.DataFrame({"dealer": trade.expected["dealer"].unique(), "product": ""})
    window = [add_months(trade.until, -k) for k in range(alert.months)]
    found = _window(_reports(trade), window, pd.MultiIndex.from_frame(dealers), trade.cutoff)
    return {
        name: days for name, days in zip(dealers["dealer"], found["days"].tolist(), strict=True) if days is not pd.NA
    }


def _agreed(
    dealers: "pd.Series[str]", plans: Sequence[DealerPlan], owners: Mapping[str, str], owed: Mapping[str, int]
) -> dict[str, pd.Series]:
    """Rep, receivables and their limit, support and actions of each dealer."""
    given = {plan.dealer: plan for plan in plans}
    told = {name: to_fen(plan.receivables) for name, plan in given.items() if plan.receivables is not None}
    limits = {
        name: to_fen(plan.receivables_limit) for name, plan in given.items() if plan.receivables_limit is not None
    }
    support = {
        name: sum(to_fen(one.amount) for one in plan.support if one.amount is not None)
        for name, plan in given.items()
        if any(one.amount is not None for one in plan.support)
    }
    reps = {**owners, **{name: plan.owner for name, plan in given.items() if plan.owner}}
    actions = {name: ACTIONS.join(plan.actions) for name, plan in given.items() if plan.actions}
    money = {"receivables": {**told, **owed}, "receivables_limit": limits, "support": support}
    texts = {"rep": reps, "actions": actions}
    return {
        **{name: dealers.map(found).astype("Int64") for name, found in money.items()},
        **{name: dealers.map(found).astype("str") for name, found in texts.items()},
    }


def owners_of(dealers: Sequence[str], customers: pd.DataFrame | None, day: date) -> dict[str, str]:
    """The rep who owns a dealer on a day, for those found among the customers by key or by name."""
    found = customer_keys(dealers, customers)
    if customers is None or not found:
        return {}
    when = pd.Timestamp(day)
    since = pd.to_datetime(customers["start"]).fillna(LONG_AGO)
    until = pd.to_datetime(customers["end"]).fillna(FOREVER)
    held = customers[(since <= when) & (until >= when) & customers["rep"].notna()]
    owner = held.drop_duplicates("customer", keep="last").set_index("customer")["rep"]
    return {dealer: str(owner[key]) for dealer, key in found.items() if key in owner.index}


def owed_by(
    keys: Mapping[str, str], orders: pd.DataFrame, collections: pd.DataFrame | None, *, tax: Tax, day: date
) -> dict[str, int]:
    """What each dealer still owes on a day, in the money of collections (fen): his open orders, the oldest paid first.

    `keys` the dealers' keys as customers; `orders` order, original_order, customer, date, amount (fen); empty without
    collections, since then nobody knows what is paid.
    """
    if collections is None or not keys:
        return {}
    root = orders["original_order"].where(orders["original_order"].notna() & (orders["original_order"] != ""))
    wanted = orders.assign(order=root.fillna(orders["order"]))[orders["customer"].isin(list(keys.values()))]
    found, _ = settle(wanted, collections, pd.Timestamp(day), tax)
    open_now = found.groupby("customer")["open"].sum()
    return {dealer: int(open_now.get(key, 0)) for dealer, key in keys.items()}


def end_dealers(table: pd.DataFrame) -> pd.DataFrame:
    """Dealers who supply no other one: those whose figures sum without counting goods twice."""
    return table[~table["dealer"].isin(table["parent"].dropna())].reset_index(drop=True)


def dealers_shown(table: pd.DataFrame) -> pd.DataFrame:
    """The dealers as a manager reads them: how their goods move and what is planned, alarms first, suppliers last."""
    alarm = table["state"].map({state: k for k, state in enumerate(ALARMS)}).fillna(len(ALARMS))
    rank = table.assign(above=table["dealer"].isin(table["parent"].dropna()), alarm=alarm)
    rows = rank.sort_values(
        ["above", "alarm", "amount", "dealer"], ascending=[True, True, False, True], ignore_index=True
    )
    kept = [name for name in DEALER_COLUMNS if name not in (*AGREED, "sell_out", "sell_in")]
    return rows.assign(stock_days=rows["stock_days"].round())[kept]


def dealers_agreed(table: pd.DataFrame) -> pd.DataFrame:
    """The dealers of whom something is agreed or who owe something: rep, money owed and given, actions."""
    some = table[table["actions"].notna() | table["support"].notna() | table["receivables_limit"].notna()]
    rows = some.sort_values(["amount", "dealer"], ascending=[False, True], ignore_index=True)
    return rows[["dealer", "rep", "sell_out", "sell_in", "amount", *AGREED]]


def goods_alarmed(goods: pd.DataFrame) -> pd.DataFrame:
    """Single products that pile up with a dealer, the most money above the limit first."""
    found = goods[goods["state"].isin(["stuffed", "full", "slow"])]
    worth = (found["run_down"].fillna(found["stock"]) * found["price"]).astype("Float64")
    rows = found.assign(worth=worth).sort_values(["worth", "dealer", "product"], ascending=[False, True, True])
    whole = {name: rows[name].round() for name in ("stock_days", "run_down")}
    return rows.assign(**whole).reset_index(drop=True).drop(columns=["worth", "price", "before", "amount"])
