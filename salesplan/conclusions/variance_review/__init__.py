"""What the review says, in sentences."""

from salesplan.conclusions.variance_review.activity import activity_sentences, project_sentences
from salesplan.conclusions.variance_review.boards import Boards
from salesplan.conclusions.variance_review.bridge import bridge_sentences, margin_sentences, market_sentences
from salesplan.conclusions.variance_review.causes import measure_sentences, proposal_sentences, with_evidence
from salesplan.conclusions.variance_review.collecting import collecting_sentences
from salesplan.conclusions.variance_review.customers import customer_sentences, evaluation_form
from salesplan.conclusions.variance_review.dealers import dealer_sentences
from salesplan.conclusions.variance_review.grid import annual_sentences, grid_sentences
from salesplan.conclusions.variance_review.inventory import inventory_sentences
from salesplan.conclusions.variance_review.kpis import cards, catalogue
from salesplan.conclusions.variance_review.kpis import sentences as kpi_sentences
from salesplan.conclusions.variance_review.landing import landing
from salesplan.conclusions.variance_review.ranking import ranking_sentences
from salesplan.conclusions.variance_review.review import sentences
from salesplan.conclusions.variance_review.revision import changes, revision
from salesplan.conclusions.variance_review.spending import spending_sentences

__all__ = [
    "Boards",
    "activity_sentences",
    "annual_sentences",
    "bridge_sentences",
    "cards",
    "catalogue",
    "changes",
    "collecting_sentences",
    "customer_sentences",
    "dealer_sentences",
    "evaluation_form",
    "grid_sentences",
    "inventory_sentences",
    "kpi_sentences",
    "landing",
    "margin_sentences",
    "market_sentences",
    "measure_sentences",
    "project_sentences",
    "proposal_sentences",
    "ranking_sentences",
    "revision",
    "sentences",
    "spending_sentences",
    "with_evidence",
]
