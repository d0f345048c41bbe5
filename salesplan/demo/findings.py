"""What the reviews of the first months found: causes with an amount, and who does what about them by when."""

Row = tuple[object, ...]


def findings() -> list[Row]:
    """Causes of January to March: month, code, amount, note, rep, action, owner, due, state."""
    return [
        ("2027-01", "competition", "-18000", "两家新开形象店的客户改用竞品，首批备货没有下单", "R06",
         "带技术员逐店打样，签年度供货协议", "贺明远", "2027-02-28", "完成"),
        ("2027-01", "demand", "30000", "旧改项目的备货提前到春节以前", "R08", None, None, None, None),
        ("2027-02", "demand", "-14000", "春节停工比上年多一周，三四级网点补货推迟", "R05",
         "逐个网点确认复工日期，三月补货直送", "贺明远", "2027-03-20", "进行中"),
        ("2027-02", "fading_start", "-6000", "年初定的回访计划没有坚持，老客户两个月没有上门", "R03",
         "每周例会检查回访记录，主管陪访重点客户", "郑书宁", "2027-04-30", "进行中"),
        ("2027-03", "price", "-5000", "艺术涂料样板间促销价低于目标价", None,
         "促销价到期收回，低于底价的订单由销售总监批准", "郑书宁", "2027-04-15", "待办"),
        ("2027-03", "no_process", "-8000", "投标资料准备不全，开标推迟", "R11",
         "投标前两天由工程部复核商务文件", "工程部", "2027-04-20", "待办"),
        ("2027-03", "demand", "18000", "家装公司集中补货", "R01", None, None, None, None),
    ]  # fmt: skip
