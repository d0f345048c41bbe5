"""`salesplan close` and `salesplan reopen`: a month's pay becomes final, or open again."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from salesplan import archive, calendar, tables
from salesplan.archive import signatures
from salesplan.archive.sources import is_closed
from salesplan.closing import record
from salesplan.closing.record import ENTRY, FOLDER, INPUT_ROWS, REOPENED, TABLES, ClosedMonth, Record
from salesplan.closing.rows import NAMED, Span, rows_of, span_of
from salesplan.errors import Fault, PlanError, stop_on
from salesplan.params import Loaded, load
from salesplan.places import no_plan
from salesplan.report.listing import write_listing
from salesplan.staging import write_whole
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class _Plan:
    """The plan whose month is closed or reopened."""

    loaded: Loaded
    outputs: Path
    months: list[str]

    @property
    def record(self) -> Record:
        """What is closed now."""
        return record.read(self.outputs, self.months)


def close(plan: Path, month: str, *, by: str, run: str | None = None) -> ClosedMonth:
    """Close a month with the run named, else with the one whose commission of the month is signed, else the newest.

    Only complete runs without what-ifs whose review reaches the month are taken. Where the tables have changed since
    the commission was signed, a newer run stands for it if its pay of the month is the same.
    Keeps the month's rows of the pay tables and the input rows they stand on under `outputs/<plan>/closed/<month>`.
    Raises `PlanError` where the month is not the next one, its sales are not complete, the run cannot stand for it, or
    the tables have changed.
    """
    found = _open(plan, month)
    if not by.strip():
        raise PlanError([Fault("text_needed", "--by")])
    stop_on(_order(found, found.record, month))
    _run(found, month, run)  # nothing is written where there is no run
    with archive.lock(found.outputs):
        record.catch_up(found.outputs)
        earlier = found.record
        stop_on([*_order(found, earlier, month), *earlier.faults()])
        chosen = _run(found, month, run)
        given = tables.check(found.loaded.folder, found.loaded.plan, found.loaded.exchange_rates)
        stop_on(_incomplete(found, given, month))
        if run is None and any(_inputs_changed(chosen, given)):
            chosen = _newer(found, month, chosen)
        stop_on([*_unfit(chosen, month), *_inputs_changed(chosen, given), *_unlike(chosen, earlier)])
        made = _write(found, (chosen, given), month, by.strip())
        _list(found)
    return made


def reopen(plan: Path, month: str, *, reason: str, by: str) -> Path:
    """Open the month closed last again; what was closed is kept beside, under a number. Returns its folder."""
    found = _open(plan, month)
    stop_on(Fault("text_needed", option) for option, text in (("--reason", reason), ("--by", by)) if not text.strip())
    with archive.lock(found.outputs):
        record.catch_up(found.outputs)
        names = found.record.names
        if not names or names[-1] != month:
            code = ("reopen_last" if month in names else "reopen_open") if names else "reopen_none"
            raise PlanError([Fault(code, month, None, {"last": names[-1] if names else ""})])
        folder = found.outputs / FOLDER
        taken = len(list(folder.glob(f"{month}.reopened-*")))
        kept = folder / f"{month}.reopened-{taken + 1}"
        # Beside what was closed, so that it is known even if the machine stops before the log's line.
        note = {"by": by.strip(), "reason": reason.strip(), "time": _now()}
        write_whole(folder / month / REOPENED, (json.dumps(note, ensure_ascii=False) + "\n").encode())
        (folder / month).rename(kept)
        record.catch_up(found.outputs)
        _list(found)
    return kept


def _open(plan: Path, month: str) -> _Plan:
    if not plan.is_dir():
        raise PlanError([no_plan(plan)])
    loaded = load(plan)
    if "plan" not in loaded.rules:
        raise PlanError(loaded.faults)
    months = loaded.plan.months
    if month not in months:
        raise PlanError([Fault("month_of_year", "MONTH", month, {"first": months[0], "last": months[-1]})])
    return _Plan(loaded, archive.outputs_of(plan), months)


def _list(plan: _Plan) -> None:
    """The plan's index tells which months are closed."""
    terms = plan.loaded.plan
    write_listing(plan.outputs, Words(terms.language, terms.display_unit, terms.currency))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _order(plan: _Plan, closed: Record, month: str) -> Iterator[Fault]:
    """Months close one after the other, each once."""
    for one in closed.months:
        if one.month == month:
            yield Fault("closed_already", month, None, {"by": one.entry["by"], "time": one.entry["time"][:10]})
            return
    following = plan.months[len(closed.months)]
    if month != following:
        yield Fault("close_next", month, None, {"next": following})


def _incomplete(plan: _Plan, given: tables.Checked, month: str) -> Iterator[Fault]:
    """A month is not over in the tables before a sale stands on its last workday, or after it."""
    if "sales" not in given.tables:
        return  # its faults are told
    import pyarrow.compute as pc

    terms = plan.loaded.plan
    last = pc.max(given.tables["sales"]["date"]).as_py()
    known = calendar.last_complete_day(last, plan.months, terms.calendar, terms.month_cutoff)
    end = _end(plan, month)
    if known is None or known.isoformat() < end:
        yield Fault("close_no_sales", month, None, {"end": end, "last": last or "-"})


