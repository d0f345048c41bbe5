"""Territories: past sales follow the customer to his present owner, day by day of the plan year.

An account is a customer whose owner the customers table knows, or else all that one rep sold to others: without a
customers table, every rep is an account of his own. What a rep was credited with of a colleague's orders is part of
his own account too (`shared_orders`): it was shared, and not handed over.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNASSIGNED
from salesplan.calendar import month_span
from salesplan.rep_allocation.people.roster import (
    FOREVER,
    LONG_AGO,
    NOBODY,
    covered,
    day_numbers,
    employments,
    year_before,
)
from salesplan.rep_allocation.people.shared_orders import credited_to_stay

Real = NDArray[np.float64]
ORDERS = "\x00"  # before the rep's key: the account of what he sold to customers without a known owner
WHOLE = 1 - 1e-9
MONTHS = 12


class Ownership(NamedTuple):
    """Who holds each account in each month of the plan year."""

    accounts: pd.Index  # every account with a spell or a sale, sorted
    line: NDArray[np.int64]  # the account of each line of the history, its place in `accounts`
    holders: pd.DataFrame  # account (its place in `accounts`), rep: those who hold it in the plan year
    part: Real  # holders x months: share of the month's days he holds it and is there
    named: Real  # accounts x months: share of the days on which the table names an owner, there or not
    spells: pd.DataFrame  # account, rep, first_day, last_day: all spells, cut to the days the owner is there
    stays: NDArray[np.bool_]  # lines of the history that are a share of a colleague's order

    @property
    def vacant(self) -> Real:
        """Accounts x months: share of the days on which nobody holds it."""
        held = np.zeros((len(self.accounts), self.part.shape[1]))
        np.add.at(held, self.holders["account"].to_numpy(), self.part)
        return np.asarray(np.clip(1 - held, 0, 1))

    @property
    def is_customer(self) -> NDArray[np.bool_]:
        """Which accounts are customers, and not what one rep sold to others."""
        return np.asarray(~self.accounts.str.startswith(ORDERS), dtype=np.bool_)


def owned_customers(customers: pd.DataFrame | None) -> pd.DataFrame:
    """The spells of customers of whom at least one owner is known: customer, rep, start, end (blank dates open)."""
    if customers is None or "rep" not in customers.columns:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in ("customer", "rep", "start", "end")})
    blank = pd.Series(pd.NaT, index=customers.index)
    known = set(customers.loc[customers["rep"].notna(), "customer"])
    spells = customers[["customer", "rep"]].assign(
        start=pd.to_datetime(customers.get("start", blank)).fillna(LONG_AGO),
        end=pd.to_datetime(customers.get("end", blank)).fillna(FOREVER),
    )
    return spells[spells["customer"].isin(known)]


def accounts_of(
    history: pd.DataFrame, owned: pd.DataFrame, stays: NDArray[np.bool_]
) -> tuple[pd.Index, NDArray[np.int64]]:
    """All accounts, sorted, and the place of each line's: its customer where an owner of his is known, else its rep.

    `stays`: the lines that are their rep's whoever owns the customer.
    """
    owners = pd.Index(owned["customer"].unique())
    rep, reps = pd.factorize(history["rep"].fillna("").astype(str))
    buyers = history["customer"] if "customer" in history else pd.Series(pd.NA, index=history.index, dtype="str")
    customer, found = pd.factorize(buyers)
    customers = pd.Index(np.asarray(found, dtype=object), dtype="str")
    known = np.append(customers.isin(owners), False)[customer] & ~stays  # -1, a blank customer, is the last
    keys = np.array([ORDERS + name for name in reps], dtype=object)
    labels = np.concatenate([owners.to_numpy(dtype=object), keys[np.unique(rep[~known])]]).astype(str)
    accounts = pd.Index(np.unique(labels), dtype="str")
    of_customer = np.append(accounts.get_indexer(customers), -1)
    return accounts, np.where(known, of_customer[customer], accounts.get_indexer(pd.Index(keys, dtype="str"))[rep])


def _until_the_first(owned: pd.DataFrame, history: pd.DataFrame, months: Sequence[str], first: Any) -> pd.DataFrame:
    """Spells before a first one that begins within the plan year: until then the order's rep has the customer."""
    begins = owned.groupby("customer")["start"].min()
    late = begins[begins > first]
    if late.empty:
        return owned.iloc[:0]
    recent = history["month"].isin(year_before(months)) & ~history["rep"].isin(NOBODY)
    lines = history.loc[recent & history["customer"].isin(late.index)]
    sold = lines.groupby(["customer", "rep"])["amount"].sum().reset_index()
    most = sold.sort_values(["customer", "amount", "rep"], ascending=[True, False, True]).drop_duplicates("customer")
    ends = late.reindex(most["customer"]).to_numpy() - np.timedelta64(1, "D")
    return most[["customer", "rep"]].assign(start=LONG_AGO, end=ends)


