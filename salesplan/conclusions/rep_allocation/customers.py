"""What step 3 says of the customers: how the target lies on them, who moved, who depends on whom."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from salesplan.apportion import UNASSIGNED
from salesplan.conclusions.saying import each_row, ratio_of, row_at, sayer
from salesplan.grading import proposals
from salesplan.rep_allocation.portfolio.composition import concentration, dependence, steps_of_reps
from salesplan.rep_allocation.portfolio.customers import CustomerPlan
from salesplan.wording import Words

_say = sayer("rep_allocation")
NAMED = 5
WEEKS = 52 / 12  # in a month
NOISE = 1e-9
DEPENDENT = 0.4  # of a quota: a single customer from here on decides over it
UNLIKELY_NEW = 0.15  # of a quota: more from new customers than this is named


def customer_sentences(words: Words, plan: CustomerPlan) -> list[str]:
    """How concentrated the sales are, what the target is made of, who depends on one customer, whose nobody's is."""
    return [
        *_concentration(plan, words),
        *_steps(plan, words),
        *_new(plan, words),
        *_dependent(plan, words),
        *_moves(plan, words),
        *_remarks(plan, words),
    ]


def customer_label(row: "pd.Series[Any]", words: Words) -> str:
    """A customer as sentences name him: by name, else by key."""
    return words.code("member", str(row["customer_name"]))


def cadence_text(value: float, words: Words) -> str:
    """How often a customer is contacted, in words: so often a week or month, once in so many, or as needed."""
    if value != value:
        return _say(words, "cadence_as_needed")
    for unit, per_unit in (("month", value), ("week", value / WEEKS)):
        if abs(per_unit - round(per_unit)) < NOISE:
            return _say(words, f"cadence_{unit}", count=words.number(round(per_unit)))
    weeks = WEEKS / value
    if value > 1 and abs(weeks - round(weeks)) < NOISE:
        return _say(words, "cadence_weeks", weeks=words.number(round(weeks)))
    months = 1 / value
    return _say(words, "cadence_every", months=words.number(months, 0 if abs(months - round(months)) < NOISE else 1))


