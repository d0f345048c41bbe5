"""Every identity of the package has a case that breaks it; those of channels, customers and stock stand here."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest
from test_identities import allocation_frames, check, earlier_tables

from salesplan import identities
from salesplan.errors import IdentityError

HERE = Path(__file__).parent
# Names made of a table's or a column's.
MADE_OF = {
    "{name}_sums_to_split": ("rep_allocation_profit", "rep_allocation_channels"),
    "{name}_sums_to_profit_plan": ("rep_allocation_profit", "rep_allocation_channels"),
    "{name}_sum_to_the_year": ("purchases", "sales", "funds"),
}


def names():
    """Names of all identities, as the source calls them."""
    for path in sorted(Path(identities.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("equal", "same_by"):
                given = node.args[0]
                if isinstance(given, ast.Constant):
                    yield given.value
                else:
                    template = ast.unparse(given).removeprefix("f").strip("'\"")
                    yield from (template.format(name=name) for name in MADE_OF[template])


@lru_cache
def broken():
    """Every word of a text in a test, which gives the name of the identity it breaks; a list of names is no case."""
    found = set()
    for path in HERE.glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        listed = {id(part) for node in ast.walk(tree) if is_list(node) for part in ast.walk(node)}
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in listed]
        found |= {word for text in texts if isinstance(text, str) for word in re.findall(r"\w+", text)}
    return found


def is_list(node):
    """Whether a statement only lists names: those broken elsewhere."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return isinstance(node, ast.Assign | ast.AugAssign) and getattr(targets[0], "id", "") in ("elsewhere", "MADE_OF")


@pytest.mark.parametrize("name", sorted(set(names())))
def test_every_identity_is_broken_by_some_test(name):
    assert name in broken()


# ---------------------------------------------------------------- channels and profits


def profit_plan():
    return pd.DataFrame({"month": ["2027-01", "2027-02"], "cost": [60, 70], "expense": [10, 20]})


def by_channel():
    """Two channels whose months are those of the split and of the profit plan."""
    rows = [("a", "2027-01", 100, 20, 4), ("b", "2027-01", 200, 40, 6), ("a", "2027-02", 300, 70, 20)]
    return pd.DataFrame(rows, columns=["channel", "month", "amount", "cost", "expense"])


def check_channels(table, column, by):
    frames = {**allocation_frames(), "rep_allocation_profit": by_channel(), "rep_allocation_channels": by_channel()}
    frames[table] = frames[table].assign(
        **{column: lambda rows: rows[column].where(rows.index != 0, rows[column] + by)}
    )
    check("rep_allocation", frames, earlier={**earlier_tables(), "seasonal_split_profit": profit_plan()})


@pytest.mark.parametrize("table", ["rep_allocation_profit", "rep_allocation_channels"])
def test_plans_by_channel_and_product_sum_to_the_months(table):
    check_channels(table, "amount", 0)


@pytest.mark.parametrize(
    ("table", "column", "name"),
    [
        ("rep_allocation_profit", "amount", "rep_allocation_profit_sums_to_split"),
        ("rep_allocation_channels", "amount", "rep_allocation_channels_sums_to_split"),
        ("rep_allocation_profit", "cost", "rep_allocation_profit_sums_to_profit_plan"),
        ("rep_allocation_channels", "expense", "rep_allocation_channels_sums_to_profit_plan"),
    ],
)
@pytest.mark.parametrize("by", [1, -1])
def test_a_fen_beside_the_months_is_seen(table, column, name, by):
    with pytest.raises(IdentityError, match=f"^{name}: 2027-01: {by}$"):
        check_channels(table, column, by)


# ---------------------------------------------------------------- customers


def with_customers(amount=0, target=0):
    """Customers of two reps whose targets are their quotas, and the composition of all quotas by grade."""
    customers = pd.DataFrame({"customer": ["x", "y", "z"], "rep": ["A", "A", "B"], "amount": [200 + amount, 70, 350]})
    rows = pd.DataFrame({"dimension": ["grade", "grade"], "target": [300 + target, 340]})
    assert allocation_frames()["rep_allocation"]["amount"].sum() == 640
    return {**allocation_frames(), "rep_allocation_customers": customers, "rep_allocation_composition": rows}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"amount": 1}, "customers_sum_to_quota"),
        ({"amount": -1}, "customers_sum_to_quota"),
        ({"target": 1}, "composition_sums_to_quotas"),
    ],
)
def test_customers_beside_the_quota_are_seen(given, name):
    check("rep_allocation", with_customers())
    with pytest.raises(IdentityError, match=f"^{name}: .+"):
        check("rep_allocation", with_customers(**given))
