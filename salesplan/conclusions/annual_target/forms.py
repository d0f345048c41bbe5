"""The forms of step 1: qualities with their evidence, the target statement, formulas, and the plan's own texts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.annual_target.plan import figure
from salesplan.conclusions.saying import each_row, sayer
from salesplan.report.forms import Cell, Form
from salesplan.terms import AnnualTargetTerms
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

    from salesplan.annual_target import Proof

_say = sayer("annual_target")
SHARES = ("capacity", "measures", "least_odds", "growth", "above_trend", "most_odds")
SWOT = ("strengths", "weaknesses", "opportunities", "threats")


def quality_rows(words: Words, checks: "pd.DataFrame") -> "pd.DataFrame":
    """One row per quality: its state, the figures that speak for it, and what is missing.

    `checks` is the frame of `qualities`; the columns are `quality`, `state` (`met`, `partly`, `unmet`), `evidence` and
    `missing`, the latter two in sentences.
    """
    import pandas as pd

    rows = [
        (
            quality,
            _state(part),
            _joined((_check(row, words) for row in each_row(part[part["state"] != "unknown"])), words),
            _joined((_lack(row, words) for row in each_row(part[part["state"] != "met"])), words),
        )
        for quality, part in checks.groupby("quality", sort=False)
    ]
    return pd.DataFrame(rows, columns=["quality", "state", "evidence", "missing"])


def _joined(texts: Iterable[str], words: Words) -> str:
    """Each text once, in their order."""
    return _say(words, "join").join(dict.fromkeys(texts))


def _state(part: "pd.DataFrame") -> str:
    """Met where every check is; partly where any is, or where a count falls short of all."""
    met = part["state"] == "met"
    some = (part["value"] > 0) & ~part["check"].isin(SHARES)
    return "met" if met.all() else "partly" if (met | some).any() else "unmet"


def _print(value: float, check: str, words: Words) -> str:
    return words.percent(value) if check in SHARES else words.number(value)


def _check(row: Any, words: Words) -> str:
    if not row.limit and row.check not in SHARES:  # all of none
        return _say(words, "check_none")
    value, limit = _print(row.value, row.check, words), _print(row.limit, row.check, words)
    return _say(words, f"check_{row.check}", value=value, limit=limit)


def _lack(row: Any, words: Words) -> str:
    if row.state == "unknown":
        return _say(words, "lack_unknown", name=words.code("check", row.check))
    if not row.limit and row.check not in SHARES:
        return _say(words, "lack_none")
    gap = _print(abs(row.limit - row.value), row.check, words)
    return _say(words, f"lack_{row.check}", gap=gap)


def statement(words: Words, targets: "pd.DataFrame", proof: "Proof") -> list[Form]:
    """The target statement 年度目标的描述, a form per level: last year's actual, difference, argument, conclusion.

    `targets` are the company's rows of table `annual_target`. Source: S3.
    """
    return [
        (
            _say(words, "statement_title", level=words.code("level", str(level)), amount=_amount(part, "value", words)),
            [
                (_say(words, "statement_last_year"), _figures(part, words)),
                (_say(words, "statement_difference"), _differences(part, words)),
                (_say(words, "statement_argument"), _arguments(part, str(level), proof, words)),
                (
                    _say(words, "statement_conclusion"),
                    [_conclusion(str(level), proof, words), *_floor(str(level), proof, words)],
                ),
            ],
        )
        for level, part in targets.groupby("level", sort=False)
    ]


def _amount(part: "pd.DataFrame", column: str, words: Words) -> str:
    return figure(part.loc[part["indicator"] == "amount", column].iloc[0], "currency", words)


def _named(row: Any, text: str, words: Words) -> str:
    return _say(words, "statement_item", name=words.code("indicator", row.indicator), value=text)


def _figures(part: "pd.DataFrame", words: Words) -> list[str]:
    known = part[part["last_year"].notna()]
    found = [_named(row, figure(row.last_year, row.unit, words, row.indicator), words) for row in each_row(known)]
    return found or [_say(words, "statement_unknown")]


def _differences(part: "pd.DataFrame", words: Words) -> list[str]:
    known = part[part["last_year"].notna() & part["value"].notna()]
    found = []
    for row in each_row(known):
        more = row.value - row.last_year
        points = words("annual_target.points", value=words.number(more * 100, 1))
        text = ("+" if more > 0 else "") + (
            points if row.unit == "share" else figure(more, row.unit, words, row.indicator)
        )
        growth = row.growth == row.growth and row.unit != "share"
        found.append(
            _named(
                row,
                _say(words, "statement_growth", value=text, growth=words.percent(row.growth)) if growth else text,
                words,
            )
        )
    return found or [_say(words, "statement_unknown")]


def _arguments(part: "pd.DataFrame", level: str, proof: "Proof", words: Words) -> list[str]:
    """How far each kind of evidence carries the level, and what the measures explain of the increase."""
    odds = part.loc[part["indicator"] == "amount", "probability"].iloc[0]
    said = [
        _say(
            words,
            _argument(row["estimate"], row[f"gap_{level}"]),
            name=words.code("estimate", row["estimate"]),
            value=words.money(row["value"]),
            gap=words.money(abs(row[f"gap_{level}"])),
        )
        for _, row in proof.estimates.iterrows()
    ]
    gaps = proof.gaps[proof.gaps["level"] == level]
    said += [
        _say(words, "argument_measures", named=words.money(row.explained), increase=words.money(row.increase))
        for row in each_row(gaps)
        if row.increase > 0
    ]
    return said + ([_say(words, "argument_odds", probability=words.percent(odds, 0))] if odds == odds else [])


def _argument(estimate: str, gap: int) -> str:
    """Which sentence tells of an estimate: break-even is a floor, every other one is what can be expected."""
    kind = "floor_" if estimate == "breakeven" else ""
    return f"argument_{kind}{'above' if gap > 0 else 'carried'}"


def _floor(level: str, proof: "Proof", words: Words) -> list[str]:
    """Whether the level keeps above break-even, which is a floor and supports nothing."""
    gaps = proof.estimates.loc[proof.estimates["estimate"] == "breakeven", f"gap_{level}"]
    return [_say(words, "conclusion_floor_met" if gap >= 0 else "conclusion_floor_missed") for gap in gaps]


def _conclusion(level: str, proof: "Proof", words: Words) -> str:
    """What follows: how much of the evidence reaches the level, and what must be settled first."""
    single = proof.estimates[~proof.estimates["estimate"].isin(["weighted", "breakeven"])]
    reached = int((single[f"gap_{level}"] <= 0).sum())
    rest = proof.gaps.loc[proof.gaps["level"] == level, "unexplained"].tolist()
    values = {"reached": reached, "count": len(single), "rest": words.money(max([0, *rest]))}
    if single.empty:
        return _say(words, "conclusion_none", **values)
    if reached == len(single) and not any(fen > 0 for fen in rest):
        return _say(words, "conclusion_stands", **values)
    return _say(words, "conclusion_open" if any(fen > 0 for fen in rest) else "conclusion_partly", **values)


def formulas(words: Words, tree: "pd.DataFrame") -> "pd.DataFrame":
    """The tree as a table: node, value, last year, growth and how the value is made."""
    shown = tree.rename(columns={"node": "indicator"})[["indicator", "value", "unit", "last_year"]]
    growth = [
        float(value / last - 1) if last else float("nan")
        for value, last in zip(tree["value"], tree["last_year"], strict=True)
    ]
    return shown.assign(growth=growth, formula=[_formula(row, words) for row in each_row(tree)])


def _formula(row: Any, words: Words) -> str:
    text = _say(words, f"formula_{row.node}", rate=_rate(row, words))
    return text + (_say(words, f"source_{row.source}") if row.source else "")


def _rate(row: Any, words: Words) -> str:
    if row.rate is None:
        return ""
    if row.driver.startswith("average"):
        return figure(row.rate, "currency", words)
    if row.driver == "customers_per_rep":
        return words.number(row.rate, 0 if row.rate == round(row.rate) else 2)
    return words.percent(row.rate, 1)


def market_forms(words: Words, terms: AnnualTargetTerms) -> list[Form]:
    """The market's paragraphs, none where they are not given."""
    cells = [(one.topic, [one.text]) for one in terms.market]
    return [(_say(words, "market_title"), cells)] if cells else []


