"""Commands on a county folder: check it, copy the embedded one, list its columns."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from anyi_geo.cli.door import AsJson, Data, Exit, Lang, answering
from anyi_geo.county import check_county, packaged_data
from anyi_geo.county.progress import PROGRESS_COLUMNS
from anyi_geo.county.registers import REGISTER_COLUMNS
from anyi_geo.errors import Message, SettingError
from anyi_geo.schema import COLUMNS
from anyi_geo.show.console import faults_table, schema_table
from anyi_geo.show.folder import whole_folder


def check_command(data: Data = None, as_json: AsJson = False, lang: Lang = "zh") -> None:
    """List every fault of a county folder at once."""
    with answering(lang, as_json) as door:
        folder = data or packaged_data()
        faults = check_county(folder)
        errors = sum(fault.is_error for fault in faults)
        if as_json:
            door.put({"faults": [fault.record(door.language) for fault in faults]})
        else:
            if faults:
                door.show(faults_table(faults, language=door.language))
            door.say(
                Message(
                    f"{folder}：错误 {errors} 处，提示 {len(faults) - errors} 处。"
                    + ("请改正错误后再运行。" if errors else "可以运行。"),
                    f"{folder}: {errors} errors, {len(faults) - errors} warnings.",
                )
            )
        if errors:
            raise typer.Exit(Exit.BAD_INPUT)


def new_command(
    folder: Annotated[Path, typer.Argument(help="新文件夹；不能已有内容。")], as_json: AsJson = False, lang: Lang = "zh"
) -> None:
    """Copy the embedded county to a folder of the planner's own."""
    with answering(lang, as_json) as door:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise SettingError(
                f"{folder} 已存在且不为空：请换一个新文件夹。", f"{folder} exists and is not empty: name a new folder."
            )
        with whole_folder(folder) as work:
            shutil.copytree(packaged_data(), work, dirs_exist_ok=True)
        if as_json:
            door.put({"status": "done", "folder": str(folder)})
        else:
            door.say(
                Message(
                    f"已复制到 {folder}。改好数据后先检查：anyi-geo check --data {folder}，"
                    f"再运行：anyi-geo run --data {folder}",
                    f"Copied to {folder}. Next: anyi-geo check --data {folder}, then anyi-geo run --data {folder}",
                )
            )


def schema_command(as_json: AsJson = False, lang: Lang = "zh") -> None:
    """Print the data dictionary."""
    with answering(lang, as_json) as door:
        columns = (*COLUMNS, *REGISTER_COLUMNS, *PROGRESS_COLUMNS)
        if as_json:
            door.put({"columns": [vars(column) for column in columns]})
        else:
            door.show(schema_table(columns, language=door.language))
