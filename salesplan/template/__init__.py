"""A workbook to fill in: a sheet per input table, with headers, what is allowed, drop-downs and an example row."""

from pathlib import Path

from salesplan.errors import Fault, PlanError
from salesplan.params import load
from salesplan.places import no_plan, shown_path
from salesplan.wording import Words

PLACE = "data/template.xlsx"  # below the plan's folder


def write_template(plan: Path, *, overwrite: bool = False) -> Path:
    """Write the template of the plan in folder `plan`, in its language, with its own members in the drop-downs.

    Raises `PlanError` if there is no such plan, its `plan.yaml` is faulty, or the file is there and not to be
    overwritten.
    """
    if not plan.is_dir():
        raise PlanError([no_plan(plan)])
    loaded = load(plan)
    if "plan" not in loaded.rules:
        raise PlanError(loaded.faults)
    path = plan / PLACE
    if path.exists() and not overwrite:
        raise PlanError([Fault("template_exists", f"{shown_path(plan)}/{PLACE}")])
    from salesplan import tables
    from salesplan.template.columns import Offer
    from salesplan.template.sheets import write_sheets

    terms = loaded.plan
    known = tables.check(plan, terms, loaded.exchange_rates).tables
    path.parent.mkdir(exist_ok=True)
    write_sheets(path, Offer(Words(terms.language, terms.display_unit, terms.currency), terms, known, loaded.rules))
    return path
