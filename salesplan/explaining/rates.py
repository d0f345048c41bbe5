"""What moved a rate or an amount beside the tiers: special rates, members' own rates, new products, cap, contests."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from salesplan.explaining.formula import Figure, money, number, total
from salesplan.explaining.paid import Pay, or_amount, summed, text
from salesplan.explaining.parts import Line
from salesplan.money import MICRO, to_fen
from salesplan.terms.commission import SpecialRate

CONDITIONS = ("product", "line", "customer_grade", "region", "channel")
KINDS = ("factor", "rate", "extra", "per_unit")
OWN = ("tier", "rate", "curve", "per_unit")  # what a rep earns on an order himself
AFTER_CAP = ("override", "cap", "late", "bad_debt", "forfeited", "adjustment", "contest")  # what a cap does not count


# ---------------------------------------------------------------- special rates


def rate_lines(pay: Pay, lines: pd.DataFrame) -> Iterator[Line]:
    """The special rates and the new-product bonus that lines of the month were paid at, each with its place."""
    plan = pay.plan
    if plan is None or not plan.tiers:
        return
    used = sorted({found for row in lines.to_dict("records") if (found := _special(pay, row)) >= 0})
    for at in used:
        special = plan.special_rates[at]
        kind = next(name for name in KINDS if getattr(special, name) is not None)
        members = [value for name in CONDITIONS if (value := getattr(special, name)) is not None]
        told = {"number": at + 1, "members": members, "worth": number(getattr(special, kind)).text}
        key = f"special_{kind}" + ("_new" if special.new_product else "")
        yield Line(key, told, place=pay.grounds.place("commission", ("plans", pay.place, "special_rates", at)))
    if (lines["rule"] == "new_product").any():
        path = ("plans", pay.place, "new_product_bonus")
        yield Line("new_product", {"worth": number(plan.new_product_bonus).text},
                   place=pay.grounds.place("commission", path))  # fmt: skip
        yield from _launches(pay, lines.loc[lines["rule"] == "new_product", "product"].unique().tolist())


def _launches(pay: Pay, products: list[str]) -> Iterator[Line]:
    """When the new products were launched, and where it stands."""
    table = pay.grounds.inputs.tables.get("products")
    for at, row in enumerate(table.to_pylist() if table is not None else []):
        if row["product"] in products and row.get("launch") is not None:
            told = {"product": row["product"], "start": row["launch"]}
            yield Line("launched", told, place=pay.grounds.at("products", at))


def _special(pay: Pay, line: Any) -> int:
    """Number of the special rate that a line of the tiers, or of a rate of its own, was paid at; -1 without one."""
    if line["rule"] not in ("tier", "extra", "rate", "per_unit") or pay.plan is None or not pay.plan.special_rates:
        return -1
    found = _events(pay, line)["special"].unique()
    at = int(found[0]) if len(found) == 1 else -1
    kinds = {"tier": "factor", "extra": "extra", "rate": "rate", "per_unit": "per_unit"}
    return at if at >= 0 and getattr(pay.plan.special_rates[at], kinds[line["rule"]]) is not None else -1


def _events(pay: Pay, line: Any) -> pd.DataFrame:
    """The credited lines behind a commission line: those of its order and product."""
    found = pay.events
    own: pd.DataFrame = found[(found["order"] == text(line["order"])) & (found["product"] == text(line["product"]))]
    return own


def rate_text(pay: Pay, line: Any) -> str:
    """How a tier's rate became the rate of a line: tier rate x factor, or the rate of a member; else blank."""
    plan = pay.plan
    if line["rule"] != "tier" or plan is None or pd.isna(line["rate"]):
        return ""
    tier = next((tier for tier in plan.tiers if float(tier.from_) == line["tier_from"]), None)
    rate = number(f"{line['rate']:.9f}")
    if tier is None or number(tier.rate).value == rate.value:
        return ""
    at = _special(pay, line)
    for member, own in [("", tier.rate), *sorted(tier.rates.items())]:
        made = _moved(own, plan.special_rates[at] if at >= 0 else None)
        if made.to(6).result.value == rate.value:
            return f"{member} {made.text} = {rate.text}".strip() if at >= 0 else f"{member} {rate.text}"
    return rate.text


