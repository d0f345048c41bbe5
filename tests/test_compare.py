"""What differs between two runs: parameters, rows, numbers, and where it all comes from."""

import json
import shutil
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from workbooks import command, made_once

from salesplan import archive
from salesplan.archive import find_run
from salesplan.comparing import compare, summary, words_of
from salesplan.comparing.causes import chain, origin, tables_moved
from salesplan.comparing.figures import figure_changes, moved
from salesplan.comparing.parameters import parameter_changes
from salesplan.comparing.rows import SHOWN, row_changes
from salesplan.errors import PlanError
from salesplan.params import load

# ---------------------------------------------------------------- rows


def rows_of(*rows, columns=("key", "amount", "note")):
    frame = pd.DataFrame(rows, columns=list(columns))
    return pa.Table.from_pandas(frame, preserve_index=False)


A, B, C = ("a", 100, "x"), ("b", 200, "y"), ("c", 300, None)


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        pytest.param([A, B], [B, A], (0, 0, 0), id="another order is no difference"),
        pytest.param([A, A, B], [A, B, C], (1, 1, 0), id="a row that stood there twice, and a new one"),
        pytest.param([A], [A, A, A], (0, 2, 0), id="the same row twice more"),
        pytest.param([C], [C], (0, 0, 0), id="unknown is unknown"),
        pytest.param([A], [("a", 101, "x")], (1, 1, 0), id="without keys a change is one gone and one added"),
    ],
)
def test_rows_are_compared_as_a_multiset(before, after, counts):
    found = row_changes(rows_of(*before), rows_of(*after))
    assert (found.gone, found.added, found.changed) == counts
    assert found.any == any(counts)


def test_with_keys_a_changed_row_tells_its_columns():
    found = row_changes(rows_of(A, B, C), rows_of(C, ("b", 250, "z"), ("d", 1, "")), keys=("key",), money=("amount",))
    assert (found.gone, found.added, found.changed) == (1, 1, 1)
    told = found.rows[found.rows["change"] == "changed"][["row", "column", "before", "after"]].to_numpy().tolist()
    assert told == [[1, "b: amount", "2.00", "2.50"], [1, "b: note", "y", "z"]]


def test_keys_that_stand_there_twice_are_no_keys():
    found = row_changes(rows_of(A, ("a", 5, "")), rows_of(A, ("a", 6, ""), ("a", 7, "")), keys=("key",))
    assert (found.gone, found.added, found.changed) == (1, 2, 0)


def test_the_first_rows_of_each_kind_are_shown_with_their_place():
    before = rows_of(*[("k", number, "") for number in range(30)])
    found = row_changes(before, rows_of(A))
    gone = found.rows[found.rows["change"] == "gone"]
    assert gone["row"].tolist() == list(range(SHOWN))
    assert (found.gone, found.added) == (30, 1)


def test_a_million_rows_on_each_side_take_seconds():
    count = 1_000_000
    generator = np.random.default_rng(7)
    frame = {
        "order": pa.array(np.char.add("D", np.arange(count).astype(str))),
        "amount": pa.array(generator.integers(1, 10**6, count)),
        "customer": pa.array(generator.integers(1, 5000, count).astype(str)),
        "quantity": pa.array(generator.random(count)),
    }
    before, changed = pa.table(frame), generator.permutation(count)[: count - 1000]
    began = time.monotonic()
    found = row_changes(before, before.take(pa.array(changed)))
    assert (found.gone, found.added) == (1000, 0)
    assert time.monotonic() - began < 60


# ---------------------------------------------------------------- parameters


