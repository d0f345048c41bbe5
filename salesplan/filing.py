"""Papers that a step writes into its run: letters, sheets, statements, boards; each call says what it wrote."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan import calendar
from salesplan.report.links import links_html
from salesplan.report.sentences import Sentences
from salesplan.report.table import Table
from salesplan.staging import BOARDS, LETTERS, STATEMENTS
from salesplan.terms import PlanTerms
from salesplan.wording import Words

if TYPE_CHECKING:
    from salesplan.commission.papers import Papers
    from salesplan.conclusions.variance_review.boards import Boards
    from salesplan.rep_allocation import DealerCopy, Letters


class Filing:
    """What every step can put on paper; without a run's folder it says that nothing was saved."""

    run: Path | None
    rules: Any
    plan: PlanTerms
    words: Words
    months: list[str]

    def note(self, key: str, **values: Any) -> Sentences:
        """One sentence of the catalogue, such as why a section is left out."""
        return Sentences([self.words(key, **values)], kind="notes")

    def letters(self, content: "Letters") -> Sentences:
        """Write the target letters into the run's folder, one file per rep; says how many."""
        if self.run is None:
            return self.note("report.not_saved")
        from salesplan.report.letters import write_letters

        spans = [calendar.month_span(month, self.plan.month_cutoff) for month in (self.months[0], self.months[-1])]
        head = {"title": self.plan.title or ""}
        head |= {"start": self.words.date(spans[0][0]), "end": self.words.date(spans[1][1])}
        count = write_letters(self.run / LETTERS, content, self.words, head=head, plans=self.rules.action_plans)
        key = "letter.written" if not content.left_out else "letter.written_some"
        return self.note(key, count=count, left_out=content.left_out)

    def dealer_letters(self, copies: "Sequence[DealerCopy]") -> Sentences:
        """Write each dealer's own plan into the run's folder, one file per dealer; says how many."""
        if self.run is None:
            return self.note("report.not_saved")
        from salesplan.report.dealer_letters import write_dealer_letters

        head = {"title": self.plan.title or "", "year": str(self.plan.fiscal_year)}
        head["tax"] = self.words(f"rep_allocation.dealer_letter_{self.plan.tax.sales}")
        count = write_dealer_letters(self.run / "letters" / "dealers", copies, self.words, head=head)
        return self.note("rep_allocation.dealer_letters" if count else "rep_allocation.no_dealer_letters", count=count)

    def sheets(self, found: "Papers") -> Table | Sentences:
        """Write the performance and the commission sheet of the month into the run's folder; links to them."""
        if not found.sheets:
            return self.note("sheet.no_month")
        if self.run is None:
            return self.note("report.not_saved")
        from salesplan.report.sheets import write_payroll, write_sheet

        place, head = f"{STATEMENTS}/{found.month}", self._month_head(found.month)
        links = []
        for name, frame in found.sheets.items():
            chain = getattr(self.plan.approvals, name)
            page = write_sheet(self.run / place, name, frame, self.words, head=head, chain=chain)
            links.append((f"{place}/{page}", self.words(f"sheet.{name}", month=head["month"])))
        rows = found.payroll[found.payroll["month"] == found.month]
        page = write_payroll(self.run / place, rows.reset_index(drop=True), self.words)
        links.append((f"{place}/{page}", self.words("statement.payroll", month=head["month"])))
        return links_html(self.words("sheet.written", month=head["month"]), links)

    def statements(self, found: "Papers") -> Table | Sentences:
        """Write the statements of the month into the run's folder, one file per rep; a link to their list."""
        if found.statements is None:
            return self.note("sheet.no_month")
        if self.run is None:
            return self.note("report.not_saved")
        from salesplan.report.statements import write_statements

        folder, head = self.run / STATEMENTS / found.month, self._month_head(found.month)
        beside = [(f"{name}.html", self.words(f"sheet.{name}", month=head["month"])) for name in found.sheets]
        beside.append(("payroll.csv", self.words("statement.payroll", month=head["month"])))
        count = write_statements(folder, found.statements, self.words, head=head, plans=self.rules.plans, papers=beside)
        said = self.words("statement.written", month=head["month"], count=count)
        return links_html(said, [(f"{STATEMENTS}/{found.month}/index.html", self.words("statement.link"))])

    def boards(self, found: "Boards") -> Table | Sentences:
        """Write the boards of the month to come into the run's folder; links to them."""
        if not found.month:
            return self.note("board.none")
        if self.run is None:
            return self.note("report.not_saved")
        from salesplan.report.boards import write_boards

        pages = write_boards(self.run / BOARDS, found, self.words, head={"title": self.plan.title or ""})
        return links_html(self.words("board.links"), [(f"{BOARDS}/{name}", title) for name, title in pages])

    def _month_head(self, month: str) -> dict[str, str]:
        """What stands at the head of a month's papers: plan, run, month, its days, the tax basis."""
        first, last = (self.words.date(day) for day in calendar.month_span(month, self.plan.month_cutoff))
        tax = self.plan.tax
        sides = {name: self.words(f"statement.tax_{getattr(tax, name)}") for name in ("sales", "collections")}
        same = self.words("statement.tax_same", basis=sides["sales"])
        differs = self.words("statement.tax_differs", rate=self.words.percent(tax.rate, 0), **sides)
        return {
            "title": self.plan.title or "",
            "month": self.words.month(month),
            "days": self.words("statement.days", first=first, last=last),
            "tax": same if tax.sales == tax.collections else differs,
        }
