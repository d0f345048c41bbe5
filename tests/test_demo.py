"""The demo plan: same bytes from the seed, the facts it promises, nothing the contract forbids."""

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from salesplan import demo
from salesplan.demo.company import FESTIVALS
from salesplan.demo.draws import Draws
from salesplan.demo.payments import with_tax
from salesplan.demo.seasons import day_weights, is_workday, last_workday, month_days
from salesplan.terms import MODELS

PARAMS = Path(__file__).parents[1] / "params"
PLAN = PARAMS / "henan-2027"
NAMES = (
    "sales",
    "reps",
    "customers",
    "products",
    "collections",
    "credit_splits",
    "scores",
    "opportunities",
    "stock",
    "dealers",
    "outlets",
    "expenses",
    "activities",
    "adjustments",
    "corrections",
    "causes",
    "disputes",
    "kpis",
)
SALES = [
    "date",
    "invoice_date",
    "order",
    "region",
    "channel",
    "product",
    "customer",
    "rep",
    "quantity",
    "amount",
    "cost",
    "kind",
    "original_order",
]
REPS = [
    "rep",
    "name",
    "region",
    "team",
    "manager",
    "start",
    "end",
    "potential",
    "capacity",
    "base_pay",
    "grade",
    "commitment",
]
TEAM_OF = {
    "形象店": "零售部",
    "建材超市": "零售部",
    "专业市场": "渠道部",
    "三四级网络": "渠道部",
    "工程直销": "工程部",
}


def read(name: str, columns: list[str] | None = None) -> pd.DataFrame:
    frame = pd.read_csv(PLAN / "data" / f"{name}.csv", dtype=str, keep_default_na=False)
    return frame.set_axis(columns or list(frame.columns), axis="columns")


def fen(texts: pd.Series) -> pd.Series:
    """Whole fen of texts with two decimals, without floats."""
    return texts.str.replace(".", "", regex=False).astype("int64")


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    lines = read("sales", SALES)
    return lines.assign(
        amount=fen(lines["amount"]),
        cost=fen(lines["cost"]),
        quantity=lines["quantity"].astype("int64"),
        month=lines["date"].str[:7],
    )


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return read("customers")


@pytest.fixture(scope="module")
def collections() -> pd.DataFrame:
    return read("collections").assign(amount=lambda d: fen(d["amount"]))


