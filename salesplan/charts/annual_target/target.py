"""Charts of step 1: levels beside the years and the evidence, the way from last year, the odds."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

GROUPS = ("year", "level", "estimate")
BAR = 0.62
LONGEST_LABEL = 24  # characters beside a bar
NEAR = 0.8  # of the planned level; an amount from here on may run into its line


def _rows(frame: "pd.DataFrame") -> Iterable[Any]:
    return frame.itertuples()


def levels(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Past years and levels as bars, estimates as dots with their intervals; `frame` is that of `overview`."""
    places = _places(frame)
    planned = frame[frame["planned"]].iloc[0]
    for row, y in zip(_rows(frame), places, strict=True):
        _estimate(ax, row, y) if row.part == "estimate" else _bar(ax, row, y)
        _amount(ax, row, y, words, planned=int(planned["amount"]))
    ax.axvline(int(planned["amount"]), color=style.BLUE, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    ax.set_yticks(places, [_name(row.part, row.name, words) for row in _rows(frame)])
    ax.invert_yaxis()
    style.money_axis(ax, words, axis="x")
    _room_for_labels(ax, frame[["amount", "low", "high"]])
    ax.spines["left"].set_visible(False)
    style.title(ax, _levels_title(frame, planned, words))
    return ax


def _places(frame: "pd.DataFrame") -> list[float]:
    """One line per row, half a line apart between years, levels and estimates."""
    return [place + 0.5 * GROUPS.index(part) for place, part in enumerate(frame["part"])]


def _room_for_labels(ax: "Axes", amounts: "pd.DataFrame") -> None:
    """From zero, or the least amount below it, to a little beyond the largest, where its label stands."""
    known = amounts.astype("float64")
    ax.set_xlim(min(0.0, float(known.min().min()) * 1.15), max(1.0, float(known.max().max()) * 1.12))


def _bar(ax: "Axes", row: Any, y: float) -> None:
    colour = style.GREY if row.part == "year" else style.BLUE
    alpha = 1.0 if row.planned or row.part == "year" else 0.55
    ax.barh(y, int(row.amount), height=BAR, color=colour, alpha=alpha)


def _ends(row: Any) -> list[int]:
    return [int(row.amount) if str(end) == "<NA>" else int(end) for end in (row.low, row.high)]


def _amount(ax: "Axes", row: Any, y: float, words: Words, *, planned: int) -> None:
    """The amount to the right, or to the left where the planned level's line would cross it."""
    low, high = _ends(row)
    left = NEAR * planned < high < planned
    bar = row.part != "estimate"  # left of its end a bar's amount stands inside it
    ax.annotate(
        words.money(row.amount, unit=False), (high if bar or not left else low, y), xytext=(-7 if left else 7, 0),
        textcoords="offset points", ha="right" if left else "left", va="center", fontsize=9,
    )  # fmt: skip


def _estimate(ax: "Axes", row: Any, y: float) -> None:
    ax.plot(_ends(row), [y, y], color=style.ORANGE, linewidth=2, marker="|", markersize=9)
    marker = "D" if row.name == "weighted" else "o"
    ax.plot(int(row.amount), y, color=style.ORANGE, marker=marker, markersize=7)


def _name(part: str, name: str, words: Words) -> str:
    if part == "year":
        return words("annual_target.year_actual", year=name)
    return words.code(part, name)


def _levels_title(frame: "pd.DataFrame", planned: "pd.Series", words: Words) -> str:
    past = frame[frame["part"] == "year"]
    level, amount = words.code("level", planned["name"]), words.money(planned["amount"])
    if past.empty:
        return words("annual_target.levels_title_alone", level=level, amount=amount)
    last = int(past["amount"].iloc[-1])
    key = "levels_title_up" if planned["amount"] >= last else "levels_title_down"
    change = words.percent(abs(int(planned["amount"]) / last - 1)) if last > 0 else words.percent(None)
    return words(f"annual_target.{key}", level=level, amount=amount, change=change, evidence=_evidence(frame, words))


def _evidence(frame: "pd.DataFrame", words: Words) -> str:
    """The weighted estimate, as the end of the title; nothing where there is none."""
    amounts = frame.loc[frame["name"] == "weighted", "amount"].tolist()
    return words("annual_target.levels_evidence", amount=words.money(amounts[0])) if amounts else ""


def gap(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """The way from last year over the measures to the planned level; `frame` is that of `bridge`."""
    left = frame[["amount_from", "amount_to"]].min(axis=1)
    width = (frame["amount_to"] - frame["amount_from"]).abs()
    bars = ax.barh(range(len(frame)), width, left=left, height=BAR, color=[_colour(row) for row in _rows(frame)])
    style.bar_labels(ax, bars, [_change(row, words) for row in _rows(frame)])
    for place, end in enumerate(frame["amount_to"].tolist()[:-1]):
        ax.plot([end, end], [place + BAR / 2, place + 1 - BAR / 2], color=style.MUTED, linewidth=0.8)
    ax.set_yticks(range(len(frame)), [_part_name(row, words) for row in _rows(frame)])
    ax.invert_yaxis()
    style.money_axis(ax, words, axis="x")
    _room_for_labels(ax, frame[["amount_from", "amount_to"]])
    ax.spines["left"].set_visible(False)
    style.title(ax, _gap_title(frame, words))
    return ax


def _colour(row: Any) -> str:
    colours = {"last_year": style.GREY, "level": style.BLUE, "measure": style.GREEN if row.amount >= 0 else style.RED}
    return colours.get(str(row.part), style.ORANGE)


def _change(row: Any, words: Words) -> str:
    sign = "+" if row.amount > 0 and row.part in ("measure", "unexplained") else ""
    return sign + words.money(row.amount, unit=False)


def _part_name(row: Any, words: Words) -> str:
    name = str(row.name)
    if row.part == "level":
        return words.code("level", name)
    text = name or words.code("part", str(row.part))
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def _gap_title(frame: "pd.DataFrame", words: Words) -> str:
    rest = int(frame.loc[frame["part"] == "unexplained", "amount"].iloc[0])
    key = "gap_open" if rest > 0 else "gap_over" if rest < 0 else "gap_closed"
    return words(f"annual_target.{key}_title", amount=words.money(abs(rest)))


def odds(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Probability that the year reaches an amount, the levels marked; `frame` is that of `odds_curve`."""
    ax.plot(frame["amount"], frame["probability"], color=style.ORANGE, linewidth=2)
    marked = frame[frame["level"] != ""]
    for row in _rows(marked):
        ax.plot(row.amount, row.probability, "o", color=style.BLUE, markersize=7)
        text = f"{words.code('level', str(row.level))} {words.percent(row.probability, 0)}"
        ax.annotate(text, (row.amount, row.probability), xytext=(7, 7), textcoords="offset points", fontsize=9)
    style.money_axis(ax, words, axis="x")
    style.percent_axis(ax)
    ax.set_ylabel(words.column("probability"))
    ax.set_ylim(0, 1.05)
    ax.margins(x=0.08)
    texts = [
        words(
            "annual_target.odds_part",
            level=words.code("level", str(row.level)),
            probability=words.percent(row.probability, 0),
        )
        for row in _rows(marked)
    ]
    style.title(ax, words("annual_target.odds_title", levels=words.list(texts)))
    return ax
