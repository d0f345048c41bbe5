"""The parameter file behind a panel: what a change would do to it, and the change written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from salesplan import PLANNED, archive
from salesplan.errors import Fault, PlanError, stop_on
from salesplan.params.editing import Line, NotEditable, changed_lines, edited
from salesplan.params.loading import text_faults
from salesplan.params.places import holds, value_at
from salesplan.params.reading import Path as KeyPath
from salesplan.params.reading import key_text, read_text
from salesplan.places import shown_path
from salesplan.staging import write_whole
from salesplan.tables.encoding import decode, encoded_like
from salesplan.terms import Terms
from salesplan.workbook import Step

Edit = tuple[KeyPath, Any, Any]  # where, the value, the plan's own


@dataclass(frozen=True)
class Draft:
    """A file as it was read and as it would be, and the lines between them."""

    before: bytes | None  # None: no such file yet
    after: bytes
    lines: list[Line]


@dataclass
class ParameterFile:
    """A step's parameter file as a panel writes it; `written` are the parameters it has written so far."""

    path: Path
    rules: Terms
    shown: str
    undoable: Draft | None = None
    written: set[KeyPath] = field(default_factory=set)

    @classmethod
    def of(cls, step: Step) -> "ParameterFile":
        """The file of a step's parameters."""
        folder = step.inputs.loaded.folder
        return cls(folder / f"{step.stem}.yaml", step.rules, f"{shown_path(folder)}/{step.stem}.yaml")

    def draft(self, edits: Iterable[Edit]) -> Draft:
        """What the file would be with these values; `PlanError` where it has no place for one or would be faulty."""
        before = self._read()
        try:
            text = old = decode(before or b"", None)[0]
        except UnicodeError:
            raise PlanError([Fault("encoding_unknown", self.shown)]) from None
        for path, value, plan in edits:
            try:
                text = self._put(text, path, value, untouched=value == plan and path not in self.written)
            except NotEditable:
                raise PlanError([Fault("not_editable", f"{self.shown}: {key_text(path)}", str(value))]) from None
        after = encoded_like(text, before or b"") if text != old else before or b""
        stop_on(text_faults(self.path.stem, after, self.path.parent))
        return Draft(before, after, changed_lines(old, text) if text != old else [])

    def _put(self, text: str, path: KeyPath, value: Any, *, untouched: bool) -> str:
        """The text with one value; what it says already stays as it is written, and so does what nobody moved."""
        data = read_text(text, "").data
        if untouched or (_there(data, path) and value_at(data, path) == value):
            return text
        if len(path) > 1 and not _there(data, path[:1]):  # a mapping given replaces its default: it is written whole
            whole = plain(getattr(self.rules, str(path[0])))
            text = edited(text, path[:1], whole)
            data = read_text(text, "").data
        return text if _there(data, path) and value_at(data, path) == value else edited(text, path, value)

    def write(self, draft: Draft, edits: Iterable[Edit] = ()) -> None:
        """Write a draft; `PlanError` where the file is no longer the one it was made from."""
        if not draft.lines:
            return
        self._swap(draft.before, draft.after)
        self.undoable = draft
        self.written |= {path for path, *_ in edits}

    def undo(self) -> bool:
        """Take the last writing back; False where there is none. `PlanError` where the file has changed since."""
        if self.undoable is None:
            return False
        self._swap(self.undoable.after, self.undoable.before)
        self.undoable = None
        return True

    def _read(self) -> bytes | None:
        return self.path.read_bytes() if self.path.exists() else None

    def _swap(self, known: bytes | None, content: bytes | None) -> None:
        if self._read() != known:
            raise PlanError([Fault("changed_meanwhile", self.shown)])
        if content is None:
            self.path.unlink()
            return
        mode = self.path.stat().st_mode if known is not None else None
        write_whole(self.path, content)
        if mode is not None:
            self.path.chmod(mode)


def settled_by(step: Step) -> tuple[str, str] | None:
    """The notice that a signed plan leaves this file's changes aside, or pays by them, and the run; None without one.

    The same that a run tells.
    """
    if step.stem not in (*PLANNED, "commission"):
        return None
    plan = archive.record_of(archive.outputs_of(step.inputs.loaded.folder), step.plan.fiscal_year)
    return None if plan is None else ("plan_unused" if step.stem in PLANNED else "plan_pay_changed", plan.name)


def plain(value: Any) -> Any:
    """A parameter as a file writes it: what is left to defaults is left out."""
    if isinstance(value, Terms):
        return plain(value.model_dump(by_alias=True, exclude_defaults=True))
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _there(data: Any, path: KeyPath) -> bool:
    """Whether a file says anything at a path."""
    return holds(value_at(data, path[:-1]), path[-1])
