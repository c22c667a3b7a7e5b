"""Static figures for print: coverage, minutes, money, a plan map, phases; drawn by matplotlib without a screen."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, batch_label, batch_numbers, share_of, text_of
from anyi_geo.show.maps.words import BEYOND, WITHIN
from anyi_geo.show.report.model import Figure
from anyi_geo.show.report.names import DECISIONS, cost_head, named
from anyi_geo.show.report.plan_tables import counted_groups, headline_modes

if TYPE_CHECKING:
    from anyi_geo.county import County

#: Families that hold simplified Chinese, the first installed one is used.
FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "SimHei",
    "DengXian",
    "PingFang SC",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "SimSun",
    "AR PL UMing CN",
)
NO_FONT = (
    "本机没有可用的中文字体，图未绘制。请安装任一中文字体（如微软雅黑、思源黑体；"
    "Linux：apt install fonts-noto-cjk）后重新运行。"
)
#: Okabe and Ito's colours: told apart by the colour-blind.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999", "#F0E442")
_DPI = 130
_MAP_STEPS = tuple(zip((1 / 3, 2 / 3, 1.0, 2.0, np.inf), (*WITHIN, *BEYOND[:2]), strict=True))


def chinese_font() -> str | None:
    """Return the first installed family that holds simplified Chinese, or None."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in installed), None)


def run_figures(county: County, result: RunResult) -> tuple[dict[str, Figure], str]:
    """Return the figures of a run by key, and a sentence when there is no font to write them with.

    Parameters
    ----------
    county : County
        Gives the outline under the plan map.
    result : RunResult

    Returns
    -------
    figures : dict of str to Figure
        map, coverage, minutes, costs; without a font none.
    message : str
        "" or what to do.
    """
    font = chinese_font()
    if font is None:
        return {}, NO_FONT
    with mpl.rc_context({"font.family": [font], "axes.unicode_minus": False, "font.size": 10}):
        found = {
            "map": plan_map(county, result),
            "coverage": coverage_figure(result),
            "minutes": minutes_figure(result),
            "costs": costs_figure(result),
        }
    return found, ""


def gantt_figure(bars: Sequence[tuple[str, str, dt.date, dt.date]], title: str) -> Figure | None:
    """Return phases as bars, one line per place in the order given; None without a font or bars.

    Parameters
    ----------
    bars : sequence of (name, phase, start, end)
    title : str
    """
    font = chinese_font()
    if font is None or not bars:
        return None
    with mpl.rc_context({"font.family": [font], "font.size": 9}):
        names = list(dict.fromkeys(name for name, *_ in bars))
        phases = list(dict.fromkeys(phase for _, phase, *_ in bars))
        canvas, axes = _canvas(16, 2.4 + 0.46 * len(names))
        for number, phase in enumerate(phases):
            own = [(names.index(name), start, end) for name, found, start, end in bars if found == phase]
            axes.barh(
                [row for row, _, _ in own],
                [(end - start).days + 1 for _, start, end in own],
                left=[start.toordinal() - _EPOCH for _, start, _ in own],
                height=0.6,
                color=COLORS[number % len(COLORS)],
                label=_safe(phase),
            )
        axes.xaxis_date()
        axes.set_yticks(range(len(names)), [_safe(name) for name in names])
        axes.invert_yaxis()
        canvas.legend(ncols=4, loc="outside lower center", frameon=False)
        return Figure(title, _png(canvas), 16.0)


#: Matplotlib counts days from 1970.
_EPOCH = dt.date(1970, 1, 1).toordinal()


