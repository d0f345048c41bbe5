"""A chart as inline SVG: real text, own ids, no request, the same bytes every time."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan.charts import metrics, numbers, style
from salesplan.charts.slim import slim
from salesplan.report.behind import behind
from salesplan.wording import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Latin text is measured in DejaVu Sans; Chinese in a font that has only widths, as every full-width font has.
TALL = 0.6  # height to width
FAMILY = ["DejaVu Sans", metrics.FAMILY]


class Chart:
    """An SVG picture that notebooks and pages show as it is."""

    def __init__(self, svg: str, title: str) -> None:
        self.svg = svg
        self.title = title

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.title}


@dataclass(frozen=True)
class Sketch:
    """What a chart is drawn from: `paint(ax, frame, words=words)`; `name` keeps its ids apart from others'."""

    paint: Callable[..., "Axes"]
    frame: Any
    words: Words
    name: str
    size: tuple[float, float] = (8.0, 3.6)

    @property
    def chart(self) -> tuple[str, str]:
        """The step and the name of the chart."""
        return self.name.rpartition("-")[0], getattr(self.paint, "__name__", "")


@lru_cache
def know_fonts() -> bool:
    """Make the fonts that only measure known to matplotlib, once."""
    from matplotlib import font_manager

    for name in metrics.FILES.values():
        font_manager.fontManager.addfont(Path(__file__).with_name(name))
    return True


def warm() -> None:
    """Draw a chart that nobody sees: forks that draw find fonts, sizes of letters and what drawing imports known."""
    import pandas as pd

    words = Words("zh")
    texts = ["0123456789,.%+-", words("report.overview")]

    def paint(ax: "Axes", frame: Any, *, words: Words) -> "Axes":  # noqa: ARG001 as every chart is painted
        ax.bar(texts, frame["amount"])
        ax.set_title(texts[1], loc="left")
        return ax

    draw(Sketch(paint, pd.DataFrame({"amount": [1, 2]}), words, "warm"))


def draw(sketch: Sketch) -> Chart:
    """Draw a chart as SVG."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    know_fonts()
    settings: Any = {**style.RC, "font.family": FAMILY}
    with rc_context(settings):
        figure = Figure(figsize=sketch.size, layout="constrained")
        ax = sketch.paint(figure.add_subplot(), sketch.frame, words=sketch.words)
        title = " ".join(ax.get_title(loc="left").split("\n"))
        out = io.StringIO()
        lay_out(figure)
        told = numbers.tell(figure, sketch.words, behind(sketch.frame, *sketch.chart, sketch.words))
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return Chart(with_numbers(tidy(out.getvalue(), sketch.name, title), told), title)


def lay_out(figure: "Figure") -> None:
    """Give everything in a figure its place for SVG, once and for all.

    Otherwise `savefig` draws the whole figure one time more only to have it laid out; the picture is the same.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    engine = figure.get_layout_engine()
    if engine is not None:
        FigureCanvasSVG(figure)  # texts are measured as they are written, so at its dots per inch
        figure.set_dpi(FigureCanvasSVG.fixed_dpi)
        engine.execute(figure)
        figure.set_layout_engine(None)


def tidy(svg: str, name: str, title: str) -> str:
    """Inline form of matplotlib's SVG: slim, ids under `name`, scales to its box, says what it shows."""
    body = svg[svg.index("<svg") :]
    body = slim(re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S))
    body = re.sub(r"<[^>]*>", lambda tag: re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", tag[0]), body)
    body = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", body, count=1)
    kind = ' class="tall"' if _is_tall(body) else ""
    label = escape(title.replace("\n", " "), quote=True)
    return body.replace("<svg", f'<svg{kind} id="{escape(name)}-svg" role="img" aria-label="{label}"', 1)


def with_numbers(svg: str, told: str) -> str:
    """The numbers a chart shows, inside it: they go wherever the picture goes."""
    return svg.removesuffix("</svg>") + f"<metadata>{escape(told, quote=False)}</metadata></svg>" if told else svg


def _is_tall(svg: str) -> bool:
    """Whether a chart needs more room on paper than charts usually get."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return box is not None and float(box[2]) > TALL * float(box[1])
