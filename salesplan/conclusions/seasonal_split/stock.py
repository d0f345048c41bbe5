"""What a manager should take from purchases, stock and dealers, in sentences computed from their tables."""

from typing import TYPE_CHECKING, Any

from salesplan.conclusions.saying import row_at, sayer
from salesplan.seasonal_split import StockGaps, slow_movers
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("seasonal_split")
MOST_NAMED = 5


def stock_sentences(
    words: Words, *, stock: "pd.DataFrame", purchases: "pd.DataFrame", rules: SeasonalSplitTerms
) -> list[str]:
    """Purchases of the year in units and funds, what to order now, shortages, slow movers, turnover."""
    if stock.empty:
        return []
    return [
        *_purchases(stock, words),
        *_orders(stock, words),
        *_short(stock, purchases, words),
        *_slow(purchases, rules, words),
        *_turnover(purchases, stock["month"].nunique(), words),
    ]


def dealer_sentences(words: Words, *, dealers: "pd.DataFrame", demand: "pd.DataFrame") -> list[str]:
    """Dealers' orders beside the plan, the largest gap, who holds too much."""
    if dealers.empty:
        return []
    return [*_demand(dealers, demand, words), *_gap(demand, words), *_full(dealers, words)]


def stock_warnings(words: Words, gaps: StockGaps, stock: "pd.DataFrame") -> list[str]:
    """Products the purchase plan lacks or knows only in units."""
    names = ("no_opening", "no_quantity", "no_cost") if len(stock) else ()
    return [_say(words, f"stock_{name}", products=_names(list(getattr(gaps, name)), words)) for name in names
            if getattr(gaps, name)]  # fmt: skip


def _names(names: list[str], words: Words) -> str:
    """The first names in a row, and how many there are in all where there are more."""
    return _more(names[:MOST_NAMED], len(names), words)


def _more(shown: list[str], count: int, words: Words) -> str:
    text = words.list(shown)
    return text if count <= len(shown) else _say(words, "and_more", names=text, count=count)


def _purchases(stock: "pd.DataFrame", words: Words) -> list[str]:
    bought = words.number(stock["purchases"].sum())
    if stock["funds"].isna().all():
        return [_say(words, "purchases_units", units=bought)]
    months = stock.groupby("month")["funds"].sum().astype("int64")
    most = str(months.index[int(months.to_numpy().argmax())])
    values = {"month": words.month(most), "most": words.money(months.max())}
    return [_say(words, "purchases", units=bought, funds=words.money(months.sum()), **values)]


def _orders(stock: "pd.DataFrame", words: Words) -> list[str]:
    """What has to be ordered in the first month planned."""
    now = stock[(stock["month"] == stock["month"].min()) & (stock["orders"] > 0)]
    if now.empty:
        return [_say(words, "no_orders", month=words.month(str(stock["month"].min())))]
    lines = [
        _say(words, "order_line", product=row["product"], units=words.number(row["orders"]))
        for _, row in now.sort_values(["orders", "product"], ascending=[False, True]).head(MOST_NAMED).iterrows()
    ]
    return [_say(words, "orders_now", month=words.month(now["month"].iloc[0]), orders=_more(lines, len(now), words))]


def _short(stock: "pd.DataFrame", purchases: "pd.DataFrame", words: Words) -> list[str]:
    short = purchases[purchases["shortage"] > 0].sort_values(["amount_short", "product"], ascending=[False, True])
    if short.empty:
        return [_say(words, "no_shortage")]
    return [_one_short(row, stock[stock["product"] == row["product"]], words) for _, row in
            short.head(MOST_NAMED).iterrows()]  # fmt: skip


def _one_short(row: Any, months: "pd.DataFrame", words: Words) -> str:
    owed = months[months["shortage"] > 0].sort_values("month")
    values = {
        "product": row["product"],
        "first": words.month(owed["month"].iloc[0]),
        "units": words.number(row["shortage"]),
        "amount": words.money(row["amount_short"]),
    }
    later = months[(months["month"] > owed["month"].iloc[-1])]["month"]
    if later.empty:
        return _say(words, "short_to_the_end", **values)
    return _say(words, "short", filled=words.month(later.min()), **values)


def _slow(purchases: "pd.DataFrame", rules: SeasonalSplitTerms, words: Words) -> list[str]:
    slow = slow_movers(purchases)
    if slow.empty:
        return [_say(words, "no_slow", months=rules.stock.slow.months, days=rules.stock.slow.cover_days)]
    lines = [
        _say(
            words,
            "slow_line",
            product=row["product"],
            units=words.number(row["opening"]),
            tied=words.money(row["tied_up"]),
        )
        for _, row in slow.head(MOST_NAMED).iterrows()
    ]
    tied = words.money(slow["tied_up"].sum(min_count=1))
    products = _more(lines, len(slow), words)
    return [_say(words, "slow", products=products, tied=tied, days=rules.stock.slow.cover_days)]


def _turnover(purchases: "pd.DataFrame", months: int, words: Words) -> list[str]:
    """Cost of sales over the average stock, per year, and the product that turns slowest of those sold."""
    value = purchases["value_average"].sum()
    if not value:
        return []
    turnover = purchases["value_sales"].sum() * 12 / months / value
    sold = purchases[(purchases["sales"] > 0) & purchases["turnover"].notna()]
    said = {"turnover": words.number(turnover, 1), "days": words.number(365 / turnover if turnover else None)}
    if len(sold) < 2:
        return [_say(words, "turnover_alone", **said)]
    worst = row_at(sold, sold["turnover"].to_numpy().argmin())
    return [_say(words, "turnover", product=worst["product"], lowest=words.number(worst["turnover"], 1), **said)]


def _demand(dealers: "pd.DataFrame", demand: "pd.DataFrame", words: Words) -> list[str]:
    ends = dealers[~dealers["dealer"].isin(dealers["parent"].dropna())]
    counts = {"dealers": ends["dealer"].nunique(), "parents": dealers["parent"].nunique()}
    units = {name: words.number(demand[name].sum()) for name in ("demand", "sales")}
    sold = words.number(ends["sell_out"].sum())
    return [_say(words, "demand" if counts["parents"] else "demand_flat", sold=sold, **units, **counts)]


def _gap(demand: "pd.DataFrame", words: Words) -> list[str]:
    products = demand.groupby("product", sort=True)["amount_gap"].sum(min_count=1).dropna().astype("int64")
    if products.empty:
        return []
    total, least = int(products.sum()), int(products.to_numpy().argmin())
    values = {"gap": words.money(abs(total)), "product": products.index[least]}
    more = "demand_more" if products.iloc[least] < 0 else "demand_enough"
    key = "demand_less" if total < 0 else more
    return [_say(words, key, least=words.money(int(products.iloc[least])), **values)]


def _full(dealers: "pd.DataFrame", words: Words) -> list[str]:
    """The dealers that need order nothing in the first month, although they sell: they hold too much."""
    first = dealers[dealers["month"] == dealers["month"].min()]
    sums = first.groupby("dealer", sort=True)[["sell_out", "sell_in"]].sum()
    full = sums[(sums["sell_out"] > 0) & (sums["sell_in"] == 0)].sort_values(
        ["sell_out"], ascending=False, kind="stable"
    )
    if full.empty:
        return []
    return [
        _say(words, "dealers_full", month=words.month(first["month"].iloc[0]), dealers=_names(list(full.index), words))
    ]
