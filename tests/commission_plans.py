"""Random commission plans: every feature now and then, boundaries where small numbers hit them."""

from decimal import Decimal

BASIS = ("ordered", "invoiced", "collected")
PERIODS = ("month", "quarter", "half_year", "year", "ytd")


def millionths(chance, most):
    return Decimal(chance.randint(0, most)) / 1_000_000


def rising(chance, most):
    """Up to two boundaries above 0, in hundredths, often at full attainment."""
    found = {chance.choice([100, 100, 50, 120, chance.randint(1, most)]) for _ in range(chance.randint(0, 2))}
    return [Decimal(0), *(Decimal(place) / 100 for place in sorted(found))]


def random_plan(chance, features, quota, name, team, stages=None):
    """The plan of one team; `quota` in fen a month says where boundaries of amounts lie; `stages`: when it credits."""

    def wanted(feature, share=0.3):
        return feature in features and chance.random() < share

    found = {"name": name, "applies_to": {"team": team}, "period": chance.choice(PERIODS)}
    found |= {"basis": chance.choice(BASIS), "measure_basis": chance.choice(["ordered", "invoiced"])}
    found |= {"release": chance.choice(["order_full", "month_full", "proportional"])}
    if wanted("collected_measure"):
        found |= {"basis": "collected", "measure_basis": "collected"}
    found |= stages or {}
    found["semantics"] = chance.choice(["marginal", "whole", *(["current"] if "current" in features else [])])
    if BASIS.index(found["basis"]) < BASIS.index(found["measure_basis"]):
        found |= {"semantics": "whole"} if "apart" in features else {"measure_basis": found["basis"]}
    measures = ["attainment", "attainment", "amount", *(one for one in MEASURES if one in features)]
    found["measure"] = chance.choice(measures)
    if found["measure_basis"] != "collected" and wanted("curve", 0.25):
        return found | curve(chance) | common(chance, wanted, found)
    found["tiers"] = tiers(chance, found["measure"], quota)
    if found["measure"] == "attainment" and wanted("gate"):
        found["gate"] = {"over": "year", "attainment": chance.choice([Decimal(1), Decimal("0.25")])}
    if wanted("previous", 0.15) and found["period"] != "ytd":
        found |= {"measure_period": "previous", "semantics": "whole"}
    if wanted("rates_by"):
        found |= rates_by(chance, found["tiers"])
    if wanted("special"):
        found["special_rates"] = [special(chance) for _ in range(chance.randint(1, 2))]
    return found | common(chance, wanted, found) | corrections(chance, wanted, quota)


MEASURES = ("margin", "quantity", "margin_rate")
MEMBERS = {
    "grade": "AB",
    "customer_grade": "AB",
    "product": "NPQ",
    "line": ["new", "old"],
    "region": ["east", "west"],
    "channel": ["shop"],
}


def tiers(chance, measure, quota):
    scale = {"amount": quota, "margin": quota, "quantity": 1000}.get(measure, 100)
    begins = rising(chance, 160)
    if measure == "margin_rate":
        begins = [Decimal(0), *(Decimal(place) / 10 for place in sorted({chance.randint(1, 9) for _ in "ab"}))]
    found = [begin * scale / 100 for begin in begins]
    if measure in ("amount", "margin"):
        found = [begin.quantize(Decimal("0.001")) for begin in found]
    found = sorted(set(found))
    return [{"from": begin, "rate": millionths(chance, 120_000)} for begin in found]


def curve(chance):
    """A payout curve; its first point now and then at 0."""
    places = sorted({chance.choice([0, 50, 75, 100, 120, 150, chance.randint(1, 200)]) for _ in range(3)})
    points = [{"at": Decimal(at) / 100, "pays": Decimal(chance.randint(0, 200)) / 100} for at in places]
    shape = {
        "points": points,
        "between": chance.choice(["straight", "steps"]),
    }
    if shape["between"] == "straight":
        shape["beyond"] = chance.choice(["flat", "straight"])
    if shape.get("beyond") == "straight":  # a falling line would end below nothing
        paid = sorted(point["pays"] for point in points)
        shape["points"] = [point | {"pays": pays} for point, pays in zip(points, paid, strict=True)]
    target = {"target_pay": Decimal("37.77")} if chance.random() < 0.7 else {}
    return {"measure": "attainment", "semantics": "marginal", "curve": shape | target}


