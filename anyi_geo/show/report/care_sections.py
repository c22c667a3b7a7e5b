"""The sections of homes, meals and money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from anyi_geo.judge.homes.county import PERSONS
from anyi_geo.result import HomesResult, RunResult
from anyi_geo.show.figures import YUAN_PER_WAN, minutes_text, one_off_yuan, text_of, yearly_yuan
from anyi_geo.show.home_messages import told_message, told_reason
from anyi_geo.show.home_persons import county_persons
from anyi_geo.show.home_visits import averages_told
from anyi_geo.show.home_wishes import COUNTY, FAMILIES, STAFF, Asked, home_wishes, persons_zh
from anyi_geo.show.privacy import HELD_BACK, persons_text
from anyi_geo.show.report.closing_sections import Sheets
from anyi_geo.show.report.extra_tables import FRONT
from anyi_geo.show.report.figures import pareto_figure
from anyi_geo.show.report.home_words import REUSE, reuse_sentences
from anyi_geo.show.report.model import Block, Column, Figure, Table, table
from anyi_geo.show.report.names import DECISIONS, STATES, short_site


def homes_blocks(result: RunResult, sheets: Sheets) -> tuple[Block, ...]:
    """Return what becomes of the homes and their residents."""
    if result.homes is None:
        return (*_unmet_homes(result), *_given(sheets, "床位不足的出路", 3), *_given(sheets, "敬老院现状", 30))
    found = {**result.homes.summary, **county_persons(result.homes)}
    states = result.homes.states["state"].value_counts()
    uses = "，".join(f"{name} {int(states[key])} 个" for key, name in STATES.items() if key in states.index)
    keep = ("name", "state_zh", "beds_before", "beds_added", "beds_after", "residents_before", "residents_after")
    blocks: list[Block] = [
        f"整合后：{uses}。腾出设施不改变养老服务用途，国有资产不流失。",
        (
            f"共迁移 {persons_text(found['moved'])}；不同意仍迁移 {persons_text(found['moved_without_consent'])}，"
            f"未征询即迁移 {persons_text(found['moved_not_asked'])}。未征询不作为同意。{_other_rule(sheets)}"
            "特困老人能否选择分散供养、由本人还是监护人确认，请按政策核实。"
        ),
    ]
    blocks += _visits(averages_told(result.homes.summary, result.homes))
    blocks += _wishes(result.homes)
    blocks += [told_message(row, result.homes) for row in found.get("warnings", [])]
    before_after = tuple(_without_sentences(found) for found in _given(sheets, "整合前后", 40))
    more = _given(sheets, "中心数比较", 6, _ALTERNATIVES)
    told = (text_of(reason).rstrip("。") for reason in sheets["敬老院"].rows.get("reason_zh", ()))
    reasons = [reason for reason in told if reason]
    if reasons:
        blocks.append(f"{'；'.join(reasons)}。")
    if found.get("waves"):
        blocks.append(
            f"分 {found['waves']} 批迁移（每批至多 {found['wave_cap']} 人，最少 {found['waves_at_least']} 批），"
            f"首批 {found['first_wave']}，末批 {found['last_wave']}。每批先征询意见，再书面通知、评估、签安置协议，"
            "护理员随老人到中心。逐院、逐乡镇的事项、日期和责任单位见 Excel“行动清单”“乡镇行动”，"
            "腾出院舍见“院舍再利用”“资产移交”。"
        )
    blocks += reuse_sentences(result.homes)
    if "assets_in" in found:
        blocks.append(
            f"资产台账：整合前 {found['assets_in']} 处，整合后 {found['assets_out']} 处，逐处见 Excel“资产台账”。"
        )
    homes = replace(sheets["敬老院"].first(30, keep), vital=True)
    # Who moves when is what a meeting decides on.
    waves = (replace(table, vital=True, note="") for table in _given(sheets, "搬迁批次", 30, _WAVES))
    return (*blocks, *before_after, homes, *waves, *more, *_front(sheets))


def _without_sentences(county: Table) -> Table:
    """Return the county's figures without those that sentences tell; none of the rest is left to Excel alone."""
    rows = county.rows[~county.rows["key"].isin([*REUSE, *PERSONS])]
    return replace(county, rows=rows, whole=len(rows), vital=True)


def _unmet_homes(result: RunResult) -> tuple[str, ...]:
    reasons = [told_reason(row) for row in result.run.get("reasons", ()) if row["decision"] == "homes"]
    told = "" if reasons else "，原因见问题清单"
    return (f"本情景没有可行的敬老院整合方案{told}。", *reasons)


