"""What step 1 says of goals, gaps, causes and hires, in sentences computed from its tables."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesplan.apportion import UNASSIGNED
from salesplan.conclusions.saying import each_row, sayer
from salesplan.money import to_fen
from salesplan.report.table import PER_PIECE, counted
from salesplan.terms import AnnualTargetTerms
from salesplan.wording import BLANK, Words, round_half_away

if TYPE_CHECKING:
    import pandas as pd

    from salesplan.annual_target import Proof

_say = sayer("annual_target")
DECLARED = ("goal", "goal_growth")
COMPARED = ("customers", "new_customers")  # indicators that the tree derives too
MOST_GOALS = 6  # in one sentence; all stand in the table
SAME = 0.005  # of last year's value: a declared one nearer to the measured one than this is the same


def figure(value: Any, unit: str, words: Words, indicator: str = "") -> str:
    """A value of an indicator in its own unit: money, percent, or a number with the user's unit."""
    if value is None or value != value:
        return BLANK
    if unit == "share":
        return words.percent(value)
    if unit == "currency":
        single = Words(words.language, "one", words.currency)
        return (single if indicator in PER_PIECE else words).money(to_fen(round_half_away(value, 2)))
    number = words.number(value, 0 if value == round(value) else 2)
    return counted(number, indicator, words) if unit in ("", "unit") else f"{number} {unit}"


def plan_sentences(
    words: Words, *, targets: "pd.DataFrame", proof: "Proof", checks: "pd.DataFrame", terms: AnnualTargetTerms
) -> list[str]:
    """Levels not yet explained, goals beside last year, what the tree and the roster ask for, what quality is missing.

    `targets` is table `annual_target`, `checks` the frame of `qualities`.
    """
    return [
        *_gaps(proof.gaps, terms.planned, words),
        *_tree(proof.tree, words),
        *_hires(proof.hires, words),
        *_goals(targets, words),
        *_unplaced(targets, words),
        *_quality(checks, words),
    ]


def _gaps(gaps: "pd.DataFrame", planned: str, words: Words) -> list[str]:
    """What is unexplained at the levels that are not planned; the planned one is said with the bridge."""
    return [
        _say(
            words,
            "level_open" if row.unexplained > 0 else "level_explained",
            level=words.code("level", row.level),
            increase=words.money(row.increase),
            rest=words.money(abs(row.unexplained)),
        )
        for row in each_row(gaps)
        if row.level != planned and row.increase > 0
    ]


def _tree(tree: "pd.DataFrame", words: Words) -> list[str]:
    found = {row.node: row for row in each_row(tree)}
    said = []
    if "contracts" in found and "customers" in found:
        new = found["new_customers"]
        values = {name: words.number(found[name].value) for name in ("customers", "old_customers", "new_customers")}
        before = "" if new.last_year is None else _say(words, "tree_new", last=words.number(new.last_year))
        contracts = figure(found["contracts"].value, "currency", words)
        said.append(_say(words, "tree_asks", contracts=contracts, before=before, **values))
    if "kept_customers" in found and found["kept_customers"].value < found["old_customers"].value:
        said.append(_kept(found, words))
    return said


def _kept(found: dict[str, Any], words: Words) -> str:
    """Old customers that retention does not keep: no more can be won back than were ever lost."""
    kept, old = int(found["kept_customers"].value), int(found["old_customers"].value)
    values = {"kept": words.number(kept), "old": words.number(old), "gap": words.number(old - kept)}
    if "former_customers" not in found:
        return _say(words, "tree_kept", **values)
    lost = int(found["former_customers"].value)
    rest = old - kept - lost
    values |= {"former": words.number(lost), "rest": words.number(max(rest, 0))}
    return _say(words, "tree_kept_rest" if rest > 0 else "tree_kept_back", **values)


def _hires(hires: "pd.DataFrame", words: Words) -> list[str]:
    if hires.empty:
        return []
    fresh = hires[hires["hires"] > 0]
    if fresh.empty:
        return [_say(words, "no_hires")]
    parts = [
        _say(
            words,
            "hires_part" if row.start_by >= hires["month"].iloc[0] else "hires_late",
            count=int(row.hires),
            month=words.month(row.month),
            start=words.month(row.start_by),
        )
        for row in each_row(fresh)
    ]
    return [_say(words, "hires", parts=_say(words, "join").join(parts))]


