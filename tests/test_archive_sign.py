"""`salesplan sign`: chains in order, bound to the run, recorded in its signatures and in the register."""

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_archive import PLAN, SALES, make_plan, make_run, params_of, put
from workbooks import command

from salesplan import archive
from salesplan.archive import register, signatures, standing
from salesplan.archive.verifying import verify
from salesplan.errors import PlanError
from salesplan.report import listing
from salesplan.signing import Asked, sign
from salesplan.wording import Words
from salesplan.wording.messages import message

CHAIN = (("marketing", "Zhang"), ("finance", "Li"), ("general_manager", "Wang"))
EN = Words("en")


@pytest.fixture
def outputs(tmp_path):
    """The runs of a plan: one, named `first`, unsigned."""
    outputs = make_plan(tmp_path)
    make_run(outputs)
    return outputs


def signed(outputs, role, by, *, run="first", document="plan", reference=None):
    return sign(archive.find_run(run, outputs), Asked(document, role, by, reference))


def sign_all(outputs, run="first"):
    for role, by in CHAIN:
        signed(outputs, role, by, run=run)


def refused(outputs, role, by, **options):
    """The faults of a signature that is not given; nothing is written for it."""
    before = {path: path.read_bytes() for path in outputs.rglob("*") if path.is_file() and ".lock" not in path.name}
    with pytest.raises(PlanError) as error:
        signed(outputs, role, by, **options)
    after = {path: path.read_bytes() for path in outputs.rglob("*") if path.is_file() and ".lock" not in path.name}
    assert before == after
    return error.value.faults


def codes(faults):
    return [fault.code for fault in faults]


def run_folder(outputs, name="first"):
    return outputs / name


# ---------------------------------------------------------------- in order


def test_a_chain_is_signed_in_order_and_is_bound(outputs):
    folder = run_folder(outputs)
    before = archive.files_of(folder), archive.seal_of(folder)
    found = [signed(outputs, role, by, reference="OA-7" if role == "finance" else None) for role, by in CHAIN]
    assert [one.chain.next for one in found] == ["finance", "general_manager", None]
    entries = json.loads((folder / "signatures.json").read_text(encoding="utf-8"))
    assert entries == [one.entry for one in found]
    assert [(e["document"], e["role"], e["by"], e["reference"]) for e in entries] == [
        ("plan", "marketing", "Zhang", None), ("plan", "finance", "Li", "OA-7"),
        ("plan", "general_manager", "Wang", None),
    ]  # fmt: skip
    assert {(e["content"], e["manifest"]) for e in entries} == {
        (archive.read_manifest(folder)["content"], archive.seal_of(folder))
    }
    assert [e["former"] for e in entries] == [None, entries[0]["hash"], entries[1]["hash"]]
    assert not any(e["authenticated"] for e in entries)
    assert (archive.files_of(folder), archive.seal_of(folder)) == before
    assert verify(archive.find_run("first", outputs)).wrong == []


def test_documents_have_chains_of_their_own_in_one_list(outputs):
    signed(outputs, "marketing", "Zhang")
    signed(outputs, "general_manager", "Wang", document="performance")
    signed(outputs, "finance", "Li")
    signed(outputs, "hr", "Zhang", document="performance")
    entries = signatures.read(run_folder(outputs))
    assert [entry["document"] for entry in entries] == ["plan", "performance", "plan", "performance"]
    assert [entry["former"] for entry in entries[1:]] == [entry["hash"] for entry in entries[:-1]]
    chains = signatures.chains(archive.find_run("first", outputs))
    assert (chains["plan"].next, chains["performance"].complete) == ("general_manager", True)


def test_out_of_order_says_who_is_next(outputs):
    (fault,) = refused(outputs, "general_manager", "Wang")
    assert fault.code == "sign_order"
    assert "the next is marketing (Marketing)" in message(fault, EN)
    signed(outputs, "marketing", "Zhang")
    (fault,) = refused(outputs, "general_manager", "Wang")
    assert "signed so far: marketing (Marketing); the next is finance (Finance)" in message(fault, EN)


