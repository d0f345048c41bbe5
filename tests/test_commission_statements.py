"""Statements of pay: every table adds up, each amount can be followed, every reason is said in words."""

import re
from decimal import Decimal

import pandas as pd
import paper_cases as cases
import pytest
from statement_cases import fen, made, pages, words

from salesplan.commission import papers
from salesplan.commission.papers.moves import held
from salesplan.conclusions.commission import sentences
from salesplan.errors import IdentityError

# ---------------------------------------------------------------- sums


def test_every_table_of_a_page_adds_up_to_its_sum():
    found = made()
    people = found.statements.people.set_index("rep")
    for rep, page in pages(found).items():
        own = people.loc[rep]
        assert sum(fen(subtotal) for _, subtotal, _ in page["groups"]) == own["earned"]
        for _, subtotal, rows in page["groups"]:
            assert sum(fen(row["amount"]) for row in rows if not row["head"]) == fen(subtotal)
        for name, total in (
            ("released", "released"),
            ("held", "held"),
            ("taken", "clawback"),
            ("base_pay", "base_pay"),
        ):
            assert sum(fen(row["amount"]) for row in page[name]) == own[total]
        amounts = [fen(text) for _, text, *_ in page["sums"]]
        assert sum(amounts[:-2]) == amounts[-2] == own["payable"]
        assert fen(page["paid"]) == own["amount_paid"]


def test_orders_stand_above_their_lines_with_their_sum():
    title, _, rows = pages(made())["B2"]["groups"][0]
    assert title == "Orders of this month"
    assert [row["head"] for row in rows] == ["B2-201 \u00b7 2027-02-03 \u00b7 KB2", "", ""]
    assert [fen(row["amount"]) for row in rows] == [4_800, 2_400, 2_400]


def test_a_reader_with_a_calculator_gets_the_printed_amount():
    for page in pages(made()).values():
        for row in (row for _, _, rows in page["groups"] for row in rows if row.get("how")):
            base, rate = re.fullmatch(r"(\S+) × (\S+)%", row["how"]).groups()
            assert Decimal(base.replace(",", "")) * Decimal(rate) / 100 == Decimal(row["amount"].replace(",", ""))
        for row in page["released"]:
            signs = re.search(r"([\d,.]+) earned to date × ([\d,.]+) paid ÷ ([\d,.]+) due - ([\d,.]+)", row["how"])
            if signs:
                earned, paid, due, before = (Decimal(text.replace(",", "")) for text in signs.groups())
                assert earned * paid / due - before == Decimal(row["amount"].replace(",", ""))


def test_held_moves_from_month_to_month():
    numbers = re.findall(r"-?[\d,]+\.\d\d", pages(made())["A1"]["holding"])
    before, earned, released, back, after = (fen(text) for text in numbers)
    assert before + earned - released + back == after == 1_440


@pytest.mark.parametrize("name", ["lines", "releases", "orders", "base_pay"])
def test_what_does_not_add_up_is_never_printed(name):
    found = cases.result()
    parts = vars(found) | {name: getattr(found, name).iloc[:-1]}
    column = {"lines": "amount", "orders": "held", "base_pay": "amount", "releases": "released"}[name]
    assert getattr(found, name)[column].iloc[-1] != 0
    with pytest.raises(IdentityError, match="statement_"):
        papers.statements(type(found)(**parts), cases.ledger(), cases.year(), cases.rules(), papers.register(
            None, None, found.lines, None))  # fmt: skip


def test_row_order_changes_nothing():
    found = cases.result()  # lines and components stand in the order in which they count
    parts = {name: part.sample(frac=1, random_state=3) for name, part in vars(found).items()}
    mixed = type(found)(**parts | {"lines": found.lines, "base_pay": found.base_pay})
    again = papers.prepare(mixed, cases.ledger(), cases.year(), cases.rules(), None)
    assert pages(again) == pages(made())


# ---------------------------------------------------------------- what it says


