"""What nobody holds in the plan year, who had it last, who gets it next, and what of the target that is."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import apportion
from salesplan.money import half_away
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.past import Past
from salesplan.rep_allocation.people.roster import LONG_AGO, NOBODY, month_days
from salesplan.rep_allocation.people.territory import ORDERS, Ownership
from salesplan.terms.rep_allocation import RepAllocationTerms

Real = NDArray[np.float64]
Fen = NDArray[np.int64]
COLUMNS = (
    "region", "rep", "successor", "reason", "customers", "first_month", "last_month", "team", "manager", "last_year",
    "amount", "carried_by",
)  # fmt: skip
KEYS = ["region", "rep", "successor", "reason", "first_month", "last_month"]
LEAST = 1e-9


def vacancies(
    given: Given, rules: RepAllocationTerms, owners: Ownership, past: Past, ramp: pd.DataFrame
) -> tuple[pd.DataFrame, Fen]:
    """Table `rep_allocation_vacancies`, and what of each month's target the manager keeps (0 where it is spread).

    One row per region, last owner, next owner, reason and months: region, rep (who had the customers last), successor,
    reason (`no_owner`: nobody is named; `not_there`: the owner is not there yet or has left; `house`: sold by nobody
    last year; `ramp`: what a new rep cannot carry of his territory yet), customers (count), first_month, last_month,
    team, manager, last_year (last year's sales of those days, fen), amount (target x their part of the month's
    sales, fen in whole money units), carried_by (`colleagues` or `manager`). `ramp`: reps x months, 0 to 1.
    """
    gaps = _gaps(given, owners, past)
    climbing, missing = _climbing(owners, past, ramp)
    runs = pd.concat([gaps[0], climbing], ignore_index=True)
    sold = np.vstack([gaps[1], missing])
    company = np.clip(past.sold.sum(axis=0), 0, None)
    season = given.season.target.astype(np.float64)
    target = sold * np.divide(season, company, out=np.zeros(len(season)), where=company > 0)
    amounts = _whole(target, given.season.target, given.unit)
    by_manager = rules.vacancies == "manager"
    table = _table(given, runs, sold, amounts).assign(carried_by="manager" if by_manager else "colleagues")
    return table[list(COLUMNS)], amounts.sum(axis=0) if by_manager else np.zeros(len(season), dtype=np.int64)


def _whole(target: Real, season: Fen, unit: int) -> Fen:
    """Amounts in whole money units, each month's sum rounded once and never above its target."""
    table = np.zeros(target.shape, dtype=np.int64)
    for month in np.flatnonzero(target.sum(axis=0) > 0).tolist() if len(target) else ():
        most = int(season[month]) // unit
        total = min(half_away(round(float(target[:, month].sum())), unit), most)
        table[:, month] = apportion(total, target[:, month]) * unit
    return table


def _gaps(given: Given, owners: Ownership, past: Past) -> tuple[pd.DataFrame, Real]:
    """Every unbroken run of months in which an account is vacant, and last year's sales of its vacant days."""
    vacant, sold = owners.vacant, np.clip(past.sold, 0, None)
    open_ = (vacant > LEAST) & (sold.sum(axis=1) > 0)[:, None]
    begins = open_ & ~np.column_stack([np.zeros(len(open_), dtype=bool), open_[:, :-1]])
    ends = open_ & ~np.column_stack([open_[:, 1:], np.zeros(len(open_), dtype=bool)])
    account, first = np.nonzero(begins)
    last = np.nonzero(ends)[1]
    months = np.arange(vacant.shape[1])
    inside = (months >= first[:, None]) & (months <= last[:, None])
    nobody = ((1 - owners.named)[account] * inside).sum(axis=1)
    runs = pd.DataFrame(
        {
            "account": owners.accounts[account],
            "first": first,
            "last": last,
            "reason": np.where(nobody * 2 >= (vacant[account] * inside).sum(axis=1), "no_owner", "not_there"),
        }
    )
    runs = runs.assign(reason=runs["reason"].mask(runs["account"].isin([ORDERS + name for name in NOBODY]), "house"))
    return _with_owners(runs, given, owners), sold[account] * vacant[account] * inside


