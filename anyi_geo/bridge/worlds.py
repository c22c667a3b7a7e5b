"""The county as it might be: positions, persons and uptake within their errors."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from anyi_geo.bridge.travel import Travel, care_site_rows
from anyi_geo.county import County
from anyi_geo.plan.care_sites import CareSiteProblem, displaced_cover, shaken_persons
from anyi_geo.plan.care_sites.cover import Cover
from anyi_geo.settings import Settings


def possible_worlds(
    county: County, problem: CareSiteProblem, settings: Settings, travel: Travel
) -> Iterator[tuple[Cover, pd.DataFrame]]:
    """Yield, per seeded draw, who covers whom and how many persons there are.

    Villages trade places as in the displacement of that number, the persons of a village share a log-normal error, and
    elders vary with the range of the uptake.

    Parameters
    ----------
    county : County
    problem : CareSiteProblem
        Its points, groups and sites.
    settings : Settings
    travel : Travel
        With at least as many displacements as draws are wanted; there are no more worlds than displacements.
    """
    mode, seed = settings.travel.headline_mode, settings.solver.seed
    limits = {name: settings.demand.groups[name].limit_minutes[mode] for name in problem.persons.columns}
    uptake = [county.parameters.value("meal_uptake", level) for level in ("low", "value", "high")]
    elders = [name for name in problem.persons.columns if settings.demand.groups[name].column.startswith("persons_")]
    factors = dict.fromkeys(elders, (uptake[0] / uptake[1], uptake[2] / uptake[1]))
    log_sd = county.parameters.value("persons_error_share")
    draws = min(settings.care_sites.reasons.frequency_draws, travel.draws.shape[1])
    for number in range(draws):
        (cover,) = displaced_cover(
            travel.places[mode],
            travel.draws.iloc[:, number : number + 1],
            limits,
            problem.persons.index,
            problem.sites.index,
        )
        shaken = shaken_persons(problem.persons, county.points["village_id"], log_sd, factors, seed + number)
        yield cover, shaken


def frequency_table(county: County, share: pd.Series, batch: pd.Series) -> pd.DataFrame:
    """Return site_id, name, township, chosen_share and in_plan of the sites chosen in any world or in the plan."""
    rows = care_site_rows(county).loc[share.index, ["name", "township"]]
    table = pd.DataFrame(rows).assign(chosen_share=share, in_plan=share.index.isin(batch.index))
    table = table[(table["chosen_share"] > 0) | table["in_plan"]]
    return table.sort_values(["chosen_share"], ascending=False, kind="stable").rename_axis("site_id").reset_index()
