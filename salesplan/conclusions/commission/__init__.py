"""What a manager should take from step 4."""

from salesplan.conclusions.commission.closing import corrected
from salesplan.conclusions.commission.cost import (
    cost_sentences,
    last_year_sentences,
    plans_sentences,
    spread_sentences,
)
from salesplan.conclusions.commission.disputes import questions
from salesplan.conclusions.commission.overview import sentences, warnings
from salesplan.conclusions.commission.pay import base_pay_sentences, ranking_sentences
from salesplan.conclusions.commission.plan_in_words import plan_in_words, plans_in_words
from salesplan.conclusions.commission.proof import proof_rows, proof_sentences

__all__ = [
    "base_pay_sentences",
    "corrected",
    "cost_sentences",
    "last_year_sentences",
    "plan_in_words",
    "plans_in_words",
    "plans_sentences",
    "proof_rows",
    "proof_sentences",
    "questions",
    "ranking_sentences",
    "sentences",
    "spread_sentences",
    "warnings",
]
