"""What the rule by itself would give, where agreements or quotas from above decide."""

from dataclasses import replace

import pandas as pd

from salesplan.errors import PlanError
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.ground import ground_of
from salesplan.rep_allocation.settling import quotas_of
from salesplan.terms.negotiation import Negotiation
from salesplan.terms.rep_allocation import RepAllocationTerms


def by_rule(given: Given, *, rules: RepAllocationTerms) -> pd.DataFrame:
    """Quotas rep by month as the rule alone gives them: rep, month, amount (Int64 fen), sorted by the keys.

    Without what was agreed in the negotiation and without quotas from above; pins and bounds hold. NA throughout where
    those cannot be.
    """
    alone = replace(given, quotas=None)
    plain = rules.model_copy(update={"negotiation": Negotiation()})
    found = ground_of(alone, plain)
    labels = pd.Index(found.people.reps, name="rep")
    try:
        amounts = pd.DataFrame(quotas_of(found, plain).amount, index=labels, columns=given.months)
    except PlanError:
        unknown = {month: pd.array([pd.NA] * len(labels), dtype="Int64") for month in given.months}
        amounts = pd.DataFrame(unknown, index=labels)
    return (
        amounts.astype("Int64")
        .reset_index()
        .melt(id_vars="rep", var_name="month", value_name="amount")
        .sort_values(["rep", "month"], ignore_index=True)
    )
