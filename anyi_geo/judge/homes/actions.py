"""Who does what and when in every home, so that a meeting can hand out the sheet."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from anyi_geo.errors import Message
from anyi_geo.judge.homes.ledger import LET, OPERATOR_OPEN
from anyi_geo.judge.homes.words import CONSENT_NAMES, EMPTIED, LEVEL_NAMES, STATE_NAMES

ACTION_COLUMNS = (
    "township",
    "site_id",
    "name",
    "order",
    "step",
    "what_zh",
    "what_en",
    "whom_zh",
    "persons",
    "from_date",
    "to_date",
    "responsible_zh",
    "responsible_en",
)
#: Duties as the county document distributes them.
TOWN = Message("乡镇人民政府", "township government")
_CIVIL = Message("县民政局", "civil affairs bureau")
_TOWN_VILLAGE = Message("乡镇人民政府、村（居）委会", "township government, village committee")
_MOVE = Message("县民政局、乡镇人民政府", "civil affairs bureau, township government")
_HEALTH = Message("乡镇人民政府、县卫生健康委", "township government, health commission")
_BUILD = Message(
    "县民政局、县发改委、县财政局、县住建局", "civil affairs, development and reform, finance, housing bureaus"
)
_SAFETY = Message(
    "县住建局（结构）、县消防救援大队（消防）、县城管执法局（燃气）、县市场监管局（食品）、县卫生健康委（卫生）",
    "housing (structure), fire service, urban management (gas), market supervision (food), health commission",
)
_STAFF = Message("县民政局、县委编办、县人社局", "civil affairs, establishment office, human resources bureau")
_ASSETS = Message("县财政局、县民政局、乡镇人民政府", "finance and civil affairs bureaus, township government")


class _Home(NamedTuple):
    """One home with what is needed to say what happens to it."""

    row: Any
    waves: pd.DataFrame
    asked: dict[str, int]
    home_support: int
    wishes: Any
    first: date
    ready: date
    staff: Mapping[str, Any]
    reuse: Mapping[str, Any]


def action_sheet(
    table: pd.DataFrame,
    waves: pd.DataFrame,
    consent: pd.DataFrame,
    wishes: pd.DataFrame,
    first: date,
    expansion_ready: date,
    *,
    staff: pd.DataFrame | None = None,
    reuse: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what happens in every home, to whom, when, and who is responsible.

    Parameters
    ----------
    table : DataFrame
        As `homes_table` returns it: index site_id.
    waves : DataFrame
        wave, date, notify_by, assess_by, from_site, to_site, care_level, consent, persons.
    consent, wishes : DataFrame
        As `consent_table` and `wishes_table` return them.
    first, expansion_ready : date
        Day of the first wave; day from which added beds can be used.
    staff : DataFrame, optional
        As `staff_table` returns it.
    reuse : DataFrame, optional
        Index: emptied homes; refit_yuan, refit_basis, seats_elders, seats_children, beds_for_paying.

    Returns
    -------
    DataFrame
        township, site_id, name, order, step, what_zh, what_en, whom_zh, persons, from_date, to_date, responsible_zh,
        responsible_en; dates are ISO, "" where the day depends on others. The steps are ask, speak, home_support,
        families, hear_staff, notice, assess, move, build, receive, stay, inspect, use, refit, assets, staff, recruit.
    """
    names = table["name"]
    posts = {} if staff is None else staff.set_index("site_id").to_dict("index")
    uses = {} if reuse is None else reuse.to_dict("index")
    rows, heard = [], wishes.set_index("site_id")
    for site_id, row in table.sort_values(["township"], kind="stable").iterrows():
        own = consent[consent["site_id"] == site_id]
        home = _Home(
            row,
            waves[waves["from_site"] == site_id],
            dict(zip(own["consent"], own["persons"].astype(int), strict=True)),
            int(own["home_support"].sum()),
            heard.loc[site_id],
            first,
            expansion_ready,
            posts.get(site_id, {}),
            uses.get(site_id, {}),
        )
        for order, (step, what, whom, persons, start, end, who) in enumerate(_steps(home, names), 1):
            rows.append(
                (
                    row["township"],
                    site_id,
                    row["name"],
                    order,
                    step,
                    what.zh,
                    what.en,
                    whom,
                    persons,
                    start,
                    end,
                    who.zh,
                    who.en,
                )
            )
    return pd.DataFrame(rows, columns=list(ACTION_COLUMNS))


_Step = tuple[str, Message, str, int, str, str, Message]


