"""`salesplan verify`: whatever happens to a run or to the archive around it is found and named, and nothing crashes."""

import json
import os
import shutil
import socket
import sys
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_archive import MONTH, close_month, make_plan, make_run, put, reseal, shown
from workbooks import command

from salesplan import archive
from salesplan.archive import register
from salesplan.archive.verifying import verify
from salesplan.errors import PlanError
from salesplan.signing import Asked, sign
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message

TABLE = "tables/annual_target.csv"
POSIX = os.name == "posix"


def looked(folder):
    return verify(archive.Run(folder, archive.read_manifest(folder)))


def told(faults):
    return sorted((fault.code, fault.place) for fault in faults)


def codes(faults):
    return {fault.code for fault in faults}


@pytest.fixture
def outputs(tmp_path):
    """The runs of a plan with a closed month and one signed run, `first`."""
    outputs = make_plan(tmp_path)
    folder = make_run(outputs, inputs=close_month(outputs))
    for role, name in (("marketing", "Zhang"), ("finance", "Li")):
        sign(archive.find_run(str(folder)), Asked("plan", role, name))
    return outputs


@pytest.fixture
def first(outputs):
    return outputs / "first"


def test_an_untouched_run_is_intact(first):
    report = looked(first)
    assert (report.wrong, report.notices) == ([], [])
    assert report.files == 6
    assert report.size == sum(path.stat().st_size for path in first.rglob("*") if path.is_file())


# ---------------------------------------------------------------- files of the run


def change(path):
    path.write_bytes(path.read_bytes().replace(b"1200", b"1300"))


def cut(path):
    path.write_bytes(path.read_bytes()[:-4])


def rename(path):
    path.rename(path.with_name("other.csv"))


def link(path):
    kept = path.with_name(".kept")
    path.rename(kept)
    shutil.move(kept, path.parents[3] / "elsewhere")
    path.symlink_to(path.parents[3] / "elsewhere")


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def door(path):
    path.unlink()
    os.chdir(path.parent)  # names of sockets must be short
    socket.socket(socket.AF_UNIX).bind(path.name)


def folder_instead(path):
    path.unlink()
    path.mkdir()


DONE_TO_A_TABLE = {
    "changed": (change, [("verify_changed", TABLE)]),
    "cut": (cut, [("verify_cut", TABLE)]),
    "emptied": (lambda path: path.write_bytes(b""), [("verify_cut", TABLE)]),
    "longer": (lambda path: path.write_bytes(path.read_bytes() + b"\n"), [("verify_changed", TABLE)]),
    "removed": (lambda path: path.unlink(), [("verify_missing", TABLE)]),
    "renamed": (rename, [("verify_renamed", TABLE)]),
    "added": (lambda path: put(path.with_name("x.csv"), b"1\n"), [("verify_added", "tables/x.csv")]),
    "added hidden": (lambda path: put(path.with_name(".x"), b""), [("verify_added", "tables/.x")]),
    "added empty folder": (lambda path: (path.parent / "x").mkdir(), [("verify_added", "tables/x/")]),
    "linked": (link, [("verify_link", TABLE)]),
    "linked to nowhere": (
        lambda path: (path.unlink(), path.symlink_to("nowhere")),
        [("verify_link", TABLE)],
    ),
    "a pipe": (pipe, [("verify_special", TABLE)]),
    "a socket": (door, [("verify_special", TABLE)]),
    "a folder": (folder_instead, [("verify_added", f"{TABLE}/"), ("verify_missing", TABLE)]),
    "link to itself": (
        lambda path: (path.unlink(), path.symlink_to(path.name)),
        [("verify_link", TABLE)],
    ),
    "linked folder": (
        lambda path: (path.parent / "x").symlink_to(path.parent),
        [("verify_link", "tables/x")],
    ),
}


@pytest.mark.skipif(not POSIX, reason="links and pipes")
@pytest.mark.parametrize("name", DONE_TO_A_TABLE)
def test_what_is_done_to_a_file_is_named(first, name, monkeypatch):
    monkeypatch.chdir(first)
    act, expected = DONE_TO_A_TABLE[name]
    act(first / TABLE)
    assert told(looked(first).damage) == sorted(expected)


def test_files_that_are_swapped(first):
    one, other = first / TABLE, first / "params" / "plan.yaml"
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)
    assert told(looked(first).damage) == [("verify_changed", "params/plan.yaml"), ("verify_changed", TABLE)]