def test_a_role_signs_once(outputs):
    sign_all(outputs)
    (fault,) = refused(outputs, "finance", "Sun")
    assert fault.code == "sign_already"
    assert "by Li" in message(fault, EN)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        pytest.param("Zhang San", "Zhang San", id="the same"),
        pytest.param("Zhang San", "  zhang   SAN ", id="case and blanks"),
        pytest.param("Zhang San", "\uff3a\uff48\uff41\uff4e\uff47\u3000\uff33\uff41\uff4e", id="full width"),
        pytest.param("\u5f20\u4e09", "\u5f20 \u4e09", id="blank between characters"),
        pytest.param("Stra\u00dfe", "STRASSE", id="sharp s"),
    ],
)
def test_a_person_signs_once_in_a_chain(outputs, first, again):
    signed(outputs, "marketing", first)
    (fault,) = refused(outputs, "finance", again)
    assert fault.code == "sign_twice"
    assert "as marketing" in message(fault, EN)


@given(name=st.text(min_size=1))
def test_a_name_is_its_own_person(name):
    assert signatures.same_person(name, f" {name.upper().lower()}\t") or name.upper().lower() != name
    assert signatures.same_person(name, name + "\u3000")
    assert not signatures.same_person(name, name + "x")


def test_a_role_may_be_given_by_what_people_call_it(outputs):
    assert signed(outputs, "\u5e02\u573a\u90e8", "Zhang").entry["role"] == "marketing"
    assert signed(outputs, " Finance ", "Li").entry["role"] == "finance"


# ---------------------------------------------------------------- words that are wrong


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(("plam", "marketing", "Zhang"), ["--document one_of plan"], id="unknown document"),
        pytest.param(("plan", "finanse", "Zhang"), ["--as one_of finance"], id="unknown role"),
        pytest.param(("plan", "Markting", "Zhang"), ["--as one_of marketing"], id="role nearly as people call it"),
        pytest.param(("plan", "hr", "Zhang"), ["--as one_of "], id="role of another chain"),
        pytest.param(("commission", "hr", "Zhang"), ["params/shop/plan.yaml: approvals.commission sign_no_chain "],
                     id="document nobody signs"),
        pytest.param(("plan", "marketing", " "), ["--by text_needed "], id="no name"),
        pytest.param(("plan", "marketing", "Li\u200bNa"), ["--by text_printable "], id="invisible character"),
        pytest.param(("plan", "marketing", "Li\u202eNa"), ["--by text_printable "], id="right to left"),
        pytest.param(("plan", "marketing", "Li\udc80"), ["--by text_printable "], id="no text"),
        pytest.param(("plan", "marketing", "x" * 201), ["--by text_short "], id="too long"),
        pytest.param(("plan", "marketing", "Zhang", ""), ["--reference text_needed "], id="empty reference"),
        pytest.param(("plan", "x", "", "\0"), ["--as one_of ", "--by text_needed ", "--reference text_printable "],
                     id="all at once"),
    ],
)  # fmt: skip
def test_wrong_words_are_told_with_what_is_known(outputs, asked, expected):
    document, role, by, *rest = asked
    faults = refused(outputs, role, by, document=document, reference=rest[0] if rest else None)
    assert [f"{fault.place} {fault.code} {fault.values.get('nearest', '')}" for fault in faults] == expected


def test_a_name_is_kept_as_one_line(outputs):
    assert signed(outputs, "marketing", "  Li\n  Na ").entry["by"] == "Li Na"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=1+1", "{{ 7*7 }}", "{by}", '"', "\\", "\u738b\u654f"])
def test_hostile_names_are_text_everywhere(outputs, name):
    signed(outputs, "marketing", name, reference=name)
    page = (outputs / "index.html").read_text(encoding="utf-8")
    assert page.count("<script") == 1 and "<script data-filter=" in page, "the one of ours"
    assert verify(archive.find_run("first", outputs)).wrong == []
    (row,) = listing.rows(outputs, EN)
    assert name in listing.signature_lines(row, EN)[0]


# ---------------------------------------------------------------- the run


@pytest.mark.parametrize("state", ["partial", "incomplete"])
def test_only_a_complete_run_is_signed(outputs, state):
    make_run(outputs, "second", state=state)
    assert codes(refused(outputs, "marketing", "Zhang", run="second")) == ["sign_not_complete"]


