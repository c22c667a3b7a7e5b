"""The pages of the models: their mathematics is the docstring's, their examples run."""

import importlib
import inspect
import os
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "models"
PAGES = ("p_median", "facility_location", "p_center", "set_cover", "max_cover")
MARKED = re.compile(r"<!-- (anyi_geo[\w.]+)\.(\w+) -->\n(.*?)<!-- end -->", re.DOTALL)


@pytest.mark.parametrize("name", PAGES)
def test_page_tells_the_docstring(name):
    page = FOLDER / f"{name}.md"
    text = page.read_text(encoding="utf-8")
    module, function, shown = MARKED.search(text).groups()
    said = inspect.getdoc(getattr(importlib.import_module(module), function))
    wanted = f"```text\n{said}\n```\n"
    if os.environ.get("ANYI_GEO_WRITE_DOCS"):
        page.write_text(text.replace(f"-->\n{shown}<!-- end", f"-->\n{wanted}<!-- end"), encoding="utf-8")
        return
    assert shown == wanted
    assert "(1)" in shown


@pytest.mark.parametrize("name", [*PAGES, "why"])
def test_example_runs(name):
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    space = {}
    exec(compile(example, f"{name}.md", "exec"), space)  # noqa: S102
    assert space["solution"].status == "optimal"