@pytest.fixture(scope="module")
def owned(sales: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Order lines with the owner: the order's rep, else the customer's on that day."""
    spells = customers.assign(end=customers["end"].replace("", "9999-12-31"))
    pairs = sales.reset_index().merge(spells, on="customer", suffixes=("", "_spell"))
    inside = pairs[(pairs["date"] >= pairs["start"]) & (pairs["date"] <= pairs["end"])].set_index("index").sort_index()
    assert inside.index.equals(sales.index), "every line lies in exactly one spell of its customer"
    return sales.assign(owner=sales["rep"].where(sales["rep"] != "", inside["rep_spell"]))


# the files


def test_the_seed_gives_the_committed_bytes(tmp_path: Path) -> None:
    demo.write(tmp_path)
    for name in NAMES:
        assert (tmp_path / "data" / f"{name}.csv").read_bytes() == (PLAN / "data" / f"{name}.csv").read_bytes(), name
    assert {path.name for path in (PLAN / "data").iterdir()} == {f"{name}.csv" for name in NAMES}


def test_files_are_small_and_plain_utf8() -> None:
    contents = [(PLAN / "data" / f"{name}.csv").read_bytes() for name in NAMES]
    assert sum(map(len, contents)) <= 3_000_000
    for content in contents:
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        content.decode("utf-8")


def test_sizes(sales: pd.DataFrame, customers: pd.DataFrame) -> None:
    assert 8_000 <= len(sales) <= 14_000
    assert 90 <= customers["customer"].nunique() <= 120
    assert set(customers["grade"]) == {"VIP", "一级", "二级", "其他"}
    assert sales["channel"].nunique() == 5
    assert sales["product"].nunique() == 6
    assert sales["region"].nunique() == 6


# sales


@pytest.mark.parametrize(
    ("year", "low", "high"),
    [
        pytest.param("2024", 4_100_000, 4_300_000, id="2024 about 4.2 million"),
        pytest.param("2025", 4_400_000, 4_600_000, id="2025 about 4.5 million"),
        pytest.param("2026", 4_900_000, 5_050_000, id="last year below the task of 5.6 million"),
    ],
)
def test_years(sales: pd.DataFrame, year: str, low: int, high: int) -> None:
    assert low * 100 <= sales.loc[sales["month"].str[:4] == year, "amount"].sum() <= high * 100


def test_months_are_complete_and_end_on_the_last_workday(sales: pd.DataFrame) -> None:
    expected = [f"{day:%Y-%m}" for day in pd.date_range("2024-01-01", "2027-03-01", freq="MS")]
    assert sorted(sales["month"].unique()) == expected
    assert sales["date"].max() == f"{last_workday('2027-03')}" == "2027-03-31"


def test_the_first_quarter_gives_the_review_something_to_say(sales: pd.DataFrame) -> None:
    normal = sales[(sales["month"] < "2027") & (sales["month"].str[:4] != "2025")]  # the flood's year apart
    first = normal["month"].str[5:].isin(["01", "02", "03"])
    teams, actual = normal["channel"].map(TEAM_OF), sales[sales["month"] >= "2027"]
    share = normal[first].groupby(teams)["amount"].sum() / normal["amount"].sum()
    attainment = actual.groupby(actual["channel"].map(TEAM_OF))["amount"].sum() / (share * 560_000_000)
    assert 0.92 <= actual["amount"].sum() / (share.sum() * 560_000_000) <= 0.97
    assert attainment["渠道部"] < 0.88
    assert attainment["零售部"] > 1


def test_festival_flood_and_promotion_show(sales: pd.DataFrame) -> None:
    month = sales.groupby("month")["amount"].sum()
    for year, festival in FESTIVALS.items():
        assert month[f"{festival:%Y-%m}"] < 0.75 * month[f"{year}-03"], "the festival's month is low"
    assert month["2025-07"] < 0.5 * month["2024-07"]
    june = sales[sales["date"].str[5:7] == "06"]
    promoted = june["date"].str[8:].between("10", "18")
    showrooms = june["channel"] == "形象店"
    assert promoted[showrooms].mean() > 1.2 * promoted[june["channel"] == "工程直销"].mean()


def test_dates(sales: pd.DataFrame) -> None:
    days = pd.to_datetime(sales["date"])
    assert all(is_workday(day) for day in days.dt.date.unique())
    invoiced = sales["invoice_date"] != ""
    assert (sales.loc[invoiced, "invoice_date"] >= sales.loc[invoiced, "date"]).all()
    assert sales["invoice_date"].max() <= "2027-03-31"
    assert 0 < (~invoiced).sum() < 200
    assert (sales.loc[~invoiced, "date"] >= "2027-02-20").all(), "only what is recent is not invoiced yet"
    assert (sales.loc[invoiced, "invoice_date"].str[:7] > sales.loc[invoiced, "month"]).mean() > 0.1


@pytest.mark.parametrize(
    ("kind", "least", "fits"),
    [
        pytest.param("sale", 8_000, lambda d: (d["amount"] > 0) & (d["quantity"] > 0) & (d["cost"] > 0), id="sale"),
        pytest.param("return", 60, lambda d: (d["amount"] < 0) & (d["quantity"] < 0) & (d["cost"] < 0), id="return"),
        pytest.param("allowance", 10, lambda d: (d["amount"] < 0) & (d["quantity"] == 0), id="allowance"),
        pytest.param("rebate", 60, lambda d: (d["amount"] < 0) & (d["quantity"] == 0), id="rebate"),
        pytest.param("free", 50, lambda d: (d["amount"] == 0) & (d["quantity"] > 0) & (d["cost"] > 0), id="free goods"),
    ],
)
def test_kinds_and_signs(sales: pd.DataFrame, kind: str, least: int, fits) -> None:  # type: ignore[no-untyped-def]
    lines = sales[sales["kind"] == kind]
    assert len(lines) >= least
    assert fits(lines).all()
    assert set(sales["kind"]) == {"sale", "return", "allowance", "rebate", "free"}


def test_returns_mostly_name_an_earlier_order(sales: pd.DataFrame) -> None:
    back = sales[sales["kind"].isin(["return", "allowance"])]
    named = back[back["original_order"] != ""]
    assert 0.7 < len(named) / len(back) < 1
    original = sales.drop_duplicates("order").set_index("order").loc[named["original_order"]]
    assert (original["date"].to_numpy() < named["date"].to_numpy()).all()
    assert (original["customer"].to_numpy() == named["customer"].to_numpy()).all()
    back_of = named.groupby("original_order")["amount"].sum()
    assert (back_of + sales.groupby("order")["amount"].sum().reindex(back_of.index) >= 0).all()


def test_an_order_has_one_head(sales: pd.DataFrame) -> None:
    heads = sales.groupby("order")[["date", "invoice_date", "region", "channel", "customer", "rep"]].nunique()
    assert (heads == 1).all(axis=None)
    assert (sales.groupby("order").size() > 1).mean() > 0.5


def test_sales_agree_with_customers_and_products(sales: pd.DataFrame, customers: pd.DataFrame) -> None:
    known = customers.drop_duplicates("customer").set_index("customer")
    for column in ("region", "channel"):
        assert (known.loc[sales["customer"], column].to_numpy() == sales[column].to_numpy()).all()
    launch = read("products").set_index("product")["launch"]
    assert (launch.loc[sales["product"]].to_numpy() <= sales["date"].to_numpy()).all()
    assert launch.max() == "2027-01-04"
    assert sales.loc[sales["product"] == launch.idxmax(), "date"].min() >= "2027-01-04"


# people


def test_reps() -> None:
    reps = read("reps", REPS)
    active = reps[reps["end"] == ""]
    assert reps["rep"].is_unique
    assert len(active) == 12
    assert active["team"].nunique() == active["manager"].nunique() == 3
    assert list(reps.loc[reps["end"] != "", "end"]) == ["2025-08-31"]
    assert list(active.loc[active["start"] >= "2027", "start"]) == ["2027-02-15"]
    assert (active[["capacity", "base_pay", "grade"]] != "").all(axis=None)
    assert (active[["potential", "commitment"]] == "").sum().tolist() == [1, 1]


def test_reps_sell_only_while_in_office(owned: pd.DataFrame) -> None:
    reps = read("reps", REPS).set_index("rep").replace({"end": {"": "9999"}})
    lines = owned[owned["owner"] != ""]
    spell = reps.loc[lines["owner"]]
    assert (spell["start"].to_numpy() <= lines["date"].to_numpy()).all()
    assert (spell["end"].to_numpy() >= lines["date"].to_numpy()).all()


def test_the_vacancy_belongs_to_nobody(owned: pd.DataFrame) -> None:
    nobody = owned[owned["owner"] == ""]
    assert nobody["amount"].sum() > 0
    assert nobody["date"].between("2027-01-01", "2027-02-14").all()


def test_spells_of_a_customer_follow_each_other(customers: pd.DataFrame) -> None:
    assert not customers.duplicated(["customer", "start"]).any()
    assert customers.duplicated("customer").sum() >= 8, "some are handed over"
    for _, spells in customers.sort_values("start").groupby("customer"):
        following = pd.to_datetime(spells["end"].iloc[:-1]) + pd.Timedelta(days=1)
        assert list(following.dt.strftime("%Y-%m-%d")) == list(spells["start"].iloc[1:])
        assert spells["end"].iloc[-1] == ""
        assert spells[["name", "grade", "region", "channel", "potential", "rebate_rate"]].nunique().le(1).all()


def test_credit_is_split_half_and_half(sales: pd.DataFrame) -> None:
    splits = read("credit_splits")
    assert not splits.duplicated(["order", "rep"]).any()
    assert set(splits["share"]) == {"0.5"}
    assert (splits.groupby("order").size() == 2).all()
    shared = sales[sales["order"].isin(splits["order"])]
    assert set(shared["order"]) == set(splits["order"])
    assert set(shared["channel"]) == {"形象店"}
    assert (shared["date"] >= "2027").any()


def test_scores_of_everybody_in_office() -> None:
    scores, reps = read("scores"), read("reps", REPS)
    assert not scores.duplicated(["month", "rep", "component"]).any()
    components = {"customer_records", "market_analysis", "satisfaction"}
    for month in ("2027-01", "2027-02", "2027-03"):
        there = set(reps.loc[(reps["end"] == "") & (reps["start"].str[:7] <= month), "rep"])
        found = scores[scores["month"] == month]
        assert set(zip(found["rep"], found["component"], strict=True)) == {(r, c) for r in there for c in components}
    assert (scores["standard"].astype(int) > 0).all()
    assert (scores["actual"].astype(int) < scores["standard"].astype(int)).any()


def test_projects_of_the_project_reps(customers: pd.DataFrame) -> None:
    columns = ["project", "customer", "rep", "stage", "amount", "close", "next_follow_up", "probability"]
    deals = read("opportunities", columns)
    assert len(deals) == 15
    assert deals["project"].is_unique
    owners = customers[customers["end"] == ""].set_index("customer")["rep"]
    assert (owners.loc[deals["customer"]].to_numpy() == deals["rep"].to_numpy()).all()
    assert set(deals["rep"]) == {"R10", "R11", "R12"}
    assert deals["amount"].astype(int).between(50_000, 600_000).all()
    assert (deals["close"].str[:4] == "2028").sum() == 3
    assert set(deals["stage"]) == {"前期设计", "投标", "深化设计", "备货执行", "验收"}
    early = deals[deals["stage"] == "前期设计"]
    assert early["next_follow_up"].between("2027-04-01", "2027-04-07").all(), "an early project every week"
    assert (deals.loc[deals["stage"] == "验收", "next_follow_up"] == "").all()
    assert 0 < (deals["probability"] == "").sum() < len(deals)


# collections


def gross_of_orders(sales: pd.DataFrame) -> pd.Series:
    """What each order owes with tax after what names it, by Decimal."""
    orders = sales.assign(order=sales["original_order"].where(sales["original_order"] != "", sales["order"]))
    orders = orders[~orders["order"].str[0].isin(["T", "F"])]
    net = orders.groupby("order")["amount"].sum()
    return net.map(lambda f: int((Decimal(int(f)) * Decimal("1.13")).quantize(Decimal(1), ROUND_HALF_UP)))


def test_paid_orders_are_paid_to_the_fen(sales: pd.DataFrame, collections: pd.DataFrame) -> None:
    gross = gross_of_orders(sales)
    named = collections[collections["order"] != ""]
    paid = named.groupby("order")["amount"].sum().reindex(gross.index, fill_value=0)
    head = sales.drop_duplicates("order").set_index("order").loc[gross.index]
    on_account = head["customer"].isin(collections.loc[collections["order"] == "", "customer"])
    old = head["date"] < "2026-10-15"
    assert (paid <= gross).all()
    assert (paid[old & ~on_account] == gross[old & ~on_account]).all()
    assert (paid[on_account] == 0).all()
    partly = (paid > 0) & (paid < gross)
    assert partly.sum() > 10
    assert ((paid == 0) & ~on_account & (gross > 0)).sum() > 50


def test_collections_come_late_and_in_parts(sales: pd.DataFrame, collections: pd.DataFrame) -> None:
    assert collections["date"].max() <= "2027-03-31"
    assert (collections["amount"] > 0).all()
    ordered = sales.drop_duplicates("order").set_index("order")[["date", "customer"]]
    named = collections[collections["order"] != ""].merge(ordered, on="order", suffixes=("", "_order"))
    assert (named["customer"] == named["customer_order"]).all()
    days = (pd.to_datetime(named["date"]) - pd.to_datetime(named["date_order"])).dt.days
    assert (days >= 0).all()
    assert 30 <= days.median() <= 75
    assert (days > 90).sum() > 50
    assert (named.groupby("order").size() > 1).sum() > 300


def test_some_pay_on_account_and_ahead(sales: pd.DataFrame, collections: pd.DataFrame) -> None:
    round_sums = collections[collections["order"] == ""]
    assert len(round_sums) > 50
    assert (round_sums["amount"] % 10_000 == 0).all(), "whole hundreds of yuan"
    member = sales.drop_duplicates("order").set_index("order")["customer"]
    gross = gross_of_orders(sales).groupby(member).sum()
    ahead = round_sums.groupby("customer")["amount"].sum() - gross
    assert (ahead.dropna() > 0).any(), "prepayment is left at the end"


def test_bills_of_exchange_are_cashed_later(collections: pd.DataFrame) -> None:
    bills = collections[collections["cleared"] != ""]
    assert len(bills) > 20
    assert (bills["cleared"] > bills["date"]).all()


# the generator


def test_draws_are_whole_and_in_range() -> None:
    draws = Draws(1)
    assert {draws.between(3, 5) for _ in range(200)} == {3, 4, 5}
    assert {draws.pick((0, 1, 3)) for _ in range(200)} == {1, 2}
    assert [Draws(2).below(10**9) for _ in range(2)] == [Draws(2).below(10**9)] * 2
    assert Draws(1).below(2**64) == int(np.random.PCG64([1]).random_raw())


@pytest.mark.parametrize(
    ("net", "gross"),
    [
        pytest.param(100_00, 113_00, id="even"),
        pytest.param(50, 57, id="56.5 goes away from zero"),
        pytest.param(1, 1, id="1.13 goes down"),
    ],
)
def test_with_tax(net: int, gross: int) -> None:
    assert with_tax(net) == gross


@pytest.mark.parametrize(
    ("month", "day", "works"),
    [
        pytest.param("2026-02", 17, False, id="spring festival"),
        pytest.param("2026-02", 28, True, id="a Saturday moved to work"),
        pytest.param("2026-03", 7, False, id="a Saturday"),
        pytest.param("2027-03", 31, True, id="the last day"),
    ],
)
def test_day_weights_follow_workdays(month: str, day: int, works: bool) -> None:
    assert (day_weights(month, 0)[day - 1] > 0) is works
    assert is_workday(month_days(month)[day - 1]) is works


# the parameters


def exact(found: object) -> object:
    """Floats of the reader as the decimals of their text."""
    if isinstance(found, dict):
        return {key: exact(inner) for key, inner in found.items()}
    if isinstance(found, list):
        return [exact(inner) for inner in found]
    return Decimal(str(found)) if isinstance(found, float) else found


@pytest.mark.parametrize("stem", list(MODELS))
def test_demo_parameters_are_valid(stem: str) -> None:
    text = (PLAN / f"{stem}.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == f"# yaml-language-server: $schema=../.schema/zh/{stem}.json"
    MODELS[stem].model_validate(exact(YAML(typ="safe", pure=True).load(text)))


@pytest.mark.parametrize("stem", ["plan", "annual_target"])
def test_minimal_parameters_are_valid(stem: str) -> None:
    text = (PARAMS / "minimal" / f"{stem}.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == f"# yaml-language-server: $schema=../.schema/en/{stem}.json"
    MODELS[stem].model_validate(exact(YAML(typ="safe", pure=True).load(text)))


def test_minimal_has_one_table_and_six_lines() -> None:
    files = sorted(path.relative_to(PARAMS / "minimal").as_posix() for path in (PARAMS / "minimal").rglob("*.*"))
    assert files == ["annual_target.yaml", "data/sales.csv", "plan.yaml"]
    lines = [
        line
        for name in ("plan", "annual_target")
        for line in (PARAMS / "minimal" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    ]
    assert len([line for line in lines if not line.startswith("#")]) <= 6


def test_every_input_named_is_there() -> None:
    for name in ("henan-2027", "minimal"):
        plan = YAML(typ="safe", pure=True).load(PARAMS / name / "plan.yaml")
        assert all((PARAMS / name / path).is_file() for path in plan["inputs"].values())


def test_every_parameter_of_the_demo_says_what_it_means() -> None:
    for stem in MODELS:
        seen: set[str] = set()
        for line in (PLAN / f"{stem}.yaml").read_text(encoding="utf-8").splitlines():
            key = re.match(r"\s*(?:- )?(\w+):", line)
            if key and key[1] not in seen:
                seen.add(key[1])
                assert "# " in line, (stem, line)


def test_levels_and_measures() -> None:
    target = exact(YAML(typ="safe", pure=True).load(PLAN / "annual_target.yaml"))
    assert isinstance(target, dict)
    stretch = target["levels"]["stretch"]
    assert target["levels"]["commit"] == 5_600_000
    assert target["levels"]["commit"] * stretch["factor"] == 7_000_000
    last_year = fen(read("sales", SALES).query("date >= '2026' and date < '2027'")["amount"]).sum()
    gap = 560_000_000 - last_year
    planned = 100 * sum(measure["amount"] for measure in target["measures"])
    assert 0.7 * gap < planned < gap
