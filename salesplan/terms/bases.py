"""Parts of rep_allocation.yaml that say how the past and what is vacant are counted."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Number, value

Weight = Annotated[Number, Field(ge=0)]
Years = tuple[Weight, ...]


def _some(found: Years) -> Years:
    if not any(found):
        raise PydanticCustomError("weights_zero", "at least one weight must be above zero")
    return found


Recency = Annotated[Years, Many, Field(max_length=10), AfterValidator(_some)]
Vacancies = Literal["spread", "manager"]
RECENCY = value(
    (Decimal(2), Decimal(3), Decimal(4)),
    "how much each past year counts in the history, the oldest first, last year at the end",
    unit="weight",
    source="2 : 3 : 4, as in the mix of products and regions",
)
VACANCIES = value(
    "spread",
    "who carries a territory nobody holds, and what a new rep cannot carry of his yet: spread over all, or the manager",
)
