"""Statements of pay: what one page per rep says about the last closed month, each fen with where it is from."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.papers.counted import accruing, rebate_rates, shares
from salesplan.commission.papers.moves import held, payments_before, payments_of, released, taken_back
from salesplan.commission.papers.on_curve import with_spread
from salesplan.commission.papers.people import spell_of_month
from salesplan.commission.papers.reached import plans_of, reached
from salesplan.commission.year import Ledger, Year
from salesplan.errors import IdentityError
from salesplan.money import MICRO, times_rate
from salesplan.terms.commission import CommissionTerms

if TYPE_CHECKING:
    from salesplan.commission.results import Commission

WHO = ["name", "team", "manager", "region", "grade"]
SUMS = ["base_pay", "earned", "released", "clawback", "draw", "payable", "amount_paid"]
MONTHS = ["rep", "month", "quota", "actual", *SUMS[:-1], "held", "amount_carried", "amount_paid"]
TEXTS = ("order", "customer", "product", "original_order", "plan", "of_month", "reason")
SALE = ("tier", "rate", "extra", "per_unit", "new_product", "curve", "minimum")
GROUPS = {
    "override": ("override",),
    "taken": ("return", "bad_debt", "late", "forfeited"),
    "limits": ("cap", "cap_order"),
    "direct": ("adjustment", "contest", "inherited"),
}
# In the order in which they stand on the page.
PLACES = ("orders", "earlier", *GROUPS, "corrections")


class Statements(NamedTuple):
    """What statements are made of; frames sorted by rep, money int64 fen.

    `people`: rep, who he is, plan, the month's row of table `commission`, held_before, owed_before. `standing` and
    `ladder` as `reached` gives them. `lines`: those of the month with group (orders, earlier, override, taken, limits,
    direct, corrections), customer, approved_by, exact (0: base x rate is the amount, 1: but for a fen of
    cumulative rounding, 2: it follows another way, 3: it is spread as `with_spread` says), share (of an order that
    others have a part of) and rebate (the rate that the base is less of), unknown where the line has neither.
    `released`, `payments`, `held`, `taken` as in `moves`; `earlier` the payments before the month on orders released.
    `base_pay` of the month. `months`: the year to date. `disputes`: the rep's own. `customers`: names of customers by
    key, where they have one.
    """

    month: str
    people: pd.DataFrame
    standing: pd.DataFrame
    ladder: pd.DataFrame
    lines: pd.DataFrame
    released: pd.DataFrame
    payments: pd.DataFrame
    earlier: pd.DataFrame
    held: pd.DataFrame
    taken: pd.DataFrame
    base_pay: pd.DataFrame
    months: pd.DataFrame
    disputes: pd.DataFrame
    customers: dict[str, str]


def statements(
    result: "Commission", ledger: Ledger, year: Year, rules: CommissionTerms, disputes: pd.DataFrame
) -> Statements | None:
    """What the pages of all reps say; None before the first month is closed. Raises IdentityError where a page would
    not add up to the fen.
    """
    if not year.closed or result.table.empty:
        return None
    month = year.closed[-1]
    where = reached(result.table, result.credited, ledger, year, rules)
    lines = with_counted(_lines(result, year, ledger.adjustments), ledger, rules)
    lines = with_spread(lines, result.lines, where.standing)
    people = _people(result.table, ledger, year)
    plans = {plan.name: plan for plan in rules.plans} | plans_of(rules, month)
    whose = _last_plan(result.table)
    moved = result.releases[result.releases["month"] == month]
    paid, before = payments_of(result.payments, year), payments_before(result.payments, year)
    out = released(moved, result.orders, paid, plans, whose)
    base_pay = result.base_pay[result.base_pay["month"] == month].fillna({"of_month": ""})
    found = Statements(
        month, people, *where, lines,
        out, paid, before[before["order"].isin(out["order"])], held(result.orders, plans, whose, year),
        taken_back(moved, result.orders, lines), base_pay,
        result.table[MONTHS].sort_values(["rep", "month"], kind="stable"), disputes,
        _customers(ledger.customers),
    )  # fmt: skip
    check(found)
    return found


def _customers(customers: pd.DataFrame | None) -> dict[str, str]:
    """The latest name of each customer."""
    if customers is None or "name" not in customers:
        return {}
    named = customers.dropna(subset=["name"]).drop_duplicates("customer", keep="last")
    return dict(zip(named["customer"].astype("str"), named["name"].astype("str"), strict=True))


def _last_plan(table: pd.DataFrame) -> "pd.Series[str]":
    """The plan each rep was on last."""
    on_one = table[table["plan"].fillna("") != ""].sort_values(["rep", "month"], kind="stable")
    return on_one.groupby("rep")["plan"].last()


def _people(table: pd.DataFrame, ledger: Ledger, year: Year) -> pd.DataFrame:
    """The month's row of each rep, with the balances a month before; those with nothing to tell are left out."""
    ordered = table.sort_values(["rep", "month"], kind="stable")
    before = ordered.groupby("rep")[["held", "amount_owed"]].shift(fill_value=0)
    told = ordered.assign(held_before=before["held"], owed_before=before["amount_owed"])
    now = told[told["month"] == year.closed[-1]]
    amounts = [*SUMS, "held", "held_before", "amount_owed", "amount_carried", "quota", "actual"]
    something = (now[amounts].fillna(0) != 0).any(axis=1)
    return spell_of_month(now[something].reset_index(drop=True), ledger.reps, year, WHO)


