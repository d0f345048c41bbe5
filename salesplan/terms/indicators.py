"""The catalogue of indicators: what each is called, its unit, and whether more of it is better."""

from typing import Literal, NamedTuple

Family = Literal["plan", "sales", "showroom", "customer"]
Better = Literal["higher", "lower"]


class Indicator(NamedTuple):
    """One indicator. `unit`: currency, unit or share; `cumulative`: months add up to the year."""

    family: Family
    unit: str
    names: tuple[str, ...]  # what people write in tables and parameters, beside the code
    better: Better = "higher"
    cumulative: bool = False
    growth: bool = False  # a rate of change: judged by 1 + rate


# Sources: S4 section 3 (the 17, of which 6 to 8 are to be chosen), S2 (showroom), S4 section 5 (customer measures).
INDICATORS: dict[str, Indicator] = {
    "amount": Indicator("sales", "currency", ("销售收入", "销售额", "revenue"), cumulative=True),
    "contract_amount": Indicator(
        "sales", "currency", ("销售合同额", "合同额", "合同签订额", "contracts"), cumulative=True
    ),
    "collection_rate": Indicator("sales", "share", ("货款回笼率", "回款率", "货款回收率")),
    "plan_attainment": Indicator(
        "sales", "share", ("营销计划完成情况", "销售计划完成情况", "营销、销售计划完成情况", "销售计划完成率")
    ),
    "market_share": Indicator("sales", "share", ("市场占有率", "市场份额")),
    "expense_ratio": Indicator("sales", "share", ("营业费用比率", "销售费用率", "费用率"), better="lower"),
    "revenue_growth": Indicator("sales", "share", ("销售收入增加率", "销售收入增长率", "销售增长率"), growth=True),
    "satisfaction": Indicator("sales", "share", ("客户满意度", "顾客满意度")),
    "expense_attainment": Indicator("sales", "share", ("营业费用达成率",), better="lower"),
    "freight_attainment": Indicator("sales", "share", ("运输费用达成率",), better="lower"),
    "complaints_resolved": Indicator("sales", "share", ("解决客户投诉率", "客户投诉解决率")),
    "contracts_filed": Indicator("sales", "share", ("合同归档率",)),
    "ledger_accuracy": Indicator("sales", "share", ("销售台帐准确性", "销售台帐的准确性", "销售台账准确性")),
    "records_on_time": Indicator("sales", "share", ("销售往来记录及时性和准确性", "销售往来记录的及时性和准确性")),
    "labels_on_time": Indicator("sales", "share", ("产品标识制作及时性", "产品标识制作的及时性")),
    "customer_records": Indicator("sales", "share", ("客户信息管理完成性", "客户信息管理的完成性")),
    "settlement_on_time": Indicator(
        "sales", "share", ("销售结算及时性准确性", "销售结算及时性和准确性", "销售结算工作进行的及时性准确性")
    ),
    "showroom_visits": Indicator("showroom", "unit", ("来店量", "来店"), cumulative=True),
    "phone_inquiries": Indicator("showroom", "unit", ("来电量", "来电"), cumulative=True),
    "test_drive_rate": Indicator("showroom", "share", ("试驾率",)),
    "showroom_close_rate": Indicator("showroom", "share", ("展厅成交率",)),
    "outdoor_close_rate": Indicator("showroom", "share", ("户外展示成交比", "户外展示成交率")),
    "rep_productivity": Indicator(
        "showroom", "currency", ("销售顾问个体生产力", "销售顾问生产力", "人均销售额"), cumulative=True
    ),
    "customer_retention": Indicator("customer", "share", ("客户保留度", "客户保留率")),
    "customer_acquisition": Indicator("customer", "share", ("客户获取率", "获取率")),
    "profit_contribution": Indicator("customer", "share", ("客户利润贡献率", "利润贡献率")),
    "quantity": Indicator("plan", "unit", ("销量", "销售数量"), cumulative=True),
    "gross_margin": Indicator("plan", "share", ("毛利率",)),
    "customers": Indicator("plan", "unit", ("成交客户数",)),
    "orders": Indicator("plan", "unit", ("订单数",), cumulative=True),
}
CODES: dict[str, str] = {name: code for code, known in INDICATORS.items() for name in (code, *known.names)}


def indicator_code(name: str) -> str:
    """The code of an indicator by its code or one of its names; a name of the user's own stays."""
    return CODES.get(name.strip(), name.strip())
