"""The pay of a rep and month: measure and tiers, every credited line, what cash released, base pay, and the sum."""

from decimal import Decimal
from typing import Any

import pandas as pd

from salesplan import calendar
from salesplan.commission.papers.counted import rebate_rates
from salesplan.errors import IdentityError
from salesplan.explaining.formula import Figure, money, number, total
from salesplan.explaining.limits import draw_lines, least_wage_lines, order_lines, override_lines, paid_lines
from salesplan.explaining.paid import Pay, or_amount, summed, text
from salesplan.explaining.parts import Grid, Line, Part
from salesplan.explaining.rates import cap_lines, contest_lines, per_unit_text, rate_lines, rate_text
from salesplan.explaining.tiers import measured_part
from salesplan.money import MICRO, from_fen
from salesplan.terms.pay import MINIMUM


def pay_parts(pay: Pay) -> list[Part]:
    """The chain of one rep's pay in a month; the last line is `payable` of table commission."""
    parts = [measured_part(pay), _earned(pay), _released(pay), _base(pay), _result(pay)]
    return [part for part in parts if part.lines]


def _earned(pay: Pay) -> Part:
    """Every line of the month: order, where it stands in the file, base x rate = amount; and what moved a rate."""
    lines, splits, rebates = pay.rows("commission_lines"), _splits(pay), _rebates(pay)
    rows = []
    for line in lines.to_dict("records"):
        order, product = text(line["order"]), text(line["product"])
        counted = [splits.get(order, ""), rebates.get(order, ""), rate_text(pay, line), _calculation(pay, line)]
        named = [order, product, str(line["rule"]), text(line["of_month"])]
        rows.append([*named, *counted, _rows_of(pay, order, product)])
    amounts = lines["amount"].astype("int64").tolist()
    told = [*override_lines(pay), *rate_lines(pay, lines), *order_lines(pay), *cap_lines(pay), *contest_lines(pay)]
    told.append(Line("earned", {"count": len(lines)}, summed(amounts, pay.fen("earned"))))
    heads = ("order", "product", "rule", "of_month", "share", "rebate", "rate_made", "calculation", "place")
    maybe = ("of_month", "share", "rebate", "rate_made")
    used = [at for at, head in enumerate(heads) if head not in maybe or any(row[at] for row in rows)]
    grid = Grid([heads[at] for at in used], [[row[at] for at in used] for row in rows]) if rows else None
    return Part("earned", told, grid)


def _calculation(pay: Pay, line: Any) -> str:
    """Base x rate, or units x amount per unit; the amount alone where neither made it."""
    fen = int(line["amount"])
    if line["rule"] == "per_unit":
        return per_unit_text(pay, line)
    if pd.isna(line["base"]) or pd.isna(line["rate"]):
        return money(fen).text
    return or_amount(money(int(line["base"])) * number(f"{line['rate']:.9f}"), fen)


def _rebates(pay: Pay) -> dict[str, str]:
    """What his plan takes off each order for its customer's rebate, by order: the base is the amount less this."""
    if pay.plan is None or pay.plan.rebates != "accrued":
        return {}
    rates = rebate_rates(pay.grounds.step("commission").input("customers"))
    orders = pay.grounds.table("commission_orders")
    own = orders[orders["rep"] == pay.rep]
    known = own["customer"].astype("str").map(rates)
    pairs = zip(own["order"][known.notna()], known[known.notna()].astype("int64"), strict=True)
    return {order: f"{number(Decimal(rate) * 100 / MICRO).text}%" for order, rate in pairs}


def _splits(pay: Pay) -> dict[str, str]:
    """His share of the orders that are shared, by order."""
    table = pay.grounds.inputs.tables.get("credit_splits")
    if table is None:
        return {}
    own = table.to_pandas()
    own = own[own["rep"] == pay.rep]
    return {order: number(share).text for order, share in zip(own["order"], own["share"], strict=True)}


def _rows_of(pay: Pay, order: str, product: str) -> str:
    """Where the lines of an order stand in the input file: those of the product, else all."""
    known = pay.grounds.order_rows
    at = known.get((order, product)) or [row for (name, _), rows in known.items() if name == order for row in rows]
    return "" if not order else pay.grounds.rows_text("sales", sorted(at))


