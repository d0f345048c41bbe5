"""A comparison in words: sentences, lines of the terminal, sections of the page."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from salesplan.charts import comparing as charts
from salesplan.charts.render import Sketch, draw
from salesplan.comparing.figures import moved
from salesplan.comparing.sides import Comparison
from salesplan.conclusions.saying import sayer
from salesplan.report.sections import Section
from salesplan.terms.annual_target import AnnualTargetTerms
from salesplan.wording import BLANK, Words
from salesplan.wording.messages import place_text

say = sayer("compare")
TOP = 10  # parameters and versions that the terminal tells
BARS = 20  # bars of a chart
NAMED = 3  # tables of a step named
ROWS = 30  # rows of a part on the page
# Parts that are drawn.
DRAWN = ("quota", "month", "payable")
HEADS = ("what", "before", "after", "change", "growth")
CELLS = ("place", "which", "column", "before", "after", "difference")
WHOLE = ("place", "state", "row", "times")
# What a manager asks first: a sum of all, and the part of it that tells whose it is.
FIRST = (("quota_total", "quota"), ("earned_total", "earned"))


def label(row: Any, words: Words, names: dict[str, str]) -> str:
    """What a number is called: `R01 · quota of the year`."""
    part = str(row["part"])
    month = words.month_short(row["month"]) if row["month"] else ""
    return say(words, f"figure_{part}", name=_name(part, str(row["name"]), words, names), month=month)


def _name(part: str, name: str, words: Words, names: dict[str, str]) -> str:
    families = {"level": "level", "probability": "level", "estimate": "estimate", "kpi": "indicator"}
    if part in families:
        return words.code(families[part], name)
    return names.get(name) or words.code("member", name)


def value(found: Any, kind: str, words: Words, *, sign: bool = False) -> str:
    """A number of a kind as text; a dash where one side does not have it."""
    if found is None or pd.isna(found):
        return BLANK
    plus = "+" if sign and found > 0 else ""
    if kind == "money":
        return plus + words.number(found / 100, 2)
    return plus + (words.percent(found, 4) if kind == "share" else words.number(found, 4))


def cells(row: Any, words: Words) -> list[str]:
    """From, to, difference and per cent of a number."""
    texts = [value(row[name], row["kind"], words) for name in ("before", "after")]
    growth = BLANK if pd.isna(row["growth"]) else ("+" if row["growth"] > 0 else "") + words.percent(row["growth"], 2)
    return [*texts, value(row["change"], row["kind"], words, sign=True), growth]


def line(row: Any, words: Words, names: dict[str, str]) -> str:
    """A moved number in one line of the terminal."""
    before, after, change, growth = cells(row, words)
    told = {"what": label(row, words, names), "before": before, "after": after, "change": change, "growth": growth}
    return say(words, "line", **told)


def heading(found: Comparison, words: Words) -> str:
    """The headline: how the sum of the quotas moved, else what moved at all."""
    total = found.figures[(found.figures["part"] == "quota_total") & found.figures["change"].notna()]
    if len(total) and total["change"].iloc[0]:
        row = total.iloc[0]
        change = ("+" if row["change"] > 0 else "") + words.money(row["change"])
        return say(
            words, "heading_quota", before=words.money(row["before"]), after=words.money(row["after"]), change=change
        )
    count, tables = len(moved(found.figures)), int(found.steps["moved"].sum())
    key = "heading_moved" if count else "heading_tables" if tables else "heading_same"
    return say(words, key, count=count or tables)


def causes(found: Comparison, words: Words) -> list[str]:
    """Where it comes from, as far as it can be told, and which steps it reached."""
    told = [say(words, f"origin_{found.origin[0]}", name=_origin(found, words))]
    there = found.steps[found.steps["moved"] > 0]
    for row in there.to_dict("records"):
        named = [words.get(f"table.{name}", name) for name in row["names"].split(", ")[:NAMED]]
        told.append(
            say(
                words,
                "reached" if row["moved"] <= NAMED else "reached_many",
                step=words(f"step.{row['step']}"),
                count=row["moved"],
                of=row["tables"],
                names=words.list(named),
            )
        )
    still = [words(f"step.{step}") for step in found.steps.loc[found.steps["moved"] == 0, "step"]]
    if still and len(there):
        told.append(say(words, "still", steps=words.list(still)))
    return told


def _origin(found: Comparison, words: Words) -> str:
    """What all that moved comes from, as people call it."""
    kind, name = found.origin
    if kind == "step":
        return words.get(f"step.{name}", words("compare.shared_file"))
    if kind == "inputs":
        return words.list([_called(row, words) for row in found.inputs.to_dict("records") if row["state"] != "alike"])
    return _parameter(found.parameters.iloc[0], words) if kind == "parameter" else name


def _called(row: Any, words: Words) -> str:
    """An input table by its name and its file: `Order lines (sales.csv)`."""
    name = words.get(f"table.{row['table']}", row["table"])
    return say(words, "called", name=name, file=row["file"]) if row["file"] else name


def _parameter(row: Any, words: Words) -> str:
    return say(words, "called", name=row["meaning"], file=row["key"]) if row["meaning"] else str(row["key"])


def counts(found: Comparison, words: Words) -> list[str]:
    """How many parameters, input tables and versions differ."""
    sizes = {"parameters": found.parameters, "inputs": found.inputs, "versions": found.versions}
    return [say(words, f"count_{name}", count=len(frame)) for name, frame in sizes.items() if len(frame)]


def summary(found: Comparison, words: Words) -> Iterator[str]:
    """The lines of the terminal: what moved most, where it comes from, what differs."""
    yield from most(found, words) or [heading(found, words)]
    yield from causes(found, words)
    for row in found.parameters.head(TOP).to_dict("records"):
        texts = {side: row[side] or say(words, "default") for side in ("before", "after")}
        place = _place(row["place_after"], words) if row["place_after"] else say(words, "default")
        yield say(words, "parameter", name=_parameter(row, words), place_after=place, **texts)
    for row in found.inputs.to_dict("records"):
        yield _input_line(row, words)
    for row in found.versions.head(TOP).to_dict("records"):
        yield say(words, "version", name=row["name"], before=row["before"], after=row["after"])
    different = len(moved(found.figures))
    yield say(words, "figures", moved=different, same=len(found.figures) - different)


def most(found: Comparison, words: Words) -> list[str]:
    """What moved most: the target, the quotas and the commission earned, of whom by how much; what of it did not.

    Nothing where none of it moved.
    """
    level = found.figures[(found.figures["part"] == "level") & (found.figures["name"] == _plan_level(found))]
    sums = {"level": level, **{name: found.figures[found.figures["part"] == name] for name, _ in FIRST}}
    told = {
        name: [line(row, words, found.names) for row in moved(own).to_dict("records")] for name, own in sums.items()
    }
    for name, part in FIRST:
        own = moved(found.figures[found.figures["part"] == part])
        told[name] += (
            [say(words, "most", line=line(own.iloc[0], words, found.names), count=len(own))] if len(own) else []
        )
    still = [say(words, f"part_{name}") for name, own in sums.items() if len(own) and not told[name]]
    lines = [words("mark.semicolon").join(texts) for texts in told.values() if texts]
    return [*lines, say(words, "unmoved", names=words.list(still))] if lines and still else lines


def _plan_level(found: Comparison) -> str:
    """The level that is allocated."""
    rules = found.loaded.rules.get("annual_target")
    return rules.planned if isinstance(rules, AnnualTargetTerms) else ""


def _place(place: str, words: Words) -> str:
    """A place without the folders and the key, which stand beside it, in the words' language."""
    path, _, rest = place.partition(": ")[0].partition(" ")
    return place_text(f"{path.rpartition('/')[2]} {rest}", words)


