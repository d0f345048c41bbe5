"""Below a panel: the lines of the parameter file that a change touches, and the buttons that write and take back."""

from collections.abc import Callable
from html import escape
from typing import Any

from ipywidgets import HTML, Button, HBox, Layout, VBox

from salesplan.errors import PlanError
from salesplan.params.editing import Line
from salesplan.tables import Notice
from salesplan.whatif.files import Draft, Edit, ParameterFile, settled_by
from salesplan.wording.messages import message, notice_text
from salesplan.workbook import Step


class Saving(VBox):  # type: ignore[misc]
    """Look at the lines first, then write them; `edits` says what stands on the panel, `reset` puts it back."""

    def __init__(self, step: Step, edits: Callable[[], list[Edit]], reset: Callable[[], None]) -> None:
        self.step, self.edits, self.reset = step, edits, reset
        self.file = ParameterFile.of(step)
        self.draft: Draft | None = None
        self.preview, self.write, self.undo, self.back = (
            self._button(name, act)
            for name, act in (
                ("preview", self._look),
                ("write", self._write),
                ("undo", self._undo),
                ("back", self._back),
            )
        )
        self.write.tooltip = step.words("whatif.write_hint")
        self.write.button_style, self.said = "primary", HTML(layout=Layout(width="100%"))
        super().__init__([HBox([self.preview, self.write, self.undo, self.back]), self.said])
        self.stale()

    def stale(self) -> None:
        """A control was moved: what was looked at no longer holds."""
        self.draft, self.said.value = None, ""
        self._arm()

    def _button(self, name: str, act: Callable[[], None]) -> Any:
        button = Button(description=self.step.words(f"whatif.button_{name}"), layout=Layout(width="auto"))
        button.on_click(lambda _: self._tried(act))
        return button

    def _arm(self) -> None:
        self.write.disabled = self.draft is None or not self.draft.lines
        self.undo.disabled = self.file.undoable is None

    def _tried(self, act: Callable[[], None]) -> None:
        """Press a button; what is wrong is said, and nothing is written."""
        try:
            act()
        except PlanError as error:
            self.draft = None
            self._say(*(message(fault, self.step.words) for fault in error.faults))
        self._arm()

    def _look(self) -> None:
        self.draft = self.file.draft(self.edits())
        words = self.step.words
        if not self.draft.lines:
            self._say(words("whatif.no_change", file=self.file.shown))
            return
        settled = settled_by(self.step)
        notice = [Notice(settled[0], self.file.shown, {"run": settled[1]})] if settled else []
        self._say(words("whatif.preview", file=self.file.shown), *(notice_text(one, words) for one in notice))
        self.said.value += _lines(self.draft.lines, words)

    def _write(self) -> None:
        if self.draft is None or not self.draft.lines:
            return
        self.file.write(self.draft, self.edits())
        numbers = ", ".join(str(line.number) for line in self.draft.lines)
        self.draft = None
        self._say(self.step.words("whatif.written", file=self.file.shown, lines=numbers))

    def _undo(self) -> None:
        if self.file.undo():
            self.draft = None
            self._say(self.step.words("whatif.undone", file=self.file.shown))

    def _back(self) -> None:
        self.reset()
        self.stale()

    def _say(self, *texts: str) -> None:
        self.said.value = "".join(f"<p>{escape(text)}</p>" for text in texts)


def _lines(lines: list[Line], words: Any) -> str:
    """The lines before and after, by number."""
    heads = "".join(
        f'<th scope="col">{escape(words(f"whatif.line_{name}"))}</th>' for name in ("no", "before", "after")
    )
    rows = "".join(
        f'<tr><td class="n">{line.number}</td><td><code>{escape(line.before)}</code></td>'
        f"<td><code>{escape(line.after)}</code></td></tr>"
        for line in lines
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