def _lines(result: "Commission", year: Year, adjustments: pd.DataFrame | None) -> pd.DataFrame:
    """The month's lines by rep, group and order, each with its customer and how its amount follows."""
    now = result.lines[result.lines["month"] == year.closed[-1]]
    named = result.orders[result.orders["order"] != ""]
    names = named[["rep", "order", "customer"]].drop_duplicates(["rep", "order"])
    told = now.merge(names, how="left", on=["rep", "order"])
    told = told.assign(**{name: told[name].fillna("") for name in TEXTS})
    told = told.assign(group=_group(told, year), exact=_exact(told), approved_by=_approved(told, adjustments))
    rank = told["group"].map({name: place for place, name in enumerate(PLACES)})
    keys = ["rep", "rank", "date", "order"]
    return told.assign(rank=rank).sort_values(keys, kind="stable", na_position="first", ignore_index=True)


def with_counted(lines: pd.DataFrame, ledger: Ledger, rules: CommissionTerms) -> pd.DataFrame:
    """The lines with `share` and `rebate`, fractions of one; unknown where the whole order counts, and no rebate."""
    ordered = lines["rule"].isin((*SALE, "return"))
    parted = shares(ledger.order_lines)
    keys = lines[["rep", "order", "product"]].astype(object)
    share = keys.merge(parted.astype({"rep": object, "order": object, "product": object}), how="left")["share"]
    rate = lines["customer"].map(rebate_rates(ledger.customers)).astype("float64") / MICRO
    own = ordered & accruing(lines, rules)
    return lines.assign(share=share.set_axis(lines.index).where(ordered), rebate=rate.where(own))


def _approved(lines: pd.DataFrame, adjustments: pd.DataFrame | None) -> "pd.Series[str]":
    """Who approved each adjustment by hand; blank for other lines and where nobody is named."""
    blank = pd.Series("", index=lines.index, dtype="str")
    if adjustments is None or "approved_by" not in adjustments or "reason" not in adjustments:
        return blank
    keys = ["rep", "month", "reason", "amount"]
    named = adjustments.dropna(subset=[*keys, "approved_by"]).drop_duplicates(keys)
    names = lines[keys].merge(named[[*keys, "approved_by"]], how="left", on=keys)["approved_by"].fillna("")
    found: pd.Series[str] = blank.mask(lines["rule"] == "adjustment", names.astype("str").set_axis(lines.index))
    return found


def _group(lines: pd.DataFrame, year: Year) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    """Which part of the page a line stands in."""
    first = _first_day(year)
    sale = lines["rule"].isin(SALE)
    found = [lines["of_month"] != "", sale & (lines["date"] < first), sale]
    found += [lines["rule"].isin(rules) for rules in GROUPS.values()]
    return np.asarray(np.select(found, ["corrections", "earlier", "orders", *GROUPS], "direct"))


def _first_day(year: Year) -> pd.Timestamp:
    """First day of the last closed month."""
    return pd.Timestamp(calendar.month_span(year.closed[-1], year.cutoff)[0])


def _exact(lines: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Whether base x rate gives the amount (0), all but a fen (1), or not (2)."""
    known = (lines["base"].notna() & lines["rate"].notna()).to_numpy()
    base = lines["base"].fillna(0).to_numpy(dtype=np.int64)
    micro = (lines["rate"].fillna(0.0).to_numpy(dtype=np.float64) * MICRO).round().astype(np.int64)
    gap = np.abs(times_rate(base, micro) - lines["amount"].to_numpy(dtype=np.int64))
    return np.where(known, np.minimum(gap, 2), 2)


def check(found: Statements) -> None:
    """Raise IdentityError unless each page's tables add up to its sums, to the fen."""
    people = found.people.set_index("rep")
    parts = {
        "earned": (found.lines, "amount"),
        "released": (found.released, "amount"),
        "clawback": (found.taken, "amount"),
        "held": (found.held, "held"),
        "base_pay": (found.base_pay, "amount"),
    }
    for name, (frame, column) in parts.items():
        if name == "base_pay" and frame.empty:
            continue  # base pay without components is told as one amount
        sums = frame.groupby("rep")[column].sum().reindex(people.index, fill_value=0)
        wrong = people.index[sums.to_numpy(dtype=np.int64) != people[name].to_numpy(dtype=np.int64)]
        lost = set(frame.loc[frame[column] != 0, "rep"]) - set(people.index)
        if len(wrong) or lost:
            raise IdentityError(f"statement_{name}", str([*wrong, *sorted(lost)][0]))
