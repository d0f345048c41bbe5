"""What a target letter says, in words and figures that its reader can follow with a calculator."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from salesplan.conclusions.rep_allocation.action_plan import questions
from salesplan.conclusions.saying import sayer
from salesplan.rep_allocation.letters import REST
from salesplan.terms.action_plan import ActionPlan
from salesplan.wording import BLANK, Words

Row = Mapping[str, Any]
Lines = list[tuple[str, str]]
LONGEST = 170  # characters of an answer in a letter; the plan's page has all of it
FINE = 7  # decimals of a percentage that is multiplied with money
say = sayer("letter")


def letter(words: Words, rep: Row, found: Mapping[str, Sequence[Row]], *, plan: ActionPlan | None) -> dict[str, Any]:
    """Everything a letter says, as texts: `rep` a row of `Letters.reps`, `found` the rows of the other frames."""
    return {
        "name": _text(rep["name"]) or str(rep["rep"]),
        "person": _person(words, rep),
        "quota": words.money(rep["quota"]),
        "quarters": _quarters(words, found["months"]),
        "compared": _compared(words, rep),
        "bases": [_basis(words, row) for row in found["bases"]],
        "weight": _percent(words, rep["weight"]),
        "steps": list(_steps(words, rep)),
        "notes": list(_notes(words, rep, found["bases"])),
        "members": _members(words, found["members"]),
        "customers": [_customer(words, row) for row in found["customers"]],
        "activities": [_activity(words, row) for row in found["activities"]],
        "plan": _plan(words, plan),
    }


def _known(value: Any) -> bool:
    return value is not None and str(value) not in ("<NA>", "nan", "NaN", "NaT", "None", "")


def _text(value: Any) -> str:
    return str(value) if _known(value) else ""


def _percent(words: Words, share: float, places: int = FINE) -> str:
    return words.percent(round(float(share), places + 3), places)


def _person(words: Words, rep: Row) -> Lines:
    """Who he is: key, team, manager, region, grade, and the days if he is not there all year."""
    names = ("rep", "team", "manager", "region", "grade", "start", "end")
    dates = ("start", "end")
    known = [(name, rep[name]) for name in names if name in rep and _known(rep[name])]
    return [(words.column(name), str(value)[:10] if name in dates else str(value)) for name, value in known]


def _quarters(words: Words, months: Sequence[Row]) -> list[tuple[str, str, list[str]]]:
    """Quarters with their sum and the amounts of their months."""
    found = []
    for number in range(0, len(months), 3):
        part = months[number : number + 3]
        name = words.code("quarter", str(number // 3 + 1))
        amounts = [f"{words.month_short(str(row['month']))} {words.money(row['amount'], unit=False)}" for row in part]
        found.append((name, words.money(sum(int(row["amount"]) for row in part), unit=False), amounts))
    return found


def _compared(words: Words, rep: Row) -> Lines:
    """Quota beside last year's sales and the rep's own commitment."""
    found = [(say(words, "quota"), words.money(rep["quota"], unit=False))]
    for name in ("last_year", "commitment"):
        if name in rep and _known(rep[name]) and int(rep[name]) > 0:
            gap = int(rep["quota"]) - int(rep[name])
            change = _signed(words, gap / int(rep[name]))
            texts = {"amount": words.money(rep[name], unit=False), "gap": words.money(abs(gap), unit=False)}
            key = "beside_more" if gap >= 0 else "beside_less"
            found.append((say(words, name), say(words, key, change=change, **texts)))
    return found


def _signed(words: Words, change: float) -> str:
    return ("+" if change > 0 else "") + words.percent(change, 1)


def _basis(words: Words, row: Row) -> tuple[str, str, str, str, str]:
    """A basis: its name, the rep's amount or count, his share of it, its weight, and share x weight."""
    amount = words.number(row["count"]) if _known(row.get("count")) else BLANK
    if _known(row["value"]):
        amount = words.money(row["value"], unit=False)
    shares = [
        _percent(words, row["share"], 4),
        _percent(words, row["weight"], 2),
        _percent(words, row["weighted_share"], 4),
    ]
    return (words.code("base", row["basis"]), amount, *shares)  # type: ignore[return-value]


