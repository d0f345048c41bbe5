"""How a number came about: the arithmetic redone from the printed text, and the last line against the table."""

import json
import re
import shutil
from decimal import Decimal

import pytest
from explain_cases import MONTHS, assert_redone, printed, redone
from workbooks import command, first_run

from salesplan import archive
from salesplan.errors import IdentityError, PlanError
from salesplan.explaining import Asked, explain
from salesplan.explaining.formula import factor, money, number, percent, real, share, total
from salesplan.explaining.ground import grounds_of
from salesplan.explaining.rounding import rounded
from salesplan.tables import outputs


@pytest.fixture(scope="module")
def run(minimal):
    return first_run(minimal, "minimal")


@pytest.fixture(scope="module")
def demo_run(demo):
    return first_run(demo, "henan-2027")


@pytest.fixture(scope="module")
def grounds(run):
    with grounds_of(run) as found:
        yield found


@pytest.fixture(scope="module")
def demo_grounds(demo_run):
    with grounds_of(demo_run) as found:
        yield found


def table(run, name):
    return outputs.read(run.folder / "tables" / f"{name}.csv", name)


# ---------------------------------------------------------------- arithmetic as shown


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        pytest.param(
            money(10050) * (number(1) + number("0.05")), "100.50 \u00d7 (1 + 0.05)", id="a sum inside a product"
        ),
        pytest.param(
            money(300) - (money(100) - money(50)), "3.00 \u2212 (1.00 \u2212 0.50)", id="a difference taken away"
        ),
        pytest.param(money(600) / (number(2) * number(3)), "6.00 \u00f7 (2 \u00d7 3)", id="divided by a product"),
        pytest.param(money(100) + money(-30), "1.00 + (-0.30)", id="a negative amount"),
        pytest.param(share(1 / 3), "0.333333333333", id="twelve decimals of a share"),
        pytest.param(factor(1 / 3), "0.333333333333333", id="fifteen of a factor"),
        pytest.param(real(12345.678), "123.456780", id="fen before rounding"),
        pytest.param(money(123456789), "1,234,567.89", id="grouped"),
    ],
)
def test_a_figure_is_written_as_it_is_computed(figure, text):
    assert figure.text == text
    equation = figure.to(4).text
    if " = " in equation:
        value, result = redone(equation)
        assert value.quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP") == result


def test_a_percentage_is_rounded_as_letters_round_it():
    assert percent(0.0186935, 4) == "1.8694%"  # half away from zero, not to the nearest binary fraction
    assert percent(0.5, 2) == "50.00%"


def test_a_result_is_rounded_half_away_from_zero():
    assert (money(1) / number(8)).to(3).text == "0.01 \u00f7 8 = 0.001"  # 0.00125
    assert (money(-5) * number("0.5")).to(2).result.text == "-0.03"


def test_one_figure_alone_is_no_equation():
    assert money(1200).to(2).text == "12.00"
    assert total([money(100), money(200), money(-50)]).to(2).text == "1.00 + 2.00 + (-0.50) = 2.50"


# ---------------------------------------------------------------- the last unit


def test_remainders_and_the_units_handed_out():
    found = rounded([1.4, 2.6, 3.0, 4.5], [1, 3, 3, 5])
    assert found.below.tolist() == [1, 2, 3, 4]
    assert found.rest.round(6).tolist() == [0.4, 0.6, 0.0, 0.5]
    assert found.up.tolist() == [False, True, False, True]
    assert found.rank.tolist() == [3, 1, 4, 2]
    assert found.handed == 2


def test_float_noise_is_no_remainder():
    found = rounded([2.9999999999, 3.0000000001], [3, 3])
    assert found.below.tolist() == [3, 3]
    assert not found.up.any()


def test_a_larger_money_unit():
    found = rounded([1450.0], [1500], unit=100)
    assert (found.below.tolist(), found.up.tolist(), found.rest.tolist()) == ([1400], [True], [0.5])


# ---------------------------------------------------------------- quotas


