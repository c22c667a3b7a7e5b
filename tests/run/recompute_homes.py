"""The homes part of a result recomputed from result.json and the county's folder alone, in plain Python.

It knows nothing of the model, of the tables' code or of pandas: what a second clerk would do with a pocket calculator.
"""

from __future__ import annotations

import csv
import json
import math
from datetime import date, timedelta

OPEN = ("centre", "kept")
NURSED = ("partial", "full")
SUPPORT = "home_support"


def read(folder, out):
    """Return the result, the homes by label, the list of residents and the parameters."""
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    features = json.loads((folder / "sites.geojson").read_text(encoding="utf-8"))["features"]
    rows = [feature["properties"] for feature in features]
    homes = {row["site_id"]: row for row in rows if row["kind"] in ("jinglaoyuan", "county_centre_candidate")}
    people = folder / "residents.csv"
    listed = list(csv.DictReader(people.read_text(encoding="utf-8").splitlines())) if people.exists() else []
    parameters = {row["key"]: row["value"] for row in result["parameters"]}
    return result, homes, listed, parameters


def lived(homes, listed):
    """Return {(home, level, consent): persons} before, from the county's own tables."""
    count = {}
    for person in listed:
        key = (person["site_id"], person["care_level"], person["consent"])
        count[key] = count.get(key, 0) + 1
    for home in set(homes) - {person["site_id"] for person in listed}:
        for column, persons in homes[home].items():
            parts = column.split("_", 2)
            if parts[0] == "residents" and parts[-1] in ("yes", "no", "not_asked") and persons:
                count[home, parts[1], parts[2]] = int(persons)
    return count


def steps_price(home, beds, parameters):
    """Return the yuan of so many added beds, the steps in their order."""
    text = home.get("expansion_steps") or ""
    if not text:
        return beds * (home.get("expansion_yuan_per_bed") or parameters["expansion_yuan_per_bed"])
    total = 0.0
    for step in text.split(";"):
        size, price, _ = step.split(":")
        take = min(beds, int(size))
        total, beds = total + take * float(price), beds - take
    assert beds == 0, "more beds than the steps hold"
    return total


def refit(home, state, parameters):
    """Return the yuan of refitting one home for its new use; nothing where neither price nor area is known."""
    if state in (*OPEN, "reserve"):
        return 0.0
    own = home.get("refit_yuan")
    if state == "xingfuyuan":
        own = home.get("opening_yuan", own)
        return parameters[f"opening_yuan_{home['resource_type']}"] if own is None else own
    if own is not None:
        return own
    return (home.get("area_m2") or 0.0) * parameters[f"refit_yuan_per_m2_{state}"]


def carers(flows, column, parameters):
    """Return whole carers, home by home."""
    work = {}
    for flow in flows:
        if flow[column] != SUPPORT:
            share = flow["persons"] / parameters[f"carer_ratio_{flow['care_level']}"]
            work[flow[column]] = work.get(flow[column], 0.0) + share
    return {home: math.ceil(value - 1e-9) for home, value in work.items()}


def recomputed(folder, out):
    """Return the figures that the result's summary should hold."""
    result, homes, listed, parameters = read(folder, out)
    states = {row["site_id"]: row for row in result["homes"]["states"]}
    flows = result["homes"]["flows"]
    check_persons(homes, listed, states, flows)
    open_ = [home for home, row in states.items() if row["state"] in OPEN]
    moved = [flow for flow in flows if flow["to_site"] not in (flow["from_site"], SUPPORT)]

    def count(rows):
        return sum(row["persons"] for row in rows)

    support = sum(
        12 * flow["persons"] * (parameters["tekun_basic_yuan_month"]
                                + parameters[f"tekun_care_{flow['care_level']}_yuan_month"])
        for flow in flows
    )  # fmt: skip

    def fixed(home):
        own = homes[home].get("running_yuan_per_year")
        return parameters["home_running_fixed_yuan_year"] if own is None else own

    def each(home):
        own = homes[home].get("running_yuan_per_resident_year")
        return parameters["home_running_resident_yuan_year"] if own is None else own

    wage = 12 * parameters["carer_wage_yuan_month"]
    before = support + sum(map(fixed, homes)) + wage * sum(carers(flows, "from_site", parameters).values())
    before += sum(flow["persons"] * each(flow["from_site"]) for flow in flows)
    after = support + sum(map(fixed, open_)) + wage * sum(carers(flows, "to_site", parameters).values())
    after += sum(flow["persons"] * each(flow["to_site"]) for flow in flows if flow["to_site"] != SUPPORT)
    after += parameters["reuse_running_yuan_year"] * (len(homes) - len(open_))
    once = sum(steps_price(homes[home], row["beds_added"], parameters) for home, row in states.items())
    once += parameters["nursing_fitting_yuan_per_bed"] * sum(row["nursing_fitted"] for row in states.values())
    once += parameters["moving_yuan_per_resident"] * count(moved)
    once += sum(refit(homes[home], row["state"], parameters) for home, row in states.items())
    rate, years = parameters["annuity_rate"], parameters["annuity_years"]
    annuity = rate / (1 - (1 + rate) ** -years)
    return {
        "residents": count(flows),
        "moved": count(moved),
        "staying": count(flow for flow in flows if flow["from_site"] == flow["to_site"]),
        "home_support": count(flow for flow in flows if flow["to_site"] == SUPPORT),
        "moved_without_consent": count(flow for flow in moved if flow["consent"] == "no"),
        "moved_not_asked": count(flow for flow in moved if flow["consent"] == "not_asked"),
        "beds_before": sum(int(home["beds"]) for home in homes.values()),
        "beds_after": sum(int(homes[home]["beds"]) + states[home]["beds_added"] for home in open_),
        "staff_after": sum(carers(flows, "to_site", parameters).values()),
        "yearly_yuan_before": before,
        "yearly_yuan_after": after,
        "one_off_yuan": once,
        "annual_yuan": after + annuity * once,
        "pay_back_years": once / (before - after) if before > after else None,
        **visits(result["homes"]["tables"]["visits"], result["homes"]["summary"]["visit_limit_minutes"]),
    }


