"""The quarterly report's command: from a progress table to Excel and Word, compared with the quarter before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anyi_geo.cli.door import AsJson, Data, Lang, Out, answering
from anyi_geo.county import County, load_county, packaged_data
from anyi_geo.county.progress import STAGES, read_progress
from anyi_geo.county.progress_rules import progress_doubts
from anyi_geo.errors import Message, SettingError, why_not
from anyi_geo.show.index_page import write_index
from anyi_geo.show.report.excel import write_workbook
from anyi_geo.show.report.quarter import last_report, quarter_of, write_quarter
from anyi_geo.show.report.quarter_tables import progress_template, site_names


def quarter_command(
    quarter: Annotated[str, typer.Argument(help="季度，例如 2023Q4。")],
    progress: Annotated[Path | None, typer.Option("--progress", help="进展表，xlsx 或 csv。")] = None,
    template: Annotated[Path | None, typer.Option("--template", help="只写一份空白进展表（xlsx）。")] = None,
    data: Data = None,
    out: Out = Path("anyi-out"),
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Write the report of a quarter, or the empty table to fill in for it."""
    with answering(lang, as_json) as door:
        when = quarter_of(quarter)
        if (progress is None) == (template is None):
            raise SettingError(
                f"请给出进展表：anyi-geo quarter {when.name} --progress 文件；还没有表，先写一份空白的："
                f"anyi-geo quarter {when.name} --template 进展.xlsx",
                f"Name the progress table with --progress FILE, or write an empty one with --template FILE.xlsx: "
                f"anyi-geo quarter {when.name} --template progress.xlsx",
            )
        county = load_county(data or packaged_data())
        if progress is None:
            _write_template(template, county)
            door.tell(
                {"status": "done", "template": str(template)},
                Message(f"空白进展表：{template}", f"Empty progress table: {template}"),
            )
            return
        rows = read_progress(progress, county.sites)
        last = last_report(out, when)
        folder = write_quarter(out, county, when, rows)
        doubts = progress_doubts(rows, None if last is None else last[1], STAGES)
        write_index(out)
        compared = Message("首次上报", "first report") if last is None else Message(*[f"{last[0].name}"] * 2)
        door.tell(
            {"status": "done", "quarter": when.name, "folder": str(folder), "sites": len(rows),
             "compared_with": None if last is None else last[0].name,
             "warnings": [doubt.record("en" if lang == "en" else "zh") for doubt in doubts]},
            Message(
                "\n".join([
                    f"{when.zh}：{len(rows)} 个点位，比较：{compared.zh}。",
                    *(f"  请核对 {doubt.id}：{doubt.message.zh}" for doubt in doubts),
                    f"  {folder / 'quarter.xlsx'}",
                    f"  {folder / 'quarter.docx'}",
                ]),
                "\n".join([
                    f"{when.name}: {len(rows)} sites, compared with: {compared.en}. {folder}",
                    *(f"  {doubt.id}: {doubt.message.en}" for doubt in doubts),
                ]),
            ),
        )  # fmt: skip


def _write_template(path: Path | None, county: County) -> None:
    if path is None:
        return
    if path.suffix.lower() != ".xlsx":
        raise SettingError(f"空白表的文件名要以 .xlsx 结尾，现为 {path.name}。", f"{path.name} does not end in .xlsx.")
    if path.exists():
        raise SettingError(
            f"{path} 已存在：请换一个文件名，以免盖掉填好的内容。", f"{path} exists: choose another name."
        )
    try:
        write_workbook(path, (progress_template(county), site_names(county)), title="季度进展")
    except OSError as error:
        raise SettingError(
            f"写不进 {path}（{why_not(error).zh}）：请换一个位置。", f"Cannot write {path} ({why_not(error).en})."
        ) from None
