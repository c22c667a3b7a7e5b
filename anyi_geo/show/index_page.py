"""The page to open first: everything an output folder holds, one line and one link each."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from anyi_geo.errors import AnyiError
from anyi_geo.result import RunResult
from anyi_geo.result_json import read_result
from anyi_geo.show.figures import MODE_NAMES, batch_label, batch_numbers, share_of, text_of
from anyi_geo.show.folder import PREVIOUS, whole_file
from anyi_geo.show.home_messages import told_reason
from anyi_geo.show.maps.page import asset
from anyi_geo.show.maps.points import counted_groups, told_share
from anyi_geo.show.report.quarter import FOLDER as QUARTERS

INDEX = "index.html"
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
#: What a planner finds in each file, in the order to read them.
_FILES = {
    "compare.html": ("方案对比", "地图左右滑动对比，两批或两个方案；得失的村、逐处换点、费用和助餐并列"),
    "map.html": ("总图", "全部图层：点位、人口点、乡镇覆盖率、敬老院、助餐、服务设施；点村、点点位看说明"),
    "homes.html": ("敬老院图", "整合前后、老人去向、腾出院舍的用途"),
    "meals.html": ("助餐图", "厨房、助餐点、每一趟的路线与时刻"),
    "supper.html": ("晚餐图", "晚餐的厨房、助餐点和线路，与午餐不同时才有"),
    "courier.html": ("配送单", "每趟一张，供配送员和厨房打印"),
    "plans-swaps.html": ("改动几处", "从既定方案换一到几个点，各能多惠及多少人"),
    "plans-elders-children.html": ("老人与儿童的权衡", "各方案在地图上，点一个看一个"),
    "plans-worst-township.html": ("总量与最低乡镇的权衡", "各方案在地图上，点一个看一个"),
    "plans-cost.html": ("覆盖与投入的权衡", "各方案在地图上，点一个看一个"),
    "report.docx": ("报告（Word）", "可直接修改、上会"),
    "report.html": ("报告（网页）", "与 Word 相同，供阅读"),
    "report.xlsx": ("明细表（Excel）", "每村、每点、每趟一行，全部参数与依据"),
    "quarter.docx": ("季度报告（Word）", "上报用"),
    "quarter.xlsx": ("季度明细（Excel）", "各点位进展与较上季变化"),
    "plan.gpkg": ("图层（GeoPackage）", "用 QGIS 等软件打开"),
    "result.json": ("全部数字", "供程序读取；anyi-geo compare 由此比较"),
    "compare.json": ("对比数字", "供程序读取"),
    "sweep.json": ("比选数字", "供程序读取"),
    "quarter.json": ("季度数字", "供程序读取，下一季度由此比较"),
}
_PAGES = (".html",)
_FOR_PROGRAMS = (".json", ".gpkg")


def write_index(out: Path) -> Path | None:
    """Write ``index.html`` over what `out` holds and return its path; None when it holds nothing of ours.

    Raises
    ------
    SettingError
        When the page cannot be written.
    """
    page = index_html(out)
    if page is None:
        return None
    whole_file(out / INDEX, page)
    return out / INDEX


def index_html(out: Path) -> str | None:
    """Return the page as HTML, names escaped, nothing requested; None when there is nothing to list."""
    if not out.is_dir():
        return None
    # Quarters lie one deeper.
    folders = sorted(folder for pattern in ("*", f"{QUARTERS}/*") for folder in out.glob(pattern) if folder.is_dir())
    ours = [folder for folder in folders if folder.name != PREVIOUS and not folder.name.startswith(".")]
    found = [(folder, _known_files(folder)) for folder in ours]
    cards = [_card(out, folder, names) for folder, names in sorted(found, key=_order) if names]
    if not cards:
        return None
    kept = "<p class=quiet>上一次的结果保存在 previous 文件夹。</p>" if (out / PREVIOUS).is_dir() else ""
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>“一老一小”规划成果</title><style>{asset('index.css')}</style></head><body><main>"
        "<h1>“一老一小”规划成果</h1><p class=quiet>点名称打开；地图和网页断网也能用，可打印成 A4 横向。</p>"
        f"{''.join(cards)}{kept}</main></body></html>\n"
    )


def _known_files(folder: Path) -> list[str]:
    return [name for name in _FILES if (folder / name).is_file()]


def _order(found: tuple[Path, list[str]]) -> tuple[int, str]:
    """Return the place of a folder: the comparison first, then the runs, then what was made from them."""
    folder, names = found
    first = {"compare.json": 0, "result.json": 1, "sweep.json": 2}
    place = min((first.get(name, 3) for name in names), default=3)
    return (place, folder.name)


def _card(out: Path, folder: Path, names: list[str]) -> str:
    title, told = _told(folder)
    groups = [
        [name for name in names if name.endswith(_PAGES) and name != "report.html"],
        [name for name in names if name.startswith(("report.", "quarter.")) and not name.endswith(_FOR_PROGRAMS)],
        [name for name in names if name.endswith(_FOR_PROGRAMS)],
    ]
    columns = "".join(
        f"<section><h3>{head}</h3><ul>{''.join(_line(out, folder / name) for name in group)}</ul></section>"
        for head, group in zip(("看图", "报告", "数据"), groups, strict=True)
        if group
    )
    return f"<article><h2>{_text(title)}<small>{_text(folder.name)}</small></h2>{told}<div>{columns}</div></article>"


def _line(out: Path, file: Path) -> str:
    label, what = _FILES[file.name]
    link = quote(file.relative_to(out).as_posix())
    size = f"{max(0.1, file.stat().st_size / 1e6):.1f} MB"
    return f'<li><i>{size}</i><a href="{_text(link)}">{label}</a><span>{what}</span></li>'


def _told(folder: Path) -> tuple[str, str]:
    """Return the heading of a folder and, for a run, its question and main figures."""
    if (folder / "result.json").is_file():
        try:
            return _run_told(read_result(folder))
        except (AnyiError, KeyError, TypeError, ValueError):
            return folder.name, "<p class=warn>这个文件夹的 result.json 读不出来，请重新运行。</p>"
    for name, head in (("compare.json", "方案对比"), ("sweep.json", "方案比选"), ("quarter.json", "季度报告")):
        if (folder / name).is_file():
            titles = "、".join(_titles(folder / name))
            return head, f"<p>{_text(titles)}</p>" if titles else ""
    return folder.name, ""


def _titles(path: Path) -> Iterator[str]:
    """Yield the titles of the runs that a file tells of; none when it cannot be read."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        runs = found.get("runs") or [found.get("run") or {}]
        yield from (text_of(run.get("title")) for run in runs if run.get("title"))
    except (OSError, ValueError, AttributeError):
        return


