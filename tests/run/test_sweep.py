"""`anyi-geo sweep` and the conditions of a scenario file, through the front door, on a county checked by hand."""

import itertools
import json
import math
import re

import pandas as pd
import pytest
from tiny_county import edit_json
from typer.testing import CliRunner

from anyi_geo.bridge.care_sites import care_site_problem
from anyi_geo.bridge.travel import prepare_travel
from anyi_geo.cli import app
from anyi_geo.county import load_county
from anyi_geo.locate import SolverSettings
from anyi_geo.plan.care_sites import evaluate_given, plan_care_sites
from anyi_geo.result_json import read_result
from anyi_geo.scenario import load_scenario

EXACT = SolverSettings(seconds=30, gap=0.0)
LIMITS = "limit_minutes = { walk = 15.0, ride = 3.1, car = 3.1 }"
GROUPS = "".join(f"[demand.groups.{group}]\n{LIMITS}\n" for group in ("elders_rural", "children_rural"))
#: Who is within 1 km of each site: persons as elders + children.
ELDERS = {"SA": {"A": 100, "B": 50}, "SC": {"B": 50, "C": 80}, "SD": {"D": 40, "E": 30}}
CHILDREN = {"SA": {"A": 20, "B": 10}, "SC": {"B": 10, "C": 0}, "SD": {"D": 40, "E": 5}}


def batches(*sites):
    """Return batches of so many sites."""
    return "".join(
        f'[[care_sites.batches]]\nname = "第{n}批"\nsites = {count}\nweight = 1.0\nbudget_yuan = inf\n'
        for n, count in enumerate(sites, 1)
    )


def write(folder, text="", sites=(1, 1), name="asked", reasons=""):
    """Write a scenario and return its name."""
    head = f'base = "base"\ntitle = "问"\n[care_sites]\ntownship_min = 0\n{text}\n'
    (folder / "scenarios" / f"{name}.toml").write_text(head + batches(*sites) + reasons + GROUPS, encoding="utf-8")
    return name


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def covered(plan, sites, table=ELDERS):
    """Return persons covered over all batches, straight from the map."""
    total = 0
    for number in range(1, sites + 1):
        reached = {}
        for site, batch in plan.items():
            if batch <= number:
                reached |= table[site]
        total += sum(reached.values())
    return total


def every_plan(counts):
    """Yield every plan that keeps the counts per batch."""
    for states in itertools.product(range(len(counts) + 1), repeat=3):
        plan = {site: batch for site, batch in zip(("SA", "SC", "SD"), states, strict=True) if batch}
        if all(sum(batch == n for batch in plan.values()) <= most for n, most in enumerate(counts, 1)):
            yield plan


def answer(folder, name):
    """Return the plan of a scenario, site -> batch, and its objective."""
    county = load_county(folder)
    settings = load_scenario(name, folder / "scenarios").settings
    groups = {key: group for key, group in settings.demand.groups.items() if group.column in county.points.columns}
    settings = settings.model_copy(update={"demand": settings.demand.model_copy(update={"groups": groups})})
    problem = care_site_problem(county, settings, prepare_travel(county, 2, 0))
    plan = plan_care_sites(problem, EXACT)
    assert evaluate_given(problem, plan.batch.to_dict()) == pytest.approx(plan.objective)
    return plan.batch.to_dict(), plan.objective


def change_sites(folder, **columns):
    def change(value):
        for feature in value["features"]:
            for column, by_site in columns.items():
                if feature["properties"]["site_id"] in by_site:
                    feature["properties"][column] = by_site[feature["properties"]["site_id"]]

    edit_json(folder / "sites.geojson", change)


@pytest.mark.parametrize(
    ("text", "counts", "allowed"),
    [
        ("", (1, 1), lambda plan: True),
        ("", (2,), lambda plan: True),
        ("", (1, 1, 1), lambda plan: True),
        ("", (1, 1, 1, 1, 1), lambda plan: True),
        ("must_open = { SD = 1 }", (1, 1), lambda plan: plan.get("SD") == 1),
        ('must_not = ["SA"]', (1, 1), lambda plan: "SA" not in plan),
        ("budget_yuan = 599999", (1, 1), lambda plan: len(plan) <= 1),
        ('townships = { "东乡" = { min = 1 } }', (1, 1), lambda plan: "SD" in plan),
        ('townships = { "西乡" = { max = 1 } }', (1, 1), lambda plan: not {"SA", "SC"} <= set(plan)),
        ("spacing_m = 2500.0", (1, 1), lambda plan: not {"SA", "SC"} <= set(plan)),
        ("spacing_m = 1900.0", (1, 1), lambda plan: True),
        ("differ_most = 0", (1, 1), lambda plan: plan.get("SA") == 1 and plan.get("SC") == 2),
        ('first = ["children_rural"]', (1, 1), lambda plan: "SD" in plan),
    ],
)
def test_conditions_of_the_scenario_file_agree_with_enumeration(tiny, text, counts, allowed):
    plan, objective = answer(tiny, write(tiny, text, counts))
    assert allowed(plan)
    both = [
        covered(other, len(counts)) + covered(other, len(counts), CHILDREN)
        for other in every_plan(counts)
        if allowed(other)
    ]
    if "first" in text:
        most = max(covered(other, len(counts), CHILDREN) for other in every_plan(counts))
        assert covered(plan, len(counts), CHILDREN) == most
    else:
        assert objective == pytest.approx(max(both))


