"""Once a plan is signed, months go on from it: steps 1 to 3 as they were signed, 4 and 5 on the actuals."""

import json
import shutil

import pytest
from stub_steps import Silent, made, plant, stubbed
from workbooks import command, copy_workbook, made_once, without_charts

from salesplan import PLANNED, STEPS, archive
from salesplan.errors import PlanError
from salesplan.explaining import planned_by
from salesplan.inputs import check
from salesplan.pipeline.changed_lines import lines_since
from salesplan.pipeline.predecessors import predecessors
from salesplan.pipeline.replay import origins, replay
from salesplan.pipeline.request import Request
from salesplan.pipeline.unchanged import unchanged
from salesplan.signing import Asked, sign
from salesplan.tables.outputs import read

APPROVALS = "approvals: {plan: [finance, general_manager]}\n"
APRIL = "2027-04-07,Anna,40000.00\n2027-04-30,Ben,30000.00\n"


def outputs_of(workbook):
    return workbook / "outputs" / "minimal"


def plan_of(workbook):
    return workbook / "params" / "minimal"


def append(path, text):
    path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + text, encoding="utf-8")


def sign_plan(workbook, name):
    for role, by in (("finance", "Li"), ("general_manager", "Wang")):
        sign(archive.find_run(name, outputs_of(workbook)), Asked("plan", role, by))


def states(run):
    return {stem: entry["state"] for stem, entry in run.manifest["steps"].items()}


def refusals(workbook, **options):
    with pytest.raises(PlanError) as error:
        made(workbook, **options)
    return [(fault.code, fault.place) for fault in error.value.faults]


# ---------------------------------------------------------------- with steps that are stubs


@pytest.fixture
def signed(tmp_path):
    """A workbook of stubs whose run `plan` is signed by all."""
    workbook = plant(tmp_path)
    append(plan_of(workbook) / "plan.yaml", APPROVALS)
    with stubbed(workbook):
        made(workbook, name="plan")
        sign_plan(workbook, "plan")
        yield workbook


def test_steps_one_to_three_come_from_the_signed_plan(signed):
    run = made(signed, name="april")
    assert run.manifest["plan_run"]["run"] == "plan"
    assert {run.manifest["steps"][stem]["from"] for stem in PLANNED} == {"plan"}
    assert f"from the signed plan {'plan'}" in (run.folder / "index.html").read_text(encoding="utf-8")


def test_before_all_have_signed_nothing_is_settled(tmp_path):
    workbook = plant(tmp_path)
    append(plan_of(workbook) / "plan.yaml", APPROVALS)
    with stubbed(workbook):
        made(workbook, name="plan")
        sign(archive.find_run("plan", outputs_of(workbook)), Asked("plan", "finance", "Li"))
        assert made(workbook, name="april").manifest["plan_run"] is None


def test_a_signed_plan_stands_even_where_all_is_made_fresh(signed):
    run = made(signed, name="april", fresh=True)
    assert states(run) == dict.fromkeys(PLANNED, "taken_over") | dict.fromkeys(STEPS[3:], "done")


def test_replanning_executes_every_step(signed):
    run = made(signed, name="anew", replan=True, fresh=True)
    assert run.manifest["plan_run"] is None
    assert set(states(run).values()) == {"done"}


def test_a_later_what_if_does_not_lend_its_steps(signed):
    made(signed, name="trial", replan=True, changes={"seasonal_split.method": "even"})
    run = made(signed, name="april", first="commission")
    assert {run.manifest["steps"][stem]["from"] for stem in PLANNED} == {"plan"}


def test_what_the_plan_settles_cannot_be_changed_on_the_way(signed):
    changes = {"annual_target.levels.commit": "900000", "seasonal_split.method": "even", "commission.plans": "[]"}
    assert refusals(signed, changes=changes) == [
        ("plan_signed", "--set annual_target.levels.commit"),
        ("plan_signed", "--set seasonal_split.method"),
    ]


def test_what_months_and_money_rest_on_cannot_be_changed_on_the_way(signed):
    file = plan_of(signed) / "plan.yaml"
    file.write_text(file.read_text().replace("display_unit: thousand", "display_unit: million\nmoney_unit: 1"))
    found = refusals(signed)
    assert [(code, place.rpartition(" ")[2]) for code, place in found] == [
        ("plan_fixed", "money_unit"),
        ("plan_fixed", "display_unit"),
    ]


