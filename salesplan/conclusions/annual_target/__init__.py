"""What a manager should take from step 1."""

from salesplan.conclusions.annual_target.budget import agreement, budget, budget_warnings, gross_goal
from salesplan.conclusions.annual_target.coherence import coherence_sentences, hires_basis
from salesplan.conclusions.annual_target.evidence import evidence_sentences, trust, verdict
from salesplan.conclusions.annual_target.forms import (
    basis_sentences,
    competitors,
    formulas,
    market_forms,
    new_product_texts,
    quality_rows,
    statement,
    strategy_forms,
)
from salesplan.conclusions.annual_target.plan import plan_sentences, plan_warnings
from salesplan.conclusions.annual_target.target import profit_sentences, sentences, warnings

__all__ = [
    "agreement",
    "basis_sentences",
    "budget",
    "budget_warnings",
    "coherence_sentences",
    "competitors",
    "evidence_sentences",
    "formulas",
    "gross_goal",
    "hires_basis",
    "market_forms",
    "new_product_texts",
    "plan_sentences",
    "plan_warnings",
    "profit_sentences",
    "quality_rows",
    "sentences",
    "statement",
    "strategy_forms",
    "trust",
    "verdict",
    "warnings",
]
