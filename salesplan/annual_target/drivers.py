"""The causal tree from revenue back to contracts, collections, customers, prospects, reps and hires."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from salesplan.annual_target.actuals import (
    Tables,
    collected_last_year,
    first_buys,
    last_months,
    sold_by_month,
)
from salesplan.annual_target.history import NO_MEMBER
from salesplan.annual_target.ladder import whole
from salesplan.apportion import UNASSIGNED
from salesplan.calendar import add_months
from salesplan.money import from_fen, to_fen
from salesplan.terms.drivers import Drivers
from salesplan.terms.plan import PlanTerms

RATES = (
    "fulfilment_rate",
    "collection_rate",
    "new_share",
    "average_old",
    "average_new",
    "win_rate",
    "retention_rate",
    "customers_per_rep",
)
CAPPED = ("fulfilment_rate", "collection_rate")  # a history above one (old debts paid) counts as one
COLUMNS = ["node", "parent", "value", "unit", "last_year", "driver", "rate", "source"]
STEP = 10_000  # rates taken from history are kept to four decimals, as people read and repeat them

Money = dict[str, int]


@dataclass(frozen=True)
class PastYear:
    """What last year's ledger says of contracts and customers; amounts in fen, None where it cannot be known.

    `signed` are lines of sale before returns and rebates; a customer is new whose first purchase lies in the year.
    `taxed` is the year's net sales on the tax basis of the collections, `collected` what was paid. `former` are
    customers of any earlier year who did not buy last year.
    """

    net: int
    signed: int
    taxed: int
    collected: int | None
    customers: int
    reps: int
    old: int | None = None
    new: int | None = None
    signed_old: int | None = None
    signed_new: int | None = None
    kept: int | None = None
    before: int | None = None
    former: int | None = None


def past_year(facts: pd.DataFrame, tables: Tables, plan: PlanTerms) -> PastYear | None:
    """Last year's contracts, customers and collections from the ledger's monthly cube; None without a line of it."""
    months = last_months(plan)
    past = facts[facts["month"].isin(months)]
    if past.empty:
        return None
    taxed = sum((sold_by_month(past, tables.get("products"), plan)).values(), Fraction(0))
    return PastYear(
        net=int(past["amount"].sum()),
        signed=int(past.loc[past["kind"] == "sale", "amount"].sum()),
        taxed=whole(taxed),
        collected=collected_last_year(tables, plan),
        customers=len(_buyers(past)),
        reps=int(past.loc[(past["amount"] > 0) & ~past["rep"].isin([*NO_MEMBER, UNASSIGNED]), "rep"].nunique()),
        **_old_and_new(facts, past, months),
    )


def _buyers(rows: pd.DataFrame) -> "pd.Index[str]":
    """Named customers with positive net sales."""
    net = rows[~rows["customer"].isin(NO_MEMBER)].groupby("customer")["amount"].sum()
    return net[net > 0].index


def _old_and_new(facts: pd.DataFrame, past: pd.DataFrame, months: list[str]) -> Money:
    """Buyers and what they signed, old and new apart; nothing where the ledger has no year before."""
    if not (facts["month"] < months[0]).any():
        return {}
    buyers, first = _buyers(past), first_buys(facts)
    new = buyers.intersection(first[first >= months[0]].index)
    signed = past[past["kind"] == "sale"].groupby("customer")["amount"].sum().reindex(buyers, fill_value=0)
    earlier = _buyers(facts[facts["month"].between(add_months(months[0], -len(months)), add_months(months[0], -1))])
    ever = first[first < months[0]].index
    return {
        "old": len(buyers) - len(new),
        "new": len(new),
        "signed_old": int(signed.drop(new).sum()),
        "signed_new": int(signed.loc[new].sum()),
        "kept": len(earlier.intersection(buyers)),
        "before": len(earlier),
        "former": len(ever.difference(buyers)),
    }


def driver_rates(terms: Drivers, past: PastYear | None) -> pd.DataFrame:
    """The rates the tree reckons with: `driver`, `rate` (Decimal), `source`, `history`.

    A rate that is neither declared nor known to the history has no row. `history` is what last year's ledger says,
    None where it says nothing; averages are currency per customer. A collection rate of the history above one (old
    debts paid) counts as one. `source`: `declared`, `history`, or `capped` for such a rate.
    """
    known = _history(past) if past else {}
    declared = {name: getattr(terms, name) for name in RATES}
    rows = [
        (name, *_used(name, given, known.get(name)), known.get(name))
        for name, given in declared.items()
        if given is not None or name in known
    ]
    return pd.DataFrame(rows, columns=["driver", "rate", "source", "history"]).astype(
        {"driver": "str", "rate": object, "source": "str", "history": object}
    )


def _used(name: str, given: Decimal | None, found: Decimal | None) -> tuple[Decimal | None, str]:
    """The rate to reckon with and where it comes from."""
    if given is not None or found is None:
        return given, "declared"
    above = name in CAPPED and found > 1
    return (Decimal(1), "capped") if above else (found, "history")


def _history(past: PastYear) -> dict[str, Decimal]:
    known = {
        "fulfilment_rate": _ratio(past.net, past.signed),
        "collection_rate": _ratio(past.collected, past.taxed),
        "new_share": _ratio(past.signed_new, (past.signed_old or 0) + (past.signed_new or 0)),
        "average_old": _average(past.signed_old, past.old),
        "average_new": _average(past.signed_new, past.new),
        "retention_rate": _ratio(past.kept, past.before),
        "customers_per_rep": _ratio(past.customers or None, past.reps),
    }
    return {name: rate for name, rate in known.items() if rate is not None}


def _ratio(part: int | None, of: int | None) -> Decimal | None:
    """part / of to four decimals; unknown without both, or where it would not be a rate above zero."""
    if part is None or not of or part < 0 or of < 0:
        return None
    return Decimal(whole(Fraction(part * STEP, of))) / STEP


def _average(fen: int | None, count: int | None) -> Decimal | None:
    """Currency per head, to the cent."""
    return from_fen(whole(Fraction(fen, count))) if fen and count and fen > 0 else None


def tree(level: int, rates: pd.DataFrame, past: PastYear | None, *, roster: int | None = None) -> pd.DataFrame:
    """Table `annual_target_drivers`: the level of the amount (fen) carried back to what must happen for it.

    One row per node in reading order: `node`, `parent` (`""` at the root), `value` and `last_year` (Decimal, by
    `unit`: `currency` or `unit`), `driver` and `rate` (Decimal) the node is made with, `source` of the rate. A node
    stands only where its rate is known. With r for the rates of `driver_rates`:

    contracts = revenue / fulfilment_rate · collections = revenue on the collections' tax basis x collection_rate ·
    new_sales = contracts x new_share · old_sales = contracts - new_sales · customers of each = sales / average,
    rounded up · prospects = new customers / win_rate, rounded up · kept_customers = last year's customers x
    retention_rate, rounded down · former_customers = those of earlier years who did not buy last year, the most that
    can be won back · reps = customers / customers_per_rep, rounded up · hires = reps - `roster` (those in post at the
    end of the plan year), at least zero. Source: the chain of targets in S4.
    """
    known = dict(zip(rates["driver"], rates["rate"], strict=True))
    values = _values(level, {name: Fraction(rate) for name, rate in known.items()}, past, roster)
    before = _before(past)
    sources = dict(zip(rates["driver"], rates["source"], strict=True))
    rows = [
        (
            node, parent, _plain(values[node], unit), unit, _plain(before.get(node), unit),
            driver, known.get(driver), sources.get(driver, ""),
        )
        for node, parent, unit, driver in NODES
        if node in values
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=COLUMNS)
    mixed = {name: frame[name].astype(object) for name in ("value", "last_year", "rate")}
    return frame.assign(**{name: column.where(column.notna(), None) for name, column in mixed.items()})


NODES = (  # node, the node it follows from, unit, rate
    ("revenue", "", "currency", ""),
    ("collections", "revenue", "currency", "collection_rate"),
    ("contracts", "revenue", "currency", "fulfilment_rate"),
    ("old_sales", "contracts", "currency", "new_share"),
    ("old_customers", "old_sales", "unit", "average_old"),
    ("kept_customers", "old_customers", "unit", "retention_rate"),
    ("former_customers", "old_customers", "unit", ""),
    ("new_sales", "contracts", "currency", "new_share"),
    ("new_customers", "new_sales", "unit", "average_new"),
    ("prospects", "new_customers", "unit", "win_rate"),
    ("customers", "contracts", "unit", ""),
    ("reps", "customers", "unit", "customers_per_rep"),
    ("hires", "reps", "unit", ""),
)


def _plain(found: int | None, unit: str) -> Decimal | None:
    if found is None:
        return None
    return from_fen(found) if unit == "currency" else Decimal(found)


def _values(level: int, rate: dict[str, Fraction], past: PastYear | None, roster: int | None) -> Money:
    """Value of each node that can be made: fen or a count."""
    found = {"revenue": level} | dict(_money(level, rate, past))
    for kind in ("old", "new"):
        if f"{kind}_sales" in found and rate.get(f"average_{kind}"):
            found[f"{kind}_customers"] = math.ceil(found[f"{kind}_sales"] / (rate[f"average_{kind}"] * 100))
    if past and "retention_rate" in rate and "old_customers" in found:
        found["kept_customers"] = math.floor(past.customers * rate["retention_rate"])
        found |= {} if past.former is None else {"former_customers": past.former}
    if "new_customers" in found and rate.get("win_rate"):
        found["prospects"] = math.ceil(found["new_customers"] / rate["win_rate"])
    if "old_customers" in found and "new_customers" in found:
        found["customers"] = found["old_customers"] + found["new_customers"]
    if "customers" in found and rate.get("customers_per_rep"):
        found["reps"] = math.ceil(found["customers"] / rate["customers_per_rep"])
        if roster is not None:
            found["hires"] = max(found["reps"] - roster, 0)
    return found


def _money(level: int, rate: dict[str, Fraction], past: PastYear | None) -> Iterator[tuple[str, int]]:
    """Nodes that are amounts, in fen."""
    if "collection_rate" in rate and past and past.net > 0:
        yield "collections", whole(level * Fraction(past.taxed, past.net) * rate["collection_rate"])
    if not rate.get("fulfilment_rate"):
        return
    contracts = whole(level / rate["fulfilment_rate"])
    yield "contracts", contracts
    if "new_share" in rate:
        new = whole(contracts * rate["new_share"])
        yield "old_sales", contracts - new
        yield "new_sales", new


def _before(past: PastYear | None) -> dict[str, int | None]:
    """Last year's actual of each node."""
    if past is None:
        return {}
    return {
        "revenue": past.net,
        "collections": past.collected,
        "contracts": past.signed,
        "old_sales": past.signed_old,
        "new_sales": past.signed_new,
        "old_customers": past.old,
        "new_customers": past.new,
        "kept_customers": past.kept,
        "customers": past.customers,
        "reps": past.reps,
    }


def full_quota(terms: Drivers, reps: pd.DataFrame) -> int | None:
    """What a rep past his ramp carries in a year, in fen: as declared, else the median of the known capacities."""
    if terms.full_quota is not None:
        return to_fen(terms.full_quota)
    known = reps["capacity"].dropna().astype("float64") if "capacity" in reps else pd.Series(dtype="float64")
    median = 0 if known.empty else whole(Fraction(known.median()))
    return median or None
