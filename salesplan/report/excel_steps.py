"""What the sheet of each step shows: its main tables with their sums, the first of them drawn."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from salesplan.report.excel_block import Block, Chart, Field, across, ratio, summed
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

MOST_MEMBERS = 500  # of a dimension, and of reps: more are read in their tables
PAY = ("base_pay", "earned", "released", "clawback", "draw", "payable")
EFFECTS = ("volume", "mix", "price", "new", "lost")
Tables = Mapping[str, "pd.DataFrame"]


def blocks_of(step: str, tables: Tables, words: Words) -> list[Block]:
    """The blocks of a step's sheet; empty where the step left no rows. `tables` are those of the run by name."""
    return [] if tables[step].empty else [block for block in STEPS_SHOWN[step](tables, words) if block.size]


def _annual_target(tables: Tables, words: Words) -> list[Block]:
    from salesplan.tables.outputs import of_company

    targets = of_company(tables["annual_target"])
    planned = targets.loc[targets["planned"], "level"].head(1).to_list()
    return [
        _estimates(tables["annual_target_estimates"], targets, words),
        _levels(targets, words),
        *(_way(tables["annual_target_bridge"], level, words) for level in planned),
    ]


def _estimates(estimates: "pd.DataFrame", targets: "pd.DataFrame", words: Words) -> Block:
    """What speaks for the target beside last year and the levels, which are lines of the chart."""
    amounts = targets[targets["indicator"] == "amount"]
    levels = {level: round(value * 100) for level, value in zip(amounts["level"], amounts["value"], strict=True)}
    named = [words.code("estimate", name) for name in estimates["estimate"]]
    lines = [
        Field(f"level_{at}", words.code("level", level), "money", [fen] * len(named))
        for at, (level, fen) in enumerate(levels.items())
    ]
    gaps = [
        Field(f"gap_{at}", words.column(f"gap_{level}"), "money", _list(estimates, f"gap_{level}"),
              f"{{level_{at}}}-{{value}}")
        for at, level in enumerate(levels)
        if f"gap_{level}" in estimates
    ]  # fmt: skip
    table = "annual_target_estimates"
    fields = (
        Field("estimate", words.column("estimate", table), "text", named),
        *(Field(name, words.column(name, table), "money", _list(estimates, name)) for name in ("value", "low", "high")),
        Field("weight", words.column("weight", table), "number", _list(estimates, "weight")),
        *lines,
        *gaps,
    )
    chart = Chart(words("excel.chart_annual_target"), "estimate", ("value",),
                  tuple(line.name for line in lines), error=("low", "high"))  # fmt: skip
    return Block(words("excel.estimates"), fields, chart=chart)


def _levels(targets: "pd.DataFrame", words: Words) -> Block:
    """One row per indicator, with the value of each level and its growth."""
    from salesplan.report.table import levels_across

    wide, levels = levels_across(targets), list(dict.fromkeys(targets["level"]))
    past = Field("last_year", words.column("last_year"), "mixed", _list(wide, "last_year"))
    fields = [
        Field("indicator", words.column("indicator"), "text", [words.code("indicator", n) for n in wide["indicator"]]),
        Field("unit", words.column("unit"), "text", [words.code("unit", name) for name in wide["unit"]]),
        past,
    ]
    for at, level in enumerate(levels):
        named = words.code("level", level)
        value = Field(f"value_{at}", named, "mixed", _list(wide, f"value_{level}"))
        growth = f"{named} · {words.column('growth', 'annual_target')}"
        fields += [value, ratio(f"growth_{at}", growth, _list(wide, f"growth_{level}"), (value, past), less=1)]
    return Block(words("excel.levels"), tuple(fields))


def _way(bridge: "pd.DataFrame", level: str, words: Words) -> Block:
    """What leads from last year to the plan's level; its sum is that level."""
    parts = bridge[(bridge["level"] == level) & (bridge["part"] != "level")]
    named = words.code("level", level)
    fields = (
        Field("part", words.column("part"), "text", [words.code("part", part) for part in parts["part"]]),
        Field("name", words.column("name", "annual_target"), "text", _list(parts, "name")),
        Field("owner", words.column("owner"), "text", _list(parts, "owner")),
        summed("amount", words.column("amount"), _list(parts, "amount")),
    )
    return Block(words("excel.way", level=named), fields, total=named)


def _seasonal_split(tables: Tables, words: Words) -> list[Block]:
    cube = tables["seasonal_split"]
    fixed = ("month", "amount", "share", "quantity")
    dimensions = [name for name in map(str, cube) if name not in fixed and not name.startswith("amount_")]
    titles = ((words("excel.members_across", name=words.column(name, "seasonal_split")), name) for name in dimensions)
    grids = [_grid(cube, name, words, title=title) for title, name in titles]
    return [_months(cube, words), *grids]


