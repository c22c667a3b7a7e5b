"""Two or more runs side by side: what each covers, which sites differ and what that means in persons."""

from anyi_geo.compare.runs import COUNTY, MEAL_COLUMNS, Comparison, compare_runs, meal_figures

__all__ = ["COUNTY", "MEAL_COLUMNS", "Comparison", "compare_runs", "meal_figures"]
