"""When the demo company sells: workdays, the weight of each day, a team's budget of a month."""

from datetime import date, timedelta
from functools import cache

from salesplan.demo.company import FESTIVALS, FLOOD, FLOOD_RATE, HOLIDAYS, LAST, MOVED, TEAMS, YEAR_AMOUNT, Team
from salesplan.demo.draws import Draws


@cache
def is_workday(day: date) -> bool:
    """Whether the company sells on this day."""
    text = f"{day:%m%d}"
    if text in MOVED[day.year].split():
        return True
    return day.weekday() < 5 and not any(a <= text <= b for a, b in (s.split("-") for s in HOLIDAYS[day.year].split()))


def workday_from(day: date) -> date:
    """The day itself or the next workday."""
    return day if is_workday(day) else workday_from(day + timedelta(1))


def last_workday(month: str) -> date:
    """The last day of a month on which the company sells."""
    return max(day for day in month_days(month) if is_workday(day))


@cache
def month_days(month: str) -> tuple[date, ...]:
    """All days of a month."""
    first = date.fromisoformat(f"{month}-01")
    days = (first + timedelta(n) for n in range(31))
    return tuple(day for day in days if day.month == first.month)


@cache
def day_weights(month: str, team: int) -> tuple[int, ...]:
    """How much each day of a month sells beside others: season, festival, promotion; 0 on days off."""
    return tuple(_day_weight(day, TEAMS[team]) for day in month_days(month))


def _day_weight(day: date, team: Team) -> int:
    if not is_workday(day):
        return 0
    festival = 55 if -10 <= (day - FESTIVALS[day.year]).days <= 14 else 100
    promotion = team.promotion if day.month == 6 and 10 <= day.day <= 18 else 100
    month_end = 130 if day.day >= 28 else 100
    return team.season[day.month - 1] * festival * promotion * month_end


def months() -> list[str]:
    """The months with orders, as YYYY-MM."""
    return [f"{y}-{m:02d}" for y in YEAR_AMOUNT for m in range(1, 13) if f"{y}-{m:02d}" <= f"{LAST:%Y-%m}"]


def budget(draws: Draws, month: str, team: int) -> int:
    """What a team sells in a month before returns, in fen."""
    year = month[:4]
    whole = sum(sum(day_weights(f"{year}-{m:02d}", team)) for m in range(1, 13))
    amount = YEAR_AMOUNT[int(year)] * TEAMS[team].share * sum(day_weights(month, team)) // whole  # yuan x 100 = fen
    luck = draws.between(95, 105)
    rate = FLOOD_RATE if month == FLOOD else TEAMS[team].pace if year == f"{LAST.year}" else 100
    return amount * luck * rate // 10_000
