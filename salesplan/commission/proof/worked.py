"""Arithmetic as people write it beside an amount: `50,000.00 × 1.5% + 10,000.00 × 2.5% = 1,000.00`."""

from decimal import Decimal

import pandas as pd

from salesplan.money import MICRO, half_away

MINUS, TIMES, OVER = "−", "×", "÷"
RANK = {rule: place for place, rule in enumerate(("tier", "rate", "curve", "override", "extra", "new_product"))}
MOST = 8  # terms of one sum; more are told by their amount alone


def money(fen: int) -> str:
    """Fen as an amount with two decimals: `1,234.50`."""
    sign = MINUS if fen < 0 else ""
    return f"{sign}{Decimal(abs(int(fen))) / 100:,.2f}"


def percent(share: Decimal | float) -> str:
    """A fraction of one as a percentage without trailing zeros: `1.5%`."""
    exact = round(share if isinstance(share, Decimal) else Decimal(str(share)), 9) * 100
    text = f"{exact:,f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def number(value: Decimal | float | int) -> str:
    """A plain number without trailing zeros."""
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def closed(text: str, amount: int) -> str:
    """The arithmetic with its result: nothing more where the text is the result itself."""
    return text if text == money(amount) else f"{text} = {money(amount)}"


def of_lines(lines: pd.DataFrame) -> str:
    """Commission lines as a sum of base times rate; lines of one tier and rate stand together where that is exact.

    Lines without a rate (what caps cut, minimums, fixed amounts) stand with their amount, behind the others.
    """
    terms = [term for term in _terms(lines) if term]
    if not terms:
        return money(int(lines["amount"].sum()))
    text = terms[0].removeprefix("+ ") if terms[0].startswith("+ ") else MINUS + terms[0].removeprefix(f"{MINUS} ")
    return " ".join([text, *terms[1:]])


def plus(text: str, amount: int) -> str:
    """The arithmetic and one amount more."""
    return f"{text} {MINUS if amount < 0 else '+'} {money(abs(amount))}" if amount else text


def _terms(lines: pd.DataFrame) -> list[str]:
    sums: dict[tuple[int, float, int], list[tuple[int, int]]] = {}
    columns = (lines[name].tolist() for name in ("rule", "tier_from", "rate", "base", "amount"))
    for rule, tier, rate, base, amount in zip(*columns, strict=True):
        micro = -1 if rate is None or rate != rate else round(rate * MICRO)
        start = -1.0 if tier is None or tier != tier else float(tier)
        fen = 0 if base is None or base is pd.NA or base != base else int(base)
        key = (len(RANK) + (micro < 0), 0.0, -1) if micro < 0 else (RANK.get(rule, len(RANK)), start, micro)
        sums.setdefault(key, []).append((fen, int(amount)))
    found: list[str] = []
    for (_, _, micro), parts in sorted(sums.items()):
        whole = (sum(fen for fen, _ in parts), sum(amount for _, amount in parts))
        together = micro < 0 or half_away(whole[0] * micro, MICRO) == whole[1]
        found += [_term(fen, micro, amount) for fen, amount in ([whole] if together else parts)]
    return found if len(found) <= MOST else [_term(0, -1, int(lines["amount"].sum()))]


def _term(fen: int, micro: int, amount: int) -> str:
    """One term with its sign; nothing for nothing."""
    if micro < 0 or half_away(fen * micro, MICRO) != amount:
        return f"{MINUS if amount < 0 else '+'} {money(abs(amount))}" if amount else ""
    return f"{MINUS if fen < 0 else '+'} {money(abs(fen))} {TIMES} {percent(Decimal(micro) / MICRO)}" if fen else ""
