"""What differs between two runs: parameters, rows, numbers, and where it all comes from."""

import json
import re
import shutil
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbooks import command, made_once

from salesplan import archive
from salesplan.archive import find_run
from salesplan.comparing import compare, summary, words_of
from salesplan.comparing.causes import chain, origin, tables_moved
from salesplan.comparing.figures import figure_changes, moved
from salesplan.comparing.pairing import LIKENESS
from salesplan.comparing.parameters import parameter_changes
from salesplan.comparing.rows import SHOWN, Shape, row_changes
from salesplan.comparing.saying import causes, heading, most
from salesplan.errors import PlanError
from salesplan.params import load
from salesplan.params.schema import meanings
from salesplan.tables.contract import SPECS
from salesplan.terms import MODELS
from salesplan.wording import LANGUAGES, Words

EN, ZH = Words("en"), Words("zh")

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


def cells_of(found):
    rows = found.rows[found.rows["change"] == "changed"]
    return rows[["row", "key", "column", "before", "after", "difference"]].to_numpy().tolist()


def test_with_keys_a_changed_row_tells_its_columns():
    shape = Shape(keys=("key",), money=("amount",))
    found = row_changes(rows_of(A, B, C), rows_of(C, ("b", 250, "z"), ("d", 1, "")), shape)
    assert (found.gone, found.added, found.changed) == (1, 1, 1)
    assert cells_of(found) == [[1, "b", "amount", "2.00", "2.50", "+0.50"], [1, "b", "note", "y", "z", ""]]
    assert found.amount == (300 + 250 + 1) - (100 + 200 + 300)


def test_keys_that_stand_there_twice_are_no_keys():
    found = row_changes(rows_of(A, ("a", 5, "")), rows_of(A, ("a", 6, ""), ("a", 7, "")), Shape(keys=("key",)))
    assert (found.gone, found.added, found.changed) == (1, 2, 0)


SALES = ("order", "product", "date", "customer", "rep", "amount")


def sales(*rows):
    return rows_of(*rows, columns=SALES)


PAINT = ("D1", "paint", "2027-01-05", "C1", "R1", 10_00)
GLUE = ("D1", "glue", "2027-01-05", "C1", "R1", 20_00)
CASH = (None, "paint", "2027-01-05", "C1", "R1", 30_00)


def but(row, **cells):
    return tuple(cells.get(name, found) for name, found in zip(SALES, row, strict=True))


@pytest.mark.parametrize(
    ("before", "after", "counts", "cells"),
    [
        pytest.param([PAINT, GLUE], [GLUE, but(PAINT, amount=15_00)], (0, 0, 1),
                     [[1, "D1 \u00b7 paint", "amount", "10.00", "15.00", "+5.00"]], id="by order and product"),
        pytest.param([PAINT], [but(PAINT, product="glue")], (0, 0, 1),
                     [[0, "D1 \u00b7 2027-01-05 \u00b7 C1 \u00b7 R1", "product", "paint", "glue", ""]],
                     id="all but one column"),
        pytest.param([CASH], [but(CASH, amount=29_00)], (0, 0, 1),
                     [[0, "2027-01-05 \u00b7 C1 \u00b7 paint \u00b7 R1", "amount", "30.00", "29.00", "-1.00"]],
                     id="without an order by date, customer, product and rep"),
        pytest.param([PAINT], [but(PAINT, order="D2", amount=99_00)], (1, 1, 0), [], id="another order is another row"),
        pytest.param([PAINT], [but(PAINT, product="glue", amount=1)], (1, 1, 0), [], id="another line of the order"),
        pytest.param([PAINT, GLUE, CASH], [CASH, but(GLUE, amount=21_00), but(PAINT, order="D9", date="2027-02-01")],
                     (1, 1, 1), [[1, "D1 \u00b7 glue", "amount", "20.00", "21.00", "+1.00"]], id="all three kinds"),
    ],
)  # fmt: skip
def test_without_keys_a_changed_row_is_found_by_what_tells_which_is_meant(before, after, counts, cells):
    found = row_changes(sales(*before), sales(*after), Shape(likeness=LIKENESS["sales"], money=("amount",)))
    assert (found.gone, found.added, found.changed) == counts
    assert cells_of(found) == cells
    assert found.amount == sum(row[-1] for row in after) - sum(row[-1] for row in before)