def test_an_altered_plan_is_no_plan(signed):
    append(outputs_of(signed) / "plan" / "tables" / "stub_annual_target.csv", "1\n")
    assert refusals(signed) == [("plan_altered", "plan")]
    assert made(signed, replan=True).state == "complete"


def test_parameters_edited_after_the_signatures_are_told_and_not_used(signed):
    file = plan_of(signed) / "annual_target.yaml"
    was = file.read_bytes()
    file.write_text(file.read_text().replace("780000", "900000"))
    run = made(signed, name="april")
    assert (run.folder / "params" / "annual_target.yaml").read_bytes() == was
    assert "differs from the signed plan plan" in (run.folder / "index.html").read_text(encoding="utf-8")
    assert sign(run, Asked("plan", "finance", "Li")).chain.next == "general_manager"


def test_nothing_is_said_to_be_unchanged_once_a_plan_is_signed(signed):
    request = Request(plan_of(signed))
    assert unchanged(request) is None
    run = made(signed)
    assert unchanged(request).name == run.name
    assert unchanged(Request(plan_of(signed), replan=True)) is None
    file = plan_of(signed) / "annual_target.yaml"
    append(file, "# a word\n")
    assert unchanged(request).name == run.name


def test_a_run_cut_short_before_the_signatures_is_not_resumed_on_the_plan(tmp_path):
    workbook = plant(tmp_path)
    append(plan_of(workbook) / "plan.yaml", APPROVALS)
    with stubbed(workbook):
        made(workbook, name="plan")
        cut = made(workbook, name="cut", fresh=True).folder
        unfinished = outputs_of(workbook) / archive.UNFINISHED / "cut"
        unfinished.parent.mkdir(exist_ok=True)
        cut.rename(unfinished)
        sign_plan(workbook, "plan")
        assert refusals(workbook, resume="cut") == [("resume_changed", "plan_run")]


def test_what_a_what_if_changed_stays_where_it_was_signed(tmp_path):
    workbook = plant(tmp_path)
    append(plan_of(workbook) / "plan.yaml", APPROVALS)
    with stubbed(workbook):
        made(workbook, name="plan", changes={"annual_target.levels.commit": "800000"})
        sign_plan(workbook, "plan")
        run = made(workbook, name="april")
    assert run.manifest["changes"] == {} and not run.what_if
    assert run.all_changes == {"annual_target.levels.commit": "800000"}


# ---------------------------------------------------------------- the review before


def test_the_review_before_is_the_newest_of_the_latest_earlier_month_end_on_the_same_plan(tmp_path):
    outputs = tmp_path / "outputs" / "shop"

    def put(name, number, as_of, **more):
        folder = outputs / name
        folder.mkdir(parents=True)
        common = {"state": "complete", "fiscal_year": 2027, "content": "c", "plan_run": {"run": "p"}}
        archive.write_manifest(folder, common | {"number": number, "as_of": as_of} | more)
        return archive.Run(folder, archive.read_manifest(folder))

    plan = put("p", 1, None, plan_run=None)
    put("february", 2, "2027-02-28")
    put("march", 3, "2027-03-31")
    put("march-again", 4, "2027-03-31")
    put("february-again", 5, "2027-02-28")
    put("other-plan", 6, "2027-03-31", plan_run={"run": "q"})
    put("trial", 7, "2027-03-31", changes={"commission.plans": "[]"})
    put("april", 8, "2027-04-30")
    found = {end: predecessors(outputs, 2027, end, plan).review for end in ("2027-02-28", "2027-04-30", "2027-05-31")}
    assert {end: run and run.name for end, run in found.items()} == {
        "2027-02-28": None, "2027-04-30": "march-again", "2027-05-31": "april",
    }  # fmt: skip
    assert predecessors(outputs, 2027, None, plan).review is None


# ---------------------------------------------------------------- with the steps themselves


def _signed_year(folder):
    """A workbook whose minimal plan is made as of February, signed, and reviewed as of March and April."""
    workbook = without_charts(copy_workbook(folder, "minimal"), 1, 2, 3, 4)
    plan = plan_of(workbook)
    append(plan / "plan.yaml", APPROVALS)
    for name, as_of in (("plan", "2027-02-28"), ("march", "2027-03-31"), ("april", "2027-04-30")):
        if name == "april":
            append(plan / "data" / "sales.csv", APRIL)
            append(plan / "rep_allocation.yaml", "over_assignment: 0.1\n")
        done = command(workbook, "run", "params/minimal", "--name", name, "--as-of", as_of)
        assert done.returncode == 0, done.stderr
        if name == "plan":
            sign_plan(workbook, name)


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    return made_once(tmp_path_factory, "signed-year", _signed_year)


