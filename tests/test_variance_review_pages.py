"""What the pages say of the bridge, the market, the causes and the measures; the charts that show them."""

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure
from test_variance_review import MONTHS, PLAN, RULES, company, fact, three_months
from test_variance_review_bridge import one_month
from test_variance_review_causes import findings, measures, row

from salesplan import variance_review as vr
from salesplan.charts import variance_review as charts
from salesplan.conclusions import variance_review as say
from salesplan.report.table import html_table
from salesplan.terms.variance_review import Bridge, Market
from salesplan.variance_review import decomposition
from salesplan.variance_review.market import MARKET_COLUMNS
from salesplan.variance_review.proposals import KINDS, PROPOSAL_COLUMNS
from salesplan.wording import Words

matplotlib.use("Agg")
WORDS = {"zh": Words("zh", "one"), "en": Words("en", "one")}
EN = WORDS["en"]
LANGUAGES = pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())


def drawn(paint, frame, words):
    ax = Figure().subplots()
    assert paint(ax, frame, words=words) is ax
    return ax


def title(ax):
    return ax.get_title(loc="left") or ax.get_title()


def clean(texts):
    return bool(texts) and not any("{" in text or "nan" in text or "review_" in text for text in texts)


# ---------------------------------------------------------------- bridge


@LANGUAGES
@pytest.mark.parametrize("price_at", decomposition.CONVENTIONS["price_at"])
@pytest.mark.parametrize("new_products", decomposition.CONVENTIONS["new_products"])
def test_every_convention_is_said_in_words(words, price_at, new_products):
    rules = Bridge(price_at=price_at, new_products=new_products)
    figures = one_month(fact(MONTHS[0], "R1", 900, quantity=8.0))
    said = say.bridge_sentences(words, vr.bridge_table(figures, rules), rules)
    assert clean(said)
    assert words(f"review_bridge.price_at_{price_at}") in said[0]
    assert words(f"review_bridge.new_products_{new_products}") in said[0]


GIVEN_AWAY = [fact(MONTHS[0], "R1", 800, quantity=8.0), fact(MONTHS[0], "R1", -30, kind="rebate")]


@LANGUAGES
def test_what_is_given_away_and_exchange_rates_are_said_and_drawn_apart(words):
    figures = one_month(*GIVEN_AWAY, at_budget=[700, -30])
    bridge = vr.bridge_table(figures, Bridge())
    said = say.bridge_sentences(words, bridge, Bridge())
    assert clean(said)
    assert words("review_bridge.deducted_less", amount=words.money(30)) in said
    assert words("review_bridge.currency_more", amount=words.money(100)) in said
    assert vr.bridge_parts(bridge) == {
        "volume": -200, "mix": 0, "price": -100, "deducted": -30, "currency": 100, "new": 0, "lost": 0,
    }  # fmt: skip
    labels = [tick.get_text() for tick in drawn(charts.bridge, bridge, words).get_xticklabels()]
    assert words.column("deducted", "variance_review_bridge") in labels
    assert words.column("currency", "variance_review_bridge") in labels
    shown = html_table(vr.bridge_view(bridge), "variance_review_bridge", words)
    assert words.column("own_price", "variance_review_bridge") in shown.text


def test_a_bridge_is_read_without_what_is_zero_everywhere():
    bridge = vr.bridge_table(one_month(fact(MONTHS[0], "R1", 900, quantity=8.0)), Bridge())
    assert list(vr.bridge_view(bridge).columns) == decomposition.COLUMNS
    joint = vr.bridge_table(one_month(fact(MONTHS[0], "R1", 900, quantity=8.0)), Bridge(price_at="apart"))
    assert list(vr.bridge_view(joint).columns) == [*decomposition.COLUMNS, "joint"]
    assert "joint" in vr.bridge_parts(joint)


@LANGUAGES
def test_the_margin_in_words(words):
    margin = vr.margin_bridge(one_month(fact(MONTHS[0], "R1", 880, quantity=8.0, cost=520)), Bridge())
    said = say.margin_sentences(words, margin)
    assert clean(said)
    assert words.money(400) in said[0]
    assert words.money(-40) in said[1]  # unit costs rose
    assert say.margin_sentences(words, margin.iloc[:0]) == [words("review_bridge.margin_unknown")]


def test_a_margin_above_its_target():
    margin = vr.margin_bridge(one_month(fact(MONTHS[0], "R1", 1_000, quantity=10.0, cost=500)), Bridge())
    assert "1.00 CNY more" in say.margin_sentences(EN, margin)[0]


