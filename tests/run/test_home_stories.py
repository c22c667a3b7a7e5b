"""The planner's stories about homes, through the front door: too few beds, consent, reuse and the asset ledger."""

import json

import pytest
from tiny_county import collection, place, site_row, site_rows, write_json
from typer.testing import CliRunner

from anyi_geo.cli import app
from anyi_geo.result_json import read_result
from anyi_geo.schema import CARE_LEVELS, CONSENTS

CALM = 'base = "base"\n[care_sites]\nplan = "official"\ntownship_min = 0\n[homes]\n'


def people(**persons):
    """Return the resident columns, e.g. self_yes=20."""
    cells = {f"residents_{level}_{consent}": 0 for level in CARE_LEVELS for consent in CONSENTS}
    return cells | {f"residents_{kind}": count for kind, count in persons.items()}


def home(site, village, beds, kind="jinglaoyuan", **more):
    return site_row(site, village, kind, resource_type="jinglaoyuan", beds=beds, **more)


def write_homes(folder, rows):
    """Put these homes in the place of the tiny county's; (cells, km)."""
    others = [
        (cells, km) for cells, km in site_rows() if cells["kind"] not in ("jinglaoyuan", "county_centre_candidate")
    ]
    write_json(folder / "sites.geojson", collection([(cells, place(km)) for cells, km in [*others, *rows]]))


def three_homes(folder, centre_beds, wishes=False, expansion=0):
    """Write homes of 24, 18 and 30 residents and a centre without any; 5 of the 72 said no and 10 were not asked."""
    a = people(self_yes=20, self_no=4) if wishes else people(self_yes=24)
    c = people(self_yes=19, full_no=1, self_not_asked=10) if wishes else people(self_yes=30)
    write_homes(
        folder,
        [
            (home("HA", "A", 30, **a), 0.0),
            (home("HB", "B", 20, **people(partial_yes=18)), 1.0),
            (home("HC", "D", 30, **c), 6.0),
            (home("Z", "C", centre_beds, "county_centre_candidate", expansion_beds=expansion), 2.0),
        ],
    )


def run(folder, out, text="", name="homes-story"):
    (folder / "scenarios" / f"{name}.toml").write_text(CALM + text, encoding="utf-8")
    answer = CliRunner().invoke(app, ["run", name, "--data", str(folder), "--out", str(out), "--json"])
    if answer.exit_code in (0, 3):
        return answer, read_result(out / name)
    return answer, None


def test_a_centre_too_small_is_told_with_three_ways_out(tiny, tmp_path):
    three_homes(tiny, 60)
    answer, result = run(tiny, tmp_path / "out")
    assert answer.exit_code == 3, answer.output
    reason = json.loads(answer.stdout)["runs"][0]["reasons"][0]
    message = reason["message"]
    for part in ("需要 72 床", "现有 60 床", "缺 12 床", "420 m²"):
        assert part in message
    assert "INFEASIBLE" not in message.upper()
    assert result.homes is None, "no plan"
    (kept,) = result.run["reasons"]
    assert [way["kind"] for way in kept["ways_out"]] == ["more_beds", "second_centre", "keep_home"]
    assert (kept["figures"]["beds_short"], kept["figures"]["m2_short"]) == (12, 420.0)
    assert sum(home["residents"] for home in kept["homes"]) == 72


def test_a_centre_that_just_fits_is_full_and_warns(tiny, tmp_path):
    three_homes(tiny, 72)
    answer, result = run(tiny, tmp_path / "out")
    assert answer.exit_code == 0, answer.output
    told = {warning["code"]: warning["message"] for warning in result.warnings}
    assert "无备用床位" in told["W_NO_RESERVE"]
    assert "100%" in told["W_NO_RESERVE"]
    assert result.homes.summary["moved"] == 72


def test_soft_consent_moves_everybody_and_the_sheet_says_when_and_by_whom(tiny, tmp_path):
    three_homes(tiny, 40, wishes=True, expansion=60)
    answer, result = run(tiny, tmp_path / "out", 'consent = "soft"\nwave_cap = 30\n')
    assert answer.exit_code == 0, answer.output
    summary = result.homes.summary
    assert (summary["moved"], summary["moved_without_consent"], summary["moved_not_asked"]) == (72, 5, 10)
    told = {warning["code"]: warning["message"] for warning in result.warnings}
    assert "未同意仍迁移 5 人，未征询 10 人" in told["W_MOVED_WITHOUT_CONSENT"]
    assert summary["other_consent"]["staying"] == 15
    sheet, waves = result.homes.tables["actions"], result.homes.tables["waves"]
    assert waves["persons"].sum() == 72
    assert (waves.groupby("wave")["persons"].sum() <= 30).all()
    assert (sheet["responsible_zh"] != "").all()
    moves = sheet[sheet["what_zh"].str.contains("批迁往")]
    assert moves["persons"].sum() == 72
    assert (moves["from_date"] != "").all()
    assert sheet[sheet["site_id"] == "HC"]["what_zh"].str.contains("逐人征询").any()
    towns = result.homes.tables["townships"].set_index("township")
    assert (towns.at["东乡", "residents"], towns.at["东乡", "not_asked"]) == (30, 10)


