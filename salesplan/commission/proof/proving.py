"""All probes of all plans, paid at once through the code that pays, as one table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from salesplan import calendar
from salesplan.commission.proof import cash, limits, returns, tiers
from salesplan.commission.proof.bench import Case, Played, play
from salesplan.commission.proof.moved import Shift, shift_probes
from salesplan.commission.proof.setting import Answer, Probe, Setting
from salesplan.commission.proof.worked import closed, of_lines, plus
from salesplan.commission.year import Year

COLUMNS = [
    "plan", "rule", "probe", "boundary", "quota", "measure", "unit", "reading", "used", "amount", "gap", "worked",
]  # fmt: skip
PROBES = (
    tiers.tier_probes,
    tiers.curve_probes,
    tiers.period_probes,
    tiers.basis_probes,
    tiers.gate_probes,
    tiers.ramp_probes,
    tiers.member_probes,
    tiers.special_probes,
    tiers.bonus_probes,
    limits.cap_probes,
    limits.order_probes,
    limits.rounding_probes,
    cash.release_probes,
    cash.milestone_probes,
    cash.holdback_probes,
    cash.late_probes,
    returns.return_probes,
    returns.unserved_probes,
    returns.override_probes,
    cash.leaver_probes,
    limits.draw_probes,
    limits.guarantee_probes,
    limits.base_probes,
)
SPANS = (1, 3, 6, 12)  # months that are played together
FARTHEST = 60  # months from the beginning of the year: what happens later is not probed


def probes_of(setting: Setting) -> Iterator[Probe]:
    """Every probe that the plan's terms ask for, rule by rule."""
    for probes in PROBES:
        for probe in probes(setting):
            if all(answer.case is None or answer.case.upto <= FARTHEST for answer in probe.answers):
                yield probe


def probe_table(settings: Sequence[Setting], moved: Sequence[Shift] = ()) -> pd.DataFrame:
    """The table `commission_proof`: one row per plan, rule, probe and reading.

    `boundary`: the parameter the probe is about; `quota` of the period it is worked on (fen); `measure` what is
    asked, in `unit` (currency, piece, share, day, month); `used`: the reading of the plan; `amount` in fen; `gap` =
    amount less the plan's own; `worked`: the arithmetic. `moved`: shifts to work out as well. All amounts come from
    the code that pays, but those of roundings and base pay that it does not know.
    """
    probes = [(s, probe) for s in settings for probe in (*probes_of(s), *shift_probes(s, moved))]
    rows = [(s, probe, answer) for s, probe in probes for answer in probe.answers]
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    cases = [answer.case for _, _, answer in rows if answer.case is not None]
    amounts, texts = _played(cases, [answer for _, _, answer in rows if answer.case is not None], settings[0].year)
    told = iter(zip(amounts, texts, strict=True))
    found, own = [], 0
    for setting, probe, answer in rows:
        amount, text = next(told) if answer.case is not None else (answer.amount, answer.worked or "")
        used = answer is probe.answers[0]
        own = amount if used else own
        head = (setting.plan.name, probe.rule, probe.probe, probe.boundary, setting.quota, probe.measure, probe.unit)
        found.append((*head, answer.reading, used, amount, amount - own, closed(text, amount) if text else ""))
    return pd.DataFrame(found, columns=COLUMNS)


def _played(cases: Sequence[Case], answers: Sequence[Answer], year: Year) -> tuple[list[int], list[str]]:
    """Amount and arithmetic of each answer; cases that look at few months are played apart from longer ones."""
    amounts, texts = [0] * len(cases), [""] * len(cases)
    groups: dict[tuple[int, bool], list[int]] = {}
    spans = (*SPANS, max(case.upto for case in cases))
    for n, case in enumerate(cases):
        advances = not {"draw", "base_pay"}.isdisjoint(answers[n].columns)
        months = next(span for span in (spans[1:] if advances else spans) if case.upto <= span)
        groups.setdefault((months, advances), []).append(n)
    for (months, advances), chosen in groups.items():
        own = year if months <= len(year.months) else longer(year, months)
        played = play([cases[n] for n in chosen], own, advances=advances)
        for place, n in enumerate(chosen):
            amounts[n], texts[n] = _told(played, place, answers[n])
    return amounts, texts


def _told(played: Played, place: int, answer: Answer) -> tuple[int, str]:
    amount = sum(int(played.sums[name][place]) for name in answer.columns)
    if answer.worked is not None:
        return amount, answer.worked
    text = of_lines(played.lines_of(place))
    return amount, plus(text, int(played.sums["draw"][place])) if "draw" in answer.columns else text


def longer(year: Year, months: int) -> Year:
    """The year with months after it, whole years of them."""
    count = -(-months // 12) * 12
    return replace(year, months=[calendar.add_months(year.months[0], n) for n in range(count)])