def test_a_renamed_file_says_its_new_name(first):
    rename(first / TABLE)
    (fault,) = looked(first).damage
    assert "renamed to tables/other.csv" in message(fault, Words("en"))


@pytest.mark.skipif(not POSIX, reason="hard links")
def test_a_second_name_of_a_file_is_worth_a_note(first, tmp_path):
    os.link(first / TABLE, tmp_path / "other")
    report = looked(first)
    assert (report.wrong, told(report.notices)) == ([], [("verify_hard_link", TABLE)])


@pytest.mark.skipif(not POSIX or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read(first):
    (first / TABLE).chmod(0)
    assert told(looked(first).damage) == [("verify_unreadable", TABLE)]


@pytest.mark.skipif(sys.platform != "linux", reason="names of bytes that are no text")
def test_a_name_that_is_no_text(first):
    (first / os.fsdecode(b"\xff")).touch()
    (fault,) = looked(first).damage
    assert fault.code == "verify_added"


# ---------------------------------------------------------------- the manifest


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"x"', "[" * 100_000, '{"files": ' * 5000, "1" * 5000, "\ufffe", "{}"],
    ids=["empty", "cut", "list", "null", "text", "deep list", "deep mapping", "long number", "mark", "nothing in it"],
)
def test_a_manifest_that_is_none(first, text):
    (first / "manifest.json").write_text(text, encoding="utf-8")
    found = codes(looked(first).damage)
    assert "verify_manifest" in found and "verify_resealed" in found and "signature_other" in found


ODD = [None, 1, -0.5, True, "x", [], [1], {}, {"x": 1}, {"x": None}, {"../x": "y", "/etc/passwd": "z"}, "\ud800"]


@pytest.mark.parametrize("key", ["plan", "run", "state", "content", "created", "changes", "files", "inputs"])
def test_values_of_odd_types(first, key):
    manifest = archive.read_manifest(first)
    for value in ODD:
        text = json.dumps({**manifest, key: value})
        (first / "manifest.json").write_text(text)
        report = looked(first)
        assert "verify_resealed" in codes(report.damage), value
        archive.runs(first.parent)
        for fault in report.wrong:
            for language in LANGUAGES:
                assert message(fault, Words(language))


def test_a_field_that_is_missing_is_named(first):
    manifest = archive.read_manifest(first)
    del manifest["files"], manifest["content"]
    archive.write_manifest(first, manifest)
    found = told(looked(first).damage)
    assert ("verify_field", "manifest.json: content") in found
    assert ("verify_field", "manifest.json: files") in found


def test_a_manifest_that_is_gone(first):
    (first / "manifest.json").unlink()
    assert ("verify_missing", "manifest.json") in told(looked(first).damage)
    assert archive.find_run(str(first)).state == "incomplete"


@pytest.mark.skipif(not POSIX, reason="pipes")
@pytest.mark.parametrize("name", ["manifest.json", "signatures.json"])
def test_a_pipe_in_place_of_a_record_is_not_waited_for(first, name):
    pipe(first / name)
    assert ("verify_special", name) in told(looked(first).damage)


# ---------------------------------------------------------------- sealed again


def test_a_run_sealed_again_is_found_by_register_signatures_and_pages(first):
    change(first / TABLE)
    reseal(first)
    assert told(looked(first).damage) == [
        ("signature_other", "signatures.json: [1]"),
        ("signature_other", "signatures.json: [2]"),
        ("verify_mark", "index.html"),
        ("verify_resealed", "manifest.json"),
    ]


def test_a_list_of_files_written_anew_does_not_fit_the_content_hash(first):
    change(first / TABLE)
    manifest = archive.read_manifest(first)
    archive.write_manifest(first, {**manifest, "files": archive.files_of(first)})
    assert ("verify_content", "manifest.json: content") in told(looked(first).damage)


@pytest.mark.parametrize("registered", [True, False])
def test_an_unsigned_run_sealed_again_with_its_pages(outputs, registered):
    folder = make_run(outputs, "second", registered=registered)
    change(folder / TABLE)
    mark = archive.read_manifest(folder)["content"]
    reseal(folder)
    page = (folder / "index.html").read_text()
    (folder / "index.html").write_text(page.replace(shown(mark), shown(archive.read_manifest(folder)["content"])))
    reseal(folder)
    report = looked(folder)
    assert told(report.damage) == ([("verify_resealed", "manifest.json")] if registered else [])
    assert ("verify_unregistered" in codes(report.notices)) is not registered


def test_a_run_that_was_never_registered_is_intact_with_a_note(outputs):
    report = looked(make_run(outputs, "second", registered=False))
    assert (report.wrong, told(report.notices)) == ([], [("verify_unregistered", "second")])


def test_a_run_copied_elsewhere_can_be_verified(first, tmp_path):
    copy = tmp_path / "backup" / "first"
    shutil.copytree(first, copy)
    report = looked(copy)
    assert report.wrong == []
    assert codes(report.notices) == {"verify_unregistered", "verify_none_kept", "verify_closed"}
    change(copy / TABLE)
    assert told(looked(copy).damage) == [("verify_changed", TABLE)]


# ---------------------------------------------------------------- signatures


def edit(folder, act):
    """Let `act` change the list of signatures, written as we write it."""
    from salesplan.archive import signatures

    entries = [dict(entry) for entry in signatures.read(folder)]
    (folder / "signatures.json").write_bytes(signatures.written(act(entries)))


def sealed_again(entries, **changed):
    """The last entry with other values, and a hash that fits them."""
    from salesplan.archive import signatures

    return [*entries[:-1], signatures.seal({**entries[-1], **changed})]


DONE_TO_SIGNATURES = {
    "name altered": (
        lambda entries: [{**entries[0], "by": "Wang"}, entries[1]],
        {"signature_altered"},
    ),
    "name altered with a new hash": (
        lambda entries: sealed_again(entries, by="Wang"),
        {"signature_unregistered", "signature_removed"},
    ),
    "first removed": (
        lambda entries: entries[1:],
        {"signature_former", "signature_order", "signature_removed"},
    ),
    "last removed": (lambda entries: entries[:1], {"signature_removed"}),
    "moved": (lambda entries: entries[::-1], {"signature_former", "signature_order"}),
    "twice": (
        lambda entries: [*entries, entries[1]],
        {"signature_former", "signature_order", "signature_twice"},
    ),
    "one added": (
        lambda entries: sealed_again(
            [*entries, entries[1]], role="general_manager", by="Zhao", former=entries[1]["hash"]
        ),
        {"signature_unregistered"},
    ),
    "signed twice by one": (
        lambda entries: sealed_again(entries, by="\uff3a\uff28\uff21\uff2e\uff27"),
        {"signature_twice", "signature_unregistered", "signature_removed"},
    ),
    "chain shortened": (
        lambda entries: sealed_again(entries, chain=["marketing", "finance"]),
        {"signature_order", "signature_unregistered", "signature_removed"},
    ),
    "field missing": (
        lambda entries: [{key: value for key, value in entries[0].items() if key != "by"}, entries[1]],
        {"verify_signatures", "signature_removed"},
    ),
    "another document": (
        lambda entries: [entries[0], {**entries[1], "document": "diary"}],
        {"verify_signatures", "signature_removed"},
    ),
    "no entries": (lambda entries: [], {"verify_signatures", "signature_removed"}),
}


@pytest.mark.parametrize("name", DONE_TO_SIGNATURES)
def test_what_is_done_to_signatures_is_named(first, name):
    act, expected = DONE_TO_SIGNATURES[name]
    edit(first, act)
    assert codes(looked(first).damage) == expected


def test_signatures_removed_whole(first):
    (first / "signatures.json").unlink()
    faults = looked(first).damage
    assert codes(faults) == {"signature_removed"}
    assert [fault.value for fault in faults] == ["Zhang", "Li"]


def test_signatures_of_another_run(outputs, first):
    second = make_run(outputs, "second")
    shutil.copy(first / "signatures.json", second / "signatures.json")
    assert codes(looked(second).damage) == {"signature_other", "signature_unregistered"}


@pytest.mark.parametrize("text", ["", "{}", "null", "[null]", '[{"document": []}]', "[" * 100_000, '["\\ud800"]'])
def test_a_file_of_signatures_that_is_none(first, text):
    (first / "signatures.json").write_text(text)
    assert codes(looked(first).damage) == {"verify_signatures", "signature_removed"}


# ---------------------------------------------------------------- register and neighbours


def test_lines_of_the_register_that_are_changed_removed_or_moved(outputs, first):
    path = outputs / register.REGISTER
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) == 3
    for kept in (lines[1:], [lines[0], lines[2]], [lines[1], lines[0], lines[2]], [b"{}\n", *lines], [*lines, b"x\n"]):
        path.write_bytes(b"".join(kept))
        assert "verify_register" in codes(looked(first).damage)
    path.write_bytes(b"".join(lines[:2]))
    assert codes(looked(first).damage) == {"signature_unregistered"}
    path.write_bytes(b"")
    assert "signature_unregistered" in codes(looked(first).damage)


