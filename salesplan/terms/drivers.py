"""Rates behind the tree of causes in annual_target.yaml: from revenue back to contracts, customers, reps."""

from typing import Annotated

from pydantic import Field

from salesplan.terms.common import Money, Number, Share, Terms, value

Part = Annotated[Number, Field(gt=0, le=1)]
Positive = Annotated[Number, Field(gt=0)]
Paid = Annotated[Money, Field(gt=0)]


class Drivers(Terms):
    """What the tree reckons with; what is left out is taken from last year's tables."""

    fulfilment_rate: Part | None = value(
        None, "part of the contracts signed that becomes revenue", unit="share of the contracts"
    )
    collection_rate: Share | None = value(None, "part of the revenue collected within the year", unit="share of sales")
    new_share: Share | None = value(None, "part of the contracts that new customers sign", unit="share of sales")
    average_old: Paid | None = value(None, "contracts of an old customer in the year", unit="currency per year")
    average_new: Paid | None = value(None, "contracts of a new customer in the year", unit="currency per year")
    win_rate: Part | None = value(None, "part of the prospects that become customers", unit="share of the prospects")
    retention_rate: Share | None = value(
        None, "part of last year's customers that buy again", unit="share of the customers"
    )
    customers_per_rep: Positive | None = value(None, "customers a rep looks after", unit="customers")
    full_quota: Paid | None = value(
        None, "what a rep past his ramp carries; default the median capacity", unit="currency per year"
    )
    peak_load: Annotated[Number, Field(ge=1, le=3)] | None = value(
        None, "most a rep carries in a month; default the busiest month's share of the year", unit="times a twelfth"
    )
