"""How the bridge was made, what it says at gross margin, and what the market did."""

from collections.abc import Iterator

import pandas as pd

from salesplan.apportion import TOTAL
from salesplan.terms.variance_review import Bridge, Market
from salesplan.variance_review import bridge_parts
from salesplan.wording import Words

TABLE = "variance_review_bridge"


def bridge_sentences(words: Words, bridge: pd.DataFrame, rules: Bridge) -> list[str]:
    """The conventions in words, and what allowances, rebates, free goods and exchange rates did."""
    named = {
        name: words(f"review_bridge.{name}_{getattr(rules, name)}") for name in ("price_at", "mix", "new_products")
    }
    said = [words("review_bridge.convention", **named)]
    total = bridge[bridge["member"] == TOTAL]
    for name in ("deducted", "currency"):
        fen = int(total[name].sum())
        if fen:
            said.append(words(f"review_bridge.{name}_{'less' if fen < 0 else 'more'}", amount=words.money(abs(fen))))
    return said


def margin_sentences(words: Words, margin: pd.DataFrame) -> list[str]:
    """Target and actual gross margin, and the parts between them, the largest first."""
    if margin.empty:
        return [words("review_bridge.margin_unknown")]
    total = margin[margin["member"] == TOTAL].iloc[0]
    parts = sorted(bridge_parts(margin).items(), key=lambda part: (-abs(part[1]), part[0]))
    moved = [f"{words.column(name, TABLE)} {_signed(words, fen)}" for name, fen in parts if fen]
    gap = int(total["actual"] - total["target"])
    sums = {"target": words.money(total["target"]), "actual": words.money(total["actual"])}
    said = [words(f"review_bridge.margin_{'short' if gap < 0 else 'over'}", gap=words.money(abs(gap)), **sums)]
    return [*said, words("review_bridge.margin_parts", parts=words.list(moved))] if moved else said


def market_sentences(words: Words, table: pd.DataFrame, market: Market | None) -> list[str]:
    """What the market's size and our share of it brought; one sentence on what is missing where it is not known."""
    if table.empty:
        return [words("review_market.none" if market is None else "review_market.unknown")]
    return list(_market(words, table.iloc[0]))


def _market(words: Words, row: pd.Series) -> Iterator[str]:
    growth = row["market_actual"] / row["market_target"] - 1
    yield words(
        f"review_market.{row['measure']}_{'shrank' if growth < 0 else 'grew'}",
        growth=words.percent(abs(growth)),
        variance=_signed(words, row["variance"]),
        size=_signed(words, row["market_size"]),
        share=_signed(words, row["market_share"]),
    )
    if row["target_share"] == row["target_share"] and row["actual_share"] == row["actual_share"]:
        shares = {name: words.percent(row[f"{name}_share"]) for name in ("target", "actual")}
        yield words("review_market.shares", **shares)


def _signed(words: Words, fen: int) -> str:
    return ("+" if fen > 0 else "") + words.money(fen)
