"""The tree of goals, of what they need and what stands in their way; quantities reckoned rather than typed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

import pandas as pd

from salesplan.calendar import month_of
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.roster import listed, year_before
from salesplan.rep_allocation.people.territory import ownership
from salesplan.terms.action_plan import MEMBERS, Condition, Detail, Need, Obstacle

NA = float("nan")
COLUMNS = ["place", "kind", "text", "action", "measure", "need", "have", "unit", "owner", "due", "state"]
PARTLY = 0.5  # of what is needed, from which a condition is partly met
UNITS = {"customers": "customers", "new_customers": "customers", "deals": "deals"}
LACKING = ("unmet", "open")


@dataclass(frozen=True)
class Slice:
    """The tables of a goal: quotas, last year's order lines and the year before's, customers, deals, reps.

    `quotas` is rep_allocation (rep, month, dimensions, amount in fen), `lines` the sales of both years (month,
    dimensions, customer, rep, order, amount), `reps` rep_allocation_reps with `capacity` where known, `customers` as in
    the input table, `deals` those that close in the plan year (rep, amount, probability; None where the plan has none);
    `of` the members the goal is about.
    """

    quotas: pd.DataFrame
    lines: pd.DataFrame
    reps: pd.DataFrame
    months: Sequence[str]
    customers: pd.DataFrame | None = None
    deals: pd.DataFrame | None = None
    of: Mapping[str, str] | None = None

    def only(self, of: Mapping[str, str]) -> "Slice":
        """The same for some members; a team is its reps."""
        reps = self.reps
        for name, member in of.items():
            reps = reps[reps[name] == member] if name in ("rep", "team") and name in reps else reps
        whose = set(reps["rep"]) if {"rep", "team"} & set(of) else None
        frames: dict[str, Any] = {
            name: _part(getattr(self, name), of, whose) for name in ("quotas", "lines", "customers", "deals")
        }
        return replace(self, reps=reps, of={**(self.of or {}), **of}, **frames)

    @property
    def by_reps(self) -> bool:
        """Whether only reps and teams are named, so that what is known of reps holds."""
        return set(self.of or {}) <= {"rep", "team"}

    @property
    def quota(self) -> int:
        """Quotas of the goal, fen."""
        return int(self.quotas.loc[self.quotas["rep"].isin(self.reps["rep"]), "amount"].sum())

    def year(self, back: int) -> pd.DataFrame:
        """Order lines of a year before the plan's."""
        return self.lines[self.lines["month"].isin(year_before(self.months, back))]


def _part(frame: pd.DataFrame | None, of: Mapping[str, str], whose: "set[str] | None") -> pd.DataFrame | None:
    """The rows of the members; a column the table does not have keeps all."""
    if frame is None:
        return None
    kept = frame if whose is None or "rep" not in frame else frame[frame["rep"].isin(whose)]
    for name in MEMBERS[2:]:
        kept = kept[kept[name] == of[name]] if name in of and name in kept else kept
    return kept


def quantity(measure: str, part: Slice) -> tuple[float, float]:
    """What is needed for the quotas of a goal and what is there; money in fen, NaN where it cannot be known.

    `quota`: the quotas; last year's sales. `customers`: quotas / last year's sales per customer, rounded up; customers
    who bought last year. `new_customers`: customers needed less those who stay (last year's share of the year
    before's); customers listed who did not buy last year. `deals`: quotas / average order, rounded up; last year's
    orders. `capacity`: the quotas; what the reps can carry. `pipeline`: quotas less last year's sales; open deals x
    probability.
    """
    ways = {
        "quota": _sales,
        "customers": _customers,
        "new_customers": _new_customers,
        "deals": _deals,
        "capacity": _capacity,
        "pipeline": _pipeline,
    }
    return ways[measure](part)


def _sales(part: Slice) -> tuple[float, float]:
    return float(part.quota), float(part.year(1)["amount"].sum())


def _buyers(lines: pd.DataFrame) -> pd.Index:
    """Customers whose sales of a year are above zero; none where no line names one."""
    if "customer" not in lines:
        return pd.Index([])
    sums = lines[lines["customer"].fillna("") != ""].groupby("customer")["amount"].sum()
    return sums.index[sums > 0]


def _customers(part: Slice) -> tuple[float, float]:
    buyers, sold = len(_buyers(part.year(1))), float(part.year(1)["amount"].sum())
    return (float(ceil(part.quota * buyers / sold)), float(buyers)) if buyers and sold > 0 else (NA, NA)


def _new_customers(part: Slice) -> tuple[float, float]:
    need, have = _customers(part)
    before, last = _buyers(part.year(2)), _buyers(part.year(1))
    if need != need or not len(before):
        return NA, NA
    kept = floor(have * before.isin(last).mean())
    listed = NA if part.customers is None else float((~part.customers["customer"].drop_duplicates().isin(last)).sum())
    return max(need - kept, 0.0), listed


def _deals(part: Slice) -> tuple[float, float]:
    lines = part.year(1)
    orders = lines["order"].dropna().loc[lambda d: d != ""].nunique() if "order" in lines else 0
    sold = float(lines["amount"].sum())
    return (float(ceil(part.quota * orders / sold)), float(orders)) if orders and sold > 0 else (NA, NA)


def _capacity(part: Slice) -> tuple[float, float]:
    if not part.by_reps or "capacity" not in part.reps or part.reps["capacity"].isna().any():
        return float(part.quota), NA
    return float(part.quota), float((part.reps["capacity"].astype("float64") * part.reps["ramp_share"]).sum())