def pareto_figure(plans: pd.DataFrame, x: str, y: str, labels: tuple[str, str], title: str) -> Figure | None:
    """Return two aims of several plans against each other; None without a font or plans.

    Parameters
    ----------
    plans : DataFrame
        One row per plan that no other beats in both aims; columns `x`, `y` and, for names, `name`.
    x, y : str
    labels : tuple of str
        Axis titles with units.
    title : str
    """
    font = chinese_font()
    if font is None or plans.empty:
        return None
    with mpl.rc_context({"font.family": [font], "font.size": 10}):
        canvas, axes = _canvas(14, 8)
        rows = plans.sort_values(x)
        axes.plot(rows[x], rows[y], color=COLORS[0], marker="o", linewidth=1.2)
        for _, row in rows.iterrows() if "name" in rows else ():
            axes.annotate(_safe(row["name"]), (row[x], row[y]), textcoords="offset points", xytext=(5, 5), fontsize=8)
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        _plain_axes(axes)
        return Figure(title, _png(canvas), 14.0)


def coverage_figure(result: RunResult) -> Figure:
    """Return the covered share by batch, group and way of travel, with the range over displaced positions."""
    canvas, axes = _canvas(15, 6.6)
    groups, modes, batches = counted_groups(result), headline_modes(result), batch_numbers(result)
    labels = [f"{_safe(result.groups[group]['short'])}\n{MODE_NAMES[mode].zh}" for mode in modes for group in groups]
    width = 0.8 / max(len(batches), 1)
    for number, batch in enumerate(batches):
        found = [share_of(result, batch, group, mode) for mode in modes for group in groups]
        places = np.arange(len(found)) + (number - (len(batches) - 1) / 2) * width
        shares = np.nan_to_num([value.share * 100 for value in found])
        bars = axes.bar(places, shares, width * 0.92, color=COLORS[number], label=batch_label(batch))
        axes.bar_label(bars, [f"{share:.1f}" for share in shares], fontsize=8, padding=2)
        low, high = (np.array([getattr(value, end) * 100 for value in found]) for end in ("low", "high"))
        axes.vlines(places + width * 0.3, low, high, color="#333333", linewidth=1.4)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_ylabel("时限内人口占比（%）")
    axes.set_ylim(0, 105)
    axes.legend(frameon=False, loc="upper right")
    _plain_axes(axes)
    return Figure("各批次覆盖率（竖线为位置误差下的 5%–95% 区间）", _png(canvas))


def minutes_figure(result: RunResult) -> Figure:
    """Return the persons by minutes to the nearest site, per batch, on the headline way of travel."""
    canvas, axes = _canvas(15, 6.6)
    mode, groups = result.headline_mode, counted_groups(result)
    group = groups[0] if groups else next(iter(result.groups))
    people = result.points.set_index("point_id")[f"persons.{group}"]
    limit = float(result.groups[group]["limit_minutes"][mode])
    edges = np.append(np.arange(0, 4 * limit + 1, limit / 3), np.inf)
    names = [f"{low:g}–{high:g}" for low, high in itertools.pairwise(edges[:-1])] + [f">{edges[-2]:g}"]
    batches = batch_numbers(result)
    width = 0.8 / max(len(batches), 1)
    for number, batch in enumerate(batches):
        rows = result.nearest[(result.nearest["batch"] == batch) & (result.nearest["mode"] == mode)]
        minutes, persons = rows["minutes"].to_numpy(float), rows["point_id"].map(people).to_numpy(float)
        there = np.isfinite(minutes)
        counts = [persons[there & (minutes > low) & (minutes <= high)].sum() for low, high in itertools.pairwise(edges)]
        # A place at a site's own door is in the first class; who cannot arrive has a class of its own.
        counts[0] += persons[minutes == 0].sum()
        counts.append(persons[~there].sum())
        places = np.arange(len(counts)) + (number - (len(batches) - 1) / 2) * width
        axes.bar(places, counts, width * 0.92, color=COLORS[number], label=batch_label(batch))
    axes.margins(y=0.12)
    axes.axvline(2.5, color="#555555", linestyle="--", linewidth=1)
    axes.text(2.55, axes.get_ylim()[1] * 0.97, f"时限 {limit:g} 分钟", fontsize=9, va="top")
    axes.set_xticks(range(len(names) + 1), [*names, "无路\n可达"], fontsize=8)
    axes.set_xlabel(f"到最近点位的{MODE_NAMES[mode].zh}时间（分钟）")
    axes.set_ylabel(f"{_safe(result.groups[group]['short'])}（人）")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.legend(frameon=False, loc="upper right")
    _plain_axes(axes)
    return Figure(f"{_safe(result.groups[group]['name'])}到最近点位的时间分布", _png(canvas))