def _released(pay: Pay) -> Part:
    """What cash set free or took back in the month, order by order, and what stays held."""
    moved = pay.rows("commission_releases")
    paid = pay.grounds.table("commission_payments")
    received = paid[paid["date"] <= _last_day(pay)].groupby("order")["amount"].sum()
    orders = pay.grounds.table("commission_orders")
    due = orders[orders["rep"] == pay.rep].drop_duplicates("order").set_index("order")["amount_due"]
    before = _before(pay)
    rows = []
    for row in moved[(moved["released"] != 0) | (moved["clawback"] != 0)].to_dict("records"):
        order = text(row["order"])
        earned = int(before["earned"].get(order, 0)) + int(row["earned"])
        how = _freed(
            earned, int(before["released"].get(order, 0)), (received.get(order), due.get(order)), int(row["released"])
        )
        rows.append([order, _known(due.get(order)), _known(received.get(order)), how, money(int(row["clawback"])).text])
    last = pay.own[pay.own["month"] < pay.month]["held"]
    held = money(int(last.iloc[-1]) if len(last) else 0) + money(pay.fen("earned"))
    held = held - money(pay.fen("released")) - money(pay.fen("clawback"))
    lines = [
        Line("released", formula=summed(moved["released"].astype("int64").tolist(), pay.fen("released"))),
        Line("clawback", formula=summed(moved["clawback"].astype("int64").tolist(), pay.fen("clawback"))),
        Line("held", formula=or_amount(held, pay.fen("held"))),
    ]
    return Part("released", lines, Grid(("order", "due", "paid", "released", "clawback"), rows, 4) if rows else None)


def _before(pay: Pay) -> pd.DataFrame:
    """What each order had earned and released before the month."""
    found = pay.grounds.table("commission_releases")
    found = found[(found["rep"] == pay.rep) & (found["month"] < pay.month)]
    return found.groupby("order")[["earned", "released"]].sum()


def _freed(earned: int, before: int, cash: tuple[Any, Any], fen: int) -> str:
    """What is released of an order: earned, in proportion to cash while some is due, less what was before."""
    paid, due = cash
    whole = paid is None or due is None or pd.isna(due) or paid >= due or due <= 0
    figure = money(earned) if whole else money(earned) * money(int(paid)) / money(int(due))
    return or_amount(figure - money(before) if before else figure, fen)


def _last_day(pay: Pay) -> pd.Timestamp:
    return pd.Timestamp(calendar.month_span(pay.month, pay.grounds.inputs.loaded.plan.month_cutoff)[1])


def _known(fen: Any) -> str:
    return "" if fen is None or pd.isna(fen) else money(int(fen)).text


def _base(pay: Pay) -> Part:
    """Base pay by component: base x weight x achieved, and the days where the month was not whole."""
    lines: list[Line] = []
    rows = pay.rows("commission_base_pay")
    own = rows[(rows["component"] != MINIMUM) & (rows["of_month"].fillna("") == "")]["amount"].astype("int64").tolist()
    for row in rows.to_dict("records"):
        if row["component"] == MINIMUM and pay.rules.minimum_wage is not None:
            lines += least_wage_lines(pay, row, own)
            continue
        fen, of_month = int(row["amount"]), text(row["of_month"])
        figure = _component(row)
        if figure is not None and of_month:
            figure = figure - money(_paid_before(pay, row, of_month))
        told = {name: "" if pd.isna(row[name]) else number(repr(row[name])).text for name in ("actual", "standard")}
        key = "component_corrected" if of_month else "component"
        how = money(fen).text if figure is None else or_amount(figure, fen)
        lines.append(Line(key, {"component": row["component"], "month": of_month, **told}, how))
    if lines or pay.fen("base_pay"):
        amounts = rows["amount"].astype("int64").tolist() or [pay.fen("base_pay")]
        lines.append(Line("base_pay", formula=summed(amounts, pay.fen("base_pay"))))
    return Part("base_pay", lines)


def _component(row: Any) -> Figure | None:
    """Base pay of the days x weight x achieved; None where one of them is not known."""
    if any(pd.isna(row[name]) for name in ("base", "weight", "achieved")):
        return None
    return money(int(row["base"])) * number(f"{row['weight']:.9f}") * number(f"{row['achieved']:.9f}")


def _paid_before(pay: Pay, row: Any, of_month: str) -> int:
    """What was paid of a component of a closed month up to now, differences included."""
    table = pay.grounds.table("commission_base_pay")
    own = table[(table["rep"] == pay.rep) & (table["component"] == row["component"]) & (table["month"] < pay.month)]
    whose = own["of_month"].fillna("").where(own["of_month"].fillna("") != "", own["month"])
    return int(own.loc[whose == of_month, "amount"].sum())


def _result(pay: Pay) -> Part:
    """Base pay + released + taken back + draw = payable, and what is paid out of it."""
    names = ("base_pay", "released", "clawback", "draw")
    payable = total([money(pay.fen(name)) for name in names]).to(2)
    if payable.result.value != from_fen(pay.fen("payable")):
        raise IdentityError("explain_pay", f"{pay.rep} {pay.month}: the parts do not make what is payable")
    lines = [*draw_lines(pay), Line("payable", formula=payable.text), *paid_lines(pay)]
    lines.append(Line("result", {"file": "tables/commission.csv"}, money(pay.fen("payable")).text))
    return Part("pay_result", lines)
