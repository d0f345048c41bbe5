"""The back-test as people see it: a past year as it would have been planned, and the charts."""

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from salesplan import seasonal_split
from salesplan.charts import seasonal_split as charts
from salesplan.charts import style
from salesplan.seasonal_split import PlanYear
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.wording import LANGUAGES, Words

YEAR = PlanYear(2027, calendar="US")
SEASON = [5, 4, 6, 7, 8, 9, 8, 7, 9, 10, 12, 15]
OTHER = [15, *SEASON[1:11], 5]


def facts(seasons):
    """Sales of one member from {year: twelve amounts in fen}."""
    rows = [(f"{year}-{m + 1:02d}", "a", amount) for year, months in seasons.items() for m, amount in enumerate(months)]
    return pd.DataFrame(rows, columns=["month", "product", "amount"]).assign(quantity=1.0)


def rules(**changed):
    return SeasonalSplitTerms.model_validate({"method": "pooled_share", **changed}, strict=False)


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, currency="CNY", display_unit="万元" if request.param == "zh" else "thousand")


class TestHindsight:
    """The last year that can be scored."""

    def test_a_past_year_as_it_would_have_been_planned(self):
        found = seasonal_split.hindsight(facts({2025: SEASON, 2026: OTHER}), year=YEAR, rules=rules())
        assert found["month"].tolist() == [f"2026-{m:02d}" for m in range(1, 13)]
        assert found["actual"].tolist() == OTHER
        assert found["amount_pooled_share"].tolist() == SEASON  # both years sell 100 fen
        assert list(found) == ["month", "actual", "amount_pooled_share"]

    def test_the_chosen_method_stands_first(self):
        sold = facts({2024: SEASON, 2025: OTHER, 2026: SEASON})
        found = seasonal_split.hindsight(sold, year=YEAR, rules=rules(method="last_year"))
        assert list(found)[2:] == ["amount_last_year", "amount_pooled_share"]
        assert found["amount_last_year"].tolist() == OTHER
        assert found["amount_pooled_share"].sum() == found["actual"].sum() == 100

    def test_an_excluded_year_gives_way_to_the_one_before(self):
        sold = facts({2024: SEASON, 2025: OTHER, 2026: SEASON})
        found = seasonal_split.hindsight(sold, year=YEAR, rules=rules(exclude=["2026-07"]))
        assert found["month"].iloc[0] == "2025-01"

    @pytest.mark.parametrize("seasons", [{}, {2026: SEASON}])
    def test_empty_without_two_years(self, seasons):
        assert len(seasonal_split.hindsight(facts(seasons), year=YEAR, rules=rules())) == 0

    def test_a_fiscal_year_from_april(self):
        year = PlanYear(2027, first_month=4, calendar="US")
        labels = [f"{2025 + (m + 3) // 12}-{(m + 3) % 12 + 1:02d}" for m in range(24)]
        sold = pd.DataFrame({"month": labels, "product": "a", "amount": SEASON + OTHER, "quantity": 1.0})
        found = seasonal_split.hindsight(sold, year=year, rules=rules())
        assert found["month"].iloc[[0, -1]].tolist() == ["2026-04", "2027-03"]
        assert found["actual"].tolist() == OTHER

    def test_a_blend_is_tested_as_a_blend(self):
        blended = rules(method="blended", blend={"auto": 0, "last_year": 1, "even": 1})
        found = seasonal_split.hindsight(facts({2025: [12] * 11 + [36], 2026: [14] * 12}), year=YEAR, rules=blended)
        # 168 fen over twelve months: half by last year's shares (12 and 36 of 168), half evenly (14)
        assert found["amount_blended"].tolist() == [13] * 11 + [25]


class TestCharts:
    """Drawn once each, in every language."""

    def draw(self, paint, frame, words):
        with mpl.rc_context(style.RC):
            return paint(Figure(figsize=(8, 3.6)).subplots(), frame, words=words)

    def test_methods(self, words):
        table = seasonal_split.back_test(facts({2025: SEASON, 2026: OTHER}), year=YEAR, rules=rules(method="even"))
        ax = self.draw(charts.methods, table, words)
        assert len(ax.patches) == len(table)
        assert words.code("method", "even") in ax.get_title(loc="left")

    def test_the_usual_method_alone(self, words):
        table = seasonal_split.back_test(facts({2025: SEASON, 2026: OTHER}), year=YEAR, rules=rules())
        title = self.draw(charts.methods, table, words).get_title(loc="left")
        # 20 of 100 fen lie in another month than planned: 2 x 10 / 100 in January and December
        assert "20" in title

    def test_a_worse_method_is_called_worse(self, words):
        table = seasonal_split.back_test(facts({2025: SEASON, 2026: SEASON}), year=YEAR, rules=rules(method="even"))
        assert self.draw(charts.methods, table, words).get_title(loc="left")

    def test_hindsight(self, words):
        frame = seasonal_split.hindsight(facts({2025: SEASON, 2026: OTHER}), year=YEAR, rules=rules(method="even"))
        ax = self.draw(charts.hindsight, frame, words)
        assert len(ax.patches) == 12
        assert len(ax.lines) == 2
        assert "2026" in ax.get_title(loc="left")