def test_hard_consent_keeps_fifteen_and_their_homes(tiny, tmp_path):
    three_homes(tiny, 80, wishes=True)
    answer, result = run(tiny, tmp_path / "out", 'consent = "hard"\n')
    assert answer.exit_code == 0, answer.output
    states = result.homes.states.set_index("site_id")
    assert (states["state"] == "kept").to_dict() == {"HA": True, "HB": False, "HC": True, "Z": False}
    assert states["residents_after"].to_dict() == {"HA": 4, "HB": 0, "HC": 11, "Z": 57}
    flows = result.homes.flows
    moved = flows[flows["from_site"] != flows["to_site"]]
    assert set(moved["consent"]) == {"yes"}
    assert "未征询 10 人" in states.at["HC", "reason_zh"]


def test_families_are_told_before_and_after_and_every_cost_adds_up(tiny, tmp_path):
    """From km 0 and 6 to km 2 at 20 km/h by car: 6 and 12 minutes; before 0, for families live by the old home."""
    three_homes(tiny, 80)
    _, result = run(tiny, tmp_path / "out", "visit_limit_minutes = 10.0\n")
    summary, visits = result.homes.summary, result.homes.tables["visits"].set_index("from_site")
    assert visits.at["HA", "minutes_after"] == pytest.approx(6.0, abs=0.1)
    mean = (24 * visits.at["HA", "minutes_after"] + 18 * visits.at["HB", "minutes_after"]) / 72
    mean += 30 * visits.at["HC", "minutes_after"] / 72
    assert summary["visit_minutes_after_mean"] == pytest.approx(mean)
    assert summary["visit_share_over_limit_after"] == pytest.approx(30 / 72)
    assert summary["visit_minutes_before_mean"] == 0.0
    worst = result.homes.tables["worst_changes"]
    assert (worst.at[0, "from_site"], worst.at[0, "persons"]) == ("HC", 30)
    check_money_and_staff(result)


def check_money_and_staff(result):
    summary, heads = result.homes.summary, result.homes.tables["cost_heads"]
    assert heads["yearly_yuan_after"].sum() == pytest.approx(summary["yearly_yuan_after"])
    assert heads["one_off_yuan"].sum() == pytest.approx(summary["one_off_yuan"])
    moving = heads.set_index("head").at["moving", "one_off_yuan"]
    assert moving == 72 * 1500
    staff = result.homes.tables["staff"]
    assert staff.iloc[-1]["site_id"] == "county"
    assert staff["note_zh"].str.contains("未登记").all(), "nobody registered the staff: no surplus is invented"
    assert not staff["note_zh"].str.contains("裁|减员|解聘").any()


def residents_csv(folder, rows, more=""):
    """Write a list of residents; `more` names a further column, the last cell of every row."""
    head = f"resident_id,site_id,care_level,consent,consent_by,home_support,origin_village_id{more and f',{more}'}\n"
    (folder / "residents.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")


def test_a_list_of_residents_gives_villages_guardians_and_support_at_home(tiny, tmp_path):
    """Two residents of HA: one of D village whose guardian agreed, one who asks to go home."""
    write_homes(
        tiny,
        [(home("HA", "A", 10), 0.0), (home("Z", "D", 20, "county_centre_candidate", expansion_beds=0), 6.0)],
    )
    residents_csv(tiny, ["R1,HA,full,yes,guardian,,990000000004", "R2,HA,self,no,self,yes,990000000001"])
    answer, result = run(tiny, tmp_path / "out", 'consent = "hard"\n')
    assert answer.exit_code == 0, answer.output
    summary = result.homes.summary
    assert (summary["moved"], summary["home_support"], summary["moved_by_guardian"]) == (1, 1, 1)
    visit = result.homes.tables["visits"].iloc[0]
    assert visit["origin_known"]
    assert visit["minutes_before"] == pytest.approx(18.0, abs=0.1)
    assert visit["minutes_after"] == pytest.approx(0.0, abs=0.1)
    assert result.homes.states.set_index("site_id").at["HA", "state"] != "kept"
    back = result.homes.flows[result.homes.flows["to_site"] == "home_support"]
    assert back["persons"].sum() == 1


TEN = [f"H{k:02d}" for k in range(10)]