def _steps(words: Words, rep: Row) -> Iterator[tuple[str, str]]:
    """From the blended share to the quota, step by step; the last sums are exact to the fen."""
    weight, share = float(rep["weight"]), float(rep["carried_share"])
    money = {name: words.money(rep[f"amount_{name}"], unit=False) for name in ("pool", "shared", "raised", "agreed")}
    factor = words.number(share / weight, 8) if weight > 0 else BLANK
    key = "step_share" if _whole_year(rep) else "step_share_part"
    yield say(words, key, weight=_percent(words, weight), factor=factor), _percent(words, share)
    yield say(words, "step_shared", pool=money["pool"], share=_percent(words, share)), money["shared"]
    if rep["amount_projects"]:
        projects = words.money(rep["amount_projects"], unit=False)
        yield say(words, "step_projects", projects=projects), money["raised"]
    if rep["amount_agreed"]:
        yield say(words, _agreed(rep)), money["agreed"]
    if rep["amount_transferred"]:
        key = "step_taken" if rep["amount_transferred"] > 0 else "step_given"
        yield say(words, key), words.money(rep["amount_transferred"], unit=False)
    yield say(words, "step_quota"), words.money(rep["quota"], unit=False)
    texts = {"base": words.money(rep["base"], unit=False), "over": words.money(rep["amount_over"], unit=False)}
    yield say(words, "step_base", **texts), words.money(rep["quota"], unit=False)


def _whole_year(rep: Row) -> bool:
    """Whether he is there all year at full strength."""
    return float(rep["ramp_share"]) >= 1 - 1e-9


def _agreed(rep: Row) -> str:
    """Where the difference to the rule is from: quotas handed down, months that led, his own agreement, rounding, or
    what others' agreements leave to him.
    """
    if rep["cause"]:
        return f"step_{rep['cause']}"
    if rep["pinned"]:
        return "step_pinned"
    return "step_rounding" if abs(rep["amount_agreed"]) <= 100 else "step_left"


def _notes(words: Words, rep: Row, bases: Sequence[Row]) -> Iterator[str]:
    """What stands in for missing data, and what part of the year he carries."""
    codes = sorted({str(row["substitute"]) for row in bases if _text(row["substitute"])})
    if codes:
        yield say(words, "substitutes", names=words.list([words.code("replaced", code) for code in codes]))
    if not _whole_year(rep):
        yield say(words, "part_year", share=words.percent(rep["ramp_share"], 1))


def _members(words: Words, rows: Sequence[Row]) -> list[tuple[str, Lines]]:
    """Products and channels with their part of the quota."""
    found: dict[str, Lines] = {}
    for row in rows:
        name = say(words, "other") if row["member"] == REST else words.code("member", str(row["member"]))
        found.setdefault(words.column(str(row["dimension"])), []).append((name, words.money(row["amount"], unit=False)))
    return list(found.items())


def _customer(words: Words, row: Row) -> tuple[str, str, str]:
    name = (
        say(words, "other")
        if row["customer"] == REST
        else _text(row["customer_name"]) or words.code("member", str(row["customer"]))
    )
    return name, _text(row["grade"]), words.money(row["amount"], unit=False)


def _activity(words: Words, row: Row) -> tuple[str, str, str]:
    """An activity: its name, how many in the year, and a month on average."""
    count = float(row["count"])
    return words.code("activity", str(row["activity"])), words.number(count), words.number(count / 12, 1)


def _plan(words: Words, plan: ActionPlan | None) -> Lines:
    """The five questions, each answer in one line."""
    if plan is None:
        return []
    joined = [(question, words("mark.clause").join(answers)) for question, answers in questions(words, plan)]
    return [(question, text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…") for question, text in joined]
