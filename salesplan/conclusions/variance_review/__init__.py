"""What the review says to a manager, in sentences."""

from salesplan.conclusions.variance_review.review import sentences

__all__ = ["sentences"]
