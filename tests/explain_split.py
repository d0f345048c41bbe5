"""A small plan split by region and product, with agreements on a product and a customer, and no potential known."""

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
    rows.append("2024-03-20,E1,Elder,Bob,west,paint,900.00")
    return "\n".join(rows) + "\n"


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
    (plan / "data" / "reps.csv").write_text("rep,name\nAnn,Ann\nBob,Bob\n", encoding="utf-8")
    (plan / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (plan / "annual_target.yaml").write_text("levels: {commit: 150000}\n", encoding="utf-8")
    (plan / "seasonal_split.yaml").write_text(SPLIT, encoding="utf-8")
    (plan / "rep_allocation.yaml").write_text(ALLOCATION, encoding="utf-8")
    done = command(book, "run", "params/minimal", "--name", "first")
    assert done.returncode == 0, done.stderr
    return book
