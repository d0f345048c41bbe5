"""What every parameter is made of: strict values with unit, meaning and bounds."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Terms(BaseModel):
    """Base of all parameter models: unknown keys refused, nothing coerced, never changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, validate_default=True)


def value(default: Any, meaning: str, *, unit: str = "", source: str = "", **bounds: Any) -> Any:
    """A parameter with its meaning, unit, source and bounds; `...` as default means required."""
    extra: dict[str, Any] = {key: text for key, text in (("unit", unit), ("source", source)) if text}
    return Field(default, description=meaning, json_schema_extra=extra or None, **bounds)


def raise_all(problems: Iterable[PydanticCustomError]) -> None:
    """Raise the first of these problems, carrying the others, so that all of them are told in one go."""
    found = list(problems)
    if found:
        first, more = found[0], [(one.type, dict(one.context or {})) for one in found[1:]]
        context = dict(first.context or {}) | ({"more": more} if more else {})
        raise PydanticCustomError(first.type, first.message_template, context)


def check_among(names: Iterable[str], known: Collection[str], key: str) -> None:
    """Keys of a mapping must be known names; `key` is the mapping's own name."""
    for name in names:
        if name not in known:
            expected = ", ".join(f"'{one}'" for one in known)
            told = {"expected": expected, "key": f"{key}.{name}"}
            raise PydanticCustomError("literal_error", "must be one of {expected}", told)


def _decimal(found: Any) -> Any:
    return Decimal(found) if isinstance(found, int) and not isinstance(found, bool) else found


def _tuple(found: Any) -> Any:
    return tuple(found) if isinstance(found, list) else found


def _date(found: Any) -> Any:
    if not isinstance(found, str):
        return found
    try:
        return date.fromisoformat(found)
    except ValueError:
        raise PydanticCustomError("iso_date", "must be a date such as 2027-03-31") from None


def _cents(found: Decimal) -> Decimal:
    if found != round(found, 2):
        raise PydanticCustomError("money_decimals", "must have at most two decimals")
    return found


def _name(found: object) -> object:
    """A name of digits only, such as 618 or an employee's number, need not be quoted: leading zeros are refused."""
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else found


Number = Annotated[Decimal, BeforeValidator(_decimal)]
Share = Annotated[Number, Field(ge=0, le=1)]
Rate = Annotated[Number, Field(ge=-1, le=10)]
Money = Annotated[Number, AfterValidator(_cents)]
Day = Annotated[date, BeforeValidator(_date, json_schema_input_type=str)]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Name = Annotated[str, BeforeValidator(_name, json_schema_input_type=str), Field(min_length=1, max_length=200)]
Many = BeforeValidator(_tuple)
