"""The project's own promises: README, environment, notebooks' form, words, continuous integration."""

import ast
import json
import re
import subprocess
import tomllib

import pytest
from workbooks import ROOT, without_charts

from salesplan import STEPS
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES
from salesplan.wording import LANGUAGES, catalogue

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.M | re.S)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHINESE = re.compile(r"[\u3400-\u9fff]")
# Texts that name Chinese money units or marks by design.
SHARED_TEXTS = ("unit.", "month.")


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source(cell):
    return "".join(cell["source"])


# ---------------------------------------------------------------- README


def test_first_two_blocks_are_the_two_commands_one_line_each():
    assert [block.count("\n") for block in BLOCKS[:2]] == [1, 1]
    assert "salesplan run params/henan-2027" in BLOCKS[0]
    assert BLOCKS[1].rstrip().endswith(".venv/bin/pytest")


def test_both_languages_give_the_same_commands():
    assert BLOCKS[0] + BLOCKS[1] == BLOCKS[len(BLOCKS) // 2 + 1]


def test_ci_runs_the_second_command():
    text = (ROOT / ".ci" / "run").read_text()
    command = re.search(r"awk '(.*?)' README.md", text)[1]
    done = subprocess.run(["awk", command, "README.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == BLOCKS[1]


def test_first_command_runs_in_a_clone_of_its_own(tmp_path):
    """As written, but with this environment's packages: what is installed is tested by CI's own clean checkout."""
    import sys

    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True, timeout=120)
    without_charts(clone)  # those are drawn and looked at in the demo's run
    tools = clone / ".venv" / "bin"
    tools.mkdir(parents=True)
    stubs = {"pip": "exit 0", "salesplan": f'exec "{sys.executable}" -c "from salesplan.cli import main; main()" "$@"'}
    for name, line in stubs.items():
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    line = BLOCKS[0].replace("python3 -m venv .venv", "true")
    for _ in range(2):
        done = subprocess.run(["sh", "-c", line], cwd=clone, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        report = done.stdout.strip().splitlines()[-1].split("\uff1a")[-1]
        assert (clone / report).is_file()


def test_readme_names_only_options_that_exist():
    from workbooks import command

    for name, options in {
        "run": ("--set", "--as-of", "--only", "--from", "--name", "--fresh", "--resume"),
        "new": (),
        "check": (),
        "runs": ("--json",),
        "sign": ("--document", "--as", "--by", "--reference"),
        "verify": ("--replay", "--json"),
        "compare": ("--json",),
        "explain": ("--rep", "--month", "--commission", "--json"),
        "close": ("--by",),
        "reopen": ("--reason",),
        "lab": (),
    }.items():
        text = command(ROOT, name, "--help").stdout
        assert all(option in text for option in options), name


# ---------------------------------------------------------------- environment


def bounds(lines):
    found = {}
    for line in lines:
        name, bound = re.match(r"([A-Za-z0-9._-]+)(?:\[\w+\])?(.*)", line).groups()
        found[CONDA.get(name.lower(), name.lower())] = bound
    return found


CONDA = {
    "duckdb": "python-duckdb",
    "holidays": "python-holidays",
    "ibis-framework": "ibis-duckdb",
    "matplotlib": "matplotlib-base",
}


def test_environment_asks_for_what_pyproject_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = bounds([*project["dependencies"], *project["optional-dependencies"]["test"]])
    text = (ROOT / "environment.yml").read_text()
    given = bounds(re.findall(r"^  - ([a-z][\w.-]*[<>=][^\s#]*)$", text, re.M))
    assert given.pop("python") == project["requires-python"]
    assert given == wanted


def test_lock_pins_every_direct_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {line.split("==")[0] for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line}
    for line in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        assert re.match(r"[A-Za-z0-9._-]+", line)[0].lower().replace(".", "-") in locked, line


def test_no_address_of_a_registry_is_written_anywhere():
    for name in ("requirements.lock", "pyproject.toml", "environment.yml", ".ci/run", "README.md"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name


# ---------------------------------------------------------------- code


@pytest.mark.parametrize(
    "arguments", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join
)
def test_code_passes(arguments):
    import sys

    done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:]


# ---------------------------------------------------------------- notebooks


def test_there_is_one_notebook_per_step():
    assert [path.name for path in NOTEBOOKS] == [f"{number}_{stem}.ipynb" for number, stem in enumerate(STEPS, 1)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_hold_no_logic_and_no_outputs(path):
    for cell in cells(path):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell["id"]), cell["id"]
        if cell["cell_type"] != "code":
            continue
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        assert sum(bool(line.strip()) for line in source(cell).splitlines()) <= 12, cell["id"]
        logic = ast.FunctionDef | ast.ClassDef | ast.For | ast.While | ast.Try | ast.Lambda
        assert not any(isinstance(node, logic) for node in ast.walk(ast.parse(source(cell)))), cell["id"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_have_one_order(path):
    names = [cell["id"] for cell in cells(path)]
    wanted = [
        "title",
        "parameters",
        "setup",
        "assumptions",
        "inputs",
        "what-if",
        "what-if-panel",
        "conclusions",
        "save",
    ]
    assert [name for name in names if name in wanted] == wanted
    assert names[-1] == "save"
    tags = {cell["id"]: cell["metadata"].get("tags", []) for cell in cells(path)}
    assert tags["parameters"] == ["parameters"]
    assert tags["what-if-panel"] == ["skip-execution"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_prose_is_there_in_every_language_and_quotes_no_number(path):
    stem = path.stem.split("_", 1)[1]
    for cell in cells(path):
        if cell["cell_type"] != "markdown":
            continue
        english = catalogue("en")[f"notebook.{stem}.{cell['id']}"]
        assert not CHINESE.search(english), cell["id"]
        assert not re.search(r"\d{3,}", source(cell) + english), cell["id"]


# ---------------------------------------------------------------- words


def test_languages_have_the_same_keys():
    keys = {language: {key for key in catalogue(language) if not key.startswith("notebook.")} for language in LANGUAGES}
    needed = {key for key in keys["zh"] if not key.startswith(("param.", "unit."))}
    assert needed - keys["en"] == set()
    assert keys["en"] - keys["zh"] == set()


def test_fields_of_a_text_are_the_same_in_every_language():
    for key, text in catalogue("zh").items():
        other = catalogue("en").get(key)
        if other is not None:
            assert fields(text) == fields(other), key


def fields(text):
    return set(re.findall(r"{(\w+)", text))


def test_english_holds_no_chinese():
    for key, text in catalogue("en").items():
        assert not CHINESE.search(text), key


def test_chinese_uses_chinese_punctuation():
    for key, text in catalogue("zh").items():
        assert not re.search(r"[\u3400-\u9fff][,;?!]", text), (key, text)


def test_every_column_of_the_output_tables_has_a_header():
    for language in LANGUAGES:
        texts = catalogue(language)
        for table, columns in TABLES.items():
            step = outputs.step_of(table)
            for column in columns:
                keys = {f"column.{column}", f"own_column.{step}.{column}", f"own_column.{table}.{column}"}
                assert keys & texts.keys(), (language, table, column)


def test_every_message_used_has_a_text():
    for file in (ROOT / "salesplan").rglob("*.py"):
        for code in re.findall(r"\bFault\(\s*\"(\w+)\"", file.read_text(encoding="utf-8")):
            for language in LANGUAGES:
                assert f"fault.{code}" in catalogue(language), (file.name, code)


# ---------------------------------------------------------------- fonts


def test_fonts_that_only_measure_are_made_by_their_module(tmp_path):
    from salesplan.charts import metrics

    for weight, name in metrics.FILES.items():
        metrics.build(tmp_path / name, weight)
        assert (tmp_path / name).read_bytes() == (ROOT / "salesplan" / "charts" / name).read_bytes()