def test_gradual_cover_counts_those_just_beyond_the_limit_in_part(tiny):
    """C is 6 minutes from km 0: with 3.1 minutes in full and nothing from 6.2 on, 2/31 of its 80 count there."""
    plan, objective = answer(tiny, write(tiny, 'objective = "gradual_cover"\nmust_not = ["SC", "SD"]', (1,)))
    assert plan == {"SA": 1}
    assert objective == pytest.approx(180 + 80 * (6.2 - 6.0) / 3.1, rel=1e-3)


def test_a_site_under_construction_waits_for_its_batch(tiny):
    change_sites(tiny, ready_from={"SA": 2})
    assert answer(tiny, write(tiny))[0]["SA"] == 2
    assert answer(tiny, write(tiny, "respect_ready_from = false"))[0]["SA"] == 1


def test_reuse_tiers_follow_the_order_of_the_list(tiny):
    """Km 0 and km 2 stand for one another when only B counts; the first type of the list goes first."""
    change_sites(tiny, resource_type={"SA": "village_office", "SC": "yiyang_home"})
    edit_json(
        tiny / "villages.geojson",
        lambda value: [
            feature["properties"].update({"persons_60plus": 0, "persons_65plus": 0, "persons_80plus": 0,
                                          "children_school": 0})
            for feature in value["features"] if feature["properties"]["name"] != "B村"
        ],
    )  # fmt: skip
    chosen = answer(tiny, write(tiny, 'resource_types = ["yiyang_home", "village_office"]', (1,)))[0]
    assert list(chosen) == ["SC"]
    chosen = answer(tiny, write(tiny, 'resource_types = ["village_office", "yiyang_home"]', (1,)))[0]
    assert list(chosen) == ["SA"]


def test_consent_as_a_condition_and_as_a_penalty(tiny):
    change_sites(tiny, village_consent={"SA": "no", "SC": "yes", "SD": "not_asked"})
    assert set(answer(tiny, write(tiny, 'consent = "condition"'))[0]) == {"SC"}, "not asked is not consent"
    dear = answer(tiny, write(tiny, 'consent = "penalty"\nconsent_penalty_persons = 200.0'))[0]
    assert set(dear) == {"SC"}
    cheap = answer(tiny, write(tiny, 'consent = "penalty"\nconsent_penalty_persons = 10.0'))[0]
    assert set(cheap) == {"SA", "SD"} or set(cheap) == {"SA", "SC"}


@pytest.mark.parametrize("counts", [(1, 1), (1, 1, 1), (2, 1)])
def test_batches_together_are_never_worse_than_one_after_the_other(tiny, counts):
    together = answer(tiny, write(tiny, "", counts))[1]
    held = {}
    for number in range(1, len(counts) + 1):
        musts = ", ".join(f"{site} = {batch}" for site, batch in held.items())
        plan, value = answer(tiny, write(tiny, f"must_open = {{ {musts} }}", counts[:number]))
        held = plan
    assert together >= value - 1e-9


def test_the_price_of_a_swap_is_told_in_words(tiny, tmp_path):
    """The given plan opens km 0, then km 2; for elders and children km 6 is worth 115, km 2 only 80."""
    write(tiny)
    told = run("sweep", "asked", "--front", "cost", "--plans", 3, "--swaps", 1, "--frequency", 2,
               "--data", tiny, "--out", tmp_path / "out", "--json")  # fmt: skip
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    swap = found["swaps"][1]
    assert (swap["out"], swap["in"], swap["value"]) == (["SC"], ["SD"], 180 + 295)
    assert "换出 C村SC；换入 D村SD" in swap["price_zh"]
    assert "老人 -10 人（-3.3 个百分点" in swap["price_zh"]
    assert "儿童 +45 人（+60.0 个百分点" in swap["price_zh"]
    assert "东乡多 1 个点、西乡少 1 个点" in swap["price_zh"]
    assert found["regret"][0]["regret_at_most"] == pytest.approx(0)
    assert [row["one_off_yuan"] for row in found["front"]] == [300000, 600000]
    assert [row["value"] for row in found["front"]] == [360, 475]


