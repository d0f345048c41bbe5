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


@pytest.mark.parametrize(
    ("line", "plan_codes", "table_codes"),
    [
        pytest.param("first_mouth: 1", ["unknown_key"], ["cell_number"], id="nearly a key"),
        pytest.param("whatever: 1", ["unknown_key"], ["cell_number"], id="like no key"),
        pytest.param("first_month: 13", ["at_most"], [], id="a value that is wrong: no year to read the tables by"),
        pytest.param("first_mouth: 1\ntax: {rate: 13}", ["at_most", "unknown_key"], [], id="both"),
    ],
)
def test_a_mistyped_key_of_the_plan_hides_nothing_of_the_tables(tmp_path, line, plan_codes, table_codes):
    plan = plan_with(tmp_path, FOLDER / "plan-unknown-key.yaml")
    base = (FOLDER / "base" / "plan.yaml").read_text(encoding="utf-8")
    (plan / "plan.yaml").write_text(f"{base}{line}\n", encoding="utf-8")
    sales = (plan / "data" / "sales.csv").read_text(encoding="utf-8").splitlines()
    place = sales[0].split(",").index("amount")
    cells = sales[4].split(",")
    (plan / "data" / "sales.csv").write_text(
        "\n".join([*sales[:4], ",".join([*cells[:place], "2oo", *cells[place + 1 :]]), *sales[5:]]) + "\n"
    )
    with pytest.raises(PlanError) as error:
        check(plan)
    places = [(fault.code, fault.place.partition(" ")[0].rpartition("/")[2]) for fault in error.value.faults]
    assert places == [(code, "plan.yaml") for code in plan_codes] + [(code, "sales.csv") for code in table_codes]
    assert error.value.count == len(places)
