"""Parts of rep_allocation.yaml: action plans in five questions, and the tree of conditions and obstacles."""

from typing import Annotated, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Name, Number, Terms, check_among, value
from salesplan.terms.texts import Texts

MEMBERS = ("rep", "team", "region", "channel", "product")
State = Literal["open", "doing", "done"]
# What can be reckoned instead of typed: from the quotas, the sales of last year and the deals followed.
Measure = Literal["quota", "customers", "new_customers", "deals", "capacity", "pipeline"]


class Stage(Terms):
    """A stage of an action plan and its day."""

    what: Name = value(..., "what is reached")
    by: Day = value(..., "by which day", unit="date")


class ActionPlan(Terms):
    """Five questions: what to do, reward and penalty, obstacles and the skills they need, support, times."""

    rep: Name | None = value(None, "the rep whose plan it is; everybody's if left out")
    do: Texts = value((), "what has to be done well to reach the quota")
    reward: Texts = value((), "what is gained when it is reached")
    penalty: Texts = value((), "what follows when it is not")
    obstacles: Texts = value((), "obstacles to be overcome")
    skills: Texts = value((), "knowledge, skills and information they need")
    support: Texts = value((), "support of the team and of other departments")
    stages: Annotated[tuple[Stage, ...], Many] = value((), "stages and their days")

    @model_validator(mode="after")
    def _something(self) -> "ActionPlan":
        if not any(getattr(self, name) for name in type(self).model_fields if name != "rep"):
            raise PydanticCustomError("action_plan_empty", "must answer at least one question", {"key": "do"})
        return self


class Need(Terms):
    """Something a goal needs: words alone, or a quantity that is reckoned or typed."""

    what: Name = value(..., "what is needed")
    measure: Measure | None = value(None, "quantity that is reckoned from the tables")
    need: Number | None = value(None, "how much is needed, where it is not reckoned", ge=0)
    have: Number | None = value(None, "how much is there, where it is not reckoned", ge=0)
    state: State = value("open", "how far it is, where nothing is counted")

    @model_validator(mode="after")
    def _once(self) -> "Need":
        if self.measure is not None and self.need is not None:
            raise PydanticCustomError("need_twice", "is reckoned already, by measure", {"key": "need"})
        return self


class Obstacle(Terms):
    """What stands in the way of a goal, and who clears it by when."""

    name: Name = value(..., "the obstacle")
    remedy: str = value("", "what is done about it")
    owner: str = value("", "who does it")
    due: Day | None = value(None, "by which day", unit="date")
    state: State = value("open", "how far it is")


class Detail(Terms):
    """A goal of the third level."""

    goal: Name = value(..., "the goal")
    of: dict[str, Name] = value({}, "part of the quotas the goal is about, such as `channel: ...`; all if left out")
    needs: Annotated[tuple[Need, ...], Many] = value((), "what it needs")
    obstacles: Annotated[tuple[Obstacle, ...], Many] = value((), "what stands in its way")

    @model_validator(mode="after")
    def _members(self) -> "Detail":
        check_among(self.of, MEMBERS, "of")
        return self


class PartGoal(Detail):
    """A goal of the second level."""

    parts: Annotated[tuple[Detail, ...], Many] = value((), "smaller goals it is made of")


class Condition(Detail):
    """A goal and what it takes to reach it."""

    parts: Annotated[tuple[PartGoal, ...], Many] = value((), "smaller goals it is made of")


ActionPlans = Annotated[tuple[ActionPlan, ...], Many]
Conditions = Annotated[tuple[Condition, ...], Many]
