"""The README's figures are those of this version."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_figures_are_those_of_a_run():
    spec = importlib.util.spec_from_file_location("readme_figures", ROOT / "tools" / "readme_figures.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    shown = (ROOT / "README.md").read_text(encoding="utf-8").partition(tool.BEGIN)[2].partition(tool.END)[0]
    assert shown.strip() == tool.figures(tool.default_runs()).strip(), "run: python tools/readme_figures.py --write"
