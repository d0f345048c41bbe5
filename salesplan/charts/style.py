"""One design for all charts: colours, money axes, titles, labels."""

from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from matplotlib import ticker

from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

INK = "#1f2933"
MUTED = "#6b7784"
GREY = "#c3cad1"
BLUE = "#1f6fb2"
ORANGE = "#d9730d"
GREEN = "#1a8a6e"
RED = "#c0392b"
# Okabe and Ito's order, safe for the colour-blind.
PALETTE = ("#1f6fb2", "#d9730d", "#1a8a6e", "#b5589b", "#8c6d1f", "#56a5d8", "#7a7f87")

TITLE_PER_INCH = 9.6  # Latin characters of a title that fit an inch of the figure
PAUSES = (("；", "; "), ("，", "：", ", ", ": "))  # the stronger first

LEAST_ROWS = 4

RC: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "salesplan",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": MUTED,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlecolor": INK,
    "axes.titlepad": 12,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "text.parse_math": False,  # two dollar signs in a name are not a formula
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "grid.color": "#e7ebef",
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


def title(ax: "Axes", text: str) -> None:
    """Say above the chart what is seen in it, in two lines where one is too short."""
    ax.set_title(_lines(text, limit=int(ax.figure.bbox.width / ax.figure.dpi * TITLE_PER_INCH)))


def _lines(text: str, limit: int) -> str:
    """The text broken once at its last strong pause before the limit, else a weak one; Chinese is two wide."""
    widths = list(accumulate(2 if character >= "\u2e80" else 1 for character in text))
    if not widths or widths[-1] <= limit:
        return text
    fits = text[: sum(width <= limit for width in widths)]
    places = [max(fits.rfind(mark) + len(mark) if mark in fits else 0 for mark in marks) for marks in PAUSES]
    at = next((place for place in places if place), 0)
    return f"{text[:at].rstrip()}\n{text[at:]}" if at else text


class Exact(ticker.FuncFormatter):
    """Prints round numbers at the ticks and, for the table beside the chart, every other one in full."""

    def __init__(self, tick: Callable[[float], str], full: Callable[[float], str]) -> None:
        super().__init__(lambda value, _: tick(value))
        self.full = full

    def format_data(self, value: float) -> str:
        """A value in full, as matplotlib asks for it."""
        return self.full(value)


def money_axis(ax: "Axes", words: Words, axis: str = "y", *, label: bool = True) -> None:
    """Print an axis of fen in the plan's money unit, named once at its end, with light grid lines."""
    target = ax.yaxis if axis == "y" else ax.xaxis
    target.set_major_locator(ticker.MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    target.set_major_formatter(
        Exact(lambda fen: f"{fen / words.scale:,.10g}", lambda fen: words.money(round(fen), unit=False))
    )
    ax.grid(visible=True, axis="y" if axis == "y" else "x")
    if label:
        target.set_label_text(words.unit)
    if axis == "y" and words.language == "zh":  # characters stand upright
        ax.yaxis.label.set(rotation=0, ha="right", va="center")


def percent_axis(ax: "Axes", axis: str = "y") -> None:
    """Print an axis of fractions of one as percent, with light grid lines."""
    target = ax.yaxis if axis == "y" else ax.xaxis
    target.set_major_formatter(Exact(lambda share: f"{share * 100:,.10g}%", lambda share: f"{share * 100:,.1f}%"))
    ax.grid(visible=True, axis="y" if axis == "y" else "x")


def bar_labels(ax: "Axes", bars: Any, texts: list[str], *, size: int = 9, padding: int = 3) -> None:
    """Write each bar's own text at its end."""
    ax.bar_label(bars, labels=texts, fontsize=size, padding=padding, color=INK)
    bars.told = texts


def rows(ax: "Axes", count: int) -> None:
    """Rows from the top, at least as many as keep a few bars from growing fat."""
    ax.set_ylim(max(count, LEAST_ROWS) - 0.4, -0.7)


def heat(ax: "Axes", table: "pd.DataFrame", texts: "pd.DataFrame | None" = None) -> None:
    """Cells shaded by their value, each with its text where texts are given; zero and unknown stay white."""
    import seaborn as sns
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("amounts", ["#f0f5fa", BLUE])
    values = table.astype("float64").where(table != 0)
    labels = False if texts is None else texts.to_numpy()
    sns.heatmap(
        values, ax=ax, cmap=shades, vmin=0, annot=labels, fmt="", cbar=False, linewidths=1, linecolor="white",
        annot_kws={"fontsize": 8},
    )  # fmt: skip
    ax.tick_params(axis="x", rotation=0)
    ax.tick_params(axis="y", rotation=0)
    ax.set(xlabel="", ylabel="")
