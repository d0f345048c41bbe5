"""One rule per type of cell: text in, exact value out, or `CellError` saying what is allowed.

Unambiguous habits are accepted and remarked on (full-width digits, `¥`, regular groups, Chinese
dates); whatever can be read in two ways is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from salesplan.tables.codes import CODE_WORDS, CODES
from salesplan.tables.contract import RESERVED, Type

FEN_LIMIT = 10**13
QUANTITY_LIMIT = Decimal(10**12)
LONGEST = 32_767  # characters of a cell that Excel holds
YEARS = range(1990, 2101)
CENT = Decimal("0.01")

# Full-width ASCII, the ideographic and no-break spaces, the full-width yen sign, the minus sign. Not
# Unicode's compatibility folding: it makes 102 of 10².
NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0xFFE5: "¥", 0x2212: "-"}
SIGNS = {
    "CNY": ("¥", "元", "CNY", "RMB", "人民币"),
    "JPY": ("¥", "JPY"),
    "USD": ("US$", "$", "USD"),
    "EUR": ("€", "EUR"),
    "GBP": ("£", "GBP"),
    "HKD": ("HK$", "$", "HKD"),
}

PLAIN = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
COMMAS = re.compile(r"[0-9.]*[0-9],[0-9][0-9.,]*")
EXPONENT = re.compile(r"[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+")
EXCEL_CODE = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]{2,}")  # what Excel makes of a long order number
EXCEL_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|#+)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
TIME = r"(?:[ T]+(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?))?"
DAY = re.compile(
    r"(?:(?P<y>[0-9]{4})(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})"
    r"|(?P<y2>[0-9]{4})年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})[日号]?"
    r"|(?P<y3>[0-9]{4})(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))" + TIME
)
DAY_FIRST = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4}|[0-9]{2})")
MONTH = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})|\.([0-9]{2})|年([0-9]{1,2})月?|([0-9]{2}))")
BARE_MONTH = re.compile(r"([0-9]{1,2})月份?")


class CellError(Exception):
    """A cell that cannot be read; `code` names the text in the catalogue."""

    def __init__(self, code: str, **values: Any) -> None:
        """`values` fill the text."""
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Manner:
    """How a column writes: its currency, whether commas may be decimal marks, the year of bare months, its unit."""

    currency: str = "CNY"
    comma_in_doubt: bool = False
    fiscal_year: int = 2000
    first_month: int = 1
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class Cell:
    """A cell read: its value, what was unusual, and what rounding added (in currency units)."""

    value: Any
    remarks: tuple[str, ...] = ()
    rounded_by: Decimal = Decimal(0)


def narrow(text: str) -> str:
    """Full-width digits and punctuation made plain, outer spaces off."""
    return text.translate(NARROW).strip()


def _unsigned(text: str, manner: Manner) -> tuple[str, bool, bool]:
    """Digits of a number without currency sign and sign; whether it is negative; whether marked with a currency."""
    found = text
    negative = bracketed = len(found) > 2 and found[0] == "(" and found[-1] == ")"
    found = found[1:-1].strip() if bracketed else found
    marked = False
    for _ in range(2):  # sign and currency come in either order: -¥5, ¥-5
        if not bracketed and not negative and found[:1] in ("-", "+"):
            negative, found = found[0] == "-", found[1:].strip()
        sign = next((s for s in SIGNS.get(manner.currency, (manner.currency,)) if found.upper().startswith(s)), "")
        found, marked = found[len(sign) :].strip(), marked or bool(sign)
    sign = next((s for s in SIGNS.get(manner.currency, (manner.currency,)) if found.upper().endswith(s)), "")
    return (found[: -len(sign)].strip() if sign else found), negative, marked or bool(sign)


def decimal_of(text: str, manner: Manner, *, money: bool = False) -> tuple[Decimal, tuple[str, ...]]:
    """A plain number such as `-1,234.50`, exact, with remarks. Raises `CellError`."""
    plain = narrow(text)
    digits, negative, marked = _unsigned(plain, manner)
    if marked and not money:
        raise CellError("cell_number")
    grouped = GROUPED.fullmatch(digits) is not None
    if grouped and manner.comma_in_doubt and "." not in digits:
        raise CellError("cell_two_readings")
    if not grouped and not PLAIN.fullmatch(digits):
        raise CellError(_why_no_number(digits, manner), currency=manner.currency)
    value = Decimal(digits.replace(",", "")) * manner.factor
    found = {"full_width": any(ord(c) > 0xFF00 for c in text), "currency_sign": marked, "groups": grouped}
    return -value if negative else value, tuple(code for code, there in found.items() if there)


def _why_no_number(digits: str, manner: Manner) -> str:
    if EXCEL_ERROR.fullmatch(digits):
        return "cell_excel_error"
    if EXPONENT.fullmatch(digits):
        return "cell_exponent"
    if COMMAS.fullmatch(digits):
        return "cell_two_readings"
    others = {sign for signs in SIGNS.values() for sign in signs} - set(SIGNS.get(manner.currency, ()))
    if any(sign in digits.upper() for sign in others) and any(c.isdigit() for c in digits):
        return "cell_currency"
    return "cell_percent" if digits.endswith("%") else "cell_number"


def money(text: str, manner: Manner) -> Cell:
    """An amount as fen; more than two decimals are rounded half away from zero."""
    value, remarks = decimal_of(text, manner, money=True)
    limit = Decimal(FEN_LIMIT // 100)
    rounded = value.quantize(CENT, ROUND_HALF_UP) if abs(value) < limit else limit
    if abs(rounded) >= limit:
        raise CellError("cell_range", limit=f"{limit:,}")
    return Cell(int(rounded * 100), remarks, rounded - value)


def exact_money(text: str, manner: Manner) -> Cell:
    """An amount as fen; more than two decimals are refused."""
    cell = money(text, manner)
    if cell.rounded_by:
        raise CellError("cell_decimals", limit=2)
    return cell


def quantity(text: str, manner: Manner) -> Cell:
    """A number of pieces, litres or points, as float."""
    value, remarks = decimal_of(text, manner)
    if abs(value) >= QUANTITY_LIMIT:
        raise CellError("cell_range", limit=f"{QUANTITY_LIMIT:,}")
    return Cell(float(value), remarks)


def number(text: str, manner: Manner) -> Cell:
    """A number, or a percentage as a fraction of one."""
    plain = narrow(text)
    if not plain.endswith("%"):
        return quantity(text, manner)
    value, remarks = decimal_of(plain[:-1], replace(manner, factor=Decimal(1)))
    return Cell(float(value / 100), (*remarks, "percent"))


def count(text: str, manner: Manner) -> Cell:
    """A whole number, not negative."""
    cell = quantity(text, manner)
    if cell.value < 0 or cell.value != int(cell.value):
        raise CellError("cell_count")
    return cell


def rate(text: str, manner: Manner) -> Cell:
    """A fraction of one: `0.12` or `12%`."""
    cell = number(text, manner)
    if not 0 <= cell.value <= 1:
        raise CellError("cell_rate")
    return cell


def share(text: str, manner: Manner) -> Cell:
    """A share of an order's credit: a rate of at most six decimals, above zero."""
    cell = rate(text, manner)
    plain = narrow(text)
    whole = replace(manner, factor=Decimal("0.01") if plain.endswith("%") else manner.factor)
    exact = decimal_of(plain.removesuffix("%"), whole)[0]
    if exact != round(exact, 6):
        raise CellError("cell_decimals", limit=6)
    if not exact:
        raise CellError("cell_share")
    return cell


