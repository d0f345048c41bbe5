"""One revision after the other: numbered, with its reason, against the one before; what would place the rest."""

from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from salesplan.calendar import add_months, month_span
from salesplan.errors import stop_on
from salesplan.terms.plan import PlanTerms
from salesplan.terms.variance_review import Revision
from salesplan.variance_review.changes import NO_LINES, changes_since
from salesplan.variance_review.grid import NOBODY, listed_reps
from salesplan.variance_review.measures import Figures, amount_by
from salesplan.variance_review.promises import pin_faults, promise_record
from salesplan.variance_review.revision import Revised
from salesplan.variance_review.revision_reps import revise_reps

REVISIONS = [
    "number", "as_of", "reason", "year", "missing", "promised", "placed", "unplaced", "kept", "ahead", "difference",
]  # fmt: skip
STEP = 1000  # a cap is told in thousandths, rounded up


class Needed(NamedTuple):
    """What it would take to place what the months to come have no room for; None where it cannot be said."""

    cap: Fraction | None  # of each month's target, that would place all
    per_rep: int | None  # more sales of each rep in each month to come, fen
    average_deal: int | None  # fen, over the orders of the last twelve months
    deals: int | None  # more orders of that size
    average_customer: int | None  # fen that a customer of last year bought in the months to come of that year
    customers: int | None  # more customers like these


class Before(NamedTuple):
    """Tables of the review before this one, None where there is none."""

    grid: pd.DataFrame | None = None  # variance_review
    revision: pd.DataFrame | None = None  # variance_review_revision
    revisions: pd.DataFrame | None = None  # variance_review_revisions
    lines: pd.DataFrame | None = None  # variance_review_changed_lines: what has changed since


class Rolled(NamedTuple):
    """The revision beside the one before, rep by rep, in the record of all; what has changed in closed months."""

    table: pd.DataFrame  # variance_review_revision
    reps: pd.DataFrame  # variance_review_revision_reps
    revisions: pd.DataFrame  # variance_review_revisions
    changes: pd.DataFrame  # variance_review_changes
    lines: pd.DataFrame  # variance_review_changed_lines
    promises: pd.DataFrame  # variance_review_promises
    needed: Needed | None


def roll(
    figures: Figures, grid: pd.DataFrame, revised: Revised, rules: Revision, plan: PlanTerms, before: Before
) -> Rolled:
    """Carry a revision on from the review before: `grid` is table `variance_review`, `revised` the revision.

    Raises `PlanError` for pins above the cap and pins that cannot hold together.
    """
    cutoff, unit = plan.month_cutoff, int(plan.money_unit * 100)
    stop_on(pin_faults(figures, rules.pins, rules.cap, cutoff=cutoff))
    table = against_before(revised, before.revision)
    as_of = month_span(figures.closed[-1], cutoff)[1].isoformat() if figures.closed else ""
    return Rolled(
        table=table,
        reps=revise_reps(figures, revised, rules, cutoff=cutoff, unit=unit),
        revisions=record_of_revisions(table, revised, before.revisions, reason=rules.reason, as_of=as_of),
        changes=changes_since(grid, before.grid),
        lines=NO_LINES if before.lines is None else before.lines,
        promises=promise_record(figures, rules.pins, cutoff=cutoff),
        needed=needed(figures, revised, rules, cutoff=cutoff),
    )


def against_before(revised: Revised, before: pd.DataFrame | None) -> pd.DataFrame:
    """Table `variance_review_revision`: the revision, with what was asked before it and how that was met.

    `before`: this table of the review before, None where there is none. Columns month, original, actual, revised,
    `revised_before` (of a month to come what the revision before asks, of a closed one what the last revision before
    its close asked; the original where there was none), `variance` = actual - original and `variance_revised` =
    actual - revised_before of closed months, NA for months to come; fen.
    """
    table = revised.table
    asked = table.set_index("month")["original"]
    if before is not None and len(before):
        old = before.set_index("month")
        known = old["revised_before"] if "revised_before" in old else old["original"]
        asked = old["revised"].where(old["actual"].isna(), known).astype("int64").reindex(asked.index)
    found = table.assign(revised_before=asked.to_numpy(dtype="int64"))
    return found.assign(
        variance=found["actual"] - found["original"], variance_revised=found["actual"] - found["revised_before"]
    )


