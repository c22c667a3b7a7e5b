"""The words of the report: what each section says of the tables and figures that stand in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import (
    MODE_NAMES,
    batch_label,
    batch_numbers,
    mean_minutes,
    minutes_text,
    one_off_yuan,
    share_of,
    text_of,
    wan_text,
    yearly_yuan,
)
from anyi_geo.show.report import plan_tables, registers
from anyi_geo.show.report.figures import gantt_figure
from anyi_geo.show.report.model import Block, Column, Figure, Items, Section, Table, table
from anyi_geo.show.report.names import DECISIONS, FILES, RESOURCES, STATES, named, short_site
from anyi_geo.show.report.plan_tables import counted_groups, headline_modes
from anyi_geo.show.report.privacy import small_hidden

if TYPE_CHECKING:
    from anyi_geo.county import County

Sheets = Mapping[str, Table]
#: Names told of a longer list.
_NAMES = 6


def run_sections(
    county: County, result: RunResult, sheets: Sheets, pictures: Mapping[str, Figure], no_font: str
) -> tuple[Section, ...]:
    """Return the sections in the order of a Chinese working report; one line adds a section."""
    return (
        Section("摘要", _abstract(county, result, no_font)),
        Section("一、现状", _present(county)),
        Section("二、方案", _plan(result, sheets, pictures)),
        Section("三、两批对比", _batches(result, sheets, pictures)),
        Section("四、敬老院整合", _homes(result, sheets)),
        Section("五、助餐", _meals(result, sheets)),
        Section("六、经费", _money(result, sheets, pictures)),
        Section("七、安全与问题清单", parts=_safety(sheets)),
        Section("八、服务层级、分工与进度", parts=_tiers(county, result, sheets)),
        Section("九、依据与假设", _grounds(result, sheets)),
    )


def _abstract(county: County, result: RunResult, no_font: str) -> tuple[Block, ...]:
    modelled = modelled_files(result)
    lines = [*_abstract_coverage(result), *_abstract_homes(result), *_abstract_meals(result)]
    for decision, name in DECISIONS.items():
        once, yearly = one_off_yuan(result, decision), yearly_yuan(result, decision)
        if once or yearly:
            lines.append(f"{name}：一次性投入 {wan_text(once)} 万元，每年 {wan_text(yearly)} 万元。")
    reasons = [f"做不到：{text_of(reason['message'])}" for reason in result.run.get("reasons", ())]
    blocks: list[Block] = [
        f"本报告回答：{text_of(result.run['question'])}",
        Items((*reasons, *lines)),
    ]
    if modelled:
        blocks.append(
            f"数据提示：{'、'.join(modelled)} 含模拟数据，覆盖率等数字只用于演示和检验方法，"
            f"不能当作{county.name}的事实引用。"
        )
    if no_font:
        blocks.append(no_font)
    return tuple(blocks)


def modelled_files(result: RunResult) -> list[str]:
    """Return what is modelled in the data, in a planner's words."""
    files = dict.fromkeys(str(row["file"]) for row in result.warnings if row.get("code") == "W_MODELLED")
    return [named(FILES, file) for file in files]


def _abstract_coverage(result: RunResult) -> list[str]:
    lines, mode = [], result.headline_mode
    for group in counted_groups(result):
        told = result.groups[group]
        limit = told["limit_minutes"][mode]
        shares = "，".join(
            f"{batch_label(batch)} {share_of(result, batch, group, mode).text()}" for batch in batch_numbers(result)
        )
        lines.append(f"{text_of(told['name'])}{MODE_NAMES[mode].zh} {limit:g} 分钟内覆盖：{shares}。")
    return [*lines, "方括号内为村的位置在误差内变动时的 5%–95% 区间；带 * 的名义值高于区间，不宜单独引用。"]


def _abstract_homes(result: RunResult) -> list[str]:
    if result.homes is None:
        return ["敬老院整合：本情景没有可行方案。"]
    found = result.homes.summary
    return [
        (
            f"敬老院：{found['residents']} 名集中供养老人中迁移 {found['moved']} 人，"
            f"腾出 {found['homes_emptied']} 个院，扩建 {found['beds_added']} 张床；"
            f"不同意仍迁移 {small_hidden(found['moved_without_consent'])} 人，"
            f"未征询 {small_hidden(found['moved_not_asked'])} 人，须先征得本人或监护人同意。"
        )
    ]


def _abstract_meals(result: RunResult) -> list[str]:
    if result.meals is None:
        return ["助餐：本情景没有可行方案。"]
    found = result.meals.summary
    return [
        (
            f"助餐：{found['points']} 个点中开伙 {found['kitchens']} 个，配送 {found['delivered']} 个，"
            f"不供餐 {found['none']} 个，未能供餐 {found['unserved']} 个；每餐 {found['meals']} 份。"
        )
    ]


