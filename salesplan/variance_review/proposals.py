"""Causes that the data themselves suggest, each with what it explains and what it was found in.

They overlap: a customer lost is sold by a rep who was not there. They are never summed, and nothing of them enters
the causes unless somebody records it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from salesplan.calendar import add_months, month_span
from salesplan.money import half_away
from salesplan.settling import tax_factor
from salesplan.terms.channels import ProjectStage
from salesplan.terms.plan import Tax
from salesplan.terms.variance_review import VarianceReviewTerms
from salesplan.variance_review.bridge import bridge_sides
from salesplan.variance_review.deductions import effects_beside_price
from salesplan.variance_review.grid import NOBODY
from salesplan.variance_review.measures import Figures, known_members
from salesplan.variance_review.receivables import Owed

# What each kind of finding is about, and the cause it would be recorded as where the plan has that code.
KINDS = {
    "lost_customer": ("customer", "competition"),
    "late_project": ("project", "demand"),
    "price_cut": ("product", "price"),
    "missing_activity": ("rep", "no_process"),
    "vacancy": ("rep", "team_skill"),
    "collection_overdue": ("customer", "no_system"),
}
PROPOSAL_COLUMNS = ["code", "subject_kind", "subject", "amount", "rows", "before", "now", "detail", "cause"]
MONEY = ("lost_customer", "late_project", "price_cut", "vacancy", "collection_overdue")  # `before` and `now` are fen


class Traces(NamedTuple):
    """What the proposals are found in beside the review's figures.

    `projects`, `asked` and `vacancies`: tables `seasonal_split_projects`, `rep_allocation_activities` and
    `rep_allocation_vacancies`; `activities`: the input table; `stages`: those of the project tracking form; `cutoff`:
    the day on which months end.
    """

    projects: pd.DataFrame
    asked: pd.DataFrame
    vacancies: pd.DataFrame
    activities: pd.DataFrame | None = None
    stages: Sequence[ProjectStage] = ()
    cutoff: int | None = None


def propose(
    figures: Figures, grid: pd.DataFrame, bridge: pd.DataFrame, traces: Traces, causes: Iterable[str]
) -> pd.DataFrame:
    """Proposed causes of the months to date, the largest first; without those of collections, see `overdue`.

    `code`: `lost_customer` (bought in the same months last year, nothing this year: last year's amount),
    `late_project` (expected to close in these months and not won: its weighted amount), `price_cut` (the price part of
    `bridge`), `missing_activity` (less of an activity than asked for, by a rep behind his quota: that part of his
    quota, at most what he is behind), `vacancy` (a month's quota for the days a rep was not there, at most what is
    missing; the target of customers nobody held). `subject`: whom or what it is about, of the kind `subject_kind`.
    `amount` <= 0 (fen), `rows` behind it, `before` and `now`: what was expected and what came (fen; counts of an
    activity), `detail`: the activity, or what else tells which. `cause`: the code it may be recorded under, blank
    where `causes` has it not.
    """
    found = [
        _lost_customers(figures),
        _late_projects(figures, traces),
        _price_cuts(figures, bridge),
        _missing_activity(figures, grid, traces),
        _absences(figures, grid, traces.cutoff),
        _positions(figures, traces.vacancies),
    ]
    return _proposals([one for one in found if len(one)] if figures.closed else [], causes)


def overdue(figures: Figures, owed: Owed | None, rules: VarianceReviewTerms, tax: Tax) -> pd.DataFrame:
    """Proposals `collection_overdue`: what customers owe past the due date, of orders older than the plan's days; fen.

    `owed`: the receivables, whose open orders these are, here on the tax basis of sales; a fen per order is the
    rounding of tax. No part of the sales variance: it says what the sales have not brought yet.
    Columns as of `propose`; `rows`: the orders that are open; `before`: what they come to, `now`: paid of it.
    """
    if owed is None or not figures.closed:
        return _proposals([], rules.causes)
    items, first = owed.items, owed.today - pd.Timedelta(days=rules.proposals.overdue_days)
    late = items[(items["overdue"] > 1) & (items["date"] <= first) & ~items["customer"].isin(NOBODY)]
    rows = late.groupby("customer").agg(before=("asked", "sum"), amount=("overdue", "sum"), rows=("asked", "size"))
    there, here = tax_factor(tax)
    for name in ("before", "amount"):
        rows[name] = half_away(rows[name].to_numpy(dtype="int64") * here, there)
    rows = rows.assign(now=rows["before"] - rows["amount"], amount=-rows["amount"])
    rows = rows.assign(code="collection_overdue", subject=rows.index)
    return _proposals([rows] if len(rows) else [], rules.causes)


def largest_first(*found: pd.DataFrame) -> pd.DataFrame:
    """Proposals of several kinds in one table, the largest first. They overlap: their amounts are not summed."""
    rows = pd.concat(found, ignore_index=True)
    return rows.sort_values(["amount", "code", "subject", "detail"], ignore_index=True)


def _proposals(found: list[pd.DataFrame], causes: Iterable[str]) -> pd.DataFrame:
    kinds = {"amount": "int64", "rows": "int64", "before": "float64", "now": "float64"}
    texts = dict.fromkeys([name for name in PROPOSAL_COLUMNS if name not in kinds], "str")
    if not found:
        return pd.DataFrame({name: pd.Series(dtype={**kinds, **texts}[name]) for name in PROPOSAL_COLUMNS})
    rows: pd.DataFrame = pd.concat(found, ignore_index=True)
    known = set(causes)
    codes = {kind: code if code in known else "" for kind, (_, code) in KINDS.items()}
    kind = rows["subject_kind"] if "subject_kind" in rows else pd.Series(pd.NA, index=rows.index)
    about = kind.fillna(rows["code"].map({name: what for name, (what, _) in KINDS.items()}))
    filled = rows.assign(subject_kind=about, cause=rows["code"].map(codes))
    whole = filled.reindex(columns=PROPOSAL_COLUMNS).astype({"detail": "object"})
    typed = whole.fillna({"detail": "", "rows": 0}).astype({**kinds, **texts})
    return largest_first(typed[typed["amount"] < 0])


def _lost_customers(figures: Figures) -> pd.DataFrame:
    """Customers of the same months last year of whom no line came this year."""
    same = [add_months(month, -12) for month in figures.closed]
    past = figures.facts[figures.facts["month"].isin(same)]
    if not known_members(past, "customer"):
        return pd.DataFrame()
    gone = past[~past["customer"].isin([*figures.actuals["customer"], *NOBODY])]
    bought = gone.groupby("customer").agg(before=("amount", "sum"), rows=("lines", "sum"))
    return bought.assign(code="lost_customer", amount=-bought["before"], now=0, subject=bought.index)


def _late_projects(figures: Figures, traces: Traces) -> pd.DataFrame:
    """Projects whose expected close lies in the closed months and whose stage is not one of the won."""
    won = [stage.stage for stage in traces.stages if stage.closed]
    late = traces.projects[traces.projects["month"].isin(figures.closed) & ~traces.projects["stage"].isin(won)]
    weighted = late["expected"].fillna(late["amount"])
    return late.assign(
        code="late_project", subject=late["project"], before=late["amount"], now=0, detail=late["stage"], rows=1,
        amount=-weighted.astype("int64"),
    )[["code", "subject", "amount", "before", "now", "detail", "rows"]]  # fmt: skip


def _price_cuts(figures: Figures, bridge: pd.DataFrame) -> pd.DataFrame:
    """Products whose own price lies below the target's; prices per unit before allowances and exchange rates."""
    if not figures.closed or not known_members(figures.actuals, "product"):
        return pd.DataFrame()
    sides = bridge_sides(figures, "product").set_index("member")
    cut = bridge.set_index("member")["own_price"].reindex(sides.index).fillna(0)
    beside = effects_beside_price(figures, "product").reindex(sides.index, fill_value=0).sum(axis=1)
    lines = figures.actuals.groupby("product")["lines"].sum().reindex(sides.index, fill_value=0)
    rows = sides.assign(
        code="price_cut", subject=sides.index, amount=cut.astype("int64"), rows=lines,
        before=sides["target_amount"] / sides["target_quantity"],
        now=(sides["actual_amount"] - beside) / sides["actual_quantity"],
    )  # fmt: skip
    return rows[rows["amount"] < 0]


def _missing_activity(figures: Figures, grid: pd.DataFrame, traces: Traces) -> pd.DataFrame:
    """Of each rep behind his quota the activity of which most is missing; months without a record count as none."""
    if traces.activities is None or not len(traces.activities):
        return pd.DataFrame()
    keys = ["rep", "activity"]
    recorded: pd.DataFrame = traces.activities.assign(month=traces.activities["date"].str.slice(0, 7))
    done = recorded[recorded["month"].isin(figures.closed)].groupby(keys)["count"].agg(["sum", "size"])
    wanted = traces.asked[traces.asked["period"].isin(figures.closed)]
    asked = wanted[wanted["activity"].isin(recorded["activity"])].groupby(keys)["count"].sum()
    known = done.reindex(asked.index, fill_value=0)
    rows = pd.DataFrame({"before": asked, "now": known["sum"], "rows": known["size"]}).reset_index()
    rows = rows[(rows["before"] > 0) & (rows["now"] < rows["before"])]
    rows = rows.assign(missing=1 - rows["now"] / rows["before"], rank=lambda d: -d["missing"].round(12))
    worst = rows.sort_values(["rep", "rank", "activity"]).drop_duplicates("rep").set_index("rep")
    sums = grid.groupby("rep")[["target", "variance"]].sum().reindex(worst.index, fill_value=0)
    part = -(sums["target"] * worst["missing"]).round()
    amount = pd.concat([part, sums["variance"].astype("float64")], axis=1).max(axis=1).astype("int64")
    found = worst.assign(code="missing_activity", subject=worst.index, amount=amount, detail=worst["activity"])
    return found[["code", "subject", "amount", "before", "now", "detail", "rows"]]


def _absences(figures: Figures, grid: pd.DataFrame, cutoff: int | None) -> pd.DataFrame:
    """Months with a quota in which a rep was not there all days: the quota of the days without him."""
    if figures.reps is None or grid.empty:
        return pd.DataFrame()
    cells = grid[(grid["target"] > 0) & grid["rep"].isin(figures.reps["rep"])].reset_index(drop=True)
    spans = {month: month_span(month, cutoff) for month in figures.closed}
    firsts, lasts = (pd.to_datetime(cells["month"].map({m: span[end] for m, span in spans.items()})) for end in (0, 1))
    spells = cells.assign(first=firsts, last=lasts, cell=cells.index).merge(figures.reps[["rep", "start", "end"]])
    begin = pd.concat([spells["first"], pd.to_datetime(spells["start"])], axis=1).max(axis=1)
    end = pd.concat([spells["last"], pd.to_datetime(spells["end"])], axis=1).min(axis=1)
    there = ((end - begin).dt.days + 1).clip(lower=0).groupby(spells["cell"]).sum().reindex(cells.index, fill_value=0)
    days = (lasts - firsts).dt.days + 1
    away = (1 - there / days).clip(lower=0)
    part = -(cells["target"] * away).round()
    amount = pd.concat([part, cells["variance"].astype("float64")], axis=1).max(axis=1)
    rows = cells.assign(
        code="vacancy", subject=cells["rep"], amount=amount.where(away > 0, 0.0).astype("int64"), rows=1
    )
    return rows.assign(before=rows["target"], now=rows["actual"], detail=rows["month"])


def _positions(figures: Figures, vacancies: pd.DataFrame) -> pd.DataFrame:
    """Customers nobody held in closed months: their target, of a run of months the part that is closed."""
    gaps = vacancies[vacancies["reason"].isin(["no_owner", "not_there"])].reset_index(drop=True)
    if gaps.empty or not figures.closed:
        return pd.DataFrame()
    months = pd.DataFrame({"month": figures.months, "season": figures.targets.to_numpy()})
    pairs = gaps.assign(run=gaps.index).merge(months, how="cross")
    pairs = pairs[(pairs["month"] >= pairs["first_month"]) & (pairs["month"] <= pairs["last_month"])]
    whole = pairs.groupby("run")["season"].sum().reindex(gaps.index, fill_value=0)
    closed = pairs[pairs["month"].isin(figures.closed)].groupby("run")["season"].sum().reindex(gaps.index, fill_value=0)
    part = (gaps["amount"] * closed / whole.where(whole > 0)).fillna(0).round().astype("int64")
    named = gaps["rep"].fillna("").astype("str")
    subject = named.where(named != "", gaps["region"].fillna("").astype("str"))
    return pd.DataFrame(
        {
            "code": "vacancy", "subject": subject, "subject_kind": named.ne("").map({True: "rep", False: "region"}),
            "amount": -part, "rows": gaps["customers"], "before": part, "now": 0,
            "detail": gaps["first_month"] + "/" + gaps["last_month"],
        }
    )  # fmt: skip