def with_cadence(frame: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The frame with `cadence` in words in the place of `contacts_per_month`."""
    texts = [cadence_text(float(value), words) for value in frame["contacts_per_month"]]
    return frame.assign(contacts_per_month=pd.Series(texts, index=frame.index, dtype="str")).rename(
        columns={"contacts_per_month": "cadence"}
    )


def card_table(cards: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The cards of the key customers as people read them: missing products as a list, the cadence in words."""
    missing = [words.list(found.split(", ")) if found else _say(words, "nothing_missing") for found in cards["missing"]]
    months = cards["last_month"].map(words.month, na_action="ignore")
    return with_cadence(cards.assign(missing=pd.Series(missing, dtype="str"), last_month=months), words)


def _concentration(plan: CustomerPlan, words: Words) -> Iterator[str]:
    found = concentration(plan.profile)
    if found is None:
        yield _say(words, "no_customer_sales")
        return
    row = plan.profile[plan.profile["customer"] == found.largest].iloc[0]
    values = {"half": words.number(found.half), "count": words.number(found.customers)}
    shares = {"top": words.percent(found.largest_share), "hhi": words.number(found.hhi, 3)}
    yield _say(
        words, "concentration", name=customer_label(row, words), equal=words.number(1 / found.hhi), **values, **shares
    )


def _steps(plan: CustomerPlan, words: Words) -> Iterator[str]:
    steps = steps_of_reps(plan.table)
    if steps.empty:
        return
    total = int(steps["quota"].sum())
    names = ("kept", "pipeline", "developed", "new")
    amounts = {name: words.money(int(steps[f"amount_{name}"].sum())) for name in names}
    yield _say(words, "customer_steps", total=words.money(total), **amounts)
    if plan.no_potential:
        yield _say(words, "no_potential")


def _new(plan: CustomerPlan, words: Words) -> Iterator[str]:
    """How many customers have to be won, beside how many a year were, and whose quota rests on them."""
    steps, fresh = steps_of_reps(plan.table), plan.newcomers
    amount = int(steps["amount_new"].sum())
    if not amount:
        return
    if fresh.first_year is None:
        yield _say(words, "new_unknown", amount=words.money(amount))
    else:
        count = words.number(int(steps["new_customers"].sum()))
        single = Words(words.language, "one", words.currency)
        won = words.number(fresh.won, 0 if float(fresh.won).is_integer() else 1)
        yield _say(
            words, "new_needed", amount=words.money(amount), count=count, each=single.money(fresh.first_year), won=won
        )
    heavy = steps.assign(part=steps["amount_new"] / steps["quota"])
    heavy = heavy[heavy["part"] > UNLIKELY_NEW].sort_values(["part", "rep"], ascending=[False, True])
    if len(heavy):
        parts = [
            _say(words, "named_share", name=words.person(row.rep), share=words.percent(row.part, 0))
            for row in each_row(heavy.head(NAMED))
        ]
        yield _say(words, "new_heavy", count=len(heavy), limit=words.percent(UNLIKELY_NEW, 0), reps=words.list(parts))


def _dependent(plan: CustomerPlan, words: Words) -> Iterator[str]:
    found = dependence(plan.table)
    heavy = found[found["share"] >= DEPENDENT]
    if len(heavy):
        parts = [
            _say(
                words,
                "depends",
                rep=words.person(row["rep"]),
                name=customer_label(row, words),
                share=words.percent(row["share"], 0),
            )
            for _, row in heavy.head(NAMED).iterrows()
        ]
        yield _say(words, "dependent", count=len(heavy), limit=words.percent(DEPENDENT, 0), parts=words.list(parts))


def _moves(plan: CustomerPlan, words: Words) -> Iterator[str]:
    """Grades that moved between the years, customers lost, and grades that the sales no longer support."""
    moved = plan.profile["change"].value_counts()
    if plan.grades.computed_by:
        counts = {name: words.number(int(moved.get(name, 0))) for name in ("up", "down", "new", "lost")}
        yield _say(words, "grade_moves", **counts)
    found = proposals(plan.profile)
    if len(found):
        first = row_at(found, 0)
        values = {
            "given": first["given"],
            "computed": first["computed"],
            "amount": words.money(int(first["last_year"])),
        }
        yield _say(words, "grade_proposals", count=len(found), name=customer_label(first, words), **values)


def _several_reps(held: pd.DataFrame, words: Words) -> Iterator[str]:
    """Customers (not rows) who are with two or more reps within the plan year."""
    reps = held.groupby("customer")["rep"].transform("nunique")
    twice = held[reps > 1].sort_values(["last_year", "customer"], ascending=[False, True]).drop_duplicates("customer")
    if len(twice):
        names = words.list([customer_label(row, words) for _, row in twice.head(NAMED).iterrows()])
        yield _say(words, "customers_shared", count=words.number(len(twice)), names=names)


def _remarks(plan: CustomerPlan, words: Words) -> Iterator[str]:
    known = plan.table[plan.table["kind"] != "new"]
    nobody = known[known["rep"] == UNASSIGNED]
    if 0 < len(nobody) < len(known):  # without any rep there is nobody to name
        whole = nobody.sort_values(["last_year", "customer"], ascending=[False, True]).drop_duplicates("customer")
        names = words.list([customer_label(row, words) for _, row in whole.head(NAMED).iterrows()])
        months = words.number(float(nobody["months_held"].max()), 1)
        key = "customers_unassigned" if (nobody["months_held"] > 11.99).any() else "customers_unassigned_part"
        yield _say(words, key, count=len(whole), names=names, months=months)
    yield from _several_reps(known[known["rep"] != UNASSIGNED], words)
    lost = plan.table[plan.table["kind"] == "lapsed"]
    if len(lost):
        share = ratio_of(int(lost["amount"].sum()), int(plan.table["amount"].sum()))
        yield _say(words, "customers_lapsed", count=lost["customer"].nunique(), share=words.percent(share))
    over = plan.table[(plan.table["potential"] > 0) & (plan.table["amount"] > plan.table["potential"])]
    if len(over):
        ranked = over.sort_values(["amount", "customer"], ascending=[False, True])
        names = words.list([customer_label(row, words) for _, row in ranked.head(NAMED).iterrows()])
        yield _say(words, "over_potential", count=len(over), names=names)
