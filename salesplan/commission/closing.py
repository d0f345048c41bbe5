"""Months closed for good: their pay stands as it was closed, every difference moves to the first open month.

A run computes the whole year afresh. What the closed months would be today, less what they are, is the difference;
it is booked in the open month with its reason, so that from there on everything to date is what the fresh
calculation says, and no closed row ever changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from salesplan.commission.pay import PAID, Pay, no_rows
from salesplan.commission.pay.base import differences
from salesplan.commission.reasons import with_reasons
from salesplan.commission.year import Ledger, Note

CORRECTION = "correction"
CORRECTIONS = {
    "month": "str", "of_month": "str", "rep": "str", "order": "str", "earned": "int64", "released": "int64",
    "base_pay": "int64", "reason": "str", "approved_by": "str", "amount_earned_before": "int64",
    "amount_released_before": "int64", "amount_base_pay_before": "int64",
}  # fmt: skip
MOVED = ["earned", "released", "base_pay"]
BEFORE = [f"amount_{name}_before" for name in MOVED]
# A line is the same line where these agree; its tier and rate count in whole millionths.
SAME_LINE = ["rep", "of_month", "order", "product", "original_order", "tier", "micro"]
LINES_SEEN = ["rep", "order", "rule", "base", "amount", "product", "original_order"]
RELEASES_SEEN = ["rep", "order", "earned", "released", "clawback"]
LINE_ORDER = ["rep", "month"]
RELEASE_ORDER = ["rep", "month", "order"]
GRID = ("rep", "month", "plan")
MILLIONTHS = 1_000_000


@dataclass(frozen=True)
class Closed:
    """Closed months in order, and the rows of each table as they were closed; money in int64 fen.

    `table`, `lines`, `releases`, `base_pay` as in `Commission`. `otherwise` is the reason of differences that no row
    of the table `corrections` explains: parameters have changed, rows of earlier years, or what others are paid on.
    """

    months: Sequence[str]
    table: pd.DataFrame
    lines: pd.DataFrame
    releases: pd.DataFrame
    base_pay: pd.DataFrame
    otherwise: str = ""

    def within(self, months: Sequence[str]) -> "Closed":
        """What was closed of these months."""
        return Closed(
            months=[month for month in self.months if month in months],
            table=_within(self.table, months),
            lines=_within(self.lines, months),
            releases=_within(self.releases, months),
            base_pay=_within(self.base_pay, months),
            otherwise=self.otherwise,
        )


@dataclass(frozen=True)
class Settled:
    """Lines and releases with the closed months as closed, and what moved.

    `corrections`: month (the open one; '' while the review has none), of_month, rep, order, what moves in fen: earned,
    released (less what is taken back), base_pay; reason, approved_by; and what each was before: earned and base_pay of
    the month it belongs to, released to date. `closed`: the closed months of the review; None
    where there are none. `month`: the first open one, '' without.
    """

    lines: pd.DataFrame
    releases: pd.DataFrame
    corrections: pd.DataFrame
    closed: Closed | None = None
    month: str = ""


def settled(
    lines: pd.DataFrame,
    releases: pd.DataFrame,
    closed: Closed | None,
    reasons: pd.DataFrame | None,
    review: Sequence[str],
) -> Settled:
    """Lines and releases in which closed months stand as closed and differences stand in the first open month.

    `lines` and `releases` as calculated now, over the months of `review`. A corrected line has rule `correction`, its
    base and amount are what the line is now less what it was. An order whose earned or released to date differs moves
    once in the open month: up is released, down is clawed back. From that month on earned and released to date are
    those of the fresh calculation, per rep and order. Nothing is corrected in a review that ends before the last
    closed month. Without an open month in the review the differences are only listed.
    """
    if closed is None or not set(closed.months) & set(review):
        return Settled(lines, releases, no_corrections())
    stood, month = closed.within(review), next((month for month in review if month not in closed.months), "")
    then_lines, then_releases = _typed(stood.lines, lines), _typed(stood.releases, releases)
    changed = line_differences(*_unlike(_within(lines, stood.months), then_lines, LINES_SEEN))
    moved = release_differences(*_unlike(_within(releases, stood.months), then_releases, RELEASES_SEEN))
    if len(stood.months) < len(closed.months):
        changed, moved = changed.iloc[:0], moved.iloc[:0]
    told = with_reasons(changed, reasons, closed.otherwise)
    if month:
        new = told.assign(month=month, rule=CORRECTION)
        booked = _joined([then_lines, new, _without(lines, stood.months)], LINE_ORDER, lines)
        out = _joined(
            [then_releases, _released(_without(releases, stood.months), moved, month)], RELEASE_ORDER, releases
        )
    else:
        booked, out = _joined([then_lines], LINE_ORDER, lines), _joined([then_releases], RELEASE_ORDER, releases)
    listed = _with_before(_listed(told, with_reasons(moved, reasons, closed.otherwise, told), month), stood)
    return Settled(booked, out, listed, stood, month)


def line_differences(fresh: pd.DataFrame, closed: pd.DataFrame) -> pd.DataFrame:
    """One row per line whose amount is another: rep, of_month, order, product, original_order, tier_from, rate, base,
    amount, date, plan. A closed correction counts for the month it corrected, so that nothing is corrected twice."""
    sides = pd.concat([_counted(fresh, 1), _counted(closed, -1)], ignore_index=True)
    groups = sides.groupby(SAME_LINE, sort=True)
    sums = groups[["amount"]].sum().assign(base=groups["base"].sum(min_count=1))
    found = sums.join(groups[["tier_from", "rate", "date", "plan"]].first())
    return found[found["amount"] != 0].reset_index().drop(columns=["tier", "micro"])


def _counted(lines: pd.DataFrame, sign: int) -> pd.DataFrame:
    corrected = lines["of_month"] != ""
    return lines.assign(
        of_month=lines["of_month"].where(corrected, lines["month"]),
        tier=_millionths(lines["tier_from"]),
        micro=_millionths(lines["rate"]),
        base=lines["base"] * sign,
        amount=lines["amount"] * sign,
    )


def _millionths(share: "pd.Series[float]") -> "pd.Series[int]":
    return (share * MILLIONTHS).round().fillna(-1).astype("int64")


def release_differences(fresh: pd.DataFrame, closed: pd.DataFrame) -> pd.DataFrame:
    """Per rep and order what is earned and what is out to date, now less then: rep, order, of_month (the last in
    which it differs), earned, net (released + clawback)."""
    sides = pd.concat(
        [
            rows.assign(earned=rows["earned"] * sign, net=(rows["released"] + rows["clawback"]) * sign)
            for rows, sign in ((fresh, 1), (closed, -1))
        ]
    )
    sums = sides.groupby(["rep", "order", "month"])[["earned", "net"]].sum()
    months = sums[(sums != 0).any(axis=1)].reset_index(names=["rep", "order", "of_month"])
    found = months.groupby(["rep", "order"]).agg({"of_month": "last", "earned": "sum", "net": "sum"}).reset_index()
    return found[(found[["earned", "net"]] != 0).any(axis=1)].reset_index(drop=True)


def _released(later: pd.DataFrame, found: pd.DataFrame, month: str) -> pd.DataFrame:
    """Releases of the open months; an order that differs moves once in the first of them."""
    keys = pd.MultiIndex.from_frame(found[["rep", "order"]])
    own = (later["month"] == month) & pd.MultiIndex.from_frame(later[["rep", "order"]]).isin(keys)
    here = later[own].assign(net=later["released"] + later["clawback"])
    sums = pd.concat([here, found]).groupby(["rep", "order"])[["earned", "net"]].sum().reset_index()
    moved = sums[(sums[["earned", "net"]] != 0).any(axis=1)]
    out, back = moved["net"].clip(lower=0), moved["net"].clip(upper=0)
    return pd.concat([later[~own], moved.assign(month=month, released=out, clawback=back)])


def _listed(lines: pd.DataFrame, releases: pd.DataFrame, month: str) -> pd.DataFrame:
    """What moves, for people: earned by the month of its lines, released by the last month in which it differs."""
    earned = lines.rename(columns={"amount": "earned"})
    out = releases.drop(columns="earned").rename(columns={"net": "released"})
    return _corrections([earned, out], month)


def all_corrections(stood: Settled, base_pay: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """`stood.corrections` and those of base pay (rep, month, component, of_month, amount): rows of the open month that
    belong to a closed one; without an open month, what `base_pay` as it would be today differs from what was closed."""
    closed: Closed | None = ledger.closed
    if closed is None or stood.closed is None or not (stood.month or len(stood.closed.months) == len(closed.months)):
        return stood.corrections
    own = base_pay[(base_pay["month"] == stood.month) & (base_pay["of_month"] != "")]
    if not stood.month:
        own = differences(base_pay, _typed(stood.closed.base_pay, no_rows()), "")
    if own.empty:
        return stood.corrections
    rows = own.assign(order="").rename(columns={"amount": "base_pay"})[["rep", "of_month", "order", "base_pay"]]
    told = with_reasons(rows, ledger.corrections, closed.otherwise, stood.corrections)
    return _with_before(_corrections([stood.corrections, told], stood.month), stood.closed)


def _corrections(parts: Sequence[pd.DataFrame], month: str) -> pd.DataFrame:
    kinds = {name: kind for name, kind in CORRECTIONS.items() if name not in BEFORE}
    keys = [name for name in kinds if name not in MOVED]
    filled = [part.assign(month=month).reindex(columns=list(kinds)).fillna(dict.fromkeys(MOVED, 0)) for part in parts]
    sums = pd.concat(filled).astype(kinds).groupby(keys)[MOVED].sum()
    told = sums[(sums != 0).any(axis=1)].reset_index()[list(kinds)]
    return told.sort_values(["of_month", "rep", "order", "reason"], kind="stable", ignore_index=True).astype(kinds)


def _with_before(found: pd.DataFrame, stood: Closed) -> pd.DataFrame:
    """The corrections with what each amount was; of several of one order each begins where the one before it ends."""
    moved = stood.releases.assign(of_month="", amount=stood.releases["released"] + stood.releases["clawback"])
    parts = {
        "earned": (_by_month(stood.lines), ["rep", "order", "of_month"]),
        "released": (moved, ["rep", "order"]),
        "base_pay": (_by_month(_typed(stood.base_pay, no_rows())), ["rep", "of_month"]),
    }
    told = found
    for name, (rows, keys) in parts.items():
        begin = rows.groupby(keys)["amount"].sum().rename("begin").reset_index()
        known = found[keys].merge(begin, how="left", on=keys)["begin"].fillna(0).astype("int64")
        so_far = found.groupby(keys)[name].cumsum() - found[name]
        changed = (found[name] != 0).to_numpy()
        told = told.assign(**{f"amount_{name}_before": ((known.to_numpy() + so_far) * changed).astype("int64")})
    return told[list(CORRECTIONS)]


def _by_month(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by the month they belong to."""
    of_month = rows["of_month"].fillna("")
    return rows.assign(of_month=of_month.where(of_month != "", rows["month"]))


