"""Passwords and keys in parameter files are refused with their line and not printed."""

import shutil
from pathlib import Path

import pytest
from tables_plan import check_plan

from salesplan.params import load
from salesplan.params.secrets import secret_of
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message

MINIMAL = Path(__file__).resolve().parents[1] / "params" / "minimal"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param("database: postgres://sales:hunter2@db/erp", "secret_address", id="password in an address"),
        pytest.param("# postgres://sales:hunter2@db/erp", "secret_address", id="even in a comment"),
        pytest.param("database: mysql://:hunter2@db", "secret_address", id="password without a user"),
        pytest.param("password: hunter2", "secret_name", id="key"),
        pytest.param("  - {user: a, DB_PASSWORD: hunter2}", "secret_name", id="key within a mapping"),
        pytest.param('"api_key": "hunter2"', "secret_name", id="JSON"),
        pytest.param("database: mssql://db?pwd=hunter2", "secret_name", id="password as an address's parameter"),
        pytest.param("access-token: hunter2", "secret_name", id="token"),
        pytest.param("密码：hunter2", "secret_name", id="Chinese name and colon"),
        pytest.param("-----BEGIN RSA PRIVATE KEY-----", "secret_block", id="private key"),
        pytest.param("note: ghp_" + "a1" * 18, "secret_form", id="token by its form"),
        pytest.param("note: AKIA" + "A1" * 8, "secret_form", id="key of a cloud"),
    ],
)
def test_secrets_are_seen(line: str, code: str) -> None:
    assert secret_of(line) == code


@pytest.mark.parametrize(
    "line",
    [
        "database: postgres://sales:${SALES_PASSWORD}@db/erp",
        "database: ${SALES_DATABASE}",
        "database: duckdb://data/erp.duckdb",
        "password: ${SALES_PASSWORD}",
        "token:",
        "secret: null",
        "title: 令牌桌游 2027 年计划",
        "note: the secret of the plan",
        "tokens: 3",
        "meeting: 10:30 with a@b",
    ],
)
def test_what_is_no_secret(line: str) -> None:
    assert secret_of(line) == ""


def test_a_password_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    data = tmp_path / "wb/params/demo/data"
    data.mkdir(parents=True)
    with duckdb.connect(data / "erp.duckdb") as connection:
        connection.execute("create table lines as select date '2027-01-05' as date, 1.50 as amount")
    entry = {"database": "duckdb://data/${ERP_FILE}", "table": "lines"}
    faults = check_plan(tmp_path, {}, inputs={"sales": entry}).faults
    assert [(fault.code, fault.values["names"]) for fault in faults] == [("database_variable", "ERP_FILE")]
    monkeypatch.setenv("ERP_FILE", "erp.duckdb")
    assert check_plan(tmp_path, {}, inputs={"sales": entry}).faults == []


def test_no_parameter_file_of_ours_holds_one() -> None:
    assert load(MINIMAL).faults == load(MINIMAL.parent / "henan-2027").faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_secret_is_told_with_its_line_and_not_printed(tmp_path: Path, language: str) -> None:
    folder = tmp_path / "params" / "x"
    shutil.copytree(MINIMAL, folder)
    text = (folder / "plan.yaml").read_text(encoding="utf-8")
    (folder / "plan.yaml").write_text(text + "password: hunter2\n", encoding="utf-8")
    faults = load(folder, {"plan.inputs.sales": {"database": "postgres://a:hunter2@b/c", "table": "t"}}).faults
    assert [fault.code for fault in faults] == ["secret_address", "secret_name"]
    assert faults[1].place.endswith(f"plan.yaml line {len(text.splitlines()) + 1}")
    told = [message(fault, Words(language)) for fault in faults]
    assert all("${NAME}" in line and "hunter2" not in line for line in told)
