"""What each audience reads on its own page: the numbers on top, and tables with nothing of anybody else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.copies.ground import PERIODS, REVIEW, REVISION, SHARED, Ground
from salesplan.copies.rows import Part, Rows, across, rows_by
from salesplan.report.table import with_total
from salesplan.wording import BLANK

if TYPE_CHECKING:
    import pandas as pd

YEAR = ("month", "original", "actual", "variance", "attainment", "revised")
STANDING = ("rep", "quota", "target", "actual", "variance", "attainment", "expected", "probability")
BOARD = ("start", "end", "workdays", "amount", "visits")
PAY = (
    "rep", "plan", "base_pay", "commission", "amount_contests", "amount_adjustments", "amount_advance", "deductions",
    "payable", "amount_carried", "amount_paid",
)  # fmt: skip
DEALER = ("sell_out", "sell_in", "growth", "amount", "amount_in", "amount_out", "stock_days", "receivables")
LISTED: dict[str, tuple[str, ...]] = {
    "variance_review_causes": ("month", "rep", "code", "amount", "note"),
    "variance_review_measures": ("rep", "code", "action", "owner", "due", "state"),
}

SUMS = 2  # rows below a year: the months closed, and the year
MOST_LISTED = 1000  # reps that the company's page lists; beyond them it keeps to the teams

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """What stands on a page: facts on top, sentences, tables."""

    facts: Facts
    parts: list[Part]
    texts: Sequence[str] = ()

    @property
    def wide(self) -> bool:
        """Whether a table has more columns than a sheet of paper upright takes."""
        return any(len(part.heads) > 12 for part in self.parts)


class RepPages:
    """The pages of all reps; every table is made into texts once."""

    def __init__(self, ground: Ground) -> None:
        words = ground.words
        self.ground = ground
        self.standing = {row["rep"]: row for row in ground.standing.to_dict("records")}
        self.ranking = {row["rep"]: row for row in ground.table("variance_review_ranking").to_dict("records")}
        self.courses = {str(rep): rows for rep, rows in ground.course.groupby("rep", sort=False)}
        self.year = ground.rows(ground.year(ground.course), REVISION, YEAR, words("copies.part_year"))
        self.rows: list[Rows] = []
        shared = dict(ground.shared())
        self.measures = shared.pop("variance_review_measures")
        self.rows += shared.values()
        boards = ground.table("variance_review_boards")
        self.rows += [
            ground.rows(boards[boards["kind"] == kind], "variance_review_boards", BOARD, words(f"copies.part_{kind}"))
            for kind in PERIODS
        ]

    def page(self, rep: str) -> Page:
        """The page of one rep."""
        found = [self._year(rep), *(rows.part(rep) for rows in self.rows), self._measures(rep)]
        return Page(list(self._facts(rep)), [part for part in found if part])

    def _year(self, rep: str) -> Part | None:
        return year_part(self.year.part(rep), self.ground, self.courses.get(rep))

    def _facts(self, rep: str) -> Iterator[tuple[str, str]]:
        """Where he stands, what is missing, and how much of it a month to come has to bring."""
        words, standing, ahead = self.ground.words, self.standing.get(rep), self.ranking.get(rep)
        if standing:
            yield from facts_of(self.ground, standing)
        if ahead:
            missing = max(int(ahead["quota"]) - int(ahead["actual"]), 0)
            yield words("copies.missing"), words.money(missing)
            yield words("copies.a_month"), words.money(ahead["amount_month_quota"])
            yield words("copies.so_far"), words.money(ahead["amount_month_so_far"])

    def _measures(self, rep: str) -> Part | None:
        """His open measures; one whose text names a colleague is left to the manager to tell."""
        return without_others(self.measures.part(rep), self.ground, (rep,))


def year_part(part: Part | None, ground: Ground, course: "pd.DataFrame | None") -> Part | None:
    """The months of a rep or a team, their two sums, and why the revised ones may sum to less."""
    return part and replace(part, total=SUMS, note="" if course is None else ground.revised_note(course))


def without_others(part: Part | None, ground: Ground, own: Sequence[str]) -> Part | None:
    """A table of free texts without the rows that name a rep who is not of `own`."""
    known, everybody = ground.roster.own(*own), ground.roster.everybody
    kept = [row for row in part.rows if not everybody.strangers("\n".join(row), known)] if part else []
    return Part(part.title, part.heads, kept) if part and kept else None


def facts_of(ground: Ground, row: Mapping[Any, Any], members: Sequence[int] = ()) -> Iterator[tuple[str, str]]:
    """Quota of the year and the year to date of a rep or a team.

    `members`: of how many the expected year is the sum, and how many there are, where some have no expectation.
    """
    words = ground.words
    yield words("copies.quota"), words.money(row["quota"])
    yield words("copies.to_date", count=len(ground.closed)), words.money(row["target"])
    yield words("copies.actual"), words.money(row["actual"])
    yield words("copies.attainment"), words.percent(row["attainment"])
    if words.money(row["expected"]) != BLANK:
        head = words("copies.expected_of", count=members[0], all=members[1]) if members else words("copies.expected")
        yield head, words.money(row["expected"])


def team_page(
    ground: Ground, team: Sequence[str], pay: "pd.DataFrame | None" = None, *, owner: str = "", company: bool = False
) -> Page:
    """The page of a manager: his team's year, its members, what the review found, the month to come.

    `pay`: the rows of table commission_payroll that he may see; None for none. `owner`: his name, as measures name who
    sees to them. `company`: with what names no rep.
    """
    own = ground.standing[ground.standing["rep"].isin(team)]
    total = own[["quota", "target", "actual", "expected"]].sum(min_count=1)
    reached = total["actual"] / total["target"] if len(own) and total["target"] else None
    members = (int(own["expected"].notna().sum()), len(own)) if own["expected"].isna().any() else ()
    facts = list(facts_of(ground, {**total, "attainment": reached}, members)) if len(own) else []
    review = _review(ground, team, owner, company=company)
    people = _people(ground, own, *([ground.rest] if company else ()))  # with what is nobody's it is the company
    parts = [*_year_of(ground, team), *people, *review, *_ahead(ground, team)]
    if pay is not None and len(pay):
        parts.append(_whole(ground, pay, "commission_payroll", PAY, "copies.part_pay"))
    return Page(facts, parts)


def _whole(ground: Ground, frame: "pd.DataFrame", table: str, columns: tuple[str, ...], title: str) -> Part:
    """A frame as one table, with a total below its money."""
    known = [name for name in columns if name in frame]
    closed = with_total(frame[known], table).assign(whose="")
    found = rows_by(closed, table, known, ground.words, by="whose", title=ground.words(title)).part("")
    assert found is not None
    return found


def _year_of(ground: Ground, team: Sequence[str]) -> Iterator[Part]:
    """The months of the team, and the quotas of its members by month."""
    course = ground.course[ground.course["rep"].isin(team)]
    if course.empty:
        return
    money = ["original", "actual", "variance", "revised"]
    months = course.groupby("month")[money].sum(min_count=1).reset_index().assign(rep="")
    reached = months["actual"].astype("float64") / months["original"].astype("float64").where(months["original"] > 0)
    year = ground.year(months.assign(attainment=reached))
    rows = ground.rows(year, REVISION, YEAR, ground.words("copies.part_year")).part("")
    yield from filter(None, [year_part(rows, ground, months)])
    heads = {month: ground.words.month_short(month) for month in sorted(set(course["month"]))}
    quotas = course.assign(amount=course["original"])
    made = across(quotas, heads, ground.words, column="month", title=ground.words("copies.part_quotas"))
    yield from filter(None, [made])


def _people(ground: Ground, *groups: "pd.DataFrame") -> Iterator[Part]:
    """Where everybody of some groups stands, with their sum."""
    import pandas as pd

    if len(groups[0]):
        own = pd.concat(groups, ignore_index=True)
        shown = with_total(own, REVIEW, attainment=("actual", "target")).assign(whose="")
        if "expected" in own and own["expected"].isna().any():
            # A sum that leaves somebody out is no sum beside the quotas of all.
            shown["expected"] = shown["expected"].mask(shown["rep"] == TOTAL)
        made = rows_by(shown, REVIEW, STANDING, ground.words, by="whose", title=ground.words("copies.part_people"))
        yield from filter(None, [made.part("")])


def _review(ground: Ground, team: Sequence[str], owner: str, *, company: bool) -> Iterator[Part]:
    """Causes, open measures and activities of the team; a text that names somebody of another team is left out.

    For the `company` all of them stand there, those of no rep too.
    """
    for table, columns in LISTED.items():
        frame = ground.of_note(table) if company else ground.of_team(table, team, owner)
        rows = ground.rows(frame, table, columns).part(*dict.fromkeys(map(str, frame["rep"])))
        yield from filter(None, [rows if company else without_others(rows, ground, team)])
    behind = ground.of_team("variance_review_activities", team)
    behind = behind[behind["gap"] < 0] if len(behind) else behind
    columns = ("rep", *SHARED["variance_review_activities"])
    made = ground.rows(behind, "variance_review_activities", columns).part(*team)
    yield from filter(None, [made])


def _ahead(ground: Ground, team: Sequence[str]) -> Iterator[Part]:
    """The month to come: ten-day targets, projects, customers to see, what is overdue."""
    boards = ground.table("variance_review_boards")
    boards = boards[boards["rep"].isin(team) & (boards["kind"] == "ten_day")]
    heads = {period: ground.words.ten_day(period) for period in dict.fromkeys(boards["period"])}
    title = ground.words("copies.part_ten_day")
    made = [across(boards, heads, ground.words, column="period", title=title)]
    for table in ("variance_review_projects", "variance_review_customers", "variance_review_receivables"):
        made.append(ground.rows(ground.of_team(table, team), table, ("rep", *SHARED[table])).part(*team))
    yield from filter(None, made)


def company_page(ground: Ground, headline: Facts, decisions: list[str], pay: "pd.DataFrame | None") -> Page:
    """The page of the general manager: the headline, what to decide, the teams, and everything of a team for all."""
    standing = ground.standing
    managers = {rep: name for name, team in ground.roster.managers.items() for rep in team}
    rest = ground.words("copies.no_team")
    by_team = standing.assign(rep=[managers.get(rep, rest) for rep in standing["rep"]])
    teams = (
        by_team.groupby("rep", sort=False)[["quota", "target", "actual", "variance", "expected"]].sum().reset_index()
    )
    teams = teams.assign(attainment=teams["actual"] / teams["target"].astype("float64").where(teams["target"] > 0))
    # With what no rep holds, the months sum to the company's own.
    everybody = [*standing["rep"], UNASSIGNED, MANAGER]
    many = len(standing) > MOST_LISTED
    whole = list(_year_of(ground, everybody))[:1] if many else team_page(ground, everybody, pay, company=True).parts
    listed = _people(ground, teams.drop(columns="expected"), ground.rest[list(STANDING[:-2])]) if len(teams) > 1 else ()
    who = (ground.words.column("manager"), "")
    parts = [Part(ground.words("copies.part_teams"), [who, *part.heads[1:]], part.rows, part.total) for part in listed]
    return Page(headline, [*parts, *whole], decisions)


def dealer_pages(ground: Ground) -> dict[str, Page]:
    """The pages of all dealers: where each stands, beside the plan he gets as a letter."""
    table, words = "rep_allocation_dealers", ground.words
    rows = rows_by(ground.table(table), table, DEALER, words, by="dealer", title="")
    return {
        dealer: Page([(head, text) for (head, _), text in zip(rows.heads, found[0], strict=True) if text != BLANK], [])
        for dealer, found in rows.by.items()
    }