def _moved(rate: Any, special: SpecialRate | None) -> Figure:
    return number(rate) * number(special.factor) if special is not None and special.factor else number(rate)


def per_unit_text(pay: Pay, line: Any) -> str:
    """Units x amount per unit; the amount alone where several lines of one product stand behind it."""
    fen, at = int(line["amount"]), _special(pay, line)
    events = _events(pay, line)
    per_unit = pay.plan.special_rates[at].per_unit if pay.plan is not None and at >= 0 else None
    same = events[events["amount"] == int(line["base"])] if len(events) > 1 else events
    if per_unit is None or len(same) != 1:
        return money(fen).text
    units = number(f"{int(same['units'].iloc[0]) / MICRO:.6f}".rstrip("0").rstrip("."))
    return or_amount(units * money(to_fen(per_unit)), fen)


# ---------------------------------------------------------------- the cap of the period


def cap_lines(pay: Pay) -> Iterator[Line]:
    """What the cap cut in the period to date, and this month's part of it."""
    plan = pay.plan
    if plan is None or plan.cap is None:
        return
    table = pay.grounds.table("commission_lines")
    months = pay.period_to_date
    own = table[(table["rep"] == pay.rep) & table["month"].isin(months) & (table["of_month"].fillna("") == "")]
    cut = own[own["rule"] == "cap"]
    if cut.empty:
        return
    place = pay.grounds.place("commission", ("plans", pay.place, "cap"))
    to_date = int(cut["amount"].sum())
    own = own[~of_team(own)]
    counted = own.loc[~own["rule"].isin(AFTER_CAP), "amount"].astype("int64").tolist()
    gross = sum(counted)
    told = {"first": months[0], "last": months[-1], "worth": money(to_fen(plan.cap)).text}
    if to_fen(plan.cap) - gross == to_date:
        yield Line("cap_before", told, summed(counted, gross))
    yield Line("cap", told, or_amount(money(to_fen(plan.cap)) - money(gross), to_date), place)
    before = int(cut.loc[cut["month"] < pay.month, "amount"].sum())
    if before:
        yield Line("cap_month", {"month": pay.month}, (money(to_date) - money(before)).to(2).text)


def of_team(lines: pd.DataFrame) -> "pd.Series[bool]":
    """Which lines are a manager's part on orders of others, returns of them included."""
    team, own = (set(lines.loc[mask, "order"]) for mask in (lines["rule"] == "override", lines["rule"].isin(OWN)))
    return (lines["rule"] == "override") | lines["order"].isin(team - own)


# ---------------------------------------------------------------- contests


def contest_lines(pay: Pay) -> Iterator[Line]:
    """The prizes of the month: measure, place among how many, and the prizes that places share."""
    ranking = pay.grounds.table("commission_ranking")
    won = ranking[(ranking["rep"] == pay.rep) & (ranking["month"] == pay.month) & (ranking["prize"] > 0)]
    contests = {contest.name: at for at, contest in enumerate(pay.rules.contests)}
    for row in won.to_dict("records"):
        at = contests.get(str(row["contest"]), -1)
        if at < 0:
            continue
        contest, where = pay.rules.contests[at], int(row["place"])
        told = {"name": contest.name, "measure": contest.measure, "value": number(row["value"]).text,
                "least": number(contest.least).text, "number": where, "count": int(row["count"])}  # fmt: skip
        same = ranking[(ranking["contest"] == row["contest"]) & (ranking["period"] == row["period"])]
        tied = int((same["place"] == where).sum())
        prizes = [money(to_fen(prize)) for prize in contest.prizes[where - 1 : where - 1 + tied]]
        shared = total(prizes) / number(tied) if tied > 1 else prizes[0]
        place = pay.grounds.place("commission", ("contests", at))
        yield Line("contest", told, or_amount(shared, int(row["prize"])), place)
