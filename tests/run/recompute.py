"""A reader of ``result.json`` that knows nothing of the program: plain Python over the written tables.

Every check returns what does not agree, as sentences; an empty list is a result whose figures follow from its rows.
"""

import math

TOLERANCE = 1e-9
COUNTY = "county"


def alike(one, two):
    """Whether two figures of the file agree; null agrees with null."""
    if one is None or two is None:
        return one is two
    return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-6)


def _points(result, batch, mode):
    """Yield (point, minutes to the nearest open site); null is out of reach."""
    for point in result["points"]:
        for row in point["nearest"]:
            if (row["batch"], row["mode"]) == (batch, mode):
                yield point, math.inf if row["minutes"] is None else row["minutes"]


def coverage(result):
    """Covered, total and share of every row of `metrics`, from `points` alone; every group and township has a row."""
    out = []
    scopes = {COUNTY, *(point["township"] for point in result["points"])}
    batches = [row["batch"] for row in result["sites"]["batches"]]
    expected = {
        (batch, group, mode, scope)
        for batch in batches
        for group, facts in result["groups"].items()
        for mode in facts["limit_minutes"]
        for scope in scopes
    }
    found = {(row["batch"], row["group"], row["mode"], row["scope"]) for row in result["metrics"]}
    if not expected <= found or len(found) != len(result["metrics"]):
        out.append(f"{len(expected - found)} rows of metrics are missing, or some stand twice")
    for row in result["metrics"]:
        limit = result["groups"][row["group"]]["limit_minutes"][row["mode"]]
        rows = [
            (point["persons"][row["group"]], minutes)
            for point, minutes in _points(result, row["batch"], row["mode"])
            if row["scope"] in (COUNTY, point["township"])
        ]
        total = sum(persons for persons, _ in rows)
        covered = sum(persons for persons, minutes in rows if minutes <= limit + TOLERANCE)
        share = covered / total if total else None
        figures = {"limit_minutes": limit, "covered": covered, "total": total, "share": share}
        out += [f"metrics {row}: {key} is {value}" for key, value in figures.items() if not alike(row[key], value)]
    return out


def ranges(result):
    """The range over displacements is a range of shares around its mean, and stands on every county-wide row."""
    out = []
    for row in result["metrics"]:
        if row["scope"] == COUNTY and row["total"]:
            low, mean, high = row["share_low"], row["share_mean"], row["share_high"]
            if None in (low, mean, high) or not 0 <= low <= mean + 1e-9 <= high + 2e-9 <= 1 + 3e-9:
                out.append(f"range {low}, {mean}, {high} of {row['group']} by {row['mode']}")
    for row in result["sites"]["tables"].get("years", []):
        for key in ("total", "share"):
            low, high = row[f"{key}_low"], row[f"{key}_high"]
            if row[key] is not None and not low - 1e-9 <= row[key] <= high + 1e-9:
                out.append(f"{key} {row[key]} of {row['year']} lies outside {low} to {high}")
    return out


def batches(result):
    """Sites stay open: no batch takes away from the one before, and what it adds is the difference."""
    out = []
    covered = {
        (row["batch"], row["group"], row["mode"], row["scope"]): (row["covered"], row["share"])
        for row in result["metrics"]
    }
    for (batch, *rest), (number, _) in covered.items():
        if batch > 1 and number < covered[(batch - 1, *rest)][0]:
            out.append(f"batch {batch} covers fewer of {rest}")
    for row in result["sites"]["tables"]["gains"]:
        key = (row["batch"], row["group"], row["mode"], row["scope"])
        before = covered.get((row["batch"] - 1, *key[1:]), (0, 0.0))[0]
        if not alike(row["added"], covered[key][0] - before):
            out.append(f"gains {row}: {covered[key][0] - before}")
    opened = {row["site_id"]: row["batch"] for row in result["sites"]["plan"]}
    for point in result["points"]:
        last = {}
        for row in point["nearest"]:
            minutes = math.inf if row["minutes"] is None else row["minutes"]
            if row["site_id"] is not None and opened.get(row["site_id"], math.inf) > row["batch"]:
                out.append(f"{point['point_id']} goes to {row['site_id']}, which is not open")
            if minutes > last.get(row["mode"], math.inf):
                out.append(f"{point['point_id']} travels longer after batch {row['batch']}")
            last[row["mode"]] = minutes
    return out


