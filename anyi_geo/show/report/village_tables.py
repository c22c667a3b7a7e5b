"""One row per village with all that a plan means for it."""

from __future__ import annotations

import pandas as pd

from anyi_geo.judge.villages import village_figures
from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, batch_label, batch_numbers, text_of
from anyi_geo.show.privacy import HELD_BACK
from anyi_geo.show.report.covered import group_is_sensitive, village_persons
from anyi_geo.show.report.model import UNREACHABLE, Column, Table, table
from anyi_geo.show.report.plan_tables import counted_groups, headline_modes

_PERSONS = "persons."


def villages_table(result: RunResult) -> Table:
    """Return one row per village: persons, serving site, minutes and coverage per batch, meals, why not covered."""
    points = result.points
    first = points.drop_duplicates("village_id").set_index("village_id")
    rows = pd.DataFrame(
        {"name": first["village"], "township": first["township"], "rural": first.get("rural")}, index=first.index
    )
    rows["rural"] = ["" if cell is None else ("农村" if cell else "城镇") for cell in rows["rural"]]
    persons = points.set_index("point_id")[[f"{_PERSONS}{group}" for group in result.groups]]
    persons.columns = list(result.groups)
    limits = {name: group["limit_minutes"] for name, group in result.groups.items()}
    found = village_figures(result.nearest, persons, points.set_index("point_id")["village_id"], limits)
    columns = [Column("name", "村（社区）", width=12), Column("township", "乡镇（处）"), Column("rural", "城乡")]
    for group, told in result.groups.items():
        rows[group] = village_persons(result, group)
        columns.append(Column(group, text_of(told["short"]), "count", "人"))
    columns += _village_batches(result, found, rows)
    columns += _village_meals(result, rows)
    rows["why"] = _why(result, found, rows.index)
    columns.append(Column("why", "覆盖情况", width=40))
    return table(
        "村庄",
        rows.rename_axis("village_id").reset_index(),
        Column("village_id", "村代码", width=14),
        *columns,
        note="敏感人群不足 3 人写作“<3”。时间为能到达者的平均；最近点位按到达人数最多者列。",
    )


def _village_batches(result: RunResult, found: pd.DataFrame, rows: pd.DataFrame) -> list[Column]:
    names = result.sites.set_index("site_id")["name"] if len(result.sites) else pd.Series(dtype=object)
    groups, columns = counted_groups(result), []
    if not groups:
        return []
    for batch in batch_numbers(result):
        label, key = batch_label(batch), f"b{batch}"
        for mode in headline_modes(result):
            part = found[(found["batch"] == batch) & (found["mode"] == mode)]
            leading = part[part["group"] == groups[0]].set_index("village_id")
            if mode == result.headline_mode:
                rows[f"{key}.site"] = leading["site_id"].map(names)
                columns.append(Column(f"{key}.site", f"{label}最近点位", width=26))
            rows[f"{key}.{mode}"] = leading["minutes"]
            columns.append(Column(f"{key}.{mode}", f"{label}{MODE_NAMES[mode].zh}", "minutes", "分钟"))
            for group in groups if mode == result.headline_mode else ():
                covered = part[part["group"] == group].set_index("village_id")["covered"]
                if group_is_sensitive(result, group):
                    # The covered and the others of a village, batch by batch, would tell the few apart.
                    covered = covered.astype(object).where(covered == 0, HELD_BACK)
                rows[f"{key}.{group}"] = covered
                short = text_of(result.groups[group]["short"])
                columns.append(Column(f"{key}.{group}", f"{label}时限内{short}", "count", "人"))
    return columns


def _village_meals(result: RunResult, rows: pd.DataFrame) -> list[Column]:
    if result.meals is None or "village_id" not in result.meals.stops:
        return []
    stops = result.meals.stops.set_index("site_id")
    names = stops["name"]
    served = stops[stops["mode"].isin(["own_kitchen", "delivered"])].drop_duplicates("village_id")
    by_village = served.set_index("village_id")
    rows["kitchen"] = by_village["kitchen"].map(names).fillna(by_village["name"])
    rows["arrival"] = by_village["arrival_minute"]
    return [Column("kitchen", "供餐厨房", width=26), Column("arrival", "送到时间", "clock")]


def _why(result: RunResult, found: pd.DataFrame, villages: pd.Index) -> list[str]:
    groups, mode = counted_groups(result), result.headline_mode
    if not groups or not len(found):
        return [""] * len(villages)
    last = batch_numbers(result)[-1]
    rows = found[(found["batch"] == last) & (found["mode"] == mode) & (found["group"] == groups[0])]
    limit = result.groups[groups[0]]["limit_minutes"][mode]
    short = text_of(result.groups[groups[0]]["short"])
    by_village = rows.set_index("village_id")
    sensitive = group_is_sensitive(result, groups[0])
    ways = f"{MODE_NAMES[mode].zh} {limit:g} 分钟"
    return [_reason(by_village.loc[village], short, ways, told=not sensitive) for village in villages]


def _reason(row: pd.Series, short: str, limit: str, *, told: bool) -> str:
    persons, covered, unreachable = int(row["persons"]), int(row["covered"]), int(row["unreachable"])
    if persons == 0:
        return f"无计入的{short}"
    if not told:
        return f"{short}人数不列，平均 {row['minutes']:.1f} 分钟"
    if covered == persons:
        return f"{short}都在{limit}内"
    if unreachable == persons:
        return f"{short} {persons} 人：{UNREACHABLE}，请核对道路"
    left = f"{short} {persons} 人中 {persons - covered} 人不在{limit}内"
    more = f"，其中 {unreachable} 人{UNREACHABLE}" if unreachable else ""
    return f"{left}{more}，平均 {row['minutes']:.1f} 分钟"
