"""What a manager should take from step 3."""

from salesplan.conclusions.rep_allocation.action_plan import action_plans, conditions
from salesplan.conclusions.rep_allocation.activities import activities, board_rows, boards
from salesplan.conclusions.rep_allocation.bases import bases, territories
from salesplan.conclusions.rep_allocation.channels import channel_sentences, dealer_sentences, outlet_sentences
from salesplan.conclusions.rep_allocation.customers import card_table, customer_sentences, with_cadence
from salesplan.conclusions.rep_allocation.fairness import expectation, fairness
from salesplan.conclusions.rep_allocation.hierarchy import levels
from salesplan.conclusions.rep_allocation.negotiation import handed_down, negotiation
from salesplan.conclusions.rep_allocation.projects import project_sentences
from salesplan.conclusions.rep_allocation.quotas import named, sentences

__all__ = [
    "action_plans",
    "activities",
    "bases",
    "board_rows",
    "boards",
    "card_table",
    "channel_sentences",
    "conditions",
    "customer_sentences",
    "dealer_sentences",
    "expectation",
    "fairness",
    "handed_down",
    "levels",
    "named",
    "negotiation",
    "outlet_sentences",
    "project_sentences",
    "sentences",
    "territories",
    "with_cadence",
]
