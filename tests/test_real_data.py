"""Real sales data that nobody shaped for this product, planned and reviewed through the command."""

import json
import shutil
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest
from workbooks import SHARED, command, copy_workbook

from salesplan.tables import outputs

SUPERSTORE = """\
title: Superstore, plan of 2017
fiscal_year: 2017
currency: USD
display_unit: thousand
language: en
calendar: US
dimensions: [region, product]
inputs: {sales: data/superstore_orders.csv}
columns: {sales: {order_id: order, order_date: date, customer_id: customer, segment: channel,
                  sub_category: product, sales: amount}}
"""
CHINOOK = """\
title: Chinook, plan of 2011
fiscal_year: 2011
currency: USD
display_unit: one
language: en
calendar: US
dimensions: [region]
inputs: {sales: data/chinook_sales.csv}
columns: {sales: {invoice_id: order, customer_id: customer, country: region, sales_rep: rep, genre: product}}
"""
COMMISSION = """\
plans:
  - {name: all, basis: ordered, release: proportional, period: quarter,
     tiers: [{from: 0, rate: 0.05}, {from: 1, rate: 0.08}]}
"""


def cents(text):
    return int(Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)


def run(folder, name, plan, target, **files):
    """A run of a plan on one file of the shared data, unchanged; the run's folder."""
    if not (SHARED / "data" / name).exists():
        pytest.skip("the shared data are not here")
    params = copy_workbook(folder) / "params" / "real"
    (params / "data").mkdir(parents=True)
    shutil.copy(SHARED / "data" / name, params / "data" / name)
    (params / "plan.yaml").write_text(plan)
    (params / "annual_target.yaml").write_text(target)
    for stem, text in files.items():
        (params / f"{stem}.yaml").write_text(text)
    done = command(folder, "run", "params/real", "--name", "r")
    assert done.returncode == 0, done.stderr
    return folder / "outputs" / "real" / "r"


def test_superstore_is_planned_on_2014_to_2016_and_reviewed_against_2017(tmp_path):
    levels = "levels: {commit: {growth: 0.15}, stretch: {times: commit, factor: 1.1}}\nestimates: {trend: {}}\n"
    found = run(tmp_path, "superstore_orders.csv", SUPERSTORE, levels)
    sales = pd.read_csv(SHARED / "data" / "superstore_orders.csv", dtype=str)
    by_year = sales["sales"].map(cents).groupby(sales["order_date"].str[:4]).sum()
    split = outputs.read(found / "tables" / "seasonal_split.csv", "seasonal_split")
    review = outputs.read(found / "tables" / "variance_review.csv", "variance_review")
    bridge = outputs.read(found / "tables" / "variance_review_bridge.csv", "variance_review_bridge").set_index("member")
    assert split["amount"].sum() == (by_year["2016"] * 115 * 2 + 100) // 200  # + 15 %, half away from zero
    assert review["actual"].sum() == bridge.loc["(total)", "actual"] == by_year["2017"]
    assert set(bridge.index) == {*sales["sub_category"], "(total)"}
    assert json.loads((found / "manifest.json").read_text())["as_of"] == "2017-12-31"


def test_chinook_gives_its_three_reps_quotas_and_commission(tmp_path):
    found = run(tmp_path, "chinook_sales.csv", CHINOOK, "levels: {commit: {growth: 0.05}}\n", commission=COMMISSION)
    sales = pd.read_csv(SHARED / "data" / "chinook_sales.csv", dtype=str)
    reps = outputs.read(found / "tables" / "rep_allocation_reps.csv", "rep_allocation_reps")
    pay = outputs.read(found / "tables" / "commission.csv", "commission")
    review = outputs.read(found / "tables" / "variance_review.csv", "variance_review")
    assert sorted(reps["rep"]) == sorted(sales["sales_rep"].unique())
    assert pay["earned"].sum() > 0
    year = sales[sales["date"].between("2011-01-01", "2011-11-30")]
    assert review["actual"].sum() == year["amount"].map(cents).sum()
