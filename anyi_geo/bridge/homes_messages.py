"""What has to be said of a homes plan: warnings that a meeting must hear, notes for whoever reads the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from anyi_geo.bridge.homes_problem import HOME
from anyi_geo.county import County
from anyi_geo.errors import Message
from anyi_geo.plan.homes import HomesPlan, HomesProblem

_TEKUN_AT_HOME = ["tekun_self", "tekun_partial", "tekun_full"]
_Row = dict[str, Any]


class Counted(NamedTuple):
    """What a sentence that counts residents becomes where one of its numbers may not be printed.

    Attributes
    ----------
    bare : Message
        The sentence without numbers of residents.
    follows : tuple of str
        Sums of the county, by their names in the summary, that its numbers are or from which they follow.
    parts : tuple of int
        Parts of a printed total that it tells besides.
    """

    bare: Message
    follows: tuple[str, ...]
    parts: tuple[int, ...] = ()


#: A code, what is told, and its form without numbers where it counts residents.
Told = tuple[str, Message] | tuple[str, Message, Counted]


def message_rows(messages: Iterable[Told]) -> list[_Row]:
    """Return messages as a run lists them: code, message, message_en; bare, bare_en, follows, parts where counted."""
    return [_message_row(*told) for told in messages]


def _message_row(code: str, told: Message, counted: Counted | None = None) -> _Row:
    row: _Row = {"code": code, "message": told.zh, "message_en": told.en}
    if counted is None:
        return row
    bare = {"bare": counted.bare.zh, "bare_en": counted.bare.en}
    return row | bare | {"follows": list(counted.follows), "parts": list(counted.parts)}


def homes_warnings(problem: HomesProblem, plan: HomesPlan, table: pd.DataFrame) -> Iterator[Told]:
    """Yield what has to be said aloud of a plan, with its code.

    Parameters
    ----------
    problem : HomesProblem
    plan : HomesPlan
    table : DataFrame
        As `homes_table` returns it.
    """
    yield from _reserve(problem, plan, table)
    yield from _unregistered(problem, plan)
    housed = table.loc[plan.centres, "residents_after"]
    empty = [str(problem.homes.at[home, "name"]) for home in housed.index[housed == 0]]
    if empty:
        yield (
            "W_EMPTY_CENTRE",
            Message(
                f"{'、'.join(empty)}作为中心却没有老人入住：请先征询意愿，再定是否设这个中心。",
                f"nobody lives in the centre {', '.join(empty)}: ask the residents before it is set up.",
            ),
        )


def _reserve(problem: HomesProblem, plan: HomesPlan, table: pd.DataFrame) -> Iterator[Told]:
    beds, housed = (int(table.loc[plan.centres, f"{name}_after"].sum()) for name in ("beds", "residents"))
    if not plan.reserve_short:
        return
    empty_zh = "无备用床位" if beds == housed else f"备用床位只有 {beds - housed} 张"
    yield (
        "W_NO_RESERVE",
        Message(
            f"{empty_zh}：中心 {beds} 床、入住 {housed} 人（{housed / beds:.0%}），"
            f"按备用比例 {problem.rules.reserve_share:.0%} 还缺 {plan.reserve_short} 床。",
            f"{housed} residents on {beds} beds at the centres; {plan.reserve_short} beds of the reserve are missing.",
        ),
        Counted(
            Message(
                f"中心的备用床位不足 {problem.rules.reserve_share:.0%}（入住人数不列）：请加床，或再设一个中心。",
                f"the centres lack beds for a reserve of {problem.rules.reserve_share:.0%}.",
            ),
            ("moved", "staying", "home_support"),
        ),
    )


def _unregistered(problem: HomesProblem, plan: HomesPlan) -> Iterator[tuple[str, Message]]:
    """Say which homes are counted as empty only because nobody wrote down who lives there; a centre takes part too."""
    unknown = sorted(home for home in problem.unregistered if plan.state[home] != "centre")
    names = "、".join(str(problem.homes.at[home, "name"]) for home in unknown)
    if unknown:
        yield (
            "W_RESIDENTS_UNKNOWN",
            Message(
                f"{names}没有登记入住老人，只能按 0 人测算：请登记后重算，没有老人的填 0。",
                f"nobody registered who lives in {', '.join(unknown)}; they count as empty: enter them, or 0.",
            ),
        )


def homes_notes(
    county: County, rows: gpd.GeoDataFrame, problem: HomesProblem, plan: HomesPlan, figures: dict[str, int]
) -> Iterator[Told]:
    """Yield what a reader of the figures should know, with its code.

    Parameters
    ----------
    county : County
    rows : GeoDataFrame
        As `home_rows` returns it.
    problem : HomesProblem
    plan : HomesPlan
    figures : dict
        The summary of the plan.
    """
    yield from _guesses(rows, problem, plan, figures)
    more = plan.objective - plan.bound
    if problem.rules.together_share > 0 and len(plan.centres) > 1 and more > 1:
        yield (
            "N_TOGETHER",
            Message(
                f"为让同院老人迁往同一中心，年费用比最省的方案多不超过 {more:,.0f} 元。",
                f"Keeping the residents of a home together costs at most {more:,.0f} yuan a year more.",
            ),
        )
    known, housed = figures["visit_origin_known"], figures["residents"] - figures["home_support"]
    if known < housed:
        yield (
            "N_FAMILIES_AT_THE_OLD_HOME",
            Message(
                f"{housed - known} 人的家属所在村未登记或无路可达，"
                "探视时间按家属住在原敬老院附近计算（整合前记 0 分钟）。",
                f"{housed - known} families are taken to live at the old home (0 minutes before).",
            ),
            Counted(
                Message(
                    "家属所在村未登记或无路可达的（人数不列），探视时间按家属住在原敬老院附近计算（整合前记 0 分钟）。",
                    "some families are taken to live at the old home (0 minutes before).",
                ),
                ("home_support",),
                (known, housed - known),
            ),
        )
    scattered = int(county.villages[_TEKUN_AT_HOME].to_numpy().sum())
    spare = figures["beds_after"] - housed
    if scattered:
        yield (
            "N_SCATTERED",
            Message(
                f"在家分散供养的特困人员 {scattered:,} 人（含城镇）不在上列入住人数里；整合后空余 {spare} 床，"
                "愿意入住的要逐人征询，不设默认比例。",
                f"{scattered:,} persons supported at home are not among these residents; {spare} beds are spare. "
                "Who wants in has to be asked.",
            ),
            Counted(
                Message(
                    f"在家分散供养的特困人员 {scattered:,} 人（含城镇）不在上列入住人数里；"
                    "愿意入住的要逐人征询，不设默认比例。",
                    f"{scattered:,} persons supported at home are not among these residents; who wants in has to be "
                    "asked.",
                ),
                # Beds, residents and those who leave are printed: the spare beds tell of the last.
                ("home_support",),
            ),
        )


def refit_unknown(uses: pd.DataFrame) -> Iterator[tuple[str, Message]]:
    """Yield the emptied homes whose refitting nobody can price: what is spent once is then a floor.

    Parameters
    ----------
    uses : DataFrame
        Index: emptied homes; name, refit_yuan (NaN: not known).
    """
    unknown = uses.loc[uses["refit_yuan"].isna(), "name"]
    if len(unknown):
        yield (
            "N_REFIT_UNKNOWN",
            Message(
                f"{'、'.join(unknown)}未登记总面积和整修投入，腾出后的整修费用不知道，没有计入：一次性投入和回本年数是下限。",
                f"what it costs to refit {', '.join(unknown.index)} is not known and left out: "
                "what is spent once is a floor.",
            ),
        )


def given_uses(problem: HomesProblem, plan: HomesPlan, given: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
    """Yield the homes for which the scenario gives a use, but which this plan does not empty."""
    waiting = [str(problem.homes.at[home, "name"]) for home in given if plan.state[home] in ("centre", "kept")]
    if waiting:
        yield (
            "W_GIVEN_USE_WAITS",
            Message(
                f"{'、'.join(waiting)}在情景里定了腾出后的用途，本方案中没有腾出，该用途暂不生效。",
                f"uses are given for {', '.join(waiting)}, which this plan does not empty.",
            ),
        )


def _guesses(
    rows: gpd.GeoDataFrame, problem: HomesProblem, plan: HomesPlan, figures: dict[str, int]
) -> Iterator[tuple[str, Message]]:
    homes = problem.homes
    unknown = [str(homes.at[c, "name"]) for c in plan.centres if pd.isna(homes.at[c, "nursing_beds"])]
    if unknown and figures["nursing_fitted"]:
        yield (
            "N_NURSING_BEDS_UNKNOWN",
            Message(
                f"{'、'.join(unknown)}未登记护理型床位：改造 {figures['nursing_fitted']} 张按现有 0 张估算，是上限。",
                f"nursing beds of {', '.join(unknown)} are unknown: {figures['nursing_fitted']} to fit is a ceiling.",
            ),
        )
    blank = rows.index[rows["beds"].isna()]
    if len(blank):
        yield (
            "N_BEDS_UNKNOWN",
            Message(
                f"{'、'.join(homes.loc[blank, 'name'])}未登记床位，按现有入住人数计算。",
                f"the beds of {', '.join(blank)} are unknown: as many as residents are reckoned with.",
            ),
        )


def document_count(
    rows: gpd.GeoDataFrame, problem: HomesProblem, plan: HomesPlan, document: int | None
) -> Iterator[tuple[str, Message]]:
    """Yield why the number of emptied township homes is not the document's, where it is not.

    Parameters
    ----------
    rows : GeoDataFrame
        As `home_rows` returns it.
    problem : HomesProblem
    plan : HomesPlan
    document : int or None
        The number that the county document names; None compares nothing.
    """
    township = rows.index[rows["kind"] == HOME]
    states = plan.state.loc[township]
    emptied = int((~states.isin(["centre", "kept"])).sum())
    if document is None or emptied == document:
        return
    why_zh, why_en = [f"登记的乡镇敬老院 {len(township)} 个"], [f"{len(township)} township homes registered"]
    for state, zh, en in (("kept", "保留", "kept"), ("centre", "作为片区中心", "regional centres")):
        names = problem.homes.loc[states.index[states == state], "name"]
        if len(names):
            why_zh.append(f"{zh} {len(names)} 个（{'、'.join(names)}）")
            why_en.append(f"{len(names)} {en}")
    yield (
        "N_EMPTIED_COUNT",
        Message(
            f"县方案写明腾出 {document} 个乡镇敬老院，本方案腾出 {emptied} 个：{'，'.join(why_zh)}。",
            f"the county document empties {document} township homes, this plan {emptied}: {', '.join(why_en)}.",
        ),
    )
