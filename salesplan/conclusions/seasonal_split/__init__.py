"""What a manager should take from step 2."""

from salesplan.conclusions.seasonal_split.budget import budget_sentences
from salesplan.conclusions.seasonal_split.days import day_sentences, day_warnings
from salesplan.conclusions.seasonal_split.members import line_sentences, member_sentences
from salesplan.conclusions.seasonal_split.season import profile_sentences, sentences, warnings
from salesplan.conclusions.seasonal_split.shape import (
    event_sentences,
    launch_sentences,
    pin_sentences,
    project_sentences,
    shape_sentences,
    unusual_sentences,
)
from salesplan.conclusions.seasonal_split.stock import dealer_sentences, stock_sentences, stock_warnings

__all__ = [
    "budget_sentences",
    "day_sentences",
    "day_warnings",
    "dealer_sentences",
    "event_sentences",
    "launch_sentences",
    "line_sentences",
    "member_sentences",
    "pin_sentences",
    "profile_sentences",
    "project_sentences",
    "sentences",
    "shape_sentences",
    "stock_sentences",
    "stock_warnings",
    "unusual_sentences",
    "warnings",
]
