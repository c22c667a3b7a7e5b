"""A page of plans to choose among: fronts as charts, each plan's price in words, swaps, how often a site is chosen."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from anyi_geo.result import RunResult
from anyi_geo.show.figures import text_of, wan_text
from anyi_geo.show.front_chart import front_chart
from anyi_geo.show.plans import share_text

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif;margin:0;
color:#1f2328}
main{max-width:76rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.25rem;margin:2rem 0 .4rem;border-bottom:2px solid #0072b2}
table{border-collapse:collapse;width:100%;font-size:.85rem;margin:.5rem 0}
th,td{border:1px solid #c8ccd1;padding:.3rem .5rem;text-align:left;vertical-align:top}th{background:#dce6f1}
td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.banner{background:#fff4ce;border:1px solid #d9a400;padding:.4rem .7rem}
.note{font-size:.85rem;color:#57606a}svg{max-width:100%;height:auto}svg text{font-size:13px;fill:#1f2328}
@media print{@page{size:A4 landscape;margin:12mm}main{max-width:none;padding:0}tr,svg{break-inside:avoid}}
"""
_BANNER = (
    "权衡曲线按数据所列位置求解，再用同一套口径评价；[ ] 内是村的位置在误差内变动时覆盖率的 5%–95% 区间，"
    "带 * 的名义值高于区间。"
    "村的位置和人数多为模拟数据，差别落在区间以内的方案不宜据此取舍。"
)
#: Titles of fronts, and what their two axes are called.
FRONTS = {
    "elders_children": ("老人与儿童", "老人覆盖（各批合计，人次）", "儿童覆盖（各批合计，人次）"),
    "worst_township": ("总覆盖与最差乡镇", "覆盖人数（全部建成后，人）", "覆盖率最低的乡镇（%）"),
    "cost": ("覆盖与投入", "覆盖（各批合计，人次）", "一次性投入（万元）"),
}


