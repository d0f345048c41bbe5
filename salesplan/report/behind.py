"""The numbers behind charts whose marks cannot be told one by one: columns of what each is painted from."""

from typing import TYPE_CHECKING, Any, NamedTuple

from salesplan.report.table import LEFT, cells_of, kind_in
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd


class Shown(NamedTuple):
    """What is told of a chart: columns of its frame, the place first, as they are kept in an output table.

    `across`: a column whose values stand side by side, each with the last of the columns, summed. `part`: the frame's
    name where a chart is painted from several.
    """

    table: str
    columns: tuple[str, ...]
    across: str = ""
    part: str = ""


class Told(NamedTuple):
    """Headers, rows as texts, and whether any of it is money."""

    heads: list[str]
    rows: list[list[str]]
    money: bool


PAID = ("base_pay", "earned", "released", "clawback", "draw", "payable", "held")
CHARTS = {
    ("annual_target", "distances"): Shown("annual_target", ("estimate", "level", "gap")),
    ("annual_target", "odds"): Shown("annual_target_odds", ("amount", "probability")),
    ("annual_target", "calibration"): Shown("annual_target_tested", ("probability", "share", "count")),
    ("annual_target", "expenses"): Shown("annual_target_expenses", ("category", "last_ratio", "amount", "ratio")),
    ("seasonal_split", "months"): Shown("seasonal_split", ("month", "amount", "share", "last_year", "workdays")),
    ("seasonal_split", "profiles"): Shown("seasonal_split", ("year", "share"), "month"),
    ("seasonal_split", "unusual"): Shown("seasonal_split", ("month", "share")),
    ("seasonal_split", "members"): Shown("seasonal_split", ("member", "amount"), "month"),
    ("seasonal_split", "member_odds"): Shown(
        "seasonal_split_members", ("member", "amount", "expected", "low", "high", "probability_commit")
    ),
    ("seasonal_split", "projects"): Shown(
        "seasonal_split_projects", ("project", "month", "amount", "probability", "expected", "placed")
    ),
    ("seasonal_split", "ten_day_members"): Shown("seasonal_split", ("member", "amount"), "month"),
    ("seasonal_split", "stock_cover"): Shown("seasonal_split_stock", ("product", "cover_days"), "month"),
    ("seasonal_split", "expenses"): Shown("seasonal_split", ("month", "sales", "ratio")),
    ("seasonal_split", "profit"): Shown("seasonal_split_profit", ("month", "sales", "cost", "gross", "expense", "net")),
    ("rep_allocation", "gaps"): Shown("rep_allocation_gaps", ("rep", "quota", "by_rule", "commitment", "gap")),
    ("rep_allocation", "rounds"): Shown("rep_allocation_negotiation", ("rep", "quota", "proposed", "asked", "gap")),
    ("rep_allocation", "hierarchy"): Shown(
        "rep_allocation_hierarchy", ("member", "level", "base", "assigned", "quota", "rate")
    ),
    ("rep_allocation", "stretch"): Shown(
        "rep_allocation_reps", ("rep", "quota", "expected", "amount_low", "amount_high", "probability")
    ),
    ("rep_allocation", "against_expected"): Shown(
        "rep_allocation_reps", ("rep", "quota", "expected", "quota_to_expected")
    ),
    ("rep_allocation", "against_potential"): Shown("rep_allocation_reps", ("rep", "quota", "value_potential")),
    ("rep_allocation", "months"): Shown("rep_allocation", ("rep", "amount"), "month"),
    ("rep_allocation", "bases"): Shown("rep_allocation_bases", ("rep", "carried_share"), "basis"),
    ("rep_allocation", "pareto"): Shown(
        "rep_allocation_composition", ("customer", "grade", "last_year"), part="profile"
    ),
    ("rep_allocation", "load"): Shown("rep_allocation_load", ("rep", "load_share"), "month"),
    ("rep_allocation", "pace"): Shown("rep_allocation_pace", ("rep", "activity", "pace", "peak", "standard")),
    ("rep_allocation", "funnel_rates"): Shown("rep_allocation_funnel", ("rep", "rate"), "activity"),
    ("rep_allocation", "units"): Shown("rep_allocation_profit", ("product", "quantity"), "rep"),
    ("rep_allocation", "channels"): Shown(
        "rep_allocation", ("channel", "last_year", "amount", "gross", "expense", "net", "net_share")
    ),
    ("rep_allocation", "dealers"): Shown("rep_allocation_dealers", ("dealer", "stock_days", "amount_stock")),
    ("rep_allocation", "outlets"): Shown("rep_allocation_cities", ("city", "outlets", "opening", "sell_out")),
    ("rep_allocation", "closes"): Shown(
        "rep_allocation_projects", ("project", "rep", "stage", "amount", "probability", "weighted", "month")
    ),
    ("commission", "payable"): Shown("commission", ("rep", *PAID)),
    ("commission", "months"): Shown("commission", ("month", *PAID)),
    ("commission", "performance"): Shown(
        "commission_performance",
        ("rep", "amount_ordered", "amount_returned", "amount_collected", "amount_collected_earlier", "quota", "actual"),
    ),
    ("commission", "base_pay"): Shown("commission_base_pay", ("rep", "amount"), "component"),
    ("commission", "cost"): Shown("commission_cost", ("attainment", "commission", "cost_ratio", "base_pay", "pay")),
    ("commission", "spread"): Shown("commission_spread", ("rep", "commission", "low", "median", "high")),
    ("commission", "tiers"): Shown("commission_spread_tiers", ("plan", "attainment", "rate", "reps_share")),
    ("commission", "plans"): Shown(
        "commission_cost_plans", ("plan_set", "scene", "attainment", "commission", "pay", "cost_ratio")
    ),
    ("variance_review", "year"): Shown(
        "variance_review_course", ("month", "target", "actual", "landing", "low", "high", "revised")
    ),
    ("variance_review", "monthly"): Shown("variance_review", ("rep", "attainment"), "month"),
    ("variance_review", "bridge"): Shown(
        "variance_review_bridge_parts",
        ("member", "target", "volume", "mix", "own_price", "deducted", "currency", "new", "lost", "actual"),
    ),
    ("variance_review", "kpis"): Shown("variance_review_kpis", ("indicator", "value", "target", "state"), part="cards"),
    ("variance_review", "market"): Shown(
        "variance_review_market",
        ("measure", "market_target", "market_actual", "market_size", "market_share", "variance"),
    ),
    ("variance_review", "pareto"): Shown("variance_review_causes", ("code", "amount")),
    ("variance_review", "months"): Shown(
        "variance_review_revision", ("month", "original", "actual", "revised", "variance")
    ),
    ("variance_review", "customer_moves"): Shown("variance_review_customers", ("state", "last_year", "sales")),
}


