"""The target of a customer: what he usually buys, his open deals and his potential, scaled to his rep's quota."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from salesplan.errors import IdentityError
from salesplan.explaining.customer_quota import Account, account_lines
from salesplan.explaining.formula import FINE, Figure, money, number, real, share, total
from salesplan.explaining.ground import Grounds
from salesplan.explaining.parts import Line, Part
from salesplan.explaining.quota import agreed
from salesplan.rep_allocation.portfolio.customer_amounts import typical_ratio
from salesplan.rep_allocation.portfolio.customers import Portfolio, open_deals, portfolio_of

CLOSE = 1e-3  # fen, by which a step of six decimals may be off
SLACK = 1e-6  # of very large amounts


class Customer:
    """What the target of one customer came from: a row for each rep and spell of the plan year."""

    def __init__(self, grounds: Grounds, customer: str) -> None:
        self.grounds, self.customer = grounds, customer
        table = grounds.table("rep_allocation_customers")
        self.told = table[(table["customer"] == customer) & (table["kind"] != "new")]

    @cached_property
    def portfolio(self) -> Portfolio:
        """All customers as step 3 has them."""
        ground = self.grounds.ground
        return portfolio_of(ground.given, self.grounds.table("rep_allocation"), rules=ground.rules)

    @property
    def rows(self) -> pd.DataFrame:
        """His rows: one per rep and spell."""
        rows = self.portfolio.rows
        return rows[rows["customer"] == self.customer]

    def row(self, at: Any) -> tuple[Any, Any]:
        """A row, and what it can carry at each step."""
        return self.portfolio.rows.loc[at], self.portfolio.wished.loc[at]

    @property
    def reps(self) -> list[str]:
        """Who holds him in the plan year."""
        return sorted(set(self.told["rep"]))

    @property
    def name(self) -> str:
        """What people call him, where that is not his key."""
        names = self.told["customer_name"].dropna().astype("str")
        return names.iloc[0] if len(names) and names.iloc[0] != self.customer else ""

    @property
    def amount(self) -> int:
        """His target of the year, fen."""
        return int(self.told["amount"].sum())


def customer_parts(own: Customer) -> list[Part]:
    """His usual year; then per rep and spell what can be expected of him, and the rep's quota over his customers."""
    parts, amounts = [Part("customer_usual", list(_usual(own)))], []
    for at in own.rows.index:
        row, _ = own.row(at)
        account = Account(own.grounds, own.portfolio, at)
        told = {"rep": row["rep"], "first": row["start"].date(), "last": row["end"].date()}
        lines = [*_expected(own, at), *account_lines(account)]
        parts.append(Part("customer_row", lines, values=told))
        amounts.append(account.amount)
    if sum(amounts) != own.amount:
        raise IdentityError("explain_customer", f"{own.customer}: computed again it is not what the run's table says")
    result = total([money(fen) for fen in amounts]).to(2).text
    return [*parts, Part("result", [Line("result", {"file": "tables/rep_allocation_customers.csv"}, result)])]


# ---------------------------------------------------------------- a usual year


def _usual(own: Customer) -> Iterator[Line]:
    """The mean share of the company's sales in the years since he first bought x the company's last year."""
    kind, yearly = str(own.rows["kind"].iloc[0]), own.portfolio.yearly
    if kind != "existing" or own.customer not in yearly.index:
        yield Line("customer_lapsed" if kind == "lapsed" else "customer_new_potential")
        return
    recency = own.grounds.ground.rules.recency
    years = sorted(map(int, yearly.columns), reverse=True)
    bought: Any = yearly.loc[own.customer]
    began = next((back for back in years if bought[back]), 0)
    parts, weights = [], []
    for back in years:
        weight = recency[-back] if back <= len(recency) else 0
        if back <= began and weight:
            parts.append(number(weight) * (money(bought[back]) / money(int(yearly[back].sum()))))
            weights.append(weight)
    usual = float(own.rows["usual"].iloc[0])
    place = own.grounds.place("rep_allocation", ("recency",))
    if not parts or usual <= 0:
        yield Line("customer_usual", {"count": len(parts)}, real(usual).text, place)
        return
    whole = money(int(yearly[1].sum()))
    found = (total(parts) / number(sum(weights)) * whole).to(FINE)
    yield Line("customer_usual", {"count": len(parts)}, agreed(found, usual), place)


