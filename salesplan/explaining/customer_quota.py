"""A rep's quota over his customers: agreed, kept, deals, development, new ones; and the rounding."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from salesplan.errors import IdentityError
from salesplan.explaining.formula import EXACT, FINE, SHARE_PLACES, Figure, money, number, real, share
from salesplan.explaining.ground import Grounds
from salesplan.explaining.parts import Line
from salesplan.explaining.quota import agreed
from salesplan.explaining.rounding import rounded
from salesplan.rep_allocation.portfolio.customer_amounts import STEPS
from salesplan.rep_allocation.portfolio.customer_pins import customer_pins
from salesplan.rep_allocation.portfolio.customers import Portfolio


class Account:
    """The quota of the rep who holds a row, and what all his rows ask of it."""

    def __init__(self, grounds: Grounds, portfolio: Portfolio, at: Any) -> None:
        self.grounds, self.portfolio, self.at = grounds, portfolio, at
        rows = portfolio.rows
        self.row: Any = rows.loc[at]
        self.rep = str(self.row["rep"])
        self.mine = rows[rows["rep"] == self.rep]
        self.loose = self.mine.index[self.mine["agreed"].isna()]
        account: Any = portfolio.accounts.set_index("rep").loc[self.rep]
        self.quota, self.least = int(account["quota"]), float(account["least_new"])

    @property
    def pinned(self) -> bool:
        """Whether an agreement says the amount."""
        return self.at not in self.loose

    def wished(self, step: str) -> float:
        """What all rows that are not agreed can carry at a step, fen."""
        return float(self.portfolio.wished.loc[self.loose, step].sum())

    @property
    def amounts(self) -> Any:
        """The run's amounts of the rep's rows by customer and start of the spell, and of new customers."""
        table = self.grounds.table("rep_allocation_customers")
        return table[table["rep"] == self.rep]

    @property
    def amount(self) -> int:
        """The run's amount of the row, fen."""
        return self._of(self.row)

    def _of(self, row: Any) -> int:
        found = self.amounts
        same = found[
            (found["customer"] == row["customer"]) & (found["start"] == row["start"]) & (found["kind"] != "new")
        ]
        if len(same) != 1:
            raise IdentityError(
                "explain_customer", f"{row['customer']} {self.rep}: is not in the run's table as computed"
            )
        return int(same["amount"].iloc[0])

    @property
    def whole(self) -> Any:
        """The whole amounts of the rows that are not agreed and of new customers, in the order of `loose`."""
        new = self.amounts[self.amounts["kind"] == "new"]["amount"].sum()
        return np.array([*(self._of(row) for _, row in self.mine.loc[self.loose].iterrows()), int(new)], dtype=np.int64)


def account_lines(own: Account) -> Iterator[Line]:
    """From the rep's quota to the row's amount; the last line is that of the table."""
    if own.pinned:
        yield _agreement(own)
        return
    yield Line("account_quota", {"rep": own.rep}, money(own.quota).text)
    agreed_ = int(own.mine["agreed"].fillna(0).sum())
    rest = (money(own.quota) - money(agreed_)).to(2).result if agreed_ else money(own.quota)
    if agreed_:
        yield Line("account_rest", formula=(money(own.quota) - money(agreed_)).to(2).text)
    steps = _Steps(own, rest)
    yield from steps.lines
    figure = _own(own, steps)
    real_ = steps.real
    place = list(own.loose).index(own.at)
    exact = figure.to(EXACT) if figure is not None else None
    text = agreed(exact, float(real_[place])) if exact else money(0).text
    yield Line("account_exact", formula=text)
    yield _rounding(own, real_, place)


def _agreement(own: Account) -> Line:
    """The pin that says the amount."""
    rules = own.grounds.ground.rules
    pins = customer_pins(rules.pins, own.portfolio.rows)
    at = next((number_ for number_, key in pins.items() if key == (own.rep, own.row["customer"])), 0)
    place = own.grounds.place("rep_allocation", ("pins", at))
    return Line("account_agreed", formula=money(int(own.row["agreed"])).text, place=place)


class _Steps:
    """How far the rest of the quota reaches for each step, in figures as they are printed."""

    def __init__(self, own: Account, rest: Figure) -> None:
        self.lines: list[Line] = []
        self.parts: dict[str, Figure | None] = {}
        self.more: Figure | None = None
        fen = float(rest.value) * 100
        kept, place = own.wished("kept"), own.grounds.place("rep_allocation", ("customer_targets", "new_share"))
        self._reach("kept", rest, fen, kept)
        growth = max(fen - kept, 0.0)
        new = min(own.least * own.quota, growth)
        left = growth - new
        if growth:
            self._line("account_growth", rest - real(kept) if kept else rest)
            least = money(own.quota) * share(own.least)
            self._line("account_new", least if new < growth else real(new), place)
            self._line("account_left", real(growth) - real(new) if new else real(growth))
        for step in ("pipeline", "developed"):
            asked = own.wished(step)
            self._reach(step, real(left), left, asked)
            left = max(left - min(left, asked), 0.0)
        free = own.wished("free")
        if free and left:
            self.more = (real(left) / real(free)).to(SHARE_PLACES).result
            self._line("account_free", real(left) / real(free), places=SHARE_PLACES)
            left = 0.0
        self.real = self._amounts(own, new + left)

    def _line(self, key: str, figure: Figure, place: str = "", places: int = FINE) -> None:
        self.lines.append(Line(key, formula=figure.to(places).text, place=place))

    def _reach(self, step: str, rest: Figure, fen: float, asked: float) -> None:
        """Whether what is left reaches for all that is asked at a step; else which part of it."""
        self.parts[step] = number(1)
        if not asked:
            return
        if fen >= asked:
            self.lines.append(Line(f"account_{step}_all", formula=real(asked).text))
            return
        found = (rest / real(asked)).to(SHARE_PLACES)
        self.parts[step] = found.result if fen > 0 else None
        self.lines.append(Line(f"account_{step}_part", formula=found.text))

    def _amounts(self, own: Account, new: float) -> Any:
        """The amounts before rounding of all rows of the rep that are not agreed, and of new customers."""
        wished = own.portfolio.wished.loc[own.loose]
        found = sum(wished[step].to_numpy() * float(part.value) for step, part in self._counted())
        if self.more is not None:
            found = found + wished["free"].to_numpy() * float(self.more.value)
        return np.append(found, new if new >= 0.5 else 0.0)

    def _counted(self) -> list[tuple[str, Figure]]:
        return [(step, part) for step in STEPS if (part := self.parts[step]) is not None]


def _own(own: Account, steps: _Steps) -> Figure | None:
    """The row's part of each step, added up."""
    wished, found = own.portfolio.wished.loc[own.at], None
    pieces = [(float(wished[step]), part) for step, part in steps.parts.items() if part is not None]
    if steps.more is not None:
        pieces.append((float(wished["free"]), steps.more))
    for fen, part in pieces:
        if fen:
            piece = real(fen) * part if part.value != 1 else real(fen)
            found = piece if found is None else found + piece
    return found


def _rounding(own: Account, exact: Any, place: int) -> Line:
    """Which way the last unit went among the rep's customers."""
    whole, unit = own.whole, own.grounds.ground.given.unit
    found = rounded(exact, whole, unit)
    told = {
        "handed": found.handed,
        "rank": int(found.rank[place]),
        "of": len(exact),
        "rest": f"{found.rest[place]:.2f}",
    }
    return Line("account_up" if found.up[place] else "account_down", told, money(int(whole[place])).text)
