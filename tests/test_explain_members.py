"""Targets of products, regions, channels and customers: the arithmetic redone from the printed text."""

import json
import re
from decimal import Decimal

import explain_split
import pytest
from explain_cases import MONTHS, assert_redone, formulas, printed, redone
from workbooks import command, first_run, made_once

from salesplan.errors import IdentityError, PlanError
from salesplan.explaining import Asked
from salesplan.explaining.explained import explained
from salesplan.explaining.formula import money
from salesplan.explaining.ground import grounds_of


@pytest.fixture(scope="module")
def run(demo):
    return first_run(demo, "henan-2027")


@pytest.fixture(scope="module")
def grounds(run):
    with grounds_of(run) as found:
        yield found


def parts_of(grounds, asked):
    """The steps of each part by key."""
    return {part.key: {line.key: line for line in part.lines} for part in explained(grounds, asked).parts}


def result_of(line):
    """What a formula makes."""
    return Decimal(line.formula.rpartition(" ")[2].replace(",", ""))


# ---------------------------------------------------------------- products, regions, channels


@pytest.mark.parametrize("month", ["", "2027-01", "2027-02", "2027-03", "2027-06", "2027-12"])
@pytest.mark.parametrize(
    ("dimension", "member"),
    [
        pytest.param("product", "内墙乳胶漆", id="a product of a line with a goal"),
        pytest.param("product", "耐水腻子", id="a product of a line without one"),
        pytest.param("product", "艺术涂料", id="a product that is launched"),
        pytest.param("region", "南阳", id="a region"),
        pytest.param("channel", "工程直销", id="a channel with projects"),
    ],
)
def test_targets_of_members_are_redone_with_a_calculator(run, grounds, dimension, member, month):
    found, lines = printed(run, Asked(member, month, dimension=dimension), grounds)
    cube = grounds.table("seasonal_split")
    own = cube[(cube[dimension] == member) & (cube["month"].isin([month] if month else MONTHS))]
    assert assert_redone(lines) == len(formulas(lines)) >= 1
    assert (found.kind, found.dimension, found.amount) == ("target", dimension, own["amount"].sum())
    assert lines[0].startswith({"product": "产品", "region": "区域", "channel": "渠道"}[dimension] + f" {member} ")
    assert lines[-1].endswith(money(found.amount).text)


def test_the_year_of_a_product_comes_from_its_lines_goal(grounds):
    steps = parts_of(grounds, Asked("外墙涂料", dimension="product"))
    year, result = steps["member_year"], steps["result"]
    assert dict(steps["target"]["level_fixed"].values) == {"level": "commit"}
    assert result_of(year["rest"]) == Decimal(year["line_rest"].formula.split(" ")[0].replace(",", ""))
    left, share, line = (result_of(year[key]) for key in ("line_rest", "member_mix", "line_mix"))
    assert result_of(year["member_exact"]) == (left * share / line).quantize(Decimal("0.0001"))
    assert year["member_mix"].formula.count("÷") == 4  # of three years, and the sum of the weights
    assert year["member_mix"].formula.startswith("(2 × ")
    assert result["months_sum"].formula.count(" + ") == 11


def test_what_is_planned_apart_names_its_line_or_row(grounds):
    result = explained(grounds, Asked("内墙乳胶漆", dimension="product")).parts[-1]
    apart = [line for line in result.lines if line.key == "member_apart"]
    assert [line.values["name"] for line in apart] == ["航空港区安置房外墙", "伊滨区学府花园"]
    assert all(re.search(r"opportunities\.csv row \d+$", line.place) for line in apart)
    launched = parts_of(grounds, Asked("艺术涂料", dimension="product"))
    assert launched["member_year"]["member_without_past"].formula == ""
    assert re.search(r"seasonal_split\.yaml line \d+$", launched["result"]["member_apart"].place)
    assert launched["result"]["member_with_apart"].formula == "260,000.00"


def test_the_months_of_its_combinations_add_up(grounds):
    found = explained(grounds, Asked("南阳", "2027-06", dimension="region"))
    part = next(one for one in found.parts if one.key == "member_month")
    assert list(part.grid.heads[:2]) == ["channel", "product"]
    whole = sum(Decimal(row[-1].replace(",", "")) for row in part.grid.rows)
    result = {line.key: line for line in found.parts[-1].lines}
    assert result_of(result["member_units"]) == whole
    assert Decimal(result["member_units"].values["exact"].replace(",", "")).quantize(Decimal("0.1")) == whole.quantize(
        Decimal("0.1")
    )
    for row in part.grid.rows:
        value, exact = redone(row[part.grid.heads.index("calculation")])
        assert abs(value - exact) <= Decimal("0.00005")
        assert abs(exact - Decimal(row[-1].replace(",", ""))) <= Decimal("0.01")


