"""The homes part of result.json, recomputed by code that knows only that file and the county's tables."""

import json

import pytest
from recompute_homes import check_waves, check_wishes, recomputed
from test_home_stories import home, people, residents_csv, run, write_homes

RULES = {
    "one": "",
    "hard": 'consent = "hard"\n',
    "two": 'centres = 2\nregional_centres = ["all"]\n',
    "hard-two": 'centres = 2\nregional_centres = ["all"]\nconsent = "hard"\n',
    "nobody-home": "home_support = false\n",
    "reused": '[homes.reuse.given]\nHA = "public_built_private_run"\nHB = "civil_affairs_station"\n'
    'HC = "civil_affairs_station"\nHE = "public_built_private_run"\n',
    "reused-two": 'centres = 2\nregional_centres = ["all"]\n[homes.reuse.given]\nHB = "xingfuyuan"\n'
    'HC = "public_built_private_run"\nZ = "civil_affairs_station"\n',
    "family": 'centres = 3\ncentres_at_most = true\nregional_centres = ["all"]\nvisit_weight = 30.0\n',
}


def mixed(folder):
    """Write four homes and a centre that grows in two steps: every kind of resident, answer and register there is."""
    listed = people()
    a = {**listed, "running_yuan_per_year": 150000, "running_yuan_per_resident_year": 800}
    b = people(self_yes=7, partial_no=3, full_not_asked=2)
    c = people(self_yes=9, self_no=4, partial_yes=2, full_yes=1)
    e = people(self_yes=3, self_not_asked=5)
    write_homes(
        folder,
        [
            (home("HA", "A", 12, **{k: v for k, v in a.items() if not k.startswith("residents")}), 0.0),
            (home("HB", "B", 16, nursing_beds=4, area_m2=400.0, families_consulted=12, families_agree=9, **b), 1.0),
            (home("HC", "D", 20, residents_self_home_support=3, staff_carers=2, staff_cooks=1, staff_managers=1,
                  staff_others=0, staff_asked=3, staff_agree=2, village_consent="no", refit_yuan=123456, **c), 6.0),
            (home("HE", "E", 9, running_yuan_per_year=90000, area_m2=310.0, **e), 7.0),
            (home("Z", "C", 10, "county_centre_candidate", expansion_steps="12:60000:30;30:90000:36", area_m2=350.0,
                  nursing_beds=2, **people(self_yes=4, full_no=1)), 2.0),
        ],
    )  # fmt: skip
    residents_csv(
        folder,
        [
            "R1,HA,full,yes,guardian,,990000000004,yes", "R2,HA,self,no,self,yes,990000000001,no",
            "R3,HA,self,yes,self,,990000000005,yes", "R4,HA,partial,not_asked,,,,", "R5,HA,self,no,self,,990000000002,",
        ],
        "family_consulted",
    )  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_every_figure_follows_from_the_flows_and_the_countys_tables(tiny, tmp_path, rule):
    mixed(tiny)
    days = "first_wave = 2023-10-09\nexpansion_ready = 2024-03-01\nnotice_days = 21\nassessment_days = 7\n"
    more = f"wave_cap = 11\n{days}alternatives = false\nvisit_limit_minutes = 12.0\n"
    # A rule may end in a table of its own.
    answer, result = run(tiny, tmp_path / "out", more + RULES[rule])
    assert answer.exit_code == 0, answer.output
    out = tmp_path / "out" / "homes-story"
    expected, summary = recomputed(tiny, out), result.homes.summary
    told = {name: summary[name] for name in expected}
    years, theirs = expected.pop("pay_back_years"), told.pop("pay_back_years")
    assert told == pytest.approx(expected, rel=1e-9)
    assert (years is None) == (theirs is None)
    assert years is None or theirs == pytest.approx(years)
    if "hard" in rule:
        assert (told["moved_without_consent"], told["moved_not_asked"]) == (0, 0)
    check_waves(out, cap=11, ready="2024-03-01", notice=21, assessment=7)
    check_wishes(tiny, out)
    check_objective(out, told)
    check_minutes(result)


def check_objective(out, told):
    """The model's objective is the yearly cost with annuities, and the families' time at its price."""
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    (solve,) = [row for row in result["solves"] if row["model"] == "homes"]
    parameters = {row["key"]: row["value"] for row in result["parameters"]}
    minute = parameters["visit_minute_yuan"] * parameters["visits_per_year"]
    weight = result["run"]["overrides"].get("homes.visit_weight", 1.0)
    families = sum(row["persons"] * row["minutes_after"] for row in result["homes"]["tables"]["visits"])
    assert solve["objective"] == pytest.approx(told["annual_yuan"] + weight * minute * families, rel=1e-9)
    assert solve["bound"] <= solve["objective"] * (1 + 1e-9)


KM = {"HA": 0.0, "HB": 1.0, "HC": 6.0, "HE": 7.0, "Z": 2.0}
KM |= {f"99000000000{number}": km for number, km in enumerate((0.0, 1.0, 2.0, 6.0, 7.0), 1)}


def check_minutes(result):
    """A kilometre takes three minutes by car; a family without a village lives at the old home."""
    for row in result.homes.tables["visits"].itertuples():
        assert row.minutes_before == pytest.approx(3 * abs(KM[row.origin] - KM[row.from_site]), abs=0.05)
        assert row.minutes_after == pytest.approx(3 * abs(KM[row.origin] - KM[row.to_site]), abs=0.05)
