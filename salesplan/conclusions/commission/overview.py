"""What a manager should take from step 4, in sentences computed from its tables."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from salesplan.commission import Commission, Note, PlanCost, by_rep, open_orders
from salesplan.conclusions.commission.cost import cost_sentences
from salesplan.wording import Words

NAMED = 8  # names listed in one sentence
# What held commission waits for, by the reason of the order.
WAITS = {
    **dict.fromkeys(("unpaid", "month_open", "milestone"), "payment"),
    **{name: name for name in ("holdback", "not_invoiced")},
}


def sentences(words: Words, *, result: Commission, cost: PlanCost | None = None) -> list[str]:
    """Headline, what is held and why, who leads, what was taken back, what the plan costs."""
    said: list[str] = []
    if len(result.table):
        said = [*_headline(words, result.table), *_held(words, result)]
    if cost is not None and cost.team["commission"].sum() > 0:
        said += cost_sentences(words, cost=cost)[:2]
    if len(result.table):
        said += [*_returned(words, result), *_leaders(words, result.table)]
    return said or warnings(words, notes=result.notes)


def warnings(words: Words, *, notes: Sequence[Note]) -> list[str]:
    """What was missing, assumed or left aside; one sentence each."""
    said = [words(f"commission.note.{note.code}", **_filled(words, note.fills)) for note in notes]
    return said or [words("commission.nothing_odd")]


def _filled(words: Words, values: Any) -> dict[str, Any]:
    shown = dict(values)
    if "amount" in shown:
        shown["amount"] = words.money(shown["amount"])
    if shown.get("month"):
        shown["month"] = words.month(shown["month"])
    for name in ("reps", "plans"):
        if name in shown:
            rest = len(shown[name]) - NAMED
            more = words("commission.and_more", count=rest) if rest > 0 else ""
            shown[name] = words.list([words.person(str(member)) for member in shown[name][:NAMED]]) + more
    return shown


def _headline(words: Words, table: pd.DataFrame) -> list[str]:
    sums = table[["payable", "base_pay", "earned", "released", "clawback", "draw"]].sum()
    sums["other"] = sums["clawback"] + sums["draw"]
    sums["commission"] = sums["released"] + sums["other"]
    told = {str(name): words.money(fen) for name, fen in sums.items()}
    return [words("commission.headline", until=words.month(table["month"].max()), **told)]


def _returned(words: Words, result: Commission) -> list[str]:
    """Commission taken back, adjustments by hand apart, and advances still to be recovered."""
    said, table = [], result.table
    by_hand = int(result.lines.loc[result.lines["rule"] == "adjustment", "amount"].clip(upper=0).sum())
    taken = int(table["clawback"].sum()) - by_hand
    for key, fen in (("clawed_back", taken), ("adjusted_down", by_hand)):
        if fen < 0:
            said.append(words(f"commission.{key}", amount=words.money(-fen)))
    if (table["draw"] != 0).any():
        last = table.sort_values("month").groupby("rep")["amount_owed"].last().sum()
        said.append(words("commission.drawn", draw=words.money(table["draw"].sum()), owed=words.money(last)))
    return said


def _held(words: Words, result: Commission) -> list[str]:
    waiting = open_orders(result.orders)
    held = by_rep(result.table)["held"].sum()
    if not held:
        return []
    first = waiting.iloc[0]
    return [
        words(
            "commission.held_now",
            held=words.money(held),
            count=_counted(words, waiting),
            parts=words.list(_waits(words, result.orders)),
        ),
        words(
            "commission.held_most" if first["amount_due"] > first["amount_paid"] else "commission.held_most_paid",
            rep=words.person(first["rep"]),
            order=first["order"],
            held=words.money(first["held"]),
            due=words.money(first["amount_due"] - first["amount_paid"]),
        ),
    ]


def _counted(words: Words, waiting: pd.DataFrame) -> str:
    """How many orders wait; where several reps have a part of one, also the rows that the table lists."""
    orders, rows = waiting["order"].nunique(), len(waiting)
    told = {"count": words.number(orders), "rows": words.number(rows)}
    return words("commission.orders_of_several" if rows > orders else "commission.orders_counted", **told)


def _waits(words: Words, orders: pd.DataFrame) -> list[str]:
    """What is held, by what it waits for; the parts sum to all that is held."""
    kind = orders["reason"].map(WAITS).fillna("other")
    sums = orders["held"].groupby(kind).sum().reindex(["payment", "holdback", "not_invoiced", "other"], fill_value=0)
    return [words(f"commission.held_waits_{name}", amount=words.money(fen)) for name, fen in sums.items() if fen]


def _leaders(words: Words, table: pd.DataFrame) -> list[str]:
    reps = by_rep(table)
    best, total = reps.iloc[0], int(reps["earned"].sum())
    if best["earned"] <= 0 or len(reps) < 2:
        return []
    return [
        words(
            "commission.leader",
            rep=words.person(best["rep"]),
            earned=words.money(best["earned"]),
            share=words.percent(best["earned"] / total),
        )
    ]
