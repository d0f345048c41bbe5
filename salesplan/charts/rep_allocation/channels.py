"""Charts of channels, dealers and outlets."""

from typing import TYPE_CHECKING, Any

from salesplan.charts import style
from salesplan.charts.rep_allocation.people import MOST, nothing
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_DEALERS = 20
MOST_CITIES = 20
ALARM = ("stuffed", "full", "slow")
SHADES = {"stuffed": style.RED, "full": style.ORANGE, "slow": style.ORANGE}


def channels(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Target beside last year by channel, largest first; `frame` is that of `channel_years`."""
    shown = frame.head(MOST)
    _pairs(ax, shown, ("last_year", "amount"))
    ax.set_yticks(range(len(shown)), shown["channel"].astype(str).tolist())
    style.rows(ax, len(shown))
    style.money_axis(ax, words, axis="x")
    most = _room(ax, shown[["last_year", "amount"]])
    growth = [_signed(row.growth, words) for row in shown.itertuples()]
    _column(ax, words.column("growth"), growth, most * 1.14)
    profit = "net_share" if shown["net_share"].notna().any() else "gross_share"
    shares = [words.percent(row, 1) for row in shown[profit]]
    _column(ax, words.column(profit, "rep_allocation_channel_years"), shares, most * 1.32)
    _legend(ax, (words("rep_allocation.last_year_mark"), words("rep_allocation.channel_target")))
    style.title(ax, _channel_title(frame, profit, words))
    return ax


def _channel_title(frame: "pd.DataFrame", profit: str, words: Words) -> str:
    top = frame.iloc[0]
    values = {"channel": top["channel"], "amount": words.money(top["amount"]), "share": words.percent(top["share"], 0)}
    known = frame[frame[profit].notna()]
    if len(known) < 2:
        return words("rep_allocation.chart_channels", **values)
    best = known.iloc[int(known[profit].astype(float).to_numpy().argmax())]
    rate = words.percent(best[profit], 1)
    return words(f"rep_allocation.chart_channels_{profit.split('_')[0]}", best=best["channel"], rate=rate, **values)


def units(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Units rep by product as a heat map, each product shaded by its own largest; `frame`: rep_allocation_profit."""
    known = frame[frame["rep"].astype(bool) & frame["product"].astype(bool) & frame["quantity"].notna()]
    if known.empty:
        return nothing(ax, words("rep_allocation.no_units"))
    grid = known.pivot_table(index="rep", columns="product", values="quantity", aggfunc="sum", fill_value=0)
    grid = grid.loc[grid.sum(axis=1).sort_values(ascending=False).index[:MOST], grid.sum().nlargest(12).index]
    texts = grid.map(lambda count: words.number(count) if count else "")
    style.heat(ax, (grid / grid.max().where(grid.max() > 0, 1)).rename(index=words.person), texts)
    ax.set_xlabel(words("rep_allocation.units_axis"))
    product = str(grid.columns[0])
    top = str(grid[product].idxmax())
    most = words.number(float(grid[product].max()))
    style.title(ax, words("rep_allocation.chart_units", product=product, rep=words.person(top), units=most))
    return ax


def dealers(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Sell-in beside sell-out of the last months by dealer, and the days their stock lasts.

    `frame` is table rep_allocation_dealers; the dealers with an alert come first, then those with the longest stock.
    """
    known = frame[frame["amount_out"].notna() & frame["amount_in"].notna()]
    if known.empty:
        return nothing(ax, words("rep_allocation.no_dealer_reports"))
    rank = known.assign(alarm=~known["state"].isin(ALARM), days=-known["stock_days"].astype("Float64").fillna(-1))
    shown = rank.sort_values(["alarm", "days", "dealer"], ignore_index=True).head(MOST_DEALERS)
    _pairs(ax, shown, ("amount_out", "amount_in"), colours=(style.GREY, style.BLUE))
    ax.set_yticks(range(len(shown)), shown["dealer"].astype(str).tolist())
    style.rows(ax, len(shown))
    style.money_axis(ax, words, axis="x")
    most = _room(ax, shown[["amount_in", "amount_out"]])
    days = [words.number(row) if str(row) != "<NA>" else "" for row in shown["stock_days"]]
    shades = [SHADES.get(state, style.INK) for state in shown["state"]]
    _column(ax, words.column("stock_days", "rep_allocation_dealers"), days, most * 1.14, shades)
    marks = [words.code("state", state) if state != "fine" else "" for state in shown["state"]]
    _column(ax, words.column("state"), marks, most * 1.32, shades)
    _legend(ax, (words("rep_allocation.sold_out"), words("rep_allocation.taken_in")))
    style.title(ax, _dealer_title(known, words))
    return ax


def _dealer_title(known: "pd.DataFrame", words: Words) -> str:
    stuffed, long = known[known["state"] == "stuffed"], known[known["state"].isin(ALARM)]
    longest = known[known["stock_days"].notna()].sort_values(["stock_days", "dealer"], ascending=[False, True])
    if longest.empty:
        return words("rep_allocation.chart_dealers_flows", count=len(known))
    worst = {"dealer": longest["dealer"].iloc[0], "days": words.number(longest["stock_days"].iloc[0])}
    key = "chart_dealers_stuffed" if len(stuffed) else "chart_dealers_full" if len(long) else "chart_dealers_fine"
    return words(f"rep_allocation.{key}", count=len(known), stuffed=len(stuffed), full=len(long), **worst)


def outlets(ax: "Axes", frame: "pd.DataFrame", *, words: Words) -> "Axes":
    """Planned sell-out of the outlets beside last year's by city, with how many open; `frame`: `city_totals`."""
    shops = frame[~frame["city"].str.startswith("(")]
    if shops.empty:
        return nothing(ax, words("rep_allocation.no_shops"))
    kept = ["outlets", "opening", "silent", "last_sell_out", "sell_out"]
    sums = shops.groupby("city", sort=True)[kept].sum().reset_index()
    shown = sums.sort_values(["sell_out", "city"], ascending=[False, True], ignore_index=True).head(MOST_CITIES)
    _pairs(ax, shown, ("last_sell_out", "sell_out"), colours=(style.GREY, style.GREEN))
    ax.set_yticks(range(len(shown)), shown["city"].tolist())
    style.rows(ax, len(shown))
    ax.grid(visible=True, axis="x")
    most = _room(ax, shown[["last_sell_out", "sell_out"]])
    ax.set_xlabel(words("rep_allocation.outlets_axis"))
    for place, name in ((1.1, "outlets"), (1.22, "opening"), (1.34, "silent")):
        texts = [str(count) if count else "" for count in shown[name]]
        _column(ax, words.column(name, "rep_allocation_city_totals"), texts, most * place)
    _legend(ax, (words("rep_allocation.last_year_mark"), words("rep_allocation.channel_target")), style.GREEN)
    counts = {"outlets": int(sums["outlets"].sum()), "opening": int(sums["opening"].sum())}
    key = "chart_outlets_silent" if sums["silent"].sum() else "chart_outlets"
    style.title(ax, words(f"rep_allocation.{key}", silent=int(sums["silent"].sum()), cities=len(sums), **counts))
    return ax


def _pairs(
    ax: "Axes",
    shown: "pd.DataFrame",
    names: tuple[str, str],
    colours: tuple[str, str] = (style.GREY, style.BLUE),
) -> None:
    """Two bars per row, the second below the first."""
    for offset, name, colour in zip((-0.19, 0.19), names, colours, strict=True):
        places = [y + offset for y in range(len(shown))]
        ax.barh(places, shown[name].astype("Float64").fillna(0).astype("float64"), height=0.36, color=colour)


def _room(ax: "Axes", values: "pd.DataFrame") -> float:
    """Leave room for columns right of the bars; returns the largest value."""
    most = max(float(values.astype("Float64").max().max()), 1.0)
    ax.set_xlim(0, most * 1.34)
    ax.set_xticks([tick for tick in ax.get_xticks() if tick <= most])
    ax.spines["left"].set_visible(False)
    return most


def _column(ax: "Axes", name: str, texts: list[str], x: float, colours: list[str] | None = None) -> None:
    """Texts under their name in a column of their own, right of every bar."""
    ax.annotate(name, (x, -0.45), (0, 2), textcoords="offset points", ha="right", va="bottom", fontsize=8)
    for y, text in enumerate(texts):
        ax.text(x, y, text, ha="right", va="center", fontsize=9, color=colours[y] if colours else style.INK)


def _signed(share: Any, words: Words) -> str:
    known = str(share) not in ("<NA>", "nan")
    return ("+" if known and share > 0 else "") + words.percent(share, 0) if known else ""


def _legend(ax: "Axes", texts: tuple[str, str], colour: str = style.BLUE) -> None:
    """What the two bars are, below the last row."""
    for place, (text, shade) in enumerate(zip(texts, (style.MUTED, colour), strict=True)):
        ax.annotate(
            text, (0.76, 0.02), (0, 13 * (1 - place)), xycoords="axes fraction", textcoords="offset points",
            color=shade, ha="right", weight="bold", size=9,
        )  # fmt: skip
