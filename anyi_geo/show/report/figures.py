"""Static figures for print: coverage, minutes, money, a plan map, phases; drawn by matplotlib without a screen."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator

from anyi_geo.result import RunResult
from anyi_geo.show.figures import MODE_NAMES, batch_label, batch_numbers, share_of
from anyi_geo.show.report.covered import printable
from anyi_geo.show.report.drawing import BLUES, NO_FONT, PHASES, canvas, chinese_font, plain_axes, png, safe
from anyi_geo.show.report.model import Figure
from anyi_geo.show.report.names import DECISIONS, cost_head, named
from anyi_geo.show.report.plan_map import batches_map, plan_map
from anyi_geo.show.report.plan_tables import counted_groups, headline_modes

if TYPE_CHECKING:
    from anyi_geo.county import County


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
        map, batches (with several of them), coverage, minutes, costs; without a font none.
    message : str
        "" or what to do.
    """
    font = chinese_font()
    if font is None:
        return {}, NO_FONT
    with mpl.rc_context({"font.family": [font], "axes.unicode_minus": False, "font.size": 10}):
        found = {
            "map": plan_map(county, result),
            "batches": batches_map(county, result),
            "coverage": coverage_figure(result),
            "minutes": minutes_figure(result),
            "costs": costs_figure(result),
        }
    return {key: figure for key, figure in found.items() if figure is not None}, ""


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
        picture, axes = canvas(16, 1.6 + 0.4 * len(names))
        for number, phase in enumerate(phases):
            own = [(names.index(name), start, end) for name, found, start, end in bars if found == phase]
            axes.barh(
                [row for row, _, _ in own],
                [(end - start).days + 1 for _, start, end in own],
                left=[start.toordinal() - _EPOCH for _, start, _ in own],
                height=0.6,
                color=PHASES[number % len(PHASES)],
                label=safe(phase),
            )
        axes.xaxis_date()
        axes.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=7))
        plain_axes(axes)
        axes.set_yticks(range(len(names)), [safe(name) for name in names])
        axes.invert_yaxis()
        picture.legend(ncols=4, loc="outside lower center", frameon=False)
        return Figure(title, png(picture), 16.0)


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
        picture, axes = canvas(14, 8)
        rows = plans.sort_values(x)
        axes.plot(rows[x], rows[y], color=BLUES[0], marker="o", linewidth=1.2)
        for _, row in rows.iterrows() if "name" in rows else ():
            axes.annotate(safe(row["name"]), (row[x], row[y]), textcoords="offset points", xytext=(5, 5), fontsize=8)
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        plain_axes(axes)
        return Figure(title, png(picture), 14.0)


def coverage_figure(result: RunResult) -> Figure:
    """Return the covered share by batch, group and way of travel, with the range over displaced positions."""
    picture, axes = canvas(15.5, 5.4)
    groups, modes, batches = counted_groups(result), headline_modes(result), batch_numbers(result)
    told = printable(result)
    labels = [f"{safe(result.groups[group]['short'])}\n{MODE_NAMES[mode].zh}" for mode in modes for group in groups]
    width = 0.8 / max(len(batches), 1)
    for number, batch in enumerate(batches):
        found = [share_of(told, batch, group, mode) for mode in modes for group in groups]
        places = np.arange(len(found)) + (number - (len(batches) - 1) / 2) * width
        shares = np.nan_to_num([value.share * 100 for value in found])
        bars = axes.bar(places, shares, width * 0.92, color=BLUES[number % len(BLUES)], label=batch_label(batch))
        axes.bar_label(bars, [f"{share:.1f}" for share in shares], fontsize=8, padding=2)
        low, high = (np.array([getattr(value, end) * 100 for value in found]) for end in ("low", "high"))
        axes.vlines(places + width * 0.3, low, high, color="#333333", linewidth=1.4)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_ylabel("时限内人口占比（%）")
    axes.set_ylim(0, 105)
    axes.legend(frameon=False, loc="upper right")
    plain_axes(axes)
    return Figure("各批次覆盖率（竖线为位置误差下的 5%–95% 区间）", png(picture))


def minutes_figure(result: RunResult) -> Figure:
    """Return the persons by minutes to the nearest site, per batch, on the headline way of travel."""
    picture, axes = canvas(15.5, 5.4)
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
        axes.bar(places, counts, width * 0.92, color=BLUES[number % len(BLUES)], label=batch_label(batch))
    axes.margins(y=0.12)
    axes.axvline(2.5, color="#555555", linestyle="--", linewidth=1)
    axes.text(2.55, axes.get_ylim()[1] * 0.97, f"时限 {limit:g} 分钟", fontsize=9, va="top")
    axes.set_xticks(range(len(names) + 1), [*names, "无路\n可达"], fontsize=8)
    axes.set_xlabel(f"到最近点位的{MODE_NAMES[mode].zh}时间（分钟）")
    axes.set_ylabel(f"{safe(result.groups[group]['short'])}（人）")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.legend(frameon=False, loc="upper right")
    plain_axes(axes)
    return Figure(f"{safe(result.groups[group]['name'])}到最近点位的时间分布", png(picture))


def costs_figure(result: RunResult) -> Figure:
    """Return what each head costs every year, by decision."""
    rows = result.costs[result.costs["yearly_yuan"].astype(float) > 0].reset_index(drop=True)
    picture, axes = canvas(15.5, 1.8 + 0.44 * max(len(rows), 2))
    values = rows["yearly_yuan"].astype(float).to_numpy() / 10_000
    total = values.sum()
    bars = axes.barh(range(len(rows)), values, color=BLUES[0])
    axes.bar_label(bars, [f"{value:,.1f}（{value / total:.0%}）" for value in values], fontsize=8, padding=3)
    labels = [f"{named(DECISIONS, a)} {cost_head(b)}" for a, b in zip(rows["decision"], rows["head"], strict=True)]
    axes.set_yticks(range(len(rows)), labels)
    axes.invert_yaxis()
    axes.margins(x=0.18)
    axes.set_xlabel("每年费用（万元），括号内为占合计的比例")
    plain_axes(axes)
    return Figure("每年费用构成", png(picture))
