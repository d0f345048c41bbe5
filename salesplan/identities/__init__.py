"""What always holds, checked by the run itself before a step's tables are written: one module a step."""

from collections.abc import Callable, Iterator

from salesplan.errors import IdentityError
from salesplan.identities import annual_target, commission, rep_allocation, seasonal_split, variance_review
from salesplan.identities.annual_target import plan_level
from salesplan.identities.comparing import Breach, Frames

__all__ = ["NEEDED", "plan_level", "stop_on_breach"]

# Tables of earlier steps that a step's identities look at.
NEEDED = {
    "seasonal_split": ("annual_target", "annual_target_expenses", "annual_target_profit"),
    "rep_allocation": ("seasonal_split", "seasonal_split_dealers", "seasonal_split_profit"),
    "variance_review": ("seasonal_split",),
}


def stop_on_breach(step: str, frames: Frames, earlier: Frames, money_unit: int) -> None:
    """Raise `IdentityError` with the name of the first identity that does not hold."""
    checks: dict[str, Callable[[], Iterator[Breach]]] = {
        "annual_target": lambda: annual_target.breaches(frames, money_unit),
        "seasonal_split": lambda: seasonal_split.breaches(frames, earlier, money_unit),
        "rep_allocation": lambda: rep_allocation.breaches(frames, earlier),
        "commission": lambda: commission.breaches(frames),
        "variance_review": lambda: variance_review.breaches(frames, earlier),
    }
    for name, detail in checks.get(step, lambda: iter(()))():
        raise IdentityError(name, detail)
