"""Rows of the homes decision whose counts of residents are told as far as :mod:`home_persons` tells them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import pandas as pd

from anyi_geo.result import HomesResult
from anyi_geo.show.figures import Share
from anyi_geo.show.home_persons import FATES, county_persons, home_persons
from anyi_geo.show.home_visits import MEANS, SHARES, average_told, averages_told
from anyi_geo.show.home_wishes import COUNTY, FAMILIES, STAFF, home_wishes
from anyi_geo.show.privacy import HELD_BACK, parts_hidden, sum_shown, words
from anyi_geo.show.report.model import UNKNOWN, Kind
from anyi_geo.show.rough import rough_count, rough_share
from anyi_geo.show.suppression import FEWEST

_BRACKETS = re.compile("（[^）]*）")
#: Steps that tell how many are still to be asked.
_ASKED = {"families": FAMILIES, "hear_staff": STAFF}
_OF_A_WAVE = ("notice", "assess", "move")
_REFUSED = {"moved_without_consent": "said_no", "moved_not_asked": "not_asked"}
#: Digits of what moving so many costs once, and of the years that follow from it: whole persons cannot be divided out.
_ROUGH_COSTS = {"one_off_yuan": -4, "pay_back_years": 1}


def alternatives(rows: pd.DataFrame, homes: HomesResult) -> pd.DataFrame:
    """Return the plans with other numbers of centres; the chosen one tells what the other sheets tell of it.

    Where a home becomes a centre its residents stay: two plans differ by what is held back of that home, so the others
    are told roughly, and so is the cost that counts who moves.
    """
    county, rough = county_persons(homes), home_persons(homes).any_held()
    averages = [name for name in (*MEANS, *SHARES) if name in rows]
    out = rows.astype({name: object for name in (*FATES, *_REFUSED, *averages) if name in rows})
    for label, row in rows.iterrows():
        cells = county if row.get("chosen") else _other_plan(row, homes)
        if rough and not row.get("chosen"):
            cells = {name: _roughly(cell, row[name]) for name, cell in cells.items()}
            for name, digits in _ROUGH_COSTS.items():
                if name in rows and pd.notna(row[name]):
                    out.at[label, name] = round(float(row[name]), digits)
        cells |= averages_told({name: row[name] for name in averages}, homes)
        for name in (*FATES, *_REFUSED, *averages):
            if name in rows and name in cells:
                out.at[label, name] = cells[name]
    return out


def _roughly(cell: object, count: float) -> object:
    """Return a number of persons in tens; nobody, and what is not told at all, as before."""
    return cell if isinstance(cell, str) or not count else rough_count(count)


def _other_plan(row: pd.Series, homes: HomesResult) -> dict[str, object]:
    """Return the county's residents in a plan that no other sheet tells of, by their names in a summary.

    A plan that cannot be had, a number of centres with which the limits cannot be kept, has a reason and no persons.
    """
    known = [name for name in FATES if pd.notna(row.get(name))]
    cells: dict[str, object] = dict(zip(known, parts_hidden([int(row[name]) for name in known]), strict=True))
    for name, asked in _REFUSED.items():
        if pd.notna(row.get(name)):
            whole = max(int(homes.summary.get(asked, 0)), int(row[name]))
            cells[name] = parts_hidden([int(row[name]), whole - int(row[name])])[0]
    return cells


#: Kind of a county figure's cell, by its unit; averages have decimals.
_KINDS: dict[str, Kind] = {
    "个": "count", "张": "count", "人": "count", "占比": "share", "m²": "number", "分钟": "minutes", "元/年": "yuan",
    "元": "yuan", "年": "minutes",
}  # fmt: skip
_AVERAGES = ("residents_per_carer",)


def county(rows: pd.DataFrame, homes: HomesResult) -> pd.DataFrame:
    """Return the county's figures before and after; those that count residents as the other sheets tell them."""
    told = home_persons(homes)
    own = county_persons(homes) | {"residents": told.sum([("moved",), ("staying",)])}
    counts = rows.set_index("key")["other"]
    other = _other_plan(counts, homes)
    if _tells_apart(counts, homes, own):
        other |= dict.fromkeys(FATES, HELD_BACK)
    other["residents"] = homes.summary["residents"] if other.get("home_support") == 0 else HELD_BACK
    out = rows.astype({"before": object, "after": object, "other": object})
    for label, key in rows["key"].items():
        if key in own:
            out.at[label, "after"] = own[key]
            out.at[label, "other"] = other.get(key) if pd.notna(rows.at[label, "other"]) else None
    _tell_children_roughly(out)
    for column, cells in (("after", own), ("other", other)):
        if isinstance(cells["residents"], str):
            out.loc[rows["key"] == "residents_per_carer", column] = HELD_BACK
        if isinstance(cells.get("home_support"), str):
            # The average before is taken over those who live in homes afterwards too.
            for label, key in rows["key"].items():
                for name in (column, "before"):
                    out.at[label, name] = average_told(key, out.at[label, name], homes.summary["residents"])
    kinds = [
        "minutes" if key in _AVERAGES else _KINDS[unit] for key, unit in zip(rows["key"], rows["unit"], strict=True)
    ]
    return out.assign(kind=kinds)


