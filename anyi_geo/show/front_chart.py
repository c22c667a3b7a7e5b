"""A front as a picture: one numbered point per plan, drawn as SVG without any script."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np

_WIDTH, _HEIGHT = 760, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 30, 20, 56
_TICKS = 5


def front_chart(across: Sequence[float], up: Sequence[float], across_label: str, up_label: str) -> str:
    """Return an SVG element with the plans as numbered points, joined in their order.

    Parameters
    ----------
    across, up : sequence of float
        Values of the two aims, one per plan, in the order of the plans.
    across_label, up_label : str
    """
    x_low, x_high = _span(np.asarray(across, float))
    y_low, y_high = _span(np.asarray(up, float))

    def at(x: float, y: float) -> tuple[float, float]:
        wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return _LEFT + (x - x_low) / (x_high - x_low) * wide, _HEIGHT - _BOTTOM - (y - y_low) / (y_high - y_low) * high

    parts, foot = [], _HEIGHT - _BOTTOM
    for x, text in ticks(x_low, x_high):
        left, _ = at(x, y_low)
        parts += [
            f'<line x1="{left:.1f}" y1="{_TOP}" x2="{left:.1f}" y2="{foot}" stroke="#e3e6ea"/>',
            f'<text x="{left:.1f}" y="{foot + 18}" text-anchor="middle">{text}</text>',
        ]
    for y, text in ticks(y_low, y_high):
        _, level = at(x_low, y)
        parts += [
            f'<line x1="{_LEFT}" y1="{level:.1f}" x2="{_WIDTH - _RIGHT}" y2="{level:.1f}" stroke="#e3e6ea"/>',
            f'<text x="{_LEFT - 6}" y="{level + 4:.1f}" text-anchor="end">{text}</text>',
        ]
    spots = [at(x, y) for x, y in zip(across, up, strict=True)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#0072b2" stroke-dasharray="4 3"/>')
    for number, (x, y) in enumerate(spots, start=1):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#0072b2"/>')
        parts.append(f'<text x="{x + 7:.1f}" y="{y - 7:.1f}">{number}</text>')
    middle = (_TOP + _HEIGHT - _BOTTOM) / 2
    parts += [
        (
            f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 12}" text-anchor="middle">'
            f"{html.escape(across_label)}</text>"
        ),
        (
            f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">'
            f"{html.escape(up_label)}</text>"
        ),
    ]
    told = html.escape(f"{up_label}与{across_label}", quote=True)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" aria-label="{told}">{"".join(parts)}</svg>'
    )


def _span(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = (high - low) * 0.06 or max(1.0, abs(high) * 0.05)
    return low - room, high + room


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return round values between two ends with their texts: steps of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= rough - 1e-12)
    digits = max(0, -math.floor(math.log10(step)))
    first, last = math.ceil(low / step), math.floor(high / step)
    return [(number * step, f"{number * step:,.{digits}f}") for number in range(first, last + 1)]