def test_an_altered_run_is_not_signed(outputs):
    put(run_folder(outputs) / "tables" / "annual_target.csv", b"level,value\ncommit,9\n")
    put(run_folder(outputs) / "x", b"")
    assert codes(refused(outputs, "marketing", "Zhang")) == ["verify_changed", "verify_added"]


def test_a_chain_with_a_signature_taken_away_is_not_continued(outputs):
    signed(outputs, "marketing", "Zhang")
    (run_folder(outputs) / "signatures.json").unlink()
    assert codes(refused(outputs, "marketing", "Zhang")) == ["signature_removed"]


def test_a_copy_outside_the_archive_is_not_signed(outputs, tmp_path):
    shutil.copytree(run_folder(outputs), tmp_path / "copy" / "first")
    with pytest.raises(PlanError) as error:
        sign(archive.find_run(str(tmp_path / "copy" / "first")), Asked("plan", "marketing", "Zhang"))
    assert codes(error.value.faults) == ["sign_elsewhere"]


def test_one_process_signs_at_a_time(outputs):
    with archive.lock(outputs):
        assert codes(refused(outputs, "marketing", "Zhang")) == ["locked"]


def test_the_chain_is_that_of_the_plan_as_run(outputs):
    plan = params_of(outputs) / "plan.yaml"
    signed(outputs, "marketing", "Zhang")
    plan.write_text(PLAN.replace("plan: [marketing, finance, general_manager]", "plan: [marketing]"))
    assert signed(outputs, "finance", "Li").chain.next == "general_manager"


def test_what_was_changed_for_the_run_stands_in_the_signature(outputs):
    changes = {"annual_target.levels.commit": "1300"}
    make_run(outputs, "second", changes=changes)
    assert signed(outputs, "marketing", "Zhang", run="second").entry["changes"] == changes
    (row, *_) = listing.rows(outputs, EN)
    assert "parameters changed by --set: 1" in " ".join(listing.signature_lines(row, EN))


def test_a_change_may_replace_the_chain(outputs):
    make_run(outputs, "second", changes={"plan.approvals.plan": "[ceo]"})
    assert signed(outputs, "ceo", "Wang", run="second").chain.complete