def _quantile(rows, share):
    """Return the least minutes within which `share` of the persons arrive; `rows` are sorted (minutes, persons)."""
    wanted, reached = share * sum(persons for _, persons in rows), 0
    for minutes, persons in rows:
        reached += persons
        if reached >= wanted * (1 - 1e-12) and persons:
            return None if math.isinf(minutes) else minutes
    return None


def minutes(result):
    """Mean, median, 90th percentile and persons out of reach."""
    out = []
    for row in result["minutes"]:
        rows = sorted(
            (value, point["persons"][row["group"]]) for point, value in _points(result, row["batch"], row["mode"])
        )
        arrive = [(value, persons) for value, persons in rows if math.isfinite(value)]
        people = sum(persons for _, persons in arrive)
        figures = {
            "mean": sum(value * persons for value, persons in arrive) / people if people else None,
            "median": _quantile(rows, 0.5),
            "p90": _quantile(rows, 0.9),
            "unreachable_persons": sum(persons for value, persons in rows if math.isinf(value)),
        }
        out += [f"minutes {row}: {key} is {value}" for key, value in figures.items() if not alike(row[key], value)]
    return out


def worst(result):
    """The ten villages that are worst off: nobody who is left out has it worse, every figure is the village's own."""
    out = []
    keys = {(row["batch"], row["group"], row["mode"]) for row in result["worst"]}
    for batch, group, mode in sorted(keys):
        villages = {}
        for point, value in _points(result, batch, mode):
            persons = point["persons"][group]
            if persons:
                counted, sums = villages.get(point["village_id"], (0, 0.0))
                villages[point["village_id"]] = (counted + persons, sums + persons * value)
        means = {name: sums / persons for name, (persons, sums) in villages.items()}
        listed = [row for row in result["worst"] if (row["batch"], row["group"], row["mode"]) == (batch, group, mode)]
        for row in listed:
            own = means.get(row["village_id"], math.nan)
            if not alike(row["minutes"], None if math.isinf(own) else own):
                out.append(f"worst {row}: {own}")
            if row["persons"] != villages[row["village_id"]][0]:
                out.append(f"worst {row}: {villages[row['village_id']][0]} persons")
        rest = [value for name, value in means.items() if name not in {row["village_id"] for row in listed}]
        least = min((math.inf if row["minutes"] is None else row["minutes"] for row in listed), default=math.inf)
        if len(listed) != min(10, len(means)) or any(value > least + 1e-6 for value in rest):
            out.append(f"the ten worst villages of {group} by {mode} in batch {batch} are others")
    return out


def equity(result):
    """The worst township, and the Gini coefficient as half the mean difference between two persons over the mean."""
    out = []
    for row in result["equity"]:
        key = (row["batch"], row["group"], row["mode"])
        shares = {
            metric["scope"]: metric["share"]
            for metric in result["metrics"]
            if (metric["batch"], metric["group"], metric["mode"]) == key
            and metric["scope"] != COUNTY
            and metric["total"]
        }
        if shares and (
            row["worst_share"] != min(shares.values()) or shares[row["worst_township"]] != row["worst_share"]
        ):
            out.append(f"equity {row}: worst is {min(shares.values())}")
        people = sorted(
            (value, point["persons"][row["group"]])
            for point, value in _points(result, row["batch"], row["mode"])
            if math.isfinite(value) and point["persons"][row["group"]]
        )
        differences, before, sums = 0.0, 0, 0.0
        for value, persons in people:
            differences += persons * (value * before - sums)
            before, sums = before + persons, sums + persons * value
        if before and sums and not alike(row["gini"], differences / (before * sums)):
            out.append(f"equity {row}: gini is {differences / (before * sums)}")
    return out


