"""Bad inputs kept as files, each with the messages it must bring, in both languages, letter for letter.

`STEM-what.yaml` replaces a parameter file of the plan in `bad_inputs/base`, `TABLE-what.csv` (.xlsx, .parquet, ...) one
of its input tables. `NAME.expected` beside it holds the Chinese messages, a blank line, the English ones.
"""

import shutil
from pathlib import Path

import pytest

from salesplan.errors import PlanError, told
from salesplan.inputs import check
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message

FOLDER = Path(__file__).parent / "bad_inputs"
CASES = sorted(path for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".expected")
BASE = {path.relative_to(FOLDER / "base"): path.read_bytes() for path in (FOLDER / "base").rglob("*.*")}


def plan_with(folder: Path, case: Path) -> Path:
    """The plan of `base` with one file of the corpus in its place."""
    plan = folder / "params" / "p"
    (plan / "data").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    for name, content in BASE.items():
        (plan / name).write_bytes(content)
    stem = case.name.partition("-")[0]
    if case.suffix == ".yaml":
        shutil.copyfile(case, plan / f"{stem}.yaml")
        return plan
    shutil.copyfile(case, plan / "data" / case.name)
    inputs = {"sales": "data/sales.csv", "reps": "data/reps.csv", stem: f"data/{case.name}"}
    lines = ", ".join(f"{table}: {file}" for table, file in inputs.items())
    (plan / "plan.yaml").write_text(f"fiscal_year: 2027\ninputs: {{{lines}}}\n", encoding="utf-8")
    return plan


def messages(plan: Path) -> str:
    """What is said of a plan, Chinese first."""
    with pytest.raises(PlanError) as error:
        check(plan)
    shown = told(error.value.faults)
    return "\n\n".join("\n".join(message(fault, Words(language)) for fault in shown) for language in LANGUAGES) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_bad_input_brings_its_messages(tmp_path: Path, case: Path) -> None:
    expected = case.with_name(f"{case.name}.expected").read_text(encoding="utf-8")
    assert messages(plan_with(tmp_path, case)) == expected


def test_there_are_many_and_each_has_its_messages() -> None:
    assert len(CASES) >= 150
    assert {f"{path.name}.expected" for path in CASES} == {path.name for path in FOLDER.glob("*.expected")}
    assert sum(path.stat().st_size for path in CASES) < 1_000_000


def test_the_plan_they_spoil_is_good(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "base", tmp_path / "params" / "p")
    check(tmp_path / "params" / "p")
