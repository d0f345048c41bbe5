"""Stock against its forecast: what is there, how long it lasts, what runs short under the revised sales."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.calendar import month_span
from salesplan.variance_review.measures import Figures, quantity_by

Floats = npt.NDArray[np.float64]
COLUMNS = [
    "product", "basis", "forecast", "actual", "gap", "planned_sales", "sales", "pace", "cover_days", "arrivals",
    "needed", "short_month", "shortage", "value_stock", "state",
]  # fmt: skip


def inventory(
    figures: Figures,
    forecast: pd.DataFrame,
    counted: pd.DataFrame | None,
    revision: pd.DataFrame,
    *,
    slow_days: int,
    cutoff: int | None = None,
) -> pd.DataFrame:
    """Table `variance_review_stock`: one row per product of the purchase plan, units; what is short first.

    `forecast`: table seasonal_split_stock; `counted`: input table stock; `revision`: month, original, revised (fen).
    The stock of today (`actual`) is the opening of the month that follows, `basis` "counted"; where nobody counted,
    the book's: opening of the plan + what was to arrive - what was sold, `basis` "book". `forecast`: what the plan
    expected; gap = actual - forecast. `planned_sales`, `sales`: to date; pace = sales / planned_sales. Sales to come
    are the plan's times revised / original of each month, and times the pace of a product that outsells its plan.
    `cover_days`: how many days the stock alone lasts through them; with `arrivals`, the purchases planned to the
    year's end, `short_month` is the first month that ends below zero and `shortage` the deepest lack of any month;
    `needed`: sales to come less stock and arrivals, at least 0. `state`: short, slow (lasts over `slow_days`), fine.
    `value_stock`: at cost, fen (NA where unknown). Products whose quantities sold are not known are left out.
    """
    plan = forecast.sort_values(["product", "month"], kind="stable")
    gone = [month for month in figures.closed if month in set(plan["month"])]
    sold = quantity_by(figures.facts[figures.facts["month"].isin(gone)], "product")
    names = pd.Index(sorted(set(plan["product"]) - set(sold.index[sold.isna()])))
    if not len(names) or not gone:
        return pd.DataFrame(columns=COLUMNS)
    grids = {name: _grid(plan, name, names) for name in ("opening", "in_transit", "purchases", "sales", "closing")}
    sales = sold.reindex(names).fillna(0.0)
    arrived = (grids["in_transit"] + grids["purchases"])[gone].sum(axis=1)
    book = grids["opening"][gone[0]] + arrived - sales
    known = _counted(counted, figures.open, names)
    table = pd.DataFrame(
        {
            "forecast": grids["closing"][gone[-1]],
            "actual": known.fillna(book).round().astype("int64"),
            "basis": np.where(known.notna(), "counted", "book"),
            "planned_sales": grids["sales"][gone].sum(axis=1),
            "sales": sales.round().astype("int64"),
            "value_stock": _worth(plan, names),
        },
        index=names,
    )
    later = [month for month in figures.open if month in grids["sales"].columns]
    outlook = _outlook(table, grids, later, (revision, cutoff))
    return _told(table.join(outlook), slow_days)


def _grid(plan: pd.DataFrame, column: str, names: "pd.Index[Any]") -> pd.DataFrame:
    """Products x the months of the purchase plan."""
    return plan.pivot_table(index="product", columns="month", values=column, aggfunc="sum").reindex(names).fillna(0)


def _counted(counted: pd.DataFrame | None, ahead: Sequence[str], names: "pd.Index[Any]") -> "pd.Series[float]":
    """The opening stock of the month that follows the review, by product; NaN where nobody counted."""
    blank = pd.Series(np.nan, index=names)
    if counted is None or not ahead or "opening" not in counted:
        return blank
    rows = counted[counted["month"] == ahead[0]].dropna(subset=["opening"])
    return rows.set_index("product")["opening"].astype("float64").reindex(names)


def _worth(plan: pd.DataFrame, names: "pd.Index[Any]") -> "pd.Series[float]":
    """Cost of a unit in fen, as the purchase plan values its sales; NaN where unknown."""
    valued = plan[(plan["sales"] > 0) & plan["value_sales"].notna()]
    first = valued.drop_duplicates("product").set_index("product")
    return (first["value_sales"].astype("float64") / first["sales"].astype("float64")).reindex(names)


def _outlook(
    table: pd.DataFrame, grids: dict[str, pd.DataFrame], later: list[str], given: tuple[pd.DataFrame, int | None]
) -> pd.DataFrame:
    """What the months to come ask of the stock, by product."""
    revision, cutoff = given
    original = revision.set_index("month")["original"].reindex(later).astype("float64")
    revised = revision.set_index("month")["revised"].reindex(later).astype("float64")
    factor = (revised / original.where(original > 0)).fillna(1.0).to_numpy()
    stock, planned = table["actual"], table["planned_sales"].astype("float64")
    pace = (table["sales"] / planned.where(planned > 0)).fillna(1.0).clip(lower=1.0).to_numpy()
    need = np.floor(grids["sales"][later].to_numpy(dtype="float64") * factor * pace[:, None] + 0.5)
    coming = (grids["in_transit"] + grids["purchases"])[later].to_numpy(dtype="float64")
    ends = stock.to_numpy(dtype="float64")[:, None] + np.cumsum(coming - need, axis=1)
    below = ends < 0
    first = np.where(below.any(axis=1), below.argmax(axis=1), -1)
    lack = np.maximum(-ends.min(axis=1, initial=0.0), 0.0)
    missing = need.sum(axis=1) - coming.sum(axis=1) - stock.to_numpy()
    spans = [month_span(month, cutoff) for month in later]
    days = np.array([(last - begin).days + 1 for begin, last in spans], dtype="float64")
    return pd.DataFrame(
        {
            "cover_days": _cover(np.asarray(stock, dtype=np.float64), need, days),
            "arrivals": coming.sum(axis=1).astype("int64"),
            "needed": np.maximum(missing, 0).astype("int64"),
            "short_month": pd.Series([later[k] if k >= 0 else None for k in first], dtype="str").to_numpy(),
            "shortage": lack.astype("int64"),
        },
        index=stock.index,
    )


def _cover(stock: Floats, need: Floats, days: Floats) -> Floats:
    """Whole days the stock lasts through the months' needs, then at their average; NaN where nothing is needed."""
    reach = np.concatenate([np.zeros((len(need), 1)), np.cumsum(need, axis=1)], axis=1)
    at = (reach[:, 1:] <= np.maximum(stock, 0)[:, None]).sum(axis=1)
    passed = np.concatenate([[0.0], np.cumsum(days)])[at]
    left = np.maximum(stock, 0) - np.take_along_axis(reach, at[:, None], axis=1)[:, 0]
    inside = at < need.shape[1]
    place = np.minimum(at, max(need.shape[1] - 1, 0))[:, None]
    pace = need.sum(axis=1) / max(days.sum(), 1.0)
    if need.shape[1]:
        month = np.take_along_axis(need, place, axis=1)[:, 0] / days[place[:, 0]]
        pace = np.where(inside, month, pace)
    more = np.divide(left, pace, out=np.zeros(len(stock)), where=pace > 0)
    return np.where(need.sum(axis=1) > 0, np.floor(passed + more + 1e-9), np.nan)


def _told(table: pd.DataFrame, slow_days: int) -> pd.DataFrame:
    """The table with gap, pace, value and state, what is short first, then what lasts longest."""
    planned = table["planned_sales"].astype("float64")
    lasts = table["cover_days"].isna() & (table["actual"] > 0)
    slow = lasts | (table["cover_days"] > slow_days)
    worth = table["value_stock"] * table["actual"].clip(lower=0)
    found = table.assign(
        gap=table["actual"] - table["forecast"],
        pace=table["sales"] / planned.where(planned > 0),
        value_stock=worth.round().astype("Int64"),
        state=np.select([table["shortage"] > 0, slow], ["short", "slow"], "fine"),
    )
    whole = dict.fromkeys(("forecast", "planned_sales", "gap"), "int64")
    ranked = found.astype(whole).rename_axis("product").reset_index()
    rank = ranked["state"].map({"short": 0, "slow": 1, "fine": 2})
    ordered = ranked.assign(rank=rank).sort_values(["rank", "cover_days", "product"], kind="stable", ignore_index=True)
    return ordered[COLUMNS]
