"""The folder `copies/` of a run: a folder for each person, and the list of whoever hands them out."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from salesplan.conclusions.decisions import decisions
from salesplan.copies.contents import Page, RepPages, company_page, dealer_pages, team_page
from salesplan.copies.ground import Ground
from salesplan.copies.papers import Papers
from salesplan.report.html import copy_page, write_paper
from salesplan.report.statements import statement_style
from salesplan.staging import BOARDS, COPIES, EXPLAINED, STATEMENTS
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

MOST_REPS = 1000  # who get a folder of their own; as many as get a letter
COMPANY = "general_manager"
AUDIENCES = (COMPANY, "manager", "rep", "dealer")


class Who(NamedTuple):
    """Whose copy it is, the team he is of or leads, and the folder it lies in."""

    audience: str
    name: str
    team: str
    folder: str


class Paper(NamedTuple):
    """A page of the run that a copy holds too, and what it is called there."""

    title: str
    path: Path


class Entry(NamedTuple):
    """A line of the list: whose copy it is, and the titles of the papers in it."""

    who: Who
    papers: Sequence[str]


class _Writer:
    """Writes the copies of one run."""

    def __init__(self, run: Path, manifest: Mapping[str, Any], words: Words, *, pay: bool) -> None:
        self.run = run
        self.manifest = manifest
        self.ground = Ground(run, words)
        self.words = self.ground.words
        self.display = words  # the unit that the company's own report is printed in
        self.papers = Papers(run, [rep.key for rep in self.ground.roster.reps])
        self.pay = pay
        self.css = statement_style()

    def write(self) -> list[Entry]:
        """Every copy; a line of the list for each."""
        return [self._company(), *self._managers(), *self._reps(), *self._dealers()]

    def _company(self) -> Entry:
        headline = [(str(name), str(value)) for name, value in self.manifest.get("headline", [])]
        told = [*self.manifest.get("warnings", []), *decisions(self.run / "tables", self.display)]
        page = company_page(self.ground, headline, told, self._payroll())
        sheets = [self.run / STATEMENTS / self.papers.month / f"{name}.html" for name in ("performance", "commission")]
        boards = [self.run / BOARDS / f"{name}.html" for name in ("month", "week")]
        papers = {path.stem: Paper(self.words(f"copies.{path.stem}"), path) for path in (*sheets, *boards)}
        there = {name: paper for name, paper in papers.items() if paper.path.is_file()}
        return self._copy(Who(COMPANY, self.words("copies.general_manager"), "", COMPANY), page, there)

    def _managers(self) -> Iterator[Entry]:
        teams = {rep.key: rep.team for rep in self.ground.roster.reps}
        payroll = self._payroll()
        for number, (name, team) in enumerate(self.ground.roster.managers.items(), 1):
            seen = payroll[payroll["rep"].isin(team)].reset_index(drop=True) if self.pay else None
            led = self.words.list([one for one in dict.fromkeys(teams[rep] for rep in team) if one])
            who = Who("manager", name, led, f"managers/{number:04d}")
            yield self._copy(who, team_page(self.ground, team, seen, owner=name), dict(self._of_team(team)))

    def _of_team(self, team: Sequence[str]) -> Iterator[tuple[str, Paper]]:
        """The letters of a team, which its manager signs too; its statements of pay only where he may see them."""
        kinds = ("letter", "statement") if self.pay else ("letter",)
        for rep in team:
            own = self.papers.of_rep(rep)
            for kind in (kind for kind in kinds if kind in own):
                title = f"{self.words(f'copies.{kind}')} · {self.words.person(rep)}"
                yield f"{kind}_{own[kind].stem}", Paper(title, own[kind])

    def _reps(self) -> Iterator[Entry]:
        people = self.ground.roster.reps
        if len(people) > MOST_REPS:
            return
        pages = RepPages(self.ground)
        for number, rep in enumerate(people, 1):
            own = self.papers.of_rep(rep.key)
            papers = {kind: Paper(self.words(f"copies.{kind}"), path) for kind, path in own.items()}
            yield self._copy(Who("rep", rep.name, rep.team, f"reps/{number:04d}"), pages.page(rep.key), papers)

    def _dealers(self) -> Iterator[Entry]:
        for number, (dealer, page) in enumerate(dealer_pages(self.ground).items(), 1):
            letter = self.papers.dealers.get(dealer)
            if letter:  # beyond the dealers who get a plan there is nothing to hand out
                papers = {"plan": Paper(self.words("copies.plan"), letter)}
                yield self._copy(Who("dealer", dealer, "", f"dealers/{number:04d}"), page, papers)

    def _payroll(self) -> "pd.DataFrame":
        table = self.ground.table("commission_payroll")
        return table[table["month"] == self.papers.month]

    def _copy(self, who: Who, page: Page, papers: Mapping[str, Paper]) -> Entry:
        """Write one folder: its page and the papers beside it."""
        folder = self.run / COPIES / who.folder
        folder.mkdir(parents=True, exist_ok=True)
        links = {f"../../{EXPLAINED}/{papers[one].path.name}": f"{one}.html" for one in papers if one == "explained"}
        for name, paper in papers.items():
            copy_page(paper.path, folder / f"{name}.html", links)
        called = {f"{name}.html": paper.title for name, paper in papers.items()}
        audience = self.words(f"copies.{who.audience}")
        write_paper(
            folder / "index.html", "copy.html.j2", self.words,
            css=self.css, head=self.head, who=who, audience=audience, page=page, papers=called,
        )  # fmt: skip
        return Entry(who, list(called.values()))

    @property
    def head(self) -> dict[str, str]:
        """What stands on every page: the plan, and up to when it counts."""
        as_of = self.manifest.get("as_of")
        until = self.words("report.as_of", date=self.words.date(as_of)) if as_of else ""
        return {"title": str(self.manifest["title"] or self.manifest["plan"]), "until": until}


def write_copies(run: Path, manifest: Mapping[str, Any], words: Words, pay: bool) -> None:
    """Write `copies/` into a run in the making, from its tables and the papers it has written; nothing is computed.

    `pay`: whether managers may see the pay of their team. With more than 1,000 reps these have no folder of their own;
    the list says where their papers lie.
    """
    writer = _Writer(run, manifest, words, pay=pay)
    entries = writer.write()
    left_out = len(writer.ground.roster.reps) > MOST_REPS
    write_paper(
        run / COPIES / "index.html", "copies.html.j2", writer.words, css=writer.css, head=writer.head,
        groups=[(name, [one for one in entries if one.who.audience == name]) for name in AUDIENCES],
        left_out=len(writer.ground.roster.reps) if left_out else 0,
    )  # fmt: skip