def _input_line(row: Any, words: Words) -> str:
    sizes = ("rows_before", "rows_after", "gone", "added", "changed")
    whole = {name: 0 if pd.isna(row[name]) else int(row[name]) for name in sizes}
    told = say(words, f"input_{row['state']}", table=_called(row, words), **whole)
    if pd.isna(row["amount"]) or not row["amount"]:
        return told
    return (
        told
        + words("mark.semicolon")
        + say(words, "input_amount", change=value(row["amount"], "money", words, sign=True))
    )


def sections(found: Comparison, words: Words) -> Iterator[Section]:
    """The page: what moved most, charts, causes, parameters, inputs, then numbers part by part; versions."""
    plain = Words(words.language, "one", words.currency)  # what moves is often small beside the plan's unit
    yield Section("", texts=most(found, words))
    for number, part in enumerate(DRAWN):
        yield from _drawn(found, part, number, plain)
    yield Section(say(words, "causes"), texts=[*causes(found, words), *counts(found, words)])
    yield _parameters(found, words)
    yield from _inputs(found, words)
    yield from _numbers(found, words)
    heads = [say(words, f"head_{name}") for name in ("name", "before", "after")]
    texts = [] if len(found.versions) else [say(words, "no_versions")]
    yield Section(say(words, "versions"), (), texts, heads, found.versions.to_numpy().tolist())


