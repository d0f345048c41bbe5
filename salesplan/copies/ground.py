"""The tables a run's copies are made from, and the rows of each as texts."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.conclusions.decisions import read
from salesplan.copies.roster import Roster, roster
from salesplan.copies.rows import Rows, rows_by
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

REVISION, REVIEW = "variance_review_revision", "variance_review"
PERIODS = ("ten_day", "week")
# Columns that a rep reads of a table, and what the rows are taken by.
SHARED: dict[str, tuple[str, ...]] = {
    "variance_review_activities": ("activity", "planned", "actual", "gap", "attainment"),
    "variance_review_projects": ("project", "customer", "stage", "amount", "probability", "close", "next_follow_up"),
    "variance_review_customers": ("customer_name", "state", "last_purchase", "silent_days", "amount_at_stake"),
    "variance_review_receivables": ("name", "open", "overdue", "oldest_days"),
    "variance_review_measures": ("month", "code", "action", "owner", "due", "state"),
}
# Rows that somebody still has to do something about, by a code.
CHOSEN = {
    "variance_review_customers": ("state", ("quiet", "lost")),
    "variance_review_measures": ("state", ("open", "doing")),
}
# Where a customer's name stands; one without a name goes by the key.
NAMED = {"variance_review_customers": "customer_name", "variance_review_receivables": "name"}


class Ground:
    """A run's tables, read once; its people; the words of its copies, whose money is in single units."""

    def __init__(self, run: Path, words: Words) -> None:
        self.tables = run / "tables"
        self._tables: dict[str, pd.DataFrame] = {}
        self._of_note: dict[str, pd.DataFrame] = {}
        self.words = Words(words.language, "元" if words.language == "zh" else "one", words.currency)
        self.roster: Roster = roster(self.table("rep_allocation_reps"), self.table("rep_allocation_dealers"))
        self.words.names = self.roster.names

    def table(self, name: str) -> "pd.DataFrame":
        """A table of the run; empty where it has not made it."""
        if name not in self._tables:
            self._tables[name] = read(self.tables, name)
        return self._tables[name]

    @cached_property
    def closed(self) -> list[str]:
        """The months under review."""
        return sorted(set(self.table(REVIEW)["month"]))

    @cached_property
    def course(self) -> "pd.DataFrame":
        """The year of each rep by month: rep, month, original, actual, variance, attainment, revised."""
        standing = self.table(REVIEW)[["rep", "month", "variance", "attainment"]]
        return self.table(f"{REVISION}_reps").merge(standing, how="left", on=["rep", "month"])

    def year(self, course: "pd.DataFrame") -> "pd.DataFrame":
        """A course by rep and month with two rows below each rep's: the months closed, and his year.

        What is actual of a year that goes on is no part of the year's row, nor what is revised of the months closed.
        """
        import pandas as pd

        if course.empty:
            return course
        closed = course[course["actual"].notna()]
        sums = closed.groupby("rep", sort=False)[["original", "actual", "variance"]].sum(min_count=1).reset_index()
        reached = sums["actual"] / sums["original"].astype("float64").where(sums["original"] > 0)
        to_date = sums.assign(attainment=reached, month=self.words("copies.sum_closed", count=len(self.closed)))
        whole = course.groupby("rep", sort=False)[["original", "revised"]].sum(min_count=1).reset_index()
        return pd.concat([course, to_date, whole.assign(month=TOTAL)], ignore_index=True)

    def revised_note(self, course: "pd.DataFrame") -> str:
        """Why the revised months of somebody sum to less than what he is held to; blank where they do not."""
        original, revised = (int(course[name].sum()) for name in ("original", "revised"))
        if revised >= original:
            return ""
        return self.words(
            "copies.revised_less", quota=self.words.money(original), less=self.words.money(original - revised)
        )

    @cached_property
    def standing(self) -> "pd.DataFrame":
        """The year to date of each rep with quota, what is expected of the year and its probability."""
        quota = self.table("rep_allocation_reps").set_index("rep")["quota"]
        landing = self.table("variance_review_landing_members").query("dimension == 'rep'").set_index("member")
        review = self._to_date
        found = review.assign(
            quota=review["rep"].map(quota).astype("Int64"),
            expected=review["rep"].map(landing["expected"]).astype("Int64"),
            probability=review["rep"].map(landing["probability"]).astype("float64"),
        )
        own = ~found["rep"].isin([MANAGER, UNASSIGNED])
        return found[own].sort_values(["variance", "rep"], ignore_index=True)

    @cached_property
    def rest(self) -> "pd.DataFrame":
        """The same of what no rep holds: the over-assignment kept by the manager, sales of nobody."""
        import pandas as pd

        review = self._to_date[self._to_date["rep"].isin([MANAGER, UNASSIGNED])]
        quota = self.course.groupby("rep")["original"].sum()
        return review.assign(
            quota=review["rep"].map(quota).astype("Int64"),
            expected=pd.Series(pd.NA, index=review.index, dtype="Int64"),
            probability=float("nan"),
        )

    @cached_property
    def _to_date(self) -> "pd.DataFrame":
        sums = self.table(REVIEW).groupby("rep", sort=False)[["target", "actual", "variance"]].sum().reset_index()
        return sums.assign(attainment=sums["actual"] / sums["target"].astype("float64").where(sums["target"] > 0))

    def shared(self) -> Iterator[tuple[str, Rows]]:
        """The tables a rep has rows of, as texts by rep."""
        for table, columns in SHARED.items():
            yield table, self.rows(self.of_note(table), table, columns)

    def rows(self, frame: "pd.DataFrame", table: str, columns: tuple[str, ...], title: str = "") -> Rows:
        """The columns of a frame as texts by rep, titled as the copies title the table."""
        return rows_by(frame, table, columns, self.words, title=title or self.words(f"copies.part_{table}"))

    def of_team(self, table: str, team: Sequence[str], owner: str = "") -> "pd.DataFrame":
        """The rows of note that are of some reps, or that their manager is to see to."""
        frame = self.of_note(table)
        own = frame["rep"].isin(team)
        return frame[own | (frame["owner"] == owner)] if owner and "owner" in frame else frame[own]

    def of_note(self, table: str) -> "pd.DataFrame":
        """The rows of a table that somebody still has to do something about."""
        if table not in self._of_note:
            self._of_note[table] = self._noted(table)
        return self._of_note[table]

    def _noted(self, table: str) -> "pd.DataFrame":
        frame = self.table(table)
        frame = frame if "rep" in frame else frame.assign(rep="")
        if frame.empty:
            return frame
        if table in CHOSEN:
            column, values = CHOSEN[table]
            frame = frame[frame[column].isin(values)]
        if table == "variance_review_measures":  # what is of no rep is of the rep who is to see to it
            keys = {text: rep.key for rep in self.roster.reps for text in (rep.name, rep.key)}
            frame = frame.assign(rep=frame["rep"].mask(frame["rep"] == "", frame["owner"].map(keys).fillna("")))
        if table == "variance_review_activities":
            frame = frame[frame["month"] == (self.closed or [""])[-1]]
        if table == "variance_review_projects":
            frame = frame[frame["state"] != "won"]
        if table == "variance_review_customers":
            frame = frame.sort_values(["amount_at_stake", "customer"], ascending=[False, True])
        if table == "variance_review_receivables":
            frame = frame[frame["overdue"] > 0]
        named = NAMED.get(table)
        return frame.assign(**{named: frame[named].mask(frame[named] == "", frame["customer"])}) if named else frame