def test_the_months_after_keep_the_tables_that_were_signed(year):
    plan, april = (outputs_of(year) / name for name in ("plan", "april"))
    kept = [path.name for path in sorted((plan / "tables").glob("*.csv")) if path.name.startswith(PLANNED)]
    assert len(kept) > 20
    assert all((plan / "tables" / name).read_bytes() == (april / "tables" / name).read_bytes() for name in kept)
    assert "2027-04" in (april / "tables" / "variance_review.csv").read_text(encoding="utf-8-sig")


def test_every_page_says_which_plan_it_goes_on_from(year):
    for page in (outputs_of(year) / "april").glob("*.html"):
        assert "targets and quotas from the signed plan plan" in page.read_text(encoding="utf-8"), page.name
    index = (outputs_of(year) / "april" / "index.html").read_text(encoding="utf-8")
    assert "steps 1 to 3 keep the parameters that were signed" in index


def test_a_review_keeps_the_tables_of_the_one_before(year):
    march, april = (outputs_of(year) / name for name in ("march", "april"))
    assert archive.read_manifest(april)["review_before"]["run"] == "march"
    assert archive.read_manifest(march)["review_before"]["run"] == "plan"
    name = "variance_review_revision.csv"
    assert (april / "previous" / name).read_bytes() == (march / "tables" / name).read_bytes()


def test_the_orders_behind_a_changed_month_are_found_in_the_archive(year, tmp_path):
    shutil.copytree(year, tmp_path / "year")
    sales = plan_of(tmp_path / "year") / "data" / "sales.csv"
    march = archive.find_run("march", outputs_of(tmp_path / "year"))
    as_of = {"variance_review.as_of": "2027-04-30"}
    assert lines_since(march, check(plan_of(tmp_path / "year"), as_of)).empty
    text = sales.read_text(encoding="utf-8").replace("2027-01-08,Anna,30226.00", "2027-01-08,Anna,20226.00")
    sales.write_text(text.replace("2027-01-17,Ben", "2027-01-17,Anna"), encoding="utf-8")
    found = lines_since(march, check(plan_of(tmp_path / "year"), as_of))
    assert found[["month", "rep", "amount_before", "amount_now"]].to_numpy().tolist() == [
        ["2027-01", "Anna", 0, 2_041_400],
        ["2027-01", "Ben", 2_041_400, 0],
        ["2027-01", "Anna", 3_022_600, 2_022_600],
    ]
    shutil.rmtree(outputs_of(tmp_path / "year") / "inputs")
    assert lines_since(march, check(plan_of(tmp_path / "year"), as_of)).empty


def test_a_review_is_made_again_from_what_it_keeps(year, tmp_path):
    shutil.copytree(outputs_of(year), tmp_path / "outputs" / "minimal")
    run = archive.find_run("april", tmp_path / "outputs" / "minimal")
    assert [fault.code for fault in origins(run)] == ["replay_plan"]
    shutil.rmtree(tmp_path / "outputs" / "minimal" / "plan")
    assert replay(run, Silent()) == []


def test_a_quota_is_explained_from_the_signed_plan_and_pay_from_the_run(year, tmp_path):
    shutil.copytree(year, tmp_path / "year")
    outputs = outputs_of(tmp_path / "year")
    april = archive.find_run("april", outputs)
    assert planned_by(april).name == "plan"
    done = command(tmp_path / "year", "explain", "minimal/april", "--rep", "Anna", "--month", "2027-04", "--json")
    assert done.returncode == 0, done.stderr
    table = read(outputs / "april" / "tables" / "rep_allocation.csv", "rep_allocation")
    own = table[(table["rep"] == "Anna") & (table["month"] == "2027-04")]
    assert json.loads(done.stdout)["amount"] == f"{own['amount'].sum() / 100:.2f}"
    shutil.rmtree(outputs / "plan")
    with pytest.raises(PlanError) as error:
        planned_by(april)
    assert [(fault.code, fault.value) for fault in error.value.faults] == [("explain_plan_gone", "plan")]
