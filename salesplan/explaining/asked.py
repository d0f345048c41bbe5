"""What is asked, held against the names the run has."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from salesplan.errors import Fault, PlanError, nearest
from salesplan.explaining.ground import Grounds

LIKE = 0.4  # how alike a name must be to be listed before others
LISTED = 12  # names to choose from
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Asked:
    """Whose number: a rep, or a member of another dimension, by key or name; the month (blank: the year); the pay."""

    member: str
    month: str = ""
    pay: bool = False
    dimension: str = "rep"  # rep | customer | product | region | channel


def checked(asked: Asked, grounds: Grounds) -> Asked:
    """What is asked, with the key of whom is named. Raises `PlanError` for what the run does not have."""
    finders = {"rep": _rep, "customer": _customer}
    split = asked.dimension in grounds.inputs.loaded.plan.dimensions
    find = _member if split else finders.get(asked.dimension, _not_split)
    found = replace(asked, member=find(asked, grounds))
    months = grounds.step("rep_allocation").months
    if asked.month and asked.month not in months:
        raise PlanError([Fault("explain_month", "--month", asked.month, {"first": months[0], "last": months[-1]})])
    if asked.pay and not asked.month:
        raise PlanError([Fault("explain_needs_month", "--month")])
    if asked.month and asked.dimension == "customer" and not split:
        raise PlanError([Fault("explain_customer_year", "--month", asked.month)])
    return found


def _rep(asked: Asked, grounds: Grounds) -> str:
    """The key of a rep by key, by name, or by both as pages write them."""
    people = grounds.step("rep_allocation").reps()
    keys = {*grounds.table("rep_allocation")["rep"], *grounds.table("commission")["rep"]}
    if asked.pay:  # why there is none can be told of everybody
        keys |= set(people["rep"].dropna())
    named = people if "name" in people else people.assign(name="")
    return _of(asked, keys, named.rename(columns={"rep": "key"}))


def _customer(asked: Asked, grounds: Grounds) -> str:
    """The key of a customer by key or by name."""
    table = grounds.table("rep_allocation_customers")
    table = table[table["kind"] != "new"]
    return _of(asked, set(table["customer"]), table.rename(columns={"customer": "key", "customer_name": "name"}))


def _member(asked: Asked, grounds: Grounds) -> str:
    """A member of a dimension the target is split by."""
    members = set(grounds.table("seasonal_split")[asked.dimension])
    return _of(asked, members, pd.DataFrame({"key": [], "name": []}, dtype="str"))


def _not_split(asked: Asked, grounds: Grounds) -> str:
    known = ", ".join(grounds.inputs.loaded.plan.dimensions)
    raise PlanError([Fault("explain_not_split", f"--{asked.dimension}", asked.member, {"known": known})])


def _of(asked: Asked, keys: Iterable[str], people: pd.DataFrame) -> str:
    """The key named; `people` has `key` and `name`. Refused where a name is that of several, or of nobody."""
    known, name = set(keys), asked.member.strip()
    if asked.member in known:
        return asked.member
    pairs = people[["key", "name"]].dropna().drop_duplicates()
    pairs = pairs[pairs["key"].isin(known)]
    found = sorted(set(pairs.loc[(pairs["name"] == name) | (pairs["name"] + " " + pairs["key"] == name), "key"]))
    place, code = f"--{asked.dimension}", "rep" if asked.dimension == "rep" else "member"
    if len(found) > 1:
        raise PlanError([Fault(f"explain_{code}_names", place, asked.member, {"known": ", ".join(found)})])
    if not found:
        raise PlanError([Fault(f"explain_{code}", place, asked.member, _hints(name, {*known, *pairs["name"]} - {""}))])
    return str(found[0])


def _hints(name: str, known: set[str]) -> dict[str, str]:
    """Names to choose from: those that hold what was typed; then, in order, those most like it and the first of all.

    Of numbered keys none is proposed: R09 is no likelier meant by R99 than any other.
    """
    holding = sorted(one for one in known if name and name in one)
    like = difflib.get_close_matches(name, sorted(known), n=LISTED, cutoff=LIKE)
    chosen = list(dict.fromkeys([*holding, *like, *sorted(known)]))[:LISTED]
    names = [*holding[:LISTED], *sorted(set(chosen) - set(holding))]
    worded = [one for one in known if DIGITS.sub("", one) != DIGITS.sub("", name)]
    meant = holding[0] if len(holding) == 1 else nearest(name, worded)
    return {"known": ", ".join(names), "nearest": meant}