@pytest.fixture
def plans(tmp_path):
    """Two folders of parameter files; what is written into them."""

    def write(**texts):
        loaded = []
        for side in ("before", "after"):
            folder = tmp_path / "params" / side
            folder.mkdir(parents=True, exist_ok=True)
            files = {"plan": "fiscal_year: 2027\ninputs: {sales: data/sales.csv}\n", **texts[side]}
            for stem, text in files.items():
                (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
            loaded.append(load(folder, texts.get(f"{side}_set")))
        return loaded

    return write


LEVELS = {"annual_target": "levels:\n  commit: 780000\n"}


def told(sides):
    found = parameter_changes(*sides)
    return {row["key"]: (row["before"], row["after"]) for row in found.to_dict("records")}


def test_a_number_written_otherwise_is_the_same(plans):
    before = {**LEVELS, "rep_allocation": "over_assignment: 0.10\n"}
    after = {"annual_target": "levels: {commit: 780000.00}  # as before\n", "rep_allocation": "over_assignment: 0.1\n"}
    assert told(plans(before=before, after=after)) == {}


def test_a_default_written_out_is_the_same(plans):
    assert told(plans(before=LEVELS, after={**LEVELS, "seasonal_split": "method: auto\nhistory_years: 3\n"})) == {}


def test_values_then_and_now_with_their_lines(plans):
    after = {"annual_target": "\n\nlevels:\n  commit: 800000\n", "seasonal_split": "method: even\n"}
    found = parameter_changes(*plans(before=LEVELS, after=after)).set_index("key")
    assert found.loc["annual_target.levels.commit", ["before", "after"]].tolist() == ["780000", "800000"]
    assert found.loc["annual_target.levels.commit", "place_before"].endswith("annual_target.yaml line 2: levels.commit")
    assert found.loc["annual_target.levels.commit", "place_after"].endswith("annual_target.yaml line 4: levels.commit")
    assert found.loc["seasonal_split.method", ["before", "after", "place_before"]].tolist() == ["auto", "even", ""]


def test_what_set_changed_says_so(plans):
    found = parameter_changes(*plans(before=LEVELS, after=LEVELS, after_set={"seasonal_split.method": "even"}))
    assert found["place_after"].tolist() == ["--set seasonal_split.method"]


EVENT = "  - {{name: {name}, start: 2027-06-10, end: 2027-06-18, uplift: {uplift}}}\n"


def test_an_item_put_in_first_changes_no_other(plans):
    first, other, more = (EVENT.format(name=name, uplift=0.1) for name in ("one", "two", "new"))
    before = {**LEVELS, "seasonal_split": f"events:\n{first}{other}"}
    after = {**LEVELS, "seasonal_split": f"events:\n{more}{first}{other.replace('0.1', '0.2')}"}
    found = told(plans(before=before, after=after))
    assert found["seasonal_split.events[two].uplift"] == ("0.1", "0.2")
    assert {key.partition("]")[0] for key in found} == {"seasonal_split.events[two", "seasonal_split.events[new"}


# ---------------------------------------------------------------- numbers and causes


def quotas(**amounts):
    rows = [(rep, f"2027-{at + 1:02d}", fen) for rep, months in amounts.items() for at, fen in enumerate(months)]
    return {"rep_allocation": pd.DataFrame(rows, columns=["rep", "month", "amount"])}


def test_what_moved_by_how_much_largest_first():
    found = figure_changes(quotas(A=[100, 200], B=[300, 400]), quotas(A=[150, 200], B=[200, 400]))
    years = found[found["part"] == "quota"]
    assert years[["name", "before", "after", "change"]].to_numpy().tolist() == [
        ["B", 700, 600, -100],
        ["A", 300, 350, 50],
    ]
    assert years["growth"].round(6).tolist() == [round(-100 / 700, 6), round(50 / 300, 6)]
    assert found["part"].drop_duplicates().tolist() == ["quota_total", "quota", "quota_month"]
    assert len(moved(found)) == 1 + 2 + 2
    assert len(found) - len(moved(found)) == 2


def test_a_rep_of_one_side_only_moved_by_an_unknown_amount():
    found = figure_changes(quotas(A=[100]), quotas(A=[100], N=[5]))
    new = moved(found[found["part"] == "quota"])
    assert new["name"].tolist() == ["N"]
    assert new[["before", "change", "growth"]].isna().all(axis=None)


def test_nothing_moved_from_zero_in_per_cent():
    found = figure_changes(quotas(A=[0]), quotas(A=[7]))
    assert found.loc[found["part"] == "quota", "growth"].isna().all()


def parameters(*keys):
    return pd.DataFrame({"step": [key.partition(".")[0] for key in keys], "key": list(keys)})


@pytest.mark.parametrize(
    ("keys", "inputs", "versions", "found"),
    [
        pytest.param([], [], [], ("none", ""), id="nothing differs"),
        pytest.param(["plan.tax.rate"], [], [], ("parameter", "plan.tax.rate"), id="one key"),
        pytest.param(["plan.a", "plan.b"], [], [], ("step", "plan"), id="one file"),
        pytest.param(["plan.a", "commission.b"], [], [], ("several", ""), id="two files"),
        pytest.param([], ["sales", "reps"], [], ("inputs", "sales, reps"), id="inputs alone"),
        pytest.param(["plan.a"], ["sales"], [], ("several", ""), id="a key and a table"),
        pytest.param([], [], ["pandas"], ("versions", "pandas"), id="versions alone"),
    ],
)
def test_where_it_comes_from(keys, inputs, versions, found):
    assert origin(parameters(*keys), inputs, versions) == found


def test_the_chain_tells_which_tables_moved_step_by_step():
    before = {"tables/seasonal_split.csv": "1", "tables/commission.csv": "1", "index.html": "1"}
    after = {**before, "tables/seasonal_split.csv": "2", "index.html": "2"}
    gone = tables_moved(before, after)
    steps = chain(parameters("seasonal_split.method"), gone, after).set_index("step")
    assert gone == ["seasonal_split"]
    assert steps.loc["seasonal_split", ["parameters", "moved", "tables"]].tolist() == [1, 1, 1]
    assert steps.loc["commission", ["parameters", "moved", "tables"]].tolist() == [0, 0, 1]


# ---------------------------------------------------------------- runs


@pytest.fixture(scope="module")
def two(minimal, tmp_path_factory):
    """A workbook with the minimal plan's run and, after a change of target and of rows, a second one."""
    book = tmp_path_factory.mktemp("two") / "book"
    shutil.copytree(made_once(tmp_path_factory, "compared", lambda folder: run_twice(minimal, folder)), book)
    return book, (minimal / "params/minimal/data/sales.csv").read_text(encoding="utf-8").splitlines()[1]


def run_twice(minimal, book):
    shutil.copytree(minimal, book)
    sales = book / "params/minimal/data/sales.csv"
    place = "params/minimal/data/sales.csv"
    archive.keep(book / "outputs/minimal", {place: sales}, {place: archive.file_digest(sales)})
    lines = sales.read_text(encoding="utf-8").splitlines()
    head, _, *rest = lines
    sales.write_text("\n".join([head, *rest, "2026-12-30,Ben,12.50"]) + "\n", encoding="utf-8")
    (book / "params/minimal/annual_target.yaml").write_text("levels: {commit: 800000}\n", encoding="utf-8")
    done = command(book, "run", "params/minimal", "--name", "second", "--quiet")
    assert done.returncode == 0, done.stderr


def sides(book):
    return [find_run(str(book / "outputs/minimal" / name)) for name in ("first", "second")]


def test_a_run_is_like_itself(minimal):
    run = find_run(str(minimal / "outputs/minimal/first"))
    found = compare(run, run)
    assert found.origin == ("none", "")
    assert moved(found.figures).empty
    assert [len(frame) for frame in (found.parameters, found.inputs, found.rows, found.versions)] == [0, 0, 0, 0]
    assert len(list(summary(found, words_of(found)))) == 3


def test_two_runs_from_the_parameters_to_the_reps(two):
    book, first = two
    found = compare(*sides(book))
    assert found.parameters["key"].tolist() == ["annual_target.levels.commit"]
    assert found.inputs.to_dict("records") == [
        {"table": "sales", "state": "changed", "rows_before": 54, "rows_after": 54, "gone": 1, "added": 1, "changed": 0}
    ]
    gone, added = found.rows.to_dict("records")
    assert gone["place"] == "params/minimal/data/sales.csv row 2"
    assert first.split(",")[0] in gone["before"]
    assert "amount 12.50" in added["after"]
    assert added["place"] == "params/minimal/data/sales.csv row 55"
    total = found.figures[found.figures["part"] == "quota_total"].iloc[0]
    assert (total["before"], total["after"]) == (780_000_00 * 1.05, 800_000_00 * 1.05)
    years = found.figures[found.figures["part"] == "quota"]
    assert years["change"].sum() == total["change"]


def test_what_the_store_lacks_is_said(two, tmp_path):
    book = tmp_path / "book"
    shutil.copytree(two[0], book)
    shutil.rmtree(book / "outputs/minimal/inputs")
    found = compare(*sides(book))
    assert found.inputs["state"].tolist() == ["not_kept"]
    assert any("not kept" in line for line in summary(found, words_of(found)))


def test_formatting_alone_is_no_change(two, tmp_path):
    book = tmp_path / "book"
    shutil.copytree(two[0], book)
    run = find_run(str(book / "outputs/minimal/second"))
    sales = book / "params/minimal/data/sales.csv"
    lines = sales.read_text(encoding="utf-8").splitlines()
    rows = [line.replace("-", "/").replace(",", " , ") for line in lines[:0:-1]]
    place = "params/minimal/data/sales.csv"
    archive.keep(book / "outputs/minimal", {place: sales}, {place: archive.file_digest(sales)})
    sales.write_text("\n".join([lines[0], *rows]) + "\n", encoding="utf-8")
    shutil.copytree(run.folder, run.folder.with_name("third"))
    manifest = archive.read_manifest(run.folder)
    manifest["inputs"][place] = archive.file_digest(sales)
    archive.write_manifest(run.folder.with_name("third"), manifest)
    found = compare(run, find_run(str(book / "outputs/minimal/third")))
    assert found.inputs["state"].tolist() == ["alike"]


def test_the_command_leaves_a_page_and_tables(two):
    book, _ = two
    done = command(book, "compare", "minimal/first", "minimal/second")
    assert done.returncode == 0, done.stderr
    folder = book / "outputs/minimal/compared/first..second"
    names = ("figures", "inputs", "parameters", "rows", "steps", "versions")
    assert sorted(path.name for path in folder.iterdir()) == [*(f"compare_{name}.csv" for name in names), "index.html"]
    html = (folder / "index.html").read_text(encoding="utf-8")
    assert html.count("<svg") == 2
    assert html.index("<svg") < html.index("<table")
    figures = pd.read_csv(folder / "compare_figures.csv")
    level = figures[figures["part"] == "level"].iloc[0]
    assert (level["before"], level["after"], level["change"]) == (780000, 800000, 20000)
    data = json.loads(command(book, "compare", "minimal/first", "minimal/second", "--json").stdout)
    assert data["origin"]["kind"] == "several"
    assert len(data["moved"]) + data["same"] == len(figures)
    assert data["page"] == "outputs/minimal/compared/first..second/index.html"


@pytest.mark.parametrize("text", ["minimal/none", "none", ""])
def test_no_such_run(minimal, monkeypatch, text):
    monkeypatch.chdir(minimal)
    with pytest.raises(PlanError) as error:
        find_run(text)
    assert [fault.code for fault in error.value.faults] == ["run_unknown"]


def test_a_run_is_found_by_name_from_below_and_by_path(minimal, monkeypatch):
    monkeypatch.chdir(minimal / "params" / "minimal")
    assert find_run("minimal/first").folder == find_run(str(minimal / "outputs/minimal/first")).folder
