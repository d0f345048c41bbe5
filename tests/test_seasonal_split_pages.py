"""The seasonal split as people see it: charts, sentences, and the notebook's form."""

import ast
import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from salesplan import seasonal_split
from salesplan.charts import seasonal_split as charts
from salesplan.charts import style
from salesplan.charts.seasonal_split.season import MOST_MEMBERS
from salesplan.conclusions import seasonal_split as conclusions
from salesplan.seasonal_split import HistoryUsed, PlanYear
from salesplan.tables import outputs
from salesplan.terms.seasonal_split import METHODS, SeasonalSplitTerms
from salesplan.wording import LANGUAGES, Words, catalogue

YEAR = PlanYear(2027, calendar="US")
SEASON = [5, 4, 6, 7, 8, 9, 8, 7, 9, 10, 12, 15]
EVENT = {"name": "618", "start": "2027-06-10", "end": "2027-06-18", "uplift": 0.25}
NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "2_seasonal_split.ipynb"


def facts(years=(2024, 2025, 2026)):
    rows = [
        (f"{year}-{month + 1:02d}", region, product, weight * SEASON[month] * 100, float(weight))
        for year in years
        for month in range(12)
        for region, product, weight in (("郑州", "涂料", 3000), ("洛阳", "涂料", 1000), ("洛阳", "腻子", 500))
    ]
    return pd.DataFrame(rows, columns=["month", "region", "product", "amount", "quantity"])


def rules(**changed):
    return SeasonalSplitTerms.model_validate({"method": "pooled_share", **changed}, strict=False)


def tables(sold=None, dimensions=("region", "product"), **changed):
    """Every table of the step, as the notebook makes them."""
    sold = facts() if sold is None else sold
    season = {"year": YEAR, "rules": rules(**changed)}
    cube = seasonal_split.split(60_000_000_00, sold, dimensions=dimensions, **season)
    months = seasonal_split.month_overview(cube, sold, year=YEAR)
    days = seasonal_split.split_days(months, year=YEAR, events=season["rules"].events)
    months = seasonal_split.with_target_days(months, days)
    return {
        "cube": cube,
        "months": months,
        "quarters": seasonal_split.quarters(months),
        "methods": seasonal_split.back_test(sold, **season),
        "profiles": seasonal_split.profiles(sold, months, **season),
        "members": seasonal_split.by_member(cube, dimensions[0] if dimensions else None),
        "days": days,
        "used": seasonal_split.history_used(sold, **season),
    }


@pytest.fixture(scope="module")
def made():
    return tables()


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "万元" if request.param == "zh" else "thousand")


def said(words, made, dimensions=("region", "product")):
    frames = {name: made[name] for name in ("months", "quarters", "methods", "cube")}
    return conclusions.sentences(words, dimensions=dimensions, **frames)


def warned(words, made, *, provisional=False, **changed):
    frames = {name: made[name] for name in ("methods", "cube", "used")}
    return conclusions.warnings(words, rules=rules(**changed), provisional=provisional, **frames)


