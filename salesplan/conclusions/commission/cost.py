"""What a manager should take from the cost of the plans, in sentences computed from its tables."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from salesplan.apportion import TOTAL
from salesplan.conclusions.saying import each_row, ratio_of, sayer
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

    from salesplan.commission import PlanCost

say = sayer("commission")
LEAST = 0.005  # of the commission: smaller differences are not spoken of
CLOSE = 0.01  # of pay: a plan favours nobody whose groups lie closer


def cost_sentences(words: Words, *, cost: "PlanCost") -> list[str]:
    """What full attainment costs, how the cost moves, where it is steepest, what uneven months change."""
    return [*_full(words, cost.team), *_steepest(words, cost.team), *_uneven(words, cost.sets)]


def _full(words: Words, team: "pd.DataFrame") -> Iterator[str]:
    full, low, high = team[team["attainment"].round(6) == 1.0].iloc[0], team.iloc[0], team.iloc[-1]
    yield say(
        words,
        "cost_full",
        commission=words.money(full["commission"]),
        ratio=words.percent(full["cost_ratio"], 2),
        pay=words.money(full["pay"]),
        pay_ratio=words.percent(full["pay_ratio"], 1),
        share=words.percent(full["variable_share"], 0),
    )
    ends = {"low": words.percent(low["attainment"], 0), "high": words.percent(high["attainment"], 0)}
    ratios = {"low_ratio": words.percent(low["cost_ratio"], 2), "high_ratio": words.percent(high["cost_ratio"], 2)}
    yield say(words, "cost_range", **ends, **ratios)


def _steepest(words: Words, team: "pd.DataFrame") -> Iterator[str]:
    """Between which two attainments another sale costs most commission."""
    sold, paid = team["sales"].diff(), team["commission"].diff()
    extra = (paid / sold.where(sold > 0)).iloc[1:]
    if extra.isna().any():
        return
    if extra.empty or extra.max() - extra.min() < LEAST * abs(extra.max()):
        return
    place = int(extra.to_numpy().argmax()) + 1  # the first attainment has none before it
    ends = {"low": team["attainment"][place - 1], "high": team["attainment"][place]}
    told = {name: words.percent(value, 0) for name, value in ends.items()}
    yield say(words, "cost_steepest", **told, extra=words.number(float(extra.max()) * 100, 2))


def _scene(sets: "pd.DataFrame", scene: str, name: str | None = None) -> Any:
    """A set's row of a scene, the first set's where none is named; None where the scene is not known."""
    rows = sets[(sets["scene"] == scene) & (sets["plan_set"] == (sets["plan_set"].iloc[0] if name is None else name))]
    return rows.iloc[0] if len(rows) else None


def _uneven(words: Words, sets: "pd.DataFrame") -> Iterator[str]:
    full, uneven = _scene(sets, "full"), _scene(sets, "uneven")
    if full is None or uneven is None:
        return
    moved = {name: int(uneven[name] - full[name]) for name in ("commission", "base_pay")}
    if max(abs(fen) for fen in moved.values()) < LEAST * full["pay"]:
        return
    yield say(words, "cost_uneven", **{name: _more(fen, name, words) for name, fen in moved.items()})


def _more(fen: int, what: str, words: Words) -> str:
    """So much more, or less, of commission or base pay."""
    return say(words, f"{'more' if fen > 0 else 'less' if fen else 'same'}_{what}", amount=words.money(abs(fen)))


def _signed(fen: int, words: Words) -> str:
    return ("+" if fen > 0 else "") + words.money(fen)


def spread_sentences(words: Words, *, cost: "PlanCost") -> list[str]:
    """The team's likely cost, how it compares with full attainment, how many reps stay in the lowest tier."""
    team = cost.spread[cost.spread["rep"] == TOTAL].iloc[0]
    full = cost.team[cost.team["attainment"].round(6) == 1.0].iloc[0]
    parts = {name: words.money(team[name]) for name in ("low", "median", "high")}
    said = [
        say(
            words,
            "spread_team",
            mean=words.money(team["commission"]),
            ratio=words.percent(team["cost_ratio"], 2),
            attainment=words.percent(team["attainment"], 0),
            against=_more(int(team["commission"] - full["commission"]), "commission", words),
            **parts,
        )
    ]
    lowest = cost.tiers[~cost.tiers.duplicated("plan")]
    said += [
        say(words, "spread_lowest", plan=row.plan, share=words.percent(row.reps_share, 0)) for row in each_row(lowest)
    ]
    count = int(cost.spread["assumed"].sum())
    return [*said, say(words, "spread_assumed", count=count)] if count else said


