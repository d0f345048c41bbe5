"""What was found as causes, what is to be done about it, and what the data propose."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from salesplan.variance_review.proposals import MONEY
from salesplan.wording import Words

EVIDENCE_COLUMNS = ["code", "subject", "amount", "evidence", "subject_kind", "rows", "cause"]
PRICES = ("price_cut",)


def with_evidence(words: Words, proposals: pd.DataFrame) -> pd.DataFrame:
    """Table `variance_review_proposals`: each proposal with what it was found in, in words."""
    texts = [_evidence(words, row) for row in proposals.to_dict("records")]
    return proposals.assign(evidence=pd.Series(texts, index=proposals.index, dtype="str"))[EVIDENCE_COLUMNS]


def _evidence(words: Words, row: dict[Hashable, Any]) -> str:
    """One finding: what was expected, what came, and in how many rows."""
    code, detail = str(row["code"]), str(row["detail"])
    kind = f"{code}_gap" if code == "vacancy" and "/" in detail else code
    spans = {"first": detail, "last": detail}
    if code == "vacancy":
        first, _, last = detail.partition("/")
        spans = {"first": words.month(first), "last": words.month(last or first)}
    plain = Words(words.language, "one", words.currency)
    shown = plain.money if code in PRICES else words.money if code in MONEY else words.number
    return words(
        f"review_evidence.{kind}",
        before=shown(row["before"]),
        now=shown(row["now"]),
        rows=words.number(row["rows"]),
        detail=words.code("activity", detail) if code == "missing_activity" else detail,
        **spans,
    )


def proposal_sentences(words: Words, proposals: pd.DataFrame) -> list[str]:
    """How many causes the data propose, which is the largest, and that they overlap."""
    if proposals.empty:
        return [words("review_causes.no_proposals")]
    first = proposals.iloc[0]
    named = {"cause": words.code("cause", str(first["code"])), "subject": words.person(str(first["subject"]))}
    return [words("review_causes.proposals", count=len(proposals), amount=words.money(first["amount"]), **named)]


def measure_sentences(words: Words, measures: pd.DataFrame) -> list[str]:
    """How many measures are open, how many of them overdue, and which is overdue longest."""
    still = measures[measures["state"].isin(["open", "doing"])]
    if measures.empty:
        return [words("review_causes.no_measures")]
    late = still[still["overdue_days"] > 0]
    done = int((measures["state"] == "done").sum())
    said = [words("review_causes.measures", open=len(still), done=done, carried=int(still["carried"].sum()))]
    if len(late):
        worst = late.iloc[0]
        owner = "" if pd.isna(worst["owner"]) else words.person(str(worst["owner"]))
        key = "overdue" if owner else "overdue_nobody"
        texts = {"count": len(late), "days": int(worst["overdue_days"]), "action": str(worst["action"])}
        said.append(words(f"review_causes.{key}", **texts, **({"owner": owner} if owner else {})))
    return said