def _present(county: County) -> tuple[Block, ...]:
    villages, sites = county.villages, county.sites
    people = {
        "persons_total": "常住人口",
        "persons_60plus": "60 岁及以上",
        "children_school": "6 至 15 岁学龄儿童",
    }
    sums = villages.groupby("township", sort=False)[list(people)].sum()
    sums["units"] = villages.groupby("township").size()
    sums["share"] = sums["persons_60plus"] / sums["persons_total"]
    townships = table(
        "各乡镇（处）人口",
        sums.reset_index(),
        Column("township", "乡镇（处）"),
        Column("units", "村（社区）", "count", "个"),
        *(Column(key, name, "count", "人") for key, name in people.items()),
        Column("share", "60 岁及以上占比", "share"),
    )
    kinds = {"xingfuyuan_candidate": "幸福院候选", "jinglaoyuan": "敬老院", "county_centre_candidate": "中心养老院候选",
             "yiyang_home": "颐养之家", "clinic": "卫生院"}  # fmt: skip
    counts = sites.groupby(["kind", "resource_type"]).agg(
        places=("name", "size"),
        beds=("beds", _known_sum),
        area=("area_m2", _known_sum),
        blank=("area_m2", lambda a: a.isna().sum()),
    )
    counts = counts.reset_index()
    counts["kind_zh"] = [named(kinds, kind) for kind in counts["kind"]]
    counts["resource_zh"] = [named(RESOURCES, kind) for kind in counts["resource_type"]]
    facilities = table(
        "现有设施",
        counts,
        Column("kind_zh", "用途", width=16),
        Column("resource_zh", "资源类别", width=16),
        Column("places", "处数", "count", "处"),
        Column("beds", "床位合计", "count", "张"),
        Column("area", "面积合计（已填）", "number", "m²"),
        Column("blank", "面积未填", "count", "处"),
        note="未填的不按零计，列入问题清单。",
    )
    total, old = int(villages["persons_total"].sum()), int(villages["persons_60plus"].sum())
    return (
        (
            f"{county.name}数据共 {len(villages)} 个村（社区）、{len(county.points)} 个需求点，常住人口 {total:,} 人，"
            f"其中 60 岁及以上 {old:,} 人，占 {old / total:.1%}。"
        ),
        townships,
        facilities,
    )


def _known_sum(values: pd.Series) -> object:
    """Return the sum of what was filled in; nothing when nothing was."""
    return values.sum(min_count=1)


def _plan(result: RunResult, sheets: Sheets, pictures: Mapping[str, Figure]) -> tuple[Block, ...]:
    opened = sheets["分批点位"]
    counts = result.sites["batch"].value_counts() if len(result.sites) else pd.Series(dtype=int)
    told = "，".join(f"{text_of(row['name'])} {int(counts.get(row['batch'], 0))} 个" for row in result.batches)
    overrides = [f"{key} = {value}" for key, value in result.run.get("overrides", {}).items() if "." in key]
    lines: list[Block] = [f"本方案开放幸福院 {len(result.sites)} 个：{told}。先开的点位不再关闭。"]
    if overrides:
        lines.append(f"与基础设置不同之处：{'；'.join(overrides)}。")
    keep = (
        "site_id",
        "batch_zh",
        "name",
        "township",
        "resource_zh",
        "area_m2",
        "canteen_m2",
        "fire_zh",
        "opening_yuan",
    )
    return (*lines, *_picture(pictures, "map"), opened.first(40, keep))


def _batches(result: RunResult, sheets: Sheets, pictures: Mapping[str, Figure]) -> tuple[Block, ...]:
    batches, mode = batch_numbers(result), result.headline_mode
    last = batches[-1]
    worst = sheets["最远的村"]
    groups = counted_groups(result)
    rows = worst.rows[
        (worst.rows["batch"] == last) & (worst.rows["mode"] == mode) & worst.rows["group"].isin(groups[:1])
    ]
    far = table(
        f"{batch_label(last)}建成后最远的村", rows,
        *(column for column in worst.columns if column.key in ("rank", "village", "township", "persons", "minutes")),
    )  # fmt: skip
    return (
        _gain(result),
        plan_tables.county_coverage(result).first(30),
        *_picture(pictures, "coverage"),
        *_picture(pictures, "minutes"),
        _townships(result),
        far.first(10),
        "最远的村要与平均数一起看：覆盖率提高时，最远的村可能没有受益。",
    )