def _run_told(result: RunResult) -> tuple[str, str]:
    run = result.run
    parts = [f"<p>{_text(run.get('question'))}</p>"]
    parts += [f"<p class=warn>{_text(told_reason(reason))}</p>" for reason in run.get("reasons") or ()]
    batches, mode = batch_numbers(result), result.headline_mode
    heads = "".join(f"<th>{batch_label(batch)}</th>" for batch in batches)
    rows = []
    for group in counted_groups(result):
        cells = "".join(
            f"<td>{_text(told_share(result, share_of(result, batch, group, mode), group))}</td>" for batch in batches
        )
        limit = result.groups[group]["limit_minutes"][mode]
        label = f"{_text(result.groups[group]['short'])}，{MODE_NAMES[mode].zh} {limit:g} 分钟内"
        rows.append(f"<tr><td>{label}</td>{cells}</tr>")
    if len(result.metrics):
        parts.append(f"<table><tr><th>覆盖率</th>{heads}</tr>{''.join(rows)}</table>")
    notes = [f"测算日期 {text_of(run.get('date'))}" if run.get("date") else ""]
    if len(result.metrics):
        notes.append("[ ] 为村的位置误差区间，带 * 的高于区间，不宜单独引用")
    if any(warning.get("code") == "W_MODELLED" for warning in result.warnings):
        notes.append("含模拟数据，只用于演示和检验方法")
    told = "；".join(note for note in notes if note)
    return text_of(run.get("title")), "".join(parts) + f"<p class=quiet>{_text(told)}</p>"


def _text(value: object) -> str:
    return html.escape(text_of(value)).replace("`", "&#96;")