def _steps(home: _Home, names: pd.Series) -> Iterator[_Step]:
    days = home.waves["notify_by"].where(home.waves["notify_by"] != "", home.waves["date"])
    # Nobody has the notice who was not asked before.
    yield from _asking(home, str(days.min()) if len(days) else home.first.isoformat())
    yield from _preparing(home, names)
    yield from _moves(home, names)
    if home.row["state"] == "centre":
        yield from _centre(home)
    elif home.row["state"] == "kept":
        what = Message("保留运行，继续照料未迁的老人", "stays open for those who stay")
        after = int(home.row["residents_after"])
        yield "stay", what, f"{after} 人", after, "", "", TOWN
    elif home.row["state"] in EMPTIED:
        yield from _emptied(home)
    yield from _vacancies(home)


def _asking(home: _Home, until: str) -> Iterator[_Step]:
    unasked, no = home.asked.get("not_asked", 0), home.asked.get("no", 0)
    if unasked:
        what = Message(
            "逐人征询意愿并签字（监护人可代签），未征询不算同意", "ask each resident or the guardian, signed"
        )
        yield "ask", what, f"未征询 {unasked} 人", unasked, "", until, _TOWN_VILLAGE
    moved_no = int(home.waves.loc[home.waves["consent"] == "no", "persons"].sum())
    if moved_no:
        what = Message("再次上门沟通，不愿迁的另行研究，不得强迁", "speak again with those who said no; force nobody")
        yield "speak", what, f"不同意 {no} 人", no, "", until, _MOVE
    if home.home_support:
        what = Message("办理分散供养，落实照料人和探访", "arrange support at home and a carer")
        yield (
            "home_support", what, f"愿意分散供养 {home.home_support} 人", home.home_support, "", until, _TOWN_VILLAGE,
        )  # fmt: skip
    families = int(home.wishes["families_not_heard"])
    if len(home.waves) and families:
        what = Message("征询家属意见并记录，没有征询的不算同意", "consult the families; who was not asked is no yes")
        yield "families", what, f"家属未征询或不清楚 {families} 人", families, "", until, _TOWN_VILLAGE
    if home.row["state"] in EMPTIED:
        yield from _hearing_staff(home, until)


def _hearing_staff(home: _Home, until: str) -> Iterator[_Step]:
    """Yield the step to hear the staff, unless all in post were asked and agree."""
    wishes = home.wishes
    present, unheard = float(wishes["staff_present"]), float(wishes["staff_not_heard"])
    agree = 0.0 if pd.isna(wishes["staff_agree"]) else float(wishes["staff_agree"])
    if agree == present or (pd.isna(present) and not int(home.row["residents_before"])):
        return
    where = f"随老人到{wishes['staff_to']}或转岗" if wishes["staff_to"] else "转岗去向"
    what = Message(f"逐人听取工作人员意见：{where}", "hear the staff: follow the residents or change posts")
    if pd.isna(present):
        whom, count = "在岗人员未登记，先登记", 0
    elif unheard:
        whom, count = f"工作人员未征询或不清楚 {unheard:.0f} 人", int(unheard)
    else:
        whom, count = f"工作人员没有表示同意 {present - agree:.0f} 人", int(present - agree)
    yield "hear_staff", what, whom, count, "", until, _STAFF


def _preparing(home: _Home, names: pd.Series) -> Iterator[_Step]:
    """Yield notice and assessment of every wave, the day of the move where the scenario sets no days before it."""
    for (wave, day, notify, assess), rows in home.waves.groupby(["wave", "date", "notify_by", "assess_by"], sort=True):
        count = int(rows["persons"].sum())
        to = "、".join(dict.fromkeys(str(names[target]) for target in rows["to_site"]))
        what = Message(
            f"第 {wave} 批：书面通知本人和家属，迁往{to}", f"wave {wave}: written notice to residents, families"
        )
        yield "notice", what, f"{count} 人", count, "", str(notify or day), _MOVE
        what = Message(f"第 {wave} 批：迁前评估身体状况、签安置协议", f"wave {wave}: assess health, sign agreements")
        yield "assess", what, f"{count} 人", count, str(notify), str(assess or day), _HEALTH


def _moves(home: _Home, names: pd.Series) -> Iterator[_Step]:
    for (wave, day, target), rows in home.waves.groupby(["wave", "date", "to_site"], sort=True):
        by_level = rows.groupby("care_level")["persons"].sum()
        by_consent = rows.groupby("consent")["persons"].sum()
        levels = "、".join(f"{LEVEL_NAMES[level]} {by_level[level]} 人" for level in LEVEL_NAMES if level in by_level)
        wishes = "、".join(f"{CONSENT_NAMES[c]} {by_consent[c]} 人" for c in CONSENT_NAMES if c in by_consent)
        count = int(rows["persons"].sum())
        what = Message(f"第 {wave} 批迁往{names[target]}", f"wave {wave} moves to {target}")
        yield "move", what, f"{count} 人（{levels}；{wishes}）", count, str(day), str(day), _MOVE


