"""What each dealer, channel and outlet has to do, beside the figures it is for; and a dealer's own copy."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from salesplan.rep_allocation.market.outlets import LISTED, PLANNED
from salesplan.terms.channels import DealerPlan, Task

TASK_COLUMNS = [
    "scope", "member", "task", "due", "rep", "duty", "centre", "support", "amount", "sell_out", "growth",
    "amount_run_down", "opening",
]  # fmt: skip
MOST_COPIES = 300  # dealers' letters in one run


class DealerCopy(NamedTuple):
    """What one dealer is given to sign: his own figures, and nothing that is not his to read.

    `months`: month, sell_out, sell_in, amount; `items`: product, spec, colour, sell_out, sell_in, amount of the year;
    `outlets`: outlet, city, state, opened, sell_out, area, samples, standard; `tasks`: member, task, due; `actions`
    what he confirms. No receivables, no support, no limit, no judgement of his stock, and nothing of other dealers.
    """

    dealer: str
    rep: str
    months: pd.DataFrame
    items: pd.DataFrame
    outlets: pd.DataFrame
    tasks: pd.DataFrame
    actions: tuple[str, ...]


def task_table(
    tasks: Sequence[Task], *, channels: pd.DataFrame, dealers: pd.DataFrame, outlets: pd.DataFrame
) -> pd.DataFrame:
    """Table `rep_allocation_tasks`: each task with the figures of whom it is for.

    `channels` is the frame of `channel_years`, `dealers` table rep_allocation_dealers, `outlets` table
    rep_allocation_outlets. `scope` dealer, channel or outlet; `rep` who answers for it (the dealer's own where none
    is named), `duty` what he does, `centre` what the sales centre does, `support` what is given; `amount` target (fen),
    `sell_out` target (units), `growth` on last year, `amount_run_down` stock above the limit (fen), `opening` outlets
    to open; NA where it does not apply. In the order of the parameters.
    """
    rows = pd.DataFrame(
        [(t.for_, t.name, t.task, t.by, t.owner, t.duty, t.centre, t.support) for t in tasks],
        columns=TASK_COLUMNS[:8],
    ).astype({name: "str" for name in TASK_COLUMNS[:8] if name != "due"})
    figures = pd.concat([_of_channels(channels), _of_dealers(dealers, outlets), _of_outlets(outlets, dealers)])
    found = rows.merge(figures.drop_duplicates(["scope", "member"]), on=["scope", "member"], how="left")
    owner = found["rep"].where(found["rep"] != "None", None)
    kinds = {
        "amount": "Int64",
        "sell_out": "Int64",
        "amount_run_down": "Int64",
        "opening": "Int64",
        "growth": "Float64",
    }
    return found.assign(rep=owner.fillna(found["own"]).astype("str")).astype(kinds)[TASK_COLUMNS]


def _of_channels(channels: pd.DataFrame) -> pd.DataFrame:
    return _figures("channel", channels.get("channel"), amount=channels.get("amount"), growth=channels.get("growth"))


def _of_dealers(dealers: pd.DataFrame, outlets: pd.DataFrame) -> pd.DataFrame:
    opened = outlets["state"].isin([LISTED, PLANNED]).groupby(outlets["dealer"]).sum()
    return _figures(
        "dealer",
        dealers["dealer"],
        own=dealers["rep"],
        opening=dealers["dealer"].map(opened),
        **{name: dealers[name] for name in ("amount", "sell_out", "growth", "amount_run_down")},
    )


def _of_outlets(outlets: pd.DataFrame, dealers: pd.DataFrame) -> pd.DataFrame:
    own = outlets["dealer"].map(dealers.set_index("dealer")["rep"])
    return _figures("outlet", outlets["outlet"], own=own, sell_out=outlets["sell_out"], growth=outlets["growth"])


def _figures(scope: str, names: "pd.Series[str] | None", **columns: "pd.Series[float] | None") -> pd.DataFrame:
    """Scope, name and the figures; a figure it does not have is NA."""
    kinds = {"own": "str", "amount": "Int64", "sell_out": "Int64", "amount_run_down": "Int64", "opening": "Int64"}
    if names is None:
        names = pd.Series(dtype="str")
    table = pd.DataFrame({"scope": scope, "member": names.astype("str").to_numpy()})
    for name in (*kinds, "growth"):
        found = columns.get(name)
        blank = pd.Series([pd.NA] * len(table), dtype="object")
        table = table.assign(**{name: blank if found is None else found.to_numpy()})
        table = table.astype({name: kinds.get(name, "Float64")})
    return table


def dealer_copy(
    dealer: str,
    *,
    dealers: pd.DataFrame,
    items: pd.DataFrame,
    outlets: pd.DataFrame,
    tasks: pd.DataFrame,
    plans: Sequence[DealerPlan] = (),
) -> DealerCopy:
    """The frames of one dealer's own letter, from the tables of the step; see `DealerCopy` for what is left out."""
    mine = items[items["dealer"] == dealer]
    flows = ["sell_out", "sell_in", "amount"]
    by_item = mine.groupby(["product", "spec", "colour"], sort=True, dropna=False)[flows].sum().reset_index()
    rep = dealers.loc[dealers["dealer"] == dealer, "rep"].dropna()
    shops = outlets[(outlets["dealer"] == dealer) & (outlets["state"] != "own")]
    own = tasks[((tasks["scope"] == "dealer") & (tasks["member"] == dealer)) | _of_his_outlets(tasks, shops)]
    return DealerCopy(
        dealer,
        str(rep.iloc[0]) if len(rep) else "",
        mine.groupby("month", sort=True)[flows].sum().reset_index(),
        by_item,
        shops[["outlet", "city", "state", "opened", "sell_out", "area", "samples", "standard"]].reset_index(drop=True),
        own[["member", "task", "due"]].reset_index(drop=True),
        next((plan.actions for plan in plans if plan.dealer == dealer), ()),
    )


def dealer_copies(
    *, dealers: pd.DataFrame, items: pd.DataFrame, outlets: pd.DataFrame, tasks: pd.DataFrame,
    plans: Sequence[DealerPlan] = (), most: int = MOST_COPIES,
) -> list[DealerCopy]:  # fmt: skip
    """The copies of the dealers with the largest orders planned, at most `most`, in the order of table dealers."""
    largest = dealers.sort_values(["amount", "dealer"], ascending=[False, True]).head(most)["dealer"]
    chosen = dealers.loc[dealers["dealer"].isin(largest), "dealer"].tolist()
    rows = {name: dict(list(table.groupby("dealer"))) for name, table in (("items", items), ("outlets", outlets))}
    return [
        dealer_copy(
            dealer,
            dealers=dealers,
            items=rows["items"].get(dealer, items.head(0)),
            outlets=rows["outlets"].get(dealer, outlets.head(0)),
            tasks=tasks,
            plans=plans,
        )
        for dealer in chosen
    ]


def _of_his_outlets(tasks: pd.DataFrame, shops: pd.DataFrame) -> "pd.Series[bool]":
    return (tasks["scope"] == "outlet") & tasks["member"].isin(shops["outlet"])
