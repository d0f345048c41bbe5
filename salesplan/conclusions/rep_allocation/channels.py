"""What a manager should take from the plans of channels, dealers and outlets, in sentences computed from them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.saying import each_row, first_names, ratio_of, row_at, sayer
from salesplan.rep_allocation import end_dealers
from salesplan.terms.channels import DealerAlert
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("rep_allocation")
IN_ALL = "rep_allocation.and_in_all"


def channel_sentences(
    words: Words, *, channels: "pd.DataFrame", reps: "pd.DataFrame", products: "pd.DataFrame"
) -> list[str]:
    """Target beside current sales, growth, margins by channel, who brings the net profit; frames of the year."""
    return [
        *_channel_totals(channels, words),
        *_fastest(channels, words),
        *_profit(reps, words),
        *_margins(channels, "channel", words),
        *_margins(reps[reps.iloc[:, 0].astype(bool)], "rep", words),
        *_losses(products, words),
    ]


def _channel_totals(channels: "pd.DataFrame", words: Words) -> Iterator[str]:
    if channels.empty:
        return
    last, amount = int(channels["last_year"].fillna(0).sum()), int(channels["amount"].sum())
    months = {name: words.money(channels[name].sum()) for name in ("last_month", "month_target")}
    values = {"count": len(channels), "amount": words.money(amount), "last": words.money(last), **months}
    if last <= 0:
        yield _say(words, "channels_new", count=len(channels), amount=words.money(amount))
        return
    key = "channels_more" if amount >= last else "channels_less"
    yield _say(words, key, rate=words.percent(abs(amount / last - 1)), **values)


def _fastest(channels: "pd.DataFrame", words: Words) -> Iterator[str]:
    known = channels[channels["growth"].notna()] if len(channels) else channels
    if len(known) < 2:
        return
    growth = known["growth"].astype("float64").to_numpy()
    most, least = row_at(known, growth.argmax()), row_at(known, growth.argmin())
    ends = {name: words.percent(row["growth"]) for name, row in (("most", most), ("least", least))}
    yield _say(words, "channels_growth", fastest=most["channel"], slowest=least["channel"], **ends)


def _profit(reps: "pd.DataFrame", words: Words) -> Iterator[str]:
    """Gross margin, expense and net profit of the year; without costs or a budget that is said instead."""
    amount = int(reps["amount"].sum())
    sums = {name: int(reps[name].sum()) if reps[name].notna().all() else None for name in ("gross", "expense", "net")}
    if not len(reps) or sums["gross"] is None:
        yield _say(words, "profit_no_cost")
        return
    gross = {"gross": words.money(sums["gross"]), "gross_rate": words.percent(ratio_of(sums["gross"], amount))}
    if sums["net"] is None:
        yield _say(words, "profit_gross", amount=words.money(amount), **gross)
        return
    net = {"net": words.money(sums["net"]), "net_rate": words.percent(ratio_of(sums["net"], amount))}
    yield _say(words, "profit_net", amount=words.money(amount), expense=words.money(sums["expense"]), **gross, **net)


def _margins(frame: "pd.DataFrame", key: str, words: Words) -> Iterator[str]:
    """Who keeps most of a yuan sold and who least: net where it is known, else gross."""
    if frame.empty:
        return
    name = "net_share" if frame["net_share"].notna().any() else "gross_share"
    known = frame[frame[name].notna()]
    if len(known) < 2:
        return
    shares = known[name].astype("float64").to_numpy()
    most, least = row_at(known, shares.argmax()), row_at(known, shares.argmin())
    called = {"best": words.person(str(most[key])), "worst": words.person(str(least[key]))}
    rates = {"most": words.percent(most[name]), "least": words.percent(least[name])}
    yield _say(words, f"margins_{key}", share=words.column(name, "rep_allocation_profit"), **called, **rates)


def _losses(products: "pd.DataFrame", words: Words) -> Iterator[str]:
    lost = products[products["net"].notna() & (products["net"] < 0)]
    named = [
        _say(words, "name_amount", name=row["product"], amount=words.money(row["net"])) for _, row in lost.iterrows()
    ]
    if named:
        yield _say(words, "products_lose", products=first_names(words, "rep_allocation.products_in_all", named))


def dealer_sentences(words: Words, *, dealers: "pd.DataFrame", goods: "pd.DataFrame", alert: DealerAlert) -> list[str]:
    """The dealers' plan, goods that pile up, empty shelves, what is owed above the limit, what support costs."""
    if dealers.empty:
        return []
    ends = end_dealers(dealers)
    return [
        *_dealers_plan(ends, words),
        *_stuffed(ends, alert, words),
        *_goods(goods, words),
        *_empty(ends, words),
        *_over_limit(dealers, words),
        *_support(dealers, words),
        *_nobodys(ends, words),
    ]


def _dealers_plan(ends: "pd.DataFrame", words: Words) -> Iterator[str]:
    amount = ends["amount"].sum(min_count=1)
    units = {name: words.number(ends[name].sum()) for name in ("sell_out", "sell_in")}
    yield _say(words, "dealers_plan", count=len(ends), amount=words.money(amount), **units)


