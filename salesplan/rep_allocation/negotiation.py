"""Command and negotiated breakdown: the reps' own commitments beside their quotas, and the rounds in between."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.money import to_fen
from salesplan.rep_allocation.people.roster import LONG_AGO
from salesplan.terms.agreements import Pin
from salesplan.terms.negotiation import Round
from salesplan.terms.rep_allocation import RepAllocationTerms

ROUND_COLUMNS = ("rep", "round", "date", "by_rule", "quota", "proposed", "asked", "agreed", "gap", "reason")
SHOWN_ROUNDS = ("rep", "round", "date", "proposed", "asked", "gap", "agreed", "reason")  # as people read them


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
    summary: pd.DataFrame, ruled: pd.DataFrame, reps: pd.DataFrame, *, rules: RepAllocationTerms
) -> pd.DataFrame:
    """Table `rep_allocation_negotiation`: how each quota was settled, one row per rep and round; fen per year.

    Round 0 is where it starts: `proposed` is what the rule gives (`ruled`: rep, month, amount), `asked` the rep's own
    commitment in `reps`; then the rounds held. `gap` = proposed - asked, `quota` what the plan now asks of him. Reps
    without either are left out.
    """
    by_rule = _year(ruled)
    start = pd.DataFrame({"rep": summary["rep"].to_numpy(), "round": 0, "agreed": False, "reason": ""})
    held = _said(rules)
    opening = start.assign(
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
    summary: pd.DataFrame, ruled: pd.DataFrame, reps: pd.DataFrame, *, rules: RepAllocationTerms
) -> pd.DataFrame:
    """Each rep's quota beside his own commitment, the largest gap first; fen per year.

    rep, name, by_rule, quota, commitment, gap = quota - commitment, gap_share = gap / quota, the last `proposed` and
    the last `asked` of the rounds (blank without one), gap_left = quota - his last word (0 where agreed), `standing`:
    agreed, open (rounds held, not agreed), waiting (the last proposal is not answered), covered (commits to the quota
    or more), apart (commits to less), silent (nothing said). Reps who said nothing come last.
    """
    rows, held = summary[["rep", "name", "quota"]].reset_index(drop=True), _said(rules)
    quota, committed = rows["quota"].astype("Int64"), rows["rep"].map(commitments(reps)).astype("Int64")
    last, word = (found.drop_duplicates("rep", keep="last").set_index("rep") for found in
                  (held, held[held["asked"].notna()]))  # fmt: skip
    asked = rows["rep"].map(word["asked"]).astype("Int64")
    every = rows.assign(
        by_rule=rows["rep"].map(_year(ruled)).astype("Int64"),
        quota=quota,
        commitment=committed,
        gap=quota - committed,
        gap_share=((quota - committed).astype("Float64") / quota.where(quota > 0)).to_numpy("float64", na_value=np.nan),
        proposed=rows["rep"].map(last["proposed"]).astype("Int64"),
        asked=asked,
        gap_left=quota - asked.fillna(committed),
    )
    named = every.assign(standing=_standing(every, last))
    return named.sort_values(["gap", "rep"], ascending=[False, True], na_position="last", ignore_index=True)


def _year(ruled: pd.DataFrame) -> "pd.Series[int]":
    """The year of what the rule gives, by rep; unknown where it gives no answer."""
    return ruled.groupby("rep")["amount"].agg(lambda fen: fen.sum(skipna=False)).astype("Int64")


def _standing(rows: pd.DataFrame, last: pd.DataFrame) -> NDArray[np.str_]:
    """How far each rep has come; `last` is his last round, by rep."""
    agreed = rows["rep"].isin(last.index[last["agreed"].astype(bool)])
    waiting = rows["rep"].isin(last.index[last["asked"].isna()])
    silent, covered = rows["commitment"].isna(), (rows["gap"] <= 0).fillna(value=False).astype(bool)
    known = [agreed, waiting, rows["rep"].isin(last.index), silent, covered]
    return np.select(known, ["agreed", "waiting", "open", "silent", "covered"], "apart")