def _run(plan: _Plan, month: str, name: str | None) -> archive.Run:
    """The run named; else, of those that can stand for the month, the newest signed for it, or the newest."""
    end = _end(plan, month)
    if name is not None:
        found = archive.find_run(name, plan.outputs, place="--run")
        if _as_of(found) < end:
            raise PlanError([Fault("run_before", found.name, None, {"as_of": _as_of(found) or "-", "end": end})])
        return found
    fit = _fit(plan, end)
    if not fit:
        raise PlanError([Fault("close_no_run", f"outputs/{plan.outputs.name}", None, {"month": month, "end": end})])
    return next((one for one in fit if _as_of(one) == end and is_signed(one)), fit[0])


def _end(plan: _Plan, month: str) -> str:
    return calendar.month_span(month, plan.loaded.plan.month_cutoff)[1].isoformat()


def _fit(plan: _Plan, end: str) -> list[archive.Run]:
    """Complete runs without what-ifs whose review reaches a day, newest first."""
    found = (one for one in archive.runs(plan.outputs) if one.state == "complete" and not one.what_if)
    return [one for one in found if _as_of(one) >= end]


def is_signed(run: archive.Run) -> bool:
    """Whether all roles have signed the commission of the month a run's review ends with."""
    chain = (signatures.chains(run) or {}).get("commission")
    return chain is not None and chain.complete


def _newer(plan: _Plan, month: str, signed: archive.Run) -> archive.Run:
    """The newest run in the place of a signed one, if it pays the month alike; else `PlanError`."""
    newest = _fit(plan, _end(plan, month))[0]
    if newest.name == signed.name:
        return signed
    stop_on(_unfit(newest, month))
    for name in TABLES:
        if _bytes(_month(_frame(newest, name), month), name) != _bytes(_month(_frame(signed, name), month), name):
            values = {"month": month, "signed": signed.name}
            raise PlanError([Fault("close_unlike_signed", newest.name, None, values)])
    return newest


def _as_of(run: archive.Run) -> str:
    """Month end of a run's review; '' without one."""
    return str(run.manifest.get("as_of") or "")


def _unfit(run: archive.Run, month: str) -> Iterator[Fault]:
    """Why a run cannot stand for a month."""
    if run.state != "complete":
        yield Fault("run_not_complete", run.name)
        return
    if run.what_if:
        yield Fault("run_what_if", run.name, ", ".join(run.what_if))
    altered = archive.altered(run)
    if altered:
        yield Fault("run_altered", run.name, ", ".join(altered[:5]), {"count": len(altered)})
        return
    for name in TABLES:
        if not (run.folder / "tables" / f"{name}.csv").exists():
            yield Fault("run_without_table", run.name, name, {"month": month})
            return
    if month not in set(_frame(run, "commission")["month"]):
        yield Fault("run_without_table", run.name, "commission", {"month": month})


def _inputs_changed(run: archive.Run, given: tables.Checked) -> Iterator[Fault]:
    """The rows that are kept must be those of the run: its tables as they were read."""
    yield from given.faults
    own = {name: value for name, value in run.manifest.get("inputs", {}).items() if not is_closed(name)}
    changed = archive.differing(own, given.hashes)
    if changed:
        yield Fault("run_inputs_changed", run.name, ", ".join(changed[:5]), {"count": len(changed)})


def _unlike(run: archive.Run, closed: Record) -> Iterator[Fault]:
    """A run made before the last close, or the last reopening, does not hold the closed months as they were closed."""
    for name in TABLES if closed.months else ():
        now = _frame(run, name)
        for one in closed.months:
            rows = _month(now, one.month)
            kept = _csv(one.folder / f"{name}.parquet", name)
            if kept != _bytes(rows, name):
                yield Fault("run_unlike_closed", run.name, None, {"month": one.month})
                return


def _frame(run: archive.Run, name: str) -> "pd.DataFrame":
    from salesplan.tables import outputs

    return outputs.read(run.folder / "tables" / f"{name}.csv", name)


def _month(frame: "pd.DataFrame", month: str) -> "pd.DataFrame":
    return frame[frame["month"] == month].reset_index(drop=True)


def _bytes(frame: "pd.DataFrame", name: str) -> bytes:
    from salesplan.tables import outputs

    return outputs.csv_bytes(frame, name)


def _csv(path: Path, name: str) -> bytes:
    import pandas as pd

    return _bytes(pd.read_parquet(path), name)


def _write(plan: _Plan, source: tuple[archive.Run, tables.Checked], month: str, by: str) -> ClosedMonth:
    """The month's folder, which appears by one rename, and its line in the log."""
    run, given = source
    folder = plan.outputs / FOLDER
    staging = folder / f".{month}.part"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        (staging / INPUT_ROWS).mkdir(parents=True)
        for name in TABLES:
            _month(_frame(run, name), month).to_parquet(staging / f"{name}.parquet", index=False)
        _write_inputs(given, staging / INPUT_ROWS, span_of(month, plan.loaded.plan.month_cutoff))
        entry = {"format": 1, "month": month, "by": by, "time": _now(), "run": run.name}
        entry |= {"signed": _as_of(run) == _end(plan, month) and is_signed(run)}
        entry |= {"content": run.manifest.get("content"), "as_of": _as_of(run), "files": archive.files_of(staging)}
        write_whole(staging / ENTRY, (json.dumps(entry, ensure_ascii=False, indent=1) + "\n").encode())
        archive.appear(staging, folder / month)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    record.catch_up(plan.outputs)
    return ClosedMonth(folder / month, entry)


def _write_inputs(given: tables.Checked, folder: Path, span: Span) -> None:
    from pyarrow import parquet

    for name in NAMED:
        rows = rows_of(name, given.tables, span)
        if rows is not None:
            parquet.write_table(rows.table, folder / f"{name}.parquet", compression="zstd")
