"""What still counts as fair, in rep_allocation.yaml: limits of the fairness page."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from salesplan.terms.common import Number, Share, Terms, value

Positive = Annotated[Number, Field(gt=0)]


class Fairness(Terms):
    """Limits beyond which the fairness page says so; nothing is changed by them."""

    stretch_spread: Positive = value(
        Decimal("0.30"), "most that quota to expected may differ between reps (90 % to 10 % of them)", unit="ratio"
    )
    probability_spread: Share = value(
        Decimal("0.40"), "most that the odds may differ between reps (90 % to 10 % of them)", unit="probability"
    )
    likely_share: Share = value(
        Decimal("0.50"), "least part of the reps who reach the quota rather than not", unit="share of the reps"
    )
    gini: Share = value(Decimal("0.10"), "largest Gini coefficient of quota to expected", unit="ratio")
    correlation: Share = value(
        Decimal("0.50"),
        "least correlation of quota with potential and last year, and most of attainment with territory size",
        unit="correlation",
        source="attainment must not go with territory size (sales quota fairness test, Aurochs Solutions)",
    )
    distance: Positive = value(
        Decimal("3"),
        "distance from the peers' median, in median absolute deviations x 1.4826, from which a rep is named",
        unit="deviations",
        source="Iglewicz and Hoaglin: modified z scores, 3 to 3.5",
    )
    exceptions: Share = value(
        Decimal("0.10"), "largest part of all quotas that agreements and bounds may move", unit="share of the quotas"
    )
