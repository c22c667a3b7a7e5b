"""The command that lays plans side by side: fronts, swaps from the given plan, how often a site is chosen."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from anyi_geo.cli.door import AsJson, Data, Lang, Out, answering
from anyi_geo.county import load_county, packaged_data
from anyi_geo.errors import Message, SettingError
from anyi_geo.result import RunResult
from anyi_geo.result_json import records
from anyi_geo.run import run_sweep
from anyi_geo.scenario import Scenario, load_scenario
from anyi_geo.settings import Reasons
from anyi_geo.show.index_page import write_index
from anyi_geo.show.plans import SWAPS, kinds, plans_of
from anyi_geo.show.plans_page import page_name
from anyi_geo.show.write import write_sweep

#: Seconds for each front, or for the swaps, where the command line gives none; gaps mostly end them first.
SECONDS = 240.0


class Front(StrEnum):
    """Fronts by the name that the command line takes."""

    ELDERS_CHILDREN = "elders-children"
    WORST_TOWNSHIP = "worst-township"
    COST = "cost"


def sweep_command(
    scenario: Annotated[str, typer.Argument(help="情景名，或以 .toml 结尾的情景文件。")] = "optimum-2023",
    fronts: Annotated[list[Front] | None, typer.Option("--front", help="权衡曲线，可写多次；不写则三条都算。")] = None,
    plans: Annotated[int, typer.Option("--plans", min=2, max=12, help="每条曲线至多几个方案。")] = 12,
    swaps: Annotated[int, typer.Option("--swaps", min=0, max=5, help="从县方案至多改动几个点位，0 不算。")] = 5,
    frequency: Annotated[
        int, typer.Option("--frequency", min=0, help="位置、人数、参与率变动多少次来统计入选频率，0 不算。")
    ] = 100,
    data: Data = None,
    out: Out = Path("anyi-out"),
    as_json: AsJson = False,
    seconds: Annotated[float, typer.Option("--seconds", help="每条曲线、每组换点的求解时间上限，秒。")] = SECONDS,
    seed: Annotated[int | None, typer.Option("--seed", help="随机数种子。")] = None,
    lang: Lang = "zh",
) -> None:
    """Solve the care sites of a scenario again and again, write the page and one map per plan."""
    with answering(lang, as_json) as door:
        folder = data or packaged_data()
        door.say(Message(f"读取并检查数据：{folder}", f"Reading and checking {folder}"))
        county = load_county(folder)
        chosen = load_scenario(scenario, folder / "scenarios", seconds=seconds, seed=seed)
        _refuse_too_many(chosen, frequency)
        wanted = list(dict.fromkeys(list(Front) if fronts is None else fronts))
        result = run_sweep(county, chosen, _reasons(chosen, wanted, plans, swaps, frequency), say=door.say)
        target = out / f"sweep-{chosen.name}"
        door.say(Message("  画图", "  Drawing"))
        write_sweep(target, county, result)
        write_index(out)
        if as_json:
            door.put(_summary(target, result))
            return
        for row in plans_of(result, SWAPS) if SWAPS in kinds(result) else ():
            if row["swaps"]:
                number = row["swaps"]
                door.say(Message(f"改动 {number} 处：{row['price_zh']}", f"{number} changed: {row['price_en']}"))
        for warning in result.warnings:
            if warning["code"] == "W_NOT_SOLVED":
                door.say(Message(warning["message"], warning["message_en"]))
        pages = "\n  ".join(str(target / page_name(kind)) for kind in kinds(result))
        door.say(
            Message(f"比选页（共 {len(result.plans)} 个方案）：\n  {pages}", f"{len(result.plans)} plans:\n  {pages}")
        )


def _refuse_too_many(scenario: Scenario, frequency: int) -> None:
    draws = scenario.settings.displacement.draws
    if frequency > draws:
        raise SettingError(
            f"--frequency {frequency} 多于情景的位移抽样 {draws} 次：请减少，或把情景的 displacement.draws 调大。",
            f"--frequency {frequency} exceeds the scenario's {draws} displacements: ask for fewer, or raise "
            "displacement.draws.",
        )


def _reasons(scenario: Scenario, fronts: list[Front], plans: int, swaps: int, frequency: int) -> list[Reasons]:
    """Return what to solve: swaps and frequency once, then one entry per front."""
    own = scenario.settings.care_sites.reasons
    first = own.model_copy(update={"regret": True, "swaps": swaps, "front": "none", "frequency_draws": frequency})
    bare = own.model_copy(update={"regret": False, "swaps": 0, "frequency_draws": 0, "years": [], "front_plans": plans})
    return [first, *(bare.model_copy(update={"front": front.value.replace("-", "_")}) for front in fronts)]


def _summary(folder: Path, result: RunResult) -> dict[str, Any]:
    tables: dict[str, Any] = {
        name: records(result.care[name]) for name in ("regret", "swaps", "front") if name in result.care
    }
    return {
        "status": "done",
        "folder": str(folder),
        "pages": [str(folder / page_name(kind)) for kind in kinds(result)],
        "json": str(folder / "sweep.json"),
        "plans": len(result.plans),
        **tables,
    }
