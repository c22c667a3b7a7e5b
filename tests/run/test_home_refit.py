"""What the emptied homes cost, hold and may bring: worked out by hand through the county's own tables."""

import math

import pandas as pd
import pytest
from test_home_stories import people
from test_home_variants import MOVING, NURSING, REUSED, RUNNING, decide, given, ground, house, three

from anyi_geo.bridge.homes import decide_homes
from anyi_geo.county import load_county
from anyi_geo.locate.settings import SolverSettings
from anyi_geo.result import HomesResult
from anyi_geo.scenario import load_scenario

__all__ = ["ground"]

STATION, LET, CARE, SPARE = "civil_affairs_station", "public_built_private_run", "xingfuyuan", "reserve"
NAMES = ["HA", "HB", "HC"]
#: Yuan per square metre of the packaged parameters.
PER_M2 = {STATION: 200.0, LET: 400.0}
CARER = 36_000.0


def homes(areas, **more):
    """Return three homes with these areas and a centre of 80 beds."""
    (first, at), *rest = three(80)
    rows = [({**first, **more}, at), *rest]
    return [({**cells, "area_m2": area}, km) for (cells, km), area in zip(rows, [*areas, None], strict=True)]


def refitting(result: HomesResult) -> float:
    return float(result.tables["cost_heads"].set_index("head").at["refitting", "one_off_yuan"])


def used(result):
    return result.tables["reuse"].set_index("site_id")


def codes(result):
    return {row["code"]: row["message"] for row in result.summary["notes"]}


@pytest.mark.parametrize(
    ("areas", "uses", "more", "yuan"),
    [
        ((500.0, 400.0, 600.0), (STATION, LET, SPARE), {}, 500 * 200 + 400 * 400),
        ((500.0, 400.0, 600.0), (SPARE, SPARE, SPARE), {}, 0.0),
        ((500.0, 400.0, 600.0), (STATION, LET, SPARE), {"refit_yuan": 77_000.0}, 77_000 + 400 * 400),
        ((None, 400.0, 600.0), (STATION, LET, SPARE), {"refit_yuan": 77_000.0}, 77_000 + 400 * 400),
        ((500.0, 400.0, 600.0), (SPARE, LET, SPARE), {"refit_yuan": 77_000.0}, 400 * 400),
        ((500.0, 400.0, 600.0), (STATION, LET, SPARE), {"refit_yuan": 0.0}, 400 * 400),
        ((500.0, 400.0, 600.0), (CARE, SPARE, SPARE), {}, 300_000.0),
        ((500.0, 400.0, 600.0), (CARE, SPARE, SPARE), {"opening_yuan": None}, 300_000.0),
        ((500.0, 400.0, 600.0), (CARE, SPARE, SPARE), {"opening_yuan": None, "refit_yuan": 5_000.0}, 5_000.0),
        ((500.0, 400.0, 600.0), (CARE, SPARE, SPARE), {"opening_yuan": 9_000.0, "refit_yuan": 5_000.0}, 9_000.0),
    ],
)
def test_refitting_costs_what_a_clerk_works_out(ground, areas, uses, more, yuan):
    """72 residents to one centre of 80 beds: the whole cost by hand; 44 nursing beds, 8 carers."""
    result = decide(ground, homes(areas, **more), given(NAMES, uses))
    summary = result.summary
    assert refitting(result) == yuan
    once = yuan + 44 * NURSING + 72 * MOVING
    assert summary["one_off_yuan"] == pytest.approx(once)
    yearly = 72 * 12 * (1190 + 100) + RUNNING + 3 * REUSED + 8 * CARER
    assert summary["yearly_yuan_after"] == pytest.approx(yearly)
    annuity = 0.035 / (1 - 1.035**-20)
    assert summary["annual_yuan"] == pytest.approx(yearly + annuity * once)
    before = 72 * 12 * (1190 + 100) + 4 * RUNNING + (3 + 2 + 3) * CARER
    assert summary["pay_back_years"] == pytest.approx(once / (before - yearly))
    assert "N_REFIT_UNKNOWN" not in codes(result)


def test_an_unknown_cost_is_named_and_never_nought(ground):
    result = decide(ground, homes((None, None, 600.0)), given(NAMES, (STATION, SPARE, LET)))
    rows = used(result)
    assert math.isnan(rows.at["HA", "refit_yuan"])
    assert rows["refit_basis"].to_dict() == {"HA": "unknown", "HB": "none", "HC": "parameter"}
    assert math.isnan(rows.at["HA", "seats_elders"])
    assert (rows.at["HB", "refit_yuan"], rows.at["HB", "seats_elders"]) == (0.0, 0.0)
    told = codes(result)["N_REFIT_UNKNOWN"]
    assert "A村HA" in told
    assert "下限" in told
    assert "HB" not in told
    gaps = result.tables["unknown"]
    assert gaps.loc[gaps["column"] == "refit_yuan", "site_id"].tolist() == ["HA"]
    assert (result.summary["refit_unknown"], refitting(result)) == (1, 600 * 400)
    assert result.summary["station_seats_elders"] is None


