"""The quarterly report: what each site has done, and what changed since the last report."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from anyi_geo.county.progress import CUMULATIVE, PROGRESS_COLUMNS, PROGRESS_COUNTS
from anyi_geo.errors import ProblemError, SettingError
from anyi_geo.result_json import dump, records
from anyi_geo.show.figures import text_of
from anyi_geo.show.folder import whole_folder
from anyi_geo.show.report.excel import write_workbook
from anyi_geo.show.report.model import UNKNOWN, Block, Column, Items, Kind, Report, Section, Table, table
from anyi_geo.show.report.privacy import FEWEST, SMALL, small_hidden
from anyi_geo.show.report.word import write_document

if TYPE_CHECKING:
    from anyi_geo.county import County

SCHEMA_VERSION = 1
FOLDER = "quarter"
FIRST = "首次上报"
_NAME = re.compile(r"(\d{4})Q([1-4])")
#: Counts of persons of a sensitive group: residents of homes are 特困.
_PERSONS = ("residents_moved", "consent_yes", "consent_no", "consent_not_asked")
_UNITS = {"yuan": "元", "persons": "人", "": ""}


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
    sites, change = _sites_table(county, progress), _changes_table(county, progress, before)
    totals, todo = _totals_table(progress, before), _open_table(county, progress, before)
    compared = FIRST if last is None else f"与 {last[0].zh}（{last[0].name}）相比"
    return Report(
        title=f"{county.name}农村“一老一小”试点工作季度报告",
        subtitle=f"{quarter.zh}",
        facts={"截至": quarter.last_day.isoformat(), "比较": compared, "报送": "县民政局，每季度上报上级民政部门"},
        sections=_sections(quarter, progress, last, (totals, sites, change, todo)),
        sheets=(totals, sites, change, todo),
    )


def progress_template(county: County) -> Table:
    """Return an empty progress table with one row per site of the county's plan and per home."""
    rows = _expected(county)[["name"]].reset_index()
    for column in PROGRESS_COLUMNS[1:]:
        rows[column.name] = None
    columns = (Column(column.name, column.zh, "text", _UNITS.get(column.unit, ""), 16) for column in PROGRESS_COLUMNS)
    return table("进展", rows, *columns, note="每个点位一行；没有的数留空，不要填 0。点位名称见“点位”表。")


def site_names(county: County) -> Table:
    """Return which site each id of the template means."""
    return table(
        "点位", _expected(county).reset_index(), Column("site_id", "点位编号"), Column("name", "名称", width=36),
        Column("township", "乡镇（处）"),
    )  # fmt: skip


def _expected(county: County) -> pd.DataFrame:
    rows = county.sites
    kept = rows["official_batch"].notna() | rows["kind"].isin(["jinglaoyuan", "county_centre_candidate"])
    return pd.DataFrame(rows.loc[kept, ["name", "township"]])


def _shown(value: Any, name: str) -> object:
    if value is None:
        return UNKNOWN
    return small_hidden(value) if name in _PERSONS else value


def _kind(name: str) -> Kind:
    return "yuan" if name == "spend_yuan" else "count"


def _sites_table(county: County, progress: pd.DataFrame) -> Table:
    rows = progress.copy()
    for name in PROGRESS_COUNTS:
        rows[name] = pd.Series([_shown(value, name) for value in rows[name]], index=rows.index, dtype=object)
    places = county.sites.loc[rows.index, ["name", "township"]]
    rows = pd.DataFrame(places).join(rows).rename_axis("site_id").reset_index()
    return table(
        "各点位进展",
        rows,
        Column("site_id", "点位编号"),
        Column("name", "名称", width=34),
        Column("township", "乡镇（处）"),
        Column("stage", "阶段", width=14),
        *(
            Column(column.name, column.zh, _kind(column.name), _UNITS.get(column.unit, ""), 12)
            for column in PROGRESS_COLUMNS
            if column.name in PROGRESS_COUNTS
        ),
        Column("note", "备注", width=30),
        note="不足 3 人写作“<3”；没有填的写“未填/待核”，不按零计。",
    )


def _difference(now: Any, then: Any, name: str) -> object:
    if now is None or then is None:
        return UNKNOWN
    change = float(now) - float(then)
    return _change_hidden(change) if name in _PERSONS else change


def _changes_table(county: County, progress: pd.DataFrame, before: pd.DataFrame | None) -> Table:
    rows = []
    for site, now in progress.iterrows():
        row: dict[str, Any] = {"site_id": site, "name": county.sites["name"].at[site]}
        then = None if before is None or site not in before.index else before.loc[site]
        row["state"] = FIRST if then is None else "有上期"
        row["stage"] = now["stage"] if then is None else _stage(then["stage"], now["stage"])
        for name in PROGRESS_COUNTS:
            row[name] = None if then is None else _difference(now[name], then[name], name)
        rows.append(row)
    missing = () if before is None else [site for site in before.index if site not in progress.index]
    for site in missing:
        names = county.sites["name"]
        rows.append(
            {"site_id": site, "name": names.get(site, site), "state": "本期未报", "stage": _stage_of(before, site)}
        )
    columns = ["site_id", "name", "state", "stage", *PROGRESS_COUNTS]
    return table(
        "与上期相比",
        pd.DataFrame(rows, columns=columns),
        Column("site_id", "点位编号"),
        Column("name", "名称", width=34),
        Column("state", "情况", width=12),
        Column("stage", "阶段变化", width=24),
        *(
            Column(column.name, f"{column.zh}变化", _kind(column.name), _UNITS.get(column.unit, ""), 12)
            for column in PROGRESS_COLUMNS
            if column.name in PROGRESS_COUNTS
        ),
        note=FIRST if before is None else "变化为本期减上期；不足 3 人的变化写作“±<3”。",
    )


