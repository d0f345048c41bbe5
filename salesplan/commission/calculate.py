"""Commission of a year: credit, earn, release, pay; one plan after the other, then one table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission import closing, notes, pay
from salesplan.commission.accounts import Cash
from salesplan.commission.book import Book, make_book
from salesplan.commission.credit import credit
from salesplan.commission.earning import sums
from salesplan.commission.holds import check
from salesplan.commission.inherited import inherited
from salesplan.commission.payments import payments_of
from salesplan.commission.results import (
    LINES,
    ORDERS,
    PAYMENTS,
    PREPAID,
    RELEASES,
    Commission,
    lines_of,
    nothing,
    orders_of,
    payments_table,
    releases_of,
    stacked,
    texts,
)  # fmt: skip
from salesplan.commission.roster import Roster, make_roster
from salesplan.commission.settlement import settle
from salesplan.commission.working import Ground, Part, work
from salesplan.commission.year import Ledger, Note, Year
from salesplan.terms.commission import CommissionTerms


def calculate(ledger: Ledger, year: Year, rules: CommissionTerms) -> Commission:
    """Commission of the closed months of a year.

    earned = lines net of returns, cap and bonus; held = held before + earned - released - clawback;
    payable = base_pay + released + clawback + draw; a negative payable is carried to the next month. Every line and
    slice is rounded once, half away from zero. Without plans, reps or quotas the tables are empty and a note says
    why. Raises IdentityError if an identity breaks.
    """
    left_out = notes.left_out(ledger, rules)
    if left_out or ledger.reps is None or ledger.quotas is None:
        return nothing(left_out)
    if not year.closed:
        return nothing([Note("no_actuals")])
    result = worked_out(ledger, year, rules)
    check(result.table, result.lines, result.orders)
    return result


def worked_out(ledger: Ledger, year: Year, rules: CommissionTerms) -> Commission:
    """Commission of the closed months."""
    ground = make_ground(ledger, year, rules)
    parts = [part for place, plan in enumerate(rules.plans) for part in work(ground, plan, place)]
    grid = grid_of(ground, parts)
    credited = _credited(ledger, year)
    beside = pay.beside(ledger, year, rules, pay.Sales(credited, grid, _cash(ground, rules), ledger.products))
    passed_on = inherited(ground, parts)
    lines = stacked([lines_of(ground, parts), passed_on.lines, beside.lines], LINES, ["rep", "month"])
    moved = stacked(
        [releases_of(ground, parts), passed_on.releases, beside.releases], RELEASES, ["rep", "month", "order"]
    )
    stood = closing.settled(lines, moved, ledger.closed, ledger.corrections, year.closed)
    lines, moved = stood.lines, stood.releases
    names = ["earned", "released", "clawback"]
    totals = moved.groupby(["rep", "month"])[names].sum().reset_index()
    cut = lines[lines["rule"].isin(["cap", "cap_order"])].groupby(["rep", "month"])["amount"].sum()
    apart = lines[lines["rule"].isin(["adjustment", "contest"])].groupby(["rep", "month"])["amount"].sum()
    for name, sums_of in (("amount_cut", cut), ("amount_beside", apart)):
        totals = totals.merge(sums_of.rename(name).reset_index(), how="left", on=["rep", "month"])
        totals = totals.assign(**{name: totals[name].fillna(0).astype("int64")})
    grid = closing.with_closed_reps(grid, ledger.closed, year.closed)
    paid = pay.pay_table(grid, totals, ledger, year, rules, frozen=closing.frozen(ledger.closed, year.closed))
    waits = stood.closed is not None and not stood.month
    due = pay.pay_table(grid, totals, ledger, year, rules) if waits else paid
    corrections = closing.all_corrections(stood, due.base_pay, ledger)
    said = [*notes.notes(ground, rules), *beside.notes, *notes.unscored(int(paid.base_pay["assumed"].sum()))]
    said += closing.notes(corrections)
    rest = ground.cash.settlement.prepaid
    prepaid = rest.assign(customer=ground.book.text("customer", rest["customer"].to_numpy()))
    return Commission(
        paid.table,
        lines,
        closing.as_closed(stacked([orders_of(ground, parts)], ORDERS, ["rep", "date", "order"]), stood),
        prepaid.astype(PREPAID),
        said,
        paid.base_pay,
        beside.ranking,
        moved,
        stacked([payments_table(ground)], PAYMENTS, ["customer", "date", "order"]),
        credited,
        corrections,
    )


def make_ground(ledger: Ledger, year: Year, rules: CommissionTerms) -> Ground:
    """Book, settlement and roster of a year: what all plans work on."""
    roster = make_roster(ledger, year, rules)
    book = make_book(ledger, year, bills=rules.bills)
    settlement = settle(book, ledger.products, year, all_orders=ledger.orders is not None)
    labels = [calendar.add_months(year.months[0], -1), *year.closed]
    ends = np.array([np.datetime64(calendar.month_span(month, year.cutoff)[1]) for month in labels])
    ends = ends.astype("datetime64[D]").astype(np.int64)
    payments = payments_of(book, settlement, ends)
    orders = book.orders
    cash = Cash(settlement, payments, orders["day"].to_numpy(), ends, book.owed, orders["at"].to_numpy())
    return Ground(ledger, year, book, roster, cash, _own_lines(book, roster), rules.plans)


def _own_lines(book: Book, roster: Roster) -> pd.DataFrame:
    """The book's lines of the roster's reps, `rep` being the number in the roster and `line` the row."""
    number = roster.numbers(book.labels["rep"])[book.lines["rep"].to_numpy()]
    rows, known = book.lines.assign(rep=number.astype(np.int32)), number >= 0
    own = rows if known.all() else rows[known].reset_index(drop=True)
    return own.assign(line=np.arange(len(own), dtype=np.int32))


def grid_of(ground: Ground, parts: Sequence[Part]) -> pd.DataFrame:
    """One row per rep with a plan and closed month: rep, month, plan (place, -1 none), quota, actual."""
    roster, months = ground.roster, ground.year.closed
    count = len(months)
    actual = np.zeros_like(roster.quotas)
    for part in parts:
        if part.rule != "override":
            actual = np.where(roster.plan == part.place, part.actual, actual)
    kept = np.flatnonzero((roster.plan >= 0).any(axis=1))
    return pd.DataFrame(
        {
            "rep": texts(roster.names, np.repeat(kept, count)),
            "month": texts(np.array(months, dtype=object), np.tile(np.arange(count), len(kept))),
            "plan": roster.plan[kept, :count].ravel(),
            "quota": roster.quotas[kept, :count].ravel(),
            "actual": actual[kept, :count].ravel(),
        }
    )


def _credited(ledger: Ledger, year: Year) -> pd.DataFrame:
    """The credited order lines of the closed months."""
    lines = ledger.order_lines
    closed = lines["month"].isin(year.closed) if "month" in lines else None
    return lines if closed is None or closed.all() else lines[closed]


def _cash(ground: Ground, rules: CommissionTerms) -> pd.DataFrame | None:
    """What was collected on each rep's orders by month, where a contest asks for it: rep, month, amount."""
    if not any(contest.measure == "collected" for contest in rules.contests):
        return None
    events = credit(ground.lines, "collected", ground.cash.settlement)
    months = ground.year.closed
    table = sums(events["rep"], events["at"], events["amount"], (len(ground.roster.names), len(months)))
    rep, month = np.nonzero(table)
    names = texts(ground.roster.names, rep)
    return pd.DataFrame(
        {"rep": names, "month": texts(np.array(months, dtype=object), month), "amount": table[rep, month]}
    )
