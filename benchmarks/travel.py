"""Time the travel tables of the embedded county and a sample of them in networkx, in one run."""

from __future__ import annotations

import time

import networkx as nx
import numpy as np
import pandas as pd

from anyi_geo.county import load_county, road_network, travel_minutes
from anyi_geo.county.snap import snap
from anyi_geo.settings import MODES


def main() -> None:
    """Print seconds per way of travel and the largest difference on the sample."""
    county = load_county()
    places = pd.concat([county.points.geometry, county.sites.geometry])
    for mode in MODES:
        mark = time.perf_counter()
        network = road_network(county.nodes, county.edges, county.parameters, mode)
        table = travel_minutes(network, county.points.geometry, places)
        print(f"{mode:<6}{table.shape[0]} x {table.shape[1]}: {time.perf_counter() - mark:6.2f} s")
        mark = time.perf_counter()
        graph = nx.from_scipy_sparse_array(network.minutes, create_using=nx.DiGraph)
        snapped = snap(network, county.points.geometry.iloc[:10])
        for node in network.start[snapped.edge]:
            nx.single_source_dijkstra_path_length(graph, int(node))
        seconds = time.perf_counter() - mark
        print(f"      networkx, 10 sources: {seconds:6.2f} s; all reached: {np.isfinite(table).all(axis=None)}")


if __name__ == "__main__":
    main()
