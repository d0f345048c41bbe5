"""What the rules of a plan and its tables ask of each other, found before any step runs; each fault with its place."""

from collections.abc import Iterator
from datetime import date

from salesplan.checks.actions import action_faults
from salesplan.checks.activities import activity_faults, activity_notices
from salesplan.checks.agreements import agreement_faults
from salesplan.checks.annual_target import target_faults
from salesplan.checks.channels import channel_faults, channel_notices
from salesplan.checks.commission import commission_faults, commission_notices
from salesplan.checks.customers import customer_faults
from salesplan.checks.expenses import calendar_faults, expense_faults, expense_notices
from salesplan.checks.quotas import quota_faults
from salesplan.checks.seasonal_split import parameter_faults, table_faults, table_notices
from salesplan.checks.stock import stock_faults
from salesplan.checks.variance_review import (
    cause_and_market_faults,
    indicator_faults,
    revision_faults,
    revision_notices,
)
from salesplan.errors import Fault
from salesplan.params import Loaded
from salesplan.tables import Checked, Notice


def plan_faults(loaded: Loaded, checked: Checked) -> Iterator[Fault]:
    """Faults that also show while other files of the plan are faulty: told in the same pass as those."""
    months, given = loaded.plan.months, checked.tables
    yield from parameter_faults(loaded)
    yield from table_faults(loaded, given)
    yield from quota_faults(loaded, checked)
    yield from customer_faults(loaded, checked)
    yield from agreement_faults(loaded, given)
    yield from channel_faults(loaded, checked)
    yield from activity_faults(loaded, given, months)
    yield from commission_faults(loaded, checked)
    yield from indicator_faults(loaded, checked)
    yield from cause_and_market_faults(loaded, checked, months)


def whole_plan_faults(loaded: Loaded, checked: Checked) -> Iterator[Fault]:
    """Faults that only a plan shows whose files are each without any."""
    given = checked.tables
    yield from target_faults(loaded, given)
    yield from expense_faults(loaded, given)
    yield from calendar_faults(loaded)
    yield from stock_faults(loaded, given, loaded.plan.months)
    yield from action_faults(loaded, given)
    yield from revision_faults(loaded, given)


def plan_notices(loaded: Loaded, checked: Checked, as_of: date | None) -> Iterator[Notice]:
    """What is allowed, and yet must be said; `as_of` is the month end of the review."""
    given = checked.tables
    yield from table_notices(loaded, given)
    yield from expense_notices(loaded, given)
    yield from channel_notices(loaded, given)
    yield from activity_notices(loaded, given)
    yield from commission_notices(loaded, checked)
    yield from revision_notices(loaded, as_of)