def test_a_neighbour_removed_renamed_or_sealed_again(outputs, first):
    for name in ("second", "third", "fourth"):
        make_run(outputs, name, title=name)
    shutil.rmtree(outputs / "second")
    (outputs / "third").rename(outputs / "renamed")
    change(outputs / "fourth" / TABLE)
    reseal(outputs / "fourth")
    report = looked(first)
    assert report.damage == []
    assert told(report.archive) == [("verify_run_renamed", "third"), ("verify_run_resealed", "fourth")]
    assert told(report.notices) == [("verify_run_gone", "second")]


def test_a_signed_run_removed_is_found_from_any_other(outputs, first):
    second = make_run(outputs, "second")
    shutil.rmtree(first)
    assert told(looked(second).archive) == [("verify_run_removed", "first")]
    with pytest.raises(PlanError) as error:
        archive.find_run("first", outputs)
    assert [fault.code for fault in error.value.faults] == ["run_removed"]


def test_a_signed_run_replaced_under_its_name(outputs, first):
    shutil.rmtree(first)
    again = make_run(outputs, "first", title="new")
    report = looked(again)
    assert (report.damage, told(report.archive)) == ([], [("verify_run_removed", "first")])


def test_a_run_renamed_whole_is_told_once(outputs, first):
    first.rename(outputs / "zeroth")
    report = looked(outputs / "zeroth")
    assert told(report.wrong) == [("verify_other_name", "zeroth")]
    assert report.notices == []
    assert "first" in message(report.wrong[0], Words("en"))


