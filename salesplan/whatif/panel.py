"""A panel: controls above, numbers and chart side by side below them, then what a change does to the parameter file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, NamedTuple

import pandas as pd
from ipywidgets import HTML, HBox, Layout, VBox

from salesplan.charts import whatif as chart
from salesplan.whatif.controls import STYLE, Control
from salesplan.whatif.saving import Saving
from salesplan.workbook import Step

Values = Mapping[str, Any]
MOST_BARS = 24
SIZE = (6.6, 3.4)
ROW = 0.24  # inches of a lying bar


class Figure(NamedTuple):
    """A number of an outcome: what it is, of which kind, its value."""

    label: str
    kind: Literal["money", "share", "month"]
    value: Any

    def differs(self, other: "Figure") -> bool:
        """Whether the other has another value; what neither knows is the same."""
        return bool(self.value != other.value and (self.value == self.value or other.value == other.value))


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a plan comes to: its figures, the first that moves the headline, and amounts by label for the chart."""

    figures: Sequence[Figure]
    bars: pd.DataFrame  # label, amount (fen), in order

    def same(self, other: "Outcome") -> bool:
        """Whether both come to the same."""
        alike = not any(a.differs(b) for a, b in zip(self.figures, other.figures, strict=True))
        return alike and self.bars.equals(other.bars)


Look = Callable[[Values], "Outcome | str"]


class Panel(VBox):  # type: ignore[misc]
    """The panel of a step: `look` says what values come to, or why they cannot be.

    `follow` says which other controls move with one; it is given the name of the control and all values.
    """

    def __init__(
        self, step: Step, controls: Sequence[Control], look: Look, follow: Callable[[str, Values], Values] | None = None
    ) -> None:
        self.step, self.look, self.follow = step, look, follow
        self.controls = {control.name: control for control in controls}
        self.values: dict[str, Any] = {name: control.plan for name, control in self.controls.items()}
        self.plan = look(self.values)
        self.numbers, self.chart = (HTML(layout=Layout(flex=part, min_width="0")) for part in ("2 1 22em", "3 1 30em"))
        self.saving = Saving(step, self.edits, self.reset)
        row = Layout(flex_flow="row wrap")
        beside = HBox([self.numbers, self.chart], layout=row)
        boxes = HBox([control.box for control in controls if control.box is not None], layout=row)
        super().__init__([HTML(STYLE), boxes, beside, self.saving])
        self.add_class("salesplan-whatif")
        self.quiet = False
        for control in controls:
            if control.widget is not None:
                control.widget.observe(lambda _, control=control: self.moved(control), "value")
        self.show()

    def moved(self, control: Control) -> None:
        """A control was moved: the others that hang on it follow, and everything is shown anew."""
        if self.quiet:
            return
        self.values[control.name] = control.exact()
        self.place(self.follow(control.name, self.values) if self.follow else {})
        self.show()
        self.saving.stale()

    def place(self, values: Values) -> None:
        """Put controls where these values stand, without asking them again."""
        self.quiet = True
        for name, value in values.items():
            self.values[name], control = value, self.controls[name]
            if control.widget is not None:
                control.widget.value = control.position(value)
        self.quiet = False

    def reset(self) -> None:
        """Back to the plan."""
        self.place({name: control.plan for name, control in self.controls.items()})
        self.show()

    def edits(self) -> list[tuple[Any, Any, Any]]:
        """Path, value and the plan's own value of every parameter on the panel."""
        found = ((control.path, self.values[name], control.plan) for name, control in self.controls.items())
        return [edit for edit in found if edit[0] is not None]

    def show(self) -> None:
        """Numbers and chart of the values as they stand, beside the plan's."""
        tried = self.look(self.values)
        if isinstance(tried, str) or isinstance(self.plan, str):
            said = tried if isinstance(tried, str) else str(self.plan)
            self.numbers.value, self.chart.value = f"<p>{escape(said)}</p>", ""
            return
        still = self._moved() and tried.same(self.plan)
        said = f'<p class="note">{escape(self.step.words("whatif.nothing_moves"))}</p>' if still else ""
        self.numbers.value = _numbers(self.step, self.plan, tried) + said
        self.chart.value = self._drawn(self.plan, tried)

    def _moved(self) -> bool:
        """Whether a control stands elsewhere than the plan."""
        return any(self.values[name] != control.plan for name, control in self.controls.items())

    def _drawn(self, plan: Outcome, tried: Outcome) -> str:
        frame = _joined(plan.bars, tried.bars)
        pairs = list(zip(tried.figures, plan.figures, strict=True))
        first, own = next((pair for pair in pairs if pair[0].differs(pair[1])), pairs[0])  # the first that moves
        said = {"tried": _text(self.step, first, unit=True), "plan": _text(self.step, own, unit=True)}
        frame.attrs["title"] = self.step.words("whatif.title", what=first.label, **said)
        height = max(SIZE[1], 1.2 + ROW * len(frame)) if len(frame) > chart.ACROSS else SIZE[1]
        return str(self.step.draw(chart.beside, frame, size=(SIZE[0], height)).svg)


def _joined(plan: pd.DataFrame, tried: pd.DataFrame) -> pd.DataFrame:
    """Both outcomes by label; of many the ones that move most, in their order."""
    frame = tried.rename(columns={"amount": "tried"}).assign(plan=plan["amount"].to_numpy())
    if len(frame) > MOST_BARS:
        moved = (frame["tried"] - frame["plan"]).abs().sort_values(ascending=False, kind="stable")
        frame = frame.loc[sorted(moved.index[:MOST_BARS])]
    return frame.reset_index(drop=True)


def _text(step: Step, figure: Figure, *, unit: bool = False) -> str:
    words = step.words
    if figure.kind == "money":
        return words.money(figure.value, unit=unit)
    if figure.kind == "share":
        return words.percent(figure.value)
    return words.month(figure.value) if figure.value else "–"


def _numbers(step: Step, plan: Outcome, tried: Outcome) -> str:
    """The table of figures: plan, tried, what moves."""
    words = step.words
    heads = ["", words("whatif.plan_mark"), words("whatif.tried"), words("whatif.moves")]
    head = "".join(f'<th scope="col"{" class=n" if text else ""}>{escape(text)}</th>' for text in heads)
    rows = (_row(step, *pair) for pair in zip(plan.figures, tried.figures, strict=True))
    unit = f'<p class="note">{escape(words("report.money_in", unit=words.unit))}</p>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{unit}"


def _row(step: Step, plan: Figure, tried: Figure) -> str:
    moved = _text(step, plan) != _text(step, tried)
    cells = "".join(f'<td class="n">{escape(text)}</td>' for text in (_text(step, plan), _text(step, tried)))
    difference = escape(_difference(step, plan, tried)) if moved else ""
    kind = ' class="moved"' if moved else ""
    return f'<tr{kind}><th scope="row">{escape(tried.label)}</th>{cells}<td class="n">{difference}</td></tr>'


def _difference(step: Step, plan: Figure, tried: Figure) -> str:
    """Tried less plan with its sign; shares in points."""
    if tried.kind == "month" or plan.value != plan.value or tried.value != tried.value:
        return ""
    by = tried.value - plan.value
    text = (
        step.words.money(by, unit=False)
        if tried.kind == "money"
        else step.words("whatif.points", value=f"{by * 100:.1f}")
    )
    return f"+{text}" if by > 0 else text
