"""Quotas sum to the split, and every level, customer, dealer and board to the quotas."""

from collections.abc import Iterator

from salesplan.apportion import TOTAL, UNASSIGNED
from salesplan.identities.comparing import Breach, Frames, equal, months_of, same_by


def breaches(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """What does not hold in the tables of the allocation, against the split."""
    quotas, reps = frames["rep_allocation"], frames["rep_allocation_reps"]
    if "seasonal_split" in earlier:
        split = earlier["seasonal_split"]
        keys = [
            name for name in ("month", "region", "channel", "product", "customer") if name in split and name in quotas
        ]
        yield from same_by(
            "base_sums_to_split", quotas.groupby(keys)["base"].sum(), split.groupby(keys)["amount"].sum()
        )
    given = quotas[quotas["rep"].isin(reps["rep"])]
    yield from _bases_and_vacancies(frames)
    yield from same_by("months_sum_to_quota", given.groupby("rep")["amount"].sum(), reps.set_index("rep")["quota"])
    if "rep_allocation_evidence" in frames:
        evidence = frames["rep_allocation_evidence"]
        quarters = evidence[evidence["rep"].isin(reps["rep"])].groupby("rep")["quota"].sum()
        yield from same_by("quarters_sum_to_quota", quarters, reps.set_index("rep")["quota"])
    yield from _hierarchy(frames)
    yield from _handed_down(frames)
    yield from _customers(frames)
    yield from _profits(frames, earlier)
    yield from _trade(frames, earlier)
    yield from _field_work(frames)


def _hierarchy(frames: Frames) -> Iterator[Breach]:
    """What everyone answers for is that of the people below him; what is held on the way is all that was added."""
    if not len(frames.get("rep_allocation_hierarchy", ())):
        return
    levels, reps = frames["rep_allocation_hierarchy"], frames["rep_allocation_reps"].set_index("rep")
    tree = levels[levels["level"].isin(["company", "manager", "rep"])]
    nodes, top = tree[tree["level"] != "rep"].set_index("member"), levels[levels["level"] == "company"].iloc[0]
    below, people = tree[tree["parent"] != ""].groupby("parent"), tree[tree["level"] == "rep"]
    for name in ("base", "quota"):
        yield from same_by("people_sum_to_manager", below[name].sum(), nodes[name])
        yield from same_by("levels_sum_to_reps", people.groupby("member")[name].sum(), reps[name])
        for group in ("team", "region"):
            rows = levels[levels["level"] == group]
            yield from equal("groups_sum_to_company", int(rows[name].sum()), int(top[name]) if len(rows) else 0, group)
    handed = below["assigned"].sum() - nodes["assigned"]
    managers = nodes["amount_held"] - handed.reindex(nodes.index)
    kept = people.groupby("parent")["amount_held"].sum()
    yield from same_by("held_is_handed_less_assigned", managers, kept.reindex(nodes.index, fill_value=0))
    yield from equal("held_is_all_padding", int(nodes["amount_held"].sum()), int(top["quota"] - top["base"]))


def _handed_down(frames: Frames) -> Iterator[Breach]:
    """Quotas handed down are the quotas, to the fen, and their months and reps sum to the same year."""
    if not len(frames.get("rep_allocation_reconciliation", ())):
        return
    rows, reps = frames["rep_allocation_reconciliation"], frames["rep_allocation_reps"].set_index("rep")["quota"]
    people, company = rows[rows["rep"] != TOTAL], rows[rows["rep"] == TOTAL]
    yield from same_by("handed_down_is_the_quota", people.set_index("rep")["handed_down"], reps)
    whole = company["month"] == TOTAL
    year = int(company.loc[whole, "handed_down"].sum())
    for found in (company[~whole], people):
        yield from equal("handed_down_sums_to_year", int(found["handed_down"].sum()), year)


def _customers(frames: Frames) -> Iterator[Breach]:
    """The targets of customers are each rep's quota, and every dimension of their composition is all quotas."""
    if not len(frames.get("rep_allocation_customers", ())):
        return
    customers, reps = frames["rep_allocation_customers"], frames["rep_allocation_reps"].set_index("rep")["quota"]
    sums = customers[customers["rep"].isin(reps.index)].groupby("rep")["amount"].sum()
    yield from same_by("customers_sum_to_quota", sums, reps)
    rows = frames.get("rep_allocation_composition")
    if rows is not None:
        targets = rows.dropna(subset="target").groupby("dimension")["target"].sum()
        yield from same_by(
            "composition_sums_to_quotas", targets, targets * 0 + int(frames["rep_allocation"]["amount"].sum())
        )


def _profits(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """Plans by channel and by rep and product sum to the months of the split, and to the months of the profit plan."""
    if "rep_allocation_profit" not in frames or "seasonal_split" not in earlier:
        return
    months, planned = months_of(earlier["seasonal_split"]), earlier.get("seasonal_split_profit")
    for name in ("rep_allocation_profit", "rep_allocation_channels"):
        table = frames[name]
        if len(table):
            yield from same_by(f"{name}_sums_to_split", table.groupby("month")["amount"].sum(), months)
        for column in ("cost", "expense"):
            if not len(table) or planned is None:
                continue
            plan = planned.set_index("month")[column]
            if plan.notna().all() and len(plan):
                yield from same_by(f"{name}_sums_to_profit_plan", table.groupby("month")[column].sum(), plan)


def _trade(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """What dealers sign down to specification is their forecast; outlets and cities sum to their dealers' plans."""
    plan = earlier.get("seasonal_split_dealers")
    if "rep_allocation_dealer_items" not in frames or plan is None:
        return
    keys, items = ["dealer", "product", "month"], frames["rep_allocation_dealer_items"]
    for column in ("sell_out", "sell_in"):
        sums = items.groupby(keys)[column].sum() if len(items) else plan.head(0).groupby(keys)[column].sum()
        yield from same_by("items_sum_to_forecast", sums, plan.groupby(keys)[column].sum())
    if len(items) and "rep_allocation_dealers" in frames:
        amounts = [frame.groupby("dealer")["amount"].sum() for frame in (items, frames["rep_allocation_dealers"])]
        yield from same_by("items_sum_to_dealer", *amounts)
    outlets, cities = (frames[f"rep_allocation_{name}"] for name in ("outlets", "cities"))
    known = outlets[outlets["sell_out"].notna()]
    if len(known):
        year = plan[plan["dealer"].isin(known["dealer"])].groupby("dealer")["sell_out"].sum()
        yield from same_by("outlets_sum_to_dealer", known.groupby("dealer")["sell_out"].sum(), year)
        yield from same_by("cities_sum_to_dealer", cities.groupby("dealer")["sell_out"].sum(), year)


def _bases_and_vacancies(frames: Frames) -> Iterator[Breach]:
    """Shares of every base sum to 1, and what a manager keeps lies with nobody in the quotas."""
    if "rep_allocation_bases" in frames:
        for name in ("share", "carried_share"):
            for base, share in frames["rep_allocation_bases"].groupby("basis")[name].sum().items():
                yield from equal("base_shares_sum_to_one", round(float(share) * 10**6), 10**6, f"{base} {name}")
    if "rep_allocation_vacancies" in frames and not len(frames.get("rep_allocation_reconciliation", ())):
        gaps, quotas = frames["rep_allocation_vacancies"], frames["rep_allocation"]
        kept = int(gaps.loc[gaps["carried_by"] == "manager", "amount"].sum())
        nobody = int(quotas.loc[quotas["rep"] == UNASSIGNED, "base"].sum())
        yield from equal("vacancies_lie_with_nobody", min(kept, nobody), kept)


def _field_work(frames: Frames) -> Iterator[Breach]:
    """Months of activities sum to the year; ten-day periods, weeks and days to the month, its target the quota."""
    if not len(frames.get("rep_allocation_activities", ())):
        return
    keys = ["rep", "activity"]
    whole = frames["rep_allocation_activities"]
    year = ~whole["period"].str.contains("-")
    months = whole[~year].groupby(keys)["count"].sum()
    yield from same_by("activities_sum_to_year", months, whole[year].set_index(keys)["count"])
    board = frames["rep_allocation_board"]
    summed = board[~board["activity"].isin(["old_customer", "receivable"])]
    sums = summed.assign(value=summed["count"].fillna(0) + summed["amount"].fillna(0)).groupby(["kind", *keys])["value"]
    by_kind = sums.sum().astype("int64")
    for kind in sorted(set(summed["kind"]) - {"month"}):
        yield from same_by("boards_sum_to_month", by_kind.xs(kind), by_kind.xs("month"))
    target = board[(board["kind"] == "month") & (board["activity"] == "target")].set_index("rep")
    quotas = frames["rep_allocation"][lambda d: d["month"].isin(target["period"]) & d["rep"].isin(target.index)]
    yield from same_by("board_is_quota", target["amount"], quotas.groupby("rep")["amount"].sum())
