"""How a table is shown: localized, aligned, escaped last; and the forms in which long ones are read."""

import re
import zlib
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from salesplan.apportion import TOTAL
from salesplan.money import to_fen
from salesplan.tables.kinds import Kind
from salesplan.tables.outputs import kind_of
from salesplan.tables.specification import TABLES
from salesplan.wording import BLANK, Words, round_half_away

if TYPE_CHECKING:
    import pandas as pd

# Columns of names that may be those of reps.
PEOPLE = ("manager", "member", "parent", "holder", "successor", "subject")
# Columns whose codes belong to a family of another name.
FAMILIES = {"code": "cause", "name": "level", "parent": "node", "substitute": "replaced", "carried_by": "choice"}
MOST_ROWS = 60
MOST_MEMBERS = 20
MANY_COLUMNS = 9
LEADING = 3  # columns of text before those of numbers, at most, that a table's class knows
# Tables whose rows sentences lead to, by rep or member.
ANCHORED = ("rep_allocation_reps", "variance_review", "commission", "seasonal_split_members", "variance_review_bridge")
LEFT = ("text", "code", "month", "date", "flag")
MONTH = re.compile(r"\d{4}-\d{2}")
# Text that may run over several lines; everything else stays on one.
LONG = (
    "meaning",
    "setting",
    "resources",
    "action",
    "note",
    "evidence",
    "case",
    "worked",
    "readings",
    "missing",
    "formula",
    "standard",
    "strength",
    "weakness",
    "price_level",
    "reason",
    "actions",
    "task",
    "tasks",
    "duty",
    "centre",
    "support",
    "question",
    "answer",
)
PER_PIECE = (
    "average_price",
    "unit_selling_cost",
)  # indicators in units of the currency, whatever the plan's money unit
# Indicators that count something, by what they count.
HEADS = {
    **dict.fromkeys(("customers", "new_customers", "old_customers", "kept_customers"), "business"),
    **dict.fromkeys(("former_customers", "prospects", "dealers"), "business"),
    **dict.fromkeys(("outlets", "branches"), "place"),
    **dict.fromkeys(("reps", "hires", "reps_last_year", "reps_in_post"), "person"),
}
FINE = (
    "rate",
    "ratio",
    "last_ratio",
    "limit_share",
    "change_share",
    "cost_ratio",
)  # shares of which half a tenth of a percent matters
STATES = ("ok", "watch", "behind")
# Tables shown with months across that count units.
COUNTED = ("seasonal_split_movements",)
# Tables with activities across, by the names that the plan gives them: counts.
BOARDS = ("rep_allocation_counts", "rep_allocation_ten_days", "rep_allocation_weeks", "rep_allocation_days")
KEYS = ("rep", "period")
# Tables shown with months across that hold words.
WORDED = ("seasonal_split_calendar",)


class Table:
    """An HTML table that notebooks and pages show as it is."""

    def __init__(self, html: str, text: str) -> None:
        self.html = html
        self.text = text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


# ---------------------------------------------------------------- forms


def months_across(frame: "pd.DataFrame", values: str = "amount", *, rows: Sequence[str] = ("rep",)) -> "pd.DataFrame":
    """One row per `rows`, one column per month (its label) and `(total)`; the last row is `(total)`.

    `values` is a column of fen; the order of the rows is that of their keys, `(manager)` and the like last.
    """
    grid = frame.pivot_table(index=list(rows), columns="month", values=values, aggfunc="sum", fill_value=0)
    grid = grid.sort_index(level=0, key=lambda keys: keys.str.startswith("("), sort_remaining=False, kind="stable")
    wide = grid.astype("int64").assign(**{TOTAL: grid.sum(axis=1).astype("int64")}).reset_index()
    return _closed(wide, {name: wide[name].sum() for name in wide.columns if name not in rows})


