"""What the demo company counts by hand each month: satisfaction, papers, the market, the showroom."""

from collections.abc import Iterator

from salesplan.demo.draws import SEED, Draws
from salesplan.demo.seasons import months

FIRST = "2026-01"
# indicator, thousandths in an ordinary month of last year, how far it strays, what this year adds
RATES = (
    ("客户满意度", 921, 12, 14),
    ("解决客户投诉率", 955, 25, 10),
    ("合同归档率", 948, 22, 12),
    ("销售台帐准确性", 972, 14, 4),
    ("销售往来记录的及时性和准确性", 940, 18, 9),
    ("产品标识制作的及时性", 958, 20, -6),
    ("销售结算工作进行的及时性准确性", 951, 20, 8),
    ("市场占有率", 114, 3, 3),
    ("展厅成交率", 262, 24, 13),
    ("户外展示成交比", 86, 12, 9),
)
VISITS = (148, 96, 172, 165, 158, 174, 121, 138, 176, 184, 169, 143)  # to the two showrooms, January to December
CALLS_PERCENT = 62  # of the visits
GROWTH_PERCENT = 104


def kpis() -> Iterator[tuple[str, str, object]]:
    """Month, indicator and value: rates as fractions, visits and calls as numbers."""
    draws = Draws(SEED, 31)
    for month in months():
        if month < FIRST:
            continue
        this_year = month[:4] > FIRST[:4]
        for name, usual, strays, more in RATES:
            thousandths = usual + draws.between(-strays, strays) + more * this_year
            yield month, name, f"0.{min(thousandths, 999):03d}"
        visits = VISITS[int(month[5:]) - 1] * (GROWTH_PERCENT if this_year else 100) // 100 + draws.between(-9, 9)
        yield month, "来店量", visits
        yield month, "来电量", visits * CALLS_PERCENT // 100 + draws.between(-6, 6)