def _months(cube: "pd.DataFrame", words: Words) -> Block:
    """The year month by month: amounts of each level, share of the year, to date."""
    levels = [name for name in map(str, cube) if name == "amount" or name.startswith("amount_")]
    sums = cube.groupby("month", sort=True)[levels].sum().astype("int64").reset_index()
    amount = summed("amount", words.column("amount", "seasonal_split"), _list(sums, "amount"))
    year = amount.total
    share = [fen / year if year > 0 else None for fen in sums["amount"]]
    running = sums["amount"].cumsum().to_list()
    fields = (
        Field("month", words.column("month"), "text", [words.month(month) for month in sums["month"]]),
        amount,
        Field("share", words.column("share", "seasonal_split"), "share", share,
              'IF({amount_end}>0,{amount}/{amount_end},"")', 1.0 if year > 0 else None),
        Field("to_date", words("excel.to_date"), "money", running, "SUM({amount_top}:{amount})"),
        *(summed(name, words.column(name, "seasonal_split"), _list(sums, name)) for name in levels[1:]),
    )  # fmt: skip
    chart = Chart(words("excel.chart_seasonal_split"), "month", ("amount",), tuple(levels[1:]))
    return Block(words("excel.months"), fields, words.code("member", "(total)"), chart)


def _grid(
    frame: "pd.DataFrame", key: str, words: Words, *, title: str, names: Mapping[str, str] | None = None,
    values: str = "amount",
) -> Block:  # fmt: skip
    """Months across, one row per member, with totals both ways; `names` are shown beside the keys."""
    from salesplan.report.table import months_across

    wide = _few(months_across(frame[[key, "month", values]], values, rows=(key,)).iloc[:-1])
    months = sorted(frame["month"].unique())
    own = [Field("name", words.column("name"), "text", [names.get(name) for name in wide[key]])] if names else []
    columns = [summed(f"m{at}", words.month_short(month), _list(wide, month)) for at, month in enumerate(months)]
    whole = summed("year", words.code("member", "(total)"), _list(wide, "(total)"),
                   formula=across([column.name for column in columns]) if columns else "")  # fmt: skip
    first = Field(key, words.column(key), "text", [words.code("member", str(name)) for name in wide[key]])
    return Block(title, (first, *own, *columns, whole), words.code("member", "(total)"))


def _rep_allocation(tables: Tables, words: Words) -> list[Block]:
    people = _few(tables["rep_allocation_reps"])
    names = _names(tables)
    grid = _grid(tables["rep_allocation"], "rep", words, title=words("excel.rep_months"), names=names)
    return [_people(people, words), grid]


def _people(people: "pd.DataFrame", words: Words) -> Block:
    """One row per rep: the quota beside last year and what is expected."""
    table, own = (
        "rep_allocation_reps",
        [name for name in ("name", "team") if name in people and people[name].notna().any()],
    )
    money = {name: summed(name, words.column(name, table), _list(people, name))
             for name in ("quota", "base", "last_year", "expected")}  # fmt: skip
    fields = (
        Field("rep", words.column("rep"), "text", [words.code("member", str(rep)) for rep in people["rep"]]),
        *(Field(name, words.column(name, table), "text", _list(people, name)) for name in own),
        *money.values(),
        ratio("growth", words.column("growth", table), _ratios(money["quota"], money["last_year"], less=1),
              (money["quota"], money["last_year"]), less=1),
        ratio("quota_to_expected", words.column("quota_to_expected", table), _list(people, "quota_to_expected"),
              (money["quota"], money["expected"])),
        Field("probability", words.column("probability", table), "share", _list(people, "probability")),
    )  # fmt: skip
    chart = Chart(words("excel.chart_rep_allocation"), _shown_by(people), ("quota", "last_year", "expected"))
    return Block(words("excel.people"), fields, words.code("member", "(total)"), chart)


def _ratios(over: Field, under: Field, *, less: int = 0) -> list[float | None]:
    pairs = zip(over.values, under.values, strict=True)
    return [a / b - less if _known(a) and _known(b) and b > 0 else None for a, b in pairs]


def _commission(tables: Tables, words: Words) -> list[Block]:
    pay = tables["commission"]
    sums = _few(pay.groupby("rep", sort=True)[list(PAY)].sum().astype("int64").reset_index())
    names = _names(tables)
    known = [names.get(rep) for rep in sums["rep"]]
    fields = (
        Field("rep", words.column("rep"), "text", _list(sums, "rep")),
        Field("name", words.column("name"), "text", known),
        *(summed(name, words.column(name, "commission"), _list(sums, name)) for name in PAY),
    )
    by = "name" if known and all(known) else "rep"
    chart = Chart(words("excel.chart_commission"), by, ("base_pay", "released", "clawback", "draw"), stacked=True)
    to_date = Block(words("excel.pay"), fields, words.code("member", "(total)"), chart)
    grid = _grid(pay, "rep", words, title=words("excel.pay_months"), names=names, values="payable")
    return [to_date, grid]