@pytest.mark.parametrize("month", ["", *MONTHS])
def test_every_quota_of_the_minimal_plan_is_redone_with_a_calculator(run, grounds, month):
    quotas = table(run, "rep_allocation")
    for rep in ("Anna", "Ben"):
        found, lines = printed(run, Asked(rep, month), grounds)
        own = quotas[(quotas["rep"] == rep) & (quotas["month"].isin([month] if month else MONTHS))]
        assert assert_redone(lines) >= (8 if month else 5)
        assert found.amount == own["amount"].sum()
        assert lines[-1].endswith(money(found.amount).text)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Asked("R01", "2027-03"), id="by weight, beside what others have agreed"),
        pytest.param(Asked("R02", "2027-05"), id="agreed in a negotiation"),
        pytest.param(Asked("R03", "2027-12"), id="pinned for the year"),
        pytest.param(Asked("R12", "2027-10"), id="a project planned apart, and a transfer"),
        pytest.param(Asked("R13", "2027-04"), id="a month at its limit, in the ramp"),
        pytest.param(Asked("R13", "2027-01"), id="a month before he joins"),
        pytest.param(Asked("R13"), id="the year of somebody who joins"),
    ],
)
def test_quotas_of_the_demo_are_redone_with_a_calculator(demo_run, demo_grounds, asked):
    found, lines = printed(demo_run, asked, demo_grounds)
    quotas = table(demo_run, "rep_allocation")
    own = quotas[(quotas["rep"] == asked.member) & (quotas["month"].isin([asked.month] if asked.month else MONTHS))]
    assert assert_redone(lines) >= 6
    assert found.amount == own["amount"].sum()
    assert lines[-1].endswith(money(found.amount).text)


def test_each_step_names_the_line_of_the_runs_own_file_and_the_rows_behind_it(demo_run, demo_grounds):
    _, lines = printed(demo_run, Asked("R01", "2027-03"), demo_grounds)
    text = "\n".join(lines)
    assert "[first/params/annual_target.yaml \u7b2c 5 \u884c]" in text
    file = (demo_run.folder / "params" / "rep_allocation.yaml").read_text(encoding="utf-8").split("\n")
    numbers = [int(found) for found in re.findall(r"rep_allocation\.yaml \u7b2c (\d+)", text)]
    assert any(file[number - 1].startswith("over_assignment") for number in numbers)
    assert any("history:" in file[number - 1] for number in numbers)
    rows = re.findall(r"data/sales\.csv \u7b2c (\d+)", text)
    sales = (
        (demo_run.folder.parents[2] / "params/henan-2027/data/sales.csv").read_text(encoding="utf-8-sig").split("\n")
    )
    assert len(rows) == 5
    for row in rows:
        order = sales[int(row) - 1].split(",")[2]
        assert f"{order} " in text


def test_nobody_else_is_named(demo_run, demo_grounds):
    reps = table(demo_run, "rep_allocation_reps")
    others = [text for row in reps.itertuples() if row.rep != "R05" for text in (row.rep, row.name)]
    for asked in (Asked("R05", "2027-03"), Asked("R05"), Asked("R05", "2027-03", pay=True)):
        text = "\n".join(printed(demo_run, asked, demo_grounds)[1])
        assert not [name for name in others if name in text]


# ---------------------------------------------------------------- pay


@pytest.mark.parametrize("rep", ["R01", "R05", "R10", "R13"])
@pytest.mark.parametrize("month", ["2027-01", "2027-03"])
def test_pay_is_redone_with_a_calculator(demo_run, demo_grounds, rep, month):
    paid = table(demo_run, "commission")
    own = paid[(paid["rep"] == rep) & (paid["month"] == month)]
    if own["plan"].fillna("").eq("").all():
        pytest.skip("on no plan in that month")
    found, lines = printed(demo_run, Asked(rep, month, pay=True), demo_grounds)
    assert assert_redone(lines) >= 3
    assert found.amount == own["payable"].iloc[0]
    assert lines[-1].endswith(money(found.amount).text)


# ---------------------------------------------------------------- what cannot be explained


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param(Asked("Bn"), "explain_rep", id="no such rep"),
        pytest.param(Asked("Ben", "2026-01"), "explain_month", id="a month outside the year"),
        pytest.param(Asked("Ben", pay=True), "explain_needs_month", id="pay of no month"),
        pytest.param(Asked("Ben", "2027-01", pay=True), "explain_no_pay", id="pay in a plan without commission"),
    ],
)
def test_what_the_run_does_not_have(run, asked, code):
    with pytest.raises(PlanError) as error:
        explain(run, asked)
    assert [fault.code for fault in error.value.faults] == [code]


@pytest.fixture
def changed(minimal, tmp_path):
    """A copy of the workbook with its run, to be changed."""
    shutil.copytree(minimal, tmp_path / "book")
    return tmp_path / "book"


def test_a_table_that_is_not_what_comes_out_is_said_and_nothing_is_explained(changed):
    path = changed / "outputs/minimal/first/tables/rep_allocation.csv"
    text = path.read_text(encoding="utf-8-sig")
    first = text.split("\n")[1]
    path.write_text(text.replace(first, first.replace(first.split(",")[3], "1.23")), encoding="utf-8")
    with pytest.raises(IdentityError):
        explain(first_run(changed, "minimal"), Asked("Ben", "2027-05"))