def day(text: str, manner: Manner) -> Cell:  # noqa: ARG001 every rule takes both
    """A date: `2027-03-01`, `2027/3/1`, `2027.1.5`, `2027年3月1日`, `20270301`; a time of day is left out."""
    plain = narrow(text)
    match = DAY.fullmatch(plain)
    if match is None:
        raise CellError(_why_no_date(plain))
    parts = match.groupdict()
    year, month, number_of_day = (int(parts[key] or parts[key + "2"] or parts[key + "3"]) for key in "ymd")
    if year not in YEARS:
        raise CellError("cell_year", first=YEARS[0], last=YEARS[-1])
    try:
        value = date(year, month, number_of_day)
    except ValueError:
        raise CellError("cell_no_such_day") from None
    timed = parts["time"] is not None and any(c in "123456789" for c in parts["time"])
    return Cell(value, ("time_of_day",) if timed else ())


def _why_no_date(plain: str) -> str:
    if DAY_FIRST.fullmatch(plain):
        return "cell_date_order"
    if EXCEL_ERROR.fullmatch(plain):
        return "cell_excel_error"
    return "cell_date_serial" if re.fullmatch(r"[34][0-9]{4}(\.[0-9]+)?", plain) else "cell_date"


def month(text: str, manner: Manner) -> Cell:
    """A month `2027-03`: also `2027/3`, `202703`, `2027年3月`, `3月` (of the fiscal year), a date on a 1st."""
    plain = narrow(text)
    if bare := BARE_MONTH.fullmatch(plain):
        number_of_month = int(bare[1])
        year = manner.fiscal_year + (number_of_month < manner.first_month)
        return Cell(_label(year, number_of_month), ("month_without_year",))
    if found := MONTH.fullmatch(plain):
        return Cell(_label(int(found[1]), int(next(part for part in found.groups()[1:] if part))))
    if DAY.fullmatch(plain) and day(plain, manner).value.day == 1:
        return Cell(day(plain, manner).value.isoformat()[:7], ("month_from_date",))
    raise CellError("cell_excel_error" if EXCEL_ERROR.fullmatch(plain) else "cell_month")