class TestCharts:
    """Each chart draws on the axes it is given and says what is seen."""

    @pytest.mark.parametrize("name", ["months", "profiles", "members"])
    def test_drawn(self, name, made, words):
        with mpl.rc_context(style.RC):
            ax = Figure(figsize=(8, 3.6)).add_subplot()
            assert getattr(charts, name)(ax, made[name], words=words) is ax
            assert ax.get_title(loc="left")
            assert ax.has_data()

    def test_months_name_the_strongest_and_the_weakest(self, made, words):
        with mpl.rc_context(style.RC):
            title = charts.months(Figure((12, 4)).add_subplot(), made["months"], words=words).get_title(loc="left")
        assert title == words(
            "seasonal_split.chart_months",
            best=words.month_short("2027-12"),
            worst=words.month_short("2027-02"),
            best_amount=words.money(9_000_000_00),
            worst_amount=words.money(2_400_000_00),
        )

    def test_months_without_last_year(self, words):
        months = tables(facts(years=(2025,)))["months"]
        assert months["last_year"].isna().all()
        with mpl.rc_context(style.RC):
            ax = charts.months(Figure().add_subplot(), months, words=words)
        assert len(ax.patches) == 12

    def test_equal_months(self, words):
        months = tables(method="even")["months"]
        with mpl.rc_context(style.RC):
            title = charts.months(Figure().add_subplot(), months, words=words).get_title(loc="left")
        assert title == words("seasonal_split.chart_months_even", amount=words.money(5_000_000_00))

    def test_a_line_per_year_and_the_plan(self, made, words):
        with mpl.rc_context(style.RC):
            ax = charts.profiles(Figure().add_subplot(), made["profiles"], words=words)
        assert len(ax.lines) == 4

    def test_profiles_of_one_year(self, words):
        lines = tables(facts(years=(2026,)))["profiles"]
        with mpl.rc_context(style.RC):
            title = charts.profiles(Figure().add_subplot(), lines, words=words).get_title(loc="left")
        assert title == words("seasonal_split.chart_profiles_short", count=1)

    def test_many_members_are_cut(self, words):
        labels = [f"m{i:02d}" for i in range(40)]
        many = pd.DataFrame({"month": np.repeat(YEAR.months, 40), "member": labels * 12, "amount": 100_00})
        with mpl.rc_context(style.RC):
            ax = charts.members(Figure().add_subplot(), many, words=words)
        assert len(ax.get_yticklabels()) == MOST_MEMBERS

    def test_a_target_of_zero_is_drawn(self, words):
        cube = seasonal_split.split(0, facts(), year=YEAR, rules=rules(), dimensions=["region"])
        with mpl.rc_context(style.RC):
            ax = charts.members(Figure().add_subplot(), seasonal_split.by_member(cube, "region"), words=words)
        assert ax.get_title(loc="left")


