"""Both sides of the grid for one dimension: targets, actuals and last year, members x the twelve months."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED, UNKNOWN
from salesplan.calendar import add_months, month_span
from salesplan.variance_review.grid import listed_reps, rep_targets
from salesplan.variance_review.measures import DEDUCTIONS, MICRO, Figures

EVER = pd.Timestamp("1900-01-01")  # a spell whose start nobody wrote down
PLANNED = ("region", "channel", "product", "customer")
Whole = npt.NDArray[np.int64]


class Side(NamedTuple):
    """One indicator of one side, members x months: whole units (fen, millionths of a quantity), and what is unknown."""

    value: Whole
    unknown: npt.NDArray[np.bool_]


class Sides(NamedTuple):
    """A dimension: its members, and per indicator its targets, actuals and last year's actuals."""

    dimension: str
    members: list[str]
    months: list[str]
    facts: pd.DataFrame  # of the closed months and the same months of last year, with a column `member`
    target: dict[str, Side]
    actual: dict[str, Side]
    before: dict[str, Side]


def sides_of(figures: Figures, profit: pd.DataFrame | None, cutoff: int | None) -> Iterator[Sides]:
    """The dimensions of the plan, then teams, reps and the total.

    What a line does not name is of `(unknown)`; sales of nobody listed are of `(unassigned)`.
    """
    facts = _looked_at(figures)
    for name in PLANNED:
        if name in figures.split:
            yield _sides(figures, name, facts.assign(member=facts[name].replace("", UNKNOWN)), _split(figures, name))
    reps = listed_reps(figures, cutoff)
    owned = facts.assign(member=facts["rep"].where(facts["rep"].isin(reps), UNASSIGNED))
    quotas = _quotas(figures)
    if figures.reps is not None and "team" in figures.reps and figures.reps["team"].notna().any():
        teams = rep_teams(figures.reps, [*reps, UNASSIGNED, MANAGER], _months(figures), cutoff)
        yield _sides(figures, "team", _moved(owned, teams), _summed(_moved(quotas, teams)))
    yield _sides(figures, "rep", owned, _summed(quotas), {*reps, MANAGER, UNASSIGNED})
    yield _sides(figures, TOTAL, facts.assign(member=TOTAL), _total(figures, profit), {TOTAL})


def _looked_at(figures: Figures) -> pd.DataFrame:
    """Facts of the closed months and the same months of last year, with gross profit and what lines lack."""
    months = [*figures.closed, *(add_months(month, -12) for month in figures.closed)]
    counted = _micro(figures.facts[figures.facts["month"].isin(months)])
    deducted, cost = counted["kind"].isin(DEDUCTIONS), counted["cost"].astype("Int64")
    return counted.assign(
        micro=counted["micro"].mask(deducted, 0),
        lacking=counted["lacking"].mask(deducted, 0),
        costless=(cost.isna() & ~deducted).astype("int64"),
        gross=counted["amount"] - cost.fillna(0).astype("int64"),
    )


def _months(figures: Figures) -> list[str]:
    return [*(add_months(month, -12) for month in figures.months), *figures.months]


def rep_teams(reps: pd.DataFrame, names: list[str], months: list[str], cutoff: int | None) -> pd.DataFrame:
    """The team of each rep in each month: `rep`, `month`, `team`.

    That of the spell that began last by the month's end, before his first spell that of the first; `(unknown)` where
    none is named, and our own rows such as `(manager)` stay by themselves.
    """
    spells = reps[["rep", "start", "team"]].assign(start=pd.to_datetime(reps["start"]).fillna(EVER))
    spells = spells.sort_values(["start", "rep", "team"], na_position="first")
    cells = pd.MultiIndex.from_product([names, months], names=["rep", "month"]).to_frame(index=False)
    ends = {month: pd.Timestamp(month_span(month, cutoff)[1]) for month in months}
    cells = cells.assign(start=cells["month"].map(ends)).sort_values(["start", "rep"])
    unit = "datetime64[us]"
    known = spells.astype({"rep": "str", "start": unit})
    found = pd.merge_asof(cells.astype({"rep": "str", "start": unit}), known, on="start", by="rep")
    first = known.drop_duplicates("rep").set_index("rep")["team"]
    team = found["team"].fillna(found["rep"].map(first)).fillna(UNKNOWN)
    own = found["rep"].isin([MANAGER, UNASSIGNED])
    return found.assign(team=team.mask(own, found["rep"]))[["rep", "month", "team"]]


