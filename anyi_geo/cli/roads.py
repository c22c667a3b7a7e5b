"""Commands for roads: `anyi-geo roads import | fetch | places`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from platformdirs import user_cache_dir
from rich import box
from rich.table import Table
from rich.text import Text

from anyi_geo.bring_roads import RoadReport, apply_places, import_roads, offer_places, write_matches
from anyi_geo.bring_roads.apply import PlacesApplied
from anyi_geo.bring_roads.matches import match_records
from anyi_geo.bring_roads.places import STATES
from anyi_geo.bring_roads.report import MODE_NAMES
from anyi_geo.cli.door import AsJson, Data, Door, Lang, answering
from anyi_geo.errors import Message, SettingError
from anyi_geo.schema import ROADS

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="道路：从文件导入、从网上下载、为村庄找位置。")

Margin = Annotated[float, typer.Option("--margin-km", help="县界外多保留几公里道路。")]
#: Parts that are told one by one; the rest stands in --json.
_TOLD = 12
_EXAMPLES = 6
_REASONS = {"cut_off": Message("不相连", "cut off"), "one_way": Message("单行", "one-way")}


@app.command("import", help="从 .osm、.osm.pbf、.graphml、.gpkg、.shp 导入道路，写成县数据文件夹的 roads.gpkg。")
def import_command(
    file: Annotated[Path, typer.Argument(help="道路文件。", readable=False)],
    data: Data = None,
    margin_km: Margin = 3.0,
    class_column: Annotated[str | None, typer.Option("--class-column", help="图层中道路等级所在的列。")] = None,
    class_map: Annotated[
        list[str] | None, typer.Option("--class-map", help="自有等级=OSM 等级，可写多次，例如 组道=residential。")
    ] = None,
    layer: Annotated[str | None, typer.Option("--layer", help="GeoPackage 中的道路图层。")] = None,
    crs: Annotated[
        str | None, typer.Option("--crs", help="图层坐标：wgs84、cgcs2000、gcj02、bd09 或 EPSG 编号。")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Import roads from a file into a county folder."""
    with answering(lang, as_json) as door:
        report = import_roads(
            file,
            own_folder(data),
            margin_km=margin_km,
            class_column=class_column,
            class_map=_class_map(class_map or []),
            layer=layer,
            crs=crs,
            say=door.say,
        )
        _tell(door, report, as_json=as_json, data=data)


