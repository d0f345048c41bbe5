"""What the tests of the workbook share: a run's tables made by hand, formulas worked out, cells read back."""

import re
import shutil
import subprocess
import zipfile

import openpyxl
import pandas as pd

from salesplan import STEPS
from salesplan.tables import outputs

HOSTILE = ("=1+1", "@SUM(A1)", "<b>x</b>", "http://a.b", "+7", "-x", "'quote", "A&B")
TOTAL = "(total)"
FORMULA = re.compile(r'(SUM|IF|[$]?[A-Z]{1,2}[$]?[0-9]+|[-+*/:,()>0-9]|"")+')
VALUE = re.compile(rb"(<c [^>]*>)(<f>[^<]*</f>)<v>[^<]*</v>")


def put(run, table, **columns):
    """Write a table of a run with these columns and the others blank."""
    size = len(next(iter(columns.values())))
    frame = outputs.empty(table).reindex(range(size)).assign(**columns)
    (run / "tables").mkdir(parents=True, exist_ok=True)
    (run / "tables" / f"{table}.csv").write_bytes(outputs.csv_bytes(frame, table))


def small_run(run, reps=HOSTILE):
    """A run of two months in which everything has the same hostile names; returns its folder."""
    months = ["2027-01", "2027-02"]
    pairs = [(rep, month) for rep in reps for month in months]
    by_rep, by_month = ([pair[at] for pair in pairs] for at in (0, 1))
    fen = [1_000_00 + 7 * at for at in range(len(pairs))]
    year, count = sum(fen), len(pairs)
    put(
        run,
        "annual_target",
        indicator=["amount"],
        level=["commit"],
        value=[year / 100],
        unit=["currency"],
        last_year=[year / 200],
        growth=[1.0],
        planned=[True],
    )
    put(
        run,
        "annual_target_estimates",
        estimate=["growth", "trend"],
        value=[year, year - 11],
        low=[year - 500, None],
        high=[year + 500, None],
        weight=[1.0, 1.0],
        gap_commit=[0, 11],
    )
    put(
        run,
        "annual_target_bridge",
        level=["commit"] * 3,
        part=["last_year", "measure", "level"],
        name=["", reps[0], ""],
        amount=[year - 333, 333, year],
    )
    put(run, "seasonal_split", region=by_rep, month=by_month, amount=fen, share=[one / year for one in fen])
    put(run, "rep_allocation", rep=by_rep, month=by_month, base=fen, amount=fen)
    quotas = [sum(fen[at : at + 2]) for at in range(0, count, 2)]
    put(
        run,
        "rep_allocation_reps",
        rep=list(reps),
        name=[f"={rep}" for rep in reps],
        quota=quotas,
        base=quotas,
        last_year=[one - 100 for one in quotas],
        expected=quotas,
        quota_to_expected=[1.0] * len(reps),
    )
    pay = {name: [at * 100 + place for at in range(count)] for place, name in enumerate(("base_pay", "earned"))}
    put(
        run,
        "commission",
        rep=by_rep,
        month=by_month,
        **pay,
        released=[0] * count,
        clawback=[-1] * count,
        draw=[0] * count,
        payable=[one - 1 for one in pay["base_pay"]],
    )
    actual = [one - 5_01 for one in fen]
    put(
        run,
        "variance_review",
        rep=by_rep,
        month=by_month,
        target=fen,
        actual=actual,
        variance=[-5_01] * count,
        last_year=[0] * count,
    )
    put(
        run,
        "variance_review_revision",
        month=months,
        original=[year, year],
        actual=pd.array([5, None], "Int64"),
        revised=[5, 2 * year - 5],
    )
    zero = dict.fromkeys(("mix", "price", "new", "lost", "joint"), [0] * (len(reps) + 1))
    put(
        run,
        "variance_review_bridge",
        member=[*reps, TOTAL],
        target=[*quotas, year],
        volume=[-3] * (len(reps) + 1),
        actual=[*(one - 3 for one in quotas), year - 3],
        **zero,
    )
    return run  # fmt: skip


def step_sheets(path, *, values=False):
    """The sheets of the steps by step."""
    book = openpyxl.load_workbook(path, data_only=values)
    return dict(zip(STEPS, book.worksheets[1 : 1 + len(STEPS)], strict=True))


def formulas(sheet):
    """The cells of a sheet that Excel works out, by their name."""
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}


def blocks(sheet):
    """The tables of a step's sheet: title -> rows of values, the header first."""
    found, rows = {}, list(sheet.iter_rows(values_only=True))
    for at, row in enumerate(rows):
        above = at > 0 and sum(value is not None for value in rows[at - 1]) == 1
        if above and sum(value is not None for value in row) > 1:
            end = next((n for n in range(at, len(rows)) if all(v is None for v in rows[n])), len(rows))
            width = max(n for n, value in enumerate(row) if value is not None) + 1
            found[rows[at - 1][0]] = [one[:width] for one in rows[at:end]]
    return found


def worked_out(sheet, name):
    """What a formula of ours comes to, worked out from the cells it names: by hand, to the last bit of a float."""
    cell = sheet[name]
    if cell.data_type != "f":
        return cell.value or 0
    body = cell.value.removeprefix("=").replace("$", "")
    if found := re.fullmatch(r'IF\(([A-Z]+\d+)>0,([A-Z]+\d+)/([A-Z]+\d+)(-1)?,""\)', body):
        test, over, under, less = found.groups()
        return worked_out(sheet, over) / worked_out(sheet, under) - bool(less) if worked_out(sheet, test) > 0 else ""
    if found := re.fullmatch(r"SUM\(([A-Z]+\d+:[A-Z]+\d+)\)", body):
        return sum(worked_out(sheet, one.coordinate) for row in sheet[found[1]] for one in row)
    parts = re.findall(r"([-+]?)([A-Z]+\d+)", body)
    assert "".join(sign + one for sign, one in parts) == body, body
    return sum(worked_out(sheet, one) * (-1 if sign == "-" else 1) for sign, one in parts)


def recalculated(path, folder):
    """The workbook as LibreOffice works it out: our values are taken off the formulas first."""
    bare = folder / "bare" / path.name
    bare.parent.mkdir()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            target.writestr(part, VALUE.sub(rb"\1\2", content) if "worksheets/" in part else content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    line = [shutil.which("soffice"), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(bare)]
    subprocess.run(line, check=True, capture_output=True, timeout=180)
    return folder / path.name
