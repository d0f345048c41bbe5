"""Where and when the reps do their daily work, and what is known of it until then."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from salesplan.rep_allocation.activity.funnel import Records
from salesplan.terms.plan import Tax


@dataclass(frozen=True)
class Setting:
    """Where and when: the country whose workdays count, the fiscal year, the day of the review (None: none yet).

    `past` what was recorded and sold until then, `collections` what was paid, None where the plan has no such table.
    """

    country: str
    fiscal_year: int
    as_of: date | None
    tax: Tax
    past: Records
    collections: pd.DataFrame | None = None
