"""Charts of days and periods: year calendar, ten-day periods, pace per workday, the day pattern."""

from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan.charts import style
from salesplan.seasonal_split import closed_workdays
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ACROSS = 4  # months in a row of the calendar
WIDE, HIGH = 8.0, 8.6  # room of a month in cells: seven days and a gap, six weeks, heads and a gap
SHADES = ("#dcE9f5", style.BLUE)
THIRDS = ("#a9cbe8", "#5c9fd3", style.BLUE)
MOST_MEMBERS = 15
DARK = 0.72  # of the strongest day: from here on the day's number is white


def year_calendar(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """The year as a wall calendar: a block of weeks per month, the stronger a day's target the darker its cell.

    `frame`: table `seasonal_split_days`. Holidays and worked weekends carry their mark, days with an
    event a frame; each block is headed by the month and its target.
    """
    cells = _cells(frame)
    _paint_days(ax, cells)
    for _, day in cells.iterrows():
        _write_day(ax, day, words)
    for month, block in cells.groupby("month", sort=True):
        _head(ax, str(month), block, words)
    rows = -(-cells["month"].nunique() // ACROSS)
    ax.set(xlim=(-0.2, ACROSS * WIDE - 0.8), ylim=(rows * HIGH - 0.6, -0.1), aspect="equal")
    ax.axis("off")
    style.title(ax, _calendar_title(frame, words))
    _legend(ax, bool((frame["event"] != "").any()), words, rows * HIGH - 0.4)
    return ax


def _cells(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Where each day's cell stands: `left`, `top`, and how strong it is, 0 to 1."""
    place = frame["month"].rank(method="dense").astype("int64").to_numpy() - 1
    column = frame["date"].dt.day_of_week.to_numpy()
    first = frame.groupby("month")["date"].transform("min")
    row = ((frame["date"] - first).dt.days + first.dt.day_of_week).to_numpy() // 7
    most = max(int(frame["amount"].max()), 1)
    return frame.assign(
        left=place % ACROSS * WIDE + column,
        top=place // ACROSS * HIGH + row + 2.0,
        strength=frame["amount"] / most,
        corner=first,
    )


def _paint_days(ax: "Axes", cells: "pd.DataFrame") -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    shade = LinearSegmentedColormap.from_list("amounts", SHADES)
    colours = [shade(s**1.5) if s > 0 else "#f6f7f8" for s in cells["strength"]]
    boxes = [Rectangle((x, y), 0.94, 0.94) for x, y in zip(cells["left"], cells["top"], strict=True)]
    ax.add_collection(PatchCollection(boxes, facecolor=colours, edgecolor="none"))
    framed = cells[cells["event"] != ""]
    outer = [Rectangle((x + 0.03, y + 0.03), 0.88, 0.88) for x, y in zip(framed["left"], framed["top"], strict=True)]
    ax.add_collection(PatchCollection(outer, facecolor="none", edgecolor=style.ORANGE, linewidth=1.4))


def _write_day(ax: "Axes", day: "pd.Series[Any]", words: Words) -> None:
    when, marked = day["date"], day["day_type"] in ("holiday", "moved_workday")
    ink = "white" if day["strength"] > DARK else style.INK if day["amount"] else style.MUTED
    text = f"{when.month}/{when.day}" if when.day == 1 and when != day["corner"] else str(when.day)
    place = (day["left"] + 0.47, day["top"] + (0.66 if marked else 0.5))
    ax.text(*place, text, color=ink, fontsize=6, ha="center", va="center").set_in_layout(False)
    if marked:
        colour = style.RED if day["day_type"] == "holiday" and ink != "white" else ink
        mark = words(f"seasonal_split.mark_{day['day_type']}")
        place = (day["left"] + 0.47, day["top"] + 0.26)
        ax.text(*place, mark, color=colour, fontsize=5, ha="center", va="center", weight="bold").set_in_layout(False)


def _head(ax: "Axes", month: str, block: "pd.DataFrame", words: Words) -> None:
    left = float(block["left"].min() // WIDE * WIDE)
    top = float((block["top"].min() - 2.0) // HIGH * HIGH)
    text = words.money(block["amount"].sum(), unit=False, decimals=1)
    ax.text(left, top + 0.55, words.month_short(month), fontsize=9, weight="bold", va="center")
    ax.text(left + 6.94, top + 0.55, text, fontsize=8, color=style.MUTED, ha="right", va="center")
    for number in range(7):
        name = words(f"seasonal_split.weekday_{number}")
        colour = style.MUTED if number < 5 else style.ORANGE
        ax.text(left + number + 0.47, top + 1.5, name, fontsize=6, color=colour, ha="center", va="center")


def _legend(ax: "Axes", events: bool, words: Words, bottom: float) -> None:
    key = "seasonal_split.chart_calendar_legend" + ("_events" if events else "")
    ax.text(0, bottom, words(key, unit=words.unit), fontsize=8, color=style.MUTED, va="top")


def _calendar_title(frame: "pd.DataFrame", words: Words) -> str:
    """How many workdays, those without a target, days off with one, and the highest day or days."""
    best = frame.iloc[int(frame["amount"].argmax())]
    alike = int((frame["amount"].map(words.money) == words.money(best["amount"])).sum())
    off = int(((frame["amount"] > 0) & ~frame["workday"]).sum())
    closed = int(closed_workdays(frame).sum())
    highest = {"date": words.date(best["date"].date()), "amount": words.money(best["amount"]), "count": alike}
    return words(
        f"seasonal_split.chart_calendar_{'open' if off else 'workdays'}",
        workdays=int(frame["workday"].sum()),
        off=off,
        closed=words("seasonal_split.chart_calendar_closed", count=closed) if closed else "",
        highest=words(f"seasonal_split.chart_calendar_{'highest' if alike == 1 else 'highest_days'}", **highest),
    )


def ten_days(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Three bars per month, one per ten-day period; `frame`: `level_of(periods, "ten_day")`."""
    number = frame["period"].str[-1].astype("int64").to_numpy()
    months = frame["period"].str[:7]
    place = months.rank(method="dense").to_numpy() - 1
    for third in (1, 2, 3):
        here = number == third
        ax.bar(place[here] + (third - 2) * 0.28, frame["amount"][here], width=0.26, color=THIRDS[third - 1])
    labels = list(dict.fromkeys(months))
    ax.set_xticks(range(len(labels)), [words.month_short(month) for month in labels])
    style.money_axis(ax, words)
    ax.margins(x=0.01, y=0.2)
    for third, colour in enumerate(THIRDS):
        text = words("seasonal_split.chart_ten_days_part", part=words.code("third", str(third + 1)))
        ax.annotate(text, (0.01 + 0.16 * third, 0.97), xycoords="axes fraction", color=colour, va="top", weight="bold")
    style.title(ax, _ten_days_title(frame, number, words))
    return ax


def _ten_days_title(frame: "pd.DataFrame", number: Any, words: Words) -> str:
    best = frame.iloc[int(frame["amount"].argmax())]
    total = frame["amount"].sum()
    last = frame.loc[number == 3, "amount"].sum() / total if total else None
    return words(
        "seasonal_split.chart_ten_days",
        best=words.ten_day(str(best["period"])),
        amount=words.money(best["amount"]),
        share=words.percent(last),
    )


def pace(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Target per workday with a target, by month, beside the year's average; `frame`: months by `with_target_days`."""
    worked = frame["target_days"].clip(lower=1)
    rate = (frame["amount"] / worked).to_numpy()
    usual = float(frame["amount"].sum() / max(int(frame["target_days"].sum()), 1))
    colours = [style.BLUE if value > usual else style.GREY for value in rate]
    bars = ax.bar(range(len(frame)), rate, width=0.62, color=colours)
    style.bar_labels(ax, bars, [words.money(round(value), unit=False) for value in rate], size=8)
    ax.axhline(usual, color=style.ORANGE, linewidth=1.4)
    text = words("seasonal_split.chart_pace_usual", amount=words.money(round(usual)))
    ax.annotate(text, (0.01, 0.97), xycoords="axes fraction", color=style.ORANGE, va="top", weight="bold")
    labels = [
        words("seasonal_split.chart_pace_month", month=words.month_short(month), workdays=int(days))
        for month, days in zip(frame["month"], frame["target_days"], strict=True)
    ]
    ax.set_xticks(range(len(frame)), labels)
    style.money_axis(ax, words)
    ax.margins(y=0.25)
    style.title(ax, _pace_title(frame, rate, usual, words))
    return ax


def _pace_title(frame: "pd.DataFrame", rate: Any, usual: float, words: Words) -> str:
    place = int(rate.argmax())
    return words(
        "seasonal_split.chart_pace",
        month=words.month_short(frame["month"].iloc[place]),
        amount=words.money(round(float(rate[place]))),
        more=words.percent(float(rate[place]) / usual - 1 if usual else 0.0, 0),
    )


def day_pattern(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Classes of days: what they sold in the history beside what they weigh in the plan; `frame`: `pattern_classes`.

    100 % is the average workday (weekdays) or the ordinary day (festivals, end of the month).
    """
    place = np.arange(len(frame)) + frame["part"].ne(frame["part"].shift()).cumsum().to_numpy() * 0.8
    ax.barh(place - 0.19, frame["history"], height=0.36, color=style.GREY)
    bars = ax.barh(place + 0.19, frame["plan"], height=0.36, color=style.BLUE)
    style.bar_labels(ax, bars, [words.percent(value, 0) for value in frame["plan"]], size=8)
    ax.set_yticks(place, [words.code("day_class", name) for name in frame["day_class"]])
    ax.invert_yaxis()
    ax.axvline(1, color=style.MUTED, linewidth=0.8)
    style.percent_axis(ax, "x")
    ax.margins(x=0.28, y=0.02)  # room for the names of the colours
    for index, (name, colour) in enumerate((("plan", style.BLUE), ("history", style.MUTED))):
        text, corner = words(f"seasonal_split.chart_pattern_{name}"), (0.99, 0.99 - 0.05 * index)
        ax.annotate(text, corner, xycoords="axes fraction", color=colour, ha="right", va="top", weight="bold")
    style.title(ax, _pattern_title(frame, words))
    return ax


def _pattern_title(frame: "pd.DataFrame", words: Words) -> str:
    """Names the class that differs most from its usual weight, or says that there is none."""
    moved = (frame["plan"] - frame["usual"]).abs()
    if not moved.max() > 0:
        return words("seasonal_split.chart_pattern_none")
    row = frame.iloc[int(moved.to_numpy().argmax())]
    return words(
        "seasonal_split.chart_pattern",
        name=words.code("day_class", str(row["day_class"])),
        plan=words.percent(row["plan"], 0),
    )


def ten_day_members(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Heat map of member x ten-day period; `frame`: `ten_days_by_member`. The largest members only."""
    size = frame.groupby("member")["amount"].sum().sort_values(ascending=False, kind="stable")
    table = frame.pivot_table(index="member", columns="ten_day", values="amount", aggfunc="sum")
    table = table.reindex(list(size.index[:MOST_MEMBERS]))
    style.heat(ax, table)
    months = list(dict.fromkeys(label[:7] for label in table.columns))
    ax.set_xticks([3 * n + 1.5 for n in range(len(months))], [words.month_short(month) for month in months])
    ax.set_yticks(np.arange(len(table)) + 0.5, [words.code("member", str(name)) for name in table.index])
    best = frame.iloc[int(frame["amount"].argmax())]
    values = {"member": words.code("member", str(best["member"])), "amount": words.money(best["amount"])}
    when = words.ten_day(str(best["ten_day"]))
    style.title(ax, words("seasonal_split.chart_ten_day_members", when=when, **values))
    return ax
