"""The forms in which long tables are read, and what the index asks to be decided."""

from decimal import Decimal

import pandas as pd
import pytest

from salesplan.apportion import MANAGER, TOTAL
from salesplan.conclusions.decisions import decisions
from salesplan.report.table import html_table, kpis_across, levels_across, members_across, months_across, with_total
from salesplan.tables import outputs
from salesplan.wording import LANGUAGES, Words

MONTHS = ["2027-01", "2027-02"]


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "万元" if request.param == "zh" else "thousand")


def grid():
    rows = [(MANAGER, -10, 0), ("R1", 100, 60), ("R2", 200, 220)]
    found = pd.DataFrame(
        [(rep, month, target, actual) for rep, target, actual in rows for month in MONTHS],
        columns=["rep", "month", "target", "actual"],
    )
    return found.assign(variance=found["actual"] - found["target"], attainment=found["actual"] / found["target"])


def test_months_stand_across_and_close_in_both_directions():
    found = months_across(grid(), "actual")
    assert list(found.columns) == ["rep", *MONTHS, TOTAL]
    assert found["rep"].tolist() == ["R1", "R2", MANAGER, TOTAL]
    assert found[TOTAL].tolist() == [120, 440, 0, 560]
    assert found.iloc[-1][MONTHS].tolist() == [280, 280]


def test_members_of_each_dimension_largest_first_and_the_company_last():
    cube = pd.DataFrame({"month": ["2027-01"] * 3, "region": ["a", "b", "b"], "channel": ["x", "x", "y"]})
    found = members_across(cube.assign(amount=[300, 100, 600]), ["region", "channel"])
    assert found[["dimension", "member"]].agg("".join, axis=1).tolist() == [
        "regionb", "regiona", "channely", "channelx", TOTAL,
    ]  # fmt: skip
    assert found["share"].tolist() == [0.7, 0.3, 0.6, 0.4, 1.0]


def test_total_sums_money_and_takes_ratios_from_the_sums():
    found = with_total(grid(), "variance_review", attainment=("actual", "target")).iloc[-1]
    assert (found["rep"], found["target"], found["actual"]) == (TOTAL, 580, 560)
    assert found["attainment"] == 560 / 580
    assert with_total(grid().head(0), "variance_review").empty


def test_indicators_are_printed_in_their_own_unit(words):
    targets = pd.DataFrame(
        [("amount", "commit", 5_600_000, "currency"), ("average_price", "commit", "74.09", "currency"),
         ("gross_margin", "commit", "0.3433", "share"), ("quantity", "commit", "5017.89", "unit")],
        columns=["indicator", "level", "value", "unit"],
    ).assign(last_year=None, growth=0.1)  # fmt: skip
    frame = levels_across(targets.assign(value=targets["value"].map(Decimal)))
    text = html_table(frame, "annual_target", words).text
    for shown in (words.money(560_000_000, unit=False), "74.09", "34.3%", "5,018", words.code("level", "commit")):
        assert shown in text


def test_kpis_keep_the_last_target_and_state(words):
    kpis = pd.DataFrame(
        {"indicator": "orders", "month": MONTHS, "value": [3, 4], "target": [5, 6], "state": ["ok", "behind"]}
    ).assign(unit="unit", basis="plan")
    found = kpis_across(kpis)
    assert found[[*MONTHS, "target", "state"]].to_numpy().tolist() == [[3, 4, 6, "behind"]]
    table = html_table(found, "variance_review_kpis", words)
    assert 'class="is-behind"' in table.html
    assert words.code("state", "behind") in table.text


def test_total_row_is_set_apart_and_reps_stand_by_name(words):
    words.names = {"R1": "<Anna>"}
    table = html_table(months_across(grid(), "actual"), "variance_review", words)
    assert '<tr class="total">' in table.html
    assert "&lt;Anna&gt;" in table.html and "R1" not in table.html


def saved(folder, **frames):
    for name, frame in frames.items():
        (folder / f"{name}.csv").write_bytes(outputs.csv_bytes(frame, name))
    return folder