def _label(year: int, number_of_month: int) -> str:
    if year not in YEARS or not 1 <= number_of_month <= 12:
        raise CellError("cell_month")
    return f"{year}-{number_of_month:02d}"


def day_or_month(text: str, manner: Manner) -> Cell:
    """ISO text of a date, or of a month where the cell says only that."""
    plain = narrow(text)
    if DAY.fullmatch(plain):
        cell = day(plain, manner)
        return Cell(cell.value.isoformat(), cell.remarks)
    return month(text, manner)


def text(found: str, manner: Manner) -> Cell:  # noqa: ARG001 every rule takes both
    """A name or code, letter for letter; only outer spaces go."""
    value = found.strip()
    if EXCEL_ERROR.fullmatch(value):
        raise CellError("cell_excel_error")
    if EXCEL_CODE.fullmatch(value):
        raise CellError("cell_excel_code")
    if value in RESERVED:
        raise CellError("cell_reserved")
    if CONTROL.search(value):
        raise CellError("cell_control")
    if len(value) > LONGEST:
        raise CellError("cell_long", limit=f"{LONGEST:,}")
    return Cell(value, ("outer_spaces",) if value != found else ())


def code_rule(type_: str) -> Callable[[str, Manner], Cell]:
    """The rule of a column that holds one of a few words, such as the kind of an order line."""

    def rule(found: str, manner: Manner) -> Cell:  # noqa: ARG001 every rule takes both
        plain = narrow(found).casefold()
        if plain not in CODE_WORDS[type_]:
            known = ", ".join(f"{code} ({also.split()[0]})" for code, also in CODES[type_].items())
            raise CellError("cell_kind", known=known)
        return Cell(CODE_WORDS[type_][plain])

    return rule


RULES: dict[Type, Callable[[str, Manner], Cell]] = {
    "text": text,
    "date": day,
    "month": month,
    "day_or_month": day_or_month,
    "money": money,
    "exact_money": exact_money,
    "quantity": quantity,
    "number": number,
    "rate": rate,
    "share": share,
    "count": count,
    "kind": code_rule("kind"),
    "payment_kind": code_rule("payment_kind"),
    "yes_no": code_rule("yes_no"),
    "dispute_state": code_rule("dispute_state"),
    "measure_state": code_rule("measure_state"),
}
