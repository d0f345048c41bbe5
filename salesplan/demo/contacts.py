"""Whom the demo company knows at its key customers: name, position, telephone, address; all invented."""

from typing import NamedTuple

from salesplan.demo.customers import Customer
from salesplan.demo.draws import SEED, Draws

SURNAMES = "柏费岑薛雷贺倪汤滕殷罗毕郝邬常乐"
GIVEN = ("建国", "晓梅", "志远", "丽华", "春生", "文静", "海涛", "玉兰", "立新", "燕青")
POSITIONS = ("总经理", "采购经理", "店长", "项目经理", "副总经理")
STREETS = ("建设路", "中原路", "人民路", "花园路", "解放路", "文化路")


class Contact(NamedTuple):
    """A person at a customer; blank where the reps have not asked yet."""

    contact: str | None
    position: str | None
    phone: str | None
    address: str | None


NOBODY = Contact(None, None, None, None)


def contacts(everyone: list[Customer]) -> dict[str, Contact]:
    """The contacts of the best customers by customer; the telephone numbers are none that exist."""
    draws = Draws(SEED, 21)
    return {one.customer: _contact(draws, one) for one in everyone if one.grade == "VIP"}


def _contact(draws: Draws, one: Customer) -> Contact:
    name = SURNAMES[draws.below(len(SURNAMES))] + GIVEN[draws.below(len(GIVEN))]
    position = POSITIONS[draws.below(len(POSITIONS))]
    phone = None if draws.chance(15) else f"000-5550{draws.between(1000, 9999)}"
    address = f"{one.region}市{STREETS[draws.below(len(STREETS))]}{draws.between(8, 188)}号"
    return Contact(name, position, phone, address)