def members_across(cube: "pd.DataFrame", dimensions: Sequence[str]) -> "pd.DataFrame":
    """The largest members of every dimension, months across: dimension, member, months, `(total)`, share of the year.

    `cube` is the table seasonal_split. Without dimensions there is one row, the company.
    """
    import pandas as pd

    year = int(cube["amount"].sum())
    keyed = [cube.assign(dimension=name, member=cube[name]) for name in dimensions]
    grids = [months_across(one, rows=("dimension", "member")) for one in [*keyed, cube.assign(dimension="", member="")]]
    best = [grid.iloc[:-1].sort_values([TOTAL, "member"], ascending=[False, True]).head(MOST_MEMBERS) for grid in grids]
    whole = best.pop().assign(dimension=TOTAL)
    found = pd.concat([*best, whole], ignore_index=True)
    return found.assign(share=found[TOTAL] / year if year else float("nan"))


def levels_across(targets: "pd.DataFrame") -> "pd.DataFrame":
    """One row per indicator: unit, last_year, then value and growth of each level; `targets`: table annual_target.

    With a column `line` there is one row per line and indicator.
    """
    import pandas as pd

    keys = ["line", "indicator"] if "line" in targets else ["indicator"]
    first = targets.drop_duplicates(keys).set_index(keys)[["unit", "last_year"]]
    levels = [
        group.set_index(keys)[["value", "growth"]].add_suffix(f"_{level}")
        for level, group in targets.groupby("level", sort=False)
    ]
    return pd.concat([first, *levels], axis=1).reset_index()


def kpis_across(kpis: "pd.DataFrame") -> "pd.DataFrame":
    """One row per indicator: unit, basis, its value in each month, target and state of the last month."""
    keys = ["indicator", "unit", "basis"]
    last = kpis[kpis["month"] == kpis["month"].max()].set_index(keys)[["target", "state"]]
    return kpis.pivot_table(index=keys, columns="month", values="value", aggfunc="first").join(last).reset_index()


def with_total(frame: "pd.DataFrame", table: str, **ratios: tuple[str, str]) -> "pd.DataFrame":
    """The frame with a row `(total)`: money, counts and `share` summed, ratios such as attainment taken from the sums.

    Example: `with_total(standing, "variance_review", attainment=("actual", "target"))`.
    """
    kinds = {str(name): kind_of(table, str(name)) for name in frame.columns}
    sums: dict[str, Any] = {
        name: frame[name].sum() for name, kind in kinds.items() if kind in ("money", "count") or name == "share"
    }
    shares = {name: sums[over] / sums[under] for name, (over, under) in ratios.items() if sums[under]}
    return _closed(frame, {**sums, **shares})


def _closed(frame: "pd.DataFrame", totals: dict[str, Any]) -> "pd.DataFrame":
    import pandas as pd

    if frame.empty:
        return frame
    row = pd.DataFrame([{frame.columns[0]: TOTAL, **totals}])
    return pd.concat([frame.astype({frame.columns[0]: "object"}), row], ignore_index=True)


# ---------------------------------------------------------------- cells


def kind_in(table: str, name: str) -> Kind:
    """What a column holds; months across hold money, or what the indicator of the row says."""
    mixed = table == "variance_review_kpis"
    if table in WORDED and MONTH.fullmatch(name):
        return "text"
    if MONTH.fullmatch(name) or name == TOTAL:
        return "mixed" if mixed else "count" if table in COUNTED else "money"
    if table == "annual_target" and name.startswith(("value_", "growth_")):
        return "mixed" if name.startswith("value_") else "share"
    found = kind_of(table, name)
    return "count" if table in BOARDS and found == "text" and name not in KEYS else found


def _header(table: str, name: str, kind: Kind, words: Words) -> str:
    if MONTH.fullmatch(name):
        return words.month_short(name)
    if name == TOTAL:
        return words.code("member", name)
    if table in BOARDS and kind == "count":
        return words.code("activity", name)
    if kind == "mixed" and name.startswith("value_"):
        return words.code("level", name.removeprefix("value_"))
    return words.column(name, table)


