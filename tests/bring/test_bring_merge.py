"""What an import leaves behind: whole sums, what was entered, what is modelled still."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from bring_examples import HEADINGS, bring, sound_rows, told, villages, write_csv, write_xlsx
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_county import place, write_roads

from anyi_geo.bring import Request, finish, modelled_shares, prepare
from anyi_geo.bring.datum import metres_between
from anyi_geo.bring.layout import PERSONS
from anyi_geo.bring.people import completed, shares_of, split, within
from anyi_geo.county import check_county, load_county, packaged_data
from anyi_geo.schema import AGE_SEX_COLUMNS


def brought(tmp_path, *files, start=None, **more):
    """Import files and return the county folder with what was found."""
    start = start or packaged_data()
    more.setdefault("crs", "wgs84")
    request = Request(files=files, **more)
    outcome = prepare(request, start)
    assert not outcome.refused, outcome.faults
    work = tmp_path / "work"
    work.mkdir()
    assert finish(work, start, request, outcome) == []
    return work, outcome


def test_entered_values_replace_modelled_ones_and_every_sum_holds(tmp_path):
    rows = sound_rows(8)
    rows[0][3:5] = [12, 12]
    rows[1][3:5] = [4000, 1]
    rows[2][3:5] = [0, 0]
    folder, outcome = brought(tmp_path, write_csv(tmp_path / "a.csv", [HEADINGS, *rows]))
    county = load_county(folder)
    for code, name, township, persons, elders, lon, lat in rows:
        village = county.villages.loc[code]
        assert (village["name"], village["township"]) == (name, township)
        assert (village["persons_total"], village["persons_60plus"]) == (persons, elders)
        assert village["persons_status"] == village["position_status"] == "county"
        assert village["persons_basis"] == "resident"
        assert set(village["persons_given"].split(";")) == {"persons_total", "persons_60plus"}
        assert (village.geometry.x, village.geometry.y) == pytest.approx((lon, lat), abs=1e-7)
        assert sum(village[name] for name in AGE_SEX_COLUMNS) == persons
        assert village["persons_town"] + village["persons_rural"] == persons
        own = county.points[county.points["village_id"] == code]
        assert all(own[column].sum() == village[column] for column in PERSONS)
    untouched = county.villages.drop([row[0] for row in rows])
    before = load_county(packaged_data()).villages.loc[untouched.index]
    assert (untouched["persons_total"] == before["persons_total"]).all()
    assert set(untouched["persons_status"]) == {"modelled"}
    shares = {(row["file"], row["column"]): row for row in modelled_shares(outcome)}
    assert shares["villages.geojson", "persons_status"]["modelled"] == 133 - 8
    assert shares["roads.gpkg", "source"]["share"] == 1.0


@pytest.mark.parametrize(("written", "kept"), [("{}委会", 0), ("石鼻镇{}", 0), ("新名村", 1)])
def test_the_county_s_list_keeps_its_names_unless_a_code_brings_another(written, kept, tmp_path):
    row = sound_rows(1, 40)[0]
    name = row[1]
    row[1] = written.format(name)
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, row]))
    assert outcome.merged.villages[row[0]].cells["name"] == (name, row[1])[kept]
    assert [f.code for f in outcome.faults] == ["W_NAME_DIFFERS"] * kept


def test_what_is_modelled_around_a_village_moves_with_it(tmp_path):
    row = sound_rows(1)[0]
    row[5] += 0.01
    folder, outcome = brought(tmp_path, write_csv(tmp_path / "a.csv", [HEADINGS, row]))
    before, after = load_county(packaged_data()), load_county(folder)
    own = after.points[after.points["village_id"] == row[0]]
    old = before.points.loc[own.index]
    moved = metres_between(own.geometry.x, own.geometry.y, old.geometry.x, old.geometry.y)
    inside = shapely.contains(before.outline.geometry.iloc[0], shapely.points(old.geometry.x + 0.01, old.geometry.y))
    assert moved[inside] == pytest.approx(976, abs=4)
    assert set(own["position_status"]) == {"modelled"}
    assert outcome.merged.counts["hamlets_moved_along"] == len(own)


def test_natural_villages_replace_the_modelled_ones_and_make_up_their_village(tmp_path):
    code, name, township, *_, lon, lat = sound_rows(1)[0]
    headings = ["自然村", "所属行政村", "乡镇", "常住人口", "老年人口", "经度", "纬度"]
    hamlets = [["甲", name, township, 300, 70, lon, lat], ["乙", name, township, 120, 31, lon + 0.003, lat]]
    folder, _ = brought(tmp_path, write_xlsx(tmp_path / "a.xlsx", {"自然村": [headings, *hamlets]}))
    county = load_county(folder)
    own = county.points[county.points["village_id"] == code]
    assert list(own["name"]) == ["甲", "乙"]
    assert list(own["persons_60plus"]) == [70, 31]
    village = county.villages.loc[code]
    assert (village["persons_total"], village["persons_60plus"]) == (420, 101)
    assert village["persons_status"] == "county"
    assert all(own[column].sum() == village[column] for column in PERSONS)


@pytest.mark.parametrize(("total", "faults"), [(420, []), (421, [("E_SUM_DIFFERS", 2)])])
def test_natural_villages_must_sum_to_the_village_that_was_entered(total, faults, tmp_path):
    code, name, township, *_, lon, lat = sound_rows(1)[0]
    sheets = {
        "村庄": [HEADINGS, [code, name, township, total, 101, lon, lat]],
        "自然村": [
            ["自然村", "所属行政村", "乡镇", "常住人口", "老年人口", "经度", "纬度"],
            ["甲", name, township, 300, 70, lon, lat],
            ["乙", name, township, 120, 31, lon + 0.003, lat],
        ],
    }
    assert told(bring(write_xlsx(tmp_path / "a.xlsx", sheets))) == faults


def test_sites_homes_residents_and_parameters(tmp_path):
    code, name, township, *_, lon, lat = sound_rows(1)[0]
    sheets = {
        "点位": [
            ["点位名称", "用途", "所在行政村", "乡镇", "经度", "纬度", "资源类型", "改造投入（万元）", "楼层"],
            ["新校舍", "幸福院候选点", name, township, lon, lat, "闲置校舍", 38.5, 2],
        ],
        "敬老院": [
            ["敬老院名称", "所在行政村", "乡镇", "经度", "纬度", "床位数"],
            ["龙津镇敬老院", "西门社区", "龙津镇", 115.55, 28.845, 60],
        ],
        "入住老人(匿名)": [
            ["匿名编号", "所在敬老院", "护理等级", "是否同意搬迁"],
            ["R1", "龙津敬老院", "自理", "同意"],
            ["R2", "龙津敬老院", "失能", "未征询"],
            ["R3", "龙津镇敬老院", "自理", "同意"],
        ],
        "参数": [
            ["参数", "取值", "单位", "出处"],
            ["meal_uptake", 0.2, "", "县民政局2023年调查"],
            ["walk_speed_mps", 0.8, "", ""],
        ],
    }
    folder, outcome = brought(tmp_path, write_xlsx(tmp_path / "a.xlsx", sheets))
    county = load_county(folder)
    new = county.sites.loc["U195"]
    assert (new["name"], new["village_id"], new["opening_yuan"], new["floors"]) == ("新校舍", code, 385_000.0, 2)
    assert new["attributes_status"] == new["position_status"] == "county"
    home = county.sites.loc["J01"]
    assert (home["beds"], home["residents_self_yes"], home["residents_full_not_asked"]) == (60, 2, 1)
    assert (home["residents_total"], list(county.residents["resident_id"])) == (3, ["R1", "R2", "R3"])
    assert set(county.residents["site_id"]) == {"J01"}
    assert sum(home[f"residents_{a}_{b}"] for a in ("self", "partial", "full") for b in ("yes", "no", "not_asked")) == 3
    assert outcome.merged.counts["parameters"] == 1
    row = county.parameters.table.loc["meal_uptake"]
    assert (row["value"], row["status"], row["source"]) == (0.2, "county", "县民政局2023年调查")
    assert county.parameters.table.loc["walk_speed_mps", "status"] != "county"


@pytest.mark.parametrize(("beds", "counted", "found"), [
    (2, None, [("E_OVER_CAPACITY", 2)]), (3, None, []), (3, 2, []), (4, 3, [("E_CONSENT_SUM", 2)]),
])  # fmt: skip
def test_residents_must_fit_their_beds_and_agree_with_what_the_home_states(beds, counted, found, tmp_path):
    homes = [["敬老院名称", "所在行政村", "乡镇", "经度", "纬度", "床位数", "在院特困人员：自理、同意搬迁"],
             ["新敬老院", "西门社区", "龙津镇", 115.55, 28.845, beds, counted]]  # fmt: skip
    residents = [["匿名编号", "所在敬老院", "护理等级", "是否同意搬迁", "家属所在村", "家属所在乡镇（处）"]]
    residents += [[f"R{k}", "新敬老院", "自理", "同意" if k < 2 else "未征询", "京庄村", "长均乡"] for k in range(3)]
    outcome = bring(write_xlsx(tmp_path / "a.xlsx", {"敬老院": homes, "入住老人(匿名)": residents}))
    assert told(outcome) == found
    if not found:
        assert outcome.merged.residents[0]["origin_village_id"] == "360123201209"


POSTS = ["敬老院名称", "所在行政村", "乡镇", "经度", "纬度", "床位数", "在岗护理员", "在岗炊事员", "在岗管理人员",
         "其他在岗人员", "编制", "在编人数", "整修费用（万元）"]  # fmt: skip


@pytest.mark.parametrize(("established", "faults"), [(5, []), (8, []), (9, [("E_STAFF_SUM", 2)])])
def test_posts_and_the_cost_of_refitting_come_with_a_home(established, faults, tmp_path):
    row = ["龙津镇敬老院", "西门社区", "龙津镇", 115.55, 28.845, 60, 4, 2, 1, 1, 7, established, 38.5]
    book = write_xlsx(tmp_path / "a.xlsx", {"敬老院": [POSTS, row]})
    if faults:
        assert told(bring(book)) == faults
        return
    folder, _ = brought(tmp_path, book)
    county = load_county(folder)
    home = county.sites.loc["J01"]
    assert home[["staff_posts", "staff_established", "refit_yuan"]].tolist() == [7, established, 385_000]
    over = [fault for fault in county.warnings if fault.code == "W_OVER_ESTABLISHED"]
    assert [fault.id for fault in over] == (["J01"] if established > 7 else [])


@pytest.mark.parametrize(("established", "faults"), [(8, []), (9, [("E_STAFF_SUM", 3)])])
@pytest.mark.parametrize("listed", [False, True])
def test_a_cell_that_cannot_be_read_hides_no_fault_of_another_row(established, faults, listed, tmp_path):
    """A list of residents that cannot all be read says nothing against the home that it names."""
    rows = [
        ["龙津镇敬老院", "西门社区", "龙津镇", 115.55, 28.845, 60, 4, 2, 1, 1, 7, 5, -1],
        ["新敬老院", "西门社区", "龙津镇", 115.56, 28.845, 60, 4, 2, 1, 1, 7, established, 38.5],
    ]
    sheets = {"敬老院": [POSTS, *rows]}
    if listed:
        residents = [["匿名编号", "所在敬老院", "护理等级", "是否同意搬迁"], ["R1", "新敬老院", "自己", "同意"]]
        sheets["入住老人(匿名)"] = residents
    outcome = bring(write_xlsx(tmp_path / "a.xlsx", sheets))
    more = [("E_BAD_TYPE", 2)] if listed else faults
    assert told(outcome) == [("E_BAD_TYPE", 2), *more]
    assert (outcome.usable, outcome.bad) == ((1, 2) if listed else (0, 2) if faults else (1, 1))


@pytest.mark.parametrize(
    ("sheet", "row", "code"),
    [
        ("残", ["R1", "不存在敬老院", "自理", "同意"], "E_UNKNOWN_REF"),
        ("残", ["R1", "龙津敬老院", "自己", "同意"], "E_BAD_TYPE"),
        ("残", ["R1", "龙津敬老院", "自理", None], "E_BAD_TYPE"),
        ("残", ["36012319400101123X", "龙津敬老院", "自理", "同意"], "E_PERSONAL_DATA"),
        ("残", ["王大爷", "龙津敬老院", "自理", "同意"], "E_PERSONAL_DATA"),
        ("残", ["=R1", "龙津敬老院", "自理", "同意"], "E_BAD_TYPE"),
        ("参", ["no_such_key", 1, 0, 2], "E_UNKNOWN_REF"),
        ("参", ["meal_uptake", 3, 0, 2], "E_BAD_TYPE"),
        ("参", ["meal_uptake", "三成", 0, 2], "E_BAD_TYPE"),
    ],
)
def test_faults_of_the_other_sheets(sheet, row, code, tmp_path):
    headings = {"残": ["匿名编号", "所在敬老院", "护理等级", "是否同意搬迁"], "参": ["参数", "取值", "下限", "上限"]}[
        sheet
    ]
    sheets = {{"残": "入住老人(匿名)", "参": "参数"}[sheet]: [headings, row]}
    outcome = bring(write_xlsx(tmp_path / "a.xlsx", sheets))
    assert told(outcome) == [(code, 2)]
    assert "19400101" not in "".join(str(fault) for fault in outcome.faults)


WISHES = ["在院特困人员：自理、同意搬迁", "已征询家属意见的在院老人人数", "已征询者中家属同意的人数",
          "已征询意见的工作人员人数（随迁或转岗）", "已征询者中同意的工作人员人数", "村级意愿（办幸福院）"]  # fmt: skip


def with_wishes(tmp_path, *cells, families=(), start=None):
    """Bring a new home with these wishes and, where given, its list of residents with their families."""
    head = ["敬老院名称", "所在行政村", "乡镇", "经度", "纬度", "床位数"]
    sheets = {"敬老院": [[*head, *WISHES], ["新敬老院", "西门社区", "龙津镇", 115.55, 28.845, 20, *cells]]}
    if families:
        residents = [["匿名编号", "所在敬老院", "护理等级", "是否同意搬迁", "家属是否征询"]]
        residents += [[f"R{k}", "新敬老院", "自理", "同意", asked] for k, asked in enumerate(families)]
        sheets["入住老人(匿名)"] = residents
    return bring(write_xlsx(tmp_path / "a.xlsx", sheets), start=start)


def test_wishes_come_from_the_sheet_and_blank_ones_stay_unknown(tmp_path):
    outcome = with_wishes(tmp_path, 8, 5, None, 4, None, "不同意")
    assert told(outcome) == []
    (cells,) = (f.cells for f in outcome.merged.sites.values() if f.cells["name"] == "新敬老院")
    assert (cells["families_consulted"], cells["staff_asked"], cells["village_consent"]) == (5, 4, "no")
    assert cells.get("families_agree") is None
    assert cells.get("staff_agree") is None


def test_families_of_listed_residents_are_asked_one_by_one_and_nothing_is_filled_in(tmp_path):
    outcome = with_wishes(tmp_path, families=["已征询", "未征询", None])
    assert told(outcome) == []
    answers = [cells.get("family_consulted") for cells in outcome.merged.residents]
    assert answers == ["yes", "no", None]
    (cells,) = (f.cells for f in outcome.merged.sites.values() if f.cells["name"] == "新敬老院")
    assert cells.get("families_consulted") is None, "who wants the number counts the list"


@pytest.mark.parametrize(
    ("cells", "families", "column"),
    [
        ((8, 9), (), "families_consulted"),
        ((8, 5, 6), (), "families_agree"),
        ((8, None, None, 4, 5), (), "staff_agree"),
        ((2, 2), ("已征询", "未征询"), "families_consulted"),
    ],
)
def test_wishes_that_do_not_add_up_are_asked_about_in_their_cell(cells, families, column, tmp_path):
    outcome = with_wishes(tmp_path, *cells, families=families)
    assert told(outcome) == [("E_CONSENT_SUM", 2)]
    assert outcome.faults[0].column == column
    assert outcome.faults[0].cell[1:] == "2"


def test_a_newer_list_of_families_takes_the_place_of_an_older_count(tmp_path):
    folder, _ = brought(tmp_path, write_xlsx(tmp_path / "b.xlsx", {
        "敬老院": [["敬老院名称", "所在行政村", "乡镇", "床位数", WISHES[0], WISHES[1]],
                 ["龙津镇敬老院", "西门社区", "龙津镇", 60, 3, 3]],
    }))  # fmt: skip
    residents = [["匿名编号", "所在敬老院", "护理等级", "是否同意搬迁", "家属是否征询"],
                 *[[f"R{k}", "龙津镇敬老院", "自理", "同意", "未征询"] for k in range(3)]]  # fmt: skip
    outcome = bring(write_xlsx(tmp_path / "c.xlsx", {"入住老人(匿名)": residents}), start=folder)
    assert told(outcome) == []
    assert outcome.merged.sites["J01"].cells["families_consulted"] is None


def test_names_of_residents_are_refused(tmp_path):
    rows = [["匿名编号", "姓名", "所在敬老院", "护理等级", "是否同意搬迁"], ["R1", "某", "龙津敬老院", "自理", "同意"]]
    assert told(bring(write_xlsx(tmp_path / "a.xlsx", {"入住老人": rows}))) == [("E_PERSONAL_DATA", None)]


def test_modelled_sites_go_when_the_planner_s_list_is_whole(tmp_path):
    _, name, township, *_, lon, lat = sound_rows(1)[0]
    rows = [
        ["名称", "用途", "所在行政村", "乡镇", "经度", "纬度"],
        ["新颐养之家", "颐养之家", name, township, lon, lat],
    ]
    path = write_xlsx(tmp_path / "a.xlsx", {"点位": rows})
    kinds = [f.cells["kind"] for f in bring(path).merged.sites.values()]
    assert kinds.count("yiyang_home") == 61
    kinds = [f.cells["kind"] for f in bring(path, replace_sites=True).merged.sites.values()]
    assert (kinds.count("yiyang_home"), kinds.count("xingfuyuan_candidate")) == (1, 112)


def test_typed_roads_join_the_network(tiny, tmp_path):
    """The gap between km 2 and 6 of a cut road is closed by a row of the sheet."""
    write_roads(tiny / "roads.gpkg", cut=(2,))
    assert "W_UNREACHABLE" in {fault.code for fault in check_county(tiny)}
    a, b = place(2.0), place(6.0)
    rows = [["道路名称", "起点经度", "起点纬度", "终点经度", "终点纬度", "长度（公里）", "道路等级"],
            ["连接路", a.x, a.y, b.x, b.y, 4.5, "村道"]]  # fmt: skip
    folder, _ = brought(tmp_path, write_xlsx(tmp_path / "a.xlsx", {"道路(可选)": rows}), start=tiny)
    assert "W_UNREACHABLE" not in {fault.code for fault in check_county(folder)}
    edges = gpd.read_file(folder / "roads.gpkg", layer="edges")
    assert edges.iloc[-1][["length_m", "highway", "source"]].tolist() == [4500.0, "residential", "county"]
    rows[1][1] = 100.0
    assert told(bring(write_xlsx(tmp_path / "b.xlsx", {"道路(可选)": rows}), start=tiny)) == [("E_OUT_OF_COUNTY", 2)]


def test_another_county_starts_from_nothing_and_says_what_is_modelled(tmp_path):
    """Made-up villages of Liechtenstein, no outline, no codes."""
    rows = [["村名", "乡镇", "常住人口", "老年人口", "经度", "纬度"]]
    spots = [(9.52, 47.14), (9.51, 47.16), (9.53, 47.20), (9.50, 47.07), (9.52, 47.10)]
    rows += [
        [f"{n}村", "上乡" if lat > 47.12 else "下乡", 500, 90, lon, lat]
        for n, (lon, lat) in zip("甲乙丙丁戊", spots, strict=True)
    ]
    path = write_csv(tmp_path / "a.csv", rows)
    request = Request(files=(path,), crs="wgs84", fresh=True, name="某县")
    outcome = prepare(request, packaged_data())
    assert told(outcome, errors_only=False) == []
    assert any("不是县界" in note.zh for note in outcome.notes)
    work = tmp_path / "work"
    work.mkdir()
    assert finish(work, packaged_data(), request, outcome) == []
    townships = gpd.read_file(work / "boundaries/townships.geojson")
    assert set(townships["status"]) == {"modelled"}
    assert set(townships["name"]) == {"上乡", "下乡"}
    own = townships.set_index("name").loc["上乡"].geometry
    assert all(own.contains(shapely.Point(spot)) == (spot[1] > 47.12) for spot in spots)
    table = gpd.read_file(work / "villages.geojson")
    assert list(table["village_id"]) == ["V0001", "V0002", "V0003", "V0004", "V0005"]
    assert {fault.file for fault in check_county(work)} == {"roads.gpkg", "sites.geojson"}


def test_outlines_are_brought_as_layers(tmp_path):
    area = shapely.box(9.4, 47.0, 9.7, 47.3)
    gpd.GeoDataFrame({"代码": ["111111"], "县名": ["某县"]}, geometry=[area], crs=4326).to_file(
        tmp_path / "县界.geojson"
    )
    rows = [["村名", "乡镇", "常住人口", "老年人口", "经度", "纬度"], ["甲村", "上乡", 500, 90, 9.52, 47.14],
            ["乙村", "上乡", 500, 90, 10.52, 47.14]]  # fmt: skip
    outcome = bring(tmp_path / "县界.geojson", write_csv(tmp_path / "a.csv", rows), fresh=True, name="某县")
    assert told(outcome) == [("E_OUT_OF_COUNTY", 3)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5000), st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_shares_sum_and_stay_within_one_of_exact(total, weights):
    parts = shares_of(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    exact = [total * w / whole if whole else total / len(weights) for w in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=9), st.floats(0, 1))
def test_no_part_exceeds_its_room(parts, share):
    room, weights = [r for r, _ in parts], [w for _, w in parts]
    total = int(share * sum(room))
    found = within(total, weights, room)
    assert sum(found) == total
    assert all(0 <= a <= b for a, b in zip(found, room, strict=True))
    with pytest.raises(ValueError, match="do not fit"):
        within(sum(room) + 1, weights, room)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3000), st.floats(0, 1), st.integers(0, 132))
def test_a_village_stays_consistent_whatever_was_entered(total, share, number):
    """Every part within its whole, in the village and in each of its natural villages."""
    row = villages().iloc[number]
    given_persons = {"persons_total": total, "persons_60plus": round(share * total)}
    village = completed(row, given_persons, rural=True)
    old = [dict.fromkeys(PERSONS, 3) | {"persons_total": 90}, dict.fromkeys(PERSONS, 0), dict.fromkeys(PERSONS, 1)]
    for table in ([village], split(village, old)):
        for cells in table:
            assert (
                cells["persons_total"]
                >= cells["persons_60plus"]
                >= cells["persons_65plus"]
                >= cells["persons_80plus"]
                >= 0
            )
            assert cells["persons_total"] >= cells["persons_0_14"]
            assert cells["persons_town"] + cells["persons_rural"] == cells["persons_total"]
    assert sum(village[name] for name in AGE_SEX_COLUMNS) == total
    assert np.sum([cells["persons_60plus"] for cells in split(village, old)]) == village["persons_60plus"]
