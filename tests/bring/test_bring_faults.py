"""Every planted fault is named with its cell, and nothing else is."""

import pytest
from bring_examples import HEADINGS, bring, sound_rows, story, told, villages, write_csv, write_xlsx

from anyi_geo.bring.names import Gazetteer, Place
from anyi_geo.bring.numbers import NotANumberError, degrees_of, number_of


def test_all_faults_of_a_table_at_once(tmp_path):
    outcome = bring(story(tmp_path))
    assert told(outcome, errors_only=False) == [
        ("E_DUP_CODE", 3),
        ("E_DUP_CODE", 4),
        ("E_NEG_POP", 5),
        ("E_OUT_OF_COUNTY", 6),
        ("E_ELDER_GT_TOTAL", 7),
        ("E_NO_COORD", 8),
    ]
    assert (outcome.usable, outcome.bad, outcome.refused) == (1, 6, True)
    assert outcome.merged is None
    by_row = {fault.row: fault for fault in outcome.faults}
    assert "第 3、4 行" in by_row[3].message.zh
    assert (by_row[5].cell, by_row[5].value) == ("E5", -12)
    assert "公里" in by_row[6].message.zh
    assert (by_row[8].cell, by_row[8].column) == ("G8", "lat")


def test_bad_rows_are_dropped_by_name_and_the_rest_is_loaded(tmp_path):
    outcome = bring(story(tmp_path), drop_bad=True)
    rows = sound_rows(7)
    assert not outcome.refused
    assert [name for _, name in outcome.dropped] == [rows[k][1] for k in (1, 1, 3, 4, 5, 6)]
    entered = [code for code, f in outcome.merged.villages.items() if f.cells["persons_status"] == "county"]
    assert entered == [rows[0][0]]


def test_a_row_that_repeats_another_cell_for_cell_loses_its_double_only(tmp_path):
    rows = sound_rows(3)
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *rows, rows[1]]), drop_bad=True)
    assert told(outcome) == [("E_DUP_CODE", 3), ("E_DUP_CODE", 5)]
    assert [entry.number for entry, _ in outcome.dropped] == [5]
    assert outcome.merged.villages[rows[1][0]].cells["persons_status"] == "county"


def test_the_county_s_own_list_has_no_fault(tmp_path):
    """133 rows with and without codes, by full name and township, by full name alone."""
    table = sound_rows(133, 0)
    for columns in ((0, 1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 6), (1, 3, 4, 5, 6), (0, 3, 4, 5, 6)):
        rows = [[row[k] for k in columns] for row in [HEADINGS, *table]]
        outcome = bring(write_csv(tmp_path / "a.csv", rows))
        assert told(outcome, errors_only=False) == []
        assert outcome.usable == 133


ROW = 2  # of the spreadsheet: the third of the table


@pytest.mark.parametrize(
    ("column", "bad", "code", "good"),
    [
        (0, "36012310120", "E_BAD_TYPE", None),
        (0, "3.60123E+11", "E_BAD_TYPE", None),
        (1, "某某村", None, None),  # the code says which; a new name is a warning
        (2, "不存在镇", "E_UNKNOWN_REF", "万埠"),
        (2, "石鼻镇", "E_UNKNOWN_REF", None),
        (3, "约800", "E_BAD_TYPE", "1,200"),
        (3, "1,20", "E_BAD_TYPE", "0.12万"),
        (3, 800.5, "E_BAD_TYPE", "１２００人"),
        (3, -1, "E_NEG_POP", 5000),
        (4, "二十", "E_BAD_TYPE", 0),
        (4, 99999, "E_ELDER_GT_TOTAL", 1),
        (5, 28.85, "E_OUT_OF_COUNTY", "115°38′00″"),
        (5, None, "E_NO_COORD", 115.63),
        (5, "东边", "E_BAD_TYPE", "115.63°E"),
        (6, 0, "E_OUT_OF_COUNTY", None),
        (6, "—", "E_NO_COORD", None),
    ],
)
def test_each_fault_beside_the_value_still_allowed(column, bad, code, good, tmp_path):
    rows = sound_rows(5, 22)
    rows[1][3:5] = [5000, 200]
    for value, expected in ((bad, code), (good, None)):
        if value is None and good is None and expected is None and bad is not None:
            continue
        spoilt = [list(row) for row in rows]
        spoilt[1][column] = value
        outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *spoilt]))
        assert told(outcome) == ([(expected, ROW + 1)] if expected else []), value
        if expected and expected != "E_UNKNOWN_REF":
            assert [f.cell[1:] for f in outcome.faults if f.is_error] == [str(ROW + 1)]


