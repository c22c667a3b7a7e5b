"""What has to be said of people's wishes: who moves without a yes, one rule for all, who was not heard, until when."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from anyi_geo.bridge.homes_messages import Counted
from anyi_geo.errors import Message
from anyi_geo.judge.homes import families_not_heard, staff_not_heard
from anyi_geo.judge.homes.words import STATE_NAMES
from anyi_geo.plan.homes import HomesPlan, HomesProblem


def wish_warnings(
    problem: HomesProblem, plan: HomesPlan, table: pd.DataFrame, wishes: pd.DataFrame, waves: pd.DataFrame
) -> Iterator[tuple[str, Message] | tuple[str, Message, Counted]]:
    """Yield what a meeting must hear of people's wishes, with its code.

    Parameters
    ----------
    problem : HomesProblem
    plan : HomesPlan
    table, wishes, waves : DataFrame
        As `homes_table`, `wishes_table` and `plan_waves` return them.
    """
    moves = _moves(problem, plan)
    yield from _without_consent(moves)
    yield from _one_rule(table, moves)
    if _anything_written(wishes):
        yield from (("W_NOT_HEARD", message) for message in _unheard(table, moves, wishes))
    unasked = waves[waves["consent"] == "not_asked"]
    if len(unasked) and unasked["wave"].min() == 1:
        row = unasked[unasked["wave"] == 1].iloc[0]
        if row["notify_by"]:
            yield (
                "W_ASK_BEFORE_NOTICE",
                Message(
                    f"首批 {row['date']} 就有未征询的老人：书面通知最晚 {row['notify_by']} 发出，此前要逐人征询完，"
                    "来不及就推迟首批。",
                    f"the first wave moves residents who were not asked: its notice is due by {row['notify_by']}; "
                    "ask before that day or put the wave off.",
                ),
            )


def wish_notes(
    problem: HomesProblem, plan: HomesPlan, table: pd.DataFrame, wishes: pd.DataFrame, waves: pd.DataFrame
) -> Iterator[tuple[str, Message]]:
    """Yield what a reader should know of people's wishes, with its code; parameters as for `wish_warnings`.

    Where nobody wrote down anything of families and staff, that is a gap of the register and no warning; until when
    those are to be asked who were not, is a note where the first wave does not wait for them.
    """
    if not _anything_written(wishes):
        yield from (("N_NOT_HEARD", message) for message in _unheard(table, _moves(problem, plan), wishes))
    unasked = waves[waves["consent"] == "not_asked"]
    if unasked.empty or unasked["wave"].min() == 1:
        return
    row = unasked.sort_values("wave", kind="stable").iloc[0]
    if row["notify_by"]:
        yield (
            "N_ASK_BEFORE_NOTICE",
            Message(
                f"第 {row['wave']} 批（{row['date']}）起有未征询的老人：书面通知最晚 {row['notify_by']} 发出，"
                "此前要逐人征询完，来不及就推迟这一批。",
                f"from wave {row['wave']} on residents move who were not asked; its notice is due by "
                f"{row['notify_by']}: ask before that day.",
            ),
        )


def _moves(problem: HomesProblem, plan: HomesPlan) -> pd.DataFrame:
    """Return the flows of those who move from one home to another."""
    flows = plan.flows
    return flows[(flows["from_site"] != flows["to_site"]) & flows["to_site"].isin(set(problem.homes.index))]


def _anything_written(wishes: pd.DataFrame) -> bool:
    """Return whether anybody wrote down for any home how many families or staff were asked."""
    return bool(wishes[["families_consulted", "staff_asked"]].notna().to_numpy().any())


def _without_consent(moves: pd.DataFrame) -> Iterator[tuple[str, Message, Counted]]:
    counts = moves.groupby("consent")["persons"].sum()
    no, unasked = int(counts.get("no", 0)), int(counts.get("not_asked", 0))
    if no or unasked:
        yield (
            "W_MOVED_WITHOUT_CONSENT",
            Message(
                f"未同意仍迁移 {no} 人，未征询 {unasked} 人：请先逐人征询，未征询不算同意。",
                f"{no} residents who said no and {unasked} who were not asked are moved: ask first.",
            ),
            Counted(
                Message(
                    "有老人不同意或未征询仍被迁移（人数不列）：请先逐人征询，未征询不算同意。",
                    "residents who said no or were not asked are moved: ask first.",
                ),
                ("moved_without_consent", "moved_not_asked"),
            ),
        )


def _one_rule(table: pd.DataFrame, moves: pd.DataFrame) -> Iterator[tuple[str, Message]]:
    """Say which homes move whole though not everybody agreed, and whether every township is treated alike."""
    others = table[table["state"] != "centre"]
    emptied = others[others["state"] != "kept"]
    forced = set(moves.loc[moves["consent"] != "yes", "from_site"])
    names = [str(name) for home, name in emptied["name"].items() if home in forced]
    told_zh, told_en = [], []
    if names:
        told_zh.append(f"{'、'.join(names)} {len(names)} 个敬老院并非人人同意，却整院迁出")
        told_en.append(f"{len(names)} homes are emptied though not everybody there agreed ({', '.join(names)})")
    towns = others["township"].nunique()
    if len(emptied) == len(others) and towns > 1:
        uses = emptied["state"].unique()
        alike = f"，用途也都是{STATE_NAMES[str(uses[0])].zh}" if len(uses) == 1 else ""
        told_zh.append(f"{towns} 个乡镇的 {len(others)} 个敬老院用同一种办法全部腾出，没有一个乡镇不同{alike}")
        told_en.append(f"one rule empties all {len(others)} homes of {towns} townships, with no township different")
    if told_zh:
        yield "W_ONE_RULE_FOR_ALL", Message(f"“一刀切”提示：{'；'.join(told_zh)}。", f"{'; '.join(told_en)}.")


def _unheard(table: pd.DataFrame, moves: pd.DataFrame, wishes: pd.DataFrame) -> Iterator[Message]:
    """Say of how many homes families or staff were not all heard."""
    moving = pd.Index(sorted(set(moves["from_site"])))
    left = table.index[~table["state"].isin(["centre", "kept"]) & (table["residents_before"] > 0)]
    families, staff = families_not_heard(wishes, moving), staff_not_heard(wishes, left)
    zh = [f"有老人迁出的 {len(moving)} 个院中 {families} 个的家属"] if families else []
    zh += [f"腾出的 {len(left)} 个院中 {staff} 个的工作人员"] if staff else []
    en = [f"families of {families} of {len(moving)} homes"] if families else []
    en += [f"staff of {staff} of {len(left)} homes"] if staff else []
    if zh:
        yield Message(
            f"{'、'.join(zh)}没有征询齐或没有登记：请先听取意见，没有征询的不算同意。",
            f"the {' and the '.join(en)} were not all heard, or nobody registered it: hear them first.",
        )
