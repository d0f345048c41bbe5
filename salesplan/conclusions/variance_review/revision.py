"""The rolling revision in sentences: what is asked of whom, against the revision before, and what does not fit."""

from collections.abc import Iterator, Mapping

import pandas as pd

from salesplan.apportion import MANAGER, UNASSIGNED
from salesplan.conclusions.saying import first_names, row_at, sayer
from salesplan.variance_review.revisions import Needed, Rolled
from salesplan.wording import BLANK, Words

NAMED = 3
say = sayer("revision")


def revision(words: Words, rolled: Rolled) -> list[str]:
    """What the revision asks, of whom, how it differs from the one before, and what would place the rest."""
    if rolled.revisions.empty:
        return []
    return [
        *_record(words, row_at(rolled.revisions, -1)),
        *(_closed(words, rolled.table) if len(rolled.revisions) > 1 else ()),
        *_promises(words, rolled.promises),
        *_reps(words, rolled.reps),
        *_needed(words, rolled.needed, rolled.revisions),
    ]


def _record(words: Words, last: pd.Series) -> Iterator[str]:
    """The revision's number and reason; what the months to come are asked, and by how much that is more."""
    if int(last["ahead"]) == 0:
        return
    key = "number_reason" if str(last["reason"]) else "number"
    yield say(words, key, number=int(last["number"]), reason=str(last["reason"]))
    more, against = int(last["difference"]), "before" if int(last["number"]) > 1 else "original"
    kind = "more" if more > 0 else "less" if more < 0 else "same"
    ahead, amount = words.money(last["ahead"]), words.money(abs(more))
    yield say(words, f"asked_{kind}", ahead=ahead, amount=amount, against=say(words, f"against_{against}"))
    if int(last["promised"]):
        yield say(words, "promised", amount=_signed(words, int(last["promised"])))


def _closed(words: Words, table: pd.DataFrame) -> Iterator[str]:
    """The last closed month against the original and against what the revision before asked of it."""
    closed = table[table["actual"].notna()]
    last = row_at(closed, -1)
    yield say(
        words,
        "closed",
        month=words.month(str(last["month"])),
        actual=words.money(last["actual"]),
        original=words.money(last["original"]),
        gap=_signed(words, int(last["variance"])),
        revised=words.money(last["revised_before"]),
        gap_revised=_signed(words, int(last["variance_revised"])),
    )


def _promises(words: Words, promises: pd.DataFrame) -> Iterator[str]:
    """How many promises of months that are over were kept, and the one missed by most."""
    over = promises.dropna(subset=["actual"])
    if over.empty:
        return
    missed = over[over["variance"] < 0].sort_values(["variance", "month"], kind="stable")
    yield say(words, "promises", count=len(over), kept=len(over) - len(missed))
    if len(missed):
        worst = row_at(missed, 0)
        who = words.person(str(worst["rep"])) if worst["rep"] else str(worst["team"])
        amounts = {name: words.money(abs(worst[name])) for name in ("amount", "actual", "variance")}
        yield say(words, "promise_missed", who=who, month=words.month(str(worst["month"])), **amounts)


def _reps(words: Words, reps: pd.DataFrame) -> Iterator[str]:
    """Who must bring most beyond their quotas, and what no rep may take."""
    ahead = reps[reps["actual"].isna()]
    more = (ahead["revised"] - ahead["original"]).groupby(ahead["rep"]).sum().sort_index()
    people = more[~more.index.isin([MANAGER, UNASSIGNED]) & (more > 0)].sort_values(ascending=False, kind="stable")
    if len(people):
        named = [f"{words.person(str(rep))} +{words.money(fen)}" for rep, fen in people.head(NAMED).items()]
        yield say(words, "reps", count=len(people), names=words.list(named))
    if int(more.get(UNASSIGNED, 0)) > 0:
        yield say(words, "nobody", amount=words.money(more[UNASSIGNED]))


def _needed(words: Words, found: Needed | None, record: pd.DataFrame) -> Iterator[str]:
    """What it would take to place the rest of the shortfall."""
    if found is None:
        return
    ways = []
    if found.cap is not None:
        ways.append(say(words, "need_cap", cap=words.percent(found.cap.numerator / found.cap.denominator)))
    if found.per_rep is not None:
        ways.append(say(words, "need_per_rep", amount=words.money(found.per_rep)))
    if found.deals is not None:
        ways.append(say(words, "need_deals", count=found.deals, average=words.money(found.average_deal)))
    if found.customers is not None:
        average = words.money(found.average_customer)
        ways.append(say(words, "need_customers", count=found.customers, average=average))
    unplaced = words.money(row_at(record, -1)["unplaced"])
    if ways:
        yield say(words, "needed", unplaced=unplaced, ways=say(words, "or").join(ways))
    else:
        yield say(words, "needed_nothing", unplaced=unplaced)


def changes(words: Words, rolled: Rolled, before: Mapping[str, str], plan: str) -> list[str]:
    """Closed months whose actual is no longer what the review before saw, and the orders that make most of it.

    `before` is the step's `review_before`, `plan` the plan's folder.
    """
    found = rolled.changes
    if not before:
        return [say(words, "no_review_before")]
    if found.empty:
        return [say(words, "no_changes")]
    sums = found.groupby("month")[["amount_before", "amount_now", "difference"]].sum()
    said = [
        say(
            words,
            "changed",
            month=words.month(str(month)),
            before=words.money(row["amount_before"]),
            now=words.money(row["amount_now"]),
            difference=_signed(words, int(row["difference"])),
            count=int((found["month"] == month).sum()),
            reps=first_names(words, "revision.and_others", _people(words, found, str(month)), NAMED),
        )
        for month, row in sums.iterrows()
    ]
    run = f"{plan.rstrip('/').rsplit('/', 1)[-1]}/{before['run']}"
    return [*said, *_lines(words, rolled.lines), say(words, "changed_rows", run=run)]


def _lines(words: Words, lines: pd.DataFrame) -> Iterator[str]:
    """The orders that changed most."""
    if lines.empty:
        return
    parts = [
        say(
            words,
            "changed_line",
            order=str(row["order"]) or BLANK,
            date=words.date(row["date"]),
            before=words.money(row["amount_before"]),
            now=words.money(row["amount_now"]),
        )
        for _, row in lines.head(NAMED).iterrows()
    ]
    yield say(words, "changed_lines", count=len(lines), orders=say(words, "line_mark").join(parts))


def _people(words: Words, found: pd.DataFrame, month: str) -> list[str]:
    return [words.person(str(rep)) for rep in found.loc[found["month"] == month, "rep"]]


def _signed(words: Words, fen: int) -> str:
    return ("+" if fen > 0 else "") + words.money(fen)
