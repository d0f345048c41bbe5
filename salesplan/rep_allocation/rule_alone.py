"""What the rule by itself would give, where agreements or quotas from above decide."""

from dataclasses import replace

import pandas as pd

from salesplan.apportion import UNASSIGNED
from salesplan.errors import PlanError
from salesplan.rep_allocation.ground import Ground, ground_of
from salesplan.rep_allocation.negotiation import agreed_pins
from salesplan.rep_allocation.settling import quotas_of
from salesplan.terms.negotiation import Negotiation


def by_rule(ground: Ground, monthly: pd.DataFrame) -> pd.DataFrame:
    """Quotas rep by month as the rule alone gives them: rep, month, amount (Int64 fen), sorted by the keys.

    Without what was agreed in the negotiation and without quotas from above; pins and bounds hold. Where there is
    neither, they are the quotas as they are (`monthly`: rep, month, amount). NA throughout where the rule alone has no
    answer.
    """
    given, rules = ground.given, ground.rules
    if not given.handed_down and not agreed_pins(rules):
        return monthly.loc[monthly["rep"] != UNASSIGNED, ["rep", "month", "amount"]].astype({"amount": "Int64"})
    alone = replace(given, quotas=None)
    plain = rules.model_copy(update={"negotiation": Negotiation()})
    try:
        bare = ground_of(alone, plain)
        amounts = pd.DataFrame(quotas_of(bare).amount, index=list(bare.people.reps), columns=given.months)
    except PlanError:
        labels = sorted(set(monthly["rep"]) - {UNASSIGNED})
        unknown = {month: pd.array([pd.NA] * len(labels), dtype="Int64") for month in given.months}
        amounts = pd.DataFrame(unknown, index=labels)
    rows = amounts.astype("Int64").rename_axis("rep").reset_index()
    long = rows.melt(id_vars="rep", var_name="month", value_name="amount")
    return long.sort_values(["rep", "month"], ignore_index=True)
