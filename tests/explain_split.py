"""A small plan split by region and product: agreements, no potential known, and every limit of pay."""

from workbooks import command, copy_workbook

YEARS = (2024, 2025, 2026)
CUSTOMERS = {"Acorn": ("Ann", "east"), "Birch": ("Ann", "east"), "Cedar": ("Bob", "west"), "Dogwood": ("Bob", "east")}
PRODUCTS = {"paint": (9, 5, 9, 10, 8, 10, 8, 8, 9, 8, 10, 6), "brush": (4, 3, 6, 6, 9, 9, 9, 6, 5, 4, 3, 3)}

PLAN = """\
title: Small workshop, split
fiscal_year: 2027
language: en
calendar: US
dimensions: [region, product]
inputs: {sales: data/sales.csv, customers: data/customers.csv, reps: data/reps.csv}
"""
SPLIT = """\
method: pooled_share
pins:
  - {product: brush, month: 2027-05, amount: 2000}
"""
ALLOCATION = """\
pins:
  - {customer: Acorn, amount: 30000}
"""

COMMISSION = """\
minimum_wage: {amount: 2500}
plans:
  - name: managers
    applies_to: {rep: Ann}
    basis: ordered
    period: quarter
    tiers: [{from: 0, rate: 0.03}]
    cap: 120
    override: {tiers: [{from: 0, rate: 0.004}, {from: 0.1, rate: 0.008}, {from: 2, rate: 0.02}]}
    base_pay: {components: {sales: 1}}
  - name: sellers
    basis: ordered
    period: month
    tiers: [{from: 0, rate: 0.05}]
    cap_per_order: 20
    minimum_per_order: 8
    base_pay: {components: {satisfaction: 1}}
"""


def sales():
    """Order lines of three years: every customer buys both products every month; Elder stopped after the first."""
    rows = ["date,order,customer,rep,region,product,amount"]
    for year in YEARS:
        for month in range(1, 13):
            for place, (customer, (rep, region)) in enumerate(CUSTOMERS.items(), 1):
                for product, shape in PRODUCTS.items():
                    amount = shape[month - 1] * (50 + 7 * place + 3 * (year - 2024)) + month * place
                    order = f"{year}{month:02d}{place}"
                    rows.append(f"{year}-{month:02d}-15,{order},{customer},{rep},{region},{product},{amount}.35")
    rows += closed_months()
    rows.append("2024-03-20,E1,Elder,Bob,west,paint,900.00")
    return "\n".join(rows) + "\n"


def closed_months():
    """Two months of the plan year: orders above and below the limits, and one that comes back."""
    big = [
        f"2027-{month:02d}-10,{rep[0]}{month},{customer},{rep},east,paint,{amount * month}.55"
        for month in (1, 2)
        for rep, customer, amount in (("Ann", "Birch", 2100), ("Bob", "Dogwood", 900))
    ]
    small = ["2027-01-11,S1,Cedar,Bob,west,brush,100.00", "2027-02-26,S2,Cedar,Bob,west,brush,300.00"]
    return [*big, *small, "2027-02-20,B1,Dogwood,Bob,east,paint,-900.55"]


def make(folder):
    """The workbook with one complete run named `first`."""
    book = copy_workbook(folder, "minimal")
    plan = book / "params" / "minimal"
    owners = {**CUSTOMERS, "Elder": ("Bob", "west"), "Fir": ("Ann", "east")}
    rows = [f"{customer},{customer},{rep},{region}" for customer, (rep, region) in owners.items()]
    (plan / "data" / "sales.csv").write_text(sales(), encoding="utf-8")
    (plan / "data" / "customers.csv").write_text(
        "customer,name,rep,region\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    (plan / "data" / "reps.csv").write_text(
        "rep,name,manager,base_pay\nAnn,Ann,,3000\nBob,Bob,Ann,2000\n", encoding="utf-8"
    )
    (plan / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (plan / "annual_target.yaml").write_text("levels: {commit: 150000}\n", encoding="utf-8")
    (plan / "seasonal_split.yaml").write_text(SPLIT, encoding="utf-8")
    (plan / "rep_allocation.yaml").write_text(ALLOCATION, encoding="utf-8")
    (plan / "commission.yaml").write_text(COMMISSION, encoding="utf-8")
    done = command(book, "run", "params/minimal", "--name", "first", "--as-of", "2027-02-28")
    assert done.returncode == 0, done.stderr
    return book
