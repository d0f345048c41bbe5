"""From what is asked to the explanation: the parts in order, checked against the run's tables."""

from collections.abc import Iterator

from salesplan import archive, seasonal_split
from salesplan.errors import Fault, IdentityError, PlanError
from salesplan.explaining import quota
from salesplan.explaining.asked import Asked, checked
from salesplan.explaining.customer import Customer, customer_parts
from salesplan.explaining.formula import money
from salesplan.explaining.ground import Grounds, grounds_of
from salesplan.explaining.member import Member, year_part, year_result
from salesplan.explaining.member_month import month_parts
from salesplan.explaining.paid import Pay
from salesplan.explaining.parts import Explanation, Line, Part
from salesplan.explaining.pay import pay_parts
from salesplan.explaining.season import season_part
from salesplan.explaining.sources import member_sources, rep_sources
from salesplan.explaining.target import target_part
from salesplan.money import to_fen
from salesplan.terms import AnnualTargetTerms


def planned_by(run: archive.Run) -> archive.Run:
    """The run whose parameters and inputs a quota of this one came from: the signed plan it goes on from, or itself.

    Raises `PlanError` where that plan is no longer there as it was signed.
    """
    signed = run.manifest.get("plan_run")
    if not signed:
        return run
    folder = run.folder.parent / str(signed["run"])
    found = archive.Run(folder, archive.read_manifest(folder))
    if found.manifest.get("content") != signed["content"]:
        raise PlanError([Fault("explain_plan_gone", run.name, str(signed["run"]))])
    return planned_by(found)


def explain(run: archive.Run, asked: Asked) -> Explanation:
    """Explain a quota or the pay of a rep, or the target of a member of another dimension.

    Raises `PlanError` for names the run does not have and for input files that are no longer kept, `IdentityError`
    where what is computed again is not what the run's tables say.
    """
    with grounds_of(run) as grounds:
        return explained(grounds, asked)


def explained(grounds: Grounds, asked: Asked) -> Explanation:
    """The same on grounds that are at hand, for several questions to one run."""
    asked = checked(asked, grounds)
    if asked.dimension in grounds.inputs.loaded.plan.dimensions:
        return of_member(grounds, asked)
    if asked.dimension == "customer":
        return of_customer(grounds, asked)
    return of_pay(grounds, asked) if asked.pay else of_quota(grounds, asked.member, asked.month)


def of_pay(grounds: Grounds, asked: Asked) -> Explanation:
    """The pay of a month: the rep's quota is explained for itself."""
    pay = Pay(grounds, asked.member, asked.month)
    return Explanation(asked.member, asked.month, "commission", pay.fen("payable"), pay_parts(pay))


def of_quota(grounds: Grounds, rep: str, month: str) -> Explanation:
    """The quota of a month, or of the year, from the annual target down."""
    table = grounds.table("rep_allocation")
    own = table[table["rep"] == rep]
    amount = int((own[own["month"] == month] if month else own)["amount"].sum())
    if not grounds.ground.given.handed_down and rep in grounds.ground.people.row:
        _held_against(grounds, rep, month, amount)
    return Explanation(rep, month, "quota", amount, [*target_parts(grounds, month), *quota_parts(grounds, rep, month)])


def quota_parts(grounds: Grounds, rep: str, month: str) -> list[Part]:
    """The parts of a quota below the target: by weight, handed down, or nobody's."""
    if grounds.ground.given.handed_down:
        return [_handed(grounds, rep, month)]
    if rep in grounds.ground.people.row:
        return list(own_parts(grounds, rep, month))
    table = grounds.table("rep_allocation")
    own = table[(table["rep"] == rep) & ((table["month"] == month) if month else True)]
    return [Part("nobody", [Line("unassigned", formula=money(int(own["amount"].sum())).text)])]


def own_parts(grounds: Grounds, rep: str, month: str) -> Iterator[Part]:
    """The parts of a quota by weight, from the sum of all to the number in the table."""
    own = quota.Own(grounds, rep)
    months = [month] if month else own.months
    table = grounds.table("rep_allocation")
    amount = int(table[(table["rep"] == rep) & table["month"].isin(months)]["amount"].sum())
    yield quota.sum_part(own, month)
    yield rep_sources(grounds, rep)
    yield quota.weight_part(own)
    yield quota.wish_part(own, month)
    yield quota.year_part(own)
    yield quota.months_part(own, month)
    yield quota.result_part(own, months, amount)


def _held_against(grounds: Grounds, rep: str, month: str, amount: int) -> None:
    """The number told must be that of the table."""
    people, found = grounds.ground.people, grounds.settled.table.amount
    row = found[people.row[rep]]
    told = int(row[people.months.index(month)] if month else row.sum())
    if told != amount:
        raise IdentityError("explain_quota", f"{rep} {month}: computed again it is not what the run's table says")


def target_parts(grounds: Grounds, month: str) -> list[Part]:
    """The annual target and, where one is asked for, the target of a month."""
    terms = grounds.inputs.loaded.rules["annual_target"]
    assert isinstance(terms, AnnualTargetTerms)
    table = grounds.table("annual_target")
    levels = seasonal_split.amount_levels(table)
    last = table[table["indicator"] == "amount"]["last_year"].dropna()
    known = to_fen(round(last.iloc[0], 2)) if len(last) else None
    parts = [target_part(terms, levels, last_year=known, place=grounds.place)]
    return [*parts, season_part(grounds.season, month, grounds)] if month else parts


def _handed(grounds: Grounds, rep: str, month: str) -> Part:
    """Quotas handed down from above: the rows of the input table."""
    quotas = grounds.inputs.tables["quotas"].to_pandas()
    rows = quotas[(quotas["rep"] == rep) & ((quotas["month"] == month) if month else True)]
    lines = [Line("handed_down", {"month": row["month"]}, money(row["amount"]).text, grounds.at("quotas", row["at"]))
             for row in rows.assign(at=rows.index).to_dict("records")]  # fmt: skip
    return Part("handed", lines)


# ---------------------------------------------------------------- members of other dimensions


def of_member(grounds: Grounds, asked: Asked) -> Explanation:
    """The target of a product, region or channel, of a month or the year, from the annual target down."""
    own = Member(grounds, asked.dimension, asked.member)
    parts = [*target_parts(grounds, asked.month), member_sources(grounds, asked.dimension, asked.member)]
    parts += [year_part(own), *(month_parts(own, asked.month) if asked.month else [year_result(own)])]
    amount = own.amount(asked.month)
    return Explanation(asked.member, asked.month, "target", amount, parts, asked.dimension)


def of_customer(grounds: Grounds, asked: Asked) -> Explanation:
    """The target of a customer for the year: through the quotas of the reps who hold him."""
    own = Customer(grounds, asked.member)
    parts = target_parts(grounds, "")
    for rep in own.reps:
        parts += quota_parts(grounds, rep, "")
    parts += [member_sources(grounds, "customer", asked.member), *customer_parts(own)]
    return Explanation(asked.member, "", "target", own.amount, parts, "customer", own.name)
