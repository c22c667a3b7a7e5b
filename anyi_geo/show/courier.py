"""Sheets to print: one per round for the courier, one per kitchen for loading; A4, nothing requested, names escaped."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import pandas as pd

from anyi_geo.result import MealsResult, RunResult
from anyi_geo.show.figures import clock_text, text_of
from anyi_geo.show.report.names import VEHICLES, named

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
body{font:15px/1.5 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif;margin:0}
body{overflow-wrap:anywhere}
main{max-width:190mm;margin:0 auto;padding:8mm}
section{break-after:page;margin-bottom:14mm}
h1{font-size:22px;margin:0 0 4px}h2{font-size:19px;margin:0 0 4px;border-bottom:2px solid #111;padding-bottom:3px}
p{margin:2px 0 6px}table{border-collapse:collapse;width:100%;margin:6px 0}
th,td{border:1px solid #555;padding:5px 7px;text-align:left;vertical-align:top}th{background:#eee}
th{word-break:keep-all;white-space:nowrap}td.w{white-space:nowrap}td.n,th.n{text-align:right;white-space:nowrap}td.blank{min-width:28mm}
.note{font-size:13px;color:#333}
@media print{@page{size:A4 portrait;margin:12mm}main{padding:0}section{margin:0}.cover nav{display:none}}
"""
_LOADING = ("趟次", "开始装车", "出发", "车辆", "按送达次序分装", "份数", "装车人签字")
_BLANK = '<td class="blank"></td>'


def courier_html(result: RunResult) -> str:
    """Return the sheets of a run; without rounds one page that says so.

    Parameters
    ----------
    result : RunResult
    """
    title = f"送餐单与装车单：{text_of(result.run['title'])}"
    meals = result.meals
    if meals is None or "visits" not in meals.tables or meals.rounds.empty:
        body = f"<section><h1>{_text(title)}</h1><p>本情景没有配送趟次。</p></section>"
    else:
        services = [meals] if meals.supper is None else [meals, meals.supper]
        body = _cover(title, result, services) + "".join(_kitchens(one) + _rounds(one) for one in services)
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def _cover(title: str, result: RunResult, services: Sequence[MealsResult]) -> str:
    summary = services[0].summary
    limit, eating = (f"{float(summary[key]):g}" for key in ("hot_limit_minutes", "eating_minutes"))
    oldest = max(float(one.summary["elapsed_minutes_max"]) for one in services)
    lines = [
        *(_told(one) for one in services),
        *_repeated(summary),
        f"从出锅（开始装车）到交接完不超过 {limit} 分钟；最长一趟 {oldest:.1f} 分钟。",
        f"交接后请在 {eating} 分钟内用餐。每趟单独出锅、装车后立即出发；不要提前装车等候。",
        "位置和时间由模型计算，首次送餐请核对路线和到达时间；电话由乡镇（处）填写，不随本文件提供。",
    ]
    told = "".join(f"<p>{_text(line)}</p>" for line in lines)
    date = _text(result.run.get("date", ""))
    return f'<section class="cover"><h1>{_text(title)}</h1><p class="note">生成日期：{date}</p>{told}</section>'


def _service(meals: MealsResult) -> str:
    return text_of(meals.summary.get("service", "午餐"))


def _told(meals: MealsResult) -> str:
    rounds, later = meals.rounds, meals.summary.get("minutes_after_lunch")
    same = "" if later is None else f"线路与午餐相同，各推迟 {float(later):g} 分钟。"
    count = f"{len(rounds)} 趟，{rounds['kitchen'].nunique()} 个厨房，{int(rounds['meals'].sum())} 份。"
    return f"{_service(meals)}：{count}{same}"


def _repeated(summary: Mapping[str, object]) -> list[str]:
    """Return what is to be said of services that have no plan of their own."""
    more = int(str(summary.get("repeats_lunch") or 0))
    return [f"每天另有 {more} 餐按午餐的线路计算费用，没有单独排时刻，出发前请另行确定时间。"] if more else []


