"""Target letters: one page per rep as a file of its own, numbered, and the company's list of them."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from salesplan.conclusions.rep_allocation.letters import letter
from salesplan.report.html import style, write_paper
from salesplan.wording import Words

if TYPE_CHECKING:
    from salesplan.rep_allocation import Letters
    from salesplan.terms.action_plan import ActionPlan

WIDE, HIGH, FOOT = 720, 92, 26  # of the chart
TALL = 14  # of a number above a bar


def write_letters(
    folder: Path, content: "Letters", words: Words, *, head: Mapping[str, str], plans: "Sequence[ActionPlan]" = ()
) -> int:
    """Write `reps/0001.html` ... and `index.html` into a folder of a run; returns how many letters.

    `head`: `title` of the plan, `run`, `start` and `end` of the year; `plans` the action plans, a rep's own before
    everybody's. A file holds nothing of anybody else; its check sum is that of what it says.
    """
    single = Words(words.language, "元" if words.language == "zh" else "one", words.currency)
    rows = {name: _by_rep(getattr(content, name)) for name in content._fields[1:-1]}
    own = {plan.rep: plan for plan in plans}
    css = style("letter.css")
    (folder / "reps").mkdir(parents=True, exist_ok=True)
    entries = []
    people: list[dict[Any, Any]] = content.reps.to_dict("records")
    for number, rep in enumerate(people, 1):
        found = {name: table.get(rep["rep"], []) for name, table in rows.items()}
        said = letter(single, rep, found, plan=own.get(rep["rep"], own.get(None)))
        mark = hashlib.sha256(repr(said).encode()).hexdigest()[:12]
        write_paper(
            folder / "reps" / f"{number:04d}.html", "letter.html.j2", single,
            css=css, head=head, number=f"{number:04d}", mark=mark, owner=rep["rep"],
            chart=bars(found["months"], single),
            **days_of(rep, found["months"], head, single), **said,
        )  # fmt: skip
        entries.append({"number": f"{number:04d}", "mark": mark, **_entry(rep, single)})
    write_paper(folder / "index.html", "letters.html.j2", single, css=css, head=head, entries=entries)
    return len(entries)


def _by_rep(frame: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of a frame by rep, in their order."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in frame.to_dict("records"):
        found[row["rep"]].append(row)
    return found


def days_of(
    rep: Mapping[str, Any], months: Sequence[Mapping[str, Any]], head: Mapping[str, str], words: Words
) -> dict[str, str]:
    """First and last day of the quota: those of the year, or his own where he comes or leaves within it."""
    labels = [str(row["month"]) for row in months] or [""]
    found = {"first": head["start"], "last": head["end"]}
    for key, day in (("first", rep.get("start")), ("last", rep.get("end"))):
        if day is not None and day == day and labels[0] <= f"{day:%Y-%m}" <= labels[-1]:
            found[key] = words.date(day)
    return found


def _entry(rep: Mapping[str, Any], words: Words) -> dict[str, str]:
    """A line of the company's list."""
    texts = {name: "" if rep[name] is None or rep[name] != rep[name] else str(rep[name]) for name in ("name", "team")}
    return {"rep": str(rep["rep"]), **texts, "quota": words.money(rep["quota"], unit=False)}


def bars(months: Sequence[Mapping[str, Any]], words: Words) -> Markup:
    """Quota by month as bars with last year's sales as marks, in a picture that needs nothing from outside."""
    most = max([1, *(int(row["amount"]) for row in months), *(_known(row["last_year"]) for row in months)])
    step = WIDE / max(len(months), 1)
    shapes = "".join(
        _bar(row, number * step, step, lambda fen: HIGH * fen / most, words) for number, row in enumerate(months)
    )
    return Markup(f'<svg viewBox="0 -14 {WIDE} {HIGH + FOOT + 4}" role="img">{shapes}</svg>')  # all of it made here


def _known(fen: Any) -> int:
    return int(fen) if str(fen) not in ("<NA>", "nan", "None") else 0


def _bar(row: Mapping[str, Any], left: float, step: float, high: Callable[[int], float], words: Words) -> str:
    return "".join(_shapes(row, left, step, high, words))


def _shapes(
    row: Mapping[str, Any], left: float, step: float, high: Callable[[int], float], words: Words
) -> Iterator[str]:
    up, last, middle = high(int(row["amount"])), high(_known(row["last_year"])), left + step / 2
    yield f'<rect x="{left + 8:.1f}" y="{HIGH - up:.1f}" width="{step - 16:.1f}" height="{up:.1f}" fill="#1f6fb2"/>'
    if last > 0:
        ends = f'x1="{left + 4:.1f}" x2="{left + step - 4:.1f}" y1="{HIGH - last:.1f}" y2="{HIGH - last:.1f}"'
        yield f'<line {ends} stroke="#1f2933" stroke-width="1.6"/>'
    amount = escape(words.number(round(int(row["amount"]) / words.scale)))
    # The amount stands on the bar, and above last year's mark only where the two would meet.
    top = max(up, last) if up - 4 <= last <= up + TALL else up
    yield f'<text x="{middle:.1f}" y="{HIGH - top - 3:.1f}" text-anchor="middle">{amount}</text>'
    month = escape(words.month_short(str(row["month"])))
    yield f'<text x="{middle:.1f}" y="{HIGH + 14}" text-anchor="middle" class="m">{month}</text>'
