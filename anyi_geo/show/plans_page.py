"""Pages of alternative plans: each plan on the map, what it covers, what it costs against another in words."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from branca.element import Element

from anyi_geo.result import RunResult
from anyi_geo.show.compare_page import compare_data
from anyi_geo.show.figures import text_of
from anyi_geo.show.front_chart import front_chart
from anyi_geo.show.maps.page import add_script, blank_map, offline_html
from anyi_geo.show.maps.pages import SHARED_SCRIPTS, STYLES
from anyi_geo.show.plans import SWAPS, counted, held_groups, kinds, plan_cells, plans_of, regret_text, title_of

if TYPE_CHECKING:
    from anyi_geo.county import County

_NOTE = (
    "各方案用同一套口径评价：全部建成后、主要出行方式时限内的人口占比；"
    "[ ] 内是村的位置在误差内变动时的 5%–95% 区间，带 * 的名义值高于区间，不宜单独引用；"
    "差别落在区间以内的方案，不宜据此取舍。“差距”是还不能排除的改进余地。"
)


def plans_pages(county: County, result: RunResult) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of one self-contained page for the swaps, and one for every front.

    Parameters
    ----------
    county : County
        The ground of the maps.
    result : RunResult
        With its ``plans``; of one read back from a file, which has none, nothing is drawn.
    """
    found = list(kinds(result)) if result.plans else []
    names = {kind: page_name(kind) for kind in found}
    for kind in found:
        yield names[kind], _page(county, result, kind, names)


def page_name(kind: str) -> str:
    """Return the file of a kind of plans."""
    return f"plans-{kind.replace('_', '-')}.html"


def _page(county: County, result: RunResult, kind: str, names: dict[str, str]) -> str:
    rows = plans_of(result, kind)
    ids = {row["plan_id"] for row in rows}
    runs = [result, *(plan for plan in result.plans if plan.run["plan_id"] in ids)]
    title = f"{text_of(result.run['title'])}：{title_of(kind)}"
    # Nothing but the plan's own name beside the map: the run's stands in the title.
    own = f"{text_of(result.run['title'])}："
    called = [text_of(run.run["title"]).removeprefix(own).split("，")[-1] for run in runs]
    runs = [replace(run, run=run.run | {"title": name}) for run, name in zip(runs, called, strict=True)]
    how = "左边是本情景的方案；在下表点一个方案，右边换成它。"
    data = compare_data(runs, county) | {"title": title, "subtitle": how}
    points = data["points"]
    page = blank_map(title, *(sum(points[axis]) / max(1, len(points[axis])) for axis in ("lat", "lon")))
    page.height = ("72", "%")
    add_script(page, "anyiCompare", data)
    buttons = {run.run["plan_id"]: number for number, run in enumerate(runs) if number}
    others = "　".join(
        f'<a href="{html.escape(name)}">{html.escape(title_of(other))}</a>'
        for other, name in names.items()
        if other != kind
    )
    body = [
        f"<main><h1>{html.escape(title)}</h1>",
        f"<p class=quiet>{others}</p>" if others else "",
        f"<p class=banner>{_NOTE}</p>",
        *(f"<p>{html.escape(text)}</p>" for text in (regret_text(result),) if text),
        f"<p class=quiet>{html.escape(_aim(result, kind))}</p>",
        _chart(kind, rows, told=not held_groups(result)),
        _table(result, kind, rows, buttons),
        *(f"<p class=banner>{html.escape(row['message'])}</p>" for row in _unsolved(result)),
        "</main>",
    ]
    page.get_root().html.add_child(Element("".join(body).replace("{", "&#123;").replace("}", "&#125;")))
    scripts = (*SHARED_SCRIPTS, "maps/places.js", "maps/swipe.js", "maps/compare.js")
    return offline_html(page, scripts, (*STYLES, "maps/compare.css"))


def _aim(result: RunResult, kind: str) -> str:
    """Return what the plans of a page are best in."""
    if kind != SWAPS:
        return "每个点是一个方案，没有一个方案两项都更好；点旁的数字是方案号。"
    uncertain = result.run["overrides"].get("care_sites.objective") == "expected_cover"
    return f"每一行是同样改动个数里{'计入位置误差的期望覆盖最多' if uncertain else '按数据所列位置覆盖最多'}的方案。"


def _unsolved(result: RunResult) -> list[dict[str, Any]]:
    return [row for row in result.warnings if row["code"] == "W_NOT_SOLVED"]


#: Per front: what its two axes are called, and the factor that the second is shown with.
_AXES = {
    "elders_children": ("老人覆盖（各批合计，人次）", "儿童覆盖（各批合计，人次）", 1.0),
    "worst_township": ("覆盖人数（全部建成后，人）", "覆盖率最低的乡镇（%）", 100.0),
    "cost": ("覆盖（各批合计，人次）", "一次性投入（万元）", -1e-4),
}


def _chart(kind: str, rows: list[dict[str, Any]], *, told: bool) -> str:
    """Return the picture of a front; none where a sensitive group counts, whose part could be measured from it."""
    if kind == SWAPS or len(rows) < 2 or not told:
        return ""
    up, across, factor = _AXES[kind]
    return front_chart(
        [float(row["other"]) * factor for row in rows], [float(row["value"]) for row in rows], across, up
    )


def _table(result: RunResult, kind: str, rows: list[dict[str, Any]], buttons: dict[str, int]) -> str:
    against = "相对既定方案" if kind == SWAPS else "相对上一方案"
    heads = ["方案", "点位", "投入（万元）", *counted(result).values(), "最低乡镇", "差距", against]
    body = []
    for row in rows:
        name, *cells = plan_cells(result, kind, row)
        number = buttons.get(row["plan_id"])
        text = html.escape(name)
        first = text if number is None else f'<button type="button" data-run="{number}">{text}</button>'
        body.append(f"<tr><td>{first}</td>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>")
    head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
    table = f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
    return f"<div class=scroll><table class='figures plans'>{table}</table></div>"