def _kitchens(meals: MealsResult) -> str:
    parts = []
    boxes = _boxes(meals)
    for _, rows in meals.tables["kitchens"].groupby("kitchen", sort=False):
        ordered = rows.sort_values(["loading_minute", "round_id"])
        body = "".join(
            f'<tr><td class="n">{_text(row["round_id"])}</td><td class="n">{clock_text(row["loading_minute"])}</td>'
            f'<td class="n">{clock_text(row["departure_minute"])}</td>'
            f'<td class="w">{_text(named(VEHICLES, row["vehicle"]))}</td>'
            f'<td>{_text(boxes[row["round_id"]])}</td><td class="n">{int(row["meals"])}</td>{_BLANK}</tr>'
            for row in ordered.to_dict("records")
        )
        own = _own_diners(meals, str(rows["kitchen"].iloc[0]))
        parts.append(
            f"<section><h2>{_service(meals)}装车单：{_text(rows['name'].iloc[0])}</h2>"
            f"<p>外送 {int(rows['meals'].sum())} 份，{len(rows)} 趟；本点用餐 {own} 份。</p>"
            f"<table><thead><tr>{_heads(*_LOADING)}</tr></thead><tbody>{body}</tbody></table>"
            '<p class="note">留样：每个品种不少于 125 克、48 小时以上；容器专用、密闭、消毒。</p></section>'
        )
    return "".join(parts)


def _boxes(meals: MealsResult) -> dict[str, str]:
    """Return round -> its stops with their meals in the order of visit."""
    visits = meals.tables["visits"].sort_values(["round_id", "order"])
    lines = [f"{text_of(name)} {int(count)}" for name, count in zip(visits["name"], visits["meals"], strict=True)]
    return pd.Series(lines, index=visits["round_id"]).groupby(level=0).agg("、".join).to_dict()


def _own_diners(meals: MealsResult, kitchen: str) -> int:
    stops = meals.stops
    here = stops[(stops["site_id"] == kitchen) & (stops["mode"] == "own_kitchen")]
    return int(here["meals"].sum())


def _rounds(meals: MealsResult) -> str:
    names = meals.stops.set_index("site_id")["name"]
    visits = meals.tables["visits"]
    parts = []
    for round_ in meals.rounds.to_dict("records"):
        rows = visits[visits["round_id"] == round_["round_id"]].sort_values("order")
        parts.append(_round(_service(meals), round_, rows, names))
    return "".join(parts)


def _round(service: str, round_: dict[str, object], rows: pd.DataFrame, names: pd.Series) -> str:
    body = "".join(
        f'<tr><td class="n">{int(row["order"])}</td><td>{_text(row["name"])}</td><td>{_text(row["township"])}</td>'
        f'<td class="n">{int(row["meals"])}</td><td class="n">{clock_text(row["arrival_minute"])}</td>'
        f'<td class="n">{float(row["elapsed_minutes"]):.0f}</td>{_BLANK}{_BLANK}</tr>'
        for row in rows.to_dict("records")
    )
    kitchen = names.get(round_["kitchen"], round_["kitchen"])
    return (
        f"<section><h2>{service}送餐单 {_text(round_['round_id'])}</h2>"
        f"<p>厨房：{_text(kitchen)}　车辆：{_text(named(VEHICLES, round_['vehicle']))}　"
        f"出发：{clock_text(float(str(round_['departure_minute'])))}　共 {int(str(round_['meals']))} 份</p>"
        "<table><thead><tr>"
        f"{_heads('顺序', '助餐点', '乡镇（处）', '份数', '到达', '出锅至交接完（分钟）', '联系电话', '签收')}"
        f"</tr></thead><tbody>{body}</tbody></table>"
        '<p class="note">送餐员签字：____________　实际返回时间：____________　未送达原因：____________</p></section>'
    )


def _heads(*titles: str) -> str:
    return "".join(f"<th>{_text(title)}</th>" for title in titles)


def _text(value: object) -> str:
    return html.escape(text_of(value)).replace("`", "&#96;")