def _with_owners(runs: pd.DataFrame, given: Given, owners: Ownership) -> pd.DataFrame:
    """The runs with who had the account last (`rep`) and who gets it next (`successor`), None where nobody does."""
    opens, closes = month_days(given.months, given.cutoff)
    spells = owners.spells.astype({"account": object, "first_day": "int64", "last_day": "int64"})
    keyed = runs.assign(order=range(len(runs)), from_day=opens[runs["last"]], to_day=closes[runs["first"]])
    keyed = keyed.astype({"account": object})
    before = pd.merge_asof(
        keyed.sort_values("to_day"), spells.sort_values("last_day")[["account", "rep", "last_day"]],
        left_on="to_day", right_on="last_day", by="account",
    )  # fmt: skip
    after = pd.merge_asof(
        keyed.sort_values("from_day"),
        spells.sort_values("first_day")[["account", "rep", "first_day"]].rename(columns={"rep": "successor"}),
        left_on="from_day", right_on="first_day", by="account", direction="forward",
    )  # fmt: skip
    own = runs["account"].str.removeprefix(ORDERS).where(runs["account"].str.startswith(ORDERS))
    had = before.set_index("order")["rep"].reindex(keyed["order"]).astype(object)
    gets = after.set_index("order")["successor"].reindex(keyed["order"]).astype(object)
    return runs.assign(rep=had.where(had.notna(), own.where(runs["reason"] != "house")), successor=gets)


def _climbing(owners: Ownership, past: Past, ramp: pd.DataFrame) -> tuple[pd.DataFrame, Real]:
    """What new reps cannot carry of their territories yet: one row per rep, and last year's sales of it by month."""
    place = ramp.index.get_indexer(pd.Index(owners.holders["rep"]))
    held = np.clip(past.sold, 0, None)[owners.holders["account"]] * owners.part
    table = np.zeros(ramp.shape)
    np.add.at(table, place[place >= 0], held[place >= 0])
    missing = table * (1 - ramp.to_numpy(dtype=np.float64))
    who = np.flatnonzero((missing > 0).any(axis=1))
    open_ = missing[who] > 0
    customers = owners.holders[owners.is_customer[owners.holders["account"]]].groupby("rep")["account"].nunique()
    rows = pd.DataFrame(
        {
            "account": "",
            "first": open_.argmax(axis=1) if len(who) else np.zeros(0, dtype=np.int64),
            "last": ramp.shape[1] - 1 - open_[:, ::-1].argmax(axis=1) if len(who) else np.zeros(0, dtype=np.int64),
            "reason": "ramp",
            "rep": None,
            "successor": ramp.index[who],
        }
    )
    return rows.assign(customers=customers.reindex(rows["successor"]).fillna(0).to_numpy()), missing[who]


def _table(given: Given, runs: pd.DataFrame, sold: Real, amounts: Fen) -> pd.DataFrame:
    """The runs by region, owners, reason and months."""
    months = np.asarray(given.months, dtype=object)
    people = _last_spells(given.reps)
    who = runs["rep"].astype(object).where(runs["rep"].notna(), runs["successor"])
    own = runs["customers"] if "customers" in runs else pd.Series(np.nan, index=runs.index)
    is_customer = (~runs["account"].str.startswith(ORDERS)).astype("int64")
    rows = runs.assign(
        region=_text(_region(given, runs["account"]).where(lambda known: known.notna(), who.map(people["region"]))),
        rep=_text(runs["rep"]),
        successor=_text(runs["successor"]),
        first_month=months[runs["first"].to_numpy(dtype=np.int64)],
        last_month=months[runs["last"].to_numpy(dtype=np.int64)],
        customers=own.where(own.notna(), is_customer),
        last_year=np.rint(sold.sum(axis=1)),
        amount=amounts.sum(axis=1),
    )
    sums = rows.groupby(KEYS, sort=True)[["customers", "last_year", "amount"]].sum().reset_index()
    named = sums["rep"].where(sums["rep"] != "", sums["successor"])
    found = sums.assign(**{name: _text(named.map(people[name])) for name in ("team", "manager")})
    return found.astype({"customers": "int64", "last_year": "int64", "amount": "int64"})


def _text(values: "pd.Series[Any]") -> "pd.Series[str]":
    """Texts, blank where unknown."""
    return values.astype(object).where(values.notna(), "").astype("str")


def _last_spells(reps: pd.DataFrame) -> pd.DataFrame:
    """Region, team and manager of each rep by his last spell."""
    spells = reps.assign(since=pd.to_datetime(reps["start"]).fillna(LONG_AGO)).sort_values(["rep", "since"])
    return spells.drop_duplicates("rep", keep="last").set_index("rep")[["region", "team", "manager"]]


def _region(given: Given, accounts: "pd.Series[Any]") -> "pd.Series[Any]":
    """Region of each account as the customers table has it; NA where it does not."""
    if given.customers is None or "region" not in given.customers:
        return pd.Series(None, index=accounts.index, dtype="object")
    known = given.customers.dropna(subset=["region"]).drop_duplicates("customer", keep="last")
    return accounts.map(known.set_index("customer")["region"])
