"""Questions of reps about their pay, and corrections by hand that some of them led to."""

from collections.abc import Sequence

from salesplan.demo.orders import Order

Row = tuple[object, ...]


def questions(sold: Sequence[Order]) -> list[Row]:
    """The register: number, date, rep, month, order, question, state, answer, who answered, correction."""
    shared, open_ = _of(sold, "R02", "2027-01"), _of(sold, "R12", "2027-02")
    return [
        ("Y27-001", "2027-02-16", "R02", "2027-01", shared, "展会接待费由本人垫付，一月提成表里没有", "corrected",
         "补发垫付的接待费，凭票入账", "人力资源部", "180.00"),
        ("Y27-002", "2027-02-18", "R08", "2027-01", None, "退货是客户库存积压，不是质量问题，为什么扣回提成",
         "answered", "退货按原提成率扣回，与退货原因无关，见方案", "人力资源部", None),
        ("Y27-003", "2027-03-24", "R12", "2027-02", open_, "质保金到期后提成什么时候发放", None, None, None, None),
    ]  # fmt: skip


def corrections_by_hand() -> list[Row]:
    """Adjustments: month, rep, amount, reason, who approved, order, question."""
    return [
        ("2027-02", "R02", "180.00", "补发一月展会接待垫付款", "财务部", None, "Y27-001"),
        ("2027-03", "R05", "-200.00", "样板间物料丢失，按制度赔付", "财务部", None, None),
    ]


def _of(sold: Sequence[Order], rep: str, month: str) -> str:
    """The largest order of a rep in a month."""
    own = [order for order in sold if order.rep == rep and order.day.isoformat().startswith(month)]
    return max(own, key=lambda order: (sum(item.amount for item in order.items), order.number)).number