def in_store(outputs):
    return sorted(path.name for path in (outputs / "inputs").iterdir())


@pytest.mark.usefixtures("first")
def test_inputs_that_no_run_names_are_swept(outputs):
    kept = in_store(outputs)
    stray = outputs / "inputs" / f"{archive.digest(b'x')}.csv"
    stray.write_bytes(b"x")
    (outputs / "inputs" / "note.txt").write_text("not ours")
    archive.sweep(outputs)
    assert in_store(outputs) == sorted([*kept, "note.txt"])


@pytest.mark.usefixtures("first")
def test_inputs_of_an_unfinished_run_stay(outputs):
    cut = archive.begin(outputs, "cut")
    (outputs / "inputs" / f"{archive.digest(b'x')}.csv").write_bytes(b"x")
    archive.write_manifest(cut, {"inputs": {"data/x.csv": archive.digest(b"x")}})
    before = in_store(outputs)
    archive.sweep(outputs)
    assert in_store(outputs) == before


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"{")], ids=["gone", "unreadable"])
def test_nothing_is_swept_while_a_manifest_cannot_be_read(outputs, first, damage):
    (outputs / "inputs" / f"{archive.digest(b'x')}.csv").write_bytes(b"x")
    before = in_store(outputs)
    damage(first / archive.MANIFEST)
    archive.sweep(outputs)
    assert in_store(outputs) == before


def test_a_renamed_run_that_was_changed_tells_both(outputs, first):
    first.rename(outputs / "zeroth")
    change(outputs / "zeroth" / TABLE)
    assert codes(looked(outputs / "zeroth").wrong) == {"verify_changed", "verify_other_name"}


def test_the_register_goes_on_after_damage(outputs, first):
    path = outputs / register.REGISTER
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert "verify_register" in codes(looked(first).damage)
    make_run(outputs, "second")
    assert register.read(outputs).run("second") is not None
    assert register.read(outputs).broken == (3,)


# ---------------------------------------------------------------- what the run was made from


def test_inputs_that_are_changed_or_gone(outputs, first):
    (stored,) = (outputs / "inputs").iterdir()
    change_by = stored.read_bytes().replace(b"900", b"901")
    stored.write_bytes(change_by)
    assert told(looked(first).damage) == [("verify_kept_changed", f"inputs/{stored.name}")]
    stored.unlink()
    assert told(looked(first).damage) == [("verify_none_kept", "inputs")]
    shutil.rmtree(outputs / "inputs")
    assert told(looked(first).damage) == [("verify_none_kept", "inputs")]


@pytest.mark.skipif(not POSIX, reason="links")
def test_a_kept_input_that_is_a_link(outputs, first, tmp_path):
    (stored,) = (outputs / "inputs").iterdir()
    shutil.move(stored, tmp_path / "elsewhere")
    stored.symlink_to(tmp_path / "elsewhere")
    assert told(looked(first).damage) == [("verify_link", f"inputs/{stored.name}")]


