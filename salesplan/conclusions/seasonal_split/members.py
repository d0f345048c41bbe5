"""What step 2 says of the members' targets and of the lines that had targets of their own."""

from typing import TYPE_CHECKING, Any

from salesplan.conclusions.saying import each_row, sayer
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("seasonal_split")
NAMED = 3
SAME = 0.002  # of the pieces: nearer than this, sales and pieces agree


def member_sentences(words: Words, members: "pd.DataFrame") -> list[str]:
    """Per dimension who is most and least likely to reach his target, and who has no history to tell.

    `members` is table seasonal_split_members.
    """
    return [*_sides(members, words), *_unknown(members, words)]


def line_sentences(words: Words, targets: "pd.DataFrame", members: "pd.DataFrame") -> list[str]:
    """How the goals of lines in step 1 lie in the cube.

    Sales are met; declared pieces beside those the sales bring at last year's price (the list price where nothing was
    sold), and the price that asks for.
    `targets` is table annual_target.
    """
    dimension = "line" if (members["dimension"] == "line").any() else "product"
    found = members[members["dimension"] == dimension].set_index("member")
    lined = targets[targets["line"].fillna("").isin(found.index) & targets["planned"] & targets["value"].notna()]
    sold = lined[(lined["indicator"] == "amount") & (lined["unit"] == "currency")]
    parts = [
        _say(words, "line_part", line=row.line, amount=words.money(int(row.value * 100))) for row in each_row(sold)
    ]
    pieces = lined[(lined["indicator"] == "quantity")]
    return [
        *([_say(words, "lines_met", lines=words.list(parts))] if parts else []),
        *(_pieces(row, found.loc[row.line], words) for row in each_row(pieces) if row.value > 0),
        *_company_pieces(targets, found, words),
    ]


def _sides(members: "pd.DataFrame", words: Words) -> list[str]:
    said = []
    for dimension, part in members[members["probability"].notna()].groupby("dimension", sort=False):
        ranked = part.sort_values(["probability", "member"])
        if len(ranked) > 1:
            ends = {"weak": ranked.iloc[0], "strong": ranked.iloc[-1]}
            values = {name: words.code("member", row["member"]) for name, row in ends.items()}
            values |= {f"{name}_odds": words.percent(row["probability"], 0) for name, row in ends.items()}
            values |= {f"{name}_amount": words.money(row["amount"]) for name, row in ends.items()}
            said.append(_say(words, "odds_sides", dimension=words.column(str(dimension)), **values))
    return said


def _unknown(members: "pd.DataFrame", words: Words) -> list[str]:
    names = list(dict.fromkeys(members.loc[members["probability"].isna(), "member"]))
    shown = words.list([words.code("member", name) for name in names[:NAMED]])
    return [_say(words, "odds_unknown", count=len(names), members=shown)] if names else []


def _pieces(row: Any, member: "pd.Series[Any]", words: Words) -> str:
    """Declared pieces of a line beside those its sales bring at last year's price."""
    asked = _units(row.value, row.unit, words)
    values = {"line": row.line, "pieces": asked, "amount": words.money(member["amount"])}
    single = Words(words.language, "one", words.currency)
    price = single.money(round(member["amount"] / float(row.value)))
    if member["quantity"] != member["quantity"]:
        return _say(words, "line_pieces_alone", price=price, **values)
    change = member["quantity"] / float(row.value) - 1
    way = "even" if abs(change) < SAME else "up" if change > 0 else "down"
    sold = bool((member[["last_year"]].fillna(0) > 0).all())
    at = _say(words, "at_last_price" if sold else "at_list_price")
    found = {"found": _units(member["quantity"], row.unit, words), "change": words.percent(abs(change)), "price": price}
    return _say(words, f"line_pieces_{way}", at=at, **values, **found)


def _units(quantity: float, unit: str, words: Words) -> str:
    """Pieces with their unit, where they have one."""
    return words.number(quantity) + ("" if unit in ("", "unit") else f" {unit}")


def _company_pieces(targets: "pd.DataFrame", found: "pd.DataFrame", words: Words) -> list[str]:
    """The year's pieces by last year's ratio in step 1, beside those that the members' sales bring at their prices."""
    company = targets[(targets["indicator"] == "quantity") & targets["planned"] & (targets["line"].fillna("") == "")]
    company = company[company["value"].notna()]
    if company.empty or found.empty or found["quantity"].isna().any():
        return []
    ratio, here = float(company["value"].iloc[0]), float(found["quantity"].sum())
    if not ratio or abs(here / ratio - 1) < SAME:
        return []
    change = words.percent(abs(here / ratio - 1))
    way = "more" if here > ratio else "less"
    values = {"here": words.number(here), "ratio": words.number(ratio), "change": change}
    return [_say(words, f"company_pieces_{way}", **values)]