def behind(frame: Any, stem: str, chart: str, words: Words) -> Told | None:
    """What is told of a chart of a step; None of one whose marks tell it, or where nothing is."""
    shown = CHARTS.get((stem, chart))
    if shown is None:
        return None
    frame = getattr(frame, shown.part) if shown.part else frame
    if not len(frame):
        return None
    if shown.across:
        return _across(frame, shown, words)
    names = [name for name in shown.columns if name in frame and _told(frame[name])]
    columns = [cells_of(frame, name, shown.table, words) for name in names]
    heads = [words.column(name, shown.table) for name in names]
    return Told(heads, [list(row) for row in zip(*columns, strict=True)], _money(shown.table, names))


def _told(values: "pd.Series[Any]") -> bool:
    """Whether a column says anything: something known, and not nothing throughout."""
    return bool(values.notna().any() and (values.dtype.kind not in "iuf" or (values.fillna(0) != 0).any()))


def _across(frame: "pd.DataFrame", shown: Shown, words: Words) -> Told:
    rows, values = shown.columns
    sums = frame.groupby([rows, shown.across], sort=False)[values].sum(min_count=1)
    grid = sums.unstack(shown.across, sort=False)  # noqa: PD010 pivot_table makes nothing of what is unknown
    places = cells_of(grid.reset_index(), rows, shown.table, words)
    cells = [cells_of(grid.rename(columns={name: values}), values, shown.table, words) for name in grid.columns]
    keys = grid.columns.to_frame(index=False, name=shown.across)
    named = (
        [words.month_short(month) for month in keys[shown.across]]
        if shown.across == "month"
        else cells_of(keys, shown.across, shown.table, words)
    )
    told = [[place, *row] for place, row in zip(places, zip(*cells, strict=True), strict=True)]
    return Told([words.column(rows, shown.table), *named], told, _money(shown.table, [values]))


def _money(table: str, names: list[str]) -> bool:
    return any(kind_in(table, name) == "money" for name in names if kind_in(table, name) not in LEFT)