def last_year_sentences(words: Words, *, cost: "PlanCost") -> list[str]:
    """What last year's sales would cost now, and who would lead and who would end."""
    reps = cost.last_year.sort_values(["commission", "rep"], ascending=[False, True])
    paid, sold = int(reps["commission"].sum()), int(reps["amount"].sum())
    ends = {"most": reps.iloc[0], "least": reps[reps["amount"] > 0].iloc[-1]} if (reps["amount"] > 0).any() else {}
    told = {f"{key}_rep": words.person(row["rep"]) for key, row in ends.items()}
    told |= {key: words.money(row["commission"]) for key, row in ends.items()}
    told |= {f"{key}_attainment": words.percent(row["attainment"], 0) for key, row in ends.items()}
    said = [say(words, "last_year_team", commission=words.money(paid), ratio=words.percent(ratio_of(paid, sold), 2))]
    return [*said, say(words, "last_year_ends", **told)] if ends and len(reps) > 1 else said


def plans_sentences(words: Words, *, cost: "PlanCost") -> list[str]:
    """Of each other set of plans: what it costs against the one in force, who gains and loses, whom it favours."""
    names = list(dict.fromkeys(cost.sets["plan_set"]))[1:]
    return [text for name in names for text in _of_set(words, cost, name)]


def _of_set(words: Words, cost: "PlanCost", name: str) -> Iterator[str]:
    own, now = _scene(cost.sets, "full", name), _scene(cost.sets, "full")
    change = int(own["commission"] - now["commission"])
    ratios = {"ratio": words.percent(own["cost_ratio"], 2), "ratio_now": words.percent(now["cost_ratio"], 2)}
    yield say(words, "plans_cost", name=name, change=_more(change, "commission", words), **ratios)
    gains = cost.gains[cost.gains["plan_set"] == name]
    for scene in ("full", "last_year"):
        yield from _ends(words, gains[gains["scene"] == scene], name, scene)
    yield from _favours(words, cost.last_year, gains[gains["scene"] == "last_year"], name)


def _ends(words: Words, gains: "pd.DataFrame", name: str, scene: str) -> Iterator[str]:
    """Who gains most and who loses most in a scene."""
    if gains.empty:
        return
    ordered = gains.sort_values(["difference", "rep"], ascending=[False, True])
    most, least = ordered.iloc[0], ordered.iloc[-1]
    told = {"name": name, "scene": words(f"commission.scene_{scene}")}
    winner = {"most_rep": words.person(most["rep"]), "most": _signed(int(most["difference"]), words)}
    loser = {"least_rep": words.person(least["rep"]), "least": _signed(int(least["difference"]), words)}
    if most["difference"] > 0 > least["difference"]:
        yield say(words, "plans_both", **told, **winner, **loser)
    elif most["difference"] > 0:
        yield say(words, "plans_none_lose", **told, **winner)
    elif least["difference"] < 0:
        yield say(words, "plans_none_gain", **told, **loser)
    else:
        yield say(words, "plans_nobody", **told)


def _favours(words: Words, past: "pd.DataFrame", gains: "pd.DataFrame", name: str) -> Iterator[str]:
    """Whether those who reached more of their quota, or those who reached less, do better by the other set."""
    both = gains.merge(past[["rep", "attainment"]], on="rep").dropna(subset=["attainment"])
    if len(both) < 4:
        return
    middle = float(both["attainment"].median())
    upper, lower = both[both["attainment"] > middle], both[both["attainment"] <= middle]
    high, low = (ratio_of(int(part["difference"].sum()), int(part["pay"].sum())) for part in (upper, lower))
    if high is None or low is None:
        return
    key = "favours_nobody" if abs(high - low) < CLOSE else "favours_strong" if high > low else "favours_weak"
    shares = {"high": _percent(high, words), "low": _percent(low, words)}
    yield say(words, key, name=name, middle=words.percent(middle, 0), **shares)


def _percent(share: float, words: Words) -> str:
    return ("+" if share > 0 else "") + words.percent(share)
