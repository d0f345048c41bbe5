"""The quotas brought down to the customers: kept, followed, developed, and what is left for new ones."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNASSIGNED, UNKNOWN, apportion_groups
from salesplan.calendar import month_of
from salesplan.errors import Fault, stop_on
from salesplan.money import from_fen, to_fen
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.grades import contacts_per_month, graded, grades_of
from salesplan.rep_allocation.holdings import Newcomers, holdings, named, newcomers, profiles
from salesplan.rep_allocation.limits import PLACE
from salesplan.tables import outputs
from salesplan.terms.customers import CustomerGrades
from salesplan.terms.rep_allocation import Pin, RepAllocationTerms

NEW = "(new)"  # customers still to be won
KINDS = ("existing", "lapsed", "potential", "new")
Real = NDArray[np.float64]
MORE = (
    "name", "region", "channel", "kind", "start", "end", "months_held", "last_year", "growth", "share", "potential",
    "pipeline", "amount_kept", "amount_pipeline", "amount_developed", "new_customers", "pinned",
)  # fmt: skip
COLUMNS = ("customer", "grade", "rep", "amount", "contacts_per_month", *MORE)


class CustomerPlan(NamedTuple):
    """What is planned with the customers."""

    table: pd.DataFrame  # rep_allocation_customers
    profile: pd.DataFrame  # one row per customer, with its grades (`grades.graded`)
    grades: CustomerGrades
    newcomers: Newcomers
    no_potential: bool  # nobody's potential is known, so that growth follows the sales


def customer_plan(given: Given, quotas: pd.DataFrame, *, rules: RepAllocationTerms) -> CustomerPlan | None:
    """Bring each rep's quota down to his customers; None where no sale names a customer and none is listed.

    `quotas` has `rep` and `quota` (fen); a row `(unassigned)` is what nobody serves. Per rep the amounts sum to the
    quota exactly, in money units. An existing customer (sales last year) is first to keep his usual sales x the part
    of the year in which the rep holds him; then open deals beyond that (expected value), then `potential_share` of the
    potential that is left, both for customers without sales too; the rest is `(new)`: customers still to be won, at
    least `new_share` of the quota where the growth allows it. Where a quota does not reach, the last step named is
    scaled down. Without any potential the growth follows the usual sales. Pins on customers are kept to the unit.
    Raises `PlanError` for pins that cannot be.
    """
    listed = given.customers is not None and len(given.customers) > 0
    if not named(given.history) and not listed:
        return None
    profile = profiles(given)
    grades = grades_of(rules.customer_grades, profile)
    profile = graded(profile, grades)
    fresh = newcomers(given.history, given.months) if named(given.history) else Newcomers(None, 0.0, 0.0)
    held = holdings(given, quotas["rep"].tolist(), profile["customer"].tolist())
    rows = held.merge(profile, on="customer", how="left", validate="m:1")
    rows = rows.assign(kind=_kinds(rows), pipeline=_pipeline(rows, given, rules))
    wishes, no_potential = _wishes(rows, fresh, float(rules.customer_targets.potential_share))
    accounts = _accounts(quotas, rows)
    pins = customer_pins(rules.pins)
    stop_on(_pin_faults(pins, rows, accounts))
    least = rules.customer_targets.new_share
    share = fresh.share if least is None else float(least)
    amounts = _amounts(rows, wishes, accounts, pins, share, free=no_potential, unit=given.unit)
    return CustomerPlan(_table(amounts, accounts, grades, fresh), profile, grades, fresh, no_potential)


def customer_pins(pins: Sequence[Pin]) -> list[Pin]:
    """The pins that fix what a rep sells to one customer in the year."""
    return [pin for pin in pins if pin.customer is not None]


def _kinds(rows: pd.DataFrame) -> NDArray[Any]:
    """`existing` bought last year, `lapsed` only before, `potential` never."""
    return np.where(rows["last_year"] > 0, "existing", np.where(rows["best"] > 0, "lapsed", "potential"))


def _pipeline(rows: pd.DataFrame, given: Given, rules: RepAllocationTerms) -> Real:
    """Expected value of the open deals that close in the plan year, by customer, shared among his holders; fen."""
    deals = open_deals(given)
    expected = deals[deals["month"].isin(given.months)].groupby("customer")["expected"].sum()
    whole = rows.groupby("customer")["part"].transform("sum")
    part = np.divide(rows["part"], whole, out=np.zeros(len(rows)), where=whole > 0)
    return rows["customer"].map(expected).fillna(0.0).to_numpy(dtype=np.float64) * part


def open_deals(given: Given) -> pd.DataFrame:
    """The deals followed: `project`, `customer`, `stage`, `month` of the close, `amount`, `probability`, `expected`.

    From step 2's table where there is one, since it knows the probability of a stage; else as the opportunities say,
    `expected` NaN where the probability is unknown.
    """
    columns = ["project", "customer", "stage", "month", "amount", "probability", "expected"]
    if given.projects is not None and len(given.projects):
        return given.projects[columns].astype({"expected": "Float64"}).astype({"expected": "float64"})
    if given.opportunities is None:
        return pd.DataFrame(columns=columns).astype({"expected": "float64"})
    deals = given.opportunities
    chance = deals["probability"].astype("float64") if "probability" in deals else np.nan
    return deals.assign(
        month=month_of(deals["close"], given.cutoff), probability=chance, expected=deals["amount"] * chance
    )[columns]


def _wishes(rows: pd.DataFrame, fresh: Newcomers, share: float) -> tuple[pd.DataFrame, bool]:
    """What each row would carry at each step, fen: `kept`, `pipeline` beyond it, `developed`; whether growth is free.

    An unknown potential is usual sales x the median ratio of those known (of the grade, else of all); of who bought
    only in former years his best year; of who never bought what a new customer brings in his first year.
    """
    usual = rows["usual"].where(rows["kind"] == "existing", 0.0)
    more = (rows["pipeline"] - usual * rows["part"]).clip(lower=0)
    known = rows["potential"].where(rows["kind"] == "existing")
    ratio = (known / usual.where(usual > 0)).where(lambda found: found > 0)
    typical = ratio.groupby(rows["grade"].fillna("")).transform("median").fillna(ratio.median())
    stands_in = (usual * typical).where(rows["kind"] == "existing", rows["best"].where(rows["kind"] == "lapsed"))
    never = (rows["kind"] == "potential") & rows["potential"].isna()
    left = (rows["potential"].fillna(stands_in).fillna(usual) - usual).clip(lower=0) * rows["part"] - more
    developed = (left.clip(lower=0) * share).where(~never, (fresh.first_year or 0) * rows["part"])
    nobody = rows["customer"] == UNKNOWN
    wishes = pd.DataFrame({"kept": usual * rows["part"], "pipeline": more, "developed": developed.where(~nobody, 0.0)})
    return wishes, bool(ratio.isna().all())


def _accounts(quotas: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The reps with their quotas, sorted; `(unassigned)` too where it has customers."""
    given = quotas.groupby("rep", sort=True)["quota"].sum().astype("int64")
    if (rows["rep"] == UNASSIGNED).any() and UNASSIGNED not in given.index:
        given = pd.concat([given, pd.Series({UNASSIGNED: 0})])
    if UNASSIGNED in given.index and not (rows["rep"] == UNASSIGNED).any():
        given = given.drop(UNASSIGNED)
    return given.rename_axis("rep").rename("quota").sort_index().reset_index()


