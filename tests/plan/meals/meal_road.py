"""The tiny instance of the meal tests: a straight road, minutes as drawn, one yuan a minute.

K1 --10-- a --5-- b --------30-------- c --10-- K2
"""

import numpy as np
import pandas as pd

from anyi_geo.plan.meals import MealProblem, MealSettings

AT = pd.Series({"K1": 0.0, "K2": 55.0, "a": 10.0, "b": 15.0, "c": 45.0})
QUICK = MealSettings(iterations=60)


def road(**change):
    """Return the road: K1 and K2 cook 40 meals for 20 yuan each; a, b, c eat 10, 8, 6 between 11:00 and 12:30."""
    stops = pd.DataFrame(
        {
            "meals": [10, 8, 6],
            "service_minutes": 2.0,
            "window_start": 660.0,
            "window_end": 750.0,
            "own_kitchen_yuan": [np.nan, np.nan, 50.0],
        },
        index=["a", "b", "c"],
    )
    kitchens = pd.DataFrame(
        {"capacity_meals": 40.0, "opening_yuan": 20.0, "loading_minutes": 5.0, "ready_minute": 600.0},
        index=["K1", "K2"],
    )
    vehicles = pd.DataFrame({"capacity_meals": [20], "fixed_yuan": [6.0], "number": [np.nan]}, index=["tricycle"])
    away = pd.DataFrame(np.abs(AT.to_numpy()[:, None] - AT.to_numpy()[None]), AT.index, AT.index)
    given = {"stops": stops, "kitchens": kitchens, "vehicles": vehicles, "minutes": away, "cost_yuan": away}
    return MealProblem(**given | {"hot_limit_minutes": 60.0} | change)
