"""Where things lie: the workbook a plan belongs to, and how messages call a path inside it."""

from pathlib import Path

from salesplan.errors import Fault, alternatives, nearest

PLAN = "plan.yaml"


def workbook_of(folder: Path) -> Path:
    """The workbook a plan belongs to: the folder with `notebooks/` and `params/`, found upward."""
    for parent in folder.resolve().parents:
        if (parent / "notebooks").is_dir() and (parent / "params").is_dir():
            return parent
    return folder.resolve().parent.parent


def shown_path(path: Path) -> str:
    """A path inside the workbook as messages print it: `params/henan-2027`."""
    resolved = path.resolve()
    root = workbook_of(resolved)
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else resolved.as_posix()


def folder_of(plan: str | Path) -> Path:
    """The folder of a plan given by folder or by its name below `params/`, from the working directory or upward."""
    folder, here = Path(plan), Path.cwd()
    if (folder / PLAN).is_file() or len(folder.parts) != 1 or folder.name != str(plan):
        return folder
    named = (base / "params" / folder for base in (here, *here.parents))
    found = next((place for place in named if (place / PLAN).is_file()), folder)
    return found.relative_to(here) if found.is_relative_to(here) else found


def neighbours(folder: Path) -> list[Path]:
    """The plans beside a folder, whether it is there or not, else those of the working directory or upward."""
    here, beside = Path.cwd(), folder.absolute().parent
    around = [beside] if beside.name == "params" else []
    around += [base / "params" for base in (here, *here.parents)]
    listed = (sorted(params.glob(f"*/{PLAN}")) for params in around)
    return [file.parent for file in next(filter(None, listed), [])]


def no_plan(folder: str | Path) -> Fault:
    """The fault of naming a plan that is not there; says which there are, and the nearest."""
    known = {plan.name: shown_path(plan) for plan in neighbours(Path(folder))}
    near = known.get(nearest(Path(folder).name, known), "")
    values = {**alternatives("", known.values()), "nearest": near}
    return Fault("missing_plan" if known else "missing_plans", str(folder), None, values)
