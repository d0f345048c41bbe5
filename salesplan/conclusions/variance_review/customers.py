"""What the review says of customers: how many came, stayed and went, what that is worth, and whom to see."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.terms.variance_review import VarianceReviewTerms
from salesplan.variance_review import away, regraded
from salesplan.variance_review.customers import Customers
from salesplan.wording import Words

STEM = "customer_review"
COMPANY = "company"
NAMED = 3  # customers named in a sentence
MOST_FORMS = 6  # customers whose evaluation form the page shows
MONEY = ("sales", "profit")  # measures in currency units


def customer_sentences(words: Words, found: Customers, rules: VarianceReviewTerms) -> list[str]:
    """Retention and acquisition with their definitions, what moved the sales, who is quiet, grades, evaluation."""
    if found.table.empty:
        return [words(f"{STEM}.none")]
    company = found.composition[found.composition["dimension"] == COMPANY].iloc[0]
    return [
        *_retention(words, company),
        *_moves(words, found),
        *_away(words, found, rules),
        *_profit(words, found),
        *_grades(words, found),
        *_ratings(words, found),
    ]


def _retention(words: Words, company: pd.Series) -> Iterator[str]:
    yield words(
        f"{STEM}.retention",
        before=company["customers_before"],
        kept=company["kept"],
        retention=words.percent(company["retention_share"]),
        customers=company["customers"],
        new=company["new"],
        acquisition=words.percent(company["acquisition_share"]),
    )


def _moves(words: Words, found: Customers) -> Iterator[str]:
    moved = found.moves[found.moves["change_amount"] != 0]
    parts = [
        words(f"{STEM}.moved", state=words.code("state", state), amount=_signed(words, int(fen)))
        for state, fen in zip(moved["state"], moved["change_amount"], strict=True)
    ]
    if parts:
        sums = {name: words.money(int(found.moves[name].sum())) for name in ("last_year", "sales")}
        yield words(f"{STEM}.moves", parts=words.list(parts), **sums)


def _signed(words: Words, fen: int) -> str:
    return ("+" if fen > 0 else "") + words.money(fen)


def _away(words: Words, found: Customers, rules: VarianceReviewTerms) -> Iterator[str]:
    gone = away(found)
    rule = {"times": words.number(rules.quiet.times, 1).removesuffix(".0"), "days": rules.quiet.days}
    if gone.empty:
        yield words(f"{STEM}.nobody_away", **rule)
        return
    names = [
        words(f"{STEM}.away_one", customer=row["customer"], days=row["silent_days"], amount=words.money(row["stake"]))
        for row in gone.head(NAMED).rename(columns={"amount_at_stake": "stake"}).to_dict("records")
    ]
    quiet = int((gone["state"] == "quiet").sum())
    whole = words.money(int(gone["amount_at_stake"].sum()))
    counts = {"quiet": quiet, "lost": len(gone) - quiet, "amount": whole}
    yield words(f"{STEM}.away", names=words.list(names), **counts, **rule)


def _profit(words: Words, found: Customers) -> Iterator[str]:
    known = found.table[found.table["margin_share"].notna() & (found.table["customer"] != UNKNOWN)]
    if known.empty:
        yield words(f"{STEM}.no_profit")
        return
    ranked = known.sort_values(["margin", "customer"], ascending=[False, True])
    best, losing = ranked.iloc[0], int((ranked["margin"] < 0).sum())
    yield words(
        f"{STEM}.profit",
        customer=_name(best),
        share=words.percent(best["margin_share"]),
        sales_share=words.percent(best["share"]),
        top=min(10, len(ranked)),
        top_share=words.percent(float(ranked["margin_share"].head(10).sum())),
        losing=losing,
    )


def _name(row: pd.Series) -> str:
    """A customer by name, or by key where no name is known."""
    name = row["customer_name"]
    return str(name) if isinstance(name, str) and name else str(row["customer"])


def _grades(words: Words, found: Customers) -> Iterator[str]:
    moved = regraded(found)
    if not moved.empty:
        parts = [
            words(f"{STEM}.regrade_one", customer=row["customer"], given=row["grade"], proposed=row["proposed_grade"])
            for row in moved.head(NAMED).to_dict("records")
        ]
        up = int((moved["change"] == "up").sum())
        yield words(f"{STEM}.regraded", up=up, down=len(moved) - up, names=words.list(parts))


def _ratings(words: Words, found: Customers) -> Iterator[str]:
    rated = found.table[found.table["rating"].notna()]
    counts = rated["rating"].value_counts().sort_index()
    if counts.empty:
        return
    parts = [words(f"{STEM}.rating", rating=name, count=int(count)) for name, count in counts.items()]
    advice = rated["advice"].value_counts()
    known = {name: int(advice.get(name, 0)) for name in ("keep", "improve", "end")}
    yield words(f"{STEM}.ratings", parts=words.list(parts), **known)


def evaluation_form(words: Words, found: Customers) -> pd.DataFrame:
    """The customer evaluation form, one row per customer: grade, points of each indicator with their grounds, final
    score, rating and advice; the first few only. Whoever is to be improved or ended first, the largest first.
    """
    rows = found.table[found.table["rating"].notna()]
    first = rows.assign(kept=rows["advice"] == "keep").sort_values(
        ["kept", "amount_year", "customer"], ascending=[True, False, True]
    )
    shown = first.head(MOST_FORMS)
    form = found.evaluation[found.evaluation["customer"].isin(shown["customer"])]
    said = form.assign(text=[_ground(words, row) for row in form.to_dict("records")])
    grounds = said.groupby("customer")["text"].agg(lambda texts: words(f"{STEM}.ground_mark").join(texts))
    names = [_name(row) for _, row in shown.iterrows()]
    return shown.assign(evidence=shown["customer"].map(grounds), customer=names)[
        ["customer", "rep", "grade", "score", "rating", "advice", "evidence"]
    ]


def _ground(words: Words, row: Mapping[Any, Any]) -> str:
    """One indicator in words: its value, place among all, and points."""
    name = words.code("form_indicator", str(row["indicator"]))
    if pd.isna(row["points"]):
        return words(f"{STEM}.ground_unknown", indicator=name)
    measure, value = str(row["measure"]), float(row["value"])
    text = (
        words.money(round(value * 100))
        if measure in MONEY
        else words(f"{STEM}.months", count=int(value))
        if measure == "regularity"
        else words.percent(value)
    )
    return words(f"{STEM}.ground", indicator=name, value=text, place=row["place"], points=row["points"])