def _pipeline(part: Slice) -> tuple[float, float]:
    need, have = _sales(part)
    if part.deals is None or not part.by_reps:
        return max(need - have, 0.0), NA
    odds = part.deals["probability"].astype("float64").fillna(0.0)
    return max(need - have, 0.0), float((part.deals["amount"].astype("float64") * odds).sum())


def conditions_table(conditions: Sequence[Condition], whole: Slice) -> pd.DataFrame:
    """Table `rep_allocation_conditions`: goals, needs and obstacles, one row each, in the order of the tree.

    `place` (1, 1.2, 1.2.1 ...) and `kind` (goal, need, obstacle), `text`, `action` (the remedy), `measure`, `need` and
    `have` (number; money in currency units), `unit`, `owner`, `due`, `state`: of what is counted met, partly (at least
    half) or unmet, of the rest open, doing or done; of a goal unmet as soon as anything is.
    """
    rows = [row for number, goal in enumerate(conditions, 1) for row in _goal(goal, str(number), whole)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"need": "float64", "have": "float64"})


def _goal(goal: Detail, place: str, whole: Slice) -> Iterator[dict[str, Any]]:
    """A goal's row, then its needs, obstacles and parts."""
    part = whole.only(goal.of)
    needs = [_need(need, place, part) for need in goal.needs]
    obstacles = [_obstacle(found, place) for found in goal.obstacles]
    inner = getattr(goal, "parts", ())
    parts = [row for number, one in enumerate(inner, 1) for row in _goal(one, f"{place}.{number}", part)]
    below = [*needs, *obstacles, *parts]
    amount = {"measure": "quota", "need": part.quota / 100, "unit": "currency"}
    yield {"place": place, "kind": "goal", "text": goal.goal, **amount, "state": _together(below)}
    yield from below


def _together(rows: Sequence[Mapping[str, Any]]) -> str:
    states = {row["state"] for row in rows if row["kind"] != "goal"} - {"unmeasured"}
    if not states:
        return "unmeasured"
    return "met" if states <= {"met", "done"} else "unmet" if states & set(LACKING) else "partly"


def _need(need: Need, place: str, part: Slice) -> dict[str, Any]:
    row = {"place": place, "kind": "need", "text": need.what}
    if need.measure is None:
        wanted, there = (NA if found is None else float(found) for found in (need.need, need.have))
        return {**row, "need": wanted, "have": there, "state": _met(wanted, there) if wanted == wanted else need.state}
    wanted, there = quantity(need.measure, part)
    there = there if need.have is None else float(need.have) * (1 if need.measure in UNITS else 100)
    unit, scale = UNITS.get(need.measure, "currency"), 1 if need.measure in UNITS else 100
    counted = {"measure": need.measure, "need": wanted / scale, "have": there / scale, "unit": unit}
    return {**row, **counted, "state": _met(wanted, there)}


def _met(need: float, have: float) -> str:
    if need != need or have != have:
        return "unmeasured"
    return "met" if have >= need else "partly" if have >= PARTLY * need else "unmet"


def _obstacle(found: Obstacle, place: str) -> dict[str, Any]:
    row = {"place": place, "kind": "obstacle", "text": found.name, "action": found.remedy, "owner": found.owner}
    return {**row, "due": found.due, "state": found.state}


def whole_plan(quotas: pd.DataFrame, reps: pd.DataFrame, given: Given, sales: pd.DataFrame) -> Slice:
    """The slice of everything: tables rep_allocation and rep_allocation_reps, what is given, the order lines.

    `sales` is the input table (`date`, `amount` in fen, `customer`, `rep`, `order`, dimensions); of it the two years
    before the plan's are kept, in the months of the plan (`given.cutoff`). Sales follow the customer to whoever holds
    him in the plan year, as in the history; the order's rep has what nobody is known to hold.
    """
    years = {*year_before(given.months, 1), *year_before(given.months, 2)}
    month = month_of(sales["date"], given.cutoff)
    lines = _by_holders(sales.assign(month=month)[month.isin(years).to_numpy()], given)
    own = listed(given.reps, given.months, cutoff=given.cutoff).set_index("rep")["capacity"]
    people = reps.assign(capacity=reps["rep"].map(own).astype("Float64"))
    return Slice(quotas, lines, people, given.months, given.customers, _closing(given))


def _by_holders(lines: pd.DataFrame, given: Given) -> pd.DataFrame:
    """The order lines with `rep` = who holds the customer in most of the plan year."""
    if "customer" not in lines:
        return lines
    owners = ownership(given.history, given.customers, given.reps, given.months, given.cutoff)
    held = owners.holders.assign(part=owners.part.sum(axis=1), key=owners.accounts[owners.holders["account"]])
    ordered = held.sort_values(["key", "part", "rep"], ascending=[True, False, True]).drop_duplicates("key")
    known = ordered.set_index("key")["rep"]
    sold_by = lines["rep"] if "rep" in lines else pd.Series(pd.NA, index=lines.index, dtype="str")
    return lines.assign(rep=lines["customer"].map(known).fillna(sold_by))


def _closing(given: Given) -> pd.DataFrame | None:
    """Open deals that close in the plan year, of unknown probability with that of their stage (step 2)."""
    deals = given.opportunities
    if deals is None:
        return None
    chance = deals["probability"].astype("float64") if "probability" in deals else pd.Series(NA, index=deals.index)
    if given.projects is not None and len(given.projects):
        chance = chance.fillna(deals["project"].map(given.projects.set_index("project")["probability"]))
    inside = month_of(deals["close"], given.cutoff).isin(given.months)
    return deals.assign(probability=chance)[inside.to_numpy()]