def test_inputs_changed_since_are_taken_from_the_store_or_refused(changed):
    run = first_run(changed, "minimal")
    sales, outputs_ = changed / "params/minimal/data/sales.csv", changed / "outputs/minimal"
    hashes = {"params/minimal/data/sales.csv": archive.file_digest(sales)}
    archive.keep(outputs_, {"params/minimal/data/sales.csv": sales}, hashes)
    before = printed(run, Asked("Ben", "2027-05"))[1]
    sales.write_text("date,rep,amount\n2026-01-01,Ben,1.00\n", encoding="utf-8")
    assert printed(run, Asked("Ben", "2027-05"))[1] == before
    shutil.rmtree(outputs_ / "inputs")
    with pytest.raises(PlanError) as error:
        explain(run, Asked("Ben", "2027-05"))
    assert [(fault.code, fault.place) for fault in error.value.faults] == [
        ("input_not_kept", "params/minimal/data/sales.csv")
    ]


# ---------------------------------------------------------------- the command and its pages


def test_the_command_prints_writes_a_page_and_gives_json(minimal):
    done = command(minimal, "explain", "minimal/first", "--rep", "Ben", "--month", "2027-05")
    assert done.returncode == 0, done.stderr
    page = minimal / done.stdout.strip().rpartition(" ")[2]
    html = page.read_text(encoding="utf-8")
    assert page == minimal / "outputs/minimal/explained/first/0002-2027-05-quota.html"
    assert "Content-Security-Policy" in html
    assert "Anna" not in html
    told = json.loads(
        command(minimal, "explain", "minimal/first", "--rep", "Ben", "--month", "2027-05", "--json").stdout
    )
    assert (told["rep"], told["month"], told["kind"]) == ("Ben", "2027-05", "quota")
    assert done.stdout.count(told["amount"][-6:]) > 1
    assert told["parts"][-1]["key"] == "result"


def test_wrong_words_end_with_two_and_leave_nothing(minimal):
    done = command(minimal, "explain", "minimal/none", "--rep", "Ben")
    assert (done.returncode, done.stdout) == (2, "")
    assert "minimal/none" in done.stderr


def test_the_run_holds_a_page_for_every_rep_and_nobody_else_is_on_it(demo_run):
    reps = table(demo_run, "rep_allocation_reps")
    folder = demo_run.folder / "explained"
    assert sorted(path.name for path in folder.glob("*.html")) == [
        *(f"{number:04d}.html" for number in range(1, len(reps) + 1)),
        "months.html",
    ]
    for place, row in enumerate(reps.itertuples(), 1):
        html = (folder / f"{place:04d}.html").read_text(encoding="utf-8")
        others = [other for other in reps.itertuples() if other.rep != row.rep]
        assert row.rep in html
        assert not [o.rep for o in others if re.search(rf"\b{o.rep}\b", html) or o.name in html]
        assert money(row.quota).text in html
    page = (demo_run.folder / "3_rep_allocation.html").read_text(encoding="utf-8")
    assert 'href="explained/0001.html"' in page
    assert "salesplan explain henan-2027/RUN --rep R01" in page


def test_the_pages_of_a_run_are_redone_with_a_calculator(demo_run):
    html = (demo_run.folder / "explained" / "0001.html").read_text(encoding="utf-8")
    assert assert_redone(re.findall(r'<p class="sum">(.*?)</p>', html)) > 40


def test_the_target_letter_and_the_page_round_the_same_figures_alike(demo_run):
    for place in (1, 5, 12):
        letter, page = (
            (demo_run.folder / path).read_text(encoding="utf-8")
            for path in (f"letters/reps/{place:04d}.html", f"explained/{place:04d}.html")
        )
        basis = letter.partition("占比 × 权重")[2].partition("综合权重")[0]
        figures = re.findall(r">([\d,]+\.\d+%?)<", basis)
        assert len(figures) >= 8
        assert [text for text in figures if f">{text}<" not in page] == []


def test_no_amount_on_a_page_lacks_its_separators(demo_run):
    for path in [*demo_run.folder.glob("explained/*.html"), *demo_run.folder.glob("letters/reps/*.html")]:
        assert not re.findall(r"(?<![\d.,#])\d{4,}\.\d{2,}", path.read_text(encoding="utf-8"))


def test_a_statement_of_pay_leads_to_the_page_of_its_own_quota(demo_run):
    reps = table(demo_run, "rep_allocation_reps")["rep"].tolist()
    pages = sorted((demo_run.folder / "statements" / "2027-03").glob("0*.html"))
    found = [
        re.findall(r'href="\.\./\.\./explained/(\d{4})\.html"', page.read_text(encoding="utf-8")) for page in pages
    ]
    for page, links in zip(pages, found, strict=True):
        rep = reps[int(links[0]) - 1]
        assert len(links) == 1
        assert f">explained/{links[0]}.html</a>" in page.read_text(encoding="utf-8")  # mailed alone, the place is told
        assert rep in page.read_text(encoding="utf-8")
    assert len(pages) == len(reps)