def _tell_children_roughly(rows: pd.DataFrame) -> None:
    """Write the left-behind children near a station, and their share, in steps."""
    after = rows.set_index("key")["after"]
    count, share = after.get("station_left_behind"), after.get("station_left_behind_share")
    if count is None or pd.isna(count) or not after["stations"]:
        return
    rows.loc[rows["key"] == "station_left_behind", "after"] = rough_count(count)
    total = count / share if pd.notna(share) and share > 0 else math.nan
    told = "–" if pd.isna(share) else rough_share(Share(share, math.nan, math.nan, count, total))
    rows.loc[rows["key"] == "station_left_behind_share", "after"] = told


def _tells_apart(other: pd.Series, homes: HomesResult, own: Mapping[str, object]) -> bool:
    """Return whether two plans side by side tell of one or two persons by their difference."""
    if any(isinstance(own[name], str) for name in (*FATES, *_REFUSED)):
        return True
    centres = homes.summary.get("centres")
    if homes.summary.get("other_consent", {}).get("centres", centres) != centres and home_persons(homes).any_held():
        return True
    return any(pd.notna(other[name]) and 0 < abs(other[name] - homes.summary[name]) < FEWEST for name in FATES)


def consents(rows: pd.DataFrame, homes: HomesResult) -> pd.DataFrame:
    """Return what the residents of each home said, and what becomes of them."""
    told = home_persons(homes)
    out = rows.astype(dict.fromkeys(("persons", *FATES), object))
    for label, row in rows.iterrows():
        home, consent = str(row["site_id"]), str(row["consent"])
        out.at[label, "persons"] = told.made_up(home, consent)
        for fate in FATES:
            out.at[label, fate] = told.cell(home, fate, consent)
    return out


def wishes(rows: pd.DataFrame, homes: HomesResult) -> pd.DataFrame:
    """Return who was heard in every home and the county, and what they said."""
    told = home_wishes(homes).shown
    columns = [column for column in rows if column in told.get(COUNTY, {})]
    cells = {
        column: pd.Series([told[str(home)][column] for home in rows["site_id"]], index=rows.index, dtype=object)
        for column in columns
    }
    return rows.assign(**cells)


def families(rows: pd.DataFrame, homes: HomesResult) -> pd.DataFrame:
    """Return the families' ways: all rows of a move together are what moves."""
    return worst_changes(rows, homes).assign(known_zh=["是" if known else "否" for known in rows["origin_known"]])


def waves(rows: pd.DataFrame, homes: HomesResult) -> pd.DataFrame:
    """Return the waves of the moves, the parts of each move that is told, with who answers for them."""
    known = ["wave", "date", "notify_by", "assess_by", "from_site", "from_name", "to_name", "home_whole"]
    keys = [name for name in known if name in rows]
    ends = "to_site" if "to_site" in rows else "to_name"
    sums = rows.groupby([*keys, *({ends} - set(keys))], sort=False, as_index=False)["persons"].sum()
    out = sums.assign(persons=_wave_persons(sums, ends, homes))
    if "home_whole" in out:
        out["whole_zh"] = ["是" if whole else "分批" for whole in out["home_whole"]]
    tasks = _tasks(homes)
    moves = [
        (tasks["site_id"] == home) & tasks["what_zh"].astype(str).str.startswith(f"第 {wave} 批迁")
        for home, wave in zip(out["from_site"], out["wave"], strict=True)
    ]
    return out.assign(responsible_zh=[_responsible(homes, own) for own in moves])


def _wave_persons(sums: pd.DataFrame, ends: str, homes: HomesResult) -> pd.Series:
    """Return the persons of each wave and move as they may be printed: parts of the move, told only where it is."""
    told, out = home_persons(homes), sums["persons"].astype(object)
    for (home, _), part in sums.groupby(["from_site", ends], sort=False):
        counts = part["persons"].astype(int).tolist()
        hidden = isinstance(told.cell(str(home), "moved"), str) or told.held(str(home))
        out.loc[part.index] = [HELD_BACK] * len(counts) if hidden else parts_hidden(counts)
    return out


