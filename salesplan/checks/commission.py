"""What commission.yaml says of months, reps, members and scores, held against the plan's year and its tables."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from salesplan.checks.payments import overlay_faults, payment_faults
from salesplan.checks.reach import reach_faults, reach_notices
from salesplan.errors import Fault, alternatives
from salesplan.params import Loaded
from salesplan.params.reading import key_text
from salesplan.tables import Checked, Notice
from salesplan.tables.names import names_in
from salesplan.terms.commission import CommissionPlan, CommissionTerms

Key = tuple[str | int, ...]
STEM = "commission"
NAMED = 10
# Where the names of a kind may stand.
SOURCES: dict[str, tuple[tuple[str, str], ...]] = {
    "product": (("sales", "product"), ("products", "product")),
    "line": (("products", "line"),),
    "customer_grade": (("customers", "grade"),),
    "region": (("sales", "region"), ("customers", "region"), ("reps", "region")),
    "channel": (("sales", "channel"), ("customers", "channel")),
    "grade": (("reps", "grade"),),
    "rep_region": (("reps", "region"),),
    "team": (("reps", "team"),),
    "manager": (("reps", "manager"),),
}


class Setting(NamedTuple):
    """What the checks hold against each other: the parameters, the tables, the months of the year."""

    loaded: Loaded
    rules: CommissionTerms
    checked: Checked
    months: Sequence[str]

    @property
    def plans(self) -> list[tuple[Key, CommissionPlan]]:
        """Every plan with its key, those of the alternatives too."""
        own: list[tuple[Key, CommissionPlan]] = [(("plans", n), plan) for n, plan in enumerate(self.rules.plans)]
        for number, other in enumerate(self.rules.alternatives):
            own += [(("alternatives", number, "plans", n), plan) for n, plan in enumerate(other.plans)]
        return own

    @property
    def whole(self) -> bool:
        """Whether the file has no fault of its own; else its rules are what is left when those are left out."""
        return STEM in self.loaded.rules

    def sound(self, key: Key) -> bool:
        """Whether no fault of the file lies within a parameter."""
        return self.whole or not any(key_text(key) in fault.place for fault in self.loaded.faults)

    def place(self, *key: str | int) -> str:
        """Where a parameter stands."""
        return self.loaded.place(STEM, key)


def _setting(loaded: Loaded, checked: Checked) -> Setting | None:
    rules = loaded.rules.get(STEM, loaded.passable.get(STEM))
    if not isinstance(rules, CommissionTerms) or "plan" not in loaded.rules:
        return None
    months = loaded.plan.months
    return Setting(loaded, rules, checked, months)


def commission_faults(loaded: Loaded, checked: Checked) -> Iterator[Fault]:
    """Everything wrong between commission.yaml and the tables, and within the tables of money.

    Where the file itself has faults, what is right in it is held against the tables all the same, in the same pass.
    """
    found = _setting(loaded, checked)
    if found is None:
        return
    told = {fault.place for fault in loaded.faults}
    yield from (fault for fault in _faults(found) if fault.place not in told)


def _faults(found: Setting) -> Iterator[Fault]:
    loaded, checked = found.loaded, found.checked
    yield from _months(found)
    yield from _same_names(found)
    yield from reach_faults(loaded, found.rules, checked.tables, found.months)
    yield from _members(found)
    yield from _scores(found)
    yield from _needs(found)
    if found.sound(("overlay_credit",)):
        yield from overlay_faults(found.rules, checked)
    if found.rules.plans:
        yield from payment_faults(loaded, found.rules, checked, found.months)


def commission_notices(loaded: Loaded, checked: Checked) -> Iterator[Notice]:
    """What is accepted and should be known: plans that never apply, components nobody scored, rows of other years."""
    found = _setting(loaded, checked)
    if found is None:
        return
    yield from reach_notices(loaded, found.rules, checked.tables, found.months)
    yield from _unscored(found)
    months = _column(found, "adjustments", "month")
    before = [row for row, month in enumerate(months) if month and month < found.months[0]]
    if before:
        values = {"count": len(before), "year": found.months[0]}
        yield Notice("rows_before_year", found.checked.places["adjustments"](before[0], "month"), values)


def _column(found: Setting, table: str, column: str) -> list[str | None]:
    return found.checked.tables[table][column].to_pylist() if table in found.checked.tables else []


def _months(found: Setting) -> Iterator[Fault]:
    """Months outside the year, in the parameters and in the table of adjustments."""
    keys: list[tuple[Key, str | None]] = []
    for key, plan in found.plans:
        keys += [((*key, "from"), plan.from_), ((*key, "until"), plan.until)]
    for number, contest in enumerate(found.rules.contests):
        keys += [(("contests", number, "months", n), month) for n, month in enumerate(contest.months)]
    values = {"first": found.months[0], "last": found.months[-1]}
    for key, month in keys:
        if month is not None and month not in found.months:
            yield Fault("month_of_year", found.place(*key), month, values)
    for key, plan in found.plans:
        if plan.holdback is not None and plan.holdback.until is not None and plan.holdback.until < found.months[0]:
            place = found.place(*key, "holdback", "until")
            yield Fault("holdback_until", place, plan.holdback.until, {"first": found.months[0]})
    for row, month in enumerate(_column(found, "adjustments", "month")):
        if month and month > found.months[-1]:
            yield Fault("month_of_year", found.checked.places["adjustments"](row, "month"), month, values)


def _same_names(found: Setting) -> Iterator[Fault]:
    """Two plans of one name that hold in the same month, each set of plans for itself."""
    first, last = found.months[0], found.months[-1]
    plans = found.plans
    for place, (key, plan) in enumerate(plans):
        for other_key, other in plans[:place]:
            begin = max(plan.from_ or first, other.from_ or first)
            if (
                key[:-1] == other_key[:-1]
                and plan.name == other.name
                and found.sound(key)
                and found.sound(other_key)
                and begin <= min(plan.until or last, other.until or last)
            ):
                values = {"other": found.place(*other_key, "name"), "month": begin}
                yield Fault("plan_twice", found.place(*key, "name"), plan.name, values)


def _members(found: Setting) -> Iterator[Fault]:
    """Members named that no table has, the nearest proposed; members asked for where no table names any."""
    for kind, key, name in [*_of_rates(found), *_of_contests(found), *_of_wages(found)]:
        known = set().union(*(names_in(found.checked.tables, *source) for source in SOURCES[kind]))
        if not known:
            sources = ", ".join(f"{table}.{column}" for table, column in SOURCES[kind])
            yield Fault("members_absent", found.place(*key), name or None, {"sources": sources})
        elif name and name not in known:
            yield Fault("member_unknown", found.place(*key), name, alternatives(name, known))


def _of_rates(found: Setting) -> Iterator[tuple[str, Key, str]]:
    for key, plan in found.plans:
        for number, special in enumerate(plan.special_rates):
            for kind in ("product", "line", "customer_grade", "region", "channel"):
                if (name := getattr(special, kind)) is not None:
                    yield kind, (*key, "special_rates", number, kind), name
        if plan.rates_by is not None:
            yield plan.rates_by, (*key, "rates_by"), ""
            for number, tier in enumerate(plan.tiers):
                for name in tier.rates:
                    yield plan.rates_by, (*key, "tiers", number, "rates", name), name


def _of_contests(found: Setting) -> Iterator[tuple[str, Key, str]]:
    for number, contest in enumerate(found.rules.contests):
        for kind in ("product", "line"):
            if (name := getattr(contest, kind)) is not None:
                yield kind, ("contests", number, kind), name
        for kind, name in contest.among.items():
            yield ("rep_region" if kind == "region" else kind), ("contests", number, "among", kind), name


def _of_wages(found: Setting) -> Iterator[tuple[str, Key, str]]:
    wage = found.rules.minimum_wage
    for region in wage.regions if wage is not None else ():
        yield "rep_region", ("minimum_wage", "regions", region), region


def _scores(found: Setting) -> Iterator[Fault]:
    """Scores of this year for a component no plan has, one fault per name at its first row; standards below zero."""
    if "scores" not in found.checked.tables or not found.rules.plans:
        return
    known = {name for _, plan in found.plans for name in plan.base_pay.parts}
    place, told = found.checked.places["scores"], set[str]()
    rows = zip(*(_column(found, "scores", name) for name in ("month", "component", "standard")), strict=True)
    for row, (month, component, standard) in enumerate(rows):
        if month not in found.months:
            continue
        if component and component not in known | told and found.whole:
            told.add(component)
            yield Fault("component_unknown", place(row, "component"), component, alternatives(component, known))
        if standard is not None and float(standard) < 0:
            yield Fault("score_standard", place(row, "standard"), f"{float(standard):g}")


def _unscored(found: Setting) -> Iterator[Notice]:
    """Components with a weight that nobody has a score for in the year: they count as met."""
    if "scores" not in found.checked.tables:
        return
    rows = zip(_column(found, "scores", "month"), _column(found, "scores", "component"), strict=True)
    scored = {component for month, component in rows if month in found.months}
    for number, plan in enumerate(found.rules.plans):
        lacking = [name for name, part in plan.base_pay.parts.items() if part.weight and name not in scored | {"sales"}]
        if lacking:
            place = found.place("plans", number, "base_pay", "components")
            yield Notice("components_unscored", place, {"names": ", ".join(lacking), "plan": plan.name})


def _needs(found: Setting) -> Iterator[Fault]:
    """What a rule needs of the tables: owners who collect, rebate rates, managers."""
    tables = found.checked.tables
    for key, plan in found.plans:
        needs = {
            ("leavers", "rule"): (plan.leavers.rule == "transferred", ("customers", "rep")),
            ("rebates",): (plan.rebates == "accrued", ("customers", "rebate_rate")),
            ("override",): (plan.override is not None, ("reps", "manager")),
        }
        for path, (asked, (table, column)) in needs.items():
            there = table in tables and tables[table][column].null_count < len(tables[table])
            if asked and not there:
                yield Fault("table_needs", found.place(*key, *path), None, {"table": table, "column": column})