def test_rows_that_agree_are_paired_in_the_order_of_rows():
    before = [but(PAINT, amount=fen) for fen in (1_00, 2_00, 3_00)]
    after = [but(PAINT, amount=fen) for fen in (7_00, 8_00)]
    found = row_changes(sales(*before), sales(*after), Shape(likeness=LIKENESS["sales"], money=("amount",)))
    assert [(row[3], row[4]) for row in cells_of(found)] == [("1.00", "7.00"), ("2.00", "8.00")]
    assert (found.gone, found.added, found.changed) == (1, 0, 2)


def test_a_row_that_stands_there_twice_is_paired_twice():
    before, after = [PAINT] * 3, [but(PAINT, amount=7_00)] * 2
    found = row_changes(sales(*before), sales(*after), Shape(likeness=LIKENESS["sales"], money=("amount",)))
    assert (found.gone, found.added, found.changed) == (1, 0, 2)
    assert found.rows.loc[found.rows["change"] == "gone", "times"].tolist() == [1]


@pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if not spec.unique])
def test_every_table_without_a_key_says_what_tells_a_row(name):
    assert {column for step in LIKENESS[name] for column in step} <= set(SPECS[name].names)


@given(st.lists(st.tuples(*[st.sampled_from(("x", "y", None))] * 3, st.integers(0, 3)), max_size=12), st.data())
def test_pairing_loses_no_row(rows, data):
    other = data.draw(st.lists(st.sampled_from(rows or [("x", "x", "x", 1)]), max_size=12))
    other = [(*row[:3], data.draw(st.integers(0, 3))) for row in other]
    columns = ("order", "product", "customer", "amount")
    sides = [pa.table({name: pa.array([row[at] for row in side], pa.int64() if name == "amount" else pa.string())
                       for at, name in enumerate(columns)}) for side in (rows, other)]  # fmt: skip
    found = row_changes(*sides, Shape(likeness=LIKENESS["sales"], money=("amount",)))
    only = [Counter(one) - Counter(two) for one, two in ((rows, other), (other, rows))]
    assert [found.gone + found.changed, found.added + found.changed] == [count.total() for count in only]
    assert found.amount == sum(row[3] for row in other) - sum(row[3] for row in rows)


def test_a_million_changed_rows_are_paired_in_seconds():
    count = 500_000
    orders = pa.array(np.char.add("D", np.arange(count).astype(str)))
    sides = [pa.table({"order": orders, "product": orders, "amount": pa.array(np.arange(count) + more)})
             for more in (0, 10**7)]  # fmt: skip
    began = time.monotonic()
    found = row_changes(*sides, Shape(likeness=LIKENESS["sales"], money=("amount",)))
    assert (found.gone, found.added, found.changed, found.amount) == (0, 0, count, count * 10**7)
    assert time.monotonic() - began < 60


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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_parameter_says_what_it_means(plans, language):
    plan = f"fiscal_year: 2027\nlanguage: {language}\ninputs: {{sales: data/sales.csv}}\n"
    levels = "levels:\n  commit: 780000\n  stretch: {times: commit, factor: 1.2}\n"
    sides = [
        {"plan": plan, "annual_target": levels, "rep_allocation": "over_assignment: 0.05\n"},
        {"plan": plan, "annual_target": levels.replace("1.2", "1.3"), "rep_allocation": "over_assignment: 0.1\n"},
    ]
    found = parameter_changes(*plans(before=sides[0], after=sides[1])).set_index("key")["meaning"]
    known = {path: text for path, text, _ in meanings(MODELS["annual_target"])}
    factor = {"en": known["levels", "factor"], "zh": ZH("param.annual_target.levels.factor")}
    assert found["annual_target.levels.stretch.factor"] == factor[language]
    share = {"en": EN("param.rep_allocation.over_assignment"), "zh": ZH("param.rep_allocation.over_assignment")}
    assert found["rep_allocation.over_assignment"] == share[language]


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
    (told,) = found.inputs.to_dict("records")
    assert (told["table"], told["file"], told["state"]) == ("sales", "sales.csv", "changed")
    assert [told[name] for name in ("rows_before", "rows_after", "gone", "added", "changed")] == [54, 54, 1, 1, 0]
    assert told["amount"] == 12_50 - round(float(first.split(",")[2]) * 100)
    gone, added = found.rows.to_dict("records")
    assert gone["place"] == "params/minimal/data/sales.csv row 2"
    assert first.split(",")[0] in gone["before"]
    assert "Amount 12.50" in added["after"]
    assert added["place"] == "params/minimal/data/sales.csv row 55"
    total = found.figures[found.figures["part"] == "quota_total"].iloc[0]
    assert (total["before"], total["after"]) == (780_000_00 * 1.05, 800_000_00 * 1.05)
    years = found.figures[found.figures["part"] == "quota"]
    assert years["change"].sum() == total["change"]