def ten_homes(folder):
    rows = [
        (home(site, "A", 5, book_value_yuan=1000.0 * k, **people(self_yes=2)), 0.0) for k, site in enumerate(TEN, 1)
    ]
    write_homes(folder, [*rows, (home("Z", "C", 40, "county_centre_candidate"), 2.0)])


def uses(choice):
    lines = "\n".join(f'{site} = "{use}"' for site, use in zip(TEN, choice, strict=True))
    return f"[homes.reuse.given]\n{lines}\n"


def test_ten_homes_in_ten_out_at_unchanged_book_value(tiny, tmp_path):
    ten_homes(tiny)
    choice = ["civil_affairs_station"] * 6 + ["public_built_private_run"] * 3 + ["xingfuyuan"]
    answer, result = run(tiny, tmp_path / "out", uses(choice))
    assert answer.exit_code == 0, answer.output
    ledger = result.homes.tables["assets"].set_index("site_id").loc[TEN]
    assert (ledger["in_before"].sum(), ledger["in_after"].sum()) == (10, 10)
    assert ledger["state_after"].value_counts().to_dict() == {
        "civil_affairs_station": 6, "public_built_private_run": 3, "xingfuyuan": 1,
    }  # fmt: skip
    assert ledger["book_value_yuan_after"].sum() == ledger["book_value_yuan_before"].sum() == 55000.0
    assert result.homes.states.set_index("site_id").loc[TEN, "state"].tolist() == choice


def test_a_warehouse_is_refused_with_the_clause(tiny, tmp_path):
    ten_homes(tiny)
    answer, _ = run(tiny, tmp_path / "out", uses(["warehouse"] + ["reserve"] * 9))
    assert answer.exit_code == 2
    message = json.loads(answer.stdout)["message"]
    assert "不得改变养老服务用途" in message
    assert "warehouse" in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text",
    ['regional_centres = ["H77"]\n', '[homes.reuse.given]\nH77 = "reserve"\n'],
    ids=["regional_centre", "given_use"],
)
def test_a_home_that_does_not_exist_is_named(tiny, tmp_path, text):
    ten_homes(tiny)
    answer, _ = run(tiny, tmp_path / "out", text)
    assert answer.exit_code == 2
    assert "H77" in json.loads(answer.stdout)["message"]


def test_one_two_and_three_centres_stand_side_by_side_with_a_front(tiny, tmp_path):
    three_homes(tiny, 30, expansion=60)
    _, result = run(tiny, tmp_path / "out", "front_plans = 4\n")
    rows = result.homes.tables["alternatives"].set_index("centres")
    assert rows["chosen"].to_dict() == {1: True, 2: False, 3: False}
    assert rows.at[1, "beds_added"] > rows.at[2, "beds_added"]
    assert rows.at[1, "visit_minutes_after_mean"] > rows.at[3, "visit_minutes_after_mean"]
    front = result.homes.tables["front"]
    assert front["annual_yuan"].is_monotonic_increasing
    assert len(front) <= 4


OFFER = CALM.replace('plan = "official"', 'plan = "optimise"')


@pytest.mark.parametrize(
    ("offer", "state"), [("listed", "reserve"), ("candidate", "xingfuyuan"), ("fixed", "xingfuyuan")]
)
def test_an_emptied_home_enters_the_plan_of_care_sites_when_the_scenario_offers_it(tiny, tmp_path, offer, state):
    """A site serves its own village only; E village (km 7) has no site but the emptied home."""
    write_homes(
        tiny,
        [
            (home("HE", "E", 10, canteen_m2=60.0, opening_yuan=100000.0, **people(self_yes=2)), 7.0),
            (home("Z", "C", 40, "county_centre_candidate"), 2.0),
        ],
    )
    batch = '[[care_sites.batches]]\nname = "b"\nsites = 2\nweight = 1.0\nbudget_yuan = inf\n'
    groups = "".join(
        f"[demand.groups.{group}.limit_minutes]\nwalk = 15.0\nride = 2.0\ncar = 2.0\n"
        for group in ("elders_rural", "children_rural")
    )
    given = 'given = { HE = "xingfuyuan" }\n' if offer == "fixed" else ""
    text = OFFER + f'[homes.reuse]\ncare_sites = "{offer}"\nreserve_below = 1.0\n{given}' + batch + batch + groups
    (tiny / "scenarios" / "offer.toml").write_text(text, encoding="utf-8")
    answer = CliRunner().invoke(app, ["run", "offer", "--data", str(tiny), "--out", str(tmp_path / "out"), "--json"])
    assert answer.exit_code == 0, answer.output
    result = read_result(tmp_path / "out" / "offer")
    opened = dict(zip(result.sites["site_id"], result.sites["batch"], strict=True))
    assert opened.get("HE") == (None if offer == "listed" else 2)
    assert result.homes.states.set_index("site_id").at["HE", "state"] == state
