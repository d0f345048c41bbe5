"""What a manager should take from the expenses and the profit by month, and from the plan calendar."""

from typing import TYPE_CHECKING

from salesplan.conclusions.saying import ratio_of, sayer
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("seasonal_split")
HALF = 6


def budget_sentences(words: Words, *, profit: "pd.DataFrame", due: "pd.DataFrame") -> list[str]:
    """The dearest month, months at a loss, the halves of the year, the calendar; frames as saved by the step."""
    return [*_peak(profit, words), *_net(profit, words), *_calendar(due, words)]


def _peak(profit: "pd.DataFrame", words: Words) -> list[str]:
    if profit.empty or not profit["expense"].any():
        return []
    row = profit.iloc[int(profit["expense"].to_numpy().argmax())]
    total, sales = int(profit["expense"].sum()), int(profit["sales"].sum())
    values = {
        "month": words.month(row["month"]),
        "amount": words.money(row["expense"]),
        "ratio": words.percent(ratio_of(row["expense"], row["sales"])),
        "total": words.money(total),
        "year": words.percent(ratio_of(total, sales)),
    }
    return [_say(words, "expense_peak", **values)]


def _net(profit: "pd.DataFrame", words: Words) -> list[str]:
    if profit.empty or profit["net"].isna().any():
        return []
    net = profit["net"].astype("int64")
    lost = profit[net < 0]
    halves = {"first": words.money(net.iloc[:HALF].sum()), "second": words.money(net.iloc[HALF:].sum())}
    if lost.empty:
        least = profit.iloc[int(net.to_numpy().argmin())]
        said = _say(words, "profit_all", month=words.month(least["month"]), net=words.money(least["net"]))
    else:
        months = [
            _say(words, "profit_loss_month", month=words.month_short(month), net=words.money(fen))
            for month, fen in zip(lost["month"], lost["net"], strict=True)
        ]
        loss = words.money(-int(lost["net"].sum()))
        said = _say(words, "profit_loss", count=len(lost), months=words.list(months), loss=loss)
    return [said, _say(words, "profit_half", **halves)]


def _calendar(due: "pd.DataFrame", words: Words) -> list[str]:
    if due.empty:
        return []
    count = len(due[["name", "owner"]].drop_duplicates())
    return [_say(words, "calendar", count=count, dates=len(due), moved=int(due["moved"].sum()))]