@app.command("fetch", help="从 OpenStreetMap 的 Overpass 服务器下载道路，写成县数据文件夹的 roads.gpkg。")
def fetch_command(
    data: Data = None,
    margin_km: Margin = 3.0,
    overpass: Annotated[str | None, typer.Option("--overpass", help="镜像地址，例如 https://主机/api。")] = None,
    proxy: Annotated[str | None, typer.Option("--proxy", help="代理地址，例如 http://主机:端口。")] = None,
    cache: Annotated[Path | None, typer.Option("--cache", help="缓存文件夹；已下载的内容离线也可再用。")] = None,
    places: Annotated[
        Path | None, typer.Option("--places", help="同时下载居民点，写成 .osm 文件，供 roads places 使用。")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Download roads for a county folder."""
    with answering(lang, as_json) as door:
        from anyi_geo.bring_roads.fetch import fetch_roads  # noqa: PLC0415  OSMnx takes a second to load

        report = fetch_roads(
            own_folder(data),
            margin_km=margin_km,
            overpass=overpass,
            proxy=proxy,
            cache=cache or Path(user_cache_dir("anyi-geo")) / "overpass",
            places=places,
            say=door.say,
        )
        _tell(door, report, as_json=as_json, data=data)


@app.command("places", help="用同一份 OpenStreetMap 下载中的居民点，为村庄提出候选位置；确认后写入。")
def places_command(
    file: Annotated[
        Path | None, typer.Argument(help=".osm 或 .osm.pbf 文件；用 --apply 时不写。", readable=False)
    ] = None,
    data: Data = None,
    out: Annotated[Path, typer.Option("--out", help="候选位置表，.csv 或 .json。")] = Path("matches.csv"),
    apply: Annotated[Path | None, typer.Option("--apply", help="已确认的候选位置表：把确认的行写入村庄。")] = None,
    township_margin_km: Annotated[
        float, typer.Option("--township-margin-km", help="乡镇范围是近似的：候选可在范围外几公里。")
    ] = 2.0,
    error_m: Annotated[
        float | None, typer.Option("--error-m", help="写入位置的误差（米）；不写则取参数 place_node_error_m。")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Offer settlements as positions of villages, or write the confirmed ones."""
    with answering(lang, as_json) as door:
        folder = own_folder(data)
        if (file is None) == (apply is None):
            raise SettingError(
                "请写一个 .osm 文件来提出候选位置，或用 --apply 写入已确认的表；两者只能取一。",
                "Name an .osm file to get candidates, or a confirmed table with --apply: one of the two.",
            )
        if apply is not None:
            _tell_applied(door, apply_places(apply, folder, error_m=error_m), as_json=as_json)
        elif file is not None:
            table = offer_places(file, folder, township_margin_km=township_margin_km)
            write_matches(table, out)
            _tell_offered(door, table, out, as_json=as_json, data=data)


def own_folder(data: Path | None) -> Path:
    """Return the planner's county folder; the embedded county is never written to.

    Raises
    ------
    SettingError
        When none is named or it does not exist.
    """
    if data is None:
        raise SettingError(
            "请用 --data 写出自己的县数据文件夹；还没有的话先运行：anyi-geo new 文件夹名。",
            "Name your county folder with --data; `anyi-geo new DIR` makes one.",
        )
    if not data.is_dir():
        raise SettingError(
            f"没有文件夹 {data}：请核对名称，或先运行 anyi-geo new {data}。",
            f"There is no folder {data}: check its name or run `anyi-geo new {data}`.",
        )
    return data


def _class_map(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        value, sign, name = pair.rpartition("=")
        if not sign or not value.strip():
            raise SettingError(
                f"--class-map 应写成 值=等级，例如 组道=residential；现为 {pair}。",
                f"--class-map is VALUE=CLASS, as 组道=residential; got {pair}.",
            )
        found[value.strip()] = name.strip()
    return found


def _tell(door: Door, report: RoadReport, *, as_json: bool, data: Path | None) -> None:
    if as_json:
        door.put({"status": "done", **report.record(door.language)})
        return
    for note in report.notes:
        door.say(note)
    door.show(_km_table(door, report))
    _tell_left_out(door, report)
    kept = "（原文件保存在 previous 文件夹）" if (Path(report.out).parent / "previous" / ROADS).is_file() else ""
    door.say(
        Message(
            f"已写入 {report.out}：结点 {report.nodes} 个，路段 {report.edges} 条{kept}。"
            f"下一步检查：anyi-geo check --data {data}",
            f"Wrote {report.out}: {report.nodes} nodes, {report.edges} edges. Next: anyi-geo check --data {data}",
        )
    )
    if report.source == "osm":
        door.say(Message("道路数据 © OpenStreetMap 贡献者，ODbL 1.0；公开成果须注明。", "© OpenStreetMap, ODbL 1.0."))


def _tell_left_out(door: Door, report: RoadReport) -> None:
    if len(report.parts):
        shown = min(_TOLD, len(report.parts))
        door.say(
            Message(
                f"与主路网不相连（或单行只进、只出）、未采用的道路 {len(report.parts)} 处，"
                f"共 {report.parts['km'].sum():.1f} 公里；最长的 {shown} 处如下，请核对是否缺桥或缺路：",
                f"{len(report.parts)} parts ({report.parts['km'].sum():.1f} km) are cut off; the longest {shown}:",
            )
        )
        door.show(_parts_table(door, report))
    if len(report.no_roads):
        listed = [f"{name} {km:g}" for name, km in report.no_roads["km"].items()]
        door.say(
            Message(
                f"不是道路或禁止通行、未采用（公里）：{'、'.join(listed[:_TOLD])}。",
                f"No roads, or closed to all (km): {', '.join(listed[:_TOLD])}.",
            )
        )
    if report.unread_speeds:
        listed = list(report.unread_speeds)
        door.say(
            Message(
                f"限速不是数字、改按道路等级取车速：{'、'.join(listed[:_TOLD])}。",
                f"Speed limits that are no figures, the class decides: {', '.join(listed[:_TOLD])}.",
            )
        )


def _km_table(door: Door, report: RoadReport) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        Message("出行方式", "way of travel"),
        Message("采用（公里）", "kept (km)"),
        Message("单行只进或只出（公里）", "one-way in or out only (km)"),
        Message("不相连（公里）", "cut off (km)"),
        Message("相连比例", "connected"),
    ):
        table.add_column(heading.text(door.language), justify="right")
    for mode, row in report.km.iterrows():
        name = MODE_NAMES[str(mode)].text(door.language)
        figures = [f"{row[column]:,.1f}" for column in ("kept_km", "one_way_km", "cut_off_km")]
        table.add_row(name, *figures, f"{row['share']:.1%}")
    return table


def _parts_table(door: Door, report: RoadReport) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        Message("公里", "km"),
        Message("原因", "why"),
        Message("出行方式", "ways of travel"),
        Message("路名", "roads"),
        Message("位置", "place"),
        Message("最近的村", "villages nearest to it"),
    ):
        table.add_column(heading.text(door.language), overflow="fold")
    for part in report.parts.head(_TOLD).itertuples():
        modes = "、".join(MODE_NAMES[mode].text(door.language) for mode in part.modes)
        place = f"{part.lon:.5f}, {part.lat:.5f}"
        why = _REASONS[part.reason].text(door.language)
        table.add_row(f"{part.km:.2f}", why, modes, Text("、".join(part.names)), place, Text("、".join(part.villages)))
    return table


def _tell_offered(door: Door, table: pd.DataFrame, out: Path, *, as_json: bool, data: Path | None) -> None:
    villages = table.drop_duplicates("village_id")
    counts = {state: int((villages["state"] == state).sum()) for state in STATES}
    if as_json:
        door.put({"status": "done", "out": str(out), "villages": counts, "matches": match_records(table)})
        return
    listed = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    listed.add_column(Message("匹配情况", "state").text(door.language))
    listed.add_column(Message("村数", "villages").text(door.language), justify="right")
    listed.add_column(Message("例", "examples").text(door.language), overflow="fold")
    for state, count in counts.items():
        names = villages.loc[villages["state"] == state, "village"].head(_EXAMPLES)
        listed.add_row(STATES[state].text(door.language), str(count), Text("、".join(names)))
    door.show(listed)
    door.say(
        Message(
            f"候选位置表：{out}。请在地图上核对，在最后一列对同意的行填 是（同名的只能选一个），保存后运行：\n"
            f"  anyi-geo roads places --apply {out} --data {data}",
            f"Candidates: {out}. Write 是 in the last column where you agree, then run:\n"
            f"  anyi-geo roads places --apply {out} --data {data}",
        )
    )


def _tell_applied(door: Door, done: PlacesApplied, *, as_json: bool) -> None:
    if as_json:
        villages = match_records(done.villages)
        door.put({"status": "done", "villages": villages, "remaining": done.remaining, "hamlets": done.hamlets})
        return
    left = "、".join(f"{status} {count}" for status, count in done.remaining.items()) or "—"
    door.say(
        Message(
            f"已写入 {len(done.villages)} 个村的位置（来源 found，OpenStreetMap，ODbL 1.0）；其余村来源：{left}。",
            f"Placed {len(done.villages)} villages (status found, OpenStreetMap, ODbL 1.0); the others: {left}.",
        )
    )
    if done.hamlets:
        door.say(
            Message(
                f"注意：这些村的 {done.hamlets} 个自然村位置没有改动；测算以自然村为准，请一并核对 hamlets.geojson。",
                f"Mind: {done.hamlets} natural villages of these villages kept their positions in hamlets.geojson.",
            )
        )
