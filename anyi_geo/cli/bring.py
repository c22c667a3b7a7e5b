"""Commands with which a planner brings a county: template, import, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from anyi_geo.bring import Outcome, Request, finish, modelled_shares, prepare, write_template
from anyi_geo.bring.layout import SHEETS
from anyi_geo.bring.outcome import BASIS_NAMES
from anyi_geo.cli.door import AsJson, Door, Exit, Lang, answering
from anyi_geo.county import packaged_data
from anyi_geo.doctor import examine
from anyi_geo.errors import InputError, Message, SettingError
from anyi_geo.schema import ROADS, SITES, VILLAGES
from anyi_geo.show.folder import whole_folder
from anyi_geo.show.import_page import faults_lines, outcome_table, symptoms_table


def template_command(
    file: Annotated[Path, typer.Argument(help="要生成的文件，例如 县数据.xlsx。")],
    data: Annotated[Path | None, typer.Option("--data", help="县数据文件夹：下拉的乡镇名和参数取自这里。")] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖。")] = False,
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Write the workbook that a planner fills in."""
    with answering(lang, as_json) as door:
        write_template(file, data or packaged_data(), overwrite=force)
        if as_json:
            door.put({"status": "done", "file": str(file)})
        else:
            door.say(Message(
                f"模板已写到 {file}。填好后导入：anyi-geo import {file} --crs gcj02（高德取点）--into 我的县",
                f"Template written to {file}. Fill it in, then: anyi-geo import {file} --crs gcj02 --into my-county",
            ))  # fmt: skip


def doctor_command(as_json: AsJson = False, lang: Lang = "zh") -> None:
    """Say what is missing on this machine and what mends it."""
    with answering(lang, as_json) as door:
        symptoms = examine()
        broken = [symptom for symptom in symptoms if symptom.state == "broken"]
        if as_json:
            records = [symptom.record(door.language) for symptom in symptoms]
            door.put({"status": "broken" if broken else "sound", "checks": records})
        else:
            door.show(symptoms_table(symptoms, language=door.language))
            door.say(Message(
                f"有 {len(broken)} 处必须处理，办法见上表。" if broken else "可以运行：anyi-geo run",
                f"{len(broken)} things must be mended." if broken else "Ready: anyi-geo run",
            ))  # fmt: skip
        if broken:
            raise typer.Exit(Exit.BAD_INPUT)


def import_command(
    files: Annotated[
        list[Path], typer.Argument(help="xlsx、xls、csv、gpkg、geojson、shp；可以几个一起。", readable=False)
    ],
    crs: Annotated[
        str | None,
        typer.Option(
            "--crs",
            help="坐标系，必须写明：gcj02（高德、腾讯）、bd09（百度）、wgs84、cgcs2000、4547、4548……；"
            "file 表示以图层文件自己写的为准。",
        ),
    ] = None,
    into: Annotated[Path, typer.Option("--into", help="写入的县数据文件夹；没有则以自带数据为底新建。")] = Path(
        "anyi-county"
    ),
    drop_bad: Annotated[
        bool, typer.Option("--drop-bad", help="去掉有错的行，其余照常导入，并列出去掉了哪些。")
    ] = False,
    persons: Annotated[str | None, typer.Option("--persons", help="人口口径：常住 或 户籍。")] = None,
    sheet: Annotated[
        str | None, typer.Option("--as", help="表的种类，认不出时写明：村庄、自然村、点位、敬老院……")
    ] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", help="文件里的列名=模板列名；可写多个。")] = None,
    keep_positions: Annotated[bool, typer.Option("--keep-positions", help="没填坐标的行沿用县里原有位置。")] = False,
    replace_sites: Annotated[bool, typer.Option("--replace-sites", help="删去同类的模拟点位，只留自己的。")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="换一个县：不用自带县的村庄、点位和道路。")] = False,
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Import a planner's tables into a county folder, whole or not at all."""
    with answering(lang, as_json) as door:
        start = _start(into, fresh=fresh)
        request = Request(
            files=tuple(files), crs=crs, persons=persons, sheet=_sheet_key(sheet), mapping=_mapping(columns or []),
            drop_bad=drop_bad, keep_positions=keep_positions, replace_sites=replace_sites, fresh=fresh, name=into.name,
        )  # fmt: skip
        outcome = prepare(request, start)
        if not outcome.refused:
            with whole_folder(into) as work:
                left = finish(work, start, request, outcome)
                if left:
                    raise InputError(left)
        _report(door, request, outcome, into, as_json=as_json)
        if outcome.refused:
            raise typer.Exit(Exit.BAD_INPUT)


