"""Statements of pay made from the small result of `paper_cases`, and how their texts are read."""

from decimal import Decimal

import paper_cases as cases

from salesplan.commission import papers
from salesplan.conclusions.commission.statement import Contents
from salesplan.wording import Words

HEAD = {"title": "<plan>", "run": "first", "days": "days", "tax": "tax"}


def made(names=cases.NAMES, disputes=None, rules=None):
    return papers.prepare(cases.result(names), cases.ledger(names), cases.year(), rules or cases.rules(), disputes)


def words(language="en"):
    return Words(language, "one" if language == "en" else "元", "CNY")


def pages(found, language="en"):
    contents = Contents(words(language), found.statements, cases.rules().plans)
    return {person["rep"]: contents.page(person) for person in found.statements.people.to_dict("records")}


def fen(text):
    return int(Decimal(text.replace(",", "")) * 100)
