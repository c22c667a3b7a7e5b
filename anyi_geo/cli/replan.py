"""The command that plans meals again from a changed list of diners."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anyi_geo.cli.door import AsJson, Data, Lang, Out, answering
from anyi_geo.county import load_county, packaged_data
from anyi_geo.county.diners import read_diners
from anyi_geo.errors import Message, ProblemError
from anyi_geo.replan import replan
from anyi_geo.result_json import read_result, records
from anyi_geo.scenario import load_scenario
from anyi_geo.show.index_page import write_index
from anyi_geo.show.write import write_meals

_ENDING = "-replan"


def replan_command(
    run: Annotated[Path, typer.Argument(help="正在使用的情景输出文件夹，例如 anyi-out/official-2023。")],
    diners: Annotated[Path, typer.Option("--diners", help="更新的用餐名单，xlsx 或 csv：点位编号、每餐份数。")],
    keep: Annotated[bool, typer.Option("--keep-rounds/--from-scratch", help="保持现有趟次，或全部重新排。")] = True,
    data: Data = None,
    out: Out = Path("anyi-out"),
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Plan again, write ``result.json``, the map of meals and the sheets, and say what changed."""
    with answering(lang, as_json) as door:
        folder = data or packaged_data()
        before = read_result(run)
        if before.meals is None:
            raise ProblemError(
                f"{run} 没有助餐方案，无从更新：请先用 anyi-geo run 运行有助餐的情景。", f"{run} has no meals."
            )
        eating = read_diners(diners, set(before.meals.stops["site_id"]))
        county = load_county(folder)
        scenario = load_scenario(str(before.run["scenario"]).removesuffix(_ENDING), folder / "scenarios")
        found = replan(county, scenario, before, eating, keep_rounds=keep, say=door.say)
        target = out / found.result.run["scenario"]
        write_meals(target, county, found.result)
        write_index(out)
        old, new = before.meals.summary, found.result.meals.summary if found.result.meals else {}
        costs = [float(summary["cost_yuan_per_day"]) for summary in (old, new)]
        unserved = int(new["unserved"])
        door.tell(
            {
                "status": "done",
                "folder": str(target),
                "rounds_before": len(before.meals.rounds),
                "rounds_after": int(new["rounds"]),
                "rounds_kept": found.rounds_kept,
                "cost_yuan_per_day_before": costs[0],
                "cost_yuan_per_day_after": costs[1],
                "unserved": unserved,
                "changes": records(found.changes),
            },
            Message(
                f"已按 {len(eating)} 个点的新人数更新：原 {len(before.meals.rounds)} 趟，现 {new['rounds']} 趟，"
                f"其中 {found.rounds_kept} 趟不变；{len(found.changes)} 个点有变化，{unserved} 个点供不上；"
                f"每天 {costs[0]:.2f} 元变为 {costs[1]:.2f} 元（食材以外）。\n"
                f"  {target / 'meals.html'}\n  {target / 'courier.html'}",
                f"{len(before.meals.rounds)} rounds before, {new['rounds']} now, {found.rounds_kept} unchanged; "
                f"{len(found.changes)} points changed, {unserved} unserved; {costs[0]:.2f} yuan a day before, "
                f"{costs[1]:.2f} now. {target}",
            ),
        )