def _parameters(found: Comparison, words: Words) -> Section:
    columns = ("before", "after", "place_before", "place_after")
    default = say(words, "default")
    rows = [
        [row["key"], row["meaning"], *(row[name] or default for name in columns[:2]),
         *(_place(row[name], words) if row[name] else default for name in columns[2:])]
        for row in found.parameters.to_dict("records")
    ]  # fmt: skip
    heads = [say(words, f"head_{name}") for name in ("key", "meaning", *columns)]
    return Section(say(words, "parameters"), (), [] if rows else [say(words, "no_parameters")], heads, rows)


def _inputs(found: Comparison, words: Words) -> Iterator[Section]:
    """A sentence per table that differs; the cells that changed, then the rows that only one side has."""
    lines = [_input_line(row, words) for row in found.inputs.to_dict("records")]
    cells = found.rows["change"] == "changed"
    changed = [
        [_place(row["place"], words), row["key"], words.column(row["column"], row["table"]),
         row["before"], row["after"], row["difference"]]
        for row in found.rows[cells].to_dict("records")
    ]  # fmt: skip
    whole = [
        [
            _place(row["place"], words),
            say(words, f"row_{row['change']}"),
            row["before"] or row["after"],
            str(row["times"]),
        ]
        for row in found.rows[~cells].to_dict("records")
    ]
    yield Section(say(words, "inputs"), texts=lines or [say(words, "no_inputs")])
    for rows, columns in ((changed, CELLS), (whole, WHOLE)):
        yield Section("", (), (), [say(words, f"head_{name}") for name in columns], rows, numbers=1)


def _drawn(found: Comparison, part: str, number: int, words: Words) -> Iterator[Section]:
    """What moved of a part as a sorted bar chart; nothing where nothing did."""
    own = found.figures[
        (found.figures["part"] == part) & found.figures["change"].notna() & (found.figures["change"] != 0)
    ]
    if own.empty:
        return
    shown = own.head(BARS) if part != "month" else own.sort_values("month")
    labels = [words.month_short(row["month"]) if part == "month" else _name(part, row["name"], words, found.names)
              for row in shown.to_dict("records")]  # fmt: skip
    texts = [("+" if change > 0 else "") + words.money(change, unit=False) for change in shown["change"]]
    frame = pd.DataFrame({"label": labels, "change": shown["change"].to_numpy(), "text": texts})
    most = own.iloc[0]
    top = words.month_short(most["month"]) if part == "month" else _name(part, most["name"], words, found.names)
    change = ("+" if most["change"] > 0 else "") + words.money(most["change"])
    frame.attrs["title"] = say(words, f"chart_{part}", count=len(own), name=top, change=change)
    chart = draw(Sketch(charts.moves, frame, words, f"compare-{number + 1}", (8, 1.6 + 0.26 * len(frame))))
    yield Section("", chart=chart)


def _numbers(found: Comparison, words: Words) -> Iterator[Section]:
    """A table for every part with something that moved; how many stayed."""
    heads = [say(words, f"head_{name}") for name in HEADS]
    for part, own in found.figures.groupby("part", sort=False):
        different = moved(own)
        if different.empty:
            continue
        rows = [[label(row, words, found.names), *cells(row, words)] for row in different.head(ROWS).to_dict("records")]
        rest = len(different) - len(rows)
        notes = [say(words, "same", count=len(own) - len(different))] if len(own) > len(different) else []
        notes += [say(words, "more", count=rest)] if rest else []
        yield Section(say(words, f"part_{part}"), (), (), heads, rows, numbers=4, notes=notes)