def _stage_of(before: pd.DataFrame | None, site: str) -> str:
    return "" if before is None else text_of(before["stage"].get(site))


def _stage(then: object, now: object) -> str:
    return f"{now}（未变）" if then == now else f"{then} → {now}"


def _totals_table(progress: pd.DataFrame, before: pd.DataFrame | None) -> Table:
    rows = []
    for column in PROGRESS_COLUMNS:
        if column.name not in PROGRESS_COUNTS:
            continue
        now = pd.to_numeric(progress[column.name])
        filled = int(now.notna().sum())
        rows.append(
            {
                "item": column.zh,
                "unit": _UNITS.get(column.unit, ""),
                "total": _shown(float(now.sum()) if filled else None, column.name),
                "filled": filled,
                "sites": len(progress),
                "change": FIRST if before is None else _total_change(now, pd.to_numeric(before[column.name])),
            }
        )
        if column.name in _PERSONS and isinstance(rows[-1]["change"], float):
            rows[-1]["change"] = _change_hidden(rows[-1]["change"])
    return table(
        "合计",
        pd.DataFrame(rows),
        Column("item", "项目", width=20),
        Column("total", "本期合计", "number", width=16),
        Column("unit", "单位"),
        Column("filled", "已填点位", "count", "个"),
        Column("sites", "上报点位", "count", "个"),
        Column("change", "比上期", "number", width=16),
        note="合计只加已填的点位；“比上期”只比两期都填了的点位，不因漏报而减少。",
    )


def _total_change(now: pd.Series, then: pd.Series) -> object:
    """Return the change over the sites that filled in both reports."""
    both = now.dropna().index.intersection(then.dropna().index)
    return float(now[both].sum() - then[both].sum()) if len(both) else UNKNOWN


def _change_hidden(change: float) -> object:
    return f"±{SMALL}" if 0 < abs(change) < FEWEST else change


def _open_table(county: County, progress: pd.DataFrame, before: pd.DataFrame | None) -> Table:
    names = county.sites["name"]
    unreported = _expected(county).index.difference(progress.index, sort=False)
    rows = [(site, "未报", "本期没有这个点位的进展") for site in unreported]
    for site, row in progress.iterrows():
        blank = [
            column.zh for column in PROGRESS_COLUMNS if column.name in PROGRESS_COUNTS and row[column.name] is None
        ]
        if blank:
            rows.append((site, "未填", "、".join(blank)))
        if row["open_safety_items"]:
            rows.append((site, "安全", f"未销号安全问题 {row['open_safety_items']:g} 项"))
        rows += [(site, "核对", words) for words in _doubts(row, None if before is None else before, str(site))]
    found = pd.DataFrame(rows, columns=["site_id", "kind", "message"])
    found["name"] = [names.get(site, site) for site in found["site_id"]]
    return table(
        "未填与待核",
        found,
        Column("site_id", "点位编号"),
        Column("name", "名称", width=34),
        Column("kind", "类别"),
        Column("message", "内容", width=60),
    )


def _doubts(row: pd.Series, before: pd.DataFrame | None, site: str) -> list[str]:
    if before is None or site not in before.index:
        return []
    words: Mapping[str, str] = {column.name: column.zh for column in PROGRESS_COLUMNS}
    return [
        f"{words[name]}比上期减少，累计数不应减少，请核对"
        for name in CUMULATIVE
        if row[name] is not None and before.at[site, name] is not None and row[name] < before.at[site, name]
    ]


def _sections(
    quarter: Quarter, progress: pd.DataFrame, last: tuple[Quarter, pd.DataFrame] | None, tables: tuple[Table, ...]
) -> tuple[Section, ...]:
    totals, sites, change, todo = tables
    stages = progress["stage"].value_counts(sort=False)
    told = "，".join(f"{stage} {number} 个" for stage, number in stages.items())
    first: list[Block] = [f"截至 {quarter.last_day.isoformat()}，上报点位 {len(progress)} 个：{told}。", totals]
    compared: tuple[Block, ...] = (f"{FIRST}，没有可比的上期。",) if last is None else (change,)
    if last is not None:
        compared = (f"与 {last[0].zh}相比。", *compared)
    counts = todo.rows["kind"].value_counts(sort=False)
    summary = Items(tuple(f"{kind} {number} 条" for kind, number in counts.items()) or ("没有未填和待核的内容",))
    keep = tuple(column.key for column in sites.columns if column.key not in ("township", "note"))
    return (
        Section("一、总体进展", tuple(first)),
        Section("二、各点位进展", (sites.first(60, keep),)),
        Section("三、与上期相比", compared),
        Section("四、未填与待核", (summary, todo.first(60))),
    )