def test_the_head_says_how_far_the_rep_has_come():
    page = pages(made())["A1"]
    assert page["standing"] == [
        "Jan 2027 to Mar 2027, counted as orders: 2,000.00 CNY ÷ quota 2,700.00 CNY = attainment 74.07%."
    ]
    assert [row[3] for row in page["ladder"]] == ["reached", "not reached"]
    assert page["next"] == "700.00 CNY more reaches the next tier (from 100% attainment, 3%)."


def test_a_release_names_the_payment_behind_it():
    by_order = {row["order"]: row for row in pages(made())["B2"]["released"]}
    assert by_order["B2-201"]["why"] == "the customer paid 800.00 on 2027-02-25"
    assert by_order["(no order number)"]["why"] == "paid at once"


def test_what_is_held_says_what_the_customer_owes():
    row = pages(made())["A1"]["held"][0]
    assert (row["amount"], row["state"]) == ("14.40", "400.00 paid of 1,000.00")
    assert row["why"] == "the customer still owes 600.00; released when it comes in"


def test_what_is_taken_back_names_its_rule():
    assert [row["why"] for row in pages(made())["A1"]["taken"]] == [words().code("rule", "return")]


def by_hand(fen):
    """Papers of a result in which A1's adjustment by hand is another amount, all of it taken back."""
    result, ledger = cases.result(), cases.ledger()
    lines, releases, table = result.lines, result.releases, result.table
    own = (lines["rep"] == "A1") & (lines["rule"] == "adjustment")
    moved = (releases["rep"] == "A1") & (releases["order"] == "")
    now = (table["rep"] == "A1") & (table["month"] == cases.NOW)
    result.lines = lines.assign(amount=lines["amount"].mask(own, fen))
    result.releases = releases.assign(
        earned=releases["earned"].mask(moved, fen),
        released=releases["released"].mask(moved, 0),
        clawback=releases["clawback"].mask(moved, fen),
    )
    moves = {"earned": fen - 500, "released": -500, "clawback": fen, "payable": fen - 500, "amount_paid": fen - 500}
    result.table = table.assign(**{name: table[name] + now * more for name, more in moves.items()})
    given = pd.DataFrame(
        {"rep": ["A1"], "month": [cases.NOW], "amount": [fen], "reason": ["note of A1"], "approved_by": ["Chen"]}
    )
    ledger = type(ledger)(**{**vars(ledger), "adjustments": given})
    return result, papers.prepare(result, ledger, cases.year(), cases.rules(), None)