def cell(value: Any, kind: Kind, column: str, words: Words, *, places: int = 0) -> str:
    """One value as people read it, not yet escaped; `places` are the decimals of its column."""
    if value is None or str(value) in ("<NA>", "NaT", "nan"):
        return BLANK
    if kind == "money":
        return words.money(value, unit=False)
    if kind == "share":
        return words.percent(value, places)
    if kind in ("number", "count", "mixed"):
        return words.number(value, places)
    return _text(value, kind, column, words)


def _text(value: Any, kind: Kind, column: str, words: Words) -> str:
    text = str(value)
    if kind == "flag":
        return words("mark.yes") if value else ""
    if kind == "month":
        return words.month(text) if MONTH.fullmatch(text) else words.code("member", text)
    if kind == "date":
        return text[:10]
    if text == TOTAL or column in ("rep", "setting") or (kind == "text" and column in PEOPLE):
        return words.person(text)
    if kind == "code":
        return words.code(FAMILIES.get(column, column), text)
    if column == "dimension" and text:
        return words.column(text)
    return words.code("line" if column == "line" else "member", text)


def _places(series: "pd.Series", kind: Kind, column: str) -> int:
    """Decimals of a column, the same in all its cells."""
    known = series.dropna()
    if kind == "share":
        fine = column in FINE and any(round_half_away(x * 100, 1) != round_half_away(x * 100, 3) for x in known)
        return 2 if fine else 1
    if kind == "number":
        return 0 if all(float(x).is_integer() for x in known) else 2
    return 0


def measures(frame: "pd.DataFrame", name: str, words: Words) -> list[str]:
    """Values of indicators, each in its own unit: money, percent or a plain number."""
    units = frame["unit"] if "unit" in frame else [""] * len(frame)
    return [
        cell(*_measure(value, str(unit), str(indicator)), name, words, places=_measure_places(value, str(unit)))
        for value, unit, indicator in zip(frame[name], units, frame["indicator"], strict=True)
    ]


def _measure(value: Any, unit: str, indicator: str) -> tuple[Any, Kind]:
    if unit == "share" or value is None or value != value:
        return value, "share"
    if unit == "currency" and indicator not in PER_PIECE:
        return to_fen(round_half_away(value, 2)), "money"
    return value, "mixed"


def _measure_places(value: Any, unit: str) -> int:
    known = {"share": 1, "currency": 2, "unit": 0}
    return known[unit] if unit in known else 2 if value != round(value or 0) else 0


def counted(number: str, indicator: str, words: Words) -> str:
    """A number with what the indicator counts; goods and the user's own indicators have no word of their own."""
    return words(f"report.counted_{HEADS[indicator]}", value=number) if indicator in HEADS else number


def _units(frame: "pd.DataFrame", words: Words) -> list[str]:
    """Units of indicators: that in which the row's money is printed, or what is counted; shares say it themselves."""
    single = Words(words.language, "one", words.currency).unit
    known = {"currency": words.unit, "share": ""}
    return [
        single
        if unit == "currency" and indicator in PER_PIECE
        else counted("", indicator, words).strip()
        if unit == "unit"
        else known.get(unit, unit)
        for unit, indicator in zip(frame["unit"], frame["indicator"], strict=True)
    ]


def _texts(frame: "pd.DataFrame", name: str, kind: Kind, words: Words) -> list[str]:
    if kind == "mixed":
        return measures(frame, name, words)
    if name == "unit" and "indicator" in frame:
        return _units(frame, words)
    places = _places(frame[name], kind, name)
    return [cell(value, kind, name, words, places=places) for value in frame[name]]


def cells_of(frame: "pd.DataFrame", name: str, table: str, words: Words) -> list[str]:
    """A column of a frame as people read it, not yet escaped; `table` says what it holds."""
    return _texts(frame, name, kind_in(table, name), words)


# ---------------------------------------------------------------- html


