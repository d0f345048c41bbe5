"""A demo plan in English whose orders lie in a database and whose commission is measured in every way."""

import duckdb
from workbooks import command, copy_workbook, without_charts

COMMISSION = """\
plans:
  - name: by amount
    applies_to: {team: 渠道部}
    basis: ordered
    measure: amount
    period: quarter
    semantics: whole
    tiers: [{from: 0, rate: 0.01}, {from: 60000, rate: 0.02}]
    cap: 900
    special_rates: [{channel: 专业市场, extra: 0.002}]
  - name: by margin rate
    applies_to: {rep: R10}
    basis: ordered
    measure: margin_rate
    period: month
    semantics: whole
    paid_on: margin
    tiers: [{from: 0, rate: 0.05}, {from: 0.3, rate: 0.08}, {from: 0.9, rate: 0.1}]
  - name: by margin before
    applies_to: {team: 工程部}
    basis: ordered
    measure: margin
    measure_period: previous
    period: month
    semantics: whole
    tiers: [{from: 0, rate: 0.01}, {from: 100, rate: 0.02}]
  - name: behind a gate
    applies_to: {rep: R04}
    basis: ordered
    period: month
    semantics: whole
    tiers: [{from: 0, rate: 0.01}, {from: 1, rate: 0.02}]
    gate: {over: quarter, attainment: 0.9}
  - name: on a curve
    applies_to: {rep: R03}
    basis: ordered
    period: month
    curve: {target_pay: 2000, points: [{at: 0.6, pays: 0.4}, {at: 1, pays: 1}, {at: 1.2, pays: 1.5}]}
  - name: by quantity
    basis: ordered
    measure: quantity
    period: quarter
    semantics: marginal
    rates_by: grade
    tiers: [{from: 0, rate: 0.01, rates: {高级: 0.012}}, {from: 200, rate: 0.02}]
    special_rates:
      - {line: 艺术漆, factor: 1.5}
      - {product: 瓷砖胶, per_unit: 0.5}
      - {product: 内墙乳胶漆, rate: 0.03}
    new_product_bonus: 0.01
    base_pay: {components: {sales: 0.6, customer_records: 0.2, market_analysis: 0.1, satisfaction: 0.1}}
contests:
  - {name: by boxes, months: [2027-01, 2027-02], measure: quantity, prizes: [300, 200]}
"""


def make(folder):
    """The workbook with one complete run named `first`."""
    book = without_charts(copy_workbook(folder, "henan-2027"))
    plan = book / "params" / "henan-2027"
    (plan / "commission.yaml").write_text(COMMISSION, encoding="utf-8")
    with duckdb.connect(plan / "data" / "company.duckdb") as connection:
        rows = f"read_csv('{plan / 'data' / 'sales.csv'}', header = true)"
        connection.execute(f"create table orders as select * from {rows}")
    (plan / "data" / "sales.csv").unlink()
    terms = (plan / "plan.yaml").read_text(encoding="utf-8")
    table = "{database: 'duckdb://data/company.duckdb', table: orders}"
    (plan / "plan.yaml").write_text(terms.replace("data/sales.csv ", f"{table} "), encoding="utf-8")
    options = ("--name", "first", "--set", "plan.language=en", "--set", "seasonal_split.method=blended")
    blend = ("--set", "seasonal_split.blend={auto: 2, last_year: 1}")
    done = command(book, "run", "params/henan-2027", *options, *blend)
    assert done.returncode == 0, done.stderr
    return book
