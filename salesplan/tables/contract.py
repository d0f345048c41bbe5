"""The input tables: one specification per table, with columns, types, keys and the headers people use.

Types: `text`; `date`; `month`; `day_or_month` (ISO text of either); `money` (fen; more decimals are
rounded half away from zero and said); `exact_money` (more decimals are refused); `quantity` and
`number` (float); `rate` (fraction of one, `12%` accepted); `share` (a rate of at most six decimals);
`count` (whole, not negative); `kind` (kind of an order line), `payment_kind`, `yes_no`,
`dispute_state`, `measure_state` (one of a few words, kept as our code).
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Type = Literal[
    "text",
    "date",
    "month",
    "day_or_month",
    "money",
    "exact_money",
    "quantity",
    "number",
    "rate",
    "share",
    "count",
    "kind",
    "payment_kind",
    "yes_no",
    "dispute_state",
    "measure_state",
]
MONEY = ("money", "exact_money")


@dataclass(frozen=True)
class Column:
    """A column: our name, its type, whether it is needed, other headers it is known by, the Chinese one we give it."""

    name: str
    type: Type
    needed: bool
    aliases: frozenset[str]
    chinese: str = ""


@dataclass(frozen=True)
class Spec:
    """A table: its columns in the contract's order, and the columns that name a row only once."""

    name: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name; `KeyError` if there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def names(self) -> list[str]:
        """Names of all columns."""
        return [column.name for column in self.columns]

    @property
    def needed(self) -> list[str]:
        """Names of the columns that must be there."""
        return [column.name for column in self.columns if column.needed]


