"""What the review says to a manager, in sentences."""

from salesplan.conclusions.variance_review.activity import activity_sentences, project_sentences
from salesplan.conclusions.variance_review.boards import Boards
from salesplan.conclusions.variance_review.customers import customer_sentences, evaluation_form
from salesplan.conclusions.variance_review.review import sentences

__all__ = ["Boards", "activity_sentences", "customer_sentences", "evaluation_form", "project_sentences", "sentences"]