def record_of_revisions(
    table: pd.DataFrame, revised: Revised, before: pd.DataFrame | None, *, reason: str, as_of: str
) -> pd.DataFrame:
    """Table `variance_review_revisions`: the revisions of the reviews before and this one, numbered.

    `table` is `against_before`'s, `before` this table of the review before, `as_of` the month end as ISO text. One
    row per month end: `year` (the revised year), `missing` (negative: a surplus), `promised`, `placed`, `unplaced`,
    `kept`, `ahead` (what the months to come are asked), `difference` (to what the revision before asked of the same
    months, the first to the original); fen. Earlier month ends stay as they were told.
    """
    ahead = table[table["actual"].isna()]
    asked = ahead["revised_before"]
    earlier = None if before is None or not as_of else before[pd.to_datetime(before["as_of"]) < pd.Timestamp(as_of)]
    count = 0 if earlier is None else len(earlier)
    if earlier is not None:
        earlier = earlier.assign(as_of=pd.to_datetime(earlier["as_of"]).dt.strftime("%Y-%m-%d"))
    row = {
        "number": count + 1, "as_of": as_of, "reason": reason, "year": revised.year, "missing": revised.missing,
        "promised": revised.promised, "placed": max(revised.missing, 0) - revised.unplaced,
        "unplaced": revised.unplaced, "kept": revised.kept, "ahead": int(ahead["revised"].sum()),
        "difference": int((ahead["revised"] - asked).sum()),
    }  # fmt: skip
    now = pd.DataFrame([row] if table["actual"].notna().any() else [], columns=REVISIONS)
    parts = [part.reindex(columns=REVISIONS) for part in (earlier, now) if part is not None and len(part)]
    found = pd.concat(parts, ignore_index=True) if parts else now
    money = dict.fromkeys(REVISIONS[3:], "int64")
    return found.assign(reason=found["reason"].fillna("")).astype({"number": "int64", "as_of": "str"} | money)


def needed(figures: Figures, revised: Revised, rules: Revision, *, cutoff: int | None = None) -> Needed | None:
    """What would place the rest of a shortfall: a higher cap, more of each rep, more deals, more customers.

    None where nothing is unplaced. The cap is that of every month to come that is not promised; the average deal is
    of the orders of the twelve months to the review, the average customer of those who bought in the months to come of
    the year before.
    """
    if not revised.unplaced:
        return None
    deal, customer = _average_deal(figures, cutoff), _average_customer(figures)
    reps = [rep for rep in listed_reps(figures, cutoff) if rep not in NOBODY] if figures.open else []
    cells = len(reps) * len(figures.open)
    return Needed(
        cap=_cap_for_all(figures, revised, rules),
        per_rep=-(-revised.unplaced // cells) if cells else None,
        average_deal=deal,
        deals=-(-revised.unplaced // deal) if deal and figures.open else None,
        average_customer=customer,
        customers=-(-revised.unplaced // customer) if customer and figures.open else None,
    )


def _cap_for_all(figures: Figures, revised: Revised, rules: Revision) -> Fraction | None:
    """Least cap, in thousandths, under which the months that may rise take all that is missing."""
    held = {pin.month for pin in rules.pins if pin.rep is None and pin.team is None}
    table = revised.table.set_index("month")
    free = table.loc[[month for month in figures.open if month not in held]]
    base = int(free["original"].clip(lower=0).sum())
    if base <= 0:
        return None
    rise = int((free["revised"] - free["original"]).sum()) + revised.unplaced
    return Fraction(-(-rise * STEP // base), STEP)


def _average_deal(figures: Figures, cutoff: int | None) -> int | None:
    """Mean amount of the orders of the twelve months to the review, fen; None without orders."""
    if figures.orders is None or not figures.closed or "amount" not in figures.orders:
        return None
    last = figures.closed[-1]
    first, end = month_span(add_months(last, -11), cutoff)[0], month_span(last, cutoff)[1]
    days = pd.to_datetime(figures.orders["date"])
    amounts = figures.orders.loc[(days >= pd.Timestamp(first)) & (days <= pd.Timestamp(end)), "amount"]
    sold = amounts[amounts > 0]
    return int(sold.sum()) // len(sold) or None if len(sold) else None


def _average_customer(figures: Figures) -> int | None:
    """What a customer bought on average in the months to come of the year before, fen; None where none is known."""
    months = [add_months(month, -12) for month in figures.open]
    past = figures.last_year[figures.last_year["month"].isin(months)]
    bought = amount_by(past[~past["customer"].isin(NOBODY)], "customer") if len(past) else pd.Series(dtype="int64")
    bought = bought[bought > 0]
    return int(bought.sum()) // len(bought) or None if len(bought) else None
