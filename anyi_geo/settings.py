"""Every setting of a scenario, in sections; the files hold the values."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

Mode = Literal["walk", "ride", "car"]
MODES: tuple[Mode, ...] = ("walk", "ride", "car")

NonNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, lt=1)]
PositiveCount = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]
#: Days ahead or apart: more than a year, or a date of another century, is a slip of the keyboard.
Days = Annotated[int, Field(ge=0, le=366)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]

#: What an emptied home may become; the document locks its use to care for the old.
ELDER_CARE_USES = {
    "civil_affairs_station": "民政综合服务站",
    "public_built_private_run": "公建民营",
    "xingfuyuan": "幸福院",
    "reserve": "备用",
}


def _elder_care(use: str) -> str:
    if use in ELDER_CARE_USES:
        return use
    told = "、".join(f"{code}（{name}）" for code, name in ELDER_CARE_USES.items())
    raise PydanticCustomError(
        "use_lock",
        "{zh}",
        {
            "zh": f"“{use}”被拒绝：整合后的敬老院原有设施不得改变养老服务用途；可选 {told}",
            "en": f"{use!r} is refused: an emptied home stays in elder care; allowed: {', '.join(ELDER_CARE_USES)}",
        },
    )


ElderCareUse = Annotated[str, AfterValidator(_elder_care)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(_Section):
    """One group of persons served, with its own limits (minutes)."""

    name: str
    short: str
    column: str
    population: Literal["rural", "town", "all"]
    weight: NonNegative
    limit_minutes: dict[Mode, Positive]
    optional: bool = False


class Demand(_Section):
    """Who is to be served, in which year; an absent target year means the persons as the data have them."""

    target_year: PositiveCount | None = None
    ratio_cap: Positive
    judged_years: list[PositiveCount]
    groups: dict[str, Group]


class Travel(_Section):
    """Which way of travel the headline counts."""

    headline_mode: Mode


class Batch(_Section):
    """One batch of care sites: how many at most, and for how many yuan."""

    name: str
    sites: PositiveCount
    weight: NonNegative
    budget_yuan: NonNegative


class TownshipRule(_Section):
    """Least and most sites of one township (一乡一策)."""

    min: Count = 0
    max: NonNegative = float("inf")


class Reasons(_Section):
    """What is solved again to explain a care-site plan: swaps, fronts, how often a site is chosen, other years."""

    regret: bool
    swaps: Annotated[int, Field(ge=0, le=5)]
    front: Literal["none", "elders_children", "worst_township", "cost"]
    front_plans: Annotated[int, Field(ge=2, le=12)]
    frequency_draws: Count
    years: list[PositiveCount]


class CareSites(_Section):
    """The care-site decision."""

    plan: Literal["official", "optimise"]
    objective: Literal["cover", "gradual_cover", "expected_cover"]
    resource_types: list[str]
    budget_yuan: NonNegative
    respect_ready_from: bool
    township_min: Count
    township_max: NonNegative
    must_open: dict[str, PositiveCount]
    must_not: list[str]
    townships: dict[str, TownshipRule]
    consent: Literal["order", "condition", "penalty"]
    consent_penalty_persons: NonNegative
    spacing_m: NonNegative
    seats: bool
    first: list[str]
    stage_tolerance: Share
    floors: dict[str, NonNegative]
    differ_most: NonNegative
    fading_factor: Annotated[float, Field(gt=1)]
    access_zones: list[tuple[Positive, Positive]]
    envy_minutes: Positive
    reasons: Reasons
    batches: Annotated[list[Batch], Field(min_length=1, max_length=5)]


class Displacement(_Section):
    """How many seeded displacements judge a plan and how many of them plan one."""

    draws: PositiveCount
    planning_draws: PositiveCount


class Reuse(_Section):
    """What emptied homes become: uses given by hand, and how the others are scored."""

    given: dict[str, ElderCareUse]
    care_sites: Literal["listed", "candidate", "fixed"]
    near_minutes: Positive
    reserve_below: NonNegative
    weights: dict[ElderCareUse, dict[str, NonNegative]]


class Homes(_Section):
    """The homes decision; a file may leave out `keep`, and then no home is kept for its own sake.

    It may leave out `emptied_in_document` too, and then no number of emptied homes is compared with the document's;
    and `notice_days` and `assessment_days`, and then no day of notice or of assessment is told.
    """

    centres: PositiveCount
    centres_at_most: bool
    regional_centres: list[str]
    keep: list[str] = Field(default_factory=list)
    emptied_in_document: Count | None = None
    consent: Literal["soft", "hard"]
    home_support: bool
    together_share: NonNegative
    visit_limit_minutes: Positive
    visit_weight: NonNegative
    visit_mean_max_minutes: Positive
    visit_p90_max_minutes: Positive
    wave_cap: PositiveCount
    wave_days: Annotated[Days, Field(ge=1)]
    first_wave: Day
    notice_days: Days | None = None
    assessment_days: Days | None = None
    expansion_ready: Day
    alternatives: bool
    front_plans: Annotated[int, Field(ge=0, le=12)]
    reuse: Reuse

    @field_validator("assessment_days")
    @classmethod
    def _after_the_notice(cls, days: int | None, info: ValidationInfo) -> int | None:
        notice = info.data.get("notice_days")
        if days is not None and notice is not None and days > notice:
            raise PydanticCustomError(
                "before_notice",
                "{zh}",
                {
                    "zh": f"评估不能早于书面通知，至多为 notice_days = {notice} 天",
                    "en": f"nobody is assessed before the notice, at most notice_days = {notice}",
                },
            )
        return days


class Meals(_Section):
    """The meals decision.

    What a file may leave out is what it then does not limit: an absent hot limit is the parameter's, without
    `delivery` kitchens may deliver, without `etricycles` there are enough, and no vans, chaining or price on kitchens.
    """

    uptake: Literal["low", "value", "high"]
    catchment_minutes: Positive
    kitchens_max: NonNegative
    iterations: PositiveCount
    hot_limit_minutes: Positive | None = None
    delivery: bool = True
    etricycles: Count | None = None
    vans: Count = 0
    chain_rounds: bool = False
    kitchen_price_yuan_month: NonNegative = 0.0


class Maps(_Section):
    """What every map says below: the number of the map review and the sources; blank until the county has them."""

    review_number: str = ""
    source: str = ""


class Solver(_Section):
    """When the solvers stop."""

    gap: NonNegative
    seconds: Positive
    seed: Count


class Settings(_Section):
    """Every setting of a run; the files hold the values, nothing here has a default."""

    title: str
    question: str
    travel: Travel
    demand: Demand
    care_sites: CareSites
    displacement: Displacement
    homes: Homes
    meals: Meals
    solver: Solver
    maps: Maps = Maps()