def _stuffed(ends: "pd.DataFrame", alert: DealerAlert, words: Words) -> Iterator[str]:
    limits = {"months": alert.months, "excess": words.percent(alert.excess, 0), "days": alert.days}
    stuffed = ends[ends["state"] == "stuffed"].sort_values(["amount_run_down", "dealer"], ascending=[False, True])
    if stuffed.empty:
        yield _say(words, "nobody_stuffed", **limits)
    else:
        named = [
            _say(words, "dealer_days", dealer=row.dealer, days=words.number(row.stock_days))
            for row in each_row(stuffed)
        ]
        down = words.money(stuffed["amount_run_down"].sum())
        yield _say(words, "stuffed", dealers=first_names(words, IN_ALL, named), down=down, **limits)
    full = ends[ends["state"].isin(["full", "slow"])].sort_values(
        ["amount_run_down", "dealer"], ascending=[False, True]
    )
    if len(full):
        yield _say(words, "dealers_long", dealers=first_names(words, IN_ALL, full["dealer"].tolist()), **limits)


def _goods(goods: "pd.DataFrame", words: Words) -> Iterator[str]:
    """Single products that pile up with a dealer whose whole stock may look well."""
    stuffed = goods[goods["state"] == "stuffed"].assign(worth=lambda d: (d["run_down"] * d["price"]).astype("float64"))
    if stuffed.empty:
        return
    order = stuffed.sort_values(["worth", "dealer", "product"], ascending=[False, True, True])
    named = [
        _say(words, "dealer_product", dealer=row.dealer, product=row.product, days=words.number(row.stock_days))
        for row in each_row(order.head(3))
    ]
    yield _say(words, "goods_stuffed", count=len(stuffed), worst=words.list(named))


def _empty(ends: "pd.DataFrame", words: Words) -> Iterator[str]:
    empty = ends[ends["state"] == "short"].sort_values(["amount", "dealer"], ascending=[False, True])
    if len(empty):
        yield _say(
            words, "dealers_empty", count=len(empty), dealers=first_names(words, IN_ALL, empty["dealer"].tolist())
        )


def _over_limit(dealers: "pd.DataFrame", words: Words) -> Iterator[str]:
    over = dealers[(dealers["receivables"] > dealers["receivables_limit"]).fillna(value=False)]
    named = [
        _say(
            words,
            "dealer_owes",
            dealer=row.dealer,
            owed=words.money(row.receivables),
            limit=words.money(row.receivables_limit),
        )
        for row in each_row(over.sort_values(["receivables", "dealer"], ascending=[False, True]))
    ]
    if named:
        yield _say(words, "dealers_owe", count=len(named), dealers=first_names(words, IN_ALL, named))


def _support(dealers: "pd.DataFrame", words: Words) -> Iterator[str]:
    given = dealers[dealers["support"].notna()]
    total = int(given["support"].sum())
    if total:
        share = words.percent(ratio_of(total, int(given["amount"].fillna(0).sum())))
        yield _say(words, "dealers_support", count=len(given), total=words.money(total), share=share)


def _nobodys(ends: "pd.DataFrame", words: Words) -> Iterator[str]:
    alone = ends[ends["rep"].isna()]
    if len(alone):
        yield _say(
            words, "dealers_nobody", count=len(alone), dealers=first_names(words, IN_ALL, alone["dealer"].tolist())
        )


def outlet_sentences(words: Words, *, outlets: "pd.DataFrame", cities: "pd.DataFrame") -> list[str]:
    """How many outlets there are and open, what they sell, which sold nothing, whose dealer has no plan."""
    shops = outlets[outlets["state"] != "own"]
    if shops.empty:
        return []
    return [*_outlet_totals(shops, cities, words), *_silent(shops, words), *_unplanned(shops, words)]


def _outlet_totals(shops: "pd.DataFrame", cities: "pd.DataFrame", words: Words) -> Iterator[str]:
    selling = shops[shops["state"].isin(["existing", "new", "planned"])]
    counts = selling["state"].value_counts()
    values: dict[str, Any] = {
        "count": len(selling),
        "cities": shops["city"].nunique(),
        "planned": int(counts.get("planned", 0)),
        "opened": int(counts.get("new", 0)),
        "units": words.number(selling["sell_out"].sum()),
    }
    old = selling[(selling["state"] == "existing") & selling["sell_out"].notna()]
    average = words.number(old["sell_out"].astype("float64").mean() if len(old) else None)
    yield _say(words, "outlets_plan", average=average, **values)
    own = cities[cities["city"].str.startswith("(")]
    fresh = selling[selling["state"] != "existing"]["sell_out"].sum()
    if len(own):
        parts = {"own": words.number(own["sell_out"].sum()), "fresh": words.number(fresh)}
        yield _say(words, "outlets_parts", **parts)


def _silent(shops: "pd.DataFrame", words: Words) -> Iterator[str]:
    silent = shops[shops["state"] == "silent"].sort_values("outlet")
    if len(silent):
        named = [_say(words, "outlet_of", outlet=row.outlet, dealer=row.dealer) for row in each_row(silent)]
        yield _say(words, "outlets_silent", count=len(silent), outlets=first_names(words, IN_ALL, named))


def _unplanned(shops: "pd.DataFrame", words: Words) -> Iterator[str]:
    left = sorted(shops.loc[shops["sell_out"].isna(), "dealer"].unique())
    if left:
        yield _say(words, "outlets_unplanned", count=len(left), dealers=first_names(words, IN_ALL, left))