def test_what_is_taken_by_hand_says_so_with_reason_and_approver():
    page = pages(by_hand(-20_000)[1])["A1"]
    row = next(row for row in page["taken"] if row["amount"] == "-200.00")
    name = words().code("rule", "adjustment")
    assert (row["order"], row["how"]) == (name, "")
    assert row["why"] == f"{name}; note of A1; approved by Chen"
    earned = [line for _, _, lines in page["groups"] for line in lines if line.get("what") == name]
    assert [line["note"] for line in earned] == ["note of A1; approved by Chen"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_adjustments_are_not_counted_as_returns(language):
    result, _ = by_hand(-20_000)
    told, said = words(language), sentences(words(language), result=result)
    returned = int(cases.result().table["clawback"].sum())
    assert told("commission.adjusted_down", amount=told.money(20_000)) in said
    assert told("commission.clawed_back", amount=told.money(-returned)) in said


@pytest.mark.parametrize(
    ("reason", "key"),
    [("unpaid", "payment"), ("month_open", "payment"), ("holdback", "holdback"), ("not_invoiced", "not_invoiced"),
     ("", "other")],
)  # fmt: skip
def test_the_conclusion_says_what_held_money_waits_for(reason, key):
    result = cases.result()
    result.orders = result.orders.assign(reason=reason)
    told = words()
    part = told(f"commission.held_waits_{key}", amount=told.money(int(result.orders["held"].sum())))
    assert any(f"is held: {part}." in text for text in sentences(told, result=result))


def test_a_correction_of_base_pay_prints_no_formula():
    result = cases.result()
    result.base_pay = result.base_pay.assign(of_month="2027-01")
    rows = pages(papers.prepare(result, cases.ledger(), cases.year(), cases.rules(), None))["A1"]["base_pay"]
    assert rows and {(row["how"], row["score"], row["note"]) for row in rows} == {("", "", "correction of Jan 2027")}


def test_a_correction_names_its_month_and_reason():
    groups = {title: rows for title, _, rows in pages(made())["C3"]["groups"]}
    row = groups["Corrections of closed months"][-1]
    assert row["note"] == "belongs to Jan 2027; why C3"
    assert "by hand, with reason" in " ".join(pages(made())["C3"]["legend"])


def test_every_rule_is_explained_in_both_languages():
    rules = "tier rate extra per_unit new_product curve override return cap cap_order minimum late bad_debt forfeited"
    for rule in [*rules.split(), "inherited", "adjustment", "contest", "correction"]:
        for language in ("zh", "en"):
            assert words(language)(f"statement.means_{rule}")
            assert words(language).code("rule", rule) != rule or language == "en"


def waiting(reason, until="", **plan):
    orders = cases.result().orders.assign(reason=reason, until=until)
    terms = cases.rules(**plan)
    plans = {one.name: one for one in terms.plans}
    whose = pd.Series("standard", index=list(cases.NAMES))
    return held(orders, plans, whose, cases.year()).query("rep == 'A1'").iloc[0]


def test_the_next_milestone_is_what_is_missing():
    steps = [{"paid": Decimal("0.3")}, {"paid": Decimal("0.555")}, {"paid": Decimal(1)}]
    assert waiting("milestone", release="milestones", milestones=steps)["missing"] == 55_500 - 40_000
    assert waiting("unpaid")["missing"] == 60_000


def test_open_orders_of_the_month_are_counted():
    assert waiting("month_open", release="month_full")["others"] == 1


@pytest.mark.parametrize(
    ("reason", "until", "text"),
    [
        ("holdback", "2027-12", "held back until Dec 2027"),
        ("holdback", "", "held back until it is due"),
        ("month_open", "", "1 orders of Feb 2027 are not fully paid"),
        ("not_invoiced", "", "not invoiced yet"),
        ("", "", "condition is not met"),
    ],
)
def test_each_reason_to_wait_has_its_words(reason, until, text):
    result = cases.result()
    result.orders = result.orders.assign(reason=reason, until=until)
    found = papers.prepare(result, cases.ledger(), cases.year(), cases.rules(), None)
    assert text in pages(found)["A1"]["held"][0]["why"]


# ---------------------------------------------------------------- line by line


def test_a_line_says_the_share_and_the_rebate_it_is_less_of():
    ledger = cases.ledger()
    sold = ledger.order_lines.assign(product="P")
    others = sold[sold["order"] == "B2-201"].assign(rep="C3", amount=300_000, product="P")
    rates = pd.DataFrame({"customer": ["KB2"], "rebate_rate": [0.015]})
    given = type(ledger)(**{**vars(ledger), "order_lines": pd.concat([sold, others]), "customers": rates})
    found = papers.prepare(cases.result(), given, cases.year(), cases.rules(rebates="accrued"), None)
    rows = {row["product"]: row["what"] for row in pages(found)["B2"]["groups"][0][2] if not row["head"]}
    assert rows["P"].endswith("your share 40% \u00b7 less rebate 1.5%")
    assert "share" not in rows["Q"] and rows["Q"].endswith("less rebate 1.5%")


def test_money_that_came_before_is_told_with_its_day():
    result = cases.result()
    result.payments = result.payments.assign(date=pd.Timestamp("2027-01-25"))
    found = papers.prepare(result, cases.ledger(), cases.year(), cases.rules(), None)
    by_order = {row["order"]: row for row in pages(found)["B2"]["released"]}
    assert by_order["B2-201"]["why"] == "paid before: the customer paid 800.00 on 2027-01-25"


def test_what_a_new_tier_takes_back_is_not_told_as_a_refund():
    result = cases.result()
    own = (result.lines["rule"] == "return") & (result.lines["rep"] == "A1")
    result.lines = result.lines.assign(rule=result.lines["rule"].mask(own, "tier"))
    found = papers.prepare(result, cases.ledger(), cases.year(), cases.rules(), None)
    assert [row["why"] for row in pages(found)["A1"]["taken"]] == [words().code("rule", "repriced")]