class TestConclusions:
    """Sentences carry computed numbers, in both languages."""

    def test_season(self, made, words):
        text = said(words, made)[0]
        for part in (words.month("2027-12"), words.month("2027-02"), "15.0%", "4.0%", words.money(9_000_000_00)):
            assert part in text

    def test_quarters_and_first_half(self, made, words):
        text = said(words, made)[1]
        for part in ("15.0%", "24.0%", "37.0%", "39.0%", words.money(60_000_000_00 * 39 // 100)):
            assert part in text

    def test_the_largest_of_each_dimension(self, made, words):
        text = " ".join(said(words, made))
        assert "郑州" in text
        assert "涂料" in text
        assert words.percent(3000 / 4500) in text
        assert "郑州" not in " ".join(said(words, made, dimensions=()))

    def test_the_increase_over_last_year(self, made, words):
        december = 9_000_000_00 - 4500 * 15 * 100
        assert any(words.money(december) in text for text in said(words, made))

    def test_no_last_year(self, words):
        assert words("seasonal_split.no_last_year") in said(words, tables(facts(years=(2025,))))

    def test_equal_months(self, words):
        assert said(words, tables(method="even"))[0] == words(
            "seasonal_split.even_months", amount=words.money(5_000_000_00)
        )

    def test_months_a_fen_apart_are_equal(self, made, words):
        months = made["months"].assign(amount=[5_000_000_00 + (place < 4) for place in range(12)])
        expected = words("seasonal_split.even_months", amount=words.money(5_000_000_00))
        assert said(words, {**made, "months": months})[0] == expected

    def test_a_better_method_is_named(self, made, words):
        found = made["methods"].assign(chosen=lambda d: d["method"] == "even", years=4)
        texts = said(words, {**made, "methods": found})
        assert any(words.code("method", "even") in text for text in texts)
        best = found.iloc[0]["method"]
        assert texts[-1] == words("seasonal_split.better", best=words.code("method", best), error=words.number(0, 1))

    def test_a_better_method_of_few_years_is_chance(self, made, words):
        found = made["methods"].assign(chosen=lambda d: d["method"] == "even", years=3)
        assert said(words, {**made, "methods": found})[-1] == words("seasonal_split.tested_little", years=3)

    def test_the_usual_method_is_not_compared_with_itself(self, made, words):
        usual = words.code("method", "pooled_share")
        expected = words("seasonal_split.tested_alone", method=usual, error=words.number(0, 1), years=2)
        assert said(words, made)[-2] == expected

    def test_nothing_to_warn_of(self, made, words):
        assert warned(words, made) == [words("seasonal_split.nothing_odd")]

    def test_fewer_years(self, words):
        found = tables(facts(years=(2025, 2026)))
        years = words.list(["2025", "2026"])
        assert words("seasonal_split.fewer_years", wanted=3, count=2, years=years) in warned(words, found)

    @pytest.mark.parametrize("basis", ["month_average", "none"])
    def test_no_complete_year(self, made, words, basis):
        found = {**made, "used": HistoryUsed((), 3, basis)}
        assert words(f"seasonal_split.{basis}") in warned(words, found)
        assert words(f"seasonal_split.{basis}") not in warned(words, found, method="even")

    def test_excluded_months_events_and_workdays(self, made, words):
        changed = {"exclude": ["2025-07"], "events": [EVENT]}
        texts = " ".join(warned(words, made, provisional=True, **changed))
        for part in (words.month("2025-07"), "618", "25%", words("seasonal_split.provisional")):
            assert part in texts

    def test_weights_by_hand_leave_events_out(self, made, words):
        texts = warned(words, made, method="manual", manual=[1] * 12, events=[EVENT])
        assert not any("618" in text for text in texts)

    def test_no_back_test(self, words):
        assert words("seasonal_split.not_tested") in warned(words, tables(facts(years=(2026,))))

    def test_products_without_a_price(self, words):
        sold = facts()
        sold = sold.assign(quantity=sold["quantity"].where(sold["product"] != "腻子"))
        assert words("seasonal_split.some_prices", products="腻子") in warned(words, tables(sold))

    def test_no_quantities(self, words):
        sold = facts().assign(quantity=np.nan)
        assert words("seasonal_split.no_prices") in warned(words, tables(sold))


class TestWords:
    """Every code and column of the step has its words."""

    def test_methods_and_columns(self, words):
        texts = catalogue(words.language)
        for method in METHODS:
            assert f"code.method.{method}" in texts
            assert f"column.amount_{method}" in texts

    def test_parameters_have_a_meaning(self, words):
        texts = catalogue(words.language)
        for name in SeasonalSplitTerms.model_fields:
            assert f"param.seasonal_split.{name}" in texts

    def test_columns_of_the_tables(self, words):
        made = tables()
        for name in ("cube", "months", "quarters", "methods", "days"):
            for column in made[name].columns:
                assert words.column(column) != column, (name, column)


@pytest.mark.skipif(not NOTEBOOK.exists(), reason="the notebook is not there")
class TestNotebook:
    """The notebook asks and shows; it holds no logic."""

    cells = json.loads(NOTEBOOK.read_text())["cells"] if NOTEBOOK.exists() else []

    def test_no_logic_and_short_cells(self):
        banned = (
            ast.FunctionDef,
            ast.ClassDef,
            ast.For,
            ast.While,
            ast.Try,
            ast.If,
            ast.ListComp,
            ast.DictComp,
            ast.Lambda,
        )
        for cell in self.cells:
            if cell["cell_type"] == "code":
                assert len(cell["source"]) <= 12, cell["id"]
                assert not any(isinstance(node, banned) for node in ast.walk(ast.parse("".join(cell["source"])))), cell[
                    "id"
                ]

    def test_saves_every_table_last(self):
        source = "".join(self.cells[-1]["source"])
        for name in outputs.tables_of("seasonal_split"):
            assert f'"{name}": ' in source
        assert source.rstrip().splitlines()[-1].startswith("step.save(")

    def test_every_chart_is_used(self):
        source = "".join("".join(cell["source"]) for cell in self.cells)
        days = ("year_calendar", "ten_days", "ten_day_members", "pace", "day_pattern")
        for name in ("months", "profiles", "members", *days):
            assert f"charts.seasonal_split.{name}" in source
