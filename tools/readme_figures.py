"""Print the figures that the README shows, from a run of the default scenarios.

``python tools/readme_figures.py --write`` puts them between the README's two markers; a test holds that they are true.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from anyi_geo.county import load_county, packaged_data
from anyi_geo.result import RunResult
from anyi_geo.run import DEFAULT_SCENARIOS, run_scenarios
from anyi_geo.scenario import load_scenario

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


def default_runs() -> list[RunResult]:
    """Run the default scenarios on the embedded county."""
    county = load_county(packaged_data())
    folder = county.folder / "scenarios"
    return list(run_scenarios(county, [load_scenario(name, folder) for name in DEFAULT_SCENARIOS]))


def figures(results: list[RunResult]) -> str:
    """Return the README's table of cover and its two lines on homes and meals."""
    rows = [
        "| 情景 | 老人，骑行 15 分钟 | 计入位置误差 | 儿童，骑行 15 分钟 | 计入位置误差 | 老人，步行 15 分钟 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for result in results:
        elders, children = (_share(result, group, "ride") for group in ("elders_rural", "children_rural"))
        cells = [*elders, *children, _share(result, "elders_rural", "walk")[0]]
        rows.append(f"| `{result.run['scenario']}` | " + " | ".join(cells) + " |")
    return "\n".join([*rows, "", *_sentences(results[0])])


def _share(result: RunResult, group: str, mode: str) -> tuple[str, str]:
    table = result.metrics
    last = table["batch"].max()
    row = table[
        (table["batch"] == last) & (table["group"] == group) & (table["mode"] == mode) & (table["scope"] == "county")
    ].iloc[0]
    return f"{row['share']:.1%}", f"{row['share_low']:.0%}–{row['share_high']:.0%}"


def _sentences(result: RunResult) -> list[str]:
    lines = []
    if result.homes is not None:
        homes = result.homes.summary
        lines.append(
            f"敬老院（县方案）：在院 {homes['residents']} 人，搬迁 {homes['moved']} 人，"
            f"其中不同意 {homes['moved_without_consent']} 人、未征询 {homes['moved_not_asked']} 人"
            "（软约束下的两个数，另附“必须同意才搬”的对照）。"
        )
    if result.meals is not None:
        meals = result.meals.summary
        lines.append(
            f"助餐（县方案）：{meals['points']} 个助餐点，{len(meals['central_kitchens'])} 个中心厨房，"
            f"{meals['own_kitchen']} 处本点就餐，{meals['delivered']} 处配送，{meals['none']} 处无需求；"
            f"每餐 {meals['meals']} 份，出锅到送达不超过 {meals['hot_limit_minutes']:.0f} 分钟。"
        )
    return ["  \n".join(lines)]


def main() -> None:
    """Print the figures, or write them into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write them into the README")
    text = figures(default_runs())
    if not parser.parse_args().write:
        print(text)
        return
    readme = README.read_text(encoding="utf-8")
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
