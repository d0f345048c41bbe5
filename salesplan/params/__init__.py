"""Parameter files of a plan: read strictly, checked whole, described for editors."""

from salesplan.params.loading import Loaded, load, shown_path, workbook_of
from salesplan.params.reading import read_value

__all__ = ["Loaded", "load", "read_value", "shown_path", "workbook_of"]
