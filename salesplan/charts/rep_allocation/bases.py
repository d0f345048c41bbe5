"""Charts of where the quotas come from: each rep's share by base, and who is there when."""

from typing import TYPE_CHECKING

from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

BLENDED = "blended"
HEIGHT = 0.62


def bases(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """What each base alone would give each rep of the year, as dots on a line; the blend as a bar across.

    `frame` is the table rep_allocation_bases; of its bases those that count are drawn, all where only one does.
    """
    shown = _counted(frame)
    if shown.empty:
        return nothing(ax, words("rep_allocation.no_reps"))
    blend = frame[frame["basis"] == BLENDED].set_index("rep")["carried_share"]
    order = blend.sort_values(ascending=False, kind="stable").index[:MOST].tolist()
    place = {rep: y for y, rep in enumerate(order)}
    dots = shown[shown["rep"].isin(place)]
    for rep, y in place.items():
        span = dots.loc[dots["rep"] == rep, "carried_share"]
        ax.plot([span.min(), span.max()], [y, y], color=style.GREY, linewidth=2, zorder=1)
        ax.plot([blend[rep]] * 2, [y - 0.32, y + 0.32], color=style.INK, linewidth=2.5, zorder=2)
    for number, (base, rows) in enumerate(dots.groupby("basis", sort=False)):
        heights = [place[rep] for rep in rows["rep"]]
        colour = style.PALETTE[number % len(style.PALETTE)]
        label = _label(str(base), rows, words)
        ax.plot(rows["carried_share"], heights, "o", color=colour, markersize=7, zorder=3, label=label)
    ax.plot([], [], "|", color=style.INK, markersize=12, markeredgewidth=2.5, label=words.code("base", BLENDED))
    ax.set_yticks(range(len(order)), [words.person(rep) for rep in order])
    style.rows(ax, len(order))
    style.percent_axis(ax, "x")
    ax.set_xlabel(words("rep_allocation.bases_axis"))
    ax.legend(loc="lower right", fontsize=9)
    style.title(ax, bases_title(frame, words))
    return ax


def _counted(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of bases that count, of all bases where fewer than two do."""
    single = frame[frame["basis"] != BLENDED]
    counted = single[single["weight"] > 0]
    return counted if len(set(counted["basis"])) > 1 else single


def _label(base: str, rows: "pd.DataFrame", words: Words) -> str:
    weight = float(rows["weight"].iloc[0])
    return f"{words.code('base', base)} {words.percent(weight, 0)}" if weight else words.code("base", base)


def bases_title(frame: "pd.DataFrame", words: Words) -> str:
    """Who would gain and who would lose most if one of the bases decided alone."""
    blend = frame[frame["basis"] == BLENDED].set_index("rep")["carried_share"]
    shown = _counted(frame)
    if len(blend) < 2:
        return words("rep_allocation.bases_title_same")
    change = shown.assign(change=shown["carried_share"] - shown["rep"].map(blend))
    ranked = change.sort_values(["change", "rep", "basis"], kind="stable")
    low, high = ranked.iloc[0], ranked.iloc[-1]
    if high["change"] < 0.0005:
        return words("rep_allocation.bases_title_same")
    ends = {"gains": high, "loses": low}
    values = {name: words.person(row["rep"]) for name, row in ends.items()}
    values |= {f"{name}_base": words.code("base", row["basis"]) for name, row in ends.items()}
    values |= {f"{name}_by": words.number(abs(row["change"]) * 100, 1) for name, row in ends.items()}
    return words(f"rep_allocation.bases_title{'_one' if low['rep'] == high['rep'] else ''}", **values)


def presence(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Who is there when: a bar per rep, pale while he ramps; below them what nobody looks after.

    `frame` is `rep_allocation.presence_table`. Of many reps only those who are not there in full all year are drawn.
    """
    months = sorted(frame["month"].unique())
    rows = _lines(frame)
    if not rows:
        return nothing(ax, words("rep_allocation.no_reps"))
    for y, cells in enumerate(rows):
        _bar(ax, y, cells, words)
    ax.set_yticks(range(len(rows)), [_row_name(cells, words) for cells in rows])
    ax.set_xticks(range(len(months)), [words.month_short(month) for month in months])
    ax.set_xlim(-0.5, len(months) - 0.5)
    style.rows(ax, len(rows))
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    style.title(ax, presence_title(frame, words))
    return ax


def _lines(frame: "pd.DataFrame") -> "list[pd.DataFrame]":
    """The rows of the chart: reps by key, then what is vacant by region and last owner."""
    staff, vacant = frame[frame["kind"] == "rep"], frame[frame["kind"] == "vacant"]
    if staff["rep"].nunique() > MOST:
        full = (staff["presence"] >= 1) & (staff["ramp"] >= 1)
        staff = staff[~full.groupby(staff["rep"]).transform("all")]
    groups = [cells for _, cells in staff.groupby("rep", sort=True)]
    return [*groups, *(cells for _, cells in vacant.groupby(["name", "rep"], sort=True))][:MOST]


def _row_name(cells: "pd.DataFrame", words: Words) -> str:
    first = cells.iloc[0]
    if first["kind"] == "rep":
        return words.person(str(first["rep"]))
    return words("rep_allocation.vacant_row", region=first["name"] or words.person(str(first["rep"])))


def _bar(ax: "Axes", y: int, cells: "pd.DataFrame", words: Words) -> None:
    """One piece per month, as dark as the part of a full quota; what is vacant with its number of customers."""
    months = cells.groupby("month", sort=True)[["presence", "ramp"]].max()
    vacant = bool((cells["kind"] == "vacant").all())
    for x, (share, ramp) in enumerate(months.to_numpy(dtype="float64").tolist()):
        if share > 0:
            colour, depth = (style.RED, 0.75) if vacant else (style.BLUE, 0.2 + 0.7 * ramp * share)
            ax.barh(y, 1.0, left=x - 0.5, height=HEIGHT, color=colour, alpha=depth)
    open_ = cells[cells["presence"] > 0]
    if vacant and (count := int(open_.groupby("month")["customers"].sum().max())):
        last = int((months.index <= open_["month"].max()).sum()) - 1
        text = words("rep_allocation.vacant_count", count=count)
        ax.annotate(text, (last + 0.5, y), (6, 0), textcoords="offset points", va="center", fontsize=9)


def presence_title(frame: "pd.DataFrame", words: Words) -> str:
    """How many are not there in full all year, and how much is vacant."""
    staff = frame[frame["kind"] == "rep"]
    whole = ((staff["presence"] >= 1) & (staff["ramp"] >= 1)).groupby(staff["rep"]).all()
    vacant = frame[(frame["kind"] == "vacant") & (frame["presence"] > 0)]
    first = words.month(str(vacant["month"].min())) if len(vacant) else ""
    customers = int(vacant.groupby("month")["customers"].sum().max()) if len(vacant) else 0
    gaps = len(vacant[["name", "rep"]].drop_duplicates())
    key = "presence_title" if not whole.all() else "presence_title_full"
    key = "presence_title_vacant" if customers else "presence_title_open" if gaps else key
    values = {"count": len(whole), "part": int((~whole).sum()), "month": first}
    return words(f"rep_allocation.{key}", **values, customers=customers, gaps=gaps)
