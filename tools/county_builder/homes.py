"""Township homes and the county welfare institute, with residents by level of care and consent."""

from __future__ import annotations

import numpy as np

from anyi_geo.parameters import Parameters
from anyi_geo.schema import CARE_LEVELS, CONSENTS
from county_builder import sketch
from county_builder.grid import stream
from county_builder.people import care_shares
from county_builder.rounding import largest_remainder
from county_builder.sites import Ground, Row

#: This township's home is the building of an official site.
_SHARED = ("乔乐乡", "方岗", "B16")
_CENTRE_UNIT = ("龙津镇", "文峰")
_CENTRE_OFFSET_M = (900.0, 1300.0)
#: How alike the answers within one home are: the weight of the Beta distribution its share of yes is drawn from.
_CONSENT_WEIGHT = 3.0
_M2_PER_BED = 26.0


def township_homes(ground: Ground, official: list[Row], seed: int) -> list[Row]:
    """Return ten homes, one a township; the farm has none."""
    random, units = stream(seed, 24), ground.units
    towns = [name for name in ground.townships["name"] if name != sketch.FARM]
    elders = units.groupby("township")["persons_60plus"].sum()
    all_beds = round(ground.rates.value("home_beds_per_1000_60plus") * units["persons_60plus"].sum() / 1000)
    size = np.sqrt([elders[town] for town in towns]) * random.uniform(0.8, 1.25, len(towns))
    rows = []
    for k, (town, beds) in enumerate(zip(towns, largest_remainder(size, all_beds), strict=True), start=1):
        seat = ground.townships.set_index("name").loc[town]
        if town == _SHARED[0]:
            unit, building = ground.unit_of(*_SHARED[:2]), _SHARED[2]
            xy = next(np.array([row["x"], row["y"]]) for row in official if row["building_id"] == building)
        else:
            here = units[units["township"] == town]
            unit = here.index[np.argmin(np.hypot(here["x"] - seat["x"], here["y"] - seat["y"]))]
            building, xy = f"J{k:02d}", ground.spot(seat[["x", "y"]].to_numpy(float), 450.0, random)
        full = np.clip(random.normal(ground.rates.value("home_occupancy"), 0.1), 0.3, 0.85)
        cells = {
            "site_id": f"J{k:02d}",
            "building_id": building,
            "name": f"{town[:2]}敬老院",
            "resource_type": "jinglaoyuan",
            "floors": 2,
            "area_m2": float(beds * _M2_PER_BED),
            "beds": int(beds),
        }
        rows.append(
            ground.row("jinglaoyuan", unit, xy, **cells, **_residents(round(beds * full), ground.rates, random))
        )
    return rows


def county_centre(ground: Ground, seed: int) -> list[Row]:
    """Return the county welfare institute, the candidate of the county centre."""
    random, rates = stream(seed, 25), ground.rates
    seat = ground.townships.set_index("name").loc[sketch.COUNTY_SEAT]
    near = seat[["x", "y"]].to_numpy(float) + _CENTRE_OFFSET_M
    cells = {
        "site_id": "C01",
        "building_id": "C01",
        "name": "县社会福利院（中心养老院候选）",
        "resource_type": "welfare_institute",
        "beds": int(rates.value("centre_beds")),
        "expansion_beds": int(rates.value("centre_expansion_beds")),
    }
    residents = _residents(int(rates.value("centre_residents")), rates, random)
    xy = ground.spot(near, 200.0, random)
    return [ground.row("county_centre_candidate", ground.unit_of(*_CENTRE_UNIT), xy, **cells, **residents)]


def _residents(count: int, rates: Parameters, random: np.random.Generator) -> dict[str, int]:
    """Draw residents by care and consent: a home was asked as a whole or not at all, and its residents answer alike."""
    level = random.choice(len(CARE_LEVELS), count, p=care_shares(rates))
    asked = random.random() < rates.value("consent_home_asked")
    agree = rates.value("consent_yes_if_asked")
    yes = random.beta(_CONSENT_WEIGHT * agree, _CONSENT_WEIGHT * (1 - agree))
    refuses = (random.random(count) > yes).astype(int)
    answer = refuses if asked else np.full(count, CONSENTS.index("not_asked"))
    return {
        f"residents_{care}_{consent}": int(((level == i) & (answer == j)).sum())
        for i, care in enumerate(CARE_LEVELS)
        for j, consent in enumerate(CONSENTS)
    }
