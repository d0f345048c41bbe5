"""What waits for a decision, read from the tables of a run; the first thing on the index."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from salesplan.apportion import MANAGER, UNASSIGNED
from salesplan.conclusions.saying import first_names
from salesplan.money import to_fen
from salesplan.tables import outputs
from salesplan.wording import Words, round_half_away

if TYPE_CHECKING:
    import pandas as pd

EVEN = 0.5  # probability below which a target is more likely missed than reached
UNLIKELY = 0.2  # probability below which a quota is called hard
NAMED = 6  # names in one sentence; the rest is counted
FAR_BEHIND = 0.8  # attainment to date below which a rep is named


@dataclass(frozen=True)
class Decision:
    """An open matter in a sentence, and the step whose page speaks of it."""

    text: str
    step: str


def decisions(tables: Path, words: Words) -> list[str]:
    """One sentence per open matter, from the CSV tables in a folder; those that are not there say nothing."""
    return [found.text for found in located(tables, words)]


def located(tables: Path, words: Words) -> list[Decision]:
    """The same with the step each is about."""
    # Once the year is under way, the stock counted and the odds of what is sold so far stand in for the plan's own.
    stock, odds = read(tables, "variance_review_stock"), _odds_now(read(tables, "variance_review_landing_members"))
    known = names(tables)
    said = {
        "annual_target": _target(read(tables, "annual_target"), words),
        "seasonal_split": (
            *_members(read(tables, "seasonal_split_members"), words),
            *(_stock(read(tables, "seasonal_split_purchases"), words) if stock.empty else ()),
        ),
        "variance_review": (
            *_unplaced(read(tables, "variance_review_revision"), words),
            *_behind(read(tables, "variance_review"), known, words),
            *_hard(odds, known, words, "hard_now"),
            *_stock_now(stock, words),
            *_causes(read(tables, "variance_review_causes"), words),
        ),
        "rep_allocation": _hard(read(tables, "rep_allocation_reps") if odds.empty else odds[:0], known, words, "hard"),
    }
    return [Decision(text, step) for step, texts in said.items() for text in texts]


def read(tables: Path, name: str) -> "pd.DataFrame":
    """A table of a run, empty when the run has not made it."""
    path = tables / f"{name}.csv"
    return outputs.read(path, name) if path.exists() else outputs.empty(name)


def names(tables: Path) -> dict[str, str]:
    """Names of the reps by key, where they are known."""
    reps = read(tables, "rep_allocation_reps")
    known = reps["name"].fillna(reps["rep"]) if "name" in reps else reps["rep"]
    return dict(zip(reps["rep"], known, strict=True))


def _target(targets: "pd.DataFrame", words: Words) -> Iterator[str]:
    if targets.empty or "probability" not in targets:
        return
    company = outputs.of_company(targets)
    planned = company[(company["indicator"] == "amount") & company["planned"] & (company["probability"] < EVEN)]
    for level, value, odds in planned[["level", "value", "probability"]].to_numpy():
        values = {"amount": words.money(to_fen(round_half_away(value, 2))), "odds": words.percent(odds, 0)}
        yield words("decide.odds", level=words.code("level", level), **values)


def _members(members: "pd.DataFrame", words: Words) -> Iterator[str]:
    """Regions, channels and lines whose target lies above what their own history reaches."""
    own = members[members["dimension"] != "product"] if (members["dimension"] == "line").any() else members
    far = own[own["high"].notna() & (own["amount"] > own["high"])]
    if len(far):
        ordered = far.sort_values(["amount", "member"], ascending=[False, True]).head(NAMED)
        rows = ordered[["member", "amount", "probability"]].itertuples(index=False)
        parts = [
            words("decide.member", member=member, amount=words.money(int(amount)), odds=words.percent(odds, 0))
            for member, amount, odds in rows
        ]
        yield words("decide.members", count=len(far), members=words.list(parts))


def _stock(purchases: "pd.DataFrame", words: Words) -> Iterator[str]:
    """Products that cannot be delivered as planned, and what slow movers tie up."""
    for state, column in (("short", "amount_short"), ("slow", "tied_up")):
        found = purchases[(purchases["state"] == state) & purchases[column].notna()]
        if len(found):
            ordered = found.sort_values([column, "product"], ascending=[False, True])
            products = words.list(ordered["product"].head(NAMED).tolist())
            amount = words.money(int(found[column].sum()))
            yield words(f"decide.{state}", count=len(found), products=products, amount=amount)


def _stock_now(stock: "pd.DataFrame", words: Words) -> Iterator[str]:
    """Products that run short under the revised sales with the first month, and what lasts too long."""
    short = stock[stock["state"] == "short"].sort_values(["short_month", "product"], kind="stable")
    if len(short):
        parts = [
            words("decide.short_product", product=product, month=words.month(month), units=words.number(units))
            for product, month, units in short[["product", "short_month", "shortage"]].itertuples(index=False)
        ]
        yield words("decide.short_now", count=len(short), products=words.list(parts[:NAMED]))
    slow = stock[stock["state"] == "slow"].sort_values(["value_stock", "product"], ascending=[False, True])
    if len(slow):
        amount = words.money(slow["value_stock"].sum(min_count=1))
        products = words.list(slow["product"].head(NAMED).tolist())
        yield words("decide.slow_now", count=len(slow), products=products, amount=amount)


def _odds_now(members: "pd.DataFrame") -> "pd.DataFrame":
    """Where the reps' year is to land, as rep and probability; empty before anything is sold."""
    own = members[(members["dimension"] == "rep") & members["probability"].notna()]
    return own[["member", "probability"]].rename(columns={"member": "rep"})


