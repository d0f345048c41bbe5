"""Units said in a header or a title: `金额（万元）`, `单位：千元`. Numbers are scaled by them, never by their size."""

import re
from collections.abc import Iterable
from decimal import Decimal

from salesplan.tables.contract import MONEY, Type

PLAIN_UNITS = {*"元 人民币 圆 rmb cny yuan ¥ 元/年 元/月 含税 不含税 个 件 台 箱 次 人".split()}  # noqa: SIM905
OF_MONEY = {"百元": 2, "千元": 3, "万元": 4, "十万元": 5, "百万元": 6, "千万元": 7, "亿元": 8}
OF_PIECES = {"千件": 3, "万件": 4, "千个": 3, "万个": 4, "千台": 3, "万台": 4, "千箱": 3, "万箱": 4}
OF_EITHER = {"百": 2, "千": 3, "万": 4, "百万": 6, "亿": 8, "k": 3, "m": 6, "thousand": 3, "million": 6}
OF_SHARES = {"%": -2, "百分比": -2}
SCALED_UNITS = OF_MONEY | OF_PIECES | OF_EITHER | OF_SHARES
SHARES = ("rate", "share", "number")
PIECES = ("quantity", "count")
TITLE_UNIT = re.compile(r"(?:单位|unit|in)\s*[:：]\s*(?P<unit>[^\s,，;；。()（）]+)", re.IGNORECASE)
IN_BRACKETS = re.compile(r"[(（]\s*(?P<unit>[^()（）]+?)\s*[)）]")  # a title such as 销售汇总（万元）
SIZED = re.compile(r"[百千万亿元币%件]|thousand|million|^[km]$")  # 单位 may also name an organisation


def fits(unit: str, type_: Type) -> bool:
    """Whether numbers of this type can be given in this unit."""
    kinds = {**dict.fromkeys(MONEY, OF_MONEY | OF_EITHER), **dict.fromkeys(PIECES, OF_PIECES | OF_EITHER)}
    return unit in (OF_SHARES if type_ in SHARES else kinds.get(type_, {}))


def factor(unit: str) -> Decimal:
    """By what numbers in this unit are multiplied; one where the unit is plain or unknown."""
    return Decimal(1).scaleb(SCALED_UNITS.get(unit, 0))


def units_of_titles(cells: Iterable[str]) -> tuple[str, ...]:
    """The units that rows above the header name, each once: `单位：万元`, `单位：千元、台`, `销售汇总（万元）`."""
    given = list(cells)
    named = [match["unit"].casefold() for cell in given for match in TITLE_UNIT.finditer(cell)]
    said = (match["unit"].casefold() for cell in given for match in IN_BRACKETS.finditer(cell))
    named += [text for text in said if text in OF_MONEY or text in OF_PIECES]
    found = (unit for text in named for unit in text.split("、"))
    return tuple(dict.fromkeys(unit for unit in found if unit in PLAIN_UNITS or SIZED.search(unit)))


def unclear(units: Iterable[str], types: Iterable[Type]) -> str:
    """A unit of a title that cannot be applied: unknown, another of its kind beside it, or of what is not said."""
    given, kinds = list(units), set(types)
    of_either = [unit for unit in given if unit in OF_EITHER]
    of_money = [unit for unit in given if unit in OF_MONEY]
    unknown = [unit for unit in given if unit not in PLAIN_UNITS and unit not in SCALED_UNITS]
    if of_either and kinds.intersection(MONEY) and kinds.intersection(PIECES):
        return of_either[0]
    return next(iter(unknown), of_money[1] if len(of_money) > 1 else "")