def strategy_forms(words: Words, terms: AnnualTargetTerms) -> list[Form]:
    """The SWOT, the quarters and the principles; each left out where it is not given."""
    swot = [(words.code("swot", name), getattr(terms.swot, name)) for name in SWOT]
    quarters = [_quarter(theme, words) for theme in sorted(terms.themes, key=lambda one: one.quarter)]
    principles = [(_say(words, "principles_title"), terms.principles)] if terms.principles else []
    forms: list[Form] = [
        (_say(words, "swot_title"), swot if any(texts for _, texts in swot) else []),
        (_say(words, "themes_title"), quarters),
        (_say(words, "principles_heading"), principles),
    ]
    return [(heading, cells) for heading, cells in forms if cells]


def _quarter(theme: Any, words: Words) -> Cell:
    return _say(words, "theme", quarter=theme.quarter, focus=theme.focus), theme.actions


def competitors(terms: AnnualTargetTerms) -> "pd.DataFrame":
    """The competitors as declared: name, share, price, strength, weakness."""
    import pandas as pd

    rows = [
        (one.name, None if one.share is None else float(one.share), one.price, one.strength, one.weakness)
        for one in terms.competitors
    ]
    frame = pd.DataFrame(rows, columns=["competitor", "market_share", "price_level", "strength", "weakness"])
    return frame.astype({"market_share": "float64"})


def basis_sentences(words: Words, *, spent: "pd.DataFrame", done: "pd.DataFrame") -> list[str]:
    """Advertising against growth in the last year both are known, and who completed most and least of his target.

    `spent` is the frame of `advertising`, `done` that of `completion`.
    """
    known = spent[spent["advertising_growth"].notna() & spent["growth"].notna()].tail(1)
    said = [
        _say(
            words,
            "basis_advertising",
            year=row.year,
            spent=words.percent(row.advertising_growth),
            sold=words.percent(row.growth),
            share=words.percent(row.advertising_share, 2),
        )
        for row in each_row(known)
    ]
    for dimension, part in done.groupby("dimension", sort=False):
        best, worst = (part.sort_values(["attainment", "member"]).iloc[place] for place in (-1, 0))
        said.append(
            _say(
                words,
                "basis_completion",
                dimension=words.column(str(dimension)),
                best=best["member"],
                best_share=words.percent(best["attainment"]),
                worst=worst["member"],
                worst_share=words.percent(worst["attainment"]),
                met=int((part["attainment"] >= 1).sum()),
                count=len(part),
            )
        )
    return said


def new_product_texts(words: Words, terms: AnnualTargetTerms) -> list[str]:
    """What the plan of the new products rests on, as declared: advertising, regions, customers, launch."""
    given = terms.basis.new_products
    if given is None:
        return []
    parts = {
        "advertising": None if given.advertising is None else figure(given.advertising, "currency", words),
        "regions": words.list(list(given.regions)) or None,
        "customers": None if given.customers is None else words.number(given.customers),
        "launch": None if given.launch is None else words.date(given.launch),
    }
    return [_say(words, f"new_product_{name}", value=text) for name, text in parts.items() if text is not None]
