"""Tables as planners hand them in, and an import of them into the embedded county."""

import csv
import functools

import geopandas as gpd
import xlsxwriter

from anyi_geo.bring import Request, prepare
from anyi_geo.county import packaged_data

HEADINGS = ("村代码", "村名", "乡镇", "常住人口", "60岁以上人口", "经度", "纬度")


@functools.cache
def villages():
    """Return the villages of the embedded county."""
    return gpd.read_file(packaged_data() / "villages.geojson").set_index("village_id")


def sound_rows(count=6, start=30):
    """Return rows without any fault: the county's own villages, their persons a little changed."""
    table = villages().iloc[start : start + count]
    return [
        [code, row["name"], row["township"], int(row["persons_total"]) + 3, int(row["persons_60plus"]) + 1,
         round(row.geometry.x, 6), round(row.geometry.y, 6)]
        for code, row in table.iterrows()
    ]  # fmt: skip


def write_xlsx(path, sheets):
    """Write a workbook; `sheets` holds rows by title, headings first."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for title, rows in sheets.items():
            page = book.add_worksheet(title)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        page.write(number, column, cell)
    return path


def write_csv(path, rows, encoding="utf-8"):
    """Write a csv file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def bring(*files, crs="wgs84", start=None, **more):
    """Prepare an import."""
    return prepare(Request(files=files, crs=crs, **more), start or packaged_data())


def told(outcome, *, errors_only=True):
    """Return what was found: code and row of every fault."""
    return [(fault.code, fault.row) for fault in outcome.faults if fault.is_error or not errors_only]


def story(tmp_path):
    """Return the seven rows of the first story: one sound, six with a fault each, two of them one."""
    a, b, c, d, e, f, g = sound_rows(7)
    c = [b[0], b[1], b[2], b[3] + 40, *b[4:]]
    d[4] = -12
    e[5] = round(e[5] - 10, 6)
    f[3], f[4] = 250, 300
    g[6] = None
    return write_csv(tmp_path / "villages.csv", [HEADINGS, a, b, c, d, e, f, g])
