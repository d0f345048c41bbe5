"""What the sheet of an input table may be called beside our name of the table."""

SHEET = " sheet "  # between file and sheet in the place of a message
SHEET_NAMES = {
    "sales": "销售",
    "reps": "业务员",
    "products": "产品",
    "customers": "客户",
    "collections": "回款",
    "credit_splits": "业绩分成",
    "quotas": "配额",
    "scores": "考核得分",
    "activities": "活动",
    "opportunities": "商机",
    "expenses": "费用",
    "stock": "库存",
    "dealers": "经销商",
    "outlets": "网点",
    "adjustments": "调整",
    "corrections": "更正",
    "disputes": "异议",
    "causes": "原因",
    "kpis": "指标",
}