def frozen(closed: Closed | None, review: Sequence[str]) -> Pay | None:
    """The closed months of the review as `pay_table` leaves them standing; None where there are none."""
    if closed is None:
        return None
    stood = closed.within(review)
    table = pd.DataFrame({name: pd.Series(dtype="str" if name in GRID else "int64") for name in PAID})
    return Pay(_typed(stood.table, table), _typed(stood.base_pay, no_rows())) if stood.months else None


def with_closed_reps(grid: pd.DataFrame, closed: Closed | None, review: Sequence[str]) -> pd.DataFrame:
    """The grid of `pay_table` with the reps who are on no plan any more and have closed months: without a plan."""
    gone = [] if closed is None else sorted(set(_within(closed.table, review)["rep"]) - set(grid["rep"]))
    if not gone:
        return grid
    rows = pd.MultiIndex.from_product([gone, review], names=["rep", "month"]).to_frame(index=False)
    return pd.concat([grid, rows.assign(plan=-1, quota=0, actual=0).astype(grid.dtypes.to_dict())], ignore_index=True)


def no_corrections() -> pd.DataFrame:
    """The table of corrections with its header and no row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in CORRECTIONS.items()})


def as_closed(orders: pd.DataFrame, stood: Settled) -> pd.DataFrame:
    """Orders as the closed months leave them where the review has no open month; else as they are."""
    if stood.closed is None or stood.month:
        return orders
    releases = stood.releases
    sums = releases.assign(released=releases["released"] + releases["clawback"]).groupby(["rep", "order"])
    bare = orders.drop(columns=["earned", "released"])
    out = bare.merge(sums[["earned", "released"]].sum().reset_index(), how="left", on=["rep", "order"])
    known = out.assign(**{name: out[name].fillna(0).astype("int64") for name in ("earned", "released")})
    return known.assign(held=known["earned"] - known["released"])[list(orders.columns)]


def notes(corrections: pd.DataFrame) -> list[Note]:
    """What is to be said: how much moved to the open month, or waits for one."""
    if corrections.empty:
        return []
    month, amount = corrections["month"].iloc[0], int(corrections["earned"].sum())
    return [
        Note(
            "corrected" if month else "corrections_wait", {"count": len(corrections), "amount": amount, "month": month}
        )
    ]


def _within(frame: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    return frame[frame["month"].isin(months)]


def _without(frame: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    return frame[~frame["month"].isin(months)]


def _unlike(fresh: pd.DataFrame, closed: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the closed months, without months that are the same row by row: they add nothing to a difference."""
    then = {month: rows[columns].reset_index(drop=True) for month, rows in closed.groupby("month")}
    same = [
        str(month)
        for month, rows in fresh.groupby("month")
        if month in then and rows[columns].reset_index(drop=True).equals(then[month])
    ]
    return _without(fresh, same), _without(closed, same)


def _typed(rows: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """Rows with the columns and types of the fresh ones; a blank text is '', a sum that was not kept then 0."""
    columns = {}
    for name, kind in fresh.dtypes.items():
        text = pd.api.types.is_string_dtype(kind)
        blank = "" if text else 0 if kind == "int64" else pd.NA
        column = rows[name] if name in rows else pd.Series(blank, index=rows.index)
        columns[name] = (column.fillna("") if text else column).astype(kind)
    return pd.DataFrame(columns, index=rows.index)


def _joined(frames: Sequence[pd.DataFrame], keys: list[str], fresh: pd.DataFrame) -> pd.DataFrame:
    """Closed rows and later ones as one frame, in the order of its keys."""
    filled = [_typed(frame, fresh) for frame in frames if len(frame)] or [fresh.iloc[:0]]
    return pd.concat(filled).sort_values(keys, kind="stable", ignore_index=True)