def _unplaced(revision: "pd.DataFrame", words: Words) -> Iterator[str]:
    left = int(revision["original"].sum()) - int(revision["revised"].sum())
    if left > 0 and revision["actual"].notna().any():
        yield words("decide.unplaced", amount=words.money(left))


def _behind(grid: "pd.DataFrame", known: dict[str, str], words: Words) -> Iterator[str]:
    own = grid[~grid["rep"].isin([MANAGER, UNASSIGNED])]
    sums = own.groupby("rep")[["target", "actual"]].sum().query("target > 0")
    share = (sums["actual"] / sums["target"]).sort_values(kind="stable")
    far = share[share < FAR_BEHIND]
    if len(far):
        reps = _people([(known.get(str(rep), str(rep)), value) for rep, value in far.items()], words)
        yield words("decide.behind", count=len(far), limit=words.percent(FAR_BEHIND, 0), reps=reps)


def _hard(reps: "pd.DataFrame", known: dict[str, str], words: Words, key: str) -> Iterator[str]:
    hard = reps[reps["probability"] < UNLIKELY].sort_values("probability", kind="stable")
    if len(hard):
        found = _people([(known.get(rep, rep), odds) for rep, odds in hard[["rep", "probability"]].to_numpy()], words)
        yield words(f"decide.{key}", count=len(hard), limit=words.percent(UNLIKELY, 0), reps=found)


def _people(shares: list[tuple[str, float]], words: Words) -> str:
    """Names with their shares; beyond a few the rest is counted."""
    texts = [words("decide.person", rep=name, share=words.percent(share)) for name, share in shares]
    return first_names(words, "rep_allocation.and_more", texts, NAMED)


def _causes(causes: "pd.DataFrame", words: Words) -> Iterator[str]:
    """What of a shortfall has no cause; where known ones go both ways, how that comes to be."""
    open_ = causes["code"] == "unexplained"
    rest, known = int(causes.loc[open_, "amount"].sum()), causes.loc[~open_, "amount"]
    down, up = int(known[known < 0].sum()), int(known[known > 0].sum())
    if rest < 0:
        told = {"amount": words.money(-rest), "down": words.money(-down), "up": words.money(up)}
        yield words("decide.causes_both" if down and up else "decide.causes", **told)
