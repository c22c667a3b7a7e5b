"""A page of alternative plans: each on the map, what it covers, what it costs against the one before."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from branca.element import Element

from anyi_geo.result import RunResult
from anyi_geo.show.compare_page import compare_data
from anyi_geo.show.figures import text_of
from anyi_geo.show.maps.page import add_script, blank_map, offline_html
from anyi_geo.show.maps.pages import SHARED_SCRIPTS, STYLES
from anyi_geo.show.plans import KINDS, aims_text, counted, plan_rows, plan_tables

if TYPE_CHECKING:
    from anyi_geo.county import County

_NOTE = (
    "覆盖率为两批全部开放后、主要出行方式时限内的人口占比；[ ] 内是村的位置在误差内变动时的 5%–95% 区间，"
    "带 * 的名义值高于区间，优势主要来自模拟位置，不宜单独引用。“差距”是还不能排除的改进余地。"
)


def plans_html(county: County, result: RunResult) -> str:
    """Return the plans of a run's fronts and swaps as one self-contained HTML page.

    Parameters
    ----------
    county : County
        The ground of the map.
    result : RunResult
        With at least one plan.
    """
    runs = [result, *result.plans]
    title = f"{text_of(result.run['title'])}：备选方案"
    data = compare_data(runs, county) | {
        "title": title,
        "subtitle": "左边是本情景的方案；在下表点一个方案，右边换成它。",
    }
    points = data["points"]
    page = blank_map(title, *(sum(points[axis]) / max(1, len(points[axis])) for axis in ("lat", "lon")))
    page.height = ("72", "%")
    add_script(page, "anyiCompare", data)
    body = [f"<main><h1>{html.escape(title)}</h1><p class=banner>{_NOTE}</p>"]
    number = 1
    for kind, rows in plan_tables(result):
        drawn = [row for row in rows if kind == "front" or row["swaps"] > 0]
        buttons = [None] * (len(rows) - len(drawn)) + list(range(number, number + len(drawn)))
        number += len(drawn)
        body.append(_table(result, kind, rows, buttons))
    body.append("</main>")
    page.get_root().html.add_child(Element("".join(body).replace("{", "&#123;").replace("}", "&#125;")))
    scripts = (*SHARED_SCRIPTS, "maps/places.js", "maps/swipe.js", "maps/compare.js")
    return offline_html(page, scripts, (*STYLES, "maps/compare.css"))


def _table(result: RunResult, kind: str, rows: list[dict[str, Any]], buttons: list[int | None]) -> str:
    groups = counted(result)
    heading = KINDS[kind] + (f"：{aims_text(rows[0], groups)}" if kind == "front" else "")
    against = "相对既定方案" if kind == "swaps" else "相对上一方案"
    heads = ["方案", "点位", "投入（万元）", *groups.values(), "最低乡镇", "差距", against]
    body = []
    for button, row in zip(buttons, plan_rows(result, kind, rows), strict=True):
        name = html.escape(row["title"])
        first = name if button is None else f'<button type="button" data-run="{button}">{name}</button>'
        cells = [row["sites"], row["wan"], *row["shares"], row["worst"], row["gap"], row["change"]]
        texts = "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells)
        body.append(f"<tr><td>{first}</td>{texts}</tr>")
    head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
    table = f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
    return f"<h2>{html.escape(heading)}</h2><div class=scroll><table class='figures plans'>{table}</table></div>"