def _goals(targets: "pd.DataFrame", words: Words) -> list[str]:
    """The first of the declared goals of the planned level beside last year; the rest is counted."""
    own = targets[targets["planned"] & targets["basis"].isin(DECLARED) & targets["value"].notna()]
    goals = words.list([_goal(row, words) for row in each_row(own.head(MOST_GOALS))])
    if len(own) > MOST_GOALS:
        return [_say(words, "goals_more", goals=goals, count=len(own) - MOST_GOALS)]
    return [_say(words, "goals", goals=goals)] if len(own) else []


def _goal(row: Any, words: Words) -> str:
    name = words.code("indicator", row.indicator)
    value = figure(row.value, row.unit, words, row.indicator)
    named = _say(words, "goal_line", line=row.line, name=name) if row.line else name
    if row.growth != row.growth:
        return _say(words, "goal_alone", name=named, value=value)
    key = "goal_up" if row.growth >= 0 else "goal_down"
    return _say(words, key, name=named, value=value, growth=words.percent(abs(row.growth)))


def _unplaced(targets: "pd.DataFrame", words: Words) -> list[str]:
    """Sales of the planned level that the goals of lines leave to the other lines."""
    rest = targets[(targets["line"] == UNASSIGNED) & targets["planned"] & (targets["indicator"] == "amount")]
    return [_say(words, "lines_left", amount=figure(row.value, "currency", words)) for row in each_row(rest)]


def _quality(checks: "pd.DataFrame", words: Words) -> list[str]:
    short = checks[checks["state"] != "met"]
    if short.empty:
        return [_say(words, "qualities_met")]
    names = [words.code("quality", name) for name in dict.fromkeys(short["quality"])]
    return [_say(words, "qualities_short", count=len(names), names=words.list(names))]


def plan_warnings(
    words: Words,
    *,
    lacks: "pd.DataFrame",
    measured: "pd.DataFrame",
    terms: AnnualTargetTerms,
    tree: "pd.DataFrame",
    targets: "pd.DataFrame",
) -> list[str]:
    """What contradicts or is not known.

    Measures nobody can be held to, goals whose declared last year differs from the data or whose value differs from
    what the tree derives, a tree that stops short.
    """
    return [
        *(_measure(name, part["lacks"].tolist(), words) for name, part in lacks.groupby("name", sort=False)),
        *_other_last_year(measured, terms, words),
        *_against_tree(targets, tree, words),
        *([] if "customers" in set(tree["node"]) else [_say(words, "tree_short")]),
    ]


def _measure(name: Any, lacks: list[str], words: Words) -> str:
    return _say(words, "measure_lacks", name=name, lacks=words.list([words.code("lacks", one) for one in lacks]))


def _against_tree(targets: "pd.DataFrame", tree: "pd.DataFrame", words: Words) -> list[str]:
    """Goals of the company at the planned level that ask for another number than the tree derives."""
    own = targets[targets["planned"] & (targets["line"] == "") & targets["basis"].isin(DECLARED)]
    asked = {row.indicator: row.value for row in each_row(own) if row.value is not None}
    return [
        _say(
            words,
            "goal_against_tree",
            name=words.code("indicator", row.node),
            goal=counted(words.number(asked[row.node]), row.node, words),
            derived=counted(words.number(row.value), row.node, words),
        )
        for row in each_row(tree)
        if row.node in COMPARED and row.node in asked and asked[row.node] != row.value
    ]


def _other_last_year(measured: "pd.DataFrame", terms: AnnualTargetTerms, words: Words) -> list[str]:
    keys = zip(measured["indicator"], measured["line"], strict=True)
    known: dict[tuple[str, str], tuple[str, Any]] = dict(
        zip(keys, zip(measured["unit"], measured["last_year"], strict=True), strict=True)
    )
    said = []
    for goal in terms.goals:
        unit, found = known.get((goal.indicator, goal.line or ""), ("", None))
        if goal.last_year is None or found is None or abs(found - goal.last_year) <= abs(found) * Decimal(str(SAME)):
            continue
        name = words.code("indicator", goal.indicator)
        said.append(
            _say(
                words,
                "goal_last_year",
                name=_say(words, "goal_line", line=goal.line, name=name) if goal.line else name,
                declared=figure(goal.last_year, unit, words, goal.indicator),
                found=figure(found, unit, words, goal.indicator),
            )
        )
    return said
