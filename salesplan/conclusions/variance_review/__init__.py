"""What the review says to a manager, in sentences."""

from salesplan.conclusions.variance_review.collecting import collecting_sentences
from salesplan.conclusions.variance_review.inventory import inventory_sentences
from salesplan.conclusions.variance_review.review import sentences
from salesplan.conclusions.variance_review.spending import spending_sentences

__all__ = ["collecting_sentences", "inventory_sentences", "sentences", "spending_sentences"]
