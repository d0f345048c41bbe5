"""Sliders and choices of a panel, each with the plan's own value marked on it."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Any

from ipywidgets import HTML, Dropdown, FloatSlider, Layout, VBox

from salesplan.params.reading import Path as KeyPath
from salesplan.workbook import Step

EXACT = 6  # decimals of a rate
LATE = 0.6  # of the track, beyond which the plan's value stands before its mark
KNOB, READOUT = 8, 96  # pixels: half the knob, at which the track begins; the number behind it
STYLE = f"""<style>
.salesplan-whatif .widget-readout {{ flex: 0 0 {READOUT - 8}px; max-width: {READOUT - 8}px; }}
.salesplan-whatif .plan-mark {{ position: relative; height: 1.5em; margin: -6px {READOUT}px 4px 0; font-size: .85em; }}
.salesplan-whatif .plan-mark span {{ position: absolute; transform: translateX(-50%); }}
.salesplan-whatif .plan-mark i {{ position: absolute; left: 100%; padding-left: 3px; }}
.salesplan-whatif .plan-mark i {{ font-style: normal; white-space: nowrap; }}
.salesplan-whatif .plan-mark .late i {{ left: auto; right: 100%; padding: 0 3px 0 0; }}
.salesplan-whatif table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
.salesplan-whatif th, .salesplan-whatif td {{ padding: 2px 10px 2px 0; text-align: left; vertical-align: top; }}
.salesplan-whatif .n {{ text-align: right; white-space: nowrap; }}
.salesplan-whatif th {{ font-weight: normal; min-width: 5em; }}
.salesplan-whatif .moved, .salesplan-whatif .moved th {{ font-weight: 600; }}
.salesplan-whatif td, .salesplan-whatif th {{ line-height: 1.4; }}
.salesplan-whatif code {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
.salesplan-whatif svg {{ width: 100%; height: auto; }}
</style>"""


class Control:
    """One thing to move: its name, where the parameter stands, the plan's own exact value, the widget."""

    def __init__(self, name: str, label: str, plan: Any, path: KeyPath | None) -> None:
        self.name, self.label, self.plan, self.path = name, label, plan, path
        self.widget: Any = None
        self.box: Any = None

    def exact(self) -> Any:
        """What the widget says, as the parameter file would; where it stands on the plan's mark, the plan's value."""
        return self.plan if self.widget.value == self.position(self.plan) else self.widget.value

    def position(self, value: Any) -> Any:
        """Where a value stands on the widget."""
        return value


class Held(Control):
    """A parameter that moves with controls of the panel and has none of its own."""

    def exact(self) -> Any:
        """The plan's own: nobody moves it."""
        return self.plan


class Slider(Control):
    """A number on a track from `ends[0]` to `ends[1]`, further where the plan stands beyond; `per` units of it."""

    def __init__(
        self, control: tuple[str, str, Decimal, KeyPath | None], ends: tuple[float, float], tick: float, form: str
    ) -> None:
        super().__init__(*control)
        self.form = form
        at = self.position(self.plan)
        self.low, self.high = min(ends[0], at), max(ends[1], at)
        self.widget = FloatSlider(
            value=at, min=self.low, max=self.high, step=tick, readout_format=form, continuous_update=False,
            layout=Layout(width="auto"),
        )  # fmt: skip
        title = HTML(f"<b>{escape(self.label)}</b>")
        self.box = VBox([title, self.widget, HTML(self._mark())], layout=Layout(width="320px", margin="0 18px 0 0"))

    def position(self, value: Any) -> float:
        """Where a value stands on the track."""
        return round(float(value), EXACT)

    def exact(self) -> Decimal:
        """The number to six decimals, as a rate or an amount is written."""
        at = round(self.widget.value, EXACT)
        return Decimal(self.plan) if at == self.position(self.plan) else Decimal(f"{at:.{EXACT}f}").normalize()

    def _mark(self) -> str:
        """The plan's own value under its place on the track."""
        part = (self.position(self.plan) - self.low) / ((self.high - self.low) or 1.0)
        left = f"calc({KNOB}px + {part:.4f} * (100% - {2 * KNOB}px))"
        text, end = format(self.position(self.plan), self.form), "late" if part > LATE else "early"
        return (
            f'<div class="plan-mark"><span class="{escape(end)}" style="left:{left}">'
            f"▲<i>{escape(text)}</i></span></div>"
        )


class Choice(Control):
    """One of a few words; the plan's own is marked in the list."""

    def __init__(self, step: Step, control: tuple[str, str, Any, KeyPath | None], names: Sequence[tuple[str, Any]]):
        super().__init__(*control)
        own = [(step.words("whatif.own", name=text) if value == self.plan else text, value) for text, value in names]
        self.widget = Dropdown(options=own, value=self.plan, layout=Layout(width="auto"))
        title = HTML(f"<b>{escape(self.label)}</b>")
        self.box = VBox([title, self.widget], layout=Layout(width="320px", margin="0 18px 0 0"))


def slider(
    step: Step, name: str, given: tuple[Decimal, KeyPath | None], ends: tuple[float, float], tick: float, **more: Any
) -> Slider:
    """A slider by its name in the catalogue; `given`: the plan's value, where it stands. `form`, and fields of the
    name's text, as `more`."""
    form = more.pop("form", ".0%")
    value, path = given
    return Slider((more.pop("key", name), step.words(f"whatif.{name}", **more), value, path), ends, tick, form)


def choice(step: Step, name: str, given: tuple[Any, KeyPath], family: str, codes: Sequence[str]) -> Choice:
    """A list of codes by what people call them."""
    options = [(step.words.code(family, code), code) for code in codes]
    return Choice(step, (name, step.words(f"whatif.{name}"), *given), options)