def test_nothing_made_asks_for_nothing(tmp_path, words):
    assert decisions(tmp_path, words) == []


def test_every_open_matter_is_asked_once(tmp_path, words):
    revision = pd.DataFrame({"month": MONTHS, "original": [100, 100], "revised": [60, 110]})
    reps = pd.DataFrame(
        {"rep": ["R1", "R2"], "name": ["Anna", "Ben"], "quota": 1, "base": 1, "probability": [0.1, 0.9]}
    )
    causes = pd.DataFrame({"code": ["price", "unexplained"], "amount": [-5, -3], "action": "", "owner": "", "due": ""})
    targets = pd.DataFrame({"indicator": ["amount"], "level": "commit", "value": [Decimal(100)], "unit": "currency"})
    tables = saved(
        tmp_path,
        annual_target=targets.assign(last_year=Decimal(1), planned=True, probability=0.22),
        variance_review=grid(),
        variance_review_revision=revision.assign(actual=pd.array([60, None], dtype="Int64")),
        variance_review_causes=causes.assign(state="open"),
        rep_allocation_reps=reps.assign(last_year=1, quota_to_expected=1.0),
    )
    found = decisions(tables, words)
    assert len(found) == 5
    assert "22%" in found[0]
    assert words.money(30) in found[1]
    assert "Anna 60.0%" in found[2] and "Ben" not in found[2]
    assert words.money(3) in found[3]
    assert "Anna 10.0%" in found[4]


def test_a_year_under_way_asks_by_its_own_stock_and_odds(tmp_path):
    words = Words("zh", "万元")
    reps = pd.DataFrame({"rep": ["R1", "R2"], "name": ["Anna", "Ben"], "quota": 1, "probability": [0.1, 0.9]})
    bought = pd.DataFrame({"product": ["胶"], "state": "short", "amount_short": [9_00], "tied_up": [0]})
    planned = saved(tmp_path, rep_allocation_reps=reps, seasonal_split_purchases=bought)
    said = decisions(planned, words)
    assert len(said) == 2 and all(text.startswith("编制计划时") for text in said) and "签字" not in "".join(said)
    stock = pd.DataFrame(
        {"product": ["漆", "胶", "泥"], "short_month": ["2027-06", "2027-05", None], "shortage": [144, 7, 0],
         "value_stock": [1_00, 1_00, 3_000_000], "state": ["short", "short", "slow"]})  # fmt: skip
    rows = [("rep", "R1", 0.6), ("rep", "R2", 0.05), ("rep", "R3", None), ("region", "N", 0.01)]
    landing = pd.DataFrame(rows, columns=["dimension", "member", "probability"])
    under_way = decisions(saved(planned, variance_review_stock=stock, variance_review_landing_members=landing), words)
    hard, short, slow = under_way
    assert "Ben 5.0%" in hard and "Anna" not in hard and "N" not in hard
    assert "胶\uff082027年5月\uff0c最多缺 7\uff09、漆\uff082027年6月\uff0c最多缺 144\uff09" in short
    assert "泥" in slow and words.money(3_000_000) in slow
    assert not any("编制计划时" in text for text in under_way)


def test_members_whose_target_lies_above_their_history_are_named(tmp_path, words):
    rows = [("region", "N", 900, 800, 0.05), ("region", "S", 500, 700, 0.6), ("channel", "shop", 950, 900, 0.08)]
    rows += [("product", "p", 990, 100, 0.01), ("line", "l", 100, 200, 0.7), ("region", "new", 50, None, None)]
    frame = pd.DataFrame(rows, columns=["dimension", "member", "amount", "high", "probability"])
    typed = frame.astype({"amount": "int64", "high": "Int64", "probability": "float64"})
    blank = dict.fromkeys(("share", "growth", "quantity"), 0.5) | dict.fromkeys(("last_year", "expected", "low"), 1)
    (found,) = decisions(saved(tmp_path, seasonal_split_members=typed.assign(**blank, whole_years=3)), words)
    assert "shop" in found and words.money(950) in found and "8%" in found and "N " in found
    assert "S " not in found and "990" not in found  # products stand under their lines
