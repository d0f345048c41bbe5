"""What a manager should take from what is paid beside commission: base pay, draws, least wage, contests, the last."""

from collections.abc import Iterator

import pandas as pd

from salesplan.commission import Commission
from salesplan.commission.pay import base_pay_parts, by_component, latest_ranking, winners
from salesplan.terms.pay import MINIMUM
from salesplan.wording import Words
from salesplan.wording.periods import period

NAMED = 6  # reps named in one sentence


def base_pay_sentences(words: Words, *, result: Commission) -> list[str]:
    """What of base pay was not reached and why, what was topped up, advanced, struck off, adjusted and is carried."""
    found = [*_components(words, result.base_pay), *_draws(words, result.table), *_carried(words, result)]
    return found or [words("commission.no_base_pay")]


def _components(words: Words, rows: pd.DataFrame) -> Iterator[str]:
    if rows.empty:
        return
    parts = by_component(base_pay_parts(rows))
    full, missing = int(parts["full"].sum()), int(parts["amount_missing"].clip(lower=0).sum())
    paid = words.money(rows["amount"].sum())
    if missing:
        worst = parts.sort_values("amount_missing", kind="stable").iloc[-1]
        told = {"missing": words.money(missing), "share": words.percent(missing / full)}
        component = words.code("component", str(worst["component"]))
        yield words("commission.base_pay_missed", paid=paid, component=component,
                    most=words.money(worst["amount_missing"]), **told)  # fmt: skip
    else:
        yield words("commission.base_pay_whole", paid=paid)
    yield from _beside_components(words, rows)


def _beside_components(words: Words, rows: pd.DataFrame) -> Iterator[str]:
    """Months in part, top-ups to the least wage, differences to months closed for good."""
    part = rows[(rows["days"] < rows["days_of_month"]) & (rows["component"] != MINIMUM)]
    if len(part):
        count = len(part.drop_duplicates(["rep", "month"]))
        yield words("commission.part_months", count=count, reps=_names(words, part["rep"]))
    topped = rows[rows["component"] == MINIMUM]
    if len(topped):
        amount = words.money(topped["amount"].sum())
        yield words("commission.topped_up", count=len(topped), amount=amount, reps=_names(words, topped["rep"]))
    late = rows[rows["of_month"] != ""]
    if len(late):
        yield words("commission.made_good", amount=words.money(late["amount"].sum()), reps=_names(words, late["rep"]))


def _draws(words: Words, table: pd.DataFrame) -> Iterator[str]:
    for name in ("granted", "forgiven"):
        own = table[table[f"amount_{name}"] != 0] if f"amount_{name}" in table else table.head(0)
        if len(own):
            amount = words.money(own[f"amount_{name}"].sum())
            yield words(f"commission.{name}", amount=amount, reps=_names(words, own["rep"]))


def _carried(words: Words, result: Commission) -> Iterator[str]:
    """Adjustments by hand, and negative pay that is carried into the next month."""
    adjusted = result.lines[result.lines["rule"] == "adjustment"]
    if len(adjusted):
        amount = words.money(adjusted["amount"].sum())
        yield words("commission.adjusted", count=len(adjusted), amount=amount, reps=_names(words, adjusted["rep"]))
    last = result.table[result.table["month"] == result.table["month"].max()]
    left = last["payable"] + last["amount_carried"] - last["amount_paid"]
    if (left < 0).any():
        yield words("commission.carried_on", amount=words.money(-left.sum()), reps=_names(words, last["rep"][left < 0]))


def ranking_sentences(words: Words, *, ranking: pd.DataFrame) -> list[str]:
    """Who leads the ranking, who is to be talked with, and what each contest has paid."""
    return [*_leaders(words, ranking), *_flags(words, ranking), *_contests(words, ranking)] or [
        words("commission.no_ranking")
    ]


def _leaders(words: Words, ranking: pd.DataFrame) -> Iterator[str]:
    latest = latest_ranking(ranking)
    if len(latest):
        first = latest[latest["place"] == 1]
        key = "leads" if first["complete"].all() else "leads_so_far"
        value = words.percent(first["value"].iloc[0])
        told = {"period": period(words, first["period"].iloc[0]), "value": value, "count": len(latest)}
        yield words(f"commission.{key}", reps=_names(words, first["rep"]), **told)
        if first["ramping"].any():
            yield words("commission.leads_ramping", reps=_names(words, first.loc[first["ramping"], "rep"]))


def _flags(words: Words, ranking: pd.DataFrame) -> Iterator[str]:
    for label, flagged in ranking[ranking["flag"]].groupby("period"):
        yield words("commission.flagged", period=period(words, str(label)), reps=_names(words, flagged["rep"]))


def _contests(words: Words, ranking: pd.DataFrame) -> Iterator[str]:
    for (name, label), best in winners(ranking).groupby(["contest", "period"], sort=False):
        told = {"contest": name, "period": period(words, str(label))}
        won = best[best["prize"] > 0]
        if len(won):
            prizes = [
                words("commission.prize_of", rep=words.person(rep), prize=words.money(prize))
                for rep, prize in zip(won["rep"], won["prize"], strict=True)
            ]
            yield words("commission.contest_won", prizes=words.list(prizes), **told)
        elif len(best):
            yield words("commission.contest_runs", reps=_names(words, best["rep"]), **told)


def _names(words: Words, reps: "pd.Series[str]") -> str:
    """Names of reps, each once, the first of them."""
    known = list(dict.fromkeys(reps))
    more = words("commission.and_more", count=len(known) - NAMED) if len(known) > NAMED else ""
    return words.list([words.person(str(rep)) for rep in known[:NAMED]]) + more