def rates_by(chance, given):
    by = chance.choice(sorted(MEMBERS))
    own = [tier | {"rates": {chance.choice(MEMBERS[by]): millionths(chance, 120_000)}} for tier in given]
    return {"rates_by": by, "tiers": own}


def special(chance):
    """One special rate, with a condition."""
    kind = chance.choice(["rate", "extra", "factor", "per_unit"])
    worth = {"factor": Decimal(chance.randint(0, 300)) / 100, "per_unit": Decimal(chance.randint(0, 500)) / 100}
    by = chance.choice(["product", "line", "customer_grade", "region", "channel", "new_product"])
    fits = chance.random() < 0.5 if by == "new_product" else chance.choice(MEMBERS.get(by) or [""])
    return {by: fits, kind: worth.get(kind, millionths(chance, 90_000))}


def common(chance, wanted, plan):
    """Release, holdback, leavers, what is paid on."""
    found = {"new_product_bonus": Decimal("0.0133") if "tiers" in plan and wanted("bonus") else Decimal(0)}
    if wanted("paid_on_margin", 0.2):
        found["paid_on"] = "margin"
    if wanted("rebates", 0.4):
        found["rebates"] = "accrued"
    if wanted("free", 0.4):
        found["free_goods"] = "cost"
    if wanted("milestones", 0.2):
        steps = [{"paid": Decimal("0.3")}, {"paid": Decimal("0.9"), "released": Decimal("0.95")}, {"paid": Decimal(1)}]
        found |= {"release": "milestones", "milestones": steps}
    if wanted("holdback", 0.2):
        waits = chance.choice([{"months": 1}, {"months": 3}])
        if wanted("holdback_until", 0.5):
            waits = chance.choice([{"until": "2027-05"}, {"until": "2028-01"}])
        found["holdback"] = waits | {"share": chance.choice([Decimal("0.1"), Decimal("0.333"), Decimal(1)])}
    if wanted("leavers", 0.8):
        rule = chance.choice(["paid", "paid_until", "transferred", "forfeited"])
        found["leavers"] = {"rule": rule, "months": 1 if rule == "paid_until" else 0, "share": Decimal("0.6")}
    if wanted("override"):
        steps = [
            {"from": Decimal(0), "rate": Decimal("0.005")},
            {"from": chance.choice([Decimal("0.5"), Decimal(1)]), "rate": Decimal("0.012345")},
        ]
        how = {"scope": chance.choice(["direct", "all"]), "semantics": "whole"}
        if not (plan.get("measure_period") or BASIS.index(plan["basis"]) < BASIS.index(plan["measure_basis"])):
            how["semantics"] = chance.choice(["marginal", "whole"])
        found["override"] = how | {"tiers": steps}
    return found


def corrections(chance, wanted, quota):
    """Clawback, caps, late payments."""
    found = {}
    if wanted("clawback"):
        found |= chance.choice(
            [
                {"clawback": "share", "clawback_share": Decimal("0.5")},
                {"clawback": "unserved", "clawback_months": chance.choice([1, 3, 12])},
            ]
        )
    if wanted("cap"):
        found["cap"] = Decimal(chance.randint(1, quota // 5)) / 100
    if wanted("cap_order", 0.2):
        found["cap_per_order"] = Decimal(chance.randint(1, quota // 10)) / 100
    if wanted("minimum", 0.2):
        found["minimum_per_order"] = Decimal(chance.randint(1, quota // 10)) / 100
    if wanted("late", 0.2):
        late = {"full_months": chance.choice([0, 1]), "per_day": chance.choice([Decimal(0), Decimal("0.0123")])}
        if not late["per_day"] or chance.random() < 0.5:
            late["none_after"] = chance.choice([1, 2, 3])
        found["late"] = late
    return found