def check_persons(homes, listed, states, flows):
    """In = out to the person and kind; a bed for everyone; nobody in an emptied home."""
    found = {}
    for flow in flows:
        key = (flow["from_site"], flow["care_level"], flow["consent"])
        found[key] = found.get(key, 0) + flow["persons"]
    assert found == lived(homes, listed)
    inside = {}
    for flow in flows:
        if flow["to_site"] != SUPPORT:
            inside[flow["to_site"]] = inside.get(flow["to_site"], 0) + flow["persons"]
    assert set(states) == set(homes), "every home has one state"
    for home, row in states.items():
        assert row["residents_after"] == inside.get(home, 0)
        if row["state"] in OPEN:
            assert inside.get(home, 0) <= row["beds_after"] == int(homes[home]["beds"]) + row["beds_added"]
        else:
            assert home not in inside, "somebody lives in an emptied home"
            assert row["beds_after"] == 0


def visits(rows, limit):
    """Return mean, 90th percentile and share over the limit, person by person."""
    out = {}
    for side in ("before", "after"):
        everyone = sorted(row[f"minutes_{side}"] for row in rows for _ in range(row["persons"]))
        out[f"visit_minutes_{side}_mean"] = sum(everyone) / len(everyone)
        out[f"visit_minutes_{side}_p90"] = everyone[math.ceil(0.9 * len(everyone)) - 1]
        out[f"visit_share_over_limit_{side}"] = sum(minutes > limit for minutes in everyone) / len(everyone)
    return out


def check_waves(out, cap, ready, notice, assessment):
    """Every mover travels once, no wave is overfull, days rise, nobody comes before his bed or without his notice."""
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))["homes"]
    waves, states = result["tables"]["waves"], {row["site_id"]: row for row in result["states"]}
    kind = ("from_site", "to_site", "care_level", "consent")
    travel, wanted = {}, {}
    for rows, into in ((waves, travel), (result["flows"], wanted)):
        for row in rows:
            if row["to_site"] not in (row["from_site"], SUPPORT):
                key = tuple(row[name] for name in kind)
                into[key] = into.get(key, 0) + row["persons"]
    assert travel == wanted
    free = {home: row["beds_before"] - row["residents_before"] for home, row in states.items()}
    last = ""
    for number in sorted({row["wave"] for row in waves}):
        own = [row for row in waves if row["wave"] == number]
        assert sum(row["persons"] for row in own) <= cap
        (day,) = {row["date"] for row in own}
        assert day > last
        last = day
        for name, days in (("notify_by", notice), ("assess_by", assessment)):
            assert {row[name] for row in own} == {str(date.fromisoformat(day) - timedelta(days=days))}
        for row in own:
            free[row["to_site"]] -= row["persons"]
            assert free[row["to_site"]] >= 0 or day >= ready


def check_wishes(folder, out):
    """Who was heard, home by home and summed, from the county's own tables; the heard and the others are everybody."""
    result, homes, listed, _ = read(folder, out)
    told = {row["site_id"]: row for row in result["homes"]["tables"]["wishes"]}
    assert set(told) == {*homes, "county"}
    people = lived(homes, listed)
    for site, home in homes.items():
        row, own = told[site], {key[1:]: count for key, count in people.items() if key[0] == site}
        assert row["residents"] == sum(own.values())
        for column, answer in (("said_yes", "yes"), ("said_no", "no"), ("not_asked", "not_asked")):
            assert row[column] == sum(count for (_, consent), count in own.items() if consent == answer)
        answers = [person.get("family_consulted") for person in listed if person["site_id"] == site]
        consulted = home.get("families_consulted")
        if consulted is None and any(answers):
            consulted = answers.count("yes")
        assert row["families_consulted"] == consulted
        assert row["families_not_heard"] == row["residents"] - (consulted or 0)
        posts = [home.get(f"staff_{post}") for post in ("carers", "cooks", "managers", "others")]
        present = None if None in posts else sum(posts)
        assert row["staff_present"] == present
        assert row["staff_not_heard"] == (None if present is None else present - (home.get("staff_asked") or 0))
        for column in ("families_agree", "staff_asked", "staff_agree"):
            assert row[column] == home.get(column)
        assert row["village_consent"] == (home.get("village_consent") or "")
    for column in ("residents", "said_yes", "said_no", "not_asked", "families_not_heard"):
        assert told["county"][column] == sum(told[site][column] for site in homes)
    for column in ("families_consulted", "families_agree", "staff_asked", "staff_agree"):
        known = [told[site][column] for site in homes if told[site][column] is not None]
        assert told["county"][column] == (sum(known) if known else None)
