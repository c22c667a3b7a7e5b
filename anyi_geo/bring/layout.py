"""The sheets of the workbook and their columns, taken from the one schema table."""

from __future__ import annotations

from dataclasses import dataclass, replace

from anyi_geo.schema import (
    COUNTY,
    HAMLETS,
    PARAMETERS,
    RESIDENTS,
    ROADS,
    SITES,
    TOWNSHIPS,
    VILLAGES,
    Column,
    columns_of,
)

#: Columns that the program fills in: where a value comes from, and how far off it may be.
_FILLED_IN = frozenset(
    {"position_status", "position_error_m", "persons_status", "persons_basis", "persons_given", "attributes_status"}
)
_HOME_KINDS = ("jinglaoyuan", "county_centre_candidate")
_SITE_KINDS = ("xingfuyuan_candidate", "yiyang_home", "clinic")
#: Of homes only; the other uses of a building have no beds.
_OF_HOMES = frozenset(
    column.name
    for column in columns_of(SITES)
    if column.name.startswith(("residents_", "families_", "staff_"))
    or "beds" in column.name
    or column.name.endswith(("_per_bed", "_per_resident_year"))
    or column.name in {"book_value_yuan", "owner", "operator", "contract", "rent_yuan_per_year", "refit_yuan"}
)
_OF_CANDIDATES = frozenset({"official_batch", "resource_raw", "ready_from", "opening_yuan"})

#: How people write the same coordinate in metres and in degrees: two columns, whatever they are called.
LON, LAT, PAIR = "lon", "lat", "lon_lat"
_POSITION = (
    Column("", LON, "number", "degrees", False, "经度", "longitude (or easting)"),
    Column("", LAT, "number", "degrees", False, "纬度", "latitude (or northing)"),
)


@dataclass(frozen=True)
class Sheet:
    """One sheet of the workbook.

    Attributes
    ----------
    key : str
    title : str
        Name of the worksheet.
    file : str
        File of the county folder that it feeds.
    columns : tuple of Column
        In the order of the template; a column that is `required` must hold a value in every row.
    anchors : tuple of str
        Columns of which the table needs one: what names a row.
    """

    key: str
    title: str
    file: str
    columns: tuple[Column, ...]
    anchors: tuple[str, ...]

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def _text(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    return Column("", name, "text", "", required, zh, en)


def _from_schema(file: str, without: frozenset[str]) -> tuple[Column, ...]:
    """Return the columns a planner fills; none is required by itself, the county may know the rest."""
    return tuple(
        replace(column, required=column.name == "name")
        for column in columns_of(file)
        if column.name not in _FILLED_IN | without
    )


def _residents(*names: str) -> tuple[Column, ...]:
    return tuple(next(column for column in columns_of(RESIDENTS) if column.name == name) for name in names)


_VILLAGE = (
    _text("village", "所在行政村", "village in which it stands"),
    _text("township", "乡镇（处）", "township"),
)
_SITE_COLUMNS = _from_schema(SITES, frozenset({"township", "village_id", "kind"}))
_VILLAGE_ID = Column(SITES, "village_id", "code", "", False, "村代码（12位）", "12-digit code of the village")


def _site_sheet(key: str, title: str, kinds: tuple[str, ...], without: frozenset[str]) -> Sheet:
    kind = Column(SITES, "kind", "choice", "", False, "用途", "use", kinds)
    rest = tuple(column for column in _SITE_COLUMNS if column.name not in without)
    first, others = rest[:3], rest[3:]
    return Sheet(key, title, SITES, (*first, kind, *_VILLAGE, _VILLAGE_ID, *_POSITION, *others), ("name", "site_id"))


SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "villages",
        "村庄",
        VILLAGES,
        (
            *(replace(c, required=False) for c in columns_of(VILLAGES)[:4]),
            *_POSITION,
            *_from_schema(VILLAGES, frozenset(column.name for column in columns_of(VILLAGES)[:4])),
        ),
        ("village_id", "name"),
    ),
    Sheet(
        "hamlets",
        "自然村",
        HAMLETS,
        (
            *_from_schema(HAMLETS, frozenset({"village_id"}))[:2],
            *_VILLAGE,
            replace(_VILLAGE_ID, file=HAMLETS),
            *_POSITION,
            *_from_schema(HAMLETS, frozenset({"village_id"}))[2:],
        ),
        ("name", "hamlet_id"),
    ),
    _site_sheet("sites", "点位", _SITE_KINDS, _OF_HOMES),
    _site_sheet("homes", "敬老院", _HOME_KINDS, _OF_CANDIDATES),
    Sheet(
        "residents",
        "入住老人(匿名)",
        RESIDENTS,
        (
            *_residents("resident_id"),
            _text("home", "所在敬老院", "home", required=True),
            *_residents("care_level"),
            *(replace(c, required=True, zh="是否同意迁往中心") for c in _residents("consent")),
            *_residents("consent_by", "home_support", "family_consulted"),
            _text("village", "家属所在村", "village of the family"),
            _text("township", "家属所在乡镇（处）", "township of the family"),
        ),
        ("resident_id",),
    ),
    Sheet(
        "roads",
        "道路(可选)",
        ROADS,
        (
            _text("road", "道路名称", "name of the road"),
            Column(ROADS, "from_lon", "number", "degrees", True, "起点经度", "longitude of the start"),
            Column(ROADS, "from_lat", "number", "degrees", True, "起点纬度", "latitude of the start"),
            Column(ROADS, "to_lon", "number", "degrees", True, "终点经度", "longitude of the end"),
            Column(ROADS, "to_lat", "number", "degrees", True, "终点纬度", "latitude of the end"),
            Column(ROADS, "length_m", "number", "m", False, "长度（空则按直线）", "length", minimum=0),
            Column(
                ROADS,
                "highway",
                "choice",
                "",
                True,
                "道路等级",
                "road class",
                ("trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "service", "track"),
            ),
            Column(ROADS, "oneway", "flag", "", False, "是否单行", "one-way"),
        ),
        ("from_lon",),
    ),
    Sheet(
        "parameters",
        "参数",
        PARAMETERS,
        (
            replace(columns_of(PARAMETERS)[0], required=True),
            _text("zh", "中文说明（不导入）", "what it is, in Chinese"),
            *(replace(c, required=c.name == "value") for c in columns_of(PARAMETERS)[1:] if c.name != "status"),
        ),
        ("key",),
    ),
    Sheet("county", "县界", COUNTY, tuple(columns_of(COUNTY)), ("name", "code")),
    Sheet(
        "townships",
        "乡镇界",
        TOWNSHIPS,
        tuple(replace(c, required=c.name == "name") for c in columns_of(TOWNSHIPS) if c.name != "status"),
        ("name", "code"),
    ),
)
#: Sheets of points and numbers that the workbook has; outlines come as layers only.
WORKBOOK = tuple(sheet for sheet in SHEETS if sheet.key not in {"county", "townships"})
AREAS = ("county", "townships")
#: Columns of persons that hold for the whole village or hamlet.
PERSONS = tuple(column.name for column in columns_of(HAMLETS) if column.unit == "persons")


def sheet_of(key: str) -> Sheet:
    """Return the sheet with that key."""
    return next(sheet for sheet in SHEETS if sheet.key == key)
