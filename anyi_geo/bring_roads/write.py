"""Files of the county folder replaced whole or not at all; what stood there is kept once."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pyogrio

from anyi_geo.errors import SettingError, why_not

#: The folder, inside the county folder, that keeps the one version each file replaced.
PREVIOUS = "previous"


@contextlib.contextmanager
def whole_file(target: Path, *, keep: bool = False) -> Iterator[Path]:
    """Yield a temporary path that becomes `target` only when the block ends well.

    Parameters
    ----------
    target : Path
    keep : bool
        Whether what stood at `target` is kept as ``previous/<name>`` beside it.

    Raises
    ------
    SettingError
        When the place cannot be written; the sentence says what to do.
    """
    try:
        work = Path(tempfile.mkdtemp(prefix=".anyi-geo-", dir=target.parent))
    except OSError as error:
        raise _cannot_write(target, error) from None
    try:
        yield work / target.name
        try:
            _replace(work / target.name, target, keep=keep)
        except OSError as error:
            raise _cannot_write(target, error) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_roads(target: Path, nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> None:
    """Write ``roads.gpkg``; the roads that stood there are kept as ``previous/roads.gpkg``."""
    with whole_file(target, keep=True) as path:
        try:
            pyogrio.write_dataframe(nodes, path, layer="nodes", driver="GPKG")
            pyogrio.write_dataframe(edges, path, layer="edges", driver="GPKG")
        except (pyogrio.errors.DataSourceError, OSError) as error:
            raise _cannot_write(target, error) from None


def refuse_unwritable(target: Path) -> None:
    """Raise before long work when the result could not be written.

    Raises
    ------
    SettingError
    """
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise _cannot_write(target, error) from None


def _replace(made: Path, target: Path, *, keep: bool) -> None:
    if keep and target.exists():
        kept = target.parent / PREVIOUS / target.name
        kept.parent.mkdir(exist_ok=True)
        shutil.copy2(target, made.with_name("previous"))
        made.with_name("previous").replace(kept)
    os.replace(made, target)  # noqa: PTH105  the one call that is atomic everywhere


def _cannot_write(target: Path, error: Exception) -> SettingError:
    why = why_not(error)
    return SettingError(
        f"写不进 {target}（{why.zh}）：请换一个有写入权限的文件夹，"
        "或关闭正在打开它的程序（如 QGIS、Excel）。原文件未改动。",
        f"Cannot write {target} ({why.en}): use a folder you may write to, or close programs that use it. "
        "Nothing was changed.",
    )
