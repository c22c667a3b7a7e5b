"""The plan as a static map for print: outline, points by minutes, sites by batch, metric scale, north."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, batch_label, batch_numbers
from anyi_geo.show.maps.words import BEYOND, WITHIN
from anyi_geo.show.report.drawing import canvas, panels, png, safe
from anyi_geo.show.report.model import Figure
from anyi_geo.show.report.plan_tables import counted_groups

if TYPE_CHECKING:
    from anyi_geo.county import County

_MAP_STEPS = tuple(zip((1 / 3, 2 / 3, 1.0, 2.0, np.inf), (*WITHIN, *BEYOND[:2]), strict=True))


def plan_map(county: County, result: RunResult) -> Figure:
    """Return the plan on the county's outline: points by minutes after the last batch, sites by batch."""
    last = batch_numbers(result)[-1]
    picture, axes = canvas(12, 9.8)
    _draw(axes, county, result, last)
    axes.legend(loc="upper left", bbox_to_anchor=(0.86, 1.0), fontsize=8, frameon=False)
    mode = MODE_NAMES[result.headline_mode].zh
    title = f"{county.name} · {safe(result.run['title'])}：{batch_label(last)}点位与各自然村{mode}时间"
    return Figure(f"{title}（审图号：待填；界线为示意）", png(picture), 12.0)


def batches_map(county: County, result: RunResult) -> Figure | None:
    """Return the first and the last batch side by side; None when there is one batch only."""
    batches = batch_numbers(result)
    if len(batches) < 2:
        return None
    picture, both = panels(16, 8.8, 2)
    for axes, batch in zip(both, (batches[0], batches[-1]), strict=True):
        _draw(axes, county, result, batch)
        axes.set_title(batch_label(batch), fontsize=10)
    handles, labels = both[1].get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    mode = MODE_NAMES[result.headline_mode].zh
    return Figure(
        f"{batch_label(batches[0])}与{batch_label(batches[-1])}的{mode}时间（审图号：待填）", png(picture), 16.0
    )


def _draw(axes: Axes, county: County, result: RunResult, batch: int) -> None:
    middle = np.deg2rad(float(np.mean(county.outline.total_bounds[[1, 3]])))
    axes.set_aspect(1 / np.cos(middle))
    axes.set_axis_off()
    for shapes, width in ((county.townships, 0.5), (county.outline, 1.4)):
        for ring in _rings(shapes):
            axes.plot(ring[:, 0], ring[:, 1], color="#8a8d91" if width < 1 else "#3b3d40", linewidth=width)
    _map_points(axes, result, batch)
    _map_sites(axes, result, batch)
    _map_frame(axes, county, middle)


def _map_points(axes: Axes, result: RunResult, batch: int) -> None:
    groups, mode = counted_groups(result), result.headline_mode
    if not groups or "lon" not in result.points:
        return
    limit = float(result.groups[groups[0]]["limit_minutes"][mode])
    rows = result.nearest[(result.nearest["batch"] == batch) & (result.nearest["mode"] == mode)]
    minutes = result.points["point_id"].map(rows.set_index("point_id")["minutes"]).to_numpy(float)
    persons = result.points[[f"persons.{group}" for group in groups]].sum(axis=1).to_numpy(float)
    low = 0.0
    for factor, color in _MAP_STEPS:
        inside = (minutes > low) & (minutes <= factor * limit) if low else minutes <= factor * limit
        inside &= np.isfinite(minutes) & (persons > 0)
        label = f"{low:g}–{factor * limit:g} 分钟" if np.isfinite(factor) else f"超过 {low:g} 分钟"
        axes.scatter(
            result.points.loc[inside, "lon"], result.points.loc[inside, "lat"], s=3 + persons[inside] / 12,
            c=color, linewidths=0.2, edgecolors="white", label=label,
        )  # fmt: skip
        low = factor * limit
    lost = ~np.isfinite(minutes) & (persons > 0)
    if lost.any():
        axes.scatter(
            result.points.loc[lost, "lon"], result.points.loc[lost, "lat"], s=14, facecolors="none",
            edgecolors="#444444", label="无路可达",
        )  # fmt: skip


def _map_sites(axes: Axes, result: RunResult, last: int) -> None:
    markers = ("*", "s", "^", "D", "P")
    names = {row["batch"]: safe(row["name"]) for row in result.batches}
    for number, batch in enumerate(number for number in batch_numbers(result) if number <= last):
        found = result.sites[result.sites["batch"] == batch] if len(result.sites) else result.sites
        if not len(found):
            continue
        size = 150 if number == 0 else 48
        axes.scatter(found["lon"], found["lat"], s=size, marker=markers[number], c="#111111", zorder=5,
                     edgecolors="white", linewidths=0.8, label=names[batch])  # fmt: skip
        for row in found.itertuples():
            axes.annotate(str(row.site_id), (row.lon, row.lat), xytext=(4, 4), textcoords="offset points", fontsize=7,
                          zorder=6)  # fmt: skip


def _map_frame(axes: Axes, county: County, latitude: float) -> None:
    """Draw a metric scale bar and a north arrow."""
    west, south, east, north = county.outline.total_bounds
    kilometres = 5.0 if (east - west) * 111.32 * np.cos(latitude) > 15 else 1.0
    length = kilometres / (111.32 * np.cos(latitude))
    axes.plot([west, west + length], [south, south], color="#111111", linewidth=3, solid_capstyle="butt")
    axes.text(west + length / 2, south + (north - south) * 0.012, f"{kilometres:g} km", ha="center", fontsize=9)
    axes.annotate(
        "北", xy=(west, north), xytext=(west, north - (north - south) * 0.09), ha="center", fontsize=11,
        arrowprops={"arrowstyle": "-|>", "color": "#111111"},
    )  # fmt: skip


def _rings(shapes: Any) -> list[np.ndarray]:
    parts = shapes.geometry.explode(index_parts=False)
    return [np.asarray(part.exterior.coords)[:, :2] for part in parts if part.geom_type == "Polygon"]
