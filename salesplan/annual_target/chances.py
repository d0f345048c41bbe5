"""P(level reached) of the company, and the series its odds are tested on."""

import pandas as pd

from salesplan.annual_target.history import NO_MEMBER
from salesplan.annual_target.ladder import rungs
from salesplan.annual_target.outlook import Trend
from salesplan.apportion import TOTAL, UNKNOWN
from salesplan.lines import line_of

COMPANY = "company"
COLUMNS = ["scope", "member", "level", "amount", "expected", "low", "high", "probability", "whole_years"]


def scopes(facts: pd.DataFrame, products: pd.DataFrame | None = None) -> pd.DataFrame:
    """The facts once per scope the data have: `company`, `region`, `line` (the product in a plan without lines).

    Columns `scope`, `member`, `month`, `amount`; the company's member is `(total)`, a blank one `(unknown)`.
    """
    parts = {"region": facts["region"], "line": line_of(facts["product"], products)}
    sold = {"region": facts["region"], "line": facts["product"]}
    known = {COMPANY: pd.Series(TOTAL, index=facts.index)}
    known |= {name: part for name, part in parts.items() if not sold[name].isin(NO_MEMBER).all()}
    columns = facts[["month", "amount"]]
    frames = [columns.assign(scope=name, member=part.replace("", UNKNOWN)) for name, part in known.items()]
    return pd.concat(frames, ignore_index=True)


def level_odds(ladder: pd.DataFrame, trend: Trend | None) -> pd.DataFrame:
    """Table `annual_target_odds`: how likely the company reaches each level, by its own history.

    `ladder` is the frame of `levels`. One row per level: `scope`, `member`, `level`, `amount` (int64 fen), `expected`,
    `low`, `high` (Int64 fen, 80 %), `probability`, `whole_years` (that it rests on). Empty without a trend. The odds
    of regions, channels and products stand where their targets are made: in step 2.
    """
    rows = []
    if trend is not None:
        year = (trend.expected, *trend.interval())
        rows = [(COMPANY, TOTAL, name, fen, *year, trend.reach(fen), trend.years) for name, fen in rungs(ladder)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    kinds = {"amount": "int64", "expected": "Int64", "low": "Int64", "high": "Int64", "probability": "float64"}
    return frame.astype({**dict.fromkeys(COLUMNS[:3], "str"), **kinds, "whole_years": "int64"})
