"""What the proofs of the plans say: probes in words, jumps of pay, and what a plan tempts people to do."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesplan import calendar
from salesplan.commission import Proof, Shift
from salesplan.conclusions.commission.plan_in_words import exact, plain, start_text
from salesplan.conclusions.saying import each_row, sayer
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

say = sayer("commission")
PERCENT = ("curve", "gate", "milestones", "holdback", "override", "new_product", "rounding", "base_pay")
MONEY = ("cap", "cap_order", "minimum", "draw", "guarantee")
JUMPS = ("tier", "curve", "gate", "override")


def proof_rows(words: Words, *, proof: Proof) -> "pd.DataFrame":
    """The probes as people read them: plan, rule, case, amount (fen), worked, readings; each name once."""
    import pandas as pd

    measures = {setting.plan.name: setting.plan.measure for setting in proof.settings}
    columns = ["plan", "rule", "case", "amount", "worked", "readings"]
    table = proof.table
    rows = []
    numbers = table["used"].cumsum()
    for _, group in table.groupby(numbers, sort=False):
        own = group.iloc[0]
        asked = _asked(words, own, measures[own["plan"]])
        rows.append((own["plan"], own["rule"], asked, own["amount"], own["worked"], _readings(words, group)))
    found = pd.DataFrame(rows, columns=columns)
    again = found["plan"] == found["plan"].shift()
    same = again & (found["rule"] == found["rule"].shift())
    return found.assign(plan=found["plan"].mask(again, ""), rule=found["rule"].mask(same, ""))


def _asked(words: Words, row: Any, measure: str) -> str:
    """What a probe asks: how it stands to the boundary, and the amount, day or month itself."""
    own = f"commission.probe_{row['rule']}_{row['probe']}"
    label = words.get(own) or words.get(f"commission.probe_{row['probe']}", str(row["probe"]))
    text = label.format(boundary=_boundary(words, row, measure))
    return text + words("mark.colon") + say(words, f"measure_{row['unit']}", value=_measured(words, row))


def _boundary(words: Words, row: Any, measure: str) -> str:
    start: Decimal | None = row["boundary"]
    if start is None:
        return ""
    if row["rule"] == "tier":
        return start_text(words, start, measure)
    if row["rule"] in MONEY:
        return words.money(int(start * 100))
    return exact(start) if row["rule"] in PERCENT else plain(start)


def _measured(words: Words, row: Any) -> str:
    value: Decimal = row["measure"]
    if row["unit"] == "currency":
        return words.number(value, 2)
    return exact(round(value, 7)) if row["unit"] == "share" else words.number(value)


def _readings(words: Words, group: "pd.DataFrame") -> str:
    """The other readings: what each gives and by how much it differs; those that give the same together."""
    others = group.iloc[1:]
    same = [words.code("reading", name) for name in others["reading"][others["gap"] == 0]]
    told = [
        say(
            words,
            "reading_more" if int(row.gap) > 0 else "reading_less",
            reading=words.code("reading", row.reading),
            amount=words.money(row.amount, unit=False),
            gap=words.money(abs(row.gap), unit=False),
        )
        for row in each_row(others[others["gap"] != 0])
    ]
    same_text = [say(words, "reading_same", readings=words.list(same))] if same else []
    return words("mark.clause").join([*told, *same_text])


# ---------------------------------------------------------------- what a plan tempts people to do


def proof_sentences(words: Words, *, proof: Proof) -> list[str]:
    """Per plan: on which quota the probes stand, jumps, orders moved and split; then which plans invite nothing."""
    said: list[str] = []
    calm: list[str] = []
    for setting in proof.settings:
        name = setting.plan.name
        key = "proof_quota" if setting.real else "proof_quota_made_up"
        period = words.code("choice", "quarter" if setting.plan.period == "ytd" else setting.plan.period)
        said.append(say(words, key, plan=name, quota=words.money(setting.quota), period=period))
        own = proof.table[proof.table["plan"] == name]
        found = [*_jumps(words, own, setting.plan.measure), *_moved(words, name, proof.shifts), *_splits(words, own)]
        said += found
        if not any(shift.plan == name and shift.gain > 0 for shift in proof.shifts):
            calm.append(name)
    if calm:
        said.append(say(words, "proof_calm", plans=words.list(calm)))
    return said


def jumps(table: "pd.DataFrame") -> "pd.DataFrame":
    """What one more fen at each boundary changes: plan, rule, boundary, amount (just below), jump (fen)."""
    own = table[table["used"] & table["rule"].isin(JUMPS) & table["probe"].isin(["below", "at"])]
    keys = ["plan", "rule", "boundary"]
    wide = own.pivot_table(index=keys, columns="probe", values="amount", aggfunc="first", sort=False)
    if wide.empty:
        return own.assign(jump=0)[["plan", "rule", "boundary", "amount", "jump"]]
    steps = wide.assign(jump=wide["at"] - wide["below"], amount=wide["below"]).reset_index()
    return steps[["plan", "rule", "boundary", "amount", "jump"]]


def _jumps(words: Words, own: "pd.DataFrame", measure: str) -> Iterator[str]:
    steps = jumps(own)
    up, down = steps[steps["jump"] > 1], steps[steps["jump"] < 0]
    name = own["plan"].iloc[0] if len(own) else ""
    for key, found in (("proof_cliff", up.sort_values("jump", ascending=False)), ("proof_regressive", down)):
        if len(found):
            row = found.iloc[0]
            ends = {"below": row["amount"], "at": row["amount"] + row["jump"], "jump": abs(row["jump"])}
            values: dict[str, Any] = {end: words.money(fen) for end, fen in ends.items()}
            values |= {"count": len(found), "plan": name}
            yield say(words, key, start=_boundary(words, row, measure), **values)
    if len(steps) and up.empty and down.empty:
        yield say(words, "proof_no_cliff", plan=name)


def _moved(words: Words, name: str, found: tuple[Shift, ...]) -> Iterator[str]:
    for shift in found:
        if shift.plan == name and shift.gain > 0:
            yield _shift(words, shift)


def _shift(words: Words, shift: Shift) -> str:
    """A worked example with both periods."""
    spans = [span(words, month, shift.length) for month in shift.months]
    amounts = {"first": shift.first, "second": shift.second, "order": shift.order, "kept": shift.kept}
    amounts |= {"moved": shift.moved, "gain": shift.gain}
    amounts |= {"first_quota": shift.quotas[0], "second_quota": shift.quotas[1]}
    texts = {key: words.money(fen) for key, fen in amounts.items()}
    key = "proof_hold" if shift.hold else "proof_pull"
    return say(words, key, plan=shift.plan, first_span=spans[0], second_span=spans[1], **texts)


def span(words: Words, month: str, length: int) -> str:
    """A period by its months: 1月, or 1月至3月."""
    first = words.month_short(month)
    if length == 1:
        return first
    return say(words, "span", start=first, end=words.month_short(calendar.add_months(month, length - 1)))


def _splits(words: Words, own: "pd.DataFrame") -> Iterator[str]:
    """What splitting an order in two gains, where a rule of the order makes it."""
    for rule in ("cap_order", "minimum"):
        two = own[(own["rule"] == rule) & (own["reading"] == "two_orders") & (own["gap"] > 0)]
        if len(two):
            row = two.sort_values("gap", ascending=False).iloc[0]
            values = {"order": words.money(int(row["measure"] * 100)), "two": words.money(row["amount"])}
            values |= {"one": words.money(row["amount"] - row["gap"]), "gain": words.money(row["gap"])}
            yield say(words, f"proof_split_{rule}", plan=row["plan"], **values)
