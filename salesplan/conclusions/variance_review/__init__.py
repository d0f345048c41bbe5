"""What the review says to a manager, in sentences."""

from salesplan.conclusions.variance_review.landing import landing
from salesplan.conclusions.variance_review.review import sentences
from salesplan.conclusions.variance_review.revision import changes, revision

__all__ = ["changes", "landing", "revision", "sentences"]
