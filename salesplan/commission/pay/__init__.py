"""Everything that is paid beside the commission on orders, and how a month's pay is put together."""

from salesplan.commission.pay.base import achieved, base_pay, base_pay_rows, no_rows
from salesplan.commission.pay.beside import Beside, beside
from salesplan.commission.pay.contests import no_ranking, prize_lines, rank
from salesplan.commission.pay.draws import Drawn, DrawTerms, draw_terms, draws
from salesplan.commission.pay.lines import adjustment_lines, paid_at_once
from salesplan.commission.pay.overview import (
    adjustments_of,
    base_pay_parts,
    below_standard,
    by_component,
    latest_ranking,
    winners,
)
from salesplan.commission.pay.presence import Presence, presence, spells_within
from salesplan.commission.pay.ranking import Sales, periods_of
from salesplan.commission.pay.table import PAID, Pay, pay_table
from salesplan.commission.pay.wage import carry, top_up

__all__ = [
    "PAID",
    "Beside",
    "DrawTerms",
    "Drawn",
    "Pay",
    "Presence",
    "Sales",
    "achieved",
    "adjustment_lines",
    "adjustments_of",
    "base_pay",
    "base_pay_parts",
    "base_pay_rows",
    "below_standard",
    "beside",
    "by_component",
    "carry",
    "draw_terms",
    "draws",
    "latest_ranking",
    "no_ranking",
    "no_rows",
    "paid_at_once",
    "pay_table",
    "periods_of",
    "presence",
    "prize_lines",
    "rank",
    "spells_within",
    "top_up",
    "winners",
]