def _visits(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield how much farther families go; averages as they may be printed."""
    over = found.get("visit_share_over_limit_after", found.get("visit_share_over_limit"))
    if over is None or "visit_minutes_added_mean" not in found:
        return
    mean = found["visit_minutes_added_mean"]
    more = "（不列）" if mean == HELD_BACK else f" {mean if isinstance(mean, str) else minutes_text(mean)} 分钟"
    share = "（不列）" if over == HELD_BACK else f" {over if isinstance(over, str) else format(over, '.1%')}"
    yield (
        f"家属探视车程平均增加{more}，九成在 {minutes_text(found['visit_minutes_added_p90'])} 分钟以内；"
        f"超过 {found['visit_limit_minutes']:g} 分钟提示线的占{share}。"
    )


def _other_rule(sheets: Sheets) -> str:
    """Return who would move and stay under the other rule of consent, where that has a plan."""
    rows = sheets["整合前后"].rows.set_index("key")["other"] if "整合前后" in sheets else pd.Series(dtype=object)
    if pd.isna(rows.get("moved")):
        return ""
    moved, staying = (persons_text(cell) for cell in (rows["moved"], rows["staying"]))
    return f"换另一种意愿规则，迁移 {moved}，留院 {staying}。"


def _wishes(homes: HomesResult) -> Iterator[str]:
    """Yield the county's wishes in a sentence: residents, families, staff; what is not registered is said to be."""
    told = home_wishes(homes).shown.get(COUNTY)
    if told is None:
        return
    said = {"在院老人同意": "said_yes", "不同意": "said_no", "未征询": "not_asked"}
    parts = [
        "，".join(persons_zh(word, told[column]) for word, column in said.items()),
        _heard("家属", told, FAMILIES),
        _heard("工作人员", told, STAFF),
    ]
    yield f"意愿：{'；'.join(parts)}。逐院见 Excel“意愿”。"


def _heard(name: str, told: Mapping[str, object], people: Asked) -> str:
    asked, agree, unheard = (told[column] for column in (people.asked, people.agree, people.unheard))
    if asked is None:
        return f"{name}意见没有登记"
    agreed = [] if agree is None else [persons_zh("其中同意", agree)]
    rest = "在岗人数没有登记齐" if unheard is None else persons_zh("未征询或不清楚", unheard)
    return "，".join([persons_zh(f"{name}已征询", asked), *agreed, rest])


def _front(sheets: Sheets) -> tuple[Figure, ...]:
    if FRONT not in sheets:
        return ()
    plans = sheets[FRONT].rows.assign(wan=lambda rows: rows["annual_yuan"].astype(float) / YUAN_PER_WAN)
    labels = ("家属平均探视车程（分钟）", "年化费用（万元）")
    figure = pareto_figure(plans, "visit_minutes_after_mean", "wan", labels, "费用与探视车程的权衡")
    return () if figure is None else (figure,)


_WAVES = ("wave", "date", "notify_by", "from_name", "to_name", "persons", "whole_zh")
_ALTERNATIVES = ("centres", "moved", "moved_without_consent", "beds_added", "yearly_yuan_after", "one_off_yuan",
                 "visit_minutes_after_mean")  # fmt: skip


def _given(sheets: Sheets, title: str, count: int, keep: Sequence[str] = ()) -> tuple[Table, ...]:
    """Return a sheet's first rows when the run has that sheet."""
    return (sheets[title].first(count, keep),) if title in sheets else ()


def meals_blocks(result: RunResult, sheets: Sheets) -> tuple[Block, ...]:
    """Return who cooks, who is served from where, and the rounds."""
    if result.meals is None:
        return ("本情景没有可行的助餐方案，原因见问题清单。",)
    found = result.meals.summary
    blocks: list[Block] = [
        (
            f"{found['points']} 个助餐点中开伙 {found['kitchens']} 个，不搞“村村开伙”；配送 {found['delivered']} 个，"
            f"不供餐 {found['none']} 个，这些点重点发展其他互助服务。"
        ),
    ]
    if "break_even_diners" in found:
        blocks.append(
            f"按现有参数，每餐约 {found['break_even_diners']:.1f} 人以上开伙更省，以下配送更省。"
            f"从出锅到送达不超过 {found['hot_limit_minutes']:g} 分钟。"
        )
    kitchens = (
        sheets["厨房"]
        .told("name", short_site)
        .first(10, ("name", "kind_zh", "own_meals", "sent_meals", "rounds", "licence_zh"))
    )
    keep = ("round_id", "kitchen_zh", "departure_minute", "stops", "meals", "elapsed_minutes", "cost_yuan")
    rounds = sheets["配送"].told("kitchen_zh", short_site).first(10, keep)
    return (*blocks, kitchens, rounds)


def money_blocks(result: RunResult, pictures: Mapping[str, Figure]) -> tuple[Block, ...]:
    """Return what is spent once and every year, by decision and head."""
    totals = pd.DataFrame(
        [
            {"name": name, "once": one_off_yuan(result, key), "yearly": yearly_yuan(result, key)}
            for key, name in DECISIONS.items()
        ]
    )
    totals.loc[len(totals)] = ["合计", totals["once"].sum(), totals["yearly"].sum()]
    whole = table(
        "投入与每年费用", totals, Column("name", "事项"), Column("once", "一次性投入", "yuan", "元"),
        Column("yearly", "每年费用", "yuan", "元/年"),
    )  # fmt: skip
    return (
        "一次性投入与每年费用分列；单价未经县里核定的，来源类别写“假定”，见依据与假设。",
        whole,
        *picture(pictures, "costs"),
        *_payers(result),
    )


def _payers(result: RunResult) -> tuple[Table, ...]:
    rows = None if result.meals is None else result.meals.tables.get("payers")
    if rows is None or rows.empty:
        return ()
    shown = table(
        "助餐成本由谁承担",
        rows,
        Column("payer_zh", "付费方", width=28),
        Column("yuan_per_month", "每月", "yuan", "元/月"),
        Column("income_yuan_per_month", "可用收入", "yuan", "元/月"),
        Column("gap_yuan_per_month", "缺口", "yuan", "元/月"),
        note="实际成本低于单价时“未覆盖”为负数，即有结余。按年龄段的分担见 Excel“费用与分担”。",
    )
    return (replace(shown, vital=True),)


def picture(pictures: Mapping[str, Figure], key: str) -> tuple[Figure, ...]:
    """Return a figure when it was drawn."""
    return (pictures[key],) if key in pictures else ()