def _variance_review(tables: Tables, words: Words) -> list[Block]:
    review, table = tables["variance_review"], "variance_review"
    months = review.groupby("month", sort=True)[["target", "actual", "last_year"]].sum(min_count=1).reset_index()
    reps = review.groupby("rep", sort=False)[["target", "actual", "last_year"]].sum(min_count=1).reset_index()
    reps = _few(reps.sort_values("rep", key=lambda keys: keys.str.startswith("("), kind="stable"))
    names = _names(tables)
    by_month = Field("month", words.column("month"), "text", [words.month(month) for month in months["month"]])
    by_rep = Field("rep", words.column("rep"), "text", [words.code("member", str(rep)) for rep in reps["rep"]])
    named = [Field("name", words.column("name"), "text", [names.get(rep) for rep in reps["rep"]])] if names else []
    chart = Chart(words("excel.chart_variance_review"), "month", ("original", "actual"), ("revised",))
    total = words.code("member", "(total)")
    return [
        _year(tables["variance_review_revision"], words, chart),
        Block(words("excel.review_months"), (by_month, *_compared(months, words, table)), total),
        Block(words("excel.review_reps"), (by_rep, *named, *_compared(reps, words, table)), total),
        _bridge(tables["variance_review_bridge"], words),
    ]


def _compared(sums: "pd.DataFrame", words: Words, table: str) -> tuple[Field, ...]:
    """Target, actual, variance, attainment and last year's actual of some rows."""
    target, actual, past = (
        summed(name, words.column(name, table), _list(sums, name)) for name in ("target", "actual", "last_year")
    )
    apart = (sums["actual"] - sums["target"]).to_list()
    return (
        target,
        actual,
        summed("variance", words.column("variance", table), apart, formula="{actual}-{target}"),
        ratio("attainment", words.column("attainment", table), _ratios(actual, target), (actual, target)),
        past,
    )


def _year(revision: "pd.DataFrame", words: Words, chart: Chart) -> Block:
    """The year month by month: the plan, what was sold, what is left to do."""
    names = ("original", "actual", "revised")
    fields = (
        Field("month", words.column("month"), "text", [words.month(month) for month in revision["month"]]),
        *(summed(name, words.column(name, "variance_review_revision"), _list(revision, name)) for name in names),
    )
    return Block(words("excel.year"), fields, words.code("member", "(total)"), chart)


def _bridge(bridge: "pd.DataFrame", words: Words) -> Block:
    """From target to actual in every row; the total row is added up here."""
    table, rows = "variance_review_bridge", _few(bridge[bridge["member"] != "(total)"])
    joint = ["joint"] if "joint" in rows and rows["joint"].fillna(0).any() else []  # under price_at: apart
    effects = [*EFFECTS, *joint]
    formula = "+".join(f"{{{name}}}" for name in ("target", *effects))
    fields = (
        Field("member", words.column("member", table), "text", [words.code("member", str(m)) for m in rows["member"]]),
        *(summed(name, words.column(name, table), _list(rows, name)) for name in ("target", *effects)),
        summed("actual", words.column("actual", table), _list(rows, "actual"), formula=formula),
    )
    return Block(words("excel.bridge"), fields, words.code("member", "(total)"))


def _few(rows: "pd.DataFrame") -> "pd.DataFrame":
    """The rows, or none where they are too many to be read on a sheet: part of them would not add up."""
    return rows if len(rows) <= MOST_MEMBERS else rows.head(0)


def _names(tables: Tables) -> dict[str, str]:
    """Names of the reps by key, where they have some."""
    people = tables["rep_allocation_reps"]
    pairs = zip(people["rep"], people["name"], strict=True) if "name" in people else ()
    return {str(rep): str(name) for rep, name in pairs if _known(name)}


def _shown_by(people: "pd.DataFrame") -> str:
    return "name" if "name" in people and people["name"].notna().all() else "rep"


def _known(value: Any) -> bool:
    return value is not None and value == value and str(value) != "<NA>"


def _list(frame: "pd.DataFrame", name: str) -> list[Any]:
    """A column as plain values, None where unknown, as all are of a column that is not there."""
    if name not in frame:
        return [None] * len(frame)
    column = frame[name].astype(object)
    return column.where(column.notna(), None).to_list()


STEPS_SHOWN: Mapping[str, Callable[[Tables, Words], Sequence[Block]]] = {
    "annual_target": _annual_target,
    "seasonal_split": _seasonal_split,
    "rep_allocation": _rep_allocation,
    "commission": _commission,
    "variance_review": _variance_review,
}