def _parted(homes: HomesResult) -> set[str]:
    """Return the homes whose waves are not all told: their other waves would tell the small one."""
    rows = homes.tables.get("waves")
    if rows is None or rows.empty:
        return set()
    sums = rows.groupby(["wave", "from_site", "to_site"], sort=False, as_index=False)["persons"].sum()
    hidden = [isinstance(cell, str) for cell in _wave_persons(sums, "to_site", homes)]
    return {str(home) for home in sums.loc[hidden, "from_site"]}


def _tasks(homes: HomesResult) -> pd.DataFrame:
    return homes.tables.get("actions", pd.DataFrame()).reindex(
        columns=["township", "site_id", "what_zh", "responsible_zh"]
    )


def _responsible(homes: HomesResult, own: pd.Series) -> str:
    """Return the units that answer for some of the actions, each once, without what each of them looks at."""
    units = [_BRACKETS.sub("", unit) for told in _tasks(homes).loc[own, "responsible_zh"] for unit in told.split("、")]
    return "、".join(dict.fromkeys(units)) or UNKNOWN


def townships(rows: pd.DataFrame, homes: HomesResult) -> pd.DataFrame:
    """Return the townships' actions, residents as sums over their homes."""
    told, heard = home_persons(homes), home_wishes(homes)
    places = homes.states.groupby("township")["site_id"].agg(list)
    out = rows.copy()
    for name in ("residents", *FATES, "said_no", "not_asked"):
        if name not in rows:
            continue
        out[name] = [
            told.sum([key for home in places.get(township, []) for key in _keys(home, name)])
            for township in rows["township"]
        ]
    for name in (FAMILIES.unheard, STAFF.unheard):
        if name in rows:
            out[name] = [
                None
                if pd.isna(count)
                else sum_shown([heard.cell(home, name) for home in places.get(township, [])], count)
                for township, count in zip(rows["township"], rows[name], strict=True)
            ]
    return out


def _keys(home: str, name: str) -> list[tuple[str, ...]]:
    if name == "residents":
        return [(home,)]
    if name in FATES:
        return [(home, name)]
    return [(home, fate, {"said_no": "no"}.get(name, name)) for fate in FATES]


def actions(rows: pd.DataFrame, homes: HomesResult) -> pd.DataFrame:
    """Return the actions in words that tell no more of a home's residents, families and staff than its numbers do."""
    told, heard = home_persons(homes), home_wishes(homes)
    steps = rows["step"] if "step" in rows else [""] * len(rows)
    parted = _parted(homes)
    held = [
        told.held(str(home))
        or (step in _ASKED and heard.held(str(home), _ASKED[step]))
        or (step in _OF_A_WAVE and str(home) in parted)
        for home, step in zip(rows["site_id"], steps, strict=True)
    ]
    names = [name for name in ("what_zh", "whom_zh") if name in rows]
    return rows.assign(
        **{
            name: [
                words(cell, held=hidden, bare=told.bare(str(home)))
                for cell, home, hidden in zip(rows[name], rows["site_id"], held, strict=True)
            ]
            for name in names
        }
    )


def reuse(rows: pd.DataFrame, _homes: HomesResult) -> pd.DataFrame:
    """Return the emptied homes; left-behind children roughly, for two homes near each other differ by a few of them."""
    if "left_behind_near" not in rows:
        return rows
    near, room = rows["left_behind_near"], rows["children_at_a_time"]
    # Room for all of them would tell how many there are.
    everyone = [count == most and count > 0 for count, most in zip(room, near, strict=True)]
    return rows.assign(
        left_behind_near=[rough_count(count) for count in near],
        children_at_a_time=["全部" if every else count for every, count in zip(everyone, room, strict=True)],
    )


def worst_changes(rows: pd.DataFrame, homes: HomesResult) -> pd.DataFrame:
    """Return the largest changes of the families' way: parts of each move, those not listed being one more part."""
    told = home_persons(homes)
    out = rows.astype({"persons": object})
    for (home, to), part in rows.groupby(["from_site", "to_site"], sort=False):
        counts = part["persons"].astype(int).tolist()
        # Who is visited where he always lived stays: no move tells of him.
        key = (str(home), "staying") if home == to else (str(home), "to", str(to))
        rest = told.counts.get(key, sum(counts)) - sum(counts)
        whole = told.cell(*key)
        if isinstance(whole, str):
            cells: list[int | str] = [whole] if len(counts) == 1 and not rest else [HELD_BACK] * len(counts)
        else:
            cells = parts_hidden([*counts, rest])[:-1]
        out.loc[part.index, "persons"] = cells
    return out