def test_swaps_of_an_uncertain_scenario_are_chosen_over_the_displacements(tiny, tmp_path):
    """Whichever village of 西乡 is which, 东乡 has one more: the swap's value is a mean over draws, with its bound."""
    change_sites(tiny, position_status=dict.fromkeys(("SA", "SC", "SD"), "modelled"))

    def unsure(value):
        for feature in value["features"]:
            feature["properties"] |= {"position_status": "modelled", "position_error_m": 2000.0}

    edit_json(tiny / "villages.geojson", unsure)
    write(tiny, 'objective = "expected_cover"')
    told = run("sweep", "asked", "--front", "cost", "--plans", 2, "--swaps", 1, "--frequency", 0,
               "--data", tiny, "--out", tmp_path / "out", "--json")  # fmt: skip
    assert told.exit_code == 0, told.output
    start, swap = json.loads(told.stdout)["swaps"]
    assert start["value"] != round(start["value"]), "a mean over draws"
    assert start["value"] <= swap["value"] <= swap["bound"] + 1e-9
    page = (tmp_path / "out" / "sweep-asked" / "plans-swaps.html").read_text(encoding="utf-8")
    assert "计入位置误差的期望覆盖最多" in page


def test_a_sweep_writes_a_page_for_the_swaps_and_for_each_front(tiny, tmp_path):
    write(tiny)
    change_sites(tiny, name={"SD": "</script><img src=x onerror=alert(1)>"})
    done = run("sweep", "asked", "--swaps", 1, "--frequency", 2, "--data", tiny, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    folder = tmp_path / "out" / "sweep-asked"
    pages = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("plans-*.html")}
    assert set(pages) == {f"plans-{kind}.html" for kind in ("swaps", "elders-children", "worst-township", "cost")}
    for name, page in pages.items():
        assert "<img src=x" not in page
        assert len(page) < 1_500_000
        assert {f'href="{other}"' for other in set(pages) - {name}} <= set(re.findall('href="plans[^"]+"', page))
    assert "<svg viewBox" in pages["plans-cost.html"]
    written = json.loads((folder / "sweep.json").read_text(encoding="utf-8"))
    assert {row["plan_id"] for row in written["sites"]["tables"]["front"]} <= {
        row["plan_id"] for row in written["plans"]
    }
    for plan in written["plans"]:
        assert {row["plan"] for row in plan["metrics"]} == {plan["plan_id"]}


