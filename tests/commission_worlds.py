"""Random plans and ledgers, seeded: small numbers, boundaries hit exactly, ties, negative lines, shared orders.

One case is a rep with a plan (or two inside the year), customers, orders, returns and payments of his own. Many
cases stand in one ledger; a few share their plan, and some share orders, have a manager, or leave.
"""

from datetime import date
from decimal import Decimal
from random import Random

import pandas as pd
from commission_cases import MONTHS
from commission_plans import random_plan

from salesplan import calendar
from salesplan.commission import Ledger, Year
from salesplan.terms.commission import CommissionTerms
from salesplan.terms.plan import Tax

PRODUCTS = ("N", "P", "Q")
TEXTS = ("order", "product", "customer", "region", "channel", "rep", "kind", "original_order")
GRADES = ("A", "B")
TEAM = 8  # reps on one plan


class World:
    """A ledger of `cases` reps drawn from a seed, with the features wanted."""

    def __init__(self, seed, cases, features):
        self.chance = Random(seed)
        self.features, self.cases = features, cases
        self.last = self.chance.choice([3, 4, 5, 6, 7, 9])
        self.plans, self.reps, self.quotas, self.lines, self.cash = [], [], [], [], []
        self.customers, self.adjustments, self.ramping = [], [], []
        for number in range(cases):
            if number % TEAM == 0:
                self._team(f"T{number // TEAM:02d}")
            self._case(f"R{number:02d}", number)
        if "shared" in self.features:
            self._share()
        if "overlay" in self.features:
            self._overlay()

    def has(self, feature, share=0.5):
        """Whether a feature is wanted and drawn."""
        return feature in self.features and self.chance.random() < share

    def _team(self, team):
        """The plan of the next few reps, now and then another one from some month on."""
        self.team, self.quota = team, self.chance.choice([100, 999, 5_000, 10_000, 20_000])
        plans = [random_plan(self.chance, self.features, self.quota, f"plan {team}", team)]
        if self.has("plan_change", 0.3):
            plans = self._change(plans[0], team)
        self.plans += plans
        self.in_parts = plans[0]["measure_basis"] == "collected"

    def _change(self, first, team):
        """Another plan from some month on, credited on the same stage."""
        stages = {name: first[name] for name in ("basis", "measure_basis")}
        second = random_plan(self.chance, self.features, self.quota, f"later {team}", team, stages)
        change = self.chance.randint(2, self.last)
        return [first | {"until": MONTHS[change - 2]}, second | {"from": MONTHS[change - 1]}]

    def _case(self, rep, number):
        self._rep(rep, number)
        self._quotas(rep, self.quota)
        for letter in "ab":
            self._customer(rep, f"C{number:02d}{letter}", number)
        self._orders(rep, number, self.quota)

    def _rep(self, rep, number):
        row = {"rep": rep, "name": f"Name {number}", "region": "", "team": self.team, "manager": "", "grade": ""}
        row |= {
            "start": None,
            "end": None,
            "base_pay": self.chance.choice([None, 4_321]),
            "grade": self.chance.choice(GRADES),
        }
        if self.has("override", 0.4) and number:
            boss = self.chance.randrange(number)
            row["manager"] = self.chance.choice([f"R{boss:02d}", f"Name {boss}"])
        if self.has("leavers", 0.35):
            row["end"] = calendar.month_span(MONTHS[self.chance.randint(1, self.last) - 1], None)[1]
        self.reps.append(row)
        if self.has("ramp", 0.2):
            self.ramping += [(rep, month) for month in MONTHS[: self.chance.randint(1, 3)]]
        for _ in range(self.chance.randint(1, 2) if self.has("adjustments", 0.2) else 0):
            amount = self.chance.choice([-1, 1]) * self.chance.randint(1, 9_999)
            self.adjustments.append((self._month(1), rep, amount))

    def _month(self, first):
        return MONTHS[self.chance.randint(first, self.last) - 1]

    def _quotas(self, rep, quota):
        uneven = self.chance.random() < 0.3
        for month in MONTHS:
            amount = self.chance.choice([0, quota, 2 * quota]) if uneven else quota
            self.quotas.append((rep, month, amount))

    def _customer(self, rep, name, number):
        rate = self.chance.choice(["0.05", "0.0333", None]) if "rebates" in self.features else None
        heirs = [rep, f"R{self.chance.randrange(self.cases):02d}"]
        owner = self.chance.choice(heirs) if "leavers" in self.features else rep
        row = {"customer": name, "name": name, "grade": self.chance.choice(GRADES), "rep": owner}
        self.customers.append(row | {"start": None, "end": None, "rebate_rate": None if rate is None else float(rate)})

    def _amount(self, quota):
        exact = [quota, quota // 2, quota // 10, quota * 2]
        return self.chance.choice([self.chance.randint(1, 99), self.chance.randint(1, 2 * quota), *exact]) or 1

    def _orders(self, rep, number, quota):
        for place in range(self.chance.randint(1, 5)):
            order, customer = f"O{number:02d}{place}", f"C{number:02d}{self.chance.choice('ab')}"
            month, day = self.chance.randint(1, self.last), self.chance.randint(1, 28)
            billed, sold = self._billed(month, day), []
            grows = self.has("growing", 0.4)
            for _ in range(self.chance.choice([1, 1, 2, 3])):
                later = self.chance.randint(month, self.last) if grows else month
                amount, bill = self._amount(quota), self._billed(later, day) if grows else billed
                sold.append(self._line(rep, order, customer, date(2027, later, day), amount, bill))
            self.lines += sold
            returns = not self.in_parts and self._returns(order, sold)
            self._payments(order, customer, sold, not returns)
        if "free" in self.features and self.chance.random() < 0.4:
            at = date(2027, self.chance.randint(1, self.last), 27)
            free = self._line(rep, self.chance.choice([f"F{number:02d}", order]), customer, at, 0, at)
            self.lines.append(free | {"kind": "free", "cost": self.chance.randint(1, quota)})
        for kind, share in (("rebate", 0.3), ("allowance", 0.2)):
            if self.has("rebates", share):
                at = date(2027, self.chance.randint(1, self.last), 28)
                gone = self._line(rep, f"{kind}{number:02d}", customer, at, -self.chance.randint(1, quota), at)
                self.lines.append(gone | {"kind": kind, "quantity": 0.0})

    def _billed(self, month, day):
        """Day of the invoice: with the order, later, after the review, or none yet."""
        later = self.chance.choice([0, 0, 1, 2, 8, None])
        return None if later is None or month + later > 12 else date(2027, month + later, day)

    def _line(self, rep, order, customer, day, amount, billed):
        cost = self.chance.choice([None, 0, amount // 2, amount * 9 // 10, amount + 7])
        if billed is not None and billed < day:
            billed = day
        return {
            "order": order,
            "date": day,
            "invoice_date": billed,
            "product": self.chance.choice(PRODUCTS),
            "customer": customer,
            "region": self.chance.choice(["east", "west"]),
            "channel": self.chance.choice(["shop", ""]),
            "rep": rep,
            "kind": "sale",
            "original_order": "",
            "amount": amount,
            "quantity": float(self.chance.choice([1, 2, 10, 0.5])),
            "cost": cost,
            "overlay": False,
        }

    def _returns(self, order, sold):
        """Some of what was sold comes back: whole or in part, with or without the order's number, once or twice."""
        before = len(self.lines)
        for line in sold:
            left = line["amount"]
            for _ in range(self.chance.choice([0, 0, 0, 1, 1, 2])):
                amount = self.chance.choice([left, self.chance.randint(0, left), left // 2])
                if amount:
                    self.lines.append(self._return(order, line, amount))
                    left -= amount
        return len(self.lines) > before

    def _return(self, order, line, amount):
        month, day = self.chance.randint(line["date"].month, self.last), self.chance.randint(1, 28)
        when = max(line["date"], date(2027, month, day))
        same = self.chance.random()
        own = order if same < 0.15 else f"X{len(self.lines)}"
        named = "" if same < 0.15 or same > 0.85 else order
        billed = line["invoice_date"] and max(line["invoice_date"], when)
        share = {} if line["cost"] is None else {"cost": -(line["cost"] * amount // line["amount"])}
        back = {"order": own, "original_order": named, "kind": "return", "date": when, "invoice_date": billed}
        return line | back | share | {"amount": -amount, "quantity": -line["quantity"]}

    def _payments(self, order, customer, sold, whole):
        due = round(sum(line["amount"] for line in sold) * 1.13)
        for _ in range(self.chance.choice([0, 1, 1, 2, 3])):
            month = self.chance.randint(min(line["date"].month for line in sold), self.last)
            amount = self.chance.choice([due, due // 2, self.chance.randint(1, due + 50)])
            named = order if self.chance.random() < 0.6 else ""
            self.cash.append(self._payment(date(2027, month, self.chance.randint(1, 28)), amount, named, customer))
            if named and amount > 0 and self.has("refunds", 0.15):
                back = date(2027, self.chance.randint(month, self.last), 28)
                refund = self._payment(back, self.chance.randint(1, amount), named, customer)
                self.cash.append(refund | {"kind": "refund", "amount": -refund["amount"]})
        if whole and self.has("bad_debt", 0.15):
            month = self.chance.randint(max(line["date"].month for line in sold), self.last)
            lost = self._payment(date(2027, month, 28), self.chance.randint(1, max(1, due // 2)), order, customer)
            self.cash.append(lost | {"kind": "bad_debt"})

    def _payment(self, day, amount, order, customer):
        cleared = None
        if self.has("bills", 0.3):
            month = min(12, day.month + self.chance.randint(0, 3))
            cleared = date(2027, month, 28)
        return {
            "date": day,
            "amount": amount,
            "order": order,
            "customer": customer,
            "cleared": cleared,
            "kind": "payment",
        }

    def _share(self):
        """Some lines are split between two reps; the odd fen stays with the first."""
        for line in list(self.lines):
            if self.chance.random() < 0.05 and abs(line["amount"]) > 1 and line["kind"] == "sale":
                share = line["amount"] // 2
                other = self._mate(line["rep"])
                if other != line["rep"]:
                    cost = None if line["cost"] is None else line["cost"] // 2
                    rest = {} if cost is None else {"cost": line["cost"] - cost}
                    self.lines.append(line | {"rep": other, "amount": share, "cost": cost, "quantity": 0.0})
                    self.lines.remove(line)
                    self.lines.append(line | {"amount": line["amount"] - share} | rest)

    def _mate(self, rep):
        """Somebody of the same team."""
        first = int(rep[1:]) // TEAM * TEAM
        return f"R{self.chance.randrange(first, min(first + TEAM, self.cases)):02d}"

    def _overlay(self):
        """Credit beside the whole for a few lines."""
        for line in list(self.lines):
            if self.chance.random() < 0.05:
                part = self.chance.choice([2, 3, 4])
                other = {"rep": self._mate(line["rep"]), "overlay": True, "cost": None}
                if other["rep"] != line["rep"] and abs(line["amount"]) >= part:
                    self.lines.append(line | other | {"amount": line["amount"] // part})

    # as the ledger hands it over

    def year(self):
        tax = Tax()
        if "tax" in self.features:
            given = [("excluded", "included"), ("included", "excluded"), ("excluded", "excluded")]
            sales, collections = self.chance.choice(given)
            tax = Tax(sales=sales, collections=collections, rate=Decimal("0.13"))
        return Year(MONTHS, calendar.month_span(MONTHS[self.last - 1], None)[1], None, tax)

    def rules(self):
        bills = self.chance.choice(["cleared", "received"])
        return CommissionTerms(plans=self.plans, bills=bills)

    def ledger(self):
        launch = pd.to_datetime(["2027-02-01", "2020-01-01", None])
        rates = [None, 0.06, None] if "tax" in self.features else [None] * 3
        products = {"product": PRODUCTS, "launch": launch, "line": ["new", "old", "old"], "tax_rate": rates}
        quotas = pd.DataFrame(self.quotas, columns=["rep", "month", "amount"])
        named = pd.DataFrame(self.adjustments, columns=["month", "rep", "amount"])
        return Ledger(
            order_lines=line_frame(self.lines),
            reps=dated(pd.DataFrame(self.reps), "start", "end").astype({"base_pay": "Int64"}),
            quotas=quotas.astype({"amount": "int64"}),
            collections=dated(pd.DataFrame(self.cash, columns=CASH), "date", "cleared").astype({"amount": "int64"}),
            products=pd.DataFrame(products),
            ramping=pd.DataFrame(self.ramping, columns=["rep", "month"]) if "ramp" in self.features else None,
            customers=dated(pd.DataFrame(self.customers), "start", "end"),
            adjustments=named.assign(reason="", approved_by="", order="") if len(named) else None,
        )


CASH = ["date", "amount", "order", "customer", "cleared", "kind"]


def dated(frame, *columns):
    return frame.assign(**{column: pd.to_datetime(frame[column]) for column in columns})


def line_frame(lines):
    frame = dated(pd.DataFrame(lines), "date", "invoice_date")
    kinds = {"amount": "int64", "cost": "Int64", "quantity": "float64"}
    return frame.astype(kinds).assign(month=calendar.month_of(frame["date"], None))
