"""What every notebook needs, imported once by the parent that forks; importing is all it does."""

import importlib

MODULES = (
    "IPython.core.interactiveshell",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "seaborn",
    "jinja2",
    "mistune",
    "salesplan.annual_target",
    "salesplan.seasonal_split",
    "salesplan.rep_allocation",
    "salesplan.commission",
    "salesplan.variance_review",
    "salesplan.charts.annual_target",
    "salesplan.charts.seasonal_split",
    "salesplan.charts.rep_allocation",
    "salesplan.charts.commission",
    "salesplan.charts.variance_review",
    "salesplan.workbook",
    "salesplan.pipeline.child",
)

for name in MODULES:
    importlib.import_module(name)