def sweep_html(result: RunResult, maps: Mapping[str, str]) -> str:
    """Return the page of a sweep, self-contained; nothing is requested when it opens.

    Parameters
    ----------
    result : RunResult
        With tables front, swaps, regret, frequency, left_out, out_of_reach in ``care``; missing ones are left out.
    maps : mapping of plan_id to path
        Pages of the plans, relative to this page.
    """
    title = f"比选方案：{text_of(result.run['title'])}"
    parts = [
        f"<h1>{_text(title)}</h1>",
        (
            f'<p class="note">{_text(result.run["question"])}　情景 {_text(result.run["scenario"])}　'
            f"{_text(result.run.get('date', ''))}</p>"
        ),
        f'<p class="banner">{_BANNER}</p>',
        _regret(result),
        *(_front(result, maps, name) for name in FRONTS),
        _swaps(result, maps),
        _frequency(result),
        _left_out(result),
        _out_of_reach(result),
        *(f'<p class="banner">{_text(row["message"])}</p>' for row in result.warnings if row["code"] == "W_NOT_SOLVED"),
    ]
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{_STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def swap_lines(result: RunResult) -> list[str]:
    """Return one sentence per number of swaps, for the terminal."""
    rows = result.care.get("swaps", pd.DataFrame())
    return [f"改动 {row['swaps']} 处：{row['price_zh']}" for row in rows.to_dict("records") if row["swaps"]]


def _regret(result: RunResult) -> str:
    rows = result.care.get("regret")
    if rows is None or rows.empty:
        return ""
    row = rows.iloc[0]
    share = row["regret"] / row["bound"] if row["bound"] else 0.0
    told = [
        (
            f"本方案覆盖 {row['covered']:,.0f} 人次（各批按权重合计）；同样条件下已找到 {row['best_found']:,.0f} 人次，"
            f"任何方案不超过 {row['bound']:,.0f} 人次。差距在 {row['regret']:,.0f} 至 {row['regret_at_most']:,.0f} "
            f"人次之间，约占 {share:.1%}（按数据所列位置计）。"
        ),
        (
            f"分批的代价：同样多的点位一次建成，最多覆盖 {row['at_once_bound']:,.0f} 人；分批最优方案全部建成后少 "
            f"{row['price_of_phasing']:,.0f} 人。"
        ),
    ]
    if text_of(row.get("conditions_not_met_zh")):
        told.append(f"本方案未满足情景的条件：{row['conditions_not_met_zh']}。")
    return "<h2>与最优的差距</h2>" + "".join(f"<p>{_text(line)}</p>" for line in told)


def _front(result: RunResult, maps: Mapping[str, str], name: str) -> str:
    rows = result.care.get("front", pd.DataFrame())
    rows = rows[rows["front"] == name] if "front" in rows else pd.DataFrame()
    if rows.empty:
        return ""
    title, first, second = FRONTS[name]
    scale = {"cost": -1e-4, "worst_township": 100.0}.get(name, 1.0)
    chart = front_chart(rows["other"].astype(float) * scale, rows["value"].astype(float), second, first)
    return (
        f"<h2>权衡：{title}</h2>{chart}"
        f'<p class="note">每个点是一个方案，没有一个方案两项都更好。“代价”与上一个方案相比。</p>'
        f"{_plans(result, rows, maps, '方案', 'plan')}"
    )


def _swaps(result: RunResult, maps: Mapping[str, str]) -> str:
    rows = result.care.get("swaps", pd.DataFrame())
    if rows.empty:
        return ""
    uncertain = result.run["overrides"].get("care_sites.objective") == "expected_cover"
    aim = "计入位置误差的期望覆盖" if uncertain else "按数据所列位置的覆盖"
    return (
        "<h2>从县方案改动几个点位</h2>"
        f'<p class="note">每一行都是同样改动个数里{aim}最多的方案；“代价”与县方案相比。</p>'
        f"{_plans(result, rows, maps, '改动', 'swaps')}"
    )


def _plans(result: RunResult, rows: pd.DataFrame, maps: Mapping[str, str], heading: str, number: str) -> str:
    groups = [name for name, group in result.groups.items() if group["weight"] > 0]
    names = "".join(f"<th>{_text(result.groups[name]['short'])}覆盖率</th>" for name in groups)
    body = "".join(_plan(row, groups, maps, number) for row in rows.to_dict("records"))
    return (
        f"<table><thead><tr><th>{heading}</th>{names}<th>最差乡镇</th><th>点数</th><th>投入（万元）</th>"
        f"<th>代价</th><th>最多还能好</th><th>地图</th></tr></thead><tbody>{body}</tbody></table>"
    )


def _plan(row: dict[Any, Any], groups: list[str], maps: Mapping[str, str], number: str) -> str:
    shares = "".join(f'<td class="n">{_text(share_text(row, name))}</td>' for name in groups)
    gap = row["gap"]
    proof = "–" if gap is None or pd.isna(gap) or math.isinf(gap) else f"{max(0.0, gap):.2%}"
    link = maps.get(row["plan_id"])
    page = f'<a href="{html.escape(link, quote=True)}">打开</a>' if link else ""
    return (
        f'<tr><td class="n">{int(row[number])}</td>{shares}'
        f"<td>{_text(row['worst_township'])} {row['worst_share']:.1%}</td>"
        f'<td class="n">{int(row["sites"])}</td><td class="n">{wan_text(row["one_off_yuan"])}</td>'
        f'<td>{_text(row["price_zh"])}</td><td class="n">{proof}</td><td>{page}</td></tr>'
    )


def _frequency(result: RunResult) -> str:
    rows = result.care.get("frequency", pd.DataFrame())
    if rows.empty:
        return ""
    ordered = rows.sort_values(["in_plan", "chosen_share"], ascending=False, kind="stable").head(40)
    body = "".join(
        f"<tr><td>{_text(row['name'])}</td><td>{_text(row['township'])}</td><td>{'是' if row['in_plan'] else ''}</td>"
        f'<td class="n">{row["chosen_share"]:.0%}</td></tr>'
        for row in ordered.to_dict("records")
    )
    return (
        "<h2>入选频率</h2><p class=note>村的位置、人数、参与率在误差内变动，每次重新选点；频率低的点位，"
        "先核实位置和人数再定。</p><table><thead><tr><th>点位</th><th>乡镇（处）</th><th>在本方案</th><th>入选频率</th></tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _left_out(result: RunResult) -> str:
    rows = result.care.get("left_out", pd.DataFrame())
    if rows.empty:
        return ""
    body = "".join(
        f'<tr><td>{_text(row["name"])}</td><td>{_text(row["township"])}</td><td class="n">{row["adds"]:,.0f}</td></tr>'
        for row in rows.to_dict("records")
    )
    return (
        "<h2>未入选而增加最多的点位</h2><table><thead><tr><th>点位</th><th>乡镇（处）</th><th>再开可多覆盖（人）</th></tr>"
        f"</thead><tbody>{body}</tbody></table>"
    )


def _out_of_reach(result: RunResult) -> str:
    rows = result.care.get("out_of_reach", pd.DataFrame())
    if rows.empty:
        return ""
    body = "".join(
        f"<tr><td>{_text(row['village'])}</td><td>{_text(row['township'])}</td>"
        f"<td>{_text(result.groups[row['group']]['short'])}</td>"
        f'<td class="n">{row["persons"]:,.0f}</td><td class="n">{row["limit_minutes"]:g}</td>'
        f'<td class="n">{_minutes(row["first_minutes"])}</td><td class="n">{_minutes(row["all_minutes"])}</td></tr>'
        for row in rows.to_dict("records")
    )
    return (
        "<h2>任何候选点位都够不着的村</h2><table><thead><tr><th>村</th><th>乡镇（处）</th><th>人群</th><th>人数</th>"
        "<th>时限（分钟）</th><th>放宽到几分钟有人够得着</th><th>放宽到几分钟全部够得着</th></tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _minutes(value: Any) -> str:
    return "没有路" if value is None or pd.isna(value) or math.isinf(value) else f"{value:.1f}"


def _text(value: Any) -> str:
    return html.escape(text_of(value))
