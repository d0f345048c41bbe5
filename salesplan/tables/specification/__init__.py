"""The output tables of a run and the columns each always has, step by step."""

from salesplan.tables.specification import annual_target, commission, rep_allocation, seasonal_split, variance_review

# Columns a table always has, in order; a step may add others behind them.
TABLES: dict[str, tuple[str, ...]] = {
    **annual_target.TABLES,
    **seasonal_split.TABLES,
    **rep_allocation.TABLES,
    **commission.TABLES,
    **variance_review.TABLES,
}
