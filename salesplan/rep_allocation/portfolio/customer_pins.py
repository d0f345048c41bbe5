"""Targets of customers that are fixed by agreement, and every way in which that cannot be."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from salesplan.agreed import PLACE
from salesplan.errors import Fault, nearest
from salesplan.money import from_fen, to_fen
from salesplan.terms.agreements import Pin

Key = tuple[str, str]


def customer_pins(pins: Sequence[Pin], rows: pd.DataFrame) -> dict[int, Key]:
    """The pins on customers by their place in the file: rep and customer.

    A pin that names no rep is about the customer's only holder; with several, or none, the rep stays `''`. `rows` has
    `rep` and `customer`, one row per spell.
    """
    named = {number: str(pin.customer) for number, pin in enumerate(pins) if pin.customer is not None}
    holders = _holders(rows, set(named.values()))
    only = {customer: reps[0] for customer, reps in holders.items() if len(reps) == 1}
    return {number: (pins[number].rep or only.get(customer, ""), customer) for number, customer in named.items()}


def _holders(rows: pd.DataFrame, customers: set[str]) -> dict[str, list[str]]:
    found = rows[rows["customer"].isin(customers)].groupby("customer", sort=True)["rep"]
    return {str(customer): sorted(set(reps)) for customer, reps in found}


def with_pins(rows: pd.DataFrame, pins: Mapping[int, Key], amounts: Sequence[Pin]) -> pd.DataFrame:
    """The rows with `agreed` (fen, NA where free); of several spells with one rep the first carries what is agreed."""
    fixed = pd.Series({key: to_fen(amounts[number].amount) for number, key in pins.items()}, dtype="Int64")
    if fixed.empty:
        return rows.assign(agreed=pd.array([pd.NA] * len(rows), dtype="Int64"))
    agreed = fixed.reindex(pd.MultiIndex.from_frame(rows[["rep", "customer"]])).set_axis(rows.index)
    again = rows.duplicated(["rep", "customer"]) & agreed.notna()
    return rows.assign(agreed=agreed.mask(again, 0))


def pin_faults(pins: Sequence[Pin], rows: pd.DataFrame, accounts: pd.DataFrame) -> Iterator[Fault]:
    """Pins on unknown customers, on those of others or of several, the same twice, and more than a rep's quota.

    `accounts` has `rep` and `quota` (fen).
    """
    found = customer_pins(pins, rows)
    holders = _holders(rows, {customer for _, customer in found.values()})
    seen: dict[Key, int] = {}
    for number, (rep, customer) in found.items():
        place = f"{PLACE} pins[{number}].customer"
        owners = {"owners": ", ".join(holders.get(customer, []))}
        if customer not in holders:
            yield Fault("pin_customer_unknown", place, customer, {"nearest": nearest(customer, rows["customer"])})
        elif not rep:
            yield Fault("pin_customer_owners", place, customer, owners)
        elif rep not in holders[customer]:
            yield Fault("pin_customer_other", place, customer, {"rep": rep, **owners})
        if (rep, customer) in seen:
            yield Fault("pins_twice", place, customer, {"other": f"pins[{seen[rep, customer]}]"})
        seen.setdefault((rep, customer), number)
    yield from _over_quota(pins, found, accounts)


def _over_quota(pins: Sequence[Pin], found: Mapping[int, Key], accounts: pd.DataFrame) -> Iterator[Fault]:
    quota = dict(zip(accounts["rep"], accounts["quota"], strict=True))
    asked: dict[str, int] = {}
    for number, (rep, _) in found.items():
        asked[rep] = asked.get(rep, 0) + to_fen(pins[number].amount)
    for rep, fen in sorted(asked.items()):
        if rep in quota and fen > quota[rep]:
            amounts = {"agreed": fen, "quota": int(quota[rep]), "over": fen - int(quota[rep])}
            values = {name: from_fen(amount) for name, amount in amounts.items()}
            yield Fault("pins_over_quota", f"{PLACE} pins", rep, {"rep": rep, **values})
