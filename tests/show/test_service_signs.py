"""Where several services stand in one village, counted by hand."""

from dataclasses import replace

import pandas as pd

from anyi_geo.county.registers import SERVICES
from anyi_geo.show.maps.services import SAME, SEVERAL, service_signs


def with_services(county, *rows):
    columns = ["place_id", "service", "serves", "persons", "department", "note"]
    table = pd.DataFrame([[*row, None, None] for row in rows], columns=columns, dtype=object)
    return replace(county, registers={**county.registers, SERVICES: table})


def signs_by_village(county, result):
    return {sign["id"]: sign for sign in service_signs(county, result)["services"]}


def test_open_sites_beside_dining_homes_are_counted(county, result):
    found = signs_by_village(county, result)
    dining = county.sites[county.sites["kind"] == "yiyang_home"]["village_id"]
    both = set(result.sites["village_id"]) & set(dining)
    assert both
    assert both <= set(found)
    village = next(iter(sorted(both)))
    kinds = [kind for kind, _ in found[village]["rows"]]
    assert "幸福院" in kinds
    assert "颐养之家" in kinds
    assert all(sign["count"] >= 2 for sign in found.values())


def test_a_clinic_is_named_but_not_counted(county, result):
    found = signs_by_village(county, result)
    clinics = set(county.sites[county.sites["kind"] == "clinic"]["village_id"])
    sign = next(found[village] for village in sorted(clinics & set(found)))
    assert "卫生院" in dict(sign["rows"])
    assert "卫生院不计" in dict(sign["rows"])["合计"]


def test_two_of_a_kind_and_children_in_small_numbers(county, result):
    quiet = next(
        village for village in county.villages.index
        if village not in set(county.sites["village_id"]) | set(result.sites["village_id"])
    )  # fmt: skip
    site = result.sites["site_id"].iloc[0]
    full = with_services(
        county, (quiet, "儿童之家", "儿童", 2), (quiet, "童心港湾", "儿童", 3), (site, "老年大学", "老人", 2)
    )
    sign = signs_by_village(full, result)[quiet]
    assert sign["count"] == 2
    assert sign["color"] == SEVERAL
    assert ["儿童之家", "儿童，<3 人"] in sign["rows"]
    assert ["童心港湾", "儿童，3 人"] in sign["rows"]
    there = signs_by_village(full, result)[result.sites["village_id"].iloc[0]]
    assert ["老年大学", "老人，2 人"] in there["rows"]
    doubled = with_services(county, (quiet, "儿童之家", None, None), (site, "儿童之家", None, None))
    assert signs_by_village(doubled, result)[quiet]["count"] == 1
    sites = county.sites.copy()
    sites.loc[site, "village_id"] = quiet
    again = replace(doubled, sites=sites)
    assert signs_by_village(again, result)[quiet]["color"] == SAME
    assert dict(signs_by_village(again, result)[quiet]["rows"])["可整合"] == "同类不止一处：儿童之家 2 处"