def test_the_rows_behind_a_product_are_named(run, grounds):
    _, lines = printed(run, Asked("瓷砖胶", dimension="product"), grounds)
    text = "\n".join(lines)
    products = (run.folder.parents[2] / "params/henan-2027/data/products.csv").read_text(encoding="utf-8-sig")
    number = next(at for at, row in enumerate(products.split("\n"), 1) if row.startswith("瓷砖胶,"))
    assert f"data/products.csv 第 {number} 行" in text
    assert len(re.findall(r"data/sales\.csv 第 \d+ 行", text)) == 5


# ---------------------------------------------------------------- customers


def test_targets_of_customers_are_redone_with_a_calculator(run, grounds):
    table = grounds.table("rep_allocation_customers")
    known = table[table["kind"] != "new"]
    chosen = {
        *known.groupby("kind")["customer"].min(),  # one of each kind
        known.loc[known["amount_pipeline"].idxmax(), "customer"],
        known.loc[known["potential"].isna(), "customer"].min(),
        known.loc[known["rep"] == "(unassigned)", "customer"].min(),  # held by nobody, then by a rep who joins
    }
    assert len(chosen) >= 5
    for customer in sorted(chosen):
        found, lines = printed(run, Asked(customer, dimension="customer"), grounds)
        assert assert_redone(lines) == len(formulas(lines)) >= 5
        assert found.amount == known.loc[known["customer"] == customer, "amount"].sum()
        assert lines[-1].endswith(money(found.amount).text)
        assert customer in lines[0]


def test_a_customer_goes_from_the_target_over_his_reps_quota_to_his_potential(grounds):
    found = explained(grounds, Asked("C001", dimension="customer"))
    keys = [part.key for part in found.parts]
    assert keys[0] == "target"
    assert keys[-3:] == ["customer_usual", "customer_row", "result"]
    steps = parts_of(grounds, Asked("C001", dimension="customer"))["customer_row"]
    quotas = grounds.table("rep_allocation")
    assert steps["account_quota"].formula == money(quotas.loc[quotas["rep"] == "R01", "amount"].sum()).text
    assert steps["customer_potential"].formula == "748,000.00"
    assert re.search(r"customers\.csv row 2$", steps["customer_potential"].place)
    assert re.search(r"rep_allocation\.yaml line \d+$", steps["customer_developed"].place)
    grown, new, left = (result_of(steps[key]) for key in ("account_growth", "account_new", "account_left"))
    assert left == grown - new


def test_no_other_customer_or_product_is_named(run, grounds):
    text = "\n".join(printed(run, Asked("C001", dimension="customer"), grounds)[1])
    customers = grounds.table("rep_allocation_customers")
    names = customers.loc[(customers["customer"] != "C001") & (customers["rep"] != "R01"), "customer_name"].dropna()
    assert not [name for name in names if name in text]


# ---------------------------------------------------------------- what cannot be explained


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param(Asked("内墙漆", dimension="product"), "explain_member", id="no such product"),
        pytest.param(Asked("C1", dimension="customer"), "explain_member", id="no such customer"),
        pytest.param(Asked("(new)", dimension="customer"), "explain_member", id="customers still to be won"),
        pytest.param(Asked("C001", "2027-01", dimension="customer"), "explain_customer_year", id="a customer's month"),
        pytest.param(Asked("南阳", "2026-12", dimension="region"), "explain_month", id="a month outside the year"),
    ],
)
def test_what_the_run_does_not_have(grounds, asked, code):
    with pytest.raises(PlanError) as error:
        explained(grounds, asked)
    assert [fault.code for fault in error.value.faults] == [code]


def test_a_name_that_is_not_there_is_told_the_nearest(grounds):
    with pytest.raises(PlanError) as error:
        explained(grounds, Asked("瑞美", dimension="customer"))
    (fault,) = error.value.faults
    table = grounds.table("rep_allocation_customers")
    holding = sorted({name for name in table["customer_name"].dropna() if "瑞美" in name})
    assert fault.values["known"].split(", ")[: len(holding)] == holding
    assert fault.place == "--customer"


def test_customers_are_found_by_name(grounds):
    found = explained(grounds, Asked(" 郑州嘉居家装体验店 ", dimension="customer"))
    assert (found.member, found.name) == ("C001", "郑州嘉居家装体验店")


