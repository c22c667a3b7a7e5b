"""Scenario files: small overrides of one base, every fault named."""

import math
import re
import shutil

import pytest

from anyi_geo.county import packaged_data
from anyi_geo.errors import SettingError
from anyi_geo.scenario import load_scenario, scenario_names


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(packaged_data() / "scenarios", tmp_path / "scenarios")
    return tmp_path / "scenarios"


def write(folder, text, name="mine"):
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return name


def test_a_scenario_is_base_with_what_differs(folder):
    name = write(folder, 'base = "base"\ntitle = "t"\n[care_sites]\ntownship_min = 0\n')
    scenario = load_scenario(name, folder)
    assert scenario.overrides == {"title": "t", "care_sites.township_min": 0}
    assert scenario.settings.care_sites.township_min == 0
    assert [batch.sites for batch in scenario.settings.care_sites.batches] == [4, 14]
    assert scenario.settings.care_sites.budget_yuan == math.inf


@pytest.mark.parametrize("name", scenario_names(packaged_data() / "scenarios"))
def test_every_packaged_scenario_loads_and_asks_a_question(name):
    scenario = load_scenario(name, packaged_data() / "scenarios")
    assert scenario.settings.question.endswith("？")


def test_unknown_keys_are_refused_with_the_allowed_ones(folder):
    name = write(folder, 'base = "base"\n[care_sites]\nbudget = 5\n')
    with pytest.raises(SettingError, match="care_sites.budget；这里可写：.*budget_yuan") as caught:
        load_scenario(name, folder)
    assert "allowed here" in caught.value.message.en


def test_unknown_keys_deep_inside_name_their_own_neighbours(folder):
    name = write(folder, 'base = "base"\n[demand.groups.elders_rural]\nwheight = 1\n')
    with pytest.raises(SettingError, match="demand.groups.elders_rural.wheight；这里可写：.*weight"):
        load_scenario(name, folder)


def test_all_faults_come_at_once(folder):
    name = write(folder, 'base = "base"\nfoo = 1\n[care_sites]\nbudget_yuan = -1\ntownship_min = "two"\n')
    with pytest.raises(SettingError, match="有 3 处设置不对"):
        load_scenario(name, folder)


@pytest.mark.parametrize(("budget", "allowed"), [("-1", False), ("0", True), ("250000", True), ("inf", True)])
def test_a_negative_budget_is_an_input_error_and_zero_is_not(folder, budget, allowed):
    name = write(folder, f'base = "base"\n[care_sites]\nbudget_yuan = {budget}\n')
    if allowed:
        assert load_scenario(name, folder).settings.care_sites.budget_yuan == float(budget)
    else:
        with pytest.raises(SettingError, match="care_sites.budget_yuan = -1"):
            load_scenario(name, folder)


@pytest.mark.parametrize(("sites", "allowed"), [(0, False), (1, True)])
def test_a_batch_holds_at_least_one_site(folder, sites, allowed):
    batch = f'[[care_sites.batches]]\nname = "a"\nsites = {sites}\nweight = 1.0\nbudget_yuan = inf\n'
    name = write(folder, f'base = "base"\n{batch}')
    if allowed:
        assert len(load_scenario(name, folder).settings.care_sites.batches) == 1
    else:
        with pytest.raises(SettingError, match="sites = 0"):
            load_scenario(name, folder)


@pytest.mark.parametrize(("minutes", "allowed"), [(0, False), (0.5, True)])
def test_a_limit_of_zero_minutes_is_refused(folder, minutes, allowed):
    text = f'base = "base"\n[demand.groups.elders_rural]\nlimit_minutes = {{ walk = {minutes} }}\n'
    name = write(folder, text)
    if allowed:
        limits = load_scenario(name, folder).settings.demand.groups["elders_rural"].limit_minutes
        assert limits == {"walk": 0.5, "ride": 15.0, "car": 15.0}
    else:
        with pytest.raises(SettingError, match="应大于 0"):
            load_scenario(name, folder)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("notice_days = 0\nassessment_days = 0", None),
        ("notice_days = 30\nassessment_days = 30", None),
        ("notice_days = 10", "assessment_days = 14 不对：评估不能早于书面通知，至多为 notice_days = 10 天"),
        ("assessment_days = 31", "至多为 notice_days = 30 天"),
        ("notice_days = -1", "notice_days = -1 不对：不能小于 0"),
        ("notice_days = 367", "notice_days = 367 不对：不能大于 366"),
        ("notice_days = 1.5", "应为整数"),
        ("wave_days = 366", None),
        ("wave_days = 0", "wave_days = 0 不对：不能小于 1"),
        ("wave_days = 367", "wave_days = 367 不对：不能大于 366"),
        ("first_wave = 2000-01-01", None),
        ("first_wave = 1999-12-31", "不能小于 2000-01-01"),
        ("expansion_ready = 2099-12-31", None),
        ("expansion_ready = 2100-01-01", "不能大于 2099-12-31"),
    ],
)
def test_days_before_and_between_moves(folder, text, wrong):
    name = write(folder, f'base = "base"\n[homes]\n{text}\n')
    if wrong is None:
        load_scenario(name, folder)
    else:
        with pytest.raises(SettingError, match=re.escape(wrong)):
            load_scenario(name, folder)


def test_a_county_of_an_older_kind_sets_no_days_of_notice(folder):
    """Its base file does not know the settings: nothing is dated, nothing is made up."""
    base = folder / "base.toml"
    lines = base.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("notice_days", "assessment_days"))]
    assert len(kept) == len(lines) - 2
    base.write_text("\n".join(kept), encoding="utf-8")
    homes = load_scenario("one-centre", folder).settings.homes
    assert (homes.notice_days, homes.assessment_days) == (None, None)


@pytest.mark.parametrize("name", ["../secret", "nothing", "base", "a b", ""])
def test_only_known_names_are_read(folder, name):
    with pytest.raises(SettingError):
        load_scenario(name, folder)


def test_a_path_to_a_file_of_ones_own_is_read(folder, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('base = "base"\ntitle = "自己的"\n', encoding="utf-8-sig")
    assert load_scenario(str(own), folder).settings.title == "自己的"
    with pytest.raises(SettingError, match="找不到"):
        load_scenario(str(tmp_path / "gone.toml"), folder)


def test_text_that_is_no_toml_is_a_sentence(folder):
    name = write(folder, "title = \n")
    with pytest.raises(SettingError, match="读不懂"):
        load_scenario(name, folder)


def test_seconds_and_seed_of_the_command_line_are_recorded(folder):
    scenario = load_scenario("official-2023", folder, seconds=3.0, seed=7)
    assert (scenario.settings.solver.seconds, scenario.settings.solver.seed) == (3.0, 7)
    assert scenario.overrides["solver.seed"] == 7
    with pytest.raises(SettingError, match="solver.seconds"):
        load_scenario("official-2023", folder, seconds=0.0)