def test_exchanged_coordinates_say_so(tmp_path):
    rows = sound_rows()
    rows[1][5], rows[1][6] = rows[1][6], rows[1][5]
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *rows]))
    assert told(outcome) == [("E_SWAPPED_LATLON", 3)]
    assert "颠倒" in outcome.faults[0].message.zh


@pytest.mark.parametrize(
    ("without", "named"),
    [((0, 1), "village_id"), ((4,), "persons_60plus"), ((3,), "persons_total"), ((6,), "lat"), ((5,), "lon")],
)
def test_a_missing_column_is_named_once(without, named, tmp_path):
    table = [[cell for k, cell in enumerate(row) if k not in without] for row in [HEADINGS, *sound_rows()]]
    outcome = bring(write_csv(tmp_path / "villages.csv", table))
    assert [(f.code, f.column) for f in outcome.faults if f.is_error] == [("E_MISSING_COLUMN", named)]
    assert outcome.refused


def test_a_table_that_is_none_says_what_was_found(tmp_path):
    outcome = bring(write_csv(tmp_path / "a.csv", [["甲", "乙", "丙"], [1, 2, 3]]))
    assert [f.code for f in outcome.faults] == ["E_MISSING_COLUMN"]
    assert "甲" in outcome.faults[0].message.zh


def test_half_filled_persons_are_a_fault_and_blank_ones_are_left_alone(tmp_path):
    rows = sound_rows(4)
    rows[1][4] = None
    rows[2][3] = rows[2][4] = None
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, *rows]))
    assert told(outcome) == [("E_BAD_TYPE", 3)]
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, rows[0], rows[2]]))
    assert outcome.merged.villages[rows[2][0]].cells["persons_status"] == "modelled"
    assert outcome.merged.villages[rows[2][0]].cells["position_status"] == "county"


def test_blank_coordinates_may_keep_the_county_s_when_asked(tmp_path):
    rows = sound_rows(3)
    rows[1][5] = rows[1][6] = None
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *rows])
    assert told(bring(path)) == [("E_NO_COORD", 3)]
    outcome = bring(path, keep_positions=True)
    assert told(outcome) == []
    assert outcome.merged.villages[rows[1][0]].cells["position_status"] == "modelled"


def test_residents_or_registered_is_asked(tmp_path):
    headings = ["总人口" if word == "常住人口" else word for word in HEADINGS]
    path = write_csv(tmp_path / "a.csv", [headings, *sound_rows()])
    outcome = bring(path)
    assert told(outcome, errors_only=False) == [("W_PERSONS_BASIS", None)]
    assert outcome.basis == "unknown"
    assert bring(path, persons="户籍").basis == "hukou"
    both = [
        [*headings[:3], "户籍人口", "常住人口", *headings[4:]],
        *([*r[:3], r[3] + 90, *r[3:]] for r in sound_rows()),
    ]
    path = write_csv(tmp_path / "b.csv", both)
    assert "--persons" in bring(path).faults[0].message.zh
    assert bring(path, persons="常住").merged.villages[sound_rows()[0][0]].cells["persons_total"] == sound_rows()[0][3]
    assert bring(write_csv(tmp_path / "c.csv", [HEADINGS, *sound_rows()]), persons="户籍").refused


@pytest.fixture(scope="module")
def gazetteer():
    table = villages()
    names = dict.fromkeys(table["township"])
    townships = {name: name for name in names} | {"红山管理处": "国营万埠垦殖场"}
    return Gazetteer([Place(code, row["name"], row["township"]) for code, row in table.iterrows()], townships)


