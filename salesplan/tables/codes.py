"""Columns that hold one of a few words, and what else people write for each."""

# The words of columns that hold one of a few: by type, by our code, what else people write.
CODES: dict[str, dict[str, str]] = {
    "kind": {
        "sale": "销售 销售单 正常 订单 order sales",
        "return": "退货 退货单 退 退款 returns refund",
        "allowance": "折让 折扣 让利 discount",
        "rebate": "返利 返点 rebates",
        "free": "赠品 搭赠 免费 赠送 gift",
    },
    "payment_kind": {
        "payment": "收款 回款 到账 货款 付款 payments receipt received",
        "refund": "退款 退回 退货款 refunds",
        "bad_debt": "坏账 坏帐 呆账 呆坏账 核销坏账 坏账核销 核销 write_off write-off writeoff baddebt",
    },
    "yes_no": {
        "yes": "是 y true 1 √ 有 附加 另计",
        "no": "否 n false 0 × 无",
    },
    "dispute_state": {
        "open": "待处理 未处理 处理中 待答复 受理中 pending new",
        "answered": "已答复 已回复 已解释 维持 维持原数 replied upheld closed 已关闭",
        "corrected": "已更正 已调整 已补发 已改正 adjusted",
        "withdrawn": "已撤回 撤回 已撤销 cancelled canceled",
    },
    "measure_state": {
        "open": "待办 未开始 待处理 新建 todo new pending",
        "doing": "进行中 处理中 办理中 started ongoing in_progress",
        "done": "完成 已完成 已办结 关闭 已关闭 closed completed finished",
        "dropped": "取消 已取消 放弃 终止 作废 cancelled canceled abandoned",
    },
}
CODE_WORDS = {
    type_: {word: code for code, also in codes.items() for word in [code, *also.split()]}
    for type_, codes in CODES.items()
}
