"""Pages of alternative plans exist where there are plans to draw."""

from dataclasses import replace

import pandas as pd

from anyi_geo.show.plans import kinds
from anyi_geo.show.plans_page import plans_pages


def test_a_result_read_back_has_rows_of_plans_but_none_to_draw(result, county):
    rows = pd.DataFrame({"plan_id": ["swap-0"], "swaps": [0]})
    back = replace(result, care={**result.care, "swaps": rows}, plans=())
    assert list(kinds(back)) == ["swaps"]
    assert list(plans_pages(county, back)) == []
