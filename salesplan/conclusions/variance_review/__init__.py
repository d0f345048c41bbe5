"""What the review says to a manager, in sentences."""

from salesplan.conclusions.variance_review.bridge import bridge_sentences, margin_sentences, market_sentences
from salesplan.conclusions.variance_review.causes import measure_sentences, proposal_sentences, with_evidence
from salesplan.conclusions.variance_review.review import sentences

__all__ = [
    "bridge_sentences",
    "margin_sentences",
    "market_sentences",
    "measure_sentences",
    "proposal_sentences",
    "sentences",
    "with_evidence",
]