def _gain(result: RunResult) -> str:
    batches, mode = batch_numbers(result), result.headline_mode
    if len(batches) < 2:
        return "本方案只有一批。"
    parts = []
    for group in counted_groups(result):
        first, last = (share_of(result, batch, group, mode) for batch in (batches[0], batches[-1]))
        before, after = (mean_minutes(result, batch, group, mode) for batch in (batches[0], batches[-1]))
        if math.isnan(first.share) or math.isnan(last.share):
            continue
        parts.append(
            f"{text_of(result.groups[group]['short'])}由 {int(first.covered):,} 人增加到 {int(last.covered):,} 人"
            f"（共 {int(last.total):,} 人），平均时间由 {minutes_text(before)} 分钟变为 {minutes_text(after)} 分钟"
        )
    ways = "、".join(MODE_NAMES[name].zh for name in headline_modes(result))
    return f"以{MODE_NAMES[mode].zh}为主要口径，后一批建成后时限内人数：{'；'.join(parts)}。下表并列{ways}口径。"


def _townships(result: RunResult) -> Table:
    mode, groups, batches = result.headline_mode, counted_groups(result), batch_numbers(result)
    names = sorted(set(result.metrics["scope"]) - {"county"})
    rows = pd.DataFrame({"township": names})
    columns = [Column("township", "乡镇（处）")]
    for group in groups:
        for batch in batches:
            key = f"{group}.{batch}"
            rows[key] = [share_of(result, batch, group, mode, name).share for name in names]
            columns.append(Column(key, f"{text_of(result.groups[group]['short'])} {batch_label(batch)}", "share"))
    return table(
        f"各乡镇（处）{MODE_NAMES[mode].zh}覆盖率",
        rows,
        *columns,
        note="名义值；各乡镇没有区间，不宜细比。“–”表示没有该人群。",
    )


def _homes(result: RunResult, sheets: Sheets) -> tuple[Block, ...]:
    if result.homes is None:
        return ("本情景没有可行的敬老院整合方案，原因见问题清单。",)
    found = result.homes.summary
    states = result.homes.states["state"].value_counts()
    uses = "，".join(f"{name} {int(states[key])} 个" for key, name in STATES.items() if key in states.index)
    keep = ("name", "state_zh", "beds_before", "beds_added", "beds_after", "residents_before", "residents_after")
    blocks: list[Block] = [
        f"整合后：{uses}。腾出设施不改变养老服务用途，国有资产不流失。",
        (
            f"共迁移 {found['moved']} 人；不同意仍迁移 {small_hidden(found['moved_without_consent'])} 人，未征询即迁移 "
            f"{small_hidden(found['moved_not_asked'])} 人。未征询不作为同意。"
            "特困老人能否选择分散供养、由本人还是监护人确认，请按政策核实。"
        ),
    ]
    over = found.get("visit_share_over_limit_after", found.get("visit_share_over_limit"))
    if over is not None and "visit_minutes_added_mean" in found:
        blocks.append(
            f"家属探视车程平均增加 {minutes_text(found['visit_minutes_added_mean'])} 分钟，"
            f"九成在 {minutes_text(found['visit_minutes_added_p90'])} 分钟以内；"
            f"超过 {found['visit_limit_minutes']:g} 分钟提示线的占 {over:.1%}。"
        )
    moves = sheets["搬迁"].first(20, ("from_name", "to_name", "persons", "minutes", "consent.yes", "consent.no",
                                     "consent.not_asked"))  # fmt: skip
    more = (*_given(sheets, "中心数比较", 6, _ALTERNATIVES), *_given(sheets, "资产台账", 14, _ASSETS))
    return (*blocks, sheets["敬老院"].first(30, keep), moves, *more)


_ALTERNATIVES = ("centres", "moved", "moved_without_consent", "beds_added", "yearly_yuan_after", "one_off_yuan",
                 "visit_minutes_after_mean")  # fmt: skip
_ASSETS = ("name", "owner", "area_m2", "book_value_yuan_before", "use_before", "use_after")


def _given(sheets: Sheets, title: str, count: int, keep: Sequence[str] = ()) -> tuple[Table, ...]:
    """Return a sheet's first rows when the run has that sheet."""
    return (sheets[title].first(count, keep),) if title in sheets else ()


def _meals(result: RunResult, sheets: Sheets) -> tuple[Block, ...]:
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
    kitchens = sheets["厨房"].first(10, ("name", "kind_zh", "own_meals", "sent_meals", "rounds", "licence_zh"))
    keep = ("round_id", "kitchen_zh", "departure_minute", "stops", "meals", "elapsed_minutes", "cost_yuan")
    return (*blocks, kitchens, sheets["配送"].first(10, keep))


