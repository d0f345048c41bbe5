"""Dealers to date in sentences: how many are behind, who most, who owes above his limit."""

from collections.abc import Iterator

import pandas as pd

from salesplan.conclusions.saying import first_names, row_at, sayer
from salesplan.wording import Words

say = sayer("review_dealers")


def dealer_sentences(words: Words, dealers: pd.DataFrame) -> Iterator[str]:
    """How many dealers are behind their plan, the one most short, and those above their limit."""
    own = dealers[(dealers["basis"] == "bought") & (dealers["target"] > 0)]
    behind = own[own["variance"] < 0]
    if len(own):
        yield say(words, "count", count=len(own), behind=len(behind))
    if len(behind):
        worst = row_at(behind, 0)
        amounts = {name: words.money(abs(worst[name])) for name in ("target", "actual", "variance")}
        yield say(words, "worst", dealer=str(worst["dealer"]), **amounts)
    over = dealers[(dealers["over"] > 0).fillna(value=False)].sort_values(["over", "dealer"], ascending=[False, True])
    if len(over):
        total = words.money(over["over"].sum())
        names = first_names(words, "revision.and_others", [str(name) for name in over["dealer"]])
        yield say(words, "over", count=len(over), names=names, amount=total)
