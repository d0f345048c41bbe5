"""A small plan folder with a commission step, written for one test: what checking it finds."""

import re
from pathlib import Path

from salesplan.errors import Fault, PlanError
from salesplan.inputs import check
from salesplan.wording import Words
from salesplan.wording.messages import message, notice_text

TIERS = "tiers: [{from: 0, rate: 0.01}, {from: 1, rate: 0.02}]"
PLAN = f"plans:\n  - name: standard\n    {TIERS}\n"
SALES = """date,order,customer,product,region,channel,rep,quantity,amount,cost,kind,original_order
2026-03-02,H1,Ann,Tea,North,Shop,A,1,100.00,60.00,,
2026-05-04,H2,Ben,Tea,North,Shop,A,1,100.00,60.00,,
2027-01-04,SO-101,Ann,Tea,North,Shop,A,10,1000.00,600.00,,
2027-01-04,SO-101,Ann,Rice,North,Shop,A,5,500.00,300.00,,
2027-02-03,SO-102,Ben,Tea,North,Web,B,10,2000.00,900.00,,
"""
REPS = """rep,name,region,team,manager,start,end,base_pay,grade
A,Anna,North,Inside,B,,,3000,G1
B,Bert,North,Field,,,,4000,G2
"""
FILES = {
    "sales": SALES,
    "reps": REPS,
    "products": "product,line,launch\nTea,Drinks,2020-01-01\nRice,Food,2020-01-01\n",
    "customers": "customer,grade,region,channel,rep,rebate_rate\nAnn,Gold,North,Shop,A,0.02\nBen,Silver,North,Web,B,\n",
    "collections": "date,amount,order,customer,kind\n2027-01-20,1500.00,SO-101,,\n2027-02-20,500.00,,Ben,\n",
}


def faults(root: Path, commission: str = PLAN, **files: str) -> list[Fault]:
    """Every fault of the plan; `files` replace or add tables; None leaves one out."""
    try:
        check(write(root, commission, **files))
    except PlanError as error:
        return error.faults
    return []


def write(root: Path, commission: str = PLAN, **files: str) -> Path:
    """The plan's folder."""
    folder = root / "wb" / "params" / "p"
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (root / "wb" / "notebooks").mkdir(exist_ok=True)
    given = {name: text for name, text in {**FILES, **files}.items() if text}
    for name, text in given.items():
        (folder / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
    inputs = ", ".join(f"{name}: data/{name}.csv" for name in given)
    (folder / "plan.yaml").write_text(f"fiscal_year: 2027\nlanguage: en\ninputs: {{{inputs}}}\n")
    (folder / "annual_target.yaml").write_text("levels: {commit: 6000}\n")
    (folder / "commission.yaml").write_text(commission, encoding="utf-8")
    return folder


def told(root: Path, commission: str = PLAN, language: str = "en", **files: str) -> list[str]:
    """Every fault as its sentence, without the plan's folder."""
    return [short(message(fault, Words(language))) for fault in faults(root, commission, **files)]


def noted(root: Path, commission: str = PLAN, language: str = "en", **files: str) -> dict[str, str]:
    """Every notice as its sentence, by code."""
    found = check(write(root, commission, **files)).notices
    return {notice.code: short(notice_text(notice, Words(language))) for notice in found}


def short(text: str) -> str:
    return re.sub(r"params/p/(data/)?", "", text)


def plan(*lines: str) -> str:
    """A commission.yaml of one plan with further lines."""
    return PLAN + "".join(f"    {line}\n" for line in lines)
