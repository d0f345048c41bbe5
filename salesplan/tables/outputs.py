"""The tables a run leaves: their columns, what kind each is, and their CSV form.

Money is int64 fen in frames and currency units with two decimals in files; shares are fractions of one with
nine decimals. Column kinds hold for all tables, with exceptions per table.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Kind = Literal["text", "code", "month", "date", "money", "share", "number", "count", "flag", "mixed"]

# Columns a table always has, in order; a step may add others behind them.
TABLES: dict[str, tuple[str, ...]] = {
    "annual_target": ("indicator", "level", "value", "unit", "last_year", "line"),
    "annual_target_estimates": ("estimate", "value", "low", "high", "weight"),
    "annual_target_odds": ("scope", "member", "level", "amount", "expected", "low", "high", "probability"),
    "annual_target_calibration": (
        "known_months",
        "method",
        "cases",
        "forecast",
        "outcome",
        "brier",
        "calibration_error",
        "coverage",
    ),
    "annual_target_bridge": ("level", "part", "name", "amount", "resources", "owner", "start", "end"),
    "annual_target_plan": ("row", "name", "quantity", "amount", "margin_rate", "contribution"),
    "annual_target_drivers": ("node", "parent", "value", "unit", "last_year", "driver", "rate", "source"),
    "annual_target_hires": ("month", "needed", "have", "gap", "hires", "start_by"),
    "annual_target_qualities": ("quality", "check", "value", "limit", "state"),
    "annual_target_expenses": (
        "category",
        "method",
        "last_year",
        "last_ratio",
        "amount",
        "ratio",
        "variable",
        "months_rule",
        "month_weights",
        "standard",
        "limit_share",
        "limit",
        "approver",
        "timing",
        "evaluation",
        "state",
    ),
    "annual_target_departments": ("category", "department", "last_year", "amount"),
    "annual_target_profit": ("item", "last_year", "last_ratio", "amount", "ratio"),
    "annual_target_profit_products": (
        "product",
        "stage",
        "last_year",
        "cost_rate",
        "cost_basis",
        "amount",
        "cost",
    ),
    "seasonal_split": ("month", "amount", "share", "quantity"),
    "seasonal_split_days": ("date", "workday", "amount", "day_type", "event", "quarter", "month", "ten_day", "week"),
    "seasonal_split_periods": (
        "level",
        "period",
        "start",
        "end",
        "workdays",
        "amount",
        "share",
        "amount_to_date",
        "progress_share",
        "time_share",
        "cut",
    ),
    "seasonal_split_members": (
        "dimension",
        "member",
        "amount",
        "share",
        "last_year",
        "growth",
        "quantity",
        "expected",
        "low",
        "high",
        "probability",
        "whole_years",
    ),
    "seasonal_split_methods": ("method", "error", "years", "chosen"),
    "seasonal_split_projects": (
        "project",
        "customer",
        "stage",
        "month",
        "amount",
        "probability",
        "expected",
        "placed",
        "state",
    ),
    "seasonal_split_stock": (
        "month",
        "product",
        "opening",
        "in_transit",
        "purchases",
        "sales",
        "closing",
        "target_stock",
        "cover_days",
        "shortage",
        "orders",
        "funds",
        "value_sales",
        "value_stock",
    ),
    "seasonal_split_purchases": (
        "product",
        "opening",
        "in_transit",
        "purchases",
        "sales",
        "closing",
        "funds",
        "average_stock",
        "turnover",
        "shortage",
        "amount_short",
        "on_hand_days",
        "tied_up",
        "state",
        "value_sales",
        "value_average",
    ),
    "seasonal_split_dealers": (
        "month",
        "dealer",
        "product",
        "sell_out",
        "sell_in",
        "stock",
        "cover_days",
        "parent",
    ),
    "seasonal_split_demand": ("month", "product", "demand", "sales", "gap", "amount_gap"),
    "seasonal_split_expenses": ("month", "category", "amount"),
    "seasonal_split_profit": ("month", "sales", "cost", "gross", "expense", "net"),
    "seasonal_split_calendar": ("date", "name", "owner", "period", "when", "moved"),
    "rep_allocation": ("rep", "month", "base", "amount", "quantity"),
    "rep_allocation_reps": ("rep", "quota", "base", "last_year", "quota_to_expected", "probability"),
    "rep_allocation_activities": ("rep", "period", "activity", "count"),
    "rep_allocation_customers": ("customer", "grade", "rep", "amount", "contacts_per_month"),
    "commission": ("rep", "month", "base_pay", "earned", "released", "held", "clawback", "draw", "payable"),
    "commission_lines": ("rep", "month", "order", "rule", "tier_from", "base", "rate", "amount"),
    "commission_cost": ("attainment", "commission", "cost_ratio"),
    "variance_review": ("rep", "month", "target", "actual", "variance", "attainment"),
    "variance_review_bridge": ("member", "target", "volume", "mix", "price", "new", "lost", "actual"),
    "variance_review_revision": ("month", "original", "actual", "revised"),
    "variance_review_kpis": ("indicator", "month", "value", "target", "state"),
    "variance_review_causes": ("code", "amount", "action", "owner", "due", "state"),
}
KINDS: dict[str, Kind] = {
    **dict.fromkeys(("month",), "month"),
    **dict.fromkeys(("date", "due", "start", "end"), "date"),
    **dict.fromkeys(
        (
            "amount",
            "base",
            "quota",
            "last_year",
            "target",
            "actual",
            "variance",
            "base_pay",
            "earned",
            "released",
            "held",
            "clawback",
            "draw",
            "payable",
            "commission",
            "volume",
            "mix",
            "price",
            "new",
            "lost",
            "original",
            "revised",
            "value",
            "low",
            "high",
            "expected",
            "landing",
            "gap",
            "sales",
            "prepayment",
            "profit",
            "capacity",
            "contribution",
            "fixed_cost",
            "breakeven",
            "placed",
            "funds",
            "tied_up",
            "expense",
            "cost",
            "gross",
            "net",
            "reference",
            "allowance",
            "limit",
        ),
        "money",
    ),
    **dict.fromkeys(
        (
            "share",
            "rate",
            "attainment",
            "quota_to_expected",
            "probability",
            "cost_ratio",
            "growth",
            "weight",
            "factor",
            "error",
            "ratio",
            "last_ratio",
            "cost_rate",
            "variable_cost_rate",
        ),
        "share",
    ),
    **dict.fromkeys(
        ("quantity", "tier_from", "contacts_per_month", "average_stock", "turnover", "cover_days", "on_hand_days"),
        "number",
    ),
    **dict.fromkeys(("count", "lines", "workdays"), "count"),
    **dict.fromkeys(
        ("workday", "chosen", "provisional", "planned", "pinned", "complete", "assumed", "cut", "variable", "moved"),
        "flag",
    ),
    **dict.fromkeys(
        (
            "indicator",
            "level",
            "unit",
            "estimate",
            "method",
            "rule",
            "code",
            "state",
            "activity",
            "basis",
            "part",
            "replaced",
            "day_type",
            "third",
            "pattern",
            "stage",
            "cost_basis",
            "months_rule",
            "item",
            "when",
            "movement",
        ),
        "code",
    ),
}
UNITS: dict[str, Kind] = dict.fromkeys(
    (
        "opening", "in_transit", "purchases", "sales", "closing", "target_stock", "shortage", "orders", "sell_out",
        "sell_in", "stock", "demand", "gap",
    ),
    "count",
)  # fmt: skip
OWN_KINDS: dict[str, dict[str, Kind]] = {
    **{f"seasonal_split_{name}": UNITS for name in ("stock", "purchases", "dealers", "demand")},
    "annual_target": {"value": "mixed", "last_year": "mixed"},
    "annual_target_estimates": {"weight": "number"},
    "annual_target_bridge": {"name": "code"},
    "annual_target_odds": {"scope": "code", "whole_years": "count"},
    "annual_target_calibration": {
        **dict.fromkeys(("known_months", "cases"), "count"),
        **dict.fromkeys(("forecast", "outcome", "calibration_error", "coverage"), "share"),
        "brier": "number",
    },
    "annual_target_profits": {
        **dict.fromkeys(("units", "breakeven_units", "safety_units"), "number"),
        "safety_amount": "money",
    },
    "annual_target_deals": {"close": "date", "weighted": "money"},
    "annual_target_customers": dict.fromkeys(("customers", "customers_before", "kept", "won"), "count"),
    "annual_target_plan": {"row": "code", "name": "code", "margin_rate": "share"},
    "annual_target_drivers": {
        "node": "code",
        "parent": "code",
        "driver": "code",
        "source": "code",
        "value": "mixed",
        "last_year": "mixed",
        "rate": "mixed",
    },
    "annual_target_hires": {
        "needed": "number",
        "have": "number",
        "gap": "number",
        "hires": "count",
        "start_by": "month",
    },
    "annual_target_qualities": {"quality": "code", "check": "code", "value": "number", "limit": "number"},
    "annual_target_gaps": {"increase": "money", "explained": "money", "unexplained": "money"},
    "annual_target_advertising": {"advertising": "money", "advertising_growth": "share"},
    "annual_target_launches": {"list_price": "number", "list_margin": "share", "launch": "date"},
    "annual_target_network": {"value": "mixed"},
    "seasonal_split_members": {"whole_years": "count"},
    "seasonal_split_projects": {"stage": "text"},
    "seasonal_split_launches": {"season": "code"},
    "seasonal_split_unusual": {"usual": "share", "distance": "share"},
    "seasonal_split_methods": {"error": "number", "years": "count"},
    "seasonal_split_day_patterns": {"error_day": "number", "error_ten_day": "number"},
    "variance_review_kpis": {"value": "mixed", "target": "mixed"},
}
MONEY_PREFIXES = ("amount_", "cost_", "gap_", "value_")
SHARE_SUFFIXES = ("_share",)
SHARE_PREFIXES = ("probability_",)
BOM = b"\xef\xbb\xbf"


def step_of(table: str) -> str:
    """The step a table belongs to: the longest stem its name begins with."""
    from salesplan import STEPS

    return max((stem for stem in STEPS if table == stem or table.startswith(stem + "_")), key=len)


def tables_of(step: str) -> list[str]:
    """Names of the tables a step leaves."""
    return [name for name in TABLES if step_of(name) == step]


def kind_of(table: str, column: str) -> Kind:
    """What a column of an output table holds."""
    own = OWN_KINDS.get(table, {}).get(column) or KINDS.get(column)
    if own:
        return own
    if column.startswith(MONEY_PREFIXES):
        return "money"
    return "share" if column.endswith(SHARE_SUFFIXES) or column.startswith(SHARE_PREFIXES) else "text"


def of_company(annual_target: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of table annual_target that are of the whole company: those with a blank line of business."""
    if "line" not in annual_target:
        return annual_target
    return annual_target[annual_target["line"].fillna("") == ""]