def _moved(rows: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Rows of reps as rows of their teams."""
    return rows.rename(columns={"member": "by"}).merge(
        teams.rename(columns={"rep": "by", "team": "member"}), on=["by", "month"], how="left"
    )


# ---------------------------------------------------------------- targets


def _split(figures: Figures, name: str) -> pd.DataFrame:
    """The split by member and month."""
    return _summed(_micro(figures.split).assign(member=figures.split[name]))


def _quotas(figures: Figures) -> pd.DataFrame:
    """Quotas by rep and month; `(manager)` takes off what is over-assigned, so that they sum to the plan."""
    amounts = rep_targets(figures).rename("amount").reset_index().rename(columns={"rep": "member"})
    given = _micro(figures.allocation).groupby(["rep", "month"])[["micro", "lacking"]].sum().reset_index()
    given = given.rename(columns={"rep": "member"})
    plan = _micro(figures.split).groupby("month")[["micro", "lacking"]].sum()
    sums = given.groupby("month")[["micro", "lacking"]].sum()
    rest = plan.assign(micro=plan["micro"] - sums["micro"], lacking=plan["lacking"] + sums["lacking"]).reset_index()
    quantities = pd.concat([given, rest.assign(member=MANAGER)], ignore_index=True)
    both = amounts.merge(quantities, on=["member", "month"], how="outer")
    return both.fillna({"amount": 0, "micro": 0, "lacking": 0}).astype(
        {"amount": "int64", "micro": "int64", "lacking": "int64"}
    )


def _micro(rows: pd.DataFrame) -> pd.DataFrame:
    """Quantities in whole millionths, and how many rows lack theirs."""
    quantity = rows["quantity"] if "quantity" in rows else pd.Series(np.nan, index=rows.index)
    lacking = quantity.isna()
    return rows.assign(micro=(quantity.fillna(0.0) * MICRO).round().astype("int64"), lacking=lacking.astype("int64"))


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.groupby(["member", "month"])[["amount", "micro", "lacking"]].sum().reset_index()


def _total(figures: Figures, profit: pd.DataFrame | None) -> pd.DataFrame:
    """The split's total by month, with the gross profit that the profit plan wants."""
    rows = _summed(_micro(figures.split).assign(member=TOTAL))
    if profit is None or profit.empty or profit["gross"].isna().any():
        return rows
    gross = profit.set_index("month")["gross"].reindex(rows["month"])
    return rows if gross.isna().any() else rows.assign(gross=gross.astype("int64").to_numpy())


# ---------------------------------------------------------------- members x months


def _sides(
    figures: Figures, dimension: str, facts: pd.DataFrame, targets: pd.DataFrame, own: set[str] | None = None
) -> Sides:
    members = sorted(own or {*facts["member"], *targets["member"]})
    past = [add_months(month, -12) for month in figures.months]
    begins = figures.facts["month"].min() if len(figures.facts) else "9999-12"
    missing = np.array([label < begins for label in past])
    before = {name: _lost(side, missing) for name, side in _actual(facts, members, past).items()}
    target, actual = _target(targets, members, figures.months), _actual(facts, members, figures.months)
    return Sides(dimension, members, figures.months, facts, target, actual, before)


def _lost(side: Side, missing: npt.NDArray[np.bool_]) -> Side:
    return Side(side.value, side.unknown | missing)


def _wide(rows: pd.DataFrame, columns: list[str], members: list[str], months: list[str]) -> list[Whole]:
    """Columns summed to members x months, each; rows of other months are left out."""
    row = pd.Index(members).get_indexer(pd.Index(rows["member"]))
    column = pd.Index(months).get_indexer(pd.Index(rows["month"]))
    inside = column >= 0
    places = row[inside] * len(months) + column[inside]
    found = np.zeros((len(members) * len(months), len(columns)), dtype=np.int64)
    np.add.at(found, places, rows[columns].to_numpy(dtype=np.int64)[inside])
    return list(found.T.reshape(len(columns), len(members), len(months)))


def _actual(facts: pd.DataFrame, members: list[str], months: list[str]) -> dict[str, Side]:
    """Amount, quantity and gross profit of facts; unknown where a line lacks its quantity or cost."""
    columns = ["amount", "micro", "lacking", "gross", "costless"]
    amount, micro, lacking, gross, costless = _wide(facts, columns, members, months)
    nothing = np.zeros_like(amount, dtype=bool)
    return {
        "amount": Side(amount, nothing),
        "quantity": Side(micro, lacking > 0),
        "gross_profit": Side(gross, costless > 0),
    }


def _target(rows: pd.DataFrame, members: list[str], months: list[str]) -> dict[str, Side]:
    """Targets: the amount of every cell; a quantity that a row lacks and a gross profit nobody set are unknown."""
    columns = ["amount", "micro", "lacking", "gross"]
    amount, micro, lacking, gross = _wide(rows.assign(gross=rows.get("gross", 0)), columns, members, months)
    nowhere = np.full(amount.shape, fill_value=bool((lacking > 0).any(axis=0).all()))
    return {
        "amount": Side(amount, np.zeros_like(amount, dtype=bool)),
        "quantity": Side(micro, (lacking > 0) | nowhere),
        "gross_profit": Side(gross, np.full(amount.shape, fill_value="gross" not in rows)),
    }
