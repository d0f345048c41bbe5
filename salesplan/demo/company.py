"""The facts of the demo company: calendar, teams, reps, products, customers' grades."""

from datetime import date
from typing import NamedTuple

FIRST, LAST = date(2024, 1, 1), date(2027, 3, 31)
FESTIVALS = {2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17), 2027: date(2027, 2, 6)}
HOLIDAYS = {  # first and last day off, MMDD; weekends are off too, except the days moved
    2024: "0101-0101 0210-0217 0404-0406 0501-0505 0610-0610 0915-0917 1001-1007",
    2025: "0101-0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008",
    2026: "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007",
    2027: "0101-0103 0205-0211 0403-0405 0501-0505 0609-0609 0915-0915 1001-1007",
}
MOVED = {
    2024: "0204 0218 0407 0428 0511 0914 0929 1012",
    2025: "0126 0208 0427 0928 1011",
    2026: "0104 0214 0228 0509 0920 1010",
    2027: "",
}
YEAR_AMOUNT = {2024: 4_120_000, 2025: 4_750_000, 2026: 4_970_000, 2027: 5_600_000}  # yuan, before returns
FLOOD, FLOOD_RATE = "2025-07", 38  # percent of a normal July


class Team(NamedTuple):
    """A team: its part of the year, its season, its promotion, how it began the plan year (all in percent)."""

    name: str
    manager: str
    share: int
    season: tuple[int, ...]  # a workday of each calendar month
    promotion: int  # a workday from 10 to 18 June
    pace: int  # the plan year's first quarter


class Rep(NamedTuple):
    """A rep with strength in percent of his colleagues, money in yuan, None where it is unknown."""

    rep: str
    name: str
    region: str
    team: int
    channels: tuple[str, ...]
    start: str
    end: str
    strength: int
    potential: int | None
    capacity: int
    base_pay: int
    grade: str
    commitment: int | None


class Product(NamedTuple):
    """A product with list price and cost in fen, the usual quantity of a line, its weight in each channel's mix."""

    product: str
    line: str
    launch: str
    price: int
    cost: int
    quantity: int
    pack: int
    mix: tuple[int, ...]


TEAMS = (
    Team("零售部", "郑书宁", 30, (88, 92, 104, 106, 104, 92, 86, 88, 106, 112, 112, 104), 190, 109),
    Team("渠道部", "贺明远", 43, (90, 94, 106, 104, 100, 96, 86, 88, 104, 108, 112, 110), 125, 84),
    Team("工程部", "苗向东", 27, (80, 84, 94, 98, 100, 102, 92, 94, 104, 108, 120, 128), 100, 100),
)
CHANNELS = ("形象店", "建材超市", "专业市场", "三四级网络", "工程直销")
CHANNEL_PRICE = (1000, 950, 900, 880, 860)  # thousandths of the list price
SHOWROOM, MARKET, PROJECT = ("形象店", "建材超市"), ("专业市场", "三四级网络"), ("工程直销",)
REPS = (
    Rep("R01", "沈若溪", "郑州", 0, SHOWROOM, "2019-03-11", "", 105, 720000, 480000, 4200, "高级", 450000),
    Rep("R02", "董承泽", "郑州", 0, SHOWROOM, "2020-07-01", "", 120, 760000, 500000, 4200, "高级", 480000),
    Rep("R03", "温景行", "洛阳", 0, SHOWROOM, "2021-02-22", "", 95, 600000, 430000, 3800, "中级", 400000),
    Rep("R04", "卢知夏", "新乡", 0, SHOWROOM, "2022-09-05", "", 80, 520000, 400000, 3500, "中级", 350000),
    Rep("R05", "乔大川", "郑州", 1, MARKET, "2017-05-15", "", 125, 900000, 600000, 4500, "高级", 560000),
    Rep("R06", "彭望舒", "商丘", 1, MARKET, "2019-10-08", "", 100, 780000, 540000, 4000, "高级", 500000),
    Rep("R07", "骆远航", "南阳", 1, MARKET, "2018-04-02", "2025-08-31", 95, None, 500000, 3800, "中级", None),
    Rep("R08", "柴新月", "信阳", 1, MARKET, "2021-06-01", "", 90, 700000, 480000, 3800, "中级", 450000),
    Rep("R09", "邵北辰", "洛阳", 1, MARKET, "2020-03-16", "", 105, 760000, 520000, 4000, "中级", 480000),
    Rep("R10", "祁子谦", "郑州", 2, PROJECT, "2018-08-20", "", 125, 880000, 620000, 4500, "高级", 600000),
    Rep("R11", "阮清和", "南阳", 2, PROJECT, "2022-03-01", "", 85, None, 480000, 3800, "中级", 430000),
    Rep("R12", "蒲松涛", "洛阳", 2, PROJECT, "2019-11-18", "", 100, 700000, 520000, 4000, "高级", 470000),
    Rep("R13", "安以宁", "南阳", 1, MARKET, "2027-02-15", "", 90, 600000, 420000, 3500, "初级", None),
)
# position among a rep's customers, the next owner and from when; "" is a vacancy
HANDOVERS: dict[str, tuple[tuple[tuple[int, ...], tuple[tuple[str, date], ...]], ...]] = {
    "R07": (
        ((1, 2, 4, 6, 8), (("R06", date(2025, 9, 1)), ("", date(2027, 1, 1)), ("R13", date(2027, 2, 15)))),
        ((0, 3, 5, 7), (("R08", date(2025, 9, 1)),)),
    ),
    "R01": (((3, 6), (("R02", date(2026, 1, 1)),)),),
    "R10": (((4,), (("R12", date(2026, 7, 1)),)),),
    "R05": (((5,), (("R09", date(2027, 3, 1)),)),),
}
# by position among a rep's customers; VIP at two reps of three
GRADES = ("VIP", "一级", "一级", "二级", "二级", "二级", "其他", "其他", "其他")
FREQUENCY = {"VIP": 13, "一级": 6, "二级": 4, "其他": 2}
SIZE = {"VIP": 190, "一级": 135, "二级": 95, "其他": 70}  # percent of the usual quantity
REBATE = {"VIP": 15, "一级": 8}  # thousandths of a year's purchases
PRODUCTS = (  # mix in the order of CHANNELS
    Product("内墙乳胶漆", "墙面漆", "2015-03-01", 32800, 18500, 5, 1, (30, 28, 24, 26, 22)),
    Product("外墙涂料", "外墙漆", "2016-05-01", 39600, 22900, 5, 1, (6, 4, 14, 10, 30)),
    Product("防水涂料", "防水", "2017-04-01", 28800, 16100, 5, 1, (24, 22, 20, 20, 22)),
    Product("瓷砖胶", "辅材", "2021-09-01", 4200, 2480, 30, 5, (20, 22, 22, 20, 14)),
    Product("耐水腻子", "基层材料", "2018-03-01", 2600, 1580, 45, 5, (20, 24, 20, 24, 12)),
    Product("艺术涂料", "艺术漆", "2027-01-04", 46800, 22800, 3, 1, (12, 5, 6, 4, 3)),
)
PRICE_LEVEL = {2024: 955, 2025: 975, 2026: 1000, 2027: 1015}  # thousandths
NAMES = ("嘉恒瑞泰盛宏远德博润信和", "居筑美达安益康兴源")
SHOPS = ("家装体验店", "家居广场店", "建材商行", "装饰材料店", "建设工程公司")