def test_a_sweep_of_a_request_that_cannot_be_met_exits_with_3(tiny, tmp_path):
    write(tiny, "budget_yuan = 250000")
    done = run("sweep", "asked", "--data", tiny, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 3
    assert "至少还需 50 000 元" in json.loads(done.stdout)["message"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "wrong",
    [("--swaps", 6), ("--plans", 13), ("--plans", 1), ("--front", "height"), ("--frequency", -1), ("--frequency", 101)],
)
def test_wrong_numbers_are_refused_before_anything_is_read(tiny, tmp_path, wrong):
    done = run("sweep", "asked", *wrong, "--data", tiny, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("front", "code"), [("worst-township", 2), ("elders-children", 2), ("cost", 0)])
def test_seats_go_with_the_front_of_costs_only(tiny, tmp_path, front, code):
    write(tiny, "seats = true")
    done = run("sweep", "asked", "--front", front, "--swaps", 0, "--frequency", 0, "--data", tiny,
               "--out", tmp_path / "out")  # fmt: skip
    assert done.exit_code == code, done.output
    assert ("限定座位数" in done.output) == (code == 2)


def test_a_county_without_a_given_plan_cannot_be_swapped_from(tiny, tmp_path):
    write(tiny)
    change_sites(tiny, official_batch={"SA": None, "SC": None})
    done = run("sweep", "asked", "--front", "cost", "--data", tiny, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "official_batch" in done.output
    done = run("sweep", "asked", "--front", "cost", "--swaps", 0, "--frequency", 0, "--data", tiny,
               "--out", tmp_path / "out")  # fmt: skip
    assert done.exit_code == 0, done.output


def test_how_often_a_site_is_chosen_stands_beside_every_proposed_site(tiny, tmp_path):
    write(tiny, reasons="[care_sites.reasons]\nfrequency_draws = 4\n")
    done = run("run", "asked", "--data", tiny, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    result = read_result(tmp_path / "out" / "asked")
    share = dict(zip(result.sites["site_id"], result.sites["chosen_share"], strict=True))
    frequency = result.care["frequency"].set_index("site_id")["chosen_share"]
    assert set(share) == {"SA", "SD"}
    assert share["SA"] == 1.0, "half of the county lives beside it, whatever the error"
    assert all(share[site] == frequency[site] and share[site] * 4 == round(share[site] * 4) for site in share)


def test_a_given_plan_that_breaks_conditions_is_said_to(tiny, tmp_path):
    write(tiny, 'plan = "official"\nmust_not = ["SA"]')
    done = run("run", "asked", "--data", tiny, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    regret = read_result(tmp_path / "out" / "asked").care["regret"].iloc[0]
    assert "SA）不得开放" in regret["conditions_not_met_zh"]
    assert regret["regret"] < 0, "the given plan covers more because it breaks the condition"


@pytest.mark.parametrize(("cheapest", "budget"), [(420_000.0, 395_000.0), (90_000.0, 1.0)])
def test_story_seven_with_other_numbers(tiny, tmp_path, cheapest, budget):
    change_sites(tiny, opening_yuan={"SA": cheapest + 50_000, "SC": cheapest + 7, "SD": cheapest})
    write(tiny, f"budget_yuan = {budget}")
    done = run("run", "asked", "--data", tiny, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 3
    message = json.loads(done.stdout)["runs"][0]["reasons"][0]["message"].replace(" ", "")
    for number in (budget, cheapest, cheapest - budget):
        assert f"{number:.0f}元" in message
    assert "D村SD" in message


@pytest.mark.parametrize(
    ("elders", "first", "second"),
    [
        ({"A": 10, "B": 20, "C": 200, "D": 60, "E": 50}, "SC", "SD"),
        ({"A": 9, "B": 1, "C": 3, "D": 70, "E": 7}, "SD", "SA"),
    ],
)
def test_story_six_with_other_numbers(tiny, tmp_path, elders, first, second):
    def change(value):
        for feature in value["features"]:
            cells = feature["properties"]
            count = elders[cells["name"][0]]
            cells |= {"persons_60plus": count, "persons_65plus": 0, "persons_80plus": 0, "children_school": 0,
                      "persons_0_14": 0, "persons_total": 3 * count, "persons_rural": 3 * count}  # fmt: skip

    edit_json(tiny / "villages.geojson", change)
    write(tiny)
    done = run("run", "asked", "--data", tiny, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    result = read_result(tmp_path / "out" / "asked")
    assert dict(zip(result.sites["site_id"], result.sites["batch"], strict=True)) == {first: 1, second: 2}
    rows = result.metrics.query("scope == 'county' and mode == 'ride' and group == 'elders_rural'").set_index("batch")
    near = {"SA": "AB", "SC": "BC", "SD": "DE"}
    assert rows.loc[1, "covered"] == sum(elders[name] for name in near[first])
    assert rows.loc[2, "covered"] == sum(elders[name] for name in {*near[first], *near[second]})
    assert rows.loc[2, "share"] == pytest.approx(rows.loc[2, "covered"] / sum(elders.values()))


def test_figures_of_a_run_recomputed_from_its_file_alone(tiny, tmp_path):
    """Covered persons and shares by hand from the nearest minutes that the file holds."""
    write(tiny, 'plan = "official"')
    done = run("run", "asked", "--data", tiny, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "asked" / "result.json").read_text(encoding="utf-8"))
    for row in found["metrics"]:
        reached = total = 0
        for point in found["points"]:
            if row["scope"] not in ("county", point["township"]):
                continue
            persons = point["persons"][row["group"]]
            (near,) = (x for x in point["nearest"] if (x["batch"], x["mode"]) == (row["batch"], row["mode"]))
            total += persons
            reached += persons * ((math.inf if near["minutes"] is None else near["minutes"]) <= row["limit_minutes"])
        assert (row["covered"], row["total"]) == (reached, total)
    tables = found["sites"]["tables"]
    gains = pd.DataFrame(tables["gains"]).query("group == 'elders_rural' and mode == 'ride'")
    assert gains["added"].tolist() == [150, 80]
    assert tables["out_of_reach"] == []
    seats = pd.DataFrame(tables["access"]).query("scope == 'county'").set_index("batch")
    assert (seats["seats_per_1000"] * seats["persons"] / 1000).tolist() == pytest.approx(seats["seats"].tolist())
