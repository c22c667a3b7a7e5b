"""What the emptied homes become: every use scored by the same stated components, the best of them proposed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from anyi_geo.errors import ProblemError
from anyi_geo.plan.homes.faults import USE_LOCK
from anyi_geo.plan.homes.kinds import REUSES

#: What a use may be scored by, each between 0 and 1.
COMPONENTS = ("elders", "children", "building", "apart", "near", "revenue")
#: How a building's safety state counts; a building that nobody inspected is not called sound.
_BUILDING = {"sound": 1.0, "repair": 0.5, "unsafe": 0.0}
RESERVE, CARE_SITE = "reserve", "xingfuyuan"


def reuse_components(measures: pd.DataFrame, near_minutes: float, scale: pd.Index | None = None) -> pd.DataFrame:
    """Return the components of every home between 0 and 1.

    Parameters
    ----------
    measures : DataFrame
        Index site_id; elders_near, children_near (persons within reach), safety_state (sound, repair, unsafe or
        unknown), care_site_minutes (to the nearest opened care site; inf = none in reach), revenue_yuan (a year, let to
        an operator; NaN where the beds are not registered, which scores nothing).
    near_minutes : float
        A care site so far away counts as no neighbour at all.
    scale : Index, optional
        The homes whose largest measure scores 1, all of them by default; larger ones score 1 too.
    """
    of = measures.index if scale is None or scale.empty else scale
    apart = (measures["care_site_minutes"].astype(float) / near_minutes).clip(upper=1.0)
    return pd.DataFrame(
        {
            "elders": _of_largest(measures["elders_near"], of),
            "children": _of_largest(measures["children_near"], of),
            "building": measures["safety_state"].map(_BUILDING).astype(float).fillna(0.0),
            "apart": apart,
            "near": 1.0 - apart,
            "revenue": _of_largest(measures["revenue_yuan"], of),
        },
        index=measures.index,
    )


def choose_reuse(
    measures: pd.DataFrame,
    weights: Mapping[str, Mapping[str, float]],
    near_minutes: float,
    reserve_below: float,
    given: Mapping[str, str],
    opened: Collection[str] = (),
    scale: pd.Index | None = None,
) -> pd.DataFrame:
    """Score the uses of every home and choose one.

    A home's score does not hang on which others are emptied, so its use is known before anything is solved.

    Parameters
    ----------
    measures, near_minutes, scale
        As for :func:`reuse_components`.
    weights : mapping of use to mapping of component to float
        A use's score is the weighted mean of its components; uses without weights are not proposed.
    reserve_below : float
        A home whose best score lies below is kept in reserve, and so is one whose building is unsafe.
    given : mapping of site_id to use
        Uses that are decided already; they are scored all the same.
    opened : collection of site_id
        Homes whose building the plan of care sites opens: they become that. No other home becomes a care site by its
        score, for a building has one state over all decisions: where that score is the best, the home is listed as a
        candidate of the next plan and takes the next best use.

    Returns
    -------
    DataFrame
        Index site_id; the components, score_<use> per use, use, why (opened, given, score, unsafe, low_score; where a
        care site would score best, next_best and next_low), care_site_candidate.

    Raises
    ------
    ProblemError
        A use outside care for the old, an unknown component, weights that do not sum to more than 0.
    """
    outside = sorted({use for use in (*weights, *given.values()) if use not in REUSES})
    if outside:
        raise ProblemError(
            f"用途“{'、'.join(outside)}”不在养老服务用途内：{USE_LOCK.zh}。可选：{'、'.join(REUSES)}。",
            f"{', '.join(outside)} is no care for the old: {USE_LOCK.en}. Allowed: {', '.join(REUSES)}.",
        )
    parts = reuse_components(measures, near_minutes, scale)
    scores = pd.DataFrame(
        {use: _score(parts, use, weights[use]) for use in REUSES if weights.get(use)}, index=parts.index
    )
    if scores.columns.difference([CARE_SITE]).empty:
        scores[RESERVE] = 0.0
    # The order of the columns decides ties: the first use of the document's list.
    other = scores.drop(columns=CARE_SITE, errors="ignore")
    best, top = other.idxmax(axis=1), other.max(axis=1)
    low, unsafe = top < reserve_below, measures["safety_state"] == "unsafe"
    uses = dict(given) | dict.fromkeys(opened, CARE_SITE)
    decided = pd.Series({home: uses.get(str(home)) for home in measures.index}, dtype=object)
    use = best.mask(low | unsafe, RESERVE).astype(object)
    candidate = (scores.idxmax(axis=1) == CARE_SITE) & ~unsafe & decided.isna()
    why = pd.Series("score", index=measures.index, dtype=object).mask(low, "low_score").mask(unsafe, "unsafe")
    why = why.mask(candidate, "next_best").mask(candidate & low, "next_low")
    out = parts.join(scores.add_prefix("score_"))
    out["use"] = use.mask(decided.notna(), decided)
    out["why"] = why.mask(decided.notna(), "given").mask(measures.index.isin(list(opened)), "opened")
    out["care_site_candidate"] = candidate
    return out


def _of_largest(values: pd.Series, scale: pd.Index) -> pd.Series:
    numbers = values.astype(float).fillna(0.0)
    largest = float(numbers[scale].max()) if len(scale) else 0.0
    return (numbers / largest).clip(upper=1.0) if largest > 0 else numbers * 0.0


def _score(parts: pd.DataFrame, use: str, weights: Mapping[str, float]) -> pd.Series:
    unknown = sorted(set(weights) - set(COMPONENTS))
    total = sum(weights.values())
    if unknown or any(weight < 0 for weight in weights.values()) or not total > 0:
        raise ProblemError(
            f"用途 {use} 的打分权重不对：只能用 {'、'.join(COMPONENTS)}，不能为负，合计应大于 0。",
            f"Weights of {use} must be of {', '.join(COMPONENTS)}, >= 0 and sum to more than 0.",
        )
    score = sum((parts[name] * weight for name, weight in weights.items()), start=pd.Series(0.0, index=parts.index))
    return np.round(score / total, 6)