def _paper(owned: pd.DataFrame, accounts: pd.Index) -> pd.DataFrame:
    """All spells of all accounts as the tables say, whoever is there: account, rep, start, end."""
    own = pd.Series(accounts[accounts.str.startswith(ORDERS)], dtype="str")
    reps = own.str.removeprefix(ORDERS)
    orders = pd.DataFrame({"account": own, "rep": reps.mask(reps.isin(NOBODY)), "start": LONG_AGO, "end": FOREVER})
    named = owned.rename(columns={"customer": "account"})
    return pd.concat([named, orders], ignore_index=True) if len(named) else orders


def ownership(
    history: pd.DataFrame,
    customers: pd.DataFrame | None,
    reps: pd.DataFrame,
    months: Sequence[str],
    cutoff: int | None = None,
) -> Ownership:
    """Who holds each account in the plan year.

    `customers` one row per spell, `reps` one row per rep and spell. A day counts for the owner who is named for it and
    is there; the month in which somebody joins counts from its first day, unless the customer's spell begins later.
    Shares of a colleague's orders stay with whom they are credited to (`shared_orders.credited_to_stay`).
    """
    owned = owned_customers(customers)
    first = pd.Timestamp(month_span(months[0], cutoff)[0])
    owned = pd.concat([owned, _until_the_first(owned, history, months, first)], ignore_index=True)
    stays = credited_to_stay(history, owned, reps, months, cutoff)
    accounts, line = accounts_of(history, owned, stays)
    paper = _paper(owned, accounts).astype({"account": "str"})
    paper = paper.assign(first_day=day_numbers(paper["start"]), last_day=day_numbers(paper["end"]))
    known = paper[paper["rep"].notna()]
    named = np.zeros((len(accounts), len(months)))
    days = covered(known["first_day"].to_numpy(), known["last_day"].to_numpy(), months, cutoff)
    np.add.at(named, accounts.get_indexer(pd.Index(known["account"])), days)
    spells = _there(known, employments(reps, months, cutoff=cutoff))
    holders, part = _holders(spells, accounts, months, cutoff)
    return Ownership(accounts, line, holders, part, np.clip(named, 0, 1), spells, stays)