def test_a_plan_that_is_not_split_so_says_so(minimal):
    run = first_run(minimal, "minimal")
    with grounds_of(run) as own, pytest.raises(PlanError) as error:
        explained(own, Asked("east", dimension="region"))
    assert [(fault.code, fault.place) for fault in error.value.faults] == [("explain_not_split", "--region")]


def test_a_cube_that_is_not_what_comes_out_is_said(run):
    with grounds_of(run) as own:
        cube = own.table("seasonal_split")
        changed = cube.assign(amount=cube["amount"].where(cube.index != 7, cube["amount"] + 1))
        read = type(own).table
        try:
            type(own).table = lambda self, name: changed if name == "seasonal_split" else read(self, name)
            with pytest.raises(IdentityError):
                explained(own, Asked("内墙乳胶漆", dimension="product"))
        finally:
            type(own).table = read


# ---------------------------------------------------------------- the command


def test_the_command_takes_one_name_of_any_dimension(demo):
    done = command(demo, "explain", "henan-2027/first", "--product", "防水涂料", "--month", "2027-05", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["product"], told["month"], told["kind"]) == ("防水涂料", "2027-05", "target")
    assert told["page"].endswith("-2027-05-product.html")
    html = (demo / told["page"]).read_text(encoding="utf-8")
    assert "Content-Security-Policy" in html
    assert money(int(Decimal(told["amount"]) * 100)).text in html


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param((), "--customer", id="nobody"),
        pytest.param(("--rep", "R01", "--product", "防水涂料"), "--rep --product", id="two at once"),
        pytest.param(("--product", "防水涂料", "--month", "2027-01", "--commission"), "--rep", id="pay of a product"),
        pytest.param(("--product", "防水"), "防水涂料", id="half a name"),
    ],
)
def test_wrong_words_end_with_two(demo, options, said):
    done = command(demo, "explain", "henan-2027/first", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


# ---------------------------------------------------------------- agreements, and customers without potential


@pytest.fixture(scope="module")
def split_run(tmp_path_factory):
    book = made_once(tmp_path_factory, "explain_split", explain_split.make)
    return first_run(book, "minimal")


@pytest.fixture(scope="module")
def split_grounds(split_run):
    with grounds_of(split_run) as found:
        yield found


@pytest.mark.parametrize("month", ["", "2027-02", "2027-05"])
@pytest.mark.parametrize(("dimension", "member"), [("product", "brush"), ("product", "paint"), ("region", "east")])
def test_members_beside_agreements_are_redone_with_a_calculator(split_run, split_grounds, dimension, member, month):
    found, lines = printed(split_run, Asked(member, month, dimension=dimension), split_grounds)
    cube = split_grounds.table("seasonal_split")
    own = cube[(cube[dimension] == member) & (cube["month"].isin([month] if month else MONTHS))]
    assert assert_redone(lines) == len(formulas(lines))
    assert found.amount == own["amount"].sum()
    assert lines[0].startswith("How the target of ")
    assert any("agreed: brush" in line and "seasonal_split.yaml line" in line for line in lines)
    assert lines[-1].endswith(money(found.amount).text)


def test_an_agreed_amount_is_in_the_month_before_rounding(split_grounds):
    steps = parts_of(split_grounds, Asked("brush", "2027-05", dimension="product"))
    assert steps["member_year"]["member_pin"].formula == "2,000.00"
    assert steps["member_month"]["cells_fitted"].formula == "2,000.0000"
    assert steps["result"]["result_sum"].formula == "2,000.00"


def test_the_season_of_a_member_is_derived_from_its_own_sales(split_grounds):
    steps = parts_of(split_grounds, Asked("paint", "2027-02", dimension="product"))["member_season"]
    assert steps["share"].formula.startswith("(")
    assert steps["member_ratio"].formula.split(" ")[0] == steps["share"].formula.rpartition(" ")[2]


def test_an_agreed_customer_is_its_pin_and_the_others_share_the_rest(split_run, split_grounds):
    agreed = parts_of(split_grounds, Asked("Acorn", dimension="customer"))["customer_row"]["account_agreed"]
    assert agreed.formula == "30,000.00"
    assert re.search(r"rep_allocation\.yaml line \d+$", agreed.place)
    for customer in ("Birch", "Cedar", "Dogwood", "Elder"):
        found, lines = printed(split_run, Asked(customer, dimension="customer"), split_grounds)
        assert assert_redone(lines) == len(formulas(lines)) >= 3
        assert lines[-1].endswith(money(found.amount).text)
    shared = parts_of(split_grounds, Asked("Birch", dimension="customer"))["customer_row"]
    assert result_of(shared["account_rest"]) == result_of(shared["account_quota"]) - 30000
    assert shared["account_free"].formula.count("÷") == 1


def test_customers_of_former_years_and_of_none_say_so(split_grounds):
    lapsed = parts_of(split_grounds, Asked("Elder", dimension="customer"))
    assert "customer_lapsed" in lapsed["customer_usual"]
    assert "customer_best" in lapsed["customer_row"]
    never = parts_of(split_grounds, Asked("Fir", dimension="customer"))
    assert "customer_new_potential" in never["customer_usual"]


# ---------------------------------------------------------------- limits of pay


def pay_of(grounds, rep, month):
    """The steps of each part of a rep's pay by key, several of one key in a list."""
    found = explained(grounds, Asked(rep, month, pay=True))
    return {part.key: [(line.key, line.formula) for line in part.lines] for part in found.parts}


@pytest.mark.parametrize("rep", ["Ann", "Bob"])
@pytest.mark.parametrize("month", ["2027-01", "2027-02"])
def test_pay_under_every_limit_is_redone_with_a_calculator(split_run, split_grounds, rep, month):
    found, lines = printed(split_run, Asked(rep, month, pay=True), split_grounds)
    paid = split_grounds.table("commission").set_index(["rep", "month"]).loc[(rep, month)]
    assert assert_redone(lines) == len(formulas(lines)) >= 8
    assert found.amount == paid["payable"]
    for text in formulas(lines):
        value, result = redone(text)
        assert value.quantize(Decimal(1).scaleb(result.as_tuple().exponent), rounding="ROUND_HALF_UP") == result


def test_a_managers_part_comes_from_the_teams_quota_and_sales(split_grounds):
    earned = dict(pay_of(split_grounds, "Ann", "2027-02")["earned"])
    quotas = split_grounds.table("rep_allocation")
    quarter = quotas[(quotas["rep"] == "Bob") & (quotas["month"] < "2027-04")]["amount"].sum()
    assert redone(earned["override_quota"])[1] == Decimal(int(quarter)) / 100
    # January: 900.55 and 100.00, February: 1,800.55 and 300.00 less the return of 900.55
    assert earned["override_actual"] == "1,000.55 + 1,200.00 = 2,200.55"
    assert [text for key, text in pay_of(split_grounds, "Ann", "2027-02")["earned"] if key == "override_tier_reached"]
    assert earned["override_tier_open"].startswith("2 × ")


def test_a_cap_shows_what_was_before_and_leaves_out_the_team(split_grounds):
    earned = dict(pay_of(split_grounds, "Ann", "2027-02")["earned"])
    assert earned["cap_before"] == "63.02 + 126.02 = 189.04"  # 3 % of 2,100.55 and of 4,200.55
    assert earned["cap"] == "120.00 − 189.04 = -69.04"


def test_orders_are_held_to_their_least_and_most(split_grounds):
    january = dict(pay_of(split_grounds, "Bob", "2027-01")["earned"])
    assert january["order_cap_order"] == "20.00 − 45.03 = -25.03"  # 5 % of 900.55
    assert january["order_minimum"] == "8.00 − 5.00 = 3.00"
    february = dict(pay_of(split_grounds, "Bob", "2027-02")["earned"])
    assert february["order_within"] == "0.00"  # the order came back
    assert february["cap_month"] == "0.00 − (-25.03) = 25.03"
    assert february["order_cap_order"] == "20.00 − 90.03 = -70.03"


def test_pay_is_topped_up_to_the_least_wage_and_never_paid_below_it(split_grounds):
    base = dict(pay_of(split_grounds, "Bob", "2027-02")["base_pay"])
    assert base["least_before"] == "2,000.00 + 35.00 = 2,035.00"
    assert base["least_missing"] == "2,500.00 − 2,035.00 = 465.00"
    paid = dict(pay_of(split_grounds, "Bob", "2027-02")["pay_result"])
    assert paid["payable"] == "2,465.00 + 35.00 + (-20.00) + 0.00 = 2,480.00"
    assert paid["paid_least"] == "2,500.00"
    assert redone(paid["paid_carried"])[1] == -20


def test_draws_are_the_least_less_commission_and_what_is_owed_goes_on(grounds):
    first, second = (dict(pay_of(grounds, "R02", month)["pay_result"]) for month in ("2027-01", "2027-02"))
    paid = grounds.table("commission").set_index(["rep", "month"])
    for found, month in ((first, "2027-01"), (second, "2027-02")):
        assert redone(found["draw"])[1] * 100 == int(paid.loc[("R02", month), "draw"])
        assert redone(found["draw_owed"])[1] * 100 == int(paid.loc[("R02", month), "amount_owed"])
    assert " − (" in second["draw"]  # a prize is no commission that fills up the draw
