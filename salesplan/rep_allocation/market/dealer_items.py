"""Dealers' plans down to specification and colour, as each dealer signs them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from salesplan.rep_allocation.market.steady import over_parts
from salesplan.terms.channels import Specification

KEYS = ["dealer", "product"]
ITEM_COLUMNS = ["month", *KEYS, "spec", "colour", "sell_out", "sell_in", "amount"]


def dealer_items(
    expected: pd.DataFrame,
    prices: Mapping[str, float],
    specifications: Sequence[Specification] = (),
    *,
    products: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Table `rep_allocation_dealer_items`: what each dealer signs, by month, product, specification and colour.

    `expected` is table seasonal_split_dealers. Units of a month go to the specifications by their shares so that each
    month sums exactly and a small share gets its unit when it is due (`steady.over_parts`); a product without
    specifications is one row, with the specification and colour of the price list where it has them. Columns: month,
    dealer, product, spec, colour (NA where there is none), sell_out, sell_in (int64 units), amount = sell_in x price
    (Int64 fen). Sorted by dealer, product, spec, colour, month.
    """
    if expected.empty:
        return pd.DataFrame(columns=ITEM_COLUMNS)
    months = sorted(expected["month"].unique())
    groups = expected[KEYS].drop_duplicates().sort_values(KEYS, ignore_index=True)
    parts = groups.assign(group=np.arange(len(groups))).merge(
        _variants(specifications, products), on="product", how="left"
    )
    parts = parts.fillna({"share": 1.0}).sort_values([*KEYS, "spec", "colour"], ignore_index=True)
    which, labels = parts["group"].to_numpy(dtype=np.int64), np.arange(len(parts))
    weights = np.repeat(parts["share"].to_numpy(dtype="float64")[:, None], len(months), axis=1)
    at = pd.MultiIndex.from_frame(groups)
    units = {}
    for name in ("sell_out", "sell_in"):
        wide = expected.pivot_table(index=KEYS, columns="month", values=name, aggfunc="sum", fill_value=0)
        totals = wide.reindex(index=at, columns=months, fill_value=0).to_numpy(dtype=np.int64)
        units[name] = over_parts(totals.clip(min=0), weights, which, labels).ravel()
    rows = parts.loc[np.repeat(labels, len(months))].reset_index(drop=True).assign(month=months * len(parts), **units)
    # Rounded running sums: what the rows of a dealer's product sum to is its units x price, rounded once.
    sums = rows.groupby(KEYS, sort=False)["sell_in"].cumsum()
    upto = (sums * rows["product"].map(dict(prices)).astype("float64")).round()
    before = upto.groupby([rows[name] for name in KEYS], sort=False).shift(fill_value=0.0)
    return rows.assign(amount=(upto - before).astype("Float64").astype("Int64"))[ITEM_COLUMNS]


def _variants(specifications: Sequence[Specification], products: pd.DataFrame | None) -> pd.DataFrame:
    """Product, spec, colour, share: those of the parameters, else those of the price list."""
    rows = [
        (one.product, variant.spec, variant.colour, float(variant.share))
        for one in specifications
        for variant in one.variants
    ]
    given = pd.DataFrame(rows, columns=["product", "spec", "colour", "share"]).astype(
        {"product": "str", "spec": "str", "colour": "str", "share": "float64"}
    )
    if products is None or not {"spec", "colour"} & set(products.columns):
        return given
    listed = products.reindex(columns=["product", "spec", "colour"]).assign(share=1.0)
    listed = listed[~listed["product"].isin(given["product"])].astype({"spec": "str", "colour": "str"})
    return pd.concat([given, listed], ignore_index=True)


def items_by_variant(items: pd.DataFrame, dealers: pd.DataFrame) -> pd.DataFrame:
    """The year by product, specification and colour over all dealers who supply no other one."""
    suppliers = dealers["parent"].dropna().unique()
    ends = items[~items["dealer"].isin(suppliers)]
    keys = ["product", "spec", "colour"]
    sums = ends.groupby(keys, sort=True, dropna=False)[["sell_out", "sell_in", "amount"]].sum().reset_index()
    return sums.assign(amount=sums["amount"].astype("Int64"))