def html_table(frame: "pd.DataFrame", table: str, words: Words, *, most: int = MOST_ROWS) -> Table:
    """A frame as an HTML table; `table` names the output table that says what each column holds.

    At most `most` rows are shown, the rest is counted in a line below. Reps stand by name; a row `(total)` is set
    apart.
    """
    names = [str(name) for name in frame.columns if not (name == "name" and "rep" in frame.columns)]
    kinds = [kind_in(table, name) for name in names]
    shown = frame.head(most)
    columns = [_texts(shown, name, kind, words) for name, kind in zip(names, kinds, strict=True)]
    rows = [list(row) for row in zip(*columns, strict=True)]
    headers = [_header(table, name, kind, words) for name, kind in zip(names, kinds, strict=True)]
    sides = [_side(name, kind) for name, kind in zip(names, kinds, strict=True)]
    form, sides = _form(sides, len(names))
    heats = [
        " heat" if MONTH.fullmatch(name) and kind == "money" else "" for name, kind in zip(names, kinds, strict=True)
    ]
    head = "".join(_head(text, side + heat) for text, side, heat in zip(headers, sides, heats, strict=True))
    anchored = table in ANCHORED and names[:1] and names[0] in ("rep", "member")
    anchors = [_anchor(str(key)) for key in shown[names[0]]] if anchored else [""] * len(rows)
    body = "".join(_row(row, sides, _marks(shown, place), anchors[place]) for place, row in enumerate(rows))
    html = '<div class="table"><table' + form + f"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    text = "\n".join("\t".join(row) for row in [headers, *rows])
    return Table(html + _notes(frame, table, kinds, words, most), text)


def row_id(key: str) -> str:
    """The anchor of a rep's or member's row, the same on every page that has one."""
    return f"row-{zlib.crc32(key.encode()):08x}"


def _anchor(key: str) -> str:
    return "" if key == TOTAL else f' id="{row_id(key)}"'


def _form(sides: list[str], count: int) -> tuple[str, list[str]]:
    """Classes of a table and of its columns: where all but the first few hold numbers, the table says it once."""
    texts = next((place for place, side in enumerate(sides) if side == "n"), count)
    plain = 0 < texts <= LEADING and all(side == "" for side in sides[:texts]) and set(sides[texts:]) <= {"n"}
    classes = [*(["wide"] if count > MANY_COLUMNS else []), *([f"l{texts}"] if plain else [])]
    return _class(" ".join(classes)), [""] * count if plain else sides


def _class(names: str) -> str:
    return f' class="{escape(names)}"' if names else ""


def _head(text: str, side: str) -> str:
    return '<th scope="col"' + _class(side.strip()) + f">{escape(text)}</th>"


def _side(name: str, kind: Kind) -> str:
    if kind not in LEFT:
        return "n"
    return "long" if name in LONG else ""


def _marks(frame: "pd.DataFrame", place: int) -> tuple[bool, str]:
    """Whether a row is the total, and its state."""
    state = str(frame["state"].iloc[place]) if "state" in frame else ""
    return str(frame.iloc[place, 0]) == TOTAL, state if state in STATES else ""


def _row(row: list[str], sides: list[str], marks: tuple[bool, str], anchor: str) -> str:
    total, state = marks
    texts = ["" if total and text == BLANK else text for text in row]
    cells = "".join(
        "<td" + _class(side) + ">" + escape(text) + "</td>" for text, side in zip(texts, sides, strict=True)
    )
    kinds = _class(" ".join(name for name in ("total" if total else "", f"is-{state}" if state else "") if name))
    return "<tr" + kinds + anchor + ">" + cells + "</tr>"


def _notes(frame: "pd.DataFrame", table: str, kinds: Sequence[Kind], words: Words, most: int) -> str:
    """The unit of the money, and how many rows are left out."""
    notes = [words("report.money_in", unit=words.unit)] if "money" in kinds else []
    if len(frame) > most:
        key = "more_rows" if table in TABLES else "more_rows_only"
        notes.append(words(f"report.{key}", shown=most, count=words.number(len(frame)), file=f"tables/{table}.csv"))
    return f'<p class="note">{escape(" · ".join(notes))}</p>' if notes else ""
