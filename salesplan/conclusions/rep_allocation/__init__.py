"""What a manager should take from step 3."""

from salesplan.conclusions.rep_allocation.quotas import named, sentences

__all__ = ["named", "sentences"]
