"""Parameter files of a plan: read strictly, checked whole, described for editors."""

from salesplan.params.loading import Loaded, load
from salesplan.params.reading import read_value

__all__ = ["Loaded", "load", "read_value"]
