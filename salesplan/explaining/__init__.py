"""How one number of a run came about, from the annual target down, so that a calculator gives the same.

`formula` writes arithmetic that can be redone from what is shown; `target`, `season`, `quota`, `rounding` and `pay`
put it together from the rooms' own functions; `ground` reads the run, `told` puts it into words, `pages` leaves pages.
"""

from salesplan.explaining.asked import Asked
from salesplan.explaining.explained import explain, planned_by
from salesplan.explaining.pages import pages
from salesplan.explaining.told import as_json, lines_of, words_of, write_page

__all__ = ["Asked", "as_json", "explain", "lines_of", "pages", "planned_by", "words_of", "write_page"]