def _money(result: RunResult, sheets: Sheets, pictures: Mapping[str, Figure]) -> tuple[Block, ...]:
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
        sheets["费用"],
        *_picture(pictures, "costs"),
    )


def _safety(sheets: Sheets) -> tuple[Section, ...]:
    matrix, problems = sheets["安全矩阵"], sheets["问题与提示"]
    opened = _short_names(matrix).rows[matrix.rows["use_zh"].str.startswith("幸福院")]
    keep = [column for column in matrix.columns if column.key not in ("township", "pilot")]
    rows = problems.rows
    return (
        Section(
            "安全检查",
            (
                (
                    "结构、燃气、食品、消防、卫生五项由各部门检查。没有检查日期和检查部门的，不作“合格”。"
                    f"共 {len(matrix.rows)} 处场所，下表列开放的幸福院，其余见 Excel。"
                ),
                table("安全检查矩阵", opened, *keep, note=matrix.note),
            ),
        ),
        Section(
            "问题清单",
            (
                f"共 {len(rows)} 条；按类别：{_counts(rows['kind'])}。",
                _grouped(problems).first(30),
            ),
        ),
    )


def _grouped(problems: Table) -> Table:
    """Return the open points with the places of one and the same question in one row."""
    keys = ["kind", "message", "department"]
    rows = problems.rows.groupby(keys, sort=False, as_index=False)["object"].agg(_few_names)
    order = {column.key: column for column in problems.columns}
    return table("问题清单", rows, *(order[key] for key in ("kind", "object", "message", "department")))


def _short_names(found: Table) -> Table:
    """Return a table in which the sites' names fit on one line."""
    names = [short_site(str(name)) for name in found.rows["name"]]
    return replace(found, rows=found.rows.assign(name=names))


def _few_names(names: pd.Series) -> str:
    """Return the first names of a list without the words that all sites share, and how many there are."""
    short = [short_site(str(name)) for name in names]
    return "、".join(short[:_NAMES]) + (f"等 {len(short)} 个" if len(short) > _NAMES else "")


def _counts(kinds: pd.Series) -> str:
    counts = kinds.value_counts(sort=False)
    return "，".join(f"{kind} {number} 条" for kind, number in counts.items()) or "无"


def _tiers(county: County, result: RunResult, sheets: Sheets) -> tuple[Section, ...]:
    gantt = gantt_figure(registers.phase_bars(county, result), "各点位时间表和责任人")
    ranking = _short_names(sheets["点位排序"])
    phases = sheets["时间表"]
    whole = phases.rows[phases.rows["name"] == "全县"] if len(phases.rows) else phases.rows
    keep = ("name", "phase", "start", "end", "responsible", "department")
    return (
        Section("四级服务", (sheets["服务层级"],)),
        Section(
            "时间表与责任人",
            (
                table("全县时间表", whole, *phases.columns).first(12, keep),
                *((gantt,) if gantt else ()),
                "没有自己时间表的点位按全县阶段画；各点位的阶段、责任人见 Excel“时间表”，填在 registers/phases.csv。",
            ),
        ),
        Section(
            "点位排序（分项，不合成总分）",
            (
                ranking.first(
                    20, tuple(column.key for column in ranking.columns if column.key not in ("site_id", "township"))
                ),
            ),
        ),
    )


def _grounds(result: RunResult, sheets: Sheets) -> tuple[Block, ...]:
    rows = sheets["参数"].rows
    counts = _counts(rows["status_zh"]) if len(rows) else "无"
    assumed = rows[rows["status"] == "assumed"]
    keep = ("key", "value", "low", "high", "unit", "source")
    return (
        f"参数 {len(rows)} 项，按来源类别：{counts}。“假定”的参数应由县里核定后再引用结果。",
        table("假定的参数", assumed, *sheets["参数"].columns).first(8, keep),
        "求解情况：有界的写明界的来源；没有界的方案不称为最优。",
        sheets["求解"],
        Items(
            (
                "坐标：经纬度 WGS84，与 CGCS2000 在本用途下一致；量算用 EPSG:4548。",
                "界线为示意，不作划界依据；公开使用的地图须取得审图号。",
                "无路可达、未知的人都留在分母里。",
                (
                    f"程序版本 {text_of(result.run.get('version'))}，随机种子 {result.run.get('seed')}，"
                    f"输入数据指纹 {text_of(result.run.get('inputs_sha256'))[:16]}。"
                ),
            )
        ),
    )


def _picture(pictures: Mapping[str, Figure], key: str) -> tuple[Figure, ...]:
    return (pictures[key],) if key in pictures else ()
