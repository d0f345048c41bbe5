"""What every notebook needs, imported once by the parent that forks, and one chart drawn; that is all it does."""

import gc
import importlib
import signal

from salesplan import STEPS
from salesplan.pipeline import environment, later

# These reach every process of the terminal; the command alone answers them and ends the others.
for number in (signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
environment.reduce()

MODULES = (
    "IPython.core.completer",
    "IPython.core.interactiveshell",
    "IPython.core.magics",
    "holidays.countries.china",
    "jinja2",
    "lunardate",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "mistune",
    "numpy",
    "pandas.core.arrays.arrow.extension_types",
    "pandas.io.formats.csvs",
    "pyarrow.csv",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "scipy.special",
    "xlsxwriter",
    "salesplan.copies",
    "salesplan.pipeline.child",
    "salesplan.report.excel",
    "salesplan.report.pages",
    "salesplan.tables.frames",
    "salesplan.tables.storing",
    "salesplan.workbook",
    *(f"salesplan.{room}{stem}" for stem in STEPS for room in ("", "charts.", "conclusions.")),
)

gc.disable()  # what is imported stays; looking through it for rubbish takes a fifth of the time
with later.imported("scipy.stats", "scipy.cluster"):
    importlib.import_module("seaborn")
for name in MODULES:
    importlib.import_module(name)

from salesplan.charts import render  # noqa: E402 - after the imports it needs

render.warm()
gc.freeze()  # nor do the children look through it
gc.enable()