# ---------------------------------------------------------------- market


def market_row(size, share, measure="quantity", shares=(0.08, 0.09)):
    cells = [measure, 1_000.0, 1_000.0 + size, *shares, size + share, size, share]
    return pd.DataFrame([cells], columns=MARKET_COLUMNS)


@LANGUAGES
@pytest.mark.parametrize("measure", ["quantity", "amount"])
@pytest.mark.parametrize(("size", "share"), [(-528, 132), (100, -300)])
def test_the_market_in_words_and_bars(words, measure, size, share):
    table = market_row(size, share, measure)
    said = say.market_sentences(words, table, Market())
    assert clean(said)
    assert len(said) == 2
    main = max((size, share), key=abs)
    assert words.money(main) in title(drawn(charts.market, table, words))


def test_a_market_that_is_not_known_is_one_sentence():
    assert say.market_sentences(EN, market_row(0, 0).iloc[:0], None) == [EN("review_market.none")]
    assert say.market_sentences(EN, market_row(0, 0).iloc[:0], Market()) == [EN("review_market.unknown")]
    assert len(say.market_sentences(EN, market_row(1, 1, shares=(0.1, float("nan"))), Market())) == 1


# ---------------------------------------------------------------- causes


@LANGUAGES
def test_a_pareto_chart_names_the_largest_and_its_share(words):
    bars = vr.cause_pareto(findings(("a", "price", -60), ("a", "demand", -40), ("a", "unexplained", -100)))
    ax = drawn(charts.pareto, bars, words)
    assert words.code("cause", "price") in title(ax)
    assert "30%" in title(ax)
    assert [line.get_ydata()[-1] for line in ax.get_lines()] == [200]
    assert title(drawn(charts.pareto, bars.iloc[:0], words))


@LANGUAGES
@pytest.mark.parametrize(
    ("rows", "count"),
    [
        pytest.param([row(due="2027-03-21")], 2, id="overdue"),
        pytest.param([(*row(due="2027-03-21")[:4], None, *row(due="2027-03-21")[5:])], 2, id="overdue, nobody's"),
        pytest.param([row(due="2027-04-21"), row(state="done")], 1, id="in time"),
        pytest.param([], 1, id="none"),
    ],
)
def test_measures_in_words(words, rows, count):
    said = say.measure_sentences(words, measures(*rows))
    assert clean(said)
    assert len(said) == count


def proposal(code, detail="", before=1_000.0, now=0.0):
    kind, cause = KINDS[code]
    return (code, kind, "X", -1_000, 3, before, now, detail, cause)


@LANGUAGES
@pytest.mark.parametrize(
    ("one", "shown"),
    [
        pytest.param(proposal("lost_customer"), "10.00", id="lost customer"),
        pytest.param(proposal("late_project", "bid"), "bid", id="late project"),
        pytest.param(proposal("price_cut", now=950.0), "9.50", id="price cut"),
        pytest.param(proposal("missing_activity", "call", 100, 40), "100", id="missing activity"),
        pytest.param(proposal("vacancy", "2027-02"), "10.00", id="vacancy"),
        pytest.param(proposal("vacancy", "2027-02/2027-03"), "3", id="customers nobody held"),
        pytest.param(proposal("collection_overdue", now=400.0), "4.00", id="overdue collection"),
    ],
)
def test_evidence_says_what_was_expected_and_what_came(words, one, shown):
    frame = pd.DataFrame([one], columns=PROPOSAL_COLUMNS)
    table = say.with_evidence(words, frame)
    assert clean(table["evidence"].tolist())
    assert shown in table["evidence"].iloc[0]
    assert clean(say.proposal_sentences(words, table))
    assert "X" in html_table(table, "variance_review_proposals", words).text


def test_without_a_proposal_that_is_said():
    empty = pd.DataFrame(columns=PROPOSAL_COLUMNS)
    assert say.proposal_sentences(EN, say.with_evidence(EN, empty)) == [EN("review_causes.no_proposals")]


def test_the_sentences_of_the_review_name_the_parts_beside_price():
    figures = company(actuals=[*three_months(R1=90_000), fact(MONTHS[0], "R1", -700, kind="rebate")])
    review = vr.review(figures, RULES, PLAN)
    text = " ".join(say.sentences(EN, review, RULES))
    assert EN.column("deducted", "variance_review_bridge") in text
