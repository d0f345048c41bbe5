"""What differs between two runs: parameters, inputs, versions, and the numbers from the target down to each rep.

`parameters`, `rows`, `figures` and `causes` calculate; `sides` reads the runs, `saying` puts it into words, `writing`
leaves page and tables.
"""

from salesplan.comparing.saying import summary
from salesplan.comparing.sides import Comparison, compare
from salesplan.comparing.writing import as_json, words_of, write_comparison

__all__ = ["Comparison", "as_json", "compare", "summary", "words_of", "write_comparison"]
