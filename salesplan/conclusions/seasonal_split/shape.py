"""What to take from odd months of the history, launches, events, pins and project business."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.saying import sayer
from salesplan.money import to_fen
from salesplan.seasonal_split.abnormal import YEAR_LEAST, Unusual
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.terms.shape import Pin
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("seasonal_split")
MOST_GIVERS = 3
NOT_PLACED = ("small", "outside", "unlikely", "unknown")


def unusual_sentences(words: Words, found: Unusual) -> list[str]:
    """The rule in words, every month that stands out, years unlike the others, and which months to exclude."""
    if found.years.empty:
        return [_say(words, "unusual_short")]
    odd = found.months[found.months["state"] != "usual"]
    least = words.percent(YEAR_LEAST, 0)
    said = [_say(words, "unusual_rule", least=least), *(_odd_month(row, words) for row in odd.to_dict("records"))]
    said += [_odd_year(row, words) for row in found.years.to_dict("records") if row["state"] == "abnormal"]
    suggested = odd.loc[odd["state"] == "suggested", "month"].tolist()
    if suggested:
        said.append(_say(words, "unusual_suggest", months=", ".join(suggested)))
    return said if len(said) > 1 else [*said, _say(words, "unusual_none")]


def _odd_month(row: dict[Any, Any], words: Words) -> str:
    values = {"share": words.percent(row["share"]), "usual": words.percent(row["usual"])}
    return _say(words, f"unusual_{row['state']}", month=words.month(row["month"]), **values)


def _odd_year(row: dict[Any, Any], words: Words) -> str:
    values = {"distance": words.percent(row["distance"]), "usual": words.percent(row["usual"])}
    amounts = {"amount": words.money(row["amount"]), "expected": words.money(row["expected"])}
    return _say(words, "unusual_year", year=row["year"], **values, **amounts)


def launch_sentences(words: Words, table: "pd.DataFrame", rest: int) -> list[str]:
    """What each launch was assumed to be; the `rest` of the target, less launches and projects, goes by the season."""
    if table.empty:
        return [_say(words, "no_launches")]
    amount = int(table["amount"].sum())
    values = {"amount": words.money(amount), "rest": words.money(rest)}
    return [*(_launch(row, words) for row in table.to_dict("records")), _say(words, "launch_rest", **values)]


def _launch(row: dict[Any, Any], words: Words) -> str:
    start = words.date(row["start"].date()) if row["start"] == row["start"] and row["start"] is not None else None
    values = {"member": row["member"], "amount": words.money(row["amount"]), "like": row["like"]}
    since = _say(words, "launch_start", start=start) if start else _say(words, "launch_no_start")
    return _say(words, f"launch_{row['season']}", start=since, **values)


def event_sentences(words: Words, table: "pd.DataFrame", moves: "pd.DataFrame") -> list[str]:
    """Per event how much comes in, into which months, and which months give most."""
    if table.empty:
        return [_say(words, "no_events")]
    rows = zip(table.to_dict("records"), range(len(table)), strict=True)
    return [_event(row, moves.iloc[place * 12 : place * 12 + 12], words) for row, place in rows]


def _event(row: dict[Any, Any], moves: "pd.DataFrame", words: Words) -> str:
    named = {"event": row["event"], "member": row["member"] or _say(words, "event_all")}
    if not row["amount"]:
        return _say(words, "event_nothing", **named)
    into, out = moves[moves["amount"] > 0], moves[moves["amount"] < 0]
    amount = words.money(row["amount"])
    if row["rise_share"] < 0:
        months = words.list([words.month_short(month) for month in out["month"]])
        return _say(words, "event_lowers", **named, amount=amount, months=months, count=len(into))
    givers = out.sort_values(["amount", "month"]).head(MOST_GIVERS)
    shown = [
        f"{words.month_short(m)} {words.money(-a)}" for m, a in zip(givers["month"], givers["amount"], strict=True)
    ]
    months = words.list([words.month_short(month) for month in into["month"]])
    values = {"amount": amount, "into": months, "givers": words.list(shown), "count": len(out)}
    return _say(words, "event_moves", **named, **values)


def pin_sentences(words: Words, rules: SeasonalSplitTerms) -> list[str]:
    """Every amount fixed by agreement; the rest fits around."""
    if not rules.pins:
        return [_say(words, "no_pins")]
    pinned = [_pin(pin, words) for pin in rules.pins]
    return [_say(words, "pins", pins=words.list(pinned))]


def _pin(pin: Pin, words: Words) -> str:
    period = words.month(pin.month) if pin.month else _say(words, "pin_year")
    if pin.quarter:
        period = _say(words, "pin_quarter", quarter=pin.quarter)
    where = " ".join(pin.members.values()) or _say(words, "pin_company")
    return _say(words, "pin", where=where, period=period, amount=words.money(to_fen(pin.amount)))


def project_sentences(
    words: Words, deals: "pd.DataFrame", left_out: "pd.DataFrame", rules: SeasonalSplitTerms, target: int, rest: int
) -> list[str]:
    """What is planned apart and what is not, and what left the season.

    `left_out`: the ledger's big orders; `rest`: what of the `target` goes by the season, launches and projects apart.
    """
    if rules.projects is None:
        return [_say(words, "no_projects")]
    size = words.money(to_fen(rules.projects.from_))
    past = {"count": left_out["order"].nunique(), "amount": words.money(int(left_out["amount"].sum())), "size": size}
    history = _say(words, "projects_past" if len(left_out) else "projects_past_none", **past)
    if deals.empty:
        return [_say(words, "projects_no_table"), history]
    placed = deals[deals["placed"] > 0]
    amount = int(placed["placed"].sum())
    values = {"amount": words.money(amount), "share": words.percent(amount / target if target else None)}
    by_season = words.money(rest)
    said = _say(words, f"projects_{rules.projects.weigh}", count=len(placed), size=size, rest=by_season, **values)
    return [said, *_not_placed(deals, rules, words), history]


def _not_placed(deals: "pd.DataFrame", rules: SeasonalSplitTerms, words: Words) -> list[str]:
    found = []
    for state in NOT_PLACED:
        these = deals[deals["state"] == state]
        if len(these):
            names = words.list(these["project"].tolist())
            values = {"count": len(these), "projects": names, "amount": words.money(int(these["amount"].sum()))}
            least = words.percent(rules.projects.min_probability if rules.projects else None, 0)
            found.append(_say(words, f"projects_{state}", least=least, **values))
    return found


def shape_sentences(
    words: Words, found: Unusual, launched: "pd.DataFrame", deals: "pd.DataFrame", target: int
) -> list[str]:
    """For the manager, in short: months to leave out of the history, what rests on launches and projects."""
    said = []
    suggested = found.months.loc[found.months["state"] == "suggested", "month"].tolist()
    if suggested:
        said.append(_say(words, "unusual_suggest", months=", ".join(suggested)))
    parts: Sequence[tuple[str, int]] = (
        ("launches", int(launched["amount"].sum())),
        ("projects", int(deals["placed"].sum())),
    )
    for name, amount in parts:
        if amount:
            values = {"amount": words.money(amount), "share": words.percent(amount / target if target else None)}
            said.append(_say(words, f"apart_{name}", **values))
    return said
