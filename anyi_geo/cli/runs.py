"""Commands that run scenarios and compare runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anyi_geo.cli.door import AsJson, Data, Door, Exit, Lang, Out, answering
from anyi_geo.compare import Comparison, compare_runs, meal_figures
from anyi_geo.county import County, load_county, packaged_data
from anyi_geo.errors import InputError, Message, SettingError
from anyi_geo.result import RunResult
from anyi_geo.result_json import read_result
from anyi_geo.run import DEFAULT_SCENARIOS, run_scenarios
from anyi_geo.scenario import load_scenario, scenario_names
from anyi_geo.show.console import summary_table
from anyi_geo.show.console_homes import homes_summary_table
from anyi_geo.show.console_meals import meals_summary_table
from anyi_geo.show.index_page import INDEX, write_index
from anyi_geo.show.write import comparison_summary, run_summary, write_comparison, write_run


def run_command(
    scenarios: Annotated[list[str] | None, typer.Argument(help="情景名，或以 .toml 结尾的情景文件。")] = None,
    data: Data = None,
    out: Out = Path("anyi-out"),
    as_json: AsJson = False,
    seconds: Annotated[float | None, typer.Option("--seconds", help="每个情景的求解总时间上限，秒。")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="随机数种子。")] = None,
    lang: Lang = "zh",
) -> None:
    """Run scenarios, write their folders and the comparison, print the summary."""
    with answering(lang, as_json) as door:
        folder = data or packaged_data()
        door.say(Message(f"读取并检查数据：{folder}", f"Reading and checking {folder}"))
        county = load_county(folder)
        names = scenarios or [name for name in DEFAULT_SCENARIOS if name in scenario_names(folder / "scenarios")]
        if not names:
            raise SettingError(
                f"{folder / 'scenarios'} 里没有默认情景：请写出要运行的情景名。",
                f"{folder / 'scenarios'} holds none of the default scenarios: name the ones to run.",
            )
        chosen = [load_scenario(name, folder / "scenarios", seconds=seconds, seed=seed) for name in names]
        _refuse_doubles([scenario.name for scenario in chosen])
        results = []
        for result in run_scenarios(county, chosen, say=door.say):
            write_run(out / result.run["scenario"], county, result)
            results.append(result)
        comparison = compare_runs(results) if len(results) > 1 else None
        if comparison is not None:
            write_comparison(out / "compare", comparison, results, county)
        index = write_index(out)
        unmeetable = any(result.run["status"] != "done" for result in results)
        if as_json:
            door.put(
                {
                    "status": "unmeetable" if unmeetable else "done",
                    "out": str(out),
                    "runs": [run_summary(out, result) for result in results],
                    "index": str(index),
                    "compare": None if comparison is None else comparison_summary(out / "compare", comparison),
                }
            )
        else:
            door.show(summary_table(results, language=door.language))
            homes = homes_summary_table(results, language=door.language)
            if homes is not None:
                door.show(homes)
            _show_meals(door, results)
            _say_differences(door, comparison, results)
            for result in results:
                for reason in result.run["reasons"]:
                    door.say(Message(f"{result.run['title']}：{reason['message']}", reason["message_en"]))
            door.say(_where(out, [result.run["scenario"] for result in results], comparison is not None))
        if unmeetable:
            raise typer.Exit(Exit.UNMEETABLE)


def compare_command(
    runs: Annotated[list[Path], typer.Argument(help="情景输出文件夹，例如 anyi-out/official-2023。")],
    data: Data = None,
    out: Out = Path("anyi-out"),
    as_json: AsJson = False,
    lang: Lang = "zh",
) -> None:
    """Compare runs that were written before."""
    with answering(lang, as_json) as door:
        if len(runs) < 2:
            raise SettingError("比较至少要两个情景文件夹。", "A comparison takes at least two run folders.")
        results = [read_result(folder) for folder in runs]
        _refuse_doubles([result.run["scenario"] for result in results])
        comparison = compare_runs(results)
        county = _same_county(data or packaged_data(), results)
        if county is None:
            door.say(
                Message(
                    "对比地图不画底图：县数据文件夹与运行时不同，请用 --data 指明运行时所用的文件夹。",
                    "The comparison's map has no ground: name the county folder of the runs with --data.",
                )
            )
        write_comparison(out / "compare", comparison, results, county)
        write_index(out)
        if as_json:
            door.put({"status": "done", **comparison_summary(out / "compare", comparison)})
        else:
            door.show(summary_table(results, language=door.language))
            _show_meals(door, results)
            _say_differences(door, comparison, results)
            page = out / "compare" / "compare.html"
            door.say(Message(f"比较页：{page}", f"Comparison page: {page}"))


def _show_meals(door: Door, results: list[RunResult]) -> None:
    figures = meal_figures(results)
    if len(figures):
        titles = {result.run["scenario"]: str(result.run["title"]) for result in results}
        door.show(meals_summary_table(figures, titles, language=door.language))


def _say_differences(door: Door, comparison: Comparison | None, results: list[RunResult]) -> None:
    """Say which sites go and come in each run, and who gains and loses by it."""
    if comparison is None:
        return
    titles = {result.run["scenario"]: str(result.run["title"]) for result in results}
    for row in comparison.differences:
        other, base = titles[row["other"]], titles[row["base"]]
        door.say(
            Message(f"{other} 相对 {base}：{row['words']}", f"{row['other']} against {row['base']}: {row['words_en']}")
        )
        if row["caveats"]:
            zh, en = "；".join(row["caveats"]), "; ".join(row["caveats_en"])
            door.say(
                Message(
                    f"  两个方案口径不同：{zh}。差别都按“{base}”的口径计算。",
                    f"  They count differently: {en}. Differences are counted as in {row['base']}.",
                )
            )
        if row["swaps"]:
            door.say(
                Message(
                    "  逐处换点（按名义位置计，未计位置误差；各处相加等于总差别）：",
                    "  Swap by swap (at nominal positions; they sum to the whole difference):",
                )
            )
        for swap in row["swaps"]:
            door.say(Message(f"  {swap['words']}", f"  {swap['words_en']}"))


def _same_county(folder: Path, results: list[RunResult]) -> County | None:
    """Return the county that the runs were made from, or None when the folder holds another one."""
    try:
        county = load_county(folder)
    except InputError:
        return None
    return county if all(result.run["inputs_sha256"] == county.inputs_sha256 for result in results) else None


def _refuse_doubles(names: list[str]) -> None:
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise SettingError(
            f"情景 {'、'.join(doubles)} 出现了不止一次：输出会互相覆盖。",
            f"Scenario {', '.join(doubles)} is named twice; the outputs would overwrite each other.",
        )


def _where(out: Path, names: list[str], compared: bool) -> Message:
    maps = [str(out / name / "map.html") for name in names]
    zh = f"先打开总目录：\n  {out / INDEX}\n地图：\n  " + "\n  ".join(maps)
    en = f"Open first:\n  {out / INDEX}\nMaps:\n  " + "\n  ".join(maps)
    if compared:
        page = out / "compare" / "compare.html"
        zh, en = f"{zh}\n比较页：\n  {page}", f"{en}\nComparison:\n  {page}"
    plans = [str(page) for name in names for page in sorted((out / name).glob("plans-*.html"))]
    if plans:
        zh, en = (
            "\n  ".join([f"{zh}\n备选方案（改动几处、权衡）：", *plans]),
            "\n  ".join([f"{en}\nOther plans:", *plans]),
        )
    zh, en = (
        f"{zh}\n报告：各情景文件夹里的 report.xlsx、report.docx、report.html",
        f"{en}\nReports: report.xlsx, .docx, .html",
    )
    return Message(zh, en)