def _there(paper: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """The spells cut to the days on which the owner is employed; an owner nobody lists is never there."""
    both = paper[["account", "rep", "first_day", "last_day"]].merge(there, on="rep", suffixes=("", "_there"))
    cut = both.assign(
        first_day=both[["first_day", "first_day_there"]].max(axis=1),
        last_day=both[["last_day", "last_day_there"]].min(axis=1),
    )
    cut = cut.loc[cut["first_day"] <= cut["last_day"], ["account", "rep", "first_day", "last_day"]]
    return cut.sort_values(["account", "first_day", "rep"], ignore_index=True)


def _holders(
    spells: pd.DataFrame, accounts: pd.Index, months: Sequence[str], cutoff: int | None
) -> tuple[pd.DataFrame, Real]:
    """Owners within the plan year and their share of each month's days, several spells of one owner added up."""
    days = covered(spells["first_day"].to_numpy(), spells["last_day"].to_numpy(), months, cutoff)
    inside = days.any(axis=1)
    place = pd.DataFrame({"account": accounts.get_indexer(pd.Index(spells["account"])), "rep": spells["rep"]})[inside]
    sums = pd.DataFrame(days[inside]).groupby([place["account"].to_numpy(), place["rep"].to_numpy()]).sum()
    holders = pd.DataFrame({name: sums.index.get_level_values(at) for at, name in enumerate(("account", "rep"))})
    return holders, np.asarray(sums.to_numpy(dtype=np.float64).reshape(len(holders), len(months)))


def months_ago(labels: "pd.Series[Any]", months: Sequence[str]) -> NDArray[np.int64]:
    """How many months each label lies before the first of the plan year: last year has 12 to 1."""
    code, known = pd.factorize(labels)
    number = [int(label[:4]) * 12 + int(label[5:]) for label in (months[0], *known)]
    return np.asarray(number[0] - np.array(number[1:], dtype=np.int64)[code], dtype=np.int64)


def territory_history(history: pd.DataFrame, owners: Ownership, months: Sequence[str]) -> pd.DataFrame:
    """The history with `rep` = who holds the line's account in the corresponding month of the plan year.

    A month that two owners share goes by days, to the fen; what nobody holds is `(unassigned)`. Columns as in the
    history without kind, quantity, cost and lines, and `sold_by`, who sold it, and `shared`, whether it is a share of a
    colleague's order; amounts (fen) sum to the history's in every month and cell.
    """
    keep = [name for name in history.columns if name not in ("kind", "quantity", "cost", "lines")]
    lines = history[keep].reset_index(drop=True)
    account, month = owners.line, -months_ago(lines["month"], months) % MONTHS
    only = np.full(len(owners.accounts), -1, dtype=np.int64)
    alone = np.flatnonzero((owners.part >= WHOLE).all(axis=1))
    only[owners.holders["account"].to_numpy()[alone]] = alone
    simple = only[account] >= 0
    reps = owners.holders["rep"].to_numpy(dtype=object)
    lines = lines.assign(sold_by=lines["rep"], shared=owners.stays)
    straight = lines[simple].assign(rep=reps[only[account[simple]]])
    shared = _shared(lines[~simple], account[~simple], month[~simple], owners)
    found = pd.concat([straight, shared], ignore_index=True) if len(shared) else straight
    return found.astype({"rep": "str", "amount": "int64"})


def _shared(lines: pd.DataFrame, account: Any, month: Any, owners: Ownership) -> pd.DataFrame:
    """Lines of accounts with several owners or vacancies, one row per owner of the month."""
    vacant = owners.vacant
    gaps = pd.DataFrame({"account": np.arange(len(owners.accounts)), "rep": UNASSIGNED})
    everyone = pd.concat([owners.holders, gaps], ignore_index=True)
    part = np.vstack([owners.part, vacant])
    rows = pd.DataFrame({"line": np.arange(len(lines)), "account": account, "month": month})
    pairs = rows.merge(everyone.assign(row=np.arange(len(everyone))), on="account", sort=False)
    pairs = pairs.assign(part=part[pairs["row"].to_numpy(), pairs["month"].to_numpy()])
    pairs = pairs[pairs["part"] > 0].sort_values(["line", "rep"], ignore_index=True)
    grouped = pairs.groupby("line")["part"]
    upto = (grouped.cumsum() / grouped.transform("sum")).to_numpy()
    whole = lines["amount"].to_numpy(dtype=np.int64)[pairs["line"].to_numpy()]
    ends = np.rint(upto * whole).astype(np.int64)
    first = ~pairs["line"].duplicated().to_numpy()
    before = np.where(first, 0, np.concatenate([[0], ends[:-1]]))
    split = lines.iloc[pairs["line"].to_numpy()].assign(rep=pairs["rep"].to_numpy(), amount=ends - before)
    return split[split["amount"] != 0]
