"""From what is asked to the explanation: the parts in order, checked against the run's tables."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from salesplan import archive, seasonal_split
from salesplan.errors import Fault, IdentityError, PlanError, alternatives
from salesplan.explaining import quota
from salesplan.explaining.formula import money
from salesplan.explaining.ground import Grounds, grounds_of
from salesplan.explaining.paid import Pay, text
from salesplan.explaining.parts import Explanation, Grid, Line, Part
from salesplan.explaining.pay import pay_parts
from salesplan.explaining.season import season_part
from salesplan.explaining.target import target_part
from salesplan.money import to_fen
from salesplan.terms import AnnualTargetTerms

LARGEST = 5  # input rows that are named


@dataclass(frozen=True)
class Asked:
    """Whose number: rep by key or name, month (blank: the year), and whether it is the pay."""

    rep: str
    month: str = ""
    pay: bool = False


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
    """Explain a quota or the pay of a rep.

    Raises `PlanError` for names the run does not have and for input files that are no longer kept, `IdentityError`
    where what is computed again is not what the run's tables say.
    """
    with grounds_of(run) as grounds:
        return explained(grounds, asked)


def explained(grounds: Grounds, asked: Asked) -> Explanation:
    """The same on grounds that are at hand, for several questions to one run."""
    asked = _checked(asked, grounds)
    return of_pay(grounds, asked) if asked.pay else of_quota(grounds, asked.rep, asked.month)


def _checked(asked: Asked, grounds: Grounds) -> Asked:
    """What is asked, with the key of the rep who is named."""
    rep = _rep(asked, grounds)
    months = grounds.step("rep_allocation").months
    if asked.month and asked.month not in months:
        raise PlanError([Fault("explain_month", "--month", asked.month, {"first": months[0], "last": months[-1]})])
    if asked.pay and not asked.month:
        raise PlanError([Fault("explain_needs_month", "--month")])
    return replace(asked, rep=rep)


def _rep(asked: Asked, grounds: Grounds) -> str:
    """The key of a rep by key, by name, or by both as pages write them; refused where a name is that of several."""
    people, name = grounds.step("rep_allocation").reps(), asked.rep.strip()
    keys = {*grounds.table("rep_allocation")["rep"], *grounds.table("commission")["rep"]}
    if asked.pay:  # why there is none can be told of everybody
        keys |= set(people["rep"].dropna())
    if asked.rep in keys:
        return asked.rep
    pairs = people[["rep", "name"]].dropna().drop_duplicates() if "name" in people else people.head(0).assign(name="")
    pairs = pairs[pairs["rep"].isin(keys)]
    found = sorted(set(pairs.loc[(pairs["name"] == name) | (pairs["name"] + " " + pairs["rep"] == name), "rep"]))
    if len(found) > 1:
        raise PlanError([Fault("explain_rep_names", "--rep", asked.rep, {"known": ", ".join(found)})])
    if not found:
        raise PlanError([Fault("explain_rep", "--rep", asked.rep, alternatives(name, [*keys, *set(pairs["name"])]))])
    return str(found[0])


def of_pay(grounds: Grounds, asked: Asked) -> Explanation:
    """The pay of a month: the rep's quota is explained for itself."""
    pay = Pay(grounds, asked.rep, asked.month)
    return Explanation(asked.rep, asked.month, "commission", pay.fen("payable"), pay_parts(pay))


def of_quota(grounds: Grounds, rep: str, month: str) -> Explanation:
    """The quota of a month, or of the year, from the annual target down."""
    table = grounds.table("rep_allocation")
    own = table[table["rep"] == rep]
    amount = int((own[own["month"] == month] if month else own)["amount"].sum())
    if grounds.ground.given.handed_down:
        parts = [*target_parts(grounds, month), _handed(grounds, rep, month)]
    elif rep not in grounds.ground.people.row:
        parts = [*target_parts(grounds, month), Part("nobody", [Line("unassigned", formula=money(amount).text)])]
    else:
        parts = list(chain(grounds, rep, month))
        _held_against(grounds, rep, month, amount)
    return Explanation(rep, month, "quota", amount, parts)


def chain(grounds: Grounds, rep: str, month: str) -> Iterator[Part]:
    """The parts of a quota, from the annual target to the number in the table."""
    yield from target_parts(grounds, month)
    own = quota.Own(grounds, rep)
    months = [month] if month else own.months
    table = grounds.table("rep_allocation")
    amount = int(table[(table["rep"] == rep) & table["month"].isin(months)]["amount"].sum())
    yield quota.sum_part(own, month)
    yield _sources(grounds, rep)
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


# ---------------------------------------------------------------- input rows


def _sources(grounds: Grounds, rep: str) -> Part:
    """The input rows behind his bases: his row of the people, and the orders of the customers he holds."""
    lines = []
    if "reps" in grounds.inputs.tables and grounds.places:
        people = grounds.inputs.tables["reps"]["rep"].to_pylist()
        lines = [Line("rep_row", place=grounds.at("reps", at)) for at, name in enumerate(people) if name == rep]
    rows = history_rows(grounds, rep)
    lines.append(Line("history_rows", {"count": len(rows)}, money(int(rows["amount"].sum())).text))
    best = rows.assign(size=rows["amount"].abs()).sort_values(["size", "place"], ascending=[False, True]).head(LARGEST)
    heads = ("date", "order", "customer", "amount", *(["place"] if grounds.places else []))
    cells = [
        [str(row["date"])[:10], text(row["order"]), text(row["customer"]), money(row["amount"]).text,
         grounds.at("sales", row["place"])][: len(heads)]
        for row in best.to_dict("records")
    ]  # fmt: skip
    return Part("sources", lines, Grid(heads, cells) if cells else None)


def history_rows(grounds: Grounds, rep: str) -> pd.DataFrame:
    """Order lines before the plan year of the customers he holds in it, and what he sold to others.

    Columns date, order, customer, amount (fen), place (row of the table).
    """
    owners, (before, places) = grounds.owners, grounds.by_account
    held = owners.accounts[owners.holders.loc[owners.holders["rep"] == rep, "account"]]
    found = [places[account] for account in held.unique() if account in places]
    return before.iloc[np.concatenate(found)] if found else before.iloc[:0]
