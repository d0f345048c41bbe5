"""What moved from closed months to the open one, in a sentence."""

import pandas as pd

from salesplan.wording import Words


def corrected(words: Words, *, corrections: pd.DataFrame) -> list[str]:
    """How much moved, and where it is booked; nothing where nothing moved."""
    if corrections.empty:
        return []
    sums = corrections[["earned", "released", "base_pay"]].sum()
    told = {str(name): words.money(fen) for name, fen in sums.items()}
    month = str(corrections["month"].iloc[0])
    if not month:
        return [words("commission.corrections_waiting", **told)]
    return [words("commission.corrected_sum", month=words.month(month), **told)]