@lru_cache(4096)
def plain_header(text: str) -> str:
    """A header as it is compared: width, case, spaces, dashes and underscores do not matter."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if not c.isspace() and c not in "_-*:")


def _column(name: str, type_: Type, also: str = "") -> Column:
    plain = name.removesuffix("!")
    aliases = frozenset(plain_header(word) for word in [plain, *also.split()])
    return Column(plain, type_, name.endswith("!"), aliases, also.partition(" ")[0])


REP = (
    "业务员 销售员 销售代表 销售人员 销售 业务代表 工号 员工号 员工编号 业务员编号 业务员工号 业务员姓名 销售员工号 "
    "rep_id salesperson sales_rep seller employee_id"
)
CUSTOMER = "客户 客户编号 客户代码 客户编码 客户号 customer_id client account"
CUSTOMER_NAMES = "客户名称 customer_name"
PRODUCT = (
    "产品 产品名称 产品编号 产品编码 产品代码 商品 商品名称 商品编码 货号 物料 品名 品项 "
    "product_id product_name item sku"
)
REGION = "区域 大区 地区 销售区域 片区 territory area"
CHANNEL = "渠道 销售渠道 渠道类型 sales_channel"
ORDER = "订单号 订单编号 单号 订单 销售单号 合同号 合同编号 order_id order_no order_number invoice_id"
MONTH = "月份 月 期间 会计期间 年月 period"
AMOUNT = "金额 total"
SALES_AMOUNT = (
    f"{AMOUNT} 销售额 销售金额 订单金额 成交金额 销售收入 金额合计 sales revenue sales_amount order_amount net_sales"
)
PAID = f"{AMOUNT} 收款金额 回款金额 回款 收款 到账金额 回款额 payment received paid"
APPROVER = "批准人 审批人 审批 核准人 approver"
DISPUTE = "异议编号 异议号 申诉编号 申诉号 dispute_id dispute_no dispute_number"
NOTE = "备注 说明 remark remarks comment"

SPECS: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        Spec(
            "sales",
            (
                _column(
                    "date!", "date", "日期 订单日期 下单日期 销售日期 成交日期 单据日期 业务日期 order_date sale_date"
                ),
                _column("amount!", "money", SALES_AMOUNT),
                _column("invoice_date", "date", "开票日期 发票日期 invoiced billing_date"),
                _column("region", "text", REGION),
                _column("channel", "text", CHANNEL),
                _column("product", "text", f"{PRODUCT} 产品线"),
                _column("customer", "text", f"{CUSTOMER} {CUSTOMER_NAMES}"),
                _column("rep", "text", REP),
                _column("quantity", "quantity", "数量 销量 销售数量 订单数量 件数 qty units volume"),
                _column("cost", "money", "成本 销售成本 成本金额 成本额 cogs cost_amount"),
                _column("order", "text", ORDER),
                _column("kind", "kind", "类型 单据类型 订单类型 业务类型 行类型 type line_type"),
                _column("original_order", "text", "原订单号 原单号 原订单 退货原单 original_order_id"),
                _column("currency", "text", "币种 货币"),
            ),
        ),
        Spec(
            "reps",
            (
                _column("rep!", "text", REP),
                _column("name", "text", "姓名 员工姓名 名字 rep_name full_name"),
                _column("region", "text", REGION),
                _column("team", "text", "团队 小组 组别 部门 销售组 group department"),
                _column("manager", "text", "经理 主管 上级 负责人 直属上级 supervisor"),
                _column("start", "date", "入职日期 入职 到岗日期 开始日期 hire_date start_date joined"),
                _column("end", "date", "离职日期 离职 结束日期 leave_date end_date left"),
                _column("potential", "money", "潜力 市场潜力 区域潜力 市场容量 market_potential"),
                _column("capacity", "money", "产能 满额 满负荷配额 人均产能 full_quota"),
                _column("base_pay", "money", "底薪 基本工资 固定工资 月薪 salary base_salary"),
                _column("grade", "text", "级别 职级 等级 level rank"),
                _column("commitment", "money", "承诺 承诺额 自报目标 认领 自报 committed"),
            ),
        ),
        Spec(
            "products",
            (
                _column("product!", "text", PRODUCT),
                _column("line", "text", "产品线 产品系列 系列 品类 产品类别 类别 category family product_line"),
                _column("launch", "date", "上市日期 上市时间 推出日期 launch_date launched"),
                _column("price", "money", "价格 单价 标准价 售价 list_price unit_price"),
                _column("cost", "money", "成本 单位成本 标准成本 unit_cost"),
                _column("tax_rate", "rate", "税率 增值税率 vat_rate vat"),
                _column("spec", "text", "规格 规格型号 型号 specification model"),
                _column("colour", "text", "颜色 色号 color"),
            ),
            unique=("product",),
        ),
        Spec(
            "customers",
            (
                _column("customer!", "text", CUSTOMER),
                _column("name", "text", "客户名称 名称 简称 customer_name"),
                _column("grade", "text", "等级 级别 客户等级 客户级别 tier class"),
                _column("region", "text", REGION),
                _column("channel", "text", CHANNEL),
                _column("rep", "text", f"{REP} 负责人 owner"),
                _column("start", "date", "开始日期 接手日期 生效日期 start_date from"),
                _column("end", "date", "结束日期 失效日期 end_date to"),
                _column("potential", "money", "潜力 客户潜力 年需求 采购潜力"),
                _column("rebate_rate", "rate", "返利率 返利比例 返点 rebate"),
                _column("terms", "count", "账期 账期天数 付款期限 信用期 信用天数 credit_days payment_terms"),
                _column("contact", "text", "联系人 客户联系人 contact_person contact_name"),
                _column("position", "text", "职位 职务 position title"),
                _column("phone", "text", "联系方式 电话 联系电话 手机 telephone mobile"),
                _column("address", "text", "地址 住址 详细地址"),
            ),
        ),
        Spec(
            "collections",
            (
                _column("date!", "date", "日期 收款日期 回款日期 到账日期 付款日期 payment_date receipt_date"),
                _column("amount!", "exact_money", PAID),
                _column("order", "text", ORDER),
                _column("customer", "text", f"{CUSTOMER} {CUSTOMER_NAMES}"),
                _column("cleared", "date", "兑付日期 承兑日期 到期日期 兑现日期 承兑到期日 clearing_date cleared_date"),
                _column("kind", "payment_kind", "类型 收款类型 回款类型 款项类型 业务类型 type payment_type"),
            ),
        ),
        Spec(
            "credit_splits",
            (
                _column("order!", "text", ORDER),
                _column("rep!", "text", REP),
                _column("share!", "share", "比例 份额 占比 分成比例 分配比例 业绩占比 split percent credit"),
                _column(
                    "overlay",
                    "yes_no",
                    "附加 另计 附加业绩 另计业绩 是否附加 是否另计 叠加 协同 extra_credit is_overlay",
                ),
            ),
            unique=("order", "rep"),
        ),
        Spec(
            "quotas",
            (
                _column("rep!", "text", REP),
                _column("month!", "month", MONTH),
                _column("amount!", "money", f"{AMOUNT} 配额 任务 任务额 目标 目标额 指标额 quota target"),
                _column("level", "text", "档次 目标档 层级"),
                _column("indicator", "text", "指标 考核指标 metric"),
            ),
            unique=("rep", "month", "level", "indicator"),
        ),
        Spec(
            "scores",
            (
                _column("month!", "month", MONTH),
                _column("rep!", "text", REP),
                _column("component!", "text", "考核项 考核项目 项目 指标 组成 item metric"),
                _column("actual!", "number", "实际 实际值 完成 完成值 实绩 得分 score achieved"),
                _column("standard!", "number", "标准 标准值 目标 目标值 满分 target"),
            ),
            unique=("month", "rep", "component"),
        ),
        Spec(
            "activities",
            (
                _column("date!", "day_or_month", f"日期 {MONTH} month day"),
                _column("rep!", "text", REP),
                _column("activity!", "text", "活动 动作 行动 活动类型 action activity_type"),
                _column("count!", "count", "次数 数量 件数 number qty"),
                _column("customer", "text", f"{CUSTOMER} {CUSTOMER_NAMES}"),
            ),
            unique=("date", "rep", "activity", "customer"),
        ),
        Spec(
            "opportunities",
            (
                _column("project!", "text", "项目 项目名称 项目编号 商机 商机名称 opportunity deal project_name"),
                _column("customer!", "text", f"{CUSTOMER} {CUSTOMER_NAMES}"),
                _column("rep!", "text", REP),
                _column("stage!", "text", "阶段 销售阶段 商机阶段 phase"),
                _column("amount!", "money", f"{AMOUNT} 预计金额 项目金额 商机金额 value deal_size"),
                _column(
                    "close!", "date", "预计成交日期 预计签约日期 预计成交 成交日期 结单日期 close_date expected_close"
                ),
                _column("next_follow_up", "date", "下次跟进 下次跟进日期 next_step_date"),
                _column("probability", "rate", "概率 赢单率 成交概率 把握 win_rate"),
            ),
            unique=("project",),
        ),
        Spec(
            "expenses",
            (
                _column("month!", "month", MONTH),
                _column("category!", "text", "类别 费用类别 科目 费用项目 费用科目 account type"),
                _column("amount!", "money", f"{AMOUNT} 费用 费用金额 expense"),
                _column("department", "text", "部门 费用部门 承担部门 dept cost_center"),
            ),
            unique=("month", "category", "department"),
        ),
        Spec(
            "stock",
            (
                _column("month!", "month", MONTH),
                _column("product!", "text", PRODUCT),
                _column("opening", "quantity", "期初 期初库存 期初数量 库存 opening_stock"),
                _column("in_transit", "quantity", "在途 在途数量 在途库存"),
            ),
            unique=("month", "product"),
        ),
        Spec(
            "dealers",
            (
                _column("month!", "month", MONTH),
                _column("dealer!", "text", "经销商 经销商名称 代理商 分销商 distributor"),
                _column("product!", "text", PRODUCT),
                _column("sell_in", "quantity", "进货 进货量 提货 提货量"),
                _column("sell_out", "quantity", "出货 出货量 实销 动销"),
                _column("stock", "quantity", "库存 期末库存 closing_stock inventory"),
                _column("parent", "text", "上级 上级经销商 所属分销中心 上级代理 供货方 supplier supplied_by"),
            ),
            unique=("month", "dealer", "product"),
        ),
        Spec(
            "outlets",
            (
                _column("outlet!", "text", "网点 门店 终端 终端名称 门店名称 store shop"),
                _column("dealer!", "text", "经销商 经销商名称 代理商 分销商 distributor"),
                _column("city!", "text", "城市 市 所在城市"),
                _column("channel", "text", CHANNEL),
                _column("opened", "date", "开业日期 开户日期 开点日期 open_date"),
                _column("sell_out", "quantity", "出货 出货量 实销 动销 销量"),
            ),
            unique=("outlet",),
        ),
        Spec(
            "adjustments",
            (
                _column("month!", "month", MONTH),
                _column("rep!", "text", REP),
                _column("amount!", "exact_money", f"{AMOUNT} 调整金额 调整额 adjustment"),
                _column("reason!", "text", "原因 事由 调整原因"),
                _column("approved_by!", "text", APPROVER),
                _column("order", "text", ORDER),
                _column("dispute", "text", f"{DISPUTE} 异议"),
            ),
        ),
        Spec(
            "corrections",
            (
                _column("month!", "month", f"{MONTH} 更正月份 已结月份 已关账月份 closed_month"),
                _column("reason!", "text", "原因 事由 更正原因 变更原因"),
                _column("approved_by", "text", APPROVER),
                _column("order", "text", ORDER),
                _column("rep", "text", REP),
            ),
        ),
        Spec(
            "disputes",
            (
                _column("number!", "text", f"{DISPUTE} 编号 序号 no id"),
                _column("date!", "date", "日期 提出日期 登记日期 申诉日期 raised raised_on"),
                _column("rep!", "text", f"{REP} 提出人 申诉人 raised_by"),
                _column("question!", "text", "问题 异议 疑问 内容 异议内容 申诉内容 issue claim"),
                _column("month", "month", MONTH),
                _column("order", "text", ORDER),
                _column("state", "dispute_state", "状态 处理状态 进展 处理结果 status"),
                _column("answer", "text", "答复 回复 处理意见 答复内容 reply response"),
                _column("answered_by", "text", "答复人 回复人 处理人 经办人 handled_by"),
                _column("correction", "exact_money", "更正金额 补发金额 调整金额 更正额 补扣金额 corrected_amount"),
            ),
            unique=("number",),
        ),
        Spec(
            "causes",
            (
                _column("month!", "month", MONTH),
                _column("code!", "text", "原因代码 代码 原因 cause"),
                _column("amount!", "money", f"{AMOUNT} 影响金额 影响"),
                _column("note!", "text", NOTE),
                _column("rep", "text", REP),
                _column("action", "text", "措施 行动 对策 改进措施"),
                _column("owner", "text", "责任人 负责人"),
                _column("due", "date", "截止日期 完成日期 期限 due_date deadline"),
                _column("state", "measure_state", "状态 进展 status"),
            ),
        ),
        Spec(
            "kpis",
            (
                _column("month!", "month", MONTH),
                _column("indicator!", "text", "指标 指标名称 kpi metric"),
                _column("value!", "number", "值 数值 实际 实际值 actual"),
            ),
            unique=("month", "indicator"),
        ),
    )
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOTAL_WORDS = _words("合计 总计 小计 共计 总合计 本页合计 total subtotal sub-total grandtotal")
# Names our own rows carry in output tables; no member may be called so.
RESERVED = ("(unassigned)", "(manager)", "(total)", "(unknown)", "(contingency)", "(company)")
