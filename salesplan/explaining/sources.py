"""The input rows a number rests on: how many, what they sum to, and the largest by name."""

import numpy as np
import pandas as pd

from salesplan.explaining.formula import money
from salesplan.explaining.ground import Grounds
from salesplan.explaining.paid import text
from salesplan.explaining.parts import Grid, Line, Part

LARGEST = 5  # input rows that are named


def rep_sources(grounds: Grounds, rep: str) -> Part:
    """The input rows behind his bases: his row of the people, and the orders of the customers he holds."""
    lines = rows_of(grounds, "reps", "rep", rep)
    rows = history_rows(grounds, rep)
    return Part("sources", [*lines, _counted("history_rows", rows)], largest(grounds, rows))


def member_sources(grounds: Grounds, dimension: str, member: str) -> Part:
    """The row of a product or customer in its own table, and the order lines before the plan year that name it."""
    lines = rows_of(grounds, f"{dimension}s", dimension, member)
    before = grounds.by_account[0]
    rows = before[before[dimension].fillna("") == member]
    return Part("sources", [*lines, _counted("member_rows", rows)], largest(grounds, rows))


def rows_of(grounds: Grounds, table: str, key: str, name: str) -> list[Line]:
    """The rows of an input table that are of one key, each with its place; nothing without the table."""
    if table not in grounds.inputs.tables or not grounds.places:
        return []
    names = grounds.inputs.tables[table][key].to_pylist()
    return [Line(f"{key}_row", place=grounds.at(table, at)) for at, found in enumerate(names) if found == name]


def _counted(key: str, rows: pd.DataFrame) -> Line:
    return Line(key, {"count": len(rows)}, money(int(rows["amount"].sum())).text)


def largest(grounds: Grounds, rows: pd.DataFrame) -> Grid | None:
    """The largest order lines: date, order, customer, amount and, where files are at hand, their place."""
    best = rows.assign(size=rows["amount"].abs()).sort_values(["size", "place"], ascending=[False, True]).head(LARGEST)
    heads = ("date", "order", "customer", "amount", *(["place"] if grounds.places else []))
    cells = [
        [str(row["date"])[:10], text(row["order"]), text(row["customer"]), money(row["amount"]).text,
         grounds.at("sales", row["place"])][: len(heads)]
        for row in best.to_dict("records")
    ]  # fmt: skip
    return Grid(heads, cells) if cells else None


def history_rows(grounds: Grounds, rep: str) -> pd.DataFrame:
    """Order lines before the plan year of the customers he holds in it, and what he sold to others.

    Columns date, order, customer, amount (fen), place (row of the table).
    """
    owners, (before, places) = grounds.owners, grounds.by_account
    held = owners.accounts[owners.holders.loc[owners.holders["rep"] == rep, "account"]]
    found = [places[account] for account in held.unique() if account in places]
    return before.iloc[np.concatenate(found)] if found else before.iloc[:0]
