"""What has changed since the review before in months it had closed."""

import pandas as pd

CHANGES = ["month", "rep", "amount_before", "amount_now", "difference"]
LINE = ["month", "order", "date", "rep", "product"]
CHANGED_LINES = [*LINE, "amount_before", "amount_now", "difference"]


def changes_since(grid: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Table `variance_review_changes`: actuals of closed months that are no longer what the review before saw.

    `grid` is table `variance_review`, `before` that of the review before (None where there is none). One row per month
    and rep whose actual differs: `amount_before`, `amount_now`, `difference` (fen); only months in both reviews.
    """
    if before is None or before.empty or grid.empty:
        return pd.DataFrame({name: pd.Series(dtype="str" if at < 2 else "int64") for at, name in enumerate(CHANGES)})
    keys = ["month", "rep"]
    sides = [frame.assign(**{key: frame[key].astype("str") for key in keys}) for frame in (before, grid)]
    both = set(sides[0]["month"]) & set(sides[1]["month"])
    amounts = [side[side["month"].isin(both)].groupby(keys)["actual"].sum() for side in sides]
    joined = pd.concat(amounts, axis=1, keys=["amount_before", "amount_now"]).fillna(0).astype("int64")
    joined = joined.assign(difference=joined["amount_now"] - joined["amount_before"]).sort_index()
    return joined[joined["difference"] != 0].reset_index()[CHANGES]


def changed_lines(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Table `variance_review_changed_lines`: orders whose amount is another than the review before saw.

    `before`, `now`: credited order lines of the months it had closed: month, order, date, rep, product, amount (fen).
    One row per order, day, rep and product that differs, the largest difference first: `amount_before`, `amount_now`,
    `difference`; an order whose day or rep changed stands there twice, gone and come.
    """
    sums = [side.fillna({"order": ""}).groupby(LINE)["amount"].sum() for side in (before, now)]
    joined = pd.concat(sums, axis=1, keys=["amount_before", "amount_now"]).fillna(0).astype("int64").reset_index()
    found = joined.assign(difference=joined["amount_now"] - joined["amount_before"], size=lambda d: d.difference.abs())
    moved = found[found["difference"] != 0].sort_values(["size", *LINE], ascending=[False] + [True] * len(LINE))
    texts = {name: "str" for name in LINE if name != "date"}
    return moved.astype(texts).astype({"date": "datetime64[ns]"})[CHANGED_LINES].reset_index(drop=True)


NO_LINES = changed_lines(pd.DataFrame(columns=[*LINE, "amount"]), pd.DataFrame(columns=[*LINE, "amount"]))