def costs_figure(result: RunResult) -> Figure:
    """Return what each head costs every year, by decision."""
    rows = result.costs[result.costs["yearly_yuan"].astype(float) > 0].reset_index(drop=True)
    canvas, axes = _canvas(15, 2 + 0.52 * max(len(rows), 2))
    colors = dict(zip(DECISIONS, COLORS, strict=False))
    values = rows["yearly_yuan"].astype(float).to_numpy() / 10_000
    total = values.sum()
    bars = axes.barh(range(len(rows)), values, color=[colors.get(name, COLORS[6]) for name in rows["decision"]])
    axes.bar_label(bars, [f"{value:,.1f}（{value / total:.0%}）" for value in values], fontsize=8, padding=3)
    labels = [f"{named(DECISIONS, a)} {cost_head(b)}" for a, b in zip(rows["decision"], rows["head"], strict=True)]
    axes.set_yticks(range(len(rows)), labels)
    axes.invert_yaxis()
    axes.margins(x=0.18)
    axes.set_xlabel("每年费用（万元），括号内为占合计的比例")
    _plain_axes(axes)
    return Figure("每年费用构成", _png(canvas))


def plan_map(county: County, result: RunResult) -> Figure:
    """Return the plan on the county's outline: points by minutes after the last batch, sites by batch."""
    middle = np.deg2rad(float(np.mean(county.outline.total_bounds[[1, 3]])))
    canvas, axes = _canvas(14, 13)
    axes.set_aspect(1 / np.cos(middle))
    axes.set_axis_off()
    for shapes, width in ((county.townships, 0.5), (county.outline, 1.4)):
        for ring in _rings(shapes):
            axes.plot(ring[:, 0], ring[:, 1], color="#8a8d91" if width < 1 else "#3b3d40", linewidth=width)
    _map_points(axes, result)
    _map_sites(axes, result)
    _map_frame(axes, county, middle)
    axes.legend(loc="upper left", bbox_to_anchor=(0.86, 1.0), fontsize=8, frameon=False)
    last = batch_label(batch_numbers(result)[-1])
    return Figure(
        f"{county.name} · {_safe(result.run['title'])}：{last}点位与各自然村{MODE_NAMES[result.headline_mode].zh}时间"
        "（审图号：待填；界线为示意）",
        _png(canvas),
        14.0,
    )


def _map_points(axes: Axes, result: RunResult) -> None:
    groups, mode, batch = counted_groups(result), result.headline_mode, batch_numbers(result)[-1]
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


def _map_sites(axes: Axes, result: RunResult) -> None:
    markers = ("*", "s", "^", "D", "P")
    names = {row["batch"]: _safe(row["name"]) for row in result.batches}
    for number, batch in enumerate(batch_numbers(result)):
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


def _canvas(width_cm: float, height_cm: float) -> tuple[Canvas, Axes]:
    canvas = Canvas(figsize=(width_cm / 2.54, height_cm / 2.54), layout="constrained")
    FigureCanvasAgg(canvas)
    return canvas, canvas.subplots()


def _plain_axes(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=2)


def _png(canvas: Canvas) -> bytes:
    # No software name in the file: the same result gives the same bytes.
    file = io.BytesIO()
    canvas.savefig(file, format="png", dpi=_DPI, metadata={"Software": None})
    return file.getvalue()


def _safe(value: object) -> str:
    """Return text in which a dollar sign starts no formula."""
    return text_of(value).replace("$", r"\$")
