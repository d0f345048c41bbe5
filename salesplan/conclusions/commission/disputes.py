"""What a manager should know of the questions about pay."""

import pandas as pd

from salesplan.conclusions.saying import sayer
from salesplan.wording import Words

FINDINGS = ("not_corrected", "differs", "still_open")
say = sayer("dispute")


def questions(words: Words, *, register: pd.DataFrame) -> list[str]:
    """How many questions there are, which open one is the oldest, and where register and books do not agree."""
    if register.empty:
        return [say(words, "none")]
    waiting = register[register["state"] == "open"]
    said = [say(words, "state", count=words.number(len(register)), open=words.number(len(waiting)))]
    known = waiting.dropna(subset=["open_days"])
    if len(known):
        oldest = known.sort_values(["open_days", "number"], ascending=[False, True], kind="stable").iloc[0]
        said.append(say(words, "oldest", number=oldest["number"], days=words.number(oldest["open_days"])))
    for finding in FINDINGS:
        numbers = register.loc[register["finding"] == finding, "number"].tolist()
        said += [say(words, finding, numbers=words.list(numbers))] if numbers else []
    return said