@pytest.mark.parametrize("before", [(), ("marketing",)], ids=["first", "second"])
def test_a_signature_that_cannot_be_registered_is_not_kept(outputs, monkeypatch, before):
    for role in before:
        signed(outputs, role, "Zhang")

    def full(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr(register, "note", full)
    with pytest.raises(OSError, match="no space"):
        signed(outputs, "finance" if before else "marketing", "Li")
    assert len(signatures.read(run_folder(outputs))) == len(before)
    assert verify(archive.find_run("first", outputs)).wrong == []


def test_a_signature_written_when_the_machine_stopped_is_registered_by_the_next(outputs):
    signed(outputs, "marketing", "Zhang")
    path = outputs / register.REGISTER
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert codes(verify(archive.find_run("first", outputs)).damage) == ["signature_unregistered"]
    signed(outputs, "finance", "Li")
    assert verify(archive.find_run("first", outputs)).wrong == []


def test_a_run_complete_when_the_machine_stopped_is_registered_by_the_next_command(outputs):
    (outputs / register.REGISTER).unlink()
    register.catch_up(outputs)
    assert register.read(outputs) is None, "runs of earlier releases have no number and stay as they are"
    manifest = archive.read_manifest(run_folder(outputs))
    archive.write_manifest(run_folder(outputs), {**manifest, "number": 1})
    register.catch_up(outputs)
    assert register.read(outputs).run("first")["manifest"] == archive.seal_of(run_folder(outputs))
    lines = (outputs / register.REGISTER).read_bytes()
    register.catch_up(outputs)
    assert (outputs / register.REGISTER).read_bytes() == lines


# ---------------------------------------------------------------- files that are no longer those of the run


CHANGED = {
    "a row added": (lambda plan: put(plan / "data" / "sales.csv", (SALES + "2027-01-05,5,B1\n").encode()),
                    ["params/shop/data/sales.csv"]),
    "a parameter": (lambda plan: put(plan / "annual_target.yaml", b"levels: {commit: 1}\n"),
                    ["params/shop/annual_target.yaml"]),
    "a comment": (lambda plan: put(plan / "plan.yaml", (PLAN + "# x\n").encode()), ["params/shop/plan.yaml"]),
    "a file more": (lambda plan: put(plan / "commission.yaml", b"{}\n"), ["params/shop/commission.yaml"]),
    "a file less": (lambda plan: (plan / "annual_target.yaml").unlink(), ["params/shop/annual_target.yaml"]),
    "an input less": (lambda plan: (plan / "data" / "sales.csv").unlink(), ["params/shop/data/sales.csv"]),
    "no plan": (shutil.rmtree, ["params/shop"]),
    "two at once": (lambda plan: (put(plan / "plan.yaml", b"x: ["), put(plan / "data" / "sales.csv", b"date\n")),
                    ["params/shop/data/sales.csv", "params/shop/plan.yaml"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_the_first_signature_asks_for_the_files_of_the_run(outputs, name):
    act, expected = CHANGED[name]
    act(params_of(outputs))
    faults = refused(outputs, "marketing", "Zhang")
    assert [(fault.code, fault.place) for fault in faults] == [("sign_changed", place) for place in expected]


@pytest.mark.parametrize("name", CHANGED)
def test_later_signatures_go_on_and_say_what_has_changed(outputs, name):
    act, expected = CHANGED[name]
    assert signed(outputs, "marketing", "Zhang").entry["inputs_changed"] == []
    act(params_of(outputs))
    assert signed(outputs, "finance", "Li").entry["inputs_changed"] == expected
    assert codes(refused(outputs, "general_manager", "Wang", document="performance")) == ["sign_changed"] * len(
        expected
    )


# ---------------------------------------------------------------- plan of record and revisions


def made(outputs, name, day, **manifest):
    return make_run(outputs, name, created=f"2027-01-{day:02}T08:00:00+00:00", **manifest)


def test_plan_of_record_and_revision_numbers(outputs):
    assert (archive.record_of(outputs, 2027), archive.revision(outputs, 2027)) == (None, 0)
    made(outputs, "second", 10)
    signed(outputs, "marketing", "Zhang")
    assert (archive.record_of(outputs, 2027), archive.revision(outputs, 2027)) == (None, 0)
    signed(outputs, "finance", "Li")
    signed(outputs, "general_manager", "Wang")
    assert archive.record_of(outputs, 2027).name == "first"
    assert standing.revisions(outputs, 2027) == {}, "what was made before the plan was signed revises nothing"
    assert (archive.revision(outputs, 2027), archive.revision(outputs, 2028)) == (1, 0)
    made(outputs, "third", 11, state="partial", revision=1)
    made(outputs, "other year", 12, fiscal_year=2028, revision=0)
    made(outputs, "what-if", 12, revision=None)
    assert archive.revision(outputs, 2027) == 1
    made(outputs, "fourth", 13, revision=1)
    sign_all(outputs, "fourth")
    assert archive.record_of(outputs, 2027).name == "fourth"
    made(outputs, "fifth", 14, revision=2)
    assert standing.revisions(outputs, 2027) == {"fourth": 1, "fifth": 2}
    assert archive.revision(outputs, 2027) == 3


def test_a_plan_older_than_the_plan_of_record_is_not_signed(outputs):
    made(outputs, "second", 10)
    made(outputs, "next year", 1, fiscal_year=2028)
    sign_all(outputs, "second")
    (fault,) = refused(outputs, "marketing", "Zhang")
    assert (fault.code, fault.values["record"]) == ("sign_superseded", "second")
    signed(outputs, "general_manager", "Wang", document="performance")
    signed(outputs, "marketing", "Zhang", run="next year")
    made(outputs, "third", 11)
    sign_all(outputs, "third")
    assert archive.record_of(outputs, 2027).name == "third"


def test_a_signature_that_is_broken_makes_no_plan_of_record(outputs):
    sign_all(outputs)
    path = run_folder(outputs) / "signatures.json"
    path.write_text(path.read_text().replace("Wang", "Wing"))
    assert archive.record_of(outputs, 2027) is None
    (row,) = listing.rows(outputs, EN)
    assert row["chains"] is None
    assert listing.signature_lines(row, EN) == [EN("sign.broken")]
    listing.write_listing(outputs, EN)
    assert EN("sign.broken") in (outputs / "index.html").read_text(encoding="utf-8")


# ---------------------------------------------------------------- the register


def test_the_register_holds_runs_and_signatures(outputs):
    signed(outputs, "marketing", "Zhang")
    found = register.read(outputs)
    assert [event["kind"] for event in found.events] == ["run", "signature"]
    assert found.run("first")["manifest"] == archive.seal_of(run_folder(outputs))
    assert [event["by"] for event in found.signatures(found.run("first"))] == ["Zhang"]
    assert found.broken == ()


def test_a_run_that_is_not_registered_is_taken_up_by_its_first_signature(outputs):
    make_run(outputs, "second", registered=False, stored=False)
    signed(outputs, "marketing", "Zhang", run="second")
    assert register.read(outputs).run("second")["manifest"] == archive.seal_of(run_folder(outputs, "second"))
    report = verify(archive.find_run("second", outputs))
    assert report.wrong == []


@given(names=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_every_line_carries_the_hash_of_the_line_before(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("register")
    hashes = [register.note(folder, "run", run=name, manifest=str(number)) for number, name in enumerate(names)]
    if not names:
        assert register.read(folder) is None
        return
    lines = (folder / register.REGISTER).read_bytes().split(b"\n")[:-1]
    assert list(map(archive.digest, lines)) == hashes
    assert [json.loads(line)["former"] for line in lines] == [None, *hashes[:-1]]
    found = register.read(folder)
    assert ([event["run"] for event in found.events], found.broken) == (names, ())


# ---------------------------------------------------------------- the commands


def test_commands_sign_list_and_refuse(outputs):
    workbook = outputs.parents[1]
    give = ["sign", "shop/first", "--document", "plan"]
    done = command(workbook, *give, "--as", "finance", "--by", "Li")
    assert done.returncode == 2 and "the next is marketing" in done.stderr and "Traceback" not in done.stderr
    done = command(workbook, *give, "--as", "marketing", "--by", "Zhang", "--reference", "OA-1")
    assert done.returncode == 0, done.stderr
    assert "Recorded, not authenticated." in done.stdout and "Next: Finance" in done.stdout
    told = json.loads(command(workbook, *give, "--as", "finance", "--by", "Li", "--json").stdout)
    assert (told["run"], told["role"], told["next"], told["authenticated"]) == (
        "first",
        "finance",
        "general_manager",
        False,
    )
    command(workbook, *give, "--as", "general_manager", "--by", "Wang")
    listed = command(workbook, "runs", "shop").stdout.splitlines()
    assert "plan of record" in listed[0]
    assert listed[-1] == EN("sign.recorded")
    assert listed[1].strip().startswith("Sales plan: Marketing Zhang ") and "(approval OA-1)" in listed[1]
    (row,) = json.loads(command(workbook, "runs", "shop", "--json").stdout)
    assert (row["record"], row["revision"], row["state"]) == (True, None, "complete")
    assert [one["by"] for one in row["signatures"][0]["signed"]] == ["Zhang", "Li", "Wang"]
    page = (outputs / "index.html").read_text(encoding="utf-8")
    assert "plan of record" in page and "recorded, not authenticated" in page


def test_listing_stands_whatever_a_manifest_holds(outputs):
    odd = [None, 1, "x", [1], [[1]], {"x": 1}]
    for number, value in enumerate(odd):
        manifest = dict.fromkeys(("headline", "changes", "title", "as_of", "created", "fiscal_year", "cause"), value)
        put(outputs / f"odd{number}" / "manifest.json", json.dumps({"state": "complete", **manifest}).encode())
        put(outputs / f"odder{number}" / "manifest.json", json.dumps({"state": value, **manifest}).encode())
    rows = listing.rows(outputs, EN)
    assert len(rows) == 1 + 2 * len(odd)
    assert all(listing.line(row, EN) and listing.told(row) for row in rows)
    listing.write_listing(outputs, EN)
