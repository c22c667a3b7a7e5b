"""A page that sets runs side by side: figures, sites and villages that differ, a swipe between two."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Any

from anyi_geo.compare import Comparison
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
from anyi_geo.show.page import asset, script_json

if TYPE_CHECKING:
    import geopandas as gpd

_MOST = 12
_BANNER = (
    "覆盖率为时限内人口占比；[ ] 内是村的位置在误差内变动时的 5%–95% 区间；带 * 的名义值高于区间，"
    "优势主要来自模拟位置，不宜单独引用。"
)
_KEY = "圆点大小按计入目标的人数；蓝色在时限内，橙色超出时限，空心为无路可达；红、绿点为第一批、第二批点位。"


def compare_html(results: list[RunResult], comparison: Comparison, outline: gpd.GeoDataFrame | None) -> str:
    """Return the comparison as one self-contained HTML page.

    Parameters
    ----------
    results : list of RunResult
        The runs, the base first.
    comparison : Comparison
    outline : GeoDataFrame or None
        The county's outline in EPSG:4326, drawn when given.
    """
    body = [
        "<h1>方案对比</h1>",
        f"<p class=quiet>{_text('；'.join(run['title'] + '：' + run['question'] for run in comparison.runs))}</p>",
        f"<p class=banner>{_BANNER}</p>",
        _table(results),
        *(_difference(difference, results) for difference in comparison.differences),
        _swipe_section(results),
    ]
    data = script_json({"runs": [_drawing(result) for result in results], "outline": _outline(outline)})
    script = asset("compare.js").replace("</script", "<\\/script")
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>方案对比</title>'
        f"<style>{asset('compare.css')}</style></head><body><main>{''.join(body)}</main>"
        f"<script>{script}\nanyiCompare({data});</script></body></html>"
    )


def _text(value: Any) -> str:
    return html.escape(text_of(value))


def _table(results: list[RunResult]) -> str:
    base = results[0]
    batches = batch_numbers(base)
    modes = [mode for mode in dict.fromkeys((base.headline_mode, "walk")) if mode in set(base.nearest["mode"])]
    head = "".join(
        f"<th>{_text(result.run['title'])}<br><small>{_text(result.run['scenario'])}</small></th>" for result in results
    )
    rows = []
    for group, found in base.groups.items():
        for mode in modes:
            for batch in batches:
                label = f"{_text(found['name'])} · {MODE_NAMES[mode].zh} · {batch_label(batch)}"
                cells = "".join(f"<td>{_text(share_of(result, batch, group, mode).text())}</td>" for result in results)
                rows.append(f"<tr><td>{label}</td>{cells}</tr>")
    for group, found in base.groups.items():
        if found["weight"] > 0:
            cells = "".join(
                f"<td>{minutes_text(mean_minutes(result, batches[-1], group, base.headline_mode))}</td>"
                for result in results
            )
            mode = MODE_NAMES[base.headline_mode].zh
            rows.append(f"<tr><td>{_text(found['short'])}平均{mode}时间（分钟，能到达者）</td>{cells}</tr>")
    for decision, name in (("care_sites", "幸福院"), ("homes", "敬老院"), ("meals", "助餐")):
        once = "".join(f"<td>{wan_text(one_off_yuan(result, decision))}</td>" for result in results)
        yearly = "".join(f"<td>{wan_text(yearly_yuan(result, decision))}</td>" for result in results)
        rows.append(f"<tr><td>{name}一次性投入（万元）</td>{once}</tr><tr><td>{name}每年费用（万元）</td>{yearly}</tr>")
    body = f"<thead><tr><th>指标</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"<div class=scroll><table class=figures>{body}</table></div>"


def _difference(difference: dict[str, Any], results: list[RunResult]) -> str:
    titles = {result.run["scenario"]: result.run["title"] for result in results}
    other, base = titles[difference["other"]], titles[difference["base"]]
    weights = {name for name, group in results[0].groups.items() if group["weight"] > 0}
    last = max(row["batch"] for row in difference["persons"])
    gains = [
        f"{_text(results[0].groups[row['group']]['short'])} {int(row['covered']):+,} 人"
        f"（名义 {row['share'] * 100:+.1f} 个百分点，计入位置误差 {_points(row['share_displaced'])}）"
        for row in difference["persons"]
        if row["batch"] == last and row["mode"] == results[0].headline_mode and row["group"] in weights
    ]
    return (
        f"<h2>{_text(other)} 相对 {_text(base)}</h2><p>{'；'.join(gains)}。</p>"
        "<div class=columns>"
        f"{_sites('换入点位', difference['sites_in'])}{_sites('换出点位', difference['sites_out'])}"
        f"{_villages('覆盖增加的村', difference['villages_gained'])}"
        f"{_villages('覆盖减少的村', difference['villages_lost'])}</div>"
    )


def _points(value: float | None) -> str:
    return "未知" if value is None or math.isnan(value) else f"{value * 100:+.1f} 个百分点"


def _sites(title: str, rows: list[dict[str, Any]]) -> str:
    items = "".join(
        f"<li>{_text(row['name'])}（第 {int(row['batch'])} 批"
        + (f"，对方第 {int(row['other_batch'])} 批" if row.get("other_batch") else "")
        + "）</li>"
        for row in rows
    )
    return f"<section><h3>{title}（{len(rows)}）</h3><ul>{items or '<li>无</li>'}</ul></section>"


def _villages(title: str, rows: list[dict[str, Any]]) -> str:
    items = "".join(
        f"<li>{_text(row['village'])}（{_text(row['township'])}）{int(row['persons']):+,} 人</li>"
        for row in rows[:_MOST]
    )
    more = f"<li class=quiet>另有 {len(rows) - _MOST} 个村，见 compare.json</li>" if len(rows) > _MOST else ""
    return f"<section><h3>{title}（{len(rows)}）</h3><ul>{items or '<li>无</li>'}{more}</ul></section>"


def _swipe_section(results: list[RunResult]) -> str:
    options = [f"<option value={number}>{_text(result.run['title'])}</option>" for number, result in enumerate(results)]
    left = "".join(options)
    right = left.replace("<option value=1>", "<option value=1 selected>", 1)
    return (
        "<h2>地图对比（拖动分界线）</h2><p class=tools><label>左：<select id=left>"
        f"{left}</select></label><label>右：<select id=right>{right}</select></label>"
        "<label><input type=checkbox id=difference> 只看差别（蓝：右侧多覆盖，橙：右侧少覆盖）</label></p>"
        "<div id=swipe><canvas id=map width=1200 height=1100></canvas>"
        '<input id=split type=range min=0 max=100 value=50 aria-label="左右分界"></div>'
        f"<p class=quiet>{_KEY}</p>"
    )


def _drawing(result: RunResult) -> dict[str, Any]:
    last = batch_numbers(result)[-1]
    rows = result.nearest
    near = rows[(rows["batch"] == last) & (rows["mode"] == result.headline_mode)].set_index("point_id")["minutes"]
    points = result.points.set_index("point_id")
    counted = [name for name, group in result.groups.items() if group["weight"] > 0]
    limit = max(result.groups[name]["limit_minutes"][result.headline_mode] for name in counted or result.groups)
    minutes = near.reindex(points.index)
    return {
        "title": text_of(result.run["title"]),
        "limit": float(limit),
        "lat": points["lat"].round(5).tolist(),
        "lon": points["lon"].round(5).tolist(),
        "persons": sum((points[f"persons.{name}"] for name in counted), start=points["lat"] * 0).astype(int).tolist(),
        "minutes": [round(value, 1) if math.isfinite(value) else None for value in minutes],
        "sites": [
            {"lat": row["lat"], "lon": row["lon"], "batch": int(row["batch"]), "name": text_of(row["name"])}
            for row in result.sites.to_dict("records")
        ],
    }


def _outline(outline: gpd.GeoDataFrame | None) -> list[list[list[float]]]:
    if outline is None:
        return []
    shape = outline.geometry.iloc[0].simplify(0.0003)
    parts = getattr(shape, "geoms", [shape])
    return [[[round(x, 4), round(y, 4)] for x, y in part.exterior.coords] for part in parts]