def test_a_closed_month_changed_reopened_or_gone(outputs, first):
    closed = outputs / "closed" / MONTH
    (closed / "commission.parquet").write_bytes(b"PAR2")
    assert told(looked(first).damage) == [("closed_damaged", f"closed/{MONTH}/commission.parquet")]
    (closed / "commission.parquet").write_bytes(b"PAR1")
    closed.rename(outputs / "closed" / f"{MONTH}.reopened-1")
    assert looked(first).wrong == []
    shutil.rmtree(outputs / "closed")
    assert codes(looked(first).damage) == {"verify_closed"}


@given(hashes=st.dictionaries(st.text(max_size=20), st.text(max_size=70), max_size=3))
def test_hashes_that_are_none_are_not_looked_up_anywhere(tmp_path_factory, hashes):
    outputs = tmp_path_factory.mktemp("x")
    assert all(archive.kept(outputs, sha256) is None for sha256 in hashes.values())


# ---------------------------------------------------------------- every byte


def parts(outputs):
    """Every file that a run's soundness rests on."""
    own = [path for path in (outputs / "first").rglob("*") if path.is_file()]
    around = [path for folder in ("inputs", "closed") for path in (outputs / folder).rglob("*") if path.is_file()]
    return sorted([*own, *around, outputs / register.REGISTER])


def test_no_flipped_byte_is_missed(outputs, first):
    masks = cycle((1, 2, 32, 128, 255))
    for path in parts(outputs):
        content = path.read_bytes()
        for place in range(len(content)):
            flipped = bytes([content[place] ^ next(masks)])
            path.write_bytes(content[:place] + flipped + content[place + 1 :])
            assert looked(first).damage, (path, place, flipped)
        path.write_bytes(content)
    assert looked(first).wrong == []


def test_no_cut_and_no_swap_is_missed(outputs, first):
    files = parts(outputs)
    for number, path in enumerate(files):
        content = path.read_bytes()
        for end in {0, 1, len(content) // 2, len(content) - 1} - {len(content)}:
            path.write_bytes(content[:end])
            assert looked(first).damage, (path, end)
        for other in files[:number]:
            path.write_bytes(other.read_bytes())
            assert looked(first).damage, (path, other)
        path.unlink()
        alone = path.name == register.REGISTER  # a copy of a run has none
        assert alone or looked(first).damage, path
        path.write_bytes(content)


# ---------------------------------------------------------------- the command


def test_command_says_intact_and_ends_with_status_0(outputs):
    done = command(outputs.parents[1], "verify", "shop/first")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Intact: run first, 6 files")


def test_command_names_what_is_damaged_and_ends_with_status_1(outputs, first):
    change(first / TABLE)
    put(first / "x\n.csv", b"")
    workbook = outputs.parents[1]
    done = command(workbook, "verify", f"outputs/shop/{first.name}")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"{TABLE} : was changed" in done.stdout
    found = json.loads(command(workbook, "verify", "shop/first", "--json").stdout)
    assert not found["intact"]
    assert {one["code"] for one in found["damage"]} == {"verify_changed", "verify_added"}
    assert {"place", "message"} <= found["damage"][0].keys()


@pytest.mark.parametrize(
    ("name", "status", "expected"),
    [
        pytest.param("shop/frist", 2, "Is it shop/first?", id="nearly"),
        pytest.param("none/first", 2, "there are shop/first", id="unknown plan"),
        pytest.param("params/shop", 2, "there is no such run", id="a plan"),
        pytest.param("", 2, "there is no such run", id="nothing"),
        pytest.param("shop/gone", 1, "removed or renamed", id="removed"),
    ],
)
def test_command_on_a_run_that_is_not_there(outputs, name, status, expected):
    shutil.rmtree(make_run(outputs, "gone"))
    done = command(outputs.parents[1], "verify", name)
    assert done.returncode == status, done.stdout + done.stderr
    assert expected in done.stderr and "Traceback" not in done.stderr


def test_a_run_cut_short_has_nothing_to_be_held_against(outputs):
    folder = outputs / archive.UNFINISHED / "cut"
    put(folder / "manifest.json", b'{"state": "incomplete"}')
    with pytest.raises(PlanError) as error:
        looked(folder)
    assert [fault.code for fault in error.value.faults] == ["verify_unfinished"]
