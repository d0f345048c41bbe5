"""A new plan: a copy of the demo or of another plan, with the schemas that editors use."""

import json
import shutil
from pathlib import Path

from salesplan import DEMO, archive
from salesplan.errors import Fault, PlanError
from salesplan.params.schema import localized
from salesplan.places import no_plan, workbook_of
from salesplan.terms import MODELS
from salesplan.wording import LANGUAGES, Words


def plant(plan: Path, like: Path | None = None) -> Path:
    """Make the folder `plan` as a copy of `like` (default the demo of the same workbook); returns it.

    Raises `PlanError` if the folder exists, its name is not safe as a folder, or there is nothing to copy.
    """
    archive.safe_name(plan.name, str(plan))
    source = like or plan.resolve().parent / DEMO
    if plan.exists():
        raise PlanError([Fault("plan_exists", str(plan))])
    if not (source / "plan.yaml").is_file():
        raise PlanError([no_plan(source) if like else Fault("nothing_to_copy", str(source))])
    shutil.copytree(source, plan)
    write_schemas(workbook_of(plan) / "params" / ".schema")
    return plan


def write_schemas(folder: Path) -> None:
    """Write one JSON Schema per parameter file and language, which editors use to complete and to check."""
    for language in LANGUAGES:
        words = Words(language)
        (folder / language).mkdir(parents=True, exist_ok=True)
        for stem in MODELS:
            text = json.dumps(localized(stem, words), ensure_ascii=False, indent=1)
            (folder / language / f"{stem}.json").write_text(text + "\n", encoding="utf-8")
