"""What the grid says: the edition, who is most short of target in each dimension, and the year at its end."""

from collections.abc import Iterator
from decimal import Decimal

import pandas as pd

from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.conclusions.saying import each_row, first_names, sayer
from salesplan.variance_review.periods import Edition
from salesplan.wording import Words
from salesplan.wording.periods import period

say = sayer("grid")


def grid_sentences(words: Words, grid: pd.DataFrame, edition: Edition | None) -> list[str]:
    """Where the periods of this edition stand, and the member of each dimension that is most short to date."""
    if edition is None:
        return [words("variance_review.not_yet")]
    amounts = grid[grid["indicator"] == "amount"]
    total = amounts[amounts["dimension"] == TOTAL]
    labels = list(dict.fromkeys([edition.month, *edition.beside, edition.to_date]))
    return [
        say(words, f"edition_{edition.kind}", month=words.month(edition.month)),
        *(_stands(words, total[total["period"] == label].iloc[0], _named(words, label)) for label in labels),
        *_worst(words, amounts[amounts["period"] == "ytd"]),
        *_odd(words, amounts[amounts["period"] == "ytd"]),
    ]


def _named(words: Words, label: str) -> str:
    return say(words, "to_date") if label == "ytd" else period(words, label)


def _stands(words: Words, row: pd.Series, name: str) -> str:
    """One period in total."""
    variance = _fen(row["variance"])
    key = "stands_short" if variance < 0 else "stands_over"
    text = say(
        words, key, period=name, actual=words.money(_fen(row["actual"])), gap=words.money(abs(variance)),
        attainment=words.percent(row["attainment"]),
    )  # fmt: skip
    growth = row["growth"]
    if growth != growth:
        return text + say(words, "end")
    return text + say(words, "fell" if growth < 0 else "grew", growth=words.percent(abs(growth))) + say(words, "end")


def _worst(words: Words, to_date: pd.DataFrame) -> Iterator[str]:
    """The member of each dimension that is most short of its target to date."""
    own = to_date["member"].isin([MANAGER, UNASSIGNED]) | (to_date["dimension"] == TOTAL)
    for dimension, rows in to_date[~own].groupby("dimension", sort=False):
        worst = rows.sort_values(["variance", "member"]).iloc[0]
        if worst["variance"] < 0 and len(rows) > 1:
            yield say(
                words, "worst", dimension=words.column(str(dimension)), member=words.person(str(worst["member"])),
                gap=words.money(-_fen(worst["variance"])), attainment=words.percent(worst["attainment"]),
            )  # fmt: skip


def _odd(words: Words, to_date: pd.DataFrame) -> Iterator[str]:
    """Members with a target and no sale, and those with sales that nobody planned."""
    members = to_date[~to_date["member"].isin([MANAGER, TOTAL])]
    planned, sold = members["target"] != 0, members["actual"] != 0
    for key, rows in {"unsold": members[planned & ~sold], "unplanned": members[sold & ~planned]}.items():
        if len(rows):
            names = [words.person(name) for name in dict.fromkeys(rows["member"])]
            yield say(words, key, names=first_names(words, "grid.more", names))


def annual_sentences(words: Words, annual: pd.DataFrame) -> list[str]:
    """The year in words: months that reached their target, the best and the worst month, growth by indicator."""
    if annual.empty:
        return []
    rows = annual[annual["indicator"] == "amount"].set_index("month")
    months = rows.drop(index=TOTAL)
    shares = months["attainment"].dropna()
    said = [say(words, "annual_months", reached=int((shares >= 1).sum()), count=len(shares))]
    if len(shares):
        best, worst = str(shares.idxmax()), str(shares.idxmin())
        told = {"best": words.month(best), "best_share": words.percent(shares[best])}
        told |= {"worst": words.month(worst), "worst_share": words.percent(shares[worst])}
        said.append(say(words, "annual_extremes", **told))
    year = annual[(annual["month"] == TOTAL) & annual["growth"].notna()]
    grown = [f"{words.code('indicator', row.indicator)} {words.percent(row.growth)}" for row in each_row(year)]
    return [*said, say(words, "annual_growth", parts=words.list(grown))] if grown else said


def _fen(amount: Decimal) -> int:
    return int(amount * 100)
