"""What the sales to date are made of, by grade, region, product and rep, with retention and acquisition of each."""

from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import TOTAL, UNKNOWN
from salesplan.calendar import add_months
from salesplan.variance_review.measures import DEDUCTIONS, Figures, known_members

COMPOSITION_COLUMNS = [
    "dimension", "member", "sales", "share", "last_year", "last_share", "margin", "margin_share", "customers",
    "customers_before", "kept", "new", "retention_share", "acquisition_share",
]  # fmt: skip
COMPANY = "company"
OF_SALES = ("region", "channel", "product", "rep")


def composition(figures: Figures, customers: pd.DataFrame) -> pd.DataFrame:
    """Table `variance_review_composition`: the months to date and the same of last year by member of each dimension.

    `customers` (index: customer): `grade`, `state`. Dimensions: company, grade, region, channel, product, rep, as far
    as the sales know them. `sales`, `last_year` (fen) and their shares, `margin` (sales less cost; NA where a cost is
    unknown), customers who bought in these months (`customers`), in those of last year (`customers_before`), in both
    (`kept`), and `new` ones (first purchase ever in these months). Retention = kept / customers_before, acquisition =
    new / customers. In every dimension the sales sum to the actual. Largest first.
    """
    closed = figures.closed
    earlier = {add_months(month, -12): 0 for month in closed}
    place = figures.facts["month"].map({**earlier, **dict.fromkeys(closed, 1)})
    facts = figures.facts[place.notna()].assign(now=place == 1)
    keyed = facts.assign(
        customer=facts["customer"].replace("", UNKNOWN),
        company=TOTAL,
        grade=facts["customer"].map(customers["grade"]).astype(object).fillna(UNKNOWN),
        new=facts["customer"].map(customers["state"]).eq("new_customer"),
    )
    known = [name for name in OF_SALES if known_members(figures.facts, name)]
    parts = [
        _members(keyed.assign(member=keyed[name].replace("", UNKNOWN)), name) for name in (COMPANY, "grade", *known)
    ]
    return pd.concat(parts, ignore_index=True)[COMPOSITION_COLUMNS]


def _members(facts: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """The rows of one dimension; `facts` with member, now and new."""
    amounts = pd.DataFrame(
        {"sales": facts["amount"].where(facts["now"], 0), "last_year": facts["amount"].where(~facts["now"], 0)}
    )
    rows = amounts.groupby(facts["member"]).sum().astype("int64")
    rows = rows.assign(
        margin=profit(facts[facts["now"]], "member").reindex(rows.index).astype("Int64"), **_buyers(facts, rows)
    )
    gain = rows["margin"].astype("Float64").astype("float64")
    found = rows.assign(
        dimension=dimension,
        share=_part(rows["sales"]),
        last_share=_part(rows["last_year"]),
        margin_share=gain / gain.sum() if gain.notna().all() and gain.sum() > 0 else np.nan,
        retention_share=rows["kept"] / rows["customers_before"].where(rows["customers_before"] > 0),
        acquisition_share=rows["new"] / rows["customers"].where(rows["customers"] > 0),
    )
    return found.reset_index().sort_values(["sales", "last_year", "member"], ascending=[False, False, True])


def profit(facts: pd.DataFrame, key: str = "customer") -> "pd.Series[Any]":
    """Net sales less cost by a column, fen; NA where the cost of a sale is not known.

    Allowances and rebates have lowered the sales and cost nothing.
    """
    unknown = facts["cost"].isna() & ~facts["kind"].isin(DEDUCTIONS)
    cost = facts["cost"].fillna(0).astype("int64").groupby(facts[key]).sum()
    gain = (facts["amount"].groupby(facts[key]).sum() - cost).astype("Int64")
    return gain.mask(unknown.groupby(facts[key]).any())


def _buyers(facts: pd.DataFrame, rows: pd.DataFrame) -> dict[str, "pd.Series[Any]"]:
    """How many customers bought of each member now, a year before, in both, and now for the first time."""
    sold = facts[(facts["kind"] == "sale") & (facts["amount"] > 0) & (facts["customer"] != UNKNOWN)]
    pairs = sold.groupby(["member", "customer"]).agg(now=("now", "any"), both=("now", "nunique"), every=("now", "all"),
                                                     new=("new", "first"))  # fmt: skip
    counted = pairs.assign(
        customers=pairs["now"],
        customers_before=~pairs["every"],
        kept=pairs["both"] == 2,
        new=pairs["now"] & pairs["new"],
    )
    names = ["customers", "customers_before", "kept", "new"]
    sums = counted.groupby(level="member")[names].sum().reindex(rows.index, fill_value=0).astype("int64")
    return {name: sums[name] for name in names}


def _part(amounts: "pd.Series[Any]") -> "pd.Series[Any]":
    whole = int(amounts.sum())
    return amounts / whole if whole > 0 else pd.Series(np.nan, index=amounts.index)