def empty(table: str, more: tuple[str, ...] = ()) -> "pd.DataFrame":
    """A table with its header and no row."""
    import pandas as pd

    dtypes: Mapping[str, str] = {
        "money": "int64",
        "share": "float64",
        "number": "float64",
        "count": "int64",
        "flag": "bool",
    }
    columns = (*TABLES[table], *more)
    return pd.DataFrame({c: pd.Series(dtype=dtypes.get(kind_of(table, c), "str")) for c in columns})


def _column(series: "pd.Series", kind: Kind) -> "pa.Array":
    """A column as it stands in the file: text, blank where unknown."""
    import pyarrow as pa

    if kind == "money":
        return _money(series)
    if kind == "share":
        # The same number of places everywhere: never an exponent, never a trace of float noise.
        return pa.array(
            [None if x != x else f"{x + 0.0:.9f}" for x in series.astype("float64").round(9)], type=pa.string()
        )
    if kind in ("number", "mixed"):
        return pa.array([_plain(value) for value in series], type=pa.string())
    if kind == "date":
        return pa.array([None if _unknown(day) else str(day)[:10] for day in series], type=pa.string())
    if kind == "flag":
        return pa.array(series.map({True: "true", False: "false"}), type=pa.string(), from_pandas=True)
    if kind == "count":
        return pa.array(series.astype("Int64"), type=pa.int64(), from_pandas=True).cast(pa.string())
    return pa.array(series.astype(object), type=pa.string(), from_pandas=True)