# ---------------------------------------------------------------- what can be expected of him


def _expected(own: Customer, at: Any) -> Iterator[Line]:
    """What is kept, open deals beyond it, and what can be developed, each of the part of the year held."""
    row, wished = own.row(at)
    part, usual = share(float(row["part"])), real(float(row["usual"]))
    yield Line("customer_part", {"held": number(round(float(row["months_held"]), 6)).text}, part.text)
    if row["kind"] == "existing":
        yield Line("customer_kept", formula=_exactly(usual * part, wished["kept"]))
    if row["pipeline"]:
        yield from _deals(own, at)
    yield from _developed(own, at)


def _exactly(figure: Figure, fen: float) -> str:
    """The arithmetic where it leads there, else the amount alone."""
    found = figure.to(FINE)
    return (
        found.text if abs(float(found.result.value) * 100 - fen) < 1e-3 * max(1.0, abs(fen) * 1e-6) else real(fen).text
    )


def _deals(own: Customer, at: Any) -> Iterator[Line]:
    """Open deals that close in the plan year: expected value, and what is beyond what he keeps buying."""
    (row, wished), given = own.row(at), own.grounds.ground.given
    deals = open_deals(given)
    mine = deals[(deals["customer"] == own.customer) & deals["month"].isin(given.months) & deals["expected"].notna()]
    rows = own.grounds.inputs.tables["opportunities"]["project"].to_pylist()
    for deal in mine.to_dict("records"):
        place = own.grounds.at("opportunities", rows.index(deal["project"])) if deal["project"] in rows else ""
        figure = money(int(deal["amount"])) * number(f"{deal['probability']:.9f}")
        yield Line("customer_deal", {"name": deal["project"]}, _exactly(figure, float(deal["expected"])), place)
    yield Line("customer_pipeline", formula=real(float(row["pipeline"])).text)
    if wished["pipeline"]:
        beyond = real(float(row["pipeline"])) - real(float(wished["kept"])) if wished["kept"] else None
        text = _exactly(beyond, wished["pipeline"]) if beyond else real(wished["pipeline"]).text
        yield Line("customer_beyond", formula=text)


def _developed(own: Customer, at: Any) -> Iterator[Line]:
    """Part of the potential that is left; of who never bought what a new customer brings in his first year."""
    (row, wished), fresh = own.row(at), own.portfolio.fresh
    part, found = share(float(row["part"])), float(wished["developed"])
    potential = _potential(own, at)
    if potential is None:
        if found:
            figure = money(fresh.first_year or 0) * part
            yield Line("customer_first_year", formula=_exactly(figure, found))
        return
    line, figure = potential
    usual = real(float(row["usual"])) if row["kind"] == "existing" else None
    left = (figure - usual if usual else figure) * part
    left = left - real(float(wished["pipeline"])) if wished["pipeline"] else left
    rules = own.grounds.ground.rules.customer_targets
    place = own.grounds.place("rep_allocation", ("customer_targets", "potential_share"))
    told = {"share": number(rules.potential_share).text}
    yield line
    if left.value <= 0:
        yield Line("customer_full", told, left.to(FINE).text, place)
    else:
        yield Line("customer_developed", told, _exactly(left * number(rules.potential_share), found), place)


def _potential(own: Customer, at: Any) -> tuple[Line, Figure] | None:
    """His potential: declared, of his grade's usual multiple, or his best year; None where nothing is known."""
    row, _ = own.row(at)
    if not np.isnan(row["potential"]):
        names = own.grounds.inputs.tables["customers"]["customer"].to_pylist()
        where = own.grounds.at("customers", names.index(own.customer)) if own.customer in names else ""
        figure: Figure = real(float(row["potential"]))
        return Line("customer_potential", formula=money(round(float(row["potential"]))).text, place=where), figure
    if row["kind"] == "existing":
        times: Any = typical_ratio(own.portfolio.rows).loc[at]
        if np.isnan(times):
            return None
        found = (real(float(row["usual"])) * share(float(times))).to(FINE)
        return Line("customer_typical", {"grade": row["grade"] or ""}, found.text), found.result
    if row["kind"] == "lapsed":
        figure = real(float(row["best"]))
        return Line("customer_best", formula=figure.text), figure
    return None
