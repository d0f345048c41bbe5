"""A rep's quota over his customers, step by step: kept, followed, developed, new; exact per rep."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNKNOWN, apportion_groups
from salesplan.rep_allocation.portfolio.purchases import Newcomers

NEW = "(new)"  # customers still to be won
STEPS = ("kept", "pipeline", "developed")
Real = NDArray[np.float64]
Fen = NDArray[np.int64]


def wishes(rows: pd.DataFrame, fresh: Newcomers, share: float) -> pd.DataFrame:
    """What each row can carry at each step, fen: `kept`, `pipeline` (beyond kept), `developed`, and `free`.

    `rows` has `kind`, `grade`, `customer`, `part` (of the year held), `usual`, `best`, `potential` (fen, NaN unknown)
    and `pipeline`. kept = usual x part; developed = share x (potential - usual - pipeline) x part. An unknown
    potential is usual x the median ratio of the grade's known ones, else of all; of who bought only in former years
    his best year; who never bought is developed by what a newcomer brings in his first year. Where no potential is
    known at all, nothing limits the growth of existing customers: they share it in proportion to `free`.
    """
    existing, lapsed = rows["kind"] == "existing", rows["kind"] == "lapsed"
    usual = rows["usual"].where(existing, 0.0)
    more = (rows["pipeline"] - usual * rows["part"]).clip(lower=0)
    ratio = _ratios(rows)
    potential = rows["potential"].fillna((usual * typical_ratio(rows)).where(existing, rows["best"].where(lapsed)))
    left = ((potential - usual) * rows["part"] - more).clip(lower=0) * share
    first = (fresh.first_year or 0) * rows["part"]
    developed = left.where(potential.notna(), first.where(~existing, 0.0))
    # Sales without a customer's name are kept; nobody can be asked for more.
    nameless = rows["customer"] == UNKNOWN
    free = (usual * rows["part"]).where(~nameless, 0.0) * float(ratio.isna().all())
    kept = usual * rows["part"]
    return pd.DataFrame({"kept": kept, "pipeline": more, "developed": developed.where(~nameless, 0.0), "free": free})


def typical_ratio(rows: pd.DataFrame) -> "pd.Series[float]":
    """By row, the median of potential / usual sales of its grade's customers, else of all; NaN where none is known."""
    ratio = _ratios(rows)
    return ratio.groupby(rows["grade"].fillna("")).transform("median").fillna(ratio.median())


def _ratios(rows: pd.DataFrame) -> "pd.Series[float]":
    existing = rows["kind"] == "existing"
    usual = rows["usual"].where(existing, 0.0)
    return (rows["potential"] / usual.where(usual > 0)).where(existing)


def fill(rows: pd.DataFrame, wished: pd.DataFrame, accounts: pd.DataFrame, *, unit: int = 1) -> pd.DataFrame:
    """The rows with `amount` and its parts (`amount_kept`, ...), and a row `(new)` per rep; sums are the quotas.

    `rows` has `rep`, `customer` and `agreed` (fen fixed by agreement, NA where free), `accounts` one row per rep:
    `rep`, `quota` (fen), `least_new` (least part of it that new customers bring). Per rep what is agreed goes first;
    of the rest every row keeps, in full or scaled to what there is; of the growth beyond, new customers have their
    least, then deals and then development what they can carry, then `free` rows or new customers the remainder. Rounded
    by largest remainder in money units.
    """
    place = pd.Series(range(len(accounts)), index=accounts["rep"])
    account: Fen = np.asarray(rows["rep"].map(place), dtype=np.int64)
    pinned = rows["agreed"].notna().to_numpy()
    agreed = rows["agreed"].fillna(0).to_numpy(dtype=np.int64)
    quota = accounts["quota"].to_numpy(dtype=np.int64)
    rest = quota - _sums(agreed, account, len(quota)).astype(np.int64)
    loose = wished.mul(~pinned, axis=0)
    steps, new = _steps(loose, account, rest.astype(np.float64), accounts["least_new"].to_numpy() * quota)
    real = np.concatenate([sum(steps.values()), new])
    groups = np.concatenate([account, np.arange(len(quota))])
    # Places in the order of the names: as labels they decide as names do, and compare faster.
    labels = np.concatenate([pd.factorize(rows["customer"], sort=True)[0], np.full(len(quota), -1)])
    whole = apportion_groups(rest // unit, real, groups, labels=labels.tolist()) * unit
    amount = np.where(pinned, agreed, whole[: len(rows)])
    steps = {name: np.where(pinned, wished[name], values) for name, values in steps.items()}
    carried = rows.assign(amount=amount, pinned=pinned, **_parts(amount, steps))
    return pd.concat([carried, _new_rows(accounts, whole[len(rows) :])], ignore_index=True)


def _sums(values: NDArray[Any], account: Fen, count: int) -> Real:
    return np.bincount(account, weights=values, minlength=count).astype(np.float64)


def _share(part: Real, whole: Real) -> Real:
    """Part of a whole, at most one; one where nothing is asked for."""
    found: Real = np.divide(part, whole, out=np.ones(len(part)), where=whole > 0)
    return np.clip(found, 0.0, 1.0)


def _steps(wished: pd.DataFrame, account: Fen, rest: Real, least_new: Real) -> tuple[dict[str, Real], Real]:
    """What each row carries at each step and what is left for new customers, as real numbers."""
    values = {name: wished[name].to_numpy(dtype=np.float64) for name in (*STEPS, "free")}
    kept = _sums(values["kept"], account, len(rest))
    growth = np.clip(rest - kept, 0.0, None)
    new = np.minimum(least_new, growth)
    left = growth - new
    part = {"kept": _share(rest, kept)}
    for name in ("pipeline", "developed"):
        asked = _sums(values[name], account, len(rest))
        part[name] = _share(left, asked)
        left = np.clip(left - part[name] * asked, 0.0, None)
    free = _sums(values["free"], account, len(rest))
    more = np.divide(left, free, out=np.zeros(len(rest)), where=free > 0)
    carried = {name: values[name] * part[name][account] for name in STEPS}
    carried["developed"] = carried["developed"] + values["free"] * more[account]
    over = new + np.where(free > 0, 0.0, left)
    return carried, np.where(over < 0.5, 0.0, over)  # the noise of the sums is nobody's new customer


def _parts(amount: Fen, steps: dict[str, Real]) -> dict[str, Fen]:
    """The whole fen of an amount by step: the first steps rounded, the last what is left."""
    kept = np.minimum(np.rint(steps["kept"]).astype(np.int64), amount)
    pipeline = np.minimum(np.rint(steps["pipeline"]).astype(np.int64), amount - kept)
    return {"amount_kept": kept, "amount_pipeline": pipeline, "amount_developed": amount - kept - pipeline}


def _new_rows(accounts: pd.DataFrame, amount: Fen) -> pd.DataFrame:
    """The rows of customers still to be won, of the reps who have any to win."""
    nothing = dict.fromkeys((*(f"amount_{step}" for step in STEPS), "pipeline"), 0)
    rows = accounts[["rep"]].assign(customer=NEW, kind="new", amount=amount, pinned=False, **nothing)
    return rows[amount > 0]
