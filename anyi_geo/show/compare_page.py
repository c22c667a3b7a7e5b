"""A page that sets runs side by side: a map with a swipe, figures, sites and villages that differ."""

from __future__ import annotations

import html
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from branca.element import Element

from anyi_geo.compare import Comparison
from anyi_geo.result import RunResult
from anyi_geo.show.compare_meals import meals_table
from anyi_geo.show.figures import (
    MODE_NAMES,
    Share,
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
from anyi_geo.show.maps.ground import bare_frame, data_status, frame
from anyi_geo.show.maps.page import add_script, blank_map, offline_html
from anyi_geo.show.maps.pages import SHARED_SCRIPTS, STYLES, run_words
from anyi_geo.show.maps.points import (
    counted_groups,
    covered_columns,
    limit_of,
    modes_of,
    nearest_columns,
    point_columns,
    sensitive_groups,
    told_groups,
    told_share,
)
from anyi_geo.show.maps.sites import plain_signs
from anyi_geo.show.maps.words import GAIN, LOSS, NONE, UNCHANGED, place_name, scale
from anyi_geo.show.privacy import HELD_BACK
from anyi_geo.show.rough import rough_count, rough_share, without_counts

if TYPE_CHECKING:
    from anyi_geo.county import County

_BANNER = (
    "覆盖率为时限内人口占比；[ ] 内是村的位置在误差内变动时的 5%–95% 区间；带 * 的名义值高于区间，"
    "优势主要来自模拟位置，不宜单独引用。"
)


def compare_html(results: list[RunResult], comparison: Comparison, county: County | None) -> str:
    """Return the comparison as one self-contained HTML page: a map with a swipe, then the figures.

    Parameters
    ----------
    results : list of RunResult
        The runs, the base first.
    comparison : Comparison
    county : County or None
        The ground of the map; without it the map has none, and says so.
    """
    body = [
        "<main><h1>方案对比</h1>",
        f"<p class=banner>{_BANNER}</p>",
        _own_counting(results, comparison),
        _table(results),
        meals_table(comparison),
        *(_difference(difference, results) for difference in comparison.differences),
        "</main>",
    ]
    rows = [[text_of(result.run["title"]), text_of(result.run["scenario"])] for result in results]
    data = compare_data(results, county) | {"runRows": rows, "subtitle": ""}
    data["made"] = [part for part in data["made"] if part[0] != "情景"]
    middle = [sum(data["points"][axis]) / max(1, len(data["points"][axis])) for axis in ("lat", "lon")]
    page = blank_map("方案对比", middle[0], middle[1])
    page.height = ("72", "%")
    add_script(page, "anyiCompare", data)
    page.get_root().html.add_child(Element("".join(body).replace("{", "&#123;").replace("}", "&#125;")))
    scripts = (*SHARED_SCRIPTS, "maps/places.js", "maps/swipe.js", "maps/compare.js")
    return offline_html(page, scripts, (*STYLES, "maps/compare.css"))


def compare_data(results: list[RunResult], county: County | None) -> dict[str, Any]:
    """Return the block of data that the comparison's map draws."""
    base = results[0]
    mode = modes_of(base)[1]
    limit = limit_of(base, mode)
    columns = point_columns(base)
    titles = " ｜ ".join(text_of(result.run["title"]) for result in results)
    points = columns["points"]
    status = data_status(text_of(row["file"]) for row in base.warnings if row.get("code") == "W_MODELLED")
    ground = (
        bare_frame("方案对比", status, points["lat"], points["lon"]) if county is None
        else frame(county, f"{county.name} · 方案对比", titles)
    )  # fmt: skip
    runs = [_drawing(result, base, mode) for result in results]
    batches = len(batch_numbers(base))
    groups = told_groups(base)
    return {
        **ground,
        **run_words(*results),
        **columns,
        "runs": runs,
        "start": [batches - 1, batches - 1 + len(batch_numbers(results[1]))],
        "scale": scale(limit),
        "none": NONE,
        "limit": limit,
        "modeName": MODE_NAMES[mode].zh,
        "counted": "、".join(text_of(base.groups[name]["short"]) for name in groups) or "按人口点计",
        "unit": "人" if groups else "个人口点",
        "gain": GAIN,
        "loss": LOSS,
        "quiet": UNCHANGED,
    }


def _drawing(result: RunResult, base: RunResult, mode: str) -> dict[str, Any]:
    """Return one run over the base's demand points, in the base's order and counted as the base counts."""
    aligned = replace(result, points=base.points, groups=base.groups)
    near = nearest_columns(aligned, [mode])
    return {
        "title": text_of(result.run["title"]),
        "batches": [batch_label(batch) for batch in batch_numbers(result)],
        "sites": plain_signs(result),
        "siteNames": near["siteNames"],
        "site": [rows[0] for rows in near["site"]],
        "minutes": [rows[0] for rows in near["minutes"]],
        "covered": covered_columns(aligned, mode),
    }


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
                cells = "".join(
                    f"<td>{_text(told_share(result, share_of(result, batch, group, mode), group))}</td>"
                    for result in results
                )
                rows.append(f"<tr><td>{label}</td>{cells}</tr>")
    rows += _year_rows(results)
    for group, found in base.groups.items():
        if found["weight"] > 0:
            cells = "".join(f"<td>{_mean_told(result, batches[-1], group, base)}</td>" for result in results)
            mode = MODE_NAMES[base.headline_mode].zh
            rows.append(f"<tr><td>{_text(found['short'])}平均{mode}时间（分钟，能到达者）</td>{cells}</tr>")
    for decision, name in (("care_sites", "幸福院"), ("homes", "敬老院"), ("meals", "助餐")):
        once = "".join(f"<td>{wan_text(one_off_yuan(result, decision))}</td>" for result in results)
        yearly = "".join(f"<td>{wan_text(yearly_yuan(result, decision))}</td>" for result in results)
        rows.append(f"<tr><td>{name}一次性投入（万元）</td>{once}</tr><tr><td>{name}每年费用（万元）</td>{yearly}</tr>")
    body = f"<thead><tr><th>指标</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"<div class=scroll><table class=figures>{body}</table></div>"


def _year_rows(results: list[RunResult]) -> list[str]:
    """Return what every plan covers with the persons of other years, after the last batch, by the headline."""
    base = results[0]
    tables = [result.care.get("years") for result in results]
    if any(table is None or table.empty for table in tables):
        return []
    keys = ["year", "group", "mode"]
    last = [table[table["batch"] == table["batch"].max()].set_index(keys) for table in tables if table is not None]
    out = []
    for year, group, mode in last[0].index:
        if group not in counted_groups(base) or mode != base.headline_mode:
            continue
        label = f"{_text(base.groups[group]['name'])} · {MODE_NAMES[mode].zh} · {year} 年推算人口（名义位置）"
        held = group in sensitive_groups(base)
        cells = "".join(f"<td>{_share_in_year(table, (year, group, mode), held=held)}</td>" for table in last)
        out.append(f"<tr><td>{label}</td>{cells}</tr>")
    return out


def _mean_told(result: RunResult, batch: int, group: str, base: RunResult) -> str:
    """Return mean minutes; of a sensitive group not: two plans that differ for one child differ by its minutes."""
    held = group in sensitive_groups(base)
    return HELD_BACK if held else minutes_text(mean_minutes(result, batch, group, base.headline_mode))


def _share_in_year(table: Any, key: tuple[int, str, str], *, held: bool) -> str:
    if key not in table.index:
        return "–"
    row = table.loc[key]
    if held:
        return rough_share(Share(float(row["share"]), math.nan, math.nan, math.nan, float(row["total"])))
    return f"{100 * row['share']:.1f}%（{int(row['covered']):,}/{int(row['total']):,} 人）"


def _difference(difference: dict[str, Any], results: list[RunResult]) -> str:
    titles = {result.run["scenario"]: result.run["title"] for result in results}
    other, base = titles[difference["other"]], titles[difference["base"]]
    # A sensitive group among the counted ones: its share of a village's change cannot be told apart, so none is told.
    held = sensitive_groups(results[0]) & set(counted_groups(results[0]))
    told = not held
    names = [text_of(results[0].groups[group]["short"]) for group in held]
    return (
        f"<h2>{_text(other)} 相对 {_text(base)}</h2>"
        f"<p>{_text(without_counts(difference['words'], names))}。</p>"
        f"{_caveats(difference, base)}{_swaps(difference, results[0])}"
        "<div class=columns>"
        f"{_villages('覆盖增加的村', difference['villages_gained'], told=told)}"
        f"{_villages('覆盖减少的村', difference['villages_lost'], told=told)}</div>"
    )


def _own_counting(results: list[RunResult], comparison: Comparison) -> str:
    """Say above the table which runs count differently from the base: each column is by its own limits and persons."""
    titles = {result.run["scenario"]: result.run["title"] for result in results}
    told = [
        f"{titles[row['other']]}与{titles[row['base']]}口径不同：{'；'.join(row['caveats'])}"
        for row in comparison.differences
        if row["caveats"]
    ]
    return f"<p class=banner>表中各列按各自的口径计算。{_text('。'.join(told))}。</p>" if told else ""


def _caveats(difference: dict[str, Any], base: object) -> str:
    if not difference["caveats"]:
        return ""
    told = "；".join(difference["caveats"])
    return f"<p class=banner>两个方案口径不同：{_text(told)}。以下差别都按“{_text(base)}”的口径计算。</p>"


def _swaps(difference: dict[str, Any], base: RunResult) -> str:
    """Return what each exchange of sites means in persons: one row per swap, counted groups by batch."""
    if not difference["swaps"]:
        return ""
    groups, batches = counted_groups(base), batch_numbers(base)
    columns = [(batch, group) for batch in batches for group in groups]
    head = "".join(
        f"<th>{batch_label(batch)}<br><small>{_text(base.groups[group]['short'])}（人）</small></th>"
        for batch, group in columns
    )
    held = sensitive_groups(base)
    rows = []
    for swap in difference["swaps"]:
        change = {(row["batch"], row["group"]): row["change"] for row in swap["persons"]}
        cells = "".join(f"<td>{_change(change.get(key) or 0, held=key[1] in held)}</td>" for key in columns)
        rows.append(f"<tr><td>{_side(swap, 'out')}</td><td>{_side(swap, 'in')}</td>{cells}</tr>")
    mode = MODE_NAMES[base.headline_mode].zh
    note = (
        f"每处换点使{mode}时限内的人数增减多少，按名义位置计，未计位置误差。同乡镇、同批、相距近的配成一对；"
        "增减的人归到最近的点位，所以各行相加等于总差别。"
    )
    heading = f"<thead><tr><th>换出</th><th>换入</th>{head}</tr></thead>"
    table = f"<table class='figures swaps'>{heading}<tbody>{''.join(rows)}</tbody>"
    return f"<h3>逐处换点</h3><p class=quiet>{note}</p><div class=scroll>{table}</table></div>"


def _change(persons: float, *, held: bool) -> str:
    if held:
        return rough_count(persons)
    return f"{persons:+,}" if persons else "0"


def _side(swap: dict[str, Any], side: str) -> str:
    if swap[side] is None:
        return "–"
    return f"{_text(place_name(swap[f'{side}_name']))}（第 {int(swap[f'{side}_batch'])} 批）"


def _persons(row: dict[str, Any]) -> str:
    return f"{int(row['persons']):+,} 人"


def _villages(title: str, rows: list[dict[str, Any]], *, told: bool) -> str:
    items = "".join(
        f"<li>{_text(place_name(row['village']))}（{_text(row['township'])}）{_persons(row) if told else ''}</li>"
        for row in rows
    )
    return f"<section><h3>{title}（{len(rows)}）</h3><ul class=villages>{items or '<li>无</li>'}</ul></section>"
