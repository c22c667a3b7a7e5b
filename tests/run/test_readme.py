"""The README's figures are those of this version."""

import importlib.util
from pathlib import Path

import typer

from anyi_geo.cli import app

ROOT = Path(__file__).parents[2]


def test_the_figures_are_those_of_a_run():
    spec = importlib.util.spec_from_file_location("readme_figures", ROOT / "tools" / "readme_figures.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    shown = (ROOT / "README.md").read_text(encoding="utf-8").partition(tool.BEGIN)[2].partition(tool.END)[0]
    assert shown.strip() == tool.figures(tool.default_runs()).strip(), "run: python tools/readme_figures.py --write"


def test_every_scenario_and_command_is_named():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    names = {path.stem for path in (ROOT / "data" / "scenarios").glob("*.toml")} - {"base"}
    assert {name for name in names if f"`{name}`" not in text} == set()
    commands = {command.name for command in typer.main.get_command(app).commands.values()}
    assert {name for name in commands if f"anyi-geo {name}" not in text} == set()
