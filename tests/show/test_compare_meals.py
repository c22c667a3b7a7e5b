"""The meals of several runs in one table: every figure is the run's own, in the terminal and on the page."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from anyi_geo.compare import compare_runs
from anyi_geo.show.compare_meals import meals_table
from anyi_geo.show.console_meals import gap_text, meals_summary_table
from anyi_geo.show.write import comparison_object


def other(result, title="别的", **summary):
    meals = None if result.meals is None else replace(result.meals, summary=result.meals.summary | summary)
    return replace(result, run=result.run | {"scenario": "other", "title": title}, meals=meals)


def test_figures_are_the_runs_own(result):
    comparison = compare_runs([result, other(result, unserved=3)])
    first, second = comparison_object(comparison)["meals"]
    summary, tables = result.meals.summary, result.meals.tables
    for key in ("kitchens", "delivered", "rounds", "meals", "cost_yuan_per_meal", "break_even_diners", "gap"):
        assert first[key] == summary[key]
    assert (first["unserved"], second["unserved"]) == (summary["unserved"], 3)
    heads = tables["heads"].set_index("head")["yuan_per_meal"]
    assert first["full_yuan_per_meal"] == heads["total"]
    assert first["village_gap_yuan_per_month"] == pytest.approx(tables["accounts"]["village_gap_yuan"].sum())
    payers = tables["payers"].set_index("payer")["yuan_per_month"]
    assert first["self_yuan_per_month"] == payers["self"]
    assert sum(payers) == pytest.approx(tables["accounts"]["total"].sum())


def test_a_run_without_meals_has_no_column(result):
    none = replace(other(result), meals=None)
    assert list(compare_runs([result, none]).meals["plan"]) == [result.run["scenario"]]
    assert meals_table(compare_runs([none, replace(none, run=none.run | {"scenario": "third"})])) == ""


def test_the_page_escapes_titles(result):
    html = meals_table(compare_runs([result, other(result, "</th><script>alert(1)</script>`")]))
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#96;" in html
    assert "盈亏平衡" in html


def test_no_figure_is_cut_in_the_terminal(result):
    comparison = compare_runs([result, other(result, unserved=3, gap=None)])
    out = io.StringIO()
    titles = {run["scenario"]: run["title"] for run in comparison.runs}
    Console(file=out, width=118).print(meals_summary_table(comparison.meals, titles))
    text, summary = out.getvalue(), result.meals.summary
    assert f"{summary['meals_served']:,}/{summary['meals']:,}" in text
    assert f"{summary['cost_yuan_per_meal']:.2f}" in text
    assert f"{summary['break_even_diners']:.1f} 人" in text
    assert " – " in text


def test_a_gap_is_a_share_of_the_cost_or_no_proof():
    assert [gap_text(value) for value in (0.0, 1e-9, 0.0123, None, float("nan"))] == ["0%", "0%", "1.2%", "–", "–"]
