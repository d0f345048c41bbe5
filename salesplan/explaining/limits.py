"""Where a limit or a manager's part made an amount: before, limit and after, so that the figures redo it."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from salesplan import commission
from salesplan.commission.exact import FAR, boundary
from salesplan.commission.working import of_team
from salesplan.explaining.formula import Figure, money, number, total
from salesplan.explaining.paid import Pay, or_amount, summed, text
from salesplan.explaining.parts import Line
from salesplan.explaining.tiers import asked_and_counted
from salesplan.money import to_fen

AFTER_LIMITS = (
    "override", "cap", "cap_order", "minimum", "late", "bad_debt", "forfeited", "adjustment", "contest",
)  # fmt: skip
BESIDE = ("adjustment", "contest")  # what a draw does not count as commission


# ---------------------------------------------------------------- a manager's part


def override_lines(pay: Pay) -> Iterator[Line]:
    """What a manager earns on his team: its quota, its sales, where each rate begins; the lines are in the table."""
    plan = pay.plan
    if plan is None or plan.override is None or not (pay.rows("commission_lines")["rule"] == "override").any():
        return
    earning = commission.team_earning_of(pay.ground, plan, pay.place)
    months, closed = pay.grounds.step("commission").months, pay.ground.year.closed
    asked, counted = asked_and_counted(pay, of_team(plan))
    path = ("plans", pay.place, "override")
    yield Line("override", {"scope": plan.override.scope, "semantics": plan.override.semantics},
               place=pay.grounds.place("commission", path))  # fmt: skip
    quotas = [int(earning.standing.quotas[pay.row, months.index(month)]) for month in asked]
    sold = [int(earning.measured[pay.row, closed.index(month)]) for month in counted]
    quota, actual = sum(quotas), sum(sold)
    yield Line("override_quota", _span(asked), summed(quotas, quota))
    yield Line("override_actual", {"basis": plan.measure_basis, **_span(counted)}, summed(sold, actual))
    if quota > 0:
        yield Line("attainment", formula=(money(actual) / money(quota)).to(6).text)
    starts = earning.starts(pay.number)[:, pay.row].tolist()
    reached = sum(actual >= start for start in starts) - 1
    for step, tier in enumerate(plan.override.tiers):
        begins = int(boundary(tier.from_, [quota])[0])
        told = {"from": number(tier.from_).text, "rate": number(tier.rate).text}
        state = "reached" if step <= max(reached, 0) else "shut" if starts[step] >= FAR else "open"
        figure = number(tier.from_) * money(quota)
        yield Line(f"override_tier_{state}", told, or_amount(figure, begins),
                   pay.grounds.place("commission", (*path, "tiers", step)))  # fmt: skip


def _span(months: list[str]) -> dict[str, str]:
    return {"first": months[0] if months else "", "last": months[-1] if months else ""}


# ---------------------------------------------------------------- least and most of an order


def order_lines(pay: Pay) -> Iterator[Line]:
    """Orders whose commission was cut to the most of an order, or raised to the least, in the month."""
    plan, lines = pay.plan, pay.rows("commission_lines")
    if plan is None:
        return
    table = pay.grounds.table("commission_lines")
    own = table[(table["rep"] == pay.rep) & (table["month"] <= pay.month) & (table["of_month"].fillna("") == "")]
    for row in lines[lines["rule"].isin(["cap_order", "minimum"])].to_dict("records"):
        if not text(row["of_month"]):
            yield from _of_order(pay, own[own["order"] == row["order"]], row)


def _of_order(pay: Pay, own: pd.DataFrame, row: Any) -> Iterator[Line]:
    """Limit − what its lines earned to date = what is cut or added to date; of which in this month."""
    plan, rule = pay.plan, str(row["rule"])
    assert plan is not None
    before = ("minimum",) if rule == "cap_order" else ()  # the least comes first, the most cuts what it left
    gross = own[~own["rule"].isin([name for name in AFTER_LIMITS if name not in before])]["amount"]
    moved = own[own["rule"] == rule]
    key = "cap_per_order" if rule == "cap_order" else "minimum_per_order"
    limit, to_date = getattr(plan, key), int(moved["amount"].sum())
    place = pay.grounds.place("commission", ("plans", pay.place, key))
    if limit is None:
        return
    told = {"order": text(row["order"]), "worth": money(to_fen(limit)).text}
    earned = total([money(int(fen)) for fen in gross]).to(2) if len(gross) > 1 else None
    if earned is not None:
        yield Line("order_earned", told, earned.text)
    if to_date:
        yield Line(f"order_{rule}", told, or_amount(money(to_fen(limit)) - money(int(gross.sum())), to_date), place)
    else:
        yield Line("order_within", told, money(0).text, place)
    earlier = int(moved.loc[moved["month"] < pay.month, "amount"].sum())
    if earlier:
        yield Line("cap_month", {"month": pay.month}, (money(to_date) - money(earlier)).to(2).text)


# ---------------------------------------------------------------- the least wage


def least_wage_lines(pay: Pay, row: Any, components: list[int]) -> Iterator[Line]:
    """The least wage of the days there, the pay before anything is taken back, and what is missing."""
    wage, rules = None, pay.rules.minimum_wage
    if rules is None:
        return
    region = _region(pay)
    named = region in rules.regions
    wage = to_fen(rules.regions[region] if named else rules.amount)
    place = pay.grounds.place("commission", ("minimum_wage", "regions", region) if named else ("minimum_wage",))
    least, figure = int(row["base"]), money(wage)
    days, of = int(row["days"]), int(row["days_of_month"])
    part: Figure = figure * number(days) / number(of) if days != of else figure
    told = {"days": days, "of": of}
    yield Line("least_wage", told, or_amount(part, least), place)
    before = [*components, pay.fen("released"), max(pay.fen("draw"), 0)]
    yield Line("least_before", formula=summed(before, sum(before)))
    yield Line("least_missing", formula=or_amount(money(least) - money(sum(before)), int(row["amount"])))


def _region(pay: Pay) -> str:
    reps = pay.grounds.step("commission").reps()
    found = reps[reps["rep"] == pay.rep]
    return text(found["region"].iloc[-1]) if "region" in found and len(found) else ""


def draw_lines(pay: Pay) -> Iterator[Line]:
    """The advance up to the draw or what is recovered above it, and what is owed after the month."""
    draw, owed, plan = pay.fen("draw"), pay.fen("amount_owed"), pay.plan
    if not draw:
        return
    least = to_fen(plan.draw.amount) if plan is not None and plan.draw is not None else 0
    lines = pay.rows("commission_lines")
    beside = int(lines.loc[lines["rule"].isin(BESIDE), "amount"].sum())
    moved = pay.fen("released") + pay.fen("clawback")
    there = money(moved) - money(beside) if beside else money(moved)
    there = there if moved > beside else money(0)
    place = pay.grounds.place("commission", ("plans", pay.place, "draw")) if least else ""
    yield Line("draw", {"owed": money(owed).text}, or_amount(money(least) - there, draw), place)
    last = pay.own[pay.own["month"] < pay.month]["amount_owed"]
    before = int(last.iloc[-1]) if len(last) and pd.notna(last.iloc[-1]) else 0
    left = money(before) + money(draw)
    for name in ("amount_granted", "amount_forgiven"):
        left = left - money(pay.fen(name)) if pay.fen(name) else left
    yield Line("draw_owed", formula=or_amount(left, owed))


def paid_lines(pay: Pay) -> Iterator[Line]:
    """What is paid out: payable and what earlier months left to recover, but never less than the least wage."""
    carried, paid, least = (pay.fen(name) for name in ("amount_carried", "amount_paid", "amount_least"))
    if paid == pay.fen("payable"):
        return
    told = {"carried": money(carried).text}
    both = money(pay.fen("payable")) + money(carried) if carried else money(pay.fen("payable"))
    if pay.fen("payable") + carried == paid:
        yield Line("paid", told, both.to(2).text)
        return
    yield Line("paid_before", told, both.to(2).text)
    yield Line("paid_least", {"worth": money(least).text}, money(paid).text)
    rest = (both - money(paid)).to(2)
    yield Line("paid_carried", formula=rest.text)
