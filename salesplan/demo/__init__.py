"""The demo plan's tables, made from a seed: a supplier of building materials with 12 reps in Henan.

`python -m salesplan.demo params/henan-2027` writes `data/*.csv` there. Company, people and customers are invented; the
task of 5.6 million, the four customer grades, the 5:5 split of phone and showroom and the four parts of base pay are
those of the sources. The random bits are PCG64's, whose stream numpy promises to keep, and all arithmetic is on whole
numbers: every machine writes the same bytes.
"""

from salesplan.demo.tables import tables, write

__all__ = ["tables", "write"]