def test_the_plan_of_care_sites_pays_for_a_home_that_it_opens(ground):
    """Site SA opens in HA's building: its 300,000 yuan stand among the care sites, and here nothing."""
    folder, travel = ground
    rows = homes((500.0, 400.0, 600.0))
    rows[0][0]["building_id"] = "BSA"
    decide(ground, rows, given(NAMES, (STATION, SPARE, SPARE)))
    county = load_county(folder)
    settings = load_scenario("v", folder / "scenarios").settings
    opened = pd.Series({"SA": 1})
    _, result, _ = decide_homes(county, settings, travel, opened, SolverSettings(seconds=20.0))
    row = used(result).loc["HA"]
    assert (row["use"], row["why"], row["refit_yuan"], row["refit_basis"]) == (CARE, "opened", 0.0, "care_sites")
    assert refitting(result) == 0.0
    what = "；".join(result.tables["actions"].query("site_id == 'HA'")["what_zh"])
    assert "计入幸福院建设" in what


def test_every_number_of_centres_and_every_plan_of_the_front_counts_the_same_heads(ground):
    """With two centres one home less is refitted; the annuity of what is spent once tells it in each row."""
    rows = [(dict(cells, area_m2=500.0), km) for cells, km in three(80)]
    text = "alternatives = true\nfront_plans = 4\n"
    result = decide(ground, rows, text + given([*NAMES, "Z"], [LET] * 4))
    annuity = 0.035 / (1 - 1.035**-20)
    for name in ("alternatives", "front"):
        table = result.tables[name]
        assert len(table) > 1
        found = table["annual_yuan"] - table["yearly_yuan_after"] - annuity * table["one_off_yuan"].astype(float)
        assert found.abs().max() < 1e-6
        emptied = 4 - table["centres"].astype(int)
        rest = table["one_off_yuan"] - 200_000.0 * emptied - MOVING * table["moved"].astype(int)
        assert (rest % NURSING).abs().max() < 1e-6, "what is left are whole nursing beds, no home twice or missed"
    assert used(result).index.tolist() == NAMES


def test_the_use_of_a_home_does_not_hang_on_which_others_are_emptied(ground):
    rows = [(dict(cells, area_m2=500.0), km) for cells, km in three(80)]
    whole = used(decide(ground, rows))
    fewer = used(decide(ground, rows, 'keep = ["HA"]\n'))
    scores = [name for name in whole if name.startswith("score_")]
    pd.testing.assert_frame_equal(whole.loc[["HB", "HC"], [*scores, "use"]], fewer.loc[["HB", "HC"], [*scores, "use"]])


def test_stations_and_let_homes_are_counted_for_the_county(ground):
    """15 minutes by e-tricycle are 5 km: from A (0) A, B, C; from D (6) all but A. All 300 elders."""
    result = decide(ground, homes((500.0, 400.0, 600.0)), given(NAMES, (STATION, LET, STATION)))
    summary, rows = result.summary, used(result)
    assert (summary["stations"], summary["station_elders"], summary["station_elders_share"]) == (2, 300, 1.0)
    assert rows["elders_near"].to_dict() == {"HA": 230, "HB": 270, "HC": 200}
    # 500 m2: 300 usable, 210 and 90 at two square metres each.
    assert rows.loc["HA", ["seats_elders", "seats_children"]].tolist() == [105, 45]
    assert rows["elders_at_a_time"].to_dict() == {"HA": 105, "HB": 0, "HC": 126}
    assert (summary["beds_for_paying"], summary["station_seats_elders"]) == (20.0, 231.0)
    assert [summary[f"rent_{level}_yuan"] for level in ("low", "value", "high")] == [12_000.0, 24_000.0, 60_000.0]
    years = [summary[f"pay_back_years_rent_{level}"] for level in ("high", "value", "low")]
    assert years == sorted(years)
    assert years[-1] < summary["pay_back_years"], "the headline is without rent"
    table = result.tables["county"].set_index("key")
    assert table.loc[["stations", "station_elders", "beds_for_paying"], "after"].tolist() == [2, 300, 20]
    assert table.at["beds", "after"] == 80, "beds for paying elders are none of the residents'"
    assert result.states["beds_after"].sum() == 80
    assets = result.tables["assets"].set_index("site_id")
    assert assets["operator_after_zh"].to_dict() == {"HA": "", "HB": "待招标", "HC": "", "Z": ""}


def test_beds_that_nobody_registered_bring_no_rent_that_is_a_fact(ground):
    rows = [house("HA", "A", None, **people(self_yes=5)), house("Z", "C", 40, centre=True)]
    result = decide(ground, rows, given(["HA"], [LET]))
    row = used(result).loc["HA"]
    assert math.isnan(row["beds_for_paying"])
    assert math.isnan(row["rent_value_yuan"])
    assert (result.summary["rent_value_yuan"], result.summary["beds_for_paying"]) == (None, None)


def test_posts_and_people_of_the_county(ground):
    rows = homes((500.0, 400.0, 600.0))
    post = {"staff_carers": 3, "staff_cooks": 1, "staff_managers": 1, "staff_others": 0}
    rows = [({**cells, **post, "staff_posts": 5, "staff_established": 3}, km) for cells, km in rows]
    staff = decide(ground, rows).tables["staff"].set_index("site_id")
    county = staff.loc["county"]
    assert county[["staff_present", "staff_posts", "staff_established"]].tolist() == [20, 20, 12]
    assert county[["posts_vacant", "staff_off_establishment", "posts_freed"]].tolist() == [8, 8, 15]
    assert county[["carers_needed_after", "carers_spare"]].tolist() == [8, 4]
    assert staff.at["Z", "carers_short"] == 5
