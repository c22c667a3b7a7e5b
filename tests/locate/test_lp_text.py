"""The mathematics as stored LP text: a change of a model is a readable diff. Set ANYI_GEO_WRITE_LP=1 to rewrite."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anyi_geo.locate import LocationProblem
from anyi_geo.locate._conditions import conditions
from anyi_geo.locate.centers import p_center_model
from anyi_geo.locate.covering import set_cover_model
from anyi_geo.locate.facility_location import facility_location_model
from anyi_geo.locate.maximal_covering import max_cover_model, shares
from anyi_geo.locate.medians import p_median_model

FOLDER = Path(__file__).parent / "lp"


def _problem():
    """Three villages on a road, two sites at its ends; no road from c to x."""
    minutes = pd.DataFrame([[2.0, 9.0], [4.0, 5.0], [np.inf, 1.0]], ["a", "b", "c"], ["x", "y"])
    sites = pd.DataFrame({"capacity_persons": [40.0, 60.0], "cost_yuan": [7.0, 8.0]}, ["x", "y"])
    return LocationProblem.from_matrix(minutes, pd.Series([30.0, 20.0, 10.0], minutes.index), sites)


def _models():
    problem = _problem()
    demands = conditions(problem, 1, (), (), exact=True)
    must = conditions(problem, 2, ["y"], (), exact=True)
    near = problem.within(5)
    ones, falling = np.ones(len(near.site)), shares(near.minutes, [(2, 1.0), (6, 0.0)])
    return {
        "p_median": p_median_model(problem, demands),
        "p_median_capacitated": p_median_model(problem, must, capacitated=True),
        "facility_location": facility_location_model(problem, 0.5, must),
        "facility_location_capacitated": facility_location_model(problem, 0.5, must, capacitated=True),
        "p_center": p_center_model(problem, demands),
        "set_cover": set_cover_model(problem, 5, demands, np.ones(2)),
        "max_cover": max_cover_model(near, ones, demands, budget_yuan=10.0, backup_weight=0.5),
        "max_cover_gradual": max_cover_model(near, falling, demands, capacitated=True),
    }


@pytest.mark.parametrize("name", list(_models()))
def test_lp_text(name, tmp_path):
    written = tmp_path / "model.lp"
    _models()[name].writeLP(str(written))
    stored = FOLDER / f"{name}.lp"
    if os.environ.get("ANYI_GEO_WRITE_LP"):
        stored.write_text(written.read_text(encoding="utf-8"), encoding="utf-8")
    assert written.read_text(encoding="utf-8") == stored.read_text(encoding="utf-8")