def homes(result):
    """Residents in = residents out, to the person, per home and in all; heads of cost sum to the totals."""
    found = result["homes"]
    out, summary = [], found["summary"]
    gone, come, moved, stayed, counted = {}, {}, 0, 0, {}
    for flow in found["flows"]:
        gone[flow["from_site"]] = gone.get(flow["from_site"], 0) + flow["persons"]
        come[flow["to_site"]] = come.get(flow["to_site"], 0) + flow["persons"]
        if flow["from_site"] == flow["to_site"]:
            stayed += flow["persons"]
        else:
            moved += flow["persons"]
            counted[flow["consent"]] = counted.get(flow["consent"], 0) + flow["persons"]
    for state in found["states"]:
        if gone.get(state["site_id"], 0) != state["residents_before"]:
            out.append(f"{state['site_id']} had {state['residents_before']} residents")
        if come.get(state["site_id"], 0) != state["residents_after"]:
            out.append(f"{state['site_id']} has {state['residents_after']} residents afterwards")
        if state["residents_after"] > state["beds_after"]:
            out.append(f"{state['site_id']} has {state['beds_after']} beds for {state['residents_after']}")
    figures = {
        "residents": sum(gone.values()),
        "moved": moved - summary["home_support"],
        "staying": stayed,
        "moved_without_consent": counted.get("no", 0),
        "moved_not_asked": counted.get("not_asked", 0),
        "yearly_yuan_after": sum(row["yearly_yuan"] for row in summary["costs"]),
        "one_off_yuan": sum(row["one_off_yuan"] for row in summary["costs"]),
        "beds_after": sum(row["beds_after"] for row in found["states"]),
        "assets_out": summary["assets_in"],
    }
    out += [f"homes: {key} is {value}" for key, value in figures.items() if not alike(summary[key], value)]
    return out


def meals(result):
    """Every meal is cooked somewhere and arrives in time; costs sum by kind of work, by head and by payer."""
    found = result["meals"]
    out, summary, tables = [], found["summary"], found["tables"]
    served = [stop for stop in found["stops"] if stop["mode"] in ("own_kitchen", "delivered")]
    figures = {
        "meals": sum(stop["meals"] for stop in found["stops"]),
        "meals_served": sum(stop["meals"] for stop in served),
        "rounds": len(found["rounds"]),
        "kitchens": len({stop["kitchen"] for stop in served}),
        "cost_yuan_per_service": sum(row["yuan_per_service"] for row in found["costs"]),
        "cost_yuan_per_day": sum(row["yuan_per_day"] for row in found["costs"]),
        **{mode: sum(stop["mode"] == mode for stop in found["stops"]) for mode in ("own_kitchen", "delivered", "none")},
    }
    out += [f"meals: {key} is {value}" for key, value in figures.items() if not alike(summary[key], value)]
    by_id = {stop["site_id"]: stop for stop in found["stops"]}
    for row in found["rounds"]:
        if row["meals"] != sum(by_id[name]["meals"] for name in row["order"]):
            out.append(f"{row['round_id']} carries {row['meals']} meals")
        if any(by_id[name]["elapsed_minutes"] > summary["hot_limit_minutes"] + 1e-6 for name in row["order"]):
            out.append(f"{row['round_id']} is late")
    ordered = sorted(name for row in found["rounds"] for name in row["order"])
    if ordered != sorted(stop["site_id"] for stop in served if stop["mode"] == "delivered"):
        out.append("the rounds do not call once at each stop")
    total = sum(row["total"] for row in tables["accounts"])
    heads = sum(row["yuan_per_month"] for row in tables["heads"] if row["head"] not in ("total", "volunteers_value"))
    payers = sum(row["yuan_per_month"] for row in tables["payers"])
    told = next(row["yuan_per_month"] for row in tables["heads"] if row["head"] == "total")
    if not (alike(total, heads) and alike(total, payers) and alike(total, told)):
        out.append(f"accounts {total}, heads {heads} or {told}, payers {payers}")
    return out


def money(result):
    """The cost of the care sites is that of the opened sites, batch by batch; running costs go on."""
    out, opened = [], result["sites"]["plan"]
    for row in result["costs"]:
        if row["decision"] != "care_sites":
            continue
        own = [site for site in opened if f"batch_{site['batch']}" == row["head"]]
        figures = {
            "one_off_yuan": sum(site["opening_yuan"] for site in own),
            "yearly_yuan": sum(site["running_yuan_per_year"] for site in own),
        }
        out += [f"costs {row}: {key} is {value}" for key, value in figures.items() if not alike(row[key], value)]
    for row in result["solves"]:
        if row["bound"] is not None:
            gap = abs(row["objective"] - row["bound"]) / max(abs(row["objective"]), 1e-9)
            if not math.isclose(gap, row["gap"], abs_tol=1e-9) or (row["status"] == "optimal" and gap > 1e-6):
                out.append(f"solves {row}: gap is {gap}")
    return out


CHECKS = (coverage, ranges, batches, minutes, worst, equity, homes, meals, money)
