"""The numbers on top of the index page and in the archive's list, and what a run assumed."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan.rep_allocation.people.hierarchy import total_rate
from salesplan.tables import outputs
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

    from salesplan.params import Loaded

Pairs = list[tuple[str, str]]


def _table(folder: Path, name: str) -> "pd.DataFrame | None":
    path = folder / f"{name}.csv"
    return outputs.read(path, name) if path.exists() else None


def numbers(tables: Path, words: Words) -> Pairs:
    """Label and value of each headline number that the run's tables allow."""
    parts = (_target, _quotas, _actual, _pay)
    return [pair for part in parts for pair in part(tables, words)]


def _target(tables: Path, words: Words) -> Pairs:
    frame = _table(tables, "annual_target")
    if frame is None or frame.empty:
        return []
    company = outputs.of_company(frame)
    row = company[(company["indicator"] == "amount") & company["planned"]].iloc[0]
    return [(words("headline.target"), words.money(int(row["value"] * 100)))]


def _quotas(tables: Path, words: Words) -> Pairs:
    frame = _table(tables, "rep_allocation_reps")
    if frame is None or frame.empty:
        return []
    return [(words("headline.quotas", reps=len(frame)), words.money(int(frame["quota"].sum())))]


def _actual(tables: Path, words: Words) -> Pairs:
    frame = _table(tables, "variance_review")
    if frame is None or frame.empty:
        return []
    actual, target = int(frame["actual"].sum()), int(frame["target"].sum())
    pairs = [(words("headline.actual"), words.money(actual))]
    return [*pairs, (words("headline.attainment"), words.percent(actual / target))] if target else pairs


def _pay(tables: Path, words: Words) -> Pairs:
    frame = _table(tables, "commission")
    if frame is None or frame.empty:
        return []
    return [(words("headline.payable"), words.money(int(frame["payable"].sum())))]


def assumed(loaded: "Loaded", as_of: date | None, words: Words) -> Pairs:
    """What a run was made under: levels, method, weights, plans, conventions."""
    rules: Any = loaded.rules
    plan = loaded.plan
    dimensions = words.list([words.column(name) for name in plan.dimensions]) or words("assumed.none")
    plans = words.list([item.name for item in rules["commission"].plans]) or words("assumed.none")
    return [
        (
            words("assumed.year"),
            words(
                "assumed.year_value",
                year=plan.fiscal_year,
                month=words.month(f"{plan.fiscal_year}-{plan.first_month:02d}"),
            ),
        ),
        (words("assumed.level"), words.code("level", rules["annual_target"].planned)),
        (words("assumed.method"), words.code("method", rules["seasonal_split"].method)),
        (words("assumed.dimensions"), dimensions),
        (words("assumed.over_assignment"), words.percent(total_rate(rules["rep_allocation"]))),
        (words("assumed.plans"), plans),
        (words("assumed.as_of"), words.date(as_of) if as_of else words("assumed.no_actuals")),
        (words("assumed.revision"), words.code("rule", rules["variance_review"].revision.rule)),
        (words("assumed.calendar"), plan.calendar),
        (words("assumed.tax"), words(f"assumed.tax_{plan.tax.sales}")),
    ]
