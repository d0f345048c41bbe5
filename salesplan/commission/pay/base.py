"""Base pay by weighted components, each pro rata below its standard and for the days of the month."""

from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission.exact import SAFE, part_of
from salesplan.money import FEN, MICRO, Integers, half_away
from salesplan.terms.commission import CommissionTerms, Component
from salesplan.terms.pay import MINIMUM

SALES = "sales"
SATISFACTION = "satisfaction"  # no score is no complaint
ROWS = [
    "rep",
    "month",
    "component",
    "of_month",
    "base",
    "days",
    "days_of_month",
    "weight",
    "actual",
    "standard",
    "achieved",
    "amount",
    "assumed",
]


def base_pay(pay: Integers, of: Integers, part: Component, actual: Integers, standard: Integers) -> Integers:
    """Pay of one component: pay / of x weight x achieved, exact, rounded once, half away from zero.

    `pay / of` is the base pay of the days the rep was there, int64 fen; `achieved` is actual / standard, nothing
    below the component's floor and no more than its cap. A standard of zero or less asks for nothing and counts as
    met; a negative actual as zero.
    """
    above, below = achieved(part, actual, standard)
    weight, scale = part.weight.as_integer_ratio()
    return part_of(pay * weight, above, of * scale * below)


def achieved(part: Component, actual: Integers, standard: Integers) -> tuple[Integers, Integers]:
    """What a component pays of its weight, as exact fractions: numerators and denominators."""
    met = standard <= 0
    above, below = np.where(met, 1, np.maximum(actual, 0)), np.where(met, 1, standard)
    least, most = part.floor.as_integer_ratio(), part.cap.as_integer_ratio()
    short = _products(above, least[1]) < _products(below, least[0])
    over = _products(above, most[1]) > _products(below, most[0])
    above, below = np.where(over, most[0], above), np.where(over, most[1], below)
    return np.where(short, 0, above), np.where(short, 1, below)


def _products(values: Integers, factor: int) -> "np.ndarray[Any, Any]":
    """Whole numbers times a factor, in Python's own numbers where int64 would not hold them."""
    most = int(np.abs(values).max()) if values.size else 0
    return np.asarray(values * factor if most * factor < SAFE else values.astype(object) * factor)


def base_pay_rows(grid: pd.DataFrame, rules: CommissionTerms, scores: pd.DataFrame | None) -> pd.DataFrame:
    """Base pay per rep, month and component, in the order of the parameters.

    `grid`: rep, month, plan (place in `rules.plans`, -1 none), quota, actual (fen), pay, days, of, known (see
    `Presence`). `scores`: month, rep, component, actual, standard. The component `sales` goes by quota and actual,
    or by its score where it has one (a standard of the month in pieces); the others by their scores. A component
    without a score counts as met, and is `assumed` unless it is satisfaction (no complaint). Nothing where no base
    pay is known.

    Columns: rep, month, component, of_month ('' but for a difference to a month that is closed for good), base (fen,
    pay of the days), days, days_of_month, weight, actual and standard (currency units, or those of the score),
    achieved (share after floor and cap), amount (fen), assumed.
    """
    parts = []
    for place, plan in enumerate(rules.plans):
        own = grid[((grid["plan"] == place) & grid["known"] & (grid["days"] > 0)).to_numpy()]
        for position, (name, part) in enumerate(plan.base_pay.parts.items()):
            parts.append(_component(own, name, part, _scores(own, scores, name)).assign(position=position))
    found = pd.concat(parts, ignore_index=True) if parts else no_rows().assign(position=0)
    return found.sort_values(["rep", "month", "position"], kind="stable", ignore_index=True)[ROWS]


