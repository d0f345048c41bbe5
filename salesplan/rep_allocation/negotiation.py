"""Command and negotiated breakdown: the reps' own commitments beside their quotas, and the rounds in between."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from salesplan.money import to_fen
from salesplan.rep_allocation.roster import LONG_AGO
from salesplan.terms.negotiation import Round
from salesplan.terms.rep_allocation import Pin, RepAllocationTerms

ROUND_COLUMNS = ("rep", "round", "date", "by_rule", "quota", "proposed", "asked", "agreed", "gap", "reason")


def last_rounds(rules: RepAllocationTerms) -> Mapping[str, Round]:
    """The last round of each rep, by the rounds' numbers."""
    ordered = sorted(rules.negotiation.rounds, key=lambda one: one.round)
    return {one.rep: one for one in ordered}


def agreed_pins(rules: RepAllocationTerms) -> tuple[Pin, ...]:
    """The quotas of the year that are frozen because company and rep agreed on them, sorted by rep."""
    settled = sorted((one.rep, one.proposed) for one in last_rounds(rules).values() if one.agreed)
    return tuple(Pin(rep=rep, amount=amount) for rep, amount in settled)


def commitments(reps: pd.DataFrame) -> "pd.Series[int]":
    """Each rep's own commitment for the year, fen: that of his last spell that has one; by rep."""
    spells = reps.assign(since=pd.to_datetime(reps["start"]).fillna(LONG_AGO))
    known = spells[spells["commitment"].notna()].sort_values(["rep", "since"], kind="stable")
    return known.groupby("rep")["commitment"].last().astype("Int64")


def _said(rules: RepAllocationTerms) -> pd.DataFrame:
    """The rounds as they were held, in order: rep, round, date, proposed, asked (fen), agreed, reason."""
    rounds = sorted(rules.negotiation.rounds, key=lambda one: (one.rep, one.round))
    rows = [{**one.model_dump(), "asked": one.proposed if one.agreed else one.asked} for one in rounds]
    held = pd.DataFrame(rows, columns=["rep", "round", "date", "proposed", "asked", "agreed", "reason"])
    fen = {name: pd.array([None if amount is None else to_fen(amount) for amount in held[name]], dtype="Int64")
           for name in ("proposed", "asked")}  # fmt: skip
    return held.assign(date=pd.to_datetime(held["date"]), **fen)


def rounds_table(
    summary: pd.DataFrame, by_rule: "pd.Series[int]", reps: pd.DataFrame, *, rules: RepAllocationTerms
) -> pd.DataFrame:
    """Table `rep_allocation_negotiation`: how each quota was settled, one row per rep and round; fen per year.

    Round 0 is where it starts: `proposed` is what the rule gives (`by_rule`, by rep), `asked` the rep's own commitment
    in `reps`; then the rounds held. `gap` = proposed - asked, `quota` what the plan now asks of him. Reps without
    either are left out.
    """
    start = pd.DataFrame({"rep": summary["rep"].to_numpy(), "round": 0, "agreed": False, "reason": ""})
    held = _said(rules)
    opening = start.assign(
        date=pd.NaT,
        proposed=start["rep"].map(by_rule).astype("Int64"),
        asked=start["rep"].map(commitments(reps)).astype("Int64"),
    )
    opening = opening[opening["asked"].notna() | opening["rep"].isin(held["rep"])]
    rows = pd.concat([opening, held[held["rep"].isin(summary["rep"])]], ignore_index=True)
    quota = summary.set_index("rep")["quota"]
    every = rows.assign(
        by_rule=rows["rep"].map(by_rule).astype("Int64"),
        quota=rows["rep"].map(quota).astype("Int64"),
        gap=rows["proposed"].astype("Int64") - rows["asked"].astype("Int64"),
        agreed=rows["agreed"].astype(bool),
        date=pd.to_datetime(rows["date"]),
    )
    return every[list(ROUND_COLUMNS)].sort_values(["rep", "round"], ignore_index=True)


def gap_list(
    summary: pd.DataFrame, by_rule: "pd.Series[int]", reps: pd.DataFrame, *, rules: RepAllocationTerms
) -> pd.DataFrame:
    """Each rep's quota beside his own commitment, the largest gap first; fen per year.

    rep, name, by_rule, quota, commitment, gap = quota - commitment, gap_share = gap / quota, proposed and asked in the
    last round (blank without one), gap_left = quota - last word (0 where agreed), `standing`: agreed, open (rounds
    held, not agreed), covered (commits to the quota or more), apart (commits to less), silent (nothing said). Reps who
    said nothing come last.
    """
    last = last_rounds(rules)
    rows = summary[["rep", "name", "quota"]].reset_index(drop=True)
    held = _said(rules).drop_duplicates("rep", keep="last").set_index("rep") if last else None
    blank = pd.Series(pd.NA, index=rows.index, dtype="Int64")
    committed = rows["rep"].map(commitments(reps)).astype("Int64")
    asked = blank if held is None else rows["rep"].map(held["asked"]).astype("Int64")
    every = rows.assign(
        by_rule=rows["rep"].map(by_rule).astype("Int64"),
        quota=rows["quota"].astype("Int64"),
        commitment=committed,
        gap=rows["quota"].astype("Int64") - committed,
        proposed=blank if held is None else rows["rep"].map(held["proposed"]).astype("Int64"),
        asked=asked,
        gap_left=rows["quota"].astype("Int64") - asked.fillna(committed),
    )
    share = every["gap"].astype("Float64") / every["quota"].where(every["quota"] > 0).astype("Float64")
    named = every.assign(gap_share=share.to_numpy(dtype="float64", na_value=np.nan), standing=_standing(every, rules))
    return named.sort_values(["gap", "rep"], ascending=[False, True], na_position="last", ignore_index=True)


def _standing(rows: pd.DataFrame, rules: RepAllocationTerms) -> "pd.Series[str]":
    last = last_rounds(rules)
    agreed = rows["rep"].isin({rep for rep, one in last.items() if one.agreed}).to_numpy()
    talked = rows["rep"].isin(set(last)).to_numpy()
    covered = (rows["gap"] <= 0).fillna(value=False).to_numpy(dtype=bool)
    silent = rows["commitment"].isna().to_numpy()
    found = np.select([agreed, talked, silent, covered], ["agreed", "open", "silent", "covered"], "apart")
    return pd.Series(found, index=rows.index, dtype="str")
