"""What a manager should take from step 1."""

from salesplan.conclusions.annual_target.target import sentences, warnings

__all__ = ["sentences", "warnings"]