@pytest.mark.parametrize(
    ("name", "township", "answer"),
    [
        ("方岗村", "乔乐乡", "E_AMBIGUOUS_NAME"),
        ("方岗社区", "乔乐乡", "方岗社区"),
        ("京庄", None, "E_AMBIGUOUS_NAME"),
        ("京庄村", None, "E_AMBIGUOUS_NAME"),
        ("京庄", "长均乡", "京庄村"),
        ("京庄社区", "长均乡", "E_AMBIGUOUS_NAME"),
        ("徐埠", "东阳镇", "E_AMBIGUOUS_NAME"),
        ("徐埠村", "东阳镇", "徐埠村"),
        ("徐埠居委会", "东阳镇", "徐埠社区"),
        ("罗田", None, "罗田村"),
        ("石鼻镇罗田村村委会".replace("村村", "村"), None, "罗田村"),
        ("罗田村", "万埠镇", "E_UNKNOWN_REF"),
        ("罗日村", "石鼻镇", "E_UNKNOWN_REF"),
        ("曹村村", "长均乡", "曹村村"),
        ("金垦社区", "国营万埠垦殖场", "金垦社区"),
    ],
)
def test_names_are_matched_with_their_township_or_asked(gazetteer, name, township, answer):
    found = gazetteer.find(name, township)
    assert (found.place.name if found.place else found.code) == answer
    if found.code == "E_AMBIGUOUS_NAME":
        assert "360123" in found.zh


def test_an_ambiguous_name_is_answered_by_its_code(tmp_path):
    row = next(row for row in sound_rows(133, 0) if row[1] == "徐埠村")
    asked = bring(write_csv(tmp_path / "a.csv", [HEADINGS, [None, "徐埠", *row[2:]]]))
    assert told(asked) == [("E_AMBIGUOUS_NAME", 2)]
    assert "徐埠社区" in asked.faults[0].message.zh
    assert "360123105202" in asked.faults[0].message.zh
    assert told(bring(write_csv(tmp_path / "b.csv", [HEADINGS, [row[0], "徐埠", *row[2:]]]))) == []


def test_a_code_of_another_village_is_not_loaded(tmp_path):
    a, b = sound_rows(2)
    assert told(bring(write_csv(tmp_path / "a.csv", [HEADINGS, [b[0], *a[1:]]]))) == [("E_UNKNOWN_REF", 2)]


def test_a_village_that_the_county_does_not_have_is_loaded_and_said(tmp_path):
    row = ["360123102999", "新立村", "石鼻镇", 300, 60, *sound_rows(1)[0][5:]]
    outcome = bring(write_csv(tmp_path / "a.csv", [HEADINGS, row]))
    assert told(outcome, errors_only=False) == [("W_NEW_VILLAGE", 2)]
    assert outcome.merged.villages[row[0]].cells["persons_60plus"] == 60


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,200", 1200), ("1，200", 1200), ("1.2万", 12000), ("１２００", 1200), ("1200人", 1200), ("1.13万人", 11300),
     ("-12", -12),
     (" 300 ", 300), ("12 345", 12345), ("35万", 350000), ("3e2", 300), (7, 7)],
)  # fmt: skip
def test_numbers_as_people_write_them(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize(
    "text", ["约300", "1,20", "12-15", "1.2.3", "", "万", "30%", "三百", True, float("nan"), "=1+1", "1e999"]
)
def test_what_is_no_number(text):
    with pytest.raises(NotANumberError):
        number_of(text)


def test_degrees_minutes_seconds():
    assert degrees_of("115°32′51″") == pytest.approx(115.5475)
    assert degrees_of("东经115.55") == 115.55
    with pytest.raises(NotANumberError):
        degrees_of("115°75′")


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "=cmd|'/c calc'!A1",
    "@SUM(A1)",
    "a\x00b\x07",
    "𠮷村\u202e",
    "`${1}`",
    "x" * 3000,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_or_a_sentence(name, tmp_path):
    row = ["360123102999", name, "石鼻镇", 300, 60, *sound_rows(1)[0][5:]]
    if "\x00" not in name:
        outcome = bring(write_xlsx(tmp_path / "a.xlsx", {"村庄": [HEADINGS, row]}))
    else:
        (tmp_path / "a.csv").write_text("\n".join([",".join(HEADINGS), ",".join(map(str, row))]), encoding="utf-8")
        outcome = bring(tmp_path / "a.csv")
        assert told(outcome) == [("E_UNREADABLE", None)]
        return
    if len(name) > 500:
        assert told(outcome) == [("E_BAD_TYPE", 2)]
        assert len(outcome.faults[0].message.zh) < 400
    else:
        kept = outcome.merged.villages[row[0]].cells["name"]
        assert kept == name.replace("\u202e", "")