def no_rows() -> pd.DataFrame:
    """Base pay rows with their header and nothing in them."""
    kinds = {
        **dict.fromkeys(ROWS, "str"),
        **dict.fromkeys(("base", "days", "days_of_month", "amount"), "int64"),
        **dict.fromkeys(("weight", "actual", "standard", "achieved"), "float64"),
        "assumed": "bool",
    }
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _component(own: pd.DataFrame, name: str, part: Component, scores: tuple[Integers, Integers]) -> pd.DataFrame:
    """Rows of one component of one plan; scores in millionths, a standard below zero where there is none."""
    scored, scale = scores[1] >= 0, np.full(len(own), MICRO)
    actual, standard = scores
    if name == SALES:
        actual, standard = np.where(scored, actual, own["actual"]), np.where(scored, standard, own["quota"])
        scale, scored = np.where(scored, MICRO, FEN), np.ones(len(own), dtype=bool)
    above, below = achieved(part, actual, standard)
    pay, of = own["pay"].to_numpy(), own["of"].to_numpy()
    return pd.DataFrame(
        {
            "rep": own["rep"],
            "month": own["month"],
            "component": pd.Series(name, index=own.index, dtype="str"),
            "of_month": pd.Series("", index=own.index, dtype="str"),
            "base": half_away(pay, of),
            "days": own["days"],
            "days_of_month": of,
            "weight": float(part.weight),
            "actual": np.where(scored, actual / scale, np.nan),
            "standard": np.where(scored, standard / scale, np.nan),
            "achieved": above / below,
            "amount": base_pay(pay, of, part, actual, standard),
            "assumed": ~scored & (name != SATISFACTION),
        }
    )


def _scores(own: pd.DataFrame, scores: pd.DataFrame | None, component: str) -> tuple[Integers, Integers]:
    """Actual and standard of a component in millionths; both -1 where there is no score."""
    blank = np.full(len(own), -1, dtype=np.int64)
    if scores is None:
        return blank, blank
    known = scores[(scores["component"] == component) & scores["actual"].notna() & scores["standard"].notna()]
    sums = known.groupby(["rep", "month"])[["actual", "standard"]].sum().reset_index()
    found = own[["rep", "month"]].merge(sums, how="left", on=["rep", "month"])
    scored = found["standard"].notna().to_numpy()
    micro = [(found[name].fillna(0.0).astype("float64") * MICRO).round().to_numpy().astype(np.int64)
             for name in ("actual", "standard")]  # fmt: skip
    return np.where(scored, micro[0], -1), np.where(scored, np.maximum(micro[1], 0), -1)


def differences(rows: pd.DataFrame, frozen: pd.DataFrame, month: str) -> pd.DataFrame:
    """What months closed for good would be paid otherwise today, as rows of the open `month`, `of_month` saying whose.

    `rows`: base pay as it is now; `frozen`: as it was paid, with differences already booked. The top-up to the least
    wage is final.
    """
    keys = ["rep", "of_month", "component"]
    paid, today = (part[part["component"] != MINIMUM] for part in (frozen, rows))
    paid = paid.assign(of_month=paid["of_month"].where(paid["of_month"] != "", paid["month"]))
    now = today[today["month"].isin(paid["of_month"].unique())]
    now = now.assign(of_month=now["month"])
    change = now.groupby(keys)["amount"].sum().sub(paid.groupby(keys)["amount"].sum(), fill_value=0)
    known = pd.concat([paid, now]).drop_duplicates(keys, keep="last").set_index(keys)
    found = known.assign(amount=change.astype("int64"), month=month).reset_index()
    return found[found["amount"] != 0].sort_values(keys, kind="stable", ignore_index=True)[ROWS]


def topped_up(grid: pd.DataFrame, amounts: Integers) -> pd.DataFrame:
    """Rows of the top-up to the least wage: `grid` with rep, month, days, of, least (fen)."""
    above = amounts > 0
    own = grid[above]
    blank = no_rows().reindex(range(int(above.sum())))
    return blank.assign(
        rep=own["rep"].to_numpy(),
        month=own["month"].to_numpy(),
        component=MINIMUM,
        of_month="",
        base=own["least"].to_numpy(),
        days=own["days"].to_numpy(),
        days_of_month=own["of"].to_numpy(),
        amount=amounts[above],
        assumed=False,
    ).astype(no_rows().dtypes.to_dict())