def _pin_faults(pins: Sequence[Pin], rows: pd.DataFrame, accounts: pd.DataFrame) -> Iterator[Fault]:
    """Pins on unknown customers or those of others, and what is pinned beyond a rep's quota."""
    holders = rows[rows["customer"].isin({pin.customer for pin in pins})].groupby("customer")["rep"].agg(list)
    quota = accounts.set_index("rep")["quota"]
    agreed: dict[str, int] = {}
    for number, pin in enumerate(pins):
        agreed[pin.rep] = agreed.get(pin.rep, 0) + to_fen(pin.amount)
        if pin.customer not in holders.index:
            near = difflib.get_close_matches(str(pin.customer), rows["customer"].unique().tolist(), n=1, cutoff=0.4)
            values = {"nearest": next(iter(near), "")}
            yield Fault("pin_customer_unknown", f"{PLACE} pins", pin.customer, values)
        elif pin.rep not in holders[pin.customer]:
            values = {"rep": pin.rep, "owners": ", ".join(holders[pin.customer])}
            yield Fault("pin_customer_other", f"{PLACE} pins", pin.customer, values)
    for rep, fen in sorted(agreed.items()):
        if rep in quota.index and fen > quota[rep]:
            amounts = {"agreed": from_fen(fen), "quota": from_fen(int(quota[rep])), "over": from_fen(fen - int(quota[rep]))}
            yield Fault("pins_over_quota", f"{PLACE} pins", rep, {"rep": rep, **amounts})


def _amounts(
    rows: pd.DataFrame,
    wishes: pd.DataFrame,
    accounts: pd.DataFrame,
    pins: Sequence[Pin],
    new_share: float,
    *,
    free: bool,
    unit: int,
) -> pd.DataFrame:
    """The rows with `amount` and its parts, and one row `(new)` for each rep; exact per rep."""
    fixed = {(pin.rep, pin.customer): to_fen(pin.amount) for pin in pins}
    # Of several spells of one rep with one customer the first carries what is agreed.
    first = ~rows.duplicated(["rep", "customer"])
    agreed = np.array(
        [fixed.get(key, -1) if lead else 0 for key, lead in zip(zip(rows["rep"], rows["customer"], strict=True), first, strict=True)]
        if fixed
        else np.full(len(rows), -1),
        dtype=np.int64,
    )
    return rows.assign(amount=agreed)
