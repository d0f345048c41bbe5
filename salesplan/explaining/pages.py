"""A page for every rep in the run's folder, which says how his quota came about; nothing of any other rep is on it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.explaining import quota, told
from salesplan.explaining.explained import own_parts, target_parts
from salesplan.explaining.ground import Grounds
from salesplan.explaining.parts import Explanation, Part
from salesplan.explaining.season import season_part
from salesplan.report.links import links_html
from salesplan.report.sections import write_sections
from salesplan.report.table import Table
from salesplan.staging import EXPLAINED
from salesplan.wording import Words

if TYPE_CHECKING:
    from salesplan.rep_allocation import Allocation
    from salesplan.report.sentences import Sentences
    from salesplan.workbook import Step

MOST = 200  # reps for whom pages are written; beyond them the command explains one at a time


def pages(step: "Step", found: "Allocation") -> "Table | Sentences":
    """Write `explained/NNNN.html` for every rep and `months.html`, what all have in common; links to them.

    With more than 200 reps, or quotas that are handed down, the command to type instead.
    """
    if step.run is None:
        return step.note("report.not_saved")
    reps = list(found.ground.people.reps)
    command = f"salesplan explain {step.inputs.loaded.folder.name}/RUN --rep {reps[0] if reps else 'R'}"
    if not 0 < len(reps) <= MOST or found.handed_down:
        return step.note("explain.by_command", command=command)
    grounds = Grounds(step.run, step.inputs, made=found)
    words = Words(step.plan.language, "one", step.plan.currency)
    words.names = {rep: f"{name.removesuffix(rep).strip()} {rep}" for rep, name in step.words.names.items()}
    folder = step.run / EXPLAINED
    folder.mkdir(parents=True, exist_ok=True)
    links = [(f"{EXPLAINED}/months.html", words("explain.months_page"))]
    _write(grounds, words, "months", list(_months(grounds)), words("explain.months_page"))
    for number, rep in enumerate(reps, 1):
        amount = int(found.settled.table.amount[number - 1].sum())
        heading = told.heading(Explanation(rep, "", "quota", amount, ()), words)
        _write(grounds, words, f"{number:04d}", list(_of_rep(grounds, rep)), heading)
        links.append((f"{EXPLAINED}/{number:04d}.html", words.person(rep)))
    return links_html(step.words("explain.written", command=f"{command} --month {step.months[0]}"), links)


def _write(grounds: Grounds, words: Words, name: str, parts: list[Part], heading: str) -> None:
    loaded = grounds.inputs.loaded
    write_sections(
        grounds.folder / EXPLAINED / f"{name}.html", words, told.sections(parts, words),
        title=loaded.plan.title or loaded.folder.name, heading=heading, subtitle=words("explain.subtitle_page"),
    )  # fmt: skip


def _months(grounds: Grounds) -> Iterator[Part]:
    """The targets of all months and the sums of the quotas, the same for everybody."""
    yield from target_parts(grounds, "")
    own = quota.Own(grounds, grounds.ground.people.reps[0])
    for month in own.months:
        yield season_part(grounds.season, month, grounds)
        yield quota.sum_part(own, month)


def _of_rep(grounds: Grounds, rep: str) -> Iterator[Part]:
    """The year from the target down, then each month by itself."""
    yield from target_parts(grounds, "")
    yield from own_parts(grounds, rep, "")
    own = quota.Own(grounds, rep)
    for month in own.months:
        yield quota.month_part(own, month)
