"""What a manager should take from step 2."""

from salesplan.conclusions.seasonal_split.season import sentences, warnings

__all__ = ["sentences", "warnings"]