def _money(series: "pd.Series") -> "pa.Array":
    """Fen as currency units with two decimals, without a float on the way."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fen = pa.array(series.astype("Int64"), type=pa.int64(), from_pandas=True)
    size = pc.abs(fen)
    whole = pc.divide(size, 100)
    cents = pc.subtract(size, pc.multiply(whole, 100))
    digits = pc.take(pa.array([f"{n:02d}" for n in range(100)]), cents)
    sign = pc.if_else(pc.less(fen, 0), "-", "")
    return pc.binary_join_element_wise(sign, pc.binary_join_element_wise(whole.cast(pa.string()), digits, "."), "")


def _unknown(value: object) -> bool:
    return value is None or str(value) in ("<NA>", "NaT", "nan", "NaN", "None", "")


def _plain(value: object) -> str | None:
    if _unknown(value):
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    text = f"{round(exact, 6):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def csv_bytes(frame: "pd.DataFrame", table: str) -> bytes:
    """An output table as a CSV file: UTF-8 with BOM, ISO dates, plain decimals."""
    import pandas as pd

    columns = {name: _column(frame[name], kind_of(table, name)).to_pandas() for name in frame.columns}
    text = pd.DataFrame(columns, columns=list(frame.columns)).to_csv(index=False, lineterminator="\n")
    return BOM + text.encode("utf-8")


def read(path: Path, table: str) -> "pd.DataFrame":
    """An output table read back as it was saved: money in fen, shares as floats, dates as dates."""
    import pandas as pd

    text = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return text.assign(**{name: _typed(text[name], kind_of(table, name)) for name in text.columns})


def _typed(column: "pd.Series", kind: Kind) -> "pd.Series":
    import pandas as pd

    blank = column == ""
    if kind == "money":
        # "-0.05" keeps its sign: the digits without the point are the fen.
        fen = column.str.replace(".", "", regex=False).mask(blank)
        return fen.astype("Int64") if blank.any() else fen.astype("int64")
    if kind in ("share", "number"):
        return column.mask(blank).astype("float64")
    if kind == "mixed":
        return column.map(lambda text: Decimal(text) if text else None).astype(object)
    if kind == "date":
        return pd.to_datetime(column.mask(blank), format="%Y-%m-%d")
    if kind == "flag":
        return column == "true"
    if kind == "count":
        return column.mask(blank).astype("Int64") if blank.any() else column.astype("int64")
    return column.mask(blank) if blank.any() else column
