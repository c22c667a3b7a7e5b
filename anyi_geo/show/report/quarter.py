"""The quarterly report: what each site has done, and what changed since the last report."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from anyi_geo.county.progress import PROGRESS_COLUMNS
from anyi_geo.errors import ProblemError, SettingError
from anyi_geo.result_json import dump, records
from anyi_geo.show.folder import whole_folder
from anyi_geo.show.report.excel import write_workbook
from anyi_geo.show.report.grouping import grouped
from anyi_geo.show.report.model import Block, Report, Section, Table
from anyi_geo.show.report.names import short_site
from anyi_geo.show.report.quarter_budget import budget_table
from anyi_geo.show.report.quarter_tables import FIRST, changes_table, open_table, sites_table, totals_table
from anyi_geo.show.report.word import write_document

if TYPE_CHECKING:
    from anyi_geo.county import County

SCHEMA_VERSION = 1
FOLDER = "quarter"
_NAME = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year; later ones are larger.

    Attributes
    ----------
    year, number : int
    """

    year: int
    number: int

    @property
    def name(self) -> str:
        """Return ``2023Q4``."""
        return f"{self.year}Q{self.number}"

    @property
    def zh(self) -> str:
        """Return ``2023 年第四季度``."""
        return f"{self.year} 年第{'一二三四'[self.number - 1]}季度"

    @property
    def last_day(self) -> dt.date:
        """Return the day as of which is reported."""
        first_after = dt.date(self.year + self.number // 4, self.number % 4 * 3 + 1, 1)
        return first_after - dt.timedelta(days=1)


def quarter_of(name: str) -> Quarter:
    """Return the quarter that a name such as ``2023Q4`` means.

    Raises
    ------
    SettingError
        A name of another form.
    """
    found = _NAME.fullmatch(name.strip().upper())
    if found is None or int(found[1]) == 0:
        raise SettingError(
            f"季度“{name}”写法不对：请写成 年份Q季度，例如 2023Q4（2023 年第四季度）。",
            f"{name!r} is no quarter: write the year, Q and 1 to 4, for example 2023Q4.",
        )
    return Quarter(int(found[1]), int(found[2]))


def last_report(out: Path, quarter: Quarter) -> tuple[Quarter, pd.DataFrame] | None:
    """Return the latest earlier report under `out` and its rows by site_id, or None when there is none.

    Raises
    ------
    ProblemError
        When that report cannot be read.
    """
    folder = out / FOLDER
    found = [] if not folder.is_dir() else [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    earlier = sorted((quarter_of(path.name), path) for path in found if quarter_of(path.name) < quarter)
    if not earlier:
        return None
    when, path = earlier[-1]
    file = path / "quarter.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"schema_version {content['schema_version']}")
        rows = pd.DataFrame(content["rows"], columns=[column.name for column in PROGRESS_COLUMNS], dtype=object)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProblemError(
            f"上期季报 {file} 读不懂（{type(error).__name__}）：请重新生成 {when.name}，或移走这个文件夹后按首次上报。",
            f"The last report {file} cannot be read ({type(error).__name__}): write {when.name} again or move it away.",
        ) from None
    return when, rows.where(rows.notna(), None).set_index("site_id")


def write_quarter(out: Path, county: County, quarter: Quarter, progress: pd.DataFrame) -> Path:
    """Write ``quarter.json``, ``quarter.xlsx`` and ``quarter.docx`` under `out` and return their folder.

    Parameters
    ----------
    out : Path
        Output folder; earlier quarters are looked for in its folder ``quarter``.
    county : County
    quarter : Quarter
    progress : DataFrame
        From ``read_progress``.
    """
    report = quarter_report(county, quarter, progress, last_report(out, quarter))
    folder = out / FOLDER / quarter.name
    with whole_folder(folder) as work:
        rows = records(progress.reset_index())
        content = {"schema_version": SCHEMA_VERSION, "quarter": quarter.name, "county": county.code, "rows": rows}
        (work / "quarter.json").write_text(dump(content) + "\n", encoding="utf-8", newline="\n")
        write_workbook(work / "quarter.xlsx", report.sheets, title=report.title)
        write_document(work / "quarter.docx", report)
    return folder


def quarter_report(
    county: County, quarter: Quarter, progress: pd.DataFrame, last: tuple[Quarter, pd.DataFrame] | None
) -> Report:
    """Return the report of a quarter.

    Parameters
    ----------
    county : County
    quarter : Quarter
    progress : DataFrame
        Index site_id.
    last : tuple of Quarter and DataFrame, or None
        The report to compare with.
    """
    before = None if last is None else last[1]
    sites, change = sites_table(county, progress), changes_table(county, progress, before)
    totals, todo = totals_table(county, progress, before), open_table(county, progress, before)
    budget = budget_table(county, progress, quarter.number)
    compared = FIRST if last is None else f"与 {last[0].zh}（{last[0].name}）相比"
    return Report(
        title=f"{county.name}农村“一老一小”试点工作季度报告",
        subtitle=f"{quarter.zh}",
        facts={"截至": quarter.last_day.isoformat(), "比较": compared, "报送": "县民政局，每季度上报上级民政部门"},
        sections=_sections(quarter, progress, last, (totals, sites, budget, change, todo)),
        sheets=(totals, sites, budget, change, todo),
    )


def _sections(
    quarter: Quarter, progress: pd.DataFrame, last: tuple[Quarter, pd.DataFrame] | None, tables: tuple[Table, ...]
) -> tuple[Section, ...]:
    totals, sites, budget, change, todo = tables
    stages = progress["stage"].value_counts(sort=False)
    told = "，".join(f"{stage} {number} 个" for stage, number in stages.items())
    first: list[Block] = [f"截至 {quarter.last_day.isoformat()}，上报点位 {len(progress)} 个：{told}。", totals]
    compared: Block = f"{FIRST}，没有可比的上期。"
    if last is not None:
        compared = replace(_narrow(change), title=f"与 {last[0].zh}相比")
    counts = todo.rows["kind"].value_counts(sort=False)
    summary = "，".join(f"{kind} {number} 条" for kind, number in counts.items()) or "没有未填和待核的内容"
    return (
        Section("一、总体进展", tuple(first)),
        Section("二、各点位进展", (_narrow(sites),)),
        Section("三、预算执行", (budget,)),
        Section("四、与上期相比", (compared,)),
        Section("五、未填与待核", (f"{summary}。", grouped(todo, ("kind", "message", "responsible"), "name"))),
    )


def _narrow(found: Table) -> Table:
    """Return a table of the sites without what Excel tells beside it, so that the names stay on a line."""
    wide = ("site_id", "township", "planned", "spent_share", "running_yuan", "note")
    return found.told("name", short_site).first(60, tuple(c.key for c in found.columns if c.key not in wide))
