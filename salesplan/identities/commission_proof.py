"""Every probe of the proof has one reading that is the plan's own, and gaps are told against it."""

from collections.abc import Iterator

from salesplan.identities.comparing import Breach, Frames, equal


def breaches(frames: Frames) -> Iterator[Breach]:
    """What does not hold in the table of probes."""
    table = frames.get("commission_proof")
    if table is None or table.empty:
        return
    yield from equal("proof_begins_with_the_plan", int(table["used"].iloc[0]), 1)
    own = table["amount"].where(table["used"]).ffill()
    yield from equal("proof_gaps", int((table["amount"] - own - table["gap"]).abs().sum()), 0, "fen")
    same = table.groupby(table["used"].cumsum())[["plan", "rule", "probe", "measure"]].nunique().max(axis=1)
    yield from equal("proof_of_one_probe", int((same > 1).sum()), 0, "probes")
