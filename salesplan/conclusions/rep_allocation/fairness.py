"""What a manager should take from the fairness page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.rep_allocation.quotas import named
from salesplan.conclusions.saying import sayer
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

SHARES = ("stretch", "probability", "likely_share", "exceptions", "stretch_spread", "probability_spread")
LEAST_MOVED = 0.001  # of all quotas: less is rounding
RELIEVED = 0.02  # of what the rule gives: less is not said of a rep
MOST = 6  # reps named in one sentence
say = sayer("rep_allocation")


def expectation(words: Words, parts: "pd.DataFrame") -> list[str]:
    """How what is expected of the reps adds up to what is expected of the company; `parts` of `expected_parts`."""
    if parts.empty:
        return [say(words, "expected_alone")]
    amounts = dict(zip(parts["part"], parts["amount"].astype("int64"), strict=True))
    texts = {name: words.money(fen) for name, fen in amounts.items()}
    key = "expected_adds_projects" if amounts["projects"] else "expected_adds"
    found = [say(words, key, **texts)]
    return [*found, say(words, "expected_nobody", nobody=texts["nobody"])] if _matters(amounts) else found


def _matters(amounts: dict[str, int]) -> bool:
    """Whether more than a trace of what is expected of the company is expected of nobody."""
    return abs(amounts["nobody"]) > 0.001 * abs(amounts["company"])


def fairness(words: Words, reps: "pd.DataFrame", measures: "pd.DataFrame") -> list[str]:
    """Which measures of the fairness page are outside what is usual, who is far from his peers, whom others relieve."""
    known = measures.set_index("measure")
    return [
        *_verdict(known, words),
        *_odds(known, reps, words),
        *_far(reps, words),
        *_exceptions(known, reps, words),
    ]


def _verdict(known: "pd.DataFrame", words: Words) -> Iterator[str]:
    outside = [str(name) for name in known.index[known["state"] == "watch"]]
    judged = int(known["state"].isin(("ok", "watch")).sum())
    if not judged:
        yield say(words, "fairness_unknown")
    elif outside:
        values = {name: _value(known, name, words) for name in outside}
        texts = [say(words, "measure_value", name=words.code("measure", name), value=values[name]) for name in outside]
        yield say(words, "fairness_watch", count=len(outside), judged=judged, measures=words.list(texts))
    else:
        yield say(words, "fairness_ok", judged=judged)


def _value(known: "pd.DataFrame", name: str, words: Words) -> str:
    value: Any = known.loc[name, "value"]
    if name == "far":
        return words.number(value)
    return words.percent(value, 0) if name in SHARES else words.number(value, 2)


def _odds(known: "pd.DataFrame", reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    if known.loc["stretch", "count"]:
        texts = {name: _value(known, name, words) for name in ("stretch", "likely_share", "probability")}
        yield say(words, "fairness_odds", **texts)
    changed = reps[reps["growth"].notna()]
    if len(changed) > 1:
        ordered = changed.sort_values(["growth", "rep"])
        ends = {"least": ordered.head(1), "most": ordered.tail(1)}
        values = {f"{key}_rep": named(row, words) for key, row in ends.items()}
        values |= {key: _signed(row["growth"].iloc[0], words) for key, row in ends.items()}
        yield say(words, "fairness_growth", **values)


def _signed(change: float, words: Words) -> str:
    return ("+" if change > 0 else "") + words.percent(change, 0)


def _far(reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    for far in ("harder", "easier"):
        group = reps[reps["far"] == far]
        if len(group):
            yield say(words, f"far_{far}", count=len(group), reps=named(group, words))
    if len(reps) and (reps["peers"] == "").all():
        yield say(words, "no_peers")


def _exceptions(known: "pd.DataFrame", reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    """How much agreements moved, and who carries clearly less than the rule would give him."""
    share = float(known["value"]["exceptions"])
    if not share > LEAST_MOVED:
        yield say(words, "exceptions_none")
        return
    moved = reps.assign(moved=reps["quota"] - reps["amount_rule"])
    less = moved[moved["moved"] < -RELIEVED * moved["amount_rule"].clip(lower=1)]
    each = [
        say(words, "relieved", rep=named(row, words), amount=words.money(-int(row["moved"].iloc[0])))
        for row in (less.iloc[[place]] for place in range(min(len(less), MOST)))
    ]
    key = "exceptions" if each else "exceptions_spread"
    yield say(words, key, share=words.percent(share, 1), reps=words.list(each), count=len(less))