def _start(into: Path, *, fresh: bool) -> Path:
    """Return the county folder that an import starts from."""
    if (into / VILLAGES).is_file() and not fresh:
        return into
    if into.exists() and (not into.is_dir() or any(into.iterdir())) and not (into / VILLAGES).is_file():
        raise SettingError(
            f"{into} 不是县数据文件夹，里面已有别的东西：请换一个文件夹（--into）。",
            f"{into} is no county folder and not empty: name another with --into.",
        )
    return packaged_data()


def _sheet_key(text: str | None) -> str | None:
    if text is None:
        return None
    return next((sheet.key for sheet in SHEETS if text in (sheet.key, sheet.title, sheet.title.split("(")[0])), text)


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        heading, sign, column = pair.partition("=")
        if not sign or not heading.strip() or not column.strip():
            raise SettingError(
                f"--map 要写成 文件里的列名=模板列名，现为 {pair}。", f"--map takes HEADING=COLUMN, got {pair!r}."
            )
        mapping[heading.strip()] = column.strip()
    return mapping


def _report(door: Door, request: Request, outcome: Outcome, into: Path, *, as_json: bool) -> None:
    """Tell what was found, what was written and what is modelled still."""
    sentence = _sentence(request, outcome, into)
    shares = modelled_shares(outcome)
    dropped: list[dict[str, Any]] = [
        {"file": e.file, "sheet": e.title, "row": e.number, "name": name, "reasons": _reasons(outcome, e)}
        for e, name in outcome.dropped
    ]
    if as_json:
        faults = [fault.record(door.language) for fault in outcome.faults]
        door.put(
            {
                "status": "bad_input" if outcome.refused else "done",
                "message": sentence.text(door.language),
                "rows_usable": outcome.usable,
                "rows_bad": outcome.bad,
                "folder": None if outcome.refused else str(into),
                "crs": request.crs,
                "shifted_m": {name: round(metres, 1) for name, metres in outcome.shifts_m.items()},
                "persons_basis": outcome.basis or None,
                "dropped": dropped,
                "skipped": list(outcome.skipped),
                "ignored_headings": list(outcome.ignored),
                "replaced": {} if outcome.merged is None else {k: n for k, n in outcome.merged.counts.items() if n},
                "still_modelled": shares,
                "faults": faults,
            }
        )
        return
    for sentence_of_fault in faults_lines(outcome.faults):
        door.say(sentence_of_fault)
    for entry in dropped:
        door.say(Message(f"去掉：第 {entry['row']} 行“{entry['name']}”（{'、'.join(entry['reasons'])}）",
                         f"Dropped: row {entry['row']} {entry['name']} ({', '.join(entry['reasons'])})"))  # fmt: skip
    for line in outcome.skipped:
        door.say(Message(f"未当作数据：{line}", f"Not data: {line}"))
    for line in outcome.ignored:
        door.say(Message(f"没有用到的列：{line}", f"Columns not used: {line}"))
    for note in outcome.notes:
        door.say(note)
    for name, metres in outcome.shifts_m.items():
        door.say(
            Message(
                f"{name}：坐标换算到 WGS84，平移约 {metres:,.0f} 米。", f"{name}: shifted {metres:,.0f} m to WGS84."
            )
        )
    if shares:
        door.show(outcome_table(outcome.merged.counts if outcome.merged else {}, shares, language=door.language))
    door.say(sentence)


def _reasons(outcome: Outcome, entry: Any) -> list[str]:
    where = (entry.file, entry.title, entry.number)
    return list(dict.fromkeys(f.code for f in outcome.faults if f.is_error and (f.file, f.sheet, f.row) == where))


def _sentence(request: Request, outcome: Outcome, into: Path) -> Message:
    if outcome.refused:
        again = "" if request.drop_bad or not outcome.bad else "改正后重新导入；或加 --drop-bad 去掉有错的行。"
        return Message(
            f"可用 {outcome.usable} 行，有错 {outcome.bad} 行，未载入。{again}",
            f"{outcome.usable} rows usable, {outcome.bad} with faults, nothing was loaded.",
        )
    basis = f"，人口口径：{BASIS_NAMES[outcome.basis]}" if outcome.basis else ""
    after = f"下一步：anyi-geo check --data {into}，再 anyi-geo run --data {into}"
    lacking = [
        (f"点位、敬老院：anyi-geo import 文件 --crs … --into {into}", SITES),
        (f"道路：anyi-geo roads import 路网文件 --data {into}", ROADS),
    ]
    missing = [how for how, name in lacking if not (into / name).is_file()]
    if missing:
        after = f"还缺{'；'.join(missing)}。补齐后：anyi-geo check --data {into}"
    left_out = f"，去掉 {len(outcome.dropped)} 行" if outcome.dropped else ""
    return Message(
        f"已载入 {outcome.usable} 行{left_out}，写到 {into}{basis}。{after}",
        f"{outcome.usable} rows loaded, {len(outcome.dropped)} dropped, written to {into}.",
    )
