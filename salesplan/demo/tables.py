"""The demo company's tables as people would export them, and the files they stand in."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from salesplan.demo.activities import activities
from salesplan.demo.channel import dealers, stock
from salesplan.demo.company import CHANNELS, LAST, PRODUCTS, REPS, TEAMS, Rep
from salesplan.demo.contacts import NOBODY, contacts
from salesplan.demo.customers import Customer, customers
from salesplan.demo.draws import SEED, Draws
from salesplan.demo.expenses import expenses
from salesplan.demo.findings import findings
from salesplan.demo.kpis import kpis
from salesplan.demo.orders import Order, follow_ups, orders, rebates
from salesplan.demo.outlets import outlets
from salesplan.demo.payments import payments
from salesplan.demo.projects import opportunities
from salesplan.demo.questions import corrections_by_hand, questions
from salesplan.money import from_fen

Cells = tuple[object, ...]
SHARED_PERCENT = 22  # of the orders at the showrooms where one rep is on the phone
PHONE, SHOWROOM = "R01", "R02"
HEADERS = {  # Chinese where people keep the table by hand or export it from a Chinese system
    "sales": "订单日期,开票日期,订单号,区域,渠道,产品,客户,业务员,数量,金额,成本,类型,原订单号",
    "reps": "工号,姓名,区域,团队,主管,入职日期,离职日期,潜力,产能,底薪,级别,承诺",
    "customers": "customer,name,grade,region,channel,rep,start,end,potential,rebate_rate,"
    "contact,position,phone,address",
    "products": "product,line,launch,price,cost",
    "collections": "date,amount,order,customer,cleared",
    "credit_splits": "order,rep,share",
    "scores": "month,rep,component,actual,standard",
    "expenses": "月份,费用类别,部门,金额",
    "stock": "月份,产品,期初库存,在途",
    "dealers": "月份,经销商,产品,进货,实销,期末库存,上级",
    "activities": "月份,业务员,活动,次数",
    "outlets": "网点,经销商,城市,渠道,开业日期,实销",
    "opportunities": "项目名称,客户,业务员,阶段,预计金额,预计成交日期,下次跟进日期,概率",
    "adjustments": "月份,业务员,调整金额,原因,批准人,订单号,异议编号",
    "corrections": "月份,订单号,业务员,原因,批准人",
    "causes": "月份,原因代码,影响金额,说明,业务员,措施,责任人,期限,状态",
    "disputes": "编号,登记日期,业务员,月份,订单号,问题,状态,答复,答复人,更正金额",
    "kpis": "月份,指标,值",
}
STANDARDS = {"customer_records": 20, "market_analysis": 4, "satisfaction": 1}


def tables() -> dict[str, list[Cells]]:
    """The rows of every table of the demo plan by name, in the columns of `HEADERS`."""
    everyone = customers()
    sold = orders(everyone)
    papers = sorted([*sold, *follow_ups(sold), *rebates(sold)], key=lambda paper: (paper.day, paper.number))
    reports = dealers(everyone, papers)
    return {
        "sales": list(_sales(papers)),
        "reps": [_rep(rep) for rep in REPS],
        "customers": list(_customers(everyone)),
        "products": list(_products()),
        "collections": _collections(sold, papers),
        "credit_splits": list(_credit_splits(sold)),
        "scores": list(_scores()),
        "expenses": [tuple(expense) for expense in expenses(papers)],
        "stock": list(stock(papers)),
        "dealers": list(reports),
        "outlets": list(outlets(everyone, reports)),
        "activities": [tuple(activity) for activity in activities(papers)],
        "opportunities": list(_opportunities(everyone)),
        "adjustments": corrections_by_hand(),
        "corrections": [],
        "causes": findings(),
        "disputes": questions(sold),
        "kpis": list(kpis()),
    }


def write(plan: Path) -> None:
    """Write every table to `data/` in the plan's folder: UTF-8, comma, line feed."""
    (plan / "data").mkdir(parents=True, exist_ok=True)
    for name, rows in tables().items():
        with (plan / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(HEADERS[name] + "\n")
            csv.writer(file, lineterminator="\n").writerows(rows)


def _sales(papers: Sequence[Order]) -> Iterator[Cells]:
    for paper in papers:
        invoiced = paper.invoiced if paper.invoiced <= LAST else None
        member = paper.customer
        for item in paper.items:
            yield (
                paper.day,
                invoiced,
                paper.number,
                member.region,
                member.channel,
                item.product,
                member.customer,
                paper.rep,
                item.quantity,
                from_fen(item.amount),
                from_fen(item.cost),
                item.kind,
                paper.original,
            )


def _rep(rep: Rep) -> Cells:
    team = TEAMS[rep.team]
    return (
        rep.rep,
        rep.name,
        rep.region,
        team.name,
        team.manager,
        rep.start,
        rep.end,
        rep.potential,
        rep.capacity,
        rep.base_pay,
        rep.grade,
        rep.commitment,
    )


def _customers(everyone: Sequence[Customer]) -> Iterator[Cells]:
    known = contacts(list(everyone))
    for one in everyone:
        rate, person = f"0.{one.rebate:03d}" if one.rebate else None, known.get(one.customer, NOBODY)
        own = one.customer, one.name, one.grade, one.region, one.channel
        for rep, start, end in one.spells:
            yield *own, rep, start, end, one.potential, rate, *person


def _products() -> Iterator[Cells]:
    for product in PRODUCTS:
        yield product.product, product.line, product.launch, from_fen(product.price), from_fen(product.cost)


def _collections(sold: Sequence[Order], papers: Sequence[Order]) -> list[Cells]:
    return [(p.day, from_fen(p.amount), p.order, p.customer, p.cleared) for p in payments(sold, papers)]


def _credit_splits(sold: Sequence[Order]) -> Iterator[Cells]:
    """Orders that one rep brought in on the phone and another closed in the showroom, 5:5."""
    draws = Draws(SEED, 5)
    ours = [order for order in sold if order.rep in (PHONE, SHOWROOM) and order.customer.channel == CHANNELS[0]]
    for order in sorted(ours):
        if draws.chance(SHARED_PERCENT):
            yield order.number, PHONE, "0.5"
            yield order.number, SHOWROOM, "0.5"


def _scores() -> Iterator[Cells]:
    """What each rep in office did beside selling in the months of the plan year."""
    draws = Draws(SEED, 6)
    for month in (f"{LAST.year}-{m:02d}" for m in range(1, LAST.month + 1)):
        for rep in (r for r in REPS if not r.end and r.start[:7] <= month):
            done = (draws.between(13, 25), 4 if draws.chance(70) else draws.between(2, 3), 0 if draws.chance(8) else 1)
            for (component, standard), actual in zip(STANDARDS.items(), done, strict=True):
                yield month, rep.rep, component, actual, standard


def _opportunities(everyone: Sequence[Customer]) -> Iterator[Cells]:
    for one in opportunities(everyone):
        rate = None if one.probability is None else f"{one.probability / 100:.2f}"
        yield one.project, one.customer, one.rep, one.stage, one.amount, one.close, one.next_follow_up, rate