def test_the_terminal_tells_first_what_moved_most(two):
    book, _ = two
    found = compare(*sides(book))
    target, quota, earned, *_ = summary(found, words_of(found))
    assert target == "Annual target, Commit: 780,000.00 → 800,000.00, +20,000.00 (+2.56%)"
    years = found.figures[found.figures["part"] == "quota"]
    first = years.iloc[0]
    assert first["change"] == years["change"].abs().max()
    assert quota.startswith("Sum of the quotas: 819,000.00 → 840,000.00, +21,000.00 (+2.56%); the largest:")
    assert f"{first['name']}: quota of the year: {first['before'] / 100:,.2f} → {first['after'] / 100:,.2f}" in quota
    assert not earned.startswith("Commission"), "no commission in this plan"


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_and_parameters_are_called_by_their_names(two, language):
    found = compare(*sides(two[0]))
    words = Words(language)
    text = "\n".join(summary(found, words))
    called = words("compare.called", name=words("table.sales"), file="sales.csv")
    assert called in text
    assert words("compare.called", name=found.parameters["meaning"].iloc[0], file="annual_target.levels.commit") in text
    assert "params/" not in text


def quota_and_pay(quota, *pay):
    rows = [(f"R{at}", "2027-01", fen, fen, 0, fen, fen) for at, fen in enumerate(pay)]
    columns = ["rep", "month", "earned", "released", "clawback", "payable", "amount_paid"]
    return {**quotas(R0=[quota]), "commission": pd.DataFrame(rows, columns=columns)}


def test_sums_of_the_pay_and_what_did_not_move(two):
    found = replace(compare(*sides(two[0])), figures=figure_changes(quota_and_pay(7, 1, 2), quota_and_pay(7, 1, 200)))
    totals = found.figures[found.figures["part"].isin(["earned_total", "payable_total"])]
    assert totals[["before", "after"]].to_numpy().tolist() == [[3, 201], [3, 201]]
    assert most(found, Words("en")) == [
        "Commission earned in all: 0.03 → 2.01, +1.98 (+6,600.00%); "
        "the largest: R1: earned: 0.02 → 2.00, +1.98 (+9,900.00%); reps that moved: 1",
        "Not moved: Sum of the quotas.",
    ]


@pytest.mark.parametrize(
    ("tables", "said", "told"),
    [
        ([], "The numbers of both runs are the same", []),
        (["commission_corrections"], "The main numbers are the same; tables that differ: 1",
         ["Commission: 1 of 1 tables moved (Corrections of closed months)."]),
        ([f"commission_{n}" for n in "abcd"], "The main numbers are the same; tables that differ: 4",
         ["Commission: 4 of 4 tables moved (commission_a, commission_b, commission_c and others)."]),
    ],
)  # fmt: skip
def test_tables_that_differ_are_named_where_no_main_number_moved(two, tables, said, told):
    same = figure_changes(quotas(R0=[1]), quotas(R0=[1]))
    steps = chain(parameters(), tables, {f"tables/{name}.csv": "" for name in tables})
    found = replace(compare(*sides(two[0])), figures=same, steps=steps)
    assert heading(found, EN) == said
    assert [line for line in causes(found, EN) if "moved (" in line] == told


def test_every_table_of_the_contract_has_a_name():
    for language in LANGUAGES:
        assert [name for name in SPECS if not Words(language).get(f"table.{name}")] == []


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
    assert re.findall(r'<figcaption>(.*?)</figcaption><svg[^>]* aria-label="(.*?)"', html) == [
        (title, title) for title in re.findall(r"<figcaption>(.*?)</figcaption>", html)
    ], "a narrow page shows each chart's title as text"
    assert html.count("<figcaption>") == 2
    assert html.index(EN("compare.inputs")) < html.index(EN("compare.part_quota"))
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