def _centre(home: _Home) -> Iterator[_Step]:
    added, fitted = int(home.row["beds_added"]), int(home.row["nursing_fitted"])
    if added or fitted:
        zh = [f"扩建 {added} 床"] * bool(added) + [f"改造护理型床位 {fitted} 张"] * bool(fitted)
        en = [f"add {added} beds"] * bool(added) + [f"fit {fitted} nursing beds"] * bool(fitted)
        what = Message("、".join(zh), ", ".join(en))
        yield "build", what, "", 0, "", home.ready.isoformat(), _BUILD
    after = int(home.row["residents_after"])
    what = Message(
        f"作为中心接收，整合后住 {after} 人，需护理员 {home.row['staff_after']} 人",
        f"centre for {after} residents, {home.row['staff_after']} carers",
    )
    yield "receive", what, f"{after} 人", after, "", "", _CIVIL


def _emptied(home: _Home) -> Iterator[_Step]:
    days = home.waves["date"] if len(home.waves) else pd.Series([home.first.isoformat()])
    last_day = str(days.max())
    name = STATE_NAMES[str(home.row["state"])]
    yield (
        "inspect", Message("腾空后做房屋、消防、燃气、食品、卫生安全检查", "inspect the emptied building"),
        "", 0, last_day, "", _SAFETY,
    )  # fmt: skip
    yield (
        "use", Message(f"改作{name.zh}，不得改变养老服务用途", f"becomes {name.en}; its use stays elder care"),
        "", 0, last_day, "", _MOVE,
    )  # fmt: skip
    yield from _refitting(home, last_day)
    yield (
        "assets",
        Message("登记资产台账，账面价值不变，国有资产不流失", "enter the asset ledger at unchanged book value"),
        "", 0, last_day, "", _ASSETS,
    )  # fmt: skip
    staff = int(home.row["staff_before"])
    posts, established = (home.staff.get(name, math.nan) for name in ("staff_posts", "staff_established"))
    if staff or posts > 0 or established > 0:
        follow = f"随老人到{home.wishes['staff_to']}或转岗" if home.wishes["staff_to"] else "转岗"
        what = Message(
            f"人员和编制由县民政局统一管理使用，工作人员{follow}，不裁减",
            "people and posts are managed by the bureau; staff follow the residents or change posts, nobody leaves",
        )
        told = [f"护理员（按比例测算）{staff} 人"] if staff else []
        told += [f"编制 {posts:.0f} 个"] if posts > 0 else []
        told += [f"在编 {established:.0f} 名"] if established > 0 else []
        yield "staff", what, "、".join(told), staff, str(days.min()), "", _STAFF


def _refitting(home: _Home, last_day: str) -> Iterator[_Step]:
    """Yield what the building is refitted for: places of activity, or beds that an operator opens."""
    reuse = home.reuse
    if not reuse or home.row["state"] == "reserve":
        return
    cost = float(reuse["refit_yuan"])
    told = "费用待询价" if math.isnan(cost) else f"约 {cost:,.0f} 元"
    told = "计入幸福院建设" if reuse["refit_basis"] == "care_sites" else told
    if home.row["state"] == LET:
        beds = float(reuse["beds_for_paying"])
        open_ = "床位数待登记" if math.isnan(beds) else f"开放 {beds:.0f} 张床位"
        what = Message(
            f"公开遴选运营方（{OPERATOR_OPEN}），整修（{told}）后向社会老人{open_}，不计入特困床位",
            "an operator is chosen in public; its beds are for paying elders, none for tekun residents",
        )
        yield "refit", what, "", 0, last_day, "", _ASSETS
        return
    elders, children = float(reuse["seats_elders"]), float(reuse["seats_children"])
    zh, en = "面积未登记，可容纳人数待测算", "how many find room is not known"
    if not math.isnan(elders):
        zh = f"同时可容纳老人 {elders:.0f} 名、儿童 {children:.0f} 名"
        en = f"places for {elders:.0f} elders and {children:.0f} children at a time"
    what = Message(f"整修（{told}）后开展老年活动和留守儿童关爱服务，{zh}", f"refitted for activities: {en}")
    yield "refit", what, "", 0, last_day, "", _TOWN_VILLAGE


def _vacancies(home: _Home) -> Iterator[_Step]:
    """Yield the recruitment for carers or posts that are missing where somebody lives."""
    short, vacant = (home.staff.get(name, math.nan) for name in ("carers_short", "posts_vacant"))
    if home.row["state"] in EMPTIED or not (short > 0 or vacant > 0):
        return
    told = [f"缺护理员 {short:.0f} 名"] if short > 0 else []
    told += [f"空缺编制 {vacant:.0f} 个"] if vacant > 0 else []
    what = Message(
        f"{'、'.join(told)}：先从腾出院统筹调配，不足部分公开招聘",
        "move staff from emptied homes, then recruit in public",
    )
    yield "recruit", what, "", 0, "", "", _STAFF
